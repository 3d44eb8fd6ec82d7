//! E-mail addresses in the one form that equality can compare.

use unicode_normalization::UnicodeNormalization;

use super::fold::is_invisible;

/// Octets of a local part and of a domain: RFC 5321, section 4.5.3.1.
const LOCAL_BYTES_MAX: usize = 64;
const DOMAIN_BYTES_MAX: usize = 255;
/// What is read before an address is called none: an address with a long display name.
const TEXT_BYTES_MAX: usize = 2048;

/// Providers that deliver `user+tag@` to `user@`. Elsewhere a plus sign may be part of the mailbox name, so it stays.
const IGNORE_TAG: [&str; 13] = [
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "fastmail.com",
    "fastmail.fm",
    "proton.me",
    "protonmail.com",
    "pm.me",
];

/// The address in `text`, or `None` where there is none.
///
/// Accepted round an address: white space, `mailto:` with its `?subject=…`, a display name (`Ann Lee <ann@example.com>`), quotes and a
/// trailing comma, semicolon or dot. The address becomes NFKC and lower case: the local part too, which RFC 5321 lets a host
/// tell apart by case and no provider does. `googlemail.com` is `gmail.com`; Gmail's dots go, and the `+tag` of the providers known to ignore it.
/// Refused: no or two `@`, an empty or overlong part, a dot at an end or doubled, spaces, a domain without a dot or with a
/// numeric last label (addresses of hosts by number). An international domain stays in Unicode; `xn--` labels are not decoded.
pub fn normalize_email(text: &str) -> Option<String> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let folded: String = if text.is_ascii() {
        text.trim().to_ascii_lowercase()
    } else {
        text.nfkc().filter(|letter| !is_invisible(*letter)).flat_map(char::to_lowercase).nfc().collect()
    };
    let (local, domain) = bare_address(&folded).rsplit_once('@')?;
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let domain = if domain == "googlemail.com" { "gmail.com" } else { domain };
    if !is_local_part(local) || !is_domain(domain) {
        return None;
    }
    let mailbox = match local.split_once('+') {
        Some((mailbox, _)) if !mailbox.is_empty() && IGNORE_TAG.contains(&domain) => mailbox,
        _ => local,
    };
    if domain == "gmail.com" {
        return Some([&mailbox.replace('.', ""), "@", domain].concat());
    }
    Some([mailbox, "@", domain].concat())
}

/// The address without what people and address books write round it.
fn bare_address(text: &str) -> &str {
    let quotes = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ',' | ';' | '<' | '>' | '(' | ')');
    let text = match (text.rfind('<'), text.rfind('>')) {
        (Some(open), Some(close)) if open < close => text.get(open + 1..close).unwrap_or(text),
        _ => text,
    };
    let text = text.trim_matches(quotes);
    let text = match text.strip_prefix("mailto:") {
        Some(link) => link.split('?').next().unwrap_or(link),
        None => text,
    };
    text.trim_matches(quotes)
}

/// A dot-atom of RFC 5322, its letters those of any script (RFC 6531).
fn is_local_part(local: &str) -> bool {
    (1..=LOCAL_BYTES_MAX).contains(&local.len())
        && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_letter))
}

fn is_atom_letter(letter: char) -> bool {
    letter.is_alphanumeric()
        || matches!(
            letter,
            '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '/' | '=' | '?' | '^' | '_' | '`' | '{' | '|' | '}' | '~' | '-'
        )
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-' || is_mark_of_a_label(letter))
    };
    domain.len() <= DOMAIN_BYTES_MAX
        && domain.split('.').all(is_label)
        && domain
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.chars().count() >= 2 && !last.chars().all(|letter| letter.is_ascii_digit()))
}

/// Indic vowel signs and viramas, which are part of a word and not alphanumeric.
fn is_mark_of_a_label(letter: char) -> bool {
    matches!(letter, '\u{0900}'..='\u{0DFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5321, RFC 5322 and the help pages of Gmail ("Dots don't matter", "Use an alias of your address").
    #[test]
    fn one_mailbox_has_one_form() {
        let cases = [
            ("  Ann.Lee@Example.COM ", Some("ann.lee@example.com")),
            ("Ann Lee <ann.lee@example.com>", Some("ann.lee@example.com")),
            ("\"Lee, Ann\" <ann@example.com>,", Some("ann@example.com")),
            ("mailto:ann@example.com?subject=hello", Some("ann@example.com")),
            ("<mailto:ann@example.com>", Some("ann@example.com")),
            ("John.Doe+news@GoogleMail.com", Some("johndoe@gmail.com")),
            ("john.doe+news@outlook.com", Some("john.doe@outlook.com")),
            ("john.doe+news@example.com", Some("john.doe+news@example.com")),
            ("+@gmail.com", Some("+@gmail.com")),
            ("ann@example.com.", Some("ann@example.com")),
            ("ann＠example.com", Some("ann@example.com")),
            ("an\u{200B}n@example.com", Some("ann@example.com")),
            ("JÜRGEN@MÜLLER.DE", Some("jürgen@müller.de")),
            ("o'neil@example.ie", Some("o'neil@example.ie")),
            ("none@none.com", Some("none@none.com")),
            ("ann@@example.com", None),
            ("ann@b@example.com", None),
            ("ann@example", None),
            ("ann@10.0.0.1", None),
            ("ann@-example.com", None),
            ("ann lee@example.com", None),
            (".ann@example.com", None),
            ("ann..lee@example.com", None),
            ("@example.com", None),
            ("ann@", None),
            ("ann", None),
            ("n/a", None),
            ("", None),
            ("   ", None),
            ("😀@example.com", None),
        ];
        for (text, expected) in cases {
            assert_eq!(normalize_email(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn overlong_parts_are_no_addresses() {
        assert_eq!(normalize_email(&format!("{}@example.com", "a".repeat(65))), None);
        assert_eq!(normalize_email(&format!("a@{}.com", "b".repeat(64))), None);
        assert_eq!(normalize_email(&"a@b.co,".repeat(1 << 17)), None);
    }

    #[test]
    fn normalizing_twice_changes_nothing() {
        for text in ["A.B+c@gmail.com", "+a@gmail.com", "x+y@pm.me", "Σας@example.gr", "ﬁ@example.com"] {
            let once = normalize_email(text);
            assert_eq!(once.as_deref().and_then(normalize_email), once, "{text}");
        }
    }
}

//! UUIDs as texts.

/// The text of a UUID, as PostgreSQL writes it.
pub fn uuid_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&place) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// A UUID in any of PostgreSQL's spellings as [`uuid_text`] writes it; `None` for what is none.
pub fn normal_uuid(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = text.strip_prefix('{').map_or(Some(text), |rest| rest.strip_suffix('}'))?;
    let digits: Vec<u8> = inner.bytes().filter(|letter| *letter != b'-').collect();
    if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(byte).collect::<Option<Vec<u8>>>().map(|bytes| uuid_text(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of PostgreSQL's manual, 8.12.
    #[test]
    fn spellings_are_one() {
        let normal = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        for text in [
            normal,
            "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
            "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}",
            "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        ] {
            assert_eq!(normal_uuid(text).as_deref(), Some(normal), "{text}");
        }
        for text in ["", "a0eebc99", "{a0eebc999c0b4ef8bb6d6bb9bd380a11", "g0eebc999c0b4ef8bb6d6bb9bd380a11"] {
            assert_eq!(normal_uuid(text), None, "{text}");
        }
    }
}

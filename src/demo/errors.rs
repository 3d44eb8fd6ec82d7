//! How people write: typing errors, other spellings, swapped digits, a dozen ways to write one telephone number.

use super::names;
use super::places::{Country, Phone};
use super::random::Stream;

const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
/// Spellings that sound the same, either way round.
const SOUNDS: [(&str, &str); 16] = [
    ("ph", "f"),
    ("ck", "k"),
    ("ei", "ey"),
    ("ie", "y"),
    ("tt", "t"),
    ("mm", "m"),
    ("nn", "n"),
    ("ss", "s"),
    ("th", "t"),
    ("ai", "ei"),
    ("mann", "man"),
    ("dt", "t"),
    ("c", "k"),
    ("z", "s"),
    ("sch", "sh"),
    ("ou", "u"),
];

/// The text with one error: a letter too many, missing, wrong or swapped, or a spelling that sounds alike.
pub fn misspell(text: &str, stream: &mut Stream) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return text.to_owned();
    }
    if stream.chance(0.3) {
        let (one, other) = stream.pick(&SOUNDS);
        let (one, other) = if stream.chance(0.5) { (one, other) } else { (other, one) };
        let changed = text.replacen(one, other, 1);
        if changed != text {
            return changed;
        }
    }
    // The first letter is nearly always right.
    let at = 1 + stream.below(letters.len() as u64 - 1) as usize;
    let mut changed = letters;
    match stream.below(4) {
        0 => {
            changed.remove(at);
        }
        1 => changed.insert(at, changed[at]),
        2 => changed[at] = neighbour(changed[at], stream),
        _ => changed.swap(at - 1, at),
    }
    changed.into_iter().collect()
}

/// A key beside the key of the letter; a digit's neighbour is one more or less.
fn neighbour(letter: char, stream: &mut Stream) -> char {
    if let Some(digit) = letter.to_digit(10) {
        let shifted = if stream.chance(0.5) { digit + 1 } else { digit + 9 } % 10;
        return char::from_digit(shifted, 10).unwrap_or(letter);
    }
    let lower = letter.to_ascii_lowercase();
    for row in ROWS {
        if let Some(at) = row.find(lower) {
            let other = if at == 0 || (at + 1 < row.len() && stream.chance(0.5)) { at + 1 } else { at - 1 };
            return row.as_bytes().get(other).map_or(letter, |byte| char::from(*byte));
        }
    }
    'e'
}

/// Habits of writing that are not errors: all capitals, all small, umlauts written out, a stray space.
pub fn restyle(text: &str, stream: &mut Stream) -> String {
    match stream.below(4) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => unaccented(text),
        _ => format!("{text} "),
    }
}

/// Umlauts and accents written out, capitals kept.
fn unaccented(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            plain.push(letter);
            continue;
        }
        let mut buffer = [0; 4];
        let mut written = names::ascii(letter.encode_utf8(&mut buffer));
        if letter.is_uppercase()
            && let Some(first) = written.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
        plain.push_str(&written);
    }
    plain
}

/// A street as forms shorten it.
pub fn abbreviate(street: &str) -> String {
    for (long, short) in [
        ("straße", "str."),
        ("Straße", "Str."),
        ("Street", "St"),
        ("Avenue", "Ave"),
        ("avenue", "av."),
        ("Road", "Rd"),
        ("Drive", "Dr"),
        ("Lane", "Ln"),
        ("boulevard", "bd"),
        ("Boulevard", "Blvd"),
        ("allee", "all."),
    ] {
        if street.contains(long) {
            return street.replacen(long, short, 1);
        }
    }
    street.to_owned()
}

/// A number as somebody writes it: international or national, with spaces, dashes, dots, brackets or none.
pub fn write_phone(phone: Phone, stream: &mut Stream) -> String {
    let (code, area, line) = (phone.calling_code(), phone.area, phone.line_text());
    let (front, back) = line.split_at(line.len().min(3));
    let style = stream.below(6);
    if phone.country == Country::UnitedStates {
        return match style {
            0 => format!("({area}) {front}-{back}"),
            1 => format!("{area}-{front}-{back}"),
            2 => format!("{area}.{front}.{back}"),
            3 => format!("+1 {area} {front} {back}"),
            4 => format!("1-{area}-{front}-{back}"),
            _ => format!("{area}{line}"),
        };
    }
    match style {
        0 => format!("+{code} {area} {line}"),
        1 => format!("0{area} {front} {back}"),
        2 => format!("0{area}/{line}"),
        3 => format!("00{code}{area}{line}"),
        4 => format!("+{code} (0){area} {front}{back}"),
        _ => format!("0{area}-{line}"),
    }
}

/// One digit wrong or two swapped.
pub fn misdial(phone: &str, stream: &mut Stream) -> String {
    let mut letters: Vec<char> = phone.chars().collect();
    let digits: Vec<usize> = (0..letters.len()).filter(|at| letters[*at].is_ascii_digit()).skip(3).collect();
    if digits.len() < 2 {
        return phone.to_owned();
    }
    let chosen = stream.below(digits.len() as u64 - 1) as usize;
    if stream.chance(0.5) {
        letters.swap(digits[chosen], digits[chosen + 1]);
    } else {
        letters[digits[chosen]] = neighbour(letters[digits[chosen]], stream);
    }
    letters.into_iter().collect()
}

/// A birth date that is wrong in a usual way: day and month exchanged where that is a date, a day beside, a decade off.
/// Days since 1970 in and out.
pub fn misdate(date: i32, stream: &mut Stream) -> i32 {
    let (_, month, day) = super::calendar::civil(date);
    match stream.below(3) {
        0 if day <= 12 && day != month => date + days_between_exchanged(date, month, day),
        1 => date + if stream.chance(0.5) { 1 } else { -1 },
        _ => date + if stream.chance(0.5) { 3_653 } else { -3_652 },
    }
}

/// Days from a date to the same date with day and month exchanged, searched within the year: the two are at most 335 days apart.
fn days_between_exchanged(date: i32, month: u32, day: u32) -> i32 {
    let (year, ..) = super::calendar::civil(date);
    (-335..=335).find(|shift| super::calendar::civil(date + shift) == (year, day, month)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::super::calendar::civil;
    use super::super::random::Purpose;
    use super::*;

    #[test]
    fn errors_change_little() {
        let mut stream = Stream::new(3, Purpose::Contact, 1);
        for _ in 0..5_000 {
            for word in ["Müller", "Schmidt", "O'Brien", "Katharina", "Lee"] {
                let changed = misspell(word, &mut stream);
                assert!(changed.chars().count().abs_diff(word.chars().count()) <= 2, "{word} -> {changed}");
            }
        }
        assert_eq!(misspell("Li", &mut stream), "Li");
        assert_eq!(misspell("", &mut stream), "");
    }

    #[test]
    fn a_number_stays_the_same_number_in_every_style() {
        let mut stream = Stream::new(3, Purpose::Contact, 2);
        let phone = Phone::of_slot(Country::Germany, 0);
        for _ in 0..200 {
            let digits: String = write_phone(phone, &mut stream).chars().filter(char::is_ascii_digit).collect();
            assert!(digits.ends_with("302312500000"), "{digits}");
        }
    }

    #[test]
    fn exchanged_dates_are_dates() {
        // 1974-05-03 is day 1583; with day and month exchanged it is 1974-03-05.
        assert_eq!(civil(1_583), (1974, 5, 3));
        assert_eq!(civil(1_583 + days_between_exchanged(1_583, 5, 3)), (1974, 3, 5));
        assert_eq!(unaccented("Ökonom Müßig"), "Oekonom Muessig");
    }
}

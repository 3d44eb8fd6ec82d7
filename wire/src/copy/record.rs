//! Where one record of a client's bytes ends, and what its fields are.

use super::CsvFormat;
use crate::backend::SqlError;

/// A field: its bytes, or NULL.
pub(super) type Field = Option<Vec<u8>>;

/// How far the bytes of an unfinished record have been looked at.
#[derive(Debug, Default)]
pub(super) struct Scan {
    at: usize,
    in_quotes: bool,
}

/// A record without its end of line, and the bytes that it takes with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) length: usize,
    pub(super) taken: usize,
}

impl Scan {
    /// The first record; `None` while its end has not come.
    pub(super) fn text_line(&mut self, bytes: &[u8]) -> Option<Line> {
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                // What is escaped, be it the end of a line, belongs to the value.
                b'\\' if self.at + 1 >= bytes.len() => return None,
                b'\\' => self.at += 2,
                b'\n' => return Some(self.line(bytes)),
                _ => self.at += 1,
            }
        }
        None
    }

    /// The first record; an end of line within quotes belongs to the value.
    pub(super) fn csv_line(&mut self, bytes: &[u8], format: &CsvFormat) -> Option<Line> {
        while let Some(byte) = bytes.get(self.at) {
            if self.in_quotes && *byte == format.escape && format.escape != format.quote {
                match bytes.get(self.at + 1) {
                    None => return None,
                    Some(next) if *next == format.quote || *next == format.escape => self.at += 1,
                    Some(_) => {}
                }
            } else if *byte == format.quote {
                self.in_quotes = !self.in_quotes;
            } else if *byte == b'\n' && !self.in_quotes {
                return Some(self.line(bytes));
            }
            self.at += 1;
        }
        None
    }

    fn line(&mut self, bytes: &[u8]) -> Line {
        let end = std::mem::take(self).at;
        let with_return = end > 0 && bytes.get(end - 1) == Some(&b'\r');
        Line { length: if with_return { end - 1 } else { end }, taken: end + 1 }
    }
}

/// The fields of a line of the text format. The text for NULL is compared before escapes are resolved.
pub(super) fn text_fields(line: &[u8], delimiter: u8, null: &str) -> Result<Vec<Field>, SqlError> {
    let mut fields = Vec::new();
    let (mut start, mut at) = (0, 0);
    loop {
        match line.get(at) {
            Some(b'\\') => at += 2,
            Some(b'\r') => {
                let error = SqlError::new("22P04", "literal carriage return found in data");
                return Err(SqlError { hint: Some("Use \"\\r\" to represent carriage return.".into()), ..error });
            }
            Some(byte) if *byte != delimiter => at += 1,
            found => {
                let raw = line.get(start..at.min(line.len())).unwrap_or_default();
                fields.push(if raw == null.as_bytes() { None } else { Some(unescape(raw)) });
                if found.is_none() {
                    return Ok(fields);
                }
                at += 1;
                start = at;
            }
        }
    }
}

fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            value.push(*byte);
            continue;
        }
        let Some((letter, after)) = rest.split_first() else {
            value.push(b'\\');
            break;
        };
        let (resolved, after) = match letter {
            b'b' => (0x08, after),
            b'f' => (0x0c, after),
            b'n' => (b'\n', after),
            b'r' => (b'\r', after),
            b't' => (b'\t', after),
            b'v' => (0x0b, after),
            b'0'..=b'7' => number(rest, 8, 3),
            b'x' if after.first().is_some_and(u8::is_ascii_hexdigit) => number(after, 16, 2),
            other => (*other, after),
        };
        value.push(resolved);
        rest = after;
    }
    value
}

/// A byte written as a number of so many digits at most, and what follows it.
fn number(mut rest: &[u8], radix: u32, digits_max: usize) -> (u8, &[u8]) {
    let mut number = 0;
    for _ in 0..digits_max {
        let Some((byte, after)) = rest.split_first() else { break };
        let Some(digit) = char::from(*byte).to_digit(radix) else { break };
        (number, rest) = (number * radix + digit, after);
    }
    (number as u8, rest)
}

/// The fields of a record of CSV.
pub(super) fn csv_fields(line: &[u8], format: &CsvFormat) -> Result<Vec<Field>, SqlError> {
    let mut fields = Vec::new();
    let mut bytes = line.iter().copied().peekable();
    loop {
        let (mut value, mut quoted, mut more) = (Vec::new(), false, false);
        while let Some(byte) = bytes.next() {
            if byte == format.delimiter {
                more = true;
                break;
            }
            if byte != format.quote {
                value.push(byte);
                continue;
            }
            quoted = true;
            loop {
                let Some(byte) = bytes.next() else {
                    return Err(SqlError::new("22P04", "unterminated CSV quoted field"));
                };
                let next = bytes.peek().copied().filter(|next| *next == format.quote || *next == format.escape);
                if byte == format.escape
                    && let Some(next) = next
                {
                    value.push(next);
                    bytes.next();
                } else if byte == format.quote {
                    break;
                } else {
                    value.push(byte);
                }
            }
        }
        let index = fields.len();
        let may_be_null = if quoted { super::is_set(&format.force_null, index) } else { true };
        let null = may_be_null && !super::is_set(&format.force_not_null, index) && value == format.null.as_bytes();
        fields.push(if null { None } else { Some(value) });
        if !more {
            return Ok(fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(fields: Vec<Field>) -> Vec<String> {
        fields.into_iter().map(|field| field.map_or("NULL".into(), |bytes| String::from_utf8(bytes).unwrap())).collect()
    }

    /// From the chapter on COPY of PostgreSQL's manual.
    #[test]
    fn escapes_of_the_text_format() {
        let fields = text_fields(b"a\\tb\\\\\tN\t\\N\t\\x41\\101\\n\t", b'\t', "\\N").unwrap();
        assert_eq!(shown(fields), ["a\tb\\", "N", "NULL", "AA\n", ""].map(String::from));
        let fields = text_fields(b"\\N|x\\|y|", b'|', "\\N").unwrap();
        assert_eq!(shown(fields), ["NULL", "x|y", ""].map(String::from));
        assert_eq!(text_fields(b"a\rb", b'\t', "\\N").unwrap_err().code, "22P04");
    }

    #[test]
    fn quotes_of_csv() {
        let format = CsvFormat { force_null: vec![false, false, true], ..CsvFormat::default() };
        let fields = csv_fields(b"a,\"b,\"\"\n\",\"\",,\"\"", &format).unwrap();
        assert_eq!(shown(fields), ["a", "b,\"\n", "NULL", "NULL", ""].map(String::from));
        assert_eq!(csv_fields(b"\"a", &format).unwrap_err().code, "22P04");
    }

    #[test]
    fn records_end_where_their_line_does() {
        let mut scan = Scan::default();
        assert_eq!(scan.text_line(b"a\\\nb"), None);
        assert_eq!(scan.text_line(b"a\\\nb\r\nc"), Some(Line { length: 4, taken: 6 }));
        let mut scan = Scan::default();
        assert_eq!(scan.csv_line(b"\"a\n", &CsvFormat::default()), None);
        assert_eq!(scan.csv_line(b"\"a\nb\"\n", &CsvFormat::default()), Some(Line { length: 5, taken: 6 }));
    }
}

//! Text inside text: elements of array literals, JSON strings, hexadecimal bytes, UUIDs.

const HEX: &[u8; 16] = b"0123456789abcdef";

/// `\x0102ff`, the default of `bytea_output`.
pub fn write_bytea(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(2 + 2 * bytes.len());
    out.extend_from_slice(b"\\x");
    for byte in bytes {
        out.extend_from_slice(&hex(*byte));
    }
}

fn hex(byte: u8) -> [u8; 2] {
    [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]
}

/// `a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11`.
pub fn write_uuid(bytes: &[u8], out: &mut Vec<u8>) {
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.extend_from_slice(&hex(*byte));
    }
}

/// A UUID's bytes as its text.
pub fn uuid_text(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(36);
    write_uuid(bytes, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// The sixteen bytes of a UUID in any form that PostgreSQL reads: in braces or not, with a hyphen after any four digits.
pub fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.strip_prefix('{').map_or(Some(text), |inner| inner.strip_suffix('}'))?;
    let mut bytes = [0; 16];
    let mut characters = text.chars().peekable();
    for (index, byte) in bytes.iter_mut().enumerate() {
        if index > 0 && index % 2 == 0 {
            characters.next_if_eq(&'-');
        }
        let mut digit = || characters.next()?.to_digit(16);
        *byte = (digit()? << 4 | digit()?) as u8;
    }
    characters.next().is_none().then_some(bytes)
}

/// A field of a row that is not NULL: quoted if it is empty, or has a character with a meaning in rows.
pub fn write_record_field(field: &[u8], out: &mut Vec<u8>) {
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | b'(' | b')' | b',' | b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    if !field.is_empty() && !field.iter().any(special) {
        out.extend_from_slice(field);
        return;
    }
    out.push(b'"');
    for byte in field {
        if matches!(byte, b'"' | b'\\') {
            out.push(*byte);
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// An element of an array literal: quoted if it is empty, says NULL, or has a character with a meaning in array literals.
pub fn write_array_element(element: &[u8], out: &mut Vec<u8>) {
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | b'{' | b'}' | b',' | b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    if !element.is_empty() && !element.eq_ignore_ascii_case(b"null") && !element.iter().any(special) {
        out.extend_from_slice(element);
        return;
    }
    out.push(b'"');
    for byte in element {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// A JSON string with its quotes, escaped as `to_json` does.
pub fn write_json_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut plain = 0;
    for (index, byte) in text.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            0x08 => b"\\b",
            0x0c => b"\\f",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => b"\\u00",
            _ => continue,
        };
        out.extend_from_slice(text.get(plain..index).unwrap_or_default());
        out.extend_from_slice(escape);
        if escape.len() == 4 {
            out.extend_from_slice(&hex(*byte));
        }
        plain = index + 1;
    }
    out.extend_from_slice(text.get(plain..).unwrap_or_default());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT '…'::uuid`.
    #[test]
    fn uuids_are_read_as_postgres_does() {
        let plain = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        for written in [
            plain,
            "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
            "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
            "a0eebc999c0b4ef8bb6d6bb9bd380a11",
            "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
        ] {
            assert_eq!(parse_uuid(written).map(|bytes| uuid_text(&bytes)).as_deref(), Some(plain), "{written}");
        }
        for written in [
            "",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
            "a0e-ebc999c0b4ef8bb6d6bb9bd380a11",
            "a0ee--bc999c0b4ef8bb6d6bb9bd380a11",
            "-a0eebc999c0b4ef8bb6d6bb9bd380a11",
            "a0eebc999c0b4ef8bb6d6bb9bd380a11-",
            "{a0eebc999c0b4ef8bb6d6bb9bd380a11",
            "x0eebc999c0b4ef8bb6d6bb9bd380a11",
        ] {
            assert_eq!(parse_uuid(written), None, "{written}");
        }
    }
}

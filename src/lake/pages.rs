//! The headers of the pages in a column's bytes, looked at before the pages are unpacked: a page may say that it has gigabytes in a few
//! bytes, and the reader would make room for them.
//!
//! A header is a struct of Thrift's compact protocol; the sizes and the number of values are all that is read of it.

use std::ops::ControlFlow;

use super::error::{LakeError, Result};

/// Values of one page, at most: writers end a page after some ten thousand rows. Those of a list that is repeated in a few bytes all come
/// into memory with their row.
const VALUES_MAX: i64 = 1 << 26;
/// Structs within structs of a header that are followed.
const DEPTH_MAX: usize = 8;

/// Refuses bytes that hold a page too large to be unpacked. Bytes that are no pages are left to those who read them.
///
/// # Errors
/// `TooLarge` with the file and what is too large.
pub(super) fn check(file: &str, mut bytes: &[u8], page_bytes_max: usize) -> Result<()> {
    let too_large = |reason: String| Err(LakeError::TooLarge { file: file.to_owned(), reason });
    while !bytes.is_empty() {
        let Some((header, rest)) = Header::read(bytes) else { return Ok(()) };
        let unpacked = usize::try_from(header.unpacked_bytes).unwrap_or(usize::MAX);
        if unpacked > page_bytes_max {
            return too_large(format!("a page of {unpacked} bytes, where page_bytes_max is {page_bytes_max}"));
        }
        if header.values > VALUES_MAX {
            return too_large(format!("a page of {} values, where {VALUES_MAX} are possible", header.values));
        }
        let Some(next) = usize::try_from(header.packed_bytes).ok().and_then(|size| rest.get(size..)) else { return Ok(()) };
        bytes = next;
    }
    Ok(())
}

/// What a page's header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Header {
    unpacked_bytes: i64,
    packed_bytes: i64,
    values: i64,
}

impl Header {
    /// The header at the beginning, and what follows it.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (mut header, mut cursor) = (Self::default(), Cursor { bytes });
        cursor.fields(&mut Vec::new(), &mut |path, number| match path {
            [2] => header.unpacked_bytes = number,
            [3] => header.packed_bytes = number,
            // Of a page of data, of a dictionary, and of the second version of the format.
            [5 | 7 | 8, 1] => header.values = number,
            _ => {}
        })?;
        Some((header, cursor.bytes))
    }
}

/// Bytes of which the first are read next.
struct Cursor<'a> {
    bytes: &'a [u8],
}

impl Cursor<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    /// Seven bits a byte, the lowest first.
    fn varint(&mut self) -> Option<u64> {
        let read = (0..10).try_fold(0_u64, |value, place| match self.byte() {
            Some(byte) if byte & 0x80 == 0 => ControlFlow::Break(Some(value | u64::from(byte) << (7 * place))),
            Some(byte) => ControlFlow::Continue(value | u64::from(byte & 0x7f) << (7 * place)),
            None => ControlFlow::Break(None),
        });
        match read {
            ControlFlow::Break(value) => value,
            ControlFlow::Continue(_) => None,
        }
    }

    /// A number with its sign in the lowest bit.
    fn number(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// The fields of a struct to its end; `seen` gets each whole number with the numbers of the fields that lead to it.
    fn fields(&mut self, path: &mut Vec<i64>, seen: &mut dyn FnMut(&[i64], i64)) -> Option<()> {
        if path.len() >= DEPTH_MAX {
            return None;
        }
        let mut field = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            field = match head >> 4 {
                0 => self.number()?,
                step => field + i64::from(step),
            };
            path.push(field);
            self.value(head & 0x0f, false, path, seen)?;
            path.pop();
        }
    }

    fn value(&mut self, kind: u8, in_list: bool, path: &mut Vec<i64>, seen: &mut dyn FnMut(&[i64], i64)) -> Option<()> {
        match kind {
            // A truth value is in the head of its field, and a byte in a list.
            1 | 2 if !in_list => Some(()),
            1..=3 => self.skip(1),
            4..=6 => {
                let number = self.number()?;
                seen(path, number);
                Some(())
            }
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                (0..count).try_for_each(|_| self.value(head & 0x0f, true, path, &mut |_, _| {}))
            }
            12 => self.fields(path, seen),
            // Headers have no maps.
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand from Thrift's compact protocol: type 0, sizes 300 and 5, and for a page of data 7 values in encoding 0, levels in 3 and 3,
    /// with statistics of an empty text.
    const PAGE: &[u8] = &[0x15, 0, 0x15, 0xd8, 0x04, 0x15, 10, 0x2c, 0x15, 14, 0x15, 0, 0x15, 6, 0x15, 6, 0x1c, 0x18, 0, 0, 0, 0];

    fn limit_of(header: &[u8], page_bytes_max: usize) -> Option<String> {
        check("f", header, page_bytes_max).err().map(|error| format!("{} {error}", error.sqlstate().0))
    }

    #[test]
    fn sizes_and_numbers_of_values_are_read() {
        let expected = Header { unpacked_bytes: 300, packed_bytes: 5, values: 7 };
        assert_eq!(Header::read(PAGE), Some((expected, &[][..])));
        let two = [PAGE, b"12345", PAGE, b"12345"].concat();
        assert_eq!(limit_of(&two, 300), None);
        assert!(limit_of(&two, 299).unwrap().starts_with("54000 file \"f\" is too large"));
    }

    #[test]
    fn the_second_page_counts_too_and_what_is_no_page_does_not() {
        // 300 becomes 300 + 2^14.
        let mut larger = PAGE.to_vec();
        larger.splice(3..5, [0xd8, 0x84, 0x02]);
        assert!(limit_of(&[PAGE, b"12345", &larger].concat(), 300).is_some());
        let mut many = PAGE.to_vec();
        many.splice(9..10, [0xfe, 0xff, 0xff, 0xff, 0x0f]);
        assert!(limit_of(&many, 300).unwrap().contains("2147483647 values"));
        for bytes in [&b"PAR1"[..], &[0x1c; 100], &[0xff; 30], &PAGE[..9]] {
            assert_eq!(limit_of(bytes, 0), None, "{bytes:?}");
        }
    }
}

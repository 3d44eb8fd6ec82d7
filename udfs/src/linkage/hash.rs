//! Hashes that never change: profile ids are made of them and outlive every version of the program.

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// A 64-bit hash of parts: FNV-1a over their bytes, each part closed by a byte that UTF-8 never uses, then MurmurHash3's
/// finaliser.
///
/// Two of ten million different values collide with a probability of three in a million.
/// Sources: Fowler, Noll, Vo (draft-eastlake-fnv); A. Appleby, MurmurHash3.
pub fn stable_hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let mut hash = FNV_OFFSET;
    for part in parts {
        for byte in part.iter().chain(&[0xff]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
        }
    }
    mix(hash)
}

/// MurmurHash3's 64-bit finaliser: every bit of the input changes about half of the output's.
pub fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// A 64-bit hash of a text for tables in memory, eight bytes at a time. Who does not know the seed cannot make texts collide.
pub fn quick_hash(seed: u64, text: &[u8]) -> u64 {
    let mut hash = seed ^ text.len() as u64;
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        hash = mix(hash ^ u64::from_le_bytes(*word)).wrapping_mul(FNV_PRIME);
    }
    let last = rest.iter().fold(0, |last, byte| last << 8 | u64::from(*byte));
    mix(hash.rotate_left(29) ^ last)
}

/// A map from numbers whose bits are not spread evenly.
pub type NumberMap<K, V> = std::collections::HashMap<K, V, std::hash::BuildHasherDefault<NumberHasher>>;

/// Hashes numbers in a few cycles; not against numbers that somebody chose.
#[derive(Clone, Copy, Debug, Default)]
pub struct NumberHasher(u64);

impl std::hash::Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = quick_hash(self.0, bytes);
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = mix(self.0.rotate_left(23) ^ number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The draft's test vectors for FNV-1a 64: "" and "a"; Appleby's fmix64 maps 0 to 0.
    #[test]
    fn constants_are_those_published() {
        assert_eq!(FNV_OFFSET, 0xcbf29ce484222325);
        assert_eq!((FNV_OFFSET ^ u64::from(b'a')).wrapping_mul(FNV_PRIME), 0xaf63dc4c8601ec8c);
        assert_eq!(mix(0), 0);
    }

    /// Computed with an independent program (Python): a change would give every profile a new id.
    #[test]
    fn values_never_change() {
        assert_eq!(stable_hash([b"crm".as_slice(), b"42"]), 0xe6f357ce77b7fd7c);
        assert_ne!(stable_hash([b"ab".as_slice(), b"c"]), stable_hash([b"a".as_slice(), b"bc"]));
    }
}

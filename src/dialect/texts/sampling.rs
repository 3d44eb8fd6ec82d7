//! `row_sampled(percent, seed, row)`: whether a row is in a sample that is the same each time, by a hash of what it has.

use datafusion::common::Result;

use super::arguments::Kind::{AsJson, Text};
use super::{Function, Outcome, Returns, Row};

pub const FUNCTIONS: &[Function] = &[Function::new("row_sampled", &[Text, Text, AsJson], Returns::Value("bool"), sampled)];

fn sampled(row: &Row<'_>) -> Result<Outcome> {
    let percent = row.text(0).parse::<f64>().unwrap_or_default();
    let hash = hash([row.text(1), row.text(2)].iter().flat_map(|text| text.bytes()));
    Ok((hash as f64 / u64::MAX as f64 * 100.0 < percent).into())
}

/// FNV-1a, and the last step of SplitMix64: alone, the first tells rows that are nearly equal badly apart.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_spread_evenly() {
        let below = (0..10_000_u32).filter(|number| hash(number.to_string().bytes()) < u64::MAX / 4).count();
        assert!((2_300..2_700).contains(&below), "{below}");
    }
}

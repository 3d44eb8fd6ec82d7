//! `pg_timezone_names`: the zones that `SET TimeZone` takes, with what they are at this moment.

use chrono::{Offset, Utc};
use chrono_tz::{OffsetComponents, OffsetName, TZ_VARIANTS};

use crate::catalog::pg::rows::Row;
use crate::catalog::pg::scan::Scan;

pub fn rows(_: &Scan<'_>) -> Vec<Row> {
    let now = Utc::now();
    let row = TZ_VARIANTS.iter().map(|zone| {
        let here = now.with_timezone(zone);
        let offset = here.offset();
        let microseconds = i64::from(offset.fix().local_minus_utc()) * 1_000_000;
        let row: Row = vec![
            ("name", zone.name().into()),
            ("abbrev", offset.abbreviation().into()),
            ("utc_offset", microseconds.into()),
            ("is_dst", (offset.dst_offset().num_seconds() != 0).into()),
        ];
        row
    });
    row.collect()
}

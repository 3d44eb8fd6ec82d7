//! What became of the profiles of an earlier result, and why.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::previous::Previous;

/// Other profiles that are named in a reason.
const NAMED_MAX: usize = 3;

/// One profile, and how it differs from those before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub profile: i64,
    pub change: &'static str,
    /// The earlier profiles of its records, in order.
    pub from: Vec<i64>,
    /// Nothing where nothing changed.
    pub reason: Option<String>,
}

/// A link between two records of one profile.
#[derive(Clone, Copy, Debug)]
pub struct Bridge {
    pub records: [u32; 2],
    pub weight: f64,
    /// What it rests on: the number of a text.
    pub text: u64,
}

/// What records were, and are.
pub struct Compared<'a> {
    pub previous: &'a Previous,
    /// The profile that each record has now, and the lasting id of each.
    pub profiles: &'a [u64],
    pub lasting: &'a HashMap<u64, i64>,
    /// Who the records are, as hashes.
    pub ids: &'a [u64],
}

/// How the records of one profile came together.
#[derive(Default)]
struct Profile {
    records: Vec<u32>,
    from: BTreeSet<i64>,
    /// The surest link between records of different earlier profiles, and the surest of a record that is new.
    merging: Option<Bridge>,
    adding: Option<Bridge>,
}

impl Compared<'_> {
    /// A row for each profile and each that is gone, in the order of their ids. `name` says who a record is, `text` what a link rests on, and
    /// `apart` which rule keeps the records of two profiles apart.
    pub fn changes(
        &self,
        bridges: impl Iterator<Item = Bridge>,
        name: impl Fn(u32) -> String,
        text: impl Fn(u64) -> String,
        apart: impl Fn(&[u32], &[u32]) -> Option<String>,
    ) -> Vec<Change> {
        let now = self.now(bridges);
        // Where the records of each earlier profile are.
        let mut places: HashMap<i64, Vec<u64>> = HashMap::new();
        for (key, profile) in &now {
            profile.from.iter().for_each(|before| places.entry(*before).or_default().push(*key));
        }
        let linked = |bridge: &Option<Bridge>| match bridge {
            Some(Bridge { records: [left, right], text: rests_on, .. }) => {
                format!("{} and {}: {}", name(*left), name(*right), text(*rests_on))
            }
            None => "through others".to_owned(),
        };
        let mut changes = vec![];
        for (key, profile) in &now {
            let count = profile.records.iter().filter(|record| self.before(**record).is_none()).count();
            let others = profile.from.iter().filter_map(|before| places.get(before)).flatten().filter(|other| *other != key);
            let others: BTreeSet<u64> = others.copied().collect();
            let missing: u64 = profile.from.iter().filter_map(|before| self.previous.missing.get(before)).sum();
            let mut reasons = vec![];
            if profile.from.len() > 1 {
                reasons.push(linked(&profile.merging));
            }
            if !others.is_empty() {
                reasons.push(self.parting(profile, &others, &now, &apart));
            }
            if count > 0 && !profile.from.is_empty() {
                reasons.push(format!("{} more, {}", counted(count as u64), linked(&profile.adding)));
            }
            if missing > 0 {
                reasons.push(format!("{} not there any more", counted(missing)));
            }
            let change = match (profile.from.len(), others.is_empty()) {
                (0, _) => "new",
                (1, true) if count > 0 => "grown",
                (1, true) if missing > 0 => "shrunk",
                (1, true) => "unchanged",
                (1, false) => "split",
                _ => "merged",
            };
            if profile.from.is_empty() {
                let alone = profile.records.len() == 1;
                reasons.push(if alone { counted(1) } else { format!("{}, {}", counted(count as u64), linked(&profile.adding)) });
            }
            let reason = Some(reasons.join("; ")).filter(|reason| !reason.is_empty());
            changes.push(Change { profile: self.id(*key), change, from: profile.from.iter().copied().collect(), reason });
        }
        for (before, missing) in self.previous.missing.iter().filter(|(before, _)| !places.contains_key(before)) {
            let reason = Some(format!("{} not there any more", counted(*missing)));
            changes.push(Change { profile: *before, change: "gone", from: vec![*before], reason });
        }
        changes.sort_by_key(|change| change.profile);
        changes
    }

    /// The profiles with their records, and the surest link of each kind.
    fn now(&self, bridges: impl Iterator<Item = Bridge>) -> BTreeMap<u64, Profile> {
        let mut now: BTreeMap<u64, Profile> = BTreeMap::new();
        for (record, key) in (0..).zip(self.profiles) {
            let profile = now.entry(*key).or_default();
            profile.records.push(record);
            profile.from.extend(self.before(record));
        }
        let key = |record: u32| self.profiles.get(record as usize).copied();
        let who = |bridge: &Bridge| bridge.records.map(|record| self.ids.get(record as usize).copied());
        for mut bridge in bridges {
            // By who they are, so that no order of the records changes what is said.
            bridge.records.sort_unstable_by_key(|record| self.ids.get(*record as usize));
            let [left, right] = bridge.records;
            let Some(profile) = key(left).filter(|of| key(right) == Some(*of)).and_then(|of| now.get_mut(&of)) else { continue };
            let surest = match (self.before(left), self.before(right)) {
                (Some(one), Some(other)) if one != other => &mut profile.merging,
                (Some(_), Some(_)) => continue,
                _ => &mut profile.adding,
            };
            let is_surer =
                |than: Bridge| bridge.weight.total_cmp(&than.weight).then_with(|| who(&than).cmp(&who(&bridge))).is_gt();
            if surest.is_none_or(is_surer) {
                *surest = Some(bridge);
            }
        }
        now
    }

    fn before(&self, record: u32) -> Option<i64> {
        self.previous.profiles.get(record as usize).copied().flatten()
    }

    fn id(&self, key: u64) -> i64 {
        self.lasting.get(&key).copied().unwrap_or(key.cast_signed())
    }

    /// Where the other records of a profile's earlier ones are, and what rule keeps them there.
    fn parting(
        &self,
        profile: &Profile,
        others: &BTreeSet<u64>,
        now: &BTreeMap<u64, Profile>,
        apart: impl Fn(&[u32], &[u32]) -> Option<String>,
    ) -> String {
        let mut elsewhere: Vec<(i64, &Profile)> =
            others.iter().filter_map(|other| Some((self.id(*other), now.get(other)?))).collect();
        elsewhere.sort_unstable_by_key(|(id, _)| *id);
        let is_of = |record: &&u32| self.before(**record).is_some_and(|before| profile.from.contains(&before));
        let named = elsewhere.iter().take(NAMED_MAX).map(|(id, other)| {
            let records = counted(other.records.iter().filter(is_of).count() as u64);
            let why = apart(&profile.records, &other.records).unwrap_or_else(|| "not linked any more".to_owned());
            format!("{records} in {id}: {why}")
        });
        let mut parts: Vec<String> = named.collect();
        if elsewhere.len() > NAMED_MAX {
            parts.push(format!("and in {} more", elsewhere.len() - NAMED_MAX));
        }
        parts.join(", ")
    }
}

fn counted(records: u64) -> String {
    if records == 1 { "1 record".to_owned() } else { format!("{records} records") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(before: &[Option<i64>], missing: &[(i64, u64)], now: &[u64], bridges: &[(u32, u32, f64)]) -> Vec<Change> {
        let previous = Previous { profiles: before.to_vec(), missing: missing.iter().copied().collect() };
        let lasting = previous.lasting(now);
        let ids: Vec<u64> = (0..now.len() as u64).collect();
        let compared = Compared { previous: &previous, profiles: now, lasting: &lasting, ids: &ids };
        let bridges = bridges.iter().map(|(left, right, weight)| Bridge { records: [*left, *right], weight: *weight, text: 7 });
        compared.changes(bridges, |record| format!("r{record}"), |text| format!("text {text}"), |_, _| Some("a rule".to_owned()))
    }

    fn row(profile: i64, change: &'static str, from: &[i64], reason: Option<&str>) -> Change {
        Change { profile, change, from: from.to_vec(), reason: reason.map(str::to_owned) }
    }

    #[test]
    fn each_profile_says_what_became_of_it() {
        let before = [Some(10), Some(10), Some(20), Some(30), Some(40), Some(40), None, None, None, Some(50)];
        //            unchanged           merged              split               grown   new       shrunk
        let now = [1, 1, 2, 2, 4, 5, 2, 6, 6, 9];
        let bridges = [(2, 3, 5.0), (3, 2, 9.0), (6, 2, 4.0), (7, 8, 3.0), (0, 4, 99.0)];
        let found = changes(&before, &[(50, 2), (60, 1)], &now, &bridges);
        let expected = [
            row(5, "split", &[40], Some("1 record in 40: a rule")),
            row(6, "new", &[], Some("2 records, r7 and r8: text 7")),
            row(10, "unchanged", &[10], None),
            row(20, "merged", &[20, 30], Some("r2 and r3: text 7; 1 record more, r2 and r6: text 7")),
            row(40, "split", &[40], Some("1 record in 5: a rule")),
            row(50, "shrunk", &[50], Some("2 records not there any more")),
            row(60, "gone", &[60], Some("1 record not there any more")),
        ];
        assert_eq!(found, expected);
        let grown = changes(&[Some(10), None], &[], &[1, 1], &[(1, 0, 1.0)]);
        assert_eq!(grown, [row(10, "grown", &[10], Some("1 record more, r0 and r1: text 7"))]);
        assert_eq!(changes(&[None], &[], &[1], &[]), [row(1, "new", &[], Some("1 record"))]);
    }
}

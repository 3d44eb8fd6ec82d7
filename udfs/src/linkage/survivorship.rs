//! Which of the values that the records of one person have is the one to keep.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use super::field::Field;

/// How one value is chosen of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// That of the latest record that has one.
    MostRecent,
    /// That which most records have, in the spelling that most of them have.
    MostFrequent,
    /// That of the most letters.
    Longest,
    /// That of the source that comes first.
    SourcePriority,
    /// That of the earliest record that has one; where times are not known, of the first source.
    FirstNonNull,
}

impl Rule {
    pub const ALL: [(&'static str, Self); 5] = [
        ("most_recent", Self::MostRecent),
        ("most_frequent", Self::MostFrequent),
        ("longest", Self::Longest),
        ("source_priority", Self::SourcePriority),
        ("first_non_null", Self::FirstNonNull),
    ];

    /// Where nothing else is asked for. Names, identity numbers and days of birth do not change, so that a typing error is outvoted; where
    /// people live and how they are reached does.
    pub fn usual(field: Option<Field>, has_times: bool) -> Self {
        let is_lasting = |field: Field| {
            let days = matches!(field, Field::BirthDate | Field::BirthYear | Field::BirthMonth | Field::BirthDay);
            field.is_name_of_person() || days || field == Field::NationalId
        };
        if has_times && !field.is_some_and(is_lasting) { Self::MostRecent } else { Self::MostFrequent }
    }
}

/// Fields whose values belong together: a street of one record and a city of another would be no address.
pub fn group(field: Field) -> Option<&'static [Field]> {
    const ADDRESS: [Field; 6] =
        [Field::Street, Field::HouseNumber, Field::AddressLine, Field::Postcode, Field::City, Field::Region];
    const BIRTH: [Field; 3] = [Field::BirthYear, Field::BirthMonth, Field::BirthDay];
    [ADDRESS.as_slice(), BIRTH.as_slice()].into_iter().find(|group| group.contains(&field))
}

/// Of two names that are equally frequent the longer one says more: an initial is no vote against the name.
pub fn longer_says_more(field: Field) -> bool {
    field.is_name_of_person() || matches!(field, Field::Street | Field::Company)
}

/// When a record was made, and the place of its source among the sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub at: Option<i64>,
    pub source: u32,
}

impl Standing {
    /// The order in which records come first: the latest, then by source. Those of an unknown time are the last.
    pub fn precedence(self) -> (Reverse<Option<i64>>, u32) {
        (Reverse(self.at), self.source)
    }
}

/// What one record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    pub text: Cow<'a, str>,
    /// The same for all spellings of one value.
    pub form: String,
}

/// The record whose value is kept, and how many different values the records have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survivor {
    pub record: Option<usize>,
    pub values: usize,
}

/// Whose value is kept of one column.
///
/// `standings` are those of the records, in the order of precedence (and of their ids where that is equal): of values that a rule finds
/// equal, the first counts. `said` has one entry a record.
pub fn survivor(rule: Rule, standings: &[Standing], said: &[Option<Said>], longer_first: bool) -> Survivor {
    let known: Vec<(usize, &Said)> =
        said.iter().enumerate().filter_map(|(record, said)| said.as_ref().map(|said| (record, said))).collect();
    let Some((first, first_said)) = known.first() else { return Survivor::default() };
    let by_standing = matches!(rule, Rule::SourcePriority | Rule::FirstNonNull);
    if known.len() == 1 || (!by_standing && known.iter().all(|(_, said)| *said == *first_said)) {
        return Survivor { record: Some(*first), values: 1 };
    }
    let length = |said: &Said| said.text.trim().chars().count();
    let mut votes: HashMap<&str, (usize, usize)> = HashMap::new();
    let mut spellings: HashMap<(&str, &str), usize> = HashMap::new();
    for (_, said) in &known {
        let (count, longest) = votes.entry(&said.form).or_default();
        *count += 1;
        *longest = (*longest).max(length(said));
        *spellings.entry((&said.form, &said.text)).or_default() += 1;
    }
    let standing = |record: usize| standings.get(record).copied().unwrap_or(Standing { at: None, source: u32::MAX });
    let chosen = match rule {
        Rule::MostRecent => known.first(),
        // Of an unknown time, a record is not known to be early.
        Rule::FirstNonNull => known.iter().min_by_key(|(record, _)| (standing(*record).at.is_none(), standing(*record).at)),
        Rule::SourcePriority => known.iter().min_by_key(|(record, _)| standing(*record).source),
        Rule::Longest => known.iter().min_by_key(|(_, said)| Reverse(length(said))),
        Rule::MostFrequent => known.iter().min_by_key(|(_, said)| {
            let (count, longest) = votes.get(said.form.as_str()).copied().unwrap_or_default();
            let spelling = spellings.get(&(said.form.as_str(), said.text.as_ref())).copied().unwrap_or_default();
            (Reverse(count), Reverse(if longer_first { longest } else { 0 }), Reverse(spelling))
        }),
    };
    Survivor { record: chosen.map(|(record, _)| *record), values: votes.len() }
}

/// Whose values are kept of columns that belong together: for each of them, all of one record as far as it has them. What it lacks comes
/// from the first record that does not contradict it. `said` has, for each column, one entry a record.
pub fn survivors(rule: Rule, standings: &[Standing], fields: &[Option<Field>], said: &[Vec<Option<Said>>]) -> Vec<Survivor> {
    if let ([field], [said]) = (fields, said) {
        return vec![survivor(rule, standings, said, field.is_some_and(longer_says_more))];
    }
    let has = |column: &usize, record: usize| said.get(*column).is_some_and(|said| said.get(record).is_some_and(Option::is_some));
    let records = 0..standings.len();
    // An address without its street is none where another record has one.
    let anchors = [Field::Street, Field::Postcode].map(|anchor| fields.iter().position(|field| *field == Some(anchor)));
    let anchor = anchors.into_iter().flatten().find(|column| records.clone().any(|record| has(column, record)));
    let together = |record: usize| {
        let is_candidate =
            anchor.map_or_else(|| (0..said.len()).any(|column| has(&column, record)), |anchor| has(&anchor, record));
        is_candidate.then(|| {
            let parts = said.iter().map(|said| said.get(record).and_then(Option::as_ref));
            let text = parts.clone().map(|part| part.map_or("", |said| said.text.as_ref())).collect::<Vec<_>>().join("\n");
            let form = parts.map(|part| part.map_or("", |said| said.form.as_str())).collect::<Vec<_>>().join("\n");
            Said { text: text.into(), form }
        })
    };
    let whole: Vec<Option<Said>> = records.clone().map(together).collect();
    let Some(chosen) = survivor(rule, standings, &whole, false).record else { return vec![Survivor::default(); said.len()] };
    let forms =
        |record: usize| said.iter().map(move |said| said.get(record).and_then(Option::as_ref).map(|said| said.form.as_str()));
    let agrees = |record: usize| {
        let both = forms(chosen).zip(forms(record)).filter_map(|(one, other)| one.zip(other));
        both.clone().count() > 0 && both.clone().all(|(one, other)| one == other)
    };
    let of_column = |column: usize| {
        let record = if has(&column, chosen) { Some(chosen) } else { records.clone().find(|r| has(&column, *r) && agrees(*r)) };
        let mut distinct: Vec<&str> = records.clone().filter_map(|record| forms(record).nth(column).flatten()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        Survivor { record, values: distinct.len() }
    };
    (0..said.len()).map(of_column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records in the order of precedence: the latest first.
    const STANDINGS: [Standing; 4] = [
        Standing { at: Some(30), source: 1 },
        Standing { at: Some(20), source: 0 },
        Standing { at: Some(10), source: 1 },
        Standing { at: None, source: 0 },
    ];

    fn said(texts: [Option<&str>; 4]) -> Vec<Option<Said<'_>>> {
        texts.map(|text| text.map(|text| Said { text: text.into(), form: text.to_lowercase() })).to_vec()
    }

    fn kept(rule: Rule, texts: [Option<&str>; 4]) -> Option<(usize, usize)> {
        let Survivor { record, values } = survivor(rule, &STANDINGS, &said(texts), false);
        record.map(|record| (record, values))
    }

    #[test]
    fn each_rule_keeps_its_value() {
        let names = [Some("Li"), Some("LEE"), Some("Lee"), Some("Leeds")];
        assert_eq!(kept(Rule::MostRecent, names), Some((0, 3)));
        assert_eq!(kept(Rule::MostFrequent, names), Some((1, 3)), "of two spellings the later one");
        assert_eq!(kept(Rule::Longest, names), Some((3, 3)));
        assert_eq!(kept(Rule::SourcePriority, names), Some((1, 3)), "of one source the later one");
        assert_eq!(kept(Rule::FirstNonNull, names), Some((2, 3)), "a time that is not known is not early");
    }

    #[test]
    fn what_is_missing_is_passed_over() {
        for (_, rule) in Rule::ALL {
            assert_eq!(kept(rule, [None, None, Some("Lee"), None]), Some((2, 1)));
            assert_eq!(kept(rule, [None; 4]), None);
        }
        assert_eq!(kept(Rule::FirstNonNull, [None, None, None, Some("Lee")]), Some((3, 1)));
    }

    #[test]
    fn an_initial_is_no_vote_against_a_name() {
        let names = said([Some("J."), Some("Julie"), None, None]);
        assert_eq!(survivor(Rule::MostFrequent, &STANDINGS, &names, true).record, Some(1));
        assert_eq!(survivor(Rule::MostFrequent, &STANDINGS, &names, false).record, Some(0));
    }

    #[test]
    fn an_address_is_of_one_record_and_completed_by_those_that_agree() {
        let fields = [Field::Street, Field::Postcode, Field::City].map(Some);
        let streets = said([None, Some("New Road 1"), Some("New Road 1"), Some("Old Road 2")]);
        let postcodes = said([Some("33333"), Some("11111"), None, Some("22222")]);
        let cities = said([Some("Rome"), None, Some("Bonn"), Some("Ulm")]);
        let said = [streets, postcodes, cities];
        let kept = survivors(Rule::MostRecent, &STANDINGS, &fields, &said);
        // The latest has no street. City: the latest that agrees is the third; the first does not, nor has it anything in common.
        assert_eq!(kept.iter().map(|kept| kept.record).collect::<Vec<_>>(), [Some(1), Some(1), Some(2)]);
        assert_eq!(kept.iter().map(|kept| kept.values).collect::<Vec<_>>(), [2, 3, 3]);
    }
}

//! Keys: facts that, when two records agree on all of them, make one person of both.

use super::field::Field;

/// A combination of fields and how sure agreement on it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    pub name: &'static str,
    pub fields: &'static [Field],
    /// A field that speaks against the key: where records that share its value differ in this field, it links none of them.
    pub contradicted_by: Option<Field>,
    /// Probability that two records which agree on the key are one person.
    pub probability: f64,
}

impl Key {
    const fn new(name: &'static str, fields: &'static [Field], probability: f64) -> Self {
        Self { name, fields, contradicted_by: None, probability }
    }
}

/// Every key, the surest first.
///
/// The probabilities are conventions, ordered by what else shares such a value: a mistyped identity number, nearly nobody; an
/// e-mail address, some couples; name and day of birth, namesakes, one pair among some hundred in a register of a million; a
/// telephone whose records all give one name or none, those who never gave theirs; family name, day of birth and postcode,
/// twins; name and postcode, father and son; any telephone, a family. At the default threshold of 0.95 the last four do not
/// link.
pub const KEYS: [Key; 11] = [
    Key::new("national_id", &[Field::NationalId], 0.99),
    Key::new("name+birth_date+postcode", &[Field::Name, Field::BirthDate, Field::Postcode], 0.99),
    Key::new("email", &[Field::Email], 0.98),
    Key::new("phone+given_name", &[Field::Phone, Field::GivenName], 0.97),
    Key::new("name+birth_date", &[Field::Name, Field::BirthDate], 0.96),
    Key::new("given_name+birth_date+postcode", &[Field::GivenName, Field::BirthDate, Field::Postcode], 0.96),
    Key { contradicted_by: Some(Field::GivenName), ..Key::new("phone", &[Field::Phone], 0.95) },
    Key::new("phone+birth_date", &[Field::Phone, Field::BirthDate], 0.92),
    Key::new("family_name+birth_date+postcode", &[Field::FamilyName, Field::BirthDate, Field::Postcode], 0.90),
    Key::new("name+postcode", &[Field::Name, Field::Postcode], 0.90),
    Key::new("shared_phone", &[Field::Phone], 0.80),
];

/// Whether records that say something of these fields have a key. A whole name is there where its parts are.
pub fn makes_key(has: impl Fn(Field) -> bool) -> bool {
    let is_there = |field: &Field| has(*field) || (*field == Field::Name && has(Field::GivenName) && has(Field::FamilyName));
    KEYS.iter().any(|key| key.fields.iter().all(is_there))
}

/// A set of keys, one bit each in the order of [`KEYS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeySet(u16);

impl KeySet {
    pub fn insert(&mut self, key: usize) {
        self.0 |= 1_u16.checked_shl(u32::try_from(key).unwrap_or(u32::MAX)).unwrap_or_default();
    }

    /// The members of both.
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set with these [`bits`](Self::bits).
    pub fn of(bits: u64) -> Self {
        Self(u16::try_from(bits).unwrap_or_default())
    }

    pub fn bits(self) -> u64 {
        u64::from(self.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The members, the surest first.
    pub fn keys(self) -> impl Iterator<Item = &'static Key> {
        KEYS.iter().enumerate().filter(move |(index, _)| self.0 & (1 << index) != 0).map(|(_, key)| key)
    }

    /// The greatest probability among the members.
    pub fn probability(self) -> Option<f64> {
        self.keys().map(|key| key.probability).reduce(f64::max)
    }

    /// The members' names, the surest first: `email, name+birth_date`.
    pub fn names(self) -> String {
        self.keys().map(|key| key.name).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_probability() {
        assert!(KEYS.is_sorted_by(|left, right| left.probability >= right.probability));
    }

    #[test]
    fn a_name_and_a_city_make_no_key() {
        let of = |fields: &[Field]| makes_key(|field| fields.contains(&field));
        assert!(!of(&[Field::GivenName, Field::City]) && !of(&[Field::GivenName, Field::FamilyName, Field::City]) && !of(&[]));
        assert!(of(&[Field::Email]) && of(&[Field::GivenName, Field::FamilyName, Field::BirthDate]));
    }

    #[test]
    fn a_set_names_its_members() {
        let mut set = KeySet::default();
        assert!(set.is_empty() && set.probability().is_none());
        set.insert(4);
        set.insert(2);
        assert_eq!((set.names().as_str(), set.probability()), ("email, name+birth_date", Some(0.98)));
    }
}

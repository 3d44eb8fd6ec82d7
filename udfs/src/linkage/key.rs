//! Keys: facts that, when two records agree on all of them, make one person of both.

use super::field::Field;

/// A combination of fields and how sure agreement on it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    pub name: &'static str,
    pub fields: &'static [Field],
    /// Probability that two records which agree on the key are one person.
    pub probability: f64,
}

/// Every key, the surest first.
///
/// The probabilities are conventions, ordered by what else shares such a value: a mistyped identity number, nearly nobody; an e-mail address, some couples; name
/// and day of birth, namesakes, one pair among some hundred in a register of a million; family name, day of birth and postcode, twins; name and postcode,
/// father and son; a telephone, a family. At the default threshold of 0.95 the last four do not link.
pub const KEYS: [Key; 10] = [
    Key { name: "national_id", fields: &[Field::NationalId], probability: 0.99 },
    Key { name: "name+birth_date+postcode", fields: &[Field::Name, Field::BirthDate, Field::Postcode], probability: 0.99 },
    Key { name: "email", fields: &[Field::Email], probability: 0.98 },
    Key { name: "phone+given_name", fields: &[Field::Phone, Field::GivenName], probability: 0.97 },
    Key { name: "name+birth_date", fields: &[Field::Name, Field::BirthDate], probability: 0.96 },
    Key {
        name: "given_name+birth_date+postcode",
        fields: &[Field::GivenName, Field::BirthDate, Field::Postcode],
        probability: 0.96,
    },
    Key { name: "phone+birth_date", fields: &[Field::Phone, Field::BirthDate], probability: 0.92 },
    Key {
        name: "family_name+birth_date+postcode",
        fields: &[Field::FamilyName, Field::BirthDate, Field::Postcode],
        probability: 0.90,
    },
    Key { name: "name+postcode", fields: &[Field::Name, Field::Postcode], probability: 0.90 },
    Key { name: "phone", fields: &[Field::Phone], probability: 0.80 },
];

/// A set of keys, one bit each in the order of [`KEYS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeySet(u16);

impl KeySet {
    pub fn insert(&mut self, key: usize) {
        self.0 |= 1_u16.checked_shl(u32::try_from(key).unwrap_or(u32::MAX)).unwrap_or_default();
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
    fn a_set_names_its_members() {
        let mut set = KeySet::default();
        assert!(set.is_empty() && set.probability().is_none());
        set.insert(4);
        set.insert(2);
        assert_eq!((set.names().as_str(), set.probability()), ("email, name+birth_date", Some(0.98)));
    }
}

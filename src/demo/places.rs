//! Countries, cities, streets and telephone numbers. Every number lies in a range that the country's regulator keeps free for
//! films and examples, so that none of them rings.

use super::random::Stream;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    Germany,
    France,
    UnitedStates,
    UnitedKingdom,
}

impl Country {
    /// Shares of the population; the countries with few reserved numbers are the small ones.
    const WEIGHTS: [f64; 4] = [0.56, 0.22, 0.14, 0.08];
    const ALL: [Country; 4] = [Country::Germany, Country::France, Country::UnitedStates, Country::UnitedKingdom];

    pub fn draw(stream: &mut Stream) -> Self {
        Self::ALL[stream.weighted(&Self::WEIGHTS)]
    }

    /// ISO 3166-1 alpha-2.
    pub fn code(self) -> &'static str {
        match self {
            Self::Germany => "DE",
            Self::France => "FR",
            Self::UnitedStates => "US",
            Self::UnitedKingdom => "GB",
        }
    }
}

/// City and the first characters of its postcodes.
type City = (&'static str, &'static str);

const DE_CITIES: [City; 20] = [
    ("Berlin", "10"),
    ("Hamburg", "20"),
    ("München", "80"),
    ("Köln", "50"),
    ("Frankfurt am Main", "60"),
    ("Stuttgart", "70"),
    ("Düsseldorf", "40"),
    ("Leipzig", "04"),
    ("Dortmund", "44"),
    ("Essen", "45"),
    ("Bremen", "28"),
    ("Dresden", "01"),
    ("Hannover", "30"),
    ("Nürnberg", "90"),
    ("Bonn", "53"),
    ("Münster", "48"),
    ("Karlsruhe", "76"),
    ("Freiburg im Breisgau", "79"),
    ("Kiel", "24"),
    ("Erfurt", "99"),
];
const FR_CITIES: [City; 14] = [
    ("Paris", "75"),
    ("Marseille", "13"),
    ("Lyon", "69"),
    ("Toulouse", "31"),
    ("Nice", "06"),
    ("Nantes", "44"),
    ("Montpellier", "34"),
    ("Strasbourg", "67"),
    ("Bordeaux", "33"),
    ("Lille", "59"),
    ("Rennes", "35"),
    ("Reims", "51"),
    ("Dijon", "21"),
    ("Angers", "49"),
];
const US_CITIES: [City; 14] = [
    ("New York", "100"),
    ("Chicago", "606"),
    ("Houston", "770"),
    ("Phoenix", "850"),
    ("Philadelphia", "191"),
    ("San Diego", "921"),
    ("Dallas", "752"),
    ("Austin", "787"),
    ("Columbus", "432"),
    ("Seattle", "981"),
    ("Denver", "802"),
    ("Boston", "021"),
    ("Portland", "972"),
    ("Atlanta", "303"),
];
const GB_CITIES: [City; 14] = [
    ("London", "SE"),
    ("Birmingham", "B"),
    ("Manchester", "M"),
    ("Leeds", "LS"),
    ("Glasgow", "G"),
    ("Sheffield", "S"),
    ("Bristol", "BS"),
    ("Liverpool", "L"),
    ("Edinburgh", "EH"),
    ("Cardiff", "CF"),
    ("Nottingham", "NG"),
    ("Leicester", "LE"),
    ("Belfast", "BT"),
    ("York", "YO"),
];
const DE_STREETS: &[&str] = &[
    "Hauptstraße",
    "Bahnhofstraße",
    "Gartenstraße",
    "Schulstraße",
    "Dorfstraße",
    "Bergstraße",
    "Lindenstraße",
    "Kirchstraße",
    "Goethestraße",
    "Schillerstraße",
    "Waldstraße",
    "Ringstraße",
    "Rosenweg",
    "Birkenweg",
    "Ahornweg",
    "Mühlenweg",
    "Am Markt",
    "Am Sportplatz",
    "Marktplatz",
    "Friedrich-Ebert-Straße",
    "Mozartstraße",
    "Beethovenstraße",
    "Lessingstraße",
    "Parkallee",
    "Kastanienallee",
    "Uferstraße",
    "Wiesengrund",
];
const FR_STREETS: &[&str] = &[
    "rue de la République",
    "rue Victor Hugo",
    "avenue Jean Jaurès",
    "rue des Écoles",
    "place de la Mairie",
    "rue du Moulin",
    "rue de l'Église",
    "avenue de la Gare",
    "rue Pasteur",
    "boulevard Gambetta",
    "rue des Lilas",
    "rue du Château",
    "chemin des Vignes",
    "allée des Tilleuls",
    "rue Molière",
    "rue de la Fontaine",
    "impasse des Cerisiers",
    "quai de la Loire",
];
const EN_STREETS: &[&str] = &[
    "Main Street",
    "Oak Street",
    "Park Avenue",
    "Church Road",
    "Maple Drive",
    "High Street",
    "Station Road",
    "Cedar Lane",
    "Elm Street",
    "Washington Avenue",
    "Victoria Road",
    "Mill Lane",
    "Lake Drive",
    "Hillside Road",
    "Green Lane",
    "King Street",
    "Queens Road",
    "River Road",
    "Willow Court",
    "Sunset Boulevard",
    "Chestnut Street",
    "Meadow Lane",
    "School Lane",
    "Highland Avenue",
];

/// Where somebody lives or lived.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    pub street: String,
    pub postcode: String,
    pub city: &'static str,
}

impl Address {
    pub fn draw(country: Country, stream: &mut Stream) -> Self {
        let number = 1 + (stream.unit() * stream.unit() * 140.0) as u32;
        match country {
            Country::Germany => {
                let (city, area) = stream.pick(&DE_CITIES);
                let suffix = if stream.chance(0.06) { "a" } else { "" };
                Self {
                    street: format!("{} {number}{suffix}", stream.pick_frequent(DE_STREETS)),
                    postcode: format!("{area}{:03}", stream.between(100, 799)),
                    city,
                }
            }
            Country::France => {
                let (city, area) = stream.pick(&FR_CITIES);
                Self {
                    street: format!("{number} {}", stream.pick_frequent(FR_STREETS)),
                    postcode: format!("{area}0{:02}", stream.between(0, 20)),
                    city,
                }
            }
            Country::UnitedStates => {
                let (city, area) = stream.pick(&US_CITIES);
                let number = number * 10 + stream.below(10) as u32;
                Self {
                    street: format!("{number} {}", stream.pick_frequent(EN_STREETS)),
                    postcode: format!("{area}{:02}", stream.between(1, 60)),
                    city,
                }
            }
            Country::UnitedKingdom => {
                let (city, area) = stream.pick(&GB_CITIES);
                let letters = b"ABDEFGHJLNPQRSTUWXYZ";
                let [first, second] = [stream.pick(letters) as char, stream.pick(letters) as char];
                Self {
                    street: format!("{number} {}", stream.pick_frequent(EN_STREETS)),
                    postcode: format!("{area}{} {}{first}{second}", stream.between(1, 20), stream.between(1, 9)),
                    city,
                }
            }
        }
    }
}

/// A telephone number as its parts; [`crate::demo::errors`] writes it the many ways in which people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phone {
    pub country: Country,
    /// Digits of the area without the trunk zero, and the digits after it.
    pub area: u32,
    pub line: u64,
    /// Digits to which `line` is padded.
    pub line_digits: u8,
}

/// Area and first digits of the ranges that the Bundesnetzagentur keeps for films; two more digits than the three that it names
/// still lie in the blocked block.
const DE_RANGES: [(u32, u32); 5] = [(30, 23125), (69, 90009), (40, 66969), (221, 4710), (89, 99998)];
/// Ranges of the French numbering plan for audiovisual works, each with four free digits.
const FR_RANGES: [(u32, u32); 6] = [(6, 3998), (1, 9900), (2, 6191), (3, 5301), (4, 6571), (5, 3649)];
/// Ofcom's numbers for drama, each with three free digits.
const GB_RANGES: [(u32, u32); 16] = [
    (7700, 900),
    (20, 79460),
    (113, 4960),
    (114, 4960),
    (115, 4960),
    (116, 4960),
    (117, 4960),
    (118, 4960),
    (121, 4960),
    (131, 4960),
    (141, 4960),
    (151, 4960),
    (161, 4960),
    (191, 4980),
    (29, 20180),
    (1632, 960),
];
/// Area codes of the North American plan; 555-0100 to 555-0199 in each are fictional.
const US_AREAS: [u16; 160] = [
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231, 234, 239, 240,
    248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314,
    315, 316, 317, 318, 319, 320, 321, 323, 325, 330, 334, 336, 337, 339, 347, 351, 352, 360, 361, 386, 401, 402, 404, 405, 406,
    407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 423, 425, 432, 434, 435, 440, 443, 469, 478, 479, 480, 484, 501, 502, 503,
    504, 505, 507, 508, 509, 510, 512, 513, 515, 516, 517, 518, 520, 530, 540, 541, 559, 561, 562, 563, 570, 573, 574, 580, 585,
    601, 602, 603, 605, 606, 607, 608, 609, 610, 612, 614, 615, 616, 617, 618, 619, 620, 623, 626, 630, 631, 636, 641, 646, 650,
    651, 660, 661, 662, 678, 682, 701, 702, 703, 704,
];

impl Phone {
    /// The number of a slot. Slots below the country's capacity (500,000 in Germany, 60,000 in France, 16,000 each in the United
    /// States and the United Kingdom) have numbers of their own; beyond it numbers repeat, since no more are reserved.
    pub fn of_slot(country: Country, slot: u64) -> Self {
        // Neighbours in the population must not have neighbouring numbers: a step that has no factor in common with any capacity.
        let step = 7_919;
        let scattered = |capacity: u64| (slot % capacity) * step % capacity;
        let (area, line, line_digits) = match country {
            Country::Germany => {
                let n = scattered(500_000);
                let (area, head) = DE_RANGES[(n % 5) as usize];
                (area, u64::from(head) * 100_000 + n / 5, if head < 10_000 { 9 } else { 10 })
            }
            Country::France => {
                let n = scattered(60_000);
                let (area, head) = FR_RANGES[(n % 6) as usize];
                (area, u64::from(head) * 10_000 + n / 6, 8)
            }
            Country::UnitedStates => {
                let n = scattered(16_000);
                (u32::from(US_AREAS[(n % 160) as usize]), 5_550_100 + n / 160, 7)
            }
            Country::UnitedKingdom => {
                let n = scattered(16_000);
                let (area, head) = GB_RANGES[(n % 16) as usize];
                let digits = match head {
                    0..1_000 => 6,
                    1_000..10_000 => 7,
                    _ => 8,
                };
                (area, u64::from(head) * 1_000 + n / 16, digits)
            }
        };
        Self { country, area, line, line_digits }
    }

    pub fn calling_code(self) -> u32 {
        match self.country {
            Country::Germany => 49,
            Country::France => 33,
            Country::UnitedStates => 1,
            Country::UnitedKingdom => 44,
        }
    }

    /// The line's digits with leading zeros.
    pub fn line_text(self) -> String {
        format!("{:0width$}", self.line, width = usize::from(self.line_digits))
    }

    /// E.164, as a switchboard writes it.
    pub fn e164(self) -> String {
        format!("+{}{}{}", self.calling_code(), self.area, self.line_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn slots_below_capacity_have_numbers_of_their_own_in_the_reserved_ranges() {
        for (country, capacity) in [
            (Country::Germany, 500_000),
            (Country::France, 60_000),
            (Country::UnitedStates, 16_000),
            (Country::UnitedKingdom, 16_000),
        ] {
            let numbers: HashSet<String> = (0..capacity).map(|slot| Phone::of_slot(country, slot).e164()).collect();
            assert_eq!(numbers.len() as u64, capacity, "{country:?}");
        }
        assert_eq!(Phone::of_slot(Country::UnitedStates, 0).e164(), "+12015550100");
        assert_eq!(Phone::of_slot(Country::Germany, 0).e164(), "+49302312500000");
        assert_eq!(Phone::of_slot(Country::UnitedKingdom, 0).e164(), "+447700900000");
        assert_eq!(Phone::of_slot(Country::France, 0).e164(), "+33639980000");
    }
}

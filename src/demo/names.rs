//! First names, last names and nicknames of the four countries. The first names of a list are the frequent ones.

use super::places::Country;
use super::random::Stream;

const DE_FEMALE: &[&str] = &[
    "Anna", "Maria", "Sabine", "Katharina", "Julia", "Susanne", "Laura", "Lena", "Petra", "Monika", "Sandra", "Nicole", "Claudia",
    "Elisabeth", "Christine", "Andrea", "Stefanie", "Lea", "Emma", "Mia", "Hannah", "Sophie", "Franziska", "Johanna", "Martina",
    "Karin", "Ursula", "Renate", "Gisela", "Birgit", "Heike", "Melanie", "Nadine", "Jana", "Lisa", "Sarah", "Vanessa", "Theresa",
    "Magdalena", "Frieda", "Charlotte", "Greta", "Ayşe", "Elif", "Aleksandra", "Carolin", "Dorothea", "Silke", "Anke", "Jutta",
];
const DE_MALE: &[&str] = &[
    "Thomas", "Michael", "Andreas", "Peter", "Stefan", "Christian", "Alexander", "Maximilian", "Jan", "Lukas", "Martin", "Daniel",
    "Markus", "Sebastian", "Tobias", "Matthias", "Johannes", "Klaus", "Jürgen", "Wolfgang", "Hans", "Frank", "Uwe", "Bernd", "Dieter",
    "Florian", "Philipp", "Felix", "Leon", "Paul", "Jonas", "Ben", "Noah", "Elias", "Friedrich", "Karl", "Otto", "Günter", "Heinz",
    "Rainer", "Ralf", "Torsten", "Sven", "Dennis", "Marcel", "Patrick", "Mehmet", "Emre", "Piotr", "Benjamin",
];
const FR_FEMALE: &[&str] = &[
    "Marie", "Nathalie", "Isabelle", "Sylvie", "Catherine", "Camille", "Léa", "Chloé", "Manon", "Julie", "Céline", "Sandrine",
    "Valérie", "Emma", "Louise", "Alice", "Jeanne", "Mathilde", "Pauline", "Élodie", "Aurélie", "Sophie", "Hélène", "Brigitte",
    "Monique", "Françoise", "Anne", "Juliette", "Inès", "Zoé", "Margaux", "Clémence", "Amandine", "Gabrielle", "Élisabeth", "Fatima",
];
const FR_MALE: &[&str] = &[
    "Jean", "Pierre", "Michel", "Philippe", "Nicolas", "Julien", "Thomas", "Alexandre", "Antoine", "Maxime", "Lucas", "Hugo", "Louis",
    "Gabriel", "Arthur", "François", "Laurent", "Olivier", "Christophe", "Stéphane", "Sébastien", "Guillaume", "Benoît", "Rémi",
    "Mathieu", "Alain", "Bernard", "Patrick", "Daniel", "André", "Frédéric", "Vincent", "Étienne", "Karim", "Théo", "Benjamin",
];
const EN_FEMALE: &[&str] = &[
    "Mary", "Jennifer", "Elizabeth", "Susan", "Jessica", "Sarah", "Karen", "Lisa", "Margaret", "Emily", "Emma", "Olivia", "Charlotte",
    "Katherine", "Deborah", "Rebecca", "Patricia", "Barbara", "Samantha", "Victoria", "Alexandra", "Christine", "Amanda", "Melissa",
    "Nicole", "Rachel", "Hannah", "Abigail", "Grace", "Chloe", "Amelia", "Isabella", "Sophia", "Eleanor", "Dorothy", "Judith",
    "Pamela", "Theresa", "Cynthia", "Angela", "Brenda", "Ruth", "Alice", "Lucy", "Jacqueline", "Priya", "Maria", "Guadalupe",
];
const EN_MALE: &[&str] = &[
    "James", "Robert", "John", "Michael", "William", "David", "Richard", "Joseph", "Thomas", "Christopher", "Daniel", "Matthew",
    "Anthony", "Andrew", "Steven", "Edward", "Kenneth", "Joshua", "Timothy", "Jeffrey", "Nicholas", "Jonathan", "Benjamin", "Samuel",
    "Gregory", "Alexander", "Patrick", "Jack", "Oliver", "Harry", "George", "Charles", "Henry", "Oscar", "Frederick", "Lawrence",
    "Raymond", "Stephen", "Peter", "Philip", "Ronald", "Donald", "Gerald", "Walter", "Zachary", "Mohammed", "José", "Luis",
];
const DE_LAST: &[&str] = &[
    "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann", "Schäfer", "Koch", "Bauer",
    "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann", "Braun", "Krüger", "Hofmann", "Hartmann", "Lange",
    "Schmitt", "Werner", "Krause", "Meier", "Lehmann", "Schmid", "Schulze", "Maier", "Köhler", "Herrmann", "König", "Walter", "Mayer",
    "Huber", "Kaiser", "Fuchs", "Peters", "Lang", "Scholz", "Möller", "Weiß", "Jung", "Hahn", "Schubert", "Vogel", "Friedrich", "Keller",
    "Günther", "Frank", "Berger", "Winkler", "Roth", "Beck", "Lorenz", "Baumann", "Franke", "Albrecht", "Schuster", "Simon", "Ludwig",
    "Böhm", "Winter", "Kraus", "Martin", "Schumacher", "Krämer", "Vogt", "Stein", "Jäger", "Otto", "Sommer", "Groß", "Seidel", "Heinrich",
    "Brandt", "Haas", "Schreiber", "Graf", "Dietrich", "Ziegler", "Kuhn", "Kühn", "Pohl", "Engel", "Horn", "Yılmaz", "Kaya", "Nowak",
];
const FR_LAST: &[&str] = &[
    "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau", "Simon", "Laurent", "Lefèvre",
    "Michel", "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier", "Morel", "Girard", "André", "Mercier", "Dupont", "Lambert",
    "Bonnet", "François", "Martinez", "Legrand", "Garnier", "Faure", "Rousseau", "Blanc", "Guérin", "Muller", "Henry", "Roussel",
    "Nicolas", "Perrin", "Morin", "Mathieu", "Clément", "Gauthier", "Dumont", "Lopez", "Fontaine", "Chevalier", "Robin", "Masson",
    "Sanchez", "Gérard", "Nguyen", "Boyer", "Denis", "Lemaire", "Duval", "Joly", "Gautier", "Roger", "Roche", "Roy", "Noël", "Meyer",
    "Lucas", "Meunier", "Jean", "Pérez", "Marchand", "Dufour", "Blanchard", "Marie", "Barbier", "Brun", "Dumas", "Brunet", "Schmitt",
];
const EN_LAST: &[&str] = &[
    "Smith", "Johnson", "Williams", "Brown", "Jones", "Taylor", "Davies", "Wilson", "Evans", "Thomas", "Miller", "Davis", "Garcia",
    "Rodriguez", "Martinez", "Anderson", "Jackson", "White", "Harris", "Martin", "Thompson", "Moore", "Clark", "Lewis", "Robinson",
    "Walker", "Hall", "Young", "King", "Wright", "Hill", "Scott", "Green", "Adams", "Baker", "Nelson", "Carter", "Mitchell", "Roberts",
    "Turner", "Phillips", "Campbell", "Parker", "Edwards", "Collins", "Stewart", "Morris", "Murphy", "Cook", "Rogers", "Morgan", "Cooper",
    "Peterson", "Reed", "Bailey", "Bell", "Kelly", "Howard", "Ward", "Cox", "Richardson", "Wood", "Watson", "Brooks", "Bennett", "Gray",
    "Hughes", "Price", "Myers", "Long", "Foster", "Sanders", "Ross", "Powell", "Sullivan", "Russell", "Patel", "Khan", "Singh", "O'Brien",
    "O'Connor", "McDonald", "McCarthy", "Fisher", "Marshall", "Ellis", "Stevens", "Shaw", "Hunt", "Knight", "Chapman", "Nguyen", "Lee",
];
// Names that are put together fill the long tail: without it a million people would share a few thousand names.
const DE_HEADS: &[&str] = &[
    "Berg", "Stein", "Wald", "Linden", "Eichen", "Birken", "Rosen", "Sonnen", "Acker", "Feld", "Hof", "Brunn", "Kirch", "Ober", "Nieder",
    "Hinter", "Alt", "Neu", "Reichen", "Falken", "Habers", "Kronen", "Mühl", "Osten", "Wester", "Winkel", "Grün", "Silber", "Löwen", "Hirsch",
];
const DE_TAILS: &[&str] = &[
    "berger", "bacher", "mann", "feld", "meyer", "müller", "huber", "hofer", "stein", "thal", "dorf", "städter", "bauer", "brecht",
    "bach", "kamp", "reuter", "wald", "häuser", "au",
];
const FR_HEADS: &[&str] = &[
    "Beau", "Mont", "Bois", "Champ", "Clair", "Châtel", "Grand", "Haute", "Roche", "Val", "Ville", "Saint-", "Font", "Pont", "Bel", "Fer",
    "Mar", "Tour", "Char", "Dela",
];
const FR_TAILS: &[&str] = &[
    "mont", "court", "fort", "champ", "val", "rive", "tier", "bois", "noir", "main", "pierre", "fontaine", "lier", "rand", "vigne", "gard",
    "cel", "breuil", "pré", "roux",
];
const EN_HEADS: &[&str] = &[
    "Ash", "Black", "Brad", "Cal", "Car", "Clay", "Eld", "Fair", "Hart", "Hay", "Hol", "Lang", "Long", "Mill", "Nor", "Old", "Pem", "Red",
    "Rock", "Ship", "Stan", "Sut", "Thorn", "Wake", "Well", "Whit", "Win", "Wood", "York", "Harring",
];
const EN_TAILS: &[&str] = &[
    "ford", "ley", "ton", "wood", "field", "man", "worth", "by", "ham", "more", "son", "well", "bourne", "croft", "dale", "gate", "stead",
    "shaw", "low", "wick",
];

/// Formal name and what friends write instead; several for one name are possible.
const NICKNAMES: &[(&str, &str)] = &[
    ("Katharina", "Kathi"), ("Katharina", "Käthe"), ("Susanne", "Susi"), ("Elisabeth", "Lisa"), ("Elisabeth", "Sissi"),
    ("Christine", "Christl"), ("Stefanie", "Steffi"), ("Franziska", "Franzi"), ("Johanna", "Hanna"), ("Magdalena", "Lena"),
    ("Charlotte", "Lotte"), ("Theresa", "Resi"), ("Maximilian", "Max"), ("Alexander", "Alex"), ("Sebastian", "Basti"),
    ("Tobias", "Tobi"), ("Matthias", "Matze"), ("Johannes", "Hannes"), ("Johannes", "Jo"), ("Friedrich", "Fritz"), ("Philipp", "Phil"),
    ("Michael", "Michi"), ("Thomas", "Tom"), ("Wolfgang", "Wolf"), ("Benjamin", "Benni"), ("Daniel", "Dani"), ("Andreas", "Andi"),
    ("Catherine", "Cathy"), ("Isabelle", "Isa"), ("Mathilde", "Mathi"), ("Alexandre", "Alex"), ("Nicolas", "Nico"), ("Christophe", "Chris"),
    ("Frédéric", "Fred"), ("Guillaume", "Gui"), ("Sébastien", "Seb"), ("Gabrielle", "Gaby"), ("Philippe", "Phil"), ("Maxime", "Max"),
    ("Robert", "Bob"), ("Robert", "Rob"), ("William", "Bill"), ("William", "Will"), ("Richard", "Dick"), ("Richard", "Rick"),
    ("James", "Jim"), ("John", "Jack"), ("David", "Dave"), ("Joseph", "Joe"), ("Christopher", "Chris"), ("Daniel", "Dan"),
    ("Matthew", "Matt"), ("Anthony", "Tony"), ("Andrew", "Andy"), ("Steven", "Steve"), ("Edward", "Ted"), ("Edward", "Ned"),
    ("Kenneth", "Ken"), ("Joshua", "Josh"), ("Timothy", "Tim"), ("Jeffrey", "Jeff"), ("Nicholas", "Nick"), ("Jonathan", "Jon"),
    ("Benjamin", "Ben"), ("Samuel", "Sam"), ("Gregory", "Greg"), ("Charles", "Charlie"), ("Charles", "Chuck"), ("Henry", "Harry"),
    ("Frederick", "Fred"), ("Lawrence", "Larry"), ("Raymond", "Ray"), ("Ronald", "Ron"), ("Gerald", "Jerry"), ("Zachary", "Zach"),
    ("Elizabeth", "Liz"), ("Elizabeth", "Beth"), ("Elizabeth", "Betty"), ("Jennifer", "Jenny"), ("Jessica", "Jess"), ("Margaret", "Peggy"),
    ("Margaret", "Maggie"), ("Katherine", "Kate"), ("Katherine", "Kathy"), ("Deborah", "Debbie"), ("Rebecca", "Becky"),
    ("Patricia", "Pat"), ("Patricia", "Trish"), ("Barbara", "Barb"), ("Samantha", "Sam"), ("Victoria", "Vicky"), ("Alexandra", "Alex"),
    ("Amanda", "Mandy"), ("Melissa", "Mel"), ("Abigail", "Abby"), ("Eleanor", "Nell"), ("Dorothy", "Dot"), ("Judith", "Judy"),
    ("Pamela", "Pam"), ("Cynthia", "Cindy"), ("Jacqueline", "Jackie"), ("Susan", "Sue"),
];

pub fn first_name(country: Country, female: bool, stream: &mut Stream) -> &'static str {
    stream.pick_frequent(match (country, female) {
        (Country::Germany, true) => DE_FEMALE,
        (Country::Germany, false) => DE_MALE,
        (Country::France, true) => FR_FEMALE,
        (Country::France, false) => FR_MALE,
        (_, true) => EN_FEMALE,
        (_, false) => EN_MALE,
    })
}

pub fn last_name(country: Country, stream: &mut Stream) -> String {
    let (whole, heads, tails) = match country {
        Country::Germany => (DE_LAST, DE_HEADS, DE_TAILS),
        Country::France => (FR_LAST, FR_HEADS, FR_TAILS),
        Country::UnitedStates | Country::UnitedKingdom => (EN_LAST, EN_HEADS, EN_TAILS),
    };
    if stream.chance(0.55) {
        return stream.pick_frequent(whole).to_owned();
    }
    let (head, tail) = (stream.pick_frequent(heads), stream.pick_frequent(tails));
    match head.strip_suffix('-') {
        // "Saint-Pierre": the second part of a hyphenated name is a name of its own.
        Some(_) => format!("{head}{}", capitalised(tail)),
        None => format!("{head}{tail}"),
    }
}

/// A nickname of the formal name, if it has one.
pub fn nickname(first_name: &str, stream: &mut Stream) -> Option<&'static str> {
    let choices = NICKNAMES.iter().filter(|(formal, _)| *formal == first_name).count() as u64;
    let chosen = stream.below(choices) as usize;
    NICKNAMES.iter().filter(|(formal, _)| *formal == first_name).nth(chosen).map(|(_, nickname)| *nickname)
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The text in the letters of an e-mail address: umlauts and accents written out, everything else left out.
pub fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            'ä' | 'Ä' => plain.push_str("ae"),
            'ö' | 'Ö' => plain.push_str("oe"),
            'ü' | 'Ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' => plain.push('e'),
            'â' | 'à' | 'á' => plain.push('a'),
            'î' | 'ï' | 'ı' => plain.push('i'),
            'ô' => plain.push('o'),
            'ç' | 'Ç' => plain.push('c'),
            'ş' => plain.push('s'),
            letter if letter.is_ascii_alphanumeric() => plain.push(letter.to_ascii_lowercase()),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::super::random::Purpose;
    use super::*;

    #[test]
    fn every_name_can_be_written_in_an_address() {
        for list in [DE_FEMALE, DE_MALE, FR_FEMALE, FR_MALE, EN_FEMALE, EN_MALE, DE_LAST, FR_LAST, EN_LAST] {
            for name in list {
                let letters = name.chars().filter(|letter| letter.is_alphabetic()).count();
                assert!(ascii(name).len() >= letters, "{name} loses letters: {}", ascii(name));
            }
        }
    }

    #[test]
    fn nicknames_belong_to_the_name() {
        let mut stream = Stream::new(1, Purpose::Person, 0);
        assert!(["Bob", "Rob"].contains(&nickname("Robert", &mut stream).unwrap()));
        assert_eq!(nickname("Uwe", &mut stream), None);
    }
}

//! First names, last names and nicknames of the four countries. The first names of a list are the frequent ones.

use std::collections::BTreeMap;

use super::places::Country;
use super::random::Stream;

const DE_FEMALE: &str = "\
    Anna Maria Sabine Katharina Julia Susanne Laura Lena Petra Monika Sandra Nicole Claudia Elisabeth Christine Andrea \
    Stefanie Lea Emma Mia Hannah Sophie Franziska Johanna Martina Karin Ursula Renate Gisela Birgit Heike Melanie Nadine \
    Jana Lisa Sarah Vanessa Theresa Magdalena Frieda Charlotte Greta Ayşe Elif Aleksandra Carolin Dorothea Silke Anke \
    Jutta";
const DE_MALE: &str = "\
    Thomas Michael Andreas Peter Stefan Christian Alexander Maximilian Jan Lukas Martin Daniel Markus Sebastian Tobias \
    Matthias Johannes Klaus Jürgen Wolfgang Hans Frank Uwe Bernd Dieter Florian Philipp Felix Leon Paul Jonas Ben Noah \
    Elias Friedrich Karl Otto Günter Heinz Rainer Ralf Torsten Sven Dennis Marcel Patrick Mehmet Emre Piotr Benjamin";
const FR_FEMALE: &str = "\
    Marie Nathalie Isabelle Sylvie Catherine Camille Léa Chloé Manon Julie Céline Sandrine Valérie Emma Louise Alice \
    Jeanne Mathilde Pauline Élodie Aurélie Sophie Hélène Brigitte Monique Françoise Anne Juliette Inès Zoé Margaux \
    Clémence Amandine Gabrielle Élisabeth Fatima";
const FR_MALE: &str = "\
    Jean Pierre Michel Philippe Nicolas Julien Thomas Alexandre Antoine Maxime Lucas Hugo Louis Gabriel Arthur François \
    Laurent Olivier Christophe Stéphane Sébastien Guillaume Benoît Rémi Mathieu Alain Bernard Patrick Daniel André \
    Frédéric Vincent Étienne Karim Théo Benjamin";
const EN_FEMALE: &str = "\
    Mary Jennifer Elizabeth Susan Jessica Sarah Karen Lisa Margaret Emily Emma Olivia Charlotte Katherine Deborah Rebecca \
    Patricia Barbara Samantha Victoria Alexandra Christine Amanda Melissa Nicole Rachel Hannah Abigail Grace Chloe Amelia \
    Isabella Sophia Eleanor Dorothy Judith Pamela Theresa Cynthia Angela Brenda Ruth Alice Lucy Jacqueline Priya Maria \
    Guadalupe";
const EN_MALE: &str = "\
    James Robert John Michael William David Richard Joseph Thomas Christopher Daniel Matthew Anthony Andrew Steven Edward \
    Kenneth Joshua Timothy Jeffrey Nicholas Jonathan Benjamin Samuel Gregory Alexander Patrick Jack Oliver Harry George \
    Charles Henry Oscar Frederick Lawrence Raymond Stephen Peter Philip Ronald Donald Gerald Walter Zachary Mohammed José \
    Luis";
const DE_LAST: &str = "\
    Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf \
    Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid \
    Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert \
    Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig \
    Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber \
    Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Yılmaz Kaya Nowak";
const FR_LAST: &str = "\
    Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre Michel Garcia David \
    Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Martinez Legrand Garnier \
    Faure Rousseau Blanc Guérin Muller Henry Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine \
    Chevalier Robin Masson Sanchez Gérard Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche Roy Noël Meyer Lucas \
    Meunier Jean Pérez Marchand Dufour Blanchard Marie Barbier Brun Dumas Brunet Schmitt";
const EN_LAST: &str = "\
    Smith Johnson Williams Brown Jones Taylor Davies Wilson Evans Thomas Miller Davis Garcia Rodriguez Martinez Anderson \
    Jackson White Harris Martin Thompson Moore Clark Lewis Robinson Walker Hall Young King Wright Hill Scott Green Adams \
    Baker Nelson Carter Mitchell Roberts Turner Phillips Campbell Parker Edwards Collins Stewart Morris Murphy Cook Rogers \
    Morgan Cooper Peterson Reed Bailey Bell Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray Hughes Price \
    Myers Long Foster Sanders Ross Powell Sullivan Russell Patel Khan Singh O'Brien O'Connor McDonald McCarthy Fisher \
    Marshall Ellis Stevens Shaw Hunt Knight Chapman Nguyen Lee";
// Names that are put together fill the long tail: without it a million people would share a few thousand names.
const DE_HEADS: &str = "\
    Berg Stein Wald Linden Eichen Birken Rosen Sonnen Acker Feld Hof Brunn Kirch Ober Nieder Hinter Alt Neu Reichen Falken \
    Habers Kronen Mühl Osten Wester Winkel Grün Silber Löwen Hirsch";
const DE_TAILS: &str = "\
    berger bacher mann feld meyer müller huber hofer stein thal dorf städter bauer brecht bach kamp reuter wald häuser au";
const FR_HEADS: &str = "\
    Beau Mont Bois Champ Clair Châtel Grand Haute Roche Val Ville Saint- Font Pont Bel Fer Mar Tour Char Dela";
const FR_TAILS: &str = "\
    mont court fort champ val rive tier bois noir main pierre fontaine lier rand vigne gard cel breuil pré roux";
const EN_HEADS: &str = "\
    Ash Black Brad Cal Car Clay Eld Fair Hart Hay Hol Lang Long Mill Nor Old Pem Red Rock Ship Stan Sut Thorn Wake Well \
    Whit Win Wood York Harring";
const EN_TAILS: &str = "\
    ford ley ton wood field man worth by ham more son well bourne croft dale gate stead shaw low wick";
/// Formal names, each with what friends write instead.
const NICKNAMES: &str = "\
    Katharina:Kathi,Käthe Susanne:Susi Elisabeth:Lisa,Sissi Christine:Christl Stefanie:Steffi Franziska:Franzi \
    Johanna:Hanna Magdalena:Lena Charlotte:Lotte Theresa:Resi Maximilian:Max Alexander:Alex Sebastian:Basti Tobias:Tobi \
    Matthias:Matze Johannes:Hannes,Jo Friedrich:Fritz Philipp:Phil Michael:Michi Thomas:Tom Wolfgang:Wolf \
    Benjamin:Benni,Ben Daniel:Dani,Dan Andreas:Andi Catherine:Cathy Isabelle:Isa Mathilde:Mathi Alexandre:Alex \
    Nicolas:Nico Christophe:Chris Frédéric:Fred Guillaume:Gui Sébastien:Seb Gabrielle:Gaby Philippe:Phil Maxime:Max \
    Robert:Bob,Rob William:Bill,Will Richard:Dick,Rick James:Jim John:Jack David:Dave Joseph:Joe Christopher:Chris \
    Matthew:Matt Anthony:Tony Andrew:Andy Steven:Steve Edward:Ted,Ned Kenneth:Ken Joshua:Josh Timothy:Tim Jeffrey:Jeff \
    Nicholas:Nick Jonathan:Jon Samuel:Sam Gregory:Greg Charles:Charlie,Chuck Henry:Harry Frederick:Fred Lawrence:Larry \
    Raymond:Ray Ronald:Ron Gerald:Jerry Zachary:Zach Elizabeth:Liz,Beth,Betty Jennifer:Jenny Jessica:Jess \
    Margaret:Peggy,Maggie Katherine:Kate,Kathy Deborah:Debbie Rebecca:Becky Patricia:Pat,Trish Barbara:Barb Samantha:Sam \
    Victoria:Vicky Alexandra:Alex Amanda:Mandy Melissa:Mel Abigail:Abby Eleanor:Nell Dorothy:Dot Judith:Judy Pamela:Pam \
    Cynthia:Cindy Jacqueline:Jackie Susan:Sue";

type Words = Vec<&'static str>;

/// The lists of one language.
struct Language {
    female: Words,
    male: Words,
    last: Words,
    heads: Words,
    tails: Words,
}

/// All lists, split into words.
pub struct Names {
    german: Language,
    french: Language,
    english: Language,
    nicknames: BTreeMap<&'static str, Words>,
}

fn words(list: &'static str) -> Words {
    list.split_whitespace().collect()
}

impl Language {
    fn new(first: [&'static str; 2], last: &'static str, parts: [&'static str; 2]) -> Self {
        let ([female, male], [heads, tails]) = (first.map(words), parts.map(words));
        Self { female, male, last: words(last), heads, tails }
    }
}

impl Names {
    pub fn new() -> Self {
        let nicknames = NICKNAMES.split_whitespace().filter_map(|entry| entry.split_once(':'));
        Self {
            german: Language::new([DE_FEMALE, DE_MALE], DE_LAST, [DE_HEADS, DE_TAILS]),
            french: Language::new([FR_FEMALE, FR_MALE], FR_LAST, [FR_HEADS, FR_TAILS]),
            english: Language::new([EN_FEMALE, EN_MALE], EN_LAST, [EN_HEADS, EN_TAILS]),
            nicknames: nicknames.map(|(formal, short)| (formal, short.split(',').collect())).collect(),
        }
    }

    fn language(&self, country: Country) -> &Language {
        match country {
            Country::Germany => &self.german,
            Country::France => &self.french,
            Country::UnitedStates | Country::UnitedKingdom => &self.english,
        }
    }

    pub fn first_name(&self, country: Country, female: bool, stream: &mut Stream) -> &'static str {
        let language = self.language(country);
        stream.pick_frequent(if female { &language.female } else { &language.male })
    }

    pub fn last_name(&self, country: Country, stream: &mut Stream) -> String {
        let language = self.language(country);
        if stream.chance(0.55) {
            return stream.pick_frequent(&language.last).to_owned();
        }
        let (head, tail) = (stream.pick_frequent(&language.heads), stream.pick_frequent(&language.tails));
        match head.strip_suffix('-') {
            // "Saint-Pierre": the second part of a hyphenated name is a name of its own.
            Some(_) => format!("{head}{}", capitalised(tail)),
            None => format!("{head}{tail}"),
        }
    }

    /// A nickname of the formal name, if it has one.
    pub fn nickname(&self, first_name: &str, stream: &mut Stream) -> Option<&'static str> {
        let choices = self.nicknames.get(first_name).map_or(&[][..], |choices| choices);
        choices.get(stream.below(choices.len() as u64) as usize).copied()
    }
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
            for name in words(list) {
                let letters = name.chars().filter(|letter| letter.is_alphabetic()).count();
                assert!(ascii(name).len() >= letters, "{name} loses letters: {}", ascii(name));
            }
        }
    }

    #[test]
    fn nicknames_belong_to_the_name() {
        let (names, mut stream) = (Names::new(), Stream::new(1, Purpose::Person, 0));
        assert!(["Bob", "Rob"].contains(&names.nickname("Robert", &mut stream).unwrap()));
        assert_eq!(names.nickname("Uwe", &mut stream), None);
    }
}

//! Words of addresses and of companies that are written out or shortened: of each one form, so that `12 West Main Street` and
//! `12 W. Main St.` are one address, and `Vogel and Sons International Limited` and `Vogel & Sons Intl Ltd` one company.
//!
//! Everything here takes names in the form of [`super::name::normalize_name`].

/// Words of streets in English, German, French, Spanish and Italian, with the form that stands for them.
const OF_STREETS: [(&str, &str); 56] = [
    ("allee", "al"),
    ("apartment", "apt"),
    ("av", "ave"),
    ("avenida", "ave"),
    ("avenue", "ave"),
    ("bld", "blvd"),
    ("boul", "blvd"),
    ("boulevard", "blvd"),
    ("calle", "c"),
    ("center", "ctr"),
    ("centre", "ctr"),
    ("chemin", "che"),
    ("circle", "cir"),
    ("close", "cl"),
    ("court", "ct"),
    ("crescent", "cres"),
    ("drive", "dr"),
    ("east", "e"),
    ("expressway", "expy"),
    ("floor", "fl"),
    ("fort", "ft"),
    ("freeway", "fwy"),
    ("gardens", "gdns"),
    ("grove", "gr"),
    ("heights", "hts"),
    ("highway", "hwy"),
    ("lane", "ln"),
    ("mount", "mt"),
    ("mountain", "mtn"),
    ("north", "n"),
    ("northeast", "ne"),
    ("northwest", "nw"),
    ("parade", "pde"),
    ("parkway", "pkwy"),
    ("piazza", "pza"),
    ("place", "pl"),
    ("platz", "pl"),
    ("plaza", "plz"),
    ("road", "rd"),
    ("route", "rte"),
    ("rue", "r"),
    ("saint", "st"),
    ("sainte", "ste"),
    ("south", "s"),
    ("southeast", "se"),
    ("southwest", "sw"),
    ("square", "sq"),
    ("station", "stn"),
    ("strasse", "str"),
    ("street", "st"),
    ("suite", "ste"),
    ("terrace", "ter"),
    ("turnpike", "tpke"),
    ("via", "v"),
    ("weg", "wg"),
    ("west", "w"),
];

/// The ends of German words that are streets, with the end that stands for them.
const STREET_ENDS: [(&str, &str); 3] = [("strasse", "str"), ("platz", "pl"), ("allee", "al")];

/// Words of companies that are shortened.
const OF_COMPANIES: [(&str, &str); 30] = [
    ("associates", "assoc"),
    ("association", "assn"),
    ("brothers", "bros"),
    ("builders", "bldrs"),
    ("business", "bus"),
    ("center", "ctr"),
    ("centre", "ctr"),
    ("communications", "comm"),
    ("construction", "constr"),
    ("department", "dept"),
    ("development", "dev"),
    ("distribution", "distr"),
    ("engineering", "eng"),
    ("enterprise", "ent"),
    ("enterprises", "ent"),
    ("gebruder", "gebr"),
    ("group", "grp"),
    ("industries", "ind"),
    ("institute", "inst"),
    ("insurance", "ins"),
    ("international", "intl"),
    ("laboratories", "labs"),
    ("management", "mgmt"),
    ("manufacturing", "mfg"),
    ("national", "natl"),
    ("service", "svc"),
    ("services", "svcs"),
    ("technologies", "tech"),
    ("technology", "tech"),
    ("university", "univ"),
];

/// Legal forms, and what joins words: they say little of which company it is, and are left out as often as not.
const FORMS: [&str; 62] = [
    "ab",
    "ag",
    "aktiengesellschaft",
    "and",
    "as",
    "asa",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "ek",
    "et",
    "eu",
    "ev",
    "fils",
    "gbr",
    "gesellschaft",
    "gmbh",
    "hb",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "lc",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "of",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "plt",
    "pte",
    "pty",
    "public",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "sc",
    "sca",
    "se",
    "sl",
    "sohn",
    "sohne",
    "spa",
    "srl",
    "sro",
    "the",
    "ug",
    "und",
    "y",
];

/// Legal forms that are no part of a person's name.
const SURE_FORMS: [&str; 17] = [
    "aktiengesellschaft",
    "bvba",
    "company",
    "corp",
    "corporation",
    "gbr",
    "gmbh",
    "inc",
    "incorporated",
    "kgaa",
    "limited",
    "llc",
    "llp",
    "ltd",
    "mbh",
    "plc",
    "sarl",
];

/// Words by which businesses are known where a name may also be a person's; none of them is a usual name.
const OF_BUSINESSES: [&str; 46] = [
    "agency",
    "bakery",
    "bank",
    "bar",
    "bistro",
    "brasserie",
    "bros",
    "cafe",
    "center",
    "centre",
    "clinic",
    "club",
    "coffee",
    "college",
    "consulting",
    "deli",
    "delicatessen",
    "diner",
    "foods",
    "garage",
    "grill",
    "group",
    "hospital",
    "hotel",
    "house",
    "inn",
    "kitchen",
    "logistics",
    "market",
    "motors",
    "museum",
    "pharmacy",
    "pizza",
    "pizzeria",
    "pub",
    "restaurant",
    "room",
    "salon",
    "school",
    "services",
    "shop",
    "software",
    "store",
    "studio",
    "systems",
    "trattoria",
];

/// Writes the words of a street, each in its one form.
pub fn write_street(name: &str, out: &mut String) {
    for (index, word) in name.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        match form_of(&OF_STREETS, word) {
            Some(form) => out.push_str(form),
            None => match STREET_ENDS.iter().find_map(|(end, form)| Some((word.strip_suffix(end)?, form))) {
                Some((start, form)) => [start, form].iter().for_each(|part| out.push_str(part)),
                None => out.push_str(word),
            },
        }
    }
}

/// Writes the words of a company, each in its one form, without its legal form; letters that stand alone are one word (`G.m.b.H.`). What consists of such words
/// alone is left as it is.
pub fn write_company(name: &str, out: &mut String) {
    let start = out.len();
    let mut letters = String::new();
    let mut words = name.split(' ').peekable();
    while let Some(word) = words.next() {
        if word.chars().nth(1).is_none() && !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()) {
            letters.push_str(word);
            if words.peek().is_some_and(|next| next.chars().nth(1).is_none()) {
                continue;
            }
        }
        let joined = std::mem::take(&mut letters);
        for word in [joined.as_str(), if joined.is_empty() { word } else { "" }] {
            if word.is_empty() || FORMS.binary_search(&word).is_ok() {
                continue;
            }
            if out.len() > start {
                out.push(' ');
            }
            out.push_str(form_of(&OF_COMPANIES, word).unwrap_or(word));
        }
    }
    if out.len() == start {
        out.push_str(name);
    }
}

/// Whether a name is that of a business by one of its words: a legal form at its end, or what businesses are called.
pub fn is_business(name: &str) -> bool {
    let legal = |word: &str| SURE_FORMS.binary_search(&word).is_ok();
    name.rsplit(' ').next().is_some_and(legal) || name.split(' ').any(|word| OF_BUSINESSES.binary_search(&word).is_ok())
}

fn form_of(forms: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let at = forms.binary_search_by_key(&word, |(known, _)| known).ok()?;
    forms.get(at).map(|(_, form)| *form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn street(name: &str) -> String {
        let mut out = String::new();
        write_street(name, &mut out);
        out
    }

    fn company(name: &str) -> String {
        let mut out = String::new();
        write_company(name, &mut out);
        out
    }

    #[test]
    fn lists_are_in_order() {
        assert!(OF_COMPANIES.is_sorted() && FORMS.is_sorted() && SURE_FORMS.is_sorted() && OF_BUSINESSES.is_sorted());
        assert!(OF_STREETS.iter().map(|(word, _)| word).is_sorted());
    }

    #[test]
    fn one_street_is_written_one_way() {
        for (one, other) in [
            ("310 west oak street", "310 w oak st"),
            ("hauptstrasse 5", "hauptstr 5"),
            ("12 boulevard saint michel", "12 blvd st michel"),
            ("5 konigsallee", "5 konigsal"),
        ] {
            assert_eq!(street(one), street(other));
        }
        assert_ne!(street("12 north road"), street("12 north lane"));
    }

    #[test]
    fn a_company_is_known_without_its_legal_form() {
        for (one, other) in [
            ("vogel and sons international limited", "vogel sons intl ltd"),
            ("acme g m b h", "acme gmbh"),
            ("meyer brothers aktiengesellschaft", "meyer bros a g"),
            ("the oak manufacturing company", "oak mfg co"),
            ("u s steel corporation", "us steel"),
        ] {
            assert_eq!(company(one), company(other));
        }
        assert_eq!(company("the company"), "the company");
        assert_ne!(company("meyer logistics gmbh"), company("meyer properties gmbh"));
    }

    #[test]
    fn businesses_are_told_from_people() {
        for name in ["meyer logistics gmbh", "hugos bistro", "bar and grill ullman", "vogel consulting", "acme ltd"] {
            assert!(is_business(name), "{name}");
        }
        for name in ["ann lee", "maria de la cruz y garcia", "jean pierre dupont", "bo ek", "ludwig van beethoven", "kim ag y"] {
            assert!(!is_business(name), "{name}");
        }
    }
}

//! Names of collations. Texts compare byte by byte under each of them, but one that no PostgreSQL has is a mistake.

use datafusion::sql::sqlparser::ast::ObjectName;

use crate::catalog::pg::build::parts;
use crate::error::{Error, Result, SqlState};

/// Collations that every database has, or every operating system.
const COMMON: [&str; 8] = ["default", "C", "POSIX", "ucs_basic", "unicode", "C.utf8", "C.UTF-8", "und-x-icu"];

/// PostgreSQL 15 with ICU 72: `SELECT DISTINCT split_part(collname, '-', 1) FROM pg_collation WHERE collprovider = 'i'`.
const LANGUAGES: &str = "af agq ak am ar as asa ast az bas be bem bez bg bgc bho bm bn bo br brx bs ca ccp ce ceb cgg chr ckb cs cv cy da dav \
    de dje doi dsb dua dyo dz ebu ee el en eo es et eu ewo fa ff fi fil fo fr fur fy ga gd gl gsw gu guz gv ha haw he hi \
    hr hsb hu hy ia id ig ii is it ja jgo jmc jv ka kab kam kde kea kgp khq ki kk kkj kl kln km kn ko kok ks ksb ksf ksh \
    ku kw ky lag lb lg lkt ln lo lrc lt lu luo luy lv mai mas mer mfe mg mgh mgo mi mk ml mn mni mr ms mt mua my mzn naq \
    nb nd ne nl nmg nn nnh no nus nyn om or os pa pcm pl ps pt qu raj rm rn ro rof ru rw rwk sa sah saq sat sbp sc sd se \
    seh ses sg shi si sk sl smn sn so sq sr su sv sw ta te teo tg th ti tk to tr tt twq tzm ug uk ur uz vai vi vun wae wo \
    xh xog yav yi yo yrl yue zgh zh zu";

/// # Errors
/// 42704 for a collation that there is nowhere.
pub fn known(name: &ObjectName) -> Result<()> {
    let names = parts(name);
    let is_known = match names.as_slice() {
        [schema, name] if schema == "pg_catalog" => exists(name),
        [name] => exists(name),
        _ => false,
    };
    if is_known {
        return Ok(());
    }
    let message = format!("collation \"{}\" for encoding \"UTF8\" does not exist", names.join("."));
    Err(Error::new(SqlState::UNDEFINED_OBJECT, message))
}

fn exists(name: &str) -> bool {
    COMMON.contains(&name) || of_icu(name) || of_system(name)
}

fn is_language(text: &str) -> bool {
    LANGUAGES.split(' ').any(|language| language == text)
}

/// `de-x-icu`, `zh-Hant-TW-x-icu`.
fn of_icu(name: &str) -> bool {
    let Some(locale) = name.strip_suffix("-x-icu") else { return false };
    let (language, rest) = locale.split_once('-').unwrap_or((locale, ""));
    is_language(language) && rest.chars().all(|c| c == '-' || c.is_ascii_alphanumeric())
}

/// `en_US`, `de_DE.utf8`, `de_DE.UTF-8`, `ca_ES@valencia`.
fn of_system(name: &str) -> bool {
    let (name, _) = name.split_once('@').unwrap_or((name, ""));
    let (locale, encoding) = name.split_once('.').unwrap_or((name, "utf8"));
    let Some((language, territory)) = locale.split_once('_') else { return false };
    let is_territory = territory.len() == 2 && territory.chars().all(|c| c.is_ascii_uppercase());
    is_language(language) && is_territory && matches!(encoding, "utf8" | "UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collations_are_those_of_icu_and_the_system() {
        for (name, is_one) in [
            ("C", true),
            ("c", false),
            ("en_US", true),
            ("de_DE.utf8", true),
            ("xx_YY", false),
            ("en_us", false),
            ("de-AT-x-icu", true),
            ("nope", false),
        ] {
            assert_eq!(exists(name), is_one, "{name}");
        }
    }
}

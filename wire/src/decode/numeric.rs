//! Exact decimals of any length, between their wire forms and Arrow's integers with a scale.

use super::Fault;

/// Most digits that are accepted; far beyond what any Arrow type holds, and a bound for the memory that a parameter can take.
const DIGITS_MAX: i32 = 2_000;

/// A decimal: digits times ten to the power of minus the scale, with neither leading nor trailing zeros among the digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Numeric {
    NaN,
    Infinity { negative: bool },
    Finite { negative: bool, digits: String, scale: i32 },
}

impl Numeric {
    fn finite(negative: bool, digits: &str, scale: i32) -> Self {
        let significant = digits.trim_end_matches('0');
        let scale = scale - (digits.len() - significant.len()) as i32;
        let significant = significant.trim_start_matches('0');
        if significant.is_empty() {
            return Self::Finite { negative: false, digits: String::new(), scale: 0 };
        }
        Self::Finite { negative, digits: significant.to_owned(), scale }
    }

    /// `-12.50`, `1e-3`, `NaN`, `Infinity`.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        if text.eq_ignore_ascii_case("nan") {
            return Ok(Self::NaN);
        }
        if unsigned.eq_ignore_ascii_case("infinity") || unsigned.eq_ignore_ascii_case("inf") {
            return Ok(Self::Infinity { negative });
        }
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| Fault::Syntax)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Fault::Syntax);
        }
        if exponent.abs() > DIGITS_MAX || digits.len() > DIGITS_MAX as usize {
            return Err(Fault::NumberRange);
        }
        Ok(Self::finite(negative, &digits, fraction.len() as i32 - exponent))
    }

    pub(super) fn from_integer(value: i64) -> Self {
        Self::finite(value < 0, &value.unsigned_abs().to_string(), 0)
    }

    /// The form of `numeric_recv`: number of groups, weight of the first, sign, displayed scale, groups in base 10000.
    pub(super) fn from_binary(bytes: &[u8]) -> Result<Self, Fault> {
        let words: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |word, byte| word << 8 | u16::from(*byte))).collect();
        let [count, weight, sign, display_scale, groups @ ..] = words.as_slice() else { return Err(Fault::BinaryForm) };
        if !bytes.len().is_multiple_of(2) || usize::from(*count) != groups.len() || groups.iter().any(|group| *group > 9_999) {
            return Err(Fault::BinaryForm);
        }
        match *sign {
            0xc000 => return Ok(Self::NaN),
            0xd000 => return Ok(Self::Infinity { negative: false }),
            0xf000 => return Ok(Self::Infinity { negative: true }),
            0 | 0x4000 if *display_scale < 0x4000 => {}
            _ => return Err(Fault::BinaryForm),
        }
        if groups.len() * 4 > DIGITS_MAX as usize {
            return Err(Fault::NumberRange);
        }
        let digits: String = groups.iter().map(|group| format!("{group:04}")).collect();
        let scale = (groups.len() as i32 - 1 - i32::from(*weight as i16)) * 4;
        Ok(Self::finite(*sign != 0, &digits, scale))
    }

    /// The digits of the number times ten to the power of `scale`, with sign, if it is a whole number of at most `precision` digits.
    pub(super) fn unscaled(&self, precision: u8, scale: i8) -> Result<String, Fault> {
        let Self::Finite { negative, digits, scale: own } = self else { return Err(Fault::NumberRange) };
        if digits.is_empty() {
            return Ok("0".to_owned());
        }
        let missing = usize::try_from(i32::from(scale) - own).map_err(|_| Fault::Precision)?;
        if digits.len() + missing > usize::from(precision) {
            return Err(Fault::NumberRange);
        }
        let sign = if *negative { "-" } else { "" };
        Ok(format!("{sign}{digits}{}", "0".repeat(missing)))
    }

    pub(super) fn to_f64(&self) -> Result<f64, Fault> {
        match self {
            Self::NaN => Ok(f64::NAN),
            Self::Infinity { negative: false } => Ok(f64::INFINITY),
            Self::Infinity { negative: true } => Ok(f64::NEG_INFINITY),
            Self::Finite { digits, .. } if digits.is_empty() => Ok(0.0),
            Self::Finite { negative, digits, scale } => {
                let sign = if *negative { "-" } else { "" };
                let value: f64 = format!("{sign}{digits}e{}", -scale).parse().map_err(|_| Fault::Syntax)?;
                if value.is_finite() { Ok(value) } else { Err(Fault::NumberRange) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_one_number_are_one_value() {
        for text in ["12.5", "+12.50", "0012.500", "125e-1", "0.125E2"] {
            assert_eq!(Numeric::parse(text), Ok(Numeric::Finite { negative: false, digits: "125".into(), scale: 1 }), "{text}");
        }
        assert_eq!(Numeric::parse("-0.00"), Numeric::parse("0"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1.2.3", "1e", "e5", "1 2", "0x10", "1e1.5", "--1"] {
            assert_eq!(Numeric::parse(text), Err(Fault::Syntax), "{text}");
        }
        assert_eq!(Numeric::parse("1e999999"), Err(Fault::NumberRange));
    }

    #[test]
    fn digits_beyond_the_type_are_refused_not_rounded() {
        let number = Numeric::parse("1.005").unwrap();
        assert_eq!(number.unscaled(18, 3), Ok("1005".into()));
        assert_eq!(number.unscaled(18, 2), Err(Fault::Precision));
        assert_eq!(Numeric::parse("1000").unwrap().unscaled(3, 0), Err(Fault::NumberRange));
    }
}

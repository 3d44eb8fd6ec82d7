//! Floating point as text: the shortest digits that read back as the same number, laid out as PostgreSQL lays them out
//! (`1e+20`, `1e-05`, `Infinity`, `NaN`; fixed notation below 1e15 for float8 and 1e6 for float4).

/// Writes a float8 as `float8out` does with `extra_float_digits` at its default.
pub fn write_f64(value: f64, out: &mut Vec<u8>) {
    if !value.is_finite() {
        return write_special(value.is_nan(), value.is_sign_negative(), out);
    }
    let mut buffer = ryu::Buffer::new();
    let shortest = buffer.format_finite(value);
    let magnitude = value.abs();
    if (1e-4..1e15).contains(&magnitude) {
        // In this range ryu's layout differs from PostgreSQL's in the trailing ".0" only.
        out.extend_from_slice(shortest.strip_suffix(".0").unwrap_or(shortest).as_bytes());
        return;
    }
    let mut digits = Digits::parse(shortest);
    let bits = magnitude.to_bits();
    let (mantissa, exponent) = match (bits >> 52, bits & ((1 << 52) - 1)) {
        (0, fraction) => (fraction, -1074),
        (biased, fraction) => (fraction | (1 << 52), biased as i32 - 1075),
    };
    if digits.on_boundary(mantissa, exponent, 1 << 52) {
        digits = digits.refine(
            17,
            |places| format!("{magnitude:.places$e}"),
            |text| text.parse() == Ok(magnitude),
            |digits| digits.on_boundary(mantissa, exponent, 1 << 52),
        );
    }
    digits.write(value.is_sign_negative(), 15, out);
}

/// Writes a float4 as `float4out` does.
pub fn write_f32(value: f32, out: &mut Vec<u8>) {
    if !value.is_finite() {
        return write_special(value.is_nan(), value.is_sign_negative(), out);
    }
    let mut buffer = ryu::Buffer::new();
    let shortest = buffer.format_finite(value);
    let magnitude = value.abs();
    if (1e-4..1e6).contains(&magnitude) {
        out.extend_from_slice(shortest.strip_suffix(".0").unwrap_or(shortest).as_bytes());
        return;
    }
    let mut digits = Digits::parse(shortest);
    let bits = magnitude.to_bits();
    let (mantissa, exponent) = match (bits >> 23, bits & ((1 << 23) - 1)) {
        (0, fraction) => (u64::from(fraction), -149),
        (biased, fraction) => (u64::from(fraction | (1 << 23)), biased as i32 - 150),
    };
    if digits.on_boundary(mantissa, exponent, 1 << 23) {
        digits = digits.refine(
            9,
            |places| format!("{magnitude:.places$e}"),
            |text| text.parse() == Ok(magnitude),
            |digits| digits.on_boundary(mantissa, exponent, 1 << 23),
        );
    }
    digits.write(value.is_sign_negative(), 6, out);
}

fn write_special(nan: bool, negative: bool, out: &mut Vec<u8>) {
    let text: &[u8] = match (nan, negative) {
        (true, _) => b"NaN",
        (false, false) => b"Infinity",
        (false, true) => b"-Infinity",
    };
    out.extend_from_slice(text);
}

/// Decimal digits without leading or trailing zeros: the number is `0.d1d2d3… · 10^point`.
struct Digits {
    bytes: [u8; 32],
    length: usize,
    point: i32,
}

impl Digits {
    /// Reads ryu's or Rust's own notation: `1.5e-7`, `1e20`, `12345678901234567.0`, `0.00001`.
    fn parse(text: &str) -> Self {
        let text = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match text.split_once('e') {
            Some((mantissa, exponent)) => (mantissa, exponent.parse().unwrap_or(0)),
            None => (text, 0),
        };
        let whole = mantissa.find('.').unwrap_or(mantissa.len());
        let mut digits = Self { bytes: [b'0'; 32], length: 0, point: whole as i32 + exponent };
        for byte in mantissa.bytes().filter(|byte| *byte != b'.') {
            if digits.length == 0 && byte == b'0' {
                digits.point -= 1;
            } else if let Some(slot) = digits.bytes.get_mut(digits.length) {
                *slot = byte;
                digits.length += 1;
            }
        }
        while digits.as_bytes().last() == Some(&b'0') {
            digits.length -= 1;
        }
        digits
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Whether the digits lie exactly half way between the number `mantissa · 2^exponent` and a neighbour. Such digits read back as the
    /// number by the rule "ties to even", and ryu uses that; PostgreSQL's output does not rely on it.
    fn on_boundary(&self, mantissa: u64, exponent: i32, hidden_bit: u64) -> bool {
        let decimal = self.as_bytes().iter().fold(0u128, |value, byte| value * 10 + u128::from(byte - b'0'));
        let power = self.point - self.length as i32;
        // A boundary is an odd number times a power of two, and the odd number has at most 55 bits: larger powers of five do not fit.
        let product = match power {
            0..=27 => decimal * 5u128.pow(power.unsigned_abs()),
            -3..=-1 if decimal % 5u128.pow(power.unsigned_abs()) == 0 => decimal / 5u128.pow(power.unsigned_abs()),
            _ => return false,
        };
        if product == 0 {
            return false;
        }
        let zeros = product.trailing_zeros();
        let (odd, odd_exponent) = (product >> zeros, power + zeros as i32);
        let doubled = u128::from(mantissa) * 2;
        (odd_exponent == exponent - 1 && (odd == doubled + 1 || odd + 1 == doubled))
            || (mantissa == hidden_bit && odd_exponent == exponent - 2 && odd + 1 == doubled * 2)
    }

    /// The shortest correctly rounded digits that read back as the number and are on no boundary.
    fn refine(
        self,
        longest: usize,
        format: impl Fn(usize) -> String,
        reads_back: impl Fn(&str) -> bool,
        on_boundary: impl Fn(&Self) -> bool,
    ) -> Self {
        (self.length.saturating_sub(1)..longest)
            .map(format)
            .filter(|text| reads_back(text))
            .map(|text| Self::parse(&text))
            .find(|digits| !on_boundary(digits))
            .unwrap_or(self)
    }

    fn write(&self, negative: bool, fixed_digits: i32, out: &mut Vec<u8>) {
        if negative {
            out.push(b'-');
        }
        let digits = self.as_bytes();
        let Some((first, rest)) = digits.split_first() else {
            out.push(b'0');
            return;
        };
        let exponent = self.point - 1;
        if (-4..fixed_digits).contains(&exponent) {
            return self.write_fixed(out);
        }
        out.push(*first);
        if !rest.is_empty() {
            out.push(b'.');
            out.extend_from_slice(rest);
        }
        out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
        if exponent.abs() < 10 {
            out.push(b'0');
        }
        out.extend_from_slice(itoa::Buffer::new().format(exponent.unsigned_abs()).as_bytes());
    }

    fn write_fixed(&self, out: &mut Vec<u8>) {
        let digits = self.as_bytes();
        let whole = self.point.max(0) as usize;
        if whole == 0 {
            out.extend_from_slice(b"0.");
            out.extend(std::iter::repeat_n(b'0', self.point.unsigned_abs() as usize));
            out.extend_from_slice(digits);
        } else if let Some((integer, fraction)) = digits.split_at_checked(whole) {
            out.extend_from_slice(integer);
            if !fraction.is_empty() {
                out.push(b'.');
                out.extend_from_slice(fraction);
            }
        } else {
            out.extend_from_slice(digits);
            out.extend(std::iter::repeat_n(b'0', whole - digits.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f64_text(value: f64) -> String {
        let mut out = Vec::new();
        write_f64(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn f32_text(value: f32) -> String {
        let mut out = Vec::new();
        write_f32(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn signed_zero_and_special_values() {
        assert_eq!(f64_text(0.0), "0");
        assert_eq!(f64_text(-0.0), "-0");
        assert_eq!(f64_text(f64::NAN), "NaN");
        assert_eq!(f64_text(f64::INFINITY), "Infinity");
        assert_eq!(f64_text(f64::NEG_INFINITY), "-Infinity");
        assert_eq!(f32_text(-0.0), "-0");
    }

    #[test]
    fn every_power_of_two_reads_back() {
        for exponent in -1074..1024 {
            let value = 2f64.powi(exponent);
            assert_eq!(f64_text(value).parse::<f64>().unwrap(), value);
        }
    }
}

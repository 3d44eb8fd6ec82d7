//! Trigonometry in degrees, with exact results for multiples of 30 and 45 degrees, by the steps of PostgreSQL's float.c: values are divided
//! by what the library gives for those angles.

use super::RADIANS_PER_DEGREE;

/// The sine of an angle from 0 to 30 degrees, exact at its ends.
fn sin_to_30(x: f64) -> f64 {
    let sin_30 = (30.0 * RADIANS_PER_DEGREE).sin();
    (x * RADIANS_PER_DEGREE).sin() / sin_30 / 2.0
}

/// The cosine of an angle from 0 to 60 degrees, exact at its ends.
fn cos_to_60(x: f64) -> f64 {
    let one_minus_cos_60 = 1.0 - (60.0 * RADIANS_PER_DEGREE).cos();
    1.0 - (1.0 - (x * RADIANS_PER_DEGREE).cos()) / one_minus_cos_60 / 2.0
}

fn sin_to_90(x: f64) -> f64 {
    if x <= 30.0 { sin_to_30(x) } else { cos_to_60(90.0 - x) }
}

fn cos_to_90(x: f64) -> f64 {
    if x <= 60.0 { cos_to_60(x) } else { sin_to_30(90.0 - x) }
}

pub fn sin(x: f64) -> f64 {
    let (mut x, mut sign) = (x % 360.0, 1.0);
    if x < 0.0 {
        (x, sign) = (-x, -sign);
    }
    if x > 180.0 {
        (x, sign) = (360.0 - x, -sign);
    }
    if x > 90.0 {
        x = 180.0 - x;
    }
    sign * sin_to_90(x)
}

pub fn cos(x: f64) -> f64 {
    let (mut x, mut sign) = ((x % 360.0).abs(), 1.0);
    if x > 180.0 {
        x = 360.0 - x;
    }
    if x > 90.0 {
        (x, sign) = (180.0 - x, -sign);
    }
    sign * cos_to_90(x)
}

/// Of the tangent and its reciprocal: what the library gives for 45 degrees is 1.
fn ratio(x: f64, of: fn(f64) -> f64) -> f64 {
    let (mut x, mut sign) = (x % 360.0, 1.0);
    if x < 0.0 {
        (x, sign) = (-x, -sign);
    }
    if x > 180.0 {
        (x, sign) = (360.0 - x, -sign);
    }
    if x > 90.0 {
        (x, sign) = (180.0 - x, -sign);
    }
    let result = sign * (of(x) / of(45.0));
    // No zero has a sign.
    if result == 0.0 { 0.0 } else { result }
}

pub fn tan(x: f64) -> f64 {
    ratio(x, |x| sin_to_90(x) / cos_to_90(x))
}

pub fn cot(x: f64) -> f64 {
    ratio(x, |x| cos_to_90(x) / sin_to_90(x))
}

fn asin_to_1(x: f64) -> f64 {
    if x <= 0.5 { x.asin() / 0.5_f64.asin() * 30.0 } else { 90.0 - x.acos() / 0.5_f64.acos() * 60.0 }
}

fn acos_to_1(x: f64) -> f64 {
    if x <= 0.5 { 90.0 - x.asin() / 0.5_f64.asin() * 30.0 } else { x.acos() / 0.5_f64.acos() * 60.0 }
}

pub fn asin(x: f64) -> f64 {
    if x >= 0.0 { asin_to_1(x) } else { -asin_to_1(-x) }
}

pub fn acos(x: f64) -> f64 {
    if x >= 0.0 { acos_to_1(x) } else { 90.0 + asin_to_1(-x) }
}

pub fn atan(x: f64) -> f64 {
    x.atan() / 1_f64.atan() * 45.0
}

pub fn atan2(y: f64, x: f64) -> f64 {
    y.atan2(x) / 1_f64.atan() * 45.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT sind(…)` and so on.
    #[test]
    fn multiples_are_exact() {
        assert_eq!((sin(30.0), sin(90.0), sin(180.0), sin(-30.0), sin(390.0)), (0.5, 1.0, 0.0, -0.5, 0.5));
        assert_eq!((cos(60.0), cos(90.0), cos(180.0), cos(120.0)), (0.5, 0.0, -1.0, -0.5));
        assert_eq!((tan(45.0), tan(0.0), tan(135.0), cot(45.0)), (1.0, 0.0, -1.0, 1.0));
        assert_eq!((asin(0.5), acos(0.5), atan(1.0), atan2(1.0, 1.0)), (30.0, 60.0, 45.0, 45.0));
        assert_eq!((sin(45.0), cos(45.0)), (0.707_106_781_186_547_5, 0.707_106_781_186_547_5));
    }
}

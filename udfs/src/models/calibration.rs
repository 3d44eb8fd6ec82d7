//! Probabilities made right on average: isotonic regression of what happened on what was foretold, by pooling adjacent violators (Ayer,
//! Brunk, Ewing, Reid and Silverman 1955, "An empirical distribution function for sampling with incomplete information"; for
//! probabilities Zadrozny and Elkan 2002, "Transforming classifier scores into accurate multiclass probability estimates").

/// A rising line through points; before the first and after the last it is level.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibration {
    /// Foretold and true, both rising.
    pub points: Vec<(f64, f64)>,
}

/// More points than this say nothing more.
const POINTS_MAX: usize = 100;

impl Calibration {
    /// From (foretold, happened, weight), of which `happened` is a share between 0 and 1.
    #[must_use]
    pub fn fit(mut pairs: Vec<(f64, f64, f64)>) -> Self {
        pairs.retain(|(foretold, _, weight)| foretold.is_finite() && *weight > 0.0);
        pairs.sort_by(|left, right| left.0.total_cmp(&right.0).then_with(|| left.1.total_cmp(&right.1)));
        let total: f64 = pairs.iter().map(|(_, _, weight)| weight).sum();
        // Blocks: Σ weight · foretold, Σ weight · happened, Σ weight.
        let mut blocks: Vec<[f64; 3]> = vec![];
        for (foretold, happened, weight) in pairs {
            let mut block = [weight * foretold, weight * happened, weight];
            while let Some(last) = blocks.last()
                && (last[1] / last[2] >= block[1] / block[2]
                    || last[2] * (POINTS_MAX as f64) < total
                    || (last[0] / last[2]).total_cmp(&(block[0] / block[2])).is_ge())
            {
                block.iter_mut().zip(last).for_each(|(sum, part)| *sum += *part);
                blocks.pop();
            }
            blocks.push(block);
        }
        Self { points: blocks.into_iter().map(|[foretold, happened, weight]| (foretold / weight, happened / weight)).collect() }
    }

    /// The probability that was meant; as foretold where there is nothing to learn from.
    #[must_use]
    pub fn of(&self, foretold: f64) -> f64 {
        let after = self.points.partition_point(|(at, _)| *at < foretold);
        match (after.checked_sub(1).and_then(|before| self.points.get(before)), self.points.get(after)) {
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (foretold - x0) / (x1 - x0),
            (Some((_, level)), None) | (None, Some((_, level))) => *level,
            (None, None) => foretold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: by hand. (0.2: 0), (0.4: 1), (0.6: 0), (0.8: 1): the second and the third are pooled to 1/2 at 0.5.
    #[test]
    fn violators_are_pooled() {
        let calibration = Calibration::fit([(0.8, 1.0), (0.4, 1.0), (0.2, 0.0), (0.6, 0.0)].map(|(p, y)| (p, y, 1.0)).to_vec());
        assert_eq!(calibration.points, [(0.2, 0.0), (0.5, 0.5), (0.8, 1.0)]);
        for (foretold, expected) in [(0.0, 0.0), (0.2, 0.0), (0.35, 0.25), (0.5, 0.5), (0.65, 0.75), (1.0, 1.0)] {
            assert!((calibration.of(foretold) - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn nothing_to_learn_from_changes_nothing() {
        assert_eq!(Calibration::fit(vec![]).of(0.3), 0.3);
    }
}

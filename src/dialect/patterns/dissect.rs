//! What each pair of parentheses matches, once the ends of the whole match are known: each part takes as much or as little as it prefers,
//! those on the left first, as long as the others can match what is left.

use datafusion::common::Result;

use super::automaton::Runs;
use super::parse::{Part, Shape};
use super::{Captures, Pattern};

/// One search over one text.
pub struct Search<'a> {
    pattern: &'a Pattern,
    text: &'a [char],
    runs: Runs<'a>,
    captures: Captures,
}

impl<'a> Search<'a> {
    pub fn new(pattern: &'a Pattern, text: &'a [char]) -> Self {
        Self { pattern, text, runs: Runs::new(text), captures: vec![None; pattern.groups + 1] }
    }

    /// The first match from this place on.
    pub fn first(mut self, from: usize) -> Result<Option<Captures>> {
        let whole = &self.pattern.whole;
        for start in from..=self.text.len() {
            let mut ends = self.runs.ends(&whole.node, start)?.as_ref().clone();
            if !whole.is_short() {
                ends.reverse();
            }
            for end in ends {
                self.captures.fill(None);
                if self.dissect(whole, start, end)? {
                    if let Some(of_whole) = self.captures.first_mut() {
                        *of_whole = Some((start, end));
                    }
                    return Ok(Some(self.captures));
                }
            }
        }
        Ok(None)
    }

    fn reaches(&mut self, part: &Part, from: usize, to: usize) -> Result<bool> {
        Ok(self.runs.ends(&part.node, from)?.binary_search(&to).is_ok())
    }

    /// Whether the part matches just this, with what its parentheses capture.
    fn dissect(&mut self, part: &Part, from: usize, to: usize) -> Result<bool> {
        self.runs.step()?;
        let fits = match &part.shape {
            Shape::Plain => true,
            Shape::Pair(first, second) => self.pair(first, second, from, to)?,
            Shape::Either(branches) => {
                let mut fits = false;
                for branch in branches {
                    if self.reaches(branch, from, to)? && self.dissect(branch, from, to)? {
                        fits = true;
                        break;
                    }
                }
                fits
            }
            Shape::Times(inner, least, most) => self.times(inner, *least, *most, from, to)?,
            Shape::Back(group, least, most) => self.repeats(*group, *least, *most, from, to),
        };
        if fits
            && let Some(group) = part.group
            && let Some(capture) = self.captures.get_mut(group)
        {
            *capture = Some((from, to));
        }
        Ok(fits)
    }

    /// Forgets what was captured in an attempt that failed.
    fn forget(&mut self, part: &Part) {
        if let Some(capture) = part.group.and_then(|group| self.captures.get_mut(group)) {
            *capture = None;
        }
        match &part.shape {
            Shape::Pair(first, second) => {
                self.forget(first);
                self.forget(second);
            }
            Shape::Either(branches) => branches.iter().for_each(|branch| self.forget(branch)),
            Shape::Times(inner, ..) => self.forget(inner),
            Shape::Plain | Shape::Back(..) => {}
        }
    }

    fn pair(&mut self, first: &Part, second: &Part, from: usize, to: usize) -> Result<bool> {
        let mut middles = self.runs.ends(&first.node, from)?.as_ref().clone();
        middles.retain(|middle| *middle <= to);
        if !first.is_short() {
            middles.reverse();
        }
        for middle in middles {
            if self.reaches(second, middle, to)? {
                if self.dissect(first, from, middle)? && self.dissect(second, middle, to)? {
                    return Ok(true);
                }
                self.forget(first);
                self.forget(second);
            }
        }
        Ok(false)
    }

    /// Repetitions whose ends are `ends`; the last attempt is kept.
    fn times(&mut self, inner: &Part, least: u32, most: Option<u32>, from: usize, to: usize) -> Result<bool> {
        if least == 0 && from == to {
            return Ok(true);
        }
        let least = (least as usize).max(1);
        let most = most.map_or(to - from, |most| (most as usize).min(to - from)).max(least);
        let mut ends = vec![from];
        self.further(inner, least, most, to, &mut ends)
    }

    fn further(&mut self, inner: &Part, least: usize, most: usize, to: usize, ends: &mut Vec<usize>) -> Result<bool> {
        self.runs.step()?;
        let start = ends.last().copied().unwrap_or_default();
        let done = ends.len() - 1;
        let mut candidates = self.runs.ends(&inner.node, start)?.as_ref().clone();
        candidates.retain(|end| *end <= to);
        if !inner.is_short() {
            candidates.reverse();
        }
        for end in candidates {
            let count = done + 1;
            // An empty repetition only where it is needed for the least number.
            if end == start && (count >= least || least - count < to - end) && end != to {
                continue;
            }
            ends.push(end);
            let fits = match end == to {
                true => count >= least && self.verified(inner, ends)?,
                false => false,
            };
            if fits || (count < most && (end != to || count < least) && self.further(inner, least, most, to, ends)?) {
                return Ok(true);
            }
            ends.pop();
        }
        Ok(false)
    }

    fn verified(&mut self, inner: &Part, ends: &[usize]) -> Result<bool> {
        for (from, to) in ends.iter().zip(ends.iter().skip(1)) {
            self.forget(inner);
            if !self.dissect(inner, *from, *to)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether what a group captured stands there so many times.
    fn repeats(&self, group: usize, least: u32, most: Option<u32>, from: usize, to: usize) -> bool {
        let Some(Some((start, end))) = self.captures.get(group) else { return false };
        let captured = self.text.get(*start..*end).unwrap_or_default();
        let Some(there) = self.text.get(from..to) else { return false };
        if captured.is_empty() {
            return there.is_empty() && least <= most.unwrap_or(u32::MAX);
        }
        if there.is_empty() {
            return least == 0;
        }
        if !there.len().is_multiple_of(captured.len()) {
            return false;
        }
        let count = there.len() / captured.len();
        let fits = count >= least as usize && most.is_none_or(|most| count <= most as usize);
        fits && there.chunks_exact(captured.len()).all(|piece| self.same(piece, captured))
    }

    fn same(&self, piece: &[char], captured: &[char]) -> bool {
        if !self.pattern.folds {
            return piece == captured;
        }
        let same = |(a, b): (&char, &char)| super::characters::small(*a) == super::characters::small(*b);
        piece.iter().zip(captured).all(same)
    }
}

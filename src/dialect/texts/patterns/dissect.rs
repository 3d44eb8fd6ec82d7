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
        for middle in self.candidates(first, from, to)? {
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

    /// Whether so many repetitions match just this; what the last one captures is kept.
    fn times(&mut self, inner: &Part, least: u32, most: Option<u32>, from: usize, to: usize) -> Result<bool> {
        if least == 0 && from == to {
            return Ok(true);
        }
        let least = (least as usize).max(1);
        let most = most.map_or(to - from, |most| (most as usize).min(to - from)).max(least);
        // The end of each repetition, and where the next may end that was not tried yet: there may be as many as characters, so this is
        // no recursion.
        let mut ends = vec![from];
        let mut open = vec![self.candidates(inner, from, to)?.into_iter()];
        while let Some(candidates) = open.last_mut() {
            self.runs.step()?;
            let Some(end) = candidates.next() else {
                open.pop();
                ends.pop();
                continue;
            };
            let count = ends.len();
            let is_empty = ends.last() == Some(&end);
            // An empty repetition only where it is needed for the least number.
            if is_empty && end != to && (count >= least || least - count < to - end) {
                continue;
            }
            ends.push(end);
            if end == to && count >= least && self.verified(inner, &ends)? {
                return Ok(true);
            }
            if count < most && (end != to || count < least) {
                open.push(self.candidates(inner, end, to)?.into_iter());
            } else {
                ends.pop();
            }
        }
        Ok(false)
    }

    /// Where a part that begins at a place may end, in the order that it prefers.
    fn candidates(&mut self, part: &Part, from: usize, to: usize) -> Result<Vec<usize>> {
        let mut candidates = self.runs.ends(&part.node, from)?.as_ref().clone();
        candidates.retain(|end| *end <= to);
        if !part.is_short() {
            candidates.reverse();
        }
        Ok(candidates)
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

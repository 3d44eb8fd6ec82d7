//! Where a part of an expression may end that begins at a place: all states of its automaton at once, so that no expression takes time
//! that grows with more than the product of its length and the text's.

use std::collections::HashMap;
use std::rc::Rc;

use datafusion::common::Result;
use datafusion::error::DataFusionError;

use super::characters::{Class, Set};
use super::parse::{Assert, Node};
use crate::dialect::failure::failed;
use crate::error::SqlState;

/// Most states of an automaton.
const STATES_MAX: usize = 50_000;
/// States that one search may enter.
const STEPS_MAX: u64 = 20_000_000;

enum State {
    /// To the next state.
    Set(Rc<Set>),
    /// To each of two.
    Split(usize, usize),
    Jump(usize),
    Assert(Assert),
    /// An automaton of its own; behind a place or ahead of it; whether it must not match.
    Look(Rc<Automaton>, bool, bool),
    Done,
}

pub struct Automaton {
    states: Vec<State>,
}

fn too_complex() -> DataFusionError {
    failed(SqlState("2201B"), "invalid regular expression: regular expression is too complex")
}

impl Automaton {
    pub fn new(node: &Node) -> Result<Self> {
        let mut automaton = Self { states: vec![] };
        automaton.add(node)?;
        automaton.push(State::Done)?;
        Ok(automaton)
    }

    fn push(&mut self, state: State) -> Result<usize> {
        if self.states.len() >= STATES_MAX {
            return Err(too_complex());
        }
        self.states.push(state);
        Ok(self.states.len() - 1)
    }

    fn set(&mut self, place: usize, state: State) {
        if let Some(there) = self.states.get_mut(place) {
            *there = state;
        }
    }

    fn add(&mut self, node: &Node) -> Result<()> {
        match node {
            Node::Set(set) => drop(self.push(State::Set(Rc::clone(set)))?),
            Node::Concat(parts) => parts.iter().try_for_each(|part| self.add(part))?,
            Node::Alternate(branches) => self.add_branches(branches)?,
            Node::Repeat(node, least, most) => self.add_repeated(node, *least, *most)?,
            Node::Assert(assert) => drop(self.push(State::Assert(*assert))?),
            Node::Look(node, behind, negated) => {
                let own = Rc::new(Self::new(node)?);
                self.push(State::Look(own, *behind, *negated))?;
            }
            Node::Back(node) => self.add(node)?,
        }
        Ok(())
    }

    fn add_branches(&mut self, branches: &[Node]) -> Result<()> {
        let mut jumps = vec![];
        for (place, branch) in branches.iter().enumerate() {
            if place + 1 == branches.len() {
                self.add(branch)?;
                break;
            }
            let split = self.push(State::Done)?;
            self.add(branch)?;
            jumps.push(self.push(State::Done)?);
            let next = self.states.len();
            self.set(split, State::Split(split + 1, next));
        }
        let end = self.states.len();
        jumps.into_iter().for_each(|jump| self.set(jump, State::Jump(end)));
        Ok(())
    }

    fn add_repeated(&mut self, node: &Node, least: u32, most: Option<u32>) -> Result<()> {
        for _ in 0..least {
            self.add(node)?;
        }
        let Some(most) = most else {
            let split = self.push(State::Done)?;
            self.add(node)?;
            self.push(State::Jump(split))?;
            let end = self.states.len();
            self.set(split, State::Split(split + 1, end));
            return Ok(());
        };
        let mut splits = vec![];
        for _ in least..most {
            splits.push(self.push(State::Done)?);
            self.add(node)?;
        }
        let end = self.states.len();
        splits.into_iter().for_each(|split| self.set(split, State::Split(split + 1, end)));
        Ok(())
    }
}

/// The automata of one search over one text.
pub struct Runs<'a> {
    text: &'a [char],
    /// By the place in memory of their part: parts outlive the search.
    automata: HashMap<*const Node, Rc<Automaton>>,
    ends: HashMap<(*const Node, usize), Rc<Vec<usize>>>,
    looks: HashMap<(*const Automaton, usize), bool>,
    steps: u64,
}

impl<'a> Runs<'a> {
    pub fn new(text: &'a [char]) -> Self {
        Self { text, automata: HashMap::new(), ends: HashMap::new(), looks: HashMap::new(), steps: 0 }
    }

    /// One more step of a search.
    ///
    /// # Errors
    /// 2201B where there were too many.
    pub fn step(&mut self) -> Result<()> {
        self.steps += 1;
        if self.steps > STEPS_MAX { Err(too_complex()) } else { Ok(()) }
    }

    /// All places where what begins at this one may end, in order.
    pub fn ends(&mut self, node: &Node, from: usize) -> Result<Rc<Vec<usize>>> {
        let key = (std::ptr::from_ref(node), from);
        if let Some(known) = self.ends.get(&key) {
            return Ok(Rc::clone(known));
        }
        let automaton = match self.automata.get(&key.0) {
            Some(automaton) => Rc::clone(automaton),
            None => {
                let automaton = Rc::new(Automaton::new(node)?);
                self.automata.insert(key.0, Rc::clone(&automaton));
                automaton
            }
        };
        let ends = Rc::new(self.run(&automaton, from, false, false)?);
        self.ends.insert(key, Rc::clone(&ends));
        Ok(ends)
    }

    /// `everywhere`: beginning at each place, and not at the first only. `once`: the first end is enough.
    fn run(&mut self, automaton: &Automaton, from: usize, everywhere: bool, once: bool) -> Result<Vec<usize>> {
        let text = self.text;
        let (mut ends, mut current, mut next) = (vec![], States::new(automaton), States::new(automaton));
        for place in from..=text.len() {
            if place == from || everywhere {
                self.enter(automaton, 0, place, &mut current)?;
            }
            if current.done {
                ends.push(place);
                if once {
                    break;
                }
            }
            if current.list.is_empty() && !everywhere {
                break;
            }
            if let Some(character) = text.get(place) {
                for state in current.list.drain(..) {
                    if let Some(State::Set(set)) = automaton.states.get(state)
                        && set.contains(*character)
                    {
                        self.enter(automaton, state + 1, place + 1, &mut next)?;
                    }
                }
            }
            current.clear();
            std::mem::swap(&mut current, &mut next);
        }
        Ok(ends)
    }

    /// The state, and all that it leads to without a character.
    fn enter(&mut self, automaton: &Automaton, state: usize, place: usize, states: &mut States) -> Result<()> {
        let mut open = vec![state];
        while let Some(state) = open.pop() {
            if !states.add(state) {
                continue;
            }
            self.step()?;
            match automaton.states.get(state) {
                Some(State::Split(first, second)) => open.extend([*second, *first]),
                Some(State::Jump(to)) => open.push(*to),
                Some(State::Assert(assert)) if self.holds(*assert, place) => open.push(state + 1),
                Some(State::Look(own, behind, negated)) if self.looks(own, *behind, place)? != *negated => open.push(state + 1),
                Some(State::Done) => states.done = true,
                Some(State::Set(_)) => states.list.push(state),
                _ => {}
            }
        }
        Ok(())
    }

    fn looks(&mut self, own: &Rc<Automaton>, behind: bool, place: usize) -> Result<bool> {
        let key = (Rc::as_ptr(own), place);
        if let Some(known) = self.looks.get(&key) {
            return Ok(*known);
        }
        if !behind {
            let found = !self.run(own, place, false, true)?.is_empty();
            self.looks.insert(key, found);
            return Ok(found);
        }
        // Of what ends anywhere, at once.
        let ends = self.run(own, 0, true, false)?;
        for end in 0..=self.text.len() {
            self.looks.insert((key.0, end), ends.binary_search(&end).is_ok());
        }
        Ok(ends.binary_search(&place).is_ok())
    }

    fn holds(&self, assert: Assert, place: usize) -> bool {
        let is_word = |at: Option<usize>| at.and_then(|at| self.text.get(at)).is_some_and(|c| Class::Word.contains(*c));
        let (before, after) = (is_word(place.checked_sub(1)), is_word(Some(place)));
        let is_feed = |at: Option<usize>| at.and_then(|at| self.text.get(at)) == Some(&'\n');
        match assert {
            Assert::Start => place == 0,
            Assert::End => place == self.text.len(),
            Assert::LineStart => place == 0 || is_feed(place.checked_sub(1)),
            Assert::LineEnd => place == self.text.len() || is_feed(Some(place)),
            Assert::WordStart => !before && after,
            Assert::WordEnd => before && !after,
            Assert::WordEdge => before != after,
            Assert::NoWordEdge => before == after,
        }
    }
}

/// The states that an automaton is in.
struct States {
    list: Vec<usize>,
    seen: Vec<bool>,
    entered: Vec<usize>,
    done: bool,
}

impl States {
    fn new(automaton: &Automaton) -> Self {
        Self { list: vec![], seen: vec![false; automaton.states.len()], entered: vec![], done: false }
    }

    fn add(&mut self, state: usize) -> bool {
        match self.seen.get_mut(state) {
            Some(seen) if !*seen => {
                *seen = true;
                self.entered.push(state);
                true
            }
            _ => false,
        }
    }

    fn clear(&mut self) {
        for state in self.entered.drain(..) {
            if let Some(seen) = self.seen.get_mut(state) {
                *seen = false;
            }
        }
        self.list.clear();
        self.done = false;
    }
}

//! Expressions in the words of the `regex` crate, which finds out faster whether and where there is a match; not how long it is.

use std::fmt::Write as _;

use super::characters::{Class, Item, Set, capital, small};
use super::parse::{Assert, Node};

/// The expression; `None` where the crate has no words for it, or others.
pub fn translated(node: &Node) -> Option<regex::Regex> {
    let mut out = String::new();
    write(node, &mut out)?;
    regex::RegexBuilder::new(&out).size_limit(1 << 20).build().ok()
}

fn write(node: &Node, out: &mut String) -> Option<()> {
    match node {
        Node::Set(set) => write_set(set, out)?,
        Node::Concat(parts) => parts.iter().try_for_each(|part| write(part, out))?,
        Node::Alternate(branches) => {
            out.push_str("(?:");
            for (place, branch) in branches.iter().enumerate() {
                out.push_str(if place > 0 { "|" } else { "" });
                write(branch, out)?;
            }
            out.push(')');
        }
        Node::Repeat(inner, least, most) => {
            out.push_str("(?:");
            write(inner, out)?;
            out.push(')');
            match most {
                Some(most) => write!(out, "{{{least},{most}}}").ok()?,
                None => write!(out, "{{{least},}}").ok()?,
            }
        }
        Node::Assert(Assert::Start) => out.push_str(r"\A"),
        Node::Assert(Assert::End) => out.push_str(r"\z"),
        Node::Assert(Assert::LineStart) => out.push_str("(?m:^)"),
        Node::Assert(Assert::LineEnd) => out.push_str("(?m:$)"),
        // Its words have other letters.
        Node::Assert(_) | Node::Look(..) | Node::Back(..) => return None,
    }
    Some(())
}

fn write_set(set: &Set, out: &mut String) -> Option<()> {
    if set.items.is_empty() {
        out.push_str(if set.excludes_newline { r"[^\n]" } else { r"(?s:.)" });
        return Some(());
    }
    out.push_str(if set.negated { "[^" } else { "[" });
    if set.excludes_newline {
        out.push_str(r"\n");
    }
    for item in &set.items {
        match item {
            Item::Range(first, last) => {
                write_range(*first, *last, out)?;
                if set.folds {
                    if *last as u32 - *first as u32 > 256 {
                        return None;
                    }
                    for c in *first..=*last {
                        write_range(small(c), small(c), out)?;
                        write_range(capital(c), capital(c), out)?;
                    }
                }
            }
            Item::Class(class, negated) => out.push_str(class_words(*class, *negated)?),
        }
    }
    out.push(']');
    Some(())
}

fn write_range(first: char, last: char, out: &mut String) -> Option<()> {
    write!(out, r"\x{{{:x}}}-\x{{{:x}}}", first as u32, last as u32).ok()
}

fn class_words(class: Class, negated: bool) -> Option<&'static str> {
    Some(match (class, negated) {
        (Class::Digit, false) => "0-9",
        (Class::Digit, true) => "[^0-9]",
        (Class::Word, false) => r"\p{Alphabetic}\p{N}_",
        (Class::Word, true) => r"[^\p{Alphabetic}\p{N}_]",
        (Class::Alnum, false) => r"\p{Alphabetic}\p{N}",
        (Class::Alpha, false) => r"\p{Alphabetic}",
        (Class::Lower, false) => r"\p{Lowercase}",
        (Class::Upper, false) => r"\p{Uppercase}",
        (Class::Xdigit, false) => "0-9a-fA-F",
        (Class::Space, false) => r"[\p{White_Space}--[\x{a0}\x{2007}\x{202f}]]",
        _ => return None,
    })
}

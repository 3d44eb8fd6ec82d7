//! Schema `care`: calls with transcripts, the agents who took them, and surveys.

use std::ops::Range;
use std::path::Path;

use super::calendar::{END, FIRST_DAY};
use super::person::Person;
use super::random::{Purpose, Stream};
use super::register::{Entry, Register, call_id};
use super::service::{Call, Reason};
use super::table::{TableFile, Written, columns};
use super::transcripts::{self, Scene};
use super::{sales, world::World};
use crate::error::Result;

columns! {
    Calls => "care.calls" {
        call_id: BigInt,
        customer_id: BigInt,
        caller_number: Text,
        started_at: Instant,
        answered_at: Instant,
        ended_at: Instant,
        hold_seconds: Int,
        wrap_up_seconds: Int,
        agent_id: Text,
        reason: Text,
        order_id: BigInt,
        resolved: Flag,
        transcript: Text,
    }
}

columns! {
    Agents => "care.agents" {
        agent_id: Text,
        name: Text,
        team: Text,
        site: Text,
        hired_on: Date,
    }
}

columns! {
    Surveys => "care.surveys" {
        survey_id: BigInt,
        customer_id: BigInt,
        call_id: BigInt,
        kind: Text,
        sent_at: Instant,
        answered_at: Instant,
        score: SmallInt,
        comment: Text,
    }
}

/// Writes the calls at some places of the register.
pub fn write_calls(world: &World, register: &Register, lake: &Path, part: usize, places: Range<usize>) -> Result<Written> {
    let mut file = TableFile::<Calls>::create(lake, part)?;
    let first = places.start;
    for (offset, entry) in register.calls.entries.get(places).unwrap_or_default().iter().enumerate() {
        let call = entry.what;
        let mut stream = Stream::new(world.seed, Purpose::Call, (u64::from(entry.person) << 16) | u64::from(entry.number));
        let person = Person::of(world, u64::from(entry.person));
        let transcript = call.agent.map(|agent| spoken(world, register, entry, &person, agent, &mut stream));
        let reason = call.agent.and_then(|_| logged_reason(call.reason, &mut stream));
        // Agents tick "resolved" a little too often: the truth is in truth.calls.
        let resolved = call.agent.map(|_| call.resolved || stream.chance(0.12));
        let number = if stream.chance(0.3) { person.landline } else { person.mobile };
        let answered_at = call.agent.map(|_| call.at + u32::from(call.wait_seconds));
        let hung_up_at = call.at + u32::from(call.wait_seconds) + u32::from(call.talk_seconds) + u32::from(call.hold_seconds);
        let order = call.order.filter(|_| stream.chance(0.85));
        file.add(|row| {
            row.call_id.push(call_id((first + offset) as u32));
            row.customer_id.push(known_customer(register, entry, &mut stream));
            row.caller_number.push((!stream.chance(0.08)).then(|| number.e164()).as_deref());
            row.started_at.push(call.at);
            row.answered_at.push(answered_at);
            row.ended_at.push(hung_up_at);
            row.hold_seconds.push(answered_at.map(|_| i32::from(call.hold_seconds)));
            row.wrap_up_seconds.push(answered_at.map(|_| i32::from(call.wrap_up_seconds)));
            row.agent_id.push(call.agent.and_then(|agent| world.agents.get(usize::from(agent))).map(|agent| agent.id.as_str()));
            row.reason.push(reason);
            row.order_id.push(
                order.filter(|_| answered_at.is_some()).and_then(|order| register.order_id(u64::from(entry.person), order)),
            );
            row.resolved.push(resolved);
            row.transcript.push(transcript.as_deref());
        })?;
    }
    file.finish()
}

/// The newest account that the caller had; one caller in twenty is not recognised.
fn known_customer(register: &Register, entry: &Entry<Call>, stream: &mut Stream) -> Option<i64> {
    let person = u64::from(entry.person);
    let opened = |number: &u16| {
        let place = register.accounts.place(person, *number);
        place.and_then(|place| register.accounts.entries.get(place as usize)).is_some_and(|account| account.at <= entry.at)
    };
    let newest = (0..3u16).rfind(opened);
    newest.filter(|_| !stream.chance(0.05)).and_then(|number| register.customer_id(person, number))
}

/// What the agent chose from the list: sometimes nothing, sometimes the wrong line.
fn logged_reason(reason: Reason, stream: &mut Stream) -> Option<&'static str> {
    match stream.weighted(&[0.83, 0.05, 0.12]) {
        0 => Some(reason.name()),
        1 => Some(stream.pick(&Reason::ALL).name()),
        _ => None,
    }
}

fn spoken(world: &World, register: &Register, entry: &Entry<Call>, person: &Person, agent: u16, stream: &mut Stream) -> String {
    let place = entry.what.order.and_then(|number| register.orders.place(u64::from(entry.person), number));
    let mut lines = Vec::new();
    if let Some(order) = place.and_then(|place| register.orders.entries.get(place as usize)) {
        sales::basket(world, register, order, &mut lines);
    }
    let chosen = stream.below(lines.len() as u64) as usize;
    let product = lines.get(chosen).map_or("article", |line| line.product.name.as_str());
    let order = place.map_or_else(|| "not at hand, sorry".to_owned(), |place| super::register::order_id(place).to_string());
    let caller = match stream.below(3) {
        0 => person.last_name.clone(),
        _ => format!("{} {}", person.first_name, person.last_name),
    };
    let address = person.address_at(entry.at);
    let scene = Scene {
        agent: world.agents.get(usize::from(agent)).map_or("", |agent| agent.name.as_str()),
        caller: &caller,
        order: &order,
        product,
        city: address.city,
        street: &address.street,
    };
    transcripts::transcript(entry.what.reason, entry.what.previous.is_some(), entry.what.resolved, &scene, stream)
}

pub fn write_agents(world: &World, lake: &Path) -> Result<Written> {
    let mut file = TableFile::<Agents>::create(lake, 0)?;
    for agent in &world.agents {
        file.add(|row| {
            row.agent_id.push(agent.id.as_str());
            row.name.push(agent.name.as_str());
            row.team.push(agent.team);
            row.site.push(agent.site);
            row.hired_on.push(FIRST_DAY + agent.hired);
        })?;
    }
    file.finish()
}

/// Writes the surveys at some places of the register.
pub fn write_surveys(world: &World, register: &Register, lake: &Path, part: usize, places: Range<usize>) -> Result<Written> {
    let mut file = TableFile::<Surveys>::create(lake, part)?;
    let first = places.start;
    for (offset, entry) in register.surveys.entries.get(places).unwrap_or_default().iter().enumerate() {
        let (survey, person) = (entry.what, u64::from(entry.person));
        let mut stream = Stream::new(world.seed, Purpose::Survey, (person << 16) | u64::from(entry.number));
        let (kind, low, high) = if survey.call.is_some() { ("csat", 1.0, 5.0) } else { ("nps", 0.0, 10.0) };
        let answer = survey.answer.filter(|(at, _)| *at < END);
        let level = answer.map(|(_, score)| (f64::from(score) - low) / (high - low));
        let comment = level.filter(|_| stream.chance(0.4)).map(|level| transcripts::comment(level, &mut stream));
        file.add(|row| {
            row.survey_id.push((first + offset) as i64 + 1);
            row.customer_id.push(register.customer_id(person, 0));
            row.call_id.push(survey.call.and_then(|call| register.call_id(person, call)));
            row.kind.push(kind);
            row.sent_at.push(survey.sent_at);
            row.answered_at.push(answer.map(|(at, _)| at));
            row.score.push(answer.map(|(_, score)| score));
            row.comment.push(comment);
        })?;
    }
    file.finish()
}

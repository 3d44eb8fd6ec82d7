//! Why people call, who answers, whether it helps, and what they say about it afterwards.

use super::agents::Agent;
use super::calendar::{END, SECONDS_PER_DAY};
use super::life::Order;
use super::random::{Purpose, Stream};
use super::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Delivery,
    Return,
    Refund,
    Defect,
    Billing,
    Address,
    Login,
    Advice,
    Cancellation,
}

impl Reason {
    pub const ALL: [Reason; 9] = [
        Reason::Delivery,
        Reason::Return,
        Reason::Refund,
        Reason::Defect,
        Reason::Billing,
        Reason::Address,
        Reason::Login,
        Reason::Advice,
        Reason::Cancellation,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Delivery => "delivery status",
            Self::Return => "return",
            Self::Refund => "refund",
            Self::Defect => "defective product",
            Self::Billing => "invoice",
            Self::Address => "address change",
            Self::Login => "account access",
            Self::Advice => "product advice",
            Self::Cancellation => "cancellation",
        }
    }

    /// Position of the team that answers, in [`super::agents::TEAMS`].
    pub fn team(self) -> usize {
        match self {
            Self::Defect | Self::Advice | Self::Return => 0,
            Self::Delivery | Self::Refund | Self::Cancellation => 1,
            Self::Billing | Self::Address | Self::Login => 2,
        }
    }

    /// How much harder the matter is than an ordinary one: factor on the chance to solve it, and mean seconds of talk.
    fn difficulty(self) -> (f64, f64) {
        match self {
            Self::Delivery => (0.92, 190.0),
            Self::Return => (1.05, 210.0),
            Self::Refund => (0.78, 290.0),
            Self::Defect => (0.82, 340.0),
            Self::Billing => (0.90, 260.0),
            Self::Address => (1.15, 130.0),
            Self::Login => (1.00, 240.0),
            Self::Advice => (1.12, 310.0),
            Self::Cancellation => (1.08, 150.0),
        }
    }
}

/// One call. Times are seconds since the first day of the lake.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub at: u32,
    pub reason: Reason,
    /// The caller's order that it is about, as its number in the life.
    pub order: Option<u16>,
    /// The caller's call that did not solve the matter or was not answered.
    pub previous: Option<u16>,
    pub wait_seconds: u16,
    /// NULL agent: the caller hung up before.
    pub agent: Option<u16>,
    pub talk_seconds: u16,
    pub hold_seconds: u16,
    pub wrap_up_seconds: u16,
    pub resolved: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Survey {
    pub sent_at: u32,
    /// The call that it asks about; none for the NPS survey.
    pub call: Option<u16>,
    /// When and what was answered.
    pub answer: Option<(u32, i16)>,
}

/// Calls and surveys of one person, each in the order of time.
pub fn contacts_of(world: &World, person: u64, orders: &[Order], moved_at: Option<u32>) -> (Vec<Call>, Vec<Survey>) {
    let mut stream = Stream::new(world.seed, Purpose::Service, person);
    let mut wishes: Vec<(u32, Reason, Option<u16>)> = Vec::new();
    for (number, order) in orders.iter().enumerate() {
        if let Some((reason, after_days)) = reason_to_call(order, &mut stream) {
            let at = order.at.saturating_add((after_days * f64::from(SECONDS_PER_DAY)) as u32);
            wishes.push((office_hours(at, &mut stream), reason, Some(number as u16)));
        }
    }
    if let Some(at) = moved_at.filter(|_| !orders.is_empty())
        && stream.chance(0.35)
    {
        wishes.push((office_hours(at, &mut stream), Reason::Address, None));
    }
    let mut calls = Vec::new();
    for (at, reason, order) in wishes {
        make_calls(world, (at, reason, order), &mut stream, &mut calls);
    }
    sort_calls(&mut calls);
    let surveys = surveys_of(orders, &calls, &mut stream);
    (calls, surveys)
}

fn reason_to_call(order: &Order, stream: &mut Stream) -> Option<(Reason, f64)> {
    let unit = stream.unit();
    let days = 1.0 + stream.exponential(2.5);
    if order.original.is_some() {
        return (unit < 0.22).then_some((Reason::Refund, 4.0 + days));
    }
    if order.late && unit < 0.35 {
        return Some((Reason::Delivery, 4.0 + days));
    }
    // Shares of the orders that lead to a call of each kind, laid end to end.
    let kinds = [
        (0.006, Reason::Cancellation, 0.05),
        (0.008, Reason::Delivery, 2.0 + days),
        (0.012, Reason::Return, 4.0 + days),
        (0.009, Reason::Defect, 4.0 + 3.0 * days),
        (0.007, Reason::Billing, 6.0 + days),
        (0.004, Reason::Login, 0.02),
        (0.008, Reason::Advice, 3.0 + days),
    ];
    let mut before = 0.0;
    for (share, reason, after) in kinds {
        before += share;
        if unit < before {
            return Some((reason, after));
        }
    }
    None
}

/// A time at or after `at` when somebody answers: 7 to 20 o'clock UTC, mornings busier; late in the evening the next day.
fn office_hours(at: u32, stream: &mut Stream) -> u32 {
    let (mut day, mut earliest) = (at / SECONDS_PER_DAY, at);
    if at % SECONDS_PER_DAY > 19 * 3_600 {
        day += 1;
        earliest = day * SECONDS_PER_DAY;
    }
    let hour = 7.0 + 13.0 * stream.unit() * (0.45 + 0.55 * stream.unit());
    (day * SECONDS_PER_DAY + (hour * 3_600.0) as u32).max(earliest)
}

/// The call and its repetitions until the matter is solved or the caller gives up.
fn make_calls(world: &World, (mut at, reason, order): (u32, Reason, Option<u16>), stream: &mut Stream, calls: &mut Vec<Call>) {
    let mut previous = None;
    for attempt in 0..5 {
        if at >= END {
            return;
        }
        let hour = (at % SECONDS_PER_DAY) / 3_600;
        let busy = if (8..11).contains(&hour) { 1.8 } else { 1.0 };
        let wait = stream.exponential(28.0 * busy);
        let patience = 20.0 + stream.exponential(280.0);
        let answered = wait <= patience;
        let agent = answered.then(|| Agent::on_duty(&world.agents, reason.team(), (at / SECONDS_PER_DAY) as i32, stream));
        let skill = agent.and_then(|agent| world.agents.get(usize::from(agent))).map_or(0.0, |agent| agent.skill);
        let (ease, talk) = reason.difficulty();
        // Fast agents are not the good ones: who solves more talks a little longer.
        let talk_seconds = 30.0 + stream.gamma(3.0, talk / 3.0) * (0.7 + 0.4 * skill);
        let resolved = answered && stream.chance((skill * ease).min(0.97));
        let hold = if answered && stream.chance(0.3) { 10.0 + stream.exponential(50.0) } else { 0.0 };
        let this = calls.len() as u16;
        calls.push(Call {
            at,
            reason,
            order,
            previous,
            wait_seconds: wait.min(patience) as u16,
            agent,
            talk_seconds: if answered { talk_seconds.min(5_400.0) as u16 } else { 0 },
            hold_seconds: hold as u16,
            wrap_up_seconds: if answered { (15.0 + stream.exponential(45.0)).min(1_800.0) as u16 } else { 0 },
            resolved,
        });
        let again = if answered { 0.62 } else { 0.7 };
        if resolved || attempt == 4 || !stream.chance(again) {
            return;
        }
        previous = Some(this);
        at = if answered {
            let later = at + (stream.exponential(2.2) * f64::from(SECONDS_PER_DAY)) as u32 + 1_800;
            office_hours(later, stream)
        } else {
            at + 120 + stream.exponential(4_000.0) as u32
        };
    }
}

/// By time, with `previous` following its call to the new place.
fn sort_calls(calls: &mut [Call]) {
    if calls.is_sorted_by_key(|call| call.at) {
        return;
    }
    let mut order: Vec<u16> = (0..calls.len() as u16).collect();
    order.sort_by_key(|number| (calls[usize::from(*number)].at, *number));
    let mut place = vec![0u16; calls.len()];
    for (new, old) in order.iter().enumerate() {
        place[usize::from(*old)] = new as u16;
    }
    let sorted: Vec<Call> = order.iter().map(|number| calls[usize::from(*number)]).collect();
    calls.copy_from_slice(&sorted);
    for call in calls {
        call.previous = call.previous.map(|old| place[usize::from(old)]);
    }
}

/// A CSAT question after a third of the answered calls, an NPS question some weeks after one order in twelve.
fn surveys_of(orders: &[Order], calls: &[Call], stream: &mut Stream) -> Vec<Survey> {
    let mood = stream.normal() * 1.3;
    let mut surveys = Vec::new();
    for (number, call) in calls.iter().enumerate().filter(|(_, call)| call.agent.is_some()) {
        if !stream.chance(0.35) {
            continue;
        }
        let level =
            if call.resolved { 4.4 } else { 2.1 } + 0.35 * mood + 0.8 * stream.normal() - f64::from(call.wait_seconds) / 300.0;
        let sent_at = call.at + 7_200;
        surveys.push(Survey { sent_at, call: Some(number as u16), answer: answer(sent_at, 0.42, level, (1, 5), stream) });
    }
    for order in orders.iter().filter(|order| order.original.is_none()) {
        if !stream.chance(0.085) {
            continue;
        }
        let sent_at = order.at + 21 * SECONDS_PER_DAY;
        let trouble =
            calls.iter().filter(|call| call.at < sent_at && call.at + 90 * SECONDS_PER_DAY > sent_at && !call.resolved).count();
        let level = 8.3 + mood - 1.9 * trouble.min(3) as f64 - if order.late { 1.1 } else { 0.0 } + 1.2 * stream.normal();
        surveys.push(Survey { sent_at, call: None, answer: answer(sent_at, 0.3, level, (0, 10), stream) });
    }
    surveys.retain(|survey| survey.sent_at < END);
    surveys.sort_by_key(|survey| survey.sent_at);
    surveys
}

fn answer(sent_at: u32, share: f64, level: f64, (low, high): (i16, i16), stream: &mut Stream) -> Option<(u32, i16)> {
    let at = sent_at + 600 + stream.exponential(100_000.0) as u32;
    let score = (level.round() as i16).clamp(low, high);
    (stream.chance(share) && at < END).then_some((at, score))
}

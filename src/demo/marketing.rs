//! Schema `marketing`: campaigns, who was written to and who was held out, and how people responded.

use std::path::Path;

use super::campaigns::{Audience, CAMPAIGNS, Treatment};
use super::life::Life;
use super::random::{Purpose, Stream};
use super::register::Register;
use super::sales::{self, Line};
use super::table::{TableFile, Written, columns};
use super::world::World;
use crate::error::Result;

columns! {
    Campaigns => "marketing.campaigns" {
        campaign_id: Int,
        name: Text,
        kind: Text,
        channel: Text,
        audience: Text,
        discount_percent: Int,
        cost_per_send: Money,
        starts_at: Instant,
        ends_at: Instant,
    }
}

columns! {
    Sends => "marketing.sends" {
        campaign_id: Int,
        contact_id: Text,
        customer_id: BigInt,
        arm: Text,
        sent_at: Instant,
    }
}

columns! {
    Responses => "marketing.responses" {
        campaign_id: Int,
        contact_id: Text,
        kind: Text,
        responded_at: Instant,
        order_id: BigInt,
        revenue: Money,
    }
}

/// What one person did on one mail.
#[derive(Clone, Copy, Debug)]
pub struct Response {
    pub campaign: u8,
    pub kind: ResponseKind,
    pub at: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseKind {
    Open,
    Click,
    Unsubscribe,
    /// The number of the order in the person's life.
    Purchase(u16),
}

impl ResponseKind {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Click => "click",
            Self::Unsubscribe => "unsubscribe",
            Self::Purchase(_) => "purchase",
        }
    }
}

/// The responses of a person to all campaigns, in the order of time within each.
pub fn responses_of(world: &World, person: u64, life: &Life) -> Vec<Response> {
    let mut responses = Vec::new();
    for treatment in life.treatments.iter().filter(|treatment| treatment.treated) {
        let mut stream = Stream::new(world.seed, Purpose::Send, person * 16 + u64::from(treatment.campaign));
        respond(life, treatment, &mut stream, &mut responses);
    }
    responses
}

fn respond(life: &Life, treatment: &Treatment, stream: &mut Stream, responses: &mut Vec<Response>) {
    let Some(campaign) = CAMPAIGNS.get(usize::from(treatment.campaign)) else { return };
    let bought = life
        .orders
        .iter()
        .enumerate()
        .find(|(_, order)| order.original.is_none() && order.account.is_some() && campaign.covers(order.at));
    let mut respond = |kind, at: u32| responses.push(Response { campaign: treatment.campaign, kind, at });
    let measurable = campaign.channel != "letter";
    let opened = stream.chance(if bought.is_some() { 0.72 } else { 0.34 });
    let last = bought.map_or(campaign.ends_at(), |(_, order)| order.at);
    let opened_at = (campaign.starts_at() + 300 + stream.exponential(40_000.0) as u32).min(last.saturating_sub(600));
    if measurable && opened && opened_at > campaign.starts_at() {
        respond(ResponseKind::Open, opened_at);
        if stream.chance(if bought.is_some() { 0.55 } else { 0.10 }) {
            respond(ResponseKind::Click, opened_at + 20 + stream.below(180) as u32);
        } else if stream.chance(0.012) {
            respond(ResponseKind::Unsubscribe, opened_at + 60);
        }
    }
    if let Some((number, order)) = bought {
        respond(ResponseKind::Purchase(number as u16), order.at);
    }
}

pub fn arm(treatment: &Treatment) -> &'static str {
    if treatment.treated { "treated" } else { "control" }
}

pub fn write_campaigns(lake: &Path) -> Result<Written> {
    let mut file = TableFile::<Campaigns>::create(lake, 0)?;
    for (number, campaign) in CAMPAIGNS.iter().enumerate() {
        let audience = match campaign.audience {
            Audience::All => "all customers",
            Audience::Lapsed => "no order for 120 days",
            Audience::Active => "order within 120 days",
            Audience::New => "first order within 60 days",
        };
        file.add(|row| {
            row.campaign_id.push(number as i32 + 1);
            row.name.push(campaign.name);
            row.kind.push(campaign.kind);
            row.channel.push(campaign.channel);
            row.audience.push(audience);
            row.discount_percent.push(campaign.discount_percent as i32);
            row.cost_per_send.push(campaign.cost);
            row.starts_at.push(campaign.starts_at());
            row.ends_at.push(campaign.ends_at());
        })?;
    }
    file.finish()
}

/// Sends and responses of a range of people.
pub struct Files {
    sends: TableFile<Sends>,
    responses: TableFile<Responses>,
}

impl Files {
    pub fn create(lake: &Path, part: usize) -> Result<Self> {
        Ok(Self { sends: TableFile::create(lake, part)?, responses: TableFile::create(lake, part)? })
    }

    pub fn add(&mut self, world: &World, register: &Register, person: u64, life: &Life, responses: &[Response]) -> Result<()> {
        let Some(contact_id) = register.contact_id(person, 0) else { return Ok(()) };
        for treatment in &life.treatments {
            let Some(campaign) = CAMPAIGNS.get(usize::from(treatment.campaign)) else { continue };
            // The account that the campaign's list showed: the newest at that time.
            let known = life.accounts.iter().filter(|opened| **opened < campaign.starts_at()).count().saturating_sub(1);
            let mut stream = Stream::new(world.seed, Purpose::Send, (1 << 40) | (person * 16 + u64::from(treatment.campaign)));
            let sent_at = treatment.treated.then(|| campaign.starts_at() + stream.below(280) as u32);
            self.sends.add(|row| {
                row.campaign_id.push(i32::from(treatment.campaign) + 1);
                row.contact_id.push(contact_id.as_str());
                row.customer_id.push(register.customer_id(person, known as u16));
                row.arm.push(arm(treatment));
                row.sent_at.push(sent_at);
            })?;
        }
        let mut lines: Vec<Line<'_>> = Vec::new();
        for response in responses {
            let mut order_id = None;
            if let ResponseKind::Purchase(number) = response.kind {
                order_id = register.order_id(person, number);
                let place = register.orders.place(person, number);
                if let Some(entry) = place.and_then(|place| register.orders.entries.get(place as usize)) {
                    sales::basket(world, register, entry, &mut lines);
                }
            }
            self.responses.add(|row| {
                row.campaign_id.push(i32::from(response.campaign) + 1);
                row.contact_id.push(contact_id.as_str());
                row.kind.push(response.kind.name());
                row.responded_at.push(response.at);
                row.order_id.push(order_id);
                row.revenue.push(order_id.map(|_| lines.iter().map(Line::amount).sum::<i64>()));
            })?;
        }
        Ok(())
    }

    pub fn finish(self) -> Result<Vec<Written>> {
        Ok(vec![self.sends.finish()?, self.responses.finish()?])
    }
}

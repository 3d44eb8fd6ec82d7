//! What one person did between the first and the last day: the accounts they opened, what they bought and sent back, the campaigns
//! they were in, the calls they made. Every table is a view of lives.

use super::calendar::{DAYS, END, SECONDS_PER_DAY};
use super::campaigns::{Audience, CAMPAIGNS, PUT_OFF, Susceptibility, Treatment};
use super::person::Person;
use super::process::{self, Latent};
use super::random::{Purpose, Stream};
use super::service::{self, Call, Survey};
use super::world::World;

/// One order or the return of one. Times are seconds since the first day of the lake.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub at: u32,
    /// Wanted amount in cents; the basket comes near it.
    pub target: u32,
    /// For a return: the number of the order, in this life, that it returns.
    pub original: Option<u16>,
    /// Which of the person's accounts; none for a guest.
    pub account: Option<u8>,
    /// The campaign that caused it.
    pub campaign: Option<u8>,
    pub channel: Channel,
    pub late: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Web,
    Store,
    Phone,
}

impl Channel {
    pub fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Store => "store",
            Self::Phone => "phone",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Life {
    /// When each of the person's CRM contacts was made; the same for accounts and for browsers that were seen.
    pub contacts: Vec<u32>,
    pub accounts: Vec<u32>,
    pub visitors: u8,
    /// For customers only.
    pub latent: Option<Latent>,
    pub susceptibility: Susceptibility,
    /// In the order of time.
    pub orders: Vec<Order>,
    pub calls: Vec<Call>,
    pub surveys: Vec<Survey>,
    pub treatments: Vec<Treatment>,
}

/// A purchase before it is an order: when, and by which campaign.
type Purchase = (u32, Option<u8>);

impl Life {
    pub fn of(world: &World, person: u64) -> Self {
        let mut stream = Stream::new(world.seed, Purpose::OrderDetail, person);
        let latent = world.is_customer(person).then(|| Latent::of(world, person));
        let mut purchases: Vec<Purchase> =
            latent.iter().flat_map(|latent| &latent.purchases).map(|at| (world.calendar.at(*at), None)).collect();
        let accounts = accounts(&purchases, &mut stream);
        let contacts = contacts(&purchases, !accounts.is_empty(), &mut stream);
        let known = contacts.first().zip(accounts.first()).map(|(contact, account)| *contact.max(account));
        let (susceptibility, treatments) = campaigns(world, person, known, &mut purchases);
        let spend = latent.as_ref().map_or(0.0, |latent| latent.spend);
        let orders = orders(&purchases, &accounts, spend, &mut stream);
        let visitors = visitors(&contacts, &accounts, &mut stream);
        // The household's move is part of the person; only buyers have a reason to tell about it.
        let moved_at = if orders.is_empty() { None } else { Person::moved_at(world, person) };
        let (calls, surveys) = service::contacts_of(world, person, &orders, moved_at);
        Self { contacts, accounts, visitors, latent, susceptibility, orders, calls, surveys, treatments }
    }
}

/// Six of a hundred customers always buy as guests; one in twenty opens a second account later, a few a third.
fn accounts(purchases: &[Purchase], stream: &mut Stream) -> Vec<u32> {
    let Some((first, _)) = purchases.first() else { return Vec::new() };
    if stream.chance(0.06) {
        return Vec::new();
    }
    let before =
        if stream.chance(0.6) { 60.0 + stream.exponential(240.0) } else { stream.exponential(6.0 * f64::from(SECONDS_PER_DAY)) };
    let mut accounts = vec![earlier(*first, before, stream)];
    let further = stream.weighted(&[0.945, 0.048, 0.007]);
    for _ in 0..further {
        let later = first + stream.below(u64::from(END - first)) as u32;
        // Most often the old password is forgotten right before an order.
        let at = purchases.iter().map(|(at, _)| *at).find(|at| *at > later).map_or(later, |at| at - 120);
        accounts.push(at);
    }
    accounts.sort_unstable();
    accounts
}

/// Some seconds before a time; somewhere between the first midnight and it where the lake is not that old.
fn earlier(at: u32, seconds: f64, stream: &mut Stream) -> u32 {
    let share = stream.unit();
    if seconds < f64::from(at) { at - seconds as u32 } else { (f64::from(at) * share) as u32 }
}

/// Contacts of the CRM: from the shop's feed, from leads, and again from a fair or a call whose clerk did not search first.
fn contacts(purchases: &[Purchase], has_account: bool, stream: &mut Stream) -> Vec<u32> {
    let share = match (purchases.is_empty(), has_account) {
        (true, _) => 0.72,
        (false, true) => 0.88,
        (false, false) => 0.35,
    };
    if !stream.chance(share) {
        return Vec::new();
    }
    let first = match purchases.first() {
        Some((at, _)) if stream.chance(0.75) => at.saturating_add(stream.exponential(50_000.0) as u32).min(END - 1),
        Some((at, _)) => {
            let before = stream.exponential(2_000_000.0);
            earlier(*at, before, stream)
        }
        None => stream.below(u64::from(END)) as u32,
    };
    let mut contacts = vec![first];
    for _ in 0..stream.weighted(&[0.90, 0.075, 0.02, 0.005]) {
        contacts.push(first + stream.below(u64::from(END - first)) as u32);
    }
    contacts.sort_unstable();
    contacts
}

/// Browsers: nobody is in no source at all.
fn visitors(contacts: &[u32], accounts: &[u32], stream: &mut Stream) -> u8 {
    let count = stream.weighted(&[0.18, 0.48, 0.24, 0.10]) as u8;
    if contacts.is_empty() && accounts.is_empty() { count.max(1) } else { count }
}

/// Goes through the campaigns in the order of time; what a campaign changes is what the next one finds.
fn campaigns(world: &World, person: u64, known: Option<u32>, purchases: &mut Vec<Purchase>) -> (Susceptibility, Vec<Treatment>) {
    let mut stream = Stream::new(world.seed, Purpose::Campaigns, person);
    let susceptibility = Susceptibility::draw(&mut stream);
    let Some(known) = known else { return (susceptibility, Vec::new()) };
    let mut treatments = Vec::new();
    for (number, campaign) in CAMPAIGNS.iter().enumerate() {
        let start = campaign.starts_at();
        let last = purchases.iter().map(|(at, _)| *at).rfind(|at| *at < start);
        let first = purchases.first().map_or(END, |(at, _)| *at);
        let days_since = |at: u32| start.saturating_sub(at) / SECONDS_PER_DAY;
        let chosen = match (campaign.audience, last) {
            (_, None) => false,
            (Audience::All, Some(_)) => true,
            (Audience::Lapsed, Some(at)) => days_since(at) > 120,
            (Audience::Active, Some(at)) => days_since(at) <= 120,
            (Audience::New, Some(_)) => days_since(first) <= 60,
        };
        // Not everybody may be written to: a fifth have not agreed.
        if known >= start || !chosen || !stream.chance(0.8) {
            continue;
        }
        let treated = !stream.chance(campaign.holdout);
        let buys_if_not = purchases.iter().any(|(at, _)| campaign.covers(*at));
        let effect = match (susceptibility, buys_if_not) {
            (Susceptibility::Persuadable, false) => 2.0 * campaign.uplift,
            (Susceptibility::SleepingDog, true) => -PUT_OFF,
            _ => 0.0,
        };
        let changed = stream.chance(effect.abs());
        let buys_if_treated = buys_if_not != changed;
        let at =
            start + 7_200 + (stream.unit() * stream.unit() * f64::from(campaign.window_days * SECONDS_PER_DAY - 7_201)) as u32;
        if treated && changed && buys_if_not {
            purchases.retain(|(at, _)| !campaign.covers(*at));
        } else if treated && changed {
            purchases.push((at, Some(number as u8)));
            purchases.sort_by_key(|(at, _)| *at);
        }
        treatments.push(Treatment { campaign: number as u8, treated, buys_if_treated, buys_if_not, effect });
    }
    (susceptibility, treatments)
}

fn orders(purchases: &[Purchase], accounts: &[u32], spend: f64, stream: &mut Stream) -> Vec<Order> {
    let preference = stream.weighted(&[0.72, 0.18, 0.10]);
    let mut orders: Vec<(u32, usize, Order)> = Vec::with_capacity(purchases.len() + purchases.len() / 8);
    for (number, (at, campaign)) in purchases.iter().enumerate() {
        let channel = match if stream.chance(0.8) { preference } else { stream.weighted(&[0.6, 0.25, 0.15]) } {
            0 => Channel::Web,
            1 => Channel::Store,
            _ => Channel::Phone,
        };
        // A purchase of a campaign must be seen with the account that the campaign wrote to.
        let known = accounts.iter().filter(|opened| *opened <= at).count();
        let guest = known == 0 || (campaign.is_none() && number > 0 && stream.chance(0.025));
        let account = (!guest).then(|| (known - 1) as u8);
        let target = (stream.gamma(process::P, spend / process::P) * 100.0).clamp(200.0, 5_000_000.0) as u32;
        let late = channel != Channel::Store && stream.chance(if in_peak(*at) { 0.16 } else { 0.06 });
        let order = Order { at: *at, target, original: None, account, campaign: *campaign, channel, late };
        let original = Some(orders.len() as u16);
        orders.push((order.at, orders.len(), order));
        // Something was forgotten: a second order on the same day, minutes later.
        if stream.chance(0.03) {
            let at = (at + 240 + stream.exponential(900.0) as u32).min((at / SECONDS_PER_DAY + 1) * SECONDS_PER_DAY - 1);
            orders.push((at, orders.len(), Order { at, target: target / 3 + 200, late: false, ..order }));
        }
        if stream.chance(0.07) {
            let back = at
                .saturating_add((3.0 * f64::from(SECONDS_PER_DAY) + stream.exponential(8.0 * f64::from(SECONDS_PER_DAY))) as u32);
            if back < END {
                orders.push((back, orders.len(), Order { at: back, original, campaign: None, late: false, ..order }));
            }
        }
    }
    in_time_order(orders)
}

/// November and December, when parcels are late more often.
fn in_peak(at: u32) -> bool {
    let day = at / SECONDS_PER_DAY;
    debug_assert!(day < DAYS);
    (304..365).contains(&day) || (670..731).contains(&day)
}

/// Sorts by time and lets each return point to the new place of its original.
fn in_time_order(mut orders: Vec<(u32, usize, Order)>) -> Vec<Order> {
    orders.sort_unstable_by_key(|(at, number, _)| (*at, *number));
    let mut place = vec![0u16; orders.len()];
    for (new, (_, old, _)) in orders.iter().enumerate() {
        if let Some(place) = place.get_mut(*old) {
            *place = new as u16;
        }
    }
    let moved = |old: u16| place.get(usize::from(old)).copied();
    orders.into_iter().map(|(_, _, order)| Order { original: order.original.and_then(moved), ..order }).collect()
}

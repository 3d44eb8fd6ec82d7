//! Schema `web`: browsers that were seen, and their clicks in sessions, from the first page to the purchase.

use std::path::Path;

use super::calendar::{END, SECONDS_PER_DAY};
use super::life::{Channel, Life};
use super::marketing::{Response, ResponseKind};
use super::person::Person;
use super::products::Product;
use super::random::{Purpose, Stream};
use super::register::Register;
use super::table::{TableFile, Written, columns};
use super::world::World;
use crate::error::Result;

columns! {
    Visitors => "web.visitors" {
        visitor_id: Text,
        email: Text,
        customer_id: BigInt,
        country: Text,
        device: Text,
        browser: Text,
        first_seen_at: Instant,
        last_seen_at: Instant,
    }
}

columns! {
    Clicks => "web.clicks" {
        visitor_id: Text,
        clicked_at: Instant,
        event: Text,
        page: Text,
        product_id: BigInt,
        order_id: BigInt,
        referrer: Text,
        campaign_id: Int,
    }
}

const DEVICES: [&str; 3] = ["phone", "desktop", "tablet"];
const BROWSERS: [&str; 4] = ["chrome", "safari", "firefox", "edge"];
const REFERRERS: [&str; 6] = ["search", "direct", "ad", "social", "newsletter", "partner"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    PageView,
    ProductView,
    AddToCart,
    Checkout,
    Purchase,
}

impl Event {
    fn name(self) -> &'static str {
        match self {
            Self::PageView => "page_view",
            Self::ProductView => "product_view",
            Self::AddToCart => "add_to_cart",
            Self::Checkout => "checkout",
            Self::Purchase => "purchase",
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Click {
    at: u32,
    /// Position among the visitors of this part.
    visitor: u32,
    event: Event,
    product: Option<i64>,
    category: Option<&'static str>,
    order_id: Option<i64>,
    /// Set on the first click of a session.
    referrer: Option<&'static str>,
    campaign: Option<u8>,
}

/// Where a session ends, and with what.
struct Session {
    at: u32,
    end: Event,
    order_id: Option<i64>,
    campaign: Option<u8>,
}

/// Visitors and clicks of a range of people: visitors by id, clicks by time, as a log would have them.
pub struct Part {
    visitors: TableFile<Visitors>,
    clicks: TableFile<Clicks>,
    seen: Vec<Visitor>,
    clicked: Vec<Click>,
}

struct Visitor {
    id: String,
    email: Option<String>,
    customer_id: Option<i64>,
    country: &'static str,
    device: &'static str,
    browser: &'static str,
    first: u32,
    last: u32,
}

/// The id of a person's browser, in the form of a UUID of version 4.
pub fn visitor_id(world: &World, person: u64, number: u8) -> String {
    let mut stream = Stream::new(world.seed, Purpose::Visitor, (1 << 48) | (person * 4 + u64::from(number)));
    let (high, low) = (stream.next_u64(), stream.next_u64());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    )
}

impl Part {
    pub fn create(lake: &Path, part: usize) -> Result<Self> {
        let (visitors, clicks) = (TableFile::create(lake, part)?, TableFile::create(lake, part)?);
        Ok(Self { visitors, clicks, seen: Vec::new(), clicked: Vec::new() })
    }

    pub fn add(&mut self, world: &World, register: &Register, person: &Person, life: &Life, responses: &[Response]) {
        let mut stream = Stream::new(world.seed, Purpose::Clicks, person.index);
        let first_visitor = self.seen.len() as u32;
        for number in 0..life.visitors {
            let visitor = self.seen.len() as u32;
            self.seen.push(visitor_of(world, register, person, life, number));
            let first_session =
                if number == 0 { life.orders.first().map(|order| order.at - order.at.min(90_000) / 2) } else { None };
            let from = first_session.unwrap_or_else(|| stream.below(u64::from(END - SECONDS_PER_DAY)) as u32);
            for session in 0..1 + stream.exponential(2.2) as u32 {
                let at = if session == 0 { from } else { from + stream.below(u64::from(END - from)) as u32 };
                let end = match stream.weighted(&[0.34, 0.42, 0.17, 0.07]) {
                    0 => Event::PageView,
                    1 => Event::ProductView,
                    2 => Event::AddToCart,
                    _ => Event::Checkout,
                };
                self.session(world, visitor, Session { at, end, order_id: None, campaign: None }, &mut stream);
            }
        }
        if life.visitors > 0 {
            self.known_sessions(world, register, person.index, life, responses, first_visitor, &mut stream);
        }
        for click in self.clicked.iter().rev().take_while(|click| click.visitor >= first_visitor) {
            if let Some(visitor) = self.seen.get_mut(click.visitor as usize) {
                visitor.first = visitor.first.min(click.at);
                visitor.last = visitor.last.max(click.at);
            }
        }
    }

    /// Sessions of which the end is known: orders in the web shop (three of ten may be tracked) and clicks in mails.
    #[expect(clippy::too_many_arguments, reason = "one person's everything; a struct of it would be used here only")]
    fn known_sessions(
        &mut self,
        world: &World,
        register: &Register,
        person: u64,
        life: &Life,
        responses: &[Response],
        first_visitor: u32,
        stream: &mut Stream,
    ) {
        for (number, order) in life.orders.iter().enumerate() {
            if order.original.is_some() || order.channel != Channel::Web || !stream.chance(0.3) {
                continue;
            }
            let visitor = first_visitor + stream.below(u64::from(life.visitors)) as u32;
            let order_id = register.order_id(person, number as u16);
            let session = Session { at: order.at, end: Event::Purchase, order_id, campaign: None };
            self.session(world, visitor, session, stream);
        }
        for response in responses.iter().filter(|response| response.kind == ResponseKind::Click) {
            let visitor = first_visitor + stream.below(u64::from(life.visitors)) as u32;
            let end = if stream.chance(0.5) { Event::ProductView } else { Event::PageView };
            let session = Session { at: response.at, end, order_id: None, campaign: Some(response.campaign) };
            self.session(world, visitor, session, stream);
        }
    }

    /// One visit. A purchase is its last click; other sessions start at their time.
    fn session(&mut self, world: &World, visitor: u32, session: Session, stream: &mut Stream) {
        let pages = stream.between(1, 2);
        let products = if session.end == Event::PageView { 0 } else { stream.between(1, 3) };
        let steps = (pages + products) as u32 + session.end as u32;
        let pause = 12 + stream.exponential(35.0) as u32;
        let mut at =
            if session.end == Event::Purchase { session.at.saturating_sub(steps.saturating_sub(2) * pause) } else { session.at };
        let referrer = match session.campaign {
            Some(_) => "newsletter",
            None => REFERRERS[stream.weighted(&[0.38, 0.27, 0.14, 0.11, 0.07, 0.03])],
        };
        let chosen = world.products.get(stream.below(world.products.len() as u64) as usize);
        let Session { campaign, .. } = session;
        let mut first = true;
        let mut click = |event: Event, product: Option<&Product>, at: &mut u32| {
            let category = product.map(|product| product.category).filter(|_| event == Event::PageView);
            let product = product.filter(|_| matches!(event, Event::ProductView | Event::AddToCart)).map(|product| product.id);
            let order_id = session.order_id.filter(|_| event == Event::Purchase);
            let referrer = first.then_some(referrer);
            let at_end = if event == Event::Purchase { session.at } else { *at };
            self.clicked.push(Click { at: at_end.min(END - 1), visitor, event, product, category, order_id, referrer, campaign });
            first = false;
            *at += pause;
        };
        click(Event::PageView, None, &mut at);
        if pages > 1 {
            click(Event::PageView, chosen, &mut at);
        }
        for number in 0..products {
            let other = world.products.get(stream.below(world.products.len() as u64) as usize);
            click(Event::ProductView, if number + 1 == products { chosen } else { other }, &mut at);
        }
        for event in [Event::AddToCart, Event::Checkout, Event::Purchase] {
            if event <= session.end {
                click(event, chosen, &mut at);
            }
        }
    }

    pub fn finish(mut self) -> Result<Vec<Written>> {
        self.clicked.sort_by_key(|click| (click.at, click.visitor, click.event));
        for click in &self.clicked {
            let Some(visitor) = self.seen.get(click.visitor as usize) else { continue };
            let page = page_of(click);
            self.clicks.add(|row| {
                row.visitor_id.push(visitor.id.as_str());
                row.clicked_at.push(click.at);
                row.event.push(click.event.name());
                row.page.push(page.as_str());
                row.product_id.push(click.product);
                row.order_id.push(click.order_id);
                row.referrer.push(click.referrer);
                row.campaign_id.push(click.campaign.map(|campaign| i32::from(campaign) + 1));
            })?;
        }
        self.seen.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        for visitor in &self.seen {
            self.visitors.add(|row| {
                row.visitor_id.push(visitor.id.as_str());
                row.email.push(visitor.email.as_deref());
                row.customer_id.push(visitor.customer_id);
                row.country.push(visitor.country);
                row.device.push(visitor.device);
                row.browser.push(visitor.browser);
                row.first_seen_at.push(visitor.first);
                row.last_seen_at.push(visitor.last);
            })?;
        }
        Ok(vec![self.visitors.finish()?, self.clicks.finish()?])
    }
}

fn page_of(click: &Click) -> String {
    match (click.event, click.product, click.category) {
        (Event::PageView, _, Some(category)) => format!("/{}", category.to_lowercase().replace(' ', "-")),
        (Event::PageView, ..) => "/".to_owned(),
        (Event::ProductView, Some(product), _) => format!("/product/{product}"),
        (Event::Checkout, ..) => "/checkout".to_owned(),
        (Event::Purchase, ..) => "/thank-you".to_owned(),
        _ => "/cart".to_owned(),
    }
}

/// More than half of the browsers left an e-mail, by a newsletter or a log-in; the log-in also shows the account.
fn visitor_of(world: &World, register: &Register, person: &Person, life: &Life, number: u8) -> Visitor {
    let mut stream = Stream::new(world.seed, Purpose::Visitor, person.index * 4 + u64::from(number));
    let identified = stream.chance(0.55);
    let email = match &person.other_email {
        Some(other) if stream.chance(0.15) => other,
        _ => &person.email,
    };
    let logged_in = identified && !life.accounts.is_empty() && stream.chance(0.6);
    let phone = stream.chance(0.55);
    Visitor {
        id: visitor_id(world, person.index, number),
        email: identified.then(|| email.clone()),
        customer_id: if logged_in { register.customer_id(person.index, 0) } else { None },
        country: person.country.code(),
        device: if phone { DEVICES[0] } else { DEVICES[1 + stream.weighted(&[0.85, 0.15])] },
        browser: stream.pick(&BROWSERS),
        first: END,
        last: 0,
    }
}

//! Schema `sales`: orders, returns with negative amounts, guests without a customer, and their lines.

use std::ops::Range;
use std::path::Path;

use super::calendar::{END, FIRST_DAY, SECONDS_PER_DAY};
use super::campaigns::CAMPAIGNS;
use super::life::{Channel, Order};
use super::products::Product;
use super::random::{Purpose, Stream};
use super::register::{Entry, Register, order_id};
use super::table::{TableFile, Written, columns};
use super::world::World;
use crate::error::Result;

columns! {
    Orders => "sales.orders" {
        order_id: BigInt,
        customer_id: BigInt,
        ordered_at: Instant,
        channel: Text,
        status: Text,
        total: Money,
        returned_order_id: BigInt,
        promised_on: Date,
        delivered_on: Date,
    }
}

columns! {
    OrderLines => "sales.order_lines" {
        order_id: BigInt,
        line_no: SmallInt,
        product_id: BigInt,
        quantity: Int,
        unit_price: Money,
        amount: Money,
    }
}

columns! {
    Products => "sales.products" {
        product_id: BigInt,
        name: Text,
        category: Text,
        price: Money,
        cost: Money,
        launched_on: Date,
    }
}

/// One line of a basket. Money in cents.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub product: &'a Product,
    pub quantity: i32,
    pub unit_price: i64,
}

impl Line<'_> {
    pub fn amount(&self) -> i64 {
        self.unit_price * i64::from(self.quantity)
    }
}

fn basket_key(person: u32, number: u16) -> u64 {
    (u64::from(person) << 16) | u64::from(number)
}

/// What an order contains: one to five products that together cost about the wanted amount. A return contains some of the lines of
/// its original, with negative quantities, at the price that was paid.
pub fn basket<'a>(world: &'a World, register: &Register, entry: &Entry<Order>, lines: &mut Vec<Line<'a>>) {
    lines.clear();
    let Some(original) = entry.what.original else {
        return purchase(world, entry, lines);
    };
    let place = register.orders.place(u64::from(entry.person), original);
    let Some(original) = place.and_then(|place| register.orders.entries.get(place as usize)) else { return };
    purchase(world, original, lines);
    let mut stream = Stream::new(world.seed, Purpose::Basket, basket_key(entry.person, entry.number));
    let kept = lines.first().copied();
    lines.retain(|_| stream.chance(0.6));
    if lines.is_empty() {
        lines.extend(kept);
    }
    for line in lines {
        line.quantity = -(stream.between(1, i64::from(line.quantity)) as i32);
    }
}

fn purchase<'a>(world: &'a World, entry: &Entry<Order>, lines: &mut Vec<Line<'a>>) {
    let mut stream = Stream::new(world.seed, Purpose::Basket, basket_key(entry.person, entry.number));
    let count = 1 + stream.weighted(&[0.34, 0.30, 0.19, 0.11, 0.06]);
    let discount = entry
        .what
        .campaign
        .and_then(|campaign| CAMPAIGNS.get(usize::from(campaign)))
        .map_or(0, |campaign| campaign.discount_percent);
    let mut rest = f64::from(entry.what.target);
    for number in 0..count {
        let left = (count - number) as f64;
        let value = if number + 1 == count { rest } else { rest * (0.5 + stream.unit()) / left };
        // A third of the lines are several pieces of something cheaper.
        let pieces = if stream.chance(0.35) { stream.between(2, 6) } else { 1 };
        let Some(product) = Product::near(&world.products, (value / pieces as f64) as i64, &mut stream) else { continue };
        let unit_price = product.price * (100 - discount) / 100;
        let quantity = ((value / unit_price as f64).round() as i64).clamp(1, 60) as i32;
        let line = Line { product, quantity, unit_price };
        rest = (rest - line.amount() as f64).max(0.0);
        lines.push(line);
    }
}

/// Writes the orders at some places of the register, and their lines.
pub fn write(world: &World, register: &Register, lake: &Path, part: usize, places: Range<usize>) -> Result<Vec<Written>> {
    let mut orders = TableFile::<Orders>::create(lake, part)?;
    let mut order_lines = TableFile::<OrderLines>::create(lake, part)?;
    let first = places.start;
    let mut lines = Vec::new();
    for (offset, entry) in register.orders.entries.get(places).unwrap_or_default().iter().enumerate() {
        let id = order_id((first + offset) as u32);
        basket(world, register, entry, &mut lines);
        write_order(world, register, id, entry, lines.iter().map(Line::amount).sum(), &mut orders)?;
        for (number, line) in lines.iter().enumerate() {
            order_lines.add(|row| {
                row.order_id.push(id);
                row.line_no.push(number as i16 + 1);
                row.product_id.push(line.product.id);
                row.quantity.push(line.quantity);
                row.unit_price.push(line.unit_price);
                row.amount.push(line.amount());
            })?;
        }
    }
    Ok(vec![orders.finish()?, order_lines.finish()?])
}

fn write_order(
    world: &World,
    register: &Register,
    id: i64,
    entry: &Entry<Order>,
    total: i64,
    file: &mut TableFile<Orders>,
) -> Result<()> {
    let (order, person) = (entry.what, u64::from(entry.person));
    let day = FIRST_DAY + (order.at / SECONDS_PER_DAY) as i32;
    let last_day = FIRST_DAY + (END / SECONDS_PER_DAY) as i32 - 1;
    let mut stream = Stream::new(world.seed, Purpose::OrderDetail, (1 << 60) | basket_key(entry.person, entry.number));
    // Nothing is promised in a store; what is under way on the last day is not delivered yet.
    let promised = (order.channel != Channel::Store && order.original.is_none()).then_some(day + 4);
    let delivered = promised.map(|promised| match order.late {
        true => promised + stream.between(2, 9) as i32,
        false => promised - stream.between(0, 2) as i32,
    });
    let delivered = delivered.filter(|on| *on <= last_day);
    let status = match (order.original, promised, delivered) {
        (Some(_), ..) => "returned",
        (None, Some(_), None) => "shipped",
        _ => "completed",
    };
    file.add(|row| {
        row.order_id.push(id);
        row.customer_id.push(order.account.and_then(|account| register.customer_id(person, u16::from(account))));
        row.ordered_at.push(order.at);
        row.channel.push(order.channel.name());
        row.status.push(status);
        row.total.push(total);
        row.returned_order_id.push(order.original.and_then(|original| register.order_id(person, original)));
        row.promised_on.push(promised);
        row.delivered_on.push(delivered);
    })
}

pub fn write_products(world: &World, lake: &Path) -> Result<Written> {
    let mut file = TableFile::<Products>::create(lake, 0)?;
    let mut products: Vec<&Product> = world.products.iter().collect();
    products.sort_by_key(|product| product.id);
    for product in products {
        let mut stream = Stream::new(world.seed, Purpose::Product, (1 << 32) | product.id as u64);
        file.add(|row| {
            row.product_id.push(product.id);
            row.name.push(product.name.as_str());
            row.category.push(product.category);
            row.price.push(product.price);
            row.cost.push(product.cost);
            row.launched_on.push(FIRST_DAY - stream.between(10, 1_500) as i32);
        })?;
    }
    file.finish()
}

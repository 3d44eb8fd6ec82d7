//! The shop's assortment: things for the home, in eight categories, each in several series.

use super::random::{Purpose, Stream};

#[derive(Clone, Debug)]
pub struct Product {
    pub id: i64,
    pub name: String,
    pub category: &'static str,
    /// Cents.
    pub price: i64,
    pub cost: i64,
}

type Noun = (&'static str, f64);

/// Category and its things with a typical price in euro.
const CATEGORIES: [(&str, [Noun; 8]); 8] = [
    (
        "Kitchen",
        [
            ("Frying Pan", 34.0),
            ("Saucepan", 39.0),
            ("Chef's Knife", 45.0),
            ("Cutting Board", 22.0),
            ("Mixing Bowl", 16.0),
            ("Kettle", 42.0),
            ("Coffee Grinder", 58.0),
            ("Spice Rack", 24.0),
        ],
    ),
    (
        "Tableware",
        [
            ("Dinner Plate", 9.0),
            ("Soup Bowl", 8.0),
            ("Mug", 7.5),
            ("Wine Glass", 6.5),
            ("Carafe", 19.0),
            ("Tablecloth", 28.0),
            ("Cutlery Set", 64.0),
            ("Serving Tray", 21.0),
        ],
    ),
    (
        "Bedroom",
        [
            ("Duvet", 89.0),
            ("Pillow", 32.0),
            ("Bed Linen", 49.0),
            ("Bedside Lamp", 38.0),
            ("Blanket", 44.0),
            ("Mattress Topper", 129.0),
            ("Alarm Clock", 23.0),
            ("Laundry Basket", 27.0),
        ],
    ),
    (
        "Bathroom",
        [
            ("Bath Towel", 17.0),
            ("Hand Towel", 8.5),
            ("Bath Mat", 24.0),
            ("Shower Curtain", 26.0),
            ("Soap Dispenser", 14.0),
            ("Mirror", 55.0),
            ("Shelf", 36.0),
            ("Bathrobe", 52.0),
        ],
    ),
    (
        "Living Room",
        [
            ("Cushion", 18.0),
            ("Throw", 37.0),
            ("Floor Lamp", 96.0),
            ("Rug", 139.0),
            ("Side Table", 112.0),
            ("Picture Frame", 13.0),
            ("Vase", 25.0),
            ("Candle Holder", 15.0),
        ],
    ),
    (
        "Garden",
        [
            ("Plant Pot", 14.0),
            ("Watering Can", 22.0),
            ("Parasol", 79.0),
            ("Deck Chair", 88.0),
            ("Lantern", 29.0),
            ("Bird Feeder", 24.0),
            ("Garden Hose", 41.0),
            ("Herb Planter", 19.0),
        ],
    ),
    (
        "Storage",
        [
            ("Storage Box", 12.0),
            ("Basket", 16.0),
            ("Coat Hook", 9.5),
            ("Shoe Rack", 43.0),
            ("Drawer Divider", 11.0),
            ("Wall Organiser", 28.0),
            ("Trunk", 98.0),
            ("Hanger Set", 13.0),
        ],
    ),
    (
        "Seasonal",
        [
            ("Gift Box", 11.0),
            ("Wreath", 33.0),
            ("String Lights", 20.0),
            ("Advent Candle Set", 18.0),
            ("Ornament Set", 15.0),
            ("Picnic Basket", 59.0),
            ("Easter Decoration", 12.0),
            ("Table Runner", 22.0),
        ],
    ),
];

/// Series and its factor on the price.
const SERIES: [(&str, f64); 7] =
    [("Basic", 0.6), ("Alva", 0.85), ("Nordby", 1.0), ("Lumen", 1.15), ("Terra", 1.3), ("Marlow", 1.7), ("Atelier", 2.6)];

/// The first product's number.
const FIRST_ID: i64 = 1_001;

impl Product {
    /// All products by price, cheapest first, so that a basket finds things of a wanted price by searching.
    pub fn all(seed: u64) -> Vec<Self> {
        let mut products = Vec::new();
        for (category, nouns) in CATEGORIES {
            for (noun, euros) in nouns {
                for (series, factor) in SERIES {
                    let id = FIRST_ID + products.len() as i64;
                    let mut stream = Stream::new(seed, Purpose::Product, id as u64);
                    let exact = euros * factor * (0.9 + 0.2 * stream.unit());
                    let price = (exact.round() as i64).max(2) * 100 - if stream.chance(0.7) { 10 } else { 1 };
                    let cost = (price as f64 * (0.42 + 0.2 * stream.unit())) as i64;
                    products.push(Self { id, name: format!("{series} {noun}"), category, price, cost });
                }
            }
        }
        products.sort_by_key(|product| (product.price, product.id));
        products
    }

    /// A product of about the price, in cents.
    pub fn near<'a>(products: &'a [Self], price: i64, stream: &mut Stream) -> Option<&'a Self> {
        let at = products.partition_point(|product| product.price < price) as i64;
        let chosen = (at + stream.between(-6, 6)).clamp(0, products.len() as i64 - 1);
        products.get(chosen as usize)
    }
}

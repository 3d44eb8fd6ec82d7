//! Campaigns with control groups, and what they truly change: for every person both outcomes are known, bought with the campaign
//! and bought without it.

use super::calendar::SECONDS_PER_DAY;
use super::random::Stream;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody with an account and a contact.
    All,
    /// Last order more than 120 days ago.
    Lapsed,
    /// Last order at most 120 days ago.
    Active,
    /// First order at most 60 days ago.
    New,
}

#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    pub name: &'static str,
    pub kind: &'static str,
    pub channel: &'static str,
    pub audience: Audience,
    /// Day of the lake on which it is sent.
    pub start_day: u32,
    /// Days in which an order counts.
    pub window_days: u32,
    pub discount_percent: i64,
    /// Cost of one letter or mail, cents.
    pub cost: i64,
    /// Share of the audience that is held out.
    pub holdout: f64,
    /// Probability of an additional order for a person of average susceptibility.
    pub uplift: f64,
}

const fn campaign(
    (name, kind, channel): (&'static str, &'static str, &'static str),
    audience: Audience,
    (start_day, window_days): (u32, u32),
    (discount_percent, cost): (i64, i64),
    (holdout, uplift): (f64, f64),
) -> Campaign {
    Campaign { name, kind, channel, audience, start_day, window_days, discount_percent, cost, holdout, uplift }
}

pub const CAMPAIGNS: [Campaign; 10] = [
    campaign(("Spring Garden 2023", "newsletter", "email"), Audience::All, (80, 14), (0, 2), (0.2, 0.010)),
    campaign(("Summer Voucher 2023", "voucher", "email"), Audience::Active, (170, 14), (10, 2), (0.2, 0.045)),
    campaign(("We Miss You 2023", "win-back", "letter"), Audience::Lapsed, (255, 28), (15, 95), (0.25, 0.060)),
    campaign(("Black Week 2023", "voucher", "email"), Audience::All, (322, 10), (20, 2), (0.1, 0.035)),
    campaign(("Welcome Again 2024", "onboarding", "email"), Audience::New, (400, 21), (10, 2), (0.3, 0.080)),
    campaign(("Spring Garden 2024", "newsletter", "email"), Audience::All, (445, 14), (0, 2), (0.2, 0.000)),
    campaign(("Free Delivery 2024", "voucher", "sms"), Audience::Active, (540, 14), (5, 7), (0.2, 0.030)),
    campaign(("We Miss You 2024", "win-back", "letter"), Audience::Lapsed, (620, 28), (15, 95), (0.25, 0.055)),
    campaign(("Black Week 2024", "voucher", "email"), Audience::All, (687, 10), (20, 2), (0.1, 0.040)),
    campaign(("Bring It Back 2025", "win-back", "email"), Audience::Lapsed, (820, 21), (10, 2), (0.2, 0.025)),
];

impl Campaign {
    pub fn starts_at(&self) -> u32 {
        self.start_day * SECONDS_PER_DAY + 8 * 3_600
    }

    pub fn ends_at(&self) -> u32 {
        self.starts_at() + self.window_days * SECONDS_PER_DAY
    }

    pub fn covers(&self, at: u32) -> bool {
        (self.starts_at()..self.ends_at()).contains(&at)
    }
}

/// How a person takes advertising.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Susceptibility {
    /// Buys because of it: twice the campaign's uplift.
    Persuadable,
    /// Not moved by it either way.
    Unmoved,
    /// Put off by it: an order that would have come may stay out.
    SleepingDog,
}

/// Probability that a sleeping dog who would have bought does not, once written to.
pub const PUT_OFF: f64 = 0.25;

impl Susceptibility {
    pub fn draw(stream: &mut Stream) -> Self {
        match stream.weighted(&[0.5, 0.42, 0.08]) {
            0 => Self::Persuadable,
            1 => Self::Unmoved,
            _ => Self::SleepingDog,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Persuadable => "persuadable",
            Self::Unmoved => "unmoved",
            Self::SleepingDog => "sleeping dog",
        }
    }
}

/// One person's part in one campaign.
#[derive(Clone, Copy, Debug)]
pub struct Treatment {
    pub campaign: u8,
    pub treated: bool,
    pub buys_if_treated: bool,
    pub buys_if_not: bool,
    /// Change of this person's probability to buy within the window, given what they would do without it.
    pub effect: f64,
}

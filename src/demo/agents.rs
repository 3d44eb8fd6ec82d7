//! The people who answer the telephone, each with a skill that decides how often a caller has to call again.

use super::random::{Purpose, Stream};

#[derive(Clone, Debug)]
pub struct Agent {
    pub id: String,
    pub name: String,
    pub team: &'static str,
    pub site: &'static str,
    /// Day of the lake on which they started; before 0 for those who were there already.
    pub hired: i32,
    /// Probability of solving an ordinary matter in one call.
    pub skill: f64,
}

const FIRST: [&str; 20] = [
    "Alma", "Bela", "Cleo", "Dario", "Edda", "Finn", "Gina", "Hugo", "Ida", "Joris", "Kaya", "Levi", "Mara", "Nils", "Orla",
    "Pavel", "Rosa", "Silas", "Tilda", "Yara",
];
const LAST: [&str; 20] = [
    "Abel", "Brook", "Castell", "Dorn", "Esser", "Falk", "Gray", "Holm", "Imhof", "Janssen", "Kern", "Lund", "Marsh", "Norden",
    "Olsen", "Pryce", "Quandt", "Rhodes", "Sander", "Thorn",
];
const SITES: [&str; 3] = ["Leipzig", "Lille", "Leeds"];
pub const TEAMS: [&str; 3] = ["Service", "Orders", "Accounts"];

impl Agent {
    /// As many agents as the calls of so many customers need, at least nine.
    pub fn all(seed: u64, customers: u64) -> Vec<Self> {
        let count = (customers / 700).clamp(9, 2_000);
        (0..count)
            .map(|index| {
                let mut stream = Stream::new(seed, Purpose::Agent, index);
                let (first, last) = (stream.pick(&FIRST), stream.pick(&LAST));
                Self {
                    id: format!("A-{:04}", 101 + index),
                    name: format!("{first} {last}"),
                    team: TEAMS[(index % 3) as usize],
                    site: stream.pick(&SITES),
                    // The first of each team have always been there, so that every call finds somebody.
                    hired: if index < 9 || stream.chance(0.4) {
                        -(stream.between(30, 1_500) as i32)
                    } else {
                        stream.between(0, 780) as i32
                    },
                    skill: stream.beta(14.0, 4.0),
                }
            })
            .collect()
    }

    /// An agent of the team who works there on that day.
    pub fn on_duty(agents: &[Self], team: usize, day: i32, stream: &mut Stream) -> u16 {
        let team_size = (agents.len() + 2 - team) / 3;
        for _ in 0..8 {
            let index = stream.below(team_size as u64) as usize * 3 + team;
            if agents.get(index).is_some_and(|agent| agent.hired < day) {
                return index as u16;
            }
        }
        stream.below(3) as u16 * 3 + team as u16
    }
}

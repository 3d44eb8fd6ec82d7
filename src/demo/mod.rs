//! The demo lake: a company that does not exist, with customers, orders, calls, clicks and campaigns, and the truth about all of them.
//!
//! One seed and one size give the same bytes on every machine: every value is drawn from a stream that belongs to its person or row
//! (see [`random`]), the calendar ends on 30 June 2025, and the files are cut by numbers of rows, not by threads.
//! `datasets/README.md` describes every table.

mod agents;
mod calendar;
mod campaigns;
mod care;
mod crm;
mod errors;
mod life;
mod marketing;
mod names;
mod person;
mod places;
mod process;
mod products;
mod random;
mod record;
mod register;
mod sales;
mod service;
mod shop;
mod table;
mod transcripts;
mod truth;
mod web;
mod work;
mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use self::life::Life;
use self::person::Person;
use self::register::Register;
use self::table::{Written, io_error};
use self::world::World;
use crate::error::{Error, Result, SqlState};

pub use self::calendar::AS_OF;

/// Counts changes of the data that one specification gives; a lake of another format is not reused.
const FORMAT: u32 = 1;
/// The file that says what a demo lake was made of.
const MARKER: &str = "_demo.json";
/// With more customers the numbers of orders would not fit into 32 bits.
const CUSTOMERS_MAX: u64 = 100_000_000;
/// Rows in one file of contacts, accounts, calls, surveys and orders.
const ROWS_PER_FILE: usize = 1 << 18;

/// What to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoSpec {
    /// People who bought at least once, 1 to 100 million; one prospect for every four comes on top. There are about ten orders for
    /// each, and a million of them need about 0.8 GB of memory.
    pub customers: u64,
    pub seed: u64,
    /// Threads that write; 0 means one for each core. It does not change the data.
    pub threads: usize,
}

impl Default for DemoSpec {
    fn default() -> Self {
        Self { customers: 10_000, seed: 42, threads: 0 }
    }
}

/// What was written, or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Rows by `schema.table`.
    pub tables: BTreeMap<String, u64>,
    /// The lake was there already.
    pub reused: bool,
}

impl Summary {
    pub fn rows(&self) -> u64 {
        self.tables.values().sum()
    }
}

/// The content of the marker file.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Marker {
    format: u32,
    customers: u64,
    seed: u64,
    as_of: String,
    tables: BTreeMap<String, u64>,
}

/// Writes the demo lake into the folder `lake`, or reuses the one that is there if it has the same specification.
///
/// The files are written into a folder beside it, which is renamed at the end: a lake is there as a whole or not at all.
/// `progress` is called on this thread with a table (first with "people", while their lives are drawn) and the rows that were added.
///
/// Errors: 22023 for a size out of range, and for a folder that holds something else; 58030 and 53100 where files cannot be written.
pub fn write(spec: &DemoSpec, lake: &Path, progress: &dyn Fn(&str, u64)) -> Result<Summary> {
    if !(1..=CUSTOMERS_MAX).contains(&spec.customers) {
        let message = format!("expected 1 to {CUSTOMERS_MAX} customers, got {}", spec.customers);
        return Err(Error::new(SqlState::INVALID_PARAMETER_VALUE, message));
    }
    if let Some(summary) = existing(spec, lake)? {
        return Ok(summary);
    }
    let unfinished = sibling(lake)?;
    let summary = write_all(spec, &unfinished, progress).and_then(|summary| {
        publish(&unfinished, lake)?;
        Ok(summary)
    });
    if summary.is_err() {
        // The first error is the one to tell; what cannot be removed stays under a name that says what it is.
        drop(std::fs::remove_dir_all(&unfinished));
    }
    summary
}

/// The lake that is there already. `None` where there is nothing; an error where there is something else.
fn existing(spec: &DemoSpec, lake: &Path) -> Result<Option<Summary>> {
    let mut entries = match std::fs::read_dir(lake) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(lake, &error)),
    };
    if entries.next().is_none() {
        return Ok(None);
    }
    let marker = std::fs::read(lake.join(MARKER)).ok().and_then(|bytes| serde_json::from_slice::<Marker>(&bytes).ok());
    let (folder, wanted) = (lake.display(), format!("{} customers and seed {}", spec.customers, spec.seed));
    let message = match marker {
        Some(marker) if (marker.format, marker.customers, marker.seed) == (FORMAT, spec.customers, spec.seed) => {
            return Ok(Some(Summary { tables: marker.tables, reused: true }));
        }
        Some(marker) => format!(
            "expected an empty folder or a demo lake of {wanted}, but \"{folder}\" is one of {} customers and seed {}, format {}",
            marker.customers, marker.seed, marker.format
        ),
        None => format!("expected an empty folder or a demo lake of {wanted}, but \"{folder}\" holds something else"),
    };
    Err(Error::new(SqlState::INVALID_PARAMETER_VALUE, message).hint("Remove the folder or choose another with --lake."))
}

/// A folder beside the lake, on the same disk, with a name that no lake has.
fn sibling(lake: &Path) -> Result<PathBuf> {
    let name = lake.file_name().ok_or_else(|| {
        let message = format!("expected the name of a folder for the demo lake, got \"{}\"", lake.display());
        Error::new(SqlState::INVALID_PARAMETER_VALUE, message)
    })?;
    let name = format!(".{}.unfinished-{}", name.to_string_lossy(), std::process::id());
    Ok(lake.with_file_name(name))
}

fn publish(unfinished: &Path, lake: &Path) -> Result<()> {
    // An empty folder may be there: it was looked at before, and only an empty one can be removed like this.
    match std::fs::remove_dir(lake) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io_error(lake, &error)),
        _ => {}
    }
    std::fs::rename(unfinished, lake).map_err(|error| io_error(lake, &error))
}

fn write_all(spec: &DemoSpec, folder: &Path, progress: &dyn Fn(&str, u64)) -> Result<Summary> {
    std::fs::create_dir_all(folder).map_err(|error| io_error(folder, &error))?;
    let threads = if spec.threads == 0 { work::cores() } else { spec.threads };
    let world = World::new(spec.seed, spec.customers);
    let register = Register::of(&world, threads, |people| progress("people", people))?;
    let jobs = jobs(&world, &register);
    let run = |number: usize| jobs.get(number).map_or_else(|| Ok(Vec::new()), |job| job.run(&world, &register, folder));
    let report = |written: &Vec<Written>| written.iter().for_each(|(table, rows)| progress(table, *rows));
    let mut tables = BTreeMap::new();
    for (table, rows) in work::run(jobs.len(), threads, run, report)?.into_iter().flatten() {
        *tables.entry(table.to_owned()).or_default() += rows;
    }
    let marker = Marker { format: FORMAT, customers: spec.customers, seed: spec.seed, as_of: AS_OF.to_owned(), tables };
    let text =
        serde_json::to_vec_pretty(&marker).map_err(|error| Error::internal(format!("cannot write the marker: {error}")))?;
    let path = folder.join(MARKER);
    std::fs::write(&path, text).map_err(|error| io_error(&path, &error))?;
    Ok(Summary { tables: marker.tables, reused: false })
}

/// One file, or the files of one range of people.
enum Job {
    People(usize),
    Orders(usize, Range<usize>),
    Calls(usize, Range<usize>),
    Surveys(usize, Range<usize>),
    Contacts(usize, Range<usize>),
    Accounts(usize, Range<usize>),
    Small,
}

/// All jobs, the long ones first.
fn jobs(world: &World, register: &Register) -> Vec<Job> {
    let mut jobs: Vec<Job> = (0..world.people.div_ceil(register::PEOPLE_PER_JOB) as usize).map(Job::People).collect();
    jobs.extend(parts(register.orders.entries.len()).map(|(part, places)| Job::Orders(part, places)));
    jobs.extend(parts(register.calls.entries.len()).map(|(part, places)| Job::Calls(part, places)));
    jobs.extend(parts(register.contacts.entries.len()).map(|(part, places)| Job::Contacts(part, places)));
    jobs.extend(parts(register.accounts.entries.len()).map(|(part, places)| Job::Accounts(part, places)));
    jobs.extend(parts(register.surveys.entries.len()).map(|(part, places)| Job::Surveys(part, places)));
    jobs.push(Job::Small);
    jobs
}

/// Ranges of rows, one a file; a table without rows has one file too, so that its columns are known.
fn parts(rows: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
    (0..rows.div_ceil(ROWS_PER_FILE).max(1)).map(move |part| (part, part * ROWS_PER_FILE..((part + 1) * ROWS_PER_FILE).min(rows)))
}

impl Job {
    fn run(&self, world: &World, register: &Register, lake: &Path) -> Result<Vec<Written>> {
        match self {
            Self::People(part) => write_people(world, register, lake, *part),
            Self::Orders(part, places) => sales::write(world, register, lake, *part, places.clone()),
            Self::Calls(part, places) => Ok(vec![care::write_calls(world, register, lake, *part, places.clone())?]),
            Self::Surveys(part, places) => Ok(vec![care::write_surveys(world, register, lake, *part, places.clone())?]),
            Self::Contacts(part, places) => Ok(vec![crm::write(world, register, lake, *part, places.clone())?]),
            Self::Accounts(part, places) => Ok(vec![shop::write(world, register, lake, *part, places.clone())?]),
            Self::Small => Ok(vec![
                sales::write_products(world, lake)?,
                care::write_agents(world, lake)?,
                marketing::write_campaigns(lake)?,
                truth::write_agents(world, lake)?,
            ]),
        }
    }
}

/// What is written person by person: the web, marketing and the truth.
fn write_people(world: &World, register: &Register, lake: &Path, part: usize) -> Result<Vec<Written>> {
    let mut web = web::Part::create(lake, part)?;
    let mut marketing = marketing::Files::create(lake, part)?;
    let mut truth = truth::Files::create(lake, part)?;
    for index in register::people_of_job(world, part) {
        let (person, life) = (Person::of(world, index), Life::of(world, index));
        let responses = marketing::responses_of(world, index, &life);
        web.add(world, register, &person, &life, &responses);
        marketing.add(world, register, index, &life, &responses)?;
        truth.add(world, register, &person, &life)?;
    }
    let mut written = web.finish()?;
    written.extend(marketing.finish()?);
    written.extend(truth.finish()?);
    Ok(written)
}

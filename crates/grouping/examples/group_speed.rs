//! Cases grouped per second on one core, on interned columns in memory.
//!
//! ```text
//! cargo run --release -p yibao-grouping --example group_speed -- SCHEME CASES.csv [COUNT]
//! ```
//!
//! `CASES.csv` has the columns of the golden files. Its cases are perturbed with a fixed seed:
//! diagnoses, procedures, ages and stays are exchanged between cases, in random order.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use yibao_grouping::{Case, CodeId, Scheme, Sex, TextId};

/// A small generator of random numbers (SplitMix64), the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or(0)
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }
}

/// One case of the file, interned.
#[derive(Clone)]
struct Seen {
    sex: Sex,
    age: Option<i32>,
    age_days: Option<i32>,
    weight_g: Option<i32>,
    los_days: i32,
    discharge: TextId,
    dept: TextId,
    icu_hours: i32,
    dx: Vec<CodeId>,
    proc: Vec<CodeId>,
}

/// Cases as columns; code lists in two flat columns with ends.
#[derive(Default)]
struct Columns {
    sex: Vec<Sex>,
    age: Vec<Option<i32>>,
    age_days: Vec<Option<i32>>,
    weight_g: Vec<Option<i32>>,
    los_days: Vec<i32>,
    discharge: Vec<TextId>,
    dept: Vec<TextId>,
    icu_hours: Vec<i32>,
    dx: Vec<CodeId>,
    dx_ends: Vec<usize>,
    proc: Vec<CodeId>,
    proc_ends: Vec<usize>,
}

impl Columns {
    fn push(&mut self, case: &Seen) {
        self.sex.push(case.sex);
        self.age.push(case.age);
        self.age_days.push(case.age_days);
        self.weight_g.push(case.weight_g);
        self.los_days.push(case.los_days);
        self.discharge.push(case.discharge);
        self.dept.push(case.dept);
        self.icu_hours.push(case.icu_hours);
        self.dx.extend_from_slice(&case.dx);
        self.dx_ends.push(self.dx.len());
        self.proc.extend_from_slice(&case.proc);
        self.proc_ends.push(self.proc.len());
    }

    fn case(&self, at: usize) -> Case<'_> {
        let start = |ends: &[usize]| at.checked_sub(1).map_or(0, |before| ends[before]);
        Case {
            sex: self.sex[at],
            age: self.age[at],
            age_days: self.age_days[at],
            weight_g: self.weight_g[at],
            los_days: self.los_days[at],
            discharge: self.discharge[at],
            dept: self.dept[at],
            icu_hours: self.icu_hours[at],
            dx: &self.dx[start(&self.dx_ends)..self.dx_ends[at]],
            proc: &self.proc[start(&self.proc_ends)..self.proc_ends[at]],
        }
    }
}

fn read(scheme: &Scheme, path: &Path) -> Result<Vec<Seen>, Box<dyn Error>> {
    let mut cases = Vec::new();
    for record in csv::Reader::from_path(path)?.records() {
        let record = record?;
        let text = |at: usize| record.get(at).unwrap_or_default();
        let number = |at: usize| text(at).parse::<i32>().ok();
        let codes = |at: usize| text(at).split('|').filter(|code| !code.is_empty());
        cases.push(Seen {
            sex: Sex::from_text(text(1).as_bytes()),
            age: number(2),
            age_days: number(3),
            weight_g: number(4),
            dept: scheme.dept(text(5).as_bytes()),
            los_days: number(6).unwrap_or(0),
            discharge: scheme.discharge(text(7).as_bytes()),
            icu_hours: number(14).unwrap_or(0),
            dx: codes(8).map(|code| scheme.dx_code(code.as_bytes())).collect(),
            proc: codes(9).map(|code| scheme.proc_code(code.as_bytes())).collect(),
        });
    }
    Ok(cases)
}

/// A case of the file with parts of other cases.
fn perturb(seen: &[Seen], random: &mut Random) -> Seen {
    let mut case = seen[random.below(seen.len())].clone();
    let other = &seen[random.below(seen.len())];
    if random.one_in(4) {
        (case.sex, case.age, case.age_days) = (other.sex, other.age, other.age_days);
        case.weight_g = other.weight_g;
    }
    if random.one_in(4) {
        case.proc.clone_from(&other.proc);
    }
    if random.one_in(2) {
        let from = &seen[random.below(seen.len())].dx;
        if let Some(&code) = from.get(random.below(from.len())) {
            case.dx.push(code);
        }
    }
    if case.dx.len() > 2 && random.one_in(2) {
        let at = 1 + random.below(case.dx.len() - 1);
        case.dx.swap_remove(at);
    }
    case.los_days = i32::try_from(random.below(70)).unwrap_or(0);
    case
}

/// Nanoseconds: of processor time of this thread where the system tells (other programs may
/// share the machine), else of the wall clock.
struct Clock {
    wall: Instant,
    processor: Option<u64>,
}

impl Clock {
    fn start() -> Self {
        Self { wall: Instant::now(), processor: Self::processor() }
    }

    fn processor() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse().ok()
    }

    fn nanoseconds(&self) -> u128 {
        match (self.processor, Self::processor()) {
            (Some(start), Some(end)) => u128::from(end - start).max(1),
            _ => self.wall.elapsed().as_nanos().max(1),
        }
    }
}

/// Least wall time of some runs: other programs only ever add to it.
fn report<T>(what: &str, runs: u32, run: impl Fn() -> T) {
    let times = (0..runs).map(|_| {
        let start = Instant::now();
        black_box(run());
        start.elapsed().as_micros()
    });
    println!("{what}: {} µs, the least of {runs}", times.min().unwrap_or(0));
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [scheme, cases, count @ ..] = arguments.as_slice() else {
        return Err("usage: group_speed SCHEME CASES.csv [COUNT]".into());
    };
    let count: usize = count.first().map_or(Ok(5_000_000), |count| count.parse())?;
    let tables = Scheme::open(Path::new(scheme))?;
    report("open", 20, || Scheme::open(Path::new(scheme)));
    let file = std::env::temp_dir().join(format!("group_speed.{}.scheme", std::process::id()));
    tables.save(&file)?;
    report("load precompiled", 100, || Scheme::load(&file));
    assert!(Scheme::load(&file)?.content_hash() == tables.content_hash(), "the same scheme");
    let scheme = Scheme::load(&file)?;
    std::fs::remove_file(&file)?;

    let seen = read(&scheme, Path::new(cases))?;
    let mut random = Random(20_250_101);
    let mut columns = Columns::default();
    let mut distinct = std::collections::HashSet::new();
    for _ in 0..count {
        let case = perturb(&seen, &mut random);
        if distinct.len() < 600_000 {
            distinct.insert((case.dx.clone(), case.proc.clone(), case.sex, case.age, case.los_days));
        }
        columns.push(&case);
    }
    println!("{count} cases, at least {} distinct", distinct.len());
    drop(distinct);
    for _ in 0..5 {
        let mut histogram = vec![0_u64; scheme.drg_codes().len()];
        let clock = Clock::start();
        for at in 0..count {
            let answer = scheme.group(black_box(&columns.case(at)));
            histogram[usize::from(answer.drg)] += 1;
        }
        let per_second = count as u128 * 1_000_000_000 / clock.nanoseconds();
        let hit = histogram.iter().filter(|&&n| n > 0).count();
        println!("{}: {per_second} cases/s, {hit} answers met", scheme.name());
    }
    Ok(())
}

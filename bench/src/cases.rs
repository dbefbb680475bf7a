//! Cases for benchmarks: golden cases of a scheme, perturbed by a seed into millions, most of them distinct.

use std::path::Path;

/// One case as texts.
#[derive(Clone, Default, Debug)]
pub struct Case {
    /// Sex.
    pub sex: String,
    /// Age in years.
    pub age_years: String,
    /// Age in days.
    pub age_days: String,
    /// Weight in grams.
    pub birth_weight_g: String,
    /// Department.
    pub dept: String,
    /// Days of stay.
    pub los_days: String,
    /// Way of leaving.
    pub discharge_status: String,
    /// Diagnoses.
    pub dx: Vec<String>,
    /// Procedures.
    pub proc: Vec<String>,
    /// Hours in intensive care.
    pub icu_hours: String,
}

/// Reads the golden cases of a scheme.
///
/// # Errors
/// When the file cannot be read or is not of the golden form.
pub fn golden(file: &Path) -> anyhow::Result<Vec<Case>> {
    let text = std::fs::read_to_string(file)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let at = |name: &str| {
        header.iter().position(|column| *column == name).ok_or_else(|| anyhow::anyhow!("no column {name}"))
    };
    let columns =
        ["sex", "age_years", "age_days", "birth_weight_g", "dept", "los_days", "discharge_status", "dx", "proc"];
    let places = columns.iter().map(|name| at(name)).collect::<anyhow::Result<Vec<usize>>>()?;
    let icu = at("icu_hours")?;
    let mut cases = Vec::new();
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let get = |place: usize| fields.get(place).copied().unwrap_or_default().to_owned();
        let list = |place: usize| get(place).split('|').filter(|code| !code.is_empty()).map(str::to_owned).collect();
        let [sex, age_years, age_days, weight, dept, los, discharge, dx, proc] = places.as_slice() else { continue };
        cases.push(Case {
            sex: get(*sex),
            age_years: get(*age_years),
            age_days: get(*age_days),
            birth_weight_g: get(*weight),
            dept: get(*dept),
            los_days: get(*los),
            discharge_status: get(*discharge),
            dx: list(*dx),
            proc: list(*proc),
            icu_hours: get(icu),
        });
    }
    anyhow::ensure!(!cases.is_empty(), "no golden cases in {}", file.display());
    Ok(cases)
}

/// A stream of perturbed cases, the same for the same seed.
pub struct Perturbed<'g> {
    golden: &'g [Case],
    state: u64,
}

impl<'g> Perturbed<'g> {
    /// Starts a stream.
    pub fn new(golden: &'g [Case], seed: u64) -> Perturbed<'g> {
        Perturbed { golden, state: seed }
    }

    /// A number below `bound` (SplitMix64).
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        (mixed % bound.max(1) as u64) as usize
    }

    fn any(&mut self) -> &'g Case {
        let at = self.below(self.golden.len());
        self.golden.get(at).unwrap_or(&self.golden[0])
    }

    /// Writes the next case into `case`: a random golden case with some of its secondary codes, sometimes its principal
    /// procedure, its age, stay and discharge taken from others.
    pub fn next_into(&mut self, case: &mut Case) {
        case.clone_from(self.any());
        for place in 1..case.dx.len() {
            if self.below(10) < 5 {
                let other = self.any();
                if let (Some(code), Some(slot)) = (other.dx.last(), case.dx.get_mut(place)) {
                    slot.clone_from(code);
                }
            }
        }
        if self.below(10) < 2 {
            let other = self.any();
            case.dx.extend(other.dx.last().cloned());
        }
        if self.below(10) < 2 {
            let other = self.any();
            case.proc.clone_from(&other.proc);
        }
        if self.below(10) < 6 && case.age_years != "0" && !case.age_years.is_empty() {
            let age = 1 + self.below(98);
            case.age_years = age.to_string();
            case.age_days = (age * 365 + self.below(365)).to_string();
        }
        if self.below(10) < 6 {
            case.los_days = (1 + self.below(60)).to_string();
        }
        if self.below(10) < 3 {
            case.discharge_status = ["1", "2", "3", "4", "5", "9"][self.below(6)].to_owned();
        }
    }
}

/// Appends a case as a CSV row, without its id and without a line feed.
pub fn push_row(to: &mut Vec<u8>, case: &Case) {
    let plain = [
        &case.sex,
        &case.age_years,
        &case.age_days,
        &case.birth_weight_g,
        &case.dept,
        &case.los_days,
        &case.discharge_status,
    ];
    for field in plain {
        to.extend_from_slice(field.as_bytes());
        to.push(b',');
    }
    for list in [&case.dx, &case.proc] {
        for (at, code) in list.iter().enumerate() {
            if at > 0 {
                to.push(b'|');
            }
            to.extend_from_slice(code.as_bytes());
        }
        to.push(b',');
    }
    to.extend_from_slice(case.icu_hours.as_bytes());
}

/// The header of the rows, id included.
pub const HEADER: &str =
    "case_id,sex,age_years,age_days,birth_weight_g,dept,los_days,discharge_status,dx,proc,icu_hours";

//! What a catalogue leaves to chance, says in vain, or does not say.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use yibao_kernel::Ratio;

use super::catalogue::Catalogue;
use super::code::Code;
use super::engine::{Asked, Procedure, Unwatched};
use super::rows::{Diagnoses, Kind, Row};
use super::settings::{Criterion, Fallback};
use super::treatment::Treatment;

/// Codes of three characters tried inside a range.
const RANGE_TRIES: usize = 2600;

/// Something found in a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DipFinding {
    /// What.
    #[serde(flatten)]
    pub problem: DipProblem,
    /// Line of `groups.csv` it is about; 0 for the catalogue as a whole.
    pub line: u32,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum DipProblem {
    /// Core rows of one diagnosis that no criterion separates: the catalogue's order decides between them.
    TieToOrder {
        /// The diagnosis.
        dx: String,
        /// The rows, in order.
        groups: Vec<String>,
    },
    /// A row with the same diagnosis and the same procedures (or type) as an earlier one.
    Duplicate {
        /// The row.
        group: String,
        /// The earlier row.
        earlier: String,
    },
    /// No stay made of a row's own codes reaches it.
    Unreachable {
        /// The row.
        group: String,
        /// What such a stay gets instead.
        instead: Option<String>,
    },
    /// A fallback row that the catalogue's fallback never asks.
    FallbackUnused {
        /// The row.
        group: String,
    },
    /// None of a row's procedures has a type: the row counts as conservative.
    NoType {
        /// The row.
        group: String,
    },
    /// A procedure of rows without a type.
    ProcedureWithoutType {
        /// The procedure.
        procedure: String,
        /// Rows that name it.
        rows: usize,
    },
    /// The type stated is not that of the row's procedures.
    TypeContradicted {
        /// The row.
        group: String,
        /// Stated.
        stated: Treatment,
        /// Of its procedures.
        found: Treatment,
    },
    /// A row without points.
    NoPoints {
        /// The row.
        group: String,
    },
    /// A core row with fewer cases than `[catalogue.core]` asks for.
    FewCases {
        /// The row.
        group: String,
        /// Its cases.
        cases: u64,
    },
    /// Points are not scale × mean / M beyond what their rounding explains.
    PointsOff {
        /// The row.
        group: String,
        /// Points stated.
        stated: String,
        /// scale × mean / M, 6 places.
        computed: String,
    },
    /// A diagnosis chapter's comprehensive row is missing for a type that core rows of the same three characters have.
    NoComprehensive {
        /// First three characters.
        dx: String,
        /// The type.
        treatment: Treatment,
    },
}

impl DipFinding {
    /// Whether a part of the catalogue can never decide a stay.
    #[must_use]
    pub const fn is_dead(&self) -> bool {
        matches!(
            self.problem,
            DipProblem::Duplicate { .. } | DipProblem::Unreachable { .. } | DipProblem::FallbackUnused { .. }
        )
    }
}

impl fmt::Display for DipFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "groups.csv:{}: ", self.line)?;
        }
        match &self.problem {
            DipProblem::TieToOrder { dx, groups } => {
                write!(f, "{dx}: the order of the catalogue decides between {}", groups.join(", "))
            }
            DipProblem::Duplicate { group, earlier } => {
                write!(f, "{group} asks for the same diagnosis and treatment as {earlier}")
            }
            DipProblem::Unreachable { group, instead: Some(other) } => {
                write!(f, "no stay with just its codes reaches {group}: it gets {other}")
            }
            DipProblem::Unreachable { group, instead: None } => {
                write!(f, "no stay with just its codes reaches {group}")
            }
            DipProblem::FallbackUnused { group } => write!(f, "the fallback never asks {group}"),
            DipProblem::NoType { group } => {
                write!(f, "no procedure of {group} has a type: the row counts as conservative")
            }
            DipProblem::ProcedureWithoutType { procedure, rows } => {
                write!(f, "procedure {procedure} has no type; rows that name it: {rows}")
            }
            DipProblem::TypeContradicted { group, stated, found } => {
                write!(f, "{group} states type {}, its procedures are {}", stated.word(), found.word())
            }
            DipProblem::NoPoints { group } => write!(f, "{group} has no points"),
            DipProblem::FewCases { group, cases } => write!(f, "{group} is a core group of {cases} cases"),
            DipProblem::PointsOff { group, stated, computed } => {
                write!(f, "{group} has {stated} points, and scale × mean / M is {computed}")
            }
            DipProblem::NoComprehensive { dx, treatment } => {
                write!(f, "no comprehensive row for {dx} with {} takes what its core rows do not", treatment.word())
            }
        }
    }
}

struct Check<'c> {
    catalogue: &'c Catalogue,
    found: Vec<DipFinding>,
}

impl Catalogue {
    /// What can be said about the catalogue before a stay is grouped: first what is dead, then what is left to order,
    /// then what is missing.
    #[must_use]
    pub fn check(&self) -> Vec<DipFinding> {
        let mut check = Check { catalogue: self, found: Vec::new() };
        check.duplicates();
        check.unreachable();
        check.unused_fallback();
        check.ties();
        check.types();
        check.numbers();
        check.gaps();
        check.found
    }
}

/// The rows that separate no stay from one another, keyed by what separates rows.
type Signature = (Code, Vec<i128>);

impl Check<'_> {
    fn push(&mut self, row: &Row, problem: DipProblem) {
        self.found.push(DipFinding { problem, line: row.line });
    }

    fn duplicates(&mut self) {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for row in self.catalogue.rows() {
            let key = match row.kind {
                Kind::Core | Kind::PrimaryCare => format!("core {} {}", row.dx, row.procedures.sorted()),
                Kind::Comprehensive | Kind::Fallback => {
                    format!("{} {} {:?}", row.kind.word(), row.dx, row.treatment)
                }
            };
            if let Some(earlier) = seen.get(&key) {
                let problem = DipProblem::Duplicate { group: row.code.clone(), earlier: earlier.clone() };
                self.push(row, problem);
            } else {
                seen.insert(key, row.code.clone());
            }
        }
    }

    /// Tries, for every row, stays made of its own codes and nothing else.
    fn unreachable(&mut self) {
        let duplicates: Vec<u32> = self.found.iter().map(|finding| finding.line).collect();
        for (at, row) in (0_u32..).zip(self.catalogue.rows()) {
            if row.kind == Kind::Fallback || (row.line > 0 && duplicates.contains(&row.line)) {
                continue;
            }
            let reached = match row.kind {
                Kind::Core | Kind::PrimaryCare => self.reach_core(at, row),
                _ => self.reach_comprehensive(at, row),
            };
            if let Err(instead) = reached {
                let instead = instead.and_then(|at| self.catalogue.rows().get(at as usize)).map(|row| row.code.clone());
                self.push(row, DipProblem::Unreachable { group: row.code.clone(), instead });
            }
        }
    }

    fn decide(&self, dx: Code, procedures: &[Procedure], row: &Row) -> Option<u32> {
        let cost = row.mean.and_then(|mean| mean.ratio().checked_mul(Ratio::from_int(100)).ok());
        let cost = cost.and_then(|fen| fen.to_fen(yibao_kernel::Mode::HalfUp).ok());
        let asked = Asked { dx, procedures, cost };
        self.catalogue.engine().decide(&asked, &mut Vec::new(), &mut Unwatched).row
    }

    /// A stay of the row's diagnosis with one code of each term, each in turn as the principal one.
    fn reach_core(&self, at: u32, row: &Row) -> Result<(), Option<u32>> {
        let Diagnoses::Prefix(dx) = row.dx else { return Err(None) };
        let engine = self.catalogue.engine();
        let typed = |code: Code| Procedure { code, treatment: engine.procedure_type(code) };
        let firsts: Vec<Procedure> =
            row.procedures.terms.iter().filter_map(|term| term.first().copied()).map(typed).collect();
        let mut instead = self.decide(dx, &firsts, row);
        if instead == Some(at) {
            return Ok(());
        }
        for (place, term) in row.procedures.terms.iter().enumerate() {
            for code in term {
                let mut stay = vec![typed(*code)];
                let others = firsts.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, one)| *one);
                stay.extend(others.filter(|one| one.code != *code));
                instead = self.decide(dx, &stay, row);
                if instead == Some(at) {
                    return Ok(());
                }
            }
        }
        Err(instead)
    }

    /// A stay of one of the row's diagnoses that has no core row, with a procedure of its type that no row names.
    fn reach_comprehensive(&self, at: u32, row: &Row) -> Result<(), Option<u32>> {
        let treatment = row.treatment.unwrap_or(Treatment::Conservative);
        let procedures = match (treatment, Code::fold(b"~")) {
            (Treatment::Conservative, _) | (_, None) => Vec::new(),
            (treatment, Some(code)) => vec![Procedure { code, treatment: Some(treatment) }],
        };
        let mut last = None;
        for dx in witnesses(row.dx) {
            last = self.decide(dx, &procedures, row);
            if last == Some(at) {
                return Ok(());
            }
        }
        Err(last)
    }

    fn unused_fallback(&mut self) {
        let header = self.catalogue.header().clone();
        for row in self.catalogue.rows().iter().filter(|row| row.kind == Kind::Fallback) {
            let used = match &header.fallback {
                Fallback::BlankRow { group } => *group == row.code,
                Fallback::ChapterDefault {} => row.dx != Diagnoses::Any,
                Fallback::Refuse {} => false,
            };
            if !used {
                self.push(row, DipProblem::FallbackUnused { group: row.code.clone() });
            }
        }
    }

    /// Core rows of one diagnosis that ask for procedures and are alike in everything the criteria compare, apart from
    /// what depends on the stay.
    fn ties(&mut self) {
        let criteria = self.catalogue.header().criteria.clone();
        let mut alike: BTreeMap<Signature, Vec<&Row>> = BTreeMap::new();
        for row in self.catalogue.rows() {
            let (Kind::Core | Kind::PrimaryCare, Diagnoses::Prefix(dx)) = (row.kind, row.dx) else { continue };
            if !row.procedures.is_empty() {
                alike.entry((dx, signature(row, &criteria))).or_default().push(row);
            }
        }
        let mut ties: Vec<(u32, DipProblem)> = Vec::new();
        for ((dx, _), rows) in alike.into_iter().filter(|(_, rows)| rows.len() > 1) {
            let groups = rows.iter().map(|row| row.code.clone()).collect();
            let line = rows.first().map_or(0, |row| row.line);
            ties.push((line, DipProblem::TieToOrder { dx: dx.to_string(), groups }));
        }
        ties.sort_by_key(|(line, _)| *line);
        self.found.extend(ties.into_iter().map(|(line, problem)| DipFinding { problem, line }));
    }

    fn types(&mut self) {
        let types = self.catalogue.types();
        let mut untyped: BTreeMap<Code, usize> = BTreeMap::new();
        for row in self.catalogue.rows().iter().filter(|row| !row.procedures.is_empty()) {
            let found = row.procedures.codes().filter_map(|code| types.get(&code).copied()).min();
            match (row.treatment, found) {
                (None, None) => self.push(row, DipProblem::NoType { group: row.code.clone() }),
                (Some(stated), Some(found)) if stated != found => {
                    self.push(row, DipProblem::TypeContradicted { group: row.code.clone(), stated, found });
                }
                _ => {}
            }
            for code in row.procedures.codes().filter(|code| !types.contains_key(code)) {
                *untyped.entry(code).or_default() += 1;
            }
        }
        for (code, rows) in untyped {
            let problem = DipProblem::ProcedureWithoutType { procedure: code.to_string(), rows };
            self.found.push(DipFinding { problem, line: 0 });
        }
    }

    fn numbers(&mut self) {
        let header = self.catalogue.header().clone();
        for row in self.catalogue.rows() {
            if row.points.is_none() {
                self.push(row, DipProblem::NoPoints { group: row.code.clone() });
            }
            if let (Some(bound), Some(cases), Kind::Core) = (header.core, row.cases, row.kind) {
                let enough = if bound.inclusive { cases >= bound.cases } else { cases > bound.cases };
                if !enough {
                    self.push(row, DipProblem::FewCases { group: row.code.clone(), cases });
                }
            }
            if let Some(computed) = points_off(&header, row) {
                let stated = row.points.map(|points| points.to_string()).unwrap_or_default();
                self.push(row, DipProblem::PointsOff { group: row.code.clone(), stated, computed });
            }
        }
    }

    /// Three-character diagnoses whose core rows have a type that no comprehensive row of them takes.
    fn gaps(&mut self) {
        if !matches!(self.catalogue.header().fallback, Fallback::Refuse {}) {
            return;
        }
        let mut wanted: BTreeMap<(Code, Treatment), u32> = BTreeMap::new();
        for (at, row) in (0_u32..).zip(self.catalogue.rows()) {
            if let (Kind::Core | Kind::PrimaryCare, Diagnoses::Prefix(dx)) = (row.kind, row.dx) {
                wanted.entry((dx.cut(3), self.catalogue.engine().row_type(at))).or_insert(row.line);
            }
        }
        for ((dx, treatment), line) in wanted {
            let taken = self
                .catalogue
                .rows()
                .iter()
                .any(|row| row.kind == Kind::Comprehensive && row.treatment == Some(treatment) && row.dx.hold(dx));
            if !taken {
                let problem = DipProblem::NoComprehensive { dx: dx.to_string(), treatment };
                self.found.push(DipFinding { problem, line });
            }
        }
    }
}

/// Diagnoses that a comprehensive row takes and that probably no core row has: the prefix with a sign no code holds;
/// for a range, every code of letters and two digits in it.
fn witnesses(dx: Diagnoses) -> Vec<Code> {
    let with_sign = |text: String| Code::fold(format!("{text}~").as_bytes());
    match dx {
        Diagnoses::Prefix(prefix) => with_sign(prefix.to_string()).into_iter().chain([prefix]).collect(),
        Diagnoses::Range(from, to) => {
            let letters = b'A'..=b'Z';
            let codes =
                letters.flat_map(|letter| (0..100).map(move |number| format!("{}{number:02}", char::from(letter))));
            let inside = codes.filter_map(with_sign).filter(|code| (from..=to).contains(&code.cut(from.len())));
            inside.chain([from]).take(RANGE_TRIES).collect()
        }
        Diagnoses::Any => Vec::new(),
    }
}

/// What the criteria compare of a row itself.
fn signature(row: &Row, criteria: &[Criterion]) -> Vec<i128> {
    let number = |value: Option<yibao_kernel::Decimal>| {
        value.map_or(-1, |value| i128::from(value.units()) * 10_i128.pow(9_u32.saturating_sub(u32::from(value.dp()))))
    };
    let count = |many: usize| i128::try_from(many).unwrap_or(0);
    criteria
        .iter()
        .map(|criterion| match criterion {
            Criterion::MostTerms => count(row.procedures.terms.len()),
            // With one code to a term, a satisfied row matches as many procedures as it has terms.
            Criterion::MostProceduresMatched if row.procedures.terms.iter().all(|term| term.len() == 1) => {
                count(row.procedures.terms.len())
            }
            Criterion::NearestMeanCost => number(row.mean),
            Criterion::HighestPoints => number(row.points),
            _ => 0,
        })
        .collect()
}

/// scale × mean / M to 6 places, when the points differ from it by more than the rounding of the three numbers.
fn points_off(header: &super::settings::Header, row: &Row) -> Option<String> {
    let (points, mean) = (row.points?, row.mean?);
    let half = |dp: u8| Ratio::new(1, 2 * 10_i128.pow(u32::from(dp))).ok();
    let computed = mean.ratio().checked_mul(header.scale).ok()?.checked_div(header.mean.ratio()).ok()?;
    let difference = points.ratio().checked_sub(computed).ok()?;
    let difference = if difference.is_negative() { difference.negated() } else { difference };
    // Half a unit of the points, of the mean (in points) and of M (relative).
    let of_mean = half(mean.dp())?.checked_mul(header.scale).ok()?.checked_div(header.mean.ratio()).ok()?;
    let of_reference = computed.checked_mul(half(header.mean.dp())?).ok()?.checked_div(header.mean.ratio()).ok()?;
    // Once more half a unit of the points: published points may themselves come from rounded ones.
    let allowed = half(points.dp())?.checked_mul(Ratio::from_int(3)).ok()?.checked_add(of_mean).ok()?;
    let allowed = allowed.checked_add(of_reference).ok()?;
    (difference > allowed)
        .then(|| computed.to_decimal(6, yibao_kernel::Mode::HalfUp).ok())?
        .map(|value| value.to_string())
}

//! Values by dimension, compiled: every cell has one row, or the pack is refused. Adjustments are worked in, so that a
//! look-up while splitting is one index.

use yibao_kernel::explain::RuleId;
use yibao_kernel::{Day, Fen, Ratio};
use yibao_policy::Path;
use yibao_policy::node::{Node, Value as NodeValue};
use yibao_policy::source::SourceRef;

use super::compiler::Compiler;
use super::dimension::{Facts, MISSING};
use super::grid::Grid;
use super::raw::{Raw, Want};
use super::when::{Truth, When};
use crate::pack::values::Adjust;

/// One band: up to an amount, a ratio and the person's part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Band {
    /// Where it ends, in fen; `i64::MAX` for the last.
    pub upto: i64,
    /// The fund's ratio.
    pub pays: Ratio,
    /// 1 less it.
    pub bears: Ratio,
    /// The source leaves it open.
    pub open: bool,
}

/// What a cell holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CellValue {
    /// The source leaves it open.
    Open,
    /// An amount in fen; `i64::MAX` for no limit.
    Amount(i64),
    /// Bands.
    Bands(Box<[Band]>),
}

/// One value with its reasons.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The value, adjustments worked in.
    pub value: CellValue,
    /// The rule of its row.
    pub rule: RuleId,
    /// The rules of the adjustments that apply.
    pub adjusts: Box<[RuleId]>,
    /// Whether bands by price count slice by slice.
    pub marginal: bool,
}

/// A compiled table.
#[derive(Clone, Debug)]
pub struct Table {
    grid: Grid,
    /// Place in `values`; `u32::MAX` where no row applies.
    cells: Box<[u32]>,
    values: Vec<Cell>,
    /// Where it stands in the pack, for refusals.
    pub path: String,
}

const HOLE: u32 = u32::MAX;

/// Why a table has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoValue {
    /// A fact is missing.
    Missing(usize),
    /// No row.
    Hole,
}

impl Table {
    /// The value for the facts.
    ///
    /// # Errors
    /// [`NoValue`].
    #[inline]
    pub fn find(&self, facts: &Facts) -> Result<&Cell, NoValue> {
        let at = match self.grid.cell(facts) {
            Ok(cell) => self.cells.get(cell).copied().unwrap_or(HOLE),
            Err(missing) => self.whatever(facts).ok_or(NoValue::Missing(missing))?,
        };
        usize::try_from(at).ok().and_then(|at| self.values.get(at)).ok_or(NoValue::Hole)
    }

    /// The value that holds whatever the facts that are not stated would be: then nobody needs them.
    #[cold]
    fn whatever(&self, facts: &Facts) -> Option<u32> {
        let mut left = self.grid.left(facts)?.into_iter().map(|cell| self.cells.get(cell).copied().unwrap_or(HOLE));
        let first = left.next().filter(|at| *at != HOLE)?;
        let value = |at: u32| usize::try_from(at).ok().and_then(|at| self.values.get(at));
        left.all(|at| at == first || value(at) == value(first)).then_some(first)
    }

    /// The dimensions it depends on.
    pub fn dims(&self) -> impl Iterator<Item = usize> {
        self.grid.dims()
    }

    /// Every cell with a value: facts that stand for it, and the value.
    pub fn each(&self, dims: usize, mut visit: impl FnMut(&Facts, &Cell)) {
        let mut facts = Vec::new();
        for (cell, at) in self.cells.iter().enumerate() {
            if let Some(value) = usize::try_from(*at).ok().and_then(|at| self.values.get(at)) {
                self.grid.facts(cell, &mut facts, dims);
                visit(&facts, value);
            }
        }
    }
}

/// Rows, adjustments and where they stand.
pub struct Spec<'a> {
    /// Rows.
    pub rows: &'a [Node],
    /// Adjustments.
    pub adjust: &'a [Adjust],
    /// A named value instead of rows.
    pub named: Option<&'a str>,
    /// Default source.
    pub source: Option<&'a SourceRef>,
    /// Path of the specification.
    pub path: Path,
    /// What the row's rule says, zh and en.
    pub words: (String, String),
}

/// A row, read.
struct Row {
    when: When,
    raw: Raw,
    id: Option<String>,
    exception: bool,
    exception_to: Option<String>,
    supersedes: Option<String>,
    /// Of bands by price.
    marginal: bool,
    rule: RuleId,
    path: Path,
}

/// Keys of a row that are no dimensions.
const ROW_KEYS: [&str; 16] = [
    "by_price",
    "marginal",
    "id",
    "value",
    "bands",
    "pays",
    "times",
    "index",
    "from",
    "until",
    "known",
    "supersedes",
    "exception",
    "exception_to",
    "source",
    "note",
];

impl Compiler<'_> {
    /// Compiles a table for the facts that may reach it. `None` when something is wrong, which is then reported.
    pub(super) fn table(&mut self, spec: &Spec<'_>, want: Want, domain: &[When]) -> Option<Table> {
        let before = self.found.errors();
        let pack = self.pack;
        let (rows, rows_path, mut adjusts, row_source) = match spec.named {
            Some(name) => {
                let Some(named) = pack.value.get(name) else {
                    let hint = yibao_policy::suggest::hint(name, pack.value.keys().map(String::as_str));
                    self.error(&spec.path.key("value"), format!("unknown value \"{name}\""), hint);
                    return None;
                };
                if !spec.rows.is_empty() {
                    self.error(&spec.path, "both rows and a named value", "keep one of them");
                }
                let path = Path::of("value").key(name);
                let adjusts = self.adjusts(&named.adjust, named.source.as_ref(), &path, want);
                (named.rows.as_slice(), path, adjusts, named.source.as_ref())
            }
            None => (spec.rows, spec.path.clone(), Vec::new(), spec.source),
        };
        adjusts.extend(self.adjusts(spec.adjust, spec.source, &spec.path, want));
        if rows.is_empty() {
            self.error(
                &spec.path,
                "no rows",
                "add rows = [ { value = \"…\" } ], or value = the name of one in [value]",
            );
            return None;
        }
        let mut read = Vec::new();
        for (at, node) in rows.iter().enumerate() {
            let path = rows_path.key("rows").at(at);
            if let Some(row) = self.row(node, path, row_source.or(spec.source), want, &spec.words) {
                read.push(row);
            }
        }
        if self.found.errors() > before {
            return None;
        }
        let conditions = read.iter().map(|row| &row.when).chain(adjusts.iter().map(|adjust| &adjust.when));
        let each: Vec<When> = adjusts.iter().filter_map(super::raw::Adjustment::counts).collect();
        let Some(grid) = Grid::of(&self.dims, conditions.chain(&each)) else {
            self.error(&rows_path, "the table has more than a million combinations", "depend on fewer dimensions");
            return None;
        };
        let table = self.cells(grid, &read, &adjusts, domain, &rows_path, want);
        if self.found.errors() > before { None } else { Some(table) }
    }

    /// One row; `None` when it is wrong, or not in force on the day.
    fn row(
        &mut self,
        node: &Node,
        path: Path,
        source: Option<&SourceRef>,
        want: Want,
        words: &(String, String),
    ) -> Option<Row> {
        let NodeValue::Table(entries) = &node.value else {
            self.error(&path, "a row is a table", "write { level = \"tertiary\", value = \"1300.00\" }");
            return None;
        };
        let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
        let mut tests = Vec::new();
        for (key, value) in entries {
            if !ROW_KEYS.contains(&key.as_str()) {
                tests.extend(self.test(key, value, &path.key(key)));
            }
        }
        let mut day = |key: &str| -> Option<Day> {
            let (NodeValue::Text(text) | NodeValue::Date(text)) = &node.get(key)?.value else {
                self.error(&path.key(key), "not a date", "write year, month and day, like 2025-03-01");
                return None;
            };
            Day::parse(text).map_err(|error| self.error_text(&path.key(key), &error.to_string())).ok()
        };
        let (from, until, known) = (day("from"), day("until"), day("known"));
        let in_force = from.is_none_or(|from| from <= self.day)
            && until.is_none_or(|until| self.day < until)
            && known.is_none_or(|known| known <= self.known);
        let own: Option<SourceRef> = match node.get("source").map(yibao_policy::decode::from_node::<SourceRef>) {
            None => None,
            Some(Ok(source)) => Some(source),
            Some(Err(error)) => {
                self.error(&path.key("source"), error.message(), error.hint());
                None
            }
        };
        let source = own.as_ref().or(source);
        if source.is_none() {
            self.error(&path, "no source", "say where it comes from: source = { document = \"…\", article = \"…\" }, on the row or beside the rows");
        }
        let marginal = self.marginal(node, &path)?;
        let raw = self.raw(node, &path, want)?;
        if !in_force {
            return None;
        }
        let exception = matches!(node.get("exception").map(|node| &node.value), Some(NodeValue::Boolean(true)));
        let rule = self.rule(&path, words.0.clone(), words.1.clone(), source);
        Some(Row {
            when: When(tests),
            raw,
            id: text("id"),
            exception,
            exception_to: text("exception_to"),
            supersedes: text("supersedes"),
            marginal,
            rule,
            path,
        })
    }

    /// Whether bands by price count slice by slice.
    fn marginal(&mut self, row: &Node, path: &Path) -> Option<bool> {
        match row.get("marginal").map(|node| &node.value) {
            None => Some(false),
            Some(NodeValue::Boolean(truth)) if row.get("by_price").is_some() => Some(*truth),
            Some(_) => {
                self.error(
                    &path.key("marginal"),
                    "`marginal` says how bands by price count",
                    "write by_price = [ … ], marginal = true",
                );
                None
            }
        }
    }

    /// The row of every cell, adjusted.
    fn cells(
        &mut self,
        grid: Grid,
        rows: &[Row],
        adjusts: &[super::raw::Adjustment],
        domain: &[When],
        path: &Path,
        want: Want,
    ) -> Table {
        let mut cells = vec![HOLE; grid.len()];
        let mut values: Vec<Cell> = Vec::new();
        let mut facts = Vec::new();
        let mut holes: Vec<String> = Vec::new();
        for (at, cell) in cells.iter_mut().enumerate() {
            grid.facts(at, &mut facts, self.dims.0.len());
            if self.impossible(&facts) {
                continue;
            }
            let reachable = domain.is_empty() || domain.iter().any(|when| when.test(&facts) != Truth::No);
            if !reachable {
                continue;
            }
            let row = match winner(rows, &facts) {
                Ok(Some(row)) => row,
                Ok(None) => {
                    holes.push(self.shown(&grid, &facts));
                    continue;
                }
                Err((first, second)) => {
                    let shown = self.shown(&grid, &facts);
                    let message = format!(
                        "two rows apply{}",
                        if shown.is_empty() { String::new() } else { format!(" to {shown}") }
                    );
                    let hint = format!(
                        "the other stands at {}; mark one as exception = true, or narrow it",
                        self.folder.locate(&first.path)
                    );
                    self.error(&second.path, message, hint);
                    continue;
                }
            };
            let Some(value) = self.adjusted(row, adjusts, &facts, want) else { continue };
            let number = values.iter().position(|known| *known == value).unwrap_or_else(|| {
                values.push(value);
                values.len() - 1
            });
            *cell = u32::try_from(number).unwrap_or(HOLE);
        }
        if let Some(first) = holes.first() {
            let more = match holes.len() {
                1 => String::new(),
                count => format!(" (and {} more)", count - 1),
            };
            let of = if first.is_empty() { String::new() } else { format!(" for {first}{more}") };
            let day = self.day;
            self.error(
                path,
                format!("no row{of} on {day}"),
                "add a row; write value = \"open\" where the source does not say",
            );
        }
        Table { grid, cells: cells.into_boxed_slice(), values, path: path.to_string() }
    }

    /// Whether no bill can have these facts: care at home is not filed, care elsewhere is.
    fn impossible(&self, facts: &Facts) -> bool {
        let fact = |name: &str| self.dims.find(name).and_then(|dim| facts.get(dim)).copied();
        match (fact("place"), fact("filing")) {
            (Some(MISSING), _) | (_, Some(MISSING)) => false,
            (Some(place), Some(filing)) => (place == 0) != (filing == 0),
            _ => false,
        }
    }

    fn adjusted(&mut self, row: &Row, adjusts: &[super::raw::Adjustment], facts: &Facts, want: Want) -> Option<Cell> {
        let mut raw = row.raw.clone();
        let mut applied = Vec::new();
        for adjust in adjusts {
            if adjust.when.test(facts) == Truth::No || raw == Raw::Open {
                continue;
            }
            match adjust.apply(&raw, &row.raw, facts) {
                Ok(Some(next)) => {
                    // What changes nothing (a floor not reached) is no reason.
                    if next != raw {
                        applied.push(adjust.rule);
                    }
                    raw = next;
                }
                Ok(None) => {}
                Err(message) => {
                    self.error_text(&adjust.path, &message);
                    return None;
                }
            }
        }
        match raw.finish(want) {
            Ok(value) => {
                Some(Cell { value, rule: row.rule, adjusts: applied.into_boxed_slice(), marginal: row.marginal })
            }
            Err(message) => {
                let names: Vec<String> = facts
                    .iter()
                    .zip(&self.dims.0)
                    .filter(|(fact, _)| **fact != MISSING)
                    .map(|(fact, dim)| format!("{} = {}", dim.name, dim.show(*fact)))
                    .collect();
                let of = if names.is_empty() { String::new() } else { format!(" for {}", names.join(", ")) };
                self.error_text(&row.path, &message.replacen('\n', &format!("{of}\n"), 1));
                None
            }
        }
    }

    /// A cell's facts as a person reads them.
    fn shown(&self, grid: &Grid, facts: &Facts) -> String {
        let parts: Vec<String> = grid
            .dims()
            .filter_map(|at| Some((self.dims.0.get(at)?, facts.get(at).copied()?)))
            .map(|(dim, fact)| match dim.is_number() {
                true => format!("{} from {fact}", dim.name),
                false => format!("{} = \"{}\"", dim.name, dim.show(fact)),
            })
            .collect();
        parts.join(", ")
    }
}

/// The one row that applies: exceptions win over the rows they are exceptions to.
fn winner<'a>(rows: &'a [Row], facts: &Facts) -> Result<Option<&'a Row>, (&'a Row, &'a Row)> {
    let applies: Vec<&Row> = rows.iter().filter(|row| row.when.test(facts) == Truth::Yes).collect();
    let names = |reference: &Option<String>, row: &Row| reference.is_some() && *reference == row.id;
    let yields = |row: &Row| {
        applies.iter().any(|other| {
            names(&other.exception_to, row)
                || names(&other.supersedes, row)
                || (other.exception && !row.exception && row.exception_to.is_none())
        })
    };
    let mut left = applies.iter().filter(|row| !yields(row));
    match (left.next(), left.next()) {
        (Some(first), Some(second)) => Err((first, second)),
        (Some(only), None) => Ok(Some(only)),
        (None, _) => Ok(None),
    }
}

/// A constant amount as text in fen.
pub(crate) fn fen(text: &str) -> Result<i64, String> {
    Fen::parse_yuan(text.as_bytes()).map(Fen::get).map_err(|error| error.to_string())
}

//! A DIP catalogue: opened from its folder, asked for groups.

use std::path::Path;

use rustc_hash::FxHashMap;
use yibao_kernel::Window;
use yibao_policy::{CsvTable, Diagnostics, Folder, Path as Key, suggest};

use super::auxiliary::Auxiliary;
use super::engine::Engine;
use super::matcher::Matcher;
use super::rows::{Kind, ProcedureTypes, Row, read_groups, read_types};
use super::settings::{Fallback, Header, KINDS_ORDER, Settings};

/// A catalogue. Immutable; share it by reference between threads.
#[derive(Debug)]
pub struct Catalogue {
    header: Header,
    window: Window,
    rows: Vec<Row>,
    types: ProcedureTypes,
    engine: Engine,
    auxiliary: Option<Auxiliary>,
    by_code: FxHashMap<String, u32>,
    hash: String,
}

impl Catalogue {
    /// Opens a folder.
    ///
    /// # Errors
    /// Everything wrong with its files, each with file, line and hint.
    pub fn open(folder: &Path) -> Result<Self, Diagnostics> {
        let files = Folder::read(folder)?;
        let settings: Settings = files.decode()?;
        let mut found = Diagnostics::default();
        let rows = plain(folder, "groups.csv").and_then(|table| read_groups(&table));
        let types = match folder.join("procedure_types.csv").exists() {
            true => plain(folder, "procedure_types.csv").and_then(|table| read_types(&table)),
            false => Ok(ProcedureTypes::new()),
        };
        match (rows, types) {
            (Ok(rows), Ok(types)) => Self::assemble(&files, settings, rows, types),
            (rows, types) => {
                rows.err().into_iter().chain(types.err()).for_each(|more| found.append(more));
                Err(found)
            }
        }
    }

    fn assemble(
        files: &Folder,
        settings: Settings,
        rows: Vec<Row>,
        types: ProcedureTypes,
    ) -> Result<Self, Diagnostics> {
        let by_code = numbers(&rows);
        let mut found = Diagnostics::default();
        let window = check_header(files, &settings.catalogue, &rows, &by_code, &mut found);
        let group = |code: &str| by_code.get(code).copied();
        let auxiliary = settings.auxiliary.as_ref().map(|tables| Auxiliary::new(files, tables, &group));
        let auxiliary = match auxiliary.transpose() {
            Ok(auxiliary) => auxiliary,
            Err(more) => {
                found.append(more);
                None
            }
        };
        let Some(window) = window.filter(|_| !found.has_errors()) else { return Err(found) };
        let engine = Engine::new(&settings.catalogue, &rows, &types);
        let hash = files.hash().to_owned();
        Ok(Self { header: settings.catalogue, window, rows, types, engine, auxiliary, by_code, hash })
    }

    /// A catalogue made in memory, without an auxiliary catalogue: what `dip build` matches stays against.
    ///
    /// # Errors
    /// The header refers to rows that are not there, or its days are no days.
    pub fn of_rows(header: Header, rows: Vec<Row>, types: ProcedureTypes) -> Result<Self, Diagnostics> {
        let files = Folder::of_text("catalogue.toml", "")?;
        Self::assemble(&files, Settings { catalogue: header, auxiliary: None }, rows, types)
    }

    /// Asks for groups; one matcher per thread.
    #[must_use]
    pub const fn matcher(&self) -> Matcher<'_> {
        Matcher::new(self)
    }

    /// What the catalogue states about itself.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The days of discharge it is for.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// The rows, in the catalogue's order.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The place of a group's row.
    #[must_use]
    pub fn row_of(&self, code: &str) -> Option<u32> {
        self.by_code.get(code).copied()
    }

    /// The types of procedures.
    #[must_use]
    pub const fn types(&self) -> &ProcedureTypes {
        &self.types
    }

    /// The auxiliary catalogue, where there is one.
    #[must_use]
    pub const fn auxiliary(&self) -> Option<&Auxiliary> {
        self.auxiliary.as_ref()
    }

    /// SHA-256 of the folder's files.
    #[must_use]
    pub fn content_hash(&self) -> &str {
        &self.hash
    }

    pub(crate) const fn engine(&self) -> &Engine {
        &self.engine
    }
}

fn plain(folder: &Path, name: &str) -> Result<CsvTable, Diagnostics> {
    let path = folder.join(name);
    CsvTable::read(&path, &path.to_string_lossy())
}

fn numbers(rows: &[Row]) -> FxHashMap<String, u32> {
    (0_u32..).zip(rows).map(|(at, row)| (row.code.clone(), at)).collect()
}

/// What the header says about rows and about itself.
fn check_header(
    files: &Folder,
    header: &Header,
    rows: &[Row],
    by_code: &FxHashMap<String, u32>,
    found: &mut Diagnostics,
) -> Option<Window> {
    let place = |key: &str| Some(files.locate(&Key::default().key("catalogue").key(key)));
    if header.scale <= yibao_kernel::Ratio::ZERO {
        found.error(format!("scale is {}", header.scale), place("scale"), "write 1, 100 or 1000");
    }
    if header.mean.units() <= 0 || header.mean.dp() > 9 {
        let hint = "write the mean cost in yuan that the scale stands for, with at most 9 places";
        found.error(format!("mean is {}", header.mean), place("mean"), hint);
    }
    for (at, criterion) in header.criteria.iter().enumerate() {
        if header.criteria.iter().take(at).any(|earlier| earlier == criterion) {
            found.error(format!("criterion {} stands twice", criterion.word()), place("criteria"), "keep one");
        }
    }
    if let Some(order) = &header.kinds_order {
        for word in order {
            if !KINDS_ORDER.contains(&word.as_str()) {
                let hint = suggest::hint(word, KINDS_ORDER);
                found.error(format!("unknown kind and type \"{word}\""), place("kinds_order"), hint);
            }
        }
        for word in KINDS_ORDER {
            let times = order.iter().filter(|known| *known == word).count();
            if times != 1 {
                let hint = "every kind with every type stands in the order once";
                found.error(format!("kinds_order has \"{word}\" {times} times"), place("kinds_order"), hint);
            }
        }
    }
    check_fallback(header, rows, by_code, place("fallback"), found);
    match Window::new(header.from, header.until) {
        Ok(window) => Some(window),
        Err(error) => {
            found.error_text(&error.to_string(), place("until"), "`until` is the first day outside");
            None
        }
    }
}

fn check_fallback(
    header: &Header,
    rows: &[Row],
    by_code: &FxHashMap<String, u32>,
    place: Option<yibao_policy::Place>,
    found: &mut Diagnostics,
) {
    match &header.fallback {
        Fallback::BlankRow { group } => {
            let row = by_code.get(group).and_then(|at| rows.get(*at as usize));
            match row {
                None => found.error(
                    format!("the blank row \"{group}\" is not in groups.csv"),
                    place,
                    "add a row of kind fallback with this code",
                ),
                Some(row) if row.kind != Kind::Fallback => found.error(
                    format!("the blank row \"{group}\" is of kind {}", row.kind.word()),
                    place,
                    "its kind is fallback",
                ),
                Some(_) => {}
            }
        }
        Fallback::ChapterDefault {} if rows.iter().all(|row| row.kind != Kind::Fallback) => found.error(
            "no row of kind fallback",
            place,
            "add rows of kind fallback with their diagnoses (a range such as A00-B99) and type, or write use = \"refuse\"",
        ),
        Fallback::ChapterDefault {} | Fallback::Refuse {} => {}
    }
}

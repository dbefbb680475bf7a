//! From a pack to a plan: names to indices, texts to symbols, written numbers to exact ones. Whatever does not resolve
//! is told with its place; all of it, not only the first.

mod assessments;
mod bands;
mod budgets;
mod case_verbs;
mod charges;
mod citation;
mod coefficient;
mod conditions;
mod draws;
mod entries;
mod fields;
mod institutions;
mod members;
mod methods;
mod pools;
mod rows;
pub(crate) mod rule_words;
mod tables;
mod unit_verbs;
pub(crate) mod unit_words;
mod values;
mod windows;
mod year_verbs;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use yibao_kernel::explain::RuleBook;
use yibao_kernel::{Day, Ratio, Window};
use yibao_policy::{Diagnostics, Folder, Path, Place};
use yibao_record::feed::{FeedKind, STAYS};
use yibao_record::stays::{GroupStatus, Symbol, Symbols};

use super::{Part, Plan, TableId, Tables};
use crate::pack::Pack;
use crate::pack::header::{NamedPart, YearDeclaration};
use crate::pack::reference::ReferenceFiles;
use crate::settled::{Bilingual, HeaderView, Named};

pub(crate) use self::citation::citation;

/// What is compiled, and as of when.
pub struct CompileInput<'a> {
    /// The pack's folder.
    pub folder: &'a Folder,
    /// The pack.
    pub pack: &'a Pack,
    /// The settled year.
    pub year: i32,
    /// Replaces the year's list of methods.
    pub methods: Option<&'a [String]>,
    /// Versions known on this day; absent: all versions.
    pub known: Option<Day>,
    /// The reference-data folder.
    pub reference: &'a dyn ReferenceFiles,
    /// Institutions found in the stays; used when the pack declares `from_stays`.
    pub institutions_of_stays: &'a [Symbol],
}

/// Whether a plan is made to settle, or only to check the pack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// Everything must be there.
    Settle,
    /// Open values and, without a reference-data folder, absent public files are notes.
    Check,
}

impl Plan {
    /// Compiles one year of a pack.
    ///
    /// # Errors
    /// Everything the check of the pack refuses, and everything that does not resolve.
    pub fn compile(input: &CompileInput<'_>, symbols: &mut Symbols) -> Result<Self, Diagnostics> {
        let mut found = crate::pack::check::written(input.folder, input.pack);
        let (plan, more) = compile(input, symbols, Purpose::Settle);
        found.append(more);
        match plan {
            Some(plan) if !found.has_errors() => Ok(plan),
            _ => Err(found.without_notes()),
        }
    }
}

/// A plan as far as it can be made, with everything found on the way.
pub(crate) fn compile(
    input: &CompileInput<'_>,
    symbols: &mut Symbols,
    purpose: Purpose,
) -> (Option<Plan>, Diagnostics) {
    let mut compiler = Compiler {
        folder: input.folder,
        pack: input.pack,
        reference: input.reference,
        known: input.known.unwrap_or(Day::MAX),
        purpose,
        symbols,
        found: Diagnostics::default(),
        tables: Tables::default(),
        table_ids: BTreeMap::new(),
        institutions: Vec::new(),
        indicators: BTreeMap::new(),
        texts: BTreeMap::new(),
        in_force: input.methods.map(<[String]>::to_vec).unwrap_or_else(|| {
            input.pack.year_declaration(input.year).map(|year| year.methods.clone()).unwrap_or_default()
        }),
        year: input.year,
        not_adopted: BTreeMap::new(),
        book: RuleBook::default(),
    };
    let plan = compiler.plan(input);
    (plan, compiler.found)
}

/// The state of a compilation.
struct Compiler<'a> {
    folder: &'a Folder,
    pack: &'a Pack,
    reference: &'a dyn ReferenceFiles,
    known: Day,
    purpose: Purpose,
    symbols: &'a mut Symbols,
    found: Diagnostics,
    tables: Tables,
    /// By the name steps use.
    table_ids: BTreeMap<String, TableId>,
    institutions: Vec<super::Institution>,
    /// Number columns of the institutions' table, aligned with `institutions`.
    indicators: BTreeMap<String, Vec<Option<Ratio>>>,
    /// Texts of the institutions' table by column, aligned with `institutions`, each with its place.
    texts: BTreeMap<String, Vec<(String, Place)>>,
    /// Ids of the methods in force.
    in_force: Vec<String>,
    /// The settled year.
    year: i32,
    /// Tables by name and year that wait for adoption: what to say where a step needs one.
    not_adopted: BTreeMap<(String, i32), (String, String)>,
    book: RuleBook,
}

impl<'a> Compiler<'a> {
    fn plan(&mut self, input: &CompileInput<'_>) -> Option<Plan> {
        let (year, at) = self.year(input.year)?;
        let window = self.year_window(year, &at)?;
        let pack = self.pack;
        let insurances = self.parts(&pack.insurance);
        let districts = self.parts(&pack.district);
        self.load_institutions(input.institutions_of_stays);
        self.load_tables();
        self.load_agreed();
        let assessments = self.assessments(&window);
        let entries = self.entries();
        let in_force: Vec<String> = input.methods.map_or_else(|| year.methods.clone(), <[String]>::to_vec);
        let methods = self.methods(&in_force, &window, &at.key("methods"));
        let pools = self.pools(input.year, &window, &in_force);
        let payers = self.payers(&methods, &pools);
        let months = self.months(&window);
        let group_status =
            [GroupStatus::Grouped, GroupStatus::Ambiguous, GroupStatus::Ungrouped, GroupStatus::Rejected]
                .map(|status| self.symbols.intern(status.word()));
        let sex = ["1", "2"].map(|sex| self.symbols.intern(sex));
        let mut institution_by_symbol = FxHashMap::default();
        for (rank, institution) in (0_u32..).zip(&self.institutions) {
            institution_by_symbol.insert(institution.symbol, rank);
        }
        Some(Plan {
            year: input.year,
            window,
            known: self.known,
            header: self.header(),
            hash: self.folder.hash().to_owned(),
            institutions: std::mem::take(&mut self.institutions),
            institution_by_symbol,
            insurances,
            districts,
            fields: self.pack.fields.iter().map(|(name, field)| (name.clone(), field.kind)).collect(),
            methods,
            payers,
            pools,
            outside_pools: self.outside_pools(input.year),
            tables: std::mem::take(&mut self.tables),
            months,
            entries,
            assessments,
            group_status,
            feed: self.symbols.intern(STAYS),
            kind: self.symbols.intern(FeedKind::Stays.word()),
            sex,
            book: std::mem::take(&mut self.book),
        })
    }

    fn header(&self) -> HeaderView {
        let header = &self.pack.pack;
        HeaderView {
            id: header.id.clone(),
            title: header.title.clone(),
            region: header.region.clone(),
            trust: header.trust.word().to_owned(),
            currency: header.currency.clone().unwrap_or_else(|| "CNY".to_owned()),
            illustrative: header.trust.illustrative(),
        }
    }

    fn year(&mut self, number: i32) -> Option<(&'a YearDeclaration, Path)> {
        let pack = self.pack;
        if let Some(at) = pack.year.iter().position(|year| year.year == number) {
            let year = pack.year.get(at)?;
            return Some((year, Path::of("year").at(at)));
        }
        let known: Vec<String> = pack.year.iter().map(|year| year.year.to_string()).collect();
        let hint = match known.is_empty() {
            true => format!("add [[year]] with year = {number} and its methods"),
            false => format!("the pack has {}; settle one of these with --year, or add [[year]]", known.join(", ")),
        };
        let place = self.folder.locate(&Path::of("year"));
        self.found.error(format!("the pack has no year {number}"), Some(place), hint);
        None
    }

    fn year_window(&mut self, year: &YearDeclaration, at: &Path) -> Option<Window> {
        let calendar = match Window::year(year.year) {
            Ok(window) => window,
            Err(error) => {
                let place = self.place(&at.key("year"));
                self.found.error_text(
                    &format!("year {}: {error}", year.year),
                    Some(place),
                    "state a year of the calendar",
                );
                return None;
            }
        };
        let window = Window::new(year.from.unwrap_or(calendar.from), year.until.or(calendar.until));
        window
            .map_err(|error| {
                let place = self.place(&at.key("until"));
                self.found.error_text(
                    &format!("year {}: {error}", year.year),
                    Some(place),
                    "let `until` be the first day after the year",
                );
            })
            .ok()
    }

    /// The declared parts, or the single `all`.
    fn parts(&mut self, declared: &[NamedPart]) -> Vec<Part> {
        if declared.is_empty() {
            let title = Bilingual { zh: "全部".to_owned(), en: "all".to_owned() };
            let named = Named { id: "all".to_owned(), title };
            return vec![Part { symbol: self.symbols.intern("all"), named }];
        }
        declared
            .iter()
            .map(|part| Part {
                symbol: self.symbols.intern(&part.id),
                named: Named { id: part.id.clone(), title: part.title.clone() },
            })
            .collect()
    }

    /// The months that overlap the window.
    fn months(&mut self, window: &Window) -> Vec<(String, Symbol)> {
        let mut months = Vec::new();
        let (mut year, mut month) = (window.from.year(), window.from.month());
        while months.len() < 24 {
            let Ok(days) = Window::month(year, month) else { break };
            if !window.overlaps(&days) {
                break;
            }
            let text = format!("{year:04}-{month:02}");
            let symbol = self.symbols.intern(&text);
            months.push((text, symbol));
            (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        }
        months
    }

    fn place(&self, path: &Path) -> Place {
        self.folder.locate(path)
    }

    /// An error at a path of the pack.
    fn error(&mut self, path: &Path, message: impl Into<String>, hint: impl Into<String>) {
        let place = self.place(path);
        self.found.error(message, Some(place), hint);
    }

    /// An error whose text ends in its own hint.
    fn error_text(&mut self, path: &Path, text: &str) {
        let place = self.place(path);
        self.found.error_text(text, Some(place), "correct the value");
    }

    /// A finding that stops a settlement and is a note for a check.
    fn open(&mut self, path: &Path, message: impl Into<String>, hint: impl Into<String>) {
        let place = self.place(path);
        match self.purpose {
            Purpose::Settle => self.found.error(message, Some(place), hint),
            Purpose::Check => self.found.note(message, Some(place), hint),
        }
    }

    /// The ids a coded field may have; `None` when any text is possible.
    fn codes(&self, field: super::FieldRef) -> Option<BTreeSet<String>> {
        let ids = |parts: &[NamedPart]| match parts.is_empty() {
            true => BTreeSet::from(["all".to_owned()]),
            false => parts.iter().map(|part| part.id.clone()).collect(),
        };
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        match field {
            super::FieldRef::Insurance => Some(ids(&self.pack.insurance)),
            super::FieldRef::District => Some(ids(&self.pack.district)),
            super::FieldRef::Level => {
                let levels = self.institutions.iter().map(|institution| institution.view.level.clone());
                let declared = self.pack.institutions.as_ref().filter(|table| table.from_stays);
                Some(
                    levels
                        .chain(declared.map(|table| table.level.clone().unwrap_or_else(|| "all".to_owned())))
                        .collect(),
                )
            }
            super::FieldRef::Institution
                if self.pack.institutions.as_ref().is_some_and(|table| table.file.is_some()) =>
            {
                Some(self.institutions.iter().map(|institution| institution.view.id.clone()).collect())
            }
            super::FieldRef::GroupStatus => Some(words(&["grouped", "ambiguous", "ungrouped", "rejected"])),
            super::FieldRef::Special => Some(words(&["none", "items", "standard", "adjusted", "refused"])),
            super::FieldRef::Sex => Some(words(&["1", "2"])),
            super::FieldRef::Feed => {
                Some(self.pack.feed.keys().map(String::as_str).chain([STAYS]).map(str::to_owned).collect())
            }
            super::FieldRef::Kind => Some(FeedKind::ALL.iter().map(|kind| kind.word().to_owned()).collect()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;

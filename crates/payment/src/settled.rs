//! A settled year (or month): what the writers write and the pages show. Nothing here is computed again later.

use yibao_kernel::Fen;
use yibao_kernel::date::Window;
use yibao_kernel::decimal::Decimal;
use yibao_kernel::explain::RuleBook;

pub use self::explanations::Explanations;
pub use self::outcomes::Outcomes;

pub mod accounts;
pub mod entries;
pub mod explanations;
pub mod outcomes;

/// A text in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Where a case went.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[repr(u8)]
pub enum Route {
    /// Paid by its group.
    #[default]
    Group,
    /// Paid by its group, as a low or high outlier.
    Outlier,
    /// Paid by item: its accounted fund.
    Items,
    /// Points from its own cost: C / M × 100.
    CostPoints,
    /// Incomplete stay: the lesser of the standard and its cost share.
    Incomplete,
    /// Special-case review, accepted: as the panel decided.
    SpecialReview,
    /// Special-case review, waiting or over the quota and held: paid nothing now.
    Held,
    /// In the method, paid nothing here.
    Nothing,
}

impl Route {
    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            Route::Group => "group",
            Route::Outlier => "outlier",
            Route::Items => "items",
            Route::CostPoints => "cost_points",
            Route::Incomplete => "incomplete",
            Route::SpecialReview => "special_review",
            Route::Held => "held",
            Route::Nothing => "nothing",
        }
    }
}

/// What the case steps decide about one stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CaseOutcome {
    /// Index of the method in [`Settled::methods`].
    pub method: u16,
    /// Where the case went.
    pub route: Route,
    /// Relative weight, ten-thousandths.
    pub weight: i64,
    /// Base points, ten-thousandths.
    pub base_points: i64,
    /// The group mean used as denominator, fen; 0 when no step used one.
    pub mean_fen: i64,
    /// Hospital coefficient, ten-thousandths.
    pub coefficient: i64,
    /// Product of the other factors as printed, millionths.
    pub factor: i64,
    /// Case points (points methods) or case weight units (rate methods), ten-thousandths: a published number.
    pub points: i64,
    /// Payment standard of the case; zero in points methods until the clearing gives it.
    pub standard: Fen,
    /// Fund amount fixed by the case steps: by item, or by rate. Zero where the clearing gives the amount.
    pub amount: Fen,
}

/// The settled cases, a structure of arrays aligned with the stays.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// What the case steps decided.
    pub outcome: Outcomes,
    /// Index of the clearing row the case belongs to; `u32::MAX` for a refused case.
    pub row: Vec<u32>,
    /// What the clearing gives the case, fen, after the patient part: the sum over a row is its `cleared`.
    pub paid: Vec<Fen>,
    /// The packed explanations.
    pub explanations: Explanations,
}

/// The pack as its outputs name it.
#[derive(Clone, Debug, Default)]
pub struct HeaderView {
    /// The pack's id.
    pub id: String,
    /// The pack's title.
    pub title: Bilingual,
    /// The region's name.
    pub region: Bilingual,
    /// Trust level of the pack.
    pub trust: String,
    /// Currency code, printed only.
    pub currency: String,
    /// Whether every output repeats the "illustrative" mark.
    pub illustrative: bool,
}

/// An institution as the outputs name it.
#[derive(Clone, Debug, Default)]
pub struct InstitutionView {
    /// Id on the wire.
    pub id: String,
    /// Name.
    pub name: String,
    /// Level (`tertiary`, `secondary`, `primary`, or the pack's own).
    pub level: String,
    /// District.
    pub district: String,
}

/// An id with its title.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
}

/// One row of the clearing: the key of `spec §0.6` and its columns. Money in fen.
#[derive(Clone, Debug, Default)]
pub struct ClearingRow {
    /// Index into [`Settled::institutions`].
    pub institution: u32,
    /// Index into [`Settled::insurances`].
    pub insurance: u16,
    /// Index into [`Settled::methods`].
    pub method: u16,
    /// Index into [`Settled::districts`].
    pub district: u16,
    /// `2025` for a year, `2025-03` for a month.
    pub period: String,
    /// Stays.
    pub cases: u64,
    /// Points or weights, ten-thousandths.
    pub units: i128,
    /// Accounted fund of the stays.
    pub accounted: Fen,
    /// What the patient and other payers paid.
    pub patient: Fen,
    /// What the method gives, after the patient part.
    pub cleared: Fen,
    /// Care of its people elsewhere, charged to this row: usually ≤ 0 (> 0 only where patients paid more for it than it
    /// was cleared at).
    pub charged: Fen,
    /// Effect of the assessment (usually ≤ 0).
    pub assessed: Fen,
    /// Share of an overrun paid (> 0) or of a saving returned (< 0).
    pub shared: Fen,
    /// What the sharing rule asked for before the reserve ran out.
    pub share_wanted: Fen,
    /// Entries of the open period about closed ones: late lists, regrouped appeals, audit recoveries.
    pub difference: Fen,
    /// Deposit withheld and not returned.
    pub withheld: Fen,
    /// Paid in advance.
    pub prepaid: Fen,
    /// `cleared + charged + assessed + shared + difference − withheld − prepaid`.
    pub due: Fen,
    /// Packed explanation of the row.
    pub explanation: Vec<u8>,
}

/// One month of a clearing key: what was accounted and prepaid.
#[derive(Clone, Debug, Default)]
pub struct MonthRow {
    /// Index of the clearing row.
    pub row: u32,
    /// `2025-03`.
    pub period: String,
    /// Stays discharged in the month.
    pub cases: u64,
    /// Their units, ten-thousandths.
    pub units: i128,
    /// Their accounted fund.
    pub accounted: Fen,
    /// What the patients and other payers paid.
    pub patient: Fen,
    /// Prepaid for the month.
    pub prepaid: Fen,
}

/// A pool and where its money went. `budget + drawn = deducted + reserve_in + distributable`,
/// `distributable = cleared + charged + residual`.
#[derive(Clone, Debug, Default)]
pub struct PoolRow {
    /// The pool's id.
    pub id: String,
    /// Its title; the id in both languages where the pack gives none.
    pub title: Bilingual,
    /// Budget after dated changes.
    pub budget: Fen,
    /// Taken out before distribution, not to the reserve.
    pub deducted: Fen,
    /// Drawn from the reserve into the budget by dated entries; part of `reserve_out`.
    pub drawn: Fen,
    /// Put into the reserve.
    pub reserve_in: Fen,
    /// Drawn from the reserve, for whatever reason.
    pub reserve_out: Fen,
    /// What the methods may distribute.
    pub distributable: Fen,
    /// What they gave.
    pub cleared: Fen,
    /// Of that, what is charged to other rows of the pool (≤ 0).
    pub charged: Fen,
    /// What is left (negative: overspent).
    pub residual: Fen,
    /// Who bears the residual: `reserve`, `next_year`, `institutions`.
    pub borne_by: String,
    /// Point value (6 dp) or effective rate, where there is one.
    pub price: Option<Decimal>,
    /// Sum of units, ten-thousandths.
    pub units: i128,
    /// Sum of the rows' differences of closed periods.
    pub difference: Fen,
    /// Reserve at the start.
    pub reserve_opening: Fen,
    /// Saved into the reserve by residuals, assessments and returned savings.
    pub reserve_saved: Fen,
    /// Reserve left at the end.
    pub reserve_closing: Fen,
    /// Carried to the next year (of a month: not distributed yet).
    pub carried: Fen,
    /// Packed explanation.
    pub explanation: Vec<u8>,
}

/// A feed as the outputs name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedView {
    /// Id.
    pub id: String,
    /// `stays`, `visits`, `heads`.
    pub kind: String,
}

/// A file that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceView {
    /// Index of its feed in [`Settled::feeds`].
    pub feed: u8,
    /// Name without its folder.
    pub file: String,
}

impl Settled {
    /// The feed and the file of an index of [`Settled::sources`]; empty texts when the rows came from no file.
    #[must_use]
    pub fn source(&self, source: u16) -> (&str, &str) {
        let Some(source) = self.sources.get(usize::from(source)) else { return ("", "") };
        (self.feeds.get(usize::from(source.feed)).map_or("", |feed| &feed.id), &source.file)
    }
}

/// A member's part of what a lead institution is paid (`inner_split`).
#[derive(Clone, Debug, Default)]
pub struct InnerRow {
    /// Index of the lead's clearing row.
    pub row: u32,
    /// The member, an index into [`Settled::institutions`].
    pub member: u32,
    /// Its tier, as the institutions' table names it.
    pub tier: String,
    /// Cases of the row at this member.
    pub cases: u64,
    /// Their accounted fund: used inside.
    pub used: Fen,
    /// Its part of the lead's surplus (> 0) or deficit (< 0).
    pub surplus: Fen,
    /// `used + surplus`.
    pub amount: Fen,
}

/// A line of the region's identity: everything that came in, and where all of it went.
#[derive(Clone, Debug, Default)]
pub struct IdentityLine {
    /// A short stable id (`budget`, `due` …).
    pub id: String,
    /// Its name.
    pub title: Bilingual,
    /// Whether it is money that came in, else money that went out, was kept or carried.
    pub is_source: bool,
    /// Amount.
    pub amount: Fen,
}

/// A stay that was refused: not paid, reported.
#[derive(Clone, Debug, Default)]
pub struct Refusal {
    /// Index of the file in [`Settled::sources`].
    pub source: u16,
    /// Line or row in the source.
    pub source_row: u64,
    /// The stay's id where readable.
    pub case_id: String,
    /// A short stable code (`unknown_institution`, `no_weight` …).
    pub code: String,
    /// What is wrong.
    pub reason: Bilingual,
}

/// A settled period.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The settled year.
    pub year: i32,
    /// `2025` or `2025-03`.
    pub period: String,
    /// The settled days.
    pub window: Window,
    /// The pack's header.
    pub pack: HeaderView,
    /// Institutions in rank order.
    pub institutions: Vec<InstitutionView>,
    /// Insurance schemes.
    pub insurances: Vec<Named>,
    /// Districts.
    pub districts: Vec<Named>,
    /// Methods in force.
    pub methods: Vec<Named>,
    /// `cost` or `fund`, `points` or `rate`, per method.
    pub method_kinds: Vec<(String, String)>,
    /// What a method paid per head really is, per method; absent for other methods.
    pub capitation: Vec<Option<Bilingual>>,
    /// The cases.
    pub cases: Cases,
    /// The clearing, in rank order of its keys.
    pub rows: Vec<ClearingRow>,
    /// The months of a year.
    pub monthly: Vec<MonthRow>,
    /// The pools.
    pub pools: Vec<PoolRow>,
    /// The feeds whose rows were settled: id and kind. Empty when the rows are simply stays.
    pub feeds: Vec<FeedView>,
    /// The files read, in order.
    pub sources: Vec<SourceView>,
    /// What members get of what their leads are paid, in the order of rows and members.
    pub inner: Vec<InnerRow>,
    /// The region's identity: its sources add up to its uses.
    pub identity: Vec<IdentityLine>,
    /// Dated entries and what became of them.
    pub entries: entries::EntriesView,
    /// The final accounts: institutions, pools, the region.
    pub accounts: Vec<accounts::AccountRow>,
    /// Refused stays, in source order.
    pub refused: Vec<Refusal>,
    /// Stays read but not of this settlement (other years, not selected).
    pub not_selected: u64,
    /// Rule ids, words and citations of every explanation.
    pub book: RuleBook,
}

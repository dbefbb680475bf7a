//! Why a year cannot be settled. Each says what is wrong, where, and what to do.

use thiserror::Error;
use yibao_kernel::allocate::AllocationError;
use yibao_kernel::explain::ExplainError;
use yibao_kernel::piecewise::PiecewiseError;
use yibao_kernel::quota::QuotaError;
use yibao_kernel::{Fen, Overflow, RatioError};

use yibao_record::stays::Stays;

use super::budget::BudgetError;
use super::pro_rata::ScaleError;
use super::sharing::SharingError;
use super::split::SplitError;
use crate::case::{StepFailure, TooMany};
use crate::plan::Plan;

/// Why nothing was settled.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum SettleError {
    /// No stay of the period.
    #[error(
        "no stay was discharged in {period}: {read} stays read, all of other periods\n  hint: check the discharge dates, or settle another year"
    )]
    NoStays {
        /// `2025` or `2025-03`.
        period: String,
        /// Stays read.
        read: u64,
    },
    /// No stay at all.
    #[error("no stays to settle\n  hint: name the files of stays in the pack's [input] or with --stays")]
    Empty,
    /// Two methods claim one stay.
    #[error(
        "methods \"{first}\" and \"{second}\" both claim the stay \"{case_id}\" (row {source_row})\n  hint: make the `scope` conditions of the two methods exclusive"
    )]
    ClaimedTwice {
        /// One method.
        first: String,
        /// The other.
        second: String,
        /// The stay.
        case_id: String,
        /// Its row in the source.
        source_row: u64,
    },
    /// No points to divide a pool by.
    #[error(
        "{points} points in pool \"{pool}\": there is no point value\n  hint: no stay of the pool earned points; check the scope and the routes of its methods, or leave the pool out of the year"
    )]
    ZeroPoints {
        /// The pool.
        pool: String,
        /// Always 0, printed.
        points: i64,
    },
    /// Every point is charged back.
    #[error(
        "all points of pool \"{pool}\" are charged to its own rows: nothing is left to give them a value\n  hint: charge care that has a price of its own (a rate, items), or pay the package by points too"
    )]
    AllCharged {
        /// The pool.
        pool: String,
    },
    /// A member without a tier.
    #[error(
        "step \"{step}\" splits over tiers, and the member \"{institution}\" has none\n  hint: fill its tier in the institutions' table"
    )]
    NoTier {
        /// The step.
        step: String,
        /// The member.
        institution: String,
    },
    /// A claim below zero under a total.
    #[error(
        "pool \"{pool}\" scales claims to its total, and a claim of method \"{method}\" is negative\n  hint: let the `fund` step state floor_zero = true"
    )]
    NegativeClaim {
        /// The pool.
        pool: String,
        /// The method.
        method: String,
    },
    /// Claims that cannot be scaled.
    #[error("pool \"{pool}\": {cause}")]
    Scale {
        /// The pool.
        pool: String,
        /// Why.
        cause: ScaleError,
    },
    /// Items and rates take more than there is.
    #[error(
        "pool \"{pool}\" has {distributable} yuan to distribute, but the stays paid by item or by rate take {first_charge} yuan before any points are paid\n  hint: raise the budget, or limit the routes to items by a quota"
    )]
    FirstCharge {
        /// The pool.
        pool: String,
        /// What it may distribute.
        distributable: Fen,
        /// What is charged first.
        first_charge: Fen,
    },
    /// A budget that does not work out.
    #[error("pool \"{pool}\": {cause}")]
    Budget {
        /// The pool.
        pool: String,
        /// Why.
        cause: BudgetError,
    },
    /// The reserve cannot pay.
    #[error(
        "the reserve of pool \"{pool}\" would go negative: it holds {available} yuan and {what} takes {needed} yuan\n  hint: {hint}"
    )]
    ReserveNegative {
        /// The pool.
        pool: String,
        /// What it holds.
        available: Fen,
        /// What draws on it.
        what: &'static str,
        /// What that takes.
        needed: Fen,
        /// What to do.
        hint: &'static str,
    },
    /// Nobody to bear the residual.
    #[error(
        "pool \"{pool}\" leaves {residual} yuan to its institutions, but none of them has a cleared amount to share it by\n  hint: let `borne_by` be \"reserve\" or \"next_year\""
    )]
    NobodyToBear {
        /// The pool.
        pool: String,
        /// The residual.
        residual: Fen,
    },
    /// Savings given back to a residual that the institutions share.
    #[error(
        "pool \"{pool}\": savings given back to its residual would return to its institutions\n  hint: let `saving_to` of the share step be \"reserve\", or let another than the institutions bear the residual"
    )]
    GivenBackToInstitutions {
        /// The pool.
        pool: String,
    },
    /// An institution without a value in a year step's table.
    #[error(
        "no value for institution \"{institution}\" in the table of step \"{step}\"\n  hint: add its row to the table"
    )]
    NoInstitutionValue {
        /// The step.
        step: String,
        /// The institution.
        institution: String,
    },
    /// A step that needs what the stays do not have.
    #[error(
        "step \"{step}\" needs the {what} of every stay, and the stay \"{case_id}\" (row {source_row}) has none\n  hint: map the column under [columns], or take the step out of the method"
    )]
    MissingField {
        /// The step.
        step: String,
        /// What is needed.
        what: &'static str,
        /// The stay.
        case_id: String,
        /// Its row in the source.
        source_row: u64,
    },
    /// A yearly limit without the months before.
    #[error(
        "step \"{step}\" limits what a person takes in a year, and no stay of {months} was read\n  hint: name the files of the year so far with --stays, or settle the year"
    )]
    MonthsNotRead {
        /// The step.
        step: String,
        /// The months, `2025-01, 2025-02`.
        months: String,
    },
    /// A case that cannot be computed.
    #[error("the stay \"{case_id}\" (row {source_row}), step \"{step}\": {cause}")]
    Case {
        /// The step.
        step: String,
        /// The stay.
        case_id: String,
        /// Its row in the source.
        source_row: u64,
        /// Why.
        cause: String,
    },
    /// A year step that cannot be computed.
    #[error("step \"{step}\", institution \"{institution}\": {cause}")]
    Row {
        /// The step.
        step: String,
        /// The institution.
        institution: String,
        /// Why.
        cause: SharingError,
    },
    /// A month that the year does not have.
    #[error(
        "the year {year} has no month {month}\n  hint: give --month as {year}-01 to {year}-12, inside the settled year"
    )]
    NoSuchMonth {
        /// The year.
        year: i32,
        /// The month.
        month: u8,
    },
    /// A key no pool pays.
    #[error(
        "no pool pays method \"{method}\", insurance \"{insurance}\", district \"{district}\"\n  hint: add a [[pool]] for them, or widen one"
    )]
    NoPool {
        /// The method.
        method: String,
        /// The insurance.
        insurance: String,
        /// The district.
        district: String,
    },
    /// A closed pool without a printed point value.
    #[error(
        "the closed settlement prints no point value for pool \"{pool}\"\n  hint: differences are paid at the published price; name the folder of the closed year with --closed"
    )]
    NoClosedPrice {
        /// The pool.
        pool: String,
    },
    /// Splitting an amount.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
    /// A quota that is none.
    #[error(transparent)]
    Quota(#[from] QuotaError),
    /// Arithmetic.
    #[error(transparent)]
    Ratio(#[from] RatioError),
    /// Arithmetic.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A curve without a value.
    #[error(transparent)]
    Curve(#[from] PiecewiseError),
    /// Splitting a row over its cases.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// A method beyond the engine's limits.
    #[error(transparent)]
    TooManyParts(#[from] TooMany),
    /// The rule book.
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// More stays than a settlement can number.
    #[error(
        "{stays} stays are more than one settlement can number\n  hint: settle at most 4,000,000,000 stays at a time"
    )]
    TooMany {
        /// Stays given.
        stays: usize,
    },
    /// The reasons of the cases cannot be kept or read back.
    #[error(
        "the reasons of the cases cannot be kept beside the output: {cause}\n  hint: check that the disk of the output folder has room: about 200 bytes for each row"
    )]
    Reasons {
        /// What the system says.
        cause: String,
    },
    /// The caller asked to stop.
    #[error("interrupted\n  hint: nothing was written; run again")]
    Interrupted,
}

impl SettleError {
    /// The reasons cannot be kept.
    pub(crate) fn reasons(cause: std::io::Error) -> Self {
        SettleError::Reasons { cause: cause.to_string() }
    }

    /// A case that cannot be computed, with its place.
    pub(super) fn of_case(plan: &Plan, stays: &Stays, method: u16, row: usize, failure: &StepFailure) -> Self {
        let step = plan.methods.get(usize::from(method)).and_then(|method| method.case_steps.get(failure.step));
        Self::Case {
            step: step.map_or_else(String::new, |step| step.id.clone()),
            case_id: stays.case_id.get(row).to_owned(),
            source_row: stays.source_row.get(row).copied().unwrap_or_default(),
            cause: failure.cause.to_string(),
        }
    }
}

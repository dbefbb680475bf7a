//! The values of a case that conditions test, tables are keyed by, and bands divide by.

use yibao_record::mapping::FieldKind;

/// A value of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldRef {
    /// Institution (text).
    Institution,
    /// Insurance scheme (text).
    Insurance,
    /// District (text).
    District,
    /// Level of the institution, from the institutions' table (text).
    Level,
    /// Payment group (text).
    Group,
    /// ADRG (text).
    Adrg,
    /// Major diagnostic category (text).
    Mdc,
    /// Discharge status (text).
    DischargeStatus,
    /// Department (text).
    Dept,
    /// Decision of the special-case review (text).
    Special,
    /// What grouping said: `grouped`, `ambiguous`, `ungrouped`, `rejected` (text).
    GroupStatus,
    /// `1` male, `2` female (text).
    Sex,
    /// The feed the row came from (text).
    Feed,
    /// What the rows of the feed are: `stays`, `visits`, `heads` (text).
    Kind,
    /// `2025-03`, of the discharge (text); keys of tables of year steps only.
    Month,
    /// First day (day number).
    Admission,
    /// Last day (day number).
    Discharge,
    /// Length of stay in days (whole number).
    LosDays,
    /// Age in years (whole number).
    AgeYears,
    /// The stay was broken off (true/false).
    Incomplete,
    /// Total cost (fen).
    Cost,
    /// Accounted fund (fen).
    Fund,
    /// Patient and other payers (fen).
    Patient,
    /// Weight of the group (ten-thousandths); after the `weight` step.
    Weight,
    /// Base points (ten-thousandths); after the `base_points` step.
    BasePoints,
    /// A mean a `group_mean` step looked up (fen): index into [`super::Method::means`].
    Mean(u8),
    /// The mean of all cases (fen); after the `all_mean` step.
    AllMean,
    /// Hospital coefficient (ten-thousandths); after the `coefficient` step.
    Coefficient,
    /// Weight × rate × K × factors so far, rounded as a standard (fen); after the `price` step.
    Std,
    /// Weight × rate, rounded as a standard (fen); after the `price` step.
    StdBeforeCoefficient,
    /// The ratio of the last `outlier_band` step (millionths, rounded half-up).
    R,
    /// An extra field: index into [`super::Plan::fields`], and what it holds (fen, whole number, millionths, text).
    Extra {
        /// Index.
        index: u16,
        /// Kind.
        kind: FieldKind,
    },
}

/// What a field's number counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unit {
    /// A text, interned.
    Text,
    /// Fen.
    Fen,
    /// A whole number.
    Whole,
    /// Days since 1970-01-01.
    Day,
    /// Ten-thousandths.
    TenThousandth,
    /// Millionths.
    Millionth,
    /// True or false.
    Truth,
}

impl FieldRef {
    /// What the field's value counts.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Institution
            | Self::Insurance
            | Self::District
            | Self::Level
            | Self::Group
            | Self::Adrg
            | Self::Mdc
            | Self::DischargeStatus
            | Self::Dept
            | Self::Special
            | Self::GroupStatus
            | Self::Sex
            | Self::Feed
            | Self::Kind
            | Self::Month => Unit::Text,
            Self::Admission | Self::Discharge => Unit::Day,
            Self::LosDays | Self::AgeYears => Unit::Whole,
            Self::Incomplete => Unit::Truth,
            Self::Cost
            | Self::Fund
            | Self::Patient
            | Self::Mean(_)
            | Self::AllMean
            | Self::Std
            | Self::StdBeforeCoefficient => Unit::Fen,
            Self::Weight | Self::BasePoints | Self::Coefficient => Unit::TenThousandth,
            Self::R => Unit::Millionth,
            Self::Extra { kind, .. } => match kind {
                FieldKind::Fen => Unit::Fen,
                FieldKind::Int => Unit::Whole,
                FieldKind::Ratio => Unit::Millionth,
                FieldKind::Symbol => Unit::Text,
            },
        }
    }

    /// Whether the value exists only once a step has run.
    #[must_use]
    pub const fn is_derived(self) -> bool {
        matches!(
            self,
            Self::Weight
                | Self::BasePoints
                | Self::Mean(_)
                | Self::AllMean
                | Self::Coefficient
                | Self::Std
                | Self::StdBeforeCoefficient
                | Self::R
        )
    }
}

/// The fields of a case that packs may name, with their words. The person is not among them: no rule of payment turns on
/// who somebody is, and the readmission step has its own way to see the same person again.
pub const NAMED: [(&str, FieldRef); 30] = [
    ("institution", FieldRef::Institution),
    ("insurance", FieldRef::Insurance),
    ("district", FieldRef::District),
    ("level", FieldRef::Level),
    ("group", FieldRef::Group),
    ("adrg", FieldRef::Adrg),
    ("mdc", FieldRef::Mdc),
    ("discharge_status", FieldRef::DischargeStatus),
    ("dept", FieldRef::Dept),
    ("special", FieldRef::Special),
    ("group_status", FieldRef::GroupStatus),
    ("sex", FieldRef::Sex),
    ("feed", FieldRef::Feed),
    ("kind", FieldRef::Kind),
    ("month", FieldRef::Month),
    ("admission", FieldRef::Admission),
    ("discharge", FieldRef::Discharge),
    ("los_days", FieldRef::LosDays),
    ("head_months", FieldRef::LosDays),
    ("age_years", FieldRef::AgeYears),
    ("incomplete", FieldRef::Incomplete),
    ("cost", FieldRef::Cost),
    ("fund", FieldRef::Fund),
    ("patient", FieldRef::Patient),
    ("weight", FieldRef::Weight),
    ("base_points", FieldRef::BasePoints),
    ("all_mean", FieldRef::AllMean),
    ("coefficient", FieldRef::Coefficient),
    ("std", FieldRef::Std),
    ("std_before_coefficient", FieldRef::StdBeforeCoefficient),
];

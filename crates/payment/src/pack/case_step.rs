//! Parameters of the verbs beside DRG and DIP: units, bed-days, quotas per disease, caps, yearly limits, transfers; and
//! the further keys of `weight`, `base_points`, `price`, `factor`.

use serde::Deserialize;
use yibao_kernel::{Fen, Ratio};
use yibao_policy::stated::Stated;

use super::step::{CurvePiece, RouteTo};
use crate::settled::Bilingual;

macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty,)* })*) => {
        $($(#[$doc])* #[derive(Clone, Debug, Deserialize)] #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* })*
    };
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => {
        $($(#[$doc])* #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* })*
    };
}

parameters! {
    /// `units`: a count that multiplies the base of the case.
    UnitsStep {
        /// `days`, `head_months`, `cases`, or a field with a whole number.
        of: String,
        /// Divisor: 12 makes head-months heads.
        per: Option<Ratio>,
    }
    /// `bed_day`: the standard, or the base points, from days.
    BedDayStep {
        /// Marginal tiers, from the first day on.
        tiers: Vec<DayTier>,
        /// Field with the days; default `los_days`.
        days: Option<String>,
        /// What a missing row does; default `refuse`.
        missing: Option<RouteTo>,
    }
    /// A tier of `bed_day`.
    DayTier {
        /// Last day of the tier; absent: no end.
        upto: Option<i64>,
        /// Table of daily fees, yuan …
        table: Option<String>,
        /// … or one fee.
        fee: Option<Stated<Fen>>,
    }
    /// `quota`: a negotiated standard per case, and what saving and overrun of it do.
    CaseQuotaStep {
        /// Table of quotas, yuan …
        table: Option<String>,
        /// … or one quota.
        value: Option<Stated<Fen>>,
        /// What is compared with the quota; default `cost`.
        of: Option<CaseQuotaOf>,
        /// Amount taken out of it first (paid apart).
        less: Option<String>,
        /// One of the named forms …
        mode: Option<CaseQuotaMode>,
        /// Share of the saving (`share`), or of what lies outside the corridor (`corridor`).
        share: Option<Ratio>,
        /// Half width of the corridor.
        corridor: Option<Ratio>,
        /// … or y = standard / quota as a function of x = actual / quota.
        curve: Option<Vec<CurvePiece>>,
        /// What a missing row does; default `refuse`.
        missing: Option<RouteTo>,
    }
    /// `cap`: not more than a field times a number.
    CapStep {
        /// What is lowered.
        of: CapOf,
        /// Field with the ceiling …
        field: Option<String>,
        /// … or a table of ceilings, yuan.
        table: Option<String>,
        /// Times this; default 1.
        times: Option<Ratio>,
    }
    /// `limit`: what one person may take in a year.
    LimitStep {
        /// What is limited.
        of: LimitOf,
        /// `person` and the text fields that have a limit of their own each.
        per: Vec<String>,
        /// Table of limits (yuan, or whole days) …
        table: Option<String>,
        /// … or one limit.
        value: Option<Stated<Ratio>>,
        /// Field with the days (`of = "days"`); default `los_days`.
        days: Option<String>,
    }
    /// `transfer`: the legs of one transfer share one payment.
    TransferStep {
        /// Text field that the legs share; blank: no transfer.
        link: String,
        /// How they share.
        split: TransferSplit,
    }
    /// A line of `price`.
    PriceLine {
        /// Id.
        id: String,
        /// Title.
        title: Option<Bilingual>,
        /// Yuan …
        value: Option<Stated<Fen>>,
        /// … or a table.
        table: Option<String>,
    }
    /// A floor: a share of the number of another group.
    AtLeast {
        /// Table with that number, keyed by what names the other group.
        table: String,
        /// Times this; default 1.
        times: Option<Ratio>,
    }
    /// A term of a factor that is a sum.
    FactorTerm {
        /// Number field.
        field: String,
        /// Divided by this one.
        over: Option<String>,
        /// Times this.
        times: Ratio,
    }
}

words! {
    /// What a quota is compared with.
    CaseQuotaOf {
        /// Total cost.
        #[default]
        Cost,
        /// Accounted fund.
        Fund,
    }
    /// Named forms of a quota (spec §4.5).
    CaseQuotaMode {
        /// The quota: saving kept, overrun own.
        #[default]
        Fixed,
        /// The lower of quota and actual.
        Cap,
        /// Actual plus a share of the saving, at most the quota.
        Share,
        /// Actual inside a corridor, a share outside.
        Corridor,
    }
    /// What a cap lowers.
    CapOf {
        /// The payment standard.
        #[default]
        Standard,
        /// The fund part.
        Fund,
        /// The case points.
        Points,
    }
    /// What a yearly limit limits.
    LimitOf {
        /// The fund part.
        #[default]
        Fund,
        /// The payment standard.
        Standard,
        /// The days that are paid.
        Days,
    }
    /// How legs of a transfer share.
    TransferSplit {
        /// By cost.
        #[default]
        CostShare,
    }
    /// Whether K multiplies an outlier band.
    BandCoefficient {
        /// It does.
        #[default]
        Applies,
        /// It does not.
        None,
    }
}

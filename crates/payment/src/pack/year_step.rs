//! Parameters of the further verbs on the year: care elsewhere charged to who pays it, claims under a total, workload
//! growth, the split of a lead's amount over its members.

use std::collections::BTreeMap;

use serde::Deserialize;
use yibao_kernel::Ratio;

/// `charge`: what cases of other methods of the pool are cleared is charged to the institution that answers for the
/// person. Stands in the paying method.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeStep {
    /// The methods whose cases are charged.
    pub methods: Vec<String>,
    /// Text field with the institution that pays; blank: nobody, the pool bears it.
    pub by: String,
    /// Times this; default 1.
    pub times: Option<Ratio>,
}

/// `compensate`: growth of the workload beyond a threshold is paid from the reserve.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompensateStep {
    /// Table with last year's workload.
    pub previous_table: String,
    /// What the workload is; default `units`.
    pub of: Option<Workload>,
    /// Growth that is not compensated, like "0.05".
    pub above: Ratio,
    /// Share of the growth beyond it that is paid.
    pub share: Ratio,
    /// Table of scores, 0 to 100.
    pub score_table: Option<String>,
    /// Score from which anything is paid.
    pub score_at_least: Option<Ratio>,
}

/// `inner_split`: what a lead institution is paid, over its members.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InnerSplitStep {
    /// Column of the institutions' table with a member's tier.
    pub by: String,
    /// Share of the surplus or deficit by tier.
    pub shares: BTreeMap<String, Ratio>,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => {
        $($(#[$doc])* #[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)] #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* })*
    };
}

words! {
    /// What counts as workload.
    Workload {
        /// Points or weights.
        Units,
        /// Cases.
        Cases,
    }
    /// How claims stand to the pool's money.
    ClearOver {
        /// Scaled down in proportion when they exceed it.
        ProRata,
    }
    /// In which parts of the year claims are compared with the money.
    ClearPer {
        /// The year as a whole.
        Year,
        /// Each quarter, with its months' shares of the pool.
        Quarter,
    }
}

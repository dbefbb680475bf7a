//! `[[floor]]`: what the national list fixes for every pack.

use schemars::JsonSchema;
use serde::Deserialize;
use yibao_kernel::Day;
use yibao_policy::node::Node;
use yibao_policy::source::SourceRef;

use super::Bilingual;

/// `[[floor]]`: one guarantee, or one limit, of the national list. It states exactly one figure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// First day it holds; a pack that ends before is not held to it.
    #[schemars(with = "Option<String>")]
    pub from: Option<Day>,
    /// Facts it is about: scheme, visit, status, group, filing … Of a list of words, the first the pack knows.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Value>")]
    pub when: Option<Node>,
    /// The facts it is compared with, written over those of `when`: other persons, a shorter enrolment.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Value>")]
    pub than: Option<Node>,
    /// First digits of the funds' codes; caps are added over them, everything else looks at the first.
    #[serde(default)]
    pub fund: Vec<String>,
    /// Least ratio of every band.
    pub ratio_at_least: Option<String>,
    /// Least share of all in-scope cost over all bills: no value of a pack, so only a pack that cannot reach it is told.
    pub average_at_least: Option<String>,
    /// How much more every band pays than for `than`.
    pub ratio_more_at_least: Option<String>,
    /// Largest fall of the ratio against care at home, first self-pay for care elsewhere included.
    pub drop_at_most: Option<String>,
    /// Highest deductible.
    pub deductible_at_most: Option<String>,
    /// Highest deductible as a share of `index`.
    pub deductible_at_most_times: Option<String>,
    /// Highest deductible as a share of that of `than`.
    pub deductible_share_at_most: Option<String>,
    /// Least cap of the year as a multiple of `index`.
    pub cap_at_least_times: Option<String>,
    /// Highest cap of the year as a multiple of `index`.
    pub cap_at_most_times: Option<String>,
    /// How much higher the cap of the year is than for `than`, in yuan.
    pub cap_more_at_least: Option<String>,
    /// There is no cap of the year.
    #[serde(default)]
    pub no_cap: bool,
    /// The index of the local pack that the multiples are of.
    pub index: Option<String>,
    /// Words for care the funds do not pay: a gate of the pack must stop one of them.
    #[serde(default)]
    pub not_payable: Vec<String>,
    /// Kinds of visit the list knows: what a pack pays beyond them is reported.
    #[serde(default)]
    pub visits: Vec<String>,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

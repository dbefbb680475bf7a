//! A method: a basis, a kind of price, an ordered list of steps.

use serde::Deserialize;
use yibao_kernel::Day;

use super::step::Step;
use crate::settled::Bilingual;

/// `[method.ID]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// Title.
    pub title: Bilingual,
    /// Settlement basis.
    pub basis: Basis,
    /// Kind of price.
    pub price: PriceKind,
    /// Column of the institutions' table with the lead institution that the rows are cleared to.
    pub pays: Option<String>,
    /// In force from.
    pub from: Option<Day>,
    /// In force until (first day after).
    pub until: Option<Day>,
    /// The steps, in order.
    #[serde(default)]
    pub step: Vec<Step>,
}

/// What the pool contains (spec §0.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Fund and patient money; the institution's share less what patients paid.
    Cost,
    /// Fund money only.
    Fund,
}

/// The two kinds of price (spec §0.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// A fixed rate; the pool keeps a signed residual.
    Rate,
    /// The pool is split in proportion to points.
    Points,
}

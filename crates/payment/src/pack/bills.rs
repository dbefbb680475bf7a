//! `[[bills]]`: bills whose split makes the rows of the feeds — stays from their settlement lists, visits from their bills.

use serde::Deserialize;
use yibao_policy::source::SourceRef;
use yibao_record::mapping::StayFile;

/// `[[bills]]`: one table of bills, split by one benefit pack.
///
/// Feeds take what is made of all of them with `{ bills = "stays" }` and `{ bills = "visits" }` among their files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bills {
    /// Id; the folder under `split/` in which the split is kept.
    pub id: String,
    /// The benefit pack, a path relative to this pack.
    pub benefit: String,
    /// The insurance scheme of all rows made.
    pub insurance: String,
    /// The table of bills, as `yibao split` reads it.
    pub table: StayFile,
    /// The insured persons and their year so far, one JSON object per line, in the order of the bills.
    pub persons: StayFile,
    /// The clinical half of the settlement lists: one row per stay, by `case_id`, with whatever the feed of stays needs
    /// beside what the bills say.
    pub lists: Option<StayFile>,
    /// Kinds of visit whose bills make a stay: without a settlement list they are held back. A bill whose `stay` names a
    /// settlement list belongs to that stay whatever its kind of visit (an emergency that ends in an admission); all
    /// others are visits of their own.
    #[serde(default)]
    pub stays: Vec<String>,
    /// The funds of the benefit pack that are the accounted fund (记账基金): what this pack's pools pay.
    pub accounted: Vec<String>,
    /// Source of the choice of funds.
    pub source: SourceRef,
}

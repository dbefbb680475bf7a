//! The types of a benefit pack. `yibao-policy` loads them, `plan` checks and compiles them.

pub mod floor;
pub mod header;
pub mod step;
pub mod values;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use yibao_catalogue::Restriction;
use yibao_policy::node::Node;
use yibao_policy::source::{Document, SourceRef};
use yibao_policy::{Diagnostics, Folder};

pub use self::floor::Floor;
pub use self::header::{Bilingual, Header};
use self::step::{Cap, Package, Step};
use self::values::Value;

/// A whole benefit pack: every `*.toml` of its folder, merged.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Who and what the pack is. This key marks a benefit pack.
    pub benefit: Header,
    /// Named documents.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub sources: BTreeMap<String, Document>,
    /// What values may depend on.
    #[serde(default)]
    pub dimension: BTreeMap<String, Dimension>,
    /// Counted visits.
    #[serde(default)]
    pub counter: BTreeMap<String, Counter>,
    /// Who pays besides the person.
    #[serde(default)]
    pub fund: BTreeMap<String, Fund>,
    /// Amounts that others are multiples of (average wage, disposable income).
    #[serde(default)]
    pub index: BTreeMap<String, Value>,
    /// Values used in several places.
    #[serde(default)]
    pub value: BTreeMap<String, Value>,
    /// Lines.
    pub lines: Lines,
    /// Children born before their insurance began.
    pub newborn: Option<Newborn>,
    /// Price limits that depend on the institution or the person, named by the catalogue as `@name`.
    #[serde(default)]
    pub limit: BTreeMap<String, Value>,
    /// First self-pay ratios that depend on the institution or the person, named by the catalogue as `@name`.
    #[serde(default)]
    pub ratio: BTreeMap<String, Value>,
    /// Restrictions named by the catalogue.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub restriction: BTreeMap<String, Restriction>,
    /// Whether and how far a bill is payable at all; first match.
    #[serde(default)]
    pub gate: Vec<Gate>,
    /// Which package a bill, or a line, takes; first match.
    #[serde(default)]
    pub route: Vec<Route>,
    /// Packages.
    #[serde(default)]
    pub package: BTreeMap<String, Package>,
    /// Steps several packages share.
    #[serde(default)]
    pub chain: BTreeMap<String, Chain>,
    /// How accounts are credited.
    #[serde(default)]
    pub credit: Vec<Credit>,
    /// What the source leaves open, in words.
    #[serde(default)]
    pub open: Vec<OpenQuestion>,
    /// What is guaranteed at least: a national list of benefits.
    #[serde(default)]
    pub floor: Vec<Floor>,
    /// Bills and how this pack splits them.
    #[serde(default)]
    pub example: Vec<Example>,
}

/// `[dimension.NAME]`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The fact: a built-in one, `bill.NAME` or `person.NAME`; default the built-in one of this name.
    pub of: Option<String>,
    /// The words it may be; absent for a whole number.
    #[serde(default)]
    pub values: Vec<String>,
    /// The word where nothing is stated (for marks: where none of the words holds).
    pub otherwise: Option<String>,
}

/// `[counter.NAME]`: a dimension that counts visits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Which visits count.
    #[schemars(with = "Option<serde_json::Value>")]
    pub when: Option<Node>,
    /// Over which time.
    pub window: step::WindowKind,
    /// Dimensions that are counted apart.
    #[serde(default)]
    pub per: Vec<String>,
    /// Whether a referred stay counts anew.
    #[serde(default)]
    pub referral: CountReferral,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// Whether a referred stay counts anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountReferral {
    /// It is a stay of its own.
    #[default]
    Counts,
    /// It has the number of the stay it came from.
    Same,
}

/// `[fund.NAME]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fund {
    /// Title.
    pub title: Bilingual,
    /// Code on the wire (`fund_pay_type`).
    pub code: String,
    /// National field of the settlement answer.
    pub field: String,
    /// Which kind of payer.
    #[serde(default)]
    pub kind: FundKind,
}

/// Kind of payer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FundKind {
    /// A public fund.
    #[default]
    Public,
    /// The hospital bears it.
    Hospital,
    /// Commercial insurance.
    Commercial,
    /// Charity.
    Charity,
}

/// `[lines]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// What a line may bring.
    pub accept: Vec<Accept>,
    /// Catalogue of items: a CSV of the pack.
    pub catalogue: Option<String>,
    /// What comes first.
    #[serde(default)]
    pub order: LineOrder,
    /// What a line counts as until somebody has looked.
    pub review: Option<ReviewAs>,
    /// Lines of days before the bill's first: earlier tests of day surgery. Without a rule such a line is refused.
    #[serde(default)]
    pub before: Vec<Before>,
    /// Items that may not be charged together, in the order the rules apply.
    #[serde(default)]
    pub exclusive: Vec<Exclusive>,
    /// Ceilings per day of service across the lines of a bill.
    #[serde(default)]
    pub daily: Vec<Daily>,
    /// Where the first self-pay is rounded.
    #[serde(default)]
    pub rounding: LineRounding,
    /// First self-pay ratio of classes where the item states none: rows by `class`, `kind`, `tag` and dimensions, each
    /// with `value` or `by_price`.
    pub ratio: Option<Value>,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// `[[lines.before]]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// For which bills.
    #[schemars(with = "serde_json::Value")]
    pub when: Node,
    /// How many days before.
    pub days: u32,
    /// Which lines; all when absent.
    pub lines: Option<LineFilter>,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// `[[lines.exclusive]]`: items that may not be charged together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusive {
    /// Id.
    pub id: String,
    /// Codes of items.
    pub items: Vec<String>,
    /// Over which time.
    pub within: Within,
    /// Which code is kept.
    pub keep: Keep,
    /// What becomes of the lines of the others.
    pub outcome: ExclusiveOutcome,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// Over which time items exclude each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// A day of service.
    Day,
    /// The bill.
    Bill,
}

/// Which of several codes is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// That of the first line.
    First,
    /// That whose lines come to most; of equal ones the first.
    Dearest,
}

/// What becomes of a line that may not be charged beside another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExclusiveOutcome {
    /// Full self-pay.
    Out,
    /// Somebody has to look.
    Review,
}

/// `[[lines.daily]]`: a ceiling per day of service across the lines of one bill. Either a quantity or an amount.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Daily {
    /// Id.
    pub id: String,
    /// Codes of items.
    #[serde(default)]
    pub items: Vec<String>,
    /// Marks of items.
    #[serde(default)]
    pub tag: Vec<String>,
    /// The most units a day.
    pub quantity: Option<String>,
    /// The most money a day, by dimension.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub rows: Vec<Node>,
    /// Adjustments of the amount.
    #[serde(default)]
    pub adjust: Vec<values::Adjust>,
    /// For which bills; all when absent.
    #[schemars(with = "Option<serde_json::Value>")]
    pub when: Option<Node>,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// Where the first self-pay of class B is rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineRounding {
    /// Every line.
    #[default]
    Line,
    /// The sum of the bill; its fen go to the lines by largest remainder.
    Bill,
}

/// `[newborn]`: an insurance that begins soon after birth counts from birth.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Newborn {
    /// Within how many days of birth the insurance has to begin.
    pub within_days: u32,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// What a line may bring.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Accept {
    /// A code of the catalogue.
    Item,
    /// Class, ratio and limit.
    Stated,
    /// The four parts.
    Parts,
}

/// What comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineOrder {
    /// The limit.
    #[default]
    LimitFirst,
    /// The first self-pay.
    RatioFirst,
}

/// What a line under review counts as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewAs {
    /// As its class says, marked.
    In,
    /// Full self-pay, marked.
    Out,
    /// The bill is refused until it is decided.
    Refuse,
}

/// `[[gate]]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// When it applies.
    #[schemars(with = "serde_json::Value")]
    pub when: Node,
    /// What then.
    pub outcome: GateOutcome,
    /// `full_self`: accounts that pay it, in order; cash pays the rest.
    #[serde(default)]
    pub account: Vec<step::Balance>,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// What a gate does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateOutcome {
    /// The bill goes on to the routes.
    Pass,
    /// The same, and what public funds pay is recovered from the third party that is liable.
    Advance,
    /// The whole bill is full self-pay.
    FullSelf,
    /// The whole bill is full self-pay, and no account may pay.
    Barred,
    /// The bill is refused.
    Refuse,
}

/// `[[route]]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Option<Bilingual>,
    /// Which bills.
    #[schemars(with = "serde_json::Value")]
    pub when: Node,
    /// Which lines; all that are left when absent.
    pub lines: Option<LineFilter>,
    /// The package.
    pub package: String,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// Which lines a route takes: every key stated must hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineFilter {
    /// Lines that belong to the bill's disease.
    #[serde(default)]
    pub disease: bool,
    /// Lines that belong to any disease the person is registered for.
    #[serde(default)]
    pub registered: bool,
    /// Lines of negotiated drugs.
    #[serde(default)]
    pub negotiated: bool,
    /// Kinds of item.
    #[serde(default)]
    pub kind: Vec<String>,
    /// Marks of items, one of them.
    #[serde(default)]
    pub tag: Vec<String>,
}

impl LineFilter {
    /// Whether a line fits: its diseases, its item, the disease of the bill.
    #[must_use]
    pub fn fits(
        &self,
        diseases: &[String],
        item: Option<&yibao_catalogue::Item>,
        disease: Option<&str>,
        registered: &dyn Fn(&str) -> bool,
    ) -> bool {
        let belongs =
            |wanted: &str| diseases.iter().chain(item.map_or(&[][..], |item| &item.diseases)).any(|one| one == wanted);
        let of_line = || diseases.iter().chain(item.map_or(&[][..], |item| &item.diseases));
        (!self.disease || disease.is_some_and(belongs))
            && (!self.registered || of_line().any(|one| registered(one)))
            && (!self.negotiated || item.is_some_and(|item| item.negotiated))
            && (self.kind.is_empty() || item.is_some_and(|item| self.kind.iter().any(|kind| kind == item.kind.word())))
            && (self.tag.is_empty() || item.is_some_and(|item| self.tag.iter().any(|tag| item.tags.contains(tag))))
    }
}

/// `[chain.NAME]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// Its steps.
    #[serde(default)]
    pub step: Vec<Step>,
}

/// `[[credit]]`: what goes into an account each month.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// Id.
    pub id: String,
    /// For whom.
    #[schemars(with = "serde_json::Value")]
    pub when: Node,
    /// Share of the contribution base.
    pub of_base: Option<String>,
    /// A fixed sum.
    pub fixed: Option<String>,
    /// First day.
    #[schemars(with = "Option<String>")]
    pub from: Option<yibao_kernel::Day>,
    /// First day after.
    #[schemars(with = "Option<String>")]
    pub until: Option<yibao_kernel::Day>,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// `[[open]]`: what the source leaves open.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenQuestion {
    /// What.
    pub what: Bilingual,
    /// What the pack does about it.
    pub until_confirmed: Bilingual,
}

/// `[[example]]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// The person before the bills.
    #[schemars(with = "serde_json::Value")]
    pub person: Node,
    /// The bills, in order.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub bill: Vec<Node>,
    /// What each bill comes to: amounts by name.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub expect: Vec<Node>,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// Whether the folder holds a benefit pack: it says so by its key `benefit`.
#[must_use]
pub fn is_benefit(folder: &Folder) -> bool {
    folder.has(&yibao_policy::Path::of("benefit"))
}

/// The JSON Schema of a pack, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Pack).to_value()
}

/// Reads a pack's folder and its types.
///
/// # Errors
/// Everything wrong with the files, or everything that does not fit the types.
pub fn load(folder: &std::path::Path) -> Result<(Folder, Pack), Diagnostics> {
    let folder = Folder::read(folder)?;
    let pack = folder.decode::<Pack>()?;
    Ok((folder, pack))
}

impl Pack {
    /// A source with its named document filled in.
    #[must_use]
    pub fn document(&self, source: &SourceRef) -> Option<Document> {
        source.resolve(|name| self.sources.get(name))
    }

    /// Every cap of the pack, for checks.
    pub fn caps(&self) -> impl Iterator<Item = &Cap> {
        let packages = self.package.values().flat_map(|package| &package.step);
        packages.chain(self.chain.values().flat_map(|chain| &chain.step)).flat_map(|step| &step.cap)
    }
}

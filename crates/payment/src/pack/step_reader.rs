//! How a step is read: its common keys, then the keys of its verb and no others.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use yibao_kernel::Day;
use yibao_policy::decode::{DecodeError, Problem, from_node};
use yibao_policy::node::{Node, Value};
use yibao_policy::path::{Path, Segment};
use yibao_policy::source::SourceRef;
use yibao_policy::suggest;

use super::predicate::Predicate;
use super::step::{Step, Verb};
use crate::settled::Bilingual;

/// The keys every step has beside `use`, which names the verb.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    id: String,
    title: Option<Bilingual>,
    when: Option<Predicate>,
    from: Option<Day>,
    until: Option<Day>,
    source: SourceRef,
}

const COMMON: [&str; 7] = ["id", "use", "title", "when", "from", "until", "source"];

/// The verbs, as packs write them.
pub const VERBS: [&str; 31] = [
    "scope",
    "route",
    "weight",
    "base_points",
    "group_mean",
    "all_mean",
    "coefficient",
    "factor",
    "outlier_band",
    "add_on",
    "special_review",
    "readmission",
    "units",
    "bed_day",
    "quota",
    "transfer",
    "cap",
    "limit",
    "points",
    "price",
    "standard",
    "fund",
    "monthly_prepay",
    "clear",
    "charge",
    "assess",
    "share",
    "compensate",
    "inner_split",
    "deposit",
    "offset",
];

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(Node::deserialize(deserializer)?).map_err(DecodeError::relay)
    }
}

fn read(node: Node) -> Result<Step, DecodeError> {
    let Value::Table(entries) = node.value else {
        return Err(DecodeError::custom("expected a table: a step starts with [[method.ID.step]]"));
    };
    let (common, own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| COMMON.contains(&key.as_str()));
    let table = |entries| Node { position: node.position, value: Value::Table(entries) };
    let (mut common, own) = (table(common), table(own));
    let Some(word) = common.get("use").cloned() else {
        return Err(DecodeError { path: Path::default(), problem: Problem::Missing { key: "use".to_owned() } });
    };
    let word: String = from_node(&word).map_err(|error| error.below(Segment::Key("use".to_owned())))?;
    common.remove(&Path::of("use"));
    // The verb's keys first: an unknown key is told even when a common one is missing.
    let verb = verb(&word, &own)?;
    let common: Common = from_node(&common)?;
    Ok(Step {
        id: common.id,
        title: common.title,
        when: common.when,
        from: common.from,
        until: common.until,
        source: common.source,
        verb,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoKeys {}

fn verb(word: &str, own: &Node) -> Result<Verb, DecodeError> {
    Ok(match word {
        "scope" => {
            keys::<NoKeys>(own)?;
            Verb::Scope
        }
        "route" => Verb::Route(keys(own)?),
        "weight" => Verb::Weight(keys(own)?),
        "base_points" => Verb::BasePoints(keys(own)?),
        "group_mean" => Verb::GroupMean(keys(own)?),
        "all_mean" => Verb::AllMean(keys(own)?),
        "coefficient" => Verb::Coefficient(keys(own)?),
        "factor" => Verb::Factor(keys(own)?),
        "outlier_band" => Verb::OutlierBand(keys(own)?),
        "add_on" => Verb::AddOn(keys(own)?),
        "special_review" => Verb::SpecialReview(keys(own)?),
        "readmission" => Verb::Readmission(keys(own)?),
        "units" => Verb::Units(keys(own)?),
        "bed_day" => Verb::BedDay(keys(own)?),
        "quota" => Verb::Quota(keys(own)?),
        "transfer" => Verb::Transfer(keys(own)?),
        "cap" => Verb::Cap(keys(own)?),
        "limit" => Verb::Limit(keys(own)?),
        "points" => Verb::Points(keys(own)?),
        "price" => Verb::Price(keys(own)?),
        "standard" => Verb::Standard(keys(own)?),
        "fund" => Verb::Fund(keys(own)?),
        "monthly_prepay" => Verb::MonthlyPrepay(keys(own)?),
        "clear" => Verb::Clear(keys(own)?),
        "charge" => Verb::Charge(keys(own)?),
        "assess" => Verb::Assess(keys(own)?),
        "compensate" => Verb::Compensate(keys(own)?),
        "inner_split" => Verb::InnerSplit(keys(own)?),
        "share" => Verb::Share(keys(own)?),
        "deposit" => Verb::Deposit(keys(own)?),
        "offset" => Verb::Offset(keys(own)?),
        other => {
            return Err(DecodeError {
                path: Path::of("use"),
                problem: Problem::Value {
                    message: format!("unknown verb \"{other}\""),
                    hint: suggest::hint(other, VERBS),
                },
            });
        }
    })
}

/// The keys of a verb; an unknown key is told with the common keys among the known ones.
fn keys<T: DeserializeOwned>(own: &Node) -> Result<T, DecodeError> {
    from_node(own).map_err(|mut error| {
        if let Problem::Unknown { known, .. } = &mut error.problem
            && error.path.0.is_empty()
        {
            known.extend(COMMON.map(str::to_owned));
        }
        error
    })
}

impl Verb {
    /// The verb as packs write it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Route(_) => "route",
            Self::Weight(_) => "weight",
            Self::BasePoints(_) => "base_points",
            Self::GroupMean(_) => "group_mean",
            Self::AllMean(_) => "all_mean",
            Self::Coefficient(_) => "coefficient",
            Self::Factor(_) => "factor",
            Self::OutlierBand(_) => "outlier_band",
            Self::AddOn(_) => "add_on",
            Self::SpecialReview(_) => "special_review",
            Self::Readmission(_) => "readmission",
            Self::Units(_) => "units",
            Self::BedDay(_) => "bed_day",
            Self::Quota(_) => "quota",
            Self::Transfer(_) => "transfer",
            Self::Cap(_) => "cap",
            Self::Limit(_) => "limit",
            Self::Points(_) => "points",
            Self::Price(_) => "price",
            Self::Standard(_) => "standard",
            Self::Fund(_) => "fund",
            Self::MonthlyPrepay(_) => "monthly_prepay",
            Self::Clear(_) => "clear",
            Self::Charge(_) => "charge",
            Self::Assess(_) => "assess",
            Self::Compensate(_) => "compensate",
            Self::InnerSplit(_) => "inner_split",
            Self::Share(_) => "share",
            Self::Deposit(_) => "deposit",
            Self::Offset(_) => "offset",
        }
    }
}

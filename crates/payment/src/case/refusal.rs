//! Why a case is refused: not paid, reported with what is missing and where to put it.

use yibao_record::feed::FeedKind;
use yibao_record::stays::{Extra, Stays, Symbols};

use crate::plan::{CompiledStep, CompiledVerb, FieldRef, Plan, TableId};
use crate::settled::{Bilingual, Refusal};

/// What is wrong with a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// The institution is not in the pack's table.
    UnknownInstitution,
    /// The insurance scheme is not declared.
    UnknownInsurance,
    /// The district is not declared.
    UnknownDistrict,
    /// No method's scope claims the stay.
    NoMethod,
    /// The method's rows are cleared to leads, and the institution has none.
    NoLead,
    /// The institution that answers for the person is not in the pack's table, or has no lead.
    UnknownPayer(FieldRef),
    /// A route of the pack refuses it. The step's index.
    ByRule(u16),
    /// A table has no row for the case.
    NoRow(u16, TableId),
    /// The source leaves the value open.
    OpenValue(u16, TableId),
    /// A field that a step needs is not given.
    NotGiven(u16, FieldRef),
    /// The institution has no value in a column that its coefficient needs.
    NoCoefficient(u16),
    /// A denominator is not above zero.
    ZeroDenominator(u16, FieldRef),
    /// A count or share is negative.
    BelowZero(u16, FieldRef),
    /// A quota is not above zero.
    NotPositive(u16),
    /// There is no standard to fall back to.
    NoStandard(u16),
    /// The decision of the special-case review is none of the words.
    UnknownDecision(u16),
    /// The panel adjusted the standard and does not say to what.
    NoAdjustedStandard(u16),
}

impl Refused {
    fn step(self) -> Option<usize> {
        match self {
            Self::ByRule(step)
            | Self::NoRow(step, _)
            | Self::OpenValue(step, _)
            | Self::NotGiven(step, _)
            | Self::NoCoefficient(step)
            | Self::ZeroDenominator(step, _)
            | Self::BelowZero(step, _)
            | Self::NotPositive(step)
            | Self::NoStandard(step)
            | Self::UnknownDecision(step)
            | Self::NoAdjustedStandard(step) => Some(usize::from(step)),
            _ => None,
        }
    }

    /// The refusal as reported. `method` is `None` before a method claimed the stay.
    pub fn report(self, plan: &Plan, method: Option<u16>, stays: &Stays, symbols: &Symbols, row: usize) -> Refusal {
        let step = method
            .and_then(|method| plan.methods.get(usize::from(method)))
            .zip(self.step())
            .and_then(|(method, step)| method.case_steps.get(step));
        let words = Words { plan, step, stays, symbols, row };
        let (code, zh, en) = words.of(self);
        Refusal {
            source_row: stays.source_row.get(row).copied().unwrap_or_default(),
            case_id: stays.case_id.get(row).to_owned(),
            source: stays.source_of(row),
            code: code.to_owned(),
            reason: Bilingual { zh, en },
        }
    }
}

struct Words<'a> {
    plan: &'a Plan,
    step: Option<&'a CompiledStep>,
    stays: &'a Stays,
    symbols: &'a Symbols,
    row: usize,
}

impl Words<'_> {
    fn of(&self, refused: Refused) -> (&'static str, String, String) {
        let step = self.step.map_or("", |step| step.id.as_str());
        match refused {
            Refused::UnknownInstitution => {
                self.unknown("unknown_institution", "医疗机构", "institution", FieldRef::Institution)
            }
            Refused::UnknownInsurance => self.unknown("unknown_insurance", "险种", "insurance", FieldRef::Insurance),
            Refused::UnknownDistrict => self.unknown("unknown_district", "区县", "district", FieldRef::District),
            Refused::NoMethod => (
                "no_method",
                "没有支付方式的适用范围包含该病例".to_owned(),
                "no method's scope claims the stay; hint: widen a scope, or add a route to refuse it by name"
                    .to_owned(),
            ),
            Refused::NoLead => {
                let id = self.text(FieldRef::Institution);
                (
                    "no_lead",
                    format!("医疗机构“{id}”没有牵头机构"),
                    format!(
                        "institution \"{id}\" has no lead in the column that the method pays; hint: fill it in the institutions' table, or narrow the scope"
                    ),
                )
            }
            Refused::UnknownPayer(field) => {
                let (name, id) = (self.field_name(field), self.text(field));
                (
                    "unknown_payer",
                    format!("{name}“{id}”不是政策包中的付费机构"),
                    format!(
                        "`{name}` \"{id}\" is no institution that can be charged; hint: add it to the institutions' table (with its lead), or leave the field blank"
                    ),
                )
            }
            Refused::ByRule(_) => {
                ("refused_by_rule", format!("按步骤“{step}”不予支付"), format!("refused by step \"{step}\""))
            }
            Refused::NoRow(_, table) => {
                let (zh, en) = self.key(table);
                (
                    self.missing_code(),
                    format!("表中没有{zh}（步骤“{step}”）"),
                    format!("no row for {en} (step \"{step}\"); hint: add the row, or state what `missing` does"),
                )
            }
            Refused::OpenValue(_, table) => {
                let (zh, en) = self.key(table);
                (
                    "open_value",
                    format!("{zh}的数值在来源中未确定（步骤“{step}”）"),
                    format!(
                        "the value for {en} is open (step \"{step}\"); hint: write it in the table once it is published"
                    ),
                )
            }
            Refused::NotGiven(_, field) => {
                let name = self.field_name(field);
                (
                    "missing_field",
                    format!("步骤“{step}”需要字段 {name}"),
                    format!("step \"{step}\" needs the field `{name}`; hint: map its column under [columns]"),
                )
            }
            Refused::NoCoefficient(_) => (
                "no_coefficient",
                format!("医疗机构缺少系数所需的列（步骤“{step}”）"),
                format!(
                    "the institution has no value in a column of step \"{step}\"; hint: fill the institutions' table"
                ),
            ),
            Refused::ZeroDenominator(_, field) => {
                let name = self.field_name(field);
                (
                    "zero_denominator",
                    format!("步骤“{step}”的分母 {name} 不大于零"),
                    format!(
                        "the denominator `{name}` of step \"{step}\" is not above zero; hint: check the table it comes from"
                    ),
                )
            }
            Refused::BelowZero(_, field) => {
                let name = self.field_name(field);
                (
                    "below_zero",
                    format!("步骤“{step}”的字段 {name} 为负数"),
                    format!("the field `{name}` of step \"{step}\" is negative; hint: correct it at its source"),
                )
            }
            Refused::NotPositive(_) => (
                "zero_quota",
                format!("步骤“{step}”的定额不大于零"),
                format!("the quota of step \"{step}\" is not above zero; hint: correct its table"),
            ),
            Refused::UnknownDecision(_) => self.decision(step),
            Refused::NoAdjustedStandard(_) => (
                "missing_field",
                format!("特例单议调整了支付标准，但没有 special_amount 或其为负（步骤“{step}”）"),
                format!(
                    "the panel adjusted the standard of step \"{step}\", but the stay has no `special_amount` of 0 or more; hint: declare [fields.special_amount] of kind \"fen\" and map its column"
                ),
            ),
            Refused::NoStandard(_) => (
                "no_standard",
                format!("名额已满且没有支付标准（步骤“{step}”）"),
                format!(
                    "over the quota of step \"{step}\", and the group has no standard; hint: let `over_quota` be items, held or refuse"
                ),
            ),
        }
    }

    fn decision(&self, step: &str) -> (&'static str, String, String) {
        let word = self.text(FieldRef::Special);
        (
            "unknown_decision",
            format!("特例单议决定“{word}”不是 items、standard、adjusted、refused 或 none（步骤“{step}”）"),
            format!(
                "the decision \"{word}\" of the special-case review is none of items, standard, adjusted, refused, none (step \"{step}\"); hint: map the words of the column `special` under [columns]"
            ),
        )
    }

    fn unknown(&self, code: &'static str, zh: &str, en: &str, field: FieldRef) -> (&'static str, String, String) {
        let id = self.text(field);
        (
            code,
            format!("{zh}“{id}”不在政策包中"),
            format!("{en} \"{id}\" is not declared in the pack; hint: add it to the pack's table"),
        )
    }

    fn missing_code(&self) -> &'static str {
        match self.step.map(|step| &step.verb) {
            Some(CompiledVerb::Weight { .. }) => "no_weight",
            Some(CompiledVerb::BasePoints { .. }) => "no_base_points",
            Some(CompiledVerb::GroupMean { .. }) => "no_mean",
            Some(CompiledVerb::Coefficient(_)) => "no_coefficient",
            Some(CompiledVerb::Factor(_)) => "no_factor",
            Some(CompiledVerb::Price(_)) => "no_price",
            Some(CompiledVerb::Fund(_)) => "no_fund_ratio",
            Some(CompiledVerb::BedDay(_)) => "no_fee",
            Some(CompiledVerb::CaseQuota(_)) => "no_quota",
            Some(CompiledVerb::Cap(_)) => "no_ceiling",
            Some(CompiledVerb::Limit(_)) => "no_limit",
            _ => "no_row",
        }
    }

    /// `group "FR13" in table "weights"`, in both languages.
    fn key(&self, table: TableId) -> (String, String) {
        let Some(table) = self.plan.table(table) else { return (String::new(), String::new()) };
        let parts: Vec<String> =
            table.key.iter().map(|field| format!("{} \"{}\"", self.field_name(*field), self.text(*field))).collect();
        let parts = parts.join(", ");
        (format!("“{}”的 {parts} 行", table.name), format!("{parts} in table \"{}\"", table.name))
    }

    fn text(&self, field: FieldRef) -> &str {
        let column = match field {
            FieldRef::Institution => &self.stays.institution,
            FieldRef::Insurance => &self.stays.insurance,
            FieldRef::District => &self.stays.district,
            FieldRef::Group => &self.stays.group,
            FieldRef::Adrg => &self.stays.adrg,
            FieldRef::Mdc => &self.stays.mdc,
            FieldRef::Dept => &self.stays.dept,
            FieldRef::Special => &self.stays.special,
            FieldRef::DischargeStatus => &self.stays.discharge_status,
            FieldRef::Feed => {
                let feed = self.stays.feed_of(self.row);
                return feed.map_or(yibao_record::feed::STAYS, |feed| feed.id.as_str());
            }
            FieldRef::Kind => return self.stays.feed_of(self.row).map_or(FeedKind::Stays, |feed| feed.kind).word(),
            FieldRef::Level => {
                let rank = self.stays.institution.get(self.row).and_then(|symbol| self.plan.institution_of(*symbol));
                let view = rank.and_then(|rank| self.plan.institutions.get(rank as usize));
                return view.map_or("", |institution| institution.view.level.as_str());
            }
            FieldRef::Sex => return self.stays.sex.get(self.row).map_or("", |sex| if *sex == 1 { "1" } else { "2" }),
            FieldRef::Extra { index, .. } => match self.stays.extras.get(usize::from(index)) {
                Some(Extra::Symbol(texts)) => texts,
                _ => return "",
            },
            _ => return "",
        };
        column.get(self.row).map_or("", |symbol| self.symbols.text(*symbol))
    }

    fn field_name(&self, field: FieldRef) -> String {
        match field {
            FieldRef::Extra { index, .. } => {
                self.plan.fields.get(usize::from(index)).map_or_else(String::new, |(name, _)| name.clone())
            }
            FieldRef::Mean(slot) => {
                let names = self.plan.methods.iter().find_map(|method| method.means.get(usize::from(slot)));
                names.cloned().unwrap_or_default()
            }
            field => {
                let named = crate::plan::field::NAMED.iter().find(|(_, named)| *named == field);
                named.map_or("", |(name, _)| *name).to_owned()
            }
        }
    }
}

//! The verbs on each case.

use yibao_kernel::explain::RuleId;
use yibao_kernel::{Fen, Mode, Ratio, Rounding};
use yibao_policy::Path;
use yibao_policy::stated::Stated;

use super::Compiler;
use super::methods::{MethodState, slot_of};
use crate::pack::step::{
    AddOnStep, BasePointsStep, FundMode, FundStep, MeanStep, Quota, ReadmissionStep, RoundStep, RouteTo,
    SpecialReviewStep, Verb,
};
use crate::plan::table::Unit;
use crate::plan::{AddOn, AddOnLess, BasePointsFrom, CompiledVerb, FieldRef, Fund, Readmission};
use yibao_record::mapping::FieldKind;

pub(super) const RATIOS: [Unit; 2] = [Unit::Decimal, Unit::Ratio];

impl Compiler<'_> {
    pub(super) fn case_verb(
        &mut self,
        verb: &Verb,
        path: &Path,
        state: &mut MethodState,
        rule: RuleId,
    ) -> Option<CompiledVerb> {
        let compiled = match verb {
            Verb::Scope => CompiledVerb::Scope,
            Verb::Route(route) => CompiledVerb::Route { to: route.to, times: route.times.unwrap_or(Ratio::ONE) },
            Verb::Weight(weight) => {
                let table = self.table(&weight.table, &path.key("table"), &[Unit::Decimal]);
                state.known.give(FieldRef::Weight);
                let at_least = self.at_least(weight.at_least.as_ref(), path);
                CompiledVerb::Weight {
                    table: table?,
                    at_least: at_least?,
                    missing: self.missing(weight.missing, path)?,
                }
            }
            Verb::BasePoints(step) => self.base_points(step, path, state)?,
            Verb::GroupMean(step) => self.group_mean(step, path, state)?,
            Verb::AllMean(step) => {
                state.known.give(FieldRef::AllMean);
                CompiledVerb::AllMean { value: self.stated(&step.value, &path.key("value"))? }
            }
            Verb::Coefficient(step) => {
                state.known.give(FieldRef::Coefficient);
                CompiledVerb::Coefficient(Box::new(self.coefficient(step, path, rule)?))
            }
            Verb::Factor(step) => CompiledVerb::Factor(self.factor(step, path, state)?),
            Verb::OutlierBand(step) => {
                let outlier = self.outlier(step, path, &state.known);
                state.known.give(FieldRef::R);
                CompiledVerb::OutlierBand(Box::new(outlier?))
            }
            Verb::AddOn(step) => CompiledVerb::AddOn(Box::new(self.add_on(step, path, state)?)),
            Verb::SpecialReview(step) => self.special_review(step, path)?,
            Verb::Readmission(step) => CompiledVerb::Readmission(Box::new(self.readmission(step, path, state)?)),
            Verb::Units(step) => CompiledVerb::Units(self.units(step, path, state)?),
            Verb::BedDay(step) => CompiledVerb::BedDay(Box::new(self.bed_day(step, path, state)?)),
            Verb::Quota(step) => CompiledVerb::CaseQuota(Box::new(self.case_quota(step, path, state)?)),
            Verb::Transfer(step) => CompiledVerb::Transfer(self.transfer(step, path, state)?),
            Verb::Cap(step) => CompiledVerb::Cap(Box::new(self.cap(step, path, state)?)),
            Verb::Limit(step) => CompiledVerb::Limit(Box::new(self.limit(step, path, state)?)),
            Verb::Points(step) => CompiledVerb::Points { rounding: self.rounding(step, 4, 4, path)? },
            Verb::Price(step) => {
                state.known.give(FieldRef::Std);
                state.known.give(FieldRef::StdBeforeCoefficient);
                CompiledVerb::Price(self.price(step, path, rule)?)
            }
            Verb::Standard(step) => CompiledVerb::Standard { rounding: self.rounding(step, 2, 2, path)? },
            Verb::Fund(step) => CompiledVerb::Fund(self.fund(step, path, state)?),
            Verb::MonthlyPrepay(_)
            | Verb::Clear(_)
            | Verb::Assess(_)
            | Verb::Share(_)
            | Verb::Charge(_)
            | Verb::Compensate(_)
            | Verb::InnerSplit(_)
            | Verb::Deposit(_)
            | Verb::Offset(_) => {
                return None;
            }
        };
        Some(compiled)
    }

    /// A stated value; an open one stops a settlement.
    pub(super) fn stated<T: Copy>(&mut self, value: &Stated<T>, path: &Path) -> Option<T> {
        if let Some(value) = value.value() {
            return Some(*value);
        }
        self.open(
            path,
            format!("{path} is open: its source does not state it"),
            "replace \"open\" by the value and cite where it is stated; until then settling refuses",
        );
        None
    }

    pub(super) fn missing(&mut self, missing: Option<RouteTo>, path: &Path) -> Option<RouteTo> {
        let to = missing.unwrap_or(RouteTo::Refuse);
        if matches!(to, RouteTo::Incomplete | RouteTo::Standard | RouteTo::Held) {
            self.error(
                &path.key("missing"),
                "a case without a row cannot go there",
                "use refuse, special_review, cost_points, items or nothing",
            );
            return None;
        }
        Some(to)
    }

    fn rounding(&mut self, step: &RoundStep, default: u8, most: u8, path: &Path) -> Option<Rounding> {
        let dp = step.dp.unwrap_or(default);
        if dp > most {
            let message = format!("{dp} decimal places where at most {most} are published");
            self.error(&path.key("dp"), message, format!("state dp = {most} or fewer"));
            return None;
        }
        Some(Rounding { dp, mode: step.mode.unwrap_or(Mode::HalfUp) })
    }

    fn base_points(&mut self, step: &BasePointsStep, path: &Path, state: &mut MethodState) -> Option<CompiledVerb> {
        let rounding = self.rounding(&RoundStep { dp: step.dp, mode: step.mode }, 4, 4, path);
        let missing = self.missing(step.missing, path);
        let knows_mean = state.known.derived.contains(&FieldRef::AllMean);
        state.known.give(FieldRef::BasePoints);
        let at_least = self.at_least(step.at_least.as_ref(), path);
        let from = match (&step.table, &step.mean_table) {
            (Some(table), None) => BasePointsFrom::Table(self.table(table, &path.key("table"), &[Unit::Decimal])?),
            (None, Some(table)) => {
                let table = self.table(table, &path.key("mean_table"), &[Unit::Fen]);
                if !knows_mean {
                    self.error(
                        &path.key("mean_table"),
                        "base points from means need the mean of all cases",
                        "put an all_mean step before this one",
                    );
                    return None;
                }
                BasePointsFrom::Means(table?)
            }
            _ => {
                self.error(
                    path,
                    "base_points has none or both of `table` and `mean_table`",
                    "state where base points come from",
                );
                return None;
            }
        };
        Some(CompiledVerb::BasePoints { from, rounding: rounding?, at_least: at_least?, missing: missing? })
    }

    fn group_mean(&mut self, step: &MeanStep, path: &Path, state: &mut MethodState) -> Option<CompiledVerb> {
        let name = step.name.as_deref().unwrap_or("group_mean");
        let taken =
            crate::plan::field::NAMED.iter().any(|(known, _)| *known == name) || self.pack.fields.contains_key(name);
        if taken {
            self.error(
                &path.key("name"),
                format!("\"{name}\" is the name of a field already"),
                "give the mean another name, like level_mean",
            );
            return None;
        }
        let table = self.table(&step.table, &path.key("table"), &[Unit::Fen]);
        let missing = self.missing(step.missing, path);
        let (slot, field) = slot_of(&state.known, name)?;
        state.known.give(field);
        Some(CompiledVerb::GroupMean { table: table?, slot, missing: missing? })
    }

    fn add_on(&mut self, step: &AddOnStep, path: &Path, state: &MethodState) -> Option<AddOn> {
        let eligible = self.condition(&step.eligible, &path.key("eligible"), &state.known);
        let field = self.amount_field(&step.field, &path.key("field"), &state.known);
        let less = match (&step.less_field, &step.less_table) {
            (None, None) => None,
            (Some(name), None) => {
                Some(AddOnLess::Field(self.amount_field(name, &path.key("less_field"), &state.known)?))
            }
            (None, Some(name)) => Some(AddOnLess::Table(self.table(name, &path.key("less_table"), &[Unit::Fen])?)),
            (Some(_), Some(_)) => {
                self.error(path, "add_on has both `less_field` and `less_table`", "state one of them");
                return None;
            }
        };
        Some(AddOn { eligible: eligible?, field: field?, less, floor: step.floor.unwrap_or(Fen::ZERO) })
    }

    pub(super) fn check_quota(&mut self, quota: &Quota, path: &Path) {
        if quota.share.is_negative() || quota.share > Ratio::ONE {
            self.error(
                &path.key("share"),
                format!("the share {} is not between 0 and 1", quota.share),
                "a quota is a share of the discharges, like \"0.05\"",
            );
        }
    }

    fn special_review(&mut self, step: &SpecialReviewStep, path: &Path) -> Option<CompiledVerb> {
        self.check_quota(&step.quota, &path.key("quota"));
        let accepted = step.accepted.unwrap_or(RouteTo::Items);
        if !matches!(
            step.over_quota,
            RouteTo::Items | RouteTo::Standard | RouteTo::Held | RouteTo::Nothing | RouteTo::Refuse
        ) {
            self.error(
                &path.key("over_quota"),
                "a case over the quota cannot go there",
                "use standard, items, held, nothing or refuse",
            );
            return None;
        }
        if !matches!(
            accepted,
            RouteTo::Items | RouteTo::Standard | RouteTo::Held | RouteTo::Nothing | RouteTo::CostPoints
        ) {
            self.error(
                &path.key("accepted"),
                "an accepted case cannot go there",
                "use items, standard, cost_points, held or nothing",
            );
            return None;
        }
        Some(CompiledVerb::SpecialReview { quota: step.quota.clone(), over_quota: step.over_quota, accepted })
    }

    fn readmission(&mut self, step: &ReadmissionStep, path: &Path, state: &MethodState) -> Option<Readmission> {
        if step.window_days < 0 {
            self.error(
                &path.key("window_days"),
                "the window is negative",
                "state the days between discharge and the next admission",
            );
        }
        if step.earlier_times.is_none() && step.later_times.is_none() {
            self.error(path, "readmission changes nothing", "state earlier_times or later_times");
        }
        for (key, times) in [("earlier_times", step.earlier_times), ("later_times", step.later_times)] {
            if times.is_some_and(|times| times.is_negative() || times > Ratio::ONE) {
                self.error(
                    &path.key(key),
                    format!("`{key}` is not between 0 and 1"),
                    "state what is left of the points, like \"0.5\"",
                );
            }
        }
        let exempt = match &step.exempt {
            Some(predicate) => Some(self.condition(predicate, &path.key("exempt"), &state.known)?),
            None => None,
        };
        Some(Readmission {
            window_days: step.window_days,
            inclusive: step.inclusive,
            same: step.same,
            institution: step.institution,
            exempt,
            earlier_times: step.earlier_times.unwrap_or(Ratio::ONE),
            later_times: step.later_times.unwrap_or(Ratio::ONE),
        })
    }

    fn fund(&mut self, step: &FundStep, path: &Path, state: &MethodState) -> Option<Fund> {
        let needs_ratio = matches!(step.mode, FundMode::PolicyRatio | FundMode::AvgRatio);
        let sources = usize::from(step.ratio.is_some())
            + usize::from(step.table.is_some())
            + usize::from(step.ratio_field.is_some());
        if needs_ratio && sources != 1 {
            self.error(
                path,
                "fund needs exactly one of `ratio`, `table`, `ratio_field`",
                "state the fund's share of the standard",
            );
            return None;
        }
        if !needs_ratio && sources > 0 {
            self.error(
                path,
                "this mode of fund uses no ratio",
                "take `ratio`, `table`, `ratio_field` away, or state another `mode`",
            );
        }
        if step.mode != FundMode::PolicyRatio && step.less.is_some() {
            self.error(
                &path.key("less"),
                "only policy_ratio takes fields off the standard",
                "take `less` away, or state mode = \"policy_ratio\"",
            );
        }
        if step.ratio.is_some_and(|ratio| ratio.is_negative() || ratio > Ratio::ONE) {
            self.error(&path.key("ratio"), "the fund ratio is not between 0 and 1", "state it like \"0.70\"");
        }
        let table = match &step.table {
            Some(table) => Some(self.table(table, &path.key("table"), &RATIOS)?),
            None => None,
        };
        let mut less = Vec::new();
        for (index, name) in step.less.iter().flatten().enumerate() {
            less.extend(self.amount_field(name, &path.key("less").at(index), &state.known));
        }
        let ratio_field = match &step.ratio_field {
            Some(name) => Some(self.ratio_field(name, &path.key("ratio_field"), state)?),
            None => None,
        };
        Some(Fund {
            mode: step.mode,
            ratio: step.ratio,
            table,
            less,
            ratio_field,
            floor_zero: step.floor_zero.unwrap_or(false),
        })
    }

    fn ratio_field(&mut self, name: &str, path: &Path, state: &MethodState) -> Option<FieldRef> {
        let field = self.field(name, path, &state.known)?;
        if !matches!(field, FieldRef::Extra { kind: FieldKind::Ratio, .. }) {
            self.error(path, format!("\"{name}\" is not a ratio"), "name a declared field of kind \"ratio\"");
            return None;
        }
        Some(field)
    }
}

//! The verbs beside DRG and DIP: units, bed-days, quotas per disease, transfers, caps, yearly limits.

use yibao_kernel::piecewise::Piecewise;
use yibao_kernel::{Mode, Ratio};
use yibao_policy::Path;

use super::Compiler;
use super::methods::MethodState;
use crate::pack::case_step::{
    BedDayStep, CapOf, CapStep, CaseQuotaMode, CaseQuotaOf, CaseQuotaStep, LimitOf, LimitStep, TransferStep, UnitsStep,
};
use crate::pack::method::PriceKind;
use crate::plan::table::Unit as TableUnit;
use crate::plan::{
    AmountFrom, BedDay, Cap, CapOver, CaseQuota, FieldRef, Limit, LimitFrom, Tier, Unit, Units, UnitsOf,
};

/// The most fields beside the person that a yearly limit has of its own.
const PER_MAX: usize = 3;

impl Compiler<'_> {
    pub(super) fn units(&mut self, step: &UnitsStep, path: &Path, state: &MethodState) -> Option<Units> {
        let per = step.per.unwrap_or(Ratio::ONE);
        if per.is_negative() || per.is_zero() {
            self.error(&path.key("per"), format!("`per` {per} is not positive"), "state a divisor, like \"12\"");
        }
        let of = match step.of.as_str() {
            "cases" => UnitsOf::Cases,
            "days" => UnitsOf::Days,
            "head_months" => UnitsOf::Field(FieldRef::LosDays),
            name => match self.whole_field(name, &path.key("of"), state)? {
                FieldRef::LosDays => UnitsOf::Days,
                field => UnitsOf::Field(field),
            },
        };
        Some(Units { of, per })
    }

    /// A field that counts something.
    fn whole_field(&mut self, name: &str, path: &Path, state: &MethodState) -> Option<FieldRef> {
        let field = self.field(name, path, &state.known)?;
        if field.unit() != Unit::Whole {
            self.error(
                path,
                format!("\"{name}\" is not a count"),
                "name days, head_months, cases, los_days, or a declared field of kind \"int\"",
            );
            return None;
        }
        Some(field)
    }

    pub(super) fn bed_day(&mut self, step: &BedDayStep, path: &Path, state: &mut MethodState) -> Option<BedDay> {
        let points = state.price == PriceKind::Points;
        if points && !state.known.derived.contains(&FieldRef::AllMean) {
            self.error(
                path,
                "points of bed-days need the mean of all cases",
                "put an all_mean step before this one: a day's points are fee / mean × 100",
            );
        }
        let days = match &step.days {
            Some(name) => self.whole_field(name, &path.key("days"), state),
            None => Some(FieldRef::LosDays),
        };
        let missing = self.missing(step.missing, path);
        let list = path.key("tiers");
        let (Some(last), false) = (step.tiers.len().checked_sub(1), step.tiers.is_empty()) else {
            self.error(&list, "bed_day has no tiers", "state at least one: tiers = [{ fee = \"380.00\" }]");
            return None;
        };
        let mut tiers = Vec::new();
        let mut before = 0;
        for (index, tier) in step.tiers.iter().enumerate() {
            let here = list.at(index);
            let fee = self.amount(tier.table.as_ref(), (tier.fee.as_ref(), "fee"), "a tier", &here);
            if let Some(fee) = fee {
                self.not_below(fee, true, "the daily fee", &here.key("fee"));
            }
            self.tier_end(tier.upto, (before, index == last), &here);
            before = tier.upto.unwrap_or(before);
            tiers.push(fee.map(|fee| Tier { upto: tier.upto, fee }));
        }
        let tiers: Vec<Tier> = tiers.into_iter().collect::<Option<Vec<_>>>()?;
        self.tell_fee_changes(&tiers, &list);
        if points {
            state.known.give(FieldRef::BasePoints);
        } else {
            state.known.give(FieldRef::Std);
            state.known.give(FieldRef::StdBeforeCoefficient);
        }
        Some(BedDay { tiers, days: days?, points, missing: missing? })
    }

    fn tier_end(&mut self, upto: Option<i64>, (before, last): (i64, bool), path: &Path) {
        match upto {
            None if last => {}
            None => self.error(
                path,
                "a tier without `upto` stands before another",
                "state its last day: only the last tier has no end",
            ),
            Some(end) if end <= before => self.error(
                &path.key("upto"),
                format!("the tier ends on day {end}, the one before it on day {before}"),
                "order the tiers by `upto`, from few days to many",
            ),
            Some(end) if last => self.error(
                &path.key("upto"),
                format!("no tier pays the days after day {end}"),
                "let the last tier have no `upto`; fee = \"0.00\" pays nothing",
            ),
            Some(_) => {}
        }
    }

    /// Where the fee of one more day changes; what the days before are paid does not.
    fn tell_fee_changes(&mut self, tiers: &[Tier], path: &Path) {
        for (index, pair) in tiers.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            let (Some(upto), AmountFrom::Value(before), AmountFrom::Value(after)) =
                (before.upto, before.fee, after.fee)
            else {
                continue;
            };
            if before != after {
                let place = self.place(&path.at(index + 1));
                self.found.note(
                    format!("the fee of a day changes after day {upto} from {before} to {after}"),
                    Some(place),
                    "tiers are marginal: what the days before are paid stays",
                );
            }
        }
    }

    pub(super) fn case_quota(
        &mut self,
        step: &CaseQuotaStep,
        path: &Path,
        state: &mut MethodState,
    ) -> Option<CaseQuota> {
        state.known.give(FieldRef::Std);
        state.known.give(FieldRef::StdBeforeCoefficient);
        let from = self.amount(step.table.as_ref(), (step.value.as_ref(), "value"), "quota", path);
        if let Some(from) = from {
            self.not_below(from, false, "the quota", &path.key("value"));
        }
        let less = match &step.less {
            Some(name) => Some(self.amount_field(name, &path.key("less"), &state.known)?),
            None => None,
        };
        let of = match step.of.unwrap_or_default() {
            CaseQuotaOf::Cost => FieldRef::Cost,
            CaseQuotaOf::Fund => FieldRef::Fund,
        };
        let missing = self.missing(step.missing, path);
        let curve = self.quota_curve(step, path)?;
        self.curve_not_negative(&curve, "the standard", &path.key("curve"));
        Some(CaseQuota { from: from?, of, less, curve, missing: missing? })
    }

    fn quota_curve(&mut self, step: &CaseQuotaStep, path: &Path) -> Option<Piecewise> {
        let mode = match (step.mode, &step.curve) {
            (Some(mode), None) => mode,
            (None, Some(pieces)) => {
                self.quota_keys(step, (false, false), path);
                return self.curve(pieces, &path.key("curve"));
            }
            _ => {
                self.error(
                    path,
                    "quota has none or both of `mode` and `curve`",
                    "state mode = \"fixed\", \"cap\", \"share\" or \"corridor\", or your own curve",
                );
                return None;
            }
        };
        let needs_share = matches!(mode, CaseQuotaMode::Share | CaseQuotaMode::Corridor);
        self.quota_keys(step, (needs_share, mode == CaseQuotaMode::Corridor), path);
        let share = step.share.unwrap_or(Ratio::ZERO);
        let half = step.corridor.unwrap_or(Ratio::ZERO);
        for (key, what, stated) in [("share", "the share", step.share), ("corridor", "the corridor", step.corridor)] {
            if let Some(value) = stated {
                self.unit_interval(value, what, &path.key(key));
            }
        }
        match crate::case::disease_quota::curve(mode, share, half) {
            Ok(curve) => Some(curve),
            Err(error) => {
                self.error_text(path, &error.to_string());
                None
            }
        }
    }

    /// `share` and `corridor` where the form needs them, and only there.
    fn quota_keys(&mut self, step: &CaseQuotaStep, needs: (bool, bool), path: &Path) {
        let keys = [("share", step.share.is_some(), needs.0), ("corridor", step.corridor.is_some(), needs.1)];
        for (key, stated, needed) in keys {
            if needed && !stated {
                self.error(path, format!("this mode of quota needs `{key}`"), format!("add {key} = \"…\""));
            }
            if stated && !needed {
                self.error(
                    &path.key(key),
                    format!("`{key}` has no meaning in this form of quota"),
                    "take it away, or state another `mode`",
                );
            }
        }
    }

    pub(super) fn transfer(&mut self, step: &TransferStep, path: &Path, state: &MethodState) -> Option<FieldRef> {
        self.text_field(&step.link, &path.key("link"), state)
    }

    fn text_field(&mut self, name: &str, path: &Path, state: &MethodState) -> Option<FieldRef> {
        let field = self.field(name, path, &state.known)?;
        if field.unit() != Unit::Text || field == FieldRef::Month {
            self.error(
                path,
                format!("\"{name}\" is not a text of the case"),
                "name a text field, or a declared field of kind \"symbol\"",
            );
            return None;
        }
        Some(field)
    }

    pub(super) fn cap(&mut self, step: &CapStep, path: &Path, state: &MethodState) -> Option<Cap> {
        let times = step.times.unwrap_or(Ratio::ONE);
        if times.is_negative() {
            self.error(
                &path.key("times"),
                format!("the ceiling {times} is negative"),
                "state 0 or more, like \"1.02\"",
            );
        }
        let over = match (&step.field, &step.table) {
            (Some(name), None) if step.of == CapOf::Points => {
                CapOver::Field(self.number_field(name, &path.key("field"), &state.known)?)
            }
            (Some(name), None) => CapOver::Field(self.amount_field(name, &path.key("field"), &state.known)?),
            (None, Some(table)) => CapOver::Table(self.table(table, &path.key("table"), &[TableUnit::Fen])?),
            _ => {
                self.error(path, "cap has none or both of `field` and `table`", "state exactly one of them");
                return None;
            }
        };
        let in_fen = match over {
            CapOver::Field(field) => field.unit() == Unit::Fen,
            CapOver::Table(_) => true,
        };
        if step.of == CapOf::Points && in_fen && !state.known.derived.contains(&FieldRef::AllMean) {
            self.error(
                path,
                "a ceiling in yuan on points needs the mean of all cases",
                "put an all_mean step before this one, or name base_points as the field",
            );
            return None;
        }
        Some(Cap { of: step.of, over, times })
    }

    pub(super) fn limit(&mut self, step: &LimitStep, path: &Path, state: &MethodState) -> Option<Limit> {
        let list = path.key("per");
        if !step.per.iter().any(|name| name == "person") {
            self.error(
                &list,
                "a yearly limit is per person",
                "add \"person\" to `per`; further fields have a limit of their own each",
            );
            return None;
        }
        let mut per = Vec::new();
        for (index, name) in step.per.iter().enumerate() {
            if step.per.iter().take(index).any(|earlier| earlier == name) {
                self.error(&list.at(index), format!("\"{name}\" stands twice"), "state each field once");
            } else if name != "person" {
                per.push(self.text_field(name, &list.at(index), state));
            }
        }
        let per: Vec<FieldRef> = per.into_iter().collect::<Option<Vec<_>>>()?;
        if per.len() > PER_MAX {
            let message = format!("a yearly limit is per person and at most {PER_MAX} fields, found {}", per.len());
            self.error(&list, message, "leave fields out");
            return None;
        }
        if step.of != LimitOf::Days && step.days.is_some() {
            self.error(&path.key("days"), "`days` belongs to a limit of days", "take it away, or state of = \"days\"");
        }
        let days = match &step.days {
            Some(name) => self.whole_field(name, &path.key("days"), state)?,
            None => FieldRef::LosDays,
        };
        Some(Limit { of: step.of, per, from: self.limit_from(step, path)?, days })
    }

    fn limit_from(&mut self, step: &LimitStep, path: &Path) -> Option<LimitFrom> {
        let days = step.of == LimitOf::Days;
        let units: &[TableUnit] = if days { &[TableUnit::Decimal, TableUnit::Ratio] } else { &[TableUnit::Fen] };
        let stated = match (&step.table, &step.value) {
            (Some(table), None) => return self.table(table, &path.key("table"), units).map(LimitFrom::Table),
            (None, Some(value)) => self.stated(value, &path.key("value"))?,
            _ => {
                self.error(path, "limit has none or both of `table` and `value`", "state exactly one of them");
                return None;
            }
        };
        let scale = Ratio::from_int(if days { 1 } else { 100 });
        let whole = stated.checked_mul(scale).ok().filter(|value| value.den() == 1 && !value.is_negative());
        let value = whole.and_then(|value| i64::try_from(value.round(0, Mode::HalfUp).ok()?).ok());
        if value.is_none() {
            let hint = if days { "state whole days, like \"180\"" } else { "state yuan, like \"5000.00\"" };
            self.error(&path.key("value"), format!("the limit {stated} is no amount of 0 or more"), hint);
        }
        value.map(LimitFrom::Value)
    }
}

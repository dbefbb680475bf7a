//! Who pays for care elsewhere, claims under a total, scores: what of the year steps looks beyond one row.

use yibao_kernel::{Mode, Ratio};
use yibao_policy::{Path, Place, suggest};

use super::Compiler;
use super::fields::Known;
use crate::pack::method::PriceKind;
use crate::pack::step::{ClearStep, Verb};
use crate::pack::year_step::{ChargeStep, ClearOver, ClearPer, CompensateStep};
use crate::plan::table::Unit;
use crate::plan::{Compensate, CompiledVerb, FieldRef, Method, Payer, Pool, TableId, Unit as FieldUnit};

/// Scores are shares of a hundred.
const HUNDRED: Ratio = Ratio::from_int(100);

impl Compiler<'_> {
    pub(super) fn charge(&mut self, step: &ChargeStep, path: &Path, known: &Known) -> Option<CompiledVerb> {
        let by = self.field(&step.by, &path.key("by"), known)?;
        if by.unit() != FieldUnit::Text {
            let hint = "name a declared field of kind \"symbol\" that holds the institution's id";
            self.error(&path.key("by"), format!("\"{}\" is not a text field", step.by), hint);
            return None;
        }
        let times = step.times.unwrap_or(Ratio::ONE);
        if times.is_negative() {
            self.error(&path.key("times"), format!("`times` {times} is negative"), "state a factor, like \"1\"");
        }
        if step.methods.is_empty() {
            self.error(&path.key("methods"), "no method is charged", "name the methods whose cases are charged");
        }
        let pack = self.pack;
        let mut methods = Vec::new();
        for (at, id) in step.methods.iter().enumerate() {
            let here = path.key("methods").at(at);
            let Some(method) = pack.method.get(id) else {
                let hint = suggest::hint(id, pack.method.keys().map(String::as_str));
                self.error(&here, format!("unknown method \"{id}\""), hint);
                continue;
            };
            if method.step.iter().any(|step| matches!(&step.verb, Verb::Clear(clear) if clear.over.is_some())) {
                let message = format!("method \"{id}\" is paid under a total: what its cases get is known too late");
                self.error(&here, message, "charge cases with a price of their own, or with points");
            }
            // A method that is not in force charges nobody.
            let index = self.in_force.iter().position(|known| known == id);
            methods.extend(index.and_then(|at| u16::try_from(at).ok()));
        }
        Some(CompiledVerb::Charge { methods, by, times })
    }

    /// Who answers for each method's cases: at most one, from the same pool.
    pub(super) fn payers(&mut self, methods: &[Method], pools: &[Pool]) -> Vec<Option<Payer>> {
        let mut payers: Vec<Option<Payer>> = vec![None; methods.len()];
        for (paying, method) in (0_u16..).zip(methods) {
            for step in &method.year_steps {
                let CompiledVerb::Charge { methods: charged, by, times } = &step.verb else { continue };
                let path = self.step_path(&method.id, &step.id).key("methods");
                for at in charged {
                    let id = methods.get(usize::from(*at)).map_or("", |method| method.id.as_str());
                    let pays = |pool: &&Pool, method: u16| pool.methods.contains(&method);
                    let apart = pools.iter().any(|pool| pays(&pool, *at) != pays(&pool, paying));
                    if apart {
                        let message = format!("methods \"{}\" and \"{id}\" are paid from different pools", method.id);
                        let hint = "care elsewhere is charged inside one pool; put both methods into the same [[pool]]";
                        self.error(&path, message, hint);
                        continue;
                    }
                    let Some(slot) = payers.get_mut(usize::from(*at)) else { continue };
                    if let Some(first) = slot.replace(Payer { method: paying, by: *by, times: *times, rule: step.rule })
                    {
                        let other = methods.get(usize::from(first.method)).map_or("", |method| method.id.as_str());
                        let message = format!(
                            "the cases of method \"{id}\" are charged twice, to \"{other}\" and to \"{}\"",
                            method.id
                        );
                        self.error(&path, message, "name the method in one `charge` step only");
                    }
                }
            }
        }
        payers
    }

    /// The path of a step by its id.
    fn step_path(&self, method: &str, step: &str) -> Path {
        let path = Path::of("method").key(method).key("step");
        let steps = self.pack.method.get(method).map_or(&[][..], |method| method.step.as_slice());
        let at = steps.iter().position(|one| one.id == step);
        at.map_or_else(|| path.clone(), |at| path.at(at))
    }

    /// `over`, `per` and `deduct_field` of a clear step.
    pub(super) fn under_a_total(
        &mut self,
        step: &ClearStep,
        path: &Path,
        known: &Known,
    ) -> Option<(Option<ClearPer>, Option<FieldRef>)> {
        let Some(ClearOver::ProRata) = step.over else {
            for (key, stated) in [("per", step.per.is_some()), ("deduct_field", step.deduct_field.is_some())] {
                if stated {
                    let message = format!("`{key}` belongs to claims under a total");
                    self.error(&path.key(key), message, "state over = \"pro_rata\", or take it away");
                }
            }
            return Some((None, None));
        };
        if step.band.is_some() {
            self.error(&path.key("band"), "claims under a total have no point value", "take `band` away");
        }
        let deduct = match &step.deduct_field {
            Some(name) => Some(self.amount_field(name, &path.key("deduct_field"), known)?),
            None => None,
        };
        Some((Some(step.per.unwrap_or(ClearPer::Year)), deduct))
    }

    /// A pool that is split by points has nothing left that claims could be scaled to; all claims of a pool are compared
    /// over the same parts of the year.
    pub(super) fn check_totals(&mut self, pool: &crate::pack::pool::Pool, path: &Path) {
        let pack = self.pack;
        let members = || pool.methods.iter().filter_map(|id| pack.method.get_key_value(id));
        let per = |method: &crate::pack::method::Method| {
            method.step.iter().find_map(|step| match &step.verb {
                Verb::Clear(clear) => clear.over.map(|_| clear.per.unwrap_or(ClearPer::Year)),
                _ => None,
            })
        };
        let Some((id, first)) = members().find_map(|(id, method)| per(method).map(|per| (id, per))) else { return };
        if let Some((other, _)) = members().find(|(_, method)| method.price == PriceKind::Points) {
            let message = format!(
                "pool \"{}\" pays method \"{other}\" by points and scales the claims of method \"{id}\": the points take all that is left",
                pool.id
            );
            self.error(&path.key("methods"), message, "give each a pool of its own");
        }
        if let Some((other, _)) = members().find(|(_, method)| per(method).is_some_and(|per| per != first)) {
            let message = format!(
                "pool \"{}\" scales the claims of \"{id}\" and \"{other}\" over different parts of the year",
                pool.id
            );
            self.error(&path.key("methods"), message, "state the same `per` in both `clear` steps");
        }
    }

    pub(super) fn compensate(&mut self, step: &CompensateStep, path: &Path) -> Option<CompiledVerb> {
        let previous =
            self.year_table(&step.previous_table, &path.key("previous_table"), &[Unit::Decimal, Unit::Ratio]);
        if step.above.is_negative() {
            let hint = "state the growth that is not compensated, like \"0.05\"";
            self.error(&path.key("above"), format!("`above` {} is negative", step.above), hint);
        }
        self.unit_interval(step.share, "the compensated share", &path.key("share"));
        let score = match (&step.score_table, step.score_at_least) {
            (None, None) => None,
            (Some(table), Some(at_least)) => Some((self.scores(table, &path.key("score_table"))?, at_least)),
            _ => {
                let message = "compensate has one of `score_table` and `score_at_least` without the other";
                self.error(path, message, "state both or neither");
                return None;
            }
        };
        let of = step.of.unwrap_or(crate::plan::Workload::Units);
        let (above, share) = (step.above, step.share);
        Some(CompiledVerb::Compensate(Box::new(Compensate { previous: previous?, of, above, share, score })))
    }

    /// A table of scores: 0 to 100.
    pub(super) fn scores(&mut self, name: &str, path: &Path) -> Option<TableId> {
        let id = self.year_table(name, path, &[Unit::Decimal, Unit::Ratio])?;
        self.within(id, name, path, HUNDRED, ("score", "a score is a number from 0 to 100"));
        Some(id)
    }

    /// A table of factors: 0 to 1.
    pub(super) fn factors_to_one(&mut self, id: TableId, name: &str, path: &Path) {
        let hint = "a factor of more than 100% pays more than the pool has cleared; state factors from 0 to 1";
        self.within(id, name, path, Ratio::ONE, ("factor", hint));
    }

    /// Tells the first value of a table outside 0 to `most`, at its row.
    fn within(&mut self, id: TableId, name: &str, path: &Path, most: Ratio, (what, hint): (&str, &str)) {
        let outside = |value: &Ratio| value.is_negative() || *value > most;
        let Some(table) = self.tables.get(id) else { return };
        let found = table.periods.iter().find_map(|(_, rows)| {
            let cells = rows.cells().iter().enumerate();
            cells.filter_map(|(at, cell)| Some((rows.line(at)?, cell.ratio()?))).find(|(_, value)| outside(value))
        });
        let Some((line, value)) = found else { return };
        let place = self.row_in_table(name, line).unwrap_or_else(|| self.place(path));
        let shown = value.to_decimal(4, Mode::HalfUp).map_or_else(|_| value.to_string(), |value| value.to_string());
        let shown = shown.trim_end_matches('0').trim_end_matches('.');
        let message = format!("the {what} {shown} in table \"{name}\" is not between 0 and {most}");
        self.found.error(message, Some(place), hint);
    }

    /// Where a row of a table stands; of a table with several versions, nowhere in particular.
    fn row_in_table(&self, name: &str, line: u32) -> Option<Place> {
        let mut versions = self.pack.table.iter().filter(|(id, table)| table.name.as_deref().unwrap_or(id) == name);
        let (id, declared) = versions.next()?;
        if versions.next().is_some() {
            return None;
        }
        match &declared.file {
            Some(file) => self.folder.csv(file).ok().map(|table| table.place(line)),
            None => {
                let at = usize::try_from(line).ok()?.checked_sub(1)?;
                Some(self.place(&Path::of("table").key(id).key("rows").at(at)))
            }
        }
    }
}

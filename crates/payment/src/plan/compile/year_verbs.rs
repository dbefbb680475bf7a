//! The verbs on the year, after the cases.

use yibao_kernel::Ratio;
use yibao_policy::Path;

use super::Compiler;
use super::fields::Known;
use crate::pack::step::{DepositStep, PrepayStep, PriceBand as WrittenBand, SavingTo, Verb};
use crate::plan::table::Unit;
use crate::plan::{CompiledVerb, PrepayFrom, PriceBand};

const SCORES: [Unit; 2] = [Unit::Decimal, Unit::Ratio];

impl Compiler<'_> {
    pub(super) fn year_verb(&mut self, verb: &Verb, path: &Path, known: &Known) -> Option<CompiledVerb> {
        Some(match verb {
            Verb::MonthlyPrepay(step) => CompiledVerb::MonthlyPrepay(self.prepay(step, path)?),
            Verb::Clear(step) => {
                let band = match &step.band {
                    Some(band) => Some(self.price_band(band, &path.key("band"))?),
                    None => None,
                };
                let (pro_rata, deduct) = self.under_a_total(step, path, known)?;
                CompiledVerb::Clear { band, floor_zero: step.floor_zero.unwrap_or(false), pro_rata, deduct }
            }
            Verb::Charge(step) => self.charge(step, path, known)?,
            Verb::Compensate(step) => self.compensate(step, path)?,
            Verb::InnerSplit(step) => self.inner_split(step, path)?,
            Verb::Assess(step) => {
                let table = self.year_table(&step.table, &path.key("table"), &SCORES);
                let curve = match &step.curve {
                    Some(pieces) => Some(self.curve(pieces, &path.key("curve"))?),
                    None => None,
                };
                let table = table?;
                match (&curve, step.saving_to) {
                    (Some(_), _) => {
                        self.scores(&step.table, &path.key("table"));
                    }
                    // Renormalised factors are shares of each other.
                    (None, SavingTo::Renormalise) => {}
                    (None, _) => self.factors_to_one(table, &step.table, &path.key("table")),
                }
                CompiledVerb::Assess { table, curve, saving_to: step.saving_to }
            }
            Verb::Share(step) => {
                if step.saving_to == SavingTo::Renormalise {
                    self.error(
                        &path.key("saving_to"),
                        "savings given back by sharing cannot be renormalised",
                        "use \"reserve\" or \"residual\"",
                    );
                }
                let over_table = match &step.over_table {
                    Some(name) => Some(self.year_table(name, &path.key("over_table"), &[Unit::Fen])?),
                    None => None,
                };
                let keep_table = match &step.keep_table {
                    Some(name) => Some(self.scores(name, &path.key("keep_table"))?),
                    None => None,
                };
                CompiledVerb::Share {
                    keep_table,
                    curve: self.curve(&step.curve, &path.key("curve"))?,
                    over_table,
                    saving_to: step.saving_to,
                }
            }
            Verb::Deposit(step) => self.deposit(step, path)?,
            Verb::Offset(step) => CompiledVerb::Offset { floor_zero: step.floor_zero.unwrap_or(false) },
            _ => return None,
        })
    }

    /// Tells a ratio outside 0 to 1.
    pub(super) fn unit_interval(&mut self, ratio: Ratio, what: &str, path: &Path) {
        if ratio.is_negative() || ratio > Ratio::ONE {
            self.error(
                path,
                format!("{what} {ratio} is not between 0 and 1"),
                "write a share, like \"0.85\" or \"85%\"",
            );
        }
    }

    fn prepay(&mut self, step: &PrepayStep, path: &Path) -> Option<PrepayFrom> {
        match (step.rate, &step.table) {
            (Some(rate), None) => {
                self.unit_interval(rate, "the prepayment rate", &path.key("rate"));
                if let Some(floor) = step.floor.filter(|floor| rate < *floor) {
                    self.error(
                        &path.key("rate"),
                        format!("the prepayment rate {rate} is under its floor {floor}"),
                        format!("state a rate of at least {floor}"),
                    );
                }
                Some(PrepayFrom::Rate(rate))
            }
            (None, Some(table)) => {
                if step.floor.is_some() {
                    self.error(&path.key("floor"), "`floor` belongs to a rate", "take it away, or state `rate`");
                }
                self.year_table(table, &path.key("table"), &[Unit::Fen]).map(PrepayFrom::Table)
            }
            _ => {
                self.error(path, "monthly_prepay has none or both of `rate` and `table`", "state exactly one of them");
                None
            }
        }
    }

    fn price_band(&mut self, band: &WrittenBand, path: &Path) -> Option<PriceBand> {
        let positive = |ratio: Ratio| !ratio.is_negative() && !ratio.is_zero();
        if !positive(band.previous) {
            self.error(&path.key("previous"), "the previous point value is not positive", "state yuan per point");
            return None;
        }
        if band.low.is_negative() || band.low > band.high {
            self.error(
                &path.key("low"),
                format!("the band from {} to {} is empty or negative", band.low, band.high),
                "state low and high as shares of the previous point value, like \"0.9\" and \"1.1\"",
            );
            return None;
        }
        Some(PriceBand { previous: band.previous, low: band.low, high: band.high })
    }

    fn deposit(&mut self, step: &DepositStep, path: &Path) -> Option<CompiledVerb> {
        self.unit_interval(step.rate, "the deposit rate", &path.key("rate"));
        let hundred = Ratio::from_int(100);
        if step.full_at.is_negative() || step.full_at.is_zero() || step.full_at > hundred {
            self.error(
                &path.key("full_at"),
                format!("the score {} for full return is not between 0 and 100", step.full_at),
                "state a score, like \"95\"",
            );
        }
        let table = self.scores(&step.table, &path.key("table"))?;
        Some(CompiledVerb::Deposit { rate: step.rate, table, full_at: step.full_at, below: step.below })
    }
}

//! A layer: deductible, bands, caps with the amount solved backwards. One primitive does it all: slices of an amount
//! between breakpoints, each times its ratio, rounded where the pack says.

use yibao_catalogue::line::share;
use yibao_kernel::{Fen, Mode, Ratio};

use super::values::{amount, bands, cell};
use super::{Run, days};
use crate::pack::header::Side;
use crate::pack::step::{BandsFrom, Bucket, CapOn, ReferralDeductible, TopUpOf};
use crate::plan::steps::{BandsPlan, CapPlan, DeductiblePlan, Layer, SeveralPlan};
use crate::plan::table::{Band, Cell, Table};
use crate::refusal::{Refusal, too_large};

/// What is paid for the part of one band.
#[inline]
fn pay_slice(slice: i64, band: &Band, side: Side, mode: Mode) -> Result<i64, Refusal> {
    if band.open {
        return Err(Refusal::new(
            "open",
            "a band is open: its source does not state the ratio",
            "replace \"open\" by the ratio and cite where it is stated",
        ));
    }
    match side {
        Side::Fund => share(slice, band.pays, mode),
        Side::Person => share(slice, band.bears, mode).map(|bears| slice - bears),
    }
    .map_err(|_| too_large())
}

/// The slices of an amount between two positions: band and amount.
fn slices(bands: &[Band], from: i64, to: i64) -> impl Iterator<Item = (usize, &Band, i64)> {
    let mut lower = 0_i64;
    bands.iter().enumerate().filter_map(move |(at, band)| {
        let slice = to.min(band.upto) - from.max(lower);
        lower = band.upto;
        (slice > 0).then_some((at, band, slice))
    })
}

/// What is paid for everything between two positions.
fn pay_between(bands: &[Band], from: i64, to: i64, side: Side, mode: Mode) -> Result<i64, Refusal> {
    let mut paid = 0;
    for (_, band, slice) in slices(bands, from, to) {
        paid += pay_slice(slice, band, side, mode)?;
    }
    Ok(paid)
}

/// The least amount from a position whose payment reaches `wanted`: no more than `most`, which reaches it.
fn solve(bands: &[Band], from: i64, most: i64, wanted: i64, side: Side, mode: Mode) -> Result<i64, Refusal> {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if pay_between(bands, from, from + middle, side, mode)? >= wanted {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}

/// What is left under the caps of a layer.
#[derive(Clone, Copy)]
struct Left {
    payment: i64,
    base: i64,
    payable: i64,
}

/// What a layer comes to.
#[derive(Clone, Copy, Default)]
struct Outcome {
    deductible: i64,
    /// After the deductible and the caps.
    absorbed: i64,
    paid: i64,
    over_cap: i64,
}

impl Run<'_> {
    pub(super) fn layer(&mut self, layer: &Layer) -> Result<(), Refusal> {
        let base: i64 = layer.base.iter().map(|bucket| self.bucket(*bucket)).sum();
        if base == 0 {
            // Nothing to look at: what the pack leaves open is not needed.
            return Ok(());
        }
        self.step.base = base;
        self.step.fund = Some(layer.fund);
        let outcome = match (&layer.bands, layer.given) {
            (_, true) => self.given(layer, base)?,
            (Some(plan), false) if layer.cumulative.is_some() => self.cumulative(layer, plan, base)?,
            (Some(plan), false) => self.by_bill(layer, plan, base)?,
            (None, false) => Outcome::default(),
        };
        assert!(outcome.paid >= 0 && outcome.paid <= base, "no fund pays more than it may");
        if layer.primary {
            self.add_bucket(Bucket::InScope, -base);
            self.add_bucket(Bucket::Deductible, outcome.deductible);
            self.add_bucket(Bucket::Copay, outcome.absorbed - outcome.paid);
            self.add_bucket(Bucket::OverCap, outcome.over_cap);
            let all = outcome.deductible + outcome.absorbed + outcome.over_cap;
            assert!(all == base, "deductible, bands and what lies beyond the cap are the base");
        } else {
            self.take_from(&layer.base, outcome.paid);
            if let Some(left) = layer.left {
                let rest = outcome.deductible + outcome.absorbed - outcome.paid;
                self.take_from(&layer.base, rest);
                self.add_bucket(left, rest);
            }
        }
        self.pay(layer.fund, outcome.paid);
        (self.step.paid, self.step.over_cap) = (outcome.paid, outcome.over_cap);
        if layer.primary {
            self.step.deductible = outcome.deductible;
        }
        // A payer that was given nothing is no reason.
        if let Some(writer) = self.writer.as_mut().filter(|_| !layer.given || outcome.paid != 0) {
            writer.step(layer.rule).fen(Fen::new(base)).fen(Fen::new(outcome.paid));
        }
        self.out.steps.push(self.step);
        Ok(())
    }

    /// Takes an amount out of buckets, in order.
    pub(super) fn take_from(&mut self, base: &[Bucket], amount: i64) {
        let mut left = amount;
        for bucket in base {
            let taken = left.min(self.bucket(*bucket));
            self.add_bucket(*bucket, -taken);
            left -= taken;
        }
        assert!(left == 0, "a payer takes no more than there is");
    }

    fn pay(&mut self, fund: usize, amount: i64) {
        if let Some(paid) = self.out.funds.get_mut(fund) {
            *paid += amount;
        }
    }

    /// The amount the bill states for the fund, as far as it was not paid in an earlier package.
    fn given(&self, layer: &Layer, base: i64) -> Result<Outcome, Refusal> {
        let fund = self.engine.funds.get(layer.fund).map_or("", |fund| fund.id.as_str());
        let given = self.bill.given.get(fund).map_or(0, |given| given.get());
        if given < 0 {
            return Err(Refusal::new("given", "an amount given for a payer is below zero", "amounts are not negative"));
        }
        let paid = self.out.funds.get(layer.fund).copied().unwrap_or(0);
        // Paid more already by a layer of its own: what does not fit the given amount is refused in the end.
        let paid = given.saturating_sub(paid).clamp(0, base);
        Ok(Outcome { paid, absorbed: base, ..Outcome::default() })
    }

    fn write_cell(&mut self, cell: &Cell, values: &[i64]) {
        if let Some(writer) = &mut self.writer {
            writer.step(cell.rule);
            for value in values {
                writer.fen(Fen::new(*value));
            }
            for rule in &cell.adjusts {
                writer.step(*rule);
            }
        }
    }

    /// The deductible borne now, at most the base.
    fn deductible(&mut self, plan: &DeductiblePlan, base: i64) -> Result<i64, Refusal> {
        let cell = cell(self.engine, &plan.table, self.facts)?;
        let mut standard = amount(cell, &plan.table)?;
        if let Some(every) = plan.every_days {
            let every = i64::from(every.max(1));
            standard = standard.checked_mul((days(self.bill) + every - 1) / every).ok_or_else(too_large)?;
        }
        self.step.standard = standard;
        let at = match &plan.slot {
            None => None,
            Some(slot) => self.at(slot)?.map(|at| (slot, at)),
        };
        let mut borne = at.map_or(0, |(slot, at)| self.used(slot, at));
        let mut credit = 0;
        let mut waived = false;
        if let (Some(rule), Some(referral), Some((slot, _))) = (&plan.referral, &self.bill.referral, at) {
            let how = match referral.kind {
                yibao_record::bill::ReferralKind::Up => rule.up,
                yibao_record::bill::ReferralKind::Down => rule.down,
            };
            if how != ReferralDeductible::Full {
                let Some(from) = self.from_stay else {
                    return Err(Refusal::new(
                        "referral",
                        "the stay the person was referred from is not among those settled",
                        "settle it first, or hand over the accumulators it left",
                    ));
                };
                if borne == 0 {
                    credit = self.used(slot, (0, from));
                    borne = credit;
                }
                waived = how == ReferralDeductible::Waived;
                if let Some(writer) = &mut self.writer {
                    writer.step(self.engine.common.referred).fen(Fen::new(credit));
                }
            }
        }
        let mut now = if waived { 0 } else { (standard - borne).max(0).min(base) };
        if let Some((table, slot)) = &plan.ceiling {
            let most = amount(super::values::cell(self.engine, table, self.facts)?, table)?;
            let at = self.at(slot)?;
            now = now.min(most.saturating_sub(at.map_or(0, |at| self.used(slot, at))).max(0));
            if let Some(at) = at {
                self.count(slot, at, now);
            }
        }
        if let Some((slot, at)) = at {
            self.count(slot, at, credit + now);
        }
        self.write_cell(cell, &[standard, borne, now]);
        Ok(now)
    }

    /// A layer that counts this bill.
    fn by_bill(&mut self, layer: &Layer, plan: &BandsPlan, base: i64) -> Result<Outcome, Refusal> {
        let left = self.left(layer, base)?;
        let within = base.min(left.base);
        let deductible = match &layer.deductible {
            Some(deductible) => self.deductible(deductible, within)?,
            None => 0,
        };
        let cell = cell(self.engine, &plan.table, self.facts)?;
        let bands = bands(cell, &plan.table)?;
        let at = match &plan.slot {
            None => None,
            Some(slot) => self.at(slot)?.map(|at| (slot, at)),
        };
        let position = at.map_or(0, |(slot, at)| self.used(slot, at));
        let from = match plan.from {
            BandsFrom::Zero => position + deductible,
            BandsFrom::Deductible => position,
        };
        let payable = (within - deductible).min(left.payable);
        let mut absorbed = payable;
        let mut paid = pay_between(bands, from, from + payable, plan.side, plan.mode)?;
        if paid > left.payment {
            absorbed = solve(bands, from, payable, left.payment, plan.side, plan.mode)?;
            paid = left.payment;
            if let Some(writer) = &mut self.writer {
                let over = base - deductible - absorbed;
                writer
                    .step(self.engine.common.absorbed)
                    .fen(Fen::new(paid))
                    .fen(Fen::new(absorbed))
                    .fen(Fen::new(over));
            }
        }
        self.write_slices(cell, bands, (from, from + absorbed), plan)?;
        if let Some((slot, at)) = at {
            let inside = if plan.from == BandsFrom::Zero { deductible } else { 0 };
            self.count(slot, at, inside + within - deductible);
        }
        let outcome = Outcome { deductible, absorbed, paid, over_cap: base - deductible - absorbed };
        self.count_caps(layer, outcome, deductible + absorbed)?;
        Ok(outcome)
    }

    /// A layer on the sum of a window: what the whole sum pays, less what it paid before.
    fn cumulative(&mut self, layer: &Layer, plan: &BandsPlan, base: i64) -> Result<Outcome, Refusal> {
        let Some(slot) = &layer.cumulative else { return Ok(Outcome::default()) };
        let left = self.left(layer, base)?;
        let at = self.at(slot)?;
        let before = at.map_or(0, |at| self.used(slot, at));
        let after = before.saturating_add(base.min(left.base));
        let standard = match &layer.deductible {
            None => 0,
            Some(deductible) => {
                let cell = cell(self.engine, &deductible.table, self.facts)?;
                let standard = amount(cell, &deductible.table)?;
                self.write_cell(cell, &[standard, before.min(standard), after.min(standard) - before.min(standard)]);
                standard
            }
        };
        self.step.standard = standard;
        let cell = cell(self.engine, &plan.table, self.facts)?;
        let bands = bands(cell, &plan.table)?;
        let of = |sum: i64| match plan.from {
            BandsFrom::Zero => (standard.min(sum), sum),
            BandsFrom::Deductible => (0, (sum - standard).max(0)),
        };
        let total = |sum: i64| {
            let (from, to) = of(sum);
            pay_between(bands, from, to, plan.side, plan.mode)
        };
        let paid = (total(after)? - total(before)?).min(left.payment).max(0);
        let (from, to) = (of(before).1.max(of(after).0), of(after).1);
        self.write_slices(cell, bands, (from, to), plan)?;
        if let Some(at) = at {
            self.count(slot, at, base);
        }
        let outcome = Outcome { deductible: 0, absorbed: base, paid, over_cap: 0 };
        self.count_caps(layer, outcome, base.min(left.base))?;
        Ok(outcome)
    }

    /// The slices, each with its ratio and what it pays.
    fn write_slices(
        &mut self,
        cell: &Cell,
        bands: &[Band],
        between: (i64, i64),
        plan: &BandsPlan,
    ) -> Result<(), Refusal> {
        let mut first: Option<Ratio> = None;
        for (number, band, slice) in slices(bands, between.0, between.1) {
            first = first.or(Some(band.pays));
            if let Some(writer) = &mut self.writer {
                let paid = pay_slice(slice, band, plan.side, plan.mode)?;
                let number = i64::try_from(number + 1).unwrap_or(0);
                writer.step(cell.rule).int(number).fen(Fen::new(slice)).ratio(band.pays).fen(Fen::new(paid));
            } else if first.is_some() {
                break;
            }
        }
        if let Some(writer) = &mut self.writer {
            for rule in &cell.adjusts {
                writer.step(*rule);
            }
        }
        let shown = first.or(bands.first().map(|band| band.pays));
        self.step.ratio =
            shown.and_then(|ratio| Some((i64::try_from(ratio.num()).ok()?, i64::try_from(ratio.den()).ok()?)));
        Ok(())
    }

    /// What the caps leave.
    fn left(&mut self, layer: &Layer, base: i64) -> Result<Left, Refusal> {
        let mut left = Left { payment: i64::MAX, base: i64::MAX, payable: i64::MAX };
        for cap in &layer.caps {
            let (most, cell) = match &cap.several {
                None => {
                    let cell = cell(self.engine, &cap.table, self.facts)?;
                    (amount(cell, &cap.table)?, Some(cell))
                }
                Some(several) => self.several(several, &cap.table)?,
            };
            if most == i64::MAX {
                continue;
            }
            let used = self.cap_used(cap)?;
            let rest = most.saturating_sub(used).max(0);
            let slot = match cap.on {
                CapOn::Payment => &mut left.payment,
                CapOn::Base => &mut left.base,
                CapOn::Payable => &mut left.payable,
            };
            *slot = rest.min(*slot);
            if let (true, Some(cell)) = (rest < base, cell) {
                self.write_cell(cell, &[most, used, rest]);
            }
        }
        Ok(left)
    }

    fn cap_used(&self, cap: &CapPlan) -> Result<i64, Refusal> {
        Ok(self.at(&cap.slot)?.map_or(0, |at| self.used(&cap.slot, at)))
    }

    /// The quotas of the registered diseases that count, as one: ranked from the highest, each at its share. The cell is
    /// that of the highest.
    fn several<'t>(&mut self, several: &SeveralPlan, table: &'t Table) -> Result<(i64, Option<&'t Cell>), Refusal> {
        let engine = self.engine;
        let Some(words) = engine.dims.0.get(several.dim) else { return Ok((i64::MAX, None)) };
        let own = self.facts.get(several.dim).copied();
        let (mut quotas, mut seen) = (Vec::new(), Vec::new());
        for held in self.person.registrations.iter().filter(|held| held.holds(self.facts_day)) {
            let Some(word) = words.word(&held.value) else { continue };
            let counts = usize::try_from(word).ok().and_then(|at| several.counts.get(at));
            // A renewed registration is the same disease.
            if counts != Some(&true) || seen.contains(&word) {
                continue;
            }
            seen.push(word);
            if let Some(fact) = self.facts.get_mut(several.dim) {
                *fact = word;
            }
            let cell = cell(engine, table, self.facts)?;
            quotas.push((amount(cell, table)?, cell));
        }
        if let (Some(fact), Some(own)) = (self.facts.get_mut(several.dim), own) {
            *fact = own;
        }
        quotas.sort_by_key(|(quota, _)| std::cmp::Reverse(*quota));
        let mut sum = 0_i64;
        for (at, (quota, _)) in quotas.iter().enumerate() {
            let rank = several.ranks.get(at).or(several.ranks.last()).copied().unwrap_or(Ratio::ONE);
            // A quota without limit leaves the sum without limit.
            let counted = if *quota == i64::MAX {
                i64::MAX
            } else {
                share(*quota, rank, Mode::HalfUp).map_err(|_| too_large())?
            };
            sum = sum.saturating_add(counted);
        }
        Ok((sum.min(several.most), quotas.first().map(|(_, cell)| *cell)))
    }

    /// What the caps of a layer count: its payment, how much of its base came under them, what was absorbed.
    fn count_caps(&mut self, layer: &Layer, outcome: Outcome, base: i64) -> Result<(), Refusal> {
        for (at, cap) in layer.caps.iter().enumerate() {
            // A cap shared by name counts once, however often a layer states it.
            let slot = &cap.slot;
            if layer.caps.iter().take(at).any(|earlier| earlier.slot.slot == slot.slot) {
                continue;
            }
            let amount = match cap.on {
                CapOn::Payment => outcome.paid,
                CapOn::Base => base,
                CapOn::Payable => outcome.absorbed,
            };
            if let Some(at) = self.at(slot)? {
                self.count(slot, at, amount);
            }
        }
        Ok(())
    }

    /// A fund pays what the person would bear above a share.
    pub(super) fn top_up(
        &mut self,
        fund: usize,
        base: &[Bucket],
        table: &Table,
        of: TopUpOf,
        mode: Mode,
    ) -> Result<(), Refusal> {
        let cell = cell(self.engine, table, self.facts)?;
        let ratio = bands(cell, table)?.first().map_or(Ratio::ONE, |band| band.pays);
        let bears: i64 = base.iter().map(|bucket| self.bucket(*bucket)).sum();
        let whole = if of == TopUpOf::Total { self.total } else { self.in_scope };
        let most = share(whole, ratio, mode).map_err(|_| too_large())?;
        let paid = (bears - most).max(0);
        if let Some(writer) = &mut self.writer {
            writer.step(cell.rule).fen(Fen::new(whole)).ratio(ratio).fen(Fen::new(most)).fen(Fen::new(paid));
        }
        self.take_from(base, paid);
        self.pay(fund, paid);
        self.step.fund = Some(fund);
        (self.step.base, self.step.paid) = (bears, paid);
        self.out.steps.push(self.step);
        Ok(())
    }
}

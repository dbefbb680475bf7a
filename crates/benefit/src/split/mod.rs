//! One bill through a plan: gates, lines, routes, the steps of each package, cash. No input, no output, no clock.

mod account;
mod across;
mod admission;
mod facts;
mod layer;
mod lines;
mod once;
mod outcome;
mod reasons;
mod state;
mod values;

use yibao_kernel::explain::{Explanation, Writer};
use yibao_kernel::{Day, Fen};
use yibao_record::bill::Bill;
use yibao_record::person::{Insured, Person};

use self::across::Buffers;
use self::admission::{belongs, checked, facts_day, pools, within_year};
pub use self::facts::{age, days, insured};
use self::lines::{LineContext, outside};
pub use self::outcome::{Buckets, LineSplit, Split, StepSplit};
pub use self::state::{Entry, State};
use self::values::{cell, holds};
use crate::pack::step::{AsOf, Balance, Bucket, WindowKind};
use crate::pack::{GateOutcome, LineFilter};
use crate::plan::compiler::SlotRef;
use crate::plan::dimension::MISSING;
use crate::plan::steps::{Act, StepPlan};
use crate::plan::{Engine, Plan, window};
use crate::refusal::{Refusal, too_large};

/// Splits bills by one pack, or by two: the lines by the pack of the place of care, the rest by the pack at home.
/// Holds nothing but buffers.
#[derive(Debug)]
pub struct Splitter<'e> {
    home: &'e Engine,
    care: &'e Engine,
    facts: Vec<i64>,
    care_facts: Vec<i64>,
    across: Buffers,
}

/// One bill on its way.
pub(super) struct Run<'a> {
    pub engine: &'a Engine,
    pub bill: &'a Bill,
    pub person: &'a Person,
    pub state: &'a State,
    pub facts: &'a mut Vec<i64>,
    pub out: &'a mut Split,
    pub writer: Option<Writer<'a>>,
    /// Day that decides.
    pub day: Day,
    /// Day on which the facts at hand are taken.
    pub facts_day: Day,
    /// The whole bill this one is a part of: the window of what is granted once per bill.
    pub whole: Option<i32>,
    /// Stay of the bill and the one it came from, where they were met.
    pub stay: Option<i32>,
    pub from_stay: Option<i32>,
    /// What the person still bears in the package at hand.
    pub buckets: Buckets,
    /// What accounts may not pay of it is in `barred` already.
    pub in_scope: i64,
    pub total: i64,
    pub step: StepSplit,
}

impl<'e> Splitter<'e> {
    /// A splitter of bills of one pack.
    #[must_use]
    pub fn new(home: &'e Engine) -> Self {
        Self::out_of_area(home, home)
    }

    /// A splitter of bills from elsewhere: the lines by the pack of the place of care, the rest by the pack at home. Bills
    /// of the own region follow the pack at home altogether.
    #[must_use]
    pub fn out_of_area(home: &'e Engine, care: &'e Engine) -> Self {
        Self { home, care, facts: Vec::new(), care_facts: Vec::new(), across: Buffers::default() }
    }

    /// Splits a bill and brings the year so far up to date. Nothing changes when the bill is refused.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn split(
        &mut self,
        bill: &Bill,
        person: &Person,
        state: &mut State,
        out: &mut Split,
        explanation: Option<&mut Explanation>,
    ) -> Result<(), Refusal> {
        within_year(self.home, bill)?;
        let (plan, insured) = self.begin(bill, person)?;
        let care = self.lines_by();
        let other = !std::ptr::eq(self.home, care);
        let mut run = Run::of(self.home, bill, person, state, &mut self.facts, out, explanation);
        run.counters(plan)?;
        let gate = run.gate(plan)?;
        let closed = insured.benefit.as_deref().is_some_and(|benefit| benefit != "open");
        if gate.is_none() && closed && !plan.gates_benefit {
            return Err(Refusal::new(
                "benefit",
                "the benefits of the person are not open, and the pack does not say what then",
                "add a [[gate]] with when = { benefit = [\"waiting\", \"arrears\"] }",
            ));
        }
        match gate {
            Some(outcome @ (GateOutcome::FullSelf | GateOutcome::Barred)) => {
                run.all_by_person(outcome, plan.accounts_of_gate(run.out.gate))?
            }
            _ => {
                let facts: &[i64] = if other { &self.care_facts } else { run.facts };
                LineContext { engine: care, bill, person, facts }
                    .split_all(&mut self.across, &mut run.out.lines)
                    .map_err(|refusal| if other { refusal.of_care(&care.pack.benefit.id) } else { refusal })?;
                run.write_lines(care);
                run.routes(plan, care)?;
            }
        }
        run.finish()?;
        let most = out.changes.iter().map(|change| state.add(*change)).max();
        if most.is_some_and(|most| most > Fen::MAX_ABS) {
            for change in &out.changes {
                state.add(Entry { amount: -change.amount, ..*change });
            }
            return Err(Refusal::new(
                "too_large",
                "what the person used so far and this bill together do not fit",
                "look for an amount with misplaced digits, here or among the accumulators",
            ));
        }
        for (at, paid) in &out.accounts {
            if let Some(account) = state.accounts.get_mut(*at) {
                account.balance = Fen::new(account.balance.get().saturating_sub(*paid));
            }
        }
        Ok(())
    }
}

impl<'e> Splitter<'e> {
    /// The four parts of every line of a bill, and nothing else: what a divided bill hands on to its parts. The state is
    /// one to be thrown away.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) fn lines(
        &mut self,
        bill: &Bill,
        person: &Person,
        state: &mut State,
        out: &mut Split,
    ) -> Result<(), Refusal> {
        let (plan, _) = self.begin(bill, person)?;
        let care = self.lines_by();
        let other = !std::ptr::eq(self.home, care);
        let mut run = Run::of(self.home, bill, person, state, &mut self.facts, out, None);
        run.counters(plan)?;
        let facts: &[i64] = if other { &self.care_facts } else { run.facts };
        LineContext { engine: care, bill, person, facts }.split_all(&mut self.across, &mut run.out.lines)
    }

    /// The plan of the bill's day, the insurance, and the facts of both packs.
    fn begin<'p>(&mut self, bill: &Bill, person: &'p Person) -> Result<(&'e Plan, &'p Insured), Refusal> {
        let plan = checked(self.home, bill)?;
        let day = facts_day(self.home, bill);
        let insured = self.home.insured(person, day)?;
        belongs(bill, person, insured)?;
        self.insured_here(insured)?;
        self.known_facts(bill)?;
        self.home.facts(Some(bill), person, insured, day, &mut self.facts)?;
        if !std::ptr::eq(self.home, self.lines_by()) {
            if !pools(self.care, &bill.institution.area) {
                let (there, of) = (&bill.institution.area, &self.care.pack.benefit.area);
                return Err(Refusal::new(
                    "care_area",
                    format!("the care was given in {there}, the pack of the place of care is of {of}"),
                    "name the pack of the place of care",
                ));
            }
            self.care.facts_elsewhere(bill, person, insured, day, &mut self.care_facts)?;
        }
        Ok((plan, insured))
    }

    /// That the person is insured where the pack pays.
    fn insured_here(&self, insured: &Insured) -> Result<(), Refusal> {
        if pools(self.home, &insured.area) {
            return Ok(());
        }
        let of = &self.home.pack.benefit.area;
        let message = format!("the person is insured in {}, the pack is of {of}", insured.area);
        Err(Refusal::new("insured_elsewhere", message, "split by the pack of the region that insures the person"))
    }

    /// That every further fact of the bill is read by a dimension: one in a wrong place must not be ignored.
    fn known_facts(&self, bill: &Bill) -> Result<(), Refusal> {
        let packs = [self.home, self.care];
        let names = || packs.into_iter().flat_map(Engine::bill_facts);
        match bill.facts.keys().find(|key| !names().any(|name| name == key.as_str())) {
            None => Ok(()),
            Some(unknown) => Err(Refusal::new(
                "unknown_fact",
                format!("no dimension of the pack reads the fact \"{unknown}\" of a bill"),
                yibao_policy::suggest::hint(unknown, names()),
            )),
        }
    }

    /// Whose rules split the lines of the bill whose facts are filled in: care at home follows the pack at home.
    fn lines_by(&self) -> &'e Engine {
        let local = !std::ptr::eq(self.home, self.care)
            && self.home.dims.find("place").and_then(|dim| self.facts.get(dim)) == Some(&0);
        if local { self.home } else { self.care }
    }
}

impl<'a> Run<'a> {
    /// A bill at its beginning: its facts are filled in already.
    fn of(
        engine: &'a Engine,
        bill: &'a Bill,
        person: &'a Person,
        state: &'a mut State,
        facts: &'a mut Vec<i64>,
        out: &'a mut Split,
        explanation: Option<&'a mut Explanation>,
    ) -> Self {
        out.clear(engine.funds.len());
        let stay = bill.stay.as_deref().map(|id| state.meet(id));
        let whole = bill.part_of.as_deref().map(|id| state.meet(&format!("{}{id}", state::WHOLE_BILL)));
        let from_stay = match &bill.referral {
            None => None,
            Some(referral) => state.settled_stay(engine, &referral.from),
        };
        Self {
            engine,
            bill,
            person,
            state,
            facts,
            out,
            writer: explanation.map(Explanation::writer),
            day: bill.end,
            facts_day: facts_day(engine, bill),
            whole,
            stay,
            from_stay,
            buckets: Buckets::default(),
            in_scope: 0,
            total: 0,
            step: StepSplit::default(),
        }
    }
}

impl Run<'_> {
    /// What was used before this bill, and what this bill used already.
    pub(super) fn used(&self, slot: &SlotRef, at: (u32, i32)) -> i64 {
        let before = self.state.get(slot.slot, at.0, at.1);
        let same = |change: &&Entry| change.slot == slot.slot && change.sub == at.0 && change.window == at.1;
        before.saturating_add(self.out.changes.iter().filter(same).map(|change| change.amount).sum())
    }

    /// Counts something.
    pub(super) fn count(&mut self, slot: &SlotRef, at: (u32, i32), amount: i64) {
        if amount == 0 {
            return;
        }
        let same = |change: &&mut Entry| change.slot == slot.slot && change.sub == at.0 && change.window == at.1;
        match self.out.changes.iter_mut().find(same) {
            Some(change) => change.amount = change.amount.saturating_add(amount),
            None => self.out.changes.push(Entry { slot: slot.slot, sub: at.0, window: at.1, amount }),
        }
    }

    /// The words and the window a slot is kept by for this bill; `None` when it lives for this bill only.
    pub(super) fn at(&self, slot: &SlotRef) -> Result<Option<(u32, i32)>, Refusal> {
        let starts = self.engine.year_starts;
        let window = match slot.window {
            WindowKind::Bill => match self.whole {
                Some(whole) => whole,
                None => return Ok(None),
            },
            WindowKind::Stay => match self.stay {
                Some(stay) => stay,
                None => return Ok(None),
            },
            WindowKind::Period => match self.stay {
                Some(stay) => State::period(stay, self.period()?),
                None => return Ok(None),
            },
            WindowKind::Registration => {
                let disease = self.bill.disease.as_deref().unwrap_or("");
                let held = self.person.registrations.iter().find(|held| held.value == disease && held.holds(self.day));
                held.map(|held| held.from.days()).ok_or_else(|| {
                    Refusal::new(
                        "not_registered",
                        "the disease of the bill is not registered on the day",
                        "register it first, or bill without it",
                    )
                })?
            }
            other => window::number(other, self.day, starts).unwrap_or(0),
        };
        let mut sub = 0_u32;
        for dim in &slot.per {
            let fact = self.facts.get(*dim).copied().unwrap_or(MISSING);
            if fact == MISSING {
                return Err(values::missing(self.engine, *dim));
            }
            let size = self.engine.dims.0.get(*dim).map_or(1, |dim| dim.values.len());
            sub = sub.wrapping_mul(u32::try_from(size).unwrap_or(1)).wrapping_add(u32::try_from(fact).unwrap_or(0));
        }
        Ok(Some((sub, window)))
    }

    /// The number of the settlement period the bill lies in.
    fn period(&self) -> Result<i32, Refusal> {
        let length = self.engine.pack.benefit.period_days.and_then(|days| i32::try_from(days).ok()).unwrap_or(1).max(1);
        let origin = self.bill.stay_start.unwrap_or(self.bill.start);
        let number = |day: Day| origin.days_until(day) / length;
        // The day of leaving belongs to the period before it.
        let last = self.bill.end.add_days(-1).unwrap_or(self.bill.end).max(self.bill.start);
        if number(self.bill.start) != number(last) {
            return Err(Refusal::new(
                "period",
                format!("the bill covers more than one settlement period of {length} days"),
                "settle at the end of each period",
            ));
        }
        let number = number(last);
        if number >= state::PERIODS_MAX {
            return Err(Refusal::new(
                "period",
                format!("the stay has more than {} settlement periods", state::PERIODS_MAX),
                "correct start or stay_start, or begin a new stay",
            ));
        }
        Ok(number)
    }

    /// The n-th visit, where it counts.
    fn counters(&mut self, plan: &Plan) -> Result<(), Refusal> {
        for counter in &plan.counters {
            if !holds(self.engine, &counter.when, self.facts)? {
                continue;
            }
            let Some(at) = self.at(&counter.slot)? else { continue };
            let own = self.stay.map(|stay| (0, stay));
            let numbered = own.map_or(0, |own| self.used(&counter.stay, own));
            let origin = self.from_stay.filter(|_| counter.same_on_referral);
            let inherited = origin.map_or(0, |stay| self.used(&counter.stay, (0, stay)));
            let number = match (numbered, inherited) {
                (0, 0) => {
                    self.count(&counter.slot, at, 1);
                    self.used(&counter.slot, at)
                }
                (0, inherited) => inherited,
                (numbered, _) => numbered,
            };
            if let (Some(own), 0) = (own, numbered) {
                self.count(&counter.stay, own, number);
            }
            if let Some(fact) = self.facts.get_mut(counter.dim) {
                *fact = number;
            }
            if let Some(writer) = &mut self.writer {
                let name = self.engine.dims.0.get(counter.dim).map_or("", |dim| dim.name.as_str());
                writer.step(self.engine.common.counted).text(name).int(number);
            }
        }
        Ok(())
    }

    /// The outcome of the first gate that applies.
    fn gate(&mut self, plan: &Plan) -> Result<Option<GateOutcome>, Refusal> {
        for (at, gate) in plan.gates.iter().enumerate() {
            if !holds(self.engine, &gate.when, self.facts)? {
                continue;
            }
            if let Some(writer) = &mut self.writer {
                writer.step(gate.rule);
            }
            return match gate.outcome {
                GateOutcome::Pass => Ok(Some(GateOutcome::Pass)),
                GateOutcome::Advance => {
                    self.out.advance = true;
                    Ok(Some(GateOutcome::Advance))
                }
                GateOutcome::Refuse => {
                    let title = self.engine.pack.gate.get(at).map_or_else(String::new, |gate| gate.title.en.clone());
                    Err(Refusal::new(
                        "gate",
                        format!("not payable: {title}"),
                        format!("the pack's gate \"{}\" refuses such bills", gate.id),
                    ))
                }
                outcome => {
                    self.out.gate = Some(at);
                    Ok(Some(outcome))
                }
            };
        }
        Ok(None)
    }

    /// A gate left everything to the person: lines are not looked at, but none is below zero.
    fn all_by_person(&mut self, outcome: GateOutcome, accounts: &[Balance]) -> Result<(), Refusal> {
        if let Some((at, line)) = self.bill.lines.iter().enumerate().find(|(_, line)| line.amount.is_negative()) {
            return Err(lines::wrong(&yibao_catalogue::LineError::Negative).of_line(at, line));
        }
        self.out.parts.full_self = self.bill.amount;
        let bucket = if outcome == GateOutcome::Barred { Bucket::Barred } else { Bucket::FullSelf };
        self.add_bucket(bucket, self.bill.amount.get());
        let full_self = self.out.parts;
        self.write_bill(full_self);
        if !accounts.is_empty() {
            self.account(&[Bucket::FullSelf], accounts, None)?;
        }
        for (slot, bucket) in self.out.buckets.iter_mut().zip(self.buckets) {
            *slot += bucket;
        }
        self.out.cash = self.buckets.iter().sum();
        self.out.lines.extend(self.bill.lines.iter().map(|line| {
            let mut split = LineSplit::default();
            split.parts.full_self = line.amount;
            split
        }));
        Ok(())
    }

    pub(super) fn bucket(&self, bucket: Bucket) -> i64 {
        self.buckets.get(bucket as usize).copied().unwrap_or(0)
    }

    pub(super) fn add_bucket(&mut self, bucket: Bucket, amount: i64) {
        if let Some(slot) = self.buckets.get_mut(bucket as usize) {
            *slot += amount;
        }
    }

    /// Lines to packages, and each package's steps.
    fn routes(&mut self, plan: &Plan, care: &Engine) -> Result<(), Refusal> {
        let mut left = self.out.lines.len();
        for (at, route) in plan.routes.iter().enumerate() {
            if left == 0 {
                break;
            }
            if !holds(self.engine, &route.when, self.facts)? {
                continue;
            }
            let taken = self.take(at, route.lines.as_ref(), care);
            left -= taken;
            if taken > 0 {
                self.package(plan, at)?;
            }
        }
        if left > 0 {
            return Err(Refusal::new(
                "no_route",
                "no route of the pack takes this bill",
                "add a [[route]] for this visit and these persons, or a [[gate]] that says it is not payable",
            ));
        }
        Ok(())
    }

    /// Gives a route its lines; how many.
    fn take(&mut self, route: usize, filter: Option<&LineFilter>, care: &Engine) -> usize {
        let mut taken = 0;
        self.buckets = Buckets::default();
        (self.in_scope, self.total) = (0, 0);
        let mut sums = Buckets::default();
        for (line, split) in self.bill.lines.iter().zip(&mut self.out.lines) {
            let item = split.item.and_then(|at| usize::try_from(at).ok()).and_then(|at| care.catalogue.items().get(at));
            let disease = self.bill.disease.as_deref();
            let day = self.facts_day;
            let person = self.person;
            let registered = |one: &str| facts::holds(&person.registrations, one, day);
            let fits = filter.is_none_or(|filter| filter.fits(&line.diseases, item, disease, &registered));
            if split.routed || !fits {
                continue;
            }
            split.routed = true;
            split.route = route;
            taken += 1;
            let parts = split.parts;
            let full = if split.no_account { Bucket::Barred } else { Bucket::FullSelf };
            for (bucket, amount) in [
                (full, parts.full_self),
                (Bucket::OverLimit, parts.over_limit),
                (Bucket::FirstSelf, parts.first_self),
                (Bucket::InScope, parts.in_scope),
            ] {
                if let Some(slot) = sums.get_mut(bucket as usize) {
                    *slot += amount.get();
                }
            }
            let plus = |a: Fen, b: Fen| Fen::new(a.get() + b.get());
            let all = self.out.parts;
            self.out.parts.full_self = plus(all.full_self, parts.full_self);
            self.out.parts.over_limit = plus(all.over_limit, parts.over_limit);
            self.out.parts.first_self = plus(all.first_self, parts.first_self);
            self.out.parts.in_scope = plus(all.in_scope, parts.in_scope);
        }
        self.buckets = sums;
        self.in_scope = self.bucket(Bucket::InScope);
        self.total = sums.iter().sum();
        taken
    }

    /// The steps of a package over the lines of a route.
    fn package(&mut self, plan: &Plan, route: usize) -> Result<(), Refusal> {
        let Some(route) = plan.routes.get(route) else { return Ok(()) };
        if let Some(writer) = &mut self.writer {
            writer.step(route.rule).fen(Fen::new(self.in_scope));
        }
        let Some(package) = plan.packages.get(route.package) else { return Ok(()) };
        let start = self.bill.stay_start.unwrap_or(self.bill.start);
        let (mut steps, mut saved) = (&package.steps, None);
        if package.as_of == AsOf::Start && start != self.bill.end {
            let engine = self.engine;
            let plan = engine.plan(start).ok_or_else(|| outside(engine, start))?;
            let counted: Vec<i64> =
                plan.counters.iter().map(|counter| self.facts.get(counter.dim).copied().unwrap_or(MISSING)).collect();
            saved = Some((self.facts.clone(), self.facts_day));
            self.facts_day = start;
            engine.facts(Some(self.bill), self.person, engine.insured(self.person, start)?, start, self.facts)?;
            for (counter, number) in plan.counters.iter().zip(counted) {
                if let Some(fact) = self.facts.get_mut(counter.dim) {
                    *fact = number;
                }
            }
            steps = plan.packages.get(route.package).map_or(steps, |package| &package.steps);
        }
        for (at, step) in steps.iter().enumerate() {
            if holds(self.engine, &step.when, self.facts)? {
                self.step = StepSplit { package: route.package, step: at, ..StepSplit::default() };
                self.run_step(step)?;
            }
        }
        if let Some((facts, day)) = saved {
            (*self.facts, self.facts_day) = (facts, day);
        }
        let rest: i64 = self.buckets.iter().sum();
        assert!(self.buckets.iter().all(|amount| *amount >= 0), "no reason falls below zero");
        for (slot, amount) in self.out.buckets.iter_mut().zip(self.buckets) {
            *slot += amount;
        }
        self.out.cash += rest;
        Ok(())
    }

    fn run_step(&mut self, step: &StepPlan) -> Result<(), Refusal> {
        match &step.act {
            Act::FirstSelf(table, mode) => {
                let cell = cell(self.engine, table, self.facts)?;
                let ratio = values::bands(cell, table)?.first().map_or(yibao_kernel::Ratio::ZERO, |band| band.pays);
                let base = self.bucket(Bucket::InScope);
                let first = yibao_catalogue::line::share(base, ratio, *mode).map_err(|_| too_large())?;
                if let Some(writer) = &mut self.writer {
                    writer.step(cell.rule).fen(Fen::new(base)).ratio(ratio).fen(Fen::new(first));
                    cell.adjusts.iter().for_each(|rule| {
                        writer.step(*rule);
                    });
                }
                self.add_bucket(Bucket::InScope, -first);
                self.add_bucket(Bucket::AreaFirstSelf, first);
                Ok(())
            }
            Act::Layer(layer) => self.layer(layer),
            Act::TopUp { fund, base, share, of, mode } => self.top_up(*fund, base, share, *of, *mode),
            Act::Account { base, order, most } => self.account(base, order, most.as_ref()),
        }
    }

    /// Cash, totals of the year, and the sums that must hold.
    fn finish(&mut self) -> Result<(), Refusal> {
        self.out.total = self.bill.amount.get();
        self.unpaid_given()?;
        let totals = [self.out.total, self.out.parts.in_scope.get()];
        for (at, slot) in self.engine.totals.iter().enumerate() {
            let amount = match at.checked_sub(2) {
                None => totals.get(at).copied().unwrap_or(0),
                Some(fund) => self.out.funds.get(fund).copied().unwrap_or(0),
            };
            if amount != 0 {
                let window = window::number(WindowKind::Year, self.bill.end, self.engine.year_starts).unwrap_or(0);
                self.out.changes.push(Entry { slot: slot.slot, sub: 0, window, amount });
            }
        }
        if let Some(writer) = &mut self.writer {
            writer.step(self.engine.common.cash).fen(Fen::new(self.out.cash));
        }
        let parts = self.out.parts;
        let split = yibao_kernel::sum([parts.full_self, parts.over_limit, parts.first_self, parts.in_scope]);
        assert!(split == Ok(self.bill.amount), "the four parts of a bill add up to its total");
        let funds: i64 = self.out.funds.iter().sum();
        let accounts: i64 = self.out.accounts.iter().map(|(_, paid)| paid).sum();
        assert!(funds + accounts + self.out.cash == self.out.total, "funds, accounts and cash add up to the total");
        assert!(self.out.funds.iter().all(|paid| *paid >= 0) && self.out.cash >= 0, "nobody pays a negative amount");
        Ok(())
    }

    /// An amount decided elsewhere must find its layer.
    fn unpaid_given(&self) -> Result<(), Refusal> {
        for (fund, given) in &self.bill.given {
            let paid = self.engine.fund(fund).and_then(|at| self.out.funds.get(at)).copied();
            match paid {
                None => {
                    let hint = yibao_policy::suggest::hint(fund, self.engine.funds.iter().map(|fund| fund.id.as_str()));
                    return Err(Refusal::new(
                        "given",
                        format!("an amount is given for \"{fund}\", which is no payer of the pack"),
                        hint,
                    ));
                }
                Some(paid) if paid != given.get() || given.is_negative() => {
                    return Err(Refusal::new(
                        "given",
                        format!("{given} is given for \"{fund}\", but its layer pays {}", Fen::new(paid)),
                        "the amount must find a layer with given = true and as much left to pay",
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

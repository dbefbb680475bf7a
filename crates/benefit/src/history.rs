//! The settlements of a person, or of persons on one balance, in order: settling, voiding (also out of order), and
//! settling again when a value was published late or a status granted afterwards.

use yibao_kernel::explain::Explanation;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use crate::answer::Answer;
use crate::pack::header::VoidRule;
use crate::plan::Engine;
use crate::refusal::Refusal;
use crate::split::Split;

mod household;

pub use household::Household;

/// One settlement.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Place of the person in the household.
    pub member: usize,
    /// The bill as it was sent.
    pub id: String,
    /// The bill, or the two it was divided into at the end of a year.
    pub parts: Vec<Part>,
    /// Whether it was voided.
    pub voided: bool,
}

/// One bill of a settlement.
#[derive(Clone, Debug)]
pub struct Part {
    /// The bill.
    pub bill: Bill,
    /// What it came to.
    pub split: Split,
    /// Why.
    pub reasons: Explanation,
}

/// A bill that came out differently when split again.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Place of the person in the household.
    pub member: usize,
    /// The bill.
    pub bill: String,
    /// Administrative division of its place of care.
    pub area: String,
    /// Before.
    pub before: Split,
    /// After.
    pub after: Split,
    /// Why it is what it is now.
    pub reasons: Explanation,
}

/// What a void takes back, and what follows from it.
#[derive(Clone, Debug, Default)]
pub struct Reversal {
    /// Every amount negated, one for each bill of the settlement.
    pub parts: Vec<Part>,
    /// Later bills that came out differently, in order.
    pub changed: Vec<Changed>,
}

/// A settlement that came out differently when settled again.
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// The bill.
    pub bill: String,
    /// Before.
    pub before: Answer,
    /// After.
    pub after: Answer,
}

/// What a void does.
#[derive(Clone, Debug)]
pub struct Void {
    /// The record of the void: every amount of the settlement negated.
    pub reversal: Answer,
    /// Later settlements that came out differently, in order.
    pub adjustments: Vec<Adjustment>,
}

/// Settlements in order.
#[derive(Debug)]
pub struct History<'e> {
    household: Household<'e>,
    settled: Vec<Settled>,
}

impl<'e> History<'e> {
    /// Begins with a person's year so far.
    ///
    /// # Errors
    /// Accumulators of another pack.
    pub fn new(engine: &'e Engine, before: PersonState) -> Result<Self, Refusal> {
        Household::new(engine, None, vec![before]).map(Self::of)
    }

    /// Begins with persons on one balance.
    #[must_use]
    pub const fn of(household: Household<'e>) -> Self {
        Self { household, settled: Vec::new() }
    }

    /// Settles a bill of the only (or first) person.
    ///
    /// # Errors
    /// [`Refusal`]; also for a bill that is settled already.
    pub fn settle(&mut self, bill: Bill) -> Result<Answer, Refusal> {
        let id = bill.id.clone();
        let settled = self.settle_parts(0, &id, vec![bill])?;
        let part = settled.parts.first().map(|part| (part.bill.clone(), part.split.clone()));
        let (bill, split) = part.ok_or_else(unknown)?;
        self.answer(0, &bill, &split)
    }

    fn answer(&self, member: usize, bill: &Bill, split: &Split) -> Result<Answer, Refusal> {
        let state = self.household.numbers(member).ok_or_else(unknown)?;
        Ok(Answer::of(self.household.engine(), bill, split, state))
    }

    /// Settles a bill of a person, given as itself or as the two it was divided into. All of it is settled or nothing.
    ///
    /// # Errors
    /// [`Refusal`]; also for a bill that is settled already.
    pub fn settle_parts(&mut self, member: usize, id: &str, bills: Vec<Bill>) -> Result<&Settled, Refusal> {
        if self.settled.iter().any(|settled| settled.member == member && settled.id == id) {
            return Err(Refusal::new(
                "settled",
                format!("bill {id} is settled already"),
                "a bill is settled once; after a void send the rest as a new bill",
            ));
        }
        let mut parts: Vec<Part> = Vec::with_capacity(bills.len());
        for bill in bills {
            let (mut split, mut reasons) = (Split::default(), Explanation::default());
            if let Err(refusal) = self.household.split(member, &bill, &mut split, Some(&mut reasons)) {
                for part in parts.iter().rev() {
                    self.household.undo(member, &part.split);
                }
                return Err(refusal);
            }
            parts.push(Part { bill, split, reasons });
        }
        self.settled.push(Settled { member, id: id.to_owned(), parts, voided: false });
        self.settled.last().ok_or_else(unknown)
    }

    /// Voids a settlement of the only (or first) person.
    ///
    /// # Errors
    /// As [`History::take_back`].
    pub fn void(&mut self, bill: &str) -> Result<Void, Refusal> {
        if let Some(of) = bill.strip_prefix(VOID_MARK) {
            return Err(Refusal::new(
                "void_of_void",
                format!("{bill} is itself a void, of {of}"),
                "a void is not voided; settle the rest as a new bill",
            ));
        }
        let reversal = self.take_back(0, bill)?;
        let engine = self.household.engine();
        let part = reversal.parts.first().ok_or_else(unknown)?;
        let adjusted = |changed: &Changed| {
            let settled = self.settled.iter().flat_map(|settled| &settled.parts);
            let bill = settled.map(|part| &part.bill).find(|bill| bill.id == changed.bill)?;
            let state = self.household.numbers(changed.member)?;
            let (before, after) =
                (Answer::of(engine, bill, &changed.before, state), Answer::of(engine, bill, &changed.after, state));
            Some(Adjustment { bill: changed.bill.clone(), before, after })
        };
        Ok(Void {
            reversal: self.answer(0, &part.bill, &part.split)?,
            adjustments: reversal.changed.iter().filter_map(adjusted).collect(),
        })
    }

    /// Voids a settlement of a person. What followed, of everybody on the balance, is split again where the pack says
    /// so; when any of it is refused, nothing changes.
    ///
    /// # Errors
    /// [`Refusal`]: unknown, voided already, or followed by others where only the last may be voided.
    pub fn take_back(&mut self, member: usize, bill: &str) -> Result<Reversal, Refusal> {
        let own = |settled: &Settled| settled.member == member;
        let Some(at) = self.settled.iter().position(|settled| own(settled) && settled.id == bill) else {
            return Err(Refusal::new(
                "not_settled",
                format!("bill {bill} is not settled"),
                "only a settlement can be voided",
            ));
        };
        let Some(settled) = self.settled.get(at) else { return Err(unknown()) };
        if settled.voided {
            return Err(Refusal::new(
                "voided",
                format!("bill {bill} is voided already"),
                "a settlement is voided once",
            ));
        }
        let follows = self.settled.iter().enumerate().skip(at + 1).filter(|(_, later)| !later.voided);
        let mut later: Vec<usize> = follows.map(|(at, _)| at).collect();
        if self.household.engine().pack.benefit.void == VoidRule::LastOnly {
            let count = later.iter().filter(|at| self.settled.get(**at).is_some_and(own)).count();
            if count > 0 {
                let message = format!("{count} settlements follow bill {bill}");
                return Err(Refusal::new("not_last", message, "void the later ones first, the last one first"));
            }
            later.clear();
        }
        let kept = self.household.kept();
        match self.settle_without(at, &later) {
            Ok(changed) => {
                let settled = self.settled.get_mut(at).ok_or_else(unknown)?;
                settled.voided = true;
                let negated = |part: &Part| Part { split: part.split.negated(), ..part.clone() };
                Ok(Reversal { parts: settled.parts.iter().map(negated).collect(), changed })
            }
            Err(refusal) => {
                self.household.put_back(kept);
                Err(refusal)
            }
        }
    }

    /// Takes back the settlements of `later` and the one `at`, and settles `later` again.
    fn settle_without(&mut self, at: usize, later: &[usize]) -> Result<Vec<Changed>, Refusal> {
        for settled in later.iter().rev().chain(std::iter::once(&at)).filter_map(|one| self.settled.get(*one)) {
            for part in settled.parts.iter().rev() {
                self.household.undo(settled.member, &part.split);
            }
        }
        let mut again: Vec<Vec<(Split, Explanation)>> = Vec::with_capacity(later.len());
        for settled in later.iter().filter_map(|one| self.settled.get(*one)) {
            let mut parts = Vec::with_capacity(settled.parts.len());
            for part in &settled.parts {
                let (mut split, mut reasons) = (Split::default(), Explanation::default());
                self.household.split(settled.member, &part.bill, &mut split, Some(&mut reasons)).map_err(
                    |refusal| {
                        let message = format!("bill {} would be refused after it: {}", settled.id, refusal.message);
                        Refusal::new("void_refused", message, "void that bill first, then this one")
                    },
                )?;
                parts.push((split, reasons));
            }
            again.push(parts);
        }
        let mut changed = Vec::new();
        for (one, parts) in later.iter().zip(again) {
            let Some(settled) = self.settled.get_mut(*one) else { continue };
            for (part, (split, reasons)) in settled.parts.iter_mut().zip(parts) {
                let before = std::mem::replace(&mut part.split, split);
                part.reasons = reasons;
                if differs(&before, &part.split) {
                    changed.push(Changed {
                        member: settled.member,
                        bill: part.bill.id.clone(),
                        area: part.bill.institution.area.clone(),
                        before,
                        after: part.split.clone(),
                        reasons: part.reasons.clone(),
                    });
                }
            }
        }
        Ok(changed)
    }

    /// Settles everything of the only (or first) person again by another version of the pack (values published late)
    /// or other facts of the person (a status granted afterwards); what comes out differently.
    ///
    /// # Errors
    /// [`Refusal`] of the first bill that is refused.
    pub fn again<'n>(
        &self,
        engine: &'n Engine,
        person: &PersonState,
    ) -> Result<(History<'n>, Vec<Adjustment>), Refusal> {
        let mut new = History::new(engine, person.clone())?;
        let mut adjustments = Vec::new();
        let standing = self.settled.iter().filter(|settled| settled.member == 0 && !settled.voided);
        for old in standing.flat_map(|settled| &settled.parts) {
            let after = new.settle(old.bill.clone())?;
            let before = self.answer(0, &old.bill, &old.split)?;
            if answers_differ(&before, &after) {
                adjustments.push(Adjustment { bill: old.bill.id.clone(), before, after });
            }
        }
        Ok((new, adjustments))
    }

    /// The settlements, in order.
    #[must_use]
    pub fn settled(&self) -> &[Settled] {
        &self.settled
    }

    /// The persons.
    #[must_use]
    pub const fn household(&self) -> &Household<'e> {
        &self.household
    }

    /// The persons, when nothing more is settled.
    #[must_use]
    pub fn into_household(self) -> Household<'e> {
        self.household
    }

    /// The first person's year as it stands.
    #[must_use]
    pub fn state(&self) -> Option<PersonState> {
        self.household.state(0)
    }
}

/// Begins the identifier of a void.
pub const VOID_MARK: &str = "void:";

fn unknown() -> Refusal {
    Refusal::new("not_settled", "the bill is not settled", "only a settlement can be voided")
}

/// Whether an amount of it is another.
fn differs(before: &Split, after: &Split) -> bool {
    before.total != after.total
        || before.parts != after.parts
        || before.deductible() != after.deductible()
        || before.funds != after.funds
        || before.account() != after.account()
        || before.cash != after.cash
}

/// Whether anybody pays something else; two packs may place their payers differently.
fn answers_differ(before: &Answer, after: &Answer) -> bool {
    before.funds != after.funds
        || before.account != after.account
        || before.cash != after.cash
        || before.parts != after.parts
}

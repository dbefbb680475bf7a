//! A person's settlements in order: settling, voiding (also out of order), and settling again when a value was
//! published late or a status granted afterwards.

use yibao_kernel::explain::Explanation;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use crate::answer::Answer;
use crate::pack::header::VoidRule;
use crate::plan::Engine;
use crate::refusal::Refusal;
use crate::split::{Split, Splitter, State};

/// One settlement.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The bill.
    pub bill: Bill,
    /// What it came to.
    pub split: Split,
    /// Why.
    pub reasons: Explanation,
    /// Whether it was voided.
    pub voided: bool,
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

/// A person's settlements.
#[derive(Debug)]
pub struct History<'e> {
    engine: &'e Engine,
    before: PersonState,
    state: State,
    settled: Vec<Settled>,
}

impl<'e> History<'e> {
    /// Begins with a person's year so far.
    ///
    /// # Errors
    /// Accumulators of another pack.
    pub fn new(engine: &'e Engine, before: PersonState) -> Result<Self, Refusal> {
        let state = State::read(engine, &before.accumulators, &before.accounts)?;
        Ok(Self { engine, before, state, settled: Vec::new() })
    }

    /// Settles a bill.
    ///
    /// # Errors
    /// [`Refusal`]; also for a bill that is settled already.
    pub fn settle(&mut self, bill: Bill) -> Result<Answer, Refusal> {
        if self.settled.iter().any(|settled| settled.bill.id == bill.id) {
            return Err(Refusal::new(
                "settled",
                format!("bill {} is settled already", bill.id),
                "a bill is settled once; after a void send the rest as a new bill",
            ));
        }
        let (mut split, mut reasons) = (Split::default(), Explanation::default());
        Splitter::new(self.engine).split(
            &bill,
            &self.before.person,
            &mut self.state,
            &mut split,
            Some(&mut reasons),
        )?;
        let answer = Answer::of(self.engine, &bill, &split, &self.state);
        self.settled.push(Settled { bill, split, reasons, voided: false });
        Ok(answer)
    }

    /// Voids a settlement. What followed is settled again where the pack says so; when any of it is refused, nothing
    /// changes.
    ///
    /// # Errors
    /// [`Refusal`]: unknown, voided already, a void itself, or followed by others where only the last may be voided.
    pub fn void(&mut self, bill: &str) -> Result<Void, Refusal> {
        if let Some(of) = bill.strip_prefix(VOID_MARK) {
            return Err(Refusal::new(
                "void_of_void",
                format!("{bill} is itself a void, of {of}"),
                "a void is not voided; settle the rest as a new bill",
            ));
        }
        let Some(at) = self.settled.iter().position(|settled| settled.bill.id == bill) else {
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
        let later: Vec<usize> =
            self.settled.iter().enumerate().skip(at + 1).filter(|(_, later)| !later.voided).map(|(at, _)| at).collect();
        if !later.is_empty() && self.engine.pack.benefit.void == VoidRule::LastOnly {
            let message = format!("{} settlements follow bill {bill}", later.len());
            return Err(Refusal::new("not_last", message, "void the later ones first, the last one first"));
        }
        let mut state = self.state.clone();
        for one in later.iter().rev().chain(std::iter::once(&at)) {
            if let Some(settled) = self.settled.get(*one) {
                state.undo(&settled.split);
            }
        }
        let reversal = Answer::of(self.engine, &settled.bill, &settled.split.negated(), &state);
        let mut again = Vec::with_capacity(later.len());
        let mut adjustments = Vec::new();
        let mut splitter = Splitter::new(self.engine);
        for one in &later {
            let Some(old) = self.settled.get(*one) else { continue };
            let (mut split, mut reasons) = (Split::default(), Explanation::default());
            splitter.split(&old.bill, &self.before.person, &mut state, &mut split, Some(&mut reasons))?;
            adjustments.extend(adjusted(self.engine, &old.bill, &old.split, &split, &state));
            again.push((*one, split, reasons));
        }
        for (one, split, reasons) in again {
            if let Some(settled) = self.settled.get_mut(one) {
                (settled.split, settled.reasons) = (split, reasons);
            }
        }
        if let Some(settled) = self.settled.get_mut(at) {
            settled.voided = true;
        }
        self.state = state;
        Ok(Void { reversal, adjustments })
    }

    /// Settles everything again by another version of the pack (values published late) or other facts of the person
    /// (a status granted afterwards); what comes out differently.
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
        for old in self.settled.iter().filter(|settled| !settled.voided) {
            let after = new.settle(old.bill.clone())?;
            let before = Answer::of(self.engine, &old.bill, &old.split, &self.state);
            if differs(&before, &after) {
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

    /// The person's year as it stands.
    #[must_use]
    pub fn state(&self) -> PersonState {
        PersonState {
            person: self.before.person.clone(),
            accounts: self.state.accounts.clone(),
            accumulators: self.state.write(self.engine),
        }
    }
}

/// Begins the identifier of a void.
pub const VOID_MARK: &str = "void:";

fn unknown() -> Refusal {
    Refusal::new("not_settled", "the bill is not settled", "only a settlement can be voided")
}

fn adjusted(engine: &Engine, bill: &Bill, before: &Split, after: &Split, state: &State) -> Option<Adjustment> {
    let (before, after) = (Answer::of(engine, bill, before, state), Answer::of(engine, bill, after, state));
    differs(&before, &after).then(|| Adjustment { bill: bill.id.clone(), before, after })
}

/// Whether anybody pays something else.
fn differs(before: &Answer, after: &Answer) -> bool {
    before.funds != after.funds
        || before.account != after.account
        || before.cash != after.cash
        || before.parts != after.parts
}

//! Persons who spend from one balance (家庭共济): whatever one pays from an account is gone from everybody's.

use yibao_kernel::explain::Explanation;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use crate::plan::Engine;
use crate::refusal::Refusal;
use crate::split::{Split, Splitter, State};

/// One person of a household.
#[derive(Clone, Debug)]
struct Member {
    before: PersonState,
    state: State,
}

/// Persons who share accounts, or one person alone, while bills are split.
#[derive(Debug)]
pub struct Household<'e> {
    home: &'e Engine,
    splitter: Splitter<'e>,
    members: Vec<Member>,
}

impl<'e> Household<'e> {
    /// Begins with the persons' years so far; `care` is the pack of the place of care, for the lines.
    ///
    /// # Errors
    /// Accumulators of another pack; an account that stands with two balances.
    pub fn new(home: &'e Engine, care: Option<&'e Engine>, persons: Vec<PersonState>) -> Result<Self, Refusal> {
        let splitter = care.map_or_else(|| Splitter::new(home), |care| Splitter::out_of_area(home, care));
        let mut members: Vec<Member> = Vec::with_capacity(persons.len());
        for before in persons {
            let state = State::read(home, &before.accumulators, &before.accounts)?;
            let known = members.iter().flat_map(|member| &member.state.accounts);
            for account in known {
                if before.accounts.iter().any(|own| own.id == account.id && own.balance != account.balance) {
                    return Err(Refusal::new(
                        "balance_differs",
                        "an account that persons share stands with two balances",
                        "an account has one balance: write the same one for everybody who may use it",
                    ));
                }
            }
            members.push(Member { before, state });
        }
        Ok(Self { home, splitter, members })
    }

    /// The pack.
    #[must_use]
    pub const fn engine(&self) -> &'e Engine {
        self.home
    }

    /// A person as given at the beginning, by place in the household.
    #[must_use]
    pub fn before(&self, member: usize) -> Option<&PersonState> {
        self.members.get(member).map(|member| &member.before)
    }

    /// A person's year so far in numbers.
    #[must_use]
    pub fn numbers(&self, member: usize) -> Option<&State> {
        self.members.get(member).map(|member| &member.state)
    }

    /// Splits a bill of a person. Nothing changes when it is refused.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn split(
        &mut self,
        member: usize,
        bill: &Bill,
        out: &mut Split,
        explanation: Option<&mut Explanation>,
    ) -> Result<(), Refusal> {
        let one = self.members.get_mut(member).ok_or_else(nobody)?;
        self.splitter.split(bill, &one.before.person, &mut one.state, out, explanation)?;
        self.share(member, out);
        Ok(())
    }

    /// Takes a split of a person back.
    pub fn undo(&mut self, member: usize, split: &Split) {
        if let Some(one) = self.members.get_mut(member) {
            one.state.undo(split);
        }
        self.share(member, split);
    }

    /// What a split paid from accounts is what everybody's balance says.
    fn share(&mut self, member: usize, split: &Split) {
        if self.members.len() < 2 {
            return;
        }
        for (at, _) in &split.accounts {
            let paid = self.members.get(member).and_then(|one| one.state.accounts.get(*at)).cloned();
            let Some(paid) = paid else { continue };
            for (_, other) in self.members.iter_mut().enumerate().filter(|(place, _)| *place != member) {
                for account in other.state.accounts.iter_mut().filter(|account| account.id == paid.id) {
                    account.balance = paid.balance;
                }
            }
        }
    }

    /// The years so far of everybody, to be put back by [`Household::put_back`].
    #[must_use]
    pub fn kept(&self) -> Vec<State> {
        self.members.iter().map(|member| member.state.clone()).collect()
    }

    /// Puts back what [`Household::kept`] gave.
    pub fn put_back(&mut self, kept: Vec<State>) {
        for (member, state) in self.members.iter_mut().zip(kept) {
            member.state = state;
        }
    }

    /// A person's year as it stands.
    #[must_use]
    pub fn state(&self, member: usize) -> Option<PersonState> {
        self.members.get(member).map(|one| as_record(self.home, one.before.clone(), &one.state))
    }

    /// Everybody's year as it stands.
    #[must_use]
    pub fn into_states(self) -> Vec<PersonState> {
        let home = self.home;
        self.members.into_iter().map(|one| as_record(home, one.before, &one.state)).collect()
    }
}

fn as_record(engine: &Engine, before: PersonState, state: &State) -> PersonState {
    let (accounts, accumulators) = (state.accounts.clone(), state.write(engine));
    PersonState { person: before.person, accounts, accumulators, settled: before.settled }
}

fn nobody() -> Refusal {
    Refusal::new("no_person", "the person is not of this household", "name a person of the household")
}

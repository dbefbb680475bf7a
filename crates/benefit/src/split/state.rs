//! A person's year so far in numbers, and how it is read and written.

use yibao_kernel::Fen;
use yibao_record::person::{Account, Accumulator};

use crate::pack::step::WindowKind;
use crate::plan::Engine;
use crate::plan::compiler::Slot;
use crate::plan::window;
use crate::refusal::Refusal;

/// One accumulated number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What is counted.
    pub slot: u16,
    /// The words it is kept apart by, as one number.
    pub sub: u32,
    /// Window.
    pub window: i32,
    /// Fen, or a count.
    pub amount: i64,
}

/// The year so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// Numbers, in the order they were first met.
    entries: Vec<Entry>,
    /// Identifiers of stays, and of bills that were divided; their windows are places in this list.
    stays: Vec<Box<str>>,
    /// Accounts.
    pub accounts: Vec<Account>,
    /// What other packs counted in years that are over: handed on untouched.
    others: Vec<Accumulator>,
}

/// Begins the window of what is granted once over the parts of a bill.
pub(crate) const WHOLE_BILL: &str = "bill:";

/// Settlement periods a stay can have.
pub(super) const PERIODS_MAX: i32 = 1000;

impl State {
    /// What was used.
    #[must_use]
    #[inline]
    pub fn get(&self, slot: u16, sub: u32, window: i32) -> i64 {
        let same = |entry: &&Entry| entry.slot == slot && entry.window == window && entry.sub == sub;
        self.entries.iter().find(same).map_or(0, |entry| entry.amount)
    }

    /// Adds to what was used; what it comes to.
    pub fn add(&mut self, change: Entry) -> i64 {
        let same =
            |entry: &&mut Entry| entry.slot == change.slot && entry.window == change.window && entry.sub == change.sub;
        match self.entries.iter_mut().find(same) {
            Some(entry) => {
                entry.amount = entry.amount.saturating_add(change.amount);
                entry.amount
            }
            None => {
                self.entries.push(change);
                change.amount
            }
        }
    }

    /// Takes a split back: accumulators and balances are what they were before it.
    pub fn undo(&mut self, split: &super::Split) {
        for change in &split.changes {
            self.add(Entry { amount: -change.amount, ..*change });
        }
        for (at, paid) in &split.accounts {
            if let Some(account) = self.accounts.get_mut(*at) {
                account.balance = Fen::new(account.balance.get().saturating_add(*paid));
            }
        }
    }

    /// The place of a stay, if it was met.
    #[must_use]
    pub fn stay(&self, id: &str) -> Option<i32> {
        self.stays.iter().position(|known| &**known == id).and_then(|at| i32::try_from(at).ok())
    }

    /// The place of a stay of which something stands: one whose bills were refused or voided is not settled.
    #[must_use]
    pub fn settled_stay(&self, engine: &Engine, id: &str) -> Option<i32> {
        let of_stay = |entry: &Entry| {
            engine.slots.get(usize::from(entry.slot)).is_some_and(|slot| slot.window == WindowKind::Stay)
        };
        let stay = self.stay(id)?;
        self.entries.iter().any(|entry| entry.window == stay && entry.amount != 0 && of_stay(entry)).then_some(stay)
    }

    /// The place of a stay, met now at the latest.
    pub fn meet(&mut self, id: &str) -> i32 {
        self.stay(id).unwrap_or_else(|| {
            self.stays.push(id.into());
            i32::try_from(self.stays.len() - 1).unwrap_or(i32::MAX)
        })
    }

    /// The window of a settlement period of a stay.
    #[must_use]
    pub fn period(stay: i32, number: i32) -> i32 {
        // Within its bounds: read and counted numbers are checked.
        stay.saturating_mul(PERIODS_MAX).saturating_add(number.clamp(0, PERIODS_MAX - 1))
    }

    /// Reads accumulators and accounts.
    ///
    /// # Errors
    /// An accumulator of another pack, a window that cannot be read, one account twice, a negative balance.
    pub fn read(engine: &Engine, accumulators: &[Accumulator], accounts: &[Account]) -> Result<Self, Refusal> {
        let mut state = Self { accounts: accounts.to_vec(), ..Self::default() };
        for (at, account) in accounts.iter().enumerate() {
            if accounts.iter().take(at).any(|earlier| earlier.id == account.id) {
                return Err(Refusal::new(
                    "account_twice",
                    "one account stands twice among the person's accounts",
                    "an account can be spent once: list it once, under one kind",
                ));
            }
            if account.balance.is_negative() {
                return Err(Refusal::new(
                    "negative_balance",
                    "an account's balance is below zero",
                    "correct the balance",
                ));
            }
        }
        // Each balance is an amount; together they have to be one as well.
        let balances = yibao_kernel::sum(accounts.iter().map(|account| account.balance));
        if balances.map_or(true, |sum| sum.get() > Fen::MAX_ABS) {
            return Err(Refusal::new(
                "too_large",
                "the balances of the person's accounts together do not fit",
                "look for a balance with misplaced digits",
            ));
        }
        for one in accumulators {
            let wrong = |what: &str| {
                Refusal::new(
                    "accumulator",
                    format!("accumulator \"{}\": {what}", one.key),
                    "accumulators come from the settlements of the same pack",
                )
            };
            let of_bill = one.window.starts_with(WHOLE_BILL);
            let named = |slot: &Slot, bill: bool| slot.key == one.key && (slot.window == WindowKind::Bill) == bill;
            let at = |bill: bool| engine.slots.iter().position(|slot| named(slot, bill));
            let found = at(of_bill).or_else(|| at(!of_bill));
            if found.is_none() && closed(engine, &one.window) {
                state.others.push(one.clone());
                continue;
            }
            let slot = found.ok_or_else(|| {
                let hint = yibao_policy::suggest::hint(&one.key, engine.slots.iter().map(|slot| slot.key.as_str()));
                Refusal::new("accumulator", format!("accumulator \"{}\" is not one of this pack", one.key), hint)
            })?;
            let known = engine.slots.get(slot).ok_or_else(|| wrong("unknown"))?;
            let amount = match (known.count, one.amount, one.count) {
                (false, Some(amount), None) => amount.get(),
                (true, None, Some(count)) => count,
                _ => return Err(wrong("an amount, or for a count a count, and not both")),
            };
            if amount < 0 {
                return Err(wrong("below zero"));
            }
            if amount > Fen::MAX_ABS {
                return Err(wrong("too large"));
            }
            let window = match known.window {
                WindowKind::Bill if !of_bill => return Err(wrong("the window is bill:ID")),
                WindowKind::Stay | WindowKind::Bill => state.meet(&one.window),
                WindowKind::Period => {
                    let (stay, number) =
                        one.window.rsplit_once('#').ok_or_else(|| wrong("the window is stay#number"))?;
                    let number = number.parse().ok().filter(|number| (0..PERIODS_MAX).contains(number));
                    let number = number.ok_or_else(|| wrong("the window is stay#number"))?;
                    Self::period(state.meet(stay), number)
                }
                kind => window::read(kind, &one.window).ok_or_else(|| wrong("the window cannot be read"))?,
            };
            let sub = engine.sub_of(known, &one.of).ok_or_else(|| wrong("`of` is none of its words"))?;
            let entry = Entry { slot: u16::try_from(slot).unwrap_or(u16::MAX), sub, window, amount };
            if state.entries.iter().any(|known| known.slot == entry.slot && known.sub == sub && known.window == window)
            {
                return Err(wrong("stands twice"));
            }
            state.entries.push(entry);
        }
        Ok(state)
    }

    /// The accumulators as records, by key, words and window; what is zero is left out.
    #[must_use]
    pub fn write(&self, engine: &Engine) -> Vec<Accumulator> {
        let mut written: Vec<Accumulator> = self
            .entries
            .iter()
            .filter(|entry| entry.amount != 0)
            .filter_map(|entry| {
                let slot = engine.slots.get(usize::from(entry.slot))?;
                let stay = |at: i32| usize::try_from(at).ok().and_then(|at| self.stays.get(at));
                let window = match slot.window {
                    WindowKind::Stay | WindowKind::Bill => stay(entry.window)?.to_string(),
                    WindowKind::Period => {
                        format!("{}#{}", stay(entry.window / PERIODS_MAX)?, entry.window % PERIODS_MAX)
                    }
                    kind => window::show(kind, entry.window)?,
                };
                Some(Accumulator {
                    key: slot.key.clone(),
                    of: engine.sub_words(slot, entry.sub),
                    window,
                    amount: (!slot.count).then_some(Fen::new(entry.amount)),
                    count: slot.count.then_some(entry.amount),
                })
            })
            .collect();
        written.extend(self.others.iter().cloned());
        written.sort_by(|a, b| (&a.key, &a.of, &a.window).cmp(&(&b.key, &b.of, &b.window)));
        written
    }
}

/// Whether a window lies in a year before the pack's first.
fn closed(engine: &Engine, window: &str) -> bool {
    let year = window.get(..4).and_then(|year| year.parse::<i32>().ok());
    year.is_some_and(|year| year < super::window::year_of(engine.pack.benefit.from, engine.year_starts))
}

impl Engine {
    /// The number of the words joined by `|`.
    fn sub_of(&self, slot: &Slot, words: &str) -> Option<u32> {
        let mut parts = words.split('|').filter(|_| !slot.per.is_empty());
        let mut sub = 0_u32;
        for dim in &slot.per {
            let dim = self.dims.0.get(*dim)?;
            let at = u32::try_from(dim.word(parts.next()?)?).ok()?;
            sub = sub.checked_mul(u32::try_from(dim.values.len()).ok()?)?.checked_add(at)?;
        }
        (parts.next().is_none() && (!slot.per.is_empty() || words.is_empty())).then_some(sub)
    }

    /// What [`Engine::sub_of`] reads.
    fn sub_words(&self, slot: &Slot, sub: u32) -> String {
        let mut rest = sub;
        let mut words = Vec::new();
        for dim in slot.per.iter().rev().filter_map(|dim| self.dims.0.get(*dim)) {
            let size = u32::try_from(dim.values.len()).unwrap_or(1).max(1);
            words.push(dim.show(i64::from(rest % size)));
            rest /= size;
        }
        words.reverse();
        words.join("|")
    }
}

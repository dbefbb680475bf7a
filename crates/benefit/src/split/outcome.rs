//! What a bill comes to.

use yibao_kernel::Fen;
use yibao_record::bill::Parts;

use super::reasons::LineWhy;
use super::state::Entry;
use crate::pack::step::Bucket;

/// Amounts in fen by reason.
pub type Buckets = [i64; Bucket::ALL.len()];

/// A split. Its vectors are kept from bill to bill, so that nothing is allocated for a line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Split {
    /// The bill's total.
    pub total: i64,
    /// The four parts of the bill.
    pub parts: Parts,
    /// The four parts of every line, and how it was treated.
    pub lines: Vec<LineSplit>,
    /// What was paid by each fund of the pack.
    pub funds: Vec<i64>,
    /// What accounts paid: place among the person's accounts, amount.
    pub accounts: Vec<(usize, i64)>,
    /// Cash.
    pub cash: i64,
    /// What the person bears by reason: what accounts and cash pay.
    pub buckets: Buckets,
    /// What each step did.
    pub steps: Vec<StepSplit>,
    /// What changed in the year so far.
    pub changes: Vec<Entry>,
    /// The gate that decided, if one did: its place.
    pub gate: Option<usize>,
    /// Whether what public funds paid is recovered from a third party.
    pub advance: bool,
}

/// One line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LineSplit {
    /// Its parts.
    pub parts: Parts,
    /// Somebody has to look.
    pub review: bool,
    /// The route it took: place among the routes.
    pub route: usize,
    /// Whether no account may pay what is full self-pay of it.
    pub no_account: bool,
    /// The item: place in the catalogue.
    pub(super) item: Option<u32>,
    /// Whether it was given a route.
    pub(super) routed: bool,
    /// How it came to its parts.
    pub(super) why: LineWhy,
}

/// What one step did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StepSplit {
    /// Place of the package.
    pub package: usize,
    /// Place of the step.
    pub step: usize,
    /// The fund, for layers.
    pub fund: Option<usize>,
    /// What it looked at.
    pub base: i64,
    /// The deductible standard.
    pub standard: i64,
    /// Deductible borne now.
    pub deductible: i64,
    /// The first ratio that applied, as numerator and denominator.
    pub ratio: Option<(i64, i64)>,
    /// Paid.
    pub paid: i64,
    /// Beyond a cap.
    pub over_cap: i64,
}

impl Split {
    /// Empties it for the next bill.
    pub(super) fn clear(&mut self, funds: usize) {
        self.total = 0;
        self.parts = Parts::default();
        self.lines.clear();
        self.funds.clear();
        self.funds.resize(funds, 0);
        self.accounts.clear();
        self.cash = 0;
        self.buckets = Buckets::default();
        self.steps.clear();
        self.changes.clear();
        self.gate = None;
        self.advance = false;
    }

    /// What all funds, the hospital's part and private layers included, paid.
    #[must_use]
    pub fn paid(&self) -> Fen {
        Fen::new(self.funds.iter().sum())
    }

    /// What accounts paid.
    #[must_use]
    pub fn account(&self) -> Fen {
        Fen::new(self.accounts.iter().map(|(_, paid)| paid).sum())
    }

    /// What the person bears: accounts and cash.
    #[must_use]
    pub fn person(&self) -> Fen {
        Fen::new(self.account().get().saturating_add(self.cash))
    }

    /// The deductible the person bore.
    #[must_use]
    pub fn deductible(&self) -> Fen {
        Fen::new(self.steps.iter().map(|step| step.deductible).sum())
    }

    /// What the person bears for one reason.
    #[must_use]
    pub fn bucket(&self, bucket: Bucket) -> Fen {
        let at = Bucket::ALL.iter().position(|one| *one == bucket);
        Fen::new(at.and_then(|at| self.buckets.get(at)).copied().unwrap_or(0))
    }

    /// The same with every amount negated: the record of a void. Applied to the year so far it restores it.
    #[must_use]
    pub fn negated(&self) -> Self {
        let minus = |fen: Fen| Fen::new(-fen.get());
        let parts = |parts: Parts| Parts {
            full_self: minus(parts.full_self),
            over_limit: minus(parts.over_limit),
            first_self: minus(parts.first_self),
            in_scope: minus(parts.in_scope),
        };
        Self {
            total: -self.total,
            parts: parts(self.parts),
            lines: self.lines.iter().map(|line| LineSplit { parts: parts(line.parts), ..*line }).collect(),
            funds: self.funds.iter().map(|paid| -paid).collect(),
            accounts: self.accounts.iter().map(|(at, paid)| (*at, -paid)).collect(),
            cash: -self.cash,
            buckets: self.buckets.map(|amount| -amount),
            steps: self.steps.iter().map(|step| step.negated()).collect(),
            changes: self.changes.iter().map(|change| Entry { amount: -change.amount, ..*change }).collect(),
            gate: self.gate,
            advance: self.advance,
        }
    }
}

impl StepSplit {
    const fn negated(&self) -> Self {
        Self {
            base: -self.base,
            standard: self.standard,
            deductible: -self.deductible,
            paid: -self.paid,
            over_cap: -self.over_cap,
            ..*self
        }
    }
}

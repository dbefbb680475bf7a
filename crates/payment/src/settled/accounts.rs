//! The final accounts of a period: by institution, by pool, and over the region; sums that were asserted to the fen.

/// Whose accounts a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AccountOf {
    /// An institution: index into [`super::Settled::institutions`].
    Institution(u32),
    /// A pool: index into [`super::Settled::pools`].
    Pool(u32),
    /// Everything.
    #[default]
    Region,
}

/// One line of the final accounts; amounts in fen. What only pools have is absent for institutions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AccountRow {
    /// Whose.
    pub of: AccountOf,
    /// Budget after dated changes.
    pub budget: Option<i128>,
    /// Taken out before distribution.
    pub deducted: Option<i128>,
    /// What the methods gave.
    pub cleared: i128,
    /// Care elsewhere charged.
    pub charged: i128,
    /// Effect of the assessment.
    pub assessed: i128,
    /// Sharing.
    pub shared: i128,
    /// Differences of closed periods.
    pub difference: i128,
    /// Deposit kept.
    pub withheld: i128,
    /// Paid month by month.
    pub prepaid: i128,
    /// Due.
    pub due: i128,
    /// A negative due that is paid as nothing and still owed (≤ 0).
    pub owed: i128,
    /// Prepaid working capital outstanding; never part of `due`. Pools have none.
    pub receivable: Option<i128>,
    /// Carried to the next year.
    pub carried: Option<i128>,
    /// Reserve at the start.
    pub reserve_opening: Option<i128>,
    /// Reserve at the end.
    pub reserve_closing: Option<i128>,
}

impl AccountRow {
    /// What is paid for the period: cleared + charged + assessed + shared + difference.
    #[must_use]
    pub const fn entitled(&self) -> i128 {
        self.cleared + self.charged + self.assessed + self.shared + self.difference
    }

    /// The amounts in the order of `final.csv`.
    #[must_use]
    pub const fn amounts(&self) -> [Option<i128>; 15] {
        [
            self.budget,
            self.deducted,
            Some(self.cleared),
            Some(self.charged),
            Some(self.assessed),
            Some(self.shared),
            Some(self.difference),
            Some(self.withheld),
            Some(self.prepaid),
            Some(self.due),
            Some(self.owed),
            self.receivable,
            self.carried,
            self.reserve_opening,
            self.reserve_closing,
        ]
    }
}

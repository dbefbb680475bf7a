//! Yearly limits (spec §4.1, §4.5): what one person takes, case by case in the order of discharge, up to the limit.

/// A case that wants something of a person's year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ask {
    /// Row of the case.
    pub row: u32,
    /// Whose year, and of what: the same number for all cases that share one limit.
    pub taker: u32,
    /// How much it wants (fen or days).
    pub amount: i64,
    /// The limit it is under.
    pub limit: i64,
}

/// What a limit left of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LimitAnswer {
    /// Index of the step in the method's case steps.
    pub step: u16,
    /// The limit.
    pub limit: i64,
    /// Taken by earlier cases.
    pub used: i64,
    /// What the case gets, less than it wants.
    pub allowed: i64,
}

/// The cases that a limit cuts, with what is left of them. The asks of one taker stand together, in the order in which
/// they take.
#[must_use]
pub fn cuts(asks: &[Ask], step: u16) -> Vec<(u32, LimitAnswer)> {
    let mut cut = Vec::new();
    for taker in asks.chunk_by(|a, b| a.taker == b.taker) {
        let mut used = 0_i64;
        for ask in taker {
            let wanted = ask.amount.max(0);
            let allowed = wanted.min(ask.limit.saturating_sub(used).max(0));
            if allowed < wanted {
                cut.push((ask.row, LimitAnswer { step, limit: ask.limit, used, allowed }));
            }
            used = used.saturating_add(allowed);
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(row: u32, taker: u32, amount: i64) -> Ask {
        Ask { row, taker, amount, limit: 500 }
    }

    #[test]
    fn what_exceeds_the_year_is_cut_from_the_case_that_exceeds_it() {
        let asks = [ask(0, 1, 300), ask(1, 1, 300), ask(2, 1, 100), ask(3, 2, 500)];
        let of = |row, used, allowed| (row, LimitAnswer { step: 4, limit: 500, used, allowed });
        assert_eq!(cuts(&asks, 4), [of(1, 300, 200), of(2, 500, 0)]);
    }

    #[test]
    fn a_negative_amount_takes_nothing_and_gives_nothing_back() {
        assert_eq!(cuts(&[ask(0, 1, -100), ask(1, 1, 500)], 0), []);
    }
}

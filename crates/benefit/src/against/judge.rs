//! Figures of a pack against the figure that is asked.

use std::cmp::Ordering;

use yibao_kernel::Ratio;
use yibao_kernel::explain::RuleId;

use super::figures::Figure;
use super::{Verdict, known, yuan};

/// A verdict with its figures.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Verdict.
    pub verdict: Verdict,
    /// What the pack has.
    pub local: String,
    /// What the list asks.
    pub national: String,
    /// The rule of the figure that decided.
    pub rule: Option<RuleId>,
}

impl Judged {
    /// A verdict that no rule of the pack decided.
    pub const fn without(verdict: Verdict, local: String, national: String) -> Self {
        Self { verdict, local, national, rule: None }
    }
}

/// What a figure is, and which is the worst for the person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// The least ratio is the worst.
    LeastRatio,
    /// The largest ratio is the worst.
    MostRatio,
    /// The least amount is the worst.
    LeastMoney,
    /// The largest amount is the worst.
    MostMoney,
}

impl Show {
    const fn largest_is_worst(self) -> bool {
        matches!(self, Self::MostRatio | Self::MostMoney)
    }

    fn words(self, figure: Ratio) -> String {
        match self {
            Self::LeastRatio | Self::MostRatio => figure.to_string(),
            _ if figure >= Ratio::from_int(i64::MAX) => "不设 none".to_owned(),
            _ => yuan(figure),
        }
    }

    /// From the worst to the best.
    fn range(self, worst: Ratio, best: Ratio) -> String {
        if worst == best {
            return self.words(worst);
        }
        format!("{} … {}", self.words(worst), self.words(best))
    }
}

/// The worst and the best figure.
fn ends(figures: &[Figure], show: Show) -> Option<((Ratio, Option<RuleId>), Ratio)> {
    let sign = |a: Ratio, b: Ratio| if show.largest_is_worst() { b.cmp(&a) } else { a.cmp(&b) };
    let mut worst: Option<(Ratio, Option<RuleId>)> = None;
    let mut best: Option<Ratio> = None;
    for (value, figure) in known(figures) {
        if worst.is_none_or(|(worst, _)| sign(value, worst) == Ordering::Less) {
            worst = Some((value, figure.rule));
        }
        if best.is_none_or(|best| sign(value, best) == Ordering::Greater) {
            best = Some(value);
        }
    }
    worst.zip(best)
}

/// The worst figure decides; an open one only where no other is below.
pub fn judge(figures: &[Figure], order: impl Fn(Ratio) -> Ordering, asked: &str, show: Show) -> Judged {
    let Some(((worst, rule), best)) = ends(figures, show) else {
        let verdict = if figures.is_empty() { Verdict::NotFound } else { Verdict::Open };
        let rule = figures.first().and_then(|figure| figure.rule);
        return Judged { rule, ..Judged::without(verdict, String::new(), asked.to_owned()) };
    };
    let verdict = match order(worst) {
        Ordering::Less => Verdict::Below,
        _ if figures.iter().any(|figure| figure.value.is_none()) => Verdict::Open,
        Ordering::Equal => Verdict::Meets,
        Ordering::Greater => Verdict::Beyond,
    };
    Judged { verdict, local: show.range(worst, best), national: asked.to_owned(), rule }
}

/// An average over all bills: told only where the best ratio of the pack does not reach it.
pub fn average(figures: &[Figure], least: Ratio) -> Judged {
    let asked = format!("平均 on average ≥ {least}");
    let reached = judge(figures, |ratio| ratio.cmp(&least), &asked, Show::LeastRatio);
    let Some((_, best)) = ends(figures, Show::LeastRatio) else { return reached };
    let open = figures.iter().any(|figure| figure.value.is_none());
    let verdict = match best < least {
        true if open => Verdict::Open,
        true => Verdict::Below,
        false => Verdict::CannotTell,
    };
    Judged { verdict, ..reached }
}

/// A ceiling of the list: more than it is beyond, less is not below.
pub fn ceiling(figures: &[Figure], most: Ratio) -> Judged {
    let asked = format!("≤ {}", yuan(most));
    let order = |found: Ratio| if found > most { Ordering::Greater } else { Ordering::Equal };
    judge(figures, order, &asked, Show::MostMoney)
}

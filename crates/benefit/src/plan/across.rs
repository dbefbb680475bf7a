//! Rules that look at several lines of a bill: items that exclude each other, ceilings per day, one rounding per bill.

use yibao_catalogue::Catalogue;
use yibao_kernel::explain::RuleId;
use yibao_kernel::{Decimal, Ratio};
use yibao_policy::{Path, suggest};

use super::compiler::Compiler;
use super::raw::Want;
use super::table::{Spec, Table};
use super::when::When;
use crate::pack::{Daily, ExclusiveOutcome, Keep, LineOrder, LineRounding, ReviewAs, Within};

/// What a pack says across lines, whatever the day.
#[derive(Debug, Default)]
pub struct Across {
    /// Items that exclude each other, in order.
    pub exclusive: Vec<ExclusivePlan>,
    /// For every daily ceiling, which items of the catalogue it looks at.
    pub daily: Vec<Box<[bool]>>,
    /// Whether the first self-pay is rounded once per bill.
    pub once_per_bill: bool,
}

impl Across {
    /// Whether every line can be split by itself.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.exclusive.is_empty() && self.daily.is_empty() && !self.once_per_bill
    }
}

/// Items that exclude each other.
#[derive(Debug)]
pub struct ExclusivePlan {
    /// For every version of the catalogue the place of its code in the rule; `None` where it is not in the rule.
    pub codes: Box<[Option<u32>]>,
    /// Over which time.
    pub within: Within,
    /// Which code is kept.
    pub keep: Keep,
    /// What becomes of the others.
    pub outcome: ExclusiveOutcome,
    /// The rule in explanations.
    pub rule: RuleId,
}

/// A ceiling per day of service, on a stretch of days.
#[derive(Debug)]
pub struct DailyPlan {
    /// For which bills.
    pub when: When,
    /// The ceiling.
    pub most: DailyMost,
    /// The rule in explanations.
    pub rule: RuleId,
}

/// The most of a day.
#[derive(Debug)]
pub enum DailyMost {
    /// Units.
    Quantity(Ratio),
    /// Money.
    Amount(Table),
}

impl Compiler<'_> {
    /// The rules across lines and the items they look at.
    pub(super) fn across(&mut self, catalogue: &Catalogue) -> Across {
        let pack = self.pack;
        let path = Path::of("lines");
        let once_per_bill = pack.lines.rounding == LineRounding::Bill;
        if once_per_bill && pack.lines.order == LineOrder::RatioFirst {
            self.error(
                &path.key("rounding"),
                "the first self-pay of a bill cannot be rounded once where it comes before the limit",
                "state order = \"limit_first\", or rounding = \"line\"",
            );
        }
        let mut exclusive = Vec::with_capacity(pack.lines.exclusive.len());
        for (at, rule) in pack.lines.exclusive.iter().enumerate() {
            let path = path.key("exclusive").at(at);
            let twice = |code: &String| rule.items.iter().filter(|other| *other == code).count() > 1;
            if rule.items.len() < 2 || rule.items.iter().any(twice) {
                self.error(
                    &path.key("items"),
                    "items exclude each other only where there are two or more",
                    "list at least two codes, each once",
                );
            }
            self.known_codes(&rule.items, catalogue, &path.key("items"));
            if rule.outcome == ExclusiveOutcome::Review && pack.lines.review.is_none() {
                self.error(
                    &path.key("outcome"),
                    "nothing says what a line under review counts as",
                    "state [lines] review = \"in\", \"out\" or \"refuse\"",
                );
            }
            let words = ("  与同日或同单的另一项不得同时收费", "  not charged together with another line");
            let words_rule = self.rule(&path, words.0.to_owned(), words.1.to_owned(), Some(&rule.source));
            let place =
                |code: &str| rule.items.iter().position(|one| one == code).and_then(|at| u32::try_from(at).ok());
            exclusive.push(ExclusivePlan {
                codes: catalogue.items().iter().map(|item| place(&item.code)).collect(),
                within: rule.within,
                keep: rule.keep,
                outcome: rule.outcome,
                rule: words_rule,
            });
        }
        let mut daily = Vec::with_capacity(pack.lines.daily.len());
        for (at, rule) in pack.lines.daily.iter().enumerate() {
            let path = path.key("daily").at(at);
            if rule.items.is_empty() && rule.tag.is_empty() {
                self.error(&path, "a ceiling over no items", "list codes under `items`, marks under `tag`, or both");
            }
            self.known_codes(&rule.items, catalogue, &path.key("items"));
            for (number, mark) in rule.tag.iter().enumerate() {
                self.known_mark(mark, catalogue, &path.key("tag").at(number));
            }
            let fits = catalogue
                .items()
                .iter()
                .map(|item| rule.items.contains(&item.code) || rule.tag.iter().any(|mark| item.tags.contains(mark)));
            daily.push(fits.collect());
        }
        self.across_ids();
        Across { exclusive, daily, once_per_bill }
    }

    /// Ids of the rules across lines are unique.
    fn across_ids(&mut self) {
        let lines = &self.pack.lines;
        let path = Path::of("lines");
        let exclusive = lines.exclusive.iter().enumerate().map(|(at, one)| (&one.id, path.key("exclusive").at(at)));
        let daily = lines.daily.iter().enumerate().map(|(at, one)| (&one.id, path.key("daily").at(at)));
        let ids: Vec<(&String, Path)> = exclusive.chain(daily).collect();
        for (at, (id, path)) in ids.iter().enumerate() {
            if ids.iter().take(at).any(|(earlier, _)| earlier == id) {
                self.error(path, format!("rule \"{id}\" stands twice"), "give every one its own id");
            }
        }
    }

    /// The ceilings per day of service on the day of the compiler.
    pub(super) fn daily(&mut self, domain: &[When]) -> Vec<DailyPlan> {
        let pack = self.pack;
        let mut plans = Vec::with_capacity(pack.lines.daily.len());
        for (at, rule) in pack.lines.daily.iter().enumerate() {
            let path = Path::of("lines").key("daily").at(at);
            let when = self.when(rule.when.as_ref(), &path.key("when"));
            let most = match (&rule.quantity, rule.rows.is_empty()) {
                (Some(quantity), true) if rule.adjust.is_empty() => {
                    self.daily_quantity(quantity, &path.key("quantity"))
                }
                (None, false) => self.daily_amount(rule, &path, &when, domain),
                _ => {
                    self.error(
                        &path,
                        "a daily ceiling is either a quantity or an amount",
                        "write quantity = \"2\", or rows = [ { value = \"200.00\" } ]",
                    );
                    None
                }
            };
            let words = ("  超过每日限量或限额", "  above the ceiling of a day");
            let words = self.rule(&path, words.0.to_owned(), words.1.to_owned(), Some(&rule.source));
            plans.extend(most.map(|most| DailyPlan { when, most, rule: words }));
        }
        plans
    }

    fn daily_quantity(&mut self, text: &str, path: &Path) -> Option<DailyMost> {
        match Decimal::parse_as_written(text) {
            Ok(quantity) if quantity.units() > 0 => Some(DailyMost::Quantity(quantity.ratio())),
            _ => {
                self.error(
                    path,
                    "not a quantity above zero",
                    "write quantity = \"2\"; for none at all put the item out",
                );
                None
            }
        }
    }

    fn daily_amount(&mut self, rule: &Daily, path: &Path, when: &When, domain: &[When]) -> Option<DailyMost> {
        let narrowed: Vec<When> =
            domain.iter().map(|one| When(one.0.iter().chain(&when.0).cloned().collect())).collect();
        let spec = Spec {
            rows: &rule.rows,
            adjust: &rule.adjust,
            named: None,
            source: Some(&rule.source),
            path: path.clone(),
            words: (rule.id.clone(), rule.id.clone()),
        };
        self.table(&spec, Want::Amount, &narrowed).map(DailyMost::Amount)
    }

    fn known_codes(&mut self, codes: &[String], catalogue: &Catalogue, path: &Path) {
        for (at, code) in codes.iter().enumerate() {
            if !catalogue.items().iter().any(|item| item.code == *code) {
                let hint = suggest::hint(code, catalogue.items().iter().map(|item| item.code.as_str()));
                self.error(&path.at(at), format!("item \"{code}\" is not in the catalogue"), hint);
            }
        }
    }

    /// A mark that some item of the catalogue has.
    pub(super) fn known_mark(&mut self, mark: &str, catalogue: &Catalogue, path: &Path) {
        let mut marks: Vec<&str> = catalogue.items().iter().flat_map(|item| &item.tags).map(String::as_str).collect();
        marks.sort_unstable();
        marks.dedup();
        if !marks.contains(&mark) {
            let hint = suggest::hint(mark, marks.iter().copied());
            self.error(path, format!("no item of the catalogue has the mark \"{mark}\""), hint);
        }
    }
}

impl ExclusivePlan {
    /// `Out`, or what a line under review counts as.
    #[must_use]
    pub fn counts_as(&self, review: Option<ReviewAs>) -> ReviewAs {
        match self.outcome {
            ExclusiveOutcome::Out => ReviewAs::Out,
            ExclusiveOutcome::Review => review.unwrap_or(ReviewAs::Refuse),
        }
    }
}

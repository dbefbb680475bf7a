//! The texts of answers, each with a number: dense tables that serve as dictionaries.

use rustc_hash::FxHashMap;

use crate::answer::{Answer, Rejection, Status};
use crate::model::{Model, NoDrg, RuleKind};

/// A table of distinct texts.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub texts: Vec<String>,
    numbers: FxHashMap<String, u16>,
}

impl Table {
    /// The number of a text, new or known.
    fn number(&mut self, text: &str) -> u16 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        // Bounded: the model holds at most 60,000 rows.
        let number = u16::try_from(self.texts.len()).unwrap_or(u16::MAX);
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// The text of a number.
    pub(crate) fn text(&self, number: u16) -> &str {
        self.texts.get(usize::from(number)).map_or("", String::as_str)
    }

    /// The number of a known text.
    pub(crate) fn find(&self, text: &str) -> Option<u16> {
        self.numbers.get(text).copied()
    }
}

/// One DRG that some row yields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub answer: Answer,
    /// Index of the first row that yields it.
    pub row: usize,
}

/// The answers of a scheme.
#[derive(Debug)]
pub(crate) struct Labels {
    pub mdc: Table,
    pub adrg: Table,
    pub drg: Table,
    pub ungrouped: Answer,
    rejected: Answer,
    /// Per row of the model.
    pub rows: Vec<Answer>,
    /// Per rule: the ambiguous group, or the bare ADRG when the rule stops without a row.
    pub rules: Vec<Option<Answer>>,
    /// Distinct DRGs in the order of the scheme.
    pub groups: Vec<Group>,
    /// Per DRG number: its printed name.
    pub names: Vec<Option<String>>,
}

impl Labels {
    /// Numbers every text that the scheme can answer.
    pub(crate) fn new(model: &Model) -> Self {
        let (mut mdc, mut adrg, mut drg) = (Table::default(), Table::default(), Table::default());
        let mut fixed = |status, m: &str, a: &str, d: &str| Answer {
            status,
            rejection: None,
            mdc: mdc.number(m),
            adrg: adrg.number(a),
            drg: drg.number(d),
        };
        let [m, a, d] = &model.rejected;
        let rejected = fixed(Status::Rejected, m, a, d);
        let ungrouped = fixed(Status::Ungrouped, "0000", "00", &model.ungrouped);
        let mut grouped = |code: &str| {
            let letter = code.get(..1).unwrap_or(code);
            fixed(Status::Grouped, &format!("MDC{letter}"), code.get(..3).unwrap_or(code), code)
        };
        let rows: Vec<Answer> = model.rows.iter().map(|row| grouped(&row.drg)).collect();
        let bare: Vec<Option<Answer>> = model
            .rules
            .iter()
            .map(|rule| {
                let stops = rule.kind == RuleKind::Adrg && rule.no_drg == NoDrg::Stop;
                stops.then(|| grouped(&rule.adrg))
            })
            .collect();
        let rules = model
            .rules
            .iter()
            .zip(bare)
            .map(|(rule, bare)| match rule.kind {
                RuleKind::Adrg => bare,
                RuleKind::Ambiguous => {
                    let letter = rule.adrg.get(..1).unwrap_or(&rule.adrg);
                    let mdc = format!("MDC{letter}");
                    Some(fixed(Status::Ambiguous, &mdc, "QY", &rule.adrg))
                }
            })
            .collect();
        let groups = distinct(&rows);
        let mut names = vec![None; drg.texts.len()];
        let printed = groups.iter().filter_map(|g| Some((g.answer.drg, &model.rows.get(g.row)?.name)));
        let extra = model.extra_names.iter().filter_map(|(c, n)| Some((drg.find(c)?, n)));
        for (number, name) in extra.chain(printed) {
            if let Some(slot) = names.get_mut(usize::from(number)).filter(|_| !name.is_empty()) {
                *slot = Some(name.clone());
            }
        }
        Self { mdc, adrg, drg, ungrouped, rejected, rows, rules, groups, names }
    }

    /// The answer of a rejected case.
    pub(crate) fn rejected(&self, reason: Rejection) -> Answer {
        Answer { rejection: Some(reason), ..self.rejected }
    }

    /// The answer of a case whose codes could not be translated: the texts of a rejected one.
    pub(crate) fn not_mapped(&self, status: Status) -> Answer {
        Answer { status, ..self.rejected }
    }
}

fn distinct(rows: &[Answer]) -> Vec<Group> {
    let mut seen = rustc_hash::FxHashSet::default();
    let numbered = rows.iter().enumerate().map(|(row, &answer)| Group { answer, row });
    numbered.filter(|group| seen.insert(group.answer.drg)).collect()
}

//! One settlement against another of the same period: who gains, who loses, and which numbers of the packs differ.

use std::collections::BTreeMap;

use maud::html;
use yibao_kernel::Fen;
use yibao_payment::indicator::facts::{Facts, level};

use crate::chart::gains::{self, Gain};
use crate::grid::{Grid, Value, number_head, text_head};
use crate::page::{Fact, Page, Section, Words, figure, money, words};
use crate::stored::StoredRow;

/// One of the two.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Its facts.
    pub facts: &'a Facts,
    /// Its clearing rows.
    pub rows: &'a [StoredRow],
    /// Hash of its pack.
    pub pack_sha256: &'a str,
}

/// A value of the packs that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Place in the pack.
    pub place: String,
    /// In the old one; `None` where it was not there.
    pub old: Option<String>,
    /// In the new one.
    pub new: Option<String>,
}

/// Why two settlements are not compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgainstError {
    /// They settle different periods.
    #[error(
        "the new settlement is of {new}, the old one of {old}\n  hint: settle the same period, or add --other-period to compare them nevertheless"
    )]
    OtherPeriod {
        /// Period of the new one.
        new: String,
        /// Period of the old one.
        old: String,
    },
    /// Amounts in different currencies have no difference.
    #[error("the new settlement is in {new}, the old one in {old}\n  hint: compare settlements of one region")]
    OtherCurrency {
        /// Currency of the new one.
        new: String,
        /// Of the old one.
        old: String,
    },
    /// A sum that does not fit.
    #[error("the sum of final amounts does not fit an amount\n  hint: look for an absurd amount in clearing.csv")]
    Overflow,
}

/// One who gains or loses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The dimension: `institution`, `level`, `insurance`, `method`, `pool`; `total`.
    pub by: &'static str,
    /// Id.
    pub key: String,
    /// Name.
    pub name: (String, String),
    /// Final amount in the old settlement.
    pub old: Fen,
    /// In the new one.
    pub new: Fen,
    /// New less old.
    pub difference: Fen,
    /// Cases in the old one.
    pub cases_old: u64,
    /// In the new one.
    pub cases_new: u64,
}

/// The comparison.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// By dimension, the largest gain first; the total last.
    pub differences: Vec<Difference>,
    /// Values of the packs that differ.
    pub changes: Vec<Change>,
    /// Whether both were settled by the same pack, byte for byte.
    pub same_pack: bool,
    /// Old and new: pack and period.
    pub names: [String; 2],
    title: Words,
    illustrative: bool,
}

/// The dimensions, with their titles.
const DIMENSIONS: [(&str, &str, &str); 5] = [
    ("institution", "医疗机构", "Institutions"),
    ("level", "机构等级", "Levels"),
    ("insurance", "险种", "Insurance"),
    ("method", "支付方式", "Methods"),
    ("pool", "基金池", "Pools"),
];

/// Compares two settlements. What counts is what a row finally brings: cleared, charged, assessed, shared and differences
/// less what is withheld; advances are the same money, earlier.
///
/// # Errors
/// Other periods (unless allowed), other currencies, absurd sums.
pub fn compare(
    new: Side<'_>,
    old: Side<'_>,
    changes: Vec<Change>,
    other_period: bool,
) -> Result<Comparison, AgainstError> {
    if new.facts.period != old.facts.period && !other_period {
        return Err(AgainstError::OtherPeriod { new: new.facts.period.clone(), old: old.facts.period.clone() });
    }
    if new.facts.currency != old.facts.currency {
        return Err(AgainstError::OtherCurrency { new: new.facts.currency.clone(), old: old.facts.currency.clone() });
    }
    let mut differences = Vec::new();
    for (by, ..) in DIMENSIONS {
        let mut of = differences_by(by, new, old)?;
        of.sort_by(|one, other| (other.difference, &one.key).cmp(&(one.difference, &other.key)));
        differences.extend(of);
    }
    differences.extend(differences_by("total", new, old)?);
    let name = |side: Side<'_>| format!("{} {}", side.facts.pack, side.facts.period);
    Ok(Comparison {
        differences,
        changes,
        same_pack: new.pack_sha256 == old.pack_sha256,
        names: [name(old), name(new)],
        title: words(&new.facts.region.zh, &new.facts.region.en),
        illustrative: new.facts.illustrative || old.facts.illustrative,
    })
}

fn key_of(by: &str, facts: &Facts, row: &StoredRow) -> String {
    match by {
        "institution" => row.key.institution.clone(),
        "level" => facts.institution(&row.key.institution).map(|one| one.level.clone()).unwrap_or_default(),
        "insurance" => row.key.insurance.clone(),
        "method" => row.key.method.clone(),
        "pool" => row.key.pool.clone(),
        _ => String::new(),
    }
}

fn name_of(by: &str, facts: &Facts, key: &str) -> Option<(String, String)> {
    let titled = |zh: &str, en: &str| (!zh.is_empty()).then(|| (zh.to_owned(), en.to_owned()));
    let find = |list: &[yibao_payment::indicator::facts::Titled]| {
        list.iter().find(|one| one.id == key).and_then(|one| titled(&one.title.zh, &one.title.en))
    };
    match by {
        "institution" => facts.institution(key).and_then(|one| titled(&one.name, &one.name)),
        "level" => Some(level(key)).and_then(|one| titled(&one.zh, &one.en)),
        "insurance" => find(&facts.insurances),
        "pool" => find(&facts.pools),
        "method" => facts.methods.iter().find(|one| one.id == key).and_then(|one| titled(&one.title.zh, &one.title.en)),
        _ => titled("合计", "total"),
    }
}

fn differences_by(by: &'static str, new: Side<'_>, old: Side<'_>) -> Result<Vec<Difference>, AgainstError> {
    let mut sums: BTreeMap<String, [(i128, u64); 2]> = BTreeMap::new();
    for (at, side) in [(0, old), (1, new)] {
        for row in side.rows {
            let sum = sums.entry(key_of(by, side.facts, row)).or_default();
            if let Some((amount, cases)) = sum.get_mut(at) {
                *amount += row.figures.final_fen();
                *cases += row.figures.count("cases");
            }
        }
    }
    let fen = |amount: i128| i64::try_from(amount).map(Fen::new).map_err(|_| AgainstError::Overflow);
    sums.into_iter()
        .map(|(key, [(before, cases_old), (now, cases_new)])| {
            let name = name_of(by, new.facts, &key).or_else(|| name_of(by, old.facts, &key));
            Ok(Difference {
                by,
                name: name.unwrap_or_else(|| (key.clone(), key.clone())),
                key,
                old: fen(before)?,
                new: fen(now)?,
                difference: fen(now - before)?,
                cases_old,
                cases_new,
            })
        })
        .collect()
}

impl Comparison {
    /// The differences of a dimension, the largest gain first.
    pub fn of<'a>(&'a self, by: &'a str) -> impl Iterator<Item = &'a Difference> {
        self.differences.iter().filter(move |one| one.by == by)
    }

    fn grid(&self, id: &'static str, title: Words, by: Option<&str>) -> Grid {
        let heads = vec![
            text_head("by", "分类", "by"),
            text_head("key", "代码", "id"),
            text_head("name", "名称", "name"),
            number_head("cases_old", "病例（旧）", "cases, old"),
            number_head("cases_new", "病例（新）", "cases, new"),
            number_head("old", "最终（旧）", "final, old"),
            number_head("new", "最终（新）", "final, new"),
            number_head("difference", "新 − 旧", "new − old"),
        ];
        let kept = self.differences.iter().filter(|one| by.is_none_or(|by| one.by == by || one.by == "total"));
        let rows = kept.map(|one| {
            vec![
                Value::Text(one.by.to_owned()),
                Value::Text(one.key.clone()),
                Value::Titled(one.name.0.clone(), words(&one.name.0, &one.name.1)),
                Value::Count(one.cases_old),
                Value::Count(one.cases_new),
                Value::Money(one.old),
                Value::Money(one.new),
                Value::Money(one.difference),
            ]
        });
        let mut grid = Grid { id, title, heads, rows: rows.collect() };
        if by.is_some() {
            // One dimension: the page says which.
            grid.heads.remove(0);
            for row in &mut grid.rows {
                row.remove(0);
            }
        }
        grid
    }

    /// `against.csv`.
    pub fn csv(&self) -> Vec<u8> {
        self.grid("against", Words::default(), None).csv()
    }

    fn changes_grid(&self) -> Grid {
        let heads =
            vec![text_head("place", "位置", "place"), text_head("old", "旧", "old"), text_head("new", "新", "new")];
        let text = |value: &Option<String>| value.clone().map_or(Value::Blank, Value::Text);
        let rows = self.changes.iter().map(|one| vec![Value::Text(one.place.clone()), text(&one.old), text(&one.new)]);
        Grid { id: "changes-table", title: words("政策差异", "What differs"), heads, rows: rows.collect() }
    }

    /// `against_pack.csv`.
    pub fn changes_csv(&self) -> Vec<u8> {
        self.changes_grid().csv()
    }

    /// `against.html`.
    pub fn html(&self, program: &str) -> String {
        let ids = ["gains-institution", "gains-level", "gains-insurance", "gains-method", "gains-pool"];
        let anchors = ["institution", "level", "insurance", "method", "pool"];
        let mut sections = vec![self.changes_section()];
        for (((by, zh, en), id), anchor) in DIMENSIONS.into_iter().zip(ids).zip(anchors) {
            let gains: Vec<Gain> =
                self.of(by).map(|one| Gain { name: words(&one.name.0, &one.name.1), amount: one.difference }).collect();
            let grid = self.grid(id, words(zh, en), Some(by));
            sections.push(Section {
                id: anchor,
                title: words(zh, en),
                lead: Words::default(),
                body: html! {
                    @if gains.iter().any(|gain| !gain.amount.is_zero()) { (figure(gains::draw(&gains), "", "")) }
                    (grid.table(25))
                },
            });
        }
        let total = self.of("total").next();
        let amount = |of: fn(&Difference) -> Fen| total.map(|one| money(of(one))).unwrap_or_default();
        let gain = |more: bool| {
            self.of("institution")
                .filter(|one| !one.difference.is_zero() && one.difference.is_negative() != more)
                .count()
        };
        let fact = |zh: &str, en: &str, value: String, note: Words| Fact { name: words(zh, en), value, note };
        let page = Page {
            title: words(
                format!("{} 两次清算比较", self.title.zh),
                format!("{}: two settlements compared", self.title.en),
            ),
            subtitle: words(
                format!("旧：{}　新：{}", self.names[0], self.names[1]),
                format!("old: {} · new: {}", self.names[0], self.names[1]),
            ),
            illustrative: self.illustrative,
            facts: vec![
                fact(
                    "最终（旧）",
                    "Final, old",
                    amount(|one| one.old),
                    words(
                        "清算 + 扣付 + 考核 + 分担 + 差额 − 扣留",
                        "cleared + charged + assessed + shared + difference − withheld",
                    ),
                ),
                fact("最终（新）", "Final, new", amount(|one| one.new), Words::default()),
                fact("差额", "Difference", amount(|one| one.difference), words("新 − 旧", "new − old")),
                fact("增加的机构", "Institutions that gain", gain(true).to_string(), Words::default()),
                fact("减少的机构", "Institutions that lose", gain(false).to_string(), Words::default()),
            ],
            sections,
            footer: html! { p { "OpenYibao " (program) } },
        };
        page.render()
    }

    fn changes_section(&self) -> Section {
        let lead = if self.same_pack {
            words("两次清算使用同一政策包。", "Both were settled by the same pack.")
        } else {
            words("两个政策包中不同的数值，按位置排列。", "Values of the two packs that differ, by their place.")
        };
        Section {
            id: "changes", title: words("政策差异", "What differs"), lead, body: self.changes_grid().table(40)
        }
    }
}

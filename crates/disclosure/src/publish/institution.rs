//! For one institution: its own, beside the region's.

use maud::html;
use yibao_kernel::Fen;
use yibao_payment::indicator::facts::{By, InstitutionFact};

use super::{File, Source, cleared, ranked, reviews};
use crate::error::DisclosureError;
use crate::grid::{Grid, Value, number_head, text_head};
use crate::indicators::{GroupCell, definitions_section};
use crate::page::{Fact, Page, Section, money, words};

pub(super) fn files(source: &Source<'_>, one: &InstitutionFact, folder: &str) -> Result<Vec<File>, DisclosureError> {
    let clearing = cleared::of_one(source, &one.id);
    let groups = groups(source, &one.id);
    let indicators = indicators(source, &one.id);
    let reviews = reviews::grid(source, Some(&one.id));
    let section = |id, grid: &Grid, zh: &str, en: &str| Section {
        id,
        title: grid.title.clone(),
        lead: words(zh, en),
        body: grid.table(40),
    };
    let facts = &source.stored.facts;
    let page = Page {
        title: words(
            format!("{} {} 支付结果", one.name, facts.period),
            format!("{}: payment results, {}", one.name, facts.period),
        ),
        subtitle: words(format!("{}　{}", facts.region.zh, one.id), format!("{} · {}", facts.region.en, one.id)),
        illustrative: facts.illustrative,
        facts: headline(&clearing),
        sections: vec![
            section(
                "clearing",
                &clearing,
                "应付 = 清算 + 外出扣付 + 考核 + 分担 + 往期差额 − 扣留 − 预付。",
                "Due = cleared + charged + assessed + shared + difference − withheld − prepaid.",
            ),
            section("indicators", &indicators, "本院与全区并列。", "Own figures beside the region's."),
            section(
                "groups",
                &groups,
                "本院病例较少的病组合并为一行；其他机构病例过少时不列全区数值。",
                "Groups with few own cases are one row; the region's figure is left out where the other institutions have too few.",
            ),
            section("reviews", &reviews, "只列例数。", "Counts only."),
            definitions_section(source.tables),
        ],
        footer: html! { p { "OpenYibao " (source.program) " · " (facts.pack) " · " (facts.period) } },
    };
    let file = |name: &str, bytes: Vec<u8>| (format!("institutions/{folder}/{name}"), bytes);
    Ok(vec![
        file("index.html", page.render().into_bytes()),
        file("statement.xlsx", source.workbook(&[&clearing, &indicators, &groups, &reviews])?),
        file("clearing.csv", clearing.csv()),
        file("indicators.csv", indicators.csv()),
        file("groups.csv", groups.csv()),
        file("special_review.csv", reviews.csv()),
    ])
}

/// The amounts of the last row: the sum, or the only row.
fn headline(clearing: &Grid) -> Vec<Fact> {
    let Some(last) = clearing.rows.last() else { return Vec::new() };
    let wanted = ["accounted", "cleared", "prepaid", "withheld", "due"];
    let columns = clearing.heads.iter().zip(last).filter(|(head, _)| wanted.contains(&head.name.as_str()));
    let facts = columns.map(|(head, value)| Fact {
        name: head.title.clone(),
        value: match value {
            Value::Money(amount) => money(*amount),
            _ => "·".to_owned(),
        },
        note: words("元", "yuan"),
    });
    facts.collect()
}

fn indicators(source: &Source<'_>, id: &str) -> Grid {
    let tables = source.tables;
    let own = tables.cut(By::Institution).iter().find(|row| row.key == id);
    let level = source.stored.facts.institution(id).map_or("", |one| one.level.as_str());
    let level = tables.cut(By::Level).iter().find(|row| row.key == level);
    let rows = tables.used().into_iter().filter_map(|at| {
        let definition = &tables.indicators.get(at)?.definition;
        let figure = own?.figures.get(at)?;
        figure.measure.as_ref()?;
        let value = |row: &crate::indicators::Row| {
            row.figures.get(at).map_or(Value::Blank, |figure| ranked::value(figure, definition.unit))
        };
        Some(vec![
            Value::Titled(definition.id.clone(), words(&definition.title.zh, &definition.title.en)),
            ranked::value(figure, definition.unit),
            level.map_or(Value::Blank, value),
            value(&tables.region),
        ])
    });
    let heads = vec![
        text_head("indicator", "指标", "indicator"),
        number_head("own", "本院", "own"),
        number_head("level", "同等级", "level"),
        number_head("region", "全区", "region"),
    ];
    Grid { id: "indicators-table", title: words("指标", "Indicators"), heads, rows: rows.collect() }
}

/// Own groups, most cases first. Those with too few cases are one row together, with as many more as it takes.
fn groups(source: &Source<'_>, id: &str) -> Grid {
    let mut own: Vec<&GroupCell> = source.tables.groups.cells.iter().filter(|cell| cell.institution == id).collect();
    own.sort_by(|one, other| (other.cases, &one.group).cmp(&(one.cases, &other.group)));
    let mut shown = own.iter().take_while(|cell| cell.cases >= source.below).count();
    let together = |shown: usize| own.iter().skip(shown).map(|cell| cell.cases).sum::<u64>();
    while shown > 0 && together(shown) > 0 && together(shown) < source.below {
        shown -= 1;
    }
    let mut rows: Vec<Vec<Value>> = own.iter().take(shown).map(|cell| row(source, cell)).collect();
    let rest = own.get(shown..).unwrap_or(&[]);
    if together(shown) >= source.below {
        rows.push(pooled(rest));
    }
    let heads = vec![
        text_head("group", "病组", "group"),
        number_head("cases", "病例", "cases"),
        number_head("weight", "总权重", "total weight"),
        number_head("mean_cost", "例均费用", "mean cost"),
        number_head("mean_stay", "平均住院日", "mean stay"),
        number_head("cleared", "清算", "cleared"),
        number_head("region_mean_cost", "全区例均费用", "region mean cost"),
        number_head("cost_against_region", "÷ 全区", "÷ region"),
    ];
    Grid { id: "groups-table", title: words("病组", "Groups"), heads, rows }
}

fn row(source: &Source<'_>, cell: &GroupCell) -> Vec<Value> {
    let number = |units: i64, dp| Value::Indicator(yibao_kernel::Decimal::new(units, dp), unit(dp));
    let mut values = vec![Value::Text(cell.group.clone())];
    values.extend(own_values(cell));
    // The region less one's own is what the others have: it must be none or enough.
    let region = source.tables.groups.of_region(&cell.group);
    let others = |region: &GroupCell| region.cases.saturating_sub(cell.cases);
    match region.filter(|region| others(region) == 0 || others(region) >= source.below) {
        Some(region) => {
            values.push(Value::Money(Fen::new(region.mean_cost())));
            values.push(cell.against(region).map_or(Value::Blank, |ratio| number(ratio, 4)));
        }
        None => values.extend([Value::Hidden, Value::Hidden]),
    }
    values
}

fn unit(dp: u8) -> yibao_payment::indicator::Unit {
    if dp == 4 { yibao_payment::indicator::Unit::Index } else { yibao_payment::indicator::Unit::Days }
}

fn own_values(cell: &GroupCell) -> Vec<Value> {
    let money = |fen: i128| i64::try_from(fen).map_or(Value::Blank, |fen| Value::Money(Fen::new(fen)));
    vec![
        Value::Count(cell.cases),
        Value::Units(crate::summary::quotient(cell.weight, 10_000).map_or(0, i128::from)),
        Value::Money(Fen::new(cell.mean_cost())),
        Value::Indicator(yibao_kernel::Decimal::new(cell.mean_stay(), 2), unit(2)),
        money(cell.paid),
    ]
}

fn pooled(cells: &[&GroupCell]) -> Vec<Value> {
    let mut sum = GroupCell { group: String::new(), cases: 0, cost: 0, days: 0, paid: 0, weight: 0, ..empty() };
    for cell in cells {
        sum.cases += cell.cases;
        sum.cost += cell.cost;
        sum.days += cell.days;
        sum.paid += cell.paid;
        sum.weight += cell.weight;
    }
    let title = words(format!("其余 {} 个病组", cells.len()), format!("{} other groups", cells.len()));
    let mut values = vec![Value::Titled("other".to_owned(), title)];
    values.extend(own_values(&sum));
    values.extend([Value::Blank, Value::Blank]);
    values
}

fn empty() -> GroupCell {
    GroupCell {
        institution: String::new(),
        group: String::new(),
        cases: 0,
        cost: 0,
        days: 0,
        paid: 0,
        weight: 0,
        shown: yibao_payment::indicator::suppression::Shown::Yes,
    }
}

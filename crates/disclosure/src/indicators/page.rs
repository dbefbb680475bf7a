//! Indicators as a page.

use maud::{Markup, html};
use yibao_kernel::Fen;
use yibao_payment::indicator::facts::{By, Facts, level};
use yibao_payment::indicator::{Measure, Unit};

use super::words::{definition_title, printed, value};
use super::{Row, Tables};
use crate::chart::quadrants::{self, Point};
use crate::page::{
    Column, Fact, Page, Section, Table, Words, count, decimal, figure, money_cell, number_cell, number_column,
    text_column, words,
};

/// Slices of a dimension that still stand side by side as columns.
const ACROSS_MAX: usize = 6;
/// Rows of the table of groups on the page; the CSV has all.
const GROUP_ROWS_MAX: usize = 4_000;

/// Families of indicators: a table each, so that a row fits the page.
const FAMILIES: [(&str, &str); 4] = [
    ("病例组合与效率", "Case mix and efficiency"),
    ("质量", "Quality"),
    ("费用结构与负担", "Structure of cost and burden"),
    ("入组、就诊与覆盖", "Grouping, use and coverage"),
];

/// Anchors of the tables, by dimension and family.
const IDS: [[&str; 4]; 7] = [
    ["region-a", "region-b", "region-c", "region-d"],
    ["institution-a", "institution-b", "institution-c", "institution-d"],
    ["level-a", "level-b", "level-c", "level-d"],
    ["insurance-a", "insurance-b", "insurance-c", "insurance-d"],
    ["method-a", "method-b", "method-c", "method-d"],
    ["district-a", "district-b", "district-c", "district-d"],
    ["month-a", "month-b", "month-c", "month-d"],
];

fn family(id: &str) -> usize {
    let starts = |words: &[&str]| words.iter().any(|word| id.starts_with(word));
    match id {
        _ if starts(&["readmission", "low_risk", "mortality", "visits_per_head", "outpatient_visits"]) => 1,
        _ if starts(&["structure", "out_of_list", "patient_share"]) => 2,
        _ if starts(&["grouping_rate", "outpatient_rate", "hospitalisation", "referral", "settlement", "plan."]) => 3,
        _ => 0,
    }
}

/// The page.
pub fn indicators_html(facts: &Facts, tables: &Tables, program: &str) -> String {
    let mut sections = vec![region_section(tables)];
    sections.extend(quadrants_section(facts, tables));
    sections.extend(tables.cuts.iter().map(|cut| cut_section(tables, cut.by, &cut.rows)));
    sections.push(groups_section(facts, tables));
    sections.push(definitions_section(tables));
    let page = Page {
        title: words(
            format!("{} {} 支付指标", facts.region.zh, facts.period),
            format!("{}: payment indicators, {}", facts.region.en, facts.period),
        ),
        subtitle: words(&facts.title.zh, &facts.title.en),
        illustrative: facts.illustrative,
        facts: headline(tables),
        sections,
        footer: html! { p { "OpenYibao " (program) " · " (facts.pack) " · " (facts.period) } },
    };
    page.render()
}

/// The figures that stand on top: those of the region.
pub(crate) fn headline(tables: &Tables) -> Vec<Fact> {
    let wanted = ["cmi", "groups", "cost_per_stay", "mean_stay", "patient_share", "grouping_rate", "settlement_rate"];
    let facts = wanted.iter().filter_map(|id| {
        let at = tables.position(id)?;
        let definition = &tables.indicators.get(at)?.definition;
        let figure = tables.region.figures.get(at)?;
        figure.measure.as_ref()?;
        Some(Fact {
            name: definition_title(definition),
            value: printed(figure, definition.unit),
            note: words(&definition.formula.zh, &definition.formula.en),
        })
    });
    facts.take(5).collect()
}

/// All indicators of the region, with numerator and denominator.
fn region_section(tables: &Tables) -> Section {
    let rows = tables.used().into_iter().filter_map(|at| {
        let definition = &tables.indicators.get(at)?.definition;
        let figure = tables.region.figures.get(at)?;
        let measure = figure.measure.as_ref()?;
        let open = figure.open();
        Some(html! { tr {
            td { (definition_title(definition)) }
            (number_cell(&printed(figure, definition.unit)))
            (number_cell(&open.map(|one| plain(one.numerator)).unwrap_or_default()))
            (number_cell(&open.map(|one| plain(one.denominator)).unwrap_or_default()))
            td { (target(measure)) }
        } })
    });
    let table = Table {
        id: "region-table",
        columns: vec![
            text_column("指标", "indicator"),
            number_column("值", "value"),
            number_column("分子", "numerator"),
            number_column("分母", "denominator"),
            text_column("目标", "target"),
        ],
        rows: rows.collect(),
        totals: None,
        filter: false,
        first: 60,
        dense: false,
    };
    Section {
        id: "region",
        title: words("全区", "The region"),
        lead: words(
            "分子、分母照列，值由两者精确计算后四舍五入；口径与来源见文末。",
            "Numerator and denominator as they are; the value is exact until it is rounded. Definitions and sources stand at the end.",
        ),
        body: table.render(),
    }
}

fn plain(number: yibao_kernel::Decimal) -> String {
    decimal(i128::from(number.units()), u32::from(number.dp()))
}

/// The target of a plan's indicator, and whether it is met.
fn target(measure: &Measure) -> Markup {
    html! { @if let Some((share, met)) = measure.target {
        span.tag.low[met].high[!met] {
            (words(if met { "达到" } else { "未达" }, if met { "met" } else { "not met" })) " ≥ " (value(share, Unit::Share))
        }
    } }
}

/// Institutions by case mix and cost, those that may be shown.
fn quadrants_section(facts: &Facts, tables: &Tables) -> Option<Section> {
    let (cmi_at, index_at) = (tables.position("cmi")?, tables.position("cost_index")?);
    let cost_at = tables.position("cost_per_stay")?;
    let points: Vec<Point> = tables
        .cut(By::Institution)
        .iter()
        .filter_map(|row| {
            let open = |at: usize| row.figures.get(at).and_then(super::Figure::open);
            let cost = open(cost_at)?.numerator.units();
            Some(Point {
                name: row.name.zh.clone(),
                cases: open(cmi_at)?.sample,
                cmi: open(cmi_at)?.value.units(),
                cost_index_micro: open(index_at)?.value.units() * 100,
                cost: Fen::new(cost),
            })
        })
        .collect();
    let region = tables.region.figures.get(cmi_at)?.open()?.value.units();
    if points.len() < 2 {
        return None;
    }
    let _ = facts;
    Some(Section {
        id: "quadrants",
        title: words("病情与费用", "Case mix and cost"),
        lead: words(
            "竖线为全区 CMI，横线为费用消耗指数 1；圆面积为住院总费用。",
            "The vertical line is the region's CMI, the horizontal one a cost index of 1; the area is the cost of stays.",
        ),
        body: figure(quadrants::draw(&points, region), "", ""),
    })
}

/// One dimension.
pub(crate) fn cut_section(tables: &Tables, by: By, rows: &[Row]) -> Section {
    let (zh, en) = by.title();
    let at = By::ALL.iter().position(|one| *one == by).unwrap_or(0);
    let ids = IDS.get(at).copied().unwrap_or_default();
    let used: Vec<usize> = tables
        .used()
        .into_iter()
        .filter(|at| rows.iter().any(|row| row.figures.get(*at).is_some_and(|figure| figure.measure.is_some())))
        .collect();
    let hidden = rows.iter().any(|row| row.figures.iter().any(|figure| figure.shown.is_hidden()));
    let below = tables.rule.below;
    let body = html! {
        @if rows.len() <= ACROSS_MAX && by != By::Month {
            (across(tables, ids[0], rows, &used).render())
        } @else {
            @for ((number, title), id) in FAMILIES.iter().enumerate().zip(ids) {
                @let own: Vec<usize> = used.iter().copied().filter(|at| tables.indicators.get(*at).is_some_and(|one| family(&one.definition.id) == number)).collect();
                @if !own.is_empty() {
                    h3 { (words(title.0, title.1)) }
                    (down(tables, id, by, rows, &own).render())
                }
            }
        }
        @if hidden { p.small { (words(
            format!("· 少于 {below} 例，或为防止由合计推算而隐去。"),
            format!("· fewer than {below} cases, or hidden so that such a figure cannot be derived."),
        )) } }
    };
    Section { id: anchor(by), title: words(zh, en), lead: Words::default(), body }
}

const fn anchor(by: By) -> &'static str {
    match by {
        By::Region => "by-region",
        By::Institution => "by-institution",
        By::Level => "by-level",
        By::Insurance => "by-insurance",
        By::Method => "by-method",
        By::District => "by-district",
        By::Month => "by-month",
    }
}

/// The name of a slice: levels have their words, the others their own.
fn name(by: By, row: &Row) -> Words {
    match by {
        By::Level => {
            let words_of = level(&row.key);
            words(words_of.zh, words_of.en)
        }
        _ => words(&row.name.zh, &row.name.en),
    }
}

fn cases(row: &Row) -> String {
    if row.cases_shown.is_hidden() { "·".to_owned() } else { count(row.cases) }
}

/// Slices as rows.
fn down(tables: &Tables, id: &'static str, by: By, rows: &[Row], used: &[usize]) -> Table {
    let definitions = || used.iter().filter_map(|at| tables.indicators.get(*at).map(|one| (*at, &one.definition)));
    let mut columns = vec![text_column(by.title().0, by.title().1), number_column("病例", "cases")];
    columns.extend(definitions().map(|(_, one)| Column { name: definition_title(one), number: true }));
    let line = |row: &Row| {
        html! { tr {
            td.name { (name(by, row)) }
            (number_cell(&cases(row)))
            @for (at, definition) in definitions() {
                (number_cell(&row.figures.get(at).map(|figure| printed(figure, definition.unit)).unwrap_or_default()))
            }
        } }
    };
    let mut lines: Vec<Markup> = rows.iter().map(line).collect();
    let totals = (rows.len() > 1).then(|| line(&tables.region));
    lines.shrink_to_fit();
    Table { id, columns, rows: lines, totals, filter: rows.len() > 20, first: 20, dense: used.len() > 7 }
}

/// Slices as columns: for a few of them.
fn across(tables: &Tables, id: &'static str, rows: &[Row], used: &[usize]) -> Table {
    let mut columns = vec![text_column("指标", "indicator")];
    columns.extend(rows.iter().map(|row| Column { name: words(&row.name.zh, &row.name.en), number: true }));
    columns.push(number_column("全区", "region"));
    let all = || rows.iter().chain(std::iter::once(&tables.region));
    let mut lines =
        vec![html! { tr { td { (words("病例", "cases")) } @for row in all() { (number_cell(&cases(row))) } } }];
    lines.extend(used.iter().filter_map(|at| {
        let definition = &tables.indicators.get(*at)?.definition;
        Some(html! { tr {
            td { (definition_title(definition)) }
            @for row in all() {
                (number_cell(&row.figures.get(*at).map(|figure| printed(figure, definition.unit)).unwrap_or_default()))
            }
        } })
    }));
    Table { id, columns, rows: lines, totals: None, filter: false, first: 60, dense: false }
}

fn groups_section(facts: &Facts, tables: &Tables) -> Section {
    let shown = tables.groups.cells.iter().filter(|cell| !cell.shown.is_hidden());
    let rows = shown.take(GROUP_ROWS_MAX).map(|cell| {
        let region = tables.groups.of_region(&cell.group).filter(|region| !region.shown.is_hidden());
        let against = region.and_then(|region| cell.against(region));
        let name = facts.institution(&cell.institution).map_or(cell.institution.as_str(), |one| one.name.as_str());
        html! { tr {
            td.id { (cell.group) }
            td.name { (name) }
            (number_cell(&count(cell.cases)))
            (money_cell(Fen::new(cell.mean_cost())))
            (number_cell(&decimal(i128::from(cell.mean_stay()), 2)))
            (number_cell(&against.map(|ratio| decimal(i128::from(ratio), 4)).unwrap_or_default()))
            td.n { @if let Some(region) = region { (crate::page::money(Fen::new(region.mean_cost()))) } }
        } }
    });
    let table = Table {
        id: "same-group-table",
        columns: vec![
            text_column("病组", "group"),
            text_column("机构", "institution"),
            number_column("病例", "cases"),
            number_column("例均费用", "mean cost"),
            number_column("平均住院日", "mean stay"),
            number_column("÷ 全区例均", "÷ region"),
            number_column("全区例均", "region mean"),
        ],
        rows: rows.collect(),
        totals: None,
        filter: true,
        first: 20,
        dense: false,
    };
    Section {
        id: "same-group",
        title: words("同组比较", "Same group"),
        lead: words(
            "同一病组内各机构并列，费用最高的病组在前；输入病组代码筛选。病例过少的单元不列。",
            "Institutions side by side in the same group, dearest groups first; type a code to filter. Cells with too few cases are left out.",
        ),
        body: table.render(),
    }
}

/// What each indicator is.
pub(crate) fn definitions_section(tables: &Tables) -> Section {
    let rows = tables.used().into_iter().filter_map(|at| {
        let one = &tables.indicators.get(at)?.definition;
        Some(html! { tr {
            td.name { (definition_title(one)) }
            td { (words(&one.formula.zh, &one.formula.en)) }
            td.small { (one.source) }
        } })
    });
    let table = Table {
        id: "definitions-table",
        columns: vec![
            text_column("指标", "indicator"),
            text_column("口径", "definition"),
            text_column("来源", "source"),
        ],
        rows: rows.collect(),
        totals: None,
        filter: false,
        first: 60,
        dense: false,
    };
    Section {
        id: "definitions",
        title: words("口径与来源", "Definitions"),
        lead: Words::default(),
        body: table.render(),
    }
}

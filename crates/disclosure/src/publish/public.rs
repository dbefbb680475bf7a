//! For the public.

use maud::html;
use yibao_kernel::Fen;
use yibao_payment::indicator::facts::By;

use super::{File, Source, budget, cleared, ranked, reviews};
use crate::chart::quadrants::{self, Point};
use crate::chart::ranking;
use crate::chart::waterfall::{self, Bar};
use crate::error::DisclosureError;
use crate::indicators::{Figure, definitions_section};
use crate::page::{Fact, Page, Section, Words, count, figure, money, words};
use crate::stored::StoredPool;

/// Pools that are drawn; all are in the table.
const DRAWN: usize = 3;

pub(super) fn files(source: &Source<'_>) -> Result<Vec<File>, DisclosureError> {
    let budget = budget::grid(source);
    let cleared = cleared::of_all(source);
    let institutions = cleared::of_institutions(source);
    let reviews = reviews::grid(source, None);
    let ranked = ranked::grid(source);
    let sections = vec![
        Section {
            id: "budget",
            title: budget.title.clone(),
            lead: words(
                "预算先收后支、逐项扣除后为可分配额；点值由可分配额与总点数得出，仅供公布，不逐例相乘。",
                "What is left of the budget after its deductions is distributed; the point value follows from it and is printed, never multiplied.",
            ),
            body: html! {
                @for pool in source.stored.pools.iter().take(DRAWN) {
                    h3 { (budget::title(source, pool)) }
                    (figure(waterfall::draw(&bars(pool)), "", ""))
                }
                (budget.table(30))
            },
        },
        Section {
            id: "cleared",
            title: words("点数与清算", "Points and cleared"),
            lead: words(
                "各机构的清算额，及按险种、支付方式的点数（或权重）与清算额。",
                "What each institution was cleared, and its points (or weights) and amounts by insurance and method.",
            ),
            body: html! {
                (institutions.table(25))
                h3 { (cleared.title) }
                (cleared.table(25))
            },
        },
        Section {
            id: "ranked",
            title: ranked.title.clone(),
            lead: words(
                "按数值由高到低排位，仅说明高低，不代表优劣；隐去的数值不参与排位。",
                "Ranked from high to low, which says nothing of good or bad; hidden figures have no rank.",
            ),
            body: html! {
                (charts(source))
                (ranked.table(25))
            },
        },
        Section {
            id: "reviews",
            title: reviews.title.clone(),
            lead: words("只公布例数。", "Counts only."),
            body: reviews.table(20),
        },
        definitions_section(source.tables),
    ];
    let page = Page {
        title: title(source),
        subtitle: words(&source.stored.facts.title.zh, &source.stored.facts.title.en),
        illustrative: source.stored.facts.illustrative,
        facts: facts(source),
        sections,
        footer: html! {
            p { (words(
                format!("少于 {} 例的数值及可据以推算者已隐去（·）。本页不含任何个人信息。", source.below),
                format!("Figures of fewer than {} cases, and those from which one could be derived, are hidden (·). No person is visible on this page.", source.below),
            )) }
            p { "OpenYibao " (source.program) " · " (source.stored.facts.pack) " · " (source.stored.facts.period) }
        },
    };
    let file = |name: &str, bytes: Vec<u8>| (format!("public/{name}"), bytes);
    Ok(vec![
        file("index.html", page.render().into_bytes()),
        file("publication.xlsx", source.workbook(&[&budget, &institutions, &cleared, &ranked, &reviews])?),
        file("budget.csv", budget.csv()),
        file("cleared.csv", cleared.csv()),
        file("institutions.csv", institutions.csv()),
        file("ranked.csv", ranked.csv()),
        file("special_review.csv", reviews.csv()),
    ])
}

fn title(source: &Source<'_>) -> Words {
    let facts = &source.stored.facts;
    words(
        format!("{} {} 医保支付信息公开", facts.region.zh, facts.period),
        format!("{}: provider payment, public figures of {}", facts.region.en, facts.period),
    )
}

fn facts(source: &Source<'_>) -> Vec<Fact> {
    let pools = |name: &str| budget::sum(source.stored.pools.iter().map(|pool| pool.figures.fen(name)));
    let fact = |name: (&str, &str), value: String, note: (&str, &str)| Fact {
        name: words(name.0, name.1),
        value,
        note: words(note.0, note.1),
    };
    let cases =
        if source.tables.region.cases_shown.is_hidden() { "·".to_owned() } else { count(source.tables.region.cases) };
    let institutions: std::collections::BTreeSet<&str> =
        source.stored.rows.iter().map(|row| row.key.institution.as_str()).collect();
    vec![
        fact(("预算", "Budget"), money(pools("budget")), ("各基金池合计，元", "all pools, yuan")),
        fact(
            ("可分配", "Distributable"),
            money(pools("distributable")),
            ("扣除与划入调节金之后", "after deductions and the reserve"),
        ),
        fact(("清算", "Cleared"), money(pools("cleared")), ("按支付方式应得的基金", "what the methods give")),
        fact(("机构", "Institutions"), count(institutions.len() as u64), ("参加清算", "that were cleared")),
        fact(("病例", "Cases"), cases, ("住院、门诊与人头", "stays, visits and heads")),
    ]
}

fn bars(pool: &StoredPool) -> Vec<Bar> {
    let of = |name: &str| pool.figures.fen(name);
    let less = |from: Fen, amount: Fen| from.checked_sub(amount).unwrap_or(from);
    let (budget, distributable) = (of("budget"), of("distributable"));
    let after = less(budget, of("deducted"));
    let bar = |zh: &str, en: &str, start, end, amount, colour| Bar { name: words(zh, en), start, end, amount, colour };
    vec![
        bar("预算", "budget", Fen::ZERO, budget, budget, "var(--blue)"),
        bar("扣除", "deducted", budget, after, of("deducted"), "var(--grey)"),
        bar("划入调节金", "to reserve", after, less(after, of("reserve_in")), of("reserve_in"), "var(--orange)"),
        bar("可分配", "distributable", Fen::ZERO, distributable, distributable, "var(--blue)"),
        bar("清算", "cleared", distributable, less(distributable, of("cleared")), of("cleared"), "var(--green)"),
        bar("结余", "residual", Fen::ZERO, of("residual"), of("residual"), "var(--red)"),
    ]
}

/// Case mix against cost, and the institutions by CMI.
fn charts(source: &Source<'_>) -> maud::Markup {
    let tables = source.tables;
    let places = ["cmi", "cost_index", "cost_per_stay"].map(|id| tables.position(id));
    let [Some(cmi), Some(index), Some(cost)] = places else { return html! {} };
    let rows = tables.cut(By::Institution);
    let open = |row: &crate::indicators::Row, at: usize| row.figures.get(at).and_then(Figure::open).cloned();
    let points: Vec<Point> = rows
        .iter()
        .filter_map(|row| {
            Some(Point {
                name: row.name.zh.clone(),
                cases: open(row, cmi)?.sample,
                cmi: open(row, cmi)?.value.units(),
                cost_index_micro: open(row, index)?.value.units() * 100,
                cost: Fen::new(open(row, cost)?.numerator.units()),
            })
        })
        .collect();
    let region = tables.region.figures.get(cmi).and_then(Figure::open).map(|one| one.value.units());
    let lines: Vec<ranking::Line> = rows
        .iter()
        .filter_map(|row| Some(ranking::Line { name: row.name.zh.clone(), units: open(row, cmi)?.value.units() }))
        .collect();
    html! {
        @if let (Some(region), true) = (region, points.len() > 1) {
            (figure(quadrants::draw(&points, region), "病例组合指数与费用消耗指数；圆面积为住院总费用。", "Case-mix index and cost index; the area is the cost of stays."))
            (figure(ranking::draw(&lines, region, &words("病例组合指数 CMI", "case-mix index, CMI")), "虚线为全区。", "Dashed: the region."))
        }
    }
}

//! `budget.html`: one file, no outside resource, Chinese first with English one click away.

use maud::{Markup, html};
use yibao_kernel::Fen;
use yibao_kernel::explain::Lang;
use yibao_payment::budget::{Cell, Waterfall};
use yibao_payment::pack::Pack;
use yibao_payment::pack::budget::{LineTo, ReserveKind};
use yibao_payment::pack::words::source_words;
use yibao_payment::settled::Bilingual;

use super::BudgetPublication;
use super::rows::{BudgetRow, RowKind, cell_text, column_words, rows};
use crate::chart::waterfall::{self, Bar};
use crate::page::{Fact, Page, Section, Table, Words, figure, money, money_cell, number_column, text_column, words};

/// Anchors and ids of a page's parts are fixed words; a page shows this many budgets with a part each.
const ANCHORS: [[&str; 2]; 6] = [
    ["budget-1", "lines-1"],
    ["budget-2", "lines-2"],
    ["budget-3", "lines-3"],
    ["budget-4", "lines-4"],
    ["budget-5", "lines-5"],
    ["budget-6", "lines-6"],
];

/// The page of a year's budgets.
#[must_use]
pub fn budget_html(pack: &Pack, waterfalls: &[Waterfall<'_>], publication: &BudgetPublication) -> String {
    let header = &publication.pack;
    let mut sections: Vec<Section> = waterfalls
        .iter()
        .zip(ANCHORS)
        .map(|(waterfall, [anchor, table])| budget_section(pack, waterfall, anchor, table))
        .collect();
    sections.push(decisions(pack, waterfalls));
    sections.push(changes(pack, waterfalls));
    sections.push(reserves(waterfalls));
    sections.push(provenance(pack, waterfalls, publication));
    let known = publication.known.as_ref();
    let page = Page {
        title: words(
            format!("{} {} 年基金支出预算", header.region.zh, publication.year),
            format!("{}: spending budget for {}", header.region.en, publication.year),
        ),
        subtitle: words(
            format!(
                "{} · 以收定支{}",
                header.title.zh,
                known.map(|day| format!(" · 截至 {day} 所知")).unwrap_or_default()
            ),
            format!(
                "{} · income first{}",
                header.title.en,
                known.map(|day| format!(" · as known on {day}")).unwrap_or_default()
            ),
        ),
        illustrative: header.illustrative,
        facts: match waterfalls {
            [only] => facts(only),
            several => several.iter().take(5).map(one_fact).collect(),
        },
        sections,
        footer: html! { p { "OpenYibao yibao " (publication.program_version) " · " (header.id) " · " (publication.year) } },
    };
    page.render()
}

fn of_title(title: &Bilingual) -> Words {
    words(&title.zh, &title.en)
}

/// What is in force, or else proposed, goes to the pools.
fn to_pools(waterfall: &Waterfall<'_>) -> Option<Fen> {
    let pools = waterfall.lines.iter().filter(|view| matches!(view.line.to, Some(LineTo::Pool(_))));
    pools.map(|view| view.in_force).sum_of()
}

/// One of several budgets: its amount, with income and pools below.
fn one_fact(waterfall: &Waterfall<'_>) -> Fact {
    let dash = |amount: Option<Fen>| amount.map_or_else(|| "—".to_owned(), money);
    let (income, pools) = (money(waterfall.income), dash(to_pools(waterfall)));
    Fact {
        name: of_title(&waterfall.budget.title),
        value: dash(waterfall.in_force),
        note: words(format!("收入 {income}；进入基金池 {pools}"), format!("income {income}; to the pools {pools}")),
    }
}

fn facts(waterfall: &Waterfall<'_>) -> Vec<Fact> {
    let title = of_title(&waterfall.budget.title);
    let dash = |amount: Option<Fen>| amount.map_or_else(|| "—".to_owned(), money);
    let state = match waterfall.in_force {
        Some(_) => words("定案及其调整", "adopted, with its changes"),
        None => words("尚未定案", "not adopted yet"),
    };
    let pools = to_pools(waterfall);
    vec![
        Fact {
            name: words(format!("{}：收入", title.zh), format!("{}: income", title.en)),
            value: money(waterfall.income),
            note: words("预计", "expected"),
        },
        Fact { name: words("支出预算（元）", "budget (yuan)"), value: dash(waterfall.in_force), note: state },
        Fact {
            name: words("计划结余", "planned surplus"),
            value: dash(waterfall.surplus()),
            note: words("收入 − 预算", "income − budget"),
        },
        Fact {
            name: words("进入基金池", "to the pools"),
            value: dash(pools),
            note: words("各支付方式可用", "for the methods of payment"),
        },
        Fact {
            name: words("年中调整", "changes in the year"),
            value: money(waterfall.changed),
            note: words(format!("{} 笔", waterfall.changes.len()), format!("entries: {}", waterfall.changes.len())),
        },
    ]
}

/// Sums amounts that may be missing.
trait SumOf {
    fn sum_of(self) -> Option<Fen>;
}

impl<I: Iterator<Item = Option<Fen>>> SumOf for I {
    fn sum_of(mut self) -> Option<Fen> {
        self.try_fold(Fen::ZERO, |sum, amount| sum.checked_add(amount?).ok())
    }
}

fn budget_section(pack: &Pack, waterfall: &Waterfall<'_>, id: &'static str, table: &'static str) -> Section {
    let title = of_title(&waterfall.budget.title);
    Section {
        id,
        lead: words(
            "以收定支：先有收入，再定支出预算，再按次序逐项安排；各项相加等于预算，分毫不差。“→” 为意见所提、未与其他各项配平的数。",
            "Income first, then the spending budget, then its lines in order; the lines sum to the budget, to the fen. \"→\" is what an opinion asked for without saying where from.",
        ),
        body: html! {
            (figure(waterfall::draw(&bars(waterfall)),
                "从收入到各基金池（现行数；未定案时为最近一次拟定数）。灰：池外；橙：储备；绿：基金池；蓝：再分到下级。",
                "From income to the pools (in force; before adoption the latest proposal). Grey: outside; orange: reserves; green: pools; blue: divided further."))
            (lines(pack, waterfall, table).render())
            @for view in waterfall.roundings() {
                p.small { (words(
                    format!("尾差：“{}”含取整尾差 {} 元。", view.line.title.zh, view.rounding),
                    format!("Rounding: \"{}\" holds {} yuan of rounding.", view.line.title.en, view.rounding))) }
            }
        },
        title,
    }
}

/// What is drawn: in force, or the latest proposal.
fn drawn(waterfall: &Waterfall<'_>) -> Option<(Fen, Vec<Fen>)> {
    if let Some(budget) = waterfall.in_force {
        return Some((budget, waterfall.lines.iter().map(|view| view.in_force.unwrap_or(Fen::ZERO)).collect()));
    }
    let amount = |cell: &Cell| match cell {
        Cell::Amount(amount) => *amount,
        _ => Fen::ZERO,
    };
    let proposals = waterfall
        .columns
        .iter()
        .rev()
        .find(|column| column.version.stage == yibao_payment::pack::version::Stage::Proposal);
    proposals.map(|column| (amount(&column.budget), column.lines.iter().map(amount).collect()))
}

fn bars(waterfall: &Waterfall<'_>) -> Vec<Bar> {
    let Some((budget, lines)) = drawn(waterfall) else { return Vec::new() };
    let bar = |name: Words, start: Fen, end: Fen, amount: Fen, colour| Bar { name, start, end, amount, colour };
    // Positions on paper: a sum that does not fit is drawn at the edge.
    let less = |from: Fen, amount: Fen| from.checked_sub(amount).unwrap_or(from);
    let income = waterfall.income;
    let mut bars = vec![
        bar(words("收入", "income"), Fen::ZERO, income, income, "var(--sky)"),
        bar(words("计划结余", "surplus"), income, budget, less(income, budget), "var(--pink)"),
        bar(words("支出预算", "budget"), Fen::ZERO, budget, budget, "var(--blue)"),
    ];
    let mut left = budget;
    for (view, amount) in waterfall.lines.iter().zip(lines).filter(|(view, _)| view.depth == 0) {
        let colour = match view.line.to {
            Some(LineTo::Outside) => "var(--grey)",
            Some(LineTo::Reserve(_)) => "var(--orange)",
            Some(LineTo::Pool(_)) => "var(--green)",
            None => "var(--blue)",
        };
        bars.push(bar(of_title(&view.line.title), left, less(left, amount), amount, colour));
        left = less(left, amount);
    }
    bars
}

fn lines(pack: &Pack, waterfall: &Waterfall<'_>, id: &'static str) -> Table {
    let mut columns = vec![text_column("项目", "item"), text_column("口径", "basis"), text_column("去向", "goes to")];
    columns.extend(waterfall.columns.iter().map(|column| {
        let name = column_words(column);
        number_column(&name.zh, &name.en)
    }));
    columns.extend([number_column("年中调整", "changes"), number_column("现行", "in force")]);
    Table {
        id,
        columns,
        rows: rows(pack, waterfall).iter().map(table_row).collect(),
        totals: None,
        filter: false,
        first: 200,
        dense: true,
    }
}

fn table_row(row: &BudgetRow) -> Markup {
    let sum = matches!(row.kind, RowKind::IncomeTotal | RowKind::Budget);
    let indent = "\u{3000}".repeat(row.depth);
    html! { tr {
        td.name { (indent) @if sum { b { (row.title) } } @else { (row.title) } }
        td { (row.basis) }
        td { (row.to) }
        @for cell in &row.cells { td.n { (cell_text(cell)) } }
        @match row.changed.filter(|amount| !amount.is_zero()) { Some(amount) => (money_cell(amount)), None => td.n {} }
        @match row.in_force { Some(amount) => (money_cell(amount)), None => td.n {} }
    } }
}

fn decisions(pack: &Pack, waterfalls: &[Waterfall<'_>]) -> Section {
    let mut rows = Vec::new();
    for waterfall in waterfalls {
        for column in &waterfall.columns {
            let version = column.version;
            let (zh, en) = version.stage.words();
            let source = |lang| source_words(pack, &version.source, lang);
            rows.push(html! { tr {
                td.id { (version.on) } td.id { (version.known()) }
                td { (of_title(&waterfall.budget.title)) }
                td { (words(zh, en)) } td { (of_title(&version.by)) }
                td.wide { @if let Some(text) = &version.text { (of_title(text)) } }
                td { (words(source(Lang::Zh), source(Lang::En))) }
            } });
        }
    }
    Section {
        id: "decisions",
        title: words("拟定、意见与定案", "Proposal, opinions, decision"),
        lead: words(
            "拟定数一直可见；清算只用在查询日已公布的定案。",
            "What was proposed stays visible; settlement uses only the adopted version known on the day asked for.",
        ),
        body: Table {
            id: "decisions-table",
            columns: vec![
                text_column("日期", "on"),
                text_column("公布", "known from"),
                text_column("预算", "budget"),
                text_column("阶段", "stage"),
                text_column("单位", "office"),
                text_column("内容", "what it says"),
                text_column("来源", "source"),
            ],
            rows,
            totals: None,
            filter: false,
            first: 60,
            dense: false,
        }
        .render(),
    }
}

fn changes(pack: &Pack, waterfalls: &[Waterfall<'_>]) -> Section {
    let mut rows = Vec::new();
    for waterfall in waterfalls {
        let title = |id: &str| waterfall.budget.line(id).map(|(_, line)| of_title(&line.title)).unwrap_or_default();
        for change in &waterfall.changes {
            let source = |lang| source_words(pack, &change.source, lang);
            rows.push(html! { tr {
                td.id { (change.on) } td.id { (change.known()) }
                td { (title(&change.line)) }
                (money_cell(change.amount))
                td { @match &change.from { Some(from) => (title(from)), None => (words("预算总额", "the budget as a whole")) } }
                td.wide { (of_title(&change.words())) }
                td { (of_title(&change.procedure)) }
                td { (words(source(Lang::Zh), source(Lang::En))) }
            } });
        }
    }
    Section {
        id: "changes",
        title: words("年中调整", "Changes in the year"),
        lead: words(
            "只因基金收支、就诊人数、重大政策或公共卫生事件，按程序调整；每笔一条记录，不改写原数。",
            "Only for the fund's balance, the number of patients, a major policy or a public-health event, by procedure; an entry each, never an overwrite.",
        ),
        body: Table {
            id: "changes-table",
            columns: vec![
                text_column("生效", "from"),
                text_column("公布", "known from"),
                text_column("项目", "line"),
                number_column("金额", "amount"),
                text_column("资金来自", "paid by"),
                text_column("原因", "reason"),
                text_column("程序", "procedure"),
                text_column("来源", "source"),
            ],
            rows,
            totals: None,
            filter: false,
            first: 60,
            dense: false,
        }
        .render(),
    }
}

fn reserves(waterfalls: &[Waterfall<'_>]) -> Section {
    let mut rows = Vec::new();
    for view in waterfalls.iter().flat_map(|waterfall| &waterfall.reserves) {
        let kind = match view.reserve.kind {
            ReserveKind::Risk => words("风险", "risk"),
            ReserveKind::Adjustment => words("年中调整、补偿、分担", "changes, compensation, sharing"),
        };
        rows.push(html! { tr {
            td { (of_title(&view.reserve.title)) } td { (kind) }
            @for amount in [view.reserve.opening, view.put_in, view.changed, view.available] { (money_cell(amount)) }
        } });
    }
    Section {
        id: "reserves",
        title: words("储备", "Reserves"),
        lead: words(
            "期初 + 预算划入 + 年中调整 = 可用；清算时的动用见清算报告。",
            "Opening + put in by the budget + changes = available; what settlement draws is in its report.",
        ),
        body: Table {
            id: "reserves-table",
            columns: vec![
                text_column("储备", "reserve"),
                text_column("用途", "for"),
                number_column("期初", "opening"),
                number_column("预算划入", "put in"),
                number_column("年中调整", "changes"),
                number_column("可用", "available"),
            ],
            rows,
            totals: None,
            filter: false,
            first: 60,
            dense: false,
        }
        .render(),
    }
}

fn provenance(pack: &Pack, waterfalls: &[Waterfall<'_>], publication: &BudgetPublication) -> Section {
    let header = &publication.pack;
    let mut cited: Vec<(Words, String, Option<String>)> = Vec::new();
    for waterfall in waterfalls {
        for line in &waterfall.budget.line {
            let url = pack.document(&line.source).and_then(|document| document.url);
            cited.push((of_title(&line.title), source_words(pack, &line.source, Lang::Zh), url));
        }
    }
    Section {
        id: "provenance",
        title: words("来源与版本", "Provenance"),
        lead: Words::default(),
        body: html! { dl.plain {
            dt { (words("政策包", "policy pack")) } dd { (header.id) " · " (words(&header.title.zh, &header.title.en)) }
            dt { (words("政策包校验值", "pack hash")) } dd { code { (publication.pack_hash) } }
            dt { (words("可信等级", "trust")) } dd { (header.trust) }
            @for (title, source, url) in &cited {
                dt { (title) } dd { (source) @if let Some(url) = url { " · " (url) } }
            }
            dt { (words("程序", "program")) } dd { "yibao " (publication.program_version) }
        } },
    }
}

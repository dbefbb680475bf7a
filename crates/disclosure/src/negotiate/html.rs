//! `negotiate.html`: what each choice costs, one file, Chinese first with English one click away.

use maud::{Markup, html};
use yibao_kernel::{Fen, Mode, Ratio};
use yibao_payment::negotiate::{Choice, Negotiated, NegotiatedRow};
use yibao_payment::pack::negotiate::{Measure, NegotiateOf};

use super::{NegotiatePublication, choice_words};
use crate::page::{
    Fact, Page, Section, Table, Words, count, money, money_cell, number_cell, number_column, text_column, words,
};

/// The page of a proposal.
#[must_use]
pub fn negotiate_html(result: &Negotiated, publication: &NegotiatePublication) -> String {
    let (plan, pack) = (&result.plan, &publication.pack);
    let page = Page {
        title: words(
            format!("{} {} 年病种谈判标准测算", pack.region.zh, plan.year),
            format!("{}: negotiated standards for {}", pack.region.en, plan.year),
        ),
        subtitle: words(
            format!("{} · 供协商使用的建议，不是定案", pack.title.zh),
            format!("{} · a proposal to negotiate from, not a decision", pack.title.en),
        ),
        illustrative: pack.illustrative,
        facts: facts(result),
        sections: vec![cost_of_choices(result), diseases(result), provenance(result, publication)],
        footer: html! { p { "OpenYibao yibao " (publication.program_version) " · " (pack.id) " · " (plan.year) } },
    };
    page.render()
}

fn proposed_total(result: &Negotiated) -> Option<Fen> {
    let wanted = Choice::Measure(result.plan.propose);
    result.totals.iter().find(|(choice, _)| *choice == wanted).and_then(|(_, total)| *total)
}

fn facts(result: &Negotiated) -> Vec<Fact> {
    let fact = |name: Words, value: String, note: Words| Fact { name, value, note };
    let cases = result.rows.iter().map(|row| row.cases).sum();
    let (few, few_cases) = result.few;
    let mut facts = vec![
        fact(
            words("病种行", "rows of diseases"),
            count(result.rows.len() as u64),
            words(
                format!("另 {few} 行病例过少（{few_cases} 例）"),
                format!("{few} more with too few cases ({few_cases})"),
            ),
        ),
        fact(words("病例", "cases"), count(cases), words("全部年份合计", "in all years")),
        fact(words("过去年均基金支付", "fund paid a year, past"), money(result.fund_a_year), words("元", "yuan")),
    ];
    if let Some(total) = proposed_total(result) {
        let (zh, en) = result.plan.propose.words();
        facts.push(fact(
            words("拟定标准年基金支付", "fund a year as proposed"),
            money(total),
            words(format!("按{zh}"), format!("by {en}")),
        ));
    }
    if let Some(ability) = &result.plan.ability {
        let (zh, en) =
            if ability.stage == "adopted" { ("现行预算", "in force") } else { ("拟定预算", "proposed") };
        facts.push(fact(
            words("基金可承受", "the fund's ability"),
            money(ability.amount),
            words(format!("{}（{zh}）", ability.line), format!("{} ({en})", ability.line)),
        ));
    }
    facts
}

/// A part of a whole in percent, one place.
fn percent(part: Fen, whole: Fen) -> String {
    let share = part.ratio().checked_div(whole.ratio()).and_then(|share| share.checked_mul(Ratio::from_int(100)));
    share.and_then(|share| share.to_decimal(1, Mode::HalfUp)).map(|share| format!("{share}%")).unwrap_or_default()
}

fn cost_of_choices(result: &Negotiated) -> Section {
    let ability = result.plan.ability.as_ref().map(|ability| ability.amount);
    let rows = result.totals.iter().map(|(choice, total)| {
        let proposed = *choice == Choice::Measure(result.plan.propose);
        html! { tr {
            td { @if proposed { b { (choice_words(*choice)) " " (words("（拟定）", "(proposed)")) } } @else { (choice_words(*choice)) } }
            @match total {
                Some(total) => {
                    (money_cell(*total))
                    (number_cell(&percent(*total, result.fund_a_year)))
                    @match ability {
                        Some(ability) => {
                            (number_cell(&percent(*total, ability)))
                            (money_cell(ability.checked_sub(*total).unwrap_or(Fen::ZERO)))
                        }
                        None => { td.n {} td.n {} }
                    }
                }
                None => { td.n { (words("有病种没有现行标准", "a disease has none")) } td.n {} td.n {} td.n {} }
            }
        } }
    });
    Section {
        id: "choices",
        title: words("每种选择的代价", "What each choice costs"),
        lead: words(
            "基金年支付 = 标准 × 年均例数 × 过去基金支付比例（按总费用谈判时），例数按过去年均，不预测增减。",
            "Fund a year = standard × cases a year × what the fund paid of the cost (where standards are of the cost); as many cases as in the past.",
        ),
        body: Table {
            id: "choices-table",
            columns: vec![
                text_column("选择", "choice"),
                number_column("基金年支付（元）", "fund a year (yuan)"),
                number_column("占过去", "of the past"),
                number_column("占可承受", "of the ability"),
                number_column("余缺（元）", "left or short (yuan)"),
            ],
            rows: rows.collect(),
            totals: None,
            filter: false,
            first: 60,
            dense: false,
        }
        .render(),
    }
}

fn diseases(result: &Negotiated) -> Section {
    let plan = &result.plan;
    let mut columns: Vec<_> = plan.key.iter().map(|key| text_column(key, key)).collect();
    columns.extend([number_column("病例", "cases"), number_column("年均", "a year")]);
    columns.extend(Measure::ALL.map(|measure| number_column(measure.words().0, measure.words().1)));
    columns.extend([
        number_column("基金比例", "fund ratio"),
        number_column("现行标准", "current"),
        number_column("区间下限", "range from"),
        number_column("区间上限", "range to"),
        number_column("拟定标准", "proposed"),
        number_column("年基金支付", "fund a year"),
    ]);
    let of = match plan.of {
        NegotiateOf::Cost => words("总费用", "whole cost"),
        NegotiateOf::Fund => words("基金支付", "fund part"),
    };
    Section {
        id: "diseases",
        title: words("分病种", "By disease"),
        lead: words(
            format!("口径：{}。标准取整到 {} 元；病例少于 {} 的行不显示。", of.zh, plan.round_to, plan.min_cases),
            format!(
                "Of the {}. Standards are rounded to {} yuan; rows with fewer than {} cases are not shown.",
                of.en, plan.round_to, plan.min_cases
            ),
        ),
        body: Table {
            id: "diseases-table",
            columns,
            rows: result.rows.iter().map(|row| disease(result, row)).collect(),
            totals: None,
            filter: true,
            first: 100,
            dense: true,
        }
        .render(),
    }
}

fn disease(result: &Negotiated, row: &NegotiatedRow) -> Markup {
    let of = |choice: Choice| row.choices.iter().find(|one| one.choice == choice);
    let cost = of(Choice::Measure(result.plan.propose)).map(|one| one.fund_a_year);
    html! { tr {
        @for key in &row.key { td.id { (key) } }
        (number_cell(&count(row.cases)))
        (number_cell(&row.cases_a_year.to_string()))
        @for amount in row.measures { (money_cell(amount)) }
        (number_cell(&row.fund_ratio.to_string()))
        @match of(Choice::Current) { Some(current) => (money_cell(current.standard)), None => td.n {} }
        @for amount in row.range { (money_cell(amount)) }
        td.n { b { (money(row.proposed)) } }
        @match cost { Some(cost) => (money_cell(cost)), None => td.n {} }
    } }
}

fn provenance(result: &Negotiated, publication: &NegotiatePublication) -> Section {
    let pack = &publication.pack;
    Section {
        id: "provenance",
        title: words("来源与版本", "Provenance"),
        lead: Words::default(),
        body: html! { dl.plain {
            dt { (words("政策包", "policy pack")) } dd { (pack.id) " · " (words(&pack.title.zh, &pack.title.en)) }
            dt { (words("政策包校验值", "pack hash")) } dd { code { (publication.pack_hash) } }
            dt { (words("可信等级", "trust")) } dd { (pack.trust) }
            @for (name, hash) in &publication.inputs { dt { (words("输入", "input")) } dd { (name) " · " code { (hash) } } }
            dt { (words("未用病例", "cases not used")) }
            dd { (words(
                format!("其他年份 {}，无病种或不在名单 {}", count(result.outside_years), count(result.without_key)),
                format!("{} of other years, {} without a disease asked for", count(result.outside_years), count(result.without_key)))) }
            dt { (words("程序", "program")) } dd { "yibao " (publication.program_version) }
        } },
    }
}

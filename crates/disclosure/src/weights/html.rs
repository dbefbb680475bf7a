//! `weights.html`: one file, no outside resource, Chinese first with English one click away.

use maud::{Markup, html};
use yibao_payment::weigh::WeightTable;

use super::{Publication, changes, currency, groups, reference_words};
use crate::error::DisclosureError;
use crate::page::{
    Fact, Page, Section, Table, Words, count, money, money_cell, number_cell, number_column, text_column, words,
};

/// The page of a published table.
///
/// # Errors
/// [`DisclosureError::Explanation`] when a stored reason is damaged.
pub fn weights_html(table: &WeightTable, publication: &Publication) -> Result<String, DisclosureError> {
    let pack = &publication.pack;
    let mut sections = vec![data_years(table, publication)];
    sections.extend(changes::section(table.changes.as_ref(), publication));
    sections.push(groups::section(table, publication)?);
    sections.push(provenance(table, publication));
    let page = Page {
        title: words(
            format!("{} {} 年病组权重", pack.region.zh, table.year),
            format!("{}: relative weights for {}", pack.region.en, table.year),
        ),
        subtitle: words(
            format!("{} · 权重先于年度公布，清算只读取，不重算", pack.title.zh),
            format!("{} · published before the year; clearing reads it and never recomputes it", pack.title.en),
        ),
        illustrative: pack.illustrative,
        facts: facts(table, publication),
        sections,
        footer: html! { p { "OpenYibao yibao " (publication.program_version) " · " (pack.id) " · " (table.year) } },
    };
    Ok(page.render())
}

fn facts(table: &WeightTable, publication: &Publication) -> Vec<Fact> {
    let unit = currency(publication);
    let totals = &table.totals;
    let without = totals.groups.saturating_sub(totals.weighted);
    let fact = |zh: &str, en: &str, value: String, note: Words| Fact { name: words(zh, en), value, note };
    let mut facts = vec![
        fact(
            "发布权重的病组",
            "groups with a weight",
            count(totals.weighted),
            words(
                format!("稳定 {} 组；无权重 {} 组", count(totals.stable), count(without)),
                format!("{} stable; {} without a weight", count(totals.stable), count(without)),
            ),
        ),
        fact(
            "病例",
            "cases",
            count(totals.cases),
            words(
                format!(
                    "保留 {}，剔除 {} 低、{} 高",
                    count(totals.cases_kept),
                    count(totals.trimmed_low),
                    count(totals.trimmed_high)
                ),
                format!(
                    "{} kept, {} cut low, {} cut high",
                    count(totals.cases_kept),
                    count(totals.trimmed_low),
                    count(totals.trimmed_high)
                ),
            ),
        ),
        Fact {
            name: words(format!("参照金额（{}）", unit.zh), format!("reference amount ({})", unit.en)),
            value: money(table.reference.amount),
            note: reference_words(table),
        },
        fact(
            "总权重",
            "total weight",
            totals.weight_after.to_string(),
            words(format!("取整前 {}", totals.weight_before), format!("before rounding {}", totals.weight_before)),
        ),
        fact(
            "取整漂移",
            "drift of rounding",
            totals.drift.to_string(),
            words("Σ n·发布权重 − Σ n·精确权重", "Σ n·published − Σ n·exact"),
        ),
    ];
    if let Some(lambda) = totals.lambda {
        let note = words("专家调整后总权重不变", "keeps the total weight after adjustment");
        facts.push(fact("平衡系数 λ", "rebalancing λ", lambda.to_string(), note));
    }
    facts
}

fn data_years(table: &WeightTable, publication: &Publication) -> Section {
    let unit = currency(publication);
    let rows = table.years.iter().map(|year| {
        html! { tr {
            (number_cell(&year.year.to_string()))
            (number_cell(&year.weight.to_string()))
            (number_cell(&count(year.cases)))
            (number_cell(&count(year.kept)))
            @match year.mean { Some(mean) => (money_cell(mean)), None => td {} }
        } }
    });
    let years = Table {
        id: "years-table",
        columns: vec![
            number_column("数据年", "data year"),
            number_column("年权重", "year weight"),
            number_column("病例", "cases"),
            number_column("保留", "kept"),
            number_column(&format!("均值（{}）", unit.zh), &format!("mean ({})", unit.en)),
        ],
        rows: rows.collect(),
        totals: None,
        filter: false,
        first: 20,
        dense: false,
    };
    let totals = &table.totals;
    Section {
        id: "years",
        title: words("数据年", "Data years"),
        lead: words(
            format!(
                "数据年以外 {} 例、没有病组的 {} 例未用。",
                count(totals.outside_years),
                count(totals.without_group)
            ),
            format!(
                "Not used: {} cases outside the data years, {} without a group.",
                count(totals.outside_years),
                count(totals.without_group)
            ),
        ),
        body: html! {
            (years.render())
            @if !table.reference.classes.is_empty() { (classes(table, &unit)) }
        },
    }
}

fn classes(table: &WeightTable, unit: &Words) -> Markup {
    let shown = Table {
        id: "classes-table",
        columns: vec![
            text_column("费用类别", "fee class"),
            number_column(&format!("参照均值（{}）", unit.zh), &format!("reference mean ({})", unit.en)),
        ],
        rows: table
            .reference
            .classes
            .iter()
            .map(|(class, mean)| html! { tr { td { (class) } (money_cell(*mean)) } })
            .collect(),
        totals: None,
        filter: false,
        first: 20,
        dense: false,
    };
    html! { h3 { (words("费用类别", "Fee classes")) } (shown.render()) }
}

fn provenance(table: &WeightTable, publication: &Publication) -> Section {
    let pack = &publication.pack;
    let source = table.book.rules().first().and_then(|rule| rule.source.as_ref());
    Section {
        id: "provenance",
        title: words("来源与版本", "Provenance"),
        lead: words("同样的输入与政策包得到逐字节相同的结果。", "The same inputs and pack give the same bytes."),
        body: html! { dl.plain {
            dt { (words("政策包", "policy pack")) } dd { (pack.id) " · " (words(pack.title.zh.clone(), pack.title.en.clone())) }
            dt { (words("政策包校验值", "pack hash")) } dd { code { (publication.pack_hash) } }
            dt { (words("可信等级", "trust")) } dd { (pack.trust) }
            @if let Some(source) = source {
                dt { (words("测算依据", "rule")) }
                dd { (source.document) @if let Some(article) = &source.article { " · " (article) } @if let Some(url) = &source.url { " · " (url) } }
            }
            @for input in &publication.inputs {
                dt { (words("输入", "input")) }
                dd { (input.name) " · " (words(format!("{} 字节", count(input.bytes)), format!("{} bytes", count(input.bytes)))) " · " code { (input.sha256) } }
            }
            dt { (words("未选 / 拒收", "not selected / refused")) } dd { (count(publication.not_selected)) " / " (count(publication.refused)) }
            dt { (words("程序", "program")) } dd { "yibao " (publication.program_version) }
        } },
    }
}

//! What the result was made from.

use super::{View, bilingual};
use crate::page::{Section, count, words};
use maud::{Markup, html};

pub(super) fn section(view: &View<'_>) -> Section {
    let (settled, inputs) = (view.settled, view.inputs);
    let body = html! { dl.plain {
        dt { (words("政策包", "policy pack")) } dd { (settled.pack.id) " · " (bilingual(&settled.pack.title)) }
        dt { (words("政策包校验值", "pack hash")) } dd { code { (inputs.pack_hash) } }
        dt { (words("可信等级", "trust")) } dd { (settled.pack.trust) }
        @if let Some((scheme, hash)) = &inputs.scheme {
            dt { (words("分组方案", "grouping scheme")) } dd { (scheme) " " code { (hash) } }
        }
        dt { (words("清算期间", "period")) } dd { (settled.period) " · " (settled.window.from) @if let Some(until) = settled.window.until { " – " (until) (words("（不含）", " (exclusive)")) } }
        @for input in &inputs.inputs {
            dt { (words("输入", "input")) } dd { (input.name) " · " (words(format!("{} 行", count(input.rows)), format!("{} rows", count(input.rows)))) " · " code { (input.sha256) } }
        }
        dt { (words("程序", "program")) } dd { "yibao " (inputs.program_version) }
    } };
    Section {
        id: "provenance",
        title: words("来源与版本", "Provenance"),
        lead: words(
            "同样的输入与政策包得到逐字节相同的结果；manifest.json 记录全部校验值。",
            "The same inputs and pack give the same bytes; manifest.json has every hash.",
        ),
        body,
    }
}

pub(super) fn footer(view: &View<'_>) -> Markup {
    html! { p { "OpenYibao yibao " (view.inputs.program_version) " · " (view.settled.pack.id) " · " (view.settled.period) } }
}

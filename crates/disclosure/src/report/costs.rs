//! The spread of costs.

use super::View;
use crate::chart::histogram::{self, Series};
use crate::page::{Section, Words, figure, legend, words};
use crate::summary::{Class, LIMITS};
use maud::html;

const CLASSES: [(Class, &str, &str, &str); 5] = [
    (Class::Normal, "按组支付", "by group", "var(--blue)"),
    (Class::Low, "低倍率", "low outlier", "var(--sky)"),
    (Class::High, "高倍率", "high outlier", "var(--red)"),
    (Class::Items, "按项目", "by item", "var(--orange)"),
    (Class::Other, "特例单议及其他", "special review and other", "var(--pink)"),
];

pub(super) fn section(view: &View<'_>) -> Section {
    let histogram = &view.summary.histogram;
    let series: Vec<Series> = CLASSES
        .iter()
        .map(|(class, zh, en, colour)| Series {
            name: words(*zh, *en),
            colour,
            counts: histogram.iter().map(|bin| bin.get(*class as usize).copied().unwrap_or(0)).collect(),
        })
        .filter(|part| part.counts.iter().any(|number| *number > 0))
        .collect();
    let entries: Vec<(&str, Words)> = series.iter().map(|part| (part.colour, part.name.clone())).collect();
    let body = html! {
        @if series.is_empty() { p.none { (words("无病例。", "No stays.")) } } @else {
            (legend(&entries))
            (figure(histogram::draw(&LIMITS, &series), "每十倍费用分为十段等比区间。", "Ten equal-ratio bins to a tenfold of cost."))
        }
    };
    Section {
        id: "costs",
        title: words("费用分布", "Costs"),
        lead: words(
            "每例住院总费用的分布，按支付去向着色。",
            "How total costs of stays are spread, coloured by how they are paid.",
        ),
        body,
    }
}

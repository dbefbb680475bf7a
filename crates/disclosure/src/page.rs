//! The shell every page stands in: one file, no outside resource, Chinese first with English one click away.
//!
//! Both languages are in the page (`class="zh"` and `class="en"`); one class on `<html>` says which is seen, so the
//! switch works offline and remembers nothing. Opening the file with `#en` at the end of the address starts in English.
//! Everything passed in as text is escaped by the template; nothing here takes ready-made HTML except [`Markup`].

use maud::{DOCTYPE, Markup, PreEscaped, html};
use yibao_kernel::Fen;

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

/// A text in both languages.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Makes a [`Words`].
pub fn words(zh: impl Into<String>, en: impl Into<String>) -> Words {
    Words { zh: zh.into(), en: en.into() }
}

/// A headline figure: its name, its value, and a short note below (may be empty).
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is.
    pub name: Words,
    /// The value as printed.
    pub value: String,
    /// A remark in small print.
    pub note: Words,
}

/// A titled part of a page.
pub struct Section {
    /// Anchor, unique in the page; ASCII letters and hyphens.
    pub id: &'static str,
    /// Title, also the entry in the navigation bar.
    pub title: Words,
    /// One or two sentences: what is seen and how it is counted. May be empty.
    pub lead: Words,
    /// The content.
    pub body: Markup,
}

/// A whole page.
pub struct Page {
    /// Title.
    pub title: Words,
    /// The line under the title: region, period, pack.
    pub subtitle: Words,
    /// Repeats the mark that the figures are not official.
    pub illustrative: bool,
    /// Headline figures.
    pub facts: Vec<Fact>,
    /// The parts, in order.
    pub sections: Vec<Section>,
    /// The foot: hashes, program version.
    pub footer: Markup,
}

/// A text in both languages, as inline elements.
pub fn both(zh: &str, en: &str) -> Markup {
    html! { span.zh lang="zh-CN" { (zh) } span.en lang="en" { (en) } }
}

impl maud::Render for Words {
    fn render(&self) -> Markup {
        both(&self.zh, &self.en)
    }
}

impl Page {
    /// The page as one HTML file.
    pub fn render(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="zh-CN" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    // No request may leave the page, whatever ends up in it.
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
                    title { (self.title.zh) }
                    style { (PreEscaped(STYLE)) }
                }
                body data-zh=(self.title.zh) data-en=(self.title.en) {
                    header { div.wrap {
                        div.grow { h1 { (self.title) } p { (self.subtitle) } }
                        button.switch type="button" { span.zh { "English" } span.en { "中文" } }
                    } }
                    main.wrap {
                        @if !self.facts.is_empty() { div.facts { @for fact in &self.facts { (fact_card(fact)) } } }
                        @if self.illustrative { (illustrative_mark()) }
                    }
                    nav { div.wrap { @for section in &self.sections {
                        a href={ "#" (section.id) } { (section.title) }
                    } } }
                    main.wrap {
                        @for section in &self.sections { (self.section(section)) }
                        footer { @if self.illustrative { (illustrative_mark()) } (self.footer) }
                    }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        page.into_string()
    }

    fn section(&self, section: &Section) -> Markup {
        html! { section id=(section.id) {
            h2 { (section.title) }
            @if !section.lead.zh.is_empty() || !section.lead.en.is_empty() { p.lead { (section.lead) } }
            (section.body)
        } }
    }
}

fn fact_card(fact: &Fact) -> Markup {
    html! { div.fact {
        div.name { (fact.name) }
        div.value { (fact.value) }
        @if !fact.note.zh.is_empty() || !fact.note.en.is_empty() { div.note { (fact.note) } }
    } }
}

/// The mark of figures that no authority published.
pub fn illustrative_mark() -> Markup {
    html! { div.mark { b { (both("示例", "Illustrative")) }
    (both(ILLUSTRATIVE_ZH, ILLUSTRATIVE_EN)) } }
}

/// The words of the illustrative mark, Chinese.
pub const ILLUSTRATIVE_ZH: &str = "所用政策参数含虚构、推导或二手来源的数值，仅供演示，不是任何统筹区的正式清算结果。";
/// The words of the illustrative mark, English.
pub const ILLUSTRATIVE_EN: &str = "The policy values include fictional, derived or second-hand ones: for demonstration, not an official result of any region.";

/// A column of a [`Table`].
#[derive(Clone, Debug)]
pub struct Column {
    /// Heading.
    pub name: Words,
    /// Numbers stand right and sort by value, texts left.
    pub number: bool,
}

/// A text column.
pub fn text_column(zh: &str, en: &str) -> Column {
    Column { name: words(zh, en), number: false }
}

/// A number column.
pub fn number_column(zh: &str, en: &str) -> Column {
    Column { name: words(zh, en), number: true }
}

/// A table that sorts by a click on a heading and filters as one types, in the page itself.
pub struct Table {
    /// Unique in the page; ASCII letters and hyphens.
    pub id: &'static str,
    /// The columns; each row must have as many cells.
    pub columns: Vec<Column>,
    /// Rows, each a `<tr>` with its `<td>`; `td.n` for numbers. See [`money_cell`], [`number_cell`].
    pub rows: Vec<Markup>,
    /// Totals, a `<tr>`.
    pub totals: Option<Markup>,
    /// Whether to show the filter box.
    pub filter: bool,
    /// How many rows are seen before "show all" is pressed.
    pub first: usize,
    /// Smaller print, for many columns.
    pub dense: bool,
}

impl Table {
    /// The table with its filter box.
    pub fn render(&self) -> Markup {
        if self.rows.is_empty() {
            return html! { p.none { (both("无。", "None.")) } };
        }
        let count = self.rows.len();
        let tools = self.filter || count > self.first;
        html! {
            @if tools { div.tools id={ (self.id) "-tools" } {
                @if self.filter { label { (both("筛选", "Filter"))
                    input type="search" placeholder="名称、代码……" data-zh="名称、代码……" data-en="name, code …"; } }
                span { span.zh { "显示 " span.shown { (count.min(self.first)) } " 行，共 " span.hits { (count) } " 行" }
                    span.en { span.shown { (count.min(self.first)) } " of " span.hits { (count) } " rows shown" } }
                @if count > self.first { button type="button" { (both("全部显示", "Show all")) } }
            } }
            div class={ "scroll" @if count > 14 { " tall" } } {
                table.sorts.dense[self.dense] id=(self.id) data-first=(self.first) {
                    thead { tr { @for column in &self.columns {
                        th.n[column.number] scope="col" { (column.name) }
                    } } }
                    tbody { @for row in &self.rows { (row) } }
                    @if let Some(totals) = &self.totals { tfoot { (totals) } }
                }
            }
        }
    }
}

/// A chart with its caption.
pub fn figure(svg: Markup, zh: &str, en: &str) -> Markup {
    html! { figure { (svg) figcaption { (both(zh, en)) } } }
}

/// A legend: colours (CSS) with their names.
pub fn legend(entries: &[(&str, Words)]) -> Markup {
    html! { div.legend { @for (colour, name) in entries {
        span { i style={ "background:" (colour) } {} (name) }
    } } }
}

/// A `<td>` with an amount in yuan, thousands grouped; negative amounts coloured.
pub fn money_cell(amount: Fen) -> Markup {
    html! { td.n.neg[amount.is_negative()] { (money(amount)) } }
}

/// A `<td>` with a number already in print.
pub fn number_cell(text: &str) -> Markup {
    html! { td.n { (text) } }
}

/// Yuan with two decimals and grouped thousands: `1,234.56`, `−1,234.56`.
pub fn money(amount: Fen) -> String {
    decimal(i128::from(amount.get()), 2)
}

/// A count with grouped thousands.
pub fn count(number: u64) -> String {
    decimal(i128::from(number), 0)
}

/// A scaled integer with its decimal places, thousands grouped: `decimal(11740000, 4)` is `1,174.0000`.
pub fn decimal(units: i128, places: u32) -> String {
    let digits = units.unsigned_abs().to_string();
    let places = places as usize;
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, part) = padded.split_at(padded.len() - places);
    let mut out = String::with_capacity(padded.len() * 4 / 3 + 4);
    if units < 0 {
        out.push('\u{2212}');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if places > 0 {
        out.push('.');
        out.push_str(part);
    }
    out
}

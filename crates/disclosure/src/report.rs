//! The report of a settled period: one offline HTML file, Chinese first, English one click away.

use crate::error::DisclosureError;
use crate::page::{Page, Section, Words, words};
use crate::summary::Summary;
use std::collections::BTreeMap;
use yibao_payment::settled::{Bilingual, Settled};
use yibao_record::stays::{Stays, Symbols};

mod clearing;
mod costs;
mod entries;
mod final_accounts;
mod groups;
mod headline;
mod identity;
mod institutions;
mod months;
mod outliers;
mod overrun;
mod pools;
mod provenance;
mod refused;
mod terms;

pub(crate) use outliers::route_words;

/// What the report names beside the result itself.
#[derive(Clone, Debug, Default)]
pub struct ReportInputs {
    /// Hash of the policy pack.
    pub pack_hash: String,
    /// Grouping scheme and its hash, where stays were grouped here.
    pub scheme: Option<(String, String)>,
    /// The program's version.
    pub program_version: String,
    /// The inputs.
    pub inputs: Vec<InputFile>,
    /// Titles of groups, by code.
    pub group_titles: BTreeMap<String, Bilingual>,
}

/// An input of the settlement.
#[derive(Clone, Debug, Default)]
pub struct InputFile {
    /// File name, without folders.
    pub name: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Rows read.
    pub rows: u64,
}

/// What every part of the report looks at.
struct View<'a> {
    settled: &'a Settled,
    stays: &'a Stays,
    symbols: &'a Symbols,
    summary: &'a Summary,
    inputs: &'a ReportInputs,
}

impl View<'_> {
    fn institution(&self, index: u32) -> Words {
        let view = self.settled.institutions.get(index as usize);
        let name = view.map_or("", |view| if view.name.is_empty() { view.id.as_str() } else { view.name.as_str() });
        words(name, name)
    }

    fn institution_id(&self, index: u32) -> &str {
        self.settled.institutions.get(index as usize).map_or("", |view| view.id.as_str())
    }

    fn group_title(&self, code: &str) -> Words {
        self.inputs.group_titles.get(code).map_or_else(Words::default, bilingual)
    }
}

/// The report.
///
/// # Errors
/// [`DisclosureError::Misaligned`] when the stays are of another run, `Overflow` for absurd sums, `Explanation` when
/// stored reasons cannot be read.
pub fn report_html(
    settled: &Settled,
    stays: &Stays,
    symbols: &Symbols,
    inputs: &ReportInputs,
) -> Result<String, DisclosureError> {
    let summary = Summary::of(settled, stays)?;
    report_of(settled, stays, symbols, &summary, inputs)
}

/// The report from a [`Summary`] already made (the statements need the same one).
///
/// # Errors
/// As [`report_html`].
pub fn report_of(
    settled: &Settled,
    stays: &Stays,
    symbols: &Symbols,
    summary: &Summary,
    inputs: &ReportInputs,
) -> Result<String, DisclosureError> {
    let view = View { settled, stays, symbols, summary, inputs };
    let sections: Vec<Section> = vec![
        pools::section(&view),
        identity::section(&view),
        clearing::section(&view)?,
        final_accounts::section(&view),
        overrun::section(&view)?,
        groups::section(&view)?,
        institutions::section(&view)?,
        costs::section(&view),
        outliers::section(&view)?,
        refused::section(&view),
        entries::section(&view),
        months::section(&view)?,
        terms::section(&view),
        provenance::section(&view),
    ];
    let pack = &settled.pack;
    let page = Page {
        title: headline::title(settled),
        subtitle: headline::subtitle(settled),
        illustrative: pack.illustrative,
        facts: headline::facts(&view)?,
        sections,
        footer: provenance::footer(&view),
    };
    Ok(page.render())
}

/// A text of the settled result as page words; the other language stands in where one is missing.
fn bilingual(text: &Bilingual) -> Words {
    let zh = if text.zh.is_empty() { &text.en } else { &text.zh };
    let en = if text.en.is_empty() { &text.zh } else { &text.en };
    words(zh.clone(), en.clone())
}

/// Whether amounts are points or weights, for headings.
fn unit_words(settled: &Settled) -> Words {
    let points = settled.method_kinds.iter().any(|(_, price)| price == "points");
    let rates = settled.method_kinds.iter().any(|(_, price)| price == "rate");
    match (points, rates) {
        (true, false) => words("点数", "points"),
        (false, true) => words("权重", "weights"),
        _ => words("点数／权重", "points / weights"),
    }
}

//! The proposed table as a pack reads it, its source, the lines that put it into a pack, and all choices as CSV.

use yibao_payment::negotiate::Negotiated;
use yibao_payment::pack::negotiate::{Measure, NegotiateOf};

use super::NegotiatePublication;

/// Columns of `choices.csv` after the key's.
pub const CHOICES: [&str; 10] = [
    "cases",
    "cases_a_year",
    "kept",
    "fund_ratio",
    "fund_a_year_past",
    "range_low",
    "range_high",
    "choice",
    "standard",
    "fund_a_year",
];

fn written(heading: &[String], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing rows of one width into memory does not fail.
    let _ = writer.write_record(heading);
    for row in rows {
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

/// The proposal: key columns and the standard, a row per disease, as a version of `[[standard]]` reads it.
#[must_use]
pub fn standards_csv(result: &Negotiated) -> Vec<u8> {
    let mut heading = result.plan.key.clone();
    heading.push(result.plan.value.clone());
    let rows = result.rows.iter().map(|row| {
        let mut cells = row.key.clone();
        cells.push(row.proposed.to_string());
        cells
    });
    written(&heading, rows)
}

/// A row per disease and choice.
#[must_use]
pub fn choices_csv(result: &Negotiated) -> Vec<u8> {
    let mut heading = result.plan.key.clone();
    heading.extend(CHOICES.map(str::to_owned));
    let rows = result.rows.iter().flat_map(|row| {
        row.choices.iter().map(|choice| {
            let mut cells = row.key.clone();
            let [low, high] = row.range;
            cells.extend([
                row.cases.to_string(),
                row.cases_a_year.to_string(),
                row.kept.to_string(),
                row.fund_ratio.to_string(),
                row.fund_a_year.to_string(),
                low.to_string(),
                high.to_string(),
                choice.choice.word(),
                choice.standard.to_string(),
                choice.fund_a_year.to_string(),
            ]);
            cells
        })
    });
    written(&heading, rows)
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .flat_map(|one| match one {
            '"' => vec!['\\', '"'],
            '\\' => vec!['\\', '\\'],
            control if control.is_control() => vec![' '],
            plain => vec![plain],
        })
        .collect();
    format!("\"{escaped}\"")
}

fn years(result: &Negotiated) -> String {
    result.plan.years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The sidecar of `standards.csv`.
#[must_use]
pub fn standards_source(result: &Negotiated, publication: &NegotiatePublication) -> String {
    let plan = &result.plan;
    let files: Vec<String> = publication.inputs.iter().map(|(name, hash)| format!("{name} (sha256 {hash})")).collect();
    let of = if plan.of == NegotiateOf::Cost { "cost" } else { "fund part" };
    let about = format!("{} 年谈判标准建议；proposed standards for {}", plan.year, plan.year);
    let document = format!("yibao negotiate {}, {} for {}", publication.pack.id, plan.standard, plan.year);
    let note = format!(
        "{} of the {of} of stays of {}, rounded to {} yuan; derived from {}; pack sha256 {}; yibao {}",
        plan.propose.word(),
        years(result),
        plan.round_to,
        if files.is_empty() { "stays".to_owned() } else { files.join(", ") },
        publication.pack_hash,
        publication.program_version,
    );
    format!(
        "about = {}\n\n[source]\ndocument = {}\nnote = {}\ntrust = \"derived\"\n",
        quoted(&about),
        quoted(&document),
        quoted(&note)
    )
}

/// What goes into a pack beside `standards.csv`: the standard with its first version, a proposal.
#[must_use]
pub fn proposal_toml(result: &Negotiated, publication: &NegotiatePublication) -> String {
    let plan = &result.plan;
    let key: Vec<String> = plan.key.iter().map(|key| quoted(key)).collect();
    let on = publication.on.as_ref().map_or_else(
        || "# on = 2024-10-08            # the day it is put forward".to_owned(),
        |day| format!("on = {day}"),
    );
    let (zh, en) = Measure::words(plan.propose);
    format!(
        "# Copy this and standards.csv (with its source) into the pack; opinions and the adopted version follow as further\n# [[standard.version]]. Settling waits for the adopted one.\n\n[[standard]]\nid = {id}\nname = {name}\ntitle = {{ zh = \"谈判标准\", en = \"negotiated standard\" }}\nyear = {year}\nkey = [{key}]\nvalue = {value}\nsource = {{ document = {document}, trust = \"derived\" }}\n\n[[standard.version]]\nstage = \"proposal\"\n{on}\nby = {{ zh = \"医保经办机构\", en = \"the agency\" }}\ntext = {{ zh = {text_zh}, en = {text_en} }}\nvalues = {{ file = \"standards.csv\" }}\nsource = {{ document = {document}, trust = \"derived\" }}\n",
        id = quoted(&format!("{}-{}", plan.standard, plan.year)),
        name = quoted(&plan.standard),
        year = plan.year,
        key = key.join(", "),
        value = quoted(&plan.value),
        document = quoted(&format!("yibao negotiate {}", publication.pack.id)),
        text_zh = quoted(&format!("按 {} 病例{zh}拟定", years(result))),
        text_en = quoted(&format!("{en} of the stays of {}", years(result))),
    )
}

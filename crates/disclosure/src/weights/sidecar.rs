//! `weights.csv.source.toml`: where the rows of `weights.csv` come from, as a pack requires of every table.

use std::fmt::Write;

use yibao_payment::weigh::WeightTable;

use super::Publication;

/// The sidecar's text.
pub fn weights_source(table: &WeightTable, publication: &Publication) -> String {
    let years: Vec<String> = table.years.iter().map(|year| format!("{} (weight {})", year.year, year.weight)).collect();
    let files: Vec<String> =
        publication.inputs.iter().map(|input| format!("{} (sha256 {})", input.name, input.sha256)).collect();
    let pack = &publication.pack;
    let about = format!("{}年病组权重；relative weights for {}, {}", table.year, table.year, pack.region.en);
    let document = format!("yibao weigh {}, weights for {}", pack.id, table.year);
    let note = format!(
        "derived from {}; data years {}; {} of {} cases kept; drift of rounding {}; pack {} (trust {}) sha256 {}; yibao {}",
        if files.is_empty() { "stays".to_owned() } else { files.join(", ") },
        years.join(", "),
        table.totals.cases_kept,
        table.totals.cases,
        table.totals.drift,
        pack.id,
        pack.trust,
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

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control.is_control() => {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
    out
}

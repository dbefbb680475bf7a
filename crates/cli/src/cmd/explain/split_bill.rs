//! Why a bill of a folder of split bills came out as it did: only what was stored is shown.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};
use csv::StringRecord;
use serde_json::{Map, Value, json};
use yibao_batch::settled::folder::unhex;
use yibao_kernel::explain::{Lang, RuleBook};

use crate::cmd::settled::Form;

/// Rows of one bill in the files of the folder.
struct Found {
    header: StringRecord,
    rows: Vec<StringRecord>,
}

/// The rows of a file whose column says the bill, and the person where one is named.
fn rows(path: &Path, column: &str, bill: &str, person: Option<&str>) -> anyhow::Result<Found> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let header = reader.headers()?.clone();
    let place = |name: &str| header.iter().position(|known| known == name);
    let (Some(at), Some(of)) = (place(column), place("person_id")) else {
        bail!("{}: no column \"{column}\"\n  hint: split the table again", path.display());
    };
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record)? {
        if record.get(at) == Some(bill) && person.is_none_or(|person| record.get(of) == Some(person)) {
            rows.push(record.clone());
        }
    }
    Ok(Found { header, rows })
}

impl Found {
    fn value<'r>(&self, row: &'r StringRecord, name: &str) -> &'r str {
        self.header.iter().position(|known| known == name).and_then(|at| row.get(at)).unwrap_or("")
    }
}

/// The figures and the cited steps of a bill.
///
/// # Errors
/// No such folder or bill; a refused bill, with its reason; reasons that were not kept.
pub fn explain(folder: &Path, bill: &str, person: Option<&str>, lang: Lang, form: Form) -> anyhow::Result<String> {
    if !folder.join("rules.json").is_file() || !folder.join("splits.csv").is_file() {
        bail!("{}: not a folder of split bills\n  hint: yibao split TABLE … -o OUT --explain", folder.display());
    }
    let splits = rows(&folder.join("splits.csv"), "bill_id", bill, person)?;
    if splits.rows.is_empty() && form == Form::Text {
        // A stay over the end of a year stands there as two bills.
        let halves = [format!("{bill}/1"), format!("{bill}/2")];
        let known = rows(&folder.join("splits.csv"), "bill_id", &halves[0], person)?;
        if !known.rows.is_empty() {
            let [first, second] = halves.map(|half| explain(folder, &half, person, lang, form));
            return Ok(first? + "\n" + &second?);
        }
    }
    let row = match splits.rows.as_slice() {
        [row] => row,
        [] => bail!("{}", absent(folder, bill, person)?),
        [first, ..] => bail!(
            "bill {bill} stands at several persons\n  hint: say whose: --person {}",
            splits.value(first, "person_id")
        ),
    };
    let person = splits.value(row, "person_id");
    let voids = splits.value(row, "voids");
    if !voids.is_empty() {
        return Ok(match lang {
            Lang::Zh => format!("{bill} 是对 {voids} 的退费：金额全部取反。"),
            Lang::En => format!("{bill} voids {voids}: every amount negated."),
        });
    }
    if !folder.join("reasons.csv").is_file() {
        bail!("{}: the reasons were not kept\n  hint: split the table again with --explain", folder.display());
    }
    let stored = Stored {
        reasons: rows(&folder.join("reasons.csv"), "bill_id", bill, Some(person))?,
        adjustments: rows(&folder.join("adjustments.csv"), "bill_id", bill, Some(person))?,
        book: serde_json::from_slice(&std::fs::read(folder.join("rules.json"))?)?,
    };
    if form == Form::Json {
        return Ok(format!("{:#}", json!({ "bill": figures(&splits, row), "stored": stored.json(lang)? })));
    }
    let mut text = header(folder, bill, lang)?;
    for (name, value) in figures(&splits, row) {
        writeln!(text, "  {name:<16} {}", value.as_str().unwrap_or(""))?;
    }
    let voided = rows(&folder.join("splits.csv"), "voids", bill, Some(person))?;
    for void in &voided.rows {
        let by = voided.value(void, "bill_id");
        match lang {
            Lang::Zh => writeln!(text, "已由 {by} 退费")?,
            Lang::En => writeln!(text, "voided by {by}")?,
        }
    }
    stored.text(&mut text, lang)?;
    text.truncate(text.trim_end().len());
    Ok(text)
}

/// What a folder keeps of one bill: its steps, and those after each void that changed it.
struct Stored {
    reasons: Found,
    adjustments: Found,
    book: RuleBook,
}

impl Stored {
    fn steps(&self, row: &StringRecord) -> Vec<u8> {
        unhex(self.reasons.value(row, "steps")).unwrap_or_default()
    }

    fn json(&self, lang: Lang) -> anyhow::Result<Vec<Value>> {
        let again = self.reasons.rows.iter().map(|row| {
            let void = self.reasons.value(row, "void_id");
            let change = self.adjustments.rows.iter().find(|change| self.adjustments.value(change, "void_id") == void);
            let change = change.map(|change| figures(&self.adjustments, change));
            Ok(json!({ "after_void": void, "difference": change, "steps": self.book.render_json(&self.steps(row), lang)? }))
        });
        again.collect()
    }

    fn text(&self, text: &mut String, lang: Lang) -> anyhow::Result<()> {
        for one in &self.reasons.rows {
            let void = self.reasons.value(one, "void_id");
            if !void.is_empty() {
                text.push_str(match lang {
                    Lang::Zh => "退费后重新结算 ",
                    Lang::En => "Split again after the void ",
                });
                writeln!(text, "{void}:")?;
                for change in
                    self.adjustments.rows.iter().filter(|change| self.adjustments.value(change, "void_id") == void)
                {
                    for (name, value) in figures(&self.adjustments, change) {
                        let value = value.as_str().unwrap_or("").to_owned();
                        writeln!(text, "  {name:<16} {}{value}", if value.starts_with('-') { "" } else { "+" })?;
                    }
                }
            }
            text.push_str(&self.book.render_text(&self.steps(one), lang)?);
        }
        Ok(())
    }
}

/// The amounts of a row that are not zero.
fn figures(found: &Found, row: &StringRecord) -> Map<String, Value> {
    let amounts = found.header.iter().zip(row.iter()).filter(|(name, value)| {
        !name.ends_with("_id") && !["review", "illustrative", "voids"].contains(name) && *value != "0.00"
    });
    amounts.map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn header(folder: &Path, bill: &str, lang: Lang) -> anyhow::Result<String> {
    let run: Value = serde_json::from_slice(&std::fs::read(folder.join("run.json"))?)?;
    let pack = run.get("pack").and_then(Value::as_str).unwrap_or("");
    let mut text = match lang {
        Lang::Zh => format!("费用单 {bill} · {pack}\n"),
        Lang::En => format!("Bill {bill} · {pack}\n"),
    };
    if let Some(mark) = run.get("illustrative").and_then(Value::as_str) {
        writeln!(text, "※ {mark}")?;
    }
    Ok(text)
}

/// A bill that is not among those split: refused with its reason, or unknown.
fn absent(folder: &Path, bill: &str, person: Option<&str>) -> anyhow::Result<String> {
    let refused = rows(&folder.join("refused.csv"), "bill_id", bill, person)?;
    Ok(match refused.rows.first() {
        Some(row) => {
            let value = |name: &str| refused.value(row, name);
            format!(
                "bill {bill} was refused ({}), line {}: {}\n  hint: {}",
                value("code"),
                value("line"),
                value("message"),
                value("hint")
            )
        }
        None => format!(
            "bill {bill} is not in {}\n  hint: ids are compared byte by byte; see splits.csv and refused.csv",
            folder.display()
        ),
    })
}

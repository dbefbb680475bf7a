//! Explaining from a settled folder: only what was stored is shown.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{anyhow, bail};
use yibao_batch::settled::lookup::{self, StoredCase};
use yibao_batch::settled::reasons::{PoolReason, Reasons, RowReason};
use yibao_kernel::explain::Lang;

/// How to print.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Plain text.
    Text,
    /// JSON.
    Json,
    /// An HTML fragment.
    Html,
}

const ILLUSTRATIVE: &str = "示例政策，未经核实，不得作为结算依据 · illustrative policy, not for real settlement";

/// Explains one settled case.
pub fn case(folder: &Path, id: &str, feed: Option<&str>, lang: Lang, form: Form) -> anyhow::Result<String> {
    let reasons = Reasons::read(folder)?;
    let mut cases = lookup::find(&folder.join("cases.parquet"), id)?;
    if let Some(feed) = feed {
        cases.retain(|case| case.value("feed") == feed);
    }
    if cases.len() > 1 {
        let feeds: Vec<&str> = cases.iter().map(|case| case.value("feed")).collect();
        bail!(
            "case {id} stands in the feeds {}\n  hint: say which: --feed {}",
            feeds.join(", "),
            feeds.join(" or --feed ")
        );
    }
    let Some(case) = cases.pop() else {
        bail!("{}", absent(folder, id, feed));
    };
    let row = reasons.rows.get(case.row as usize);
    match form {
        Form::Json => case_json(&reasons, &case, row, lang),
        Form::Html => Ok(reasons.book.render_html(&case.explanation, lang)?),
        Form::Text => case_text(&reasons, &case, row, lang),
    }
}

/// A case that is not among the settled: refused with its reason, or unknown.
fn absent(folder: &Path, id: &str, feed: Option<&str>) -> String {
    let refused = std::fs::read_to_string(folder.join("refused.csv")).unwrap_or_default();
    let mut reader = csv::Reader::from_reader(refused.as_bytes());
    for record in reader.records().flatten() {
        if record.get(1) == Some(id) && feed.is_none_or(|feed| record.get(5) == Some(feed)) {
            let at = |column: usize| record.get(column).unwrap_or("");
            return format!(
                "case {id} was refused ({}): {} · {}\n  hint: correct line {} of {} and settle again",
                at(2),
                at(3),
                at(4),
                at(0),
                if at(6).is_empty() { "the input" } else { at(6) }
            );
        }
    }
    format!(
        "case {id} is not in {}\n  hint: ids are compared byte by byte; see cases.parquet and refused.csv",
        folder.display()
    )
}

fn case_text(reasons: &Reasons, case: &StoredCase, row: Option<&RowReason>, lang: Lang) -> anyhow::Result<String> {
    let mut text = String::new();
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    writeln!(text, "{} {} · {} {}", pick("病例", "Case"), case.value("case_id"), reasons.pack, reasons.period)?;
    if reasons.illustrative {
        writeln!(text, "{ILLUSTRATIVE}")?;
    }
    // Rows that are simply stays are not told from others.
    let kind = case.value("kind");
    if !kind.is_empty() && kind != "stays" {
        writeln!(text, "  {:<12} {} ({kind})", pick("来源", "feed"), case.value("feed"))?;
    }
    let shown = [
        ("institution", "医疗机构"),
        ("insurance", "险种"),
        ("discharge", "出院日期"),
        if kind == "heads" { ("los_days", "参保月数") } else { ("los_days", "住院天数") },
        ("group", "病组"),
        ("route", "去向"),
        ("cost", "总费用"),
        ("fund", "记账基金"),
        ("patient", "个人及其他"),
        ("weight", "权重"),
        ("coefficient", "机构系数"),
        ("points", "点数"),
        ("standard", "支付标准"),
        ("paid", "结算额"),
    ];
    for (name, zh) in shown {
        let value = case.value(name);
        // A case paid by points has no standard of its own.
        let absent = value.is_empty() || (name == "standard" && value == "0.00");
        if !absent {
            let name = if kind == "heads" && name == "los_days" { "head_months" } else { name };
            writeln!(text, "  {:<12} {value}", pick(zh, name))?;
        }
    }
    writeln!(
        text,
        "{}",
        pick("理由（结算时存下，未重新计算）：", "Why (as stored when settled, not computed again):")
    )?;
    text.push_str(&indented(&reasons.book.render_text(&case.explanation, lang)?));
    if let Some(row) = row {
        writeln!(text, "{}", pick("所在机构的清算：", "Its institution's clearing:"))?;
        text.push_str(&indented(&reasons.book.render_text(&row.explanation(), lang)?));
    }
    Ok(text)
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        out.push_str("  ");
        out.push_str(line);
        out.push('\n');
        out
    })
}

fn case_json(reasons: &Reasons, case: &StoredCase, row: Option<&RowReason>, lang: Lang) -> anyhow::Result<String> {
    let values: serde_json::Map<String, serde_json::Value> =
        case.values.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let row = match row {
        Some(row) => reasons.book.render_json(&row.explanation(), lang)?,
        None => serde_json::Value::Null,
    };
    let all = serde_json::json!({
        "pack": reasons.pack, "period": reasons.period, "illustrative": reasons.illustrative,
        "case": values, "why": reasons.book.render_json(&case.explanation, lang)?, "clearing": row,
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&all)?))
}

/// Explains an institution: every clearing row of it, and the pools.
pub fn institution(folder: &Path, id: &str, lang: Lang, form: Form) -> anyhow::Result<String> {
    let reasons = Reasons::read(folder)?;
    let rows: Vec<&RowReason> = reasons.rows.iter().filter(|row| row.institution == id).collect();
    if rows.is_empty() {
        return Err(anyhow!(
            "institution {id} has no clearing row in {}\n  hint: ids are those of clearing.csv",
            folder.display()
        ));
    }
    match form {
        Form::Json => institution_json(&reasons, &rows, lang),
        Form::Html => {
            let parts = rows.iter().map(|row| reasons.book.render_html(&row.explanation(), lang));
            Ok(parts.collect::<Result<Vec<_>, _>>()?.join("\n"))
        }
        Form::Text => institution_text(&reasons, &rows, lang),
    }
}

fn figures(text: &mut String, figures: &[(String, String)]) -> std::fmt::Result {
    figures.iter().try_for_each(|(name, value)| writeln!(text, "  {name:<16}{value:>20}"))
}

fn institution_text(reasons: &Reasons, rows: &[&RowReason], lang: Lang) -> anyhow::Result<String> {
    let mut text = String::new();
    if reasons.illustrative {
        writeln!(text, "{ILLUSTRATIVE}")?;
    }
    for row in rows {
        writeln!(
            text,
            "{} {} · {} · {} · {} · {}",
            row.institution, row.name, row.insurance, row.method, row.district, row.period
        )?;
        figures(&mut text, &row.figures)?;
        text.push_str(&indented(&reasons.book.render_text(&row.explanation(), lang)?));
    }
    for PoolReason { id, figures: values, packed: _ } in &reasons.pools {
        writeln!(text, "{} {id}", if lang == Lang::Zh { "基金池" } else { "Pool" })?;
        figures(&mut text, values)?;
    }
    for pool in &reasons.pools {
        text.push_str(&indented(&reasons.book.render_text(&pool.explanation(), lang)?));
    }
    Ok(text)
}

fn institution_json(reasons: &Reasons, rows: &[&RowReason], lang: Lang) -> anyhow::Result<String> {
    let map = |figures: &[(String, String)]| -> serde_json::Map<String, serde_json::Value> {
        figures.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect()
    };
    let mut made = Vec::new();
    for row in rows {
        made.push(serde_json::json!({
            "institution": row.institution, "insurance": row.insurance, "method": row.method, "district": row.district,
            "period": row.period, "figures": map(&row.figures), "why": reasons.book.render_json(&row.explanation(), lang)?,
        }));
    }
    let mut pools = Vec::new();
    for pool in &reasons.pools {
        pools.push(serde_json::json!({
            "pool": pool.id, "figures": map(&pool.figures), "why": reasons.book.render_json(&pool.explanation(), lang)?,
        }));
    }
    let all = serde_json::json!({
        "pack": reasons.pack, "period": reasons.period, "illustrative": reasons.illustrative, "rows": made, "pools": pools,
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&all)?))
}

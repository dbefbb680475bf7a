//! `catalogue.toml` of a catalogue that was made here, as text.

use std::fmt::Write as _;

use yibao_grouping::dip::{Fallback, Header};
use yibao_policy::source::SourceRef;

/// The text of `catalogue.toml`; `remark` stands on top as a comment.
#[must_use]
pub fn header_text(header: &Header, remark: &str) -> String {
    let mut text = String::new();
    // Writing into a text does not fail.
    let _ = write!(text, "# {remark}\n\n[catalogue]\nid = {}\n", quoted(&header.id));
    let _ = writeln!(text, "title = {{ zh = {}, en = {} }}", quoted(&header.title.zh), quoted(&header.title.en));
    let _ = writeln!(text, "version = {}\nfrom = {}", quoted(&header.version), header.from);
    if let Some(until) = header.until {
        let _ = writeln!(text, "until = {until}");
    }
    let _ = writeln!(text, "scale = \"{}\"\nmean = \"{}\"", header.scale, header.mean);
    let words = |words: Vec<String>| words.join(", ");
    let criteria = header.criteria.iter().map(|criterion| quoted(criterion.word())).collect();
    let _ = writeln!(text, "criteria = [{}]", words(criteria));
    if let Some(order) = &header.kinds_order {
        let _ = writeln!(text, "kinds_order = [{}]", words(order.iter().map(|word| quoted(word)).collect()));
    }
    let _ = match &header.fallback {
        Fallback::BlankRow { group } => {
            writeln!(text, "fallback = {{ use = \"blank_row\", group = {} }}", quoted(group))
        }
        Fallback::ChapterDefault {} => writeln!(text, "fallback = {{ use = \"chapter_default\" }}"),
        Fallback::Refuse {} => writeln!(text, "fallback = {{ use = \"refuse\" }}"),
    };
    if let Some(core) = header.core {
        let _ = writeln!(text, "core = {{ cases = {}, inclusive = {} }}", core.cases, core.inclusive);
    }
    let _ = writeln!(text, "trust = \"{}\"", header.trust.word());
    let document = match &header.source {
        SourceRef::Document(document) => document.document.clone(),
        SourceRef::Named { name, .. } => Some(name.clone()),
    };
    let _ = match document {
        Some(document) => writeln!(text, "source = {{ document = {} }}", quoted(&document)),
        None => writeln!(text, "source = {{ fictional = true }}"),
    };
    text
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_as_toml_reads_it() {
        assert_eq!(quoted("a \"b\" \\ \n"), "\"a \\\"b\\\" \\\\ \\u000A\"");
    }
}

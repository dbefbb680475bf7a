//! The columns of the output: those of the input in their order, the results in the place of columns of their names,
//! the others behind.

use yibao_grouping::{Answer, Scheme, Status};

use crate::group::answer_table::AnswerTable;

/// A result column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Result {
    Status,
    Mdc,
    Adrg,
    Drg,
    Reason,
}

/// The result columns in the order in which they are appended.
pub(crate) const RESULTS: [(&str, Result); 5] = [
    ("status", Result::Status),
    ("mdc", Result::Mdc),
    ("adrg", Result::Adrg),
    ("drg", Result::Drg),
    ("reason", Result::Reason),
];

/// One column of the output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Column {
    /// A column of the input, by its number.
    Input(usize),
    /// A result.
    Result(Result),
}

/// The columns of the output for a header.
pub(crate) fn columns(header: &[String]) -> Vec<Column> {
    let result = |name: &str| RESULTS.iter().find(|(known, _)| *known == name).map(|(_, result)| *result);
    let mut columns: Vec<Column> =
        header.iter().enumerate().map(|(at, name)| result(name).map_or(Column::Input(at), Column::Result)).collect();
    for (name, result) in RESULTS {
        if !header.iter().any(|column| column == name) {
            columns.push(Column::Result(result));
        }
    }
    columns
}

/// Names of the output's columns.
pub(crate) fn names(header: &[String], columns: &[Column]) -> Vec<String> {
    let name = |column: &Column| match column {
        Column::Input(at) => header.get(*at).cloned().unwrap_or_default(),
        Column::Result(result) => {
            RESULTS.iter().find(|(_, known)| known == result).map(|(name, _)| (*name).to_owned()).unwrap_or_default()
        }
    };
    columns.iter().map(name).collect()
}

/// Why a record has no group, as the column `reason` says it; empty for a record that was decided.
pub(crate) fn reason(answer: Answer) -> &'static str {
    match answer.status {
        Status::Rejected => answer.rejection.map_or("", yibao_grouping::Rejection::text),
        Status::DxNotMapped => "a diagnosis has no translation",
        Status::ProcNotMapped => "a procedure has no translation",
        Status::Grouped | Status::Ambiguous | Status::Ungrouped => "",
    }
}

/// The texts of a scheme's answers as they stand in a CSV file.
pub(crate) struct Labels {
    mdcs: Vec<Box<[u8]>>,
    adrgs: Vec<Box<[u8]>>,
    drgs: Vec<Box<[u8]>>,
}

impl Labels {
    pub(crate) fn new(scheme: &Scheme, delimiter: u8) -> Labels {
        let quoted = |texts: &[String]| texts.iter().map(|text| quoted(text.as_bytes(), delimiter)).collect();
        Labels { mdcs: quoted(scheme.mdcs()), adrgs: quoted(scheme.adrgs()), drgs: quoted(scheme.drg_codes()) }
    }

    /// Appends one result of an answer.
    #[inline]
    pub(crate) fn push(&self, to: &mut Vec<u8>, result: Result, answer: Answer) {
        let label = |labels: &[Box<[u8]>], at: u16, to: &mut Vec<u8>| {
            if let Some(label) = labels.get(usize::from(at)) {
                to.extend_from_slice(label);
            }
        };
        match result {
            Result::Status => to.extend_from_slice(answer.status.text().as_bytes()),
            Result::Mdc => label(&self.mdcs, answer.mdc, to),
            Result::Adrg => label(&self.adrgs, answer.adrg, to),
            Result::Drg => label(&self.drgs, answer.drg, to),
            Result::Reason => to.extend_from_slice(reason(answer).as_bytes()),
        }
    }
}

/// Adjacent result columns as text, rendered once per distinct answer.
#[derive(Default)]
pub(crate) struct Rendered {
    table: AnswerTable,
    texts: Vec<Box<[u8]>>,
}

impl Rendered {
    /// Appends the results of an answer; `render` makes the text of an answer not met before.
    #[inline]
    pub(crate) fn push(&mut self, to: &mut Vec<u8>, answer: Answer, render: impl Fn(&mut Vec<u8>)) {
        let place = usize::from(self.table.place(answer));
        if place >= self.texts.len() {
            let mut text = Vec::new();
            render(&mut text);
            self.texts.push(text.into());
        }
        if let Some(text) = self.texts.get(place) {
            to.extend_from_slice(text);
        }
    }
}

/// A text as a CSV field.
pub(crate) fn quoted(text: &[u8], delimiter: u8) -> Box<[u8]> {
    let needed = text.iter().any(|byte| *byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r'));
    if !needed {
        return text.into();
    }
    let mut out = vec![b'"'];
    for &byte in text {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(header: &str) -> String {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        names(&header, &columns(&header)).join(",")
    }

    #[test]
    fn results_stand_behind_the_columns_of_the_input() {
        assert_eq!(names_of("case_id,dx,ward"), "case_id,dx,ward,status,mdc,adrg,drg,reason");
    }

    #[test]
    fn results_replace_columns_of_their_names_in_place() {
        assert_eq!(names_of("case_id,status,mdc,adrg,drg,icu_hours"), "case_id,status,mdc,adrg,drg,icu_hours,reason");
        assert_eq!(names_of("drg,case_id"), "drg,case_id,status,mdc,adrg,reason");
    }
}

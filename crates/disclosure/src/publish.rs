//! What spec §3.7 names, and nothing else: for the public the budget and its split, the price, points and cleared amount
//! of each institution, counts of special review, ranked indicators; for each institution its own groups, points, cleared
//! amount, deductions, special review, and its own indicators beside the region's. No person is visible: nothing of a
//! single case is here, and no figure of so few cases that one could be.

use yibao_payment::indicator::facts::By;

use crate::error::DisclosureError;
use crate::grid::Grid;
use crate::indicators::{Rule, Tables};
use crate::page::{ILLUSTRATIVE_EN, ILLUSTRATIVE_ZH};
use crate::statements::cells::Formats;
use crate::stored::Stored;

mod budget;
mod cleared;
mod institution;
mod public;
mod ranked;
mod reviews;

/// A file to write: its place, its bytes.
pub type File = (String, Vec<u8>);

/// Every file of the publication, in order.
///
/// # Errors
/// A figure that does not fit, or the spreadsheet writer refuses.
pub fn publication(stored: &Stored, program: &str) -> Result<Vec<File>, DisclosureError> {
    let rule = Rule { below: stored.facts.spec.small_sample, events: true };
    let tables = Tables::of(&stored.facts, &stored.cells, &[By::Institution, By::Level], rule)?;
    let source = Source { stored, tables: &tables, below: rule.below, program };
    let mut files = public::files(&source)?;
    let mut names = std::collections::BTreeSet::new();
    for one in &stored.facts.institutions {
        if stored.rows.iter().any(|row| row.key.institution == one.id) {
            files.extend(institution::files(&source, one, &folder_name(&one.id, &mut names))?);
        }
    }
    Ok(files)
}

/// What the parts are made from.
struct Source<'a> {
    stored: &'a Stored,
    tables: &'a Tables,
    below: u64,
    program: &'a str,
}

impl Source<'_> {
    fn lines(&self) -> Vec<String> {
        let facts = &self.stored.facts;
        vec![
            format!(
                "{} {}　期间 period {}　政策包 pack {}",
                facts.region.zh, facts.region.en, facts.period, facts.pack
            ),
            crate::indicators::hidden_note(self.below),
        ]
    }

    fn mark(&self) -> Option<String> {
        self.stored.facts.illustrative.then(|| format!("{ILLUSTRATIVE_ZH} {ILLUSTRATIVE_EN}"))
    }

    /// A workbook of these tables, and the definitions.
    fn workbook(&self, grids: &[&Grid]) -> Result<Vec<u8>, DisclosureError> {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.set_properties(&crate::indicators::properties(&self.stored.facts)?);
        let formats = Formats::new();
        for grid in grids {
            let mut sheet = grid.own_sheet(&self.lines(), self.mark().as_deref(), &formats)?;
            sheet.set_name(&grid.title.zh)?;
            book.push_worksheet(sheet);
        }
        let mut sheet = crate::indicators::definitions_sheet(self.tables, &formats)?;
        sheet.set_name("定义 Definitions")?;
        book.push_worksheet(sheet);
        Ok(book.save_to_buffer()?)
    }
}

/// A folder's name from an id: letters, digits, `-`, `_`, `.`; others are replaced, and no two are the same.
fn folder_name(id: &str, taken: &mut std::collections::BTreeSet<String>) -> String {
    let plain: String =
        id.chars().map(|one| if one.is_alphanumeric() || "-_.".contains(one) { one } else { '_' }).collect();
    let plain = if plain.trim_matches('.').is_empty() { format!("_{plain}") } else { plain };
    let mut name = plain.clone();
    let mut number = 2;
    while !taken.insert(name.to_lowercase()) {
        name = format!("{plain}~{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_stay_inside_and_are_told_apart() {
        let mut taken = std::collections::BTreeSet::new();
        assert_eq!(folder_name("H1", &mut taken), "H1");
        assert_eq!(folder_name("h1", &mut taken), "h1~2");
        assert_eq!(folder_name("../x/y", &mut taken), ".._x_y");
        assert_eq!(folder_name("..", &mut taken), "_..");
        assert_eq!(folder_name("市一院", &mut taken), "市一院");
    }
}

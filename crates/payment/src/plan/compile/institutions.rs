//! The institutions in rank order, with their levels, districts and number columns.

use yibao_kernel::Ratio;
use yibao_policy::{CsvTable, Path};
use yibao_record::stays::Symbol;

use super::Compiler;
use crate::plan::{FieldRef, Institution};
use crate::settled::InstitutionView;

/// Columns with a meaning of their own; every other column is an indicator.
const OWN: [&str; 4] = ["institution", "name", "level", "district"];

impl Compiler<'_> {
    pub(super) fn load_institutions(&mut self, of_stays: &[Symbol]) {
        let path = Path::of("institutions");
        let Some(declared) = &self.pack.institutions else {
            self.error(
                &path,
                "no [institutions]",
                "add [institutions] with file = \"institutions.csv\", or from_stays = true",
            );
            return;
        };
        match (&declared.file, declared.from_stays) {
            (Some(file), false) if !self.is_in_pack(file) => {
                let message = format!("the institutions' table \"{file}\" is not in the pack");
                self.error(&path.key("file"), message, "correct the path: it is relative to the pack's folder");
            }
            (Some(file), false) => match self.folder.csv(file) {
                Ok(table) => self.institutions_of_table(&table),
                Err(found) => self.found.append(found),
            },
            (None, true) => {
                let level = declared.level.clone().unwrap_or_else(|| "all".to_owned());
                self.institutions_of_stays(of_stays, &level);
            }
            _ => self.error(
                &path,
                "[institutions] has neither or both of `file` and `from_stays`",
                "state exactly one of them",
            ),
        }
    }

    fn institutions_of_stays(&mut self, of_stays: &[Symbol], level: &str) {
        let mut ids: Vec<String> = of_stays
            .iter()
            .filter(|symbol| symbol.is_some())
            .map(|symbol| self.symbols.text(*symbol).to_owned())
            .collect();
        ids.sort();
        ids.dedup();
        for id in ids {
            self.add_institution(&id, &id, level, "all");
        }
    }

    fn add_institution(&mut self, id: &str, name: &str, level: &str, district: &str) {
        self.institutions.push(Institution {
            symbol: self.symbols.intern(id),
            level: self.symbols.intern(level),
            district: self.symbols.intern(district),
            view: InstitutionView {
                id: id.to_owned(),
                name: name.to_owned(),
                level: level.to_owned(),
                district: district.to_owned(),
            },
        });
    }

    fn institutions_of_table(&mut self, table: &CsvTable) {
        let id_column = match table.column("institution") {
            Ok(column) => column,
            Err(found) => return self.found.append(found),
        };
        let optional = |name: &str| table.header.iter().position(|column| column == name);
        let (name_column, level_column, district_column) = (optional("name"), optional("level"), optional("district"));
        let districts = self.codes(FieldRef::District).unwrap_or_default();
        let mut lines: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
        for row in &table.rows {
            let text = |column: Option<usize>| {
                column.and_then(|at| row.fields.get(at)).map(String::as_str).filter(|text| !text.is_empty())
            };
            let place = Some(table.place(row.line));
            let Some(id) = text(Some(id_column)) else {
                self.found.error("an institution without an id", place, "fill the column \"institution\"");
                continue;
            };
            if let Some(first) = lines.insert(id.to_owned(), row.line) {
                let hint = format!("it already stands in line {first}; take one row away");
                self.found.error(format!("institution \"{id}\" stands twice"), place, hint);
                continue;
            }
            let district = text(district_column).unwrap_or("all");
            if !self.pack.district.is_empty() && !districts.contains(district) {
                let hint = yibao_policy::suggest::hint(district, districts.iter().map(String::as_str));
                self.found.error(format!("unknown district \"{district}\""), place.clone(), hint);
            }
            self.add_institution(id, text(name_column).unwrap_or(id), text(level_column).unwrap_or("all"), district);
        }
        if self.institutions.is_empty() && table.rows.is_empty() {
            self.found.error("the institutions' table has no rows", Some(table.place(1)), "add a row per institution");
        }
        self.load_indicators(table);
        self.load_texts(table);
    }

    /// Every column as text, for leads and tiers.
    fn load_texts(&mut self, table: &CsvTable) {
        let Some(id_at) = table.header.iter().position(|column| column == "institution") else { return };
        for (at, name) in table.header.iter().enumerate() {
            let by_id: std::collections::BTreeMap<&str, (String, yibao_policy::Place)> = table
                .rows
                .iter()
                .filter_map(|row| {
                    let text = row.fields.get(at).cloned().unwrap_or_default();
                    Some((row.fields.get(id_at)?.as_str(), (text, table.place(row.line))))
                })
                .collect();
            let texts = self.institutions.iter().filter_map(|one| by_id.get(one.view.id.as_str()).cloned()).collect();
            self.texts.insert(name.clone(), texts);
        }
    }

    /// Number columns: text that is not a number stays empty and is told where a step needs the column.
    fn load_indicators(&mut self, table: &CsvTable) {
        for (at, name) in table.header.iter().enumerate() {
            if OWN.contains(&name.as_str()) {
                continue;
            }
            let by_id: std::collections::BTreeMap<&str, Option<Ratio>> = table
                .rows
                .iter()
                .filter_map(|row| {
                    let id = row.fields.get(table.header.iter().position(|column| column == "institution")?)?;
                    Some((id.as_str(), row.fields.get(at).and_then(|text| Ratio::parse(text).ok())))
                })
                .collect();
            let values =
                self.institutions.iter().map(|one| by_id.get(one.view.id.as_str()).copied().flatten()).collect();
            self.indicators.insert(name.clone(), values);
        }
    }
}

//! The dispute window, the publication days of the previews, the tests of prepaid working capital.

use std::collections::BTreeMap;

use yibao_kernel::Day;
use yibao_policy::Path;

use super::Compiler;
use crate::plan::FieldRef;
use crate::plan::entries::{AdvanceTest, DisputeWindow};

impl Compiler<'_> {
    pub(super) fn dispute_window(&mut self) -> Option<DisputeWindow> {
        let pack = self.pack;
        let rules = pack.dispute.as_ref()?;
        let path = Path::of("dispute");
        if rules.window_days == 0 {
            self.error(&path.key("window_days"), "a dispute window of 0 days", "state at least one day");
        }
        let exceptions = match &rules.holidays {
            Some(file) => self.holidays(file, &path.key("holidays")),
            None => BTreeMap::new(),
        };
        let mut published: BTreeMap<String, Day> = BTreeMap::new();
        for (at, preview) in pack.preview.iter().enumerate() {
            let here = Path::of("preview").at(at);
            let first = Day::parse(&format!("{}-01", preview.month));
            match first {
                Err(_) => {
                    let message = format!("\"{}\" is not a month", preview.month);
                    self.error(&here.key("month"), message, "write it like 2025-03");
                }
                Ok(first) if preview.published < first => {
                    let message = format!("the preview of {} is published on {}", preview.month, preview.published);
                    self.error(&here.key("published"), message, "state a day after the month has begun");
                }
                Ok(_) => {}
            }
            if published.insert(preview.month.clone(), preview.published).is_some() {
                let message = format!("the preview of {} stands twice", preview.month);
                self.error(&here.key("month"), message, "keep one");
            }
        }
        Some(DisputeWindow { days: rules.window_days, count: rules.days, exceptions, published })
    }

    /// Days whose working is not that of their weekday.
    fn holidays(&mut self, file: &str, path: &Path) -> BTreeMap<Day, bool> {
        let mut days = BTreeMap::new();
        if !self.is_in_pack(file) {
            let message = format!("the table of holidays \"{file}\" is not in the pack");
            self.error(path, message, "correct the path: it is relative to the pack's folder");
            return days;
        }
        let table = match self.folder.csv(file) {
            Ok(table) => table,
            Err(found) => {
                self.found.append(found);
                return days;
            }
        };
        self.check_sidecar(&table);
        let (day_at, working_at) = match (table.column("day"), table.column("working")) {
            (Ok(day), Ok(working)) => (day, working),
            (day, working) => {
                for found in [day.err(), working.err()].into_iter().flatten() {
                    self.found.append(found);
                }
                return days;
            }
        };
        for row in &table.rows {
            let text = |at: usize| row.fields.get(at).map_or("", String::as_str);
            let place = Some(table.place(row.line));
            let works = match text(working_at) {
                "yes" => true,
                "no" => false,
                other => {
                    let message = format!("unknown working \"{other}\"");
                    self.found.error(message, place, "write yes (a weekend day that is worked) or no (a holiday)");
                    continue;
                }
            };
            match Day::parse(text(day_at)) {
                Ok(day) => {
                    if days.insert(day, works).is_some() {
                        self.found.error(format!("the day {day} stands twice"), place, "keep one row");
                    }
                }
                Err(error) => {
                    self.found.error_text(&format!("\"day\": {error}"), place, "write a day like 2025-05-01");
                }
            }
        }
        days
    }

    pub(super) fn advance_tests(&mut self) -> Vec<AdvanceTest> {
        let pack = self.pack;
        let insurances = self.codes(FieldRef::Insurance).unwrap_or_default();
        let mut tests: Vec<AdvanceTest> = Vec::new();
        for (at, test) in pack.advance.iter().flat_map(|advance| &advance.test).enumerate() {
            let path = Path::of("advance").key("test").at(at);
            if let Some(insurance) = test.insurance.as_ref().filter(|id| !insurances.contains(*id)) {
                let hint = yibao_policy::suggest::hint(insurance, insurances.iter().map(String::as_str));
                self.error(&path.key("insurance"), format!("unknown insurance \"{insurance}\""), hint);
            }
            if tests.iter().any(|earlier| earlier.insurance == test.insurance) {
                self.error(&path, "two tests of one insurance scheme", "keep one [[advance.test]] per insurance");
            }
            for (key, months) in [("months", test.months), ("reserve_months", test.reserve_months)] {
                if months.is_negative() {
                    self.error(&path.key(key), format!("{key} is negative: {months}"), "state months, like \"12\"");
                }
            }
            let insurance = test.insurance.clone();
            tests.push(AdvanceTest { insurance, months: test.months, reserve_months: test.reserve_months });
        }
        tests
    }
}

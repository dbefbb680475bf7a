//! Files of dated entries: columns, words, days; the rows known on the plan's day.

use yibao_kernel::explain::{Rule, RuleId};
use yibao_kernel::{Day, Fen};
use yibao_policy::{CsvTable, Path, Place, suggest};

use super::{Compiler, citation};
use crate::pack::entries::{EntriesDeclaration, EntryKind};
use crate::plan::entries::{
    AdvanceEntry, AuditEntry, DifferenceEntry, DisputeEntry, DisputeStep, Entries, EntryFile, Mark, Misplaced,
    ReviewDecision, ReviewEntry, ReviewStep,
};

/// Columns a file must have, and columns it may have.
const fn columns(kind: EntryKind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        EntryKind::Review => (&["case_id", "on", "known", "step", "reason", "decision", "amount", "panel"], &[]),
        EntryKind::Dispute => (
            &["case_id", "on", "known", "step", "claimed_group", "decision", "new_group"],
            &["new_adrg", "new_mdc", "note"],
        ),
        EntryKind::Audit => (&["case_id", "on", "known", "amount"], &["reason"]),
        EntryKind::Difference => (
            &[
                "case_id",
                "on",
                "known",
                "reason",
                "closed",
                "institution",
                "insurance",
                "method",
                "district",
                "was",
                "now",
                "amount",
            ],
            &["price"],
        ),
        EntryKind::Advance => (&["institution", "insurance", "on", "known", "amount"], &["note"]),
    }
}

/// What the explanation says of an entry that counts, and of one that waits.
const fn words(kind: EntryKind) -> [(&'static str, &'static str, &'static str); 2] {
    match kind {
        EntryKind::Review => [
            (
                "decided",
                "特例单议：{0} 决定（{1} 知悉），结论 {2}，专家组 {3}",
                "special-case review: decided on {0} (known {1}): {2}, panel {3}",
            ),
            (
                "waits",
                "特例单议：{0} 申请（{1} 知悉），事由 {2}，尚未决定",
                "special-case review: applied on {0} (known {1}) for {2}, not decided yet",
            ),
        ],
        EntryKind::Dispute => [
            (
                "upheld",
                "分组异议：{0} 提出，{1} 成立（{2} 知悉），由 {3} 改为 {4}",
                "group dispute: raised on {0}, upheld on {1} (known {2}): from {3} to {4}",
            ),
            (
                "stands",
                "分组异议：{0} 提出，主张 {1}，尚未成立，按原组支付",
                "group dispute: raised on {0} for {1}, not upheld: the group stands",
            ),
        ],
        EntryKind::Difference => [
            (
                "booked",
                "往期差额 {0} 笔：补付 {1} 元，追回 {2} 元，合计 {3} 元，见 entries.csv",
                "{0} differences of closed periods: paid {1}, recovered {2}, together {3}; see entries.csv",
            ),
            ("borne", "往期差额合计 {0} 元，由 {1} 承担", "differences of closed periods, together {0}: borne by {1}"),
        ],
        EntryKind::Audit | EntryKind::Advance => {
            [("entered", "登记 {0}", "entered {0}"), ("waits", "待处理 {0}", "waits {0}")]
        }
    }
}

/// A row of an entries file on its way to its kind.
struct Row<'t> {
    table: &'t CsvTable,
    fields: &'t [String],
    mark: Mark,
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        let at = self.table.header.iter().position(|name| name == column);
        at.and_then(|at| self.fields.get(at)).map_or("", String::as_str)
    }

    fn owned(&self, column: &str) -> String {
        self.text(column).to_owned()
    }

    fn place(&self) -> Option<Place> {
        Some(self.table.place(self.mark.line))
    }
}

impl Compiler<'_> {
    /// Every file of entries.
    pub(super) fn entries(&mut self) -> Entries {
        let pack = self.pack;
        let mut entries = Entries { window: self.dispute_window(), tests: self.advance_tests(), ..Entries::default() };
        for (at, declared) in pack.entries.iter().enumerate() {
            let path = Path::of("entries").at(at);
            self.check_entries(declared, &path);
            let Ok(number) = u16::try_from(entries.files.len()) else { continue };
            let [rule, rule_waits] = self.entry_rules(declared, at, &path);
            let (file, kind) = (declared.file.clone(), declared.kind);
            entries.files.push(EntryFile { file, kind, borne_by: declared.borne_by, rule, rule_waits });
            if !self.is_in_pack(&declared.file) {
                let message = format!("the entries \"{}\" are not in the pack", declared.file);
                self.error(&path.key("file"), message, "correct the path: it is relative to the pack's folder");
                continue;
            }
            match self.folder.csv(&declared.file) {
                Ok(table) => {
                    self.check_sidecar(&table);
                    self.entry_rows(declared.kind, &table, number, &mut entries);
                }
                Err(found) => self.found.append(found),
            }
        }
        entries
    }

    fn check_entries(&mut self, declared: &EntriesDeclaration, path: &Path) {
        match (declared.kind, declared.borne_by) {
            (EntryKind::Difference, None) => self.error(
                path,
                "nobody bears the differences of closed periods",
                "state borne_by = \"reserve\", \"next_year\" or \"residual\" (whoever bears the residual of the pool)",
            ),
            (EntryKind::Difference, Some(_)) | (_, None) => {}
            (kind, Some(_)) => {
                let message = format!("entries of kind \"{}\" have no `borne_by`", kind.word());
                self.error(&path.key("borne_by"), message, "take it away: it belongs to kind = \"difference\"");
            }
        }
        if declared.kind == EntryKind::Dispute && self.pack.dispute.is_none() {
            let hint = "add [dispute] with window_days, days and from = \"preview\"";
            self.error(path, "disputes without a dispute window", hint);
        }
        if declared.kind == EntryKind::Advance && self.pack.advance.is_none() {
            let hint = "add [[advance.test]] with months and reserve_months";
            self.error(path, "prepaid working capital without a test of the fund's reserve", hint);
        }
    }

    fn entry_rules(&mut self, declared: &EntriesDeclaration, at: usize, path: &Path) -> [RuleId; 2] {
        let source = citation(self.pack, &declared.source);
        words(declared.kind).map(|(name, zh, en)| {
            let id = format!("entries/{}-{}/{name}", declared.kind.word(), at + 1);
            self.rule(Rule { id, zh: zh.to_owned(), en: en.to_owned(), source: source.clone() }, path)
        })
    }

    fn entry_rows(&mut self, kind: EntryKind, table: &CsvTable, file: u16, entries: &mut Entries) {
        if !self.entry_columns(kind, table) {
            return;
        }
        let mut latest: Option<Day> = None;
        for row in &table.rows {
            let mark = Mark { file, line: row.line, on: Day::MIN, known: Day::MIN, misplaced: None };
            let mut row = Row { table, fields: &row.fields, mark };
            let (Some(on), Some(known)) = (self.entry_day(&row, "on"), self.entry_day(&row, "known")) else { continue };
            (row.mark.on, row.mark.known) = (on, known);
            row.mark.misplaced = match latest {
                _ if known < on => Some(Misplaced::KnownBeforeOn),
                Some(latest) if known < latest => Some(Misplaced::BackDated(latest)),
                _ => None,
            };
            latest = latest.max(Some(known));
            let seen = known <= self.known;
            match kind {
                EntryKind::Review => keep(&mut entries.reviews, self.review_entry(&row), seen),
                EntryKind::Dispute => keep(&mut entries.disputes, self.dispute_entry(&row), seen),
                EntryKind::Audit => keep(&mut entries.audits, self.audit_entry(&row), seen),
                EntryKind::Difference => keep(&mut entries.differences, self.difference_entry(&row), seen),
                EntryKind::Advance => keep(&mut entries.advances, self.advance_entry(&row), seen),
            }
        }
    }

    fn entry_columns(&mut self, kind: EntryKind, table: &CsvTable) -> bool {
        let (needed, allowed) = columns(kind);
        let mut whole = true;
        for name in needed {
            if let Err(found) = table.column(name) {
                self.found.append(found);
                whole = false;
            }
        }
        for name in &table.header {
            if !needed.contains(&name.as_str()) && !allowed.contains(&name.as_str()) {
                let hint = suggest::hint(name, needed.iter().chain(allowed).copied());
                let message = format!("unknown column \"{name}\" of entries of kind \"{}\"", kind.word());
                self.found.error(message, Some(table.place(1)), hint);
                whole = false;
            }
        }
        whole
    }

    fn entry_day(&mut self, row: &Row<'_>, column: &str) -> Option<Day> {
        match Day::parse(row.text(column)) {
            Ok(day) => Some(day),
            Err(error) => {
                let text = format!("\"{column}\": {error}");
                self.found.error_text(&text, row.place(), "write a day like 2025-03-01");
                None
            }
        }
    }

    /// An amount; `None` when the cell is empty or no amount.
    fn entry_amount(&mut self, row: &Row<'_>) -> Option<Fen> {
        let text = row.text("amount");
        if text.is_empty() {
            return None;
        }
        match Fen::parse_yuan(text.as_bytes()) {
            Ok(amount) => Some(amount),
            Err(error) => {
                self.found.error_text(&format!("\"amount\": {error}"), row.place(), "write yuan, like 1234.56");
                None
            }
        }
    }

    fn needed_amount(&mut self, row: &Row<'_>) -> Option<Fen> {
        if row.text("amount").is_empty() {
            self.found.error("no \"amount\"", row.place(), "write yuan, like 1234.56");
        }
        self.entry_amount(row)
    }

    /// A word of a list.
    fn entry_word<T: Copy>(&mut self, row: &Row<'_>, column: &str, words: &[(&str, T)]) -> Option<T> {
        let text = row.text(column);
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("unknown {column} \"{text}\"");
            self.found.error(message, row.place(), format!("write {}", known.join(", ")));
        }
        found
    }

    fn case_id(&mut self, row: &Row<'_>) -> Option<String> {
        if row.text("case_id").is_empty() {
            self.found.error("no \"case_id\"", row.place(), "fill the column");
            return None;
        }
        Some(row.owned("case_id"))
    }

    fn review_entry(&mut self, row: &Row<'_>) -> Option<ReviewEntry> {
        let steps = [("applied", ReviewStep::Applied), ("panel", ReviewStep::Panel), ("decided", ReviewStep::Decided)];
        let decisions =
            [ReviewDecision::Items, ReviewDecision::Standard, ReviewDecision::Adjusted, ReviewDecision::Refused]
                .map(|decision| (decision.word(), decision));
        let step = self.entry_word(row, "step", &steps);
        let decision = match row.text("decision").is_empty() {
            true => None,
            false => Some(self.entry_word(row, "decision", &decisions)?),
        };
        let amount = self.entry_amount(row);
        Some(ReviewEntry {
            mark: row.mark,
            case_id: self.case_id(row)?,
            step: step?,
            reason: row.owned("reason"),
            decision,
            amount,
            panel: row.owned("panel"),
        })
    }

    fn dispute_entry(&mut self, row: &Row<'_>) -> Option<DisputeEntry> {
        let case_id = self.case_id(row);
        let decided = self.entry_word(row, "step", &[("raised", false), ("decided", true)])?;
        let step = match decided {
            false => DisputeStep::Raised,
            true => {
                let words = [("upheld", DisputeStep::Upheld), ("refused", DisputeStep::Refused)];
                self.entry_word(row, "decision", &words)?
            }
        };
        let new_group = ["new_group", "new_adrg", "new_mdc"].map(|column| row.owned(column));
        let claimed_group = row.owned("claimed_group");
        Some(DisputeEntry { mark: row.mark, case_id: case_id?, step, claimed_group, new_group })
    }

    fn audit_entry(&mut self, row: &Row<'_>) -> Option<AuditEntry> {
        let amount = self.entry_amount(row);
        Some(AuditEntry { mark: row.mark, case_id: self.case_id(row)?, amount })
    }

    fn difference_entry(&mut self, row: &Row<'_>) -> Option<DifferenceEntry> {
        let reasons = [("late", ()), ("regrouped", ()), ("audit", ())];
        let (case_id, amount) = (self.case_id(row), self.needed_amount(row));
        self.entry_word(row, "reason", &reasons)?;
        let key = ["institution", "insurance", "method", "district"].map(|column| row.owned(column));
        let (reason, closed) = (row.owned("reason"), row.owned("closed"));
        Some(DifferenceEntry { mark: row.mark, case_id: case_id?, reason, closed, key, amount: amount? })
    }

    fn advance_entry(&mut self, row: &Row<'_>) -> Option<AdvanceEntry> {
        let amount = self.needed_amount(row)?;
        let (institution, insurance) = (row.owned("institution"), row.owned("insurance"));
        Some(AdvanceEntry { mark: row.mark, institution, insurance, amount })
    }
}

/// Keeps what could be read and is known.
fn keep<T>(all: &mut Vec<T>, entry: Option<T>, seen: bool) {
    all.extend(entry.filter(|_| seen));
}

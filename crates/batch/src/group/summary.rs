//! How many records had which end.

use yibao_grouping::{Answer, Status};

/// Counts of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Records read, malformed ones included.
    pub rows: u64,
    /// Records with a group.
    pub grouped: u64,
    /// Records in an ambiguous group (歧义组).
    pub ambiguous: u64,
    /// Records without a group.
    pub ungrouped: u64,
    /// Records that failed the input checks of grouping.
    pub rejected: u64,
    /// Records with a diagnosis that has no translation.
    pub dx_not_mapped: u64,
    /// Records with a procedure that has no translation.
    pub proc_not_mapped: u64,
    /// Records that could not be read; they stand in the rejects file only.
    pub malformed: u64,
    /// Records whose id stands on an earlier line; grouped all the same.
    pub duplicates: u64,
}

impl Summary {
    /// Counts an answer.
    #[inline]
    pub(crate) fn count(&mut self, answer: Answer) {
        self.rows += 1;
        match answer.status {
            Status::Grouped => self.grouped += 1,
            Status::Ambiguous => self.ambiguous += 1,
            Status::Ungrouped => self.ungrouped += 1,
            Status::Rejected => self.rejected += 1,
            Status::DxNotMapped => self.dx_not_mapped += 1,
            Status::ProcNotMapped => self.proc_not_mapped += 1,
        }
    }

    /// Counts a record that could not be read.
    pub(crate) fn count_malformed(&mut self) {
        self.rows += 1;
        self.malformed += 1;
    }

    /// Adds the counts of another part of the run.
    pub fn add(&mut self, other: &Summary) {
        self.rows += other.rows;
        self.grouped += other.grouped;
        self.ambiguous += other.ambiguous;
        self.ungrouped += other.ungrouped;
        self.rejected += other.rejected;
        self.dx_not_mapped += other.dx_not_mapped;
        self.proc_not_mapped += other.proc_not_mapped;
        self.malformed += other.malformed;
        self.duplicates += other.duplicates;
    }

    /// Whether every record was read and no id came twice.
    pub fn is_clean(&self) -> bool {
        self.malformed == 0 && self.duplicates == 0
    }
}

//! Readmission (spec §1.9): a stay of the same person soon after an earlier one reduces the earlier (or the later) stay.

use std::cmp::Ordering;

use yibao_kernel::Day;

/// What makes two stays of a person a readmission.
#[derive(Clone, Copy, Debug)]
pub struct ReadmissionRule {
    /// Days from the earlier discharge to the later admission.
    pub window_days: i32,
    /// Whether the last day counts. The texts say "within 15 days": a policy flag.
    pub inclusive: bool,
    /// Whether both stays must be in the same institution.
    pub same_institution: bool,
}

impl ReadmissionRule {
    /// Whether a gap counts: not negative (overlapping stays are a data question), within the window.
    #[must_use]
    pub const fn gap_counts(&self, gap_days: i32) -> bool {
        gap_days >= 0 && (gap_days < self.window_days || (self.inclusive && gap_days == self.window_days))
    }
}

/// A stay as the scan sees it.
#[derive(Clone, Copy, Debug)]
pub struct Spell {
    /// The person.
    pub person: u32,
    /// First day.
    pub admission: Day,
    /// Last day.
    pub discharge: Day,
    /// The institution.
    pub institution: u32,
    /// What both stays must share (group or ADRG); the same number everywhere when nothing must be shared.
    pub same: u32,
    /// As a later stay it does not count (planned radiotherapy, chemotherapy).
    pub exempt: bool,
    /// Row of the stay.
    pub row: u32,
}

/// Pairs (earlier row, later row), each pair once, in the order of person and discharge. `tie` orders two rows of one
/// person with the same days (by case id), so that the answer does not depend on row order.
pub fn scan(spells: &mut [Spell], rule: &ReadmissionRule, tie: impl Fn(u32, u32) -> Ordering) -> Vec<(u32, u32)> {
    spells.sort_unstable_by(|a, b| {
        (a.person, a.discharge, a.admission).cmp(&(b.person, b.discharge, b.admission)).then_with(|| tie(a.row, b.row))
    });
    let mut pairs = Vec::new();
    for (at, later) in spells.iter().enumerate() {
        if later.exempt {
            continue;
        }
        let (before, _) = spells.split_at(at);
        for earlier in before.iter().rev() {
            let gap = earlier.discharge.days_until(later.admission);
            // Discharges only get earlier from here, so gaps only get longer.
            if earlier.person != later.person || gap > rule.window_days {
                break;
            }
            let same_place = !rule.same_institution || earlier.institution == later.institution;
            if rule.gap_counts(gap) && same_place && earlier.same == later.same {
                pairs.push((earlier.row, later.row));
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(row: u32, person: u32, admission: &str, discharge: &str) -> Spell {
        let day = |text| Day::parse(text).unwrap();
        Spell {
            person,
            admission: day(admission),
            discharge: day(discharge),
            institution: 0,
            same: 7,
            exempt: false,
            row,
        }
    }

    fn rule(inclusive: bool) -> ReadmissionRule {
        ReadmissionRule { window_days: 15, inclusive, same_institution: true }
    }

    fn pairs(spells: &[Spell], inclusive: bool) -> Vec<(u32, u32)> {
        scan(&mut spells.to_vec(), &rule(inclusive), |a, b| a.cmp(&b))
    }

    #[test]
    fn day_fifteen_counts_when_the_policy_says_so() {
        let spells = [spell(0, 1, "2025-02-20", "2025-03-01"), spell(1, 1, "2025-03-16", "2025-03-20")];
        assert_eq!(pairs(&spells, true), [(0, 1)]);
        assert_eq!(pairs(&spells, false), []);
    }

    #[test]
    fn another_person_another_group_an_exempt_stay_and_an_overlap_do_not_count() {
        let first = spell(0, 1, "2025-02-20", "2025-03-01");
        let other_person = Spell { person: 2, ..spell(1, 2, "2025-03-03", "2025-03-05") };
        let other_group = Spell { same: 8, ..spell(1, 1, "2025-03-03", "2025-03-05") };
        let exempt = Spell { exempt: true, ..spell(1, 1, "2025-03-03", "2025-03-05") };
        let overlap = spell(1, 1, "2025-02-28", "2025-03-05");
        for second in [other_person, other_group, exempt, overlap] {
            assert_eq!(pairs(&[first, second], true), []);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let mut spells = vec![
            spell(0, 1, "2025-01-01", "2025-01-04"),
            spell(1, 1, "2025-01-10", "2025-01-12"),
            spell(2, 1, "2025-01-20", "2025-01-25"),
        ];
        let expected = [(0, 1), (1, 2)];
        assert_eq!(pairs(&spells, true), expected);
        spells.reverse();
        assert_eq!(pairs(&spells, true), expected);
    }
}

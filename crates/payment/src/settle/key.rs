//! The key of a clearing row (spec §0.6) and its place in rank order.

/// Institution, insurance, method, district; the period is the same for a whole settlement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct RowKey {
    /// Index into the institutions, which stand in rank order.
    pub institution: u32,
    /// Index into the insurance schemes.
    pub insurance: u16,
    /// Index into the methods.
    pub method: u16,
    /// Index into the districts.
    pub district: u16,
}

/// A stay that belongs to no clearing row: refused, or not of this settlement.
pub const NO_ROW: u32 = u32::MAX;

/// All possible keys, numbered in rank order.
#[derive(Clone, Copy, Debug)]
pub struct KeySpace {
    insurances: u32,
    methods: u32,
    districts: u32,
}

impl KeySpace {
    /// The keys of a region; `None` when they are too many to number.
    pub fn new(institutions: usize, insurances: usize, methods: usize, districts: usize) -> Option<Self> {
        let size = institutions.checked_mul(insurances)?.checked_mul(methods)?.checked_mul(districts)?;
        // One number is kept for "no row".
        u32::try_from(size).ok().filter(|size| *size < NO_ROW)?;
        let narrow = |count| u32::try_from(count).ok();
        Some(Self { insurances: narrow(insurances)?, methods: narrow(methods)?, districts: narrow(districts)? })
    }

    /// The number of a key whose parts lie inside the region.
    #[inline]
    pub fn number(&self, key: RowKey) -> u32 {
        let institution = key.institution * self.insurances + u32::from(key.insurance);
        (institution * self.methods + u32::from(key.method)) * self.districts + u32::from(key.district)
    }

    /// The key of a number.
    pub fn key(&self, number: u32) -> RowKey {
        // The parts were u16 when they were numbered.
        let narrow = |part: u32| u16::try_from(part).unwrap_or(u16::MAX);
        let (rest, district) = (number / self.districts, number % self.districts);
        let (rest, method) = (rest / self.methods, rest % self.methods);
        let (institution, insurance) = (rest / self.insurances, rest % self.insurances);
        RowKey { institution, insurance: narrow(insurance), method: narrow(method), district: narrow(district) }
    }
}

/// Replaces key numbers by row numbers: one row per key that occurs, in rank order. `more` are keys that have a row
/// without a case. Returns the keys of the rows.
pub fn number_rows(space: &KeySpace, keys: &mut [u32], more: &[u32]) -> Vec<RowKey> {
    let highest = keys.iter().chain(more).copied().filter(|key| *key != NO_ROW).max();
    let Some(highest) = highest else { return Vec::new() };
    let mut row_of = vec![NO_ROW; highest as usize + 1];
    for key in keys.iter().chain(more) {
        if let Some(slot) = row_of.get_mut(*key as usize) {
            *slot = 0;
        }
    }
    let mut rows = Vec::new();
    for (number, slot) in (0_u32..).zip(row_of.iter_mut()).filter(|(_, slot)| **slot != NO_ROW) {
        // There are no more rows than keys, which are u32.
        *slot = u32::try_from(rows.len()).unwrap_or(NO_ROW);
        rows.push(space.key(number));
    }
    for key in keys.iter_mut() {
        *key = row_of.get(*key as usize).copied().unwrap_or(NO_ROW);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_institution_insurance_method_district() {
        let space = KeySpace::new(3, 2, 2, 1).unwrap();
        let key = |institution, insurance, method| RowKey { institution, insurance, method, district: 0 };
        let (first, second, third) = (key(0, 1, 1), key(2, 0, 1), key(2, 1, 0));
        let mut keys = [third, first, second, third].map(|key| space.number(key)).to_vec();
        keys.push(NO_ROW);
        assert_eq!(number_rows(&space, &mut keys.clone(), &[]), [first, second, third]);
        let charged = key(0, 0, 0);
        assert_eq!(number_rows(&space, &mut keys, &[space.number(charged)]), [charged, first, second, third]);
        assert_eq!(keys, [3, 1, 2, 3, NO_ROW]);
    }

    #[test]
    fn no_stays_make_no_rows_and_too_many_keys_are_refused() {
        let space = KeySpace::new(1, 1, 1, 1).unwrap();
        assert_eq!(number_rows(&space, &mut [NO_ROW], &[]), []);
        assert!(KeySpace::new(usize::MAX, 2, 1, 1).is_none());
        assert!(KeySpace::new(1 << 20, 1 << 12, 1, 1).is_none());
    }
}

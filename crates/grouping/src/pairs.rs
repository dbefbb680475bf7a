//! Sorted pairs of texts: names of codes, translation maps.

use crate::bytes::{Damaged, Reader, Writer};
use crate::error::SchemeError;
use crate::model::IcdTable;
use crate::sheet::Sheet;

/// Pairs of texts sorted by the first; all text in one piece.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pairs {
    text: String,
    /// End of each key and of each value.
    ends: Vec<u32>,
}

impl Pairs {
    /// Reads a table of names (`code,name`) or a map (`code,to`).
    ///
    /// # Errors
    /// Other columns, an empty or repeated code.
    pub(crate) fn read_table(path: std::path::PathBuf, table: IcdTable) -> Result<Self, SchemeError> {
        let columns: &'static [&'static str] = match table {
            IcdTable::DxNames | IcdTable::ProcNames => &["code", "name"],
            IcdTable::DxMap | IcdTable::ProcMap => &["code", "to"],
        };
        let mut sheet = Sheet::open(path, columns)?;
        let mut rows: Vec<(String, String, u32)> = Vec::new();
        while let Some(line) = sheet.next()? {
            rows.push((line.word(0)?.to_owned(), line.text(1)?.to_owned(), line.line));
        }
        rows.sort();
        if let Some([_, (code, _, line)]) = rows.array_windows().find(|[a, b]| a.0 == b.0) {
            return Err(SchemeError::refused(
                format!("code {code:?} stands twice"),
                crate::error::Place::line(&sheet.path, *line),
                "keep one row per code",
            ));
        }
        let mut pairs = Self::default();
        for (key, value, _) in &rows {
            for part in [key, value] {
                pairs.text.push_str(part);
                pairs.ends.push(u32::try_from(pairs.text.len()).unwrap_or(u32::MAX));
            }
        }
        Ok(pairs)
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.text(&self.text);
        out.u32s(&self.ends);
    }

    /// Reads back what [`Pairs::write`] wrote.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let pairs = Self { text: from.owned()?, ends: from.u32s()? };
        let whole = pairs.ends.last().copied().unwrap_or(0) as usize == pairs.text.len();
        let cuts = pairs.ends.iter().all(|&end| pairs.text.is_char_boundary(end as usize));
        let sorted = pairs.ends.is_sorted() && (0..pairs.len()).is_sorted_by_key(|at| pairs.key(at));
        let right = whole && cuts && sorted && pairs.ends.len().is_multiple_of(2);
        if right && from.is_done() { Ok(pairs) } else { Err(Damaged) }
    }

    /// How many pairs.
    pub(crate) fn len(&self) -> usize {
        self.ends.len() / 2
    }

    fn part(&self, part: usize) -> &str {
        let start = part.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(part).copied().unwrap_or(0) as usize;
        self.text.get(start.unwrap_or(0) as usize..end).unwrap_or_default()
    }

    pub(crate) fn key(&self, at: usize) -> &str {
        self.part(at * 2)
    }

    pub(crate) fn value(&self, at: usize) -> &str {
        self.part(at * 2 + 1)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.find(key.as_bytes()).map(|at| self.value(at))
    }

    /// The place of a key.
    pub(crate) fn find(&self, key: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.key(middle).as_bytes().cmp(key) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

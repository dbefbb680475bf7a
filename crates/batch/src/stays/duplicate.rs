//! Case ids that stand twice: the first stays, the later ones are refused.

use std::hash::{Hash, Hasher};

use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHasher;
use yibao_payment::settled::Refusal;
use yibao_record::column::Column;
use yibao_record::stays::{Extra, Stays, Texts};

use super::refusal::RowRefusal;

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Positions of rows, from `first` on, whose id was used by an earlier one of them, with that one's position; ascending.
pub fn find(ids: &Texts, first: usize) -> Vec<(u32, u32)> {
    let mut keys: Vec<(u64, u32)> =
        (first..ids.len()).filter_map(|at| Some((hash(ids.get(at)), u32::try_from(at).ok()?))).collect();
    keys.par_sort_unstable();
    let mut found = Vec::new();
    for run in keys.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        for (nth, &(_, later)) in run.iter().enumerate() {
            let text = ids.get(later as usize);
            let first = run.iter().take(nth).find(|(_, earlier)| ids.get(*earlier as usize) == text);
            if let Some(&(_, first)) = first {
                found.push((later, first));
            }
        }
    }
    found.sort_unstable();
    found
}

/// Refuses the later rows of every id that stands twice from `first` on: ids are unique in a feed, not in all feeds.
pub fn refuse(stays: &mut Stays, first: usize, refused: &mut Vec<Refusal>) {
    let found = find(&stays.case_id, first);
    if found.is_empty() {
        return;
    }
    let mut keep = vec![true; stays.len()];
    for &(later, earlier) in &found {
        let (later, earlier) = (later as usize, earlier as usize);
        if let Some(flag) = keep.get_mut(later) {
            *flag = false;
        }
        let row = |at: usize| stays.source_row.get(at).copied().unwrap_or(0);
        let source = stays.source_of(earlier);
        let (mut zh, mut en) = (String::new(), String::new());
        if source != stays.source_of(later)
            && let Some(other) = stays.sources.get(usize::from(source))
        {
            (zh, en) = (format!("（文件 {}）", other.file), format!(" of {}", other.file));
        }
        let words = RowRefusal::new(
            "duplicate_case",
            format!("病例号重复，首次出现在第 {} 行{zh}", row(earlier)),
            format!("the case id is used twice: first on line {}{en}", row(earlier)),
        );
        let refusal = words.at(row(later), stays.case_id.get(later));
        refused.push(Refusal { source: stays.source_of(later), ..refusal });
    }
    refused.sort_by_key(|one| (one.source, one.source_row));
    retain(stays, &keep);
}

fn kept<T: Copy + PartialEq>(values: &mut Column<T>, keep: &[bool]) {
    values.retain(|row| keep.get(row).copied().unwrap_or(true));
}

fn retain(stays: &mut Stays, keep: &[bool]) {
    let mut ids = Texts::default();
    for (at, _) in keep.iter().enumerate().filter(|(_, keep)| **keep) {
        ids.push(stays.case_id.get(at));
    }
    stays.case_id = ids;
    let mut left = 0;
    let mut rows = keep.iter();
    let mut before = 0;
    for source in &mut stays.sources {
        left += rows.by_ref().take(source.end - before).filter(|keep| **keep).count();
        before = source.end;
        source.end = left;
    }
    kept(&mut stays.source_row, keep);
    for symbols in [
        &mut stays.person,
        &mut stays.institution,
        &mut stays.insurance,
        &mut stays.district,
        &mut stays.group,
        &mut stays.adrg,
        &mut stays.mdc,
        &mut stays.discharge_status,
        &mut stays.dept,
        &mut stays.special,
    ] {
        kept(symbols, keep);
    }
    for amounts in [&mut stays.cost, &mut stays.fund, &mut stays.patient] {
        kept(amounts, keep);
    }
    kept(&mut stays.admission, keep);
    kept(&mut stays.discharge, keep);
    kept(&mut stays.los_days, keep);
    kept(&mut stays.age_years, keep);
    kept(&mut stays.sex, keep);
    kept(&mut stays.group_status, keep);
    kept(&mut stays.incomplete, keep);
    for extra in &mut stays.extras {
        match extra {
            Extra::Fen(values) => kept(values, keep),
            Extra::Int(values) | Extra::Micro(values) => kept(values, keep),
            Extra::Symbol(values) => kept(values, keep),
        }
    }
}

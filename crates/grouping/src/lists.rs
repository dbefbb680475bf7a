//! Code lists of a scheme: code_sets.csv, cc.csv, exclusion.csv → codes with classes.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::codes::{Codes, Parts, prefix_bits};
use crate::error::{Place, SchemeError};
use crate::gather::Gathered;
use crate::model::{CodeSet, Severity};
use crate::sheet::{Line, Sheet};

/// The sets of code_sets.csv, sorted by name, with their codes still in file order.
pub(crate) struct Lists {
    pub sets: Vec<CodeSet>,
    dx: Gathered,
    proc: Gathered,
}

/// Reads code_sets.csv.
///
/// # Errors
/// Unknown kind; a set or code named twice; a wrong count; an empty code.
pub(crate) fn read_sets(dir: &Path) -> Result<Lists, SchemeError> {
    let mut sheet = Sheet::open(dir.join("code_sets.csv"), &["set", "kind", "n", "codes"])?;
    let mut sets: Vec<CodeSet> = Vec::new();
    let mut names = FxHashSet::default();
    let (mut dx, mut proc) = (Gathered::new(), Gathered::new());
    while let Some(line) = sheet.next()? {
        let set = read_set(&line, u16::try_from(sets.len()).ok(), &mut dx, &mut proc)?;
        if !names.insert(set.name.clone()) {
            return Err(line.refuse(format!("set {:?} stands twice", set.name), "join the two"));
        }
        sets.push(set);
    }
    let mut order: Vec<usize> = (0..sets.len()).collect();
    order.sort_by(|&a, &b| sets.get(a).map(|s| &s.name).cmp(&sets.get(b).map(|s| &s.name)));
    let mut place = vec![0_u16; sets.len()];
    for (new, &old) in order.iter().enumerate() {
        if let Some(slot) = place.get_mut(old) {
            *slot = u16::try_from(new).unwrap_or(u16::MAX);
        }
    }
    for gathered in [&mut dx, &mut proc] {
        for (_, set) in &mut gathered.members {
            *set = place.get(usize::from(*set)).copied().unwrap_or(u16::MAX);
        }
    }
    sets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Lists { sets, dx, proc })
}

fn read_set(
    line: &Line<'_>,
    index: Option<u16>,
    dx: &mut Gathered,
    proc: &mut Gathered,
) -> Result<CodeSet, SchemeError> {
    let index = index.ok_or_else(|| line.refuse("more than 65535 sets", "split the scheme"))?;
    let name = line.word(0)?.to_owned();
    let is_dx = match line.bytes(1) {
        b"dx" => true,
        b"proc" => false,
        _ => {
            let what = format!("unknown kind {:?}", line.text(1)?);
            return Err(line.refuse(what, "use dx or proc"));
        }
    };
    let size: u32 = line.number(2)?;
    let gathered = if is_dx { dx } else { proc };
    let first = gathered.members.len();
    if !line.bytes(3).is_empty() {
        for code in line.bytes(3).split(|&b| b == b'|') {
            if code.is_empty() {
                return Err(line.refuse(format!("set {name:?} has an empty code"), "remove it"));
            }
            let number = gathered.number(code);
            gathered.members.push((number, index));
        }
    }
    let members = gathered.members.get(first..).unwrap_or_default();
    if members.len() != size as usize {
        return Err(line.refuse(
            format!("set {name:?} says n = {size} but lists {} codes", members.len()),
            "correct n, or complete the list",
        ));
    }
    let mut sorted: Vec<u32> = members.iter().map(|(code, _)| *code).collect();
    sorted.sort_unstable();
    if let Some([twice, _]) = sorted.array_windows().find(|[a, b]| a == b) {
        let code = String::from_utf8_lossy(gathered.code(*twice));
        return Err(line.refuse(format!("set {name:?} lists {code:?} twice"), "remove the second"));
    }
    Ok(CodeSet { name, dx: is_dx, size, line: line.line })
}

/// All code lists of a scheme, ready for the model.
pub(crate) struct CodeLists {
    pub dx: Codes,
    pub proc: Codes,
    pub severity: Vec<Severity>,
    pub exclusion: Vec<u16>,
}

/// Adds cc.csv and exclusion.csv and sorts the codes into classes.
///
/// # Errors
/// Unknown level; a table number outside 1..=65535; a repeated code.
pub(crate) fn read_codes(dir: &Path, mut lists: Lists, prefixes: &[String]) -> Result<CodeLists, SchemeError> {
    let mut severity: FxHashMap<u32, Severity> = FxHashMap::default();
    let mut sheet = Sheet::open(dir.join("cc.csv"), &["code", "level", "table"])?;
    while let Some(line) = sheet.next()? {
        let number = lists.dx.number(line.word(0)?.as_bytes());
        let table = table_number(&line, 2)?;
        let entry = severity.entry(number).or_default();
        let level = match line.bytes(1) {
            b"MCC" => &mut entry.mcc,
            b"CC" => &mut entry.cc,
            _ => {
                let what = format!("unknown level {:?}", line.text(1)?);
                return Err(line.refuse(what, "use MCC or CC"));
            }
        };
        if *level != 0 {
            let what = format!("{:?} has the same level twice", line.text(0)?);
            return Err(line.refuse(what, "keep one row per code and level"));
        }
        *level = table;
    }
    let mut exclusion: FxHashMap<u32, u16> = FxHashMap::default();
    let mut sheet = Sheet::open(dir.join("exclusion.csv"), &["table", "code"])?;
    while let Some(line) = sheet.next()? {
        let number = lists.dx.number(line.word(1)?.as_bytes());
        if exclusion.insert(number, table_number(&line, 0)?).is_some() {
            let what = format!("{:?} has two exclusion tables", line.text(1)?);
            return Err(line.refuse(what, "keep at most one per principal diagnosis"));
        }
    }
    let (dx, dx_from) = sort_codes(dir, lists.dx, prefixes)?;
    let (proc, _) = sort_codes(dir, lists.proc, &[])?;
    let reserved = vec![None; dx.reserved as usize];
    let from = || reserved.iter().copied().chain(dx_from.iter().map(|&f| Some(f)));
    Ok(CodeLists {
        severity: from().map(|f| pick(&severity, f)).collect(),
        exclusion: from().map(|f| pick(&exclusion, f)).collect(),
        dx,
        proc,
    })
}

fn pick<T: Copy + Default>(values: &FxHashMap<u32, T>, number: Option<u32>) -> T {
    number.and_then(|number| values.get(&number)).copied().unwrap_or_default()
}

fn table_number(line: &Line<'_>, column: usize) -> Result<u16, SchemeError> {
    match line.number(column)? {
        0 => Err(line.refuse("exclusion table 0", "tables are numbered from 1")),
        table => Ok(table),
    }
}

/// Sorts the codes and finds their classes; also says which gathered code each number was.
fn sort_codes(dir: &Path, gathered: Gathered, prefixes: &[String]) -> Result<(Codes, Vec<u32>), SchemeError> {
    let text = |number: u32| gathered.code(number);
    let order = gathered.sorted();
    let mut members = gathered.members.clone();
    members.sort_unstable();

    let mut classes = Classes::default();
    let reserved = 1_usize << prefixes.len();
    let mut parts = Parts {
        text: Vec::new(),
        ends: vec![0; reserved],
        class: (0..reserved).map(|bits| classes.find(&[], bits as u8)).collect(),
        class_sets: Vec::new(),
        class_prefixes: Vec::new(),
        prefixes: prefixes.to_vec(),
    };
    let mut starts = vec![0_usize; gathered.len() as usize + 1];
    for (at, &(code, _)) in members.iter().enumerate() {
        starts.iter_mut().skip(code as usize + 1).take(1).for_each(|start| *start = at + 1);
    }
    let mut sets = Vec::new();
    for &number in &order {
        let end = starts.get(number as usize + 1).copied().unwrap_or(0);
        let own = members.get(..end).unwrap_or_default().iter().rev();
        sets.clear();
        sets.extend(own.take_while(|&&(code, _)| code == number).map(|&(_, set)| set));
        sets.reverse();
        parts.text.extend_from_slice(text(number));
        parts.ends.push(u32::try_from(parts.text.len()).unwrap_or(u32::MAX));
        parts.class.push(classes.find(&sets, prefix_bits(prefixes, text(number))));
    }
    parts.class_sets = classes.sets;
    parts.class_prefixes = classes.prefixes;
    let codes = Codes::new(parts).map_err(|what| {
        SchemeError::refused(
            what,
            Place::whole(&dir.join("code_sets.csv")),
            "a scheme holds at most 65535 classes of codes",
        )
    })?;
    Ok((codes, order))
}

/// Classes of codes, numbered as they are first met in the order of the codes.
#[derive(Default)]
struct Classes {
    known: FxHashMap<Vec<u16>, FxHashMap<u8, u16>>,
    sets: Vec<Vec<u16>>,
    prefixes: Vec<u8>,
}

impl Classes {
    fn find(&mut self, sets: &[u16], prefixes: u8) -> u16 {
        let known = self.known.get(sets).and_then(|by_prefix| by_prefix.get(&prefixes));
        if let Some(&class) = known {
            return class;
        }
        // A number past the last class is refused when the codes are put together.
        let class = u16::try_from(self.sets.len()).unwrap_or(u16::MAX);
        self.sets.push(sets.to_vec());
        self.prefixes.push(prefixes);
        self.known.entry(sets.to_vec()).or_default().insert(prefixes, class);
        class
    }
}

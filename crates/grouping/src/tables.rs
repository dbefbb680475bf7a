//! Reads a folder of tables into the typed model.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use crate::error::{Place, SchemeError};
use crate::expression::Expr;
use crate::grammar::{Grammar, Texts};
use crate::json::{self, Json};
use crate::lists;
use crate::meta::{self, Meta};
use crate::model::{CodeSet, IcdFile, Mdc, Model, NoDrg, RegionGroup, Row, RowCondition, Rule, RuleKind};
use crate::sheet::{Line, Sheet};

/// Most rules, rows, conditions or sets of a scheme; their numbers are 16 bits wide.
const COUNT_MAX: usize = 60_000;

/// Reads all tables of the folder.
///
/// # Errors
/// See [`crate::Scheme::load_tables`].
pub(crate) fn read(dir: &Path) -> Result<Model, SchemeError> {
    let meta = meta::read(&dir.join("meta.json"))?;
    let lists = lists::read_sets(dir)?;
    let file = dir.join("adrg_rules.json");
    let text = std::fs::read_to_string(&file).map_err(|e| SchemeError::unreadable(&file, e))?;
    let json = json::parse(&text).map_err(|e| meta::refuse_json(&file, e))?;
    let texts = Texts::gather(&json);
    texts.bound(&file)?;
    let regions = region_groups(&dir.join("meta.json"), &meta, &lists.sets)?;
    let grammar = Grammar { file: &file, sets: &lists.sets, regions: &regions, texts: &texts };
    let mut conditions = Conditions::read(&grammar, &json)?;
    let mut mdcs = read_mdcs(dir, &mut conditions)?;
    let (rules, rows) = read_rules(dir, &mut mdcs, &mut conditions)?;
    conditions.all_used(&file)?;
    let sets = lists.sets.clone();
    let codes = lists::read_codes(dir, lists, &texts.prefixes)?;
    let icd = icd_files(dir, &meta)?;
    Ok(Model {
        name: meta.name,
        checks: meta.checks,
        retry: meta.retry,
        ungrouped: meta.ungrouped,
        rejected: meta.rejected,
        mdcs,
        rules,
        rows,
        conditions: conditions.rows,
        sets,
        regions,
        prefixes: texts.prefixes,
        depts: texts.depts,
        discharges: texts.discharges,
        extra_names: meta.extra_names,
        icd,
        dx: codes.dx,
        proc: codes.proc,
        severity: codes.severity,
        exclusion: codes.exclusion,
    })
}

/// The tables of names and translation, with the digests they have now.
fn icd_files(dir: &Path, meta: &Meta) -> Result<[Option<IcdFile>; 4], SchemeError> {
    let mut files = [const { None }; 4];
    for (file, named) in files.iter_mut().zip(&meta.icd) {
        let Some((name, line)) = named else { continue };
        let place = Place::line(&dir.join("meta.json"), *line);
        let bytes = std::fs::read(icd_path(dir, name)).map_err(|_| {
            SchemeError::refused(
                format!("cannot read {name:?}"),
                place,
                "put it into the folder _icd beside the scheme, or into the scheme's own",
            )
        })?;
        *file = Some(IcdFile { name: name.clone(), digest: Sha256::digest(&bytes).into() });
    }
    Ok(files)
}

/// A shared file of `_icd` beside the scheme's folder, else one of the folder itself.
pub(crate) fn icd_path(dir: &Path, name: &str) -> PathBuf {
    let shared = dir.join("..").join("_icd").join(name);
    if shared.is_file() { shared } else { dir.join(name) }
}

/// Groups the region sets by the part of their name before `.r`.
fn region_groups(file: &Path, meta: &Meta, sets: &[CodeSet]) -> Result<Vec<RegionGroup>, SchemeError> {
    let mut found: Vec<(String, u32, u16, String)> = Vec::new();
    for (name, printed, line) in &meta.regions {
        let refuse = |what: String, hint: &str| SchemeError::refused(what, Place::line(file, *line), hint);
        let parts = name.split_once(".r").and_then(|(g, k)| Some((g, k.parse::<u32>().ok()?)));
        let Some((group, number)) = parts else {
            return Err(refuse(format!("region set {name:?}"), "name it like MDCZ.r1"));
        };
        let at = sets.binary_search_by(|set| set.name.cmp(name)).ok();
        let set = at.filter(|&at| sets.get(at).is_some_and(|set| set.dx));
        let Some(set) = set.and_then(|at| u16::try_from(at).ok()) else {
            return Err(refuse(format!("unknown set {name:?}"), "add it to code_sets.csv as a dx set"));
        };
        found.push((group.to_owned(), number, set, printed.clone()));
    }
    found.sort();
    let mut groups: Vec<RegionGroup> = Vec::new();
    for (name, _, set, printed) in found {
        match groups.last_mut().filter(|group| group.name == name) {
            Some(group) => group.regions.push((set, printed)),
            None => groups.push(RegionGroup { name, regions: vec![(set, printed)] }),
        }
    }
    if groups.iter().any(|group| group.regions.len() > 64) {
        return Err(SchemeError::refused("more than 64 body regions in one group", Place::whole(file), "join regions"));
    }
    Ok(groups)
}

/// A condition by key, with its line; taken out when a table uses it.
type ByKey = FxHashMap<String, (Expr, u32)>;

/// The three maps of adrg_rules.json.
struct Conditions {
    gates: ByKey,
    rules: ByKey,
    rows: Vec<RowCondition>,
    row_numbers: FxHashMap<String, u16>,
}

impl Conditions {
    fn read(grammar: &Grammar<'_>, json: &Json) -> Result<Self, SchemeError> {
        let refuse =
            |line: u32, what: String, hint: &str| SchemeError::refused(what, Place::line(grammar.file, line), hint);
        const HINT: &str = "the file has exactly three maps: mdc, adrg, drg";
        let maps = json.map().unwrap_or_default();
        if let Some((key, value)) = maps.iter().find(|(k, _)| !["mdc", "adrg", "drg"].contains(&k.as_str())) {
            return Err(refuse(value.line, format!("unknown map {key:?}"), HINT));
        }
        let map = |key: &str| {
            let found = json.get(key).and_then(Json::map);
            found.ok_or_else(|| refuse(json.line, format!("map {key:?} is missing"), HINT))
        };
        let read = |entries: &[(String, Json)]| -> Result<ByKey, SchemeError> {
            let one = |(key, value): &(String, Json)| Ok((key.clone(), (grammar.read(value)?, value.line)));
            entries.iter().map(one).collect()
        };
        let gates = read(map("mdc")?)?;
        let rules = read(map("adrg")?)?;
        let mut rows: Vec<RowCondition> =
            read(map("drg")?)?.into_iter().map(|(key, (expr, line))| RowCondition { key, expr, line }).collect();
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        let numbered = |(at, row): (usize, &RowCondition)| (row.key.clone(), u16::try_from(at).unwrap_or(u16::MAX));
        let row_numbers = rows.iter().enumerate().map(numbered).collect();
        if rows.len() > COUNT_MAX || rules.len() > COUNT_MAX {
            return Err(refuse(json.line, "too many conditions".into(), "split the scheme"));
        }
        Ok(Self { gates, rules, rows, row_numbers })
    }

    /// Refuses conditions that no table uses.
    fn all_used(&self, file: &Path) -> Result<(), SchemeError> {
        let gates = self.gates.iter().map(|(key, (_, line))| (*line, "mdc", key));
        let rules = self.rules.iter().map(|(key, (_, line))| (*line, "adrg", key));
        match gates.chain(rules).min() {
            None => Ok(()),
            Some((line, map, key)) => Err(SchemeError::refused(
                format!("condition {key:?} under {map:?} belongs to no row of {map}.csv"),
                Place::line(file, line),
                "add the row, or remove the condition",
            )),
        }
    }
}

fn read_mdcs(dir: &Path, conditions: &mut Conditions) -> Result<Vec<Mdc>, SchemeError> {
    let mut sheet = Sheet::open(dir.join("mdc.csv"), &["order", "mdc"])?;
    let mut mdcs: Vec<Mdc> = Vec::new();
    let mut before = None;
    while let Some(line) = sheet.next()? {
        rising(&line, &mut before)?;
        let code = line.word(1)?.to_owned();
        if mdcs.iter().any(|mdc| mdc.code == code) {
            return Err(line.refuse(format!("MDC {code:?} stands twice"), "keep one"));
        }
        let Some((gate, gate_line)) = conditions.gates.remove(&code) else {
            return Err(
                line.refuse(format!("MDC {code:?} has no gate"), "add its gate to adrg_rules.json under \"mdc\"")
            );
        };
        mdcs.push(Mdc { code, gate, line: line.line, gate_line, rules: 0..0 });
    }
    if mdcs.is_empty() || mdcs.len() > 64 {
        return Err(SchemeError::refused(
            format!("{} MDCs", mdcs.len()),
            Place::whole(&sheet.path),
            "a scheme has 1 to 64 of them",
        ));
    }
    Ok(mdcs)
}

/// The column `order` rises from row to row: the order is visible, not implied.
fn rising(line: &Line<'_>, before: &mut Option<u32>) -> Result<(), SchemeError> {
    let order: u32 = line.number(0)?;
    if before.is_some_and(|before| order <= before) {
        return Err(line.refuse(format!("order {order} does not rise"), "sort the rows and number them from 1"));
    }
    *before = Some(order);
    Ok(())
}

fn read_rules(dir: &Path, mdcs: &mut [Mdc], conditions: &mut Conditions) -> Result<(Vec<Rule>, Vec<Row>), SchemeError> {
    let mut sheet = Sheet::open(dir.join("adrg.csv"), &["order", "mdc", "rule", "adrg", "kind", "no_drg"])?;
    let mut rules: Vec<Rule> = Vec::new();
    let mut before = None;
    while let Some(line) = sheet.next()? {
        rising(&line, &mut before)?;
        rules.push(read_rule(&line, mdcs, conditions)?);
    }
    if rules.len() > COUNT_MAX {
        return Err(SchemeError::refused(
            format!("more than {COUNT_MAX} rules"),
            Place::whole(&sheet.path),
            "split the scheme",
        ));
    }
    // Stable: within an MDC the order of the file stays.
    rules.sort_by_key(|rule| rule.mdc);
    for (number, mdc) in mdcs.iter_mut().enumerate() {
        let first = rules.partition_point(|rule| usize::from(rule.mdc) < number);
        let end = rules.partition_point(|rule| usize::from(rule.mdc) <= number);
        mdc.rules = first..end;
    }
    let rows = read_rows(dir, &mut rules, &conditions.row_numbers)?;
    Ok((rules, rows))
}

fn read_rule(line: &Line<'_>, mdcs: &[Mdc], conditions: &mut Conditions) -> Result<Rule, SchemeError> {
    let mdc = line.word(1)?;
    let Some(mdc) = mdcs.iter().position(|known| known.code == mdc) else {
        return Err(line.refuse(format!("unknown MDC {mdc:?}"), "add it to mdc.csv"));
    };
    let id = line.word(2)?.to_owned();
    let adrg = line.word(3)?.to_owned();
    if adrg.len() != 3 || !adrg.is_ascii() {
        return Err(line.refuse(
            format!("ADRG {adrg:?} is not three ASCII characters"),
            "write the letter of the MDC, the kind and the number",
        ));
    }
    let kind = match line.bytes(4) {
        b"adrg" => RuleKind::Adrg,
        b"qy" if adrg.ends_with("QY") => RuleKind::Ambiguous,
        b"qy" => {
            let what = format!("ambiguous group {adrg:?} does not end in QY");
            return Err(line.refuse(what, "name it like BQY"));
        }
        _ => {
            let what = format!("unknown kind {:?}", line.text(4)?);
            return Err(line.refuse(what, "use adrg or qy"));
        }
    };
    let no_drg = match line.bytes(5) {
        b"stop" => NoDrg::Stop,
        b"next" => NoDrg::Next,
        _ => {
            let what = format!("unknown no_drg {:?}", line.text(5)?);
            return Err(line.refuse(what, "use stop or next"));
        }
    };
    let Some((condition, condition_line)) = conditions.rules.remove(&id) else {
        return Err(line.refuse(
            format!("rule {id:?} has no condition of its own"),
            "add it to adrg_rules.json under \"adrg\"; a rule stands in adrg.csv once",
        ));
    };
    let mdc = u16::try_from(mdc).unwrap_or(u16::MAX);
    Ok(Rule { mdc, id, adrg, kind, no_drg, condition, line: line.line, condition_line, rows: 0..0 })
}

fn read_rows(dir: &Path, rules: &mut [Rule], conditions: &FxHashMap<String, u16>) -> Result<Vec<Row>, SchemeError> {
    let mut sheet = Sheet::open(dir.join("drg.csv"), &["rule", "order", "drg", "cond", "name"])?;
    let by_id: FxHashMap<String, usize> = rules.iter().enumerate().map(|(at, rule)| (rule.id.clone(), at)).collect();
    let mut found: Vec<(usize, u32, Row)> = Vec::new();
    while let Some(line) = sheet.next()? {
        let id = line.word(0)?;
        let rule = by_id.get(id).and_then(|&at| Some((at, rules.get(at)?)));
        let Some((at, rule)) = rule.filter(|(_, rule)| rule.kind == RuleKind::Adrg) else {
            return Err(
                line.refuse(format!("{id:?} is no rule of kind adrg"), "add it to adrg.csv, or correct the rule")
            );
        };
        let key = line.word(3)?;
        let Some(&condition) = conditions.get(key) else {
            return Err(line.refuse(format!("unknown condition {key:?}"), "add it to adrg_rules.json under \"drg\""));
        };
        let drg = line.word(2)?.to_owned();
        if !drg.starts_with(&rule.adrg) || !drg.is_ascii() {
            return Err(line.refuse(
                format!("DRG {drg:?} does not start with its ADRG {:?}", rule.adrg),
                "correct the DRG, or the rule",
            ));
        }
        let name = line.text(4)?.to_owned();
        found.push((at, line.number(1)?, Row { drg, name, condition, line: line.line }));
    }
    if found.len() > COUNT_MAX {
        return Err(SchemeError::refused(
            format!("more than {COUNT_MAX} DRG rows"),
            Place::whole(&sheet.path),
            "split the scheme",
        ));
    }
    found.sort_by_key(|(rule, order, _)| (*rule, *order));
    if let Some([_, (_, order, row)]) = found.array_windows().find(|[a, b]| (a.0, a.1) == (b.0, b.1)) {
        return Err(SchemeError::refused(
            format!("order {order} stands twice for the rule of {}", row.drg),
            Place::line(&sheet.path, row.line),
            "number the rows of a rule from 1",
        ));
    }
    for (at, rule) in rules.iter_mut().enumerate() {
        let first = found.partition_point(|(rule, ..)| *rule < at);
        let end = found.partition_point(|(rule, ..)| *rule <= at);
        rule.rows = first..end;
    }
    Ok(found.into_iter().map(|(_, _, row)| row).collect())
}

//! A scheme as typed tables: what the files say, with lines, before anything is made fast.
//!
//! Codes are held once, sorted, each with its class: the codes of one class are in exactly the
//! same sets. Sets are therefore lists of classes. Everything here can be written to the
//! precompiled file and read back without loss.

use std::fmt::Write as _;
use std::ops::Range;

use crate::codes::Codes;
use crate::expression::Expr;

/// Which input checks come before grouping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum InputChecks {
    /// Sex 1 or 2; age; days when age is 0; weight when at most 28 days old; a diagnosis.
    Full,
    /// Only an empty sex and an empty diagnosis list; missing numbers read as 0 (the two
    /// schemes that exist in the Java edition only).
    SexAndDiagnosis,
}

/// One MDC and its gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mdc {
    pub code: String,
    pub gate: Expr,
    /// Line in mdc.csv.
    pub line: u32,
    /// Line of the gate in adrg_rules.json.
    pub gate_line: u32,
    /// Its rules, in order.
    pub rules: Range<usize>,
}

/// What a rule leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum RuleKind {
    /// A group with DRG rows.
    Adrg,
    /// The ambiguous group of the MDC.
    Ambiguous,
}

/// What happens when no DRG row of a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum NoDrg {
    /// The bare ADRG is the answer.
    Stop,
    /// The next rule is tried.
    Next,
}

/// One ADRG rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub mdc: u16,
    pub id: String,
    pub adrg: String,
    pub kind: RuleKind,
    pub no_drg: NoDrg,
    pub condition: Expr,
    /// Line in adrg.csv.
    pub line: u32,
    /// Line of the condition in adrg_rules.json.
    pub condition_line: u32,
    /// Its DRG rows, in order.
    pub rows: Range<usize>,
}

/// One DRG row of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub drg: String,
    pub name: String,
    /// Index of [`Model::conditions`].
    pub condition: u16,
    /// Line in drg.csv.
    pub line: u32,
}

/// A condition shared by DRG rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowCondition {
    pub key: String,
    pub expr: Expr,
    /// Line in adrg_rules.json.
    pub line: u32,
}

/// A named set of codes; the codes themselves are reached through their classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeSet {
    pub name: String,
    pub dx: bool,
    /// Number of codes.
    pub size: u32,
    /// Line in code_sets.csv.
    pub line: u32,
}

/// A group of body regions (`MDCZ`): its sets in order, each with its printed name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegionGroup {
    pub name: String,
    /// Set index and printed name.
    pub regions: Vec<(u16, String)>,
}

/// Severity of a diagnosis: exclusion table number as MCC and as CC, 0 = not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Severity {
    pub mcc: u16,
    pub cc: u16,
}

/// A table of names or a translation map that belongs to a scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IcdFile {
    pub name: String,
    /// SHA-256 of the file as it stood when the scheme was read from its tables.
    pub digest: [u8; 32],
}

/// The four tables of names and translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum IcdTable {
    DxNames,
    ProcNames,
    DxMap,
    ProcMap,
}

impl IcdTable {
    pub(crate) const ALL: [Self; 4] = [Self::DxNames, Self::ProcNames, Self::DxMap, Self::ProcMap];

    /// Key under `icd` in meta.json.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::DxNames => "dx_names",
            Self::ProcNames => "proc_names",
            Self::DxMap => "dx_map",
            Self::ProcMap => "proc_map",
        }
    }
}

/// The typed tables of a scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Model {
    pub name: String,
    pub checks: InputChecks,
    /// Repeat the whole grouping with each other procedure alone when nothing was found.
    pub retry: bool,
    /// DRG text of an ungrouped case.
    pub ungrouped: String,
    /// MDC, ADRG and DRG texts of a rejected case.
    pub rejected: [String; 3],
    pub mdcs: Vec<Mdc>,
    pub rules: Vec<Rule>,
    pub rows: Vec<Row>,
    pub conditions: Vec<RowCondition>,
    /// Sorted by name.
    pub sets: Vec<CodeSet>,
    pub regions: Vec<RegionGroup>,
    pub prefixes: Vec<String>,
    pub depts: Vec<String>,
    pub discharges: Vec<String>,
    /// Names of DRGs that no rule yields, code and name.
    pub extra_names: Vec<(String, String)>,
    /// In the order of [`IcdTable::ALL`].
    pub icd: [Option<IcdFile>; 4],
    pub dx: Codes,
    pub proc: Codes,
    /// Per diagnosis code.
    pub severity: Vec<Severity>,
    /// Per diagnosis code: its exclusion table as principal diagnosis, 0 = none.
    pub exclusion: Vec<u16>,
}

impl Model {
    /// The condition as text of the grammar, with set names: one spelling per condition.
    pub(crate) fn spell(&self, expr: &Expr) -> String {
        let mut out = String::new();
        self.spell_into(expr, &mut out);
        out
    }

    fn spell_into(&self, expr: &Expr, out: &mut String) {
        let text = |list: &[String], index: u16| format!("{:?}", named(list, index));
        let written = match expr {
            Expr::True => write!(out, "[\"true\"]"),
            Expr::False => write!(out, "[\"false\"]"),
            Expr::And(parts) => return self.spell_list("and", parts, out),
            Expr::Or(parts) => return self.spell_list("or", parts, out),
            Expr::Not(part) => return self.spell_list("not", std::slice::from_ref(part), out),
            Expr::Member(look, set) => {
                write!(out, "[\"{}\",{:?}]", look.word(), self.set_name(*set))
            }
            Expr::Prefix(prefix) => {
                write!(out, "[\"adx_prefix\",{}]", text(&self.prefixes, *prefix))
            }
            Expr::Regions { group, least } => {
                let name = self.regions.get(usize::from(*group)).map_or("", |g| g.name.as_str());
                write!(out, "[\"regions\",{name:?},{least}]")
            }
            Expr::Mcc => write!(out, "[\"mcc\"]"),
            Expr::Cc => write!(out, "[\"cc\"]"),
            Expr::Number(field, sign, value) => {
                write!(out, "[\"{}\",\"{}\",{value}]", sign.word(), field.word())
            }
            Expr::Male(male) => write!(out, "[\"==\",\"sex\",\"{}\"]", if *male { 1 } else { 2 }),
            Expr::Dept(dept) => write!(out, "[\"==\",\"dept\",{}]", text(&self.depts, *dept)),
            Expr::Discharge(list) => {
                let list: Vec<String> = list.iter().map(|i| text(&self.discharges, *i)).collect();
                write!(out, "[\"in\",\"discharge\",[{}]]", list.join(","))
            }
        };
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }

    fn spell_list(&self, word: &str, parts: &[Expr], out: &mut String) {
        out.push_str("[\"");
        out.push_str(word);
        out.push('"');
        for part in parts {
            out.push(',');
            self.spell_into(part, out);
        }
        out.push(']');
    }

    /// Name of a set.
    pub(crate) fn set_name(&self, set: u16) -> &str {
        self.sets.get(usize::from(set)).map_or("", |s| s.name.as_str())
    }
}

fn named(list: &[String], index: u16) -> &str {
    list.get(usize::from(index)).map_or("", String::as_str)
}

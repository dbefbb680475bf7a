//! Small regions for tests: a pack written as text, stays written as rows, both through the real loader and compiler.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::fs;

use yibao_kernel::{Day, Fen};
use yibao_payment::pack;
use yibao_payment::pack::reference::ReferenceFolder;
use yibao_payment::plan::{CompileInput, Plan};
use yibao_payment::settle::{Options, SettleError, settle};
use yibao_payment::settled::Settled;
use yibao_record::stays::{Extra, GroupStatus, Stays, Symbol, Symbols};

/// The source of everything in these packs.
pub const FICTIONAL: &str = r#"source = { fictional = true, note = "test" }"#;

/// A compiled pack with the interner of its stays.
pub struct Region {
    pub plan: Plan,
    pub symbols: Symbols,
    pub stays: Stays,
}

/// One stay; money in fen.
#[derive(Clone, Debug)]
pub struct Row {
    pub case_id: String,
    pub institution: String,
    pub group: String,
    pub cost: i64,
    pub patient: i64,
    pub admission: String,
    pub discharge: String,
    pub los_days: i32,
    pub person: String,
    pub special: String,
    pub insurance: String,
    pub incomplete: bool,
    pub status: GroupStatus,
    /// Values of the pack's extra fields, all of kind `fen`, in the order of their names.
    pub extras: Vec<Option<i64>>,
    /// Values of extra fields of any kind, in the order of their names, instead of `extras`.
    pub more: Vec<More>,
}

/// A value of an extra field: amounts in fen, ratios in millionths, texts blank when not given.
#[derive(Clone, Debug)]
pub enum More {
    Fen(Option<i64>),
    Int(Option<i64>),
    Ratio(Option<i64>),
    Text(&'static str),
}

impl Row {
    pub fn new(case_id: &str, institution: &str, group: &str, cost: i64) -> Self {
        Self {
            case_id: case_id.to_owned(),
            institution: institution.to_owned(),
            group: group.to_owned(),
            cost,
            patient: cost * 3 / 10,
            admission: "2025-03-01".to_owned(),
            discharge: "2025-03-08".to_owned(),
            los_days: 7,
            person: case_id.to_owned(),
            special: String::new(),
            insurance: String::new(),
            incomplete: false,
            status: GroupStatus::Grouped,
            extras: Vec::new(),
            more: Vec::new(),
        }
    }
}

/// Compiles a pack text for 2025; `{source}` in it stands for the fictional source. The institutions' CSV has the header
/// `institution,name,level,district`.
pub fn plan_of(text: &str, institutions: &str, symbols: &mut Symbols) -> Plan {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("pack.toml", &text.replace("{source}", FICTIONAL));
    write("institutions.csv", institutions);
    write("institutions.csv.source.toml", &format!("{FICTIONAL}\nabout = \"test\"\n"));
    let (folder, pack) = pack::load(folder.path()).unwrap_or_else(|error| panic!("{error}"));
    let input = CompileInput {
        folder: &folder,
        pack: &pack,
        year: 2025,
        methods: None,
        known: None,
        reference: &ReferenceFolder(None),
        institutions_of_stays: &[],
    };
    Plan::compile(&input, symbols).unwrap_or_else(|error| panic!("{error}"))
}

/// A region from a pack text, its institutions and rows.
pub fn region(text: &str, institutions: &str, rows: &[Row]) -> Region {
    let mut symbols = Symbols::default();
    let plan = plan_of(text, institutions, &mut symbols);
    let stays = stays_of(rows, &mut symbols);
    Region { plan, symbols, stays }
}

/// The rows as stays.
pub fn stays_of(rows: &[Row], symbols: &mut Symbols) -> Stays {
    let mut stays = Stays::default();
    for (at, row) in rows.iter().enumerate() {
        let mut text = |text: &str| if text.is_empty() { Symbol::NONE } else { symbols.intern(text) };
        stays.case_id.push(&row.case_id);
        stays.source_row.push(at as u64 + 2);
        stays.person.push(text(&row.person));
        stays.institution.push(text(&row.institution));
        stays.insurance.push(text(&row.insurance));
        stays.district.push(Symbol::NONE);
        stays.admission.push(Day::parse(&row.admission).ok());
        stays.discharge.push(Day::parse(&row.discharge).unwrap());
        stays.los_days.push(row.los_days);
        stays.age_years.push(Some(50));
        stays.sex.push(1);
        stays.cost.push(Fen::new(row.cost));
        stays.fund.push(Fen::new(row.cost - row.patient));
        stays.patient.push(Fen::new(row.patient));
        stays.group.push(text(&row.group));
        stays.adrg.push(Symbol::NONE);
        stays.mdc.push(Symbol::NONE);
        stays.group_status.push(row.status);
        stays.discharge_status.push(Symbol::NONE);
        stays.dept.push(Symbol::NONE);
        stays.incomplete.push(row.incomplete);
        stays.special.push(text(&row.special));
    }
    let columns = rows.iter().map(|row| row.extras.len()).max().unwrap_or(0);
    let extra = |at: usize| rows.iter().map(|row| row.extras.get(at).copied().flatten().map(Fen::new)).collect();
    stays.extras = (0..columns).map(|at| Extra::Fen(extra(at))).collect();
    if let Some(first) = rows.first().filter(|first| !first.more.is_empty()) {
        stays.extras = (0..first.more.len()).map(|at| more_column(rows, at, symbols)).collect();
    }
    stays
}

/// Extra fields of kind `symbol`, by field in the order of their names, by stay.
pub fn text_extras(region: &mut Region, fields: &[&[&str]]) {
    let symbols = &mut region.symbols;
    let mut text = |text: &str| if text.is_empty() { Symbol::NONE } else { symbols.intern(text) };
    region.stays.extras =
        fields.iter().map(|texts| Extra::Symbol(texts.iter().map(|one| text(one)).collect())).collect();
}

/// One column of `more`; its kind is that of the first row.
fn more_column(rows: &[Row], at: usize, symbols: &mut Symbols) -> Extra {
    let number = |row: &Row| match row.more[at] {
        More::Fen(number) | More::Int(number) | More::Ratio(number) => number,
        More::Text(text) => panic!("{text} among numbers"),
    };
    match rows[0].more[at] {
        More::Fen(_) => Extra::Fen(rows.iter().map(|row| number(row).map(Fen::new)).collect()),
        More::Int(_) => Extra::Int(rows.iter().map(number).collect()),
        More::Ratio(_) => Extra::Micro(rows.iter().map(number).collect()),
        More::Text(_) => {
            let mut text = |row: &Row| match row.more[at] {
                More::Text("") => Symbol::NONE,
                More::Text(text) => symbols.intern(text),
                _ => panic!("a number among texts"),
            };
            Extra::Symbol(rows.iter().map(&mut text).collect())
        }
    }
}

impl Region {
    /// One month of the year.
    pub fn month(&self, month: u8) -> Result<Settled, SettleError> {
        settle(&self.plan, &self.stays, &Options { month: Some((2025, month)), ..Options::new(&self.symbols) })
    }

    pub fn settle(&self) -> Result<Settled, SettleError> {
        settle(&self.plan, &self.stays, &Options::new(&self.symbols))
    }

    pub fn settled(&self) -> Settled {
        self.settle().unwrap_or_else(|error| panic!("{error}"))
    }

    pub fn refusal(&self) -> String {
        self.settle().unwrap_err().to_string()
    }
}

/// The head of a pack: header, the year 2025 with these methods (`"a", "b"`), institutions.
pub fn head(methods: &str) -> String {
    format!(
        r#"
[pack]
id = "test"
title = {{ zh = "测试", en = "test" }}
region = {{ zh = "测试", en = "test" }}
trust = "fictional"
{{source}}

[[year]]
year = 2025
methods = [{methods}]
{{source}}

[institutions]
file = "institutions.csv"
{{source}}
"#
    )
}

/// A table written in the pack, `key` to `value`.
pub fn table(id: &str, key: &str, unit: &str, rows: &[(&str, &str)]) -> String {
    let list = unit == "list";
    let mut text = format!("\n[table.{id}]\nkey = [\"{key}\"]\nunit = \"{unit}\"\n");
    if !list {
        text += "value = \"value\"\n";
    }
    if unit == "decimal" {
        text += "dp = 4\n";
    }
    text += "{source}\nrows = [\n";
    for (name, value) in rows {
        let value = if list { String::new() } else { format!(", value = \"{value}\"") };
        text += &format!("  {{ {key} = \"{name}\"{value} }},\n");
    }
    text + "]\n"
}

/// A step of a method.
pub fn step(method: &str, id: &str, verb: &str, rest: &str) -> String {
    format!("\n[[method.{method}.step]]\nid = \"{id}\"\nuse = \"{verb}\"\n{rest}\n{{source}}\n")
}

/// A declared field.
pub fn field(name: &str, kind: &str) -> String {
    format!("\n[fields.{name}]\nkind = \"{kind}\"\n")
}

/// A method without its steps.
pub fn method(id: &str, basis: &str, price: &str) -> String {
    format!("\n[method.{id}]\ntitle = {{ zh = \"测试\", en = \"test\" }}\nbasis = \"{basis}\"\nprice = \"{price}\"\n")
}

/// A pool of 2025.
pub fn pool(id: &str, methods: &str, amount: &str, borne_by: &str, rest: &str) -> String {
    format!(
        "\n[[pool]]\nid = \"{id}\"\nyear = 2025\nmethods = [{methods}]\namount = \"{amount}\"\nborne_by = \"{borne_by}\"\n{{source}}\n{rest}\n"
    )
}

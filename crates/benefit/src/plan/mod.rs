//! A pack checked and compiled: one plan for every stretch of days in which nothing changes.

pub mod across;
pub mod compiler;
pub mod dimension;
pub mod grid;
pub mod lines;
pub mod raw;
pub mod steps;
pub mod table;
pub mod when;
pub mod window;

use rustc_hash::FxHashMap;
use yibao_catalogue::Catalogue;
use yibao_kernel::explain::{RuleBook, RuleId};
use yibao_kernel::{Day, Window};
use yibao_policy::node::{Node, Value};
use yibao_policy::{Diagnostics, Folder, Path};

use self::across::Across;
use self::compiler::{Compiler, Slot, SlotRef, escaped};
use self::dimension::{Dims, MISSING, Source};
use self::lines::{LinePlan, LineRules};
use self::steps::StepPlan;
use self::when::{Truth, When};
use crate::pack::step::{AsOf, Balance, WindowKind};
use crate::pack::{GateOutcome, LineFilter, Pack};

/// Everything a bill can meet on a stretch of days.
#[derive(Debug)]
pub struct Plan {
    /// Its days.
    pub window: Window,
    /// Gates, in order.
    pub gates: Vec<GatePlan>,
    /// Whether a gate looks at the benefit status.
    pub gates_benefit: bool,
    /// Routes, in order.
    pub routes: Vec<RoutePlan>,
    /// Packages.
    pub packages: Vec<PackagePlan>,
    /// Lines.
    pub lines: LinePlan,
    /// Counters, in the order of their dimensions.
    pub counters: Vec<CounterPlan>,
    /// Indexes in fen; `None` where the source leaves one open.
    pub indexes: Vec<(String, Option<i64>)>,
}

/// A gate.
#[derive(Debug)]
pub struct GatePlan {
    /// When.
    pub when: When,
    /// What then.
    pub outcome: GateOutcome,
    /// Accounts that pay what it leaves to the person.
    pub accounts: Vec<Balance>,
    /// Its rule.
    pub rule: RuleId,
    /// Its id.
    pub id: String,
}

impl Plan {
    /// Accounts that may pay what a gate left to the person.
    #[must_use]
    pub fn accounts_of_gate(&self, gate: Option<usize>) -> &[Balance] {
        gate.and_then(|at| self.gates.get(at)).map_or(&[], |gate| &gate.accounts)
    }
}

/// A route.
#[derive(Debug)]
pub struct RoutePlan {
    /// When.
    pub when: When,
    /// Which lines.
    pub lines: Option<LineFilter>,
    /// Number of the package.
    pub package: usize,
    /// Its rule.
    pub rule: RuleId,
    /// Its id.
    pub id: String,
}

/// A package.
#[derive(Debug)]
pub struct PackagePlan {
    /// Id.
    pub id: String,
    /// Which day decides.
    pub as_of: AsOf,
    /// Steps, chains worked in.
    pub steps: Vec<StepPlan>,
}

/// A counter.
#[derive(Debug)]
pub struct CounterPlan {
    /// Which visits count.
    pub when: When,
    /// Its dimension.
    pub dim: usize,
    /// The count of the window.
    pub slot: SlotRef,
    /// The number a stay has.
    pub stay: SlotRef,
    /// Whether a referred stay keeps the number of its origin.
    pub same_on_referral: bool,
}

/// Rules every bill can meet, whatever the pack.
#[derive(Clone, Copy, Debug)]
pub struct CommonRules {
    /// Lines of another pack.
    pub lines: LineRules,
    /// Which pack split the lines.
    pub care: RuleId,
    /// The four parts of the bill.
    pub bill: RuleId,
    /// A counted visit.
    pub counted: RuleId,
    /// The absorbed amount under a cap.
    pub absorbed: RuleId,
    /// The account.
    pub account: RuleId,
    /// Cash.
    pub cash: RuleId,
    /// The consecutive deductible.
    pub referred: RuleId,
}

/// A pack ready to split bills.
#[derive(Debug)]
pub struct Engine {
    /// The pack.
    pub pack: Pack,
    /// SHA-256 of the pack.
    pub hash: String,
    /// Dimensions.
    pub dims: Dims,
    /// What is counted.
    pub slots: Vec<Slot>,
    /// Slots of every year: total, in scope, then one per fund.
    pub totals: Vec<SlotRef>,
    /// Plans by day.
    pub plans: Vec<Plan>,
    /// Funds in the order of their numbers.
    pub funds: Vec<FundPlan>,
    /// Catalogue of items.
    pub catalogue: Catalogue,
    /// Code and name of every version of the catalogue, as a recurring word of the book.
    pub item_names: Vec<u32>,
    /// Rules across the lines of a bill.
    pub across: Across,
    /// Rules of explanations.
    pub book: RuleBook,
    /// Rules of every pack.
    pub common: CommonRules,
    /// Day and month the insurance year starts.
    pub year_starts: (u8, u8),
    /// Day of knowledge.
    pub known: Day,
    /// What accounts are credited.
    pub credits: Vec<crate::credit::CreditPlan>,
}

/// A payer.
#[derive(Clone, Debug)]
pub struct FundPlan {
    /// Id in the pack.
    pub id: String,
    /// The declaration.
    pub fund: crate::pack::Fund,
}

impl Engine {
    /// Reads, checks and compiles a pack as known on a day.
    ///
    /// # Errors
    /// Everything wrong with the pack, each with its place.
    pub fn read(folder: &std::path::Path, known: Day) -> Result<Self, Diagnostics> {
        let (folder, pack) = crate::pack::load(folder)?;
        Self::compile(&folder, pack, known)
    }

    /// Checks and compiles a pack as known on a day.
    ///
    /// # Errors
    /// Everything wrong with the pack, each with its place.
    pub fn compile(folder: &Folder, pack: Pack, known: Day) -> Result<Self, Diagnostics> {
        let mut compiler = Compiler {
            folder,
            pack: &pack,
            dims: Dims::default(),
            day: pack.benefit.from,
            known,
            slots: Vec::new(),
            book: RuleBook::default(),
            found: Diagnostics::default(),
        };
        compiler.dims = Dims::compile(&mut compiler);
        let year_starts = compiler.header();
        let catalogue = compiler.catalogue();
        let across = compiler.across(&catalogue);
        let named = catalogue.items().iter().map(|item| compiler.book.symbol(&format!("{} {}", item.code, item.name)));
        let item_names = named.collect();
        let funds: Vec<FundPlan> =
            pack.fund.iter().map(|(id, fund)| FundPlan { id: id.clone(), fund: fund.clone() }).collect();
        compiler.ids();
        compiler.fields();
        let common = compiler.common();
        let totals = compiler.totals();
        let credits = compiler.credits();
        let mut plans = Vec::new();
        let starts = starts(folder.tree(), &pack);
        for (at, start) in starts.iter().enumerate() {
            let until = starts.get(at + 1).copied().unwrap_or(pack.benefit.until);
            let Ok(window) = Window::new(*start, Some(until)) else { continue };
            compiler.day = *start;
            plans.push(compiler.plan(window, &catalogue));
        }
        let Compiler { dims, slots, book, found, .. } = compiler;
        if found.has_errors() {
            return Err(found.without_notes());
        }
        let hash = folder.hash().to_owned();
        Ok(Self {
            pack,
            hash,
            dims,
            slots,
            totals,
            plans,
            funds,
            catalogue,
            item_names,
            across,
            book,
            common,
            year_starts,
            known,
            credits,
        })
    }

    /// The plan of a day; `None` outside the pack's days.
    #[must_use]
    #[inline]
    pub fn plan(&self, day: Day) -> Option<&Plan> {
        let at = self.plans.partition_point(|plan| plan.window.from <= day).checked_sub(1)?;
        self.plans.get(at).filter(|plan| plan.window.contains(day))
    }

    /// Kinds of visit that the pack names and no route takes, on its last days: such bills are refused.
    #[must_use]
    pub fn visits_without_route(&self) -> Vec<&str> {
        let Some(plan) = self.plans.last() else { return Vec::new() };
        let visits = self.dims.0.iter().enumerate().filter(|(_, dim)| dim.source == Source::Visit);
        let mut without = Vec::new();
        for (at, dim) in visits {
            for (word, name) in dim.values.iter().enumerate() {
                let mut facts = vec![MISSING; self.dims.0.len()];
                if let Some(fact) = facts.get_mut(at) {
                    *fact = i64::try_from(word).unwrap_or(MISSING);
                }
                let taken = plan.routes.iter().any(|route| route.when.test(&facts) != Truth::No);
                let stopped = plan.gates.iter().any(|gate| gate.when.test(&facts) == Truth::Yes);
                if !taken && !stopped {
                    without.push(name.as_str());
                }
            }
        }
        without
    }

    /// The number of a fund.
    #[must_use]
    pub fn fund(&self, id: &str) -> Option<usize> {
        self.funds.iter().position(|fund| fund.id == id)
    }
}

/// The days on which something changes: every date of a row, an adjustment or an item that lies inside the pack's days.
fn starts(tree: &Node, pack: &Pack) -> Vec<Day> {
    let mut days = vec![pack.benefit.from];
    let Value::Table(entries) = &tree.value else { return days };
    for (key, node) in entries {
        if !matches!(key.as_str(), "benefit" | "sources" | "example" | "open" | "floor") {
            dates(node, &mut days);
        }
    }
    days.retain(|day| *day >= pack.benefit.from && *day < pack.benefit.until);
    days.sort_unstable();
    days.dedup();
    days
}

fn dates(node: &Node, days: &mut Vec<Day>) {
    match &node.value {
        Value::Table(entries) => {
            for (key, value) in entries {
                if let (true, Value::Date(text) | Value::Text(text)) = (key == "from" || key == "until", &value.value) {
                    days.extend(Day::parse(text).ok());
                }
                dates(value, days);
            }
        }
        Value::List(list) => list.iter().for_each(|one| dates(one, days)),
        _ => {}
    }
}

impl Compiler<'_> {
    /// The first day of the insurance year; what is wrong with the header is reported.
    fn header(&mut self) -> (u8, u8) {
        let header = &self.pack.benefit;
        let path = Path::of("benefit");
        if header.until <= header.from {
            self.error(
                &path.key("until"),
                "the pack speaks for no day",
                "`until` is the first day outside, so it comes after `from`",
            );
        }
        let wrong = header.area.len() != 6 || !(1..=6).contains(&header.area_digits);
        if wrong || !header.area.bytes().all(|byte| byte.is_ascii_digit()) {
            self.error(
                &path.key("area"),
                "the area is no administrative division",
                "six digits, of which area_digits make the pooling area",
            );
        }
        let _ = self.rule(&path, escaped(&header.title.zh), escaped(&header.title.en), Some(&header.source));
        if let Some(newborn) = &self.pack.newborn {
            let path = Path::of("newborn");
            if newborn.within_days == 0 {
                self.error(
                    &path.key("within_days"),
                    "no day after birth counts",
                    "state within how many days of birth the insurance has to begin: within_days = 90",
                );
            }
            let _ = self.rule(&path, "新生儿".to_owned(), "newborn".to_owned(), Some(&newborn.source));
        }
        let starts = header.year_starts.as_deref().unwrap_or("01-01");
        let read = Day::parse(&format!("2001-{starts}")).map(|day| (day.month(), day.day_of_month()));
        read.unwrap_or_else(|_| {
            self.error(&path.key("year_starts"), "not a month and a day", "write year_starts = \"07-01\"");
            (1, 1)
        })
    }

    /// The catalogue the pack names.
    fn catalogue(&mut self) -> Catalogue {
        let Some(name) = &self.pack.lines.catalogue else { return Catalogue::default() };
        match self.folder.csv(name).and_then(|table| Catalogue::of_table(&table)) {
            Ok(catalogue) => catalogue,
            Err(found) => {
                self.found.append(found);
                Catalogue::default()
            }
        }
    }

    /// Ids that must be unique, names that must exist.
    fn ids(&mut self) {
        let pack = self.pack;
        let mut check = |what: &str, ids: Vec<(&str, Path)>| {
            for (at, (id, path)) in ids.iter().enumerate() {
                if ids.iter().take(at).any(|(earlier, _)| earlier == id) {
                    self.error(path, format!("{what} \"{id}\" stands twice"), "give every one its own id");
                }
            }
        };
        check(
            "gate",
            pack.gate.iter().enumerate().map(|(at, gate)| (gate.id.as_str(), Path::of("gate").at(at))).collect(),
        );
        check(
            "route",
            pack.route.iter().enumerate().map(|(at, route)| (route.id.as_str(), Path::of("route").at(at))).collect(),
        );
        check(
            "example",
            pack.example.iter().enumerate().map(|(at, one)| (one.id.as_str(), Path::of("example").at(at))).collect(),
        );
        for (name, package) in &pack.package {
            let path = Path::of("package").key(name).key("step");
            check("step", package.step.iter().enumerate().map(|(at, step)| (step.id.as_str(), path.at(at))).collect());
        }
    }

    /// The code of a payer on the wire: six digits, one for each.
    fn code_of(&mut self, id: &str, fund: &crate::pack::Fund) {
        let path = Path::of("fund").key(id).key("code");
        if fund.code.len() != 6 || !fund.code.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("\"{}\" is no fund code", fund.code);
            self.error(&path, message, "six digits of the national list or of the platform, like \"310100\"");
        }
        let pack = self.pack;
        if let Some((other, _)) = pack.fund.iter().find(|(other, one)| other.as_str() < id && one.code == fund.code) {
            let message = format!("payers \"{other}\" and \"{id}\" have one code");
            self.error(&path, message, "give each payer its own code: the settlement answer tells them apart by it");
        }
    }

    /// National fields of the payers: an amount under another name would be missing from the settlement answer.
    fn fields(&mut self) {
        use crate::answer::{HOSPITAL, LAYERS};
        let pack = self.pack;
        for (id, fund) in &pack.fund {
            self.code_of(id, fund);
            let path = Path::of("fund").key(id).key("field");
            let (right, hint) = match fund.kind {
                crate::pack::FundKind::Hospital => {
                    (fund.field == HOSPITAL, format!("what the hospital bears stands under \"{HOSPITAL}\""))
                }
                _ if fund.field == HOSPITAL => {
                    (false, "state kind = \"hospital\" where the hospital bears it".to_owned())
                }
                _ => (LAYERS.contains(&fund.field.as_str()), yibao_policy::suggest::hint(&fund.field, LAYERS)),
            };
            if !right {
                self.error(&path, format!("\"{}\" is no national field of this kind of payer", fund.field), hint);
            }
        }
    }

    /// Slots of every year.
    fn totals(&mut self) -> Vec<SlotRef> {
        let path = Path::of("benefit");
        let funds = self.pack.fund.keys().map(|id| format!("fund:{id}"));
        let keys: Vec<String> = ["total".to_owned(), "in_scope".to_owned()].into_iter().chain(funds).collect();
        keys.into_iter().map(|key| self.slot(&path, key, WindowKind::Year, &[], false)).collect()
    }

    /// Rules of every pack.
    fn common(&mut self) -> CommonRules {
        let path = Path::of("split");
        let lines = self.line_rules(&path, None);
        let mut rule = |id: &str, zh: &str, en: &str| self.rule(&path.key(id), zh.to_owned(), en.to_owned(), None);
        CommonRules {
            lines,
            care: rule("care", "明细按就医地政策包 {0}（{1}）", "lines by the pack of the place of care {0} ({1})"),
            bill: rule(
                "bill",
                "费用总额 {0} = 全自费 {1} + 超限价 {2} + 先行自付 {3} + 符合范围 {4}",
                "total {0} = full self-pay {1} + above the limit {2} + first self-pay {3} + in scope {4}",
            ),
            counted: rule("counted", "{0}：第 {1} 次", "{0}: number {1}"),
            absorbed: rule(
                "absorbed",
                "封顶内可支付 {0}，倒算进入支付的金额 {1}，超出 {2} 转下一层",
                "{0} is left under the cap; solved backwards {1} is absorbed, {2} passes to the next layer",
            ),
            account: rule(
                "account",
                "个人账户（{0}）支付 {1}，余额 {2}",
                "personal account ({0}) pays {1}, balance {2}",
            ),
            cash: rule("cash", "个人现金支付 {0}", "the person pays {0} in cash"),
            referred: rule(
                "referred",
                "转诊连续计算起付线：已计 {0}",
                "referred: {0} of the deductible counts already",
            ),
        }
    }

    /// The plan of a stretch of days.
    fn plan(&mut self, window: Window, catalogue: &Catalogue) -> Plan {
        let pack = self.pack;
        let counters = self.counters();
        let mut gates_benefit = false;
        let benefit = self.dims.find("benefit");
        let mut gates = Vec::with_capacity(pack.gate.len());
        for (at, gate) in pack.gate.iter().enumerate() {
            let path = Path::of("gate").at(at);
            let when = self.when(Some(&gate.when), &path.key("when"));
            when.reads(&mut |dim, _| gates_benefit |= Some(dim) == benefit);
            let rule = self.rule(&path, escaped(&gate.title.zh), escaped(&gate.title.en), Some(&gate.source));
            if !gate.account.is_empty() && gate.outcome != GateOutcome::FullSelf {
                self.error(
                    &path.key("account"),
                    "accounts pay only what a gate leaves to the person",
                    "take `account` out, or state outcome = \"full_self\"",
                );
            }
            let accounts = gate.account.clone();
            gates.push(GatePlan { when, outcome: gate.outcome, accounts, rule, id: gate.id.clone() });
        }
        let names: FxHashMap<&str, usize> = pack.package.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let mut routes = Vec::with_capacity(pack.route.len());
        for (at, route) in pack.route.iter().enumerate() {
            let path = Path::of("route").at(at);
            let Some(package) = names.get(route.package.as_str()) else {
                let hint = yibao_policy::suggest::hint(&route.package, pack.package.keys().map(String::as_str));
                self.error(&path.key("package"), format!("unknown package \"{}\"", route.package), hint);
                continue;
            };
            let when = self.when(Some(&route.when), &path.key("when"));
            let title = compiler::titled(route.title.as_ref(), &route.id);
            let zh = format!("待遇路径：{}，符合范围 {{0}}", escaped(&title.zh));
            let rule =
                self.rule(&path, zh, format!("route: {}, in scope {{0}}", escaped(&title.en)), Some(&route.source));
            routes.push(RoutePlan { when, lines: route.lines.clone(), package: *package, rule, id: route.id.clone() });
        }
        let mut packages = Vec::with_capacity(pack.package.len());
        for (at, (id, package)) in pack.package.iter().enumerate() {
            let domain: Vec<When> =
                routes.iter().filter(|route| route.package == at).map(|route| route.when.clone()).collect();
            let path = Path::of("package").key(id);
            if domain.is_empty() {
                self.error(
                    &path,
                    format!("no route leads to package \"{id}\""),
                    "add a [[route]], or take the package out",
                );
            }
            let steps = self.steps(&package.step, &path, id, &domain, true);
            self.chain_order(&steps, &path);
            self.base_order(&steps, &path);
            packages.push(PackagePlan { id: id.clone(), as_of: package.as_of, steps });
        }
        let domain: Vec<When> = routes.iter().map(|route| route.when.clone()).collect();
        let lines = self.lines(catalogue, &domain);
        let indexes = pack.index.keys().filter_map(|name| {
            let value = self.index(name, &Path::of("index").key(name))?;
            Some((
                name.clone(),
                match value {
                    raw::Raw::Amount(amount) => Some(amount),
                    _ => None,
                },
            ))
        });
        let indexes = indexes.collect();
        Plan { indexes, window, gates, gates_benefit, routes, packages, lines, counters }
    }

    fn counters(&mut self) -> Vec<CounterPlan> {
        let pack = self.pack;
        let mut counters = Vec::with_capacity(pack.counter.len());
        for (id, counter) in &pack.counter {
            let path = Path::of("counter").key(id);
            let when = self.when(counter.when.as_ref(), &path.key("when"));
            let slot = self.slot(&path, format!("count:{id}"), counter.window, &counter.per, true);
            let stay = self.slot(&path, format!("number:{id}"), WindowKind::Stay, &[], true);
            let _ = self.rule(&path, escaped(id), escaped(id), Some(&counter.source));
            let Some(dim) = self.dims.find(id) else { continue };
            let same_on_referral = counter.referral == crate::pack::CountReferral::Same;
            counters.push(CounterPlan { when, dim, slot, stay, same_on_referral });
        }
        counters
    }
}

//! Lines: class, ratio, limit and restriction of an item as the pack says.

use rustc_hash::FxHashMap;
use yibao_catalogue::item::{Catalogue, Item, Kind, Limit};
use yibao_catalogue::{Order, Restriction};
use yibao_kernel::explain::RuleId;
use yibao_policy::Path;
use yibao_policy::node::{Node, Value as NodeValue};
use yibao_policy::source::SourceRef;
use yibao_record::bill::Class;

use super::across::DailyPlan;
use super::compiler::Compiler;
use super::raw::Want;
use super::table::{Spec, Table};
use super::when::When;
use crate::pack::values::Value;
use crate::pack::{Accept, LineOrder, ReviewAs};

/// Lines, compiled.
#[derive(Debug)]
pub struct LinePlan {
    /// Whether a line may bring an item, a statement, its parts.
    pub item: bool,
    /// Class, ratio, limit.
    pub stated: bool,
    /// The four parts.
    pub parts: bool,
    /// What comes first.
    pub order: Order,
    /// How lines are explained.
    pub rules: LineRules,
    /// Lines of earlier days: for which bills, how many days, which lines.
    pub before: Vec<(When, i32, Option<crate::pack::LineFilter>)>,
    /// What a line under review counts as.
    pub review: Option<ReviewAs>,
    /// Ratios of class B by kind and mark, where the item states none.
    pub ratios: FxHashMap<(Kind, usize), Table>,
    /// The marks these ratios tell apart, in the order their rows first name them.
    pub marks: Vec<String>,
    /// Ceilings per day of service, in the order of the pack.
    pub daily: Vec<DailyPlan>,
    /// Ratios by name.
    pub named_ratios: FxHashMap<String, Table>,
    /// Limits by name.
    pub limits: FxHashMap<String, Table>,
    /// Restrictions by id.
    pub restrictions: FxHashMap<String, Restriction>,
}

/// The rules by which lines are explained.
#[derive(Clone, Copy, Debug)]
pub struct LineRules {
    /// A line and its parts.
    pub line: RuleId,
    /// A restriction and what it came to.
    pub restricted: RuleId,
    /// The doctor gave the line to the person.
    pub declared: RuleId,
    /// Above the limit.
    pub limit: RuleId,
    /// First self-pay.
    pub first: RuleId,
}

impl LinePlan {
    /// The ratios of an item of class B that states none.
    #[must_use]
    pub fn ratio_of(&self, item: &Item) -> Option<&Table> {
        self.ratios.get(&(item.kind, mark_of(&self.marks, item)))
    }
}

/// The first of the marks an item has; the number of marks where it has none.
fn mark_of(marks: &[String], item: &Item) -> usize {
    marks.iter().position(|mark| item.tags.contains(mark)).unwrap_or(marks.len())
}

/// The mark of rows for items with none of the marks.
const NO_MARK: &str = "none";

const KINDS: [Kind; 3] = [Kind::Drug, Kind::Service, Kind::Consumable];

impl Compiler<'_> {
    pub(super) fn lines(&mut self, catalogue: &Catalogue, domain: &[When]) -> LinePlan {
        let pack = self.pack;
        let lines = &pack.lines;
        let path = Path::of("lines");
        let accepts = |what: Accept| lines.accept.contains(&what);
        if lines.accept.is_empty() {
            self.error(&path.key("accept"), "no line is accepted", "list item, stated or parts");
        }
        if accepts(Accept::Item) && lines.catalogue.is_none() {
            self.error(&path, "items need a catalogue", "name the CSV: catalogue = \"catalogue.csv\"");
        }
        let rules = self.line_rules(&path, Some(&lines.source));
        let marks = self.marks_of_ratios(catalogue);
        let ratios = self.ratios(&marks, catalogue, domain);
        let mut limits = FxHashMap::default();
        for (name, value) in &pack.limit {
            let spec = spec_of(value, Path::of("limit").key(name), name);
            if let Some(table) = self.table(&spec, Want::Amount, domain) {
                limits.insert(name.clone(), table);
            }
        }
        let mut named_ratios = FxHashMap::default();
        for (name, value) in &pack.ratio {
            let spec = spec_of(value, Path::of("ratio").key(name), name);
            if let Some(table) = self.table(&spec, Want::LineRatio, domain) {
                named_ratios.insert(name.clone(), table);
            }
        }
        self.named_by_items(catalogue);
        let mut before = Vec::with_capacity(lines.before.len());
        for (at, rule) in lines.before.iter().enumerate() {
            let path = path.key("before").at(at);
            let when = self.when(Some(&rule.when), &path.key("when"));
            let _ = self.rule(
                &path,
                "住院前检查并入".to_owned(),
                "earlier tests belong to the stay".to_owned(),
                Some(&rule.source),
            );
            before.push((when, i32::try_from(rule.days).unwrap_or(i32::MAX), rule.lines.clone()));
        }
        LinePlan {
            rules,
            daily: self.daily(domain),
            marks,
            before,
            item: accepts(Accept::Item),
            stated: accepts(Accept::Stated),
            parts: accepts(Accept::Parts),
            order: match lines.order {
                LineOrder::LimitFirst => Order::LimitFirst,
                LineOrder::RatioFirst => Order::RatioFirst,
            },
            review: lines.review,
            ratios,
            named_ratios,
            limits,
            restrictions: pack.restriction.iter().map(|(id, restriction)| (id.clone(), restriction.clone())).collect(),
        }
    }

    /// How lines are explained, with the document of the pack's lines or without any.
    pub(super) fn line_rules(&mut self, path: &Path, source: Option<&SourceRef>) -> LineRules {
        let mut rule = |id: &str, zh: &str, en: &str| self.rule(&path.key(id), zh.to_owned(), en.to_owned(), source);
        LineRules {
            line: rule(
                "line",
                "明细 {0} {1}（{2}）：{3} = 全自费 {4} + 超限价 {5} + 先行自付 {6} + 符合范围 {7}",
                "line {0} {1} ({2}): {3} = full self-pay {4} + above the limit {5} + first self-pay {6} + in scope {7}",
            ),
            restricted: rule("restricted", "  限定支付“{0}”：{1}（{2}）", "  restricted, \"{0}\": {1} ({2})"),
            declared: rule("declared", "  医生申报由患者自费", "  declared as self-pay by the doctor"),
            limit: rule("limit", "  支付标准 {0} × {1}，超出 {2}", "  payment standard {0} × {1}, above it {2}"),
            first: rule("first_self", "  先行自付比例 {0}：{1}", "  first self-pay ratio {0}: {1}"),
        }
    }

    /// The ratios of class B by kind and mark.
    fn ratios(&mut self, marks: &[String], catalogue: &Catalogue, domain: &[When]) -> FxHashMap<(Kind, usize), Table> {
        let mut ratios = FxHashMap::default();
        // Class B needs a ratio wherever an item of the catalogue, or a statement, may come without one.
        let lines = &self.pack.lines;
        for (kind, mark) in KINDS.into_iter().flat_map(|kind| (0..=marks.len()).map(move |mark| (kind, mark))) {
            let stateless = |item: &&Item| item.class == Class::B && item.ratio.is_none() && item.ratio_table.is_none();
            let needed = catalogue
                .items()
                .iter()
                .filter(stateless)
                .any(|item| item.kind == kind && mark_of(marks, item) == mark);
            let Some(value) = lines.ratio.as_ref().filter(|_| needed) else {
                if needed {
                    self.error(
                        &Path::of("lines"),
                        format!("class B of kind \"{}\" has no ratio", kind.word()),
                        "add [lines.ratio] with rows by class and kind, or state the ratio of every item",
                    );
                }
                continue;
            };
            let word = marks.get(mark).map_or(NO_MARK, String::as_str);
            let shown = if marks.is_empty() { None } else { Some(word) };
            if let Some(table) = self.ratio_of(value, (kind, word), shown, domain) {
                ratios.insert((kind, mark), table);
            }
        }
        ratios
    }

    /// The rows of one kind and mark as a table of the other dimensions.
    fn ratio_of(&mut self, value: &Value, of: (Kind, &str), shown: Option<&str>, domain: &[When]) -> Option<Table> {
        let (kind, mark) = of;
        let is = |node: &Node, key: &str, word: &str| match node.get(key).map(|node| &node.value) {
            None => true,
            Some(NodeValue::Text(text)) => text == word,
            Some(NodeValue::List(list)) => list.iter().any(|one| one.text() == Some(word)),
            Some(_) => false,
        };
        let class = format!("{:?}", Class::B);
        let mut rows = value.rows.clone();
        for row in &mut rows {
            let meant = is(row, "class", &class) && is(row, "kind", kind.word()) && is(row, "tag", mark);
            if let NodeValue::Table(entries) = &mut row.value {
                entries.retain(|(key, _)| key != "class" && key != "kind" && key != "tag");
            }
            if !meant {
                row.value = NodeValue::LeftOut;
            }
        }
        // A left-out row keeps its place, so that the others keep their paths.
        let path = Path::of("lines").key("ratio");
        let kept: Vec<Node> = rows.into_iter().filter(|row| row.value != NodeValue::LeftOut).collect();
        if kept.is_empty() {
            let of = shown.map_or_else(String::new, |mark| format!(" and mark \"{mark}\""));
            self.error(
                &path,
                format!("class B of kind \"{}\"{of} has no ratio", kind.word()),
                "add a row to [lines.ratio]; a row without `tag` is for all marks, tag = \"none\" for items without",
            );
            return None;
        }
        let words = format!("{} {class}", kind.word());
        let path = path.key(&class).key(kind.word());
        let path = shown.map_or_else(|| path.clone(), |mark| path.key(mark));
        let spec = Spec {
            rows: &kept,
            adjust: &value.adjust,
            named: None,
            source: value.source.as_ref(),
            path,
            words: (words.clone(), words),
        };
        self.table(&spec, Want::LineRatio, domain)
    }

    /// The marks that rows of [lines.ratio] name, in the order they first do.
    fn marks_of_ratios(&mut self, catalogue: &Catalogue) -> Vec<String> {
        let pack = self.pack;
        let mut marks: Vec<String> = Vec::new();
        for (at, row) in pack.lines.ratio.iter().flat_map(|value| &value.rows).enumerate() {
            let path = Path::of("lines").key("ratio").key("rows").at(at).key("tag");
            let named: Vec<&str> = match row.get("tag").map(|node| &node.value) {
                None => continue,
                Some(NodeValue::Text(text)) => vec![text.as_str()],
                Some(NodeValue::List(list)) => list.iter().filter_map(Node::text).collect(),
                Some(_) => Vec::new(),
            };
            if named.is_empty() {
                self.error(
                    &path,
                    "no mark",
                    "write one mark, or a list of marks, in quotes; \"none\" for items without",
                );
            }
            for mark in named.into_iter().filter(|mark| *mark != NO_MARK) {
                if marks.iter().any(|known| known == mark) {
                    continue;
                }
                self.known_mark(mark, catalogue, &path);
                marks.push(mark.to_owned());
            }
        }
        marks
    }

    /// Restrictions and limits that items name must exist.
    fn named_by_items(&mut self, catalogue: &Catalogue) {
        let pack = self.pack;
        let Some(file) = &pack.lines.catalogue else { return };
        for item in catalogue.items() {
            let place = || {
                Some(yibao_policy::Place {
                    file: format!("{}/{file}", self.folder.root().display()),
                    line: Some(item.line),
                })
            };
            if let Some(id) = item.restriction.as_ref().filter(|id| !pack.restriction.contains_key(*id)) {
                let hint = yibao_policy::suggest::hint(id, pack.restriction.keys().map(String::as_str));
                self.found.error(format!("unknown restriction \"{id}\""), place(), hint);
            }
            if let Some(name) = item.ratio_table.as_ref().filter(|name| !pack.ratio.contains_key(*name)) {
                let hint = yibao_policy::suggest::hint(name, pack.ratio.keys().map(String::as_str));
                self.found.error(format!("unknown ratio \"@{name}\""), place(), hint);
            }
            if let Limit::Table(name) = &item.limit
                && !pack.limit.contains_key(name)
            {
                let hint = yibao_policy::suggest::hint(name, pack.limit.keys().map(String::as_str));
                self.found.error(format!("unknown limit \"@{name}\""), place(), hint);
            }
        }
        let restricted = catalogue.items().iter().any(|item| item.restriction.is_some());
        if restricted && pack.lines.review.is_none() {
            self.error(
                &Path::of("lines"),
                "restricted items, but nothing says what a line under review counts as",
                "state review = \"in\", \"out\" or \"refuse\"",
            );
        }
    }
}

/// A value of the pack as a specification.
pub(super) fn spec_of<'a>(value: &'a Value, path: Path, words: &str) -> Spec<'a> {
    Spec {
        rows: &value.rows,
        adjust: &value.adjust,
        named: None,
        source: value.source.as_ref(),
        path,
        words: (words.to_owned(), words.to_owned()),
    }
}

//! The values of rows as written, and the adjustments worked into them.

use yibao_kernel::explain::RuleId;
use yibao_kernel::{Mode, Ratio};
use yibao_policy::Path;
use yibao_policy::node::{Node, Value as NodeValue};
use yibao_policy::source::SourceRef;

use super::compiler::{Compiler, escaped};
use super::dimension::Facts;
use super::table::{Band, CellValue, fen};
use super::when::{Test, Truth, When};
use crate::pack::values::Adjust;

/// What a table is to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// Amounts of money, `none` for no limit.
    Amount,
    /// Bands of ratios, or one ratio.
    Bands,
    /// Ratios.
    Ratio,
    /// First self-pay ratios of lines, which may depend on the price.
    LineRatio,
}

/// A value before adjustments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Raw {
    /// The source leaves it open.
    Open,
    /// No limit.
    Unlimited,
    /// Fen.
    Amount(i64),
    /// Upper ends in fen and ratios; a band without ratio is open.
    Bands(Vec<(i64, Option<Ratio>)>),
}

impl Raw {
    /// The value in its final form, within its bounds.
    pub(super) fn finish(self, want: Want) -> Result<CellValue, String> {
        Ok(match self {
            Self::Open => CellValue::Open,
            Self::Unlimited => CellValue::Amount(i64::MAX),
            Self::Amount(amount) if amount < 0 => {
                return Err(
                    "the amount falls below zero\n  hint: state at_least = \"0.00\" as the last adjustment".to_owned()
                );
            }
            Self::Amount(amount) => CellValue::Amount(amount),
            Self::Bands(bands) => {
                let mut done = Vec::with_capacity(bands.len());
                for (upto, pays) in bands {
                    let open = pays.is_none();
                    let pays = pays.unwrap_or(Ratio::ZERO);
                    if pays > Ratio::ONE || pays.is_negative() {
                        let which = if want == Want::Bands { "ratio" } else { "share" };
                        return Err(format!(
                            "a {which} of {pays}\n  hint: a ratio lies between 0 and 1; state at_most = \"1\" or at_least = \"0\" as the last adjustment where the rule says so"
                        ));
                    }
                    let bears = Ratio::ONE.checked_sub(pays).map_err(|error| error.to_string())?;
                    done.push(Band { upto, pays, bears, open });
                }
                CellValue::Bands(done.into_boxed_slice())
            }
        })
    }
}

/// The operation of an adjustment.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Operation {
    Times(Ratio),
    AddAmount(i64),
    AddRatio(Ratio),
    Set(Raw),
    AtLeast(Raw),
    AtMost(Raw),
    AtMostTimes(Ratio),
    SelfTimes(Ratio),
}

/// An adjustment, read.
pub(super) struct Adjustment {
    pub(super) when: When,
    operation: Operation,
    /// Dimension, the number counted from, the last that counts.
    each: Option<(usize, i64, i64)>,
    pub(super) rule: RuleId,
    pub(super) path: Path,
}

impl Adjustment {
    /// A condition that makes the grid tell every counted number apart.
    pub(super) fn counts(&self) -> Option<When> {
        let (dim, above, upto) = self.each?;
        Some(When((above..=upto).map(|number| Test::Range(dim, number, number)).collect()))
    }

    /// The value after it; `None` when it does not apply.
    pub(super) fn apply(&self, raw: &Raw, row: &Raw, facts: &Facts) -> Result<Option<Raw>, String> {
        if self.when.test(facts) != Truth::Yes {
            return Ok(None);
        }
        let times = match self.each {
            None => 1,
            Some((dim, above, upto)) => facts.get(dim).copied().unwrap_or(above).min(upto).saturating_sub(above),
        };
        let mut value = raw.clone();
        for _ in 0..times.max(0) {
            value = self.once(&value, row).map_err(|error| error.to_string())?;
        }
        Ok((times > 0).then_some(value))
    }

    fn once(&self, raw: &Raw, row: &Raw) -> Result<Raw, yibao_kernel::RatioError> {
        let bands = |change: &dyn Fn(Ratio) -> Result<Ratio, yibao_kernel::RatioError>| match raw {
            Raw::Bands(bands) => bands
                .iter()
                .map(|(upto, pays)| Ok((*upto, pays.map(change).transpose()?)))
                .collect::<Result<_, _>>()
                .map(Raw::Bands),
            other => Ok(other.clone()),
        };
        let scaled = |amount: i64, times: Ratio| {
            Ratio::from_int(amount).checked_mul(times)?.to_fen(Mode::HalfUp).map(|fen| Raw::Amount(fen.get()))
        };
        match (&self.operation, raw) {
            (Operation::Set(value), _) => Ok(value.clone()),
            (Operation::Times(times), Raw::Amount(amount)) => scaled(*amount, *times),
            (Operation::Times(times), _) => bands(&|pays| pays.checked_mul(*times)),
            (Operation::AddAmount(plus), Raw::Amount(amount)) => Ok(Raw::Amount(amount.saturating_add(*plus))),
            (Operation::AddRatio(plus), _) => bands(&|pays| pays.checked_add(*plus)),
            (Operation::SelfTimes(times), _) => {
                bands(&|pays| Ratio::ONE.checked_sub(Ratio::ONE.checked_sub(pays)?.checked_mul(*times)?))
            }
            (Operation::AtLeast(Raw::Amount(least)), Raw::Amount(amount)) => Ok(Raw::Amount(*amount.max(least))),
            (Operation::AtMost(Raw::Amount(most)), Raw::Amount(amount)) => Ok(Raw::Amount(*amount.min(most))),
            (Operation::AtMost(most @ Raw::Amount(_)), Raw::Unlimited) => Ok(most.clone()),
            (Operation::AtMostTimes(times), Raw::Amount(amount)) => match row {
                Raw::Amount(own) => {
                    let Raw::Amount(most) = scaled(*own, *times)? else { return Ok(raw.clone()) };
                    Ok(Raw::Amount(*amount.min(&most)))
                }
                _ => Ok(raw.clone()),
            },
            (Operation::AtLeast(Raw::Bands(least)), _) => {
                let least = least.first().and_then(|(_, pays)| *pays).unwrap_or(Ratio::ZERO);
                bands(&|pays| Ok(pays.max(least)))
            }
            (Operation::AtMost(Raw::Bands(most)), _) => {
                let most = most.first().and_then(|(_, pays)| *pays).unwrap_or(Ratio::ONE);
                bands(&|pays| Ok(pays.min(most)))
            }
            _ => Ok(raw.clone()),
        }
    }
}

/// A ratio as text.
pub(crate) fn ratio(text: &str) -> Result<Ratio, String> {
    Ratio::parse(text).map_err(|error| error.to_string())
}

/// A single value as text: an amount, `none`, or a ratio.
fn single(text: &str, want: Want) -> Result<Raw, String> {
    match (text, want) {
        ("open", _) => Ok(Raw::Open),
        ("none", Want::Amount) => Ok(Raw::Unlimited),
        (text, Want::Amount) => {
            let amount = fen(text)?;
            if amount < 0 {
                return Err("an amount below zero\n  hint: amounts are not negative".to_owned());
            }
            Ok(Raw::Amount(amount))
        }
        (text, _) => {
            let ratio = ratio(text)?;
            if ratio > Ratio::ONE || ratio.is_negative() {
                return Err(format!("a ratio of {ratio}\n  hint: a ratio lies between 0 and 1, like \"0.85\""));
            }
            Ok(Raw::Bands(vec![(i64::MAX, Some(ratio))]))
        }
    }
}

impl Compiler<'_> {
    /// The value of a row.
    pub(super) fn raw(&mut self, node: &Node, path: &Path, want: Want) -> Option<Raw> {
        let key = if want == Want::Bands { "pays" } else { "value" };
        let stated = ["value", "pays", "bands", "times", "by_price"].into_iter().filter(|key| node.get(key).is_some());
        let stated: Vec<&str> = stated.collect();
        match (stated.as_slice(), want) {
            (["bands"], Want::Bands) => return self.bands(node.get("bands")?, &path.key("bands"), "pays"),
            (["by_price"], Want::LineRatio) => {
                return self.bands(node.get("by_price")?, &path.key("by_price"), "value");
            }
            (["times"], Want::Amount) => return self.multiple(node, path),
            ([only], _) if *only == key || node.get("value").and_then(Node::text) == Some("open") => {}
            _ => {
                let hint = match want {
                    Want::Amount => {
                        "write value = \"1300.00\", \"none\" or \"open\", or times = \"6\" with index = \"…\""
                    }
                    Want::Ratio => "write value = \"0.10\" or \"open\"",
                    Want::LineRatio => {
                        "write value = \"0.10\" or \"open\", or by_price = [{ upto = \"1000.00\", value = \"0.10\" }, { value = \"0.30\" }]"
                    }
                    Want::Bands => {
                        "write pays = \"0.85\", or bands = [{ upto = \"30000.00\", pays = \"0.85\" }, { pays = \"0.90\" }]"
                    }
                };
                self.error(path, "the row needs exactly one value", hint);
                return None;
            }
        }
        let at = path.key(stated.first().copied().unwrap_or(key));
        let Some(text) = node.get(stated.first().copied().unwrap_or(key)).and_then(Node::text) else {
            self.error(&at, "a value stands in quotes", "numbers are written in quotes, so that they are exact");
            return None;
        };
        single(text, want).map_err(|message| self.error_text(&at, &message)).ok()
    }

    /// Bands up to amounts; the ratio of each stands under `pays` or, by price, under `value`.
    fn bands(&mut self, node: &Node, path: &Path, ratio_key: &str) -> Option<Raw> {
        let NodeValue::List(list) = &node.value else {
            let hint =
                format!("write [{{ upto = \"30000.00\", {ratio_key} = \"0.85\" }}, {{ {ratio_key} = \"0.90\" }}]");
            self.error(path, "bands are a list", hint);
            return None;
        };
        let mut bands: Vec<(i64, Option<Ratio>)> = Vec::with_capacity(list.len());
        for (at, band) in list.iter().enumerate() {
            let here = path.at(at);
            if let NodeValue::Table(entries) = &band.value
                && let Some((key, _)) = entries.iter().find(|(key, _)| key != "upto" && key != ratio_key)
            {
                let hint = format!("a band has `upto` and `{ratio_key}`");
                self.error(&here, format!("unknown key \"{key}\" of a band"), hint);
                return None;
            }
            let text = |key: &str| band.get(key).and_then(Node::text);
            let last = at + 1 == list.len();
            let upto = match (text("upto"), last) {
                (None, true) => i64::MAX,
                (Some(text), _) => match fen(text) {
                    Ok(upto) => upto,
                    Err(message) => {
                        self.error_text(&here.key("upto"), &message);
                        return None;
                    }
                },
                (None, false) => {
                    self.error(&here, "a band in the middle has no end", "only the last band may have no `upto`");
                    return None;
                }
            };
            if last && upto != i64::MAX {
                self.error(
                    &here,
                    "no band above the last",
                    match ratio_key {
                        "pays" => "let the last band have no `upto`: a cap is a step of its own",
                        _ => "let the last band have no `upto`: it is for all higher prices",
                    },
                );
                return None;
            }
            if bands.last().is_some_and(|(before, _)| *before >= upto) || upto <= 0 {
                self.error(&here, "the band ends before it begins", "order the bands from low to high");
                return None;
            }
            let pays = single(text(ratio_key).unwrap_or(""), Want::Bands);
            match pays {
                Ok(Raw::Bands(one)) => bands.extend(one.first().map(|(_, pays)| (upto, *pays))),
                Ok(_) => bands.push((upto, None)),
                Err(message) => {
                    self.error_text(&here.key(ratio_key), &message);
                    return None;
                }
            }
        }
        if bands.is_empty() {
            self.error(path, "no band", "add at least one");
            return None;
        }
        Some(Raw::Bands(bands))
    }

    /// `times` of an index of the pack.
    fn multiple(&mut self, node: &Node, path: &Path) -> Option<Raw> {
        let times = match ratio(node.get("times").and_then(Node::text).unwrap_or("")) {
            Ok(times) => times,
            Err(message) => {
                self.error_text(&path.key("times"), &message);
                return None;
            }
        };
        let index = self.index(node.get("index").and_then(Node::text).unwrap_or(""), &path.key("index"))?;
        let amount = match index {
            Raw::Amount(amount) => amount,
            other => return Some(other),
        };
        match Ratio::from_int(amount).checked_mul(times).and_then(|product| product.to_fen(Mode::HalfUp)) {
            Ok(product) => Some(Raw::Amount(product.get())),
            Err(error) => {
                self.error_text(path, &error.to_string());
                None
            }
        }
    }

    /// The value of an index on the day.
    pub(super) fn index(&mut self, name: &str, path: &Path) -> Option<Raw> {
        let pack = self.pack;
        let Some(index) = pack.index.get(name) else {
            let hint = yibao_policy::suggest::hint(name, pack.index.keys().map(String::as_str));
            self.error(path, format!("unknown index \"{name}\""), hint);
            return None;
        };
        let spec = super::table::Spec {
            rows: &index.rows,
            adjust: &index.adjust,
            named: None,
            source: index.source.as_ref(),
            path: Path::of("index").key(name),
            words: (name.to_owned(), name.to_owned()),
        };
        let table = self.table(&spec, Want::Amount, &[])?;
        match table.find(&[]).map(|cell| &cell.value) {
            Ok(CellValue::Amount(amount)) => Some(Raw::Amount(*amount)),
            Ok(_) => Some(Raw::Open),
            Err(_) => {
                self.error(path, "an index depends on nothing but the day", "take the dimensions out of its rows");
                None
            }
        }
    }

    /// Adjustments, read; those not in force on the day are left out.
    pub(super) fn adjusts(
        &mut self,
        list: &[Adjust],
        source: Option<&SourceRef>,
        path: &Path,
        want: Want,
    ) -> Vec<Adjustment> {
        let mut read = Vec::new();
        for (at, adjust) in list.iter().enumerate() {
            let path = path.key("adjust").at(at);
            let when = self.when(adjust.when.as_ref(), &path.key("when"));
            let Some((operation, (zh, en))) = self.operation(adjust, &path, want) else { continue };
            let each = self.each(adjust, &path);
            let own = adjust.source.as_ref().or(source);
            if own.is_none() {
                self.error(&path, "no source", "say where it comes from, on the adjustment or beside the rows");
            }
            let in_force =
                adjust.from.is_none_or(|from| from <= self.day) && adjust.until.is_none_or(|until| self.day < until);
            if in_force {
                let condition = adjust.when.as_ref().map_or_else(String::new, condition);
                let often = each_words(adjust);
                let zh = format!("  其中{}{}：{zh}", escaped(&condition), escaped(&often.0));
                let en = format!("  of it{}{}: {en}", escaped(&condition), escaped(&often.1));
                let rule = self.rule(&path, zh, en, own);
                read.push(Adjustment { when, operation, each, rule, path });
            }
        }
        read
    }

    fn each(&mut self, adjust: &Adjust, path: &Path) -> Option<(usize, i64, i64)> {
        let name = adjust.for_each.as_deref()?;
        let dim =
            self.dims.find(name).filter(|dim| self.dims.0.get(*dim).is_some_and(super::dimension::Dim::is_number));
        let above = adjust.above.unwrap_or(0);
        match (dim, adjust.upto) {
            (Some(dim), Some(upto)) if upto > above && upto.checked_sub(above).is_some_and(|steps| steps <= 100) => {
                Some((dim, above, upto))
            }
            _ => {
                self.error(
                    path,
                    "`for_each` names a whole number and says `upto`",
                    "write for_each = \"nth\", above = 1, upto = 8 (at most 100 steps)",
                );
                None
            }
        }
    }

    /// The one operation of an adjustment, and its words.
    fn operation(&mut self, adjust: &Adjust, path: &Path, want: Want) -> Option<(Operation, (String, String))> {
        let stated = adjust.operations();
        let [(key, text)] = stated.as_slice() else {
            self.error(
                path,
                "an adjustment has exactly one operation",
                "one of times, add, set, at_least, at_most, at_most_times, self_times",
            );
            return None;
        };
        let amount = want == Want::Amount;
        let read = match *key {
            "times" => ratio(text).map(Operation::Times),
            "add" if amount => fen(text).map(Operation::AddAmount),
            "add" => ratio(text).map(Operation::AddRatio),
            "set" => single(text, want).map(Operation::Set),
            "at_least" => single(text, want).map(Operation::AtLeast),
            "at_most" => single(text, want).map(Operation::AtMost),
            "at_most_times" if amount => ratio(text).map(Operation::AtMostTimes),
            "self_times" if !amount => ratio(text).map(Operation::SelfTimes),
            other => Err(format!(
                "`{other}` does not fit this value\n  hint: at_most_times is for amounts, self_times for ratios"
            )),
        };
        match read {
            Ok(operation) => Some((operation, words(key, text, want))),
            Err(message) => {
                self.error_text(&path.key(key), &message);
                None
            }
        }
    }
}

/// An operation in words.
fn words(key: &str, text: &str, want: Want) -> (String, String) {
    let (zh, en) = match (key, want == Want::Amount) {
        ("times", _) => ("乘以", "times"),
        ("add", true) if text.starts_with('-') => ("减", "less"),
        ("add", true) => ("加", "plus"),
        ("add", false) => ("比例加", "ratio plus"),
        ("set", _) => ("定为", "set to"),
        ("at_least", _) => ("不低于", "at least"),
        ("at_most", _) => ("不高于", "at most"),
        ("at_most_times", _) => ("不高于原值的", "at most its own value times"),
        _ => ("自付比例乘以", "the person's ratio times"),
    };
    let text = if zh == "减" { text.trim_start_matches('-') } else { text };
    (format!("{zh} {text}"), format!("{en} {text}"))
}

/// A condition as it is written in the pack: `（status = retiree）`.
fn condition(node: &Node) -> String {
    fn value(node: &Node) -> String {
        match &node.value {
            NodeValue::List(list) => list.iter().map(value).collect::<Vec<_>>().join("|"),
            NodeValue::Table(entries) => {
                entries.iter().map(|(key, node)| format!("{key} {}", value(node))).collect::<Vec<_>>().join(" ")
            }
            NodeValue::Integer(number) => number.to_string(),
            NodeValue::Boolean(flag) => flag.to_string(),
            _ => node.text().unwrap_or_default().to_owned(),
        }
    }
    let NodeValue::Table(entries) = &node.value else { return String::new() };
    let all: Vec<String> = entries.iter().map(|(key, node)| format!("{key} = {}", value(node))).collect();
    format!("（{}）", all.join(", "))
}

/// How often an adjustment counts.
fn each_words(adjust: &Adjust) -> (String, String) {
    match (&adjust.for_each, adjust.above.unwrap_or(0)) {
        (None, _) => (String::new(), String::new()),
        (Some(name), above) => (format!("（{name} 每超过 {above} 一个）"), format!(" (for each {name} above {above})")),
    }
}

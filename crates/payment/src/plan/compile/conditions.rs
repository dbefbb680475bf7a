//! Conditions: fields to columns, texts to symbols, numbers to the unit of their field.

use yibao_kernel::{Day, Decimal, Fen, Ratio};
use yibao_policy::scalar::Scalar;
use yibao_policy::{Path, suggest};
use yibao_record::stays::Symbol;

use super::Compiler;
use super::fields::Known;
use crate::pack::predicate::{Predicate, Test};
use crate::plan::table::Unit as TableUnit;
use crate::plan::{Compare, Condition, FieldRef, Unit};

impl Compiler<'_> {
    /// A condition; `None` when something in it does not resolve (told already).
    pub(super) fn condition(&mut self, predicate: &Predicate, path: &Path, known: &Known) -> Option<Condition> {
        match predicate {
            Predicate::All(parts) => self.parts_of(parts, &path.key("all"), known).map(Condition::All),
            Predicate::Any(parts) => self.parts_of(parts, &path.key("any"), known).map(Condition::Any),
            Predicate::Not(part) => {
                let part = self.condition(part, &path.key("not"), known)?;
                Some(Condition::Not(Box::new(part)))
            }
            Predicate::Test(test) => self.test(test, path, known),
        }
    }

    fn parts_of(&mut self, parts: &[Predicate], path: &Path, known: &Known) -> Option<Vec<Condition>> {
        if parts.is_empty() {
            self.error(path, "a list of conditions is empty", "state at least one condition, or take the list away");
            return None;
        }
        // All parts are compiled before the first failure counts, so that every error is told.
        let compiled: Vec<Option<Condition>> =
            parts.iter().enumerate().map(|(index, part)| self.condition(part, &path.at(index), known)).collect();
        compiled.into_iter().collect()
    }

    fn test(&mut self, test: &Test, path: &Path, known: &Known) -> Option<Condition> {
        let field = self.field(&test.field, &path.key("field"), known)?;
        if let Some(is) = test.present {
            return Some(Condition::Present { field, is });
        }
        if let Some(name) = &test.in_table {
            return self.in_table(field, name, &path.key("in_table"));
        }
        if let Some(over) = &test.over {
            return self.quotient(field, over, test, path, known);
        }
        match field.unit() {
            Unit::Text => self.text_test(field, test, path),
            Unit::Truth => self.truth_test(field, test, path),
            _ => self.number_test(field, test, path),
        }
    }

    fn in_table(&mut self, field: FieldRef, name: &str, path: &Path) -> Option<Condition> {
        let any = [TableUnit::List, TableUnit::Decimal, TableUnit::Fen, TableUnit::Ratio];
        let table = self.table_of_any_dp(name, path, &any)?;
        let keys = self.tables.get(table).map_or(0, |table| table.key.len());
        if field.unit() != Unit::Text && keys == 1 {
            self.error(path, "only a text can be looked up in a table", "test a text field, like group");
            return None;
        }
        Some(Condition::InTable { field, table })
    }

    fn table_of_any_dp(&mut self, name: &str, path: &Path, units: &[TableUnit]) -> Option<crate::plan::TableId> {
        // Membership does not use the value, so its places do not matter.
        match self.table_ids.get(name) {
            Some(id) => Some(*id),
            None => self.table(name, path, units),
        }
    }

    fn text_test(&mut self, field: FieldRef, test: &Test, path: &Path) -> Option<Condition> {
        let one = |value: &Option<Scalar>| value.as_ref().map(|value| vec![value.to_string()]);
        let (texts, key) = if let Some(texts) = one(&test.is) {
            (texts, "is")
        } else if let Some(texts) = one(&test.is_not) {
            (texts, "is_not")
        } else if let Some(texts) = &test.r#in {
            (texts.iter().map(ToString::to_string).collect(), "in")
        } else {
            self.error(
                path,
                format!("\"{}\" is text: it cannot be compared by size", test.field),
                "use is, is_not, in, in_table or present",
            );
            return None;
        };
        self.check_codes(field, &test.field, &texts, &path.key(key));
        let mut among: Vec<Symbol> = texts.iter().map(|text| self.symbols.intern(text)).collect();
        among.sort_unstable();
        among.dedup();
        let is = Condition::Text { field, among };
        Some(if key == "is_not" { Condition::Not(Box::new(is)) } else { is })
    }

    fn check_codes(&mut self, field: FieldRef, name: &str, texts: &[String], path: &Path) {
        let Some(codes) = self.codes(field) else { return };
        for text in texts.iter().filter(|text| !codes.contains(*text)) {
            let hint = suggest::hint(text, codes.iter().map(String::as_str));
            self.error(path, format!("unknown {name} \"{text}\""), hint);
        }
    }

    fn truth_test(&mut self, field: FieldRef, test: &Test, path: &Path) -> Option<Condition> {
        match (&test.is, &test.is_not) {
            (Some(Scalar::Boolean(is)), None) => Some(Condition::Truth { field, is: *is }),
            (None, Some(Scalar::Boolean(is_not))) => Some(Condition::Truth { field, is: !is_not }),
            _ => {
                self.error(path, format!("\"{}\" is true or false", test.field), "write is = true or is = false");
                None
            }
        }
    }

    fn number_test(&mut self, field: FieldRef, test: &Test, path: &Path) -> Option<Condition> {
        if let Some(values) = &test.r#in {
            let list = path.key("in");
            let mut parts = Vec::new();
            for (index, value) in values.iter().enumerate() {
                let with = self.number(field, value, &list.at(index))?;
                parts.push(Condition::Number { field, compare: Compare::Is, with });
            }
            return Some(Condition::Any(parts));
        }
        let (compare, value, key) = self.comparison(test, path)?;
        let with = self.number(field, value, &path.key(key))?;
        Some(Condition::Number { field, compare, with })
    }

    fn comparison<'t>(&mut self, test: &'t Test, path: &Path) -> Option<(Compare, &'t Scalar, &'static str)> {
        let all = [
            (Compare::Is, &test.is, "is"),
            (Compare::IsNot, &test.is_not, "is_not"),
            (Compare::Less, &test.lt, "lt"),
            (Compare::AtMost, &test.le, "le"),
            (Compare::More, &test.gt, "gt"),
            (Compare::AtLeast, &test.ge, "ge"),
        ];
        let found = all.into_iter().find_map(|(compare, value, key)| Some((compare, value.as_ref()?, key)));
        if found.is_none() {
            self.error(path, "no comparison", "use one of is, is_not, lt, le, gt, ge");
        }
        found
    }

    fn quotient(&mut self, field: FieldRef, over: &str, test: &Test, path: &Path, known: &Known) -> Option<Condition> {
        let over_field = self.field(over, &path.key("over"), known)?;
        if field.unit() != over_field.unit() || matches!(field.unit(), Unit::Text | Unit::Truth | Unit::Day) {
            let message =
                format!("\"{}\" over \"{over}\" is no ratio: they are not counted in the same unit", test.field);
            self.error(&path.key("over"), message, "divide amounts by amounts and counts by counts");
            return None;
        }
        let (compare, value, key) = self.comparison(test, path)?;
        let with = self.ratio(value, &path.key(key))?;
        Some(Condition::Quotient { field, over: over_field, compare, with })
    }

    fn ratio(&mut self, value: &Scalar, path: &Path) -> Option<Ratio> {
        match Ratio::parse(&value.to_string()) {
            Ok(ratio) => Some(ratio),
            Err(error) => {
                self.error_text(path, &error.to_string());
                None
            }
        }
    }

    /// A constant in the unit of its field.
    fn number(&mut self, field: FieldRef, value: &Scalar, path: &Path) -> Option<i64> {
        let text = value.to_string();
        let places = |dp: u8| Decimal::parse(&text, dp).map(Decimal::units).map_err(|error| error.to_string());
        let number = match field.unit() {
            Unit::Fen => Fen::parse_yuan(text.as_bytes()).map(Fen::get).map_err(|error| error.to_string()),
            Unit::Day => Day::parse(&text).map(|day| i64::from(day.days())).map_err(|error| error.to_string()),
            Unit::Whole => places(0),
            Unit::TenThousandth => places(4),
            Unit::Millionth => places(6),
            Unit::Text | Unit::Truth => return None,
        };
        match number {
            Ok(number) => Some(number),
            Err(message) => {
                self.error_text(path, &message);
                None
            }
        }
    }
}

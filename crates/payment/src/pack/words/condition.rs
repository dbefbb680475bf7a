//! Conditions in words.

use yibao_kernel::explain::Lang;
use yibao_policy::scalar::Scalar;

use super::either;
use crate::pack::predicate::{Predicate, Test};

/// A condition as a person reads it.
#[must_use]
pub fn condition_words(predicate: &Predicate, lang: Lang) -> String {
    match predicate {
        Predicate::All(parts) => joined(parts, either(lang, "且", " and "), lang),
        Predicate::Any(parts) => joined(parts, either(lang, "或", " or "), lang),
        Predicate::Not(part) => format!("{}({})", either(lang, "非", "not "), condition_words(part, lang)),
        Predicate::Test(test) => test_words(test, lang),
    }
}

fn joined(parts: &[Predicate], by: &str, lang: Lang) -> String {
    let words = parts.iter().map(|part| match part {
        Predicate::All(_) | Predicate::Any(_) => format!("({})", condition_words(part, lang)),
        _ => condition_words(part, lang),
    });
    words.collect::<Vec<_>>().join(by)
}

fn test_words(test: &Test, lang: Lang) -> String {
    let field = match &test.over {
        Some(over) => format!("{}/{}", field_words(&test.field, lang), field_words(over, lang)),
        None => field_words(&test.field, lang).to_owned(),
    };
    let comparisons: [(&str, &Option<Scalar>); 6] =
        [("=", &test.is), ("≠", &test.is_not), ("<", &test.lt), ("≤", &test.le), (">", &test.gt), ("≥", &test.ge)];
    for (sign, value) in comparisons {
        if let Some(value) = value {
            return format!("{field} {sign} {value}");
        }
    }
    if let Some(values) = &test.r#in {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        return format!("{field} {} {}", either(lang, "属于", "in"), values.join(either(lang, "、", ", ")));
    }
    if let Some(table) = &test.in_table {
        return format!("{field} {} {table}", either(lang, "在表中", "listed in"));
    }
    match test.present {
        Some(true) => format!("{field} {}", either(lang, "有值", "given")),
        _ => format!("{field} {}", either(lang, "无值", "not given")),
    }
}

/// A field's name for people.
pub(super) fn field_words(name: &str, lang: Lang) -> &str {
    let words = match name {
        "group_mean" => ("病组均费", "group mean"),
        "level_mean" => ("同级均费", "mean of the level"),
        "all_mean" => ("全部均费", "mean of all cases"),
        "std" => ("支付标准", "standard"),
        "std_before_coefficient" => ("系数前标准", "standard before K"),
        "level" => ("级别", "level"),
        "weight" => ("权重", "weight"),
        "base_points" => ("基准点数", "base points"),
        _ => match yibao_record::payment_field::payment_field(name) {
            Some(field) => return either(lang, field.chinese, name),
            None => return name,
        },
    };
    either(lang, words.0, words.1)
}

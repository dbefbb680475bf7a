//! Conditions in words.

use crate::expression::{Expr, Look, Sign};
use crate::model::Model;
use crate::render::Language;

/// The condition as one phrase.
pub(crate) fn phrase(model: &Model, expr: &Expr, language: Language) -> String {
    let zh = language == Language::Zh;
    let join = |parts: &[Expr], word: &str| {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| match part {
                Expr::And(_) | Expr::Or(_) => format!("({})", phrase(model, part, language)),
                _ => phrase(model, part, language),
            })
            .collect();
        parts.join(word)
    };
    let say = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
    let text = |list: &[String], at: u16| list.get(usize::from(at)).cloned().unwrap_or_default();
    match expr {
        Expr::True => say("总是成立", "always"),
        Expr::False => say("从不成立", "never"),
        Expr::And(parts) => join(parts, if zh { " 且 " } else { " and " }),
        Expr::Or(parts) => join(parts, if zh { " 或 " } else { " or " }),
        Expr::Not(part) => match part.as_ref() {
            Expr::And(_) | Expr::Or(_) => {
                format!("{}({})", say("非", "not "), phrase(model, part, language))
            }
            part => format!("{}{}", say("非：", "not: "), phrase(model, part, language)),
        },
        Expr::Member(look, set) => {
            format!("{}{}", member(*look, zh), model.set_name(*set))
        }
        Expr::Prefix(prefix) => {
            let prefix = text(&model.prefixes, *prefix);
            if zh { format!("任一诊断以{prefix}开头") } else { format!("a diagnosis starts with {prefix}") }
        }
        Expr::Regions { least, .. } if zh => format!("创伤涉及至少{least}个部位"),
        Expr::Regions { least, .. } => format!("trauma of at least {least} body regions"),
        Expr::Mcc => say("有MCC", "has MCC"),
        Expr::Cc => say("有CC", "has CC"),
        Expr::Number(field, sign, value) => {
            format!("{} {} {value}", field_name(*field, zh), sign_text(*sign))
        }
        Expr::Male(true) => say("性别为男", "sex is male"),
        Expr::Male(false) => say("性别为女", "sex is female"),
        Expr::Dept(dept) => {
            format!("{}{}", say("科室为", "department is "), text(&model.depts, *dept))
        }
        Expr::Discharge(list) => {
            let list: Vec<String> = list.iter().map(|&at| text(&model.discharges, at)).collect();
            format!("{}{}", say("离院方式为", "discharge status is "), list.join("/"))
        }
    }
}

fn member(look: Look, zh: bool) -> &'static str {
    match (look, zh) {
        (Look::FirstDx, true) => "主要诊断属于",
        (Look::AnyDx, true) => "任一诊断属于",
        (Look::LaterDx, true) => "任一其他诊断属于",
        (Look::FirstProc, true) => "主要手术操作属于",
        (Look::AnyProc, true) => "任一手术操作属于",
        (Look::LaterProc, true) => "任一其他手术操作属于",
        (Look::FirstDx, false) => "principal diagnosis in ",
        (Look::AnyDx, false) => "a diagnosis in ",
        (Look::LaterDx, false) => "a secondary diagnosis in ",
        (Look::FirstProc, false) => "principal procedure in ",
        (Look::AnyProc, false) => "a procedure in ",
        (Look::LaterProc, false) => "a secondary procedure in ",
    }
}

fn field_name(field: crate::expression::Field, zh: bool) -> &'static str {
    use crate::expression::Field;
    match (field, zh) {
        (Field::Age, true) => "年龄(岁)",
        (Field::AgeDays, true) => "日龄(天)",
        (Field::Weight, true) => "体重(克)",
        (Field::Los, true) => "住院天数",
        (Field::IcuHours, true) => "重症监护小时",
        (Field::Age, false) => "age in years",
        (Field::AgeDays, false) => "age in days",
        (Field::Weight, false) => "weight in grams",
        (Field::Los, false) => "days of stay",
        (Field::IcuHours, false) => "hours of intensive care",
    }
}

const fn sign_text(sign: Sign) -> &'static str {
    match sign {
        Sign::Equal => "=",
        Sign::Below => "<",
        Sign::AtMost => "≤",
        Sign::Above => ">",
        Sign::AtLeast => "≥",
    }
}

//! What a method paid per head really is (spec §4.2): true capitation, where the amount does not look at what care cost;
//! a saving or overrun that is shared; or actuals under a ceiling, which only bears the name. Decided from the steps.

use yibao_kernel::Ratio;

use super::case_step::{CapOf, CaseQuotaMode};
use super::method::Method;
use super::predicate::Predicate;
use super::step::{CurvePiece, Verb};
use crate::settled::Bilingual;

/// The forms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capitation {
    /// The amount per head, whatever care cost.
    True,
    /// The amount per head, with a part of the saving or overrun shared.
    Shared,
    /// What care cost, up to the amount per head.
    Ceiling,
}

impl Capitation {
    /// In words.
    #[must_use]
    pub fn words(self) -> Bilingual {
        let (zh, en) = match self {
            Self::True => {
                ("真正的按人头付费：总额与实际费用无关", "true capitation: the amount does not depend on actual cost")
            }
            Self::Shared => (
                "按人头付费，结余或超支按比例分担",
                "capitation with saving or overrun shared: a part depends on actual cost",
            ),
            Self::Ceiling => (
                "名为按人头，实为在限额内据实结算",
                "settled by actuals under a ceiling: what care cost is paid, up to the amount per head",
            ),
        };
        Bilingual { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// The form of a method that is paid per head; `None` for every other method.
#[must_use]
pub fn form(method: &Method) -> Option<Capitation> {
    if !method.step.iter().any(|step| counts_heads(&step.verb, step.when.as_ref())) {
        return None;
    }
    let mut form = Capitation::True;
    for step in &method.step {
        match &step.verb {
            Verb::Share(share) => {
                let saving = share.curve.iter().filter(|piece| begins_below_one(piece));
                let by_actuals = |piece: &&CurvePiece| piece.times.slope == Ratio::ONE && piece.times.plus.is_zero();
                if saving.clone().count() > 0 && saving.clone().all(|piece| by_actuals(&piece)) {
                    return Some(Capitation::Ceiling);
                }
                let depends = share.curve.iter().any(|piece| !piece.times.slope.is_zero());
                if depends || share.keep_table.is_some() {
                    form = Capitation::Shared;
                }
            }
            // Lowered to a field of the case: to what it cost.
            Verb::Cap(cap) if cap.field.is_some() && cap.of != CapOf::Points => return Some(Capitation::Ceiling),
            Verb::Quota(quota) => match quota.mode {
                Some(CaseQuotaMode::Cap) => return Some(Capitation::Ceiling),
                Some(CaseQuotaMode::Fixed) | None if quota.curve.is_none() => {}
                _ => form = Capitation::Shared,
            },
            _ => {}
        }
    }
    Some(form)
}

/// Head-months as units, or a scope of heads.
fn counts_heads(verb: &Verb, when: Option<&Predicate>) -> bool {
    match verb {
        Verb::Units(units) => units.of == "head_months",
        Verb::Scope => when.is_some_and(of_heads),
        _ => false,
    }
}

fn of_heads(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().any(of_heads),
        Predicate::Not(_) => false,
        Predicate::Test(test) => {
            let heads = |value: &yibao_policy::scalar::Scalar| value.to_string() == "heads";
            test.field == "kind" && (test.is.iter().any(heads) || test.r#in.iter().flatten().any(heads))
        }
    }
}

fn begins_below_one(piece: &CurvePiece) -> bool {
    piece.above.or(piece.from).is_none_or(|lower| lower < Ratio::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yibao_policy::Folder;

    fn form_of(steps: &str) -> Option<Capitation> {
        #[derive(serde::Deserialize)]
        struct File {
            method: Method,
        }
        let head = "[method]\ntitle = { zh = \"甲\", en = \"a\" }\nbasis = \"fund\"\nprice = \"rate\"\n";
        let source = "source = { fictional = true, note = \"test\" }\n";
        let text = format!("{head}{}", steps.replace("{s}", source));
        let folder = Folder::of_text("pack.toml", &text).unwrap();
        form(&folder.decode::<File>().unwrap_or_else(|error| panic!("{error}")).method)
    }

    const HEADS: &str = "[[method.step]]\nid = \"h\"\nuse = \"units\"\nof = \"head_months\"\nper = \"12\"\n{s}";

    fn share(below: &str, above: &str) -> String {
        format!(
            "{HEADS}[[method.step]]\nid = \"s\"\nuse = \"share\"\noverrun_from = \"reserve\"\nsaving_to = \"reserve\"\ncurve = [{{ upto = \"1\", times = {{ {below} }} }}, {{ above = \"1\", times = {{ {above} }} }}]\n{{s}}"
        )
    }

    #[test]
    fn the_steps_say_what_a_capitation_really_is() {
        let (flat, actual, half) =
            ("slope = \"0\", plus = \"1\"", "slope = \"1\", plus = \"0\"", "slope = \"0.5\", plus = \"0.5\"");
        assert_eq!(form_of(HEADS), Some(Capitation::True));
        assert_eq!(form_of(&share(flat, flat)), Some(Capitation::True));
        assert_eq!(form_of(&share(flat, half)), Some(Capitation::Shared));
        assert_eq!(form_of(&share(actual, flat)), Some(Capitation::Ceiling));
        let cap = format!("{HEADS}[[method.step]]\nid = \"c\"\nuse = \"cap\"\nof = \"fund\"\nfield = \"spent\"\n{{s}}");
        assert_eq!(form_of(&cap), Some(Capitation::Ceiling));
        assert!(Capitation::Ceiling.words().en.starts_with("settled by actuals under a ceiling"));
    }

    #[test]
    fn heads_are_also_seen_in_the_scope_and_other_methods_have_no_form() {
        let scope = "[[method.step]]\nid = \"s\"\nuse = \"scope\"\nwhen = { all = [{ field = \"kind\", is = \"heads\" }, { field = \"los_days\", ge = 1 }] }\n{s}";
        assert_eq!(form_of(scope), Some(Capitation::True));
        assert_eq!(form_of(&scope.replace("\"heads\"", "\"visits\"")), None);
        assert_eq!(form_of(&HEADS.replace("head_months", "days")), None);
    }
}

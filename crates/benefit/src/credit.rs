//! What goes into a personal account each month.

use yibao_kernel::{Day, Fen, Mode};
use yibao_policy::Path;
use yibao_record::person::Person;

use crate::plan::Engine;
use crate::plan::raw::ratio;
use crate::plan::table::fen;
use crate::plan::when::{Truth, When};
use crate::refusal::Refusal;
use crate::split::insured;

/// One rule, compiled.
#[derive(Debug)]
pub struct CreditPlan {
    /// For whom.
    pub when: When,
    /// Share of the contribution base.
    pub of_base: yibao_kernel::Ratio,
    /// Fixed sum in fen.
    pub fixed: i64,
    /// First day.
    pub from: Option<Day>,
    /// First day after.
    pub until: Option<Day>,
}

impl crate::plan::compiler::Compiler<'_> {
    /// The rules of the pack.
    pub(crate) fn credits(&mut self) -> Vec<CreditPlan> {
        let pack = self.pack;
        let mut plans = Vec::with_capacity(pack.credit.len());
        for (at, credit) in pack.credit.iter().enumerate() {
            let path = Path::of("credit").at(at);
            let when = self.when(Some(&credit.when), &path.key("when"));
            let _ =
                self.rule(&path, "划入个人账户".to_owned(), "credited to the account".to_owned(), Some(&credit.source));
            let of_base = credit.of_base.as_deref().map_or(Ok(yibao_kernel::Ratio::ZERO), ratio);
            let fixed = credit.fixed.as_deref().map_or(Ok(0), fen);
            if credit.of_base.is_none() && credit.fixed.is_none() {
                self.error(&path, "nothing is credited", "state of_base = \"0.02\" or fixed = \"110.00\"");
            }
            match (of_base, fixed) {
                (Ok(of_base), Ok(fixed)) => {
                    if of_base > yibao_kernel::Ratio::ONE || of_base.is_negative() || fixed < 0 {
                        self.error(
                            &path,
                            "a credit outside its bounds",
                            "a share lies between 0 and 1, a sum is not negative",
                        );
                    }
                    plans.push(CreditPlan { when, of_base, fixed, from: credit.from, until: credit.until });
                }
                (Err(message), _) | (_, Err(message)) => self.error_text(&path, &message),
            }
        }
        plans
    }
}

/// The fact of a person that holds the contribution base (缴费基数), in yuan.
pub const BASE: &str = "contribution_base";

/// What an account is credited, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credited {
    /// The `[[credit]]` that applies.
    pub rule: String,
    /// The contribution base, where the rule takes a share of it.
    pub base: Option<Fen>,
    /// The amount.
    pub amount: Fen,
}

impl Engine {
    /// What a person's account is credited for the month of a day, on a contribution base.
    ///
    /// # Errors
    /// No rule, or two, for the person; a fact that is not stated.
    pub fn credit(&self, person: &Person, day: Day, base: Fen) -> Result<Fen, Refusal> {
        let (_, credit) = self.credit_rule(person, day)?;
        amount(credit, base)
    }

    /// What a person's account is credited for the month of a day, on the base the person's facts hold.
    ///
    /// # Errors
    /// As [`Engine::credit`]; no base, two, or one that is no amount, where the rule takes a share of it.
    pub fn credit_by_facts(&self, person: &Person, day: Day) -> Result<Credited, Refusal> {
        let (at, credit) = self.credit_rule(person, day)?;
        let base = match credit.of_base.is_zero() {
            true => None,
            false => Some(base(person, day)?),
        };
        let rule = self.pack.credit.get(at).map(|credit| credit.id.clone()).unwrap_or_default();
        Ok(Credited { rule, base, amount: amount(credit, base.unwrap_or(Fen::ZERO))? })
    }

    /// The rule that credits a person, and its place.
    fn credit_rule(&self, person: &Person, day: Day) -> Result<(usize, &CreditPlan), Refusal> {
        let insured = insured(person, day)?;
        let mut facts = Vec::new();
        self.facts(None, person, insured, day, &mut facts)?;
        let mut found: Option<(usize, &CreditPlan)> = None;
        for (at, credit) in self.credits.iter().enumerate() {
            let in_force = credit.from.is_none_or(|from| from <= day) && credit.until.is_none_or(|until| day < until);
            match credit.when.test(&facts) {
                _ if !in_force => {}
                Truth::No => {}
                Truth::Yes if found.is_some() => {
                    return Err(Refusal::new(
                        "credit",
                        "two rules credit this account",
                        "narrow one of the [[credit]]",
                    ));
                }
                Truth::Yes => found = Some((at, credit)),
                Truth::Unknown(dim) => {
                    let name = crate::plan::when::missing_name(&self.dims, dim);
                    return Err(Refusal::new("missing_fact", format!("\"{name}\" is not stated"), "state it"));
                }
            }
        }
        found
            .ok_or_else(|| Refusal::new("credit", format!("no rule credits this account on {day}"), "add a [[credit]]"))
    }
}

fn amount(credit: &CreditPlan, base: Fen) -> Result<Fen, Refusal> {
    let share = yibao_catalogue::line::share(base.get(), credit.of_base, Mode::HalfUp);
    let share = share.map_err(|error| Refusal::of_text("too_large", &error.to_string()))?;
    share.checked_add(credit.fixed).map(Fen::new).ok_or_else(crate::refusal::too_large)
}

/// The contribution base of a person on a day.
fn base(person: &Person, day: Day) -> Result<Fen, Refusal> {
    let hint = "facts.contribution_base = [{ value = \"8000.00\", from = … }], one that holds on the day";
    let refused = |message: String| Refusal::new("base", message, hint);
    let mut held = person.facts.get(BASE).into_iter().flatten().filter(|held| held.holds(day));
    let one = held.next().ok_or_else(|| refused(format!("no contribution base is stated on {day}")))?;
    if held.next().is_some() {
        return Err(refused(format!("two contribution bases hold on {day}")));
    }
    match Fen::parse_yuan(one.value.as_bytes()) {
        Ok(base) if !base.is_negative() => Ok(base),
        _ => Err(refused("the contribution base is not an amount of yuan".to_owned())),
    }
}

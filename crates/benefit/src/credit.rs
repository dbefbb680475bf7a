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

impl Engine {
    /// What a person's account is credited for the month of a day, on a contribution base.
    ///
    /// # Errors
    /// No rule, or two, for the person; a fact that is not stated.
    pub fn credit(&self, person: &Person, day: Day, base: Fen) -> Result<Fen, Refusal> {
        let insured = insured(person, day)?;
        let mut facts = Vec::new();
        self.facts(None, person, insured, day, &mut facts)?;
        let mut found: Option<&CreditPlan> = None;
        for credit in &self.credits {
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
                Truth::Yes => found = Some(credit),
                Truth::Unknown(dim) => {
                    let name = crate::plan::when::missing_name(&self.dims, dim);
                    return Err(Refusal::new("missing_fact", format!("\"{name}\" is not stated"), "state it"));
                }
            }
        }
        let credit = found.ok_or_else(|| {
            Refusal::new("credit", format!("no rule credits this account on {day}"), "add a [[credit]]")
        })?;
        let share = yibao_catalogue::line::share(base.get(), credit.of_base, Mode::HalfUp);
        let share = share.map_err(|error| Refusal::of_text("too_large", &error.to_string()))?;
        Ok(Fen::new(share.saturating_add(credit.fixed)))
    }
}

//! `yibao split BILL.json --void`: takes one settlement back. The bill and those settled after it are settled on the
//! year as it stood before them, the bill is voided as the pack says, and what follows from it is told.

use std::process::ExitCode;

use serde_json::{Map, Value, json};
use yibao_benefit::answer::{self, Answer};
use yibao_benefit::divide::divide_at;
use yibao_benefit::history::{Changed, Household, Reversal, VOID_MARK};
use yibao_benefit::{Engine, History, Refusal};
use yibao_kernel::Fen;
use yibao_kernel::explain::Lang;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use super::{Args, refused, waterfall, write_state};
use crate::cmd::shape;

/// What a void came to.
struct Voided<'e> {
    /// The records of the void: one, or two for a stay divided at the end of a year.
    records: Vec<Answer>,
    /// Later bills that come out differently.
    changed: Vec<Again>,
    history: History<'e>,
}

/// A later bill that comes out differently.
struct Again {
    before: Answer,
    after: Answer,
    changed: Changed,
}

/// Runs the command.
///
/// # Errors
/// Files that cannot be read or written.
pub fn run(
    home: &Engine,
    care: Option<&Engine>,
    args: &Args,
    state: PersonState,
    lang: Lang,
) -> anyhow::Result<ExitCode> {
    let mut bills = Vec::with_capacity(args.then.len() + 1);
    for path in std::iter::once(&args.bills).chain(&args.then) {
        bills.push(shape::read::<Bill>(path)?);
    }
    let voided = match take_back(home, care, &bills, &state) {
        Ok(voided) => voided,
        Err(refusal) => return refused(args, &refusal),
    };
    let Some(mut after) = voided.history.state() else { anyhow::bail!("the person is gone") };
    if args.then.is_empty() {
        let as_before = History::of(begin(home, care, &state).map_err(|refusal| anyhow::anyhow!("{refusal}"))?).state();
        assert!(
            as_before.is_some_and(|before| before == after),
            "a void without later bills leaves the year as it was"
        );
    }
    after.settled.extend(bills.iter().skip(1).map(|bill| bill.id.clone()));
    if args.json {
        let said = json!({
            "voids": voided.records.iter().map(|record| json!({ "split": record, "message": answer::message(record) })).collect::<Vec<_>>(),
            "adjustments": voided.changed.iter().map(|again| again.json(home, args.explain, lang)).collect::<anyhow::Result<Vec<_>>>()?,
            "person": after,
        });
        say!("{}", serde_json::to_string_pretty(&said)?);
    } else {
        voided.records.iter().for_each(|record| say!("{}", waterfall(home, record)));
        for again in &voided.changed {
            again.print(home);
            if args.explain {
                let steps = answer::reasons(home, &again.changed.reasons, lang);
                say!("\n{}", steps.map_err(|refusal| anyhow::anyhow!("{refusal}"))?.trim_end());
            }
        }
    }
    write_state(args.state_out.as_deref(), &after)?;
    Ok(ExitCode::SUCCESS)
}

fn begin<'e>(home: &'e Engine, care: Option<&'e Engine>, state: &PersonState) -> Result<Household<'e>, Refusal> {
    Household::new(home, care, vec![state.clone()])
}

/// Settles the bills in order, and takes the first back.
fn take_back<'e>(
    home: &'e Engine,
    care: Option<&'e Engine>,
    bills: &[Bill],
    state: &PersonState,
) -> Result<Voided<'e>, Refusal> {
    let mut history = History::of(begin(home, care, state)?);
    let Some(first) = bills.first() else {
        return Err(Refusal::new("not_settled", "no bill", "name the bill that is voided"));
    };
    if let Some(of) = first.id.strip_prefix(VOID_MARK) {
        let message = format!("{} is itself a void, of {of}", first.id);
        return Err(Refusal::new("void_of_void", message, "a void is not voided; settle the rest as a new bill"));
    }
    let mut last = first.end;
    for (at, bill) in bills.iter().enumerate() {
        let later = |refusal: Refusal| match at {
            0 => refusal,
            _ if refusal.message.starts_with(&format!("bill {} ", bill.id)) => refusal,
            _ => Refusal { message: format!("bill {}: {}", bill.id, refusal.message), ..refusal },
        };
        if bill.end < last {
            let hint = "name the later bills in the order in which they were settled";
            return Err(later(Refusal::new("order", "it ends before the one before it", hint)));
        }
        last = bill.end;
        let parts = divide_at(home, care, bill, state).map_err(later)?;
        history.settle_parts(0, &bill.id, parts).map_err(later)?;
    }
    let Reversal { parts, changed } = history.take_back(0, &first.id)?;
    let numbers = history.household().numbers(0);
    let Some(numbers) = numbers else { return Err(Refusal::new("no_person", "the person is gone", "name one")) };
    let record = |bill: &Bill, split| Answer {
        bill: format!("{VOID_MARK}{}", bill.id),
        ..Answer::of(home, bill, split, numbers)
    };
    let records = parts.iter().map(|part| record(&part.bill, &part.split)).collect();
    let again = |changed: Changed| {
        let bill =
            history.settled().iter().flat_map(|settled| &settled.parts).find(|part| part.bill.id == changed.bill);
        let of = |split| bill.map(|part| Answer::of(home, &part.bill, split, numbers));
        Some(Again { before: of(&changed.before)?, after: of(&changed.after)?, changed })
    };
    let changed = changed.into_iter().filter_map(again).collect();
    Ok(Voided { records, changed, history })
}

impl Again {
    /// What is different now, by the names of the amounts.
    fn difference(&self, home: &Engine) -> Vec<(String, Fen)> {
        let parts = ["deductible", "full_self", "over_limit", "first_self", "in_scope"].map(str::to_owned);
        let funds = home.funds.iter().map(|fund| format!("fund.{}", fund.id));
        let names = parts.into_iter().chain(funds).chain(["account".to_owned(), "cash".to_owned()]);
        let of = |name: String| {
            let (before, after) = (self.before.amount(home, &name)?, self.after.amount(home, &name)?);
            Some((name, Fen::new(after.get() - before.get())))
        };
        names.filter_map(of).filter(|(_, amount)| !amount.is_zero()).collect()
    }

    fn json(&self, home: &Engine, explain: bool, lang: Lang) -> anyhow::Result<Value> {
        let difference: Map<String, Value> =
            self.difference(home).into_iter().map(|(name, amount)| (name, amount.to_string().into())).collect();
        let mut said = json!({
            "bill": self.changed.bill, "difference": difference, "before": self.before, "after": self.after,
            "message": answer::message(&self.after),
        });
        if explain {
            said["steps"] = home.book.render_json(self.changed.reasons.bytes(), lang)?;
        }
        Ok(said)
    }

    fn print(&self, home: &Engine) {
        let signed = |(name, amount): (String, Fen)| {
            let sign = if amount.get() > 0 { "+" } else { "" };
            format!("{name} {sign}{amount}")
        };
        let told: Vec<String> = self.difference(home).into_iter().map(signed).collect();
        say!("重新结算 settled again {}: {}", self.changed.bill, told.join(", "));
    }
}

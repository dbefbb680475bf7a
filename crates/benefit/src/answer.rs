//! A split as a record: names instead of places, amounts as text, the mark of a pack that is not confirmed.

use serde::Serialize;
use serde_json::{Map, Value, json};
use yibao_kernel::Fen;
use yibao_kernel::explain::{Explanation, Lang};
use yibao_record::bill::{Bill, Parts};
use yibao_record::person::{AccountKind, PersonState};

use crate::pack::FundKind;
use crate::pack::step::Bucket;
use crate::plan::Engine;
use crate::refusal::Refusal;
use crate::split::{Split, Splitter, State};

/// What every output of a pack that is not confirmed says.
pub const ILLUSTRATIVE: (&str, &str) =
    ("示意，未与文件核对，不作为待遇依据", "illustrative until confirmed against its documents");

/// A split with its names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answer {
    /// The bill.
    pub bill: String,
    /// The pack.
    pub pack: String,
    /// SHA-256 of the pack.
    pub pack_hash: String,
    /// Set for a pack that is not confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub illustrative: Option<String>,
    /// Total.
    pub total: Fen,
    /// Its four parts.
    pub parts: Parts,
    /// The deductible standard of the first layer that has one.
    pub standard: Fen,
    /// Deductible borne now.
    pub deductible: Fen,
    /// What each payer paid.
    pub funds: Vec<FundPaid>,
    /// What the person bears, by reason.
    pub bears: Vec<Reason>,
    /// What the person bears in all.
    pub person: Fen,
    /// Of it, accounts.
    pub account: Fen,
    /// Of those, family members' accounts.
    pub family: Fen,
    /// Of it, cash.
    pub cash: Fen,
    /// Balance of the person's own accounts afterwards.
    pub balance: Fen,
    /// The gate that left everything to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    /// Words of the person and the institution that the pack does not know: they changed nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// Lines somebody has to look at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub review: Vec<String>,
    /// The four parts of every line.
    pub lines: Vec<LineParts>,
    /// What regions owe each other: set when the care was given elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<Owed>,
    /// What is recovered from the third party that is liable, by public fund.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recover: Vec<Recover>,
}

/// What a public fund advanced for a third party.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Recover {
    /// Fund.
    pub fund: String,
    /// Amount.
    pub amount: Fen,
}

/// A payer's part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FundPaid {
    /// Id in the pack.
    pub fund: String,
    /// Code on the wire.
    pub code: String,
    /// Chinese title.
    pub zh: String,
    /// English title.
    pub en: String,
    /// Kind of payer.
    #[serde(skip)]
    pub kind: FundKind,
    /// National field.
    #[serde(skip)]
    pub field: String,
    /// What it looked at.
    pub base: Fen,
    /// Paid.
    pub paid: Fen,
}

/// What the person bears for one reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reason {
    /// The reason.
    pub reason: &'static str,
    /// The amount.
    pub amount: Fen,
}

/// The parts of one line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LineParts {
    /// The line.
    pub line: String,
    /// The route it took.
    pub route: String,
    /// Its parts.
    #[serde(flatten)]
    pub parts: Parts,
}

/// What the insured region owes the region of care for one fund.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Owed {
    /// Fund.
    pub fund: String,
    /// Region that insures.
    pub by: String,
    /// Region of care, which has paid the hospital.
    pub to: String,
    /// Amount.
    pub amount: Fen,
}

impl Answer {
    /// The record of a split.
    #[must_use]
    pub fn of(engine: &Engine, bill: &Bill, split: &Split, state: &State) -> Self {
        let header = &engine.pack.benefit;
        let mark = || format!("{}; {}", ILLUSTRATIVE.0, ILLUSTRATIVE.1);
        // In the order in which they paid.
        let place = |at: usize| split.steps.iter().position(|step| step.fund == Some(at)).unwrap_or(usize::MAX);
        let mut order: Vec<(usize, usize)> = (0..engine.funds.len()).map(|at| (place(at), at)).collect();
        order.sort_unstable();
        let paid = order.into_iter().filter_map(|(_, at)| Some((engine.funds.get(at)?, split.funds.get(at)?)));
        let funds = paid.filter(|(_, paid)| **paid != 0).map(|(fund, paid)| FundPaid {
            fund: fund.id.clone(),
            code: fund.fund.code.clone(),
            zh: fund.fund.title.zh.clone(),
            en: fund.fund.title.en.clone(),
            kind: fund.fund.kind,
            field: fund.fund.field.clone(),
            base: Fen::new(
                split.steps.iter().filter(|step| step.fund == engine.fund(&fund.id)).map(|step| step.base).sum(),
            ),
            paid: Fen::new(*paid),
        });
        let bears = Bucket::ALL.iter().map(|bucket| Reason { reason: bucket.word(), amount: split.bucket(*bucket) });
        let line_id = |at: usize| match bill.lines.get(at).map(|line| line.id.as_str()) {
            Some("") | None => (at + 1).to_string(),
            Some(id) => id.to_owned(),
        };
        let route = |at: usize| engine.pack.route.get(at).map_or_else(String::new, |route| route.id.clone());
        let family = |at: &usize| state.accounts.get(*at).is_some_and(|account| account.kind == AccountKind::Family);
        let own = state.accounts.iter().filter(|account| account.kind != AccountKind::Family);
        let prefix = |area: &str| area.get(..usize::from(header.area_digits).min(area.len())).map(str::to_owned);
        let elsewhere = prefix(&bill.institution.area) != prefix(&header.area);
        let funds: Vec<FundPaid> = funds.collect();
        let owed = funds.iter().filter(|fund| elsewhere && fund.kind == FundKind::Public).map(|fund| Owed {
            fund: fund.fund.clone(),
            by: header.area.clone(),
            to: bill.institution.area.clone(),
            amount: fund.paid,
        });
        let advanced = funds.iter().filter(|fund| split.advance && fund.kind == FundKind::Public);
        let recover = advanced.map(|fund| Recover { fund: fund.fund.clone(), amount: fund.paid });
        Self {
            bill: bill.id.clone(),
            pack: header.id.clone(),
            pack_hash: engine.hash.clone(),
            illustrative: header.is_illustrative().then(mark),
            total: Fen::new(split.total),
            parts: split.parts,
            standard: Fen::new(
                split.steps.iter().map(|step| step.standard).find(|standard| *standard != 0).unwrap_or(0),
            ),
            deductible: split.deductible(),
            owed: owed.collect(),
            recover: recover.collect(),
            funds,
            bears: bears.filter(|reason| !reason.amount.is_zero()).collect(),
            person: split.person(),
            account: split.account(),
            family: Fen::new(split.accounts.iter().filter(|(at, _)| family(at)).map(|(_, paid)| paid).sum()),
            cash: Fen::new(split.cash),
            balance: Fen::new(own.map(|account| account.balance.get()).sum()),
            gate: split.gate.and_then(|at| engine.pack.gate.get(at)).map(|gate| gate.id.clone()),
            unread: Vec::new(),
            review: split.lines.iter().enumerate().filter(|(_, line)| line.review).map(|(at, _)| line_id(at)).collect(),
            lines: split
                .lines
                .iter()
                .enumerate()
                .map(|(at, line)| LineParts { line: line_id(at), route: route(line.route), parts: line.parts })
                .collect(),
        }
    }

    /// The amount of a name: `total`, `in_scope`, `pool` (a fund of the pack), `copay` (a reason).
    #[must_use]
    pub fn amount(&self, engine: &Engine, name: &str) -> Option<Fen> {
        let amount = match name {
            "total" => self.total,
            "full_self" => self.parts.full_self,
            "over_limit" => self.parts.over_limit,
            "first_self" => self.parts.first_self,
            "in_scope" => self.parts.in_scope,
            "deductible" => self.deductible,
            "person" => self.person,
            "account" => self.account,
            "family" => self.family,
            "cash" => self.cash,
            "balance" => self.balance,
            name => {
                if let Some(fund) = name.strip_prefix("fund.") {
                    engine.fund(fund)?;
                    return Some(self.funds.iter().find(|paid| paid.fund == fund).map_or(Fen::ZERO, |paid| paid.paid));
                }
                if let Some(fund) = name.strip_prefix("recover.") {
                    engine.fund(fund)?;
                    let of = self.recover.iter().find(|recover| recover.fund == fund);
                    return Some(of.map_or(Fen::ZERO, |recover| recover.amount));
                }
                let reason = name.strip_prefix("bears.")?;
                Bucket::ALL.iter().find(|bucket| bucket.word() == reason)?;
                return Some(self.bears.iter().find(|one| one.reason == reason).map_or(Fen::ZERO, |one| one.amount));
            }
        };
        Some(amount)
    }
}

/// The pure function of the box: a bill and the person's year so far, by a pack, to the split, the year afterwards and
/// the reasons. `care` is the pack of the place of care, for its lines.
///
/// # Errors
/// [`Refusal`].
pub fn split(
    home: &Engine,
    care: Option<&Engine>,
    bill: &Bill,
    before: &PersonState,
) -> Result<(Answer, PersonState, Explanation), Refusal> {
    let mut state = State::read(home, &before.accumulators, &before.accounts)?;
    let mut out = Split::default();
    let mut reasons = Explanation::default();
    let mut splitter = care.map_or_else(|| Splitter::new(home), |care| Splitter::out_of_area(home, care));
    splitter.split(bill, &before.person, &mut state, &mut out, Some(&mut reasons))?;
    let mut answer = Answer::of(home, bill, &out, &state);
    answer.unread = home.unread(bill, &before.person, bill.end);
    let after = PersonState {
        person: before.person.clone(),
        accounts: state.accounts.clone(),
        accumulators: state.write(home),
        settled: before.settled.clone(),
    };
    Ok((answer, after, reasons))
}

/// The national fields of funds: their sum is the fund total.
pub(crate) const LAYERS: [&str; 8] =
    ["hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "hifdm_pay", "maf_pay", "oth_pay"];
/// The national field of what the hospital bears.
pub(crate) const HOSPITAL: &str = "hosp_part_amt";

/// The settlement as the national interface answers it (2206, 2304): amounts by national field, details by fund code.
#[must_use]
pub fn message(answer: &Answer) -> Value {
    let yuan = |amount: Fen| json!(amount.to_string().parse::<serde_json::Number>().ok());
    let mut info = Map::new();
    let of_kind = |kinds: &[FundKind]| -> Fen {
        Fen::new(answer.funds.iter().filter(|fund| kinds.contains(&fund.kind)).map(|fund| fund.paid.get()).sum())
    };
    for (field, amount) in [
        ("medfee_sumamt", answer.total),
        ("fulamt_ownpay_amt", answer.parts.full_self),
        ("overlmt_selfpay", answer.parts.over_limit),
        ("preselfpay_amt", answer.parts.first_self),
        ("inscp_scp_amt", answer.parts.in_scope),
        ("dedc_std", answer.standard),
        ("act_pay_dedc", answer.deductible),
    ] {
        info.insert(field.to_owned(), yuan(amount));
    }
    for field in LAYERS {
        let paid = answer.funds.iter().filter(|fund| fund.kind != FundKind::Hospital && fund.field == field);
        info.insert(field.to_owned(), yuan(Fen::new(paid.map(|fund| fund.paid.get()).sum())));
    }
    for (field, amount) in [
        ("fund_pay_sumamt", of_kind(&[FundKind::Public, FundKind::Commercial, FundKind::Charity])),
        (HOSPITAL, of_kind(&[FundKind::Hospital])),
        ("psn_part_amt", answer.person),
        ("acct_pay", answer.account),
        ("acct_mulaid_pay", answer.family),
        ("psn_cash_pay", answer.cash),
        ("balc", answer.balance),
    ] {
        info.insert(field.to_owned(), yuan(amount));
    }
    let mut details: Vec<Value> = answer
        .funds
        .iter()
        .map(|fund| json!({ "fund_pay_type": fund.code, "fund_payamt": yuan(fund.paid), "inscp_scp_amt": yuan(fund.base), "fund_pay_type_name": fund.zh }))
        .collect();
    if !answer.account.is_zero() {
        details.push(json!({ "fund_pay_type": "310200", "fund_payamt": yuan(answer.account), "inscp_scp_amt": yuan(answer.parts.in_scope), "fund_pay_type_name": "个人账户" }));
    }
    json!({ "setlinfo": info, "setldetail": details })
}

/// The reasons as text.
///
/// # Errors
/// A damaged explanation.
pub fn reasons(engine: &Engine, explanation: &Explanation, lang: Lang) -> Result<String, Refusal> {
    engine
        .book
        .render_text(explanation.bytes(), lang)
        .map_err(|error| Refusal::of_text("explanation", &error.to_string()))
}

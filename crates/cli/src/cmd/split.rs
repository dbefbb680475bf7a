//! `yibao split`: one bill as a waterfall, or a table of bills in person and time order.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use comfy_table::{CellAlignment, Table, presets};
use yibao_batch::AtomicFile;
use yibao_benefit::answer::{self, Answer};
use yibao_benefit::divide::divide_at;
use yibao_benefit::{Engine, Refusal};
use yibao_kernel::explain::Lang;
use yibao_kernel::{Day, Fen};
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use super::shape;

mod changed;
mod house;
mod outcome;
mod output;
mod rows;
pub mod stream;
mod take;
mod void;

pub use output::quoted;

/// Exit code of a refused bill or pack.
const REFUSED: u8 = 3;

/// Arguments of `yibao split`.
#[derive(clap::Args)]
pub struct Args {
    /// A bill (JSON), or a table of bills (CSV, Parquet)
    bills: PathBuf,
    /// Folder of the benefit pack 待遇政策包
    #[arg(long)]
    pack: PathBuf,
    /// Pack of the place of care, for the lines of a bill from elsewhere 就医地政策包
    #[arg(long, value_name = "PACK")]
    care: Option<PathBuf>,
    /// The person and the year so far: JSON for a bill, one JSON object per line for a table
    #[arg(long, value_name = "STATE")]
    person: Option<PathBuf>,
    /// Day of knowledge: values published later are left out (default: all are known)
    #[arg(long, value_name = "DAY")]
    known: Option<String>,
    /// Print the cited steps 逐步说明
    #[arg(long)]
    explain: bool,
    /// Write every line of a table's bills to lines.csv 逐明细
    #[arg(long)]
    lines: bool,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Language of the steps
    #[arg(long, default_value = "zh", value_parser = ["zh", "en"])]
    lang: String,
    /// Compare a table's result with this folder of an earlier run: what settling again changed 与既有结算比较
    #[arg(long, value_name = "OLD")]
    against: Option<PathBuf>,
    /// Take the settlement of a bill back: --person is the year before it 退费
    #[arg(long)]
    void: bool,
    /// Bills settled after the one that is voided, in order 其后已结算的费用单
    #[arg(long, value_name = "LATER", num_args = 1.., requires = "void")]
    then: Vec<PathBuf>,
    /// Write the person's year afterwards to this file, for a bill
    #[arg(long, value_name = "FILE")]
    state_out: Option<PathBuf>,
    /// Folder of results, for a table of bills
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Files that cannot be read or written.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let known = match &args.known {
        None => Day::MAX,
        Some(text) => Day::parse(text).with_context(|| format!("--known {text}"))?,
    };
    let read = |path: &Path| match Engine::read(path, known) {
        Ok(engine) => Some(engine),
        Err(found) => {
            eprintln!("{found}");
            None
        }
    };
    let Some(home) = read(&args.pack) else { return Ok(ExitCode::from(REFUSED)) };
    let care = match &args.care {
        None => None,
        Some(path) => match read(path) {
            Some(engine) => Some(engine),
            None => return Ok(ExitCode::from(REFUSED)),
        },
    };
    let lang = if args.lang == "en" { Lang::En } else { Lang::Zh };
    let is_json = args.bills.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    if !is_json {
        anyhow::ensure!(
            args.state_out.is_none(),
            "--state-out is for one bill\n  hint: a table writes persons.jsonl into its folder"
        );
        anyhow::ensure!(!args.json, "--json is for one bill\n  hint: a table writes run.json into its folder");
        anyhow::ensure!(
            !args.void,
            "--void is for one bill\n  hint: in a table a row whose `voids` names the bill takes it back"
        );
        let Some(output) = &args.output else {
            anyhow::bail!("a table of bills needs a folder for its results\n  hint: add -o OUT");
        };
        let Some(person) = &args.person else {
            anyhow::bail!(
                "a table of bills needs the persons\n  hint: add --person PERSONS.jsonl, one person and year so far per line"
            );
        };
        let table = stream::Table {
            home: &home,
            care: care.as_ref(),
            bills: &args.bills,
            persons: person,
            output,
            explain: args.explain,
            lines: args.lines,
            known: args.known.as_deref(),
            against: args.against.as_deref(),
            making: None,
        };
        return table.run();
    }
    anyhow::ensure!(
        args.output.is_none(),
        "-o is for a table of bills\n  hint: --state-out FILE writes the person's year after one bill"
    );
    anyhow::ensure!(
        args.against.is_none(),
        "--against is for a table of bills\n  hint: compare the folders of two runs"
    );
    anyhow::ensure!(!args.lines, "--lines is for a table of bills\n  hint: --json says the lines of one bill");
    one(&home, care.as_ref(), &args, lang)
}

fn one(home: &Engine, care: Option<&Engine>, args: &Args, lang: Lang) -> anyhow::Result<ExitCode> {
    let Some(person) = &args.person else {
        anyhow::bail!(
            "a bill is split for a person\n  hint: add --person STATE.json: the person's insurance, and what was used this year"
        );
    };
    let mut state: PersonState = shape::read(person)?;
    if args.void {
        return void::run(home, care, args, state, lang);
    }
    let bill: Bill = shape::read(&args.bills)?;
    let bills = match divide_at(home, care, &bill, &state) {
        Ok(bills) => bills,
        Err(refusal) => return refused(args, &refusal),
    };
    if state.settled.contains(&bill.id) {
        let message = format!("{} is settled already", bill.id);
        let hint = "a bill is settled once; after a void send the rest as a new bill";
        return refused(args, &Refusal::new("settled", message, hint));
    }
    state.settled.push(bill.id.clone());
    let mut parts = Vec::new();
    for bill in &bills {
        let (answer, after, reasons) = match answer::split(home, care, bill, &state) {
            Ok(done) => done,
            Err(refusal) => return refused(args, &refusal),
        };
        state = after;
        if args.json {
            let mut part = serde_json::json!({ "split": answer, "message": answer::message(&answer) });
            if args.explain {
                let steps = home.book.render_json(reasons.bytes(), lang)?;
                part["steps"] = steps;
            }
            parts.push(part);
            continue;
        }
        say!("{}", waterfall(home, &answer));
        if args.explain {
            let steps = answer::reasons(home, &reasons, lang).map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
            say!("\n{}", steps.trim_end());
        }
    }
    write_state(args.state_out.as_deref(), &state)?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&serde_json::json!({ "splits": parts, "person": state }))?);
    }
    Ok(ExitCode::SUCCESS)
}

/// Says why nothing is settled.
fn refused(args: &Args, refusal: &Refusal) -> anyhow::Result<ExitCode> {
    if args.json {
        say!("{}", serde_json::json!({ "refused": refusal.code, "message": refusal.message, "hint": refusal.hint }));
    } else {
        eprintln!("error: {refusal}");
    }
    Ok(ExitCode::from(REFUSED))
}

/// The person's year afterwards, where it is asked for.
fn write_state(path: Option<&Path>, state: &PersonState) -> anyhow::Result<()> {
    if let Some(path) = path {
        let mut file = AtomicFile::create(path)?;
        writeln!(file, "{}", serde_json::to_string_pretty(state)?)?;
        file.commit()?;
    }
    Ok(())
}

/// Reasons as a patient reads them.
const REASONS: [(&str, &str, &str); 9] = [
    ("full_self", "目录外自费", "outside the catalogue"),
    ("over_limit", "超过支付标准", "above the payment standard"),
    ("first_self", "乙类先行自付", "class-B first self-pay"),
    ("area_first_self", "异地就医先行自付", "out-of-area first self-pay"),
    ("in_scope", "符合范围，由个人承担", "in scope, borne by the person"),
    ("deductible", "起付线", "deductible"),
    ("copay", "按比例自付", "the person's share"),
    ("over_cap", "超过封顶线", "beyond the cap"),
    ("barred", "不予支付", "payable by nobody else"),
];

/// The waterfall: Chinese first, English beside it.
fn waterfall(engine: &Engine, answer: &Answer) -> String {
    let header = &engine.pack.benefit;
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    let mut row = |indent: &str, zh: &str, en: &str, amount: Fen| {
        table.add_row(vec![format!("{indent}{zh}"), format!("{indent}{en}"), amount.to_string()]);
    };
    row("", "费用总额", "total", answer.total);
    let parts = answer.parts;
    for (zh, en, amount) in [
        ("全自费", "full self-pay", parts.full_self),
        ("超限价", "above the limit", parts.over_limit),
        ("先行自付", "first self-pay", parts.first_self),
        ("符合范围", "in scope", parts.in_scope),
    ] {
        row("  ", zh, en, amount);
    }
    if !answer.deductible.is_zero() {
        row("    ", "其中起付线", "of it the deductible", answer.deductible);
    }
    for fund in &answer.funds {
        row("", &format!("{} 支付", fund.zh), &format!("{} pays", fund.en), fund.paid);
    }
    row("", "个人负担", "the person bears", answer.person);
    for reason in &answer.bears {
        let words = REASONS.iter().find(|(word, ..)| *word == reason.reason);
        row(
            "  ",
            words.map_or(reason.reason, |(_, zh, _)| zh),
            words.map_or(reason.reason, |(.., en)| en),
            reason.amount,
        );
    }
    if !answer.account.is_zero() {
        row("", "个人账户支付", "personal account pays", answer.account);
        row("  ", "账户余额", "balance", answer.balance);
    }
    row("", "个人现金支付", "cash", answer.cash);
    if let Some(column) = table.column_mut(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text = format!("{} · {} · {}\n", answer.bill, header.title.zh, header.title.en);
    if let Some(mark) = &answer.illustrative {
        text.push_str(&format!("※ {mark}\n"));
    }
    if let Some(gate) = &answer.gate {
        let title = engine.pack.gate.iter().find(|one| one.id == *gate).map(|one| &one.title);
        let words = title.map(|title| format!("{} · {}", title.zh, title.en)).unwrap_or_default();
        text.push_str(&format!("※ {words}\n"));
    }
    text.push_str(&table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n"));
    if !answer.review.is_empty() {
        text.push_str(&format!("\n※ 待审核明细 lines to review: {}", answer.review.join(", ")));
    }
    for recover in &answer.recover {
        text.push_str(&format!(
            "\n※ 应向第三方追偿 to recover from the third party: {} {}",
            recover.fund, recover.amount
        ));
    }
    if !answer.unread.is_empty() {
        text.push_str(&format!("\n※ 政策包未用到的词 words the pack does not know: {}", answer.unread.join(", ")));
    }
    for owed in &answer.owed {
        text.push_str(&format!("\n※ 参保地 {} 应付就医地 {}: {} {}", owed.by, owed.to, owed.fund, owed.amount));
    }
    text
}

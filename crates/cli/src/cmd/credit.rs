//! `yibao credit`: what goes into the personal accounts for a month, and the move of balances at the year's end.

use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{anyhow, bail, ensure};
use serde_json::json;
use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::manifest::{Counts, FileHash, Manifest};
use yibao_benefit::{Engine, Refusal};
use yibao_kernel::{Day, Fen};
use yibao_record::person::{Account, AccountKind, PersonState};

use super::persons::{House, Persons, Stood};
use super::settle::PROGRAM;
use super::split::quoted;
use crate::job;

/// Exit code of a run that refused persons, and of a pack with errors.
const REFUSED: u8 = 3;

/// Arguments of `yibao credit`.
#[derive(clap::Args)]
pub struct Args {
    /// The persons and their year so far: one JSON object per line
    persons: PathBuf,
    /// Folder of the benefit pack 待遇政策包
    #[arg(long)]
    pack: PathBuf,
    /// The month, like 2025-03
    #[arg(long, value_name = "YYYY-MM")]
    month: String,
    /// First move this year's balances to the earlier ones: in the first month of an insurance year 年度结转
    #[arg(long)]
    carry_over: bool,
    /// Day of knowledge: values published later are left out (default: all are known)
    #[arg(long, value_name = "DAY")]
    known: Option<String>,
    /// The folder to write; it appears whole or not at all
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

/// What was done, in counts and fen.
#[derive(Default)]
struct Tally {
    persons: u64,
    credited: u64,
    refused: u64,
    amount: i128,
    carried: i128,
}

/// The files.
struct Files {
    persons: BufWriter<std::fs::File>,
    credits: BufWriter<std::fs::File>,
    refused: BufWriter<std::fs::File>,
}

/// One person credited.
struct Credit {
    rule: String,
    base: Option<Fen>,
    amount: Fen,
    carried: Fen,
    balance: Fen,
}

/// Runs the command. Exit code 3: done, and some persons were refused.
///
/// # Errors
/// Files that cannot be read or written, a month that is none, a carry-over in another month than a year's first.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let day = Day::parse(&format!("{}-01", args.month))
        .map_err(|_| anyhow!("--month {}: not a month\n  hint: write a month like 2025-03", args.month))?;
    let known = match &args.known {
        None => Day::MAX,
        Some(text) => Day::parse(text).map_err(|error| anyhow!("--known {text}: {error}"))?,
    };
    let engine = match Engine::read(&args.pack, known) {
        Ok(engine) => engine,
        Err(found) => {
            eprintln!("{found}");
            return Ok(ExitCode::from(REFUSED));
        }
    };
    let (month, date) = engine.year_starts;
    ensure!(
        !args.carry_over || (day.month() == month && date == 1),
        "--carry-over: {} is not the first month of an insurance year\n  hint: the years of this pack start on {month:02}-{date:02}",
        args.month
    );
    ensure!(
        !engine.pack.credit.is_empty(),
        "{}: the pack credits no accounts\n  hint: add a [[credit]]",
        args.pack.display()
    );
    let cancel = job::cancel_on_signal()?;
    let folder = NewFolder::create(&args.output)?;
    let create = |name: &str| std::fs::File::create(folder.file(name)).map(BufWriter::new);
    let mut files =
        Files { persons: create("persons.jsonl")?, credits: create("credits.csv")?, refused: create("refused.csv")? };
    writeln!(files.credits, "line,person_id,month,rule,base,credited,carried,balance")?;
    writeln!(files.refused, "line,person_id,code,message,hint")?;
    let mut tally = Tally::default();
    let mut persons = Persons::open(&args.persons)?;
    let bar = job::progress("crediting 划入");
    while let Some(house) = persons.house()? {
        job::stop_if(&cancel)?;
        household(&engine, day, &args, house, &mut files, &mut tally)?;
        bar.set_position(tally.persons);
    }
    bar.finish_and_clear();
    if tally.persons == 0 {
        bail!("{}: nobody stands in it\n  hint: one person per line", args.persons.display());
    }
    persons.together(job::threads(None))?;
    finish(&engine, &args, folder, files, &tally)?;
    Ok(if tally.refused > 0 { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
}

/// Credits the persons of a household: everybody's balance of an account they share is the same.
fn household(
    engine: &Engine,
    day: Day,
    args: &Args,
    house: House,
    files: &mut Files,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let House { mut members } = house;
    let mut changed = false;
    let differs = balances_differ(&members);
    for at in 0..members.len() {
        let Some(stood) = members.get_mut(at) else { continue };
        tally.persons += 1;
        let credited = match &mut stood.state {
            Ok(_) if differs => Err(Refusal::new(
                "balance_differs",
                "an account that persons share stands with two balances",
                "an account has one balance: write the same one for everybody who may use it",
            )),
            Ok(state) => credit(engine, day, args, state),
            Err(refusal) => Err(refusal.clone()),
        };
        match credited {
            Ok(credit) => {
                changed = true;
                tally.credited += 1;
                tally.amount += i128::from(credit.amount.get());
                tally.carried += i128::from(credit.carried.get());
                let base = credit.base.map(|base| base.to_string()).unwrap_or_default();
                writeln!(
                    files.credits,
                    "{},{},{},{},{base},{},{},{}",
                    stood.line,
                    quoted(&stood.id),
                    args.month,
                    quoted(&credit.rule),
                    credit.amount,
                    credit.carried,
                    credit.balance
                )?;
                share(&mut members, at);
            }
            Err(refusal) => {
                tally.refused += 1;
                let row =
                    [stood.line.to_string(), stood.id.clone(), refusal.code.to_owned(), refusal.message, refusal.hint];
                writeln!(files.refused, "{}", row.each_ref().map(|text| quoted(text)).join(","))?;
            }
        }
    }
    for stood in &members {
        match &stood.state {
            Ok(state) if changed => writeln!(files.persons, "{}", serde_json::to_string(state)?)?,
            _ => writeln!(files.persons, "{}", stood.text)?,
        }
    }
    Ok(())
}

/// Whether an account of a household stands with two balances.
fn balances_differ(members: &[Stood]) -> bool {
    let accounts = || members.iter().flat_map(|stood| &stood.state).flat_map(|state| &state.accounts);
    members.len() > 1
        && accounts().any(|one| accounts().any(|other| one.id == other.id && one.balance != other.balance))
}

/// Carries over and credits one person. Nothing changes when it is refused.
fn credit(engine: &Engine, day: Day, args: &Args, state: &mut PersonState) -> Result<Credit, Refusal> {
    let credited = engine.credit_by_facts(&state.person, day)?;
    let mut accounts = state.accounts.clone();
    let current = place(&accounts, AccountKind::Current)?;
    let last = accounts.get(current).and_then(|account| account.credited.as_deref());
    if let Some(last) = last.filter(|last| *last >= args.month.as_str()) {
        return Err(Refusal::new(
            "credited",
            format!("the account is credited up to {last} already"),
            "credit the months in order, each once",
        ));
    }
    let carried = accounts.get(current).map_or(Fen::ZERO, |account| account.balance);
    let carried = if args.carry_over { carried } else { Fen::ZERO };
    if !carried.is_zero() {
        let earlier = place(&accounts, AccountKind::Earlier)?;
        move_to(&mut accounts, current, Fen::new(-carried.get()))?;
        move_to(&mut accounts, earlier, carried)?;
    }
    let balance = move_to(&mut accounts, current, credited.amount)?;
    if let Some(account) = accounts.get_mut(current) {
        account.credited = Some(args.month.clone());
    }
    state.accounts = accounts;
    Ok(Credit { rule: credited.rule, base: credited.base, amount: credited.amount, carried, balance })
}

/// The place of the person's only account of a kind.
fn place(accounts: &[Account], kind: AccountKind) -> Result<usize, Refusal> {
    let word = if kind == AccountKind::Current { "current" } else { "earlier" };
    let mut of_kind = accounts.iter().enumerate().filter(|(_, account)| account.kind == kind).map(|(at, _)| at);
    match (of_kind.next(), of_kind.next()) {
        (Some(at), None) => Ok(at),
        (None, _) => Err(Refusal::new(
            "account",
            format!("the person has no account of kind {word}"),
            format!("add one: {{ \"id\": …, \"kind\": \"{word}\", \"balance\": \"0.00\" }}"),
        )),
        _ => Err(Refusal::new(
            "account",
            format!("the person has two accounts of kind {word}"),
            "a person has one of each kind of their own",
        )),
    }
}

fn move_to(accounts: &mut [Account], at: usize, amount: Fen) -> Result<Fen, Refusal> {
    let too_large = || Refusal::new("too_large", "a balance does not fit", "look for an amount with misplaced digits");
    let account = accounts.get_mut(at).ok_or_else(too_large)?;
    account.balance = account.balance.checked_add(amount).map_err(|_| too_large())?;
    Ok(account.balance)
}

/// What one person's accounts hold is what everybody's say.
fn share(members: &mut [Stood], at: usize) {
    if members.len() < 2 {
        return;
    }
    let Some(Ok(state)) = members.get(at).map(|stood| &stood.state) else { return };
    let accounts = state.accounts.clone();
    for (place, other) in members.iter_mut().enumerate() {
        let Ok(other) = &mut other.state else { continue };
        for account in other.accounts.iter_mut().filter(|_| place != at) {
            if let Some(own) = accounts.iter().find(|own| own.id == account.id) {
                account.balance = own.balance;
                account.credited.clone_from(&own.credited);
            }
        }
    }
}

fn yuan(fen: i128) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn finish(engine: &Engine, args: &Args, folder: NewFolder, files: Files, tally: &Tally) -> anyhow::Result<()> {
    for mut file in [files.persons, files.credits, files.refused] {
        file.flush()?;
    }
    let header = &engine.pack.benefit;
    let mark = header
        .is_illustrative()
        .then(|| format!("{}; {}", yibao_benefit::answer::ILLUSTRATIVE.0, yibao_benefit::answer::ILLUSTRATIVE.1));
    let run = json!({
        "pack": header.id, "pack_hash": engine.hash, "illustrative": mark, "month": args.month,
        "persons": tally.persons, "credited": tally.credited, "refused": tally.refused,
        "amount": yuan(tally.amount), "carried": yuan(tally.carried),
    });
    folder.write("run.json", format!("{run:#}\n").as_bytes())?;
    let manifest = Manifest {
        format: 1,
        program: PROGRAM.to_owned(),
        made: "credit".to_owned(),
        pack: header.id.clone(),
        pack_sha256: engine.hash.clone(),
        scheme: None,
        scheme_sha256: None,
        period: args.month.clone(),
        methods: Vec::new(),
        known: args.known.clone(),
        inputs: vec![FileHash::of(&args.persons)?],
        counts: Counts { read: tally.persons, settled: tally.credited, refused: tally.refused, not_selected: 0 },
        feeds: Vec::new(),
        bills: Vec::new(),
        outputs: Vec::new(),
    };
    manifest.write(&folder, &["credits.csv", "persons.jsonl", "refused.csv", "run.json"])?;
    folder.commit()?;
    say!(
        "{}: {} 人 persons, {} 人划入 credited {}, {} 结转 carried over, {} 人拒付 refused → {}",
        args.month,
        tally.persons,
        tally.credited,
        yuan(tally.amount),
        yuan(tally.carried),
        tally.refused,
        args.output.display()
    );
    if let Some(mark) = mark {
        say!("※ {mark}");
    }
    Ok(())
}

//! `yibao policy` on benefit packs.

use std::path::Path;
use std::process::ExitCode;

use yibao_benefit::against::{Finding, Verdict, against};
use yibao_benefit::{Engine, examples, pack, show};
use yibao_kernel::Day;
use yibao_kernel::explain::Lang;
use yibao_policy::Folder;

/// Exit code of a pack with errors.
const REFUSED: u8 = 3;

/// Whether the folder holds a benefit pack.
pub fn is(folder: &Path) -> bool {
    Folder::read(folder).is_ok_and(|folder| pack::is_benefit(&folder))
}

/// Checks a pack, and holds it against the national list.
pub fn check(folder: &Path, national: Option<&Path>) -> ExitCode {
    let engine = match Engine::read(folder, Day::MAX) {
        Ok(engine) => engine,
        Err(found) => {
            say!("{found}\n");
            say!("{} errors", found.errors());
            return ExitCode::from(REFUSED);
        }
    };
    let pack = &engine.pack;
    let counts = [
        (pack.package.len(), "packages"),
        (pack.route.len(), "routes"),
        (engine.funds.len(), "funds"),
        (engine.slots.len(), "accumulators"),
        (engine.plans.len(), "stretches of days"),
        (engine.catalogue.items().len(), "items"),
        (pack.example.len(), "examples"),
    ];
    let words: Vec<String> = counts.iter().map(|(count, what)| format!("{count} {what}")).collect();
    say!("ok: {}", words.join(", "));
    for open in &pack.open {
        say!("note: 未定 open: {} · {}", open.what.zh, open.what.en);
    }
    let without = engine.visits_without_route();
    if !without.is_empty() {
        say!("note: 没有路径 no route takes visit = {}: such bills are refused", without.join(", "));
    }
    if pack.benefit.is_illustrative() {
        say!("※ {}; {}", yibao_benefit::answer::ILLUSTRATIVE.0, yibao_benefit::answer::ILLUSTRATIVE.1);
    }
    let wrong = examples::run(&engine).iter().filter(|outcome| !outcome.differs.is_empty()).count();
    if wrong > 0 {
        say!(
            "error: {wrong} of the pack's own examples come out otherwise\n  hint: yibao policy test {}",
            folder.display()
        );
        return ExitCode::from(REFUSED);
    }
    let Some(national) = national else { return ExitCode::SUCCESS };
    let national = match pack::load(national) {
        Ok((_, national)) => national,
        Err(found) => {
            eprintln!("{found}");
            return ExitCode::from(REFUSED);
        }
    };
    let findings = against(&engine, &national);
    let other = |finding: &&Finding| finding.verdict == Verdict::NotAbout;
    for finding in findings.iter().filter(|finding| !other(finding)) {
        let (zh, en) = finding.verdict.words();
        say!("{zh} {en}: {} · {} {}", finding.zh, finding.en, finding.figures);
    }
    let others: Vec<&str> = findings.iter().filter(other).map(|finding| finding.floor.as_str()).collect();
    if !others.is_empty() {
        let (zh, en) = Verdict::NotAbout.words();
        say!("{zh} {en}: {}", others.join(", "));
    }
    let below = findings.iter().any(|finding| finding.verdict == Verdict::Below);
    if below { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS }
}

/// Prints a pack, or one package.
pub fn show(folder: &Path, package: Option<&str>, lang: Lang) -> ExitCode {
    let pack = match pack::load(folder) {
        Ok((_, pack)) => pack,
        Err(found) => {
            eprintln!("{found}");
            return ExitCode::from(REFUSED);
        }
    };
    match show::page(&pack, package, lang) {
        Some(page) => {
            say!("{}", page.trim_end());
            ExitCode::SUCCESS
        }
        None => {
            let hint = yibao_policy::suggest::hint(package.unwrap_or(""), pack.package.keys().map(String::as_str));
            eprintln!("error: no package of this name\n  hint: {hint}");
            ExitCode::from(REFUSED)
        }
    }
}

/// Prints what changed between two packs of any kind.
pub fn diff(before: &Path, after: &Path) -> ExitCode {
    let (before, after) = match (Folder::read(before), Folder::read(after)) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(found), _) | (_, Err(found)) => {
            eprintln!("{found}");
            return ExitCode::from(REFUSED);
        }
    };
    for line in show::diff(before.tree(), after.tree()) {
        say!("{line}");
    }
    ExitCode::SUCCESS
}

/// Runs a pack's own examples.
pub fn test(folder: &Path) -> ExitCode {
    let engine = match Engine::read(folder, Day::MAX) {
        Ok(engine) => engine,
        Err(found) => {
            eprintln!("{found}");
            return ExitCode::from(REFUSED);
        }
    };
    let outcomes = examples::run(&engine);
    let wrong = outcomes.iter().filter(|outcome| !outcome.differs.is_empty()).count();
    for outcome in &outcomes {
        match outcome.differs.is_empty() {
            true => say!("ok  {} ({} figures)", outcome.id, outcome.figures),
            false => {
                say!("not {}", outcome.id);
                outcome.differs.iter().for_each(|line| say!("    {line}"));
            }
        }
    }
    say!("{} examples, {wrong} wrong", outcomes.len());
    if outcomes.is_empty() {
        say!("note: the pack has no [[example]]");
    }
    if wrong > 0 { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS }
}

/// Prints the JSON Schema of a benefit pack, for editors.
pub fn schema() -> ExitCode {
    say!("{}", serde_json::to_string_pretty(&pack::schema()).unwrap_or_default());
    ExitCode::SUCCESS
}

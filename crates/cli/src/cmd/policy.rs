//! `yibao policy`: payment packs here, benefit packs in `benefit`; a pack says by its keys which it is.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use yibao_kernel::explain::Lang;
use yibao_kernel::{Day, Window};
use yibao_payment::pack::capitation::form;
use yibao_payment::pack::check::{Counts, check};
use yibao_payment::pack::header::YearDeclaration;
use yibao_payment::pack::method::Method;
use yibao_payment::pack::reference::ReferenceFolder;
use yibao_payment::pack::words::{basis_words, of, pool_words, price_words, source_words, step_words, verb_words};
use yibao_payment::pack::{Pack, load};
use yibao_payment::weigh::WeighPlan;
use yibao_policy::{Diagnostics, suggest};

use super::benefit;
use crate::made::Making;

/// Widest line printed, columns of a terminal.
const WIDTH: u16 = 110;
/// Exit code of a pack with errors.
const REFUSED: u8 = 3;

/// Arguments of `yibao policy`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Check a pack: unknown keys, missing sources, conflicts, bounds 检查政策包
    Check {
        /// Folder of the pack
        pack: PathBuf,
        /// Reference-data folder (default: YIBAO_DATA)
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// A benefit pack: hold it against the national list of benefits 对照国家待遇清单
        #[arg(long, value_name = "PACK")]
        against: Option<PathBuf>,
    },
    /// Print one year's method on one screen 显示一个年度的支付办法
    Show {
        /// Folder of the pack
        pack: PathBuf,
        /// Id of the method, of a payment pack
        #[arg(long)]
        method: Option<String>,
        /// Id of a package, of a benefit pack (default: all)
        #[arg(long)]
        package: Option<String>,
        /// Year (default: the latest of the pack)
        #[arg(long)]
        year: Option<i32>,
        /// zh or en
        #[arg(long, default_value = "zh", value_parser = ["zh", "en"])]
        lang: String,
    },
    /// Say what changed between two packs 比较两个政策包
    Diff {
        /// Before
        before: PathBuf,
        /// After
        after: PathBuf,
    },
    /// Run a benefit pack's own examples 运行政策包自带算例
    Test {
        /// Folder of the pack
        pack: PathBuf,
    },
    /// Print the JSON Schema of a benefit pack, for editors
    Schema,
}

/// Runs the command.
///
/// # Errors
/// None of its own: findings are printed, and the exit code says whether the pack is usable.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::Check { pack, against, .. } if benefit::is(&pack) => Ok(benefit::check(&pack, against.as_deref())),
        Action::Check { pack, data, .. } => Ok(run_check(&pack, data)),
        Action::Show { pack, method, package, year, lang } => {
            let lang = if lang == "en" { Lang::En } else { Lang::Zh };
            if benefit::is(&pack) {
                return Ok(benefit::show(&pack, package.as_deref(), lang));
            }
            let Some(method) = method else {
                anyhow::bail!("a payment pack is shown by its methods\n  hint: add --method ID");
            };
            Ok(run_show(&pack, &method, year, lang))
        }
        Action::Diff { before, after } => Ok(benefit::diff(&before, &after)),
        Action::Test { pack } => Ok(benefit::test(&pack)),
        Action::Schema => Ok(benefit::schema()),
    }
}

fn run_check(folder: &std::path::Path, data: Option<PathBuf>) -> ExitCode {
    let data = data.or_else(|| std::env::var_os("YIBAO_DATA").map(PathBuf::from));
    let (found, counts) = match load(folder) {
        Ok((folder, pack)) => (checked(&folder, &pack, &ReferenceFolder(data)), Counts::of(&pack)),
        Err(found) => (found, Counts::default()),
    };
    if !found.is_empty() {
        say!("{found}\n");
    }
    say!("{}", summary(&found, &counts));
    if found.has_errors() { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS }
}

/// The findings about a pack, its weight job included.
fn checked(folder: &yibao_policy::Folder, pack: &Pack, reference: &ReferenceFolder) -> Diagnostics {
    let mut found = check(folder, pack, reference);
    if pack.weigh.is_some()
        && !found.has_errors()
        && let Err(refused) = WeighPlan::of_pack(folder, pack, reference)
    {
        let place = folder.locate(&yibao_policy::Path::of("weigh"));
        found.error_text(&refused.to_string(), Some(place), "see docs/reference/pack.md");
    }
    bills_checked(folder, pack, &mut found);
    found
}

/// That the benefit packs of `[[bills]]` are usable and know the funds and visits named.
fn bills_checked(folder: &yibao_policy::Folder, pack: &Pack, found: &mut Diagnostics) {
    for (at, bills) in pack.bills.iter().enumerate() {
        let root = folder.root().join(&bills.benefit);
        if !root.is_dir() {
            continue;
        }
        match yibao_benefit::Engine::read(&root, Day::MAX) {
            Ok(engine) => {
                if let Err(refused) = Making::new(bills, &engine) {
                    let place = folder.locate(&yibao_policy::Path::of("bills").at(at));
                    found.error_text(&refused.to_string(), Some(place), "see docs/reference/pack.md");
                }
            }
            Err(more) => found.append(more),
        }
    }
}

fn summary(found: &Diagnostics, counts: &Counts) -> String {
    let some = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let findings = format!("{}, {}", some(found.errors(), "error"), some(found.notes(), "note"));
    if found.has_errors() {
        return findings;
    }
    let parts = [
        some(counts.years, "year"),
        some(counts.methods, "method"),
        some(counts.steps, "step"),
        some(counts.tables, "table"),
        some(counts.pools, "pool"),
        some(counts.sources, "named source"),
    ];
    format!("ok: {} ({findings})", parts.join(", "))
}

fn run_show(folder: &std::path::Path, method: &str, year: Option<i32>, lang: Lang) -> ExitCode {
    let page = load(folder).and_then(|(folder, pack)| page(&folder, &pack, method, year, lang));
    match page {
        Ok(page) => {
            say!("{}", page.trim_end_matches('\n'));
            ExitCode::SUCCESS
        }
        Err(found) => {
            eprintln!("{found}");
            ExitCode::from(REFUSED)
        }
    }
}

/// The page of a method.
fn page(
    folder: &yibao_policy::Folder,
    pack: &Pack,
    id: &str,
    year: Option<i32>,
    lang: Lang,
) -> Result<String, Diagnostics> {
    let mut found = Diagnostics::default();
    let Some(method) = pack.method.get(id) else {
        let place = folder.locate(&yibao_policy::Path::of("method"));
        found.error(
            format!("unknown method \"{id}\""),
            Some(place),
            suggest::hint(id, pack.method.keys().map(String::as_str)),
        );
        return Err(found);
    };
    let latest = || pack.year.iter().max_by_key(|declared| declared.year);
    let declared = match year {
        Some(number) => pack.year_declaration(number),
        None => latest(),
    };
    if let (Some(number), None) = (year, declared) {
        let known: Vec<String> = pack.year.iter().map(|declared| declared.year.to_string()).collect();
        let place = folder.locate(&yibao_policy::Path::of("year"));
        found.error(format!("the pack has no year {number}"), Some(place), format!("it has {}", known.join(", ")));
        return Err(found);
    }
    let mut text = heading(pack, id, method, declared, lang);
    let _ = writeln!(text, "{}", steps(pack, method, declared.and_then(days), lang));
    for pool in pack.pool.iter().filter(|pool| pool.methods.iter().any(|paid| paid == id)) {
        if declared.is_none_or(|declared| declared.year == pool.year) {
            let lines = pool_words(pool, lang);
            let _ = writeln!(text, "\n{}: {}", word(lang, "基金池", "pool"), lines.join("\n"));
            let _ = writeln!(text, "  {}: {}", word(lang, "来源", "source"), source_words(pack, &pool.source, lang));
        }
    }
    Ok(text)
}

const fn word(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn heading(pack: &Pack, id: &str, method: &Method, declared: Option<&YearDeclaration>, lang: Lang) -> String {
    let year = declared.map(|declared| declared.year.to_string()).unwrap_or_default();
    let mark =
        if pack.pack.trust.illustrative() { word(lang, "（示意，非官方）", " (illustrative)") } else { "" };
    let mut text = format!("{} · {id} · {} {year}{mark}\n", of(&method.title, lang), of(&pack.pack.region, lang));
    let _ = writeln!(text, "{}: {}", word(lang, "结算口径", "basis"), basis_words(method.basis, lang));
    let _ = writeln!(text, "{}: {}", word(lang, "价格方式", "price"), price_words(method.price, lang));
    if let Some(form) = form(method) {
        let _ = writeln!(text, "{}: {}", word(lang, "按人头", "capitation"), of(&form.words(), lang));
    }
    text.push('\n');
    text
}

/// The days of a year.
fn days(declared: &YearDeclaration) -> Option<Window> {
    let calendar = Window::year(declared.year).ok()?;
    Window::new(declared.from.unwrap_or(calendar.from), declared.until.or(calendar.until)).ok()
}

/// The steps in force in the year, numbered.
fn steps(pack: &Pack, method: &Method, year: Option<Window>, lang: Lang) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(vec![
        "#",
        word(lang, "步骤", "step"),
        word(lang, "动作", "verb"),
        word(lang, "取值", "values"),
        word(lang, "来源", "source"),
    ]);
    for (number, step) in (1..).zip(&method.step) {
        let window = Window::new(step.from.unwrap_or(Day::MIN), step.until).ok();
        if year.zip(window).is_some_and(|(year, window)| !year.overlaps(&window)) {
            continue;
        }
        let title = step.title.as_ref().map_or_else(|| step.id.clone(), |title| of(title, lang).to_owned());
        table.add_row(vec![
            number.to_string(),
            title,
            verb_words(&step.verb, lang).to_owned(),
            step_words(step, lang),
            source_words(pack, &step.source, lang),
        ]);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/packs/good/");

    fn shown(pack: &str, method: &str, lang: Lang) -> String {
        let (folder, pack) = load(std::path::Path::new(&format!("{GOOD}{pack}"))).unwrap();
        page(&folder, &pack, method, None, lang).unwrap()
    }

    /// Columns of a terminal a text takes: Chinese characters take two.
    fn width(line: &str) -> usize {
        line.chars().map(|one| if one as u32 >= 0x2E80 { 2 } else { 1 }).sum()
    }

    #[test]
    fn a_method_is_printed_on_one_screen() {
        for lang in [Lang::Zh, Lang::En] {
            for (pack, method) in [("points_region", "drg_points"), ("rate_region", "drg_rate")] {
                let page = shown(pack, method, lang);
                assert!(page.lines().count() <= 80, "{page}");
                assert!(page.lines().all(|line| width(line) <= usize::from(WIDTH)), "{page}");
            }
        }
        let page = shown("points_region", "drg_points", Lang::En);
        assert!(
            page.starts_with("CHS-DRG points · drg_points · Example City 2025 (illustrative)\nbasis: cost"),
            "{page}"
        );
        assert!(page.contains("less adjustment fund 5% of the budget → reserve"), "{page}");
        assert!(page.contains("0.8 < r ≤ 3: 1"), "{page}");
    }

    #[test]
    fn an_unknown_method_names_the_known_ones() {
        let (folder, pack) = load(std::path::Path::new(&format!("{GOOD}points_region"))).unwrap();
        let refused = page(&folder, &pack, "drg_pionts", None, Lang::En).unwrap_err().to_string();
        assert!(refused.starts_with("error: unknown method \"drg_pionts\"\n"), "{refused}");
        assert!(refused.ends_with("hint: did you mean \"drg_points\"?"), "{refused}");
        let refused = page(&folder, &pack, "drg_points", Some(2031), Lang::En).unwrap_err().to_string();
        assert!(refused.contains("the pack has no year 2031"), "{refused}");
    }
}

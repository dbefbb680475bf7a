//! `yibao explain`: why a case has its group, why a settled case or institution has its amount.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use yibao_batch::group::{FoundCase, find_case};
use yibao_grouping::{CodeMap, Language, NotMapped, Scheme};

use crate::cmd::group::TextArgs;
use crate::cmd::settled::Form;
use crate::cmd::{scheme, settled};

mod split_bill;

const AFTER_HELP: &str = "\
Grouping:        yibao explain --scheme SCHEME --case ID IN
Settled result:  yibao explain --settled DIR --case ID
                 yibao explain --settled DIR --institution ID
Split bill:      yibao explain OUT BILL";

/// Arguments of `yibao explain`.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Explain the group of a case under this scheme (folder, file or name)
    #[arg(long, value_name = "SCHEME", conflicts_with = "settled", requires = "case")]
    pub scheme: Option<String>,
    /// Explain from the stored reasons of a settled result
    #[arg(long, value_name = "DIR")]
    pub settled: Option<PathBuf>,
    /// The case
    #[arg(long, value_name = "ID")]
    pub case: Option<String>,
    /// The feed of the case, when an id stands in several (with --settled)
    #[arg(long, value_name = "ID", requires = "settled", conflicts_with = "institution")]
    pub feed: Option<String>,
    /// The institution (with --settled)
    #[arg(long, value_name = "ID", requires = "settled", conflicts_with = "case")]
    pub institution: Option<String>,
    /// The file that holds the case (with --scheme): .csv, .csv.gz, .parquet, or - for standard input; or the folder of
    /// split bills
    #[arg(value_name = "IN", required_unless_present = "settled", conflicts_with = "settled")]
    pub input: Option<PathBuf>,
    /// The bill, of a folder of split bills (or the case, of a settled folder)
    #[arg(value_name = "BILL", conflicts_with_all = ["scheme", "case"])]
    pub bill: Option<String>,
    /// The person, when an id of a bill stands at several
    #[arg(long, value_name = "ID", requires = "bill")]
    pub person: Option<String>,
    /// Translate clinical codes to payer codes first (with --scheme)
    #[arg(long, requires = "scheme")]
    pub translate: bool,
    /// Language
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    pub lang: Lang,
    /// Print JSON
    #[arg(long, conflicts_with = "html")]
    pub json: bool,
    /// Print HTML (with --settled)
    #[arg(long, requires = "settled")]
    pub html: bool,
    #[command(flatten)]
    pub text: TextArgs,
}

/// A language of explanations.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

impl Lang {
    const fn of_kernel(self) -> yibao_kernel::explain::Lang {
        match self {
            Self::Zh => yibao_kernel::explain::Lang::Zh,
            Self::En => yibao_kernel::explain::Lang::En,
        }
    }
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.settled {
        return explain_settled(folder, args.case.as_deref(), &args);
    }
    if let (None, Some(folder), Some(bill)) = (&args.scheme, &args.input, &args.bill) {
        if folder.join("cases.parquet").is_file() {
            return explain_settled(folder, Some(bill), &args);
        }
        let form = if args.json { Form::Json } else { Form::Text };
        scheme::print(&split_bill::explain(folder, bill, args.person.as_deref(), args.lang.of_kernel(), form)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(scheme), Some(case), Some(input)) = (&args.scheme, &args.case, &args.input) else {
        anyhow::bail!(
            "nothing to explain\n  hint: yibao explain --scheme SCHEME --case ID IN, or yibao explain OUT BILL"
        );
    };
    let scheme = scheme::open(scheme)?;
    let mut found = find_case(input, case, &args.text.options())?;
    if args.translate
        && let Some(refused) = translate(&scheme, &mut found)?
    {
        scheme::print(&not_mapped(&refused, args.lang))?;
        return Ok(ExitCode::SUCCESS);
    }
    let explanation = scheme.explain(&found.raw())?;
    if args.json {
        scheme::print(&serde_json::to_string_pretty(&explanation)?)?;
    } else {
        let language = match args.lang {
            Lang::Zh => Language::Zh,
            Lang::En => Language::En,
        };
        scheme::print(&explanation.render(language))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows what a settled result has stored.
fn explain_settled(folder: &Path, case: Option<&str>, args: &Args) -> anyhow::Result<ExitCode> {
    let form = match (args.json, args.html) {
        (true, _) => Form::Json,
        (_, true) => Form::Html,
        _ => Form::Text,
    };
    let lang = args.lang.of_kernel();
    let text = match (case, &args.institution) {
        (Some(id), _) => settled::case(folder, id, args.feed.as_deref(), lang, form)?,
        (None, Some(id)) => settled::institution(folder, id, lang, form)?,
        (None, None) => anyhow::bail!("nothing to explain\n  hint: add --case ID or --institution ID"),
    };
    scheme::print(&text)?;
    if let (Some(id), Form::Text) = (case, form) {
        for line in crate::bills::of_case(folder, id)? {
            scheme::print(&line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Puts payer codes in the place of clinical codes; the code that stops it, if one has no translation.
fn translate(scheme: &Scheme, case: &mut FoundCase) -> anyhow::Result<Option<NotMapped>> {
    let maps = scheme.translation()?;
    let apply = |map: &CodeMap, codes: &mut Vec<String>| {
        let texts: Vec<&str> = codes.iter().map(String::as_str).collect();
        match map.translate(&texts) {
            Ok(translated) => {
                *codes = translated;
                None
            }
            Err(refused) => Some(refused),
        }
    };
    Ok(apply(&maps.dx, &mut case.dx).or_else(|| apply(&maps.proc, &mut case.proc)))
}

fn not_mapped(refused: &NotMapped, lang: Lang) -> String {
    let place = refused.position;
    match (refused.kind, lang) {
        (yibao_grouping::CodeKind::Diagnosis, Lang::Zh) => {
            format!("未分组：第{place}诊断 {} 在对照表中没有医保版编码", refused.code)
        }
        (yibao_grouping::CodeKind::Procedure, Lang::Zh) => {
            format!("未分组：第{place}手术操作 {} 在对照表中没有医保版编码", refused.code)
        }
        (yibao_grouping::CodeKind::Diagnosis, Lang::En) => {
            format!("not grouped: diagnosis {place}, {}, has no translation", refused.code)
        }
        (yibao_grouping::CodeKind::Procedure, Lang::En) => {
            format!("not grouped: procedure {place}, {}, has no translation", refused.code)
        }
    }
}

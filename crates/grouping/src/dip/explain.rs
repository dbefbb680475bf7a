//! A decision step by step: told by the call that decides.

use serde::Serialize;
use yibao_kernel::Decimal;

use crate::render::Language;

use super::answer::{DipReason, DipStatus};
use super::catalogue::Catalogue;
use super::engine::{Engine, Watch};
use super::matcher::{DipCase, aux_facts};
use super::rows::Kind;
use super::settings::Criterion;
use super::treatment::Treatment;

/// A row as an explanation names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedRow {
    /// The group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its type.
    pub treatment: Treatment,
    /// Line of `groups.csv`.
    pub line: u32,
}

/// One step of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum DipStep {
    /// The type of a procedure.
    Procedure {
        /// The code as compared.
        code: String,
        /// Its type; `None` counts as none.
        treatment: Option<Treatment>,
    },
    /// The stay's treatment type.
    Treatment {
        /// The type.
        treatment: Treatment,
    },
    /// The core rows whose diagnosis and procedures are the stay's.
    Candidates {
        /// The rows.
        rows: Vec<NamedRow>,
    },
    /// What a criterion left.
    Criterion {
        /// The criterion.
        criterion: Criterion,
        /// The rows left.
        rows: Vec<NamedRow>,
    },
    /// Several rows were left: the first of the catalogue was taken.
    Tie {
        /// The row taken.
        row: NamedRow,
    },
    /// The row of the diagnosis without procedures.
    Plain {
        /// The row.
        row: NamedRow,
    },
    /// The comprehensive row of the diagnosis and the treatment type.
    Comprehensive {
        /// The row, if there is one.
        row: Option<NamedRow>,
    },
    /// Two kinds had a row: which went first.
    Order {
        /// Taken.
        taken: NamedRow,
        /// Left.
        left: NamedRow,
    },
    /// No row takes the stay: what the catalogue says about the rest.
    Fallback {
        /// The row, unless the rest is refused.
        row: Option<NamedRow>,
    },
    /// The stay's level of a kind of the auxiliary catalogue.
    Auxiliary {
        /// The kind.
        kind: String,
        /// Its Chinese title.
        title_zh: String,
        /// Its English title.
        title_en: String,
        /// Score, for kinds that go by one.
        score: Option<i32>,
        /// The level; `None` when none holds.
        level: Option<String>,
        /// The coefficient stated for it.
        coefficient: Option<Decimal>,
    },
}

/// Why a stay has its group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DipExplanation {
    /// The catalogue.
    pub catalogue: String,
    /// Its version.
    pub version: String,
    /// Its content hash.
    pub content_hash: String,
    /// Principal diagnosis as given.
    pub principal: String,
    /// How the decision ended.
    pub status: DipStatus,
    /// Why there is no group.
    pub reason: Option<DipReason>,
    /// The group.
    pub group: Option<NamedRow>,
    /// Its points.
    pub points: Option<Decimal>,
    /// K_aux.
    pub auxiliary: Option<Decimal>,
    /// The steps.
    pub steps: Vec<DipStep>,
}

struct Recorder<'c> {
    catalogue: &'c Catalogue,
    steps: Vec<DipStep>,
}

impl Recorder<'_> {
    fn named(&self, row: u32) -> Option<NamedRow> {
        named(self.catalogue, row)
    }

    fn rows(&self, engine: &Engine, left: &[u32]) -> Vec<NamedRow> {
        left.iter().filter_map(|at| self.named(engine.row_of(*at)?)).collect()
    }
}

fn named(catalogue: &Catalogue, row: u32) -> Option<NamedRow> {
    let found = catalogue.rows().get(row as usize)?;
    Some(NamedRow {
        group: found.code.clone(),
        name: found.name.clone(),
        kind: found.kind,
        treatment: catalogue.engine().row_type(row),
        line: found.line,
    })
}

impl Watch for Recorder<'_> {
    fn candidates(&mut self, engine: &Engine, left: &[u32]) {
        let rows = self.rows(engine, left);
        self.steps.push(DipStep::Candidates { rows });
    }

    fn criterion(&mut self, criterion: Criterion, engine: &Engine, left: &[u32]) {
        let rows = self.rows(engine, left);
        self.steps.push(DipStep::Criterion { criterion, rows });
    }

    fn plain(&mut self, row: u32) {
        let row = self.named(row);
        self.steps.extend(row.map(|row| DipStep::Plain { row }));
    }

    fn comprehensive(&mut self, row: Option<u32>) {
        let row = row.and_then(|row| self.named(row));
        self.steps.push(DipStep::Comprehensive { row });
    }

    fn order(&mut self, taken: u32, left: u32) {
        if let (Some(taken), Some(left)) = (self.named(taken), self.named(left)) {
            self.steps.push(DipStep::Order { taken, left });
        }
    }

    fn fallback(&mut self, row: Option<u32>) {
        let row = row.and_then(|row| self.named(row));
        self.steps.push(DipStep::Fallback { row });
    }
}

impl Catalogue {
    /// Why a stay has its group: the decision of [`super::Matcher::assign`], told by the same call.
    #[must_use]
    pub fn explain(&self, case: &DipCase<'_>) -> DipExplanation {
        let mut matcher = self.matcher();
        let mut recorder = Recorder { catalogue: self, steps: Vec::new() };
        let answer = matcher.assign_watched(case, &mut recorder);
        let mut steps: Vec<DipStep> = matcher
            .procedures()
            .iter()
            .map(|one| DipStep::Procedure { code: one.code.to_string(), treatment: one.treatment })
            .collect();
        if !recorder.steps.is_empty() {
            steps.push(DipStep::Treatment { treatment: answer.treatment });
        }
        steps.extend(recorder.steps);
        if answer.tie {
            steps.extend(answer.row.and_then(|row| named(self, row)).map(|row| DipStep::Tie { row }));
        }
        if let (Some(aux), Some(row)) = (self.auxiliary(), answer.row) {
            let facts = aux_facts(case);
            for (at, kind) in aux.kinds().iter().enumerate() {
                let level = answer.levels.get(at).copied().unwrap_or(0);
                steps.push(DipStep::Auxiliary {
                    kind: kind.id.clone(),
                    title_zh: kind.title.zh.clone(),
                    title_en: kind.title.en.clone(),
                    score: aux.score(at, &facts),
                    level: aux.level_name(at, level).map(str::to_owned),
                    coefficient: aux.coefficient(row, at, level),
                });
            }
        }
        let principal = case.dx.split(|byte| *byte == b'|').next().unwrap_or_default();
        DipExplanation {
            catalogue: self.header().id.clone(),
            version: self.header().version.clone(),
            content_hash: self.content_hash().to_owned(),
            principal: String::from_utf8_lossy(principal).into_owned(),
            status: answer.status,
            reason: answer.reason,
            group: answer.row.and_then(|row| named(self, row)),
            points: answer.points,
            auxiliary: answer.auxiliary,
            steps,
        }
    }
}

impl DipExplanation {
    /// The explanation as lines of text.
    #[must_use]
    pub fn render(&self, language: Language) -> String {
        let zh = language == Language::Zh;
        let pick = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
        let mut lines = Vec::new();
        match &self.group {
            Some(group) => lines.push(format!("{} {}", self.status.text(), shown(group, zh))),
            None => {
                let reason = self.reason.map_or("", |reason| if zh { reason.text_zh() } else { reason.text() });
                lines.push(format!("{}: {reason}", self.status.text()));
            }
        }
        lines.push(format!("{}: {} {}", pick("目录", "catalogue"), self.catalogue, self.version));
        lines.push(format!("{}: {}", pick("内容摘要", "content hash"), self.content_hash));
        lines.push(format!("{}: {}", pick("主要诊断", "principal diagnosis"), self.principal));
        lines.extend(self.steps.iter().flat_map(|step| step_lines(step, zh)));
        if let Some(points) = self.points {
            lines.push(format!("{}: {points}", pick("病种分值", "points")));
        }
        if let Some(auxiliary) = self.auxiliary {
            lines.push(format!("{}: {auxiliary}", pick("辅助目录调节系数", "auxiliary coefficient")));
        }
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}

fn shown(row: &NamedRow, zh: bool) -> String {
    let kind = match (row.kind, zh) {
        (Kind::Core, true) => "核心病种",
        (Kind::PrimaryCare, true) => "基层病种",
        (Kind::Comprehensive, true) => "综合病种",
        (Kind::Fallback, true) => "兜底病种",
        (Kind::Core, false) => "core",
        (Kind::PrimaryCare, false) => "primary-care",
        (Kind::Comprehensive, false) => "comprehensive",
        (Kind::Fallback, false) => "fallback",
    };
    let treatment = if zh { row.treatment.zh() } else { row.treatment.en() };
    let name = if row.name.is_empty() { String::new() } else { format!(" {}", row.name) };
    format!("{}{name} ({kind}, {treatment}; groups.csv:{})", row.group, row.line)
}

fn step_lines(step: &DipStep, zh: bool) -> Vec<String> {
    let pick = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
    let listed = |title: String, rows: &[NamedRow]| {
        let mut lines = vec![title];
        lines.extend(rows.iter().map(|row| format!("    {}", shown(row, zh))));
        lines
    };
    let none = || pick("无", "none");
    vec![match step {
        DipStep::Procedure { code, treatment } => {
            let text = match treatment {
                Some(treatment) => if zh { treatment.zh() } else { treatment.en() }.to_owned(),
                None => pick("无类型，不计", "no type, counts as none"),
            };
            format!("  {} {code}: {text}", pick("手术操作", "procedure"))
        }
        DipStep::Treatment { treatment } => {
            format!("  {}: {}", pick("治疗方式", "treatment type"), if zh { treatment.zh() } else { treatment.en() })
        }
        DipStep::Candidates { rows } if rows.is_empty() => {
            format!("  {}: {}", pick("满足诊断与手术操作的核心病种", "core rows satisfied"), none())
        }
        DipStep::Candidates { rows } => {
            return listed(format!("  {}:", pick("满足诊断与手术操作的核心病种", "core rows satisfied")), rows);
        }
        DipStep::Criterion { criterion, rows } => {
            let word = if zh { criterion.zh() } else { criterion.en() };
            let title = match zh {
                true => format!("  按「{word}」选择，余{}个:", rows.len()),
                false => format!("  by {word}, {} left:", rows.len()),
            };
            return listed(title, rows);
        }
        DipStep::Tie { row } => format!(
            "  {}: {}",
            pick("各项标准均相同，取目录中在前的", "alike by every criterion; the first of the catalogue"),
            shown(row, zh)
        ),
        DipStep::Plain { row } => {
            format!("  {}: {}", pick("该诊断的保守治疗病种", "row of the diagnosis without procedures"), shown(row, zh))
        }
        DipStep::Comprehensive { row } => {
            let row = row.as_ref().map_or_else(none, |row| shown(row, zh));
            format!("  {}: {row}", pick("该诊断与治疗方式的综合病种", "comprehensive row of diagnosis and type"))
        }
        DipStep::Order { taken, left } => match zh {
            true => format!("  病种种类的先后: {} 先于 {}", shown(taken, zh), shown(left, zh)),
            false => format!("  order of kinds: {} before {}", shown(taken, zh), shown(left, zh)),
        },
        DipStep::Fallback { row } => {
            let row = row.as_ref().map_or_else(|| pick("不予入组", "refused"), |row| shown(row, zh));
            format!("  {}: {row}", pick("无病种可入，兜底规则", "no row takes it; fallback"))
        }
        DipStep::Auxiliary { kind, title_zh, title_en, score, level, coefficient } => {
            let score = score.map(|score| format!(" ({} {score})", pick("评分", "score"))).unwrap_or_default();
            let level = level.clone().unwrap_or_else(none);
            let coefficient = coefficient.map(|number| format!(" × {number}")).unwrap_or_default();
            format!("  {} {kind}{score}: {level}{coefficient}", if zh { title_zh } else { title_en })
        }
    }]
}

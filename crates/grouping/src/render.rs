//! An explanation as text, in Chinese or English.

use crate::explain::{CaseExplanation, Conjunct, NamedCode, Phrase, RuleStep, SeverityStep};

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Language {
    /// One of two texts.
    const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    fn phrase(self, phrase: &Phrase) -> &str {
        self.pick(&phrase.zh, &phrase.en)
    }
}

impl CaseExplanation {
    /// The explanation as lines of text.
    #[must_use]
    pub fn render(&self, language: Language) -> String {
        let mut out = Lines { language, text: String::new() };
        self.head(&mut out);
        self.gates(&mut out);
        self.decision(&mut out);
        if !self.near.is_empty() {
            out.title("差一个条件的规则", "Rules that failed by one condition");
            for rule in &self.near {
                out.rule(rule);
            }
        }
        if !self.severity.is_empty() {
            out.title("并发症与合并症", "Complications and comorbidities");
            self.severity.iter().for_each(|step| out.severity(step));
        }
        out.text
    }

    fn head(&self, out: &mut Lines) {
        let answer = &self.answer;
        let name = answer.drg_name.as_deref().unwrap_or("");
        out.line(0, &format!("{} {} {name}", answer.status.text(), answer.drg));
        let language = out.language;
        out.line(0, &format!("{}: {}", language.pick("分组方案", "scheme"), self.scheme));
        out.line(0, &format!("{}: {}", language.pick("内容摘要", "content hash"), self.content_hash));
        if let Some(reason) = answer.rejection {
            let text = language.pick(reason.text_zh(), reason.text());
            out.line(0, &format!("{}: {text}", language.pick("未入组原因", "rejected because")));
        }
        if let Some(code) = &self.principal {
            let text = format!("{}: {}", language.pick("主要诊断", "principal diagnosis"), shown(code));
            out.line(0, &text);
        }
        if let Some(code) = &self.alone {
            let why = language.pick(
                "首次未入组，改以该手术操作单独重新分组",
                "nothing was found at first; grouped again with this procedure alone",
            );
            out.line(0, &format!("{why}: {}", shown(code)));
        }
    }

    fn gates(&self, out: &mut Lines) {
        if self.gates.is_empty() {
            return;
        }
        out.title("MDC入口", "Gates");
        let shut: Vec<&str> = self.gates.iter().filter(|gate| !gate.opened).map(|gate| gate.mdc.as_str()).collect();
        if !shut.is_empty() {
            let label = out.language.pick("未进入", "not opened");
            out.line(1, &format!("{label}: {}", shut.join(" ")));
        }
        for gate in self.gates.iter().filter(|gate| gate.opened) {
            let tried = match out.language {
                Language::Zh => format!("已试规则{}条", gate.rules_tried),
                Language::En => format!("{} rules tried", gate.rules_tried),
            };
            let label = out.language.pick("进入", "opened");
            out.line(1, &format!("{label} {} ({tried}; adrg_rules.json:{})", gate.mdc, gate.line));
            out.conjuncts(2, &gate.condition);
        }
    }

    fn decision(&self, out: &mut Lines) {
        let Some(rule) = &self.matched else { return };
        out.title("命中规则", "Rule that decided");
        out.rule(rule);
        if self.rows.is_empty() {
            return;
        }
        out.title("DRG细分", "DRG rows");
        for row in &self.rows {
            let mark = if row.taken { "✓" } else { "✗" };
            out.line(1, &format!("{mark} {} {} (drg.csv:{})", row.drg, row.name, row.line));
            out.conjuncts(2, &row.condition);
        }
    }
}

struct Lines {
    language: Language,
    text: String,
}

impl Lines {
    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&"  ".repeat(depth));
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn title(&mut self, zh: &str, en: &str) {
        let title = self.language.pick(zh, en).to_owned();
        self.line(0, &title);
    }

    fn rule(&mut self, rule: &RuleStep) {
        let text = format!("{} {} {} (adrg.csv:{})", rule.mdc, rule.adrg, rule.rule, rule.line);
        self.line(1, &text);
        self.conjuncts(2, &rule.condition);
    }

    fn conjuncts(&mut self, depth: usize, conjuncts: &[Conjunct]) {
        for conjunct in conjuncts {
            let mark = if conjunct.holds { "✓" } else { "✗" };
            let text = self.language.phrase(&conjunct.text);
            let codes: Vec<String> = conjunct.codes.iter().map(shown).collect();
            let text = match codes.as_slice() {
                [] => format!("{mark} {text}"),
                codes => format!("{mark} {text}: {}", codes.join("; ")),
            };
            self.line(depth, &text);
        }
    }

    fn severity(&mut self, step: &SeverityStep) {
        let counts = match (step.counts, self.language) {
            (true, Language::Zh) => "计入".to_owned(),
            (true, Language::En) => "counts".to_owned(),
            (false, Language::Zh) => format!("被主要诊断排除（排除表{}）", step.table),
            (false, Language::En) => {
                format!("excluded by the principal diagnosis (table {})", step.table)
            }
        };
        self.line(1, &format!("{} {}: {counts}", step.level, shown(&step.code)));
    }
}

fn shown(code: &NamedCode) -> String {
    match &code.name {
        Some(name) => format!("{} {name}", code.code),
        None => code.code.clone(),
    }
}

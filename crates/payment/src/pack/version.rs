//! Proposed, heard, adopted: the versions of anything an authority decides in the open. One type for budgets,
//! negotiated standards and total-control indexes; what was proposed stays beside what was adopted.

use serde::Deserialize;
use yibao_kernel::Day;
use yibao_policy::source::SourceRef;

use crate::settled::Bilingual;

/// How far a version has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Put forward.
    Proposal,
    /// What somebody answered to a proposal.
    Opinion,
    /// In force.
    Adopted,
}

impl Stage {
    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proposal => "proposal",
            Self::Opinion => "opinion",
            Self::Adopted => "adopted",
        }
    }

    /// The word printed, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Proposal => ("拟定", "proposed"),
            Self::Opinion => ("意见", "opinion"),
            Self::Adopted => ("定案", "adopted"),
        }
    }
}

/// `[[….version]]`: one version of a decision.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version<V> {
    /// How far it has come.
    pub stage: Stage,
    /// Day it was put forward, given or decided.
    pub on: Day,
    /// Known from; absent = `on`.
    pub known: Option<Day>,
    /// The office, never a person.
    pub by: Bilingual,
    /// What it says in words.
    pub text: Option<Bilingual>,
    /// The values it states.
    #[serde(default)]
    pub values: V,
    /// Source.
    pub source: SourceRef,
}

impl<V> Version<V> {
    /// The day from which it is known.
    #[must_use]
    pub fn known(&self) -> Day {
        self.known.unwrap_or(self.on)
    }
}

/// Something wrong with a list of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionFault {
    /// Which version.
    pub at: usize,
    /// Which of its keys.
    pub key: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

/// The adopted version known on a day, with its place in the list.
#[must_use]
pub fn adopted<V>(versions: &[Version<V>], known: Day) -> Option<(usize, &Version<V>)> {
    let mut all = versions.iter().enumerate();
    all.find(|(_, version)| version.stage == Stage::Adopted && version.known() <= known)
}

/// The latest proposal known on a day, with its place in the list.
#[must_use]
pub fn proposed<V>(versions: &[Version<V>], known: Day) -> Option<(usize, &Version<V>)> {
    let all = versions.iter().enumerate();
    all.filter(|(_, version)| version.stage == Stage::Proposal && version.known() <= known)
        .max_by_key(|(at, version)| (version.on, std::cmp::Reverse(*at)))
}

/// The versions known on a day in the order of their days, whatever their order in the pack.
#[must_use]
pub fn in_order<V>(versions: &[Version<V>], known: Day) -> Vec<(usize, &Version<V>)> {
    let mut all: Vec<_> = versions.iter().enumerate().filter(|(_, version)| version.known() <= known).collect();
    all.sort_by_key(|(at, version)| (version.on, version.stage, *at));
    all
}

/// What an ordinary list of versions does not do.
#[must_use]
pub fn faults<V>(versions: &[Version<V>]) -> Vec<VersionFault> {
    let mut found = Vec::new();
    let first_proposal = versions.iter().filter(|one| one.stage == Stage::Proposal).map(|one| one.on).min();
    let mut adopted: Option<Day> = None;
    for (at, version) in versions.iter().enumerate() {
        let mut fault = |key, message, hint| found.push(VersionFault { at, key, message, hint });
        if version.known() < version.on {
            let message = format!("the {} of {} is known before its day", version.stage.word(), version.on);
            fault("known", message, "`on` is the day it was put forward or decided, `known` the day it was published");
        }
        match (version.stage, first_proposal) {
            (Stage::Adopted, None) => {
                let message = format!("adopted on {} and never proposed", version.on);
                fault("stage", message, "add the version with stage = \"proposal\" that was put forward before");
            }
            (Stage::Adopted, Some(proposal)) if version.on < proposal => {
                let message = format!("adopted on {}, before it was proposed on {proposal}", version.on);
                fault("on", message, "correct the days: a proposal comes first, then opinions, then the decision");
            }
            (Stage::Opinion, proposal) if proposal.is_none_or(|proposal| version.on < proposal) => {
                let message = format!("an opinion of {} on what was not proposed yet", version.on);
                fault("on", message, "correct the days: a proposal comes first, then opinions, then the decision");
            }
            _ => {}
        }
        if version.stage == Stage::Adopted {
            if let Some(earlier) = adopted {
                let message = format!("adopted twice: on {earlier} and on {}", version.on);
                fault("stage", message, "what changes after adoption is a dated change, never a second decision");
            }
            adopted = adopted.or(Some(version.on));
        }
    }
    found
}

/// Why nothing adopted is known, and what to do: for the refusal to settle with it.
#[must_use]
pub fn not_adopted<V>(what: &str, list: &str, versions: &[Version<V>], known: Day) -> (String, String) {
    let on = if known == Day::MAX { String::new() } else { format!(" known on {known}") };
    let message = format!("{what} has no adopted version{on}");
    let later = versions.iter().find(|version| version.stage == Stage::Adopted);
    let proposal = proposed(versions, known).map(|(_, version)| version.on);
    let hint = match (later, proposal) {
        (Some(later), _) => {
            format!("it was adopted on {} and is known from {}: ask as of that day or later", later.on, later.known())
        }
        (None, Some(proposal)) => {
            format!("it was proposed on {proposal}; settling waits for [[{list}.version]] with stage = \"adopted\"")
        }
        (None, None) => format!("add [[{list}.version]] with stage = \"proposal\", and the one that was adopted"),
    };
    (message, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(stage: Stage, on: &str, known: Option<&str>) -> Version<()> {
        let day = |text: &str| Day::parse(text).unwrap();
        Version {
            stage,
            on: day(on),
            known: known.map(day),
            by: Bilingual { zh: "局".into(), en: "office".into() },
            text: None,
            values: (),
            source: SourceRef::Named { name: "x".into(), article: None, quote: None, note: None },
        }
    }

    fn told(versions: &[Version<()>]) -> Vec<String> {
        faults(versions).into_iter().map(|fault| format!("{} {}: {}", fault.at, fault.key, fault.message)).collect()
    }

    #[test]
    fn settlement_uses_what_was_adopted_and_known() {
        let list = [
            version(Stage::Adopted, "2025-01-10", Some("2025-01-20")),
            version(Stage::Proposal, "2024-11-01", None),
            version(Stage::Opinion, "2024-12-01", None),
            version(Stage::Proposal, "2024-12-10", None),
        ];
        let day = |text: &str| Day::parse(text).unwrap();
        assert_eq!(told(&list), Vec::<String>::new());
        assert_eq!(adopted(&list, day("2025-01-19")).map(|(at, _)| at), None);
        assert_eq!(adopted(&list, day("2025-01-20")).map(|(at, _)| at), Some(0));
        assert_eq!(proposed(&list, day("2024-12-05")).map(|(at, _)| at), Some(1));
        assert_eq!(proposed(&list, Day::MAX).map(|(at, _)| at), Some(3));
        let order: Vec<usize> = in_order(&list, Day::MAX).into_iter().map(|(at, _)| at).collect();
        assert_eq!(order, [1, 2, 3, 0]);
        let (message, hint) = not_adopted("the budget \"b\" of 2025", "budget", &list, day("2025-01-19"));
        assert_eq!(message, "the budget \"b\" of 2025 has no adopted version known on 2025-01-19");
        assert_eq!(hint, "it was adopted on 2025-01-10 and is known from 2025-01-20: ask as of that day or later");
    }

    #[test]
    fn a_decision_out_of_its_order_is_told() {
        let early = [version(Stage::Adopted, "2024-10-01", None), version(Stage::Proposal, "2024-11-01", None)];
        assert_eq!(told(&early), ["0 on: adopted on 2024-10-01, before it was proposed on 2024-11-01"]);
        let alone = [version(Stage::Adopted, "2024-10-01", None), version(Stage::Opinion, "2024-09-01", None)];
        assert_eq!(
            told(&alone),
            [
                "0 stage: adopted on 2024-10-01 and never proposed",
                "1 on: an opinion of 2024-09-01 on what was not proposed yet"
            ]
        );
        let twice = [
            version(Stage::Proposal, "2024-09-01", Some("2024-08-01")),
            version(Stage::Adopted, "2024-10-01", None),
            version(Stage::Adopted, "2024-11-01", None),
        ];
        assert_eq!(
            told(&twice),
            [
                "0 known: the proposal of 2024-09-01 is known before its day",
                "2 stage: adopted twice: on 2024-10-01 and on 2024-11-01"
            ]
        );
    }
}

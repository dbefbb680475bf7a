//! DRG schemes and DIP catalogues: compile, group, explain, check.
//!
//! A scheme is a folder of tables in a closed grammar (`mdc.csv`, `adrg.csv`, `drg.csv`,
//! `adrg_rules.json`, `code_sets.csv`, `cc.csv`, `exclusion.csv`, `meta.json`) or the one file
//! precompiled from it. [`Scheme::group`] decides a case on interned codes without allocating;
//! [`Scheme::explain`] shows the same decision step by step; [`Scheme::check`] reports what can
//! never be reached.
//!
//! A DIP catalogue ([`dip`]) is another folder of tables with rules of its own.
//!
//! Everything here is a pure function of the scheme and the case.

mod answer;
mod bits;
mod bytes;
mod case;
mod check;
mod codec;
mod codes;
mod decide;
pub mod dip;
mod engine;
mod error;
mod explain;
mod expression;
mod gather;
mod grammar;
mod identity;
mod implication;
mod json;
mod labels;
mod lists;
mod membership;
mod meta;
mod model;
mod pairs;
mod phrase;
mod render;
mod scheme;
mod sheet;
mod store;
mod tables;
mod translation;

pub use answer::{Answer, Rejection, Status};
pub use case::{Case, CodeId, CodeKind, RawCase, Sex, TextId};
pub use check::{Finding, Problem};
pub use error::{Place, SchemeError};
pub use explain::{
    AnswerTexts, CaseExplanation, Conjunct, GateStep, NamedCode, Phrase, RowStep, RuleStep, SeverityStep,
};
pub use identity::ContentHash;
pub use render::Language;
pub use scheme::{CodeNames, DrgEntry, Scheme};
pub use translation::{ClinicalId, CodeMap, NotMapped, NotMappedAt, Translation};

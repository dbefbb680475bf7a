//! What the case steps decide about one stay: pure functions of the rules, and the evaluator that runs a method's steps
//! over a stay.

pub mod coefficient;
pub mod decision;
pub mod evaluator;
mod finish;
pub mod fund;
pub mod outlier;
mod panel;
pub mod points;
pub mod readmission;
pub mod refusal;
mod routes;
pub mod rules;
pub mod standard;
mod state;
mod steps;

pub use decision::{Candidate, Decision, Decisions, QuotaAnswer, QuotaKind};
pub use evaluator::{CaseFailure, Evaluated, Evaluator, StepFailure, TooMany};
pub use refusal::Refused;
pub use rules::CaseRules;

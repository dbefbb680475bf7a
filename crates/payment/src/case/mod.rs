//! What the case steps decide about one stay: pure functions of the rules, and the evaluator that runs a method's steps
//! over a stay.

pub mod bed_day;
pub mod coefficient;
pub mod decision;
pub mod disease_quota;
pub mod evaluator;
mod finish;
pub mod fund;
pub mod limit;
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
mod unit_steps;

pub use decision::{Candidate, Decision, Decisions, QuotaAnswer, QuotaKind};
pub use evaluator::{CaseFailure, Evaluated, Evaluator, StepFailure, TooMany};
pub use limit::LimitAnswer;
pub use refusal::Refused;
pub use rules::CaseRules;
pub use unit_steps::LimitAsk;

//! The weight run: past stays in, the table of a later year out (spec §1.1 to §1.5, §2.2, §2.3).
//!
//! Weights are made before the year, clearing reads them (spec §0.5): [`publish`] is the only way a table is made, and
//! settlement never calls it. The order of work: gather the amounts of every group and year; trim; test stability;
//! weight the years; take the ratio to the reference, or fall back; adjust with the total weight preserved; round last.
//!
//! Everything between is exact. The result does not depend on the order of the cases or on the number of threads.

pub mod adjustment;
pub mod changes;
mod declared;
mod draft;
pub mod error;
pub mod exact;
pub mod input;
pub mod mean;
mod parallel;
pub mod plan;
mod population;
mod publish;
mod reasons;
pub mod relative;
pub mod sample;
pub mod stability;
pub mod table;

#[cfg(test)]
mod tests;

pub use error::WeighError;
pub use input::WeighInput;
pub use plan::WeighPlan;
pub use publish::publish;
pub use table::{Basis, WeightRow, WeightTable};

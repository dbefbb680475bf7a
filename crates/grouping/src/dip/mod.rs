//! DIP: grouping by a catalogue of diagnoses with their procedures (spec §2).
//!
//! A catalogue is a folder: `catalogue.toml` (what it is, the scale of its points, how to choose among candidates, what
//! stays get that no row takes), `groups.csv`, `procedure_types.csv`, and where it has one an auxiliary catalogue
//! (`auxiliary.toml` and its coefficients). [`Catalogue::open`] compiles it once; a [`Matcher`] decides stays without
//! allocating; [`Catalogue::explain`] shows the same decision step by step; [`Catalogue::check`] reports what the
//! catalogue leaves to chance or says in vain.
//!
//! ```no_run
//! use std::path::Path;
//! use yibao_grouping::dip::{Catalogue, DipCase};
//!
//! let catalogue = Catalogue::open(Path::new("catalogue"))?;
//! let mut matcher = catalogue.matcher();
//! let case = DipCase { dx: b"K35.300", procedures: b"47.0100", ..DipCase::default() };
//! println!("{}", matcher.assign(&case).group);
//! # Ok::<(), yibao_policy::Diagnostics>(())
//! ```

mod answer;
mod auxiliary;
mod catalogue;
mod check;
mod code;
mod engine;
mod explain;
mod expression;
mod import;
mod matcher;
mod rows;
mod settings;
mod treatment;

pub use answer::{DipAnswer, DipReason, DipStatus};
pub use auxiliary::{
    AuxFacts, Auxiliary, AuxiliaryTables, Band, Combine, Condition, KINDS_MAX, KindDeclaration, Level, Levels, combine,
};
pub use catalogue::Catalogue;
pub use check::{DipFinding, DipProblem};
pub use code::{CODE_BYTES_MAX, Code};
pub use explain::{DipExplanation, DipStep, NamedRow};
pub use expression::{Expression, ExpressionError, PARTS_MAX};
pub use import::{ExtraRows, GroupColumns, Import, ImportMap, Imported, KindColumn, NumberColumns, TypeColumn};
pub use matcher::{DipCase, Matcher};
pub use rows::{
    Diagnoses, GROUP_COLUMNS, Kind, ProcedureTypes, Row, read_groups, read_types, write_groups, write_types,
};
pub use settings::{CoreBound, Criterion, Fallback, Header, KINDS_ORDER, Settings, Title};
pub use treatment::Treatment;

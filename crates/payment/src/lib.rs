//! Weights, factor chains, methods, pools, clearing, sharing: how institutions are paid.

pub mod budget;
pub mod case;
pub mod indicator;
pub mod negotiate;
pub mod pack;
pub mod plan;
pub mod settle;
pub mod settled;
pub mod weigh;

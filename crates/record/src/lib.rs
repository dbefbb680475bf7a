//! The facts that flow: stays, institutions, with national field names on the wire and English names in code.
pub mod bill;
pub mod column;
pub mod feed;
pub mod mapping;
pub mod payment_field;
pub mod person;
pub mod settlement;
pub mod stay;
pub mod stays;
pub mod validation;

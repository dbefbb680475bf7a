//! Drugs, service items and consumables as of a date.

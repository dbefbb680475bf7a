//! Bad input: what is refused as a whole, what is refused row by row, and the exact words.

mod files;
mod packs;
mod rows;

/// The heading of the stays of the example region.
const HEADING: &str = "病例号,参保人,医疗机构,险种,区县,入院日期,出院日期,病组,总费用,基金支付,个人负担";

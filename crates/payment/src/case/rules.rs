//! The engine's own rules in the rule book: what no step of a pack says.

use yibao_kernel::explain::{ExplainError, Rule, RuleBook, RuleId};

/// Rules written into the explanations of cases.
#[derive(Clone, Copy, Debug)]
pub struct CaseRules {
    /// Paid by item: {0} accounted fund.
    pub items: RuleId,
    /// Points from the own cost: {0} cost, {1} mean of all cases, {2} times.
    pub own_cost: RuleId,
    /// Incomplete stay: {0} cost, {1} group mean.
    pub incomplete: RuleId,
    /// Waits for the review.
    pub held: RuleId,
    /// Paid nothing here.
    pub nothing: RuleId,
    /// The panel refused the review: the ordinary rules apply.
    pub review_refused: RuleId,
    /// The panel decided on the standard.
    pub review_standard: RuleId,
    /// The panel set the standard: {0} amount.
    pub review_adjusted: RuleId,
    /// The panel set the standard, in points: {0} amount, {1} mean of all cases.
    pub review_adjusted_points: RuleId,
    /// Paid by the point value of its pool.
    pub by_point_value: RuleId,
    /// Days of a tier at their fee: {0} days, {1} fee.
    pub bed_day_fee: RuleId,
    /// Days of a tier in points: {0} days, {1} fee, {2} mean of all cases, {3} points a day, {4} points.
    pub bed_day_points: RuleId,
    /// Raised to a floor: {0} own, {1} other group, {2} share, {3} floor.
    pub at_least: RuleId,
    /// The number a factor is a function of: {0}.
    pub factor_of: RuleId,
    /// A term of a factor that is a sum: {0} number, {1} constant.
    pub factor_term: RuleId,
    /// K is added to the outlier factor and does not multiply: {0} factor, {1} K, {2} sum.
    pub band_plus_only: RuleId,
    /// K is added to the outlier factor and multiplies: {0} factor, {1} K, {2} sum.
    pub band_plus_times: RuleId,
    /// K does not multiply the outlier factor: {0} factor, {1} K.
    pub band_without: RuleId,
    /// Inside the quota of an outlier band: {0} rank, {1} limit, {2} discharges.
    pub quota_accepted: RuleId,
    /// Over the quota of an outlier band: {0} rank, {1} limit, {2} discharges.
    pub quota_full: RuleId,
}

impl CaseRules {
    /// Adds the rules to a book.
    ///
    /// # Errors
    /// [`ExplainError`] when a pack's rule has taken one of the ids.
    pub fn add(book: &mut RuleBook) -> Result<Self, ExplainError> {
        let mut rule = |id: &str, zh: &str, en: &str| add(book, id, zh, en);
        Ok(Self {
            items: rule("engine/items", "按项目支付：统筹记账 {0} 元", "paid by item: accounted fund {0}")?,
            own_cost: rule(
                "engine/own-cost",
                "按本例费用折算：{0} 元 ÷ 全部病例均次费用 {1} 元 × {2}",
                "from its own cost: {0} / mean of all cases {1} × {2}",
            )?,
            incomplete: rule(
                "engine/incomplete",
                "未完成治疗：基准 × 系数 × 费用 {0} 元 ÷ 病组均次费用 {1} 元，不超过基准",
                "incomplete stay: base × coefficient × cost {0} / group mean {1}, at most the base",
            )?,
            held: rule("engine/held", "待特例单议，暂不支付", "waits for special-case review; paid nothing now")?,
            nothing: rule("engine/nothing", "不在此处支付", "paid nothing here")?,
            review_refused: rule(
                "engine/review-refused",
                "特例单议未通过，按一般规则支付",
                "special-case review refused: paid by the ordinary rules",
            )?,
            review_standard: rule(
                "engine/review-standard",
                "特例单议：按支付标准支付",
                "special-case review: paid at the standard",
            )?,
            review_adjusted: rule(
                "engine/review-adjusted",
                "特例单议：支付标准调整为 {0} 元",
                "special-case review: the standard is adjusted to {0}",
            )?,
            review_adjusted_points: rule(
                "engine/review-adjusted-points",
                "特例单议：支付标准调整为 {0} 元，按 {0} 元 ÷ 全部病例均次费用 {1} 元 × 100 折算点数",
                "special-case review: the standard is adjusted to {0}; points = {0} / mean of all cases {1} × 100",
            )?,
            by_point_value: rule(
                "engine/by-point-value",
                "按所在资金池的点值支付，见清算行",
                "paid by the point value of its pool; see the clearing row",
            )?,
            bed_day_fee: rule("engine/bed-day-fee", "{0} 天 × {1} 元", "{0} days × {1}")?,
            bed_day_points: rule(
                "engine/bed-day-points",
                "{0} 天 ×（{1} 元 ÷ 全部病例均次费用 {2} 元 × 100 = {3} 点）= {4} 点",
                "{0} days × ({1} / mean of all cases {2} × 100 = {3} points) = {4} points",
            )?,
            at_least: rule(
                "engine/at-least",
                "{0} 低于对应病组 {1} × {2}，提高到 {3}",
                "{0} is below the matching group's {1} × {2}: raised to {3}",
            )?,
            factor_of: rule("engine/factor-of", "按数值 {0} 取系数", "the factor of {0}")?,
            factor_term: rule("engine/factor-term", "{0} × {1}", "{0} × {1}")?,
            band_plus_only: rule(
                "engine/band-plus-only",
                "倍率系数 {0} + 机构系数 {1} = {2}，不再乘机构系数",
                "outlier factor {0} + hospital coefficient {1} = {2}; the coefficient does not multiply again",
            )?,
            band_plus_times: rule(
                "engine/band-plus-times",
                "倍率系数 {0} + 机构系数 {1} = {2}，再乘机构系数",
                "outlier factor {0} + hospital coefficient {1} = {2}, times the coefficient",
            )?,
            band_without: rule(
                "engine/band-without",
                "倍率系数 {0}，不乘机构系数 {1}",
                "outlier factor {0}; the coefficient {1} does not multiply",
            )?,
            quota_accepted: rule(
                "engine/quota-accepted",
                "排名第 {0}，名额 {1}（出院 {2} 例），在名额内",
                "rank {0} of a quota of {1} ({2} discharges): accepted",
            )?,
            quota_full: rule(
                "engine/quota-full",
                "排名第 {0}，名额 {1}（出院 {2} 例），超出名额",
                "rank {0} of a quota of {1} ({2} discharges): over the quota",
            )?,
        })
    }
}

/// Adds one rule of the engine.
pub(crate) fn add(book: &mut RuleBook, id: &str, zh: &str, en: &str) -> Result<RuleId, ExplainError> {
    book.add(Rule { id: id.to_owned(), zh: zh.to_owned(), en: en.to_owned(), source: None })
}

//! The engine's own rules for clearing rows and pools.

use yibao_kernel::explain::{ExplainError, RuleBook, RuleId};

use crate::case::rules::add;

/// Rules written into the explanations of rows and pools.
#[derive(Clone, Copy, Debug)]
pub struct YearRules {
    /// Row: {0} amount split, {1} points, {2} all points, {3} share.
    pub row_split: RuleId,
    /// Row: {0} added so that a negative result is paid as zero.
    pub row_floor: RuleId,
    /// Row: {0} stays paid by item, {1} cleared.
    pub row_fixed: RuleId,
    /// Row: {0} cleared.
    pub row_cleared: RuleId,
    /// Row: {0} residual shared.
    pub row_residual: RuleId,
    /// Row: {0} charged.
    pub row_charged: RuleId,
    /// Row: {0} part of the year, {1} claims, {2} factor, {3} paid.
    pub row_part: RuleId,
    /// Row: due {0}.
    pub row_due: RuleId,
    /// Pool: the month's share of the budget {0}.
    pub pool_month: RuleId,
    /// Pool: {0} deducted, {1} into the reserve, {2} distributable.
    pub pool_parts: RuleId,
    /// Pool: {0} part of the year, {1} total, {2} claims, {3} factor, {4} paid.
    pub pool_factor: RuleId,
    /// Pool: {0} points charged to its own rows, {1} what they and the fixed amounts come to.
    pub pool_charged: RuleId,
    /// Pool: {0} differences of closed periods.
    pub pool_difference: RuleId,
    /// Pool: {0} items and rates charged first.
    pub pool_first_charge: RuleId,
    /// Pool, cost basis: {0} patient payments added.
    pub pool_patient: RuleId,
    /// Pool: {0} amount / {1} points = {2} point value.
    pub pool_value: RuleId,
    /// Pool: {0} value before the band, {1} value in the band, {2} from the reserve.
    pub pool_band: RuleId,
    /// Pool: {0} distributable, {1} cleared, {2} residual.
    pub pool_residual: RuleId,
    /// Pool: {0} savings given back by the sharing rule.
    pub pool_given_back: RuleId,
    /// Pool: {0} residual and savings borne by the reserve.
    pub pool_reserve_bears: RuleId,
    /// Pool: {0} carried to the next year.
    pub pool_next_year: RuleId,
    /// Pool: {0} shared by the institutions.
    pub pool_institutions: RuleId,
    /// Pool: {0} saved by assessment.
    pub pool_assessed: RuleId,
    /// Pool: {0} claims, {1} reserve, {2} paid.
    pub pool_claims: RuleId,
    /// Pool: {0} claims for workload growth, {1} reserve, {2} paid.
    pub pool_growth: RuleId,
    /// Pool: reserve {0} opening, {1} in, {2} savings, {3} out, {4} closing.
    pub pool_reserve: RuleId,
}

impl YearRules {
    /// Adds the rules to a book.
    ///
    /// # Errors
    /// [`ExplainError`] when a pack's rule has taken one of the ids.
    #[rustfmt::skip]
    pub fn add(book: &mut RuleBook) -> Result<Self, ExplainError> {
        let mut rule = |id: &str, zh: &str, en: &str| add(book, id, zh, en);
        Ok(Self {
            row_split: rule("engine/row-split", "点值只印六位小数，未用于相乘：{0} 元 × {1} 点 ÷ 全部 {2} 点，按最大余数法分得 {3} 元", "the point value is printed with six decimals and not multiplied: {0} × {1} points / all {2} points, by largest remainder = {3}")?,
            row_floor: rule("engine/row-floor", "结果为负，按 0.00 元支付：资金池承担 {0} 元", "a negative result is paid as 0.00: the pool bears {0}")?,
            row_fixed: rule("engine/row-fixed", "加按项目支付 {0} 元 = 清算 {1} 元", "+ by item {0} = cleared {1}")?,
            row_cleared: rule("engine/row-cleared", "清算 {0} 元", "cleared {0}")?,
            row_residual: rule("engine/row-residual", "分摊资金池余额 {0} 元", "share of the pool's residual: {0}")?,
            row_charged: rule("engine/row-charged", "外出扣付合计 {0} 元", "charged in all {0}")?,
            row_part: rule("engine/row-part", "第 {0} 期：申报 {1} 元 × {2} = {3} 元", "part {0} of the year: claims {1} × {2} = {3}")?,
            row_due: rule("engine/row-due", "应付 {0} 元", "due {0}")?,
            pool_month: rule("engine/pool-month", "本月份额：{0} 元", "the month's share of the budget: {0}")?,
            pool_parts: rule("engine/pool-parts", "扣减 {0} 元，转入调剂金 {1} 元，可分配 {2} 元", "deducted {0}, into the reserve {1}, distributable {2}")?,
            pool_factor: rule("engine/pool-factor", "第 {0} 期：总额 {1} 元，申报 {2} 元，系数 min(1, 总额 ÷ 申报) = {3}，支付 {4} 元", "part {0} of the year: total {1}, claims {2}, factor min(1, total / claims) = {3}, paid {4}")?,
            pool_charged: rule("engine/pool-charged", "其中由本池其他机构总额支付：{0} 点及定额，合计 {1} 元", "of which charged to rows of the pool: {0} points and fixed amounts, {1} in all")?,
            pool_difference: rule("engine/pool-difference", "往期差额 {0} 元", "differences of closed periods {0}")?,
            pool_first_charge: rule("engine/pool-first-charge", "先行支付（按项目、费率）{0} 元", "charged first (items, rates): {0}")?,
            pool_patient: rule("engine/pool-patient", "加患者及其他支付 {0} 元", "plus what patients and other payers paid: {0}")?,
            pool_value: rule("engine/pool-value", "{0} 元 ÷ {1} 点 = 点值 {2}", "{0} / {1} points = point value {2}")?,
            pool_band: rule("engine/pool-band", "点值由 {0} 调整至 {1}，动用调剂金 {2} 元", "point value {0} kept in its band at {1}; from the reserve {2}")?,
            pool_residual: rule("engine/pool-residual", "可分配 {0} 元 − 清算 {1} 元 = 余额 {2} 元", "distributable {0} − cleared {1} = residual {2}")?,
            pool_given_back: rule("engine/pool-given-back", "按分担办法退回结余 {0} 元", "savings given back by the sharing rule: {0}")?,
            pool_reserve_bears: rule("engine/pool-reserve-bears", "余额 {0} 元由调剂金承担", "the reserve bears {0}")?,
            pool_next_year: rule("engine/pool-next-year", "{0} 元结转下年", "{0} carried to the next year")?,
            pool_institutions: rule("engine/pool-institutions", "{0} 元由医疗机构按清算额分摊", "{0} shared by the institutions in proportion to what was cleared")?,
            pool_assessed: rule("engine/pool-assessed", "考核结余 {0} 元", "saved by the assessment: {0}")?,
            pool_claims: rule("engine/pool-claims", "超支分担申请 {0} 元，调剂金 {1} 元，支付 {2} 元", "claims for overruns {0}, reserve {1}, paid {2}")?,
            pool_growth: rule("engine/pool-growth", "工作量增长补偿申请 {0} 元，调剂金 {1} 元，支付 {2} 元", "claims for workload growth {0}, reserve {1}, paid {2}")?,
            pool_reserve: rule("engine/pool-reserve", "调剂金：期初 {0} 元 + 转入 {1} 元 + 结余 {2} 元 − 支出 {3} 元 = 期末 {4} 元", "reserve: opening {0} + in {1} + savings {2} − out {3} = closing {4}")?,
        })
    }
}

//! The field catalogue of a stay as payment reads it: our names and the names on the national settlement records.

/// What a payment field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaymentKind {
    /// A text, interned.
    Text,
    /// A calendar day.
    Day,
    /// A whole number.
    Whole,
    /// Yuan in the file, fen in memory.
    Amount,
    /// `1`/`0`, `true`/`false`, `yes`/`no`, `是`/`否`.
    Flag,
}

/// One field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PaymentField {
    /// Our name.
    pub name: &'static str,
    /// Chinese name.
    pub chinese: &'static str,
    /// National names read as this field, in order.
    pub aliases: &'static [&'static str],
    /// What it holds.
    pub kind: PaymentKind,
}

const fn field(
    name: &'static str,
    chinese: &'static str,
    aliases: &'static [&'static str],
    kind: PaymentKind,
) -> PaymentField {
    PaymentField { name, chinese, aliases, kind }
}

/// All payment fields, in the order they are shown.
pub const PAYMENT_FIELDS: &[PaymentField] = &[
    field("case_id", "病例号", &["mdtrt_id", "setl_id", "medcasno"], PaymentKind::Text),
    field("person", "参保人", &["psn_no"], PaymentKind::Text),
    field("institution", "定点医疗机构", &["fixmedins_code"], PaymentKind::Text),
    field("insurance", "险种", &["insutype"], PaymentKind::Text),
    field("district", "区县", &["insuplc_admdvs", "admdvs"], PaymentKind::Text),
    field("admission", "入院日期", &["adm_time", "begntime"], PaymentKind::Day),
    field("discharge", "出院日期", &["dscg_time", "endtime"], PaymentKind::Day),
    field("los_days", "住院天数", &["act_ipt_days"], PaymentKind::Whole),
    field("age_years", "年龄", &["age"], PaymentKind::Whole),
    field("sex", "性别", &["gend"], PaymentKind::Text),
    field("cost", "总费用", &["medfee_sumamt"], PaymentKind::Amount),
    field("fund", "基金支付", &["fund_pay_sumamt", "hifp_pay"], PaymentKind::Amount),
    field("patient", "个人负担及其他", &["psn_part_amt"], PaymentKind::Amount),
    field("group", "病组", &["drg", "drg_code"], PaymentKind::Text),
    field("adrg", "核心组", &["adrg_code"], PaymentKind::Text),
    field("mdc", "主要诊断大类", &["mdc_code"], PaymentKind::Text),
    field("group_status", "入组状态", &["status"], PaymentKind::Text),
    field("discharge_status", "离院方式", &["dscg_way"], PaymentKind::Text),
    field("dept", "出院科别", &["dscg_caty"], PaymentKind::Text),
    field("incomplete", "未完成治疗", &[], PaymentKind::Flag),
    field("special", "特例单议决定", &[], PaymentKind::Text),
];

/// Fields that only grouping reads; a pack may map them when it names a scheme.
pub const GROUPING_FIELDS: &[&str] = &["age_days", "birth_weight_g", "icu_hours", "dx", "proc"];

/// Looks a payment field up by name.
pub fn payment_field(name: &str) -> Option<&'static PaymentField> {
    PAYMENT_FIELDS.iter().find(|field| field.name == name)
}

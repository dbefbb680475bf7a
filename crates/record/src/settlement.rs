//! A settlement as the national interface answers it (transactions 2206, 2207, 2208, 2303, 2304, 2305): its amounts,
//! its fund details, and the sums that must hold.

use serde_json::{Map, Number, Value};
use thiserror::Error;
use yibao_kernel::{Fen, Overflow, sum};

/// Declares the amounts of `setlinfo`: English name, national field, Chinese.
macro_rules! amounts {
    ($($name:ident $wire:literal $chinese:literal)*) => {
        /// The amounts of a settlement; `None` where the answer leaves the field out or null.
        #[derive(Clone, PartialEq, Eq, Debug, Default)]
        pub struct Amounts {
            $(#[doc = concat!($chinese, " (`", $wire, "`).")] pub $name: Option<Fen>,)*
        }

        impl Amounts {
            /// English name, national field and Chinese word of every amount.
            pub const FIELDS: &[(&str, &str, &str)] = &[$((stringify!($name), $wire, $chinese)),*];

            fn get_mut(&mut self, wire: &str) -> Option<&mut Option<Fen>> {
                match wire {
                    $($wire => Some(&mut self.$name),)*
                    _ => None,
                }
            }

            /// The amount of a national field.
            #[must_use]
            pub fn get(&self, wire: &str) -> Option<Fen> {
                match wire {
                    $($wire => self.$name,)*
                    _ => None,
                }
            }
        }
    };
}

amounts! {
    total "medfee_sumamt" "医疗费总额"
    full_self "fulamt_ownpay_amt" "全自费金额"
    over_limit "overlmt_selfpay" "超限价自费费用"
    first_self "preselfpay_amt" "先行自付金额"
    in_scope "inscp_scp_amt" "符合政策范围金额"
    deductible "act_pay_dedc" "实际支付起付线"
    pooled "hifp_pay" "基本医疗保险统筹基金支出"
    civil_servant "cvlserv_pay" "公务员医疗补助资金支出"
    enterprise "hifes_pay" "企业补充医疗保险基金支出"
    critical_illness "hifmi_pay" "居民大病保险资金支出"
    large_amount "hifob_pay" "职工大额医疗费用补助基金支出"
    disabled_soldiers "hifdm_pay" "伤残人员医疗保障基金支出"
    assistance "maf_pay" "医疗救助基金支出"
    other "oth_pay" "其他支出"
    funds "fund_pay_sumamt" "基金支付总额"
    hospital "hosp_part_amt" "医院负担金额"
    person "psn_part_amt" "个人负担总金额"
    account "acct_pay" "个人账户支出"
    family "acct_mulaid_pay" "个人账户共济支付金额"
    cash "psn_cash_pay" "个人现金支出"
    balance "balc" "余额"
}

/// One entry of `setldetail`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FundDetail {
    /// Fund code (`fund_pay_type`), as written: regional.
    pub fund: String,
    /// Amount (`fund_payamt`).
    pub amount: Fen,
    /// In-scope amount (`inscp_scp_amt`).
    pub in_scope: Option<Fen>,
    /// Every other field as it came.
    pub others: Map<String, Value>,
}

/// A settlement as answered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settlement {
    /// Its amounts.
    pub amounts: Amounts,
    /// Its fund details.
    pub details: Vec<FundDetail>,
    /// Names of all fields of `setlinfo` in the order they came, with the value of those that are no amounts.
    pub fields: Vec<(String, Option<Value>)>,
}

/// Why an answer is not a settlement, or its sums do not hold.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum SettlementError {
    /// Not the shape of an answer.
    #[error("no {what} in the answer\n  hint: hand over the node `output` of a settlement answer")]
    Shape {
        /// What is missing.
        what: &'static str,
    },
    /// A field that holds no amount.
    #[error("{field} is not an amount\n  hint: yuan with at most two decimals, as a number or in quotes")]
    NotAnAmount {
        /// National field name.
        field: String,
    },
    /// Two sides that must be equal are not.
    #[error(
        "{left} is {left_amount}, but {right} is {right_amount}\n  hint: the answer contradicts itself; ask for it again"
    )]
    Sum {
        /// What stands on the left.
        left: &'static str,
        /// Its amount.
        left_amount: Fen,
        /// What stands on the right.
        right: &'static str,
        /// Its amount.
        right_amount: Fen,
    },
    /// A sum too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// An amount as a JSON number or text; `None` for null.
fn amount(field: &str, value: &Value) -> Result<Option<Fen>, SettlementError> {
    let text = match value {
        Value::Null => return Ok(None),
        // The shortest text that names the number is what was written.
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return Err(SettlementError::NotAnAmount { field: field.to_owned() }),
    };
    let read = Fen::parse_yuan(text.as_bytes());
    read.map(Some).map_err(|_| SettlementError::NotAnAmount { field: field.to_owned() })
}

impl Settlement {
    /// Reads the node `output` of an answer.
    ///
    /// # Errors
    /// [`SettlementError::Shape`], [`SettlementError::NotAnAmount`].
    pub fn read(output: &Value) -> Result<Self, SettlementError> {
        let shape = |what| SettlementError::Shape { what };
        let info = output.get("setlinfo").and_then(Value::as_object).ok_or(shape("setlinfo"))?;
        let mut read = Self::default();
        for (field, value) in info {
            match read.amounts.get_mut(field) {
                Some(slot) => {
                    *slot = amount(field, value)?;
                    read.fields.push((field.clone(), None));
                }
                None => read.fields.push((field.clone(), Some(value.clone()))),
            }
        }
        let details = output.get("setldetail").and_then(Value::as_array).ok_or(shape("setldetail"))?;
        for detail in details {
            let detail = detail.as_object().ok_or(shape("object in setldetail"))?;
            let code = detail.get("fund_pay_type").and_then(Value::as_str).ok_or(shape("fund_pay_type"))?;
            let paid = detail.get("fund_payamt").ok_or(shape("fund_payamt"))?;
            let in_scope = detail.get("inscp_scp_amt").map_or(Ok(None), |value| amount("inscp_scp_amt", value))?;
            read.details.push(FundDetail {
                fund: code.to_owned(),
                amount: amount("fund_payamt", paid)?.ok_or(shape("fund_payamt"))?,
                in_scope,
                others: detail.clone(),
            });
        }
        Ok(read)
    }

    /// The settlement as the answer writes it: the same fields, amounts as numbers.
    #[must_use]
    pub fn write(&self) -> Value {
        let number = |amount: Option<Fen>| match amount {
            Some(amount) => amount.to_string().parse::<Number>().map_or(Value::Null, Value::Number),
            None => Value::Null,
        };
        let mut info = Map::new();
        for (field, value) in &self.fields {
            let value = value.clone().unwrap_or_else(|| number(self.amounts.get(field)));
            info.insert(field.clone(), value);
        }
        let details = self.details.iter().map(|detail| {
            let mut object = detail.others.clone();
            object.insert("fund_pay_type".to_owned(), Value::String(detail.fund.clone()));
            object.insert("fund_payamt".to_owned(), number(Some(detail.amount)));
            if detail.in_scope.is_some() {
                object.insert("inscp_scp_amt".to_owned(), number(detail.in_scope));
            }
            Value::Object(object)
        });
        let details = Value::Array(details.collect());
        let mut output = Map::new();
        output.insert("setlinfo".to_owned(), Value::Object(info));
        output.insert("setldetail".to_owned(), details);
        Value::Object(output)
    }

    /// The sums of an answer (specification of the interface, money rules). A cancelled settlement leaves the person's
    /// and the hospital's part null: what is null is "not given", and sums that need it are not checked.
    ///
    /// # Errors
    /// [`SettlementError::Sum`] naming both sides.
    pub fn check(&self) -> Result<(), SettlementError> {
        let a = &self.amounts;
        let zero = |amount: Option<Fen>| amount.unwrap_or_default();
        let same = |left, left_amount: Option<Fen>, right, right_amount: Fen| match left_amount {
            Some(left_amount) if left_amount != right_amount => {
                Err(SettlementError::Sum { left, left_amount, right, right_amount })
            }
            _ => Ok(()),
        };
        let parts = sum([zero(a.full_self), zero(a.over_limit), zero(a.first_self), zero(a.in_scope)])?;
        same("the total", a.total, "the sum of the four parts", parts)?;
        let layers = [
            a.pooled,
            a.civil_servant,
            a.enterprise,
            a.critical_illness,
            a.large_amount,
            a.disabled_soldiers,
            a.assistance,
            a.other,
        ];
        let layers = sum(layers.into_iter().map(zero))?;
        same("the fund total", a.funds, "the sum of the funds", layers)?;
        if let (Some(person), Some(hospital)) = (a.person, a.hospital) {
            let borne = sum([zero(a.funds), hospital, person])?;
            same("the total", a.total, "funds, hospital and person together", borne)?;
        }
        if a.person.is_some() {
            // Mutual aid is part of the account's payment.
            let own = sum([zero(a.account), zero(a.cash)])?;
            same("the person's part", a.person, "account and cash together", own)?;
        }
        Ok(())
    }
}

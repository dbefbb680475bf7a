//! Why an entry is refused: reported beside the result with its file and line, never silently dropped.

use yibao_kernel::{Day, Fen, Ratio};

use crate::plan::entries::Misplaced;
use crate::settled::Bilingual;

/// What is wrong with an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EntryRefused {
    /// Its place in time.
    Misplaced(Misplaced),
    /// No stay has its id.
    UnknownCase(String),
    /// Two feeds have a row of its id.
    TwoCases(String),
    /// A panel or a decision without an application.
    NotApplied,
    /// Applied again while the first application is open.
    AppliedTwice(u32),
    /// A decision after a decision, without a new application.
    DecidedTwice(u32),
    /// It happened before the application or the dispute it answers.
    BeforeItsCause(Day),
    /// An application without a reason.
    NoReason,
    /// A decision that says nothing.
    NoDecision,
    /// An adjusted standard without its amount.
    NoAmount,
    /// The method of the case has no special-case review.
    NoReviewStep(String),
    /// No preview is stated for the month of the case.
    NoPreview(String),
    /// Raised outside the window.
    OutsideWindow(Day, Day, Day),
    /// A dispute without the group claimed.
    NoClaim,
    /// A decision about no dispute.
    NotRaised,
    /// A second dispute.
    RaisedTwice(u32),
    /// Upheld without a group.
    NoGroup,
    /// A group that no table of weights knows.
    UnknownGroup(String),
    /// A name that the pack does not declare.
    Unknown(&'static str, String),
    /// The reserve does not cover the months an advance needs.
    ReserveTest(String, Ratio, Ratio),
    /// No test is stated for the insurance scheme.
    NoTest(String),
    /// More repaid than was given.
    RepaidTooMuch(Fen, Fen),
}

impl EntryRefused {
    /// A short stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Misplaced(Misplaced::KnownBeforeOn) => "known_before_event",
            Self::Misplaced(Misplaced::BackDated(_)) => "back_dated",
            Self::UnknownCase(_) => "unknown_case",
            Self::TwoCases(_) => "two_cases",
            Self::NotApplied => "not_applied",
            Self::AppliedTwice(_) => "applied_twice",
            Self::DecidedTwice(_) => "decided_twice",
            Self::BeforeItsCause(_) => "before_its_cause",
            Self::NoReason => "no_reason",
            Self::NoDecision => "no_decision",
            Self::NoAmount => "no_amount",
            Self::NoReviewStep(_) => "no_review_step",
            Self::NoPreview(_) => "no_preview",
            Self::OutsideWindow(..) => "outside_window",
            Self::NoClaim => "no_claim",
            Self::NotRaised => "not_raised",
            Self::RaisedTwice(_) => "raised_twice",
            Self::NoGroup => "no_group",
            Self::UnknownGroup(_) => "unknown_group",
            Self::Unknown(..) => "unknown_name",
            Self::ReserveTest(..) => "reserve_test",
            Self::NoTest(_) => "no_test",
            Self::RepaidTooMuch(..) => "repaid_too_much",
        }
    }

    /// What is wrong and what to do, in both languages.
    pub fn reason(&self) -> Bilingual {
        let (zh, en, hint) = self.words();
        Bilingual { zh: format!("{zh}；提示：{}", hint.0), en: format!("{en}; hint: {}", hint.1) }
    }

    #[rustfmt::skip]
    fn words(&self) -> (String, String, (&'static str, &'static str)) {
        let told = |zh: String, en: String, hint_zh: &'static str, hint_en: &'static str| (zh, en, (hint_zh, hint_en));
        match self {
            Self::Misplaced(Misplaced::KnownBeforeOn) => told("知悉日期早于发生日期".into(), "known before it happened".into(), "更正 on 或 known", "correct `on` or `known`"),
            Self::Misplaced(Misplaced::BackDated(day)) => told(format!("知悉日期早于上一行的 {day}"), format!("known earlier than a row above it ({day}): the file is append-only"), "在文件末尾追加，known 写登记当日", "append it with the day it is entered as `known`"),
            Self::UnknownCase(id) => told(format!("没有编号为“{id}”的病例"), format!("no stay has the id \"{id}\""), "编号逐字节比对，核对病例文件", "ids are compared byte by byte; check the files of stays"),
            Self::TwoCases(id) => told(format!("两个数据源都有编号“{id}”"), format!("two feeds have a row with the id \"{id}\""), "使各数据源编号不重复", "give the feeds ids of their own, like a prefix in [columns]"),
            Self::NotApplied => told("没有在先的申请".into(), "there is no application before it".into(), "先登记 applied", "enter step applied first"),
            Self::AppliedTwice(line) => told(format!("第 {line} 行的申请尚未决定"), format!("the application of line {line} is not decided yet"), "等待决定，或删去重复的申请", "wait for its decision"),
            Self::DecidedTwice(line) => told(format!("第 {line} 行已经决定"), format!("decided already in line {line}"), "复议须先重新申请；异议只决定一次", "a second review decision needs a new application; a dispute is decided once"),
            Self::BeforeItsCause(day) => told(format!("发生日期早于其所答复的 {day}"), format!("it happened before what it answers ({day})"), "更正 on", "correct `on`"),
            Self::NoReason => told("申请没有事由".into(), "an application without a reason".into(), "填写 reason，如 long_stay", "fill `reason`, like long_stay"),
            Self::NoDecision => told("决定没有结论".into(), "a decision that decides nothing".into(), "填写 decision：items、standard、adjusted 或 refused", "fill `decision`: items, standard, adjusted or refused"),
            Self::NoAmount => told("调整标准没有金额".into(), "an adjusted standard without an amount of 0 or more".into(), "填写 amount（元）", "fill `amount` in yuan"),
            Self::NoReviewStep(method) => told(format!("病例所属的“{method}”没有特例单议步骤"), format!("the case is paid by \"{method}\", which has no special_review step"), "在该办法中加入 special_review", "add a special_review step to the method"),
            Self::NoPreview(month) => told(format!("没有 {month} 的预览公布日"), format!("no preview of {month} is stated: no dispute window is open"), "增加 [[preview]]", "add [[preview]] with the month and its day of publication"),
            Self::OutsideWindow(on, first, last) => told(format!("{on} 不在异议期内（{first} 公布，至 {last}）"), format!("raised on {on}, outside the dispute window (published {first}, until {last})"), "清算后按往期差额处理", "after the closing, an appeal is a difference of a closed period"),
            Self::NoClaim => told("异议没有主张的病组".into(), "a dispute that claims no group".into(), "填写 claimed_group", "fill `claimed_group`"),
            Self::NotRaised => told("没有在先的异议".into(), "no dispute in order was raised before it".into(), "先登记 raised；不在异议期内的不受理", "enter step raised first; one outside the window does not count"),
            Self::RaisedTwice(line) => told(format!("第 {line} 行已提出异议"), format!("disputed already in line {line}"), "一例一议", "a case is disputed once"),
            Self::NoGroup => told("成立的异议没有新病组".into(), "upheld without a new group".into(), "填写 new_group", "fill `new_group`"),
            Self::UnknownGroup(group) => told(format!("权重表没有病组“{group}”"), format!("no table of weights or points has the group \"{group}\""), "更正 new_group", "correct `new_group`, or publish its weight"),
            Self::Unknown(what, name) => told(format!("政策包没有 {what} “{name}”"), format!("the pack has no {what} \"{name}\""), "更正该列", "correct the column, or declare it in the pack"),
            Self::ReserveTest(insurance, has, needs) => told(format!("{insurance} 基金累计结余 {has} 个月，低于 {needs} 个月"), format!("the reserve of \"{insurance}\" covers {has} months, fewer than the {needs} an advance needs"), "不符合预付条件", "no advance may be given; correct [[advance.test]] if the reserve has grown"),
            Self::NoTest(insurance) => told(format!("{insurance} 没有预付条件"), format!("no reserve test is stated for insurance \"{insurance}\""), "增加 [[advance.test]]", "add [[advance.test]] with months and reserve_months"),
            Self::RepaidTooMuch(repaid, open) => told(format!("归还 {repaid} 元，多于未还的 {open} 元"), format!("{repaid} repaid, more than the {open} outstanding"), "更正 amount", "correct `amount`"),
        }
    }
}

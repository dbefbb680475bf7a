//! The words of a weight's explanation, and writing it.

use yibao_kernel::explain::{Rule, RuleBook, RuleId, Writer};
use yibao_kernel::statistics::{IqrZero, Spread, Trim};
use yibao_kernel::{Decimal, Fen, Ratio};

use super::error::WeighError;
use super::plan::{WeighPlan, WeightingOf};

/// Declares the rules of the run: a field per rule, its id, its Chinese and its English words.
macro_rules! rules {
    ($($name:ident: $id:literal, $zh:literal, $en:literal;)*) => {
        /// The numbers of the rules in the table's book.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct Rules {
            $(pub(super) $name: RuleId,)*
            pub(super) trim: RuleId,
            pub(super) mean: RuleId,
        }

        impl Rules {
            /// Words every rule in the book. The plan's source stands with the first step of every explanation, trimming:
            /// it is the source of the run as a whole.
            pub(super) fn word(book: &mut RuleBook, plan: &WeighPlan) -> Result<Self, WeighError> {
                let (zh, en) = trim_words(&plan.trim);
                let trim = book.add(Rule { id: "weigh.trim".to_owned(), zh, en, source: plan.source.clone() })?;
                let mut add = |id: &str, zh: &str, en: &str| {
                    let (id, zh, en) = (id.to_owned(), zh.to_owned(), en.to_owned());
                    book.add(Rule { id, zh, en, source: None })
                };
                let (mean_zh, mean_en) = mean_words(plan.weighting_of);
                Ok(Self {
                    trim,
                    mean: add("weigh.mean", mean_zh, mean_en)?,
                    $($name: add($id, $zh, $en)?,)*
                })
            }
        }
    };
}

rules! {
    cases: "weigh.cases", "共 {0} 例：保留 {1} 例，剔除低值 {2} 例、高值 {3} 例",
        "{0} cases: {1} kept, {2} trimmed low, {3} trimmed high";
    kept: "weigh.kept", "保留费用 {0} 至 {1}", "kept costs from {0} to {1}";
    stable: "weigh.stable", "例数 {0}（至少 {1}）、变异系数 {2}（界限 {3}）：稳定",
        "{0} cases (at least {1}), coefficient of variation {2} (bound {3}): stable";
    few: "weigh.few", "例数 {0}，少于 {1}：不稳定", "{0} cases, fewer than {1}: not stable";
    spread: "weigh.spread", "变异系数 {0}，未达界限 {1}：不稳定", "coefficient of variation {0}, bound {1}: not stable";
    no_spread: "weigh.no_spread", "保留病例没有变异系数：不稳定", "the kept cases have no coefficient of variation: not stable";
    year: "weigh.year", "{0} 年：保留 {1} 例，均值 {2}，年权重 {3}", "{0}: {1} kept, mean {2}, year weight {3}";
    empty_year: "weigh.empty_year", "{0} 年没有保留病例，年权重 {1} 由其余年份重新归一", "{0}: no kept case; its year weight {1} drops out and the others renormalise";
    to_mean: "weigh.to_mean", "参照：全部保留病例的均值 {0}", "reference: the mean of all kept cases, {0}";
    to_benchmark: "weigh.to_benchmark", "参照：基准组 {0} 的均值 {1}", "reference: the mean of benchmark group {0}, {1}";
    to_quota: "weigh.to_quota", "参照：标准定额 {0}", "reference: the standard quota, {0}";
    ratio: "weigh.ratio", "{0} ÷ {1} × {2} = {3}", "{0} ÷ {1} × {2} = {3}";
    class: "weigh.class", "费用类别 {0}：{1} ÷ {2}，占 {3}", "fee class {0}: {1} ÷ {2}, weight {3}";
    class_total: "weigh.class_total", "各类别加权合计 × {0} = {1}", "weighted sum of the classes × {0} = {1}";
    parent: "weigh.parent", "借用上级组 {0} 的权重 {2}（{1} 例，稳定）", "takes the weight {2} of the parent {0} ({1} cases, stable)";
    parent_unstable: "weigh.parent_unstable", "上级组 {0}（{1} 例）也不稳定", "the parent {0} ({1} cases) is not stable either";
    no_parent: "weigh.no_parent", "没有上级组", "has no parent";
    median: "weigh.median", "以中位数 {0} 代替均值", "the median {0} in place of the mean";
    own: "weigh.own", "不稳定，仍用本组均值 {0}", "not stable, its own mean {0} all the same";
    special_review: "weigh.special_review", "不发布权重：病例转特例单议", "no weight is published: stays go to special review";
    cost_points: "weigh.cost_points", "不发布权重：病例按实际费用折算点数", "no weight is published: stays get points from their own cost";
    adjust: "weigh.adjust", "专家调整系数 {0}，总权重不变系数 λ = {1}，调整后 {2}", "experts' factor {0}, λ = {1} preserves the total weight: {2}";
    rebalance: "weigh.rebalance", "未调整，总权重不变系数 λ = {0}，平衡后 {1}", "not adjusted, λ = {0} preserves the total weight: {1}";
    frozen: "weigh.frozen", "冻结：不调整，也不参与平衡", "frozen: neither adjusted nor moved by the adjustment of others";
    round: "weigh.round", "取 {0} 位小数发布：{1}", "published with {0} decimal places: {1}";
}

fn spread_words(spread: Spread) -> (&'static str, &'static str) {
    match spread {
        Spread::Sample => ("样本标准差", "sample standard deviations"),
        Spread::Population => ("总体标准差", "population standard deviations"),
    }
}

fn trim_words(trim: &Trim) -> (String, String) {
    let text = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    let (zh, en) = match trim {
        Trim::Iqr { when_zero, .. } => {
            let (zh, en) = match when_zero {
                IqrZero::KeepEqual => {
                    ("为零时只保留相等费用".to_owned(), "when zero, only equal costs are kept".to_owned())
                }
                IqrZero::Skip => ("为零时不剔除".to_owned(), "when zero, nothing is trimmed".to_owned()),
                IqrZero::Floor(share) => {
                    (format!("为零时取中位数的 {share}"), format!("when zero, {share} of the median"))
                }
            };
            (format!("四分位距法剔除，k = {{0}}（{zh}）"), format!("interquartile range, k = {{0}} ({en})"))
        }
        Trim::Sigma { spread, passes, .. } => {
            let (zh, en) = spread_words(*spread);
            match passes {
                Some(passes) => {
                    (format!("{{0}} 倍{zh}剔除，{passes} 轮"), format!("{{0}} {en} from the mean, {passes} passes"))
                }
                None => (
                    format!("{{0}} 倍{zh}剔除，直至不变"),
                    format!("{{0}} {en} from the mean, until nothing more is removed"),
                ),
            }
        }
        Trim::MedianMultiple { .. } => text("保留中位数的 {0} 至 {1} 倍", "{0} to {1} times the median kept"),
        Trim::MeanMultiple { .. } => text("保留均值的 {0} 至 {1} 倍", "{0} to {1} times the mean kept"),
        Trim::Percentile { .. } => text("保留分位数 {0} 至 {1}", "from quantile {0} to {1} kept"),
        Trim::None => text("不剔除", "nothing is trimmed"),
    };
    (zh, en)
}

const fn mean_words(of: WeightingOf) -> (&'static str, &'static str) {
    match of {
        WeightingOf::Means => ("各年均值加权：{0}", "weighted mean of the yearly means: {0}"),
        WeightingOf::Totals => ("各年总额与例数加权：{0}", "weighted yearly totals over weighted counts: {0}"),
    }
}

/// Values of a step, in the order of the words' placeholders.
pub(super) enum Said<'a> {
    Count(u64),
    Year(i32),
    Money(Fen),
    Published(Decimal),
    Exactly(Ratio),
    Word(&'a str),
}

/// Appends one step to an explanation.
pub(super) fn say(explanation: &mut Vec<u8>, rule: RuleId, values: &[Said<'_>]) {
    let mut writer = Writer::new(explanation);
    writer.step(rule);
    for value in values {
        match value {
            // Counts of cases are far below 2^63.
            Said::Count(count) => writer.int(i64::try_from(*count).unwrap_or(i64::MAX)),
            Said::Year(year) => writer.int(i64::from(*year)),
            Said::Money(fen) => writer.fen(*fen),
            Said::Published(number) => writer.decimal(*number),
            Said::Exactly(ratio) => writer.ratio(*ratio),
            Said::Word(word) => writer.text(word),
        };
    }
}

/// The trimming step, with the numbers of its rule.
pub(super) fn say_trim(explanation: &mut Vec<u8>, rule: RuleId, trim: &Trim) {
    match trim {
        Trim::Iqr { k, .. } | Trim::Sigma { k, .. } => say(explanation, rule, &[Said::Exactly(*k)]),
        Trim::MedianMultiple { low, high } | Trim::MeanMultiple { low, high } | Trim::Percentile { low, high } => {
            say(explanation, rule, &[Said::Exactly(*low), Said::Exactly(*high)]);
        }
        Trim::None => say(explanation, rule, &[]),
    }
}

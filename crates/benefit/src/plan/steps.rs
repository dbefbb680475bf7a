//! Steps, compiled: layers with their deductible, bands and caps, first self-pay, top-ups, accounts.

use yibao_kernel::explain::RuleId;
use yibao_kernel::{Mode, Ratio};
use yibao_policy::{Path, suggest};

use super::compiler::{Compiler, SlotRef, escaped, titled};
use super::raw::{Want, ratio};
use super::table::{Spec, Table, fen};
use super::when::{Test, When};
use crate::pack::FundKind;
use crate::pack::header::{Bilingual, RoundingRule, Side};
use crate::pack::step::{
    Balance, BandsFrom, Bucket, Cap, CapOn, Deductible, ReferralRule, Several, Step, TopUpOf, Verb, WindowKind,
};

/// One step.
#[derive(Debug)]
pub struct StepPlan {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// When it applies.
    pub when: When,
    /// What it does.
    pub act: Act,
}

/// What a step does.
#[derive(Debug)]
pub enum Act {
    /// A first share of the in-scope amount.
    FirstSelf(Table, Mode),
    /// A fund pays.
    Layer(Box<Layer>),
    /// A fund pays above a share.
    TopUp {
        /// The fund.
        fund: usize,
        /// What it may pay.
        base: Vec<Bucket>,
        /// The person's share.
        share: Table,
        /// Of what.
        of: TopUpOf,
        /// Rounding of the share.
        mode: Mode,
    },
    /// Accounts pay.
    Account {
        /// What they may pay.
        base: Vec<Bucket>,
        /// Balances, in order.
        order: Vec<Balance>,
        /// The most.
        most: Option<Table>,
    },
}

/// A layer.
#[derive(Debug)]
pub struct Layer {
    /// The fund.
    pub fund: usize,
    /// What it may pay, in order.
    pub base: Vec<Bucket>,
    /// Whether it is the first to look at the in-scope amount.
    pub primary: bool,
    /// The bill states the amount.
    pub given: bool,
    /// The sum it counts on.
    pub cumulative: Option<SlotRef>,
    /// Deductible.
    pub deductible: Option<DeductiblePlan>,
    /// Bands.
    pub bands: Option<BandsPlan>,
    /// Caps.
    pub caps: Vec<CapPlan>,
    /// Where what it looked at and does not pay goes; by default it stays.
    pub left: Option<Bucket>,
    /// Its rule: the fund pays so much.
    pub rule: RuleId,
}

/// A deductible.
#[derive(Debug)]
pub struct DeductiblePlan {
    /// Standards.
    pub table: Table,
    /// What was borne so far; `None` for a cumulative layer.
    pub slot: Option<SlotRef>,
    /// Borne again for every so many days.
    pub every_days: Option<u32>,
    /// Referral.
    pub referral: Option<ReferralRule>,
    /// The most of all.
    pub ceiling: Option<(Table, SlotRef)>,
}

/// Bands.
#[derive(Debug)]
pub struct BandsPlan {
    /// Bands by dimension.
    pub table: Table,
    /// Where the first begins.
    pub from: BandsFrom,
    /// The position so far; `None` for a cumulative layer.
    pub slot: Option<SlotRef>,
    /// Whose part is rounded.
    pub side: Side,
    /// Which way.
    pub mode: Mode,
}

/// A cap.
#[derive(Debug)]
pub struct CapPlan {
    /// Caps by dimension.
    pub table: Table,
    /// What it is on.
    pub on: CapOn,
    /// What was used so far.
    pub slot: SlotRef,
    /// Several diseases as one.
    pub several: Option<SeveralPlan>,
}

/// Quotas of several diseases as one.
#[derive(Debug)]
pub struct SeveralPlan {
    /// The dimension of diseases.
    pub dim: usize,
    /// Which of its words count.
    pub counts: Box<[bool]>,
    /// What counts of the highest, the next …
    pub ranks: Vec<Ratio>,
    /// The most of all.
    pub most: i64,
}

impl SeveralPlan {
    /// A condition of bills, with every word that counts in the place of the bill's own.
    fn widened(&self, when: &When) -> When {
        let other = |test: &&Test| {
            let mut reads = false;
            When(vec![(*test).clone()]).reads(&mut |dim, _| reads |= dim == self.dim);
            !reads
        };
        let words = Test::Words(self.dim, self.counts.clone());
        When(when.0.iter().filter(other).cloned().chain(std::iter::once(words)).collect())
    }
}

/// Where a step stands.
struct At<'a> {
    path: Path,
    /// Default group.
    group: String,
    step: &'a Step,
    title: Bilingual,
    domain: &'a [When],
}

impl Compiler<'_> {
    /// The steps of a package, chains worked in.
    pub(super) fn steps(
        &mut self,
        list: &[Step],
        path: &Path,
        owner: &str,
        domain: &[When],
        chains: bool,
    ) -> Vec<StepPlan> {
        let mut plans = Vec::new();
        for (number, step) in list.iter().enumerate() {
            let here = path.key("step").at(number);
            if step.r#use == Verb::Include {
                let name = step.chain.as_deref().unwrap_or("");
                let pack = self.pack;
                match pack.chain.get(name).filter(|_| chains) {
                    Some(chain) => {
                        plans.extend(self.steps(&chain.step, &Path::of("chain").key(name), name, domain, false))
                    }
                    None => {
                        let hint = suggest::hint(name, pack.chain.keys().map(String::as_str));
                        self.error(&here, format!("unknown chain \"{name}\""), hint);
                    }
                }
                continue;
            }
            let title = titled(step.title.as_ref(), &step.id);
            let when = self.when(step.when.as_ref(), &here.key("when"));
            let narrowed: Vec<When> = match domain {
                [] => vec![when.clone()],
                _ => domain.iter().map(|one| When(one.0.iter().chain(&when.0).cloned().collect())).collect(),
            };
            if step.source.is_none() {
                self.error(
                    &here,
                    "no source",
                    "say where the step comes from: source = { document = \"…\", article = \"…\" }",
                );
            }
            let at =
                At { path: here, group: format!("{owner}.{}", step.id), step, title: title.clone(), domain: &narrowed };
            let act = match step.r#use {
                Verb::FirstSelf => self.first_self(&at),
                Verb::Layer => self.layer(&at),
                Verb::TopUp => self.top_up(&at),
                Verb::Account => self.account(&at),
                Verb::Include => None,
            };
            self.fits(&at);
            self.once_each(&at);
            if let Some(act) = act {
                plans.push(StepPlan { id: step.id.clone(), title, when, act });
            }
        }
        plans
    }

    /// A reason or a balance that stands twice would be paid twice.
    fn once_each(&mut self, at: &At<'_>) {
        let base = at.step.base.iter().enumerate();
        let base = base.filter(|(place, bucket)| at.step.base.iter().take(*place).any(|earlier| earlier == *bucket));
        for (place, bucket) in base {
            let message = format!("\"{}\" stands twice", bucket.word());
            self.error(&at.path.key("base").at(place), message, "list every reason once");
        }
    }

    /// Keys that do not belong to the verb.
    fn fits(&mut self, at: &At<'_>) {
        let step = at.step;
        let keys: [(&str, bool, &[Verb]); 12] = [
            ("fund", step.fund.is_some(), &[Verb::Layer, Verb::TopUp]),
            ("base", !step.base.is_empty(), &[Verb::Layer, Verb::TopUp, Verb::Account]),
            ("cumulative", step.cumulative.is_some(), &[Verb::Layer]),
            ("deductible", step.deductible.is_some(), &[Verb::Layer]),
            ("bands", step.bands.is_some(), &[Verb::Layer]),
            ("cap", !step.cap.is_empty(), &[Verb::Layer]),
            ("left", step.left.is_some(), &[Verb::Layer]),
            ("given", step.given, &[Verb::Layer]),
            ("ratio", step.ratio.is_some(), &[Verb::FirstSelf, Verb::TopUp]),
            ("of", step.of.is_some(), &[Verb::TopUp]),
            ("order", !step.order.is_empty(), &[Verb::Account]),
            ("most", step.most.is_some(), &[Verb::Account]),
        ];
        for (key, stated, verbs) in keys {
            if stated && !verbs.contains(&step.r#use) {
                self.error(
                    &at.path.key(key),
                    format!("`{key}` does not belong to this verb"),
                    "see docs/reference/benefit-pack.md",
                );
            }
        }
    }

    fn fund_of(&mut self, at: &At<'_>) -> Option<usize> {
        let pack = self.pack;
        let name = at.step.fund.as_deref().unwrap_or("");
        let found = pack.fund.keys().position(|known| known == name);
        if found.is_none() {
            let hint = suggest::hint(name, pack.fund.keys().map(String::as_str));
            self.error(&at.path.key("fund"), format!("unknown fund \"{name}\""), hint);
        }
        if at.step.base.is_empty() {
            self.error(&at.path, "no base", "list what the fund may pay, in order: base = [\"in_scope\"]");
        }
        found
    }

    fn first_self(&mut self, at: &At<'_>) -> Option<Act> {
        let Some(value) = &at.step.ratio else {
            self.error(&at.path, "no ratio", "add [….step.ratio] with rows");
            return None;
        };
        let (zh, en) = (escaped(&at.title.zh), escaped(&at.title.en));
        let spec = Spec {
            rows: &value.rows,
            adjust: &value.adjust,
            named: None,
            source: value.source.as_ref().or(at.step.source.as_ref()),
            path: at.path.key("ratio"),
            words: (
                format!("{zh}：符合范围 {{0}} × {{1}} = {{2}} 先由个人自付"),
                format!("{en}: in scope {{0}} × {{1}} = {{2}} first by the person"),
            ),
        };
        Some(Act::FirstSelf(self.table(&spec, Want::Ratio, at.domain)?, self.pack.benefit.rounding.mode))
    }

    fn top_up(&mut self, at: &At<'_>) -> Option<Act> {
        let fund = self.fund_of(at);
        let Some(value) = &at.step.ratio else {
            self.error(&at.path, "no ratio", "state the most the person bears: [….step.ratio] with rows");
            return None;
        };
        let (zh, en) = (escaped(&at.title.zh), escaped(&at.title.en));
        let spec = Spec {
            rows: &value.rows,
            adjust: &value.adjust,
            named: None,
            source: value.source.as_ref().or(at.step.source.as_ref()),
            path: at.path.key("ratio"),
            words: (
                format!("{zh}：个人最多负担 {{0}} × {{1}} = {{2}}，补足 {{3}}"),
                format!("{en}: the person bears at most {{0}} × {{1}} = {{2}}, {{3}} is paid"),
            ),
        };
        let share = self.table(&spec, Want::Ratio, at.domain)?;
        let of = at.step.of.unwrap_or(TopUpOf::InScope);
        Some(Act::TopUp { fund: fund?, base: at.step.base.clone(), share, of, mode: self.pack.benefit.rounding.mode })
    }

    fn account(&mut self, at: &At<'_>) -> Option<Act> {
        if at.step.base.is_empty() || at.step.order.is_empty() {
            self.error(
                &at.path,
                "an account step says what may be paid and in which order",
                "base = [\"deductible\", \"copay\"] and order = [\"current\", \"earlier\", \"family\"]",
            );
        }
        if at.step.base.contains(&Bucket::Barred) {
            self.error(&at.path.key("base"), "no account pays what is barred", "take \"barred\" out");
        }
        let most = match &at.step.most {
            None => None,
            Some(value) => {
                let mut spec = super::lines::spec_of(value, at.path.key("most"), &at.step.id);
                spec.source = spec.source.or(at.step.source.as_ref());
                Some(self.table(&spec, Want::Amount, at.domain)?)
            }
        };
        let zh = escaped(&at.title.zh);
        let _ = self.rule(&at.path, zh, escaped(&at.title.en), at.step.source.as_ref());
        Some(Act::Account { base: at.step.base.clone(), order: at.step.order.clone(), most })
    }

    fn layer(&mut self, at: &At<'_>) -> Option<Act> {
        let step = at.step;
        let fund = self.fund_of(at);
        let primary = step.base.contains(&Bucket::InScope);
        if primary && step.base.len() > 1 {
            self.error(&at.path.key("base"), "\"in_scope\" stands alone", "the first layer takes the in-scope amount; later layers take what it leaves: deductible, copay, over_cap");
        }
        if step.base.contains(&Bucket::Barred) {
            self.error(&at.path.key("base"), "no fund pays what is barred", "take \"barred\" out");
        }
        if step.given
            && (step.deductible.is_some() || step.bands.is_some() || step.cumulative.is_some() || !step.cap.is_empty())
        {
            self.error(
                &at.path,
                "an amount decided elsewhere has no rule here",
                "take deductible, bands and cap out, or `given`",
            );
        }
        self.left_of(at, primary);
        if !step.given && step.bands.is_none() {
            self.error(
                &at.path,
                "no bands",
                "say what the fund pays: [….step.bands] with rows = [ { pays = \"0.85\" } ]",
            );
            return None;
        }
        let (zh, en) = (escaped(&at.title.zh), escaped(&at.title.en));
        let rule = self.rule(
            &at.path,
            format!("{zh}：{{0}} 中支付 {{1}}"),
            format!("{en}: pays {{1}} of {{0}}"),
            step.source.as_ref(),
        );
        let cumulative = step.cumulative.as_ref().map(|cumulative| {
            let group = cumulative.group.clone().unwrap_or_else(|| at.group.clone());
            self.count_slot(&at.path.key("cumulative"), "base", &group, cumulative.window, &[])
        });
        let deductible = match &step.deductible {
            None => None,
            Some(deductible) => Some(self.deductible(at, deductible, cumulative.is_some())?),
        };
        let bands = self.bands_plan(at)?;
        let mut caps = Vec::with_capacity(step.cap.len());
        for (number, cap) in step.cap.iter().enumerate() {
            caps.push(self.cap(at, cap, number, cumulative.is_some())?);
        }
        let layer = Layer {
            fund: fund?,
            base: step.base.clone(),
            primary,
            given: step.given,
            cumulative,
            deductible,
            bands,
            caps,
            left: step.left,
            rule,
        };
        Some(Act::Layer(Box::new(layer)))
    }

    /// What a later layer leaves goes to a reason of its own.
    fn left_of(&mut self, at: &At<'_>, primary: bool) {
        let Some(left) = at.step.left else { return };
        if primary || at.step.given || at.step.cumulative.is_some() {
            self.error(
                &at.path.key("left"),
                "`left` is for layers on what others left of one bill",
                "take it out: the first layer always leaves deductible, copay and over_cap",
            );
        }
        if !matches!(left, Bucket::Copay | Bucket::Deductible | Bucket::OverCap) {
            let message = format!("nothing is left as \"{}\" by a layer", left.word());
            self.error(&at.path.key("left"), message, "copay, deductible or over_cap");
        }
    }

    /// What is counted over a window. That of one bill keeps something over the parts of a divided bill only.
    fn count_slot(&mut self, path: &Path, measure: &str, group: &str, window: WindowKind, per: &[String]) -> SlotRef {
        if window == WindowKind::Period && self.pack.benefit.period_days.is_none() {
            self.error(path, "no length of a settlement period", "state period_days = 90 under [benefit]");
        }
        self.slot(path, format!("{measure}:{group}"), window, per, false)
    }

    fn deductible(&mut self, at: &At<'_>, deductible: &Deductible, cumulative: bool) -> Option<DeductiblePlan> {
        let path = at.path.key("deductible");
        let slot = match (deductible.window, cumulative) {
            (Some(_), true) => {
                self.error(
                    &path.key("window"),
                    "a cumulative layer counts its deductible on its own sum",
                    "take `window` out",
                );
                None
            }
            (None, true) => None,
            (None, false) => {
                self.error(&path, "no window", "say over which time it is borne once: window = \"stay\", \"year\" …");
                None
            }
            (Some(window), false) => {
                let group = deductible.group.clone().unwrap_or_else(|| at.group.clone());
                Some(self.count_slot(&path, "deductible", &group, window, &deductible.per))
            }
        };
        if deductible.referral.is_some() && deductible.window != Some(WindowKind::Stay) {
            self.error(
                &path.key("referral"),
                "only a deductible of a stay is consecutive on referral",
                "state window = \"stay\"",
            );
        }
        let (zh, en) = (escaped(&at.title.zh), escaped(&at.title.en));
        let spec = Spec {
            rows: &deductible.rows,
            adjust: &deductible.adjust,
            named: deductible.value.as_deref(),
            source: deductible.source.as_ref().or(at.step.source.as_ref()),
            path: path.clone(),
            words: (
                format!("{zh}：起付线 {{0}}，此前已付 {{1}}，本次 {{2}}"),
                format!("{en}: deductible {{0}}, borne before {{1}}, now {{2}}"),
            ),
        };
        let table = self.table(&spec, Want::Amount, at.domain)?;
        let ceiling = match &deductible.ceiling {
            None => None,
            Some(ceiling) => {
                let path = path.key("ceiling");
                let group = ceiling.group.clone().unwrap_or_else(|| at.group.clone());
                let slot = self.count_slot(&path, "deductible_ceiling", &group, ceiling.window, &[]);
                let spec = Spec {
                    rows: &ceiling.rows,
                    adjust: &[],
                    named: ceiling.value.as_deref(),
                    source: deductible.source.as_ref().or(at.step.source.as_ref()),
                    path: path.clone(),
                    words: (
                        format!("{zh}：起付线累计上限 {{0}}，已用 {{1}}"),
                        format!("{en}: all deductibles at most {{0}}, used {{1}}"),
                    ),
                };
                let table = self.table(&spec, Want::Amount, at.domain)?;
                Some((table, slot))
            }
        };
        Some(DeductiblePlan { table, slot, every_days: deductible.every_days, referral: deductible.referral, ceiling })
    }

    fn bands_plan(&mut self, at: &At<'_>) -> Option<Option<BandsPlan>> {
        let Some(bands) = &at.step.bands else { return Some(None) };
        let path = at.path.key("bands");
        let group = bands.group.clone().unwrap_or_else(|| at.group.clone());
        let slot = match bands.window {
            None if at.step.cumulative.is_some() => None,
            Some(_) if at.step.cumulative.is_some() => {
                self.error(
                    &path.key("window"),
                    "a cumulative layer counts its bands on its own sum",
                    "take `window` out",
                );
                None
            }
            window => {
                let window = window.unwrap_or(WindowKind::Bill);
                Some(self.count_slot(&path, "position", &group, window, &[]))
            }
        };
        let (zh, en) = (escaped(&at.title.zh), escaped(&at.title.en));
        let spec = Spec {
            rows: &bands.rows,
            adjust: &bands.adjust,
            named: bands.value.as_deref(),
            source: bands.source.as_ref().or(at.step.source.as_ref()),
            path: path.clone(),
            words: (
                format!("{zh}：第 {{0}} 段 {{1}} × {{2}} = {{3}}"),
                format!("{en}: band {{0}}: {{1}} × {{2}} = {{3}}"),
            ),
        };
        let table = self.table(&spec, Want::Bands, at.domain)?;
        let RoundingRule { side, mode } = bands.rounding.unwrap_or(self.pack.benefit.rounding);
        Some(Some(BandsPlan { table, from: bands.from, slot, side, mode }))
    }

    fn cap(&mut self, at: &At<'_>, cap: &Cap, number: usize, cumulative: bool) -> Option<CapPlan> {
        let path = at.path.key("cap").at(number);
        if cumulative && cap.on == CapOn::Payable {
            self.error(
                &path.key("on"),
                "a cumulative layer is capped on its payment or its base",
                "state on = \"payment\" or \"base\"",
            );
        }
        let group = cap.group.clone().unwrap_or_else(|| at.group.clone());
        let measure = match cap.on {
            CapOn::Payment => "paid",
            CapOn::Base => "capped_base",
            CapOn::Payable => "capped_payable",
        };
        let slot = self.count_slot(&path, measure, &group, cap.window, &cap.per);
        let (zh, en) = (escaped(&at.title.zh), escaped(&at.title.en));
        let spec = Spec {
            rows: &cap.rows,
            adjust: &cap.adjust,
            named: cap.value.as_deref(),
            source: cap.source.as_ref().or(at.step.source.as_ref()),
            path: path.clone(),
            words: (
                format!("{zh}：封顶 {{0}}，已用 {{1}}，本次最多 {{2}}"),
                format!("{en}: cap {{0}}, used {{1}}, now at most {{2}}"),
            ),
        };
        let several = match &cap.several {
            None => None,
            Some(several) => Some(self.several(several, &path.key("several"))?),
        };
        // Every word that counts needs a row, whichever the bill itself is for.
        let widened: Option<Vec<When>> =
            several.as_ref().map(|several| at.domain.iter().map(|when| several.widened(when)).collect());
        let table = self.table(&spec, Want::Amount, widened.as_deref().unwrap_or(at.domain))?;
        Some(CapPlan { table, on: cap.on, slot, several })
    }

    fn several(&mut self, several: &Several, path: &Path) -> Option<SeveralPlan> {
        let dim = self.dims.find(&several.dimension);
        let ranks: Result<Vec<Ratio>, String> = several.ranks.iter().map(|text| ratio(text)).collect();
        let most = several.at_most.as_deref().map_or(Ok(i64::MAX), fen);
        let words = dim.and_then(|dim| self.dims.0.get(dim)).map(|dim| dim.values.clone()).unwrap_or_default();
        let (Some(dim), Ok(ranks), Ok(most), false, false) =
            (dim, ranks, most, several.ranks.is_empty(), words.is_empty())
        else {
            self.error(
                path,
                "quotas of several diseases cannot be read",
                "several = { dimension = \"disease\", of = [\"hypertension\"], ranks = [\"1\", \"0.5\"], at_most = \"7000.00\" }",
            );
            return None;
        };
        for (at, word) in several.of.iter().flatten().enumerate() {
            if !words.contains(word) {
                let hint = suggest::hint(word, words.iter().map(String::as_str));
                self.error(
                    &path.key("of").at(at),
                    format!("unknown word \"{word}\" of \"{}\"", several.dimension),
                    hint,
                );
            }
        }
        let counts = words.iter().map(|word| several.of.as_ref().is_none_or(|of| of.contains(word))).collect();
        Some(SeveralPlan { dim, counts, ranks, most })
    }

    /// Commercial and charity layers stand after all public ones.
    pub(super) fn base_order(&mut self, steps: &[StepPlan], path: &Path) {
        use Bucket::{AreaFirstSelf, Barred, Copay, Deductible, FirstSelf, FullSelf, InScope, OverCap, OverLimit};
        let mut there = vec![FullSelf, OverLimit, FirstSelf, InScope, Barred];
        for step in steps {
            let base: &[Bucket] = match &step.act {
                Act::FirstSelf(..) => {
                    there.push(AreaFirstSelf);
                    continue;
                }
                Act::Layer(layer) => &layer.base,
                Act::TopUp { base, .. } | Act::Account { base, .. } => base,
            };
            if !base.iter().any(|bucket| there.contains(bucket)) {
                let words: Vec<&str> = base.iter().map(|bucket| bucket.word()).collect();
                let message = format!(
                    "step \"{}\" never has anything to pay: no step before it leaves {}",
                    step.id,
                    words.join(" or ")
                );
                self.error(path, message, "put it behind the layer that leaves it, or correct its base");
            }
            let Act::Layer(layer) = &step.act else { continue };
            there.extend(layer.left);
            if layer.primary {
                there.push(Copay);
                there.extend(layer.deductible.is_some().then_some(Deductible));
                there.extend((!layer.caps.is_empty()).then_some(OverCap));
                if step.when.0.is_empty() {
                    there.retain(|bucket| *bucket != InScope);
                }
            }
        }
    }

    /// Private layers come after the public ones.
    pub(super) fn chain_order(&mut self, steps: &[StepPlan], path: &Path) {
        let mut private: Option<String> = None;
        for step in steps {
            let fund = match &step.act {
                Act::Layer(layer) => Some(layer.fund),
                Act::TopUp { fund, .. } => Some(*fund),
                _ => None,
            };
            let Some(kind) = fund.and_then(|fund| self.pack.fund.values().nth(fund)).map(|fund| fund.kind) else {
                continue;
            };
            match (kind, &private) {
                (FundKind::Commercial | FundKind::Charity, _) => private = Some(step.id.clone()),
                (FundKind::Public, Some(before)) => {
                    let message = format!("public step \"{}\" stands after \"{before}\"", step.id);
                    self.error(path, message, "commercial and charity layers come after all public ones");
                }
                _ => {}
            }
        }
    }
}

//! Pools: budget after dated changes, ordered deductions, who is paid from where.

use yibao_kernel::explain::{Rule, RuleId};
use yibao_kernel::{Fen, Mode, Ratio, Window};
use yibao_policy::source::SourceRef;
use yibao_policy::{Path, suggest};

use super::rule_words::plain;
use super::{Compiler, citation};
use crate::pack::header::NamedPart;
use crate::pack::part_known::{Known, of_part};
use crate::pack::pool::{BorneBy, DeductionBasis, Pool as WrittenPool};
use crate::pack::step::{SavingTo, Verb};
use crate::plan::{Adjustment, Deduction, Pool};
use crate::settled::Bilingual;

impl Compiler<'_> {
    /// The pools of a year that pay one of its methods; every key must have exactly one.
    pub(super) fn pools(&mut self, year: i32, window: &Window, in_force: &[String]) -> Vec<Pool> {
        let pack = self.pack;
        let mut pools: Vec<(Pool, usize)> = Vec::new();
        for (index, pool) in pack.pool.iter().enumerate().filter(|(_, pool)| pool.year == year) {
            let path = Path::of("pool").at(index);
            let Some(compiled) = self.pool(pool, window, in_force, &path) else { continue };
            if !compiled.methods.is_empty() {
                pools.push((compiled, index));
            }
        }
        self.check_cover(year, in_force, &pools);
        pools.into_iter().map(|(pool, _)| pool).collect()
    }

    fn pool(&mut self, pool: &WrittenPool, window: &Window, in_force: &[String], path: &Path) -> Option<Pool> {
        let index =
            |list: &[String], id: &str| list.iter().position(|known| known == id).and_then(|at| u16::try_from(at).ok());
        for (at, method) in pool.methods.iter().enumerate() {
            if !self.pack.method.contains_key(method) {
                let hint = suggest::hint(method, self.pack.method.keys().map(String::as_str));
                self.error(&path.key("methods").at(at), format!("unknown method \"{method}\""), hint);
            }
        }
        let methods = pool.methods.iter().filter_map(|method| index(in_force, method)).collect();
        let insurances = self.pool_parts(&pool.insurance, &self.pack.insurance, "insurance", &path.key("insurance"));
        let districts = self.pool_parts(&pool.districts, &self.pack.district, "district", &path.key("districts"));
        let title = pool.title.clone().unwrap_or_else(|| Bilingual { zh: pool.id.clone(), en: pool.id.clone() });
        let words = |zh: &str, en: &str| Bilingual {
            zh: format!("{}：{zh}", plain(&title.zh)),
            en: format!("{}: {en}", plain(&title.en)),
        };
        let rule = self.pool_rule(
            &format!("pool/{}", pool.id),
            &words("预算 {0} 元，调整后 {1} 元", "budget {0}, {1} after changes"),
            &pool.source,
            path,
        );
        let amount = self.pool_amount(pool, path);
        if amount.is_some_and(Fen::is_negative) {
            self.error(&path.key("amount"), "the budget is negative", "state the fund's budget in yuan");
        }
        self.check_given_back(pool, path);
        self.check_totals(pool, path);
        let mut adjustments = self.adjustments(pool, window, &title, path);
        adjustments.extend(self.budget_changes(pool, &title, path));
        adjustments.sort_by_key(|change| change.on);
        let months = self.shares_of_months(pool, path);
        // A pool whose budget is open, or wrong, has been told and still covers its keys.
        let known = amount.is_some_and(|amount| !amount.is_negative());
        let amount = amount.unwrap_or(Fen::ZERO);
        self.check_never_negative(pool, amount, &adjustments, path);
        let budget = yibao_kernel::sum(adjustments.iter().map(|change| change.amount).chain([amount]));
        let budget = match budget {
            Ok(budget) => budget,
            Err(error) => {
                self.error_text(&path.key("amount"), &error.to_string());
                return None;
            }
        };
        let deductions = self.deductions(pool, known.then_some(budget), &title, path);
        let draws = self.draws(pool, window, &title, path);
        if known {
            self.check_draws(pool, budget, &deductions, &draws, path);
        }
        Some(Pool {
            id: pool.id.clone(),
            title,
            rule,
            methods,
            insurances,
            districts,
            amount,
            adjustments,
            budget,
            deductions,
            draws,
            reserve_opening: pool.reserve.as_ref().map_or(Fen::ZERO, |reserve| reserve.opening),
            months,
            borne_by: pool.borne_by,
        })
    }

    /// Savings that the institutions give back to the residual of a pool cannot return to the same institutions.
    fn check_given_back(&mut self, pool: &WrittenPool, path: &Path) {
        if pool.borne_by != BorneBy::Institutions {
            return;
        }
        let pack = self.pack;
        let methods = pool.methods.iter().filter_map(|id| pack.method.get_key_value(id));
        for (id, method) in methods {
            let given_back = method.step.iter().enumerate().find(|(_, step)| match &step.verb {
                Verb::Share(share) => share.saving_to == SavingTo::Residual,
                _ => false,
            });
            let Some((at, step)) = given_back else { continue };
            let place = self.place(&Path::of("method").key(id).key("step").at(at).key("saving_to"));
            let message = format!(
                "the institutions bear the residual of pool \"{}\", and step \"{}\" of method \"{id}\" gives savings back to it",
                pool.id, step.id
            );
            let hint =
                format!("let `saving_to` at {place} be \"reserve\", or `borne_by` be \"reserve\" or \"next_year\"");
            self.error(&path.key("borne_by"), message, hint);
        }
    }

    /// Indices of the parts a pool pays; all when it names none.
    fn pool_parts(&mut self, named: &Option<Vec<String>>, declared: &[NamedPart], what: &str, path: &Path) -> Vec<u16> {
        let all: Vec<&str> =
            if declared.is_empty() { vec!["all"] } else { declared.iter().map(|part| part.id.as_str()).collect() };
        let number = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        let Some(named) = named else { return (0..all.len()).map(number).collect() };
        let mut indices = Vec::new();
        for (at, id) in named.iter().enumerate() {
            match all.iter().position(|known| known == id) {
                Some(index) => indices.push(number(index)),
                None => {
                    self.error(&path.at(at), format!("unknown {what} \"{id}\""), suggest::hint(id, all.iter().copied()))
                }
            }
        }
        indices
    }

    pub(super) fn pool_rule(&mut self, id: &str, words: &Bilingual, source: &SourceRef, path: &Path) -> RuleId {
        let source = citation(self.pack, source);
        if let Some(known) = self.book.rule_id(id) {
            return known;
        }
        self.rule(Rule { id: id.to_owned(), zh: words.zh.clone(), en: words.en.clone(), source }, path)
    }

    fn adjustments(&mut self, pool: &WrittenPool, window: &Window, title: &Bilingual, path: &Path) -> Vec<Adjustment> {
        let mut changes = Vec::new();
        for (at, change) in pool.adjust.iter().enumerate() {
            let here = path.key("adjust").at(at);
            if !window.contains(change.on) {
                self.error(
                    &here.key("on"),
                    format!("the change of {} is outside the year", change.on),
                    "state a day of the pool's year",
                );
            }
            if change.from.is_some() || change.known.is_some_and(|known| known > self.known) {
                continue;
            }
            let words = Bilingual {
                zh: format!("{}：{} 调整 {{0}} 元，{}", plain(&title.zh), change.on, plain(&change.reason.zh)),
                en: format!("{}: changed on {} by {{0}}, {}", plain(&title.en), change.on, plain(&change.reason.en)),
            };
            let rule = self.pool_rule(&format!("pool/{}/adjust-{}", pool.id, at + 1), &words, &change.source, &here);
            changes.push(Adjustment { on: change.on, amount: change.amount, reason: change.reason.clone(), rule });
        }
        changes
    }

    fn shares_of_months(&mut self, pool: &WrittenPool, path: &Path) -> Vec<Ratio> {
        let twelfth = Ratio::new(1, 12).unwrap_or(Ratio::ZERO);
        let Some(months) = &pool.months else { return vec![twelfth; 12] };
        let here = path.key("months");
        let sum = months.iter().try_fold(Ratio::ZERO, |sum: Ratio, share| sum.checked_add(*share));
        if months.len() != 12 || sum != Ok(Ratio::ONE) || months.iter().any(|share| share.is_negative()) {
            let sum = sum.map_or_else(|error| error.to_string(), |sum| sum.to_string());
            self.error(
                &here,
                format!("{} monthly shares that sum to {sum}", months.len()),
                "state twelve shares, none negative, that sum to 1",
            );
        }
        months.clone()
    }

    fn deductions(
        &mut self,
        pool: &WrittenPool,
        budget: Option<Fen>,
        title: &Bilingual,
        path: &Path,
    ) -> Vec<Deduction> {
        let mut left = budget.map(Fen::ratio);
        let mut deductions = Vec::new();
        for (at, deduction) in pool.deduct.iter().enumerate() {
            let here = path.key("deduct").at(at);
            let Some(stated) = self.stated(&deduction.value, &here.key("value")) else { continue };
            let value = match deduction.basis {
                DeductionBasis::Fixed => stated.checked_mul(Ratio::from_int(100)).unwrap_or(stated),
                _ => {
                    self.unit_interval(stated, "the deducted share", &here.key("value"));
                    stated
                }
            };
            if value.is_negative() {
                self.error(
                    &here.key("value"),
                    "the deduction is negative",
                    "raise the budget by an [[pool.adjust]] entry instead",
                );
            }
            if deduction.basis == DeductionBasis::Fixed && value.den() != 1 {
                self.error(
                    &here.key("value"),
                    "a fixed deduction has parts of a fen",
                    "state yuan with at most two decimals",
                );
            }
            left = self.left_after(pool, deduction.basis, value, budget, left, &here.key("value"));
            let words = deduction
                .title
                .clone()
                .unwrap_or_else(|| Bilingual { zh: deduction.id.clone(), en: deduction.id.clone() });
            let words = Bilingual {
                zh: format!("{}：扣除 {} {{0}} 元", plain(&title.zh), plain(&words.zh)),
                en: format!("{}: deducted {} {{0}}", plain(&title.en), plain(&words.en)),
            };
            let rule = self.pool_rule(&format!("pool/{}/{}", pool.id, deduction.id), &words, &deduction.source, &here);
            deductions.push(Deduction {
                id: deduction.id.clone(),
                rule,
                basis: deduction.basis,
                value,
                to_reserve: deduction.to.is_some(),
            });
        }
        deductions
    }

    /// What a deduction leaves; told when it is more than there is. `None`: not known, or told already.
    fn left_after(
        &mut self,
        pool: &WrittenPool,
        basis: DeductionBasis,
        value: Ratio,
        budget: Option<Fen>,
        left: Option<Ratio>,
        path: &Path,
    ) -> Option<Ratio> {
        let (budget, left) = (budget?, left?);
        let share = !value.is_negative() && value <= Ratio::ONE;
        let taken = match basis {
            DeductionBasis::Fixed => value,
            _ if !share => return None,
            DeductionBasis::ShareOfAmount => value.checked_mul(budget.ratio()).ok()?,
            DeductionBasis::ShareOfLeft => value.checked_mul(left).ok()?,
        };
        let left = left.checked_sub(taken).ok()?;
        if left.is_negative() {
            let short = left.negated().to_fen(Mode::Up).unwrap_or(Fen::ZERO);
            let message = format!("the deductions of pool \"{}\" exceed its budget {budget} by {short}", pool.id);
            self.error(path, message, "lower the deductions or raise the budget");
            return None;
        }
        Some(left)
    }

    /// Every method, insurance scheme and district of the year belongs to exactly one pool.
    fn check_cover(&mut self, year: i32, in_force: &[String], pools: &[(Pool, usize)]) {
        let ids = |declared: &[NamedPart]| -> Vec<String> {
            if declared.is_empty() {
                vec!["all".to_owned()]
            } else {
                declared.iter().map(|part| part.id.clone()).collect()
            }
        };
        let (insurances, districts) = (ids(&self.pack.insurance), ids(&self.pack.district));
        for (method_at, method) in (0_u16..).zip(in_force) {
            let Some(written) = self.pack.method.get(method) else { continue };
            let scope = written.step.iter().find(|step| matches!(step.verb, Verb::Scope));
            let scope = scope.and_then(|step| step.when.as_ref());
            for (insurance_at, insurance) in (0_u16..).zip(&insurances) {
                for (district_at, district) in (0_u16..).zip(&districts) {
                    let pays = |pool: &Pool| {
                        pool.methods.contains(&method_at)
                            && pool.insurances.contains(&insurance_at)
                            && pool.districts.contains(&district_at)
                    };
                    // A key that the method's scope leaves out needs no pool.
                    let claims = scope.is_none_or(|scope| of_part(scope, insurance, district) != Known::Fails);
                    let mut paying = pools.iter().filter(|(pool, _)| pays(pool));
                    let key = key_words(method, insurance, district, &self.pack.insurance, &self.pack.district);
                    match (paying.next(), paying.next()) {
                        (None, _) if !claims => {}
                        (None, _) => {
                            let message = format!("no pool of {year} pays {key}");
                            self.error(
                                &Path::of("pool"),
                                message,
                                "add it to the methods, insurance and districts of a [[pool]]",
                            );
                        }
                        (Some((first, first_at)), Some((second, second_at))) => {
                            let at = self.place(&Path::of("pool").at(*first_at));
                            let message =
                                format!("pools \"{}\" and \"{}\" both pay {key} in {year}", first.id, second.id);
                            self.error(
                                &Path::of("pool").at(*second_at),
                                message,
                                format!("the other is at {at}; every key belongs to exactly one pool"),
                            );
                        }
                        (Some(_), None) => {}
                    }
                }
            }
        }
    }
}

fn key_words(
    method: &str,
    insurance: &str,
    district: &str,
    insurances: &[NamedPart],
    districts: &[NamedPart],
) -> String {
    let mut words = format!("method \"{method}\"");
    if !insurances.is_empty() {
        words.push_str(&format!(", insurance \"{insurance}\""));
    }
    if !districts.is_empty() {
        words.push_str(&format!(", district \"{district}\""));
    }
    words
}

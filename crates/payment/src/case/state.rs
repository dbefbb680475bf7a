//! What is known about a case while its steps run, and how conditions and tables read it.

use yibao_kernel::{Day, Decimal, Fen, Ratio, Rounding};
use yibao_record::column::Column;
use yibao_record::stays::{Extra, GroupStatus, Stays, Symbol};

use super::decision::Candidate;
use super::points::ten_thousandths;
use super::unit_steps::LimitAsk;
use crate::pack::case_step::BandCoefficient;
use crate::pack::step::{CoefficientOn, RouteTo};
use crate::plan::table::KEYS_MAX;
use crate::plan::{CaseFields, Cell, FieldRef, Plan, TableId};
use crate::settle::key::RowKey;

/// The most means a method may look up.
pub const MEANS_MAX: usize = 8;
/// The most factor families a method may have.
pub const FAMILIES_MAX: usize = 4;

/// The values of one case so far.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// Where it goes; `None`: by its group.
    pub route: Option<RouteTo>,
    /// Accepted by special-case review.
    pub reviewed: bool,
    /// The standard that special-case review set for the case.
    pub adjusted: Option<Fen>,
    /// Multiplier of cost points.
    pub times: Ratio,
    /// Relative weight, published.
    pub weight: Option<Decimal>,
    /// Base points, published.
    pub base_points: Option<Decimal>,
    /// Means by slot.
    pub means: [Option<Fen>; MEANS_MAX],
    /// The mean behind computed base points.
    pub mean_of_base: Option<Fen>,
    /// The denominator of the outlier ratio, or the first mean.
    pub mean_used: Option<Fen>,
    /// Mean of all cases.
    pub all_mean: Option<Fen>,
    /// Hospital coefficient, published.
    pub coefficient: Option<Decimal>,
    /// Product of the factors outside families.
    pub factors: Ratio,
    /// Largest factor of each family.
    pub families: [Option<Ratio>; FAMILIES_MAX],
    /// Outlier factor.
    pub outlier: Option<Ratio>,
    /// What K multiplies.
    pub coefficient_on: CoefficientOn,
    /// Product of the readmission multipliers.
    pub readmission: Ratio,
    /// The leg's share of a transfer.
    pub transfer: Ratio,
    /// How often the base counts.
    pub units: Option<Ratio>,
    /// A standard in money instead of weight × rate.
    pub base_money: Option<Fen>,
    /// Days that were paid.
    pub days_paid: Option<i64>,
    /// Days that a yearly limit pays for.
    pub days_allowed: Option<i64>,
    /// What it asks of a yearly limit.
    pub limit_ask: Option<LimitAsk>,
    /// What K does in the outlier band: whether it multiplies, whether it is added.
    pub band_coefficient: (BandCoefficient, bool),
    /// Added outside the standard.
    pub add_on: Fen,
    /// Fen per weight.
    pub rate: Option<Fen>,
    /// Case points, published.
    pub points: Option<Decimal>,
    /// Payment standard, published.
    pub standard: Option<Fen>,
    /// Fund money by rate.
    pub fund: Option<Fen>,
    /// A place in a quota it asks for.
    pub candidate: Option<Candidate>,
}

impl State {
    pub(super) const fn new(all_mean: Option<Fen>) -> Self {
        Self {
            route: None,
            reviewed: false,
            adjusted: None,
            times: Ratio::ONE,
            weight: None,
            base_points: None,
            means: [None; MEANS_MAX],
            mean_of_base: None,
            mean_used: None,
            all_mean,
            coefficient: None,
            factors: Ratio::ONE,
            families: [None; FAMILIES_MAX],
            outlier: None,
            coefficient_on: CoefficientOn::All,
            readmission: Ratio::ONE,
            transfer: Ratio::ONE,
            units: None,
            base_money: None,
            days_paid: None,
            days_allowed: None,
            limit_ask: None,
            band_coefficient: (BandCoefficient::Applies, false),
            add_on: Fen::ZERO,
            rate: None,
            points: None,
            standard: None,
            fund: None,
            candidate: None,
        }
    }
}

/// One case of the stays, with its state.
pub(super) struct View<'a> {
    pub plan: &'a Plan,
    pub stays: &'a Stays,
    pub row: usize,
    pub key: RowKey,
    pub discharge: Day,
    pub cost: Fen,
    /// No step of the method gives a weight or base points: the base is one.
    pub from_one: bool,
    /// Rounding of the method's standard.
    pub money: Rounding,
    pub state: State,
}

impl View<'_> {
    fn symbol(&self, column: &Column<Symbol>) -> Symbol {
        column.get(self.row).copied().unwrap_or(Symbol::NONE)
    }

    /// The cell of a table for this case; `None`: no row.
    pub(super) fn cell(&self, table: TableId) -> Option<Cell> {
        let table = self.plan.tables.get(table)?;
        let rows = table.on(self.discharge)?;
        let mut key = [Symbol::NONE; KEYS_MAX];
        for (slot, field) in key.iter_mut().zip(&table.key) {
            *slot = self.text(*field);
        }
        rows.get(key.get(..table.key.len())?)
    }

    fn extra(&self, index: u16) -> Option<i64> {
        match self.stays.extras.get(usize::from(index))? {
            Extra::Fen(amounts) => amounts.get(self.row).copied().flatten().map(Fen::get),
            Extra::Int(numbers) | Extra::Micro(numbers) => numbers.get(self.row).copied().flatten(),
            Extra::Symbol(_) => None,
        }
    }
}

impl CaseFields for View<'_> {
    fn text(&self, field: FieldRef) -> Symbol {
        let stays = self.stays;
        match field {
            FieldRef::Group => self.symbol(&stays.group),
            FieldRef::Institution => self.symbol(&stays.institution),
            // Stays without insurance or district belong to the single part of the pack.
            FieldRef::Insurance => {
                self.plan.insurances.get(usize::from(self.key.insurance)).map_or(Symbol::NONE, |part| part.symbol)
            }
            FieldRef::District => {
                self.plan.districts.get(usize::from(self.key.district)).map_or(Symbol::NONE, |part| part.symbol)
            }
            FieldRef::Level => {
                // Cleared to a lead, the stay is still of the member's level.
                let method = self.plan.methods.get(usize::from(self.key.method));
                let member = method.filter(|method| method.leads.is_some());
                let member = member.and_then(|_| self.plan.institution_of(self.symbol(&stays.institution)));
                let rank = member.unwrap_or(self.key.institution);
                let institution = self.plan.institutions.get(rank as usize);
                institution.map_or(Symbol::NONE, |institution| institution.level)
            }
            FieldRef::Adrg => self.symbol(&stays.adrg),
            FieldRef::Mdc => self.symbol(&stays.mdc),
            FieldRef::DischargeStatus => self.symbol(&stays.discharge_status),
            FieldRef::Dept => self.symbol(&stays.dept),
            FieldRef::Special => self.symbol(&stays.special),
            FieldRef::GroupStatus => {
                let [grouped, ambiguous, ungrouped, rejected] = self.plan.group_status;
                match stays.group_status.get(self.row) {
                    Some(GroupStatus::Grouped) => grouped,
                    Some(GroupStatus::Ambiguous) => ambiguous,
                    Some(GroupStatus::Ungrouped) => ungrouped,
                    Some(GroupStatus::Rejected) => rejected,
                    None => Symbol::NONE,
                }
            }
            FieldRef::Sex => {
                let [male, female] = self.plan.sex;
                match stays.sex.get(self.row) {
                    Some(1) => male,
                    Some(2) => female,
                    _ => Symbol::NONE,
                }
            }
            FieldRef::Feed => stays.feed_of(self.row).map_or(self.plan.feed, |feed| feed.symbol),
            FieldRef::Kind => stays.feed_of(self.row).map_or(self.plan.kind, |feed| feed.kind_symbol),
            FieldRef::Extra { index, .. } => match stays.extras.get(usize::from(index)) {
                Some(Extra::Symbol(texts)) => self.symbol(texts),
                _ => Symbol::NONE,
            },
            _ => Symbol::NONE,
        }
    }

    fn number(&self, field: FieldRef) -> Option<i64> {
        let (stays, row, state) = (self.stays, self.row, &self.state);
        match field {
            FieldRef::Discharge => Some(i64::from(self.discharge.days())),
            FieldRef::Admission => stays.admission.get(row).copied().flatten().map(|day| i64::from(day.days())),
            FieldRef::LosDays => stays.los_days.get(row).map(|days| i64::from(*days)),
            FieldRef::AgeYears => stays.age_years.get(row).copied().flatten().map(i64::from),
            FieldRef::Incomplete => stays.incomplete.get(row).map(|flag| i64::from(*flag)),
            FieldRef::Cost => Some(self.cost.get()),
            FieldRef::Fund => stays.fund.get(row).map(|amount| amount.get()),
            FieldRef::Patient => stays.patient.get(row).map(|amount| amount.get()),
            FieldRef::Weight => state.weight.and_then(|weight| ten_thousandths(weight).ok()),
            FieldRef::BasePoints => state.base_points.and_then(|points| ten_thousandths(points).ok()),
            FieldRef::Coefficient => state.coefficient.and_then(|value| ten_thousandths(value).ok()),
            FieldRef::Mean(slot) => state.means.get(usize::from(slot)).copied().flatten().map(Fen::get),
            FieldRef::AllMean => state.all_mean.map(Fen::get),
            FieldRef::Std => self.standard_so_far().map(Fen::get),
            FieldRef::StdBeforeCoefficient => self.standard_before_coefficient().map(Fen::get),
            FieldRef::Extra { index, .. } => self.extra(index),
            _ => None,
        }
    }
}

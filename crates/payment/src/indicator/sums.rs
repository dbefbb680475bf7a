//! What the settled cases of a slice of the region add up to. An indicator is a query over these sums; it never sees a case.

use std::collections::BTreeMap;

/// What a row of facts is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Hash)]
#[repr(u8)]
pub enum Kind {
    /// An inpatient stay.
    #[default]
    Stays,
    /// An outpatient visit.
    Visits,
    /// A registered person for the year; its days are months.
    Heads,
}

impl Kind {
    /// The kind of a word in a file; unknown words are stays.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "visits" => Kind::Visits,
            "heads" => Kind::Heads,
            _ => Kind::Stays,
        }
    }
}

/// Sums over cases of one kind. Amounts in fen, weights in hundred-millionths.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sums {
    /// Cases.
    pub cases: u64,
    /// Total cost.
    pub cost: i128,
    /// Accounted fund.
    pub fund: i128,
    /// What patients and other payers paid.
    pub patient: i128,
    /// What the clearing gives.
    pub paid: i128,
    /// Days of stay; months of heads.
    pub days: i128,
    /// Grouped cases that have a weight.
    pub weighted: u64,
    /// Their weights; base points over the points of weight one where a method has no weights.
    pub weight: i128,
    /// Grouped cases.
    pub grouped: u64,
    /// Cases the grouping rate counts.
    pub countable: u64,
    /// Those of them that are grouped.
    pub countable_grouped: u64,
    /// Deaths.
    pub deaths: u64,
    /// Cases in groups of low risk.
    pub low_risk: u64,
    /// Deaths among them.
    pub low_risk_deaths: u64,
    /// Referred cases.
    pub referred: u64,
    /// Cases accepted in special review.
    pub review_accepted: u64,
    /// Cases sent to review and held.
    pub review_held: u64,
    /// Cost outside the lists, and the cost of the cases where that is given.
    pub out_of_list: Given,
    /// Parts of the cost in the order of the definitions.
    pub parts: Vec<Given>,
}

/// An amount, and the cost of the cases on which it is given: a share is over what was stated, never over blanks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Given {
    /// The amounts, fen.
    pub amount: i128,
    /// Cost of the cases that state one, fen.
    pub cost: i128,
    /// How many do.
    pub cases: u64,
}

impl Given {
    /// Adds another's.
    pub fn add(&mut self, other: &Given) {
        self.amount += other.amount;
        self.cost += other.cost;
        self.cases += other.cases;
    }
}

impl Sums {
    /// Adds another's.
    pub fn add(&mut self, other: &Sums) {
        self.cases += other.cases;
        self.cost += other.cost;
        self.fund += other.fund;
        self.patient += other.patient;
        self.paid += other.paid;
        self.days += other.days;
        self.weighted += other.weighted;
        self.weight += other.weight;
        self.grouped += other.grouped;
        self.countable += other.countable;
        self.countable_grouped += other.countable_grouped;
        self.deaths += other.deaths;
        self.low_risk += other.low_risk;
        self.low_risk_deaths += other.low_risk_deaths;
        self.referred += other.referred;
        self.review_accepted += other.review_accepted;
        self.review_held += other.review_held;
        self.out_of_list.add(&other.out_of_list);
        if self.parts.len() < other.parts.len() {
            self.parts.resize(other.parts.len(), Given::default());
        }
        self.parts.iter_mut().zip(&other.parts).for_each(|(sum, part)| sum.add(part));
    }
}

/// Counts that need to know who came twice; made when the year is settled, because settled folders know no persons.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persons {
    /// Stays that name a person.
    pub stays: u64,
    /// Distinct persons of these stays.
    pub patients: u64,
    /// Visits that name a person.
    pub visits: u64,
    /// Distinct persons of these visits.
    pub visitors: u64,
    /// Readmissions, in the order of the definitions: stays followed by a readmission.
    pub readmitted: Vec<u64>,
}

/// A slice of a settled region: all of it, an institution, a level, a month …
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Slice {
    /// Sums by kind: stays, visits, heads.
    pub kinds: [Sums; 3],
    /// Grouped stays by group.
    pub groups: BTreeMap<u32, Sums>,
    /// Counts of persons, where the pack asks for them.
    pub persons: Option<Persons>,
    /// Institutions with a stay paid by disease (only of the whole region).
    pub institutions_by_disease: u64,
    /// Groups with such a stay.
    pub groups_by_disease: u64,
    /// Accounted fund of such stays.
    pub fund_by_disease: i128,
}

impl Slice {
    /// The sums of a kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &Sums {
        let [stays, visits, heads] = &self.kinds;
        match kind {
            Kind::Stays => stays,
            Kind::Visits => visits,
            Kind::Heads => heads,
        }
    }

    /// The sums of a kind, to add to.
    pub fn of_mut(&mut self, kind: Kind) -> &mut Sums {
        let [stays, visits, heads] = &mut self.kinds;
        match kind {
            Kind::Stays => stays,
            Kind::Visits => visits,
            Kind::Heads => heads,
        }
    }

    /// Inpatient stays.
    #[must_use]
    pub fn stays(&self) -> &Sums {
        self.of(Kind::Stays)
    }

    /// Adds a cell: cases of one kind and one group.
    pub fn add(&mut self, kind: Kind, group: Option<u32>, sums: &Sums) {
        self.of_mut(kind).add(sums);
        if let (Kind::Stays, Some(group)) = (kind, group)
            && sums.grouped > 0
        {
            self.groups.entry(group).or_default().add(sums);
        }
    }

    /// All cases of all kinds.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.kinds.iter().map(|sums| sums.cases).sum()
    }
}

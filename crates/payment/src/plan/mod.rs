//! A pack for one settled year, compiled: everything the engine needs, resolved to indices, dense look-ups and exact
//! numbers. The engine never looks at the pack again.

pub mod case_verb;
pub(crate) mod compile;
pub mod condition;
pub mod entries;
pub mod field;
pub mod pool;
pub mod table;
pub mod verb;

use rustc_hash::FxHashMap;
use yibao_kernel::explain::{RuleBook, RuleId};
use yibao_kernel::{Day, Ratio, Window};
use yibao_record::mapping::FieldKind;
use yibao_record::stays::Symbol;

pub use self::case_verb::*;
pub use self::compile::CompileInput;
pub use self::condition::{CaseFields, Compare, Condition, NotGiven};
pub use self::field::{FieldRef, Unit};
pub use self::pool::{Adjustment, Deduction, OutsidePools, Pool};
pub use self::table::{Cell, Lookup, Table, TableId, Tables};
pub use self::verb::*;
pub use crate::pack::capitation::Capitation;
pub use crate::pack::method::{Basis, PriceKind};
use crate::settled::{Bilingual, HeaderView, InstitutionView, Named};

/// A settled year of a pack, compiled.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The year's number.
    pub year: i32,
    /// Its days.
    pub window: Window,
    /// Versions known on this day were used.
    pub known: Day,
    /// The pack as its outputs name it.
    pub header: HeaderView,
    /// Content hash of the pack.
    pub hash: String,
    /// Institutions in rank order.
    pub institutions: Vec<Institution>,
    /// Symbol of an institution → its rank.
    pub institution_by_symbol: FxHashMap<Symbol, u32>,
    /// Insurance schemes in the order declared; the single `all` when none is.
    pub insurances: Vec<Part>,
    /// Districts in the order declared; the single `all` when none is.
    pub districts: Vec<Part>,
    /// Extra fields in the order of `Stays::extras`.
    pub fields: Vec<(String, FieldKind)>,
    /// Methods in force, in the order of the year.
    pub methods: Vec<Method>,
    /// Who is charged for a method's cases, aligned with `methods`.
    pub payers: Vec<Option<Payer>>,
    /// Pools of the year, in the order declared.
    pub pools: Vec<Pool>,
    /// What the year's budgets leave outside the pools.
    pub outside_pools: OutsidePools,
    /// Value tables.
    pub tables: Tables,
    /// Interned `2025-01` … of the window's months, for year tables keyed by `month`.
    pub months: Vec<(String, Symbol)>,
    /// Dated entries.
    pub entries: entries::Entries,
    /// Assessments, whose tables are `assessment:ID`.
    pub assessments: Vec<entries::Assessed>,
    /// Interned `grouped`, `ambiguous`, `ungrouped`, `rejected`, in the order of `GroupStatus`.
    pub group_status: [Symbol; 4],
    /// Interned `stays`: the feed of rows that came from no feed.
    pub feed: Symbol,
    /// Interned `stays`: their kind.
    pub kind: Symbol,
    /// Interned `1`, `2` for `FieldRef::Sex`.
    pub sex: [Symbol; 2],
    /// Rules of all steps and pools; the engine may add its own before it starts.
    pub book: RuleBook,
}

/// An institution.
#[derive(Clone, Debug)]
pub struct Institution {
    /// Its id, interned.
    pub symbol: Symbol,
    /// Its level, interned.
    pub level: Symbol,
    /// Its district, interned.
    pub district: Symbol,
    /// As outputs name it.
    pub view: InstitutionView,
}

/// An insurance scheme or district.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its id, interned.
    pub symbol: Symbol,
    /// Id and title.
    pub named: Named,
}

/// A method.
#[derive(Clone, Debug)]
pub struct Method {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// Settlement basis.
    pub basis: Basis,
    /// Kind of price.
    pub price: PriceKind,
    /// Discharge days it is in force.
    pub window: Window,
    /// Names of the means that `group_mean` steps fill: `FieldRef::Mean(slot)`.
    pub means: Vec<String>,
    /// The steps on each case, in order (`scope` … `fund`).
    pub case_steps: Vec<CompiledStep>,
    /// The steps on the year, in order (`monthly_prepay` … `offset`).
    pub year_steps: Vec<CompiledStep>,
    /// Number of factor families.
    pub families: u8,
    /// The lead institution of each institution, in rank order, where rows are cleared to leads (`pays`).
    pub leads: Option<Vec<Option<u32>>>,
    /// What a method paid per head really is.
    pub capitation: Option<Capitation>,
}

/// Who answers for the cases of a method when they were treated elsewhere (`charge`).
#[derive(Clone, Copy, Debug)]
pub struct Payer {
    /// Index of the paying method.
    pub method: u16,
    /// Text field with the institution that pays.
    pub by: FieldRef,
    /// Times this.
    pub times: Ratio,
    /// Rule of the `charge` step.
    pub rule: RuleId,
}

impl Plan {
    /// Who a method's rows of an institution are cleared to: the institution itself, or its lead; `None` without a lead.
    #[must_use]
    pub fn lead_of(&self, method: u16, institution: u32) -> Option<u32> {
        match self.methods.get(usize::from(method)).and_then(|method| method.leads.as_ref()) {
            None => Some(institution),
            Some(leads) => leads.get(institution as usize).copied().flatten(),
        }
    }

    /// Rank of an institution.
    #[must_use]
    pub fn institution_of(&self, symbol: Symbol) -> Option<u32> {
        self.institution_by_symbol.get(&symbol).copied()
    }

    /// Index of an insurance scheme.
    #[must_use]
    pub fn insurance_of(&self, symbol: Symbol) -> Option<u16> {
        part_of(&self.insurances, symbol)
    }

    /// Index of a district.
    #[must_use]
    pub fn district_of(&self, symbol: Symbol) -> Option<u16> {
        part_of(&self.districts, symbol)
    }

    /// The pool of a method, insurance scheme and district (indices).
    #[must_use]
    pub fn pool_of(&self, method: u16, insurance: u16, district: u16) -> Option<u16> {
        let pays = |pool: &Pool| {
            pool.methods.contains(&method) && pool.insurances.contains(&insurance) && pool.districts.contains(&district)
        };
        self.pools.iter().position(pays).and_then(|at| u16::try_from(at).ok())
    }

    /// A table of the plan.
    #[must_use]
    pub fn table(&self, id: TableId) -> Option<&Table> {
        self.tables.get(id)
    }
}

fn part_of(parts: &[Part], symbol: Symbol) -> Option<u16> {
    parts.iter().position(|part| part.symbol == symbol).and_then(|at| u16::try_from(at).ok())
}

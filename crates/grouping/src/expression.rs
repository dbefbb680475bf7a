//! The closed grammar of conditions.
//!
//! ```text
//! expr := ["true"] | ["false"] | ["and", expr...] | ["or", expr...] | ["not", expr]
//!       | ["pdx" | "adx" | "sdx", SET] | ["ppx" | "apx" | "spx", SET]
//!       | ["adx_prefix", TEXT] | ["regions", GROUP, N] | ["mcc"] | ["cc"]
//!       | [OP, FIELD, NUMBER]          OP in == < <= > >=
//!       | ["==", "sex", "1" | "2"] | ["==", "dept", TEXT]
//!       | ["in", "discharge", [TEXT...]]
//! ```
//!
//! There is nothing else: an unknown word refuses to load.

/// Which codes of a case a membership test looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Look {
    /// `pdx`: the principal diagnosis.
    FirstDx,
    /// `adx`: any diagnosis.
    AnyDx,
    /// `sdx`: any diagnosis but the principal one.
    LaterDx,
    /// `ppx`: the principal procedure.
    FirstProc,
    /// `apx`: any procedure.
    AnyProc,
    /// `spx`: any procedure but the principal one.
    LaterProc,
}

impl Look {
    pub(crate) const ALL: [Self; 6] =
        [Self::FirstDx, Self::AnyDx, Self::LaterDx, Self::FirstProc, Self::AnyProc, Self::LaterProc];

    /// The word of the grammar.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::FirstDx => "pdx",
            Self::AnyDx => "adx",
            Self::LaterDx => "sdx",
            Self::FirstProc => "ppx",
            Self::AnyProc => "apx",
            Self::LaterProc => "spx",
        }
    }

    /// Whether it looks at diagnoses.
    pub(crate) const fn at_dx(self) -> bool {
        matches!(self, Self::FirstDx | Self::AnyDx | Self::LaterDx)
    }
}

/// A number of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Field {
    /// Whole years.
    Age,
    /// Days.
    AgeDays,
    /// Grams.
    Weight,
    /// Days of stay.
    Los,
    /// Hours in intensive care.
    IcuHours,
}

impl Field {
    pub(crate) const ALL: [Self; 5] = [Self::Age, Self::AgeDays, Self::Weight, Self::Los, Self::IcuHours];

    /// The word of the grammar.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::AgeDays => "age_days",
            Self::Weight => "weight",
            Self::Los => "los",
            Self::IcuHours => "icu_hours",
        }
    }
}

/// A comparison sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Sign {
    /// `==`
    Equal,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Sign {
    pub(crate) const ALL: [Self; 5] = [Self::Equal, Self::Below, Self::AtMost, Self::Above, Self::AtLeast];

    /// The sign of the grammar.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether the comparison holds.
    pub(crate) const fn holds(self, left: i32, right: i32) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Below => left < right,
            Self::AtMost => left <= right,
            Self::Above => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// A condition. Sets, prefixes, region groups and texts are indices of the model's tables.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Expr {
    True,
    False,
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// Some code looked at is in the set.
    Member(Look, u16),
    /// Some diagnosis starts with the prefix.
    Prefix(u16),
    /// The diagnoses fall in at least so many regions of the group.
    Regions {
        group: u16,
        least: u16,
    },
    /// Some secondary diagnosis is an MCC that the principal one does not exclude.
    Mcc,
    /// Likewise a CC.
    Cc,
    /// A number of the case compares so; false when the number is missing.
    Number(Field, Sign, i32),
    /// The sex is male (`true`) or female (`false`).
    Male(bool),
    /// The department is this text.
    Dept(u16),
    /// The discharge status is one of these texts.
    Discharge(Vec<u16>),
}

impl Expr {
    /// Calls `visit` on this expression and every one inside it.
    pub(crate) fn walk(&self, visit: &mut impl FnMut(&Expr)) {
        visit(self);
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Self::Not(part) => part.walk(visit),
            _ => {}
        }
    }

    /// The conjuncts of this condition, nested `and`s opened.
    pub(crate) fn conjuncts<'a>(&'a self, into: &mut Vec<&'a Expr>) {
        match self {
            Self::True => {}
            Self::And(parts) => parts.iter().for_each(|part| part.conjuncts(into)),
            _ => into.push(self),
        }
    }
}

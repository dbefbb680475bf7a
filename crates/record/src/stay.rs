//! The field catalogue of a stay as grouping reads it: English name, Chinese name, national wire names, type and range.
//!
//! Wire names are those of the settlement list, transaction 4101 of the designated-institution interface
//! (医疗保障基金结算清单信息上传), in its national and in its provincial shape: nodes `setlinfo`, `diseinfo`, `oprninfo`.

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// An identifier: any text, compared byte by byte, unique in a file.
    Identifier,
    /// A code of a short list, compared byte by byte; nothing is trimmed.
    Code,
    /// Codes joined by `|`; the first is the principal one; an empty text is an empty list.
    CodeList,
    /// A whole number from `lowest` to `highest`, both included.
    Whole {
        /// The smallest value that is read.
        lowest: i32,
        /// The largest value that is read.
        highest: i32,
    },
}

/// One field of a stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// The column name in our files.
    pub name: &'static str,
    /// The name on the settlement list.
    pub chinese: &'static str,
    /// Other column names that are read as this field, in the order they are tried.
    pub aliases: &'static [&'static str],
    /// Type and range.
    pub kind: FieldKind,
    /// What an absent column does.
    pub column: Presence,
    /// What the value means, with its unit.
    pub meaning: &'static str,
}

/// What an absent column, or an empty value, does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// The column must be there and every row must have a value.
    Always,
    /// The column must be there; a row may leave it empty (grouping decides what that means).
    Column,
    /// The column may be absent: every row then has no value.
    Optional,
}

/// The oldest age that is read, in years.
pub const AGE_YEARS_MAX: i32 = 150;

/// The stay's identifier.
pub const CASE_ID: Field = Field {
    name: "case_id",
    chinese: "病例号",
    aliases: &["mdtrt_id", "setl_id", "medcasno", "就诊ID", "结算ID", "病案号"],
    kind: FieldKind::Identifier,
    column: Presence::Always,
    meaning: "identifier of the stay, unique in the file",
};

/// Sex.
pub const SEX: Field = Field {
    name: "sex",
    chinese: "性别",
    aliases: &["gend", "性别"],
    kind: FieldKind::Code,
    column: Presence::Column,
    meaning: "1 male, 2 female; anything else is rejected by grouping",
};

/// Age in whole years.
pub const AGE_YEARS: Field = Field {
    name: "age_years",
    chinese: "年龄",
    aliases: &["age", "年龄"],
    kind: FieldKind::Whole { lowest: 0, highest: AGE_YEARS_MAX },
    column: Presence::Column,
    meaning: "age in whole years",
};

/// Age in days.
pub const AGE_DAYS: Field = Field {
    name: "age_days",
    chinese: "（年龄不足1周岁）年龄",
    aliases: &["nwb_age", "（年龄不足1周岁）年龄", "新生儿天龄"],
    kind: FieldKind::Whole { lowest: 0, highest: AGE_YEARS_MAX * 366 },
    column: Presence::Optional,
    meaning: "age in days; needed when the age is 0 years",
};

/// Admission weight of a newborn, else birth weight.
pub const BIRTH_WEIGHT_G: Field = Field {
    name: "birth_weight_g",
    chinese: "新生儿入院体重",
    aliases: &["nwb_adm_wt", "nwb_bir_wt", "新生儿入院体重", "新生儿出生体重"],
    kind: FieldKind::Whole { lowest: 0, highest: 30_000 },
    column: Presence::Optional,
    meaning: "admission (else birth) weight of a newborn in grams; needed up to the age of 28 days; 0 is unknown",
};

/// Department.
pub const DEPT: Field = Field {
    name: "dept",
    chinese: "出院科别",
    aliases: &["dscg_caty", "adm_caty", "出院科别", "入院科别"],
    kind: FieldKind::Code,
    column: Presence::Optional,
    meaning: "department code",
};

/// Length of stay.
pub const LOS_DAYS: Field = Field {
    name: "los_days",
    chinese: "实际住院天数",
    aliases: &["act_ipt_days", "实际住院天数"],
    kind: FieldKind::Whole { lowest: 0, highest: 36_600 },
    column: Presence::Always,
    meaning: "length of stay in days",
};

/// Discharge status.
pub const DISCHARGE_STATUS: Field = Field {
    name: "discharge_status",
    chinese: "离院方式",
    aliases: &["dscg_way", "离院方式"],
    kind: FieldKind::Code,
    column: Presence::Optional,
    meaning: "way of leaving: 1 to 5 or 9 (5 died)",
};

/// Diagnoses.
pub const DX: Field = Field {
    name: "dx",
    chinese: "诊断代码",
    aliases: &["diag_code", "诊断代码"],
    kind: FieldKind::CodeList,
    column: Presence::Column,
    meaning: "diagnosis codes joined by |, principal diagnosis first",
};

/// Procedures.
pub const PROC: Field = Field {
    name: "proc",
    chinese: "手术操作代码",
    aliases: &["oprn_oprt_code", "手术操作代码"],
    kind: FieldKind::CodeList,
    column: Presence::Column,
    meaning: "procedure codes joined by |, principal procedure first; may be empty",
};

/// Hours in intensive care.
pub const ICU_HOURS: Field = Field {
    name: "icu_hours",
    chinese: "重症监护小时数",
    aliases: &["重症监护小时数"],
    kind: FieldKind::Whole { lowest: 0, highest: 36_600 * 24 },
    column: Presence::Optional,
    meaning: "hours in intensive care; read by two schemes; empty is 0",
};

/// Every field grouping reads, in the order of our files.
pub const GROUPING_FIELDS: [Field; 11] =
    [CASE_ID, SEX, AGE_YEARS, AGE_DAYS, BIRTH_WEIGHT_G, DEPT, LOS_DAYS, DISCHARGE_STATUS, DX, PROC, ICU_HOURS];

impl Field {
    /// Where this field stands in a header: under its own name, else under the first alias that is there.
    /// Spaces around a name and the case of ASCII letters do not matter.
    pub fn position<S: AsRef<str>>(&self, header: &[S]) -> Option<usize> {
        std::iter::once(self.name)
            .chain(self.aliases.iter().copied())
            .find_map(|name| header.iter().position(|column| column.as_ref().trim().eq_ignore_ascii_case(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_name_wins_over_a_wire_name() {
        assert_eq!(CASE_ID.position(&["setl_id", "case_id"]), Some(1));
    }

    #[test]
    fn wire_names_are_tried_in_their_order() {
        assert_eq!(CASE_ID.position(&["medcasno", "setl_id", "mdtrt_id"]), Some(2));
        assert_eq!(BIRTH_WEIGHT_G.position(&["nwb_bir_wt", "nwb_adm_wt"]), Some(1));
    }

    #[test]
    fn case_and_spaces_around_a_name_do_not_matter() {
        assert_eq!(SEX.position(&[" GEND "]), Some(0));
    }

    #[test]
    fn a_name_is_claimed_by_one_field_only() {
        let mut names: Vec<&str> = Vec::new();
        for field in GROUPING_FIELDS {
            names.push(field.name);
            names.extend(field.aliases);
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}

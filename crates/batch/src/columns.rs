//! Which column of a table holds which field.

use yibao_record::stay::{Field, GROUPING_FIELDS, Presence};

use crate::error::InputError;

/// Finds a column by its name, else by the first alias that is there.
/// ASCII case and spaces around a name do not matter.
pub fn find_column(header: &[String], name: &str, aliases: &[&str]) -> Option<usize> {
    std::iter::once(name)
        .chain(aliases.iter().copied())
        .find_map(|name| header.iter().position(|column| column.trim().eq_ignore_ascii_case(name)))
}

/// Where the fields that grouping reads stand in a table.
#[derive(Clone, Debug)]
pub struct CaseColumns {
    /// Identifier of the stay.
    pub case_id: usize,
    /// Sex.
    pub sex: usize,
    /// Age in years.
    pub age_years: usize,
    /// Age in days.
    pub age_days: Option<usize>,
    /// Newborn's weight in grams.
    pub birth_weight_g: Option<usize>,
    /// Department.
    pub dept: Option<usize>,
    /// Length of stay in days.
    pub los_days: usize,
    /// Way of leaving.
    pub discharge_status: Option<usize>,
    /// Diagnoses.
    pub dx: usize,
    /// Procedures.
    pub proc: usize,
    /// Hours in intensive care.
    pub icu_hours: Option<usize>,
}

impl CaseColumns {
    /// Finds the fields in a header.
    ///
    /// # Errors
    /// [`InputError::MissingColumn`] for the first field that must have a column and has none.
    pub fn find(file: &str, header: &[String]) -> Result<CaseColumns, InputError> {
        use yibao_record::stay as f;
        for field in GROUPING_FIELDS {
            required(file, header, &field)?;
        }
        let at = |field: &Field| field.position(header).unwrap_or_default();
        Ok(CaseColumns {
            case_id: at(&f::CASE_ID),
            sex: at(&f::SEX),
            age_years: at(&f::AGE_YEARS),
            age_days: f::AGE_DAYS.position(header),
            birth_weight_g: f::BIRTH_WEIGHT_G.position(header),
            dept: f::DEPT.position(header),
            los_days: at(&f::LOS_DAYS),
            discharge_status: f::DISCHARGE_STATUS.position(header),
            dx: at(&f::DX),
            proc: at(&f::PROC),
            icu_hours: f::ICU_HOURS.position(header),
        })
    }

    /// The columns in use, each once, in ascending order.
    pub fn used(&self) -> Vec<usize> {
        let optional = [self.age_days, self.birth_weight_g, self.dept, self.discharge_status, self.icu_hours];
        let mut used = vec![self.case_id, self.sex, self.age_years, self.los_days, self.dx, self.proc];
        used.extend(optional.into_iter().flatten());
        used.sort_unstable();
        used.dedup();
        used
    }
}

fn required(file: &str, header: &[String], field: &Field) -> Result<(), InputError> {
    if field.column == Presence::Optional || field.position(header).is_some() {
        return Ok(());
    }
    Err(InputError::MissingColumn { file: file.to_owned(), column: field.name, aliases: field.aliases.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn national_names_are_read() {
        let names = header("mdtrt_id,gend,age,nwb_age,nwb_adm_wt,act_ipt_days,dscg_way,diag_code,oprn_oprt_code");
        let columns = CaseColumns::find("a.csv", &names).unwrap();
        assert_eq!((columns.case_id, columns.dx, columns.proc, columns.dept), (0, 7, 8, None));
    }

    #[test]
    fn a_missing_column_names_its_aliases() {
        let refused = CaseColumns::find("a.csv", &header("case_id,age_years,los_days,dx,proc")).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "no column \"sex\"\n  --> a.csv:1\n  hint: add it, or name it as one of: gend, 性别"
        );
    }
}

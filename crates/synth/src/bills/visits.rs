//! Visits of the persons: outpatient departments, pharmacies on prescription, chronic diseases.

use yibao_kernel::{Day, Fen};

use super::lines::of_visit;
use super::persons::Member;
use super::{Draft, PHARMACIES, VOIDED, later, level};
use crate::draw::Draw;
use crate::stays::Region;

/// Codes of the pharmacies.
const PHARMACY: [&str; PHARMACIES] = ["Y0001", "Y0002", "Y0003"];
/// Diagnoses of ordinary visits (ICD-10): upper airways, blood pressure, back, stomach.
const DIAGNOSES: [&str; 4] = ["J06.900", "I10.x00", "M54.500", "K29.500"];
/// Most visits of a person in the year.
const VISITS_MAX: i32 = 4;

/// Adds the visits of a person's year.
pub(super) fn add<'a>(region: &'a Region<'_>, member: &Member, draw: &mut Draw, drafts: &mut Vec<Draft<'a>>) {
    for number in 1..=draw.between(1, VISITS_MAX) {
        let day = region.new_year().add_days(draw.between(0, 364)).unwrap_or(Day::MIN);
        let wrong = draw.below(VOIDED) == 0;
        let first = one(region, member, day, draw);
        let id = format!("V{}-{number}", member.id.get(1..).unwrap_or(""));
        if wrong {
            let mut again = draw.clone();
            drafts.push(Draft { id: format!("{id}A"), ..one(region, member, day, &mut again) });
            let void = one(region, member, day, &mut again);
            let end = later(day, &mut again);
            drafts.push(Draft { id: format!("{id}B"), voids: Some(format!("{id}A")), end, ..void });
        }
        drafts.push(Draft { id: format!("{id}C"), ..first });
    }
}

fn one<'a>(region: &'a Region<'_>, member: &Member, day: Day, draw: &mut Draw) -> Draft<'a> {
    let place = region.institutions().get(draw.index(region.institutions().len()));
    let (mut institution, mut grade) = place.map_or(("", "primary"), |place| (place.id.as_str(), level(place.level)));
    let (mut visit, mut disease, mut drug, mut price) = ("outpatient", "", "D001", 1_200);
    let mut diagnoses = DIAGNOSES.get(draw.index(DIAGNOSES.len())).copied().unwrap_or("J06.900");
    let mut prescribed = false;
    match (draw.by_share(&[600, 250, 150]), member.disease) {
        (1, Some(registered)) => {
            (visit, disease, drug, price) = ("chronic", registered, "D002", 11_000);
            diagnoses = "I10.x00";
        }
        (2, _) => {
            (visit, grade, prescribed) = ("pharmacy", "pharmacy", true);
            institution = PHARMACY.get(draw.index(PHARMACIES)).copied().unwrap_or("Y0001");
        }
        _ => {}
    }
    let amount = Fen::new(i64::from(draw.between(120, 1_400)) * 100 + i64::from(draw.between(0, 99)));
    Draft {
        id: String::new(),
        institution,
        level: grade,
        visit,
        start: day,
        end: day,
        account: member.pays(),
        stay: None,
        disease,
        diagnoses: diagnoses.to_owned(),
        prescribed,
        voids: None,
        lines: of_visit(amount, drug, price, day, draw),
    }
}

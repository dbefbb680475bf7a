//! Outpatient visits: persons of the roster at their own institution or elsewhere.

use std::fmt::Write as _;

use yibao_kernel::Fen;

use super::Composite;
use super::places::OUTSIDE;
use crate::draw::Draw;
use crate::region::DISTRICTS;
use crate::write::joined;

/// Header of the visits.
pub const VISITS_HEADER: &str = "visit_id,person,institution,insurance,district,visit,sex,age_years,dx,proc,cost,fund,\
     patient,signed_institution,home,visit_kind,disease,drugs,tests,payer\n";

/// Appends one visit.
///
/// # Errors
/// Never: writing to a text cannot fail.
pub fn visit_line(region: &Composite<'_>, number: u64, out: &mut String) -> std::fmt::Result {
    let made = region.outpatient.stay(number);
    let mut draw = Draw::new(region.sizes.seed ^ 0x0076_6973_6974, number);
    let person = region.people.any(&mut draw, &region.places);
    let elsewhere = draw.chance(140);
    let place = match elsewhere {
        false => person.signed,
        true => {
            let district = DISTRICTS.get(draw.index(DISTRICTS.len())).copied().unwrap_or(OUTSIDE);
            region.places.draw(district, &mut draw)
        }
    };
    let outside = place != person.signed;
    let kind = match draw.by_share(&[880, 60, 40, 20]) {
        1 if !person.disease.is_empty() => "special",
        2 if outside => "referral",
        3 => "consultation",
        _ if outside => "outside",
        _ => "general",
    };
    let disease = if kind == "special" { person.disease } else { "" };
    let (cost, tables) = (made.cost, region.outpatient.tables());
    let fund_share = if person.insurance == "310" { draw.between(550, 700) } else { draw.between(450, 600) };
    let fund = share(cost, fund_share);
    let Some(at) = region.places.list().get(place) else { return Ok(()) };
    let signed = region.places.list().get(person.signed).map_or("", |signed| signed.id.as_str());
    let (drugs, tests) = (share(cost, draw.between(250, 600)), share(cost, draw.between(50, 300)));
    write!(
        out,
        "V{}{:09},{},{},{},{},{},{},{},",
        region.sizes.year,
        number + 1,
        region.people.id(person.number),
        at.id,
        person.insurance,
        at.district,
        made.discharge,
        made.case.sex,
        made.case.age_years.max(1),
    )?;
    joined(made.case.dx.iter().map(|&code| tables.dx.text(code)), out);
    out.push(',');
    joined(made.case.proc.iter().map(|&code| tables.proc.text(code)), out);
    let patient = Fen::new(cost.get() - fund.get());
    writeln!(
        out,
        ",{cost},{fund},{patient},{signed},{},{kind},{disease},{drugs},{tests},{}",
        person.home,
        region.places.payer(person.home, person.insurance)
    )
}

/// Part of an amount, in thousandths, rounded half up.
pub(super) fn share(amount: Fen, thousandths: i32) -> Fen {
    let fen = (i128::from(amount.get()) * i128::from(thousandths) + 500) / 1000;
    Fen::new(i64::try_from(fen).unwrap_or(i64::MAX))
}

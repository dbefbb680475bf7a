//! Stays, with what kind of care they were: acute, day surgery, advantage diseases of traditional medicine, psychiatric,
//! rehabilitation, hospice.

use std::fmt::Write as _;

use yibao_kernel::Fen;

use super::Composite;
use super::places::{COMMUNITY, DIP, OUTSIDE, Place};
use super::visits::share;
use crate::draw::Draw;
use crate::region::DISTRICTS;
use crate::stays::Stay;
use crate::write::joined;

/// Header of both files of stays.
pub const STAYS_HEADER: &str = "case_id,person,institution,insurance,district,admission,discharge,los_days,sex,age_years,\
     age_days,birth_weight_g,dept,discharge_status,dx,proc,icu_hours,cost,fund,patient,incomplete,home,care,disease,\
     pathway,new_tech_cost,transfer_id,drugs,consumables,tests,tcm,payer\n";

/// Which of the two files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feed {
    /// Districts that pay by DRG, bed-day, disease; the community; outside the region.
    Stays,
    /// The district that pays by DIP.
    Dip,
}

/// Kind of care with its diseases of the price list.
struct Care {
    word: &'static str,
    diseases: &'static [&'static str],
    /// Days of stay; `None`: as the group has it.
    days: Option<(i32, i32)>,
    /// Yuan a day; `None`: as the group has it.
    daily: Option<(i32, i32)>,
}

const ACUTE: Care = Care { word: "acute", diseases: &[], days: None, daily: None };
const CARES: [(Care, u64); 6] = [
    (ACUTE, 860),
    (
        Care {
            word: "day_surgery",
            diseases: &["cataract", "inguinal_hernia", "colon_polyp"],
            days: Some((1, 1)),
            daily: Some((3_800, 7_200)),
        },
        35,
    ),
    (
        Care {
            word: "tcm",
            diseases: &["low_back_pain", "mixed_haemorrhoid"],
            days: Some((7, 14)),
            daily: Some((320, 620)),
        },
        30,
    ),
    (Care { word: "psychiatric", diseases: &[], days: Some((20, 110)), daily: Some((150, 330)) }, 35),
    (Care { word: "rehabilitation", diseases: &[], days: Some((10, 60)), daily: Some((300, 780)) }, 30),
    (Care { word: "hospice", diseases: &[], days: Some((5, 45)), daily: Some((220, 460)) }, 10),
];

/// Appends one stay of a file: number 0, 1, 2 … of that file.
///
/// # Errors
/// Never: writing to a text cannot fail.
pub fn stay_line(region: &Composite<'_>, feed: Feed, number: u64, out: &mut String) -> std::fmt::Result {
    let whole = if feed == Feed::Stays { number } else { region.sizes.stays + number };
    let made = region.inpatient.stay(whole);
    let mut draw = Draw::new(region.sizes.seed ^ 0x0063_6172_6573, whole);
    let place = place_of(region, feed, &made, &mut draw);
    let Some(place) = region.places.list().get(place) else { return Ok(()) };
    let home = home_of(place, &mut draw);
    let care = care_of(feed, place, home, &made, &mut draw);
    let (los, cost) = length_and_cost(care, &made, &mut draw);
    let disease = care.diseases.get(draw.index(care.diseases.len())).copied().unwrap_or("");
    let pathway = match disease {
        "" => "",
        _ if draw.chance(60) => "exit",
        _ => "completed",
    };
    let fund = if cost == made.cost { made.fund } else { share(cost, draw.between(600, 780)) };
    let patient = Fen::new(cost.get() - fund.get());
    // A transfer has two legs: this stay and the one before it in the file.
    let transfer = transfer_of(region, feed, number);
    let new_tech = if care.word == "acute" && draw.chance(6) { share(cost, draw.between(660, 800)) } else { Fen::ZERO };
    let tcm = if care.word == "tcm" { share(cost, draw.between(500, 800)) } else { share(cost, draw.between(0, 60)) };
    write_base(region, &made, (los, cost, fund, patient), place, out)?;
    let parts = [draw.between(220, 420), draw.between(60, 240), draw.between(100, 260)].map(|part| share(cost, part));
    let [drugs, consumables, tests] = parts;
    writeln!(
        out,
        ",{home},{},{disease},{pathway},{new_tech},{transfer},{drugs},{consumables},{tests},{tcm},{}",
        care.word,
        region.places.payer(home, made.insurance.code()),
    )
}

fn place_of(region: &Composite<'_>, feed: Feed, made: &Stay, draw: &mut Draw) -> usize {
    if feed == Feed::Dip {
        return region.places.draw(DIP, draw);
    }
    if draw.chance(25) {
        return region.places.draw(OUTSIDE, draw);
    }
    let drawn = region.places.list().get(made.institution);
    match drawn {
        Some(place) if place.district != DIP => made.institution,
        _ => {
            let others: Vec<&str> = DISTRICTS.into_iter().filter(|district| *district != DIP).collect();
            region.places.draw(others.get(draw.index(others.len())).copied().unwrap_or(OUTSIDE), draw)
        }
    }
}

fn home_of(place: &Place, draw: &mut Draw) -> &'static str {
    let any = DISTRICTS.get(draw.index(DISTRICTS.len())).copied().unwrap_or(COMMUNITY);
    if place.district == OUTSIDE || draw.chance(150) { any } else { place.district }
}

fn care_of(feed: Feed, place: &Place, home: &str, made: &Stay, draw: &mut Draw) -> &'static Care {
    let shares = CARES.map(|(_, share)| share);
    let drawn = CARES.get(draw.by_share(&shares)).map_or(&ACUTE, |(care, _)| care);
    // Newborns and the very young are acute care; so is what is paid by DIP, in the community, or outside.
    let special = feed == Feed::Stays && place.district != OUTSIDE && place.district != COMMUNITY && home != COMMUNITY;
    if special && made.case.age_years >= 18 { drawn } else { &ACUTE }
}

fn length_and_cost(care: &Care, made: &Stay, draw: &mut Draw) -> (i32, Fen) {
    let los = care.days.map_or(made.case.los_days, |(low, high)| draw.between(low, high));
    let Some((low, high)) = care.daily else { return (los, made.cost) };
    let daily = i64::from(draw.between(low * 100, high * 100));
    (los, Fen::new(daily.saturating_mul(i64::from(los))))
}

/// Three in a thousand stays are the second leg of a transfer; never two in a row.
fn transfer_of(region: &Composite<'_>, feed: Feed, number: u64) -> String {
    let second = |number: u64| Draw::new(!region.sizes.seed ^ feed as u64, number).chance(3);
    match number {
        _ if feed == Feed::Dip => String::new(),
        _ if number > 0 && second(number) && !second(number - 1) => format!("T{number:09}"),
        _ if second(number + 1) && !second(number) => format!("T{:09}", number + 1),
        _ => String::new(),
    }
}

fn write_base(
    region: &Composite<'_>,
    made: &Stay,
    (los, cost, fund, patient): (i32, Fen, Fen, Fen),
    place: &Place,
    out: &mut String,
) -> std::fmt::Result {
    let (case, tables) = (&made.case, region.inpatient.tables());
    let admission = made.discharge.add_days(-los).unwrap_or(made.discharge);
    let optional = |value: Option<i32>| value.map_or_else(String::new, |value| value.to_string());
    write!(
        out,
        "C{}{:09},S{:09},{},{},{},{admission},{},{los},{},{},{},{},{},{},",
        region.sizes.year,
        made.number + 1,
        made.person + 1,
        place.id,
        made.insurance.code(),
        place.district,
        made.discharge,
        case.sex,
        case.age_years,
        optional(case.age_days),
        optional(case.weight_g),
        case.dept,
        case.discharge,
    )?;
    joined(case.dx.iter().map(|&code| tables.dx.text(code)), out);
    out.push(',');
    joined(case.proc.iter().map(|&code| tables.proc.text(code)), out);
    write!(out, ",{},{cost},{fund},{patient},{}", case.icu_hours, u8::from(made.incomplete))
}

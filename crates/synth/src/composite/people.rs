//! The insured persons: where they live, with which institution they are registered, what they suffer from.

use std::fmt::Write as _;

use super::places::{COMMUNITY, DIP, Places};
use crate::draw::Draw;
use crate::region::DISTRICTS;

/// Header of the roster.
pub const HEADS_HEADER: &str =
    "head_id,person,institution,insurance,district,sex,age_years,head_months,package,chronic\n";

/// Long diseases a person can be registered for, with how many in a thousand adults have them.
const DISEASES: [(&str, u64); 3] = [("diabetes", 60), ("hypertension", 110), ("ckd", 12)];

/// One person.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// 0-based.
    pub number: u64,
    /// Home district.
    pub home: &'static str,
    /// Institution of registration (index of the places).
    pub signed: usize,
    /// `310` employee, `390` resident.
    pub insurance: &'static str,
    /// Years.
    pub age: i32,
    /// 1 or 2.
    pub sex: u8,
    /// Long disease; empty: none.
    pub disease: &'static str,
    /// Months on the roster.
    pub months: i32,
}

/// The roster.
#[derive(Debug)]
pub struct People {
    seed: u64,
    year: i32,
    count: u64,
}

impl People {
    pub(super) const fn new(seed: u64, year: i32, count: u64) -> Self {
        Self { seed, year, count }
    }

    /// The id of a person.
    #[must_use]
    pub fn id(&self, number: u64) -> String {
        format!("P{:09}", number + 1)
    }

    /// A person by number.
    pub(super) fn person(&self, number: u64, places: &Places) -> Person {
        // The region outlives the year: who somebody is does not depend on it.
        let mut draw = Draw::new(self.seed ^ 0x0068_6561_6473, number);
        let home = DISTRICTS.get(draw.index(DISTRICTS.len())).copied().unwrap_or(COMMUNITY);
        let age = match draw.by_share(&[70, 110, 500, 200, 120]) {
            0 => draw.between(0, 6),
            1 => draw.between(7, 17),
            2 => draw.between(18, 54),
            3 => draw.between(55, 69),
            _ => draw.between(70, 95),
        };
        let adult = age >= 35;
        let insurance = if age >= 18 && draw.chance(420) { "310" } else { "390" };
        let sick = DISEASES.iter().find(|(_, share)| adult && draw.chance(*share * 2));
        let signed = places.signing(home, &mut draw);
        let sex = 1 + u8::from(draw.chance(500));
        let months = if draw.chance(930) { 12 } else { draw.between(1, 11) };
        Person { number, home, signed, insurance, age, sex, disease: sick.map_or("", |(id, _)| id), months }
    }

    /// A drawn person.
    pub(super) fn any(&self, draw: &mut Draw, places: &Places) -> Person {
        self.person(draw.below(self.count), places)
    }

    /// Appends the roster rows of a person: the package of the home district, and that of a long disease.
    ///
    /// # Errors
    /// Never: writing to a text cannot fail.
    pub fn lines(&self, number: u64, places: &Places, out: &mut String) -> std::fmt::Result {
        let person = self.person(number, places);
        let package = match person.home {
            "甲区" | "乙区" => "head_points",
            DIP => "basic",
            "戊县" => "ceiling",
            COMMUNITY if person.insurance == "390" => "community",
            _ => "",
        };
        let disease = if matches!(person.home, "甲区" | "乙区" | "丙区") { person.disease } else { "" };
        for (letter, package) in [('B', package), ('D', disease)].into_iter().filter(|(_, package)| !package.is_empty())
        {
            let Some(place) = places.list().get(person.signed) else { continue };
            writeln!(
                out,
                "{letter}{}{:09},{},{},{},{},{},{},{},{package},{}",
                self.year,
                number + 1,
                self.id(number),
                place.id,
                person.insurance,
                place.district,
                person.sex,
                person.age,
                person.months,
                if person.disease.is_empty() { "no" } else { "yes" },
            )?;
        }
        Ok(())
    }
}

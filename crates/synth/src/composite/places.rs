//! Where care is given: the region's districts with their institutions, a county whose institutions form one community,
//! and two institutions outside the region.

use crate::draw::Draw;
use crate::region::{DISTRICTS, Institution, Level};

/// District of the institutions outside the region.
pub const OUTSIDE: &str = "异地";
/// The district whose institutions form a county medical community.
pub const COMMUNITY: &str = "己县";
/// The district that pays stays by DIP.
pub const DIP: &str = "丁县";

/// One place of care.
#[derive(Clone, Debug)]
pub struct Place {
    /// `H0001`.
    pub id: String,
    /// Name, with “（虚构）”.
    pub name: String,
    /// Level.
    pub level: Level,
    /// District.
    pub district: &'static str,
    /// Leading institution of the community it belongs to; empty: none.
    pub community: String,
    /// `county`, `town`, `village` in a community; empty elsewhere.
    pub tier: &'static str,
}

/// All places.
#[derive(Debug)]
pub struct Places {
    list: Vec<Place>,
    /// By district: indices of its places.
    by_district: Vec<Vec<usize>>,
}

impl Places {
    pub(super) fn new(institutions: &[Institution]) -> Self {
        let mut list: Vec<Place> = Vec::with_capacity(institutions.len() + 2);
        let lead = institutions.iter().find(|one| one.district == COMMUNITY).map(|one| one.id.clone());
        let mut members = 0;
        for one in institutions {
            let in_community = one.district == COMMUNITY;
            let tier = match (in_community, members) {
                (false, _) => "",
                (true, 0) => "county",
                (true, 1 | 2) => "town",
                (true, _) => "village",
            };
            members += usize::from(in_community);
            list.push(Place {
                id: one.id.clone(),
                name: one.name.clone(),
                level: one.level,
                district: one.district,
                community: lead.clone().filter(|_| in_community).unwrap_or_default(),
                tier,
            });
        }
        for (number, name) in [(1, "省城第一医院（虚构）"), (2, "省城第二医院（虚构）")] {
            list.push(Place {
                id: format!("Y{number:04}"),
                name: name.to_owned(),
                level: Level::Tertiary,
                district: OUTSIDE,
                community: String::new(),
                tier: "",
            });
        }
        let of = |district: &str| {
            let places = list.iter().enumerate().filter(|(_, place)| place.district == district);
            places.map(|(at, _)| at).collect()
        };
        let by_district = DISTRICTS.iter().map(|district| of(district)).chain([of(OUTSIDE)]).collect();
        Self { list, by_district }
    }

    /// The places in the order of their table.
    #[must_use]
    pub fn list(&self) -> &[Place] {
        &self.list
    }

    /// The lead of the community that pays for a person of this home and insurance; empty: none.
    #[must_use]
    pub fn payer(&self, home: &str, insurance: &str) -> &str {
        let lead = self.list.iter().find(|place| place.tier == "county").map_or("", |place| place.id.as_str());
        if home == COMMUNITY && insurance == "390" { lead } else { "" }
    }

    /// A place of a district; the first of the region when the district has none.
    pub(super) fn draw(&self, district: &str, draw: &mut Draw) -> usize {
        let places = self.of(district);
        places.get(draw.index(places.len())).copied().unwrap_or(0)
    }

    /// Where a person of a district signs: away from the tertiary hospitals where the district has others.
    pub(super) fn signing(&self, district: &str, draw: &mut Draw) -> usize {
        let places = self.of(district);
        let near = |at: &&usize| self.list.get(**at).is_some_and(|place| place.level != Level::Tertiary);
        let count = places.iter().filter(near).count();
        let chosen = draw.index(count.max(1));
        places.iter().filter(near).nth(chosen).copied().unwrap_or_else(|| places.first().copied().unwrap_or(0))
    }

    fn of(&self, district: &str) -> &[usize] {
        let at = DISTRICTS.iter().position(|one| *one == district).unwrap_or(DISTRICTS.len());
        self.by_district.get(at).map_or(&[], Vec::as_slice)
    }
}

/// The table of institutions. Indicators of the year before are drawn; the community's lead and tier are columns.
#[must_use]
pub fn institutions_csv(places: &Places, seed: u64) -> String {
    let mut out = String::from(
        "institution,name,level,district,community,tier,cmi,cmi_reference,elder_share,elder_reference,tcm_share,\
         tcm_reference,level_factor,history_factor,visits_factor,burden_factor,cmi_factor\n",
    );
    for (number, place) in (0_u64..).zip(&places.list) {
        let mut draw = Draw::new(seed ^ 0x0070_6c61_6365, number);
        let (cmi, level_factor) = match place.level {
            Level::Tertiary => (draw.between(1_150, 1_500), 1_150),
            Level::Secondary => (draw.between(850, 1_150), 980),
            Level::Primary => (draw.between(600, 850), 850),
        };
        let mut factor = || draw.between(950, 1_060);
        let factors = [level_factor, factor(), factor(), factor(), factor()].map(thousandths);
        let (elder, tcm) = (thousandths(draw.between(180, 420)), thousandths(draw.between(10, 130)));
        out.push_str(&format!(
            "{},{},{},{},{},{},{},1.000,{elder},0.300,{tcm},0.060,{}\n",
            place.id,
            place.name,
            place.level.word(),
            place.district,
            place.community,
            place.tier,
            thousandths(cmi),
            factors.join(",")
        ));
    }
    out
}

fn thousandths(value: i32) -> String {
    format!("{}.{:03}", value / 1000, value % 1000)
}

//! The insured persons behind the bills.

use std::fmt::Write as _;

use yibao_kernel::{Day, Fen};

use super::AREA;
use crate::draw::Draw;
use crate::stays::{Region, Stay};

/// Age from which a person is retired.
const RETIRED: i32 = 60;
/// Shares of the chronic diseases, in thousandths; the rest has none.
const CHRONIC: [(&str, u64); 3] = [("hypertension", 160), ("diabetes", 90), ("copd", 40)];

/// Balances drawn, in yuan: from, to.
type BalanceRange = (i32, i32);

/// This year's credit and what is left of earlier years.
const CURRENT: BalanceRange = (0, 3_600);
const EARLIER: BalanceRange = (0, 9_000);

/// One insured person.
#[derive(Debug)]
pub(super) struct Member {
    pub id: String,
    pub number: u64,
    birth: Day,
    sex: u8,
    retired: bool,
    pub disease: Option<&'static str>,
    current: Fen,
    earlier: Fen,
    tenure: i32,
    rank: bool,
    waiting: bool,
    /// The account of a relative that pays too, and its balance.
    pub relative: Option<(String, Fen)>,
    own_account: bool,
}

/// Identifier of a person and of the account of the year.
fn id(region: &Region<'_>, number: u64) -> String {
    format!("P{}{:08}", region.wanted().year, number + 1)
}

impl Member {
    pub(super) fn draw(region: &Region<'_>, number: u64, stays: &[Stay], draw: &mut Draw) -> Self {
        let (age, sex, admission) =
            stays.first().map_or((40, 1, Day::MIN), |stay| (stay.case.age_years, stay.case.sex, stay.admission));
        let (year, month, date) = admission.parts();
        // A birthday not after the day of admission: the age is that of the settlement list.
        let (month, date) = (draw.between(1, i32::from(month)), draw.between(1, i32::from(date.min(28))));
        let of = |number: i32| u8::try_from(number).unwrap_or(1);
        let birth = Day::new(year - age, of(month), of(date)).unwrap_or(Day::MIN);
        let mut roll = draw.below(1000);
        let mut disease = None;
        for (word, share) in CHRONIC {
            if disease.is_none() && roll < share {
                disease = Some(word);
            }
            roll = roll.saturating_sub(share);
        }
        Self {
            id: id(region, number),
            number,
            birth,
            sex: if sex == 2 { 2 } else { 1 },
            retired: age >= RETIRED,
            disease,
            current: Fen::new(i64::from(draw.between(CURRENT.0, CURRENT.1)) * 100),
            earlier: Fen::new(i64::from(draw.between(EARLIER.0, EARLIER.1)) * 100),
            tenure: draw.between(1, 30),
            rank: draw.chance(60),
            waiting: draw.chance(8),
            relative: None,
            own_account: draw.chance(700),
        }
    }

    /// This year's account and its balance.
    pub(super) fn account(&self) -> (String, Fen) {
        (format!("{}-C", self.id), self.current)
    }

    /// Which account the person lets pay.
    pub(super) const fn pays(&self) -> &'static str {
        match (self.own_account, &self.relative) {
            (_, Some(_)) => "family",
            (true, None) => "own",
            (false, None) => "none",
        }
    }

    /// The person as one JSON object; the relative's account of the year stands among the accounts.
    pub(super) fn line(&self, out: &mut String) -> std::fmt::Result {
        let status = if self.retired { "retiree" } else { "active" };
        let benefit = if self.waiting { "\"benefit\":\"waiting\"," } else { "" };
        write!(
            out,
            "{{\"person\":{{\"id\":\"{}\",\"birth\":\"{}\",\"sex\":\"{}\",\"insured\":[{{\"scheme\":\"employee\",\"area\":\"{AREA}\",\"status\":\"{status}\",{benefit}\"from\":\"2000-01-01\"}}]",
            self.id, self.birth, self.sex
        )?;
        if let Some(disease) = self.disease {
            write!(out, ",\"registrations\":[{{\"value\":\"{disease}\",\"from\":\"2023-01-01\"}}]")?;
        }
        write!(out, ",\"facts\":{{\"tenure_years\":[{{\"value\":\"{}\",\"from\":\"2000-01-01\"}}]", self.tenure)?;
        if self.rank {
            out.push_str(",\"rank\":[{\"value\":\"section\",\"from\":\"2000-01-01\"}]");
        }
        write!(
            out,
            "}}}},\"accounts\":[{{\"id\":\"{0}-C\",\"kind\":\"current\",\"balance\":\"{1}\"}},{{\"id\":\"{0}-E\",\"kind\":\"earlier\",\"balance\":\"{2}\"}}",
            self.id, self.current, self.earlier
        )?;
        if let Some((account, balance)) = &self.relative {
            write!(out, ",{{\"id\":\"{account}\",\"kind\":\"family\",\"balance\":\"{balance}\"}}")?;
        }
        out.push_str("]}\n");
        Ok(())
    }
}

//! Sections 1.8 (top share), 1.9 (readmission), 1.14: ranked quotas and readmission.

use yibao_kernel::quota::limit;
use yibao_kernel::{Day, Decimal, Mode, Ratio};
use yibao_payment::case::readmission::{ReadmissionRule, Spell, scan};
use yibao_payment::settle::ranking::places;

use crate::reading::{Answers, Example, fen_of, plain, ratio_of};

pub fn answer(example: &Example) -> Option<Answers> {
    if example.has(&["discharges", "share", "candidates"]) {
        return Some(top_share(example));
    }
    if example.has(&["discharges", "drg_share", "dip_share_2024"]) {
        let mode = match plain(&example.inputs["rounding"]).as_str() {
            "ceiling" => Mode::Ceiling,
            "half-up" => Mode::HalfUp,
            _ => Mode::Floor,
        };
        let discharges = u64::try_from(example.int("discharges")).unwrap();
        let cap = |key| limit(discharges, example.ratio(key), mode).unwrap();
        return Some(
            Answers::default()
                .with("drg_cap", cap("drg_share"))
                .with("dip_cap_2024", cap("dip_share_2024"))
                .with("cap_2025", cap("drg_share")),
        );
    }
    if example.has(&["window_days", "first", "second"]) {
        return Some(readmission(example));
    }
    None
}

fn top_share(example: &Example) -> Answers {
    let candidates = example.list("candidates");
    let ids: Vec<String> = candidates.iter().map(|candidate| plain(&candidate["id"])).collect();
    let keys: Vec<i128> = candidates.iter().map(|candidate| i128::from(fen_of(&candidate["over"]).get())).collect();
    let discharges = u64::try_from(example.int("discharges")).unwrap();
    let cap = limit(discharges, example.ratio("share"), Mode::Floor).unwrap();
    let places = places(&keys, |a, b| ids[a].cmp(&ids[b]));
    let of = |wanted: bool| {
        let flagged = ids.iter().zip(&places).filter(|(_, place)| (**place <= cap) == wanted);
        flagged.map(|(id, _)| id.clone()).collect::<Vec<_>>()
    };
    Answers::default().with("cap", cap).with("by_item", of(true)).with("at_standard", of(false))
}

/// Two stays of one person; without dates the second follows on the next day.
fn readmission(example: &Example) -> Answers {
    let (first, second) = (&example.inputs["first"], &example.inputs["second"]);
    let day = |value: &serde_json::Value| value.as_str().map(|text| Day::parse(text).unwrap());
    let discharge = day(&first["discharge"]).unwrap_or(Day::parse("2025-03-01").unwrap());
    let admit = day(&second["admit"]).unwrap_or(discharge.add_days(1).unwrap());
    let spell = |row, admission, discharge, same, exempt| Spell {
        person: 1,
        admission,
        discharge,
        institution: 0,
        same,
        exempt,
        row,
    };
    let same = u32::from(second["same_group"].as_bool() != Some(true));
    let mut spells = [
        spell(0, discharge, discharge, 0, false),
        spell(1, admit, admit.add_days(1).unwrap(), same, second["exempt"].as_bool() == Some(true)),
    ];
    let window_days = i32::try_from(example.int("window_days")).unwrap();
    let rule = ReadmissionRule { window_days, inclusive: true, same_institution: true };
    let hit = !scan(&mut spells, &rule, |a, b| a.cmp(&b)).is_empty();
    let half = Ratio::parse("0.5").unwrap();
    let exact = ratio_of(&first["points"]).checked_mul(if hit { half } else { Ratio::ONE }).unwrap();
    let points: Decimal = exact.to_decimal(4, Mode::HalfUp).unwrap();
    Answers::default().with("gap_days", i64::from(discharge.days_until(admit))).with("first_points", points)
}

//! The fast matcher against a slow reading of spec §2.10, over random stays of the published rows.

use std::collections::BTreeSet;

use yibao_grouping::dip::{Catalogue, Criterion, Diagnoses, DipCase, Fallback, Kind, Row, Treatment};
use yibao_kernel::{Fen, Ratio};

use super::published::published;
use super::{HEADER, with};

/// A small generator of random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }
}

fn upper(text: &str) -> String {
    text.to_ascii_uppercase()
}

fn type_of(catalogue: &Catalogue, code: &str) -> Option<Treatment> {
    catalogue.types().iter().find(|(known, _)| known.to_string() == upper(code)).map(|(_, treatment)| *treatment)
}

fn row_type(catalogue: &Catalogue, row: &Row) -> Treatment {
    row.treatment.unwrap_or_else(|| {
        let all = row.procedures.codes().filter_map(|code| type_of(catalogue, &code.to_string()));
        all.min().unwrap_or(Treatment::Conservative)
    })
}

fn takes(dx: Diagnoses, code: &str) -> bool {
    match dx {
        Diagnoses::Prefix(prefix) => upper(code).starts_with(&prefix.to_string()),
        Diagnoses::Range(from, to) => {
            let (from, to) = (from.to_string(), to.to_string());
            let cut: String = upper(code).chars().take(from.len()).collect();
            from <= cut && cut <= to
        }
        Diagnoses::Any => true,
    }
}

fn merit(catalogue: &Catalogue, criterion: Criterion, row: &Row, stay: &[String], cost: Option<Fen>) -> Option<Ratio> {
    let terms: Vec<Vec<String>> =
        row.procedures.terms.iter().map(|term| term.iter().map(ToString::to_string).collect()).collect();
    let named = |code: &String| terms.iter().any(|term| term.contains(code));
    let number = |value: usize| Ratio::from_int(i64::try_from(value).unwrap());
    Some(match criterion {
        Criterion::ContainsPrincipalProcedure => number(usize::from(stay.first().is_some_and(named))),
        Criterion::TypeOfPrincipalProcedure => {
            let same = stay.first().and_then(|code| type_of(catalogue, code)) == Some(row_type(catalogue, row));
            number(usize::from(same))
        }
        Criterion::MostTerms => number(terms.len()),
        Criterion::MostProceduresMatched => number(stay.iter().filter(|code| named(code)).count()),
        Criterion::NearestMeanCost => {
            let yuan = cost?.ratio().checked_div(Ratio::from_int(100)).unwrap();
            let distance = row.mean?.ratio().checked_sub(yuan).unwrap();
            if distance.is_negative() { distance } else { distance.negated() }
        }
        Criterion::HighestPoints => row.points.map_or(Ratio::from_int(-1), |points| points.ratio()),
    })
}

/// The row of a stay, by the letter of the spec.
fn naive<'c>(catalogue: &'c Catalogue, dx: &str, procedures: &str, cost: Option<Fen>) -> Option<&'c Row> {
    let mut stay: Vec<String> = Vec::new();
    for code in procedures.split('|').filter(|code| !code.is_empty()).map(upper) {
        if !stay.contains(&code) {
            stay.push(code);
        }
    }
    let dx = dx.split('|').next().unwrap();
    let types: Vec<Treatment> = stay.iter().filter_map(|code| type_of(catalogue, code)).collect();
    let treatment = types.into_iter().min().unwrap_or(Treatment::Conservative);
    let core = |row: &&Row| matches!(row.kind, Kind::Core | Kind::PrimaryCare) && takes(row.dx, dx);
    // 1 and 3
    let satisfied = |row: &&Row| {
        let holds =
            |term: &Vec<_>| term.iter().any(|code: &yibao_grouping::dip::Code| stay.contains(&code.to_string()));
        !row.procedures.is_empty() && row.procedures.terms.iter().all(holds)
    };
    let mut candidates: Vec<&Row> = catalogue.rows().iter().filter(core).filter(satisfied).collect();
    for criterion in &catalogue.header().criteria {
        let merits: Vec<Option<Ratio>> =
            candidates.iter().map(|row| merit(catalogue, *criterion, row, &stay, cost)).collect();
        if let Some(best) = merits.iter().flatten().max() {
            let keep: Vec<bool> = merits.iter().map(|merit| merit.as_ref() == Some(best)).collect();
            let mut keep = keep.iter();
            candidates.retain(|_| *keep.next().unwrap());
        }
    }
    let mut chosen = candidates.first().copied();
    if chosen.is_none() && treatment == Treatment::Conservative {
        let plain = catalogue.rows().iter().filter(core).filter(|row| row.procedures.is_empty());
        chosen = plain.rev().max_by_key(|row| row.dx.to_string().len());
    }
    // 2
    let comprehensive = by_ladder(catalogue, Kind::Comprehensive, dx, treatment);
    // 4
    let order = catalogue
        .header()
        .kinds_order
        .clone()
        .unwrap_or_else(|| yibao_grouping::dip::KINDS_ORDER.map(str::to_owned).to_vec());
    let rank = |kind: &str, row: &Row| {
        let word = format!("{kind}:{}", row_type(catalogue, row).word());
        order.iter().position(|known| *known == word).unwrap()
    };
    let row = match (chosen, comprehensive) {
        (Some(core), Some(other)) if rank("core", core) > rank("comprehensive", other) => Some(other),
        (core, other) => core.or(other),
    };
    // 5
    row.or_else(|| match &catalogue.header().fallback {
        Fallback::BlankRow { group } => catalogue.rows().iter().find(|row| row.code == *group),
        Fallback::ChapterDefault {} => by_ladder(catalogue, Kind::Fallback, dx, treatment),
        Fallback::Refuse {} => None,
    })
}

fn by_ladder<'c>(catalogue: &'c Catalogue, kind: Kind, dx: &str, treatment: Treatment) -> Option<&'c Row> {
    let rows = || catalogue.rows().iter().filter(move |row| row.kind == kind && row.treatment == Some(treatment));
    let code = upper(dx);
    for length in (1..=code.len()).rev() {
        let cut: String = code.chars().take(length).collect();
        if let Some(row) = rows().find(|row| matches!(row.dx, Diagnoses::Prefix(prefix) if prefix.to_string() == cut)) {
            return Some(row);
        }
    }
    let ranges: Vec<&Row> = rows().filter(|row| matches!(row.dx, Diagnoses::Range(..)) && takes(row.dx, dx)).collect();
    // The narrowest: the one that no other of them lies inside.
    ranges.iter().copied().find(|row| {
        let Diagnoses::Range(from, to) = row.dx else { return false };
        ranges.iter().all(|other| {
            let Diagnoses::Range(low, high) = other.dx else { return false };
            other.code == row.code || !(low >= from && high <= to)
        })
    })
}

fn agree(catalogue: &Catalogue, seed: u64, stays: usize) -> BTreeSet<String> {
    let rows = catalogue.rows();
    let core: Vec<&Row> = rows.iter().filter(|row| !row.procedures.is_empty()).collect();
    let codes: Vec<String> = core.iter().flat_map(|row| row.procedures.codes()).map(|code| code.to_string()).collect();
    let mut random = Random(seed);
    let mut matcher = catalogue.matcher();
    let mut met = BTreeSet::new();
    for _ in 0..stays {
        let start = &rows[random.below(rows.len())];
        let dx = match random.below(12) {
            0 => format!("Y{:02}.900", random.below(100)),
            1 => start.dx.to_string().chars().take(3).collect::<String>() + ".999",
            _ => match start.dx {
                Diagnoses::Prefix(prefix) => format!("{prefix}00"),
                Diagnoses::Range(from, _) => format!("{from}.000"),
                Diagnoses::Any => String::from("R99.x00"),
            },
        };
        let mut stay: Vec<String> = start.procedures.codes().map(|code| code.to_string()).collect();
        // Procedures of other rows of the diagnosis, foreign ones, unknown ones; some of the row's own left out.
        let same: Vec<&Row> = core.iter().copied().filter(|row| row.dx == start.dx).collect();
        for _ in 0..random.below(4) {
            match random.below(4) {
                0 | 1 if !same.is_empty() => {
                    stay.extend(same[random.below(same.len())].procedures.codes().map(|code| code.to_string()))
                }
                2 => stay.push(codes[random.below(codes.len())].clone()),
                _ => stay.push("99.9999X999".to_owned()),
            }
        }
        if random.below(5) == 0 && !stay.is_empty() {
            let at = random.below(stay.len());
            stay.remove(at);
        }
        for at in (1..stay.len()).rev() {
            stay.swap(at, random.below(at + 1));
        }
        let stay: Vec<String> =
            stay.into_iter().map(|code| if random.below(2) == 0 { code.to_ascii_lowercase() } else { code }).collect();
        let procedures = stay.join("|");
        let cost = (random.below(3) > 0).then(|| Fen::new(i64::try_from(random.below(3_000_000)).unwrap()));
        let case = DipCase { dx: dx.as_bytes(), procedures: procedures.as_bytes(), cost, ..DipCase::default() };
        let fast = matcher.assign(&case);
        let slow = naive(catalogue, &dx, &procedures, cost);
        assert_eq!(fast.group, slow.map_or("", |row| row.code.as_str()), "{dx} {procedures} {cost:?}");
        assert_eq!(catalogue.explain(&case).group.map(|row| row.group).unwrap_or_default(), fast.group);
        met.insert(fast.group.to_owned());
    }
    met
}

#[test]
fn random_stays_of_the_published_rows_get_the_group_of_the_spec() {
    let Some(catalogue) = published() else { return };
    let met = agree(&catalogue, 2026, 4000);
    assert!(met.len() > 1500, "{} groups met", met.len());
}

#[test]
fn random_stays_of_a_small_catalogue_with_every_kind_of_row_get_the_group_of_the_spec() {
    let rows = "\
A,core,K35.3,S1,,100,1000\nB,core,K35.3,S1+S2,,300,3000\nC,core,K35.3,(S1/S3)+D1,,200,2000\nD,core,K35.3,T1/T2,,200,2400\n\
E,core,K35,S3,,150,1500\nF,core,K35.3,,,90,900\nG,primary_care,K35,,,80,800\nH,core,K35.8,N1,,70,700\n\
I,comprehensive,K35,,SS,1,\nJ,comprehensive,K3,,ZLXCZ,1,\nK,comprehensive,K00-K93,,ZDXCZ,1,\nL,comprehensive,K30-K40,,ZDXCZ,1,\n\
M,comprehensive,K,,BSZL,1,\nN,fallback,A00-B99,,SS,1,\nO,fallback,K00-K93,,ZLXCZ,1,\nP,fallback,R,,BSZL,1,\n";
    for criteria in [
        r#""contains_principal_procedure", "most_terms", "most_procedures_matched""#,
        r#""type_of_principal_procedure", "nearest_mean_cost""#,
        r#""highest_points""#,
        r#""nearest_mean_cost", "contains_principal_procedure""#,
    ] {
        let header = HEADER
            .replace(r#""contains_principal_procedure", "most_terms", "most_procedures_matched""#, criteria)
            .replace(r#"use = "refuse""#, r#"use = "chapter_default""#);
        let met = agree(&with(&header, rows), 7, 3000);
        assert!(met.len() > 10, "{met:?}");
    }
}

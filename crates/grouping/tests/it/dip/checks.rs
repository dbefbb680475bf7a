//! What a catalogue leaves to chance or says in vain.

use yibao_grouping::dip::Catalogue;

use super::{HEADER, catalogue, with};

fn found(catalogue: &Catalogue) -> Vec<String> {
    catalogue.check().iter().map(ToString::to_string).collect()
}

#[test]
fn a_sound_catalogue_has_no_findings() {
    let c = catalogue("A,core,K35.3,S1,,800,8000\nB,core,K35.3,S1+S2,,900,9000\nC,comprehensive,K35,,SS,700,7000\n");
    assert_eq!(found(&c), [""; 0]);
}

#[test]
fn rows_left_to_the_order_of_the_catalogue_are_named() {
    let c = catalogue("A,core,K35.3,S1,,800,\nB,core,K35.3,S2,,900,\nC,comprehensive,K35,,SS,1,\n");
    assert_eq!(found(&c), ["groups.csv:2: K35.3: the order of the catalogue decides between A, B"]);
    // Points that differ decide, where the catalogue asks for them.
    let header = HEADER.replace("\"most_procedures_matched\"", "\"highest_points\"");
    let c = with(&header, "A,core,K35.3,S1,,800,\nB,core,K35.3,S2,,900,\nC,comprehensive,K35,,SS,1,\n");
    assert_eq!(found(&c), [""; 0]);
}

#[test]
fn rows_in_vain_are_named() {
    let c = catalogue(
        "A,core,K35.3,S1+S2,,800,\nB,core,K35.3,s2+S1,,900,\nC,comprehensive,K35,,SS,1,\nD,comprehensive,K35,,SS,1,\nE,fallback,,,,1,\n",
    );
    let lines = found(&c);
    assert!(lines.contains(&"groups.csv:3: B asks for the same diagnosis and treatment as A".to_owned()), "{lines:?}");
    assert!(lines.contains(&"groups.csv:5: D asks for the same diagnosis and treatment as C".to_owned()));
    assert!(lines.contains(&"groups.csv:6: the fallback never asks E".to_owned()));
    assert_eq!(c.check().iter().filter(|finding| finding.is_dead()).count(), 3);
    // Highest points first: the row that asks for more never wins against the dearer one that asks for less.
    let header = HEADER
        .replace(r#""contains_principal_procedure", "most_terms", "most_procedures_matched""#, "\"highest_points\"");
    let c = with(&header, "A,core,K35.3,S1,,800,\nB,core,K35.3,S1+S2,,700,\nC,comprehensive,K35,,SS,1,\n");
    assert_eq!(found(&c), ["groups.csv:3: no stay with just its codes reaches B: it gets A"]);
}

#[test]
fn a_comprehensive_row_behind_more_narrow_ones_is_in_vain() {
    let c = catalogue("A,comprehensive,A00,,SS,1,\nB,comprehensive,A01,,SS,1,\nC,comprehensive,A00-A01,,SS,1,\n");
    assert_eq!(found(&c), ["groups.csv:4: no stay with just its codes reaches C: it gets A"]);
}

#[test]
fn what_a_row_does_not_say_is_named() {
    let header = HEADER.replace("trust =", "core = { cases = 15, inclusive = true }\ntrust =");
    let folder = super::folder(
        &header,
        "",
        &[(
            "groups.csv",
            "code,kind,dx,procedures,type,points,mean,cases\nA,core,K35.3,N1,,800,8000,14\nB,core,K35.3,S1,ZDXCZ,800.1,8000,15\nC,core,K35.3,,,,1,1000\nD,comprehensive,K35,,SS,1,,\n",
        )],
    );
    let c = Catalogue::open(folder.path()).unwrap();
    assert_eq!(
        found(&c),
        [
            "groups.csv:2: K35.3: the order of the catalogue decides between A, B",
            "groups.csv:2: no procedure of A has a type: the row counts as conservative",
            "groups.csv:3: B states type ZDXCZ, its procedures are SS",
            "procedure N1 has no type; rows that name it: 1",
            "groups.csv:2: A is a core group of 14 cases",
            "groups.csv:4: C has no points",
            "groups.csv:3: no comprehensive row for K35 with ZDXCZ takes what its core rows do not",
            "groups.csv:2: no comprehensive row for K35 with BSZL takes what its core rows do not",
        ]
    );
}

#[test]
fn points_that_are_not_the_scaled_mean_are_named() {
    let c = catalogue(
        "A,core,K35.3,S1,,800.000001,8000.00\nB,core,K35.8,S1,,801.000000,8000.00\nC,comprehensive,K35,,SS,1,\n",
    );
    assert_eq!(found(&c), ["groups.csv:3: B has 801.000000 points, and scale × mean / M is 800.000000"]);
}

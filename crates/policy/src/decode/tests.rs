use serde::Deserialize;
use yibao_kernel::{Fen, Ratio};

use super::*;
use crate::folder::tree_of;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only reading is tested")]
struct Pool {
    id: String,
    amount: Fen,
    share: Option<Ratio>,
    year: i32,
    source: crate::source::SourceRef,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only reading is tested")]
struct Pack {
    pool: Vec<Pool>,
    #[serde(default)]
    mode: Option<yibao_kernel::Mode>,
}

fn refusals(text: &str) -> Vec<String> {
    all_from_node::<Pack>(&tree_of(text).unwrap()).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn every_error_is_told_not_only_the_first() {
    let found = refusals(
        "mode = \"halfup\"\n[[pool]]\nid = \"a\"\namuont = \"1.00\"\namount = 5\nyear = 2025\n[[pool]]\nid = \"b\"\namount = \"1.00\"\nshare = 0.5\nyear = \"x\"\n",
    );
    assert_eq!(
        found,
        [
            "mode: unknown word \"halfup\"\n  hint: did you mean \"half-up\"?",
            "unknown key \"amuont\" in pool[0]\n  hint: did you mean \"amount\"?",
            "pool[0].amount: expected an amount in yuan in quotes, like \"1300.00\", found the number 5\n  hint: put the number in quotes",
            "pool[1].share: the number 0.5 stands without quotes\n  hint: write it as \"0.5\": numbers with a point stand in quotes, so that they are exact",
            "pool[1].year: expected a whole number, found the text \"x\"\n  hint: correct the value",
        ]
    );
}

#[test]
fn a_missing_source_asks_for_one() {
    assert_eq!(
        refusals("[[pool]]\nid = \"a\"\namount = \"1.00\"\nyear = 2025\n"),
        [
            "no source in pool[0]\n  hint: say where it comes from: source = { document = \"…\", article = \"…\" }, the name of one in [sources], or { fictional = true }"
        ]
    );
}

#[test]
fn an_error_keeps_its_path_through_a_foreign_reader() {
    let inner = DecodeError::float("0.5").below(Segment::At(3)).below(Segment::Key("bands".into()));
    let outer: DecodeError = inner.clone().relay();
    assert_eq!(outer, inner);
    let unknown = DecodeError {
        path: Path::of("step").at(1),
        problem: Problem::Unknown { key: "tabel".into(), known: vec!["table".into(), "missing".into()] },
    };
    assert_eq!(unknown.clone().relay::<DecodeError>(), unknown);
}

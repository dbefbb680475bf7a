//! The recorded settlement answers: their sums hold, and they are written back as they came.

use serde_json::Value;
use yibao_kernel::Fen;
use yibao_record::settlement::Settlement;

#[test]
fn recorded_answers_hold_and_are_written_back() {
    let Some(root) = std::env::var_os("YIBAO_DATA") else {
        assert!(std::env::var_os("CI").is_none(), "YIBAO_DATA is not set");
        println!("skipped: no reference data");
        return;
    };
    let folder = std::path::Path::new(&root).join("interface/samples");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let sample: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let output = &sample["body"]["output"];
        if output.get("setlinfo").is_none() {
            continue;
        }
        seen += 1;
        let read = Settlement::read(output).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        read.check().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(read.amounts.total.is_some() && read.amounts.in_scope.is_some());
        let written = read.write();
        same(&output["setlinfo"], &written["setlinfo"], &path);
        for (one, other) in
            output["setldetail"].as_array().unwrap().iter().zip(written["setldetail"].as_array().unwrap())
        {
            same(one, other, &path);
        }
        assert_eq!(Settlement::read(&written).unwrap().amounts, read.amounts);
    }
    assert_eq!(seen, 6, "six recorded settlements");
}

/// The same fields in the same order; numbers by value, everything else as it is.
fn same(one: &Value, other: &Value, path: &std::path::Path) {
    let (one, other) = (one.as_object().unwrap(), other.as_object().unwrap());
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (key, value) in one {
        let wrote = &other[key];
        let amount =
            |value: &Value| value.as_number().and_then(|number| Fen::parse_yuan(number.to_string().as_bytes()).ok());
        if amount(value).is_some() {
            assert_eq!(amount(value), amount(wrote), "{} {key}", path.display());
        } else {
            assert_eq!(value, wrote, "{} {key}", path.display());
        }
    }
}

#[test]
fn an_answer_that_contradicts_itself_is_refused() {
    let output = serde_json::json!({ "setlinfo": { "medfee_sumamt": 10.0, "inscp_scp_amt": 9.99 }, "setldetail": [] });
    let refused = Settlement::read(&output).unwrap().check().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the total is 10.00, but the sum of the four parts is 9.99\n  hint: the answer contradicts itself; ask for it again"
    );
    let output = serde_json::json!({ "setlinfo": { "medfee_sumamt": "ten" }, "setldetail": [] });
    assert_eq!(
        Settlement::read(&output).unwrap_err().to_string(),
        "medfee_sumamt is not an amount\n  hint: yuan with at most two decimals, as a number or in quotes"
    );
    assert!(Settlement::read(&serde_json::json!({ "result": [] })).is_err());
}

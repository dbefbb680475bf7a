//! Which crate may use which: data moves one way. The table is that of crates/README.md.

use super::{nothing, root};

/// Crate and what it may use of ours. A crate that is not here may not exist.
const MAY_USE: [(&str, &[&str]); 11] = [
    ("kernel", &[]),
    ("record", &["kernel"]),
    ("policy", &["kernel"]),
    ("grouping", &["kernel", "record", "policy"]),
    ("catalogue", &["kernel", "record", "policy"]),
    ("benefit", &["kernel", "record", "policy", "catalogue"]),
    ("payment", &["kernel", "record", "policy"]),
    ("disclosure", &["kernel", "record", "policy", "payment"]),
    ("synth", &["kernel", "record"]),
    ("batch", &["kernel", "record", "policy", "grouping", "payment"]),
    (
        "cli",
        &["kernel", "record", "policy", "catalogue", "grouping", "benefit", "payment", "disclosure", "synth", "batch"],
    ),
];

/// Arrows of a manifest that the table does not allow; development dependencies count too.
fn forbidden(name: &str, manifest: &str) -> Vec<String> {
    let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
        return vec![format!("{name}: not a room of the house")];
    };
    let manifest: toml::Table = manifest.parse().unwrap();
    let mut found = Vec::new();
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for used in manifest.get(kind).and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys) {
            let Some(ours) = used.strip_prefix("yibao-") else {
                continue;
            };
            if !allowed.contains(&ours) {
                found.push(format!("{name} -> {ours}: no such arrow"));
            }
        }
    }
    found
}

fn crates() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn data_moves_one_way() {
    let names = crates();
    assert_eq!(names.len(), MAY_USE.len(), "{names:?}");
    nothing(
        names
            .iter()
            .flat_map(|name| {
                let manifest = root().join("crates").join(name).join("Cargo.toml");
                forbidden(name, &std::fs::read_to_string(manifest).unwrap())
            })
            .collect(),
    );
}

#[test]
fn an_arrow_upward_is_found() {
    let manifest =
        "[dependencies]\nyibao-kernel.workspace = true\n[dev-dependencies]\nyibao-batch = { path = \"../batch\" }\n";
    assert_eq!(forbidden("record", manifest), ["record -> batch: no such arrow"]);
    assert_eq!(forbidden("misc", ""), ["misc: not a room of the house"]);
}

#[test]
fn no_allowed_arrow_runs_upward() {
    let place = |name: &str| MAY_USE.iter().position(|(known, _)| *known == name).unwrap();
    for (name, allowed) in MAY_USE {
        assert!(allowed.iter().all(|used| place(used) < place(name)), "{name}");
    }
}

#[test]
fn every_crate_has_a_sentence() {
    let list = std::fs::read_to_string(root().join("crates/README.md")).unwrap();
    nothing(
        crates()
            .into_iter()
            .filter(|name| {
                !list.lines().any(|line| line.starts_with(&format!("| `{name}` | ")) && line.len() > name.len() + 20)
            })
            .map(|name| format!("crates/README.md: no sentence for {name}"))
            .collect(),
    );
}

//! What the code may not hold.

use super::{files, nothing, root, rust};

/// Crates that decide money or lead to it: no floating point at all.
const EXACT: [&str; 7] = ["kernel", "record", "policy", "catalogue", "grouping", "benefit", "payment"];

/// Files that draw: places on the paper may be floating point there. Each states the reason in its first lines.
const DRAWING: [&str; 7] = [
    "crates/disclosure/src/chart.rs",
    "crates/disclosure/src/chart/bubbles.rs",
    "crates/disclosure/src/chart/histogram.rs",
    "crates/disclosure/src/chart/months.rs",
    "crates/disclosure/src/chart/quadrants.rs",
    "crates/disclosure/src/chart/waterfall.rs",
    "crates/disclosure/src/weights/strip.rs",
];

/// Files that write workbooks: a cell and the width of a column can be nothing else.
const WORKBOOKS: [&str; 2] =
    ["crates/disclosure/src/statements/cells.rs", "crates/disclosure/src/weights/spreadsheet.rs"];

/// Lines that name a floating-point type without using one: the file, what the line holds, and why.
const NAMED_ONLY: [(&str, &str, &str); 1] = [(
    "crates/policy/src/decode.rs",
    "u8 u16 u32 u64 u128 f32 f64 char",
    "serde's list of the types it may ask for; a floating-point number in a pack is refused",
)];

/// Longest file, in lines.
const LINES_MAX: usize = 700;

/// Files that may be longer, with the reason.
const LONGER: [(&str, &str); 0] = [];

/// The code with comments and the insides of texts blanked, line by line as it was.
pub fn code(text: &str) -> String {
    let bytes: Vec<char> = text.chars().collect();
    let at = |index: usize| bytes.get(index).copied().unwrap_or('\0');
    let mut out = String::with_capacity(text.len());
    let mut here = 0;
    let blank = |out: &mut String, from: usize, to: usize| {
        out.extend((from..to).map(|index| if at(index) == '\n' { '\n' } else { ' ' }));
    };
    while here < bytes.len() {
        let start = here;
        let word_before = start > 0 && (at(start - 1).is_alphanumeric() || at(start - 1) == '_');
        match at(here) {
            '/' if at(here + 1) == '/' => {
                while here < bytes.len() && at(here) != '\n' {
                    here += 1;
                }
                blank(&mut out, start, here);
            }
            '/' if at(here + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (at(here), at(here + 1)) {
                        ('/', '*') => (depth, here) = (depth + 1, here + 2),
                        ('*', '/') => (depth, here) = (depth - 1, here + 2),
                        _ => here += 1,
                    }
                    if depth == 0 || here >= bytes.len() {
                        break;
                    }
                }
                blank(&mut out, start, here);
            }
            'r' if !word_before && raw_hashes(&bytes, here + 1).is_some() => {
                let hashes = raw_hashes(&bytes, here + 1).unwrap_or(0);
                here += hashes + 2;
                let closes = |from: usize| at(from) == '"' && (1..=hashes).all(|step| at(from + step) == '#');
                while here < bytes.len() && !closes(here) {
                    here += 1;
                }
                here += hashes + 1;
                blank(&mut out, start, here.min(bytes.len()));
            }
            '"' => {
                here += 1;
                while here < bytes.len() && at(here) != '"' {
                    here += if at(here) == '\\' { 2 } else { 1 };
                }
                here += 1;
                blank(&mut out, start, here.min(bytes.len()));
            }
            '\'' if at(here + 1) == '\\' || at(here + 2) == '\'' => {
                here += if at(here + 1) == '\\' { 3 } else { 2 };
                while here < bytes.len() && at(here) != '\'' {
                    here += 1;
                }
                here += 1;
                blank(&mut out, start, here.min(bytes.len()));
            }
            other => {
                out.push(other);
                here += 1;
            }
        }
    }
    out
}

/// `r`, then so many `#`, then `"`.
fn raw_hashes(text: &[char], from: usize) -> Option<usize> {
    let hashes = text.get(from..)?.iter().take_while(|one| **one == '#').count();
    (text.get(from + hashes) == Some(&'"')).then_some(hashes)
}

/// Blanks the item after each place where the attribute stands: to its `;`, or over its braces, or to the `,` of a field.
fn without(code: &str, attribute: &str) -> String {
    let mut kept = code.to_owned();
    while let Some(start) = kept.find(attribute) {
        let (mut depth, mut end) = (0_i32, kept.len());
        let mut opened = false;
        let after = kept.get(start..).unwrap_or("").find(']').map_or(start, |step| start + step + 1);
        for (step, one) in kept.get(after..).unwrap_or("").char_indices() {
            match one {
                '{' | '(' | '[' => {
                    opened |= one == '{';
                    depth += 1;
                }
                '}' | ')' | ']' => depth -= 1,
                _ => {}
            }
            let closed = opened && depth == 0 && one == '}';
            if closed || depth < 0 || (depth == 0 && matches!(one, ';' | ',')) {
                end = after + step + one.len_utf8();
                break;
            }
        }
        let blanked: String =
            kept.get(start..end).unwrap_or("").chars().map(|one| if one == '\n' { '\n' } else { ' ' }).collect();
        kept.replace_range(start..end, &blanked);
    }
    kept
}

/// Places where one of the words stands, not in the middle of a longer word.
fn places(name: &str, code: &str, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for word in words {
            let hit = line.match_indices(word).any(|(at, _)| {
                let inside = |one: Option<char>| one.is_some_and(|one| one.is_alphanumeric() || one == '_');
                let starts = word.starts_with('.') || !inside(line.get(..at).and_then(|text| text.chars().next_back()));
                let ends = !word.ends_with(|one: char| one.is_alphanumeric())
                    || !inside(line.get(at + word.len()..).and_then(|text| text.chars().next()));
                starts && ends
            });
            if hit {
                found.push(format!("{name}:{}: {word}", number + 1));
            }
        }
    }
    found
}

/// `f32`, `f64` and literals like `0.5` (but not the parts of a tuple, `pair.0.1`).
fn floats(name: &str, text: &str) -> Vec<String> {
    let mut code = without(&code(text), "#[cfg(test)]");
    for (_, line, _) in NAMED_ONLY.iter().filter(|(file, ..)| *file == name) {
        code = code.replace(line, "");
    }
    let mut found = places(name, &code, &["f32", "f64"]);
    for (number, line) in code.lines().enumerate() {
        let chars: Vec<char> = line.chars().collect();
        let digit = |index: usize| chars.get(index).is_some_and(char::is_ascii_digit);
        for (at, one) in chars.iter().enumerate() {
            if *one != '.' || at == 0 || !digit(at - 1) || !digit(at + 1) {
                continue;
            }
            let start =
                chars.get(..at).unwrap_or_default().iter().rposition(|one| !one.is_ascii_digit() && *one != '_');
            let before = start.and_then(|index| chars.get(index));
            if !before.is_some_and(|one| one.is_alphanumeric() || *one == '.') {
                found.push(format!("{name}:{}: a floating-point literal", number + 1));
            }
        }
    }
    found
}

/// Calls that end the program instead of refusing.
fn panics(name: &str, text: &str) -> Vec<String> {
    const WORDS: [&str; 7] =
        [".unwrap()", ".expect(", ".unwrap_err()", "panic!", "todo!", "unimplemented!", "unreachable!"];
    let mut code = without(&code(text), "#[cfg(test)]");
    for lint in ["expect_used", "unwrap_used", "panic", "unreachable"] {
        code = without(&code, &format!("#[expect(clippy::{lint}, reason = "));
    }
    // `self.expect(…)` of a reader is its own function.
    places(name, &code.replace("self.expect(", "self.needs(").replace("#[expect(", "#[allow("), &WORDS)
}

/// Whether the file is no part of a library or program: tests, and examples to run by hand.
fn is_test(name: &str) -> bool {
    name.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "examples"))
}

fn library(name: &str) -> bool {
    !name.starts_with("crates/cli/")
}

#[test]
fn money_paths_hold_no_floating_point() {
    nothing(
        EXACT
            .iter()
            .flat_map(|name| rust(&format!("crates/{name}/src")))
            .chain(rust("crates/disclosure/src"))
            .filter(|(name, _)| {
                !is_test(name) && !DRAWING.contains(&name.as_str()) && !WORKBOOKS.contains(&name.as_str())
            })
            .flat_map(|(name, text)| floats(&name, &text))
            .collect(),
    );
    for name in WORKBOOKS {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        assert!(text.contains("rust_xlsxwriter"), "{name}: writes no workbook");
    }
    for name in DRAWING {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        let top: String = text.lines().take(8).collect();
        assert!(top.contains("clippy::float_arithmetic, reason = "), "{name}: its first lines must say why");
        assert!(!floats(name, &text).is_empty(), "{name}: needs no exception any more");
    }
}

#[test]
fn floating_point_is_found() {
    assert_eq!(floats("a", "let x: f64 = y as f64;"), ["a:1: f64"]);
    nothing(floats("crates/policy/src/decode.rs", "    u8 u16 u32 u64 u128 f32 f64 char str"));
    assert_eq!(floats("a", "\nlet x = 2 * 0.5;"), ["a:2: a floating-point literal"]);
    assert_eq!(floats("a", "let half = share(1_000.25);"), ["a:1: a floating-point literal"]);
    nothing(floats("a", "// an f64 of 0.5\nlet x = \"0.5 f64\"; let y = pair.0.1; for i in 0..5 {} let buf64 = 1;"));
}

#[test]
fn a_refusal_is_never_a_panic() {
    nothing(
        rust("crates")
            .into_iter()
            .filter(|(name, _)| !is_test(name))
            .flat_map(|(name, text)| panics(&name, &text))
            .collect(),
    );
}

#[test]
fn a_panic_is_found() {
    assert_eq!(panics("a", "fn f() {\n  x.unwrap();\n}"), ["a:2: .unwrap()"]);
    assert_eq!(panics("a", "x.expect(\"there\");"), ["a:1: .expect("]);
    assert_eq!(panics("a", "match x { 1 => 2, _ => unreachable!() }"), ["a:1: unreachable!"]);
    assert_eq!(panics("a", "todo!(); panic!(\"no\")").len(), 2);
    assert_eq!(
        panics("a", "#[cfg(test)]\nmod tests { fn f() { x.unwrap() } }\nfn g() { y.unwrap() }"),
        ["a:3: .unwrap()"]
    );
    nothing(panics("a", "/// x.unwrap()\nlet s = \"panic!\"; x.unwrap_or(1); // todo!"));
    nothing(panics("a", "#[cfg(test)]\nmod tests;\nfn f() {}"));
    assert_eq!(
        panics("a", "#[expect(clippy::too_many_lines, reason = \"a list\")]\nfn f() { x.unwrap() }"),
        ["a:2: .unwrap()"]
    );
    nothing(panics("a", "#[expect(clippy::expect_used, reason = \"proven above\")]\nlet x = y.expect(\"there\");"));
}

#[test]
fn libraries_do_not_print() {
    const WORDS: [&str; 5] = ["println!", "print!", "eprintln!", "eprint!", "dbg!"];
    let check = |name: &str, text: &str| places(name, &without(&code(text), "#[cfg(test)]"), &WORDS);
    assert_eq!(check("a", "fn f() { println!(\"x\"); }"), ["a:1: println!"]);
    nothing(
        rust("crates")
            .into_iter()
            .filter(|(name, _)| library(name) && !is_test(name))
            .flat_map(|(name, text)| check(&name, &text))
            .collect(),
    );
}

fn too_long(name: &str, lines: usize) -> Option<String> {
    let listed = LONGER.iter().any(|(known, reason)| *known == name && reason.len() > 20);
    (lines > LINES_MAX && !listed)
        .then(|| format!("{name}: {lines} lines, at most {LINES_MAX} without a listed reason"))
}

#[test]
fn files_stay_small() {
    nothing(
        files()
            .iter()
            .filter(|path| path.extension().is_some_and(|end| end == "rs" || end == "js" || end == "py"))
            .filter_map(|path| {
                let text = std::fs::read_to_string(root().join(path)).unwrap();
                too_long(&path.display().to_string(), text.lines().count())
            })
            .collect(),
    );
    assert_eq!(too_long("a.rs", 701).unwrap(), "a.rs: 701 lines, at most 700 without a listed reason");
    assert_eq!(too_long("a.rs", 700), None);
}

#[test]
fn every_crate_says_what_it_is() {
    let check = |name: &str, text: &str| {
        let says = text.lines().next().is_some_and(|line| line.starts_with("//! ") && line.len() > 20);
        (!says).then(|| format!("{name}: the first line says what the crate is (//! …)"))
    };
    assert!(check("a", "use b;\n").is_some());
    nothing(
        rust("crates")
            .into_iter()
            .filter(|(name, _)| name.ends_with("/src/lib.rs") || name.ends_with("/src/main.rs"))
            .filter_map(|(name, text)| check(&name, &text))
            .collect(),
    );
}

#[test]
fn texts_and_comments_are_no_code() {
    assert_eq!(code("a(\"x\\\"y\") // z"), "a(      )     ");
    assert_eq!(code("r#\"a \" b\"# c"), "            c".chars().skip(1).collect::<String>());
    assert_eq!(code("'a' <'b> '\\'' d"), "    <'b>      d");
    assert_eq!(code("/* a /* b */ c */ d"), "                  d");
}

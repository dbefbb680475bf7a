//! The report as a browser shows it: a real Chromium opens the file, runs its script and gives back what stands there.

use std::path::Path;
use std::process::Command;

use crate::program::{Desk, repository};

/// The page after its script has run; `None` where there is no browser (never in CI).
fn shown(page: &Path, fragment: &str) -> Option<String> {
    let profile = tempfile::TempDir::new().unwrap();
    let browser = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--virtual-time-budget=4000", "--dump-dom"])
        .arg(format!("file://{}{fragment}", page.display()))
        .output();
    match browser {
        Ok(output) => Some(String::from_utf8(output.stdout).unwrap()),
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("skipped: no browser ({error})");
            None
        }
        Err(error) => panic!("CI needs a browser: {error}"),
    }
}

#[test]
fn the_report_opens_offline_in_chinese_and_in_english() {
    let desk = Desk::empty();
    let out = desk.path("out");
    let pack = repository().join("examples/demo");
    desk.run(&["settle", pack.to_str().unwrap(), "-o", out.to_str().unwrap()]).ended(0);
    let report = out.join("report.html");
    let text = std::fs::read_to_string(&report).unwrap();
    for outside in ["src=\"http", "<link", "url(http", "@import"] {
        assert!(!text.contains(outside), "the page asks for {outside}");
    }
    let (Some(chinese), Some(english)) = (shown(&report, ""), shown(&report, "#en")) else { return };
    let opening = |dom: &str| dom[..dom.find("<head").unwrap()].to_owned();
    assert!(opening(&chinese).contains("lang=\"zh-CN\""), "{}", opening(&chinese));
    assert!(opening(&english).contains("class=\"en\""), "{}", opening(&english));
    // The clearing's totals, counted from clearing.csv, stand on the page.
    let clearing = std::fs::read_to_string(out.join("clearing.csv")).unwrap();
    let cases: u64 = clearing.lines().skip(1).map(|line| line.split(',').nth(5).unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(cases, 3000);
    for part in ["3,000", "<svg", "7,200,000.00", "7,900,000.00"] {
        assert!(english.contains(part), "the page shows {part}");
    }
}

//! A small city held against small lists.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use yibao_kernel::Day;
use yibao_policy::Folder;

use super::{Finding, Verdict, against};
use crate::pack::Pack;
use crate::plan::Engine;

const HEAD: &str = r#"
[benefit]
id = "city"
title = { zh = "示例市", en = "example" }
region = { zh = "示例市", en = "example" }
area = "990100"
area_digits = 4
trust = "fictional"
from = 2025-01-01
until = 2026-01-01
void = "resettle"
rounding = { side = "fund" }
source = "rules"
[sources.rules]
document = "示例办法"
article = "第三条"
[lines]
accept = ["parts"]
source = "rules"
"#;

/// A resident scheme: a pool, critical illness with a tilt, and whatever a test adds.
const CITY: &str = r#"
[dimension.scheme]
values = ["resident"]
[dimension.visit]
values = ["inpatient", "outpatient"]
[dimension.level]
values = ["level1", "level3"]
[dimension.group]
values = ["low_income", "none"]
otherwise = "none"
[dimension.years]
of = "person.enrolled_years"
[index.disposable_income]
rows = [{ value = "30000.00" }]
source = "rules"
[fund.pool]
title = { zh = "统筹", en = "pool" }
code = "390101"
field = "hifp_pay"
[fund.critical]
title = { zh = "大病", en = "critical illness" }
code = "390201"
field = "hifmi_pay"
[[route]]
id = "inpatient"
when = { visit = "inpatient" }
package = "inpatient"
source = "rules"
[package.inpatient]
title = { zh = "住院", en = "inpatient" }
[[package.inpatient.step]]
id = "area"
use = "first_self"
source = "rules"
[package.inpatient.step.ratio]
rows = [{ filing = ["local", "long_term"], value = "0" }, { filing = ["referral", "emergency", "unfiled"], value = "0.10" }]
[[package.inpatient.step]]
id = "pool"
use = "layer"
fund = "pool"
base = ["in_scope"]
source = "rules"
[package.inpatient.step.deductible]
window = "stay"
rows = [{ level = "level1", value = "300.00" }, { level = "level3", value = "1200.00" }]
[package.inpatient.step.bands]
rows = [
  { level = "level1", pays = "0.80" },
  { level = "level3", filing = ["local", "long_term", "referral", "unfiled"], pays = "0.60" },
  { level = "level3", filing = "emergency", value = "open" },
]
adjust = [{ when = { filing = "unfiled" }, add = "-0.20" }]
[[package.inpatient.step.cap]]
on = "payment"
window = "year"
rows = [{ value = "100000.00" }]
[[package.inpatient.step]]
id = "critical"
use = "layer"
fund = "critical"
base = ["deductible", "copay", "over_cap"]
source = { ref = "rules", article = "第九条" }
[package.inpatient.step.cumulative]
window = "year"
[package.inpatient.step.deductible]
rows = [{ group = "none", value = "15000.00" }, { group = "low_income", value = "9000.00" }]
[package.inpatient.step.bands]
rows = [{ bands = [{ upto = "50000.00", pays = "0.60" }, { pays = "0.70" }] }]
adjust = [{ when = { group = "low_income" }, add = "0.05" }]
[[package.inpatient.step.cap]]
on = "payment"
window = "year"
rows = [{ group = "none", value = "200000.00" }, { group = "low_income", value = "none" }]
adjust = [{ for_each = "years", above = 4, upto = 24, add = "500.00" }]
"#;

fn city(more: &str) -> Engine {
    let folder = Folder::of_text("city.toml", &format!("{HEAD}{more}{CITY}")).unwrap();
    let pack: Pack = folder.decode().unwrap_or_else(|found| panic!("{found}"));
    Engine::compile(&folder, pack, Day::MAX).unwrap_or_else(|found| panic!("{found}"))
}

fn list(floor: &str) -> Pack {
    let text = format!(
        "{HEAD}[sources.list]\ndocument = \"清单\"\narticle = \"二\"\ntrust = \"secondary\"\n[[floor]]\nid = \"one\"\n\
         title = {{ zh = \"一\", en = \"one\" }}\nsource = \"list\"\n{floor}"
    );
    Folder::of_text("list.toml", &text).unwrap().decode().unwrap_or_else(|found| panic!("{found}"))
}

fn found(floor: &str) -> Finding {
    against(&city(""), &list(floor)).remove(0)
}

#[track_caller]
fn told(floor: &str, verdict: Verdict, local: &str, national: &str) {
    let found = found(floor);
    assert_eq!((found.verdict, found.local.as_str(), found.national.as_str()), (verdict, local, national));
}

const INPATIENT: &str = "when = { scheme = \"resident\", visit = \"inpatient\", filing = \"local\" }\n";

#[test]
fn a_finding_names_both_values_and_both_documents() {
    let found = found(&format!("{INPATIENT}fund = [\"3902\"]\nratio_at_least = \"0.65\""));
    assert_eq!(found.verdict, Verdict::Below);
    assert_eq!(found.local_source, "示例办法 第九条 [fictional]");
    assert_eq!(found.national_source, "清单 二 [secondary]");
    assert_eq!(
        found.figures,
        "0.6 … 0.75 (≥ 0.65)\n    本地 local: 示例办法 第九条 [fictional]\n    国家 national: 清单 二 [secondary]"
    );
}

#[test]
fn the_worst_ratio_of_all_levels_and_bands_decides() {
    told(&format!("{INPATIENT}fund = [\"3901\"]\nratio_at_least = \"0.50\""), Verdict::Beyond, "0.6 … 0.8", "≥ 0.5");
    told(&format!("{INPATIENT}fund = [\"3901\"]\nratio_at_least = \"0.60\""), Verdict::Meets, "0.6 … 0.8", "≥ 0.6");
    told(&format!("{INPATIENT}fund = [\"3901\"]\nratio_at_least = \"0.75\""), Verdict::Below, "0.6 … 0.8", "≥ 0.75");
    told(&format!("{INPATIENT}fund = [\"6101\"]\nratio_at_least = \"0.70\""), Verdict::NotFound, "", "≥ 0.7");
}

#[test]
fn an_open_value_is_not_taken_for_a_good_one() {
    let emergency = "when = { visit = \"inpatient\", filing = \"emergency\", place = \"cross_province\" }\n";
    told(&format!("{emergency}fund = [\"3901\"]\nratio_at_least = \"0.50\""), Verdict::Open, "0.8", "≥ 0.5");
    told(&format!("{emergency}fund = [\"3901\"]\nratio_at_least = \"0.90\""), Verdict::Below, "0.8", "≥ 0.9");
}

#[test]
fn an_average_is_told_only_where_no_ratio_reaches_it() {
    told(
        &format!("{INPATIENT}fund = [\"3901\"]\naverage_at_least = \"0.70\""),
        Verdict::CannotTell,
        "0.6 … 0.8",
        "平均 on average ≥ 0.7",
    );
    told(
        &format!("{INPATIENT}fund = [\"3901\"]\naverage_at_least = \"0.85\""),
        Verdict::Below,
        "0.6 … 0.8",
        "平均 on average ≥ 0.85",
    );
}

#[test]
fn deductibles_are_held_against_a_share_of_income() {
    let share = |share: &str| {
        format!("{INPATIENT}fund = [\"3901\"]\ndeductible_at_most_times = \"{share}\"\nindex = \"disposable_income\"")
    };
    told(&share("0.10"), Verdict::Beyond, "1200.00 … 300.00", "≤ 3000.00");
    told(&share("0.04"), Verdict::Meets, "1200.00 … 300.00", "≤ 1200.00");
    told(&share("0.03"), Verdict::Below, "1200.00 … 300.00", "≤ 900.00");
    told(
        &format!("{INPATIENT}fund = [\"3901\"]\ndeductible_at_most_times = \"0.10\"\nindex = \"average_wage\""),
        Verdict::NotFound,
        "",
        "0.1 × average_wage: the pack has no index \"average_wage\"",
    );
}

#[test]
fn caps_are_added_over_the_funds() {
    let caps = |funds: &str, key: &str| {
        format!(
            "when = {{ visit = \"inpatient\", group = \"none\", enrolled_years = 4 }}\nfund = {funds}\n{key}\nindex = \"disposable_income\""
        )
    };
    let both = "[\"3901\", \"3902\"]";
    told(&caps(both, "cap_at_least_times = \"10\""), Verdict::Meets, "300000.00", "≥ 300000.00");
    told(&caps("[\"3901\"]", "cap_at_least_times = \"6\""), Verdict::Below, "100000.00", "≥ 180000.00");
    told(&caps(both, "cap_at_most_times = \"6\""), Verdict::Beyond, "300000.00", "≤ 180000.00");
    told(&caps("[\"3901\"]", "cap_at_most_times = \"6\""), Verdict::Meets, "100000.00", "≤ 180000.00");
}

#[test]
fn the_tilt_towards_the_poor_is_held_against_others() {
    let tilt = |key: &str| {
        format!(
            "when = {{ visit = \"inpatient\", group = [\"poor\", \"low_income\"] }}\nthan = {{ group = \"none\" }}\nfund = [\"3902\"]\n{key}"
        )
    };
    told(&tilt("deductible_share_at_most = \"0.50\""), Verdict::Below, "0.6", "≤ × 0.5");
    told(&tilt("ratio_more_at_least = \"0.05\""), Verdict::Meets, "0.05", "≥ +0.05");
    told(&tilt("no_cap = true"), Verdict::Meets, "不设 none", "不设 none");
    let others = "when = { visit = \"inpatient\", group = \"none\" }\nfund = [\"3902\"]\nno_cap = true";
    told(others, Verdict::Below, "200000.00 … 210000.00", "不设 none");
}

#[test]
fn a_year_of_enrolment_more_raises_the_cap() {
    told(
        "when = { visit = \"inpatient\", enrolled_years = 5 }\nthan = { enrolled_years = 4 }\nfund = [\"3902\"]\ncap_more_at_least = \"1000.00\"",
        Verdict::Below,
        "500.00",
        "≥ +1000.00",
    );
}

#[test]
fn the_fall_elsewhere_counts_what_is_borne_first() {
    let fall = |filing: &str, most: &str| {
        format!(
            "when = {{ visit = \"inpatient\", filing = \"{filing}\", place = \"cross_province\" }}\nfund = [\"3\"]\ndrop_at_most = \"{most}\""
        )
    };
    told(&fall("long_term", "0"), Verdict::Meets, "0", "≤ 0");
    told(&fall("referral", "0.10"), Verdict::Beyond, "0.08 … 0.06", "≤ 0.1");
    // 0.80 at home; elsewhere 0.60 of the nine tenths left.
    told(&fall("unfiled", "0.20"), Verdict::Below, "0.26 … 0.24", "≤ 0.2");
    told(&fall("emergency", "0.10"), Verdict::Open, "0.08", "≤ 0.1");
}

#[test]
fn what_is_not_payable_needs_a_gate() {
    let floor = list("not_payable = [\"work_injury\"]");
    let told = |more: &str| {
        let found = against(&city(more), &floor).remove(0);
        (found.verdict, found.local)
    };
    let cause =
        "[dimension.cause]\nof = \"bill.cause\"\nvalues = [\"illness\", \"work_injury\"]\notherwise = \"illness\"\n";
    let gate = |outcome: &str| {
        format!(
            "{cause}[[gate]]\nid = \"injury\"\ntitle = {{ zh = \"工伤\", en = \"injury\" }}\nwhen = {{ cause = \"work_injury\" }}\noutcome = \"{outcome}\"\nsource = \"rules\"\n"
        )
    };
    assert_eq!(told(""), (Verdict::NotFound, "没有准入规则 no gate".to_owned()));
    assert_eq!(told(cause), (Verdict::Beyond, "a word of \"cause\" that no gate stops".to_owned()));
    assert_eq!(told(&gate("refuse")), (Verdict::Meets, "gate injury".to_owned()));
    assert_eq!(told(&gate("pass")), (Verdict::Beyond, "gate injury".to_owned()));
}

#[test]
fn a_kind_of_visit_beyond_the_list_counts_only_where_a_fund_pays_it() {
    told("visits = [\"inpatient\"]", Verdict::Meets, "", "1 kinds");
    told("visits = [\"outpatient\"]", Verdict::Beyond, "inpatient", "1 kinds");
}

#[test]
fn a_gate_that_stops_such_bills_comes_before_every_value() {
    let gate = |outcome: &str| {
        format!(
            "[[gate]]\nid = \"away\"\ntitle = {{ zh = \"异地\", en = \"away\" }}\nwhen = {{ place = \"cross_province\" }}\noutcome = \"{outcome}\"\nsource = \"rules\"\n"
        )
    };
    let floor = list(
        "when = { visit = \"inpatient\", filing = \"unfiled\", place = \"cross_province\" }\ndrop_at_most = \"0.20\"",
    );
    let verdict = |outcome: &str| against(&city(&gate(outcome)), &floor).remove(0).verdict;
    assert_eq!(verdict("refuse"), Verdict::CannotTell);
    assert_eq!(verdict("full_self"), Verdict::Below);
}

#[test]
fn a_pack_is_not_held_to_later_documents() {
    told("from = 2026-01-01\nratio_at_least = \"0.99\"", Verdict::NotInForce, "", "from 2026-01-01");
    assert_eq!(found("from = 2025-12-31\nratio_at_least = \"0.99\"").verdict, Verdict::Below);
}

#[test]
fn words_the_pack_does_not_have_are_named() {
    told(
        "when = { scheme = \"employee\" }\nratio_at_least = \"0.50\"",
        Verdict::NotAbout,
        "",
        "the pack does not know \"scheme = employee\"",
    );
    told("when = { rank = \"county\" }\nno_cap = true", Verdict::NotFound, "", "the pack does not know \"rank\"");
    told("ratio_at_least = \"most\"", Verdict::NotFound, "", "\"most\" is no ratio");
    told("", Verdict::NotFound, "", "the guarantee states no figure");
}

#[test]
fn every_guarantee_of_the_shipped_list_is_stated_once_and_cited() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/national");
    let (_, national) = crate::pack::load(&folder).unwrap_or_else(|found| panic!("{found}"));
    let local = city("");
    for (floor, finding) in national.floor.iter().zip(against(&local, &national)) {
        let stated = [
            &floor.ratio_at_least,
            &floor.average_at_least,
            &floor.ratio_more_at_least,
            &floor.drop_at_most,
            &floor.deductible_at_most,
            &floor.deductible_at_most_times,
            &floor.deductible_share_at_most,
            &floor.cap_at_least_times,
            &floor.cap_at_most_times,
            &floor.cap_more_at_least,
        ];
        let figures = stated.iter().filter(|figure| figure.is_some()).count()
            + usize::from(floor.no_cap)
            + usize::from(!floor.not_payable.is_empty())
            + usize::from(!floor.visits.is_empty());
        assert_eq!(figures, 1, "{}", floor.id);
        assert!(floor.from.is_some(), "{}", floor.id);
        assert!(!finding.national_source.is_empty(), "{}", floor.id);
        let document = national.document(&floor.source).unwrap();
        let secondary = finding.national_source.ends_with("[secondary]");
        assert_eq!(secondary, document.url.is_some(), "{}: what was read has an address", floor.id);
    }
}

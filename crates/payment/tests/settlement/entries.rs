//! Dated entries: reviews, disputes, differences, advances; what was known when, and what is refused.

use std::fs;

use yibao_kernel::Day;
use yibao_payment::pack;
use yibao_payment::pack::reference::ReferenceFolder;
use yibao_payment::plan::{CompileInput, Plan};
use yibao_payment::settle::entries::apply;
use yibao_payment::settle::{Options, SettleError, settle};
use yibao_payment::settled::accounts::AccountOf;
use yibao_payment::settled::entries::EntryStatus;
use yibao_payment::settled::{Route, Settled};
use yibao_record::stays::Symbols;

use super::support::{FICTIONAL, stays_of};
use super::*;

const REVIEWS: &str = "case_id,on,known,step,reason,decision,amount,panel\n";
const DISPUTES: &str = "case_id,on,known,step,claimed_group,decision,new_group,new_adrg,new_mdc\n";
const DIFFERENCES: &str = "case_id,on,known,reason,closed,institution,insurance,method,district,was,now,amount\n";
const ADVANCES: &str = "institution,insurance,on,known,amount\n";

/// A pack with files of entries: kind, heading, rows, further keys.
struct Desk {
    text: String,
    files: Vec<(String, String)>,
    known: Option<&'static str>,
    month: Option<u8>,
}

impl Desk {
    fn new(text: String) -> Self {
        Self { text, files: Vec::new(), known: None, month: None }
    }

    /// By points, fund basis, base points 80 and 200, 5,000 yuan; `pool` is the rest of the pool.
    fn points(steps: &str, pool: &str) -> Self {
        Self::new(points_pack("fund", &(chain(steps) + &clear()), "5000.00", pool))
    }

    fn with(mut self, kind: &str, rows: &str) -> Self {
        let (heading, rest) = match kind {
            "review" => (REVIEWS, ""),
            "dispute" => (DISPUTES, ""),
            "difference" => (DIFFERENCES, "borne_by = \"reserve\"\n"),
            _ => (ADVANCES, ""),
        };
        self = self.and(&format!("\n[[entries]]\nkind = \"{kind}\"\nfile = \"{kind}.csv\"\n{rest}{{source}}\n"));
        self.files.push((format!("{kind}.csv"), format!("{heading}{rows}")));
        self
    }

    fn and(mut self, more: &str) -> Self {
        self.text += more;
        self
    }

    fn known(mut self, day: &'static str) -> Self {
        self.known = Some(day);
        self
    }

    fn month(mut self, month: u8) -> Self {
        self.month = Some(month);
        self
    }

    fn compile(&self, symbols: &mut Symbols) -> Result<Plan, String> {
        let folder = tempfile::tempdir().unwrap();
        let sidecar = format!("{FICTIONAL}\nabout = \"test\"\n");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("pack.toml", &self.text.replace("{source}", FICTIONAL));
        let institutions = ("institutions.csv".to_owned(), INSTITUTIONS_WITH_SCORES.to_owned());
        for (name, text) in self.files.iter().chain([&institutions]) {
            write(name, text);
            write(&format!("{name}.source.toml"), &sidecar);
        }
        let (folder, pack) = pack::load(folder.path()).map_err(|found| found.to_string())?;
        let input = CompileInput {
            folder: &folder,
            pack: &pack,
            year: 2025,
            methods: None,
            known: self.known.map(|day| Day::parse(day).unwrap()),
            reference: &ReferenceFolder(None),
            institutions_of_stays: &[],
        };
        Plan::compile(&input, symbols).map_err(|found| found.to_string())
    }

    fn settle(&self, rows: &[Row]) -> Result<Settled, SettleError> {
        let mut symbols = Symbols::default();
        let plan = self.compile(&mut symbols).unwrap_or_else(|error| panic!("{error}"));
        let mut stays = stays_of(rows, &mut symbols);
        let applied = apply(&plan, &mut stays, &mut symbols);
        let month = self.month.map(|month| (2025, month));
        settle(&plan, &stays, &Options { entries: Some(&applied), month, ..Options::new(&symbols) })
    }

    fn settled(&self, rows: &[Row]) -> Settled {
        self.settle(rows).unwrap_or_else(|error| panic!("{error}"))
    }

    fn refused_pack(&self) -> String {
        self.compile(&mut Symbols::default()).unwrap_err()
    }
}

const INSTITUTIONS_WITH_SCORES: &str = "institution,name,level,district,tcm,growth\nH1,First,tertiary,all,0.20,0.05\nH2,Second,secondary,all,0.05,0.00\nH3,Third,secondary,all,0.10,0.20\n";

const DISPUTE: &str = "\n[dispute]\nwindow_days = 5\ndays = \"working\"\nfrom = \"preview\"\n{source}\n\n[[preview]]\nmonth = \"2025-03\"\npublished = \"2025-04-10\"\n{source}\n";

const TEST: &str = "\n[[advance.test]]\nmonths = \"6\"\nreserve_months = \"8\"\n{source}\n";

fn reviewed() -> String {
    let all_mean = step("m", "all", "all_mean", "value = \"10000.00\"");
    let rest = "quota = { share = \"0.5\", of = \"discharges\", scope = \"region\", rank_by = \"cost\" }\nover_quota = \"standard\"";
    all_mean + &step("m", "review", "special_review", rest)
}

fn reviews(rows: &str) -> Desk {
    let text = points_pack("fund", &(reviewed() + &chain("") + &clear()), "50000.00", "");
    Desk::new(text).with("review", rows)
}

fn four() -> [Row; 4] {
    [
        stay("A", "H1", "G1", 30000),
        stay("B", "H1", "G1", 8000),
        stay("C", "H2", "G1", 8000),
        stay("D", "H2", "G2", 20000),
    ]
}

/// Line, status and code of every entry.
fn became(settled: &Settled) -> Vec<(u32, &str, &str)> {
    settled.entries.entries.iter().map(|entry| (entry.line, entry.status.word(), entry.code)).collect()
}

fn refusal_of(settled: &Settled, line: u32) -> &str {
    let entry = settled.entries.entries.iter().find(|entry| entry.line == line).unwrap();
    assert_eq!(entry.status, EntryStatus::Refused);
    &entry.reason.en
}

#[test]
fn an_application_waits_until_its_decision_is_known() {
    let rows = "A,2025-04-01,2025-04-01,applied,long_stay,,,\nA,2025-05-10,2025-05-10,panel,,,,three of five\nA,2025-05-20,2025-06-01,decided,,adjusted,25000.00,five members\n";
    let before = reviews(rows).known("2025-05-31").settled(&four());
    assert_eq!(before.cases.outcome.get(0).unwrap().route, Route::Held);
    assert_eq!(points_of(&before), [0, 800_000, 800_000, 2_000_000]);
    assert_eq!(became(&before), [(2, "waits", ""), (3, "noted", "")]);
    let words_before = words(&before, 0);
    assert!(
        words_before.contains("applied on 2025-04-01 (known 2025-04-01) for long_stay, not decided yet"),
        "{words_before}"
    );
    let after = reviews(rows).known("2025-06-01").settled(&four());
    assert_eq!(after.cases.outcome.get(0).unwrap().route, Route::SpecialReview);
    assert_eq!(points_of(&after), [2_500_000, 800_000, 800_000, 2_000_000]);
    assert_eq!(became(&after), [(2, "noted", ""), (3, "noted", ""), (4, "used", "")]);
    let words_after = words(&after, 0);
    assert!(
        words_after.contains("decided on 2025-05-20 (known 2025-06-01): adjusted, panel five members"),
        "{words_after}"
    );
}

#[test]
fn what_is_appended_later_changes_nothing_as_of_an_earlier_day() {
    let short = "A,2025-04-01,2025-04-01,applied,high_use,,,\nA,2025-05-20,2025-06-01,decided,,items,,panel\n";
    let long = format!(
        "{short}B,2025-06-02,2025-06-02,applied,other,,,\nA,2025-06-03,2025-06-03,applied,new facts,,,\nA,2025-07-01,2025-07-01,decided,,refused,,panel\n"
    );
    let (first, second) =
        (reviews(short).known("2025-06-01").settled(&four()), reviews(&long).known("2025-06-01").settled(&four()));
    assert_eq!(first.cases.paid, second.cases.paid);
    let reasons = |settled: &Settled| -> Vec<Vec<u8>> {
        let all = &settled.cases.explanations;
        (0..all.len()).map(|case| all.get(case).unwrap().into_owned()).collect()
    };
    assert_eq!(reasons(&first), reasons(&second));
    assert_eq!(first.entries, second.entries);
}

#[test]
fn the_last_decision_after_a_new_application_counts() {
    let rows = "A,2025-04-01,2025-04-01,applied,long_stay,,,\nA,2025-05-01,2025-05-01,decided,,refused,,p\nA,2025-05-02,2025-05-02,applied,complex_critical,,,\nA,2025-05-03,2025-05-03,decided,,items,,q\n";
    // While the second application is open the first decision stands.
    let open = reviews(rows).known("2025-05-02").settled(&four());
    assert_eq!(open.cases.outcome.get(0).unwrap().route, Route::Group);
    assert_eq!(became(&open), [(2, "noted", ""), (3, "used", ""), (4, "waits", "")]);
    let closed = reviews(rows).settled(&four());
    assert_eq!(closed.cases.outcome.get(0).unwrap().amount, yuan("21000"));
    assert_eq!(became(&closed), [(2, "noted", ""), (3, "noted", ""), (4, "noted", ""), (5, "used", "")]);
}

#[test]
fn a_decision_counts_against_the_quota() {
    let all = |id: &str| format!("{id},2025-04-01,2025-04-01,applied,long_stay,,,\n");
    let decided = |id: &str| format!("{id},2025-04-02,2025-04-02,decided,,items,,p\n");
    let ids = ["A", "B", "C"];
    let rows = ids.map(all).concat() + &ids.map(decided).concat();
    // Half of four discharges: A, then B before C by id.
    let settled = reviews(&rows).settled(&four());
    let routes = settled.cases.outcome.iter().map(|outcome| outcome.route).collect::<Vec<_>>();
    assert_eq!(routes, [Route::SpecialReview, Route::SpecialReview, Route::Group, Route::Group]);
}

#[test]
fn review_entries_out_of_order_are_refused_and_the_case_keeps_its_rule() {
    let rows = "A,2025-04-01,2025-04-01,decided,,items,,p\nB,2025-04-01,2025-04-02,applied,,,,\nC,2025-04-01,2025-04-02,applied,other,,,\nC,2025-04-01,2025-04-02,applied,other,,,\nC,2025-03-31,2025-04-02,decided,,items,,p\nC,2025-04-03,2025-04-03,decided,,,,p\nC,2025-04-03,2025-04-03,decided,,adjusted,,p\nC,2025-04-03,2025-04-03,decided,,standard,,p\nC,2025-04-04,2025-04-04,decided,,items,,p\nX,2025-04-04,2025-04-04,applied,other,,,\nA,2025-04-09,2025-04-08,applied,other,,,\nA,2025-04-03,2025-04-03,applied,other,,,\nA,2025-04-09,2025-04-09,panel,,,,p\n";
    let settled = reviews(rows).settled(&four());
    let told: Vec<_> = became(&settled);
    assert_eq!(
        told,
        [
            (2, "refused", "not_applied"),
            (3, "refused", "no_reason"),
            (4, "noted", ""),
            (5, "refused", "applied_twice"),
            (6, "refused", "before_its_cause"),
            (7, "refused", "no_decision"),
            (8, "refused", "no_amount"),
            (9, "used", ""),
            (10, "refused", "decided_twice"),
            (11, "refused", "unknown_case"),
            (12, "refused", "known_before_event"),
            (13, "refused", "back_dated"),
            (14, "refused", "not_applied"),
        ]
    );
    assert_eq!(settled.cases.outcome.get(0).unwrap().route, Route::Group);
    assert_eq!(settled.cases.outcome.get(2).unwrap().route, Route::SpecialReview);
    for (line, reason) in [
        (2, "there is no application before it; hint: enter step applied first"),
        (3, "an application without a reason; hint: fill `reason`, like long_stay"),
        (5, "the application of line 4 is not decided yet; hint: wait for its decision"),
        (6, "it happened before what it answers (2025-04-01); hint: correct `on`"),
        (7, "a decision that decides nothing; hint: fill `decision`: items, standard, adjusted or refused"),
        (8, "an adjusted standard without an amount of 0 or more; hint: fill `amount` in yuan"),
        (
            10,
            "decided already in line 9; hint: a second review decision needs a new application; a dispute is decided once",
        ),
        (11, "no stay has the id \"X\"; hint: ids are compared byte by byte; check the files of stays"),
        (12, "known before it happened; hint: correct `on` or `known`"),
        (
            13,
            "known earlier than a row above it (2025-04-08): the file is append-only; hint: append it with the day it is entered as `known`",
        ),
    ] {
        assert_eq!(refusal_of(&settled, line), reason);
    }
}

#[test]
fn a_review_of_a_method_without_one_is_refused() {
    let rows = "A,2025-04-01,2025-04-01,applied,long_stay,,,\n";
    let settled = Desk::points("", "").with("review", rows).settled(&four());
    assert_eq!(
        refusal_of(&settled, 2),
        "the case is paid by \"m\", which has no special_review step; hint: add a special_review step to the method"
    );
    assert_eq!(settled.cases.outcome.get(0).unwrap().route, Route::Group);
}

#[test]
fn an_upheld_dispute_regroups_the_case() {
    let rows = "B,2025-04-17,2025-04-17,raised,G2,,,,\nB,2025-04-28,2025-05-06,decided,,upheld,G2,GA,M\n";
    let desk = |known| Desk::points("", "").and(DISPUTE).with("dispute", rows).known(known);
    let before = desk("2025-05-05").settled(&four());
    assert_eq!(points_of(&before), [800_000, 800_000, 800_000, 2_000_000]);
    assert_eq!(became(&before), [(2, "waits", "")]);
    let told = words(&before, 1);
    assert!(told.contains("raised on 2025-04-17 for G2, not upheld: the group stands"), "{told}");
    let after = desk("2025-05-06").settled(&four());
    assert_eq!(points_of(&after), [800_000, 2_000_000, 800_000, 2_000_000]);
    let told = words(&after, 1);
    assert!(told.contains("raised on 2025-04-17, upheld on 2025-04-28 (known 2025-05-06): from G1 to G2"), "{told}");
    // The month's result changes with it.
    let month = |known| desk(known).month(3).settled(&four()).cases.paid;
    assert_ne!(month("2025-05-05"), month("2025-05-06"));
}

#[test]
fn a_dispute_counts_on_the_last_day_of_the_window_and_not_after() {
    // Published on Thursday 10 April 2025: five working days end on the 17th.
    let raised = |day: &str| format!("B,{day},2025-05-01,raised,G2,,,,\n");
    for (day, code) in
        [("2025-04-09", "outside_window"), ("2025-04-10", ""), ("2025-04-17", ""), ("2025-04-18", "outside_window")]
    {
        let settled = Desk::points("", "").and(DISPUTE).with("dispute", &raised(day)).settled(&four());
        assert_eq!(settled.entries.entries[0].code, code, "{day}");
    }
    let settled = Desk::points("", "").and(DISPUTE).with("dispute", &raised("2025-04-18")).settled(&four());
    assert_eq!(
        refusal_of(&settled, 2),
        "raised on 2025-04-18, outside the dispute window (published 2025-04-10, until 2025-04-17); hint: after the closing, an appeal is a difference of a closed period"
    );
}

#[test]
fn disputes_that_are_not_in_order_are_refused() {
    let april =
        Row { discharge: "2025-05-08".to_owned(), admission: "2025-05-01".to_owned(), ..stay("E", "H1", "G1", 8000) };
    let mut stays = four().to_vec();
    stays.push(april);
    let rows = "A,2025-04-11,2025-04-11,decided,,upheld,G2,,\nB,2025-04-11,2025-04-11,raised,,,,,\nC,2025-04-11,2025-04-11,raised,G2,,,,\nC,2025-04-12,2025-04-12,raised,G2,,,,\nC,2025-04-12,2025-04-12,decided,,upheld,,,\nC,2025-04-12,2025-04-12,decided,,upheld,G7,,\nC,2025-04-12,2025-04-12,decided,,refused,,,\nC,2025-04-13,2025-04-13,decided,,upheld,G2,,\nE,2025-04-13,2025-04-13,raised,G2,,,,\n";
    let settled = Desk::points("", "").and(DISPUTE).with("dispute", rows).settled(&stays);
    assert_eq!(points_of(&settled), [800_000, 800_000, 800_000, 2_000_000, 800_000]);
    for (line, reason) in [
        (
            2,
            "no dispute in order was raised before it; hint: enter step raised first; one outside the window does not count",
        ),
        (3, "a dispute that claims no group; hint: fill `claimed_group`"),
        (5, "disputed already in line 4; hint: a case is disputed once"),
        (6, "upheld without a new group; hint: fill `new_group`"),
        (7, "no table of weights or points has the group \"G7\"; hint: correct `new_group`, or publish its weight"),
        (
            9,
            "decided already in line 8; hint: a second review decision needs a new application; a dispute is decided once",
        ),
        (
            10,
            "no preview of 2025-05 is stated: no dispute window is open; hint: add [[preview]] with the month and its day of publication",
        ),
    ] {
        assert_eq!(refusal_of(&settled, line), reason);
    }
}

const LATE: &str = "L1,2025-02-01,2025-02-01,late,2024,H3,all,m,all,0.00,300.00,300.00\nL2,2025-02-01,2025-02-01,audit,2024,H1,all,m,all,100.00,0.00,-100.00\n";
const RESERVE: &str = "[pool.reserve]\nopening = \"1000.00\"\n{source}";

#[test]
fn differences_of_closed_periods_are_due_and_borne_by_the_reserve() {
    let settled = Desk::points("", RESERVE).with("difference", LATE).settled(&four());
    // H3 has no stay of its own in the open year.
    let rows: Vec<_> = settled.rows.iter().map(|row| (row.institution, row.cases, row.difference, row.due)).collect();
    assert_eq!(rows[0].2, yuan("-100"));
    assert_eq!(rows[2], (2, 0, yuan("300"), yuan("300")));
    assert_eq!(settled.rows[0].due, settled.rows[0].cleared.checked_sub(yuan("100")).unwrap());
    let pool = &settled.pools[0];
    assert_eq!((pool.difference, pool.reserve_out, pool.reserve_closing), (yuan("200"), yuan("200"), yuan("800")));
    let told = row_words(&settled, 2);
    assert!(
        told.contains("1 differences of closed periods: paid 300.00, recovered 0.00, together 300.00; see entries.csv"),
        "{told}"
    );
    let told = pool_words(&settled);
    assert!(told.contains("differences of closed periods, together 200.00: borne by reserve"), "{told}");
    let region = settled.accounts.last().unwrap();
    assert_eq!((region.of, region.difference, region.reserve_closing), (AccountOf::Region, 20_000, Some(80_000)));
}

#[test]
fn the_next_year_or_the_residual_can_bear_differences() {
    let with = |bearer: &str| {
        let mut desk = Desk::points("", RESERVE).with("difference", LATE);
        desk.text = desk.text.replace("borne_by = \"reserve\"", &format!("borne_by = \"{bearer}\""));
        desk.settled(&four())
    };
    for bearer in ["next_year", "residual"] {
        let settled = with(bearer);
        let pool = &settled.pools[0];
        assert_eq!((pool.carried, pool.reserve_closing), (yuan("-200"), yuan("1000")), "{bearer}");
    }
}

#[test]
fn a_difference_is_booked_in_the_period_in_which_it_was_known() {
    let later = LATE.replace("2025-02-01,2025-02-01", "2025-02-01,2026-01-15");
    let settled = Desk::points("", RESERVE).with("difference", &later).settled(&four());
    assert_eq!(became(&settled), [(2, "elsewhere", ""), (3, "elsewhere", "")]);
    assert_eq!(settled.rows.len(), 2);
    let march = Desk::points("", RESERVE).with("difference", LATE).month(3).settled(&four());
    assert!(march.rows.iter().all(|row| row.difference.is_zero()));
    let known = Desk::points("", RESERVE).with("difference", LATE).known("2025-01-31").settled(&four());
    assert!(known.entries.entries.is_empty());
}

#[test]
fn a_reserve_that_cannot_pay_the_differences_refuses_the_year() {
    let more = LATE.replace("300.00,300.00", "3000.00,3000.00");
    assert_eq!(
        Desk::points("", RESERVE).with("difference", &more).settle(&four()).unwrap_err().to_string(),
        "the reserve of pool \"pool\" would go negative: it holds 1000.00 yuan and the differences of closed periods takes 2900.00 yuan\n  hint: put more into the reserve, or let `borne_by` of the entries be \"next_year\""
    );
}

#[test]
fn a_difference_of_an_unknown_key_is_refused() {
    let rows = "L1,2025-02-01,2025-02-01,late,2024,H9,all,m,all,0.00,300.00,300.00\nL1,2025-02-01,2025-02-01,late,2024,H1,all,dip,all,0.00,300.00,300.00\n";
    let settled = Desk::points("", RESERVE).with("difference", rows).settled(&four());
    assert_eq!(
        refusal_of(&settled, 2),
        "the pack has no institution \"H9\"; hint: correct the column, or declare it in the pack"
    );
    assert_eq!(
        refusal_of(&settled, 3),
        "the pack has no method in force \"dip\"; hint: correct the column, or declare it in the pack"
    );
    assert!(settled.rows.iter().all(|row| row.difference.is_zero()));
}

#[test]
fn an_advance_is_a_receivable_and_never_due() {
    let rows = "H1,all,2024-06-01,2024-06-01,500.00\nH1,all,2025-01-10,2025-01-10,1000.00\nH3,all,2025-01-10,2025-01-10,70.00\nH1,all,2025-11-30,2025-12-01,-300.00\nH1,all,2026-02-01,2026-02-01,-1200.00\n";
    let plain = Desk::points("", "").settled(&four());
    let settled = Desk::points("", "").and(TEST).with("advance", rows).settled(&four());
    let due = |settled: &Settled| settled.rows.iter().map(|row| (row.prepaid, row.due)).collect::<Vec<_>>();
    assert_eq!(due(&settled), due(&plain));
    let first = &settled.entries.receivables[0];
    assert_eq!(
        (first.opening, first.given, first.repaid, first.closing),
        (yuan("500"), yuan("1000"), yuan("300"), yuan("1200"))
    );
    assert_eq!(became(&settled).last(), Some(&(6, "elsewhere", "")));
    // H3 has no clearing row and a line of its own in the final accounts.
    let third = settled.accounts.iter().find(|line| line.of == AccountOf::Institution(2)).unwrap();
    assert_eq!((third.due, third.receivable), (0, Some(7_000)));
}

#[test]
fn an_advance_needs_the_reserve_test_and_repayments_need_an_advance() {
    let rows = "H1,all,2025-01-10,2025-01-10,1000.00\nH1,all,2025-01-11,2025-01-11,-1.00\nH1,city,2025-01-11,2025-01-11,1.00\nH9,all,2025-01-11,2025-01-11,1.00\n";
    let failing = TEST.replace("\"8\"", "\"5.5\"");
    let settled = Desk::points("", "").and(&failing).with("advance", rows).settled(&four());
    assert!(settled.entries.receivables.is_empty());
    for (line, reason) in [
        (
            2,
            "the reserve of \"all\" covers 5.5 months, fewer than the 6 an advance needs; hint: no advance may be given; correct [[advance.test]] if the reserve has grown",
        ),
        (3, "1.00 repaid, more than the 0.00 outstanding; hint: correct `amount`"),
        (4, "the pack has no insurance \"city\"; hint: correct the column, or declare it in the pack"),
        (5, "the pack has no institution \"H9\"; hint: correct the column, or declare it in the pack"),
    ] {
        assert_eq!(refusal_of(&settled, line), reason);
    }
}

const ASSESSMENT: &str = "\n[assessment.quality]\ntitle = { zh = \"年度考核\", en = \"yearly assessment\" }\n{source}\nindicators = [\n  { id = \"tcm\", title = { zh = \"中医占比\", en = \"TCM share\" }, column = \"tcm\", weight_by_level = { tertiary = \"0.4\", secondary = \"0.25\" }, zero_at = \"0\", full_at = \"0.15\" },\n  { id = \"growth\", title = { zh = \"费用增长\", en = \"cost growth\" }, column = \"growth\", weight_by_level = { tertiary = \"0.6\", secondary = \"0.75\" }, zero_at = \"0.10\", full_at = \"0\" },\n]\n";

fn deposit() -> String {
    step(
        "m",
        "deposit",
        "deposit",
        "rate = \"0.05\"\ntable = \"assessment:quality\"\nfull_at = \"95\"\nbelow = \"score_over_100\"",
    )
}

fn assessed(assessment: &str) -> Desk {
    let text = points_pack("fund", &(chain("") + &clear() + &deposit()), "5000.00", "");
    Desk::new(text).and(assessment)
}

#[test]
fn an_assessment_is_a_score_table_and_tells_its_indicators() {
    let settled = assessed(ASSESSMENT).settled(&four());
    // H1: 0.4 × 100 + 0.6 × 50 = 70. H2: 0.25 × 33.33… + 0.75 × 100 = 83.33.
    let totals: Vec<String> = settled.entries.assessments.iter().map(|row| row.total.to_string()).collect();
    assert_eq!(totals, ["70.00", "70.00", "83.33", "83.33", "16.67", "16.67"]);
    let cleared = settled.rows[0].cleared.get();
    assert_eq!(settled.rows[0].withheld.get(), (cleared * 5 + 50) / 100 - ((cleared * 5 + 50) / 100 * 70 + 50) / 100);
    let told = row_words(&settled, 0);
    for line in [
        "TCM share: value 0.2, score 100, weight 0.4",
        "cost growth: value 0.05, score 50, weight 0.6",
        "yearly assessment: score 70.00",
    ] {
        assert!(told.contains(line), "{line} in\n{told}");
    }
}

#[test]
fn assessments_that_cannot_be_are_refused() {
    for (from, to, message, hint) in [
        (
            "secondary = \"0.25\"",
            "secondary = \"0.20\"",
            "the weights of level \"secondary\" sum to 0.95, not to 1",
            "let the weights of every level sum to 1",
        ),
        (
            "zero_at = \"0\", full_at = \"0.15\"",
            "curve = [{ from = \"0\", times = { slope = \"0\", plus = \"120\" } }]",
            "indicator \"tcm\" scores 120 for institution \"H1\" (value 0.2): outside 0 to 100",
            "end the curve at 0 and at 100",
        ),
        (
            "column = \"tcm\"",
            "column = \"tcn\"",
            "no column \"tcn\" in the institutions' table",
            "did you mean \"tcm\"?",
        ),
        (
            "column = \"tcm\"",
            "column = \"tcm\", table = \"means\"",
            "indicator \"tcm\" has none or both of `column` and `table`",
            "state exactly one of them",
        ),
        (
            "full_at = \"0.15\"",
            "full_at = \"0\"",
            "indicator \"tcm\" scores 0 and 100 at the same value 0",
            "state two values",
        ),
        (
            "tertiary = \"0.4\", secondary",
            "tertiry = \"0.4\", secondary",
            "unknown level \"tertiry\"",
            "did you mean \"tertiary\"?",
        ),
    ] {
        let text = ASSESSMENT.replacen(from, to, 1);
        assert_ne!(text, ASSESSMENT);
        let refused = assessed(&text).refused_pack();
        assert!(refused.contains(message), "{message} in\n{refused}");
        assert!(refused.contains(hint), "{hint} in\n{refused}");
    }
}

#[test]
fn files_of_entries_are_checked_like_tables() {
    let bad = |kind: &str, rows: &str| Desk::points("", "").and(DISPUTE).and(TEST).with(kind, rows).refused_pack();
    for (kind, rows, message) in [
        ("review", "A,2025-02-30,2025-04-01,applied,x,,,\n", "\"on\""),
        ("review", "A,2025-02-28,2025-04-01,aplied,x,,,\n", "unknown step \"aplied\""),
        ("review", "A,2025-02-28,2025-04-01,decided,,allowed,,\n", "unknown decision \"allowed\""),
        ("review", ",2025-02-28,2025-04-01,applied,x,,,\n", "no \"case_id\""),
        ("dispute", "A,2025-02-28,2025-04-01,decided,,maybe,,,\n", "unknown decision \"maybe\""),
        ("difference", "A,2025-02-28,2025-04-01,gift,2024,H1,all,m,all,0,1,1\n", "unknown reason \"gift\""),
        ("difference", "A,2025-02-28,2025-04-01,late,2024,H1,all,m,all,0,1,\n", "no \"amount\""),
        ("advance", "H1,all,2025-02-28,2025-04-01,1.234\n", "\"amount\""),
    ] {
        let refused = bad(kind, rows);
        assert!(refused.contains(message), "{message} in\n{refused}");
        assert!(refused.contains(&format!("{kind}.csv:2")), "{refused}");
        assert!(refused.contains("hint:"), "{refused}");
    }
    let refused = Desk::points("", "").with("dispute", "").refused_pack();
    assert!(refused.contains("disputes without a dispute window"), "{refused}");
    let refused = Desk::points("", "").with("advance", "").refused_pack();
    assert!(refused.contains("prepaid working capital without a test of the fund's reserve"), "{refused}");
    let mut desk = Desk::points("", "").with("difference", "");
    desk.text = desk.text.replace("borne_by = \"reserve\"\n", "");
    let refused = desk.refused_pack();
    assert!(refused.contains("nobody bears the differences of closed periods"), "{refused}");
    let mut desk = Desk::points("", "").with("review", "");
    desk.files[0].1 = REVIEWS.replace("panel", "doctor");
    let refused = desk.refused_pack();
    assert!(refused.contains("no column \"panel\""), "{refused}");
    assert!(refused.contains("unknown column \"doctor\" of entries of kind \"review\""), "{refused}");
}

//! Assessment, sharing, deposit, prepayment, offset over a cleared year.

use super::*;

fn scores() -> String {
    table("scores", "institution", "ratio", &[("H1", "76"), ("H2", "95"), ("H3", "95")])
}

fn with(steps: &str, borne_by_reserve: &str) -> String {
    points_pack("fund", &(chain("") + &clear() + steps), "2800.00", borne_by_reserve) + &scores()
}

fn rows() -> [Row; 2] {
    [stay("A", "H1", "G1", 1000), stay("B", "H2", "G2", 10000)]
}

#[test]
fn a_deposit_is_withheld_in_proportion_to_the_score() {
    let deposit = step(
        "m",
        "deposit",
        "deposit",
        "rate = \"5%\"\ntable = \"scores\"\nfull_at = \"95\"\nbelow = \"score_over_threshold\"",
    );
    let settled = settled(&with(&deposit, ""), &rows());
    assert_eq!(cleared(&settled), ["800", "2000"].map(yuan));
    let withheld: Vec<Fen> = settled.rows.iter().map(|row| row.withheld).collect();
    assert_eq!(withheld, ["8", "0"].map(yuan));
    assert_eq!(settled.rows[0].due, yuan("792"));
}

#[test]
fn an_assessment_saves_for_the_reserve_or_is_renormalised() {
    let assess = |saving_to: &str| {
        let rest = format!(
            "table = \"scores\"\nsaving_to = \"{saving_to}\"\ncurve = [ {{ below = \"95\", times = {{ slope = \"0\", plus = \"0.9\" }} }}, {{ from = \"95\", times = {{ slope = \"0\", plus = \"1\" }} }} ]"
        );
        settled(&with(&step("m", "assess", "assess", &rest), ""), &rows())
    };
    let assessed = |settled: &Settled| settled.rows.iter().map(|row| row.assessed).collect::<Vec<_>>();
    let reserve = assess("reserve");
    assert_eq!(assessed(&reserve), ["-80", "0"].map(yuan));
    assert_eq!(reserve.pools[0].reserve_closing, yuan("80"));
    let renormalised = assess("renormalise");
    assert_eq!(assessed(&renormalised), ["-58.82", "58.82"].map(yuan));
    assert_eq!(renormalised.pools[0].reserve_closing, yuan("0"));
}

#[test]
fn a_prepayment_is_counted_month_by_month_and_offset() {
    let steps = step("m", "prepay", "monthly_prepay", "rate = \"0.85\"") + &step("m", "offset", "offset", "");
    let april = Row { discharge: "2025-04-02".to_owned(), cost: 10_001, patient: 3, ..stay("C", "H1", "G1", 0) };
    let [first, second] = rows();
    let settled = settled(&with(&steps, ""), &[first, second, april]);
    let prepaid: Vec<(u32, Fen)> = settled.monthly.iter().map(|month| (month.row, month.prepaid)).collect();
    assert_eq!(prepaid, [(0, yuan("595")), (0, yuan("84.98")), (1, yuan("5950"))]);
    assert_eq!(settled.rows[0].prepaid, yuan("679.98"));
    assert_eq!(settled.rows[1].due, yuan("-4394.44"));
}

#[test]
fn savings_given_back_to_the_residual_reach_whoever_bears_it() {
    let share = r#"overrun_from = "reserve"
saving_to = "residual"
curve = [
  { upto = "1", times = { slope = "1", plus = "0" } },
  { above = "1", times = { slope = "1", plus = "0" } },
]"#;
    let of = |borne_by: &str| {
        let text = with(&step("m", "share", "share", share), "");
        // H1 accounted 700 of 800 and gives 100 back; H2 asks for 5,000.
        settled(&text.replace("borne_by = \"next_year\"", &format!("borne_by = \"{borne_by}\"")), &rows())
    };
    let shared = |settled: &Settled| settled.rows.iter().map(|row| row.shared).collect::<Vec<_>>();
    let next_year = of("next_year");
    assert_eq!(shared(&next_year), ["-100", "0"].map(yuan));
    let words = pool_words(&next_year);
    assert!(words.contains("savings given back by the sharing rule: 100.00"), "{words}");
    assert!(words.contains("100.00 carried to the next year"), "{words}");
    // In the reserve it pays overruns at once.
    let reserve = of("reserve");
    assert_eq!(shared(&reserve), ["-100", "100"].map(yuan));
    assert_eq!((reserve.pools[0].reserve_out, reserve.pools[0].reserve_closing), (yuan("100"), yuan("0")));
}

#[test]
fn an_opening_reserve_pays_overruns_until_it_runs_out() {
    let share = r#"overrun_from = "reserve"
saving_to = "reserve"
curve = [
  { upto = "1", times = { slope = "0", plus = "1" } },
  { above = "1", times = { slope = "1", plus = "0" } },
]"#;
    let reserve = "[pool.reserve]\nopening = \"100.00\"\n{source}";
    let settled = settled(&with(&step("m", "share", "share", share), reserve), &rows());
    // H1 accounted 700 of 800 cleared; H2 accounted 7,000 of 2,000: asks for 5,000, the reserve holds 100.
    let shared: Vec<(Fen, Fen)> = settled.rows.iter().map(|row| (row.share_wanted, row.shared)).collect();
    assert_eq!(shared, [("0", "0"), ("5000", "100")].map(|(a, b)| (yuan(a), yuan(b))));
    assert_eq!((settled.pools[0].reserve_out, settled.pools[0].reserve_closing), (yuan("100"), yuan("0")));
}

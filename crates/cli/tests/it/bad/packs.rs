//! Packs that cannot be used for what is asked: refused as a whole with file, line and hint, nothing written.

use crate::program::Desk;

#[test]
fn a_key_with_a_typo() {
    let desk = Desk::with_region();
    desk.edit("region/points.toml", "times = \"0.7\"", "tmies = \"0.7\"");
    desk.refuses(
        &[],
        "error: unknown key \"tmies\" in method.drg_points.step[2]\n  --> region/points.toml:26\n  hint: did you mean \"times\"?",
    );
}

#[test]
fn a_value_without_a_source() {
    let desk = Desk::with_region();
    desk.edit("region/points.toml", "to = \"items\"\nsource = { fictional = true }\n", "to = \"items\"\n");
    desk.refuses(
        &[],
        "error: no source in method.drg_points.step[1]\n  --> region/points.toml:14\n  hint: say where it comes from: source = { document = \"…\", article = \"…\" }, the name of one in [sources], or { fictional = true }",
    );
}

#[test]
fn a_value_the_source_leaves_open() {
    let desk = Desk::with_region();
    desk.edit("region/points.toml", "value = \"10000.00\"", "value = \"open\"");
    desk.refuses(
        &[],
        "error: method.drg_points.step[3].value is open: its source does not state it\n  --> region/points.toml:32\n  hint: replace \"open\" by the value and cite where it is stated; until then settling refuses",
    );
}

#[test]
fn a_budget_the_source_leaves_open() {
    let desk = Desk::with_region();
    desk.edit("region/points.toml", "amount = \"120000.00\"", "amount = \"open\"");
    let run = desk.settle(&[]).ended(2);
    let message = "error: pool[1].amount is open: its source does not state it\n  --> region/points.toml:180\n  hint: replace \"open\" by the value and cite where it is stated; until then settling refuses";
    assert!(run.err.starts_with(message), "{}", run.err);
    assert_eq!(desk.names(), ["region"]);
}

#[test]
fn a_budget_smaller_than_its_deductions() {
    let desk = Desk::with_region();
    desk.edit("region/points.toml", "amount = \"250000.00\"", "amount = \"18000.00\"");
    desk.refuses(
        &[],
        "error: the deductions of pool \"employee-points\" exceed its budget 19234.56 by 765.44\n  --> region/points.toml:146\n  hint: lower the deductions or raise the budget",
    );
}

#[test]
fn no_points_to_divide_a_pool_by() {
    let desk = Desk::with_region();
    desk.edit(
        "region/points.toml",
        "when = { field = \"los_days\", gt = 60 }",
        "when = { field = \"los_days\", ge = 0 }",
    );
    desk.refuses(
        &[],
        "error: 0 points in pool \"employee-points\": there is no point value\n  hint: no stay of the pool earned points; check the scope and the routes of its methods, or leave the pool out of the year",
    );
}

#[test]
fn stays_by_item_that_take_more_than_there_is() {
    let desk = Desk::with_region();
    desk.edit(
        "region/points.toml",
        "when = { field = \"los_days\", gt = 60 }",
        "when = { field = \"los_days\", gt = 8 }",
    );
    desk.edit("region/points.toml", "amount = \"120000.00\"", "amount = \"1000.00\"");
    let run = desk.settle(&[]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.starts_with(
            "error: pool \"resident-points\" has 950.00 yuan to distribute, but the stays paid by item or by rate take "
        ),
        "{}",
        run.err
    );
}

#[test]
fn a_year_without_stays() {
    let desk = Desk::with_region();
    for name in ["pack.toml", "points.toml", "rate.toml"] {
        let name = format!("region/{name}");
        let text = desk.text(&name).replace("year = 2025", "year = 2027").replace("on = 2025-07-01", "on = 2027-07-01");
        desk.write(&name, text);
    }
    desk.refuses(
        &[],
        "error: no stay was discharged in 2027: 41 stays read, all of other periods\n  hint: check the discharge dates, or settle another year",
    );
}

#[test]
fn a_year_the_pack_does_not_have() {
    Desk::with_region()
        .refuses(&["--year", "2019"], "error: the pack has no year 2019\n  hint: it has 2025; add a [[year]] table");
}

#[test]
fn a_method_the_pack_does_not_have() {
    Desk::with_region().refuses(
        &["--method", "drg_rates"],
        "error: unknown method \"drg_rates\"\n  --> region/pack.toml:13\n  hint: did you mean \"drg_rate\"?",
    );
}

#[test]
fn a_knowledge_day_that_is_none() {
    let run = Desk::with_region().settle(&["--known", "last week"]).ended(2);
    assert!(run.err.starts_with("error: --known last week: "), "{}", run.err);
    assert!(run.err.trim_end().ends_with("\n  hint: write a day like 2025-12-31"), "{}", run.err);
}

#[test]
fn reference_data_that_is_not_there() {
    let desk = Desk::with_region();
    desk.edit(
        "region/pack.toml",
        "stays = [{ file = \"stays.csv\" }]",
        "stays = [{ reference = \"region/stays.csv\", obtain = \"the region's open-data page\" }]",
    );
    desk.refuses(
        &[],
        "error: the pack reads the reference file region/stays.csv, and no reference-data folder is named\n  hint: get it (the region's open-data page), put it at FOLDER/region/stays.csv, and name the folder with --data FOLDER or YIBAO_DATA",
    );
    desk.refuses(
        &["--data", "data"],
        "error: the public file \"region/stays.csv\" is not in the reference-data folder\n  --> region/pack.toml:37\n  hint: obtain it (the region's open-data page) and name its folder with --data or YIBAO_DATA",
    );
    desk.write("data/region/stays.csv", desk.text("region/stays.csv"));
    desk.settle(&["--data", "data"]).ended(0);
}

#[test]
fn a_table_of_the_reference_data_that_is_not_there() {
    let desk = Desk::with_region();
    desk.edit(
        "region/pack.toml",
        "[table.weights]\nfile = \"groups.csv\"\n",
        "[table.weights]\nreference = \"region/groups.csv\"\nobtain = \"the region's open-data page\"\n",
    );
    desk.refuses(
        &[],
        "error: the public file \"region/groups.csv\" is not in the reference-data folder\n  --> region/pack.toml:54\n  hint: obtain it (the region's open-data page) and name its folder with --data or YIBAO_DATA",
    );
}

#[test]
fn no_pack_at_all() {
    let desk = Desk::empty();
    desk.refuses(
        &[],
        "error: cannot read the pack's folder: it does not exist\n  --> region\n  hint: check the path of the pack's folder",
    );
}

#[test]
fn an_output_folder_that_holds_something_else() {
    let desk = Desk::with_region();
    desk.write("out/thesis.docx", "years of work");
    desk.refuses(
        &[],
        "error: out exists and is not a settled folder\n  hint: name another folder with -o, or remove it yourself",
    );
    assert_eq!(desk.text("out/thesis.docx"), "years of work");
}

#[test]
fn an_older_result_and_an_empty_folder_are_replaced() {
    let desk = Desk::with_region();
    std::fs::create_dir(desk.path("out")).unwrap();
    desk.settle(&["--method", "drg_rate"]).ended(0);
    let by_rate = desk.text("out/clearing.csv");
    desk.settle(&[]).ended(0);
    assert_ne!(desk.text("out/clearing.csv"), by_rate);
    assert_eq!(desk.names(), ["out", "region"], "nothing of the older one is left");
}

#[test]
fn a_failed_run_leaves_the_older_result() {
    let desk = Desk::with_region();
    desk.settle(&[]).ended(0);
    let older = desk.text("out/manifest.json");
    desk.edit("region/points.toml", "amount = \"250000.00\"", "amount = \"18000.00\"");
    assert_eq!(desk.settle(&[]).code, 2);
    assert_eq!(desk.text("out/manifest.json"), older);
    crate::settled::Folder(desk.path("out")).whole();
}

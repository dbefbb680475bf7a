//! `yibao catalogue`: foreign lists, what changed, what holds.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::program::{Desk, reference_data};
use super::split_table::desk;

const MAP: &str = "[columns]
code = \"编码\"
name = \"名称\"
class = \"类别\"
limit = \"支付标准\"
from = \"起始日期\"
[constant]
kind = \"drug\"
[values.class]
\"甲\" = \"A\"
\"乙\" = \"B\"
\"丙\" = \"C\"
";

#[test]
fn the_national_list_is_imported_and_its_bad_rows_stand_beside() {
    let Some(data) = reference_data() else { return };
    let desk = Desk::empty();
    let words = [
        ("医保甲类|西药部分", "A"),
        ("医保甲类|中成药部分", "A"),
        ("医保乙类|西药部分", "B"),
        ("医保乙类|中成药部分", "B"),
        ("医保乙类|西药", "B"),
        ("医保乙类|中成药", "B"),
        ("|基金予以支付的中药饮片", "A"),
        ("|不得纳入基金支付范围的中药饮片", "C"),
    ];
    let words: String = words.iter().map(|(theirs, ours)| format!("\"{theirs}\" = \"{ours}\"\n")).collect();
    let map = "[columns]\ncode = \"id\"\nname = \"name\"\nclass = \"kind_name|drug_type_name\"\n[constant]\nkind = \"drug\"\nfrom = \"2025-01-01\"\n[values.class]\n";
    desk.write("map.toml", format!("{map}{words}"));
    std::fs::copy(data.join("nrdl_goodyeah/nrdl_drugs.csv.gz"), desk.path("list.csv.gz")).unwrap();
    // Twenty-one drugs of a section the mapping does not know.
    let run = desk.run(&["catalogue", "import", "list.csv.gz", "--map", "map.toml", "-o", "cat.csv"]).ended(3);
    assert!(
        run.out.starts_with(
            "4729 个版本 versions of 4729 个项目 items → cat.csv\n21 行未导入 rows left out → cat.refused.csv\n  list.csv.gz:"
        ),
        "{}",
        run.out
    );
    assert_eq!(desk.text("cat.refused.csv").lines().count(), 22);
    assert!(desk.text("cat.csv").starts_with("code,name,kind,class,from\n1,复方硼砂,drug,A,2025-01-01\n"));
    desk.append("map.toml", "\"医保乙类|竞价药品部分\" = \"B\"\n");
    let run = desk.run(&["catalogue", "import", "list.csv.gz", "--map", "map.toml", "-o", "all.csv"]).ended(0);
    assert_eq!(run.out, "4750 个版本 versions of 4750 个项目 items → all.csv\n");
    let run = desk.run(&["catalogue", "diff", "cat.csv", "all.csv"]).ended(0);
    assert!(run.out.ends_with("2025-01-01: 21 个新增 came, 0 个退出 went, 0 处变化 fields changed\n"), "{}", run.out);
    let run = desk.run(&["catalogue", "show", "all.csv", "2", "--on", "2025-06-01"]).ended(0);
    assert!(run.out.contains("→  糠甾醇  drug  B"), "{}", run.out);
}

/// A workbook with numbers, dates, an empty line and bad rows.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("说明").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("目录").unwrap();
    for (column, name) in (0..).zip(["编码", "名称", "类别", "支付标准", "起始日期"]) {
        sheet.write(0, column, name).unwrap();
    }
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let rows =
        [("X1", "甲药", "甲"), ("X2", "乙药", "乙"), ("X3", "丁药", "丁"), ("X1", "甲药", "乙"), ("", "无名", "甲")];
    for (row, (code, name, class)) in [1, 2, 4, 5, 6].into_iter().zip(rows) {
        sheet.write(row, 0, code).unwrap();
        sheet.write(row, 1, name).unwrap();
        sheet.write(row, 2, class).unwrap();
        if class == "乙" {
            sheet.write(row, 3, 12.5).unwrap();
        }
        sheet.write_with_format(row, 4, ExcelDateTime::from_ymd(2025, 1, 1).unwrap(), &date).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_imported() {
    let desk = Desk::empty();
    desk.write("list.xlsx", workbook());
    desk.write("map.toml", format!("sheet = \"目录\"\n{MAP}"));
    let run = desk.run(&["catalogue", "import", "list.xlsx", "--map", "map.toml", "-o", "cat.csv"]).ended(3);
    assert_eq!(
        run.out,
        "2 个版本 versions of 2 个项目 items → cat.csv\n\
         3 行未导入 rows left out → cat.refused.csv\n\
         \u{20} list.xlsx:5: unknown word \"丁\" for \"class\"\n\
         \u{20} list.xlsx:6: two versions of item X1 apply on one day\n\
         \u{20} list.xlsx:7: column \"code\": empty\n"
    );
    assert_eq!(
        desk.text("cat.csv"),
        "code,name,kind,class,limit,from\nX1,甲药,drug,A,,2025-01-01\nX2,乙药,drug,B,12.5,2025-01-01\n"
    );
    assert_eq!(
        desk.text("cat.refused.csv").lines().nth(2).unwrap(),
        "6,two versions of item X1 apply on one day,\"end the one of line 2 first, or say from when this one is `known`\""
    );
}

#[test]
fn a_list_with_a_byte_order_mark_and_short_rows_is_imported() {
    let desk = Desk::empty();
    desk.write("map.toml", MAP);
    desk.write(
        "list.csv",
        "\u{feff}编码,名称,类别,支付标准,起始日期\nX1,甲药,甲,,2025-01-01\n\nX2,乙药\nX3,丙药,丙,,1.1.2025\nX4,乙药,乙,-3,2025-01-01\n",
    );
    let run = desk.run(&["catalogue", "import", "list.csv", "--map", "map.toml", "-o", "cat.csv"]).ended(3);
    assert!(run.out.starts_with("1 个版本 versions of 1 个项目 items → cat.csv\n3 行未导入"), "{}", run.out);
    let refused = desk.text("cat.refused.csv");
    let lines: Vec<&str> = refused.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(lines, ["4", "5", "6"], "{refused}");
}

#[test]
fn a_list_that_cannot_be_read_at_all_is_refused() {
    let desk = Desk::empty();
    let import = ["catalogue", "import", "list.csv", "--map", "map.toml", "-o", "cat.csv"];
    let refused = |list: &[u8], map: &str, message: &str| {
        desk.write("list.csv", list);
        desk.write("map.toml", map);
        assert_eq!(desk.run(&import).ended(2).err, message);
        assert!(!desk.path("cat.csv").exists(), "nothing is written");
    };
    let list = "编码,名称,类别,支付标准,起始日期\nX1,甲药,甲,,2025-01-01\n";
    refused(
        list.as_bytes(),
        &MAP.replace("\"名称\"", "\"品名\""),
        "error: no column \"品名\"\n  --> list.csv:1\n  hint: known: 编码, 名称, 类别, 支付标准, 起始日期\n",
    );
    refused(
        list.as_bytes(),
        &MAP.replace("name =", "nane ="),
        "error: unknown column \"nane\" of a catalogue\n  hint: did you mean \"name\"?\n",
    );
    refused(
        list.as_bytes(),
        &MAP.replace("kind = \"drug\"\n", ""),
        "error: no column \"kind\"\n  --> list.csv:1\n  hint: known: class, code, from, limit, name\n",
    );
    refused(
        list.as_bytes(),
        &MAP.replace("[constant]", "[konstant]"),
        "error: map.toml:7: unknown field `konstant`, expected one of `columns`, `constant`, `values`, `sheet`\n  hint: a mapping has [columns], [constant], [values.COLUMN] and sheet\n",
    );
    refused(
        b"\xb1\xe0\xc2\xeb\n",
        MAP,
        "error: the list is not UTF-8\n  --> list.csv\n  hint: save it as CSV in UTF-8\n",
    );
    refused(
        list.replace(",甲,", ",丁,").as_bytes(),
        MAP,
        "error: list.csv: no row is an item: line 2: unknown word \"丁\" for \"class\"\n  hint: correct the mapping\n",
    );
}

#[test]
fn differences_and_versions_are_shown() {
    let desk = desk();
    let file = "demo-coast/catalogue.csv";
    let arguments =
        ["catalogue", "diff", file, file, "--before-on", "2024-02-01", "--on", "2025-02-01", "-o", "diff.csv"];
    let run = desk.run(&arguments).ended(0);
    assert_eq!(run.out, "2025-02-01: 0 个新增 came, 0 个退出 went, 3 处变化 fields changed\n");
    assert_eq!(
        desk.text("diff.csv"),
        "code,name,field,before,after\n\
         D005,示例谈判药,limit,650.00,600.00\n\
         D005,示例谈判药,restriction,cancer_level3,second_line\n\
         D006,示例慢病药,ratio,0.2,0.1\n"
    );
    let show = |more: &[&str]| desk.run(&[&["catalogue", "show", file], more].concat());
    let marked = |text: &str| text.lines().position(|line| line.starts_with(" →"));
    assert_eq!(marked(&show(&["D006", "--on", "2025-02-01"]).ended(0).out), Some(4));
    assert_eq!(marked(&show(&["D006", "--on", "2025-02-01", "--known", "2025-10-07"]).ended(0).out), Some(3));
    let run = show(&["D06"]).ended(3);
    assert_eq!(run.err, "error: item D06 is not in the catalogue\n  hint: did you mean \"D006\"?\n");
    let run = show(&["D006", "--on", "2021-02-01"]).ended(3);
    assert_eq!(
        run.err,
        "error: item D006 has no version for 2021-02-01\n  hint: add a row to the catalogue whose `from` and `until` hold the day\n"
    );
    let run = show(&["D006", "--on", "tomorrow"]).ended(2);
    assert!(run.err.ends_with("hint: write a day like 2025-12-31\n"), "{}", run.err);
}

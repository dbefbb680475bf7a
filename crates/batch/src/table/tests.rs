use super::*;

fn read(text: &[u8], options: &ReadOptions) -> Result<Vec<String>, InputError> {
    let mut table = open_reader("stays.csv", Box::new(std::io::Cursor::new(text.to_vec())), options)?;
    let mut fields = Fields::default();
    let mut seen = Vec::new();
    while let Some(block) = table.next_block()? {
        block.visit(&mut fields, |record| {
            seen.push(match record {
                Ok(record) => {
                    let values: Vec<&str> = (0..record.len()).map(|column| record.text(column)).collect();
                    format!("{}: {}", record.line, values.join(" / "))
                }
                Err(bad) => {
                    format!("{}: {:?} {}: {}", bad.line, bad.column, bad.cause, String::from_utf8_lossy(bad.raw))
                }
            });
        });
    }
    Ok(seen)
}

fn small(text: &[u8]) -> Vec<String> {
    let expected = read(text, &ReadOptions::default()).unwrap();
    for block_bytes in [1, 2, 3, 5, 7, 11, 64] {
        let options = ReadOptions { block_bytes, ..ReadOptions::default() };
        assert_eq!(read(text, &options).unwrap(), expected, "blocks of {block_bytes} bytes");
    }
    expected
}

fn refused(text: &[u8]) -> String {
    read(text, &ReadOptions::default()).unwrap_err().to_string()
}

#[test]
fn records_keep_their_lines_in_blocks_of_any_size() {
    assert_eq!(
        small(b"case_id,sex,dx\n1,2,A00|B01\n\n2,,\r\n30,1,C00"),
        ["2: 1 / 2 / A00|B01", "4: 2 /  / ", "5: 30 / 1 / C00"]
    );
}

#[test]
fn a_byte_order_mark_is_removed() {
    let mut table =
        open_reader("a.csv", Box::new(&b"\xEF\xBB\xBFcase_id,sex\n1,2\n"[..]), &ReadOptions::default()).unwrap();
    assert_eq!(table.header(), ["case_id", "sex"]);
    assert!(table.next_block().unwrap().is_some());
}

#[test]
fn quoted_fields_hold_delimiters_line_feeds_and_quotes() {
    assert_eq!(
        small(b"\"case_id\",name\n1,\"a,b\"\n2,\"two\nlines\"\n3,\"say \"\"yes\"\"\"\r\n4,5\" wide\n"),
        ["2: 1 / a,b", "3: 2 / two\nlines", "5: 3 / say \"yes\"", "6: 4 / 5\" wide"]
    );
}

#[test]
fn a_quote_never_closed_costs_its_line_only() {
    assert_eq!(
        small(b"case_id,name\n1,\"open\n2,\"b\"\n3,c\n4,\"last\n5,d\n"),
        [
            "2: None a quote is opened and never closed: 1,\"open",
            "3: 2 / b",
            "4: 3 / c",
            "5: None a quote is opened and never closed: 4,\"last",
            "6: 5 / d"
        ]
    );
}

#[test]
fn a_wrong_number_of_fields_is_said() {
    assert_eq!(
        small(b"case_id,sex,dx\n1,2\n2,1,A00\n3,1,A00,x\n"),
        [
            "2: None 2 fields where the header has 3: 1,2",
            "3: 2 / 1 / A00",
            "4: None 4 fields where the header has 3: 3,1,A00,x"
        ]
    );
}

#[test]
fn bytes_that_are_no_text_cost_their_line_only() {
    let mut text = b"case_id,sex\n1,\xFF\n2,a\0b\n".to_vec();
    text.extend_from_slice(b"3,1\n4,1\n5,1\n");
    assert_eq!(
        small(&text),
        [
            "2: Some(1) not valid UTF-8 text: 1,\u{FFFD}",
            "3: Some(1) holds a NUL byte: 2,a\0b",
            "4: 3 / 1",
            "5: 4 / 1",
            "6: 5 / 1"
        ]
    );
}

#[test]
fn gbk_is_read_when_asked_for() {
    let (text, _, _) = encoding_rs::GBK.encode("case_id,医院\n1,人民医院\n");
    let options = ReadOptions { encoding: Some(Encoding::Gbk), ..ReadOptions::default() };
    assert_eq!(read(&text, &options).unwrap(), ["2: 1 / 人民医院"]);
}

#[test]
fn an_empty_file_is_refused() {
    let expected =
        "the file is empty\n  --> stays.csv\n  hint: the first line names the columns, each further line is one record";
    assert_eq!(refused(b""), expected);
    assert_eq!(refused(b"\xEF\xBB\xBF"), expected);
    assert_eq!(refused(b"\r\n\n"), expected);
}

#[test]
fn a_header_alone_is_refused() {
    let expected =
        "the file has a header and no record\n  --> stays.csv:1\n  hint: each line after the first is one record";
    assert_eq!(refused(b"case_id,sex"), expected);
    assert_eq!(refused(b"case_id,sex\n\n"), expected);
}

#[test]
fn a_column_named_twice_is_refused() {
    assert_eq!(
        refused(b"case_id,sex,case_id\n1,2,3\n"),
        "two columns are named \"case_id\": number 1 and number 3\n  --> stays.csv:1\n  hint: rename or remove one of them"
    );
}

#[test]
fn lines_ending_in_carriage_returns_alone_are_refused() {
    assert_eq!(
        refused(b"case_id,sex\r1,2\r"),
        "the lines end in a carriage return alone\n  --> stays.csv:1\n  hint: save the file with line feeds"
    );
}

#[test]
fn a_nul_in_the_header_is_refused() {
    assert_eq!(
        refused(b"case\0id,sex\n1,2\n"),
        "the header holds a NUL byte\n  --> stays.csv:1\n  hint: the file is not text; save it as CSV, UTF-8"
    );
}

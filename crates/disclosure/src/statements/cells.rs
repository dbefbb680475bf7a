//! Cells: their looks, and how numbers and texts get into them.

use crate::error::DisclosureError;
use crate::tables;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet};
use yibao_kernel::Fen;

/// The most characters of a cell, less a margin.
const TEXT_MOST: usize = 32_000;

/// The looks.
pub(crate) struct Formats {
    pub title: Format,
    pub mark: Format,
    pub heading: Format,
    pub head: Format,
    pub head_number: Format,
    pub text: Format,
    pub wrapped: Format,
    pub money: Format,
    pub money_total: Format,
    pub units: Format,
    pub count: Format,
    pub share: Format,
    pub total: Format,
    pub note: Format,
    pub link: Format,
}

impl Formats {
    pub fn new() -> Formats {
        let line = |format: Format| {
            format
                .set_border_bottom(FormatBorder::Hair)
                .set_border_color(Color::RGB(0xB9_C7_D1))
                .set_align(FormatAlign::Top)
        };
        let head = Format::new()
            .set_bold()
            .set_background_color(Color::RGB(0xE3_ED_F3))
            .set_border_bottom(FormatBorder::Thin)
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter);
        let money = "#,##0.00;[Color9]-#,##0.00";
        let total = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        Formats {
            title: Format::new().set_bold().set_font_size(15),
            mark: Format::new().set_font_color(Color::RGB(0x8A_3500)).set_background_color(Color::RGB(0xFF_F4_D6)),
            heading: Format::new().set_bold().set_font_size(12).set_font_color(Color::RGB(0x0B_5A_86)),
            head_number: head.clone().set_align(FormatAlign::Right),
            head,
            text: line(Format::new()),
            wrapped: line(Format::new().set_text_wrap()),
            money: line(Format::new().set_num_format(money)),
            money_total: total.clone().set_num_format(money),
            units: line(Format::new().set_num_format("#,##0.0000")),
            count: line(Format::new().set_num_format("#,##0")),
            share: line(Format::new().set_num_format("0.00%")),
            total,
            note: Format::new().set_font_color(Color::RGB(0x56_65_73)),
            link: line(Format::new().set_font_color(Color::RGB(0x0B_5A_86))),
        }
    }
}

/// A sheet that is written from top to bottom.
pub(crate) struct Paper {
    pub sheet: Worksheet,
    pub row: u32,
}

impl Paper {
    pub fn new(widths: &[u16]) -> Result<Paper, DisclosureError> {
        let mut sheet = Worksheet::new();
        for (column, width) in (0..).zip(widths) {
            sheet.set_column_width(column, *width)?;
        }
        sheet.set_screen_gridlines(false);
        sheet.set_landscape();
        sheet.set_paper_size(9);
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_footer("&C&P / &N");
        Ok(Paper { sheet, row: 0 })
    }

    /// One text in the first column, then the next row.
    pub fn line(&mut self, text: &str, format: &Format) -> Result<(), DisclosureError> {
        self.text(0, text, format)?;
        self.row += 1;
        Ok(())
    }

    /// Column headings, Chinese above English; those from `numbers_from` stand right.
    pub fn heads(
        &mut self,
        names: &[(&str, &str)],
        numbers_from: u16,
        formats: &Formats,
    ) -> Result<(), DisclosureError> {
        for (column, (zh, en)) in (0..).zip(names) {
            let format = if column >= numbers_from { &formats.head_number } else { &formats.head };
            self.text(column, &format!("{zh}\n{en}"), format)?;
        }
        self.sheet.set_row_height(self.row, 32)?;
        self.row += 1;
        Ok(())
    }

    /// A text, always as text: what looks like a formula stays what it is.
    pub fn text(&mut self, column: u16, text: &str, format: &Format) -> Result<(), DisclosureError> {
        let kept: String;
        let text = if text.len() > TEXT_MOST {
            kept = text.chars().take(TEXT_MOST / 2).collect();
            &kept
        } else {
            text
        };
        self.sheet.write_string_with_format(self.row, column, text, format)?;
        Ok(())
    }

    /// An amount in yuan.
    pub fn money(&mut self, column: u16, amount: Fen, format: &Format) -> Result<(), DisclosureError> {
        self.decimal(column, &amount.to_string(), format)
    }

    /// Units, in ten-thousandths.
    pub fn units(&mut self, column: u16, units: i128, format: &Format) -> Result<(), DisclosureError> {
        self.decimal(column, &tables::units(units), format)
    }

    /// A count.
    pub fn count(&mut self, column: u16, number: u64, format: &Format) -> Result<(), DisclosureError> {
        self.decimal(column, &number.to_string(), format)
    }

    /// A number from its exact decimal text. The format stores binary floating point; a decimal of up to 15 digits is
    /// the only one of its length near its double, so that what is read back and printed with the cell's decimals is
    /// the text again (fen stay below 2^53 with room to spare). A longer number is written as text, never rounded.
    pub fn decimal(&mut self, column: u16, text: &str, format: &Format) -> Result<(), DisclosureError> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        match text.parse::<f64>() {
            Ok(number) if digits <= 15 => self.sheet.write_number_with_format(self.row, column, number, format)?,
            _ => self.sheet.write_string_with_format(self.row, column, text, format)?,
        };
        Ok(())
    }
}

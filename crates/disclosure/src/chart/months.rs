//! The months of a year: what was accounted and prepaid, and how many stays.

#![expect(clippy::float_arithmetic, reason = "coordinates on paper; no amount is computed here")]

use super::{Frame, Scale, coordinate, label, short_count, short_money};
use crate::page::{Words, count, money, words};
use maud::{Markup, html};
use yibao_kernel::Fen;

/// One month.
#[derive(Clone, Debug, Default)]
pub struct Month {
    /// `2025-03`.
    pub period: String,
    /// Stays.
    pub cases: u64,
    /// Accounted fund.
    pub accounted: Fen,
    /// Prepaid.
    pub prepaid: Fen,
}

/// Accounted and prepaid side by side.
pub fn draw_money(months: &[Month]) -> Markup {
    let frame = Frame { bottom: 236.0, ..Frame::new(620.0, 262.0) };
    let amounts = months.iter().flat_map(|month| [month.accounted.get(), month.prepaid.get()]);
    let (low, high) = amounts.fold((0, 1), |(low, high): (i64, i64), amount| (low.min(amount), high.max(amount)));
    let y = Scale::linear(low as f64, high as f64 * 1.04, frame.bottom, frame.top);
    let step = step(&frame, months.len());
    let content = html! {
        (frame.left_axis(&y, &y.ticks(5), short_money, &words("元", "yuan")))
        @for (at, month) in months.iter().enumerate() {
            @let left = frame.left + step * at as f64;
            (bar(&y, left + step * 0.12, step * 0.37, month.accounted.get() as f64, "var(--blue)", &format!("{} 记账 accounted {}", month.period, money(month.accounted))))
            (bar(&y, left + step * 0.51, step * 0.37, month.prepaid.get() as f64, "var(--orange)", &format!("{} 预付 prepaid {}", month.period, money(month.prepaid))))
        }
        (names(&frame, months, &y))
    };
    frame.draw(&words("各月记账与预付", "Accounted and prepaid by month"), content)
}

/// Stays per month.
pub fn draw_cases(months: &[Month]) -> Markup {
    let frame = Frame { bottom: 236.0, ..Frame::new(620.0, 262.0) };
    let most = months.iter().map(|month| month.cases).max().unwrap_or(1).max(1);
    let y = Scale::linear(0.0, most as f64 * 1.04, frame.bottom, frame.top);
    let step = step(&frame, months.len());
    let content = html! {
        (frame.left_axis(&y, &y.ticks(5), short_count, &words("病例数", "cases")))
        @for (at, month) in months.iter().enumerate() {
            (bar(&y, frame.left + step * (at as f64 + 0.2), step * 0.6, month.cases as f64, "var(--green)", &format!("{} 病例 cases {}", month.period, count(month.cases))))
        }
        (names(&frame, months, &y))
    };
    frame.draw(&words("各月病例数", "Cases by month"), content)
}

fn step(frame: &Frame, months: usize) -> f64 {
    (frame.right - frame.left) / months.max(1) as f64
}

fn bar(y: &Scale, left: f64, width: f64, value: f64, colour: &str, title: &str) -> Markup {
    let (zero, end) = (y.place(0.0), y.place(value));
    html! { rect.hit x=(coordinate(left)) width=(coordinate(width)) y=(coordinate(zero.min(end))) height=(coordinate((zero - end).abs())) rx="1.5" fill=(colour) {
        title { (title) }
    } }
}

fn names(frame: &Frame, months: &[Month], y: &Scale) -> Markup {
    let step = step(frame, months.len());
    let zero = coordinate(y.place(0.0));
    let skip = months.len().div_ceil(12).max(1);
    html! {
        line.axis x1=(coordinate(frame.left)) x2=(coordinate(frame.right)) y1=(zero) y2=(zero) {}
        @for (at, month) in months.iter().enumerate().step_by(skip) {
            (label(frame.left + step * (at as f64 + 0.5), frame.bottom + 18.0, "middle", "", &short_month(&month.period)))
        }
    }
}

/// `2025-03` is `3月` / `Mar`; anything else stands as it is.
fn short_month(period: &str) -> Words {
    const ENGLISH: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = period.rsplit_once('-').and_then(|(_, month)| month.parse::<usize>().ok());
    match number.and_then(|month| ENGLISH.get(month.wrapping_sub(1)).map(|english| (month, english))) {
        Some((month, english)) => words(format!("{month}月"), *english),
        None => words(period, period),
    }
}

//! Where a pool's money went: from the budget down to the residual.

#![expect(clippy::float_arithmetic, reason = "coordinates on paper; no amount is computed here")]

use super::{Frame, Scale, coordinate, label, short_money};
use crate::page::{Words, money, words};
use maud::{Markup, html};
use yibao_kernel::Fen;

/// One column of the waterfall.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its name.
    pub name: Words,
    /// Where it starts.
    pub start: Fen,
    /// Where it ends.
    pub end: Fen,
    /// The amount printed above it.
    pub amount: Fen,
    /// CSS colour.
    pub colour: &'static str,
}

/// Draws the columns from left to right, joined by thin lines.
pub fn draw(bars: &[Bar]) -> Markup {
    // Many names stand on two lines in turn, so that they do not run into each other.
    let lower = if bars.len() > 8 { 16.0 } else { 0.0 };
    let frame = Frame { bottom: 250.0, top: 36.0, ..Frame::new(1240.0, 285.0 + lower) };
    let ends = bars.iter().flat_map(|bar| [bar.start.get(), bar.end.get()]);
    let (low, high) = ends.fold((0i64, 1i64), |(low, high), end| (low.min(end), high.max(end)));
    let scale = Scale::linear(low as f64, high as f64, frame.bottom, frame.top);
    let step = (frame.right - frame.left) / bars.len().max(1) as f64;
    let width = (step * 0.56).min(130.0);
    let middle = |at: usize| frame.left + step * (at as f64 + 0.5);
    let content = html! {
        (frame.left_axis(&scale, &scale.ticks(4), short_money, &words("元", "yuan")))
        line.axis x1=(coordinate(frame.left)) x2=(coordinate(frame.right)) y1=(coordinate(scale.place(0.0))) y2=(coordinate(scale.place(0.0))) {}
        @for (at, bar) in bars.iter().enumerate() {
            @let (start, end) = (scale.place(bar.start.get() as f64), scale.place(bar.end.get() as f64));
            @let (top, height) = (start.min(end), (start - end).abs().max(1.5));
            rect.hit x=(coordinate(middle(at) - width / 2.0)) y=(coordinate(top)) width=(coordinate(width)) height=(coordinate(height)) rx="2" fill=(bar.colour) {
                title { (bar.name.zh) " " (bar.name.en) ": " (money(bar.amount)) }
            }
            @if at + 1 < bars.len() {
                line.mid x1=(coordinate(middle(at) + width / 2.0)) x2=(coordinate(middle(at + 1) - width / 2.0)) y1=(coordinate(end)) y2=(coordinate(end)) {}
            }
            (label(middle(at), top - 7.0, "middle", "mark-text", &words(money(bar.amount), money(bar.amount))))
            (label(middle(at), frame.bottom + 21.0 + lower * (at % 2) as f64, "middle", "", &bar.name))
        }
    };
    frame.draw(&words("预算瀑布图", "Budget waterfall"), content)
}

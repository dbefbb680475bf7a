//! How the costs of stays are spread, on logarithmic bins, by how they are paid.

#![expect(clippy::float_arithmetic, reason = "coordinates on paper; no amount is computed here")]

use super::{Frame, Scale, coordinate, short_count, short_money};
use crate::page::{Words, count, words};
use maud::{Markup, html};

/// One part of the stacked bars.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name.
    pub name: Words,
    /// CSS colour.
    pub colour: &'static str,
    /// Stays in each bin.
    pub counts: Vec<u64>,
}

/// Draws stacked bars over bins whose limits (fen) are `limits[i] .. limits[i + 1]`.
pub fn draw(limits: &[i64], series: &[Series]) -> Markup {
    let frame = Frame::new(1240.0, 340.0);
    let bins = limits.len().saturating_sub(1);
    let total = |bin: usize| series.iter().filter_map(|part| part.counts.get(bin)).sum::<u64>();
    let filled: Vec<usize> = (0..bins).filter(|&bin| total(bin) > 0).collect();
    let first = filled.first().copied().unwrap_or(0);
    let last = filled.last().copied().unwrap_or(0);
    let limit = |at: usize| limits.get(at).copied().unwrap_or(1).max(1) as f64;
    let x = Scale::logarithmic(limit(first), limit(last + 1), frame.left, frame.right);
    let most = (first..=last).map(total).max().unwrap_or(1);
    let y = Scale::linear(0.0, most as f64 * 1.04, frame.bottom, frame.top);
    let content = html! {
        (frame.left_axis(&y, &y.ticks(5), short_count, &words("病例数", "cases")))
        (frame.bottom_axis(&x, &x.ticks(8), short_money, &words("每例总费用（元，对数刻度）", "total cost of a stay (yuan, log scale)")))
        @for bin in first..=last {
            @let (from, to) = (x.place(limit(bin)), x.place(limit(bin + 1)));
            @for (part, below) in stacked(series, bin) {
                @let (bottom, top) = (y.place(below as f64), y.place((below + part.1) as f64));
                rect.hit x=(coordinate(from + 0.6)) width=(coordinate((to - from - 1.2).max(0.5))) y=(coordinate(top)) height=(coordinate(bottom - top)) fill=(part.0.colour) {
                    title { (short_money(limit(bin)).zh) "–" (short_money(limit(bin + 1)).zh) " 元 yuan\n" (part.0.name.zh) " " (part.0.name.en) ": " (count(part.1)) }
                }
            }
        }
    };
    frame.draw(&words("费用分布", "Distribution of costs"), content)
}

/// The parts of one bar that are not empty, each with the count below it.
fn stacked(series: &[Series], bin: usize) -> Vec<((&Series, u64), u64)> {
    let mut below = 0;
    let mut parts = Vec::new();
    for part in series {
        let number = part.counts.get(bin).copied().unwrap_or(0);
        if number > 0 {
            parts.push(((part, number), below));
            below += number;
        }
    }
    parts
}

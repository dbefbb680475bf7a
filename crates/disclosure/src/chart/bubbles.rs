//! The panorama of groups: how many stays, how dear against what they bring in, how much money.

#![expect(clippy::float_arithmetic, reason = "coordinates on paper; no amount is computed here")]

use super::{Frame, Scale, coordinate, label, plain, short_count, usual_range};
use crate::page::{count, decimal, money, words};
use maud::{Markup, html};
use yibao_kernel::Fen;

/// One group.
#[derive(Clone, Debug)]
pub struct Bubble {
    /// Group code.
    pub name: String,
    /// Its title, may be empty.
    pub title: String,
    /// Stays.
    pub cases: u64,
    /// Cost over income, millionths.
    pub ratio_micro: i64,
    /// Total cost: the area of the bubble.
    pub cost: Fen,
    /// Fund and patient money together.
    pub income: Fen,
}

const RADIUS_MOST: f64 = 34.0;

/// Draws the bubbles, large ones below, and names the largest.
pub fn draw(bubbles: &[Bubble]) -> Markup {
    let frame = Frame::new(1240.0, 470.0);
    let cases_most = bubbles.iter().map(|bubble| bubble.cases).max().unwrap_or(1) as f64;
    let cases_least = bubbles.iter().map(|bubble| bubble.cases).min().unwrap_or(1) as f64;
    let x = Scale::logarithmic(cases_least * 0.8, cases_most * 1.4, frame.left, frame.right);
    let ratios: Vec<f64> = bubbles.iter().map(ratio).collect();
    let (low, high) = usual_range(&ratios);
    let y = Scale::logarithmic((low * 0.93).clamp(0.2, 0.9), (high * 1.07).clamp(1.1, 6.0), frame.bottom, frame.top);
    let cost_most = bubbles.iter().map(|bubble| bubble.cost.get()).max().unwrap_or(1).max(1) as f64;
    let mut order: Vec<usize> = (0..bubbles.len()).collect();
    order.sort_by_key(|&at| (bubbles.get(at).map(|bubble| std::cmp::Reverse(bubble.cost)), at));
    let placed: Vec<(f64, f64, f64, &Bubble)> = order
        .iter()
        .filter_map(|&at| bubbles.get(at))
        .map(|bubble| {
            let radius = (bubble.cost.get().max(0) as f64 / cost_most).sqrt() * RADIUS_MOST;
            (x.place(bubble.cases as f64), y.place(ratio(bubble)), radius.max(1.8), bubble)
        })
        .collect();
    let even = coordinate(y.place(1.0));
    let content = html! {
        (frame.bottom_axis(&x, &x.ticks(8), short_count, &words("病例数（对数刻度）", "cases (log scale)")))
        (frame.left_axis(&y, &ratio_ticks(&y), plain, &words("费用 ÷ 应得（对数刻度）", "cost ÷ income (log scale)")))
        line.mid x1=(coordinate(frame.left)) x2=(coordinate(frame.right)) y1=(even) y2=(even) {}
        (label(frame.right - 4.0, y.place(1.0) - 6.0, "end", "quiet", &words("↑ 费用高于应得", "↑ costs more than it brings in")))
        (label(frame.right - 4.0, y.place(1.0) + 16.0, "end", "quiet", &words("↓ 应得高于费用", "↓ brings in more than it costs")))
        @for (cx, cy, radius, bubble) in &placed { (circle(*cx, *cy, *radius, bubble)) }
        @for (cx, cy, bubble) in named(&placed) {
            (label(cx, cy + 4.0, "middle", "mark-text", &words(bubble.name.clone(), bubble.name.clone())))
        }
    };
    frame.draw(&words("病组全景", "Panorama of groups"), content)
}

fn ratio(bubble: &Bubble) -> f64 {
    bubble.ratio_micro as f64 / 1e6
}

fn ratio_ticks(scale: &Scale) -> Vec<f64> {
    let all = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0];
    let mut last = f64::INFINITY;
    let inside = all.into_iter().filter(|tick| *tick >= scale.low && *tick <= scale.high);
    inside
        .filter(|tick| {
            let room = (last - scale.place(*tick)).abs() >= 22.0;
            if room {
                last = scale.place(*tick);
            }
            room
        })
        .collect()
}

fn circle(cx: f64, cy: f64, radius: f64, bubble: &Bubble) -> Markup {
    let colour = if bubble.ratio_micro > 1_000_000 { "var(--red)" } else { "var(--blue)" };
    html! {
        circle cx=(coordinate(cx)) cy=(coordinate(cy)) r=(coordinate(radius)) fill=(colour) fill-opacity=".42" stroke=(colour) stroke-opacity=".8" {
            title { (bubble.name) @if !bubble.title.is_empty() { " " (bubble.title) }
                "\n病例 cases " (count(bubble.cases)) "\n费用 cost " (money(bubble.cost)) "\n应得 income " (money(bubble.income))
                "\n费用÷应得 cost÷income " (decimal(i128::from(bubble.ratio_micro / 100), 4)) }
        }
    }
}

/// The largest bubbles whose names do not run into each other.
fn named<'a>(placed: &[(f64, f64, f64, &'a Bubble)]) -> Vec<(f64, f64, &'a Bubble)> {
    let mut names: Vec<(f64, f64, &Bubble)> = Vec::new();
    for (cx, cy, radius, bubble) in placed.iter().take(60) {
        let free = names.iter().all(|(x, y, _)| (x - cx).abs() > 46.0 || (y - cy).abs() > 13.0);
        if free && *radius > 7.0 && names.len() < 26 {
            names.push((*cx, *cy, bubble));
        }
    }
    names
}

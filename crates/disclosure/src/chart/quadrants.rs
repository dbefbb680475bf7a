//! Institutions by case mix and cost: four quadrants around the region's own averages.

#![expect(clippy::float_arithmetic, reason = "coordinates on paper; no amount is computed here")]

use super::{Frame, Scale, coordinate, label, plain, usual_range};
use crate::page::{Words, count, decimal, money, words};
use maud::{Markup, html};
use yibao_kernel::Fen;

/// One institution.
#[derive(Clone, Debug)]
pub struct Point {
    /// Name.
    pub name: String,
    /// Grouped stays.
    pub cases: u64,
    /// Case-mix index, ten-thousandths.
    pub cmi: i64,
    /// Cost index, millionths.
    pub cost_index_micro: i64,
    /// Total cost: the area of the point.
    pub cost: Fen,
}

/// Draws the points; `region_cmi` (ten-thousandths) is the vertical line, a cost index of 1 the horizontal one.
pub fn draw(points: &[Point], region_cmi: i64) -> Markup {
    let frame = Frame::new(1240.0, 450.0);
    let centre = region_cmi as f64 / 1e4;
    let cmis: Vec<f64> = points.iter().map(|point| point.cmi as f64 / 1e4).collect();
    let indices: Vec<f64> = points.iter().map(|point| point.cost_index_micro as f64 / 1e6).collect();
    let (left, right) = around(usual_range(&cmis), centre);
    let (low, high) = around(usual_range(&indices), 1.0);
    let x = Scale::linear(left, right, frame.left, frame.right);
    let y = Scale::linear(low, high, frame.bottom, frame.top);
    let cost_most = points.iter().map(|point| point.cost.get()).max().unwrap_or(1).max(1) as f64;
    let (mid_x, mid_y) = (coordinate(x.place(centre)), coordinate(y.place(1.0)));
    let mut order: Vec<&Point> = points.iter().collect();
    order.sort_by_key(|point| std::cmp::Reverse(point.cost));
    let content = html! {
        (frame.bottom_axis(&x, &x.ticks(8), plain, &words("病例组合指数 CMI", "case-mix index, CMI")))
        (frame.left_axis(&y, &y.ticks(6), plain, &words("费用消耗指数", "cost index")))
        line.mid x1=(mid_x) x2=(mid_x) y1=(coordinate(frame.top)) y2=(coordinate(frame.bottom)) {}
        line.mid x1=(coordinate(frame.left)) x2=(coordinate(frame.right)) y1=(mid_y) y2=(mid_y) {}
        (corners(&frame))
        @for point in &order {
            @let radius = (point.cost.get().max(0) as f64 / cost_most).sqrt() * 22.0;
            @let colour = colour(point, region_cmi);
            circle cx=(coordinate(x.place(point.cmi as f64 / 1e4))) cy=(coordinate(y.place(point.cost_index_micro as f64 / 1e6)))
                r=(coordinate(radius.max(2.2))) fill=(colour) fill-opacity=".45" stroke=(colour) {
                title { (point.name) "\nCMI " (decimal(i128::from(point.cmi), 4)) "\n费用消耗指数 cost index " (decimal(i128::from(point.cost_index_micro / 100), 4))
                    "\n入组病例 grouped cases " (count(point.cases)) "\n费用 cost " (money(point.cost)) }
            }
        }
        @for (px, py, name) in named(&order, &x, &y) { (label(px, py, "middle", "mark-text", &words(name, name))) }
    };
    frame.draw(&words("机构四象限：CMI 与费用消耗指数", "Institutions by CMI and cost index"), content)
}

fn around((low, high): (f64, f64), centre: f64) -> (f64, f64) {
    let low = low.min(centre);
    let high = high.max(centre);
    let air = ((high - low) * 0.08).max(0.05);
    ((low - air).max(0.0), high + air)
}

fn colour(point: &Point, region_cmi: i64) -> &'static str {
    match (point.cmi >= region_cmi, point.cost_index_micro > 1_000_000) {
        (true, false) => "var(--green)",
        (true, true) => "var(--orange)",
        (false, false) => "var(--sky)",
        (false, true) => "var(--red)",
    }
}

fn corners(frame: &Frame) -> Markup {
    let (left, right) = (frame.left + 8.0, frame.right - 8.0);
    let (top, bottom) = (frame.top + 15.0, frame.bottom - 9.0);
    let corner = |x: f64, y: f64, anchor: &str, text: Words| label(x, y, anchor, "quiet", &text);
    html! {
        (corner(left, top, "start", words("病情较轻、费用偏高", "lighter cases, higher cost")))
        (corner(right, top, "end", words("病情较重、费用偏高", "heavier cases, higher cost")))
        (corner(left, bottom, "start", words("病情较轻、费用偏低", "lighter cases, lower cost")))
        (corner(right, bottom, "end", words("病情较重、费用偏低", "heavier cases, lower cost")))
    }
}

fn named<'a>(order: &[&'a Point], x: &Scale, y: &Scale) -> Vec<(f64, f64, &'a str)> {
    let mut names: Vec<(f64, f64, &str)> = Vec::new();
    for point in order.iter().take(40) {
        let at = (x.place(point.cmi as f64 / 1e4), y.place(point.cost_index_micro as f64 / 1e6) + 4.0);
        let free = names.iter().all(|(px, py, _)| (px - at.0).abs() > 130.0 || (py - at.1).abs() > 14.0);
        if free && names.len() < 14 && point.name.chars().count() <= 24 {
            names.push((at.0, at.1, point.name.as_str()));
        }
    }
    names
}

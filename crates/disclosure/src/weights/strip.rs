//! The distribution of a group's costs as a strip: the middle 95 % as a line, the middle half as a box, the median as a
//! bar, what trimming kept as a pale band; on a logarithmic axis that all groups share.

#![expect(clippy::float_arithmetic, reason = "coordinates on paper; no amount is computed here")]

use maud::{Markup, html};
use yibao_kernel::Fen;
use yibao_payment::weigh::{WeightRow, WeightTable};

use crate::chart::{Scale, coordinate, short_money};

/// Width of a strip in SVG units.
const WIDTH: f64 = 340.0;

/// The shared axis.
pub(super) struct Axis {
    scale: Scale,
    /// The amount a weight of `scale` stands for.
    reference: f64,
}

impl Axis {
    /// From the lowest to the highest quantile shown, but for the outermost fiftieth of the groups on each side: what
    /// lies outside stands on the edge.
    pub(super) fn of(table: &WeightTable) -> Self {
        let quantiles = || table.rows.iter().filter_map(|row| row.quantiles.as_ref());
        let mut lows: Vec<i64> = quantiles().map(|[low, ..]| low.get()).filter(|fen| *fen > 0).collect();
        let mut highs: Vec<i64> = quantiles().map(|[.., high]| high.get()).filter(|fen| *fen > 0).collect();
        lows.sort_unstable();
        highs.sort_unstable_by(|a, b| b.cmp(a));
        let low = lows.get(lows.len() / 50).copied().unwrap_or(100);
        let high = highs.get(highs.len() / 50).copied().unwrap_or(0).max(low.saturating_mul(10));
        let (low, high) = (place_of(Fen::new(low)), place_of(Fen::new(high)));
        Self {
            scale: Scale::logarithmic(low * 0.8, high * 1.25, 3.0, WIDTH - 3.0),
            reference: place_of(table.reference.amount),
        }
    }

    /// The strip of a group; its exact numbers stand in the cell's tooltip.
    pub(super) fn strip(&self, row: &WeightRow) -> Markup {
        let Some(quantiles) = &row.quantiles else { return html! { svg.strip viewBox="0 0 340 18" {} } };
        let [low, first, middle, third, high] = quantiles.map(|fen| self.scale.place(place_of(fen)));
        let kept = row.kept_range.map(|(from, until)| {
            let (from, until) = (self.scale.place(place_of(from)), self.scale.place(place_of(until)));
            bar(from, until.max(from + 1.0), 1.0, 17.0)
        });
        html! { svg.strip viewBox="0 0 340 18" {
            @if let Some(kept) = kept { path.k d=(kept) {} }
            path.r d={ "M" (coordinate(self.scale.place(self.reference))) " 0V18" } {}
            path.w d={ "M" (coordinate(low)) " 9H" (coordinate(high)) } {}
            path.b d=(bar(first, third.max(first + 1.0), 4.5, 13.5)) {}
            path.m d={ "M" (coordinate(middle)) " 2.5V15.5" } {}
        } }
    }

    /// The numbers of a strip as words.
    pub(super) fn tooltip(row: &WeightRow) -> String {
        let Some([low, first, middle, third, high]) = row.quantiles else { return String::new() };
        let kept = row.kept_range.map(|(from, until)| format!("  [{from} – {until}]")).unwrap_or_default();
        format!("2.5% {low}  25% {first}  50% {middle}  75% {third}  97.5% {high}{kept}")
    }

    /// The axis with its ticks, as wide as a strip.
    pub(super) fn ruler(&self) -> Markup {
        let ticks = self.scale.ticks(5);
        // One decade is about 40 units on a wide range; every second tick is written when they are too close.
        let every = if ticks.len() > 6 { 2 } else { 1 };
        html! { svg.strip.ruler viewBox="0 0 340 22" {
            path.w d={ "M3 3H" (coordinate(WIDTH - 3.0)) } {}
            @for (number, tick) in ticks.iter().enumerate() {
                @let at = self.scale.place(*tick);
                path.w d={ "M" (coordinate(at)) " 0V6" } {}
                @if number % every == 0 {
                    @let words = short_money(*tick);
                    text.zh x=(coordinate(at.clamp(12.0, WIDTH - 14.0))) y="18" { (words.zh) }
                    text.en x=(coordinate(at.clamp(12.0, WIDTH - 14.0))) y="18" { (words.en) }
                }
            }
        } }
    }
}

/// An amount as a place on the axis, which starts above zero.
#[expect(clippy::cast_precision_loss, reason = "a coordinate")]
fn place_of(amount: Fen) -> f64 {
    amount.get().max(1) as f64
}

fn bar(from: f64, until: f64, top: f64, bottom: f64) -> String {
    let width = coordinate(until - from);
    format!("M{} {}h{width}V{}h-{width}z", coordinate(from), coordinate(top), coordinate(bottom))
}

//! Charts as inline SVG. Floating point is used here for COORDINATES ONLY, never for money: amounts come in as whole
//! fen or millionths, are placed on the paper, and every figure that is printed is printed from the whole number.

#![expect(clippy::float_arithmetic, reason = "coordinates on paper; no amount is computed here")]

use crate::page::{Words, words};
use maud::{Markup, html};

pub mod bubbles;
pub mod gains;
pub mod histogram;
pub mod months;
pub mod quadrants;
pub mod ranking;
pub mod waterfall;

/// Maps values to positions on the paper, linearly or by their logarithm.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    logarithmic: bool,
}

impl Scale {
    /// Equal steps for equal differences. `from`/`to` are positions in SVG units.
    pub fn linear(low: f64, high: f64, from: f64, to: f64) -> Scale {
        let high = if high > low { high } else { low + 1.0 };
        Scale { low, high, from, to, logarithmic: false }
    }

    /// Equal steps for equal ratios; `low` must be positive, else 1 stands for it.
    pub fn logarithmic(low: f64, high: f64, from: f64, to: f64) -> Scale {
        let low = if low > 0.0 { low } else { 1.0 };
        let high = if high > low { high } else { low * 10.0 };
        Scale { low, high, from, to, logarithmic: true }
    }

    /// The position of a value; values outside stand on the edge.
    pub fn place(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let share = if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from + share * (self.to - self.from)
    }

    /// Round values to write at the axis, about `wanted` of them.
    pub fn ticks(&self, wanted: usize) -> Vec<f64> {
        if self.logarithmic { self.logarithmic_ticks(wanted) } else { self.linear_ticks(wanted) }
    }

    fn linear_ticks(&self, wanted: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / wanted.max(1) as f64;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|times| times * power).find(|step| *step >= rough * 0.999);
        let step = step.unwrap_or(power * 10.0);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).take(40).map(|at| at as f64 * step).collect()
    }

    fn logarithmic_ticks(&self, wanted: usize) -> Vec<f64> {
        let decades = (self.high / self.low).log10();
        let steps: &[f64] = if decades * 3.0 <= wanted as f64 * 1.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let first = self.low.log10().floor() as i32;
        let last = self.high.log10().ceil() as i32;
        (first..=last)
            .flat_map(|power| steps.iter().map(move |step| step * 10f64.powi(power)))
            .filter(|tick| *tick >= self.low * 0.999 && *tick <= self.high * 1.001)
            .collect()
    }
}

/// The paper of a chart: its size, the margins around the plot, and the two scales.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Width of the whole drawing in SVG units.
    pub width: f64,
    /// Height of the whole drawing.
    pub height: f64,
    /// Left edge of the plot.
    pub left: f64,
    /// Right edge of the plot.
    pub right: f64,
    /// Top edge of the plot.
    pub top: f64,
    /// Bottom edge of the plot.
    pub bottom: f64,
}

impl Frame {
    /// A drawing with the usual margins.
    pub fn new(width: f64, height: f64) -> Frame {
        Frame { width, height, left: 70.0, right: width - 18.0, top: 26.0, bottom: height - 46.0 }
    }

    /// Wraps the content in an `<svg>` that scales with the page.
    pub fn draw(&self, label: &Words, content: Markup) -> Markup {
        html! { svg viewBox={ "0 0 " (coordinate(self.width)) " " (coordinate(self.height)) } role="img"
        aria-label={ (label.zh) " / " (label.en) } font-size="12" { (content) } }
    }

    /// The bottom axis: ticks with their words, and the name of the quantity.
    pub fn bottom_axis(&self, scale: &Scale, ticks: &[f64], write: impl Fn(f64) -> Words, name: &Words) -> Markup {
        let base = coordinate(self.bottom);
        html! {
            line.axis x1=(coordinate(self.left)) x2=(coordinate(self.right)) y1=(base) y2=(base) {}
            @for tick in ticks {
                @let at = coordinate(scale.place(*tick));
                line.grid x1=(at) x2=(at) y1=(coordinate(self.top)) y2=(base) {}
                (label(scale.place(*tick), self.bottom + 17.0, "middle", "", &write(*tick)))
            }
            (label((self.left + self.right) / 2.0, self.bottom + 38.0, "middle", "quiet", name))
        }
    }

    /// The left axis; the name of the quantity stands above it.
    pub fn left_axis(&self, scale: &Scale, ticks: &[f64], write: impl Fn(f64) -> Words, name: &Words) -> Markup {
        html! {
            @for tick in ticks {
                @let at = coordinate(scale.place(*tick));
                line.grid x1=(coordinate(self.left)) x2=(coordinate(self.right)) y1=(at) y2=(at) {}
                (label(self.left - 8.0, scale.place(*tick) + 4.0, "end", "", &write(*tick)))
            }
            (label(self.left - 58.0, self.top - 11.0, "start", "quiet", name))
        }
    }
}

/// A text in both languages at a position; `class` may be empty, `mark-text` or `quiet`.
pub fn label(x: f64, y: f64, anchor: &str, class: &str, text: &Words) -> Markup {
    let (x, y) = (coordinate(x), coordinate(y));
    html! { @if text.zh == text.en {
        text class=(class) x=(x) y=(y) text-anchor=(anchor) { (text.zh) }
    } @else {
        text class={ "zh " (class) } x=(x) y=(y) text-anchor=(anchor) { (text.zh) }
        text class={ "en " (class) } x=(x) y=(y) text-anchor=(anchor) { (text.en) }
    } }
}

/// A coordinate as written in the SVG: one decimal, so that the file does not depend on the last bits.
pub fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// A short amount for an axis, from fen: `35万` / `350 k`. Axis labels only.
pub fn short_money(fen: f64) -> Words {
    let yuan = fen / 100.0;
    let size = yuan.abs();
    let zh = match size {
        _ if size >= 1e8 => format!("{}亿", short(yuan / 1e8)),
        _ if size >= 1e4 => format!("{}万", short(yuan / 1e4)),
        _ => short(yuan),
    };
    Words { zh, en: short_english(yuan) }
}

/// A short count for an axis.
pub fn short_count(number: f64) -> Words {
    let size = number.abs();
    let zh = if size >= 1e4 { format!("{}万", short(number / 1e4)) } else { short(number) };
    Words { zh, en: short_english(number) }
}

/// A plain number for an axis, the same in both languages.
pub fn plain(number: f64) -> Words {
    words(short(number), short(number))
}

fn short_english(number: f64) -> String {
    let size = number.abs();
    match size {
        _ if size >= 1e9 => format!("{}B", short(number / 1e9)),
        _ if size >= 1e6 => format!("{}M", short(number / 1e6)),
        _ if size >= 1e3 => format!("{}k", short(number / 1e3)),
        _ => short(number),
    }
}

fn short(number: f64) -> String {
    let text = if number.abs() >= 100.0 { format!("{number:.0}") } else { format!("{number:.2}") };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text.as_str() };
    text.replace('-', "\u{2212}")
}

/// The range that holds all but the outermost hundredth on each side, with a little air; for charts where a few
/// odd points would squeeze the rest together. Points outside are drawn on the edge.
pub fn usual_range(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 100;
    let low = sorted.get(cut).copied().unwrap_or(0.0);
    let high = sorted.get(sorted.len().saturating_sub(cut + 1)).copied().unwrap_or(1.0);
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(Scale::linear(0.0, 97.0, 0.0, 1.0).ticks(5), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert_eq!(Scale::logarithmic(1.0, 1000.0, 0.0, 1.0).ticks(4), [1.0, 10.0, 100.0, 1000.0]);
    }

    #[test]
    fn a_value_outside_stands_on_the_edge_and_an_empty_range_does_not_divide_by_zero() {
        let scale = Scale::linear(5.0, 5.0, 10.0, 20.0);
        assert_eq!(coordinate(scale.place(5.0)), "10");
        assert_eq!(coordinate(scale.place(99.0)), "20");
        assert_eq!(coordinate(Scale::logarithmic(0.0, 0.0, 0.0, 100.0).place(0.0)), "0");
    }

    #[test]
    fn axis_amounts_are_short_in_both_languages() {
        assert_eq!(short_money(35_000_000.0).zh, "35万");
        assert_eq!(short_money(35_000_000.0).en, "350k");
        assert_eq!(short_money(-1_250_000_000_000.0).zh, "\u{2212}125亿");
    }
}

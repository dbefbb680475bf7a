//! Who gains and who loses: bars to the right and to the left of nothing.

#![expect(clippy::float_arithmetic, reason = "coordinates on paper; no amount is computed here")]

use super::{Frame, Scale, coordinate, label, short_money};
use crate::page::{Words, money, words};
use maud::{Markup, html};
use yibao_kernel::Fen;

/// One who gains or loses.
#[derive(Clone, Debug)]
pub struct Gain {
    /// Name.
    pub name: Words,
    /// New less old.
    pub amount: Fen,
}

/// Bars at each end at most.
const EACH_END: usize = 12;

/// Draws the largest gains and losses; `gains` is sorted, the largest gain first.
pub fn draw(gains: &[Gain]) -> Markup {
    let drawn: Vec<&Gain> = if gains.len() > 2 * EACH_END {
        let (first, last) = (gains.iter().take(EACH_END), gains.iter().skip(gains.len() - EACH_END));
        first.chain(last).collect()
    } else {
        gains.iter().collect()
    };
    let step = 24.0;
    let frame = Frame { left: 250.0, right: 1130.0, ..Frame::new(1240.0, 72.0 + step * drawn.len() as f64) };
    let amounts = || drawn.iter().map(|gain| gain.amount.get());
    let (low, high) = (amounts().min().unwrap_or(0).min(0), amounts().max().unwrap_or(0).max(1));
    let air = (high - low) as f64 * 0.12;
    let low = if low < 0 { low as f64 - air } else { 0.0 };
    let x = Scale::linear(low, high as f64 + air, frame.left, frame.right);
    let zero = x.place(0.0);
    let content = html! {
        (frame.bottom_axis(&x, &x.ticks(7), short_money, &words("新 − 旧（元）", "new − old (yuan)")))
        @for (at, gain) in drawn.iter().enumerate() {
            @let y = frame.top + step * at as f64 + 4.0;
            @let end = x.place(gain.amount.get() as f64);
            @let (left, width) = (zero.min(end), (zero - end).abs().max(0.5));
            rect.hit x=(coordinate(left)) y=(coordinate(y)) width=(coordinate(width)) height=(coordinate(step - 8.0)) rx="2"
                fill=(if gain.amount.is_negative() { "var(--red)" } else { "var(--blue)" }) {
                title { (gain.name.zh) " " (money(gain.amount)) }
            }
            (label(frame.left - 8.0, y + 12.0, "end", "", &gain.name))
            @let anchor = if gain.amount.is_negative() { "end" } else { "start" };
            @let place = if gain.amount.is_negative() { end - 6.0 } else { end + 6.0 };
            (label(place, y + 12.0, anchor, "quiet", &words(money(gain.amount), money(gain.amount))))
        }
        line.axis x1=(coordinate(zero)) x2=(coordinate(zero)) y1=(coordinate(frame.top)) y2=(coordinate(frame.bottom)) {}
    };
    frame.draw(&words("谁增谁减", "Who gains and who loses"), content)
}

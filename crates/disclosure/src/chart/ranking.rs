//! Institutions by one indicator, the highest first.

#![expect(clippy::float_arithmetic, reason = "coordinates on paper; no amount is computed here")]

use super::{Frame, Scale, coordinate, label, plain};
use crate::page::{Words, decimal, words};
use maud::{Markup, html};

/// One institution; the value in ten-thousandths.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its value.
    pub units: i64,
}

/// Bars drawn at most: the highest.
const LINES_MAX: usize = 30;

/// Draws a bar per institution and the region's value as a dashed line.
pub fn draw(lines: &[Line], region: i64, name: &Words) -> Markup {
    let mut order: Vec<&Line> = lines.iter().collect();
    order.sort_by(|one, other| (other.units, &one.name).cmp(&(one.units, &other.name)));
    order.truncate(LINES_MAX);
    let step = 22.0;
    let frame = Frame { left: 250.0, right: 1150.0, ..Frame::new(1240.0, 72.0 + step * order.len() as f64) };
    let most = order.iter().map(|line| line.units).chain([region]).max().unwrap_or(1).max(1);
    let x = Scale::linear(0.0, most as f64 * 1.05 / 1e4, frame.left, frame.right);
    let centre = coordinate(x.place(region as f64 / 1e4));
    let content = html! {
        (frame.bottom_axis(&x, &x.ticks(8), plain, name))
        @for (at, line) in order.iter().enumerate() {
            @let y = frame.top + step * at as f64 + 4.0;
            @let end = x.place(line.units as f64 / 1e4);
            rect.hit x=(coordinate(frame.left)) y=(coordinate(y)) width=(coordinate((end - frame.left).max(0.5))) height=(coordinate(step - 7.0)) rx="2"
                fill=(if line.units >= region { "var(--blue)" } else { "var(--sky)" }) {
                title { (line.name) " " (decimal(i128::from(line.units), 4)) }
            }
            (label(frame.left - 8.0, y + 12.0, "end", "", &words(&line.name, &line.name)))
            (label(end + 6.0, y + 12.0, "start", "quiet", &words(decimal(i128::from(line.units), 4), decimal(i128::from(line.units), 4))))
        }
        line.mid x1=(centre) x2=(centre) y1=(coordinate(frame.top)) y2=(coordinate(frame.bottom)) {}
    };
    frame.draw(name, content)
}

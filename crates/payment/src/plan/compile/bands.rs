//! Curves and bands: pieces with typed bounds into functions without hole or overlap.

use yibao_kernel::Ratio;
use yibao_kernel::piecewise::{Bound, Piecewise, Segment};
use yibao_policy::{Path, split_hint};

use super::Compiler;
use super::fields::Known;
use crate::pack::case_step::BandCoefficient;
use crate::pack::step::{Band, CurvePiece, Elsewhere, Linear, OutlierStep, RouteTo};
use crate::plan::{BandSet, CompiledBand, Outlier};

const FULL: (Ratio, Ratio) = (Ratio::ZERO, Ratio::ONE);

/// The bounds of a band or piece as written.
struct Ends {
    above: Option<Ratio>,
    from: Option<Ratio>,
    upto: Option<Ratio>,
    below: Option<Ratio>,
}

impl Compiler<'_> {
    fn bounds(&mut self, ends: &Ends, path: &Path) -> Option<(Bound, Bound)> {
        let lower = match (ends.above, ends.from) {
            (Some(at), None) => Bound::Exclusive(at),
            (None, Some(at)) => Bound::Inclusive(at),
            (None, None) => Bound::Inclusive(Ratio::ZERO),
            (Some(_), Some(_)) => {
                self.error(
                    path,
                    "a band has both `above` and `from`",
                    "`above` leaves its number out, `from` takes it in: keep one",
                );
                return None;
            }
        };
        let upper = match (ends.below, ends.upto) {
            (Some(at), None) => Bound::Exclusive(at),
            (None, Some(at)) => Bound::Inclusive(at),
            (None, None) => Bound::Open,
            (Some(_), Some(_)) => {
                self.error(
                    path,
                    "a band has both `below` and `upto`",
                    "`below` leaves its number out, `upto` takes it in: keep one",
                );
                return None;
            }
        };
        if ends.above.or(ends.from).is_some_and(Ratio::is_negative) {
            self.error(path, "a band begins below 0", "ratios are never negative; begin at from = \"0\"");
            return None;
        }
        Some((lower, upper))
    }

    /// A curve over every x ≥ 0, with its jumps told as notes.
    pub(super) fn curve(&mut self, pieces: &[CurvePiece], path: &Path) -> Option<Piecewise> {
        self.curve_of("of cost ", pieces, path)
    }

    /// A curve of something else than cost.
    pub(super) fn curve_of(&mut self, what: &str, pieces: &[CurvePiece], path: &Path) -> Option<Piecewise> {
        let mut segments = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let ends = Ends { above: piece.above, from: piece.from, upto: piece.upto, below: piece.below };
            let (lower, upper) = self.bounds(&ends, &path.at(index))?;
            segments.push(Segment { lower, upper, slope: piece.times.slope, plus: piece.times.plus });
        }
        let curve = self.piecewise(segments, path)?;
        self.covers_all(&curve, path)?;
        self.tell_jumps(&curve, what, path);
        Some(curve)
    }

    fn piecewise(&mut self, segments: Vec<Segment>, path: &Path) -> Option<Piecewise> {
        match Piecewise::new(segments) {
            Ok(curve) => Some(curve),
            Err(error) => {
                let text = error.to_string();
                let (message, hint) = split_hint(&text);
                self.error(path, message.to_owned(), hint.unwrap_or("correct the bounds").to_owned());
                None
            }
        }
    }

    /// Nothing from 0 upwards may be left out.
    fn covers_all(&mut self, curve: &Piecewise, path: &Path) -> Option<()> {
        let hint = "add a band, or for outliers state elsewhere = \"full\" (factor 1)";
        let first = curve.segments().first()?.lower;
        if let Bound::Inclusive(at) | Bound::Exclusive(at) = first
            && first != Bound::Inclusive(Ratio::ZERO)
        {
            let words = if matches!(first, Bound::Inclusive(_)) { "below" } else { "up to" };
            self.error(path, format!("no band covers ratios {words} {at}"), hint);
            return None;
        }
        let last = curve.segments().last()?.upper;
        if let Bound::Inclusive(at) | Bound::Exclusive(at) = last {
            let words = if matches!(last, Bound::Inclusive(_)) { "above" } else { "from" };
            self.error(path, format!("no band covers ratios {words} {at}"), hint);
            return None;
        }
        Some(())
    }

    fn tell_jumps(&mut self, curve: &Piecewise, what: &str, path: &Path) {
        let mut notes = Vec::new();
        for (index, pair) in curve.segments().windows(2).enumerate() {
            let [below, above] = pair else { continue };
            let Some(at) = above.lower.at() else { continue };
            let (Ok(left), Ok(right)) = (below.value(at), above.value(at)) else { continue };
            if left != right {
                notes.push((index, at, left, right));
            }
        }
        for (index, at, left, right) in notes {
            self.tell_jump(&path.at(index), (at, left, right), what);
        }
    }

    fn tell_jump(&mut self, path: &Path, (at, left, right): (Ratio, Ratio, Ratio), what: &str) {
        let place = self.place(path);
        let size = right.checked_sub(left).map_or_else(|_| String::new(), |size| format!(", a jump of {size}"));
        self.found.note(
            format!("the value jumps at {at} from {left} to {right}{size}"),
            Some(place),
            format!("check that the text really says so; a small change {what}there changes the payment at once"),
        );
    }

    /// Jumps between bands that pay, with what K does in each.
    fn tell_band_jumps(&mut self, bands: &[CompiledBand], on: crate::plan::CoefficientOn, path: &Path) {
        for (index, pair) in bands.windows(2).enumerate() {
            let [below, above] = pair else { continue };
            let Some(at) = above.segment.lower.at().filter(|_| below.to.is_none() && above.to.is_none()) else {
                continue;
            };
            let here = path.at(index);
            let plain = |band: &CompiledBand| band.coefficient == BandCoefficient::Applies && !band.plus_coefficient;
            if plain(below) && plain(above) {
                if let (Ok(left), Ok(right)) = (below.segment.value(at), above.segment.value(at))
                    && left != right
                {
                    self.tell_jump(&here, (at, left, right), "of cost ");
                }
                continue;
            }
            let (Some(left), Some(right)) = (in_k(below, at, on), in_k(above, at, on)) else { continue };
            if left != right {
                let place = self.place(&here);
                self.found.note(
                    format!("the value jumps at {at} from {} to {}", k_words(&left), k_words(&right)),
                    Some(place),
                    "K is the hospital coefficient; check that the text really says so",
                );
            }
        }
    }

    /// Outlier bands: one set per distinct `when`, and one for the cases without any.
    pub(super) fn outlier(&mut self, step: &OutlierStep, path: &Path, known: &Known) -> Option<Outlier> {
        let over = self.amount_field(&step.over, &path.key("over"), known);
        let less = match &step.less {
            Some(name) => Some(self.amount_field(name, &path.key("less"), known)?),
            None => None,
        };
        let bands = path.key("bands");
        if step.bands.is_empty() {
            self.error(&bands, "no bands", "state at least one band");
            return None;
        }
        let mut whens: Vec<String> = Vec::new();
        for band in &step.bands {
            let text = band.when.as_ref().map(|when| format!("{when:?}")).unwrap_or_default();
            if !whens.contains(&text) {
                whens.push(text);
            }
        }
        // Sets with a condition first; the bands without one belong to every set.
        whens.sort_by_key(String::is_empty);
        let only_conditional = !whens.iter().any(String::is_empty);
        let mut sets = Vec::new();
        for text in &whens {
            sets.push(self.band_set(step, text, &bands, known)?);
        }
        if only_conditional {
            if step.elsewhere.is_none() {
                self.error(
                    &bands,
                    "no bands for cases that meet no `when`",
                    "add bands without `when`, or state elsewhere = \"full\" (factor 1)",
                );
                return None;
            }
            let full = self.full_set(&bands)?;
            sets.push(full);
        }
        Some(Outlier {
            over: over?,
            sets,
            coefficient_on: step.coefficient_on.unwrap_or(crate::plan::CoefficientOn::All),
            less,
        })
    }

    fn full_set(&mut self, path: &Path) -> Option<BandSet> {
        let segment = Segment { lower: Bound::Inclusive(Ratio::ZERO), upper: Bound::Open, slope: FULL.0, plus: FULL.1 };
        let curve = self.piecewise(vec![segment], path)?;
        Some(BandSet { when: None, curve, bands: vec![full_band(segment)] })
    }

    fn band_set(&mut self, step: &OutlierStep, when: &str, path: &Path, known: &Known) -> Option<BandSet> {
        let mut bands: Vec<CompiledBand> = Vec::new();
        let mut condition = None;
        for (index, band) in step.bands.iter().enumerate() {
            let own = band.when.as_ref().map(|when| format!("{when:?}")).unwrap_or_default();
            if !own.is_empty() && own != when {
                continue;
            }
            if let (Some(predicate), None) = (&band.when, &condition) {
                condition = Some(self.condition(predicate, &path.at(index).key("when"), known)?);
            }
            bands.push(self.band(band, index, &path.at(index))?);
        }
        bands.sort_by_key(|band| (band.segment.lower.at(), !matches!(band.segment.lower, Bound::Inclusive(_))));
        if step.elsewhere == Some(Elsewhere::Full) {
            bands = filled(bands);
        }
        let curve = self.piecewise(bands.iter().map(|band| band.segment).collect(), path)?;
        self.covers_all(&curve, path)?;
        self.tell_band_jumps(&bands, step.coefficient_on.unwrap_or(crate::plan::CoefficientOn::All), path);
        Some(BandSet { when: condition, curve, bands })
    }

    fn band(&mut self, band: &Band, index: usize, path: &Path) -> Option<CompiledBand> {
        let ends = Ends { above: band.above, from: band.from, upto: band.upto, below: band.below };
        let (lower, upper) = self.bounds(&ends, path)?;
        match (&band.times, band.to) {
            (Some(_), None) | (None, Some(_)) => {}
            _ => {
                self.error(
                    path,
                    "a band has none or both of `times` and `to`",
                    "state the factor with `times`, or the route with `to`",
                );
                return None;
            }
        }
        if band.to.is_none() && (band.quota.is_some() || band.otherwise.is_some()) {
            self.error(path, "`quota` and `otherwise` belong to a band with `to`", "take them away, or state `to`");
            return None;
        }
        if let Some(to) = band.to
            && matches!(to, RouteTo::Incomplete | RouteTo::Refuse | RouteTo::Held)
        {
            self.error(
                &path.key("to"),
                "an outlier band cannot lead there",
                "use items, special_review, cost_points, standard or nothing",
            );
            return None;
        }
        if band.to.is_some() && band.quota.is_none() && (band.coefficient.is_some() || band.plus_coefficient.is_some())
        {
            self.error(
                path,
                "`coefficient` and `plus_coefficient` belong to a band that pays by a factor",
                "take them away, or state `times` instead of `to`",
            );
            return None;
        }
        if let Some(quota) = &band.quota {
            self.check_quota(quota, &path.key("quota"));
        }
        let Linear { slope, plus } =
            band.times.clone().or_else(|| band.otherwise.clone()).unwrap_or(Linear { slope: FULL.0, plus: FULL.1 });
        Some(CompiledBand {
            segment: Segment { lower, upper, slope, plus },
            to: band.to,
            quota: band.quota.clone(),
            coefficient: band.coefficient.unwrap_or_default(),
            plus_coefficient: band.plus_coefficient.unwrap_or(false),
            index: u8::try_from(index).ok(),
        })
    }
}

/// A part that the bands leave out: factor 1.
const fn full_band(segment: Segment) -> CompiledBand {
    CompiledBand {
        segment,
        to: None,
        quota: None,
        coefficient: BandCoefficient::Applies,
        plus_coefficient: false,
        index: None,
    }
}

/// The bands with everything they leave out filled by factor 1.
fn filled(bands: Vec<CompiledBand>) -> Vec<CompiledBand> {
    let full = |lower: Bound, upper: Bound| full_band(Segment { lower, upper, slope: FULL.0, plus: FULL.1 });
    let mut all: Vec<CompiledBand> = Vec::new();
    // Where the part not covered yet begins; `None` once a band without end has come.
    let mut next = Some(Bound::Inclusive(Ratio::ZERO));
    for band in bands {
        if let Some(lower) = next
            && let Some(upper) = gap(lower, band.segment.lower)
        {
            all.push(full(lower, upper));
        }
        next = after(band.segment.upper);
        all.push(band);
    }
    if let Some(lower) = next {
        all.push(full(lower, Bound::Open));
    }
    all
}

/// The upper end of the gap from `lower` to a band that begins at `begins`; `None` when there is no gap.
fn gap(lower: Bound, begins: Bound) -> Option<Bound> {
    let (from, to) = (lower.at()?, begins.at()?);
    let upper = if matches!(begins, Bound::Inclusive(_)) { Bound::Exclusive(to) } else { Bound::Inclusive(to) };
    let both_in = matches!((lower, upper), (Bound::Inclusive(_), Bound::Inclusive(_)));
    (from < to || (from == to && both_in)).then_some(upper)
}

/// The lower end of what comes after a band.
const fn after(upper: Bound) -> Option<Bound> {
    match upper {
        Bound::Inclusive(at) => Some(Bound::Exclusive(at)),
        Bound::Exclusive(at) => Some(Bound::Inclusive(at)),
        Bound::Open => None,
    }
}

/// What multiplies the base in a band at r, by powers of K: [constant, K, K²].
fn in_k(band: &CompiledBand, at: Ratio, on: crate::plan::CoefficientOn) -> Option<[Ratio; 3]> {
    let factor = band.segment.value(at).ok()?;
    let k = if band.plus_coefficient { Ratio::ONE } else { Ratio::ZERO };
    if band.coefficient == BandCoefficient::None {
        return Some([factor, k, Ratio::ZERO]);
    }
    match on {
        crate::plan::CoefficientOn::All => Some([Ratio::ZERO, factor, k]),
        // K + (f − 1)
        crate::plan::CoefficientOn::Standard => {
            Some([factor.checked_sub(Ratio::ONE).ok()?, k.checked_add(Ratio::ONE).ok()?, Ratio::ZERO])
        }
    }
}

/// A multiplier in powers of K, in words: `3 + K`.
fn k_words(powers: &[Ratio; 3]) -> String {
    let terms = powers.iter().zip(["", "K", "K²"]).filter(|(number, _)| !number.is_zero());
    let words: Vec<String> = terms
        .map(|(number, power)| match (*number == Ratio::ONE, power) {
            (_, "") => number.to_string(),
            (true, power) => power.to_owned(),
            (false, power) => format!("{number}{power}"),
        })
        .collect();
    if words.is_empty() { "0".to_owned() } else { words.join(" + ") }
}

//! Piecewise-linear functions with typed bounds: payment bands, outlier bands, sharing of surplus
//! and overrun. Jumps are allowed, because the texts have them, and are reported.

use thiserror::Error;

use crate::ratio::{Ratio, RatioError};

/// One end of a segment.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Bound {
    /// The number itself belongs to the segment ("60 days and above").
    Inclusive(Ratio),
    /// The number itself does not belong to the segment ("below 50%").
    Exclusive(Ratio),
    /// No bound at this end.
    Open,
}

impl Bound {
    /// The number at this end, when there is one.
    #[must_use]
    pub const fn at(self) -> Option<Ratio> {
        match self {
            Self::Inclusive(at) | Self::Exclusive(at) => Some(at),
            Self::Open => None,
        }
    }
}

/// `y = slope * x + plus` between two bounds.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct Segment {
    /// The lower end.
    pub lower: Bound,
    /// The upper end.
    pub upper: Bound,
    /// The factor of x.
    pub slope: Ratio,
    /// What is added.
    pub plus: Ratio,
}

impl Segment {
    /// The value at `x`, whether or not x is inside.
    ///
    /// # Errors
    /// [`RatioError::Overflow`].
    pub fn value(&self, x: Ratio) -> Result<Ratio, RatioError> {
        if self.slope.is_zero() {
            return Ok(self.plus);
        }
        self.slope.checked_mul(x)?.checked_add(self.plus)
    }

    fn is_above(&self, x: Ratio) -> bool {
        match self.lower {
            Bound::Inclusive(at) => x < at,
            Bound::Exclusive(at) => x <= at,
            Bound::Open => false,
        }
    }

    fn is_below(&self, x: Ratio) -> bool {
        match self.upper {
            Bound::Inclusive(at) => x > at,
            Bound::Exclusive(at) => x >= at,
            Bound::Open => false,
        }
    }
}

/// A place where two neighbouring segments disagree.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct Jump {
    /// Where.
    pub at: Ratio,
    /// The value (or limit) of the segment below.
    pub left: Ratio,
    /// The value (or limit) of the segment above.
    pub right: Ratio,
}

/// Why segments do not make a function, or the function has no value.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum PiecewiseError {
    /// No segments.
    #[error("a piecewise function has no segments\n  hint: add at least one band")]
    Empty,
    /// A segment's upper bound lies below its lower, or both are one excluded number.
    #[error("segment {segment} contains no number\n  hint: its upper bound must lie above its lower bound")]
    EmptySegment {
        /// Which segment, counted from 1.
        segment: usize,
    },
    /// Numbers between two segments belong to neither.
    #[error(
        "no segment covers {at}\n  hint: let the band before end, or the band after begin, at {at}, and include it in one of them"
    )]
    HoleAt {
        /// The first number (or the limit) not covered.
        at: Ratio,
    },
    /// A number belongs to two segments.
    #[error("two segments cover {at}\n  hint: order the bands from low to high, and exclude {at} from one of them")]
    OverlapAt {
        /// A number covered twice.
        at: Ratio,
    },
    /// A segment in the middle has no bound on a side where another segment lies.
    #[error(
        "segment {segment} has no bound toward its neighbour\n  hint: only the first band may be open below and only the last open above"
    )]
    OpenInside {
        /// Which segment, counted from 1.
        segment: usize,
    },
    /// x lies below the first or above the last segment.
    #[error("{at} lies outside the function\n  hint: add a band that covers it")]
    Outside {
        /// The x asked for.
        at: Ratio,
    },
    /// The arithmetic does not fit.
    #[error(transparent)]
    Ratio(#[from] RatioError),
}

/// A function of ordered segments that cover everything between the first lower and the last upper
/// bound exactly once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piecewise {
    segments: Vec<Segment>,
    jumps: Vec<Jump>,
}

impl Piecewise {
    /// Checks that the segments, ordered from low to high, cover every number exactly once.
    ///
    /// # Errors
    /// [`PiecewiseError`], naming the number that is covered twice or not at all.
    pub fn new(segments: Vec<Segment>) -> Result<Self, PiecewiseError> {
        if segments.is_empty() {
            return Err(PiecewiseError::Empty);
        }
        for (index, segment) in segments.iter().enumerate() {
            let empty = match (segment.lower, segment.upper) {
                (Bound::Inclusive(lower), Bound::Inclusive(upper)) => lower > upper,
                (Bound::Open, _) | (_, Bound::Open) => false,
                (lower, upper) => lower.at() >= upper.at(),
            };
            if empty {
                return Err(PiecewiseError::EmptySegment { segment: index + 1 });
            }
        }
        let mut jumps = Vec::new();
        for (index, pair) in segments.windows(2).enumerate() {
            let [below, above] = pair else { continue };
            let at = seam(index, below.upper, above.lower)?;
            let (left, right) = (below.value(at)?, above.value(at)?);
            if left != right {
                jumps.push(Jump { at, left, right });
            }
        }
        Ok(Self { segments, jumps })
    }

    /// The index of the segment that contains `x`, and the value there.
    ///
    /// # Errors
    /// [`PiecewiseError::Outside`]; [`PiecewiseError::Ratio`] when the value does not fit.
    pub fn eval(&self, x: Ratio) -> Result<(usize, Ratio), PiecewiseError> {
        let index = self.segments.partition_point(|segment| segment.is_below(x));
        match self.segments.get(index) {
            Some(segment) if !segment.is_above(x) => Ok((index, segment.value(x)?)),
            _ => Err(PiecewiseError::Outside { at: x }),
        }
    }

    /// Where neighbouring segments disagree, from low to high.
    #[must_use]
    pub fn jumps(&self) -> &[Jump] {
        &self.jumps
    }

    /// The segments, from low to high.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

/// The number where a segment ends and the next begins; the number belongs to exactly one of them.
fn seam(index: usize, upper: Bound, lower: Bound) -> Result<Ratio, PiecewiseError> {
    let end = upper.at().ok_or(PiecewiseError::OpenInside { segment: index + 1 })?;
    let begin = lower.at().ok_or(PiecewiseError::OpenInside { segment: index + 2 })?;
    if end < begin {
        return Err(PiecewiseError::HoleAt { at: end });
    }
    if end > begin {
        return Err(PiecewiseError::OverlapAt { at: begin });
    }
    match (upper, lower) {
        (Bound::Inclusive(_), Bound::Inclusive(_)) => Err(PiecewiseError::OverlapAt { at: end }),
        (Bound::Exclusive(_), Bound::Exclusive(_)) => Err(PiecewiseError::HoleAt { at: end }),
        _ => Ok(end),
    }
}

#[cfg(test)]
mod tests;

//! Writing and reading packed explanations.

use crate::date::Day;
use crate::decimal::Decimal;
use crate::money::Fen;
use crate::ratio::Ratio;

use super::ExplainError;
use super::book::RuleId;

/// A number or word that a rule used or produced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A count, a number of days.
    Int(i64),
    /// An amount of money.
    Fen(Fen),
    /// A published number.
    Decimal(Decimal),
    /// An exact ratio.
    Ratio(Ratio),
    /// A calendar day.
    Day(Day),
    /// A recurring word: its number in the rule book's symbols.
    Symbol(u32),
    /// A word of this case only.
    Text(String),
}

/// One applied rule with its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The rule's number in the rule book.
    pub rule: RuleId,
    /// Its values, in the order written.
    pub values: Vec<Value>,
}

/// A packed explanation.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Explanation(Vec<u8>);

impl Explanation {
    /// Takes packed bytes as they are; [`read`] says whether they are whole.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The packed bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A writer that appends to this explanation.
    pub fn writer(&mut self) -> Writer<'_> {
        Writer::new(&mut self.0)
    }

    /// The steps.
    ///
    /// # Errors
    /// [`ExplainError::CutOff`], [`ExplainError::Damaged`].
    pub fn steps(&self) -> Result<Vec<Step>, ExplainError> {
        read(&self.0)
    }
}

const STEP: u8 = 0;
const INT: u8 = 1;
const FEN: u8 = 2;
const DECIMAL: u8 = 3;
const RATIO: u8 = 4;
const DAY: u8 = 5;
const SYMBOL: u8 = 6;
const TEXT: u8 = 7;

/// Appends packed steps to a buffer; allocates nothing besides it.
#[derive(Debug)]
pub struct Writer<'a> {
    bytes: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    /// A writer that appends to the buffer.
    pub const fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes }
    }

    /// Begins a step. The values written next belong to it.
    pub fn step(&mut self, rule: RuleId) -> &mut Self {
        self.bytes.push(STEP);
        self.unsigned(u128::from(rule.0))
    }

    /// A count.
    pub fn int(&mut self, value: i64) -> &mut Self {
        self.bytes.push(INT);
        self.signed(i128::from(value))
    }

    /// An amount of money.
    pub fn fen(&mut self, value: Fen) -> &mut Self {
        self.bytes.push(FEN);
        self.signed(i128::from(value.get()))
    }

    /// A published number.
    pub fn decimal(&mut self, value: Decimal) -> &mut Self {
        self.bytes.extend_from_slice(&[DECIMAL, value.dp()]);
        self.signed(i128::from(value.units()))
    }

    /// An exact ratio.
    pub fn ratio(&mut self, value: Ratio) -> &mut Self {
        self.bytes.push(RATIO);
        self.signed(value.num()).unsigned(value.den().unsigned_abs())
    }

    /// A calendar day.
    pub fn day(&mut self, value: Day) -> &mut Self {
        self.bytes.push(DAY);
        self.signed(i128::from(value.days()))
    }

    /// A recurring word, by its number in the rule book.
    pub fn symbol(&mut self, value: u32) -> &mut Self {
        self.bytes.push(SYMBOL);
        self.unsigned(u128::from(value))
    }

    /// A word of this case only.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.bytes.push(TEXT);
        // A slice's length fits 64 bits on every supported machine.
        self.unsigned(value.len() as u128);
        self.bytes.extend_from_slice(value.as_bytes());
        self
    }

    fn signed(&mut self, value: i128) -> &mut Self {
        // Zigzag: 0, -1, 1, -2 become 0, 1, 2, 3, so that small numbers of either sign stay short.
        self.unsigned(((value << 1) ^ (value >> 127)).cast_unsigned())
    }

    fn unsigned(&mut self, value: u128) -> &mut Self {
        let mut rest = value;
        while rest >= 0x80 {
            self.bytes.push(low_seven(rest) | 0x80);
            rest >>= 7;
        }
        self.bytes.push(low_seven(rest));
        self
    }
}

fn low_seven(value: u128) -> u8 {
    (value & 0x7f) as u8
}

/// The steps of a packed explanation. Never panics, whatever the bytes, and accepts only bytes that
/// a [`Writer`] produces.
///
/// # Errors
/// [`ExplainError::CutOff`], [`ExplainError::Damaged`].
pub fn read(bytes: &[u8]) -> Result<Vec<Step>, ExplainError> {
    let mut reader = Reader { bytes, position: 0 };
    let mut steps: Vec<Step> = Vec::new();
    while reader.position < bytes.len() {
        let position = reader.position;
        let damaged = |what| ExplainError::Damaged { position, what };
        let tag = reader.byte()?;
        if tag == STEP {
            let rule = u16::try_from(reader.unsigned(position)?).map_err(|_| damaged("rule number too large"))?;
            steps.push(Step { rule: RuleId(rule), values: Vec::new() });
            continue;
        }
        let value = reader.value(tag, position)?;
        let step = steps.last_mut().ok_or(damaged("a value before the first step"))?;
        step.values.push(value);
    }
    Ok(steps)
}

struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    fn cut_off(&self) -> ExplainError {
        ExplainError::CutOff { length: self.bytes.len() }
    }

    fn byte(&mut self) -> Result<u8, ExplainError> {
        let byte = self.bytes.get(self.position).copied().ok_or_else(|| self.cut_off())?;
        self.position += 1;
        Ok(byte)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], ExplainError> {
        let end = self.position.checked_add(length).ok_or_else(|| self.cut_off())?;
        let taken = self.bytes.get(self.position..end).ok_or_else(|| self.cut_off())?;
        self.position = end;
        Ok(taken)
    }

    /// `entry` is where the entry begins, for the error.
    fn unsigned(&mut self, entry: usize) -> Result<u128, ExplainError> {
        let damaged = |what| ExplainError::Damaged { position: entry, what };
        let (mut value, mut shift) = (0_u128, 0_u32);
        loop {
            let byte = self.byte()?;
            let low = u128::from(byte & 0x7f);
            // 18 bytes carry 126 bits; the 19th may carry the last two.
            if shift > 126 || (shift == 126 && low > 3) {
                return Err(damaged("number too large"));
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                return if low == 0 && shift > 0 { Err(damaged("number not in its shortest form")) } else { Ok(value) };
            }
            shift += 7;
        }
    }

    fn signed(&mut self, entry: usize) -> Result<i128, ExplainError> {
        let zigzag = self.unsigned(entry)?;
        Ok((zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed()))
    }

    fn signed_narrow<T: TryFrom<i128>>(&mut self, entry: usize) -> Result<T, ExplainError> {
        T::try_from(self.signed(entry)?)
            .map_err(|_| ExplainError::Damaged { position: entry, what: "number too large" })
    }

    fn value(&mut self, tag: u8, entry: usize) -> Result<Value, ExplainError> {
        let damaged = |what| ExplainError::Damaged { position: entry, what };
        Ok(match tag {
            INT => Value::Int(self.signed_narrow(entry)?),
            FEN => Value::Fen(Fen::new(self.signed_narrow(entry)?)),
            DECIMAL => {
                let dp = self.byte()?;
                if dp > Decimal::MAX_DP {
                    return Err(damaged("too many decimal places"));
                }
                Value::Decimal(Decimal::new(self.signed_narrow(entry)?, dp))
            }
            RATIO => {
                let num = self.signed(entry)?;
                let den = i128::try_from(self.unsigned(entry)?).map_err(|_| damaged("number too large"))?;
                let ratio = Ratio::new(num, den).map_err(|_| damaged("not a ratio"))?;
                if (ratio.num(), ratio.den()) != (num, den) {
                    return Err(damaged("ratio not reduced"));
                }
                Value::Ratio(ratio)
            }
            DAY => {
                let day = Day::from_days(self.signed_narrow(entry)?);
                Value::Day(day.map_err(|_| damaged("day out of range"))?)
            }
            SYMBOL => {
                let symbol = u32::try_from(self.unsigned(entry)?);
                Value::Symbol(symbol.map_err(|_| damaged("symbol number too large"))?)
            }
            TEXT => {
                let length = usize::try_from(self.unsigned(entry)?).map_err(|_| self.cut_off())?;
                let text = str::from_utf8(self.take(length)?).map_err(|_| damaged("text is not UTF-8"))?;
                Value::Text(text.to_owned())
            }
            _ => return Err(damaged("unknown kind of value")),
        })
    }
}

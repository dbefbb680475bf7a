//! The codes of one kind that the tables know, each with a number and a class.
//!
//! Numbers 0 .. `reserved` stand for codes that no table knows: number `m` is for those whose
//! matching prefixes (of the conditions that look at prefixes) are exactly the bits of `m`.

use crate::case::CodeId;

/// Most codes of one kind, the reserved numbers included: numbers are 16 bits wide.
pub(crate) const CODES_MAX: usize = 1 << 16;

/// Most prefixes a scheme may look at: unknown codes need a number per combination.
pub(crate) const PREFIXES_MAX: usize = 6;

/// Codes of one kind, sorted, with an index from text to number.
#[derive(Debug, Clone)]
pub(crate) struct Codes {
    /// All texts, one after the other; the reserved numbers have none.
    pub text: Vec<u8>,
    /// End of each text, per number; the reserved ones end at 0.
    pub ends: Vec<u32>,
    /// Class of each number.
    pub class: Vec<u16>,
    /// Sets of each class, sorted.
    pub class_sets: Vec<Vec<u16>>,
    /// Per class: which prefixes its codes start with, as bits.
    pub class_prefixes: Vec<u8>,
    /// How many numbers are reserved for unknown codes.
    pub reserved: u32,
    /// Prefixes in the order of the bits.
    prefixes: Vec<String>,
    /// Open addressing: 0 = free, else number of the code.
    slots: Vec<u16>,
}

impl PartialEq for Codes {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
            && self.ends == other.ends
            && self.class == other.class
            && self.class_sets == other.class_sets
            && self.class_prefixes == other.class_prefixes
            && self.reserved == other.reserved
    }
}

impl Eq for Codes {}

/// The stored parts of [`Codes`].
#[derive(Debug)]
pub(crate) struct Parts {
    pub text: Vec<u8>,
    pub ends: Vec<u32>,
    pub class: Vec<u16>,
    pub class_sets: Vec<Vec<u16>>,
    pub class_prefixes: Vec<u8>,
    pub prefixes: Vec<String>,
}

impl Codes {
    /// Puts the stored parts together and builds the index.
    ///
    /// # Errors
    /// Parts that contradict each other, with what is wrong.
    pub(crate) fn new(parts: Parts) -> Result<Self, &'static str> {
        let Parts { text, ends, class, class_sets, class_prefixes, prefixes } = parts;
        if prefixes.len() > PREFIXES_MAX {
            return Err("too many prefixes");
        }
        let reserved = 1_usize << prefixes.len();
        if ends.len() < reserved || ends.len() != class.len() {
            return Err("numbers and classes of codes do not match");
        }
        if ends.len() > CODES_MAX {
            return Err("more than 65536 codes of one kind");
        }
        if class_sets.is_empty() || class_sets.len() != class_prefixes.len() {
            return Err("classes of codes do not match");
        }
        if class.iter().any(|&c| usize::from(c) >= class_sets.len()) {
            return Err("a code of an unknown class");
        }
        let mut start = 0;
        for (number, &end) in ends.iter().enumerate() {
            let right = if number < reserved { end == 0 } else { end >= start };
            if !right {
                return Err("texts of codes overlap");
            }
            start = end;
        }
        if start as usize != text.len() {
            return Err("texts of codes are cut");
        }
        let reserved = u32::try_from(reserved).map_err(|_| "too many prefixes")?;
        let mut codes = Self { text, ends, class, class_sets, class_prefixes, reserved, prefixes, slots: Vec::new() };
        codes.index()?;
        Ok(codes)
    }

    fn index(&mut self) -> Result<(), &'static str> {
        let size = self.ends.len().saturating_mul(2).next_power_of_two().max(16);
        let mask = size - 1;
        let mut slots = vec![0_u16; size];
        let last = u16::try_from(self.ends.len() - 1).map_err(|_| "too many codes")?;
        for number in u16::try_from(self.reserved).unwrap_or(u16::MAX)..=last {
            let code = self.code(number);
            let mut slot = spread(code) & mask;
            while slots.get(slot).is_some_and(|&taken| taken != 0) {
                slot = (slot + 1) & mask;
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = number;
            }
        }
        self.slots = slots;
        Ok(())
    }

    /// How many numbers there are, the reserved ones included.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number; empty for reserved and unknown numbers.
    pub(crate) fn code(&self, number: u16) -> &[u8] {
        let number = usize::from(number);
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(number).copied().unwrap_or(0);
        self.text.get(start.unwrap_or(0) as usize..end as usize).unwrap_or_default()
    }

    /// The number of a code: its own, or the reserved one of its prefixes.
    pub(crate) fn number(&self, code: &[u8]) -> CodeId {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = spread(code) & mask;
        while let Some(&number) = self.slots.get(slot).filter(|&&number| number != 0) {
            if self.code(number) == code {
                return self.id(number);
            }
            slot = (slot + 1) & mask;
        }
        self.id(u16::from(prefix_bits(&self.prefixes, code)))
    }

    /// A number with its class.
    fn id(&self, number: u16) -> CodeId {
        CodeId::new(number, self.class.get(usize::from(number)).copied().unwrap_or(0))
    }
}

/// Which of the prefixes the code starts with, as bits.
pub(crate) fn prefix_bits(prefixes: &[String], code: &[u8]) -> u8 {
    let mut bits = 0;
    for (bit, prefix) in prefixes.iter().enumerate() {
        if code.starts_with(prefix.as_bytes()) {
            bits |= 1 << bit;
        }
    }
    bits
}

/// Spreads a code over the slots.
pub(crate) fn spread(code: &[u8]) -> usize {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut mixed = code.len() as u64;
    for chunk in code.chunks(8) {
        let mut word = [0_u8; 8];
        for (to, from) in word.iter_mut().zip(chunk) {
            *to = *from;
        }
        mixed = (mixed.rotate_left(29) ^ u64::from_le_bytes(word)).wrapping_mul(ODD);
    }
    (mixed >> 20) as usize
}

//! Codes as the tables name them first: text to number, growing.

use crate::codes::spread;

/// Distinct codes in the order of their first naming, and their memberships.
#[derive(Debug)]
pub(crate) struct Gathered {
    text: Vec<u8>,
    ends: Vec<u32>,
    /// Open addressing: 0 = free, else 1 + number.
    slots: Vec<u32>,
    /// Code and set, as numbers of this struct and of the file's order.
    pub members: Vec<(u32, u16)>,
}

impl Gathered {
    pub(crate) fn new() -> Self {
        let slots = vec![0; 1 << 15];
        Self { text: Vec::new(), ends: Vec::new(), slots, members: Vec::new() }
    }

    /// How many codes there are.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// The text of a number.
    pub(crate) fn code(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(number).copied().unwrap_or(0) as usize;
        self.text.get(start.unwrap_or(0) as usize..end).unwrap_or_default()
    }

    /// The number of a code, new or known.
    pub(crate) fn number(&mut self, code: &[u8]) -> u32 {
        let mask = self.slots.len() - 1;
        let mut slot = spread(code) & mask;
        while let Some(&taken) = self.slots.get(slot).filter(|&&taken| taken != 0) {
            if self.code(taken - 1) == code {
                return taken - 1;
            }
            slot = (slot + 1) & mask;
        }
        let number = self.len();
        self.text.extend_from_slice(code);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        if let Some(free) = self.slots.get_mut(slot) {
            *free = number + 1;
        }
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![0; mask + 1];
        for number in 0..self.len() {
            let mut slot = spread(self.code(number)) & mask;
            while slots.get(slot).is_some_and(|&taken| taken != 0) {
                slot = (slot + 1) & mask;
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = number + 1;
            }
        }
        self.slots = slots;
    }

    /// The numbers in the order of their texts.
    pub(crate) fn sorted(&self) -> Vec<u32> {
        let key = |number: u32| {
            // The first 16 bytes decide almost always.
            let mut head = [0_u8; 16];
            head.iter_mut().zip(self.code(number)).for_each(|(to, from)| *to = *from);
            (u128::from_be_bytes(head), number)
        };
        let mut keys: Vec<(u128, u32)> = (0..self.len()).map(key).collect();
        keys.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.code(a.1).cmp(self.code(b.1))));
        keys.into_iter().map(|(_, number)| number).collect()
    }
}

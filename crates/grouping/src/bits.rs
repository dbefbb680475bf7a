//! Fixed-length sets of small numbers.

/// A set of the numbers 0 .. length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    length: usize,
}

impl Bits {
    /// No number.
    pub(crate) fn none(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(64)], length }
    }

    /// The numbers of words that hold none past the length.
    pub(crate) fn from_words(words: &[u64], length: usize) -> Self {
        let mut bits = Self::none(length);
        bits.words.iter_mut().zip(words).for_each(|(to, from)| *to = *from);
        bits
    }

    /// Every number.
    pub(crate) fn all(length: usize) -> Self {
        Self::none(length).not()
    }

    /// Adds a number below the length.
    pub(crate) fn insert(&mut self, number: usize) {
        debug_assert!(number < self.length, "a number past the length");
        if let Some(word) = self.words.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// Whether every number is in.
    pub(crate) fn is_all(&self) -> bool {
        self.count() == self.length
    }

    /// How many numbers are in.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The numbers in both.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
        self
    }

    /// The numbers in either.
    pub(crate) fn or(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
        self
    }

    /// The numbers not in.
    pub(crate) fn not(mut self) -> Self {
        self.words.iter_mut().for_each(|word| *word = !*word);
        let rest = self.length % 64;
        if rest != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << rest) - 1;
        }
        self
    }

    /// The numbers, rising.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(at * 64 + bit)
            })
        })
    }

    /// The words, 64 numbers each.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complement_stays_inside_the_length() {
        let mut bits = Bits::none(70);
        bits.insert(69);
        assert_eq!(bits.clone().not().count(), 69);
        assert_eq!(bits.clone().or(&bits.clone().not()), Bits::all(70));
        assert_eq!(bits.clone().and(&bits.clone().not()), Bits::none(70));
        assert_eq!(bits.iter().collect::<Vec<_>>(), [69]);
        assert!(Bits::all(128).is_all());
    }
}

//! Codes to numbers, remembered per worker: one look at one place of memory for a code that was seen before.
//!
//! A scheme's own index stands in several arrays; this cache keeps a code and its number side by side, sixteen bytes for a
//! code of up to 12 bytes (nearly all), thirty-two for one of up to 24. Longer texts go to the scheme each time.

use yibao_record::validation::Cause;

/// The longest code that is remembered.
const KEY_BYTES: usize = 24;
/// The longest code of the small table.
const SHORT_BYTES: usize = 12;
/// Most places of a table (2 MiB and 4 MiB).
const PLACES_MAX: usize = 1 << 17;
const PLACES_FIRST: usize = 1 << 10;

/// A code, padded with zeros. No code but the empty one is all zeros, and that one is not remembered.
trait Key: Copy + Eq {
    const FREE: Self;
    fn mixed(self) -> u64;
}

impl Key for (u64, u32) {
    const FREE: Self = (0, 0);

    #[inline]
    fn mixed(self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(self.1).wrapping_mul(0xC2B2_AE3D_27D4_EB4F)
    }
}

impl Key for [u64; 3] {
    const FREE: Self = [0; 3];

    #[inline]
    fn mixed(self) -> u64 {
        let [a, b, c] = self;
        a.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ b.wrapping_mul(0xC2B2_AE3D_27D4_EB4F)
            ^ c.wrapping_mul(0x1656_67B1_9E37_79F9)
    }
}

/// An open-addressed table of codes and numbers, at most half full.
struct Places<K, T> {
    entries: Vec<(K, T)>,
    shift: u32,
    count: usize,
    /// Stands in free places.
    filler: T,
}

impl<K: Key, T: Copy> Places<K, T> {
    fn new(filler: T) -> Places<K, T> {
        let entries = vec![(K::FREE, filler); PLACES_FIRST];
        Places { entries, shift: 64 - PLACES_FIRST.ilog2(), count: 0, filler }
    }

    #[inline]
    fn get(&self, key: K) -> Option<T> {
        let mask = self.entries.len().wrapping_sub(1);
        let mut place = (key.mixed() >> self.shift) as usize;
        while let Some((known, number)) = self.entries.get(place) {
            if *known == K::FREE {
                return None;
            }
            if *known == key {
                return Some(*number);
            }
            place = (place + 1) & mask;
        }
        None
    }

    #[cold]
    fn remember(&mut self, key: K, number: T) {
        if key == K::FREE {
            return;
        }
        if self.count * 2 >= self.entries.len() {
            if self.entries.len() >= PLACES_MAX {
                return;
            }
            let larger = vec![(K::FREE, self.filler); self.entries.len() * 2];
            let old = std::mem::replace(&mut self.entries, larger);
            self.shift -= 1;
            for (key, number) in old.into_iter().filter(|(key, _)| *key != K::FREE) {
                self.put(key, number);
            }
        }
        self.put(key, number);
        self.count += 1;
    }

    fn put(&mut self, key: K, number: T) {
        let mask = self.entries.len().wrapping_sub(1);
        let mut place = (key.mixed() >> self.shift) as usize;
        while let Some(entry) = self.entries.get_mut(place) {
            if entry.0 == K::FREE {
                *entry = (key, number);
                return;
            }
            place = (place + 1) & mask;
        }
    }
}

/// The codes seen so far by one worker.
pub(crate) struct Interner<T> {
    short: Places<(u64, u32), T>,
    long: Places<[u64; 3], T>,
}

impl<T: Copy> Interner<T> {
    /// An empty cache; `filler` is any number.
    pub(crate) fn new(filler: T) -> Interner<T> {
        Interner { short: Places::new(filler), long: Places::new(filler) }
    }

    /// Appends the numbers of the codes of a list, joined by `|`, that stands from `start` to `end` of `bytes`.
    /// An empty list has no code. `resolve` gives the number of a code not seen before, or refuses it.
    #[inline]
    pub(crate) fn list(
        &mut self,
        bytes: &[u8],
        start: usize,
        end: usize,
        numbers: &mut Vec<T>,
        mut resolve: impl FnMut(&[u8]) -> Result<T, Cause>,
    ) -> Result<(), Cause> {
        numbers.clear();
        if start >= end {
            return Ok(());
        }
        let mut at = start;
        loop {
            let rest = end - at;
            let (word, length) = short_code(bytes, at, rest);
            let behind = if length <= SHORT_BYTES {
                let key = (word as u64, (word >> 64) as u32);
                let number = match self.short.get(key) {
                    Some(number) => number,
                    None => {
                        let number = resolve(bytes.get(at..at + length).unwrap_or_default())?;
                        self.short.remember(key, number);
                        number
                    }
                };
                numbers.push(number);
                at + length
            } else {
                let words = window(bytes, at);
                let list = bytes.get(at..end).unwrap_or_default();
                let (number, length) = self.long_code(words, first_bar(words).min(rest), list, &mut resolve)?;
                numbers.push(number);
                at + length
            };
            if behind >= end {
                return Ok(());
            }
            at = behind + 1;
            if at == end {
                // a list that ends in `|` ends in an empty code
                numbers.push(resolve(&[])?);
                return Ok(());
            }
        }
    }

    /// The number and the length of the code that `list` begins with, of more than [`SHORT_BYTES`].
    fn long_code(
        &mut self,
        words: [u64; 3],
        length: usize,
        list: &[u8],
        resolve: &mut impl FnMut(&[u8]) -> Result<T, Cause>,
    ) -> Result<(T, usize), Cause> {
        if length >= KEY_BYTES && list.len() > KEY_BYTES {
            let length = memchr::memchr(b'|', list).unwrap_or(list.len());
            return Ok((resolve(list.get(..length).unwrap_or_default())?, length));
        }
        let key = cut(words, length);
        if let Some(number) = self.long.get(key) {
            return Ok((number, length));
        }
        let number = resolve(list.get(..length).unwrap_or_default())?;
        self.long.remember(key, number);
        Ok((number, length))
    }
}

/// The code at a place, padded with zeros, and its length; without branches, since lengths vary from code to code.
/// Of a code longer than 16 bytes the beginning and 16.
#[inline]
fn short_code(bytes: &[u8], at: usize, rest: usize) -> (u128, usize) {
    let word = match bytes.get(at..at + 16).and_then(|window| window.first_chunk::<16>()) {
        Some(window) => u128::from_le_bytes(*window),
        None => {
            let [a, b, _] = window(bytes, at);
            u128::from(a) | u128::from(b) << 64
        }
    };
    let found = u128::from(bars(word as u64)) | u128::from(bars((word >> 64) as u64)) << 64;
    // 128 trailing zeros of an empty word are sixteen bytes
    let length = ((found.trailing_zeros() >> 3) as usize).min(rest);
    let kept = if length < 16 { word & ((1 << (length * 8)) - 1) } else { word };
    (kept, length)
}

/// Twenty-four bytes from a place on; zeros behind the end.
#[inline]
fn window(bytes: &[u8], at: usize) -> [u64; 3] {
    if let Some(window) = bytes.get(at..at + KEY_BYTES)
        && let ([a, b, c], []) = window.as_chunks::<8>()
    {
        return [u64::from_le_bytes(*a), u64::from_le_bytes(*b), u64::from_le_bytes(*c)];
    }
    let mut padded = [0_u8; KEY_BYTES];
    for (to, from) in padded.iter_mut().zip(bytes.get(at..).unwrap_or_default()) {
        *to = *from;
    }
    let mut words = [0; 3];
    for (word, chunk) in words.iter_mut().zip(padded.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*chunk);
    }
    words
}

/// Place of the first `|`, or 24.
#[inline]
const fn first_bar(words: [u64; 3]) -> usize {
    let [a, b, c] = words;
    let first = bars(a);
    if first != 0 {
        return (first.trailing_zeros() >> 3) as usize;
    }
    let second = bars(b);
    if second != 0 {
        return 8 + (second.trailing_zeros() >> 3) as usize;
    }
    // 64 trailing zeros of an empty word are eight bytes
    16 + (bars(c).trailing_zeros() >> 3) as usize
}

/// The top bit of each byte that is `|`.
#[inline]
const fn bars(word: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let difference = word ^ 0x7C7C_7C7C_7C7C_7C7C;
    !(((difference & LOW) + LOW) | difference | LOW)
}

/// The first `length` bytes, the others zero.
#[inline]
const fn cut(words: [u64; 3], length: usize) -> [u64; 3] {
    let [a, b, c] = words;
    match length {
        0..8 => [a & low_bytes(length), 0, 0],
        8..16 => [a, b & low_bytes(length - 8), 0],
        16..24 => [a, b, c & low_bytes(length - 16)],
        _ => [a, b, c],
    }
}

#[inline]
const fn low_bytes(count: usize) -> u64 {
    (1 << (count * 8)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers the codes by a table of texts, through the cache, twice.
    fn split(list: &[u8]) -> Vec<String> {
        let mut interner: Interner<u32> = Interner::new(0);
        for padding in [0, 40] {
            let mut bytes = b"x|".to_vec();
            bytes.extend_from_slice(list);
            bytes.extend(std::iter::repeat_n(b'|', padding));
            let mut seen: Vec<String> = Vec::new();
            let mut numbers = Vec::new();
            for _ in 0..2 {
                interner
                    .list(&bytes, 2, 2 + list.len(), &mut numbers, |code| {
                        seen.push(String::from_utf8_lossy(code).into_owned());
                        Ok(seen.len() as u32 - 1)
                    })
                    .unwrap();
            }
            if padding == 0 {
                let texts: Vec<String> =
                    numbers.iter().map(|number| seen.get(*number as usize).cloned().unwrap()).collect();
                return texts;
            }
        }
        Vec::new()
    }

    #[test]
    fn a_list_is_split_at_bars_only() {
        assert_eq!(split(b""), Vec::<String>::new());
        assert_eq!(split(b"A00.000"), ["A00.000"]);
        assert_eq!(split(b"A00|B01.000x003|C02"), ["A00", "B01.000x003", "C02"]);
        assert_eq!(
            split(b"12345678|1234567890123456|123456789012345678901234"),
            ["12345678", "1234567890123456", "123456789012345678901234"]
        );
        assert_eq!(split(b"a code that is far longer than any|B01"), ["a code that is far longer than any", "B01"]);
    }

    #[test]
    fn empty_codes_are_kept() {
        assert_eq!(split(b"|A"), ["", "A"]);
        assert_eq!(split(b"A||B"), ["A", "", "B"]);
        assert_eq!(split(b"A|"), ["A", ""]);
        assert_eq!(split(b"|"), ["", ""]);
    }

    #[test]
    fn codes_are_told_apart_when_there_are_many() {
        let mut interner: Interner<u32> = Interner::new(0);
        let mut numbers = Vec::new();
        for round in 0..2 {
            for code in 0..90_000_u32 {
                let text = format!("A{code}.x");
                interner
                    .list(text.as_bytes(), 0, text.len(), &mut numbers, |_| {
                        assert!(round == 0 || code > 40_000);
                        Ok(code)
                    })
                    .unwrap();
                assert_eq!(numbers, [code]);
            }
        }
    }

    #[test]
    fn a_refused_code_is_refused_each_time() {
        let mut interner: Interner<u32> = Interner::new(0);
        let mut numbers = Vec::new();
        for _ in 0..2 {
            let refused = interner.list(b"5E+10", 0, 5, &mut numbers, |_| Err(Cause::Scientific));
            assert_eq!(refused, Err(Cause::Scientific));
        }
    }
}

//! Numbers and texts to bytes and back, little-endian, lengths first. Reading never panics.

/// Appends values to a section.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    pub bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn i32(&mut self, value: i32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// A length of 32 bits.
    pub(crate) fn length(&mut self, length: usize) {
        assert!(u32::try_from(length).is_ok(), "a list of a scheme has less than 2^32 items");
        self.u32(length as u32);
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.raw(text.as_bytes());
    }

    pub(crate) fn list<T>(&mut self, list: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.length(list.len());
        list.iter().for_each(|item| write(self, item));
    }

    pub(crate) fn u16s(&mut self, list: &[u16]) {
        self.list(list, |out, &item| out.u16(item));
    }

    pub(crate) fn u32s(&mut self, list: &[u32]) {
        self.list(list, |out, &item| out.u32(item));
    }
}

/// The bytes end too early or hold an impossible value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damaged;

/// Takes values from a section.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything has been taken.
    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(Damaged)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Damaged> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Damaged> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Damaged> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Damaged> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(crate) fn i32(&mut self) -> Result<i32, Damaged> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    /// A length; items take at least `bytes` each, so a damaged length cannot ask for more
    /// memory than the section holds.
    pub(crate) fn length(&mut self, bytes: usize) -> Result<usize, Damaged> {
        let length = self.u32()? as usize;
        if length.saturating_mul(bytes) > self.rest.len() { Err(Damaged) } else { Ok(length) }
    }

    pub(crate) fn raw(&mut self) -> Result<&'a [u8], Damaged> {
        let length = self.length(1)?;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Damaged> {
        str::from_utf8(self.raw()?).map_err(|_| Damaged)
    }

    pub(crate) fn owned(&mut self) -> Result<String, Damaged> {
        self.text().map(str::to_owned)
    }

    /// A list whose items take at least `bytes` each.
    pub(crate) fn list<T>(
        &mut self,
        bytes: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Vec<T>, Damaged> {
        let length = self.length(bytes)?;
        let mut list = Vec::with_capacity(length);
        for _ in 0..length {
            list.push(read(self)?);
        }
        Ok(list)
    }

    pub(crate) fn u16s(&mut self) -> Result<Vec<u16>, Damaged> {
        let length = self.length(2)?;
        let bytes = self.take(length * 2)?;
        Ok(bytes.as_chunks::<2>().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect())
    }

    pub(crate) fn u32s(&mut self) -> Result<Vec<u32>, Damaged> {
        let length = self.length(4)?;
        let bytes = self.take(length * 4)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|&four| u32::from_le_bytes(four)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_length_is_refused_before_memory_is_taken() {
        assert_eq!(Reader::new(&[255, 255, 255, 255, 1]).u16s(), Err(Damaged));
        assert_eq!(Reader::new(&[2, 0, 0, 0, 1]).text(), Err(Damaged));
        assert_eq!(Reader::new(&[1, 0, 0, 0, 0xFF]).text(), Err(Damaged));
        assert_eq!(Reader::new(&[1, 0]).u32(), Err(Damaged));
    }
}

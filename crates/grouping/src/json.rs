//! A strict reader of JSON that remembers lines.
//!
//! The conditions of a scheme are JSON; a refusal must name the line, a repeated key must not
//! silently replace the first one, and numbers are whole. So this small reader exists beside
//! the general one. It never panics and bounds its depth.

/// Deepest nesting accepted.
const DEPTH_MAX: u32 = 64;

/// A value with the line on which it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Json {
    pub line: u32,
    pub value: Value,
}

/// A JSON value; numbers are whole numbers of 64 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Whole(i64),
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

/// What is wrong and on which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub line: u32,
    pub what: String,
}

impl Json {
    /// The text, when the value is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The list, when the value is one.
    pub(crate) fn list(&self) -> Option<&[Json]> {
        match &self.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The entries in file order, when the value is a map.
    pub(crate) fn map(&self) -> Option<&[(String, Json)]> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The value of a key, when the value is a map that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        self.map()?.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }
}

/// Reads one JSON document.
///
/// # Errors
/// Anything that is not strict JSON, a repeated key, a number that is not whole.
pub(crate) fn parse(text: &str) -> Result<Json, JsonError> {
    let mut reader = Reader { rest: text.as_bytes(), line: 1 };
    let value = reader.value(0)?;
    reader.space();
    match reader.rest.first() {
        None => Ok(value),
        Some(_) => Err(reader.error("text after the end of the document")),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    line: u32,
}

impl Reader<'_> {
    fn error(&self, what: impl Into<String>) -> JsonError {
        JsonError { line: self.line, what: what.into() }
    }

    fn space(&mut self) {
        while let Some((&byte, rest)) = self.rest.split_first() {
            match byte {
                b'\n' => self.line = self.line.saturating_add(1),
                b' ' | b'\t' | b'\r' => {}
                _ => return,
            }
            self.rest = rest;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        match self.rest.split_first() {
            Some((&first, rest)) if first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn word(&mut self, word: &[u8]) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: u32) -> Result<Json, JsonError> {
        if depth > DEPTH_MAX {
            return Err(self.error(format!("nested deeper than {DEPTH_MAX}")));
        }
        self.space();
        let line = self.line;
        let value = match self.rest.first() {
            None => return Err(self.error("the document ends too early")),
            Some(b'{') => Value::Map(self.entries(depth)?),
            Some(b'[') => Value::List(self.items(depth)?),
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Whole(self.number()?),
            Some(_) if self.word(b"true") => Value::Bool(true),
            Some(_) if self.word(b"false") => Value::Bool(false),
            Some(_) if self.word(b"null") => Value::Null,
            Some(_) => return Err(self.error("not a JSON value")),
        };
        Ok(Json { line, value })
    }

    fn items(&mut self, depth: u32) -> Result<Vec<Json>, JsonError> {
        let mut items = Vec::new();
        self.eat(b'[');
        if self.eat(b']') {
            return Ok(items);
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.eat(b']') {
                return Ok(items);
            }
            if !self.eat(b',') {
                return Err(self.error("expected `,` or `]` in a list"));
            }
        }
    }

    fn entries(&mut self, depth: u32) -> Result<Vec<(String, Json)>, JsonError> {
        let mut entries: Vec<(String, Json)> = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        self.eat(b'{');
        if self.eat(b'}') {
            return Ok(entries);
        }
        loop {
            self.space();
            if self.rest.first() != Some(&b'"') {
                return Err(self.error("expected a key in quotes"));
            }
            let key = self.string()?;
            if !seen.insert(key.clone()) {
                return Err(self.error(format!("key {key:?} stands twice")));
            }
            if !self.eat(b':') {
                return Err(self.error(format!("expected `:` after key {key:?}")));
            }
            let value = self.value(depth + 1)?;
            entries.push((key, value));
            if self.eat(b'}') {
                return Ok(entries);
            }
            if !self.eat(b',') {
                return Err(self.error("expected `,` or `}` in a map"));
            }
        }
    }

    fn number(&mut self) -> Result<i64, JsonError> {
        let length =
            self.rest.iter().take_while(|b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        let text = str::from_utf8(digits).unwrap_or_default();
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        if unsigned.len() > 1 && unsigned.starts_with('0') {
            return Err(self.error(format!("number {text} has a leading zero")));
        }
        text.parse::<i64>().map_err(|_| self.error(format!("{text} is not a whole number")))
    }

    /// A string; the caller has seen its opening quote.
    fn string(&mut self) -> Result<String, JsonError> {
        let mut bytes = Vec::new();
        self.rest = self.rest.get(1..).unwrap_or_default();
        loop {
            let Some((&byte, rest)) = self.rest.split_first() else {
                return Err(self.error("a text without its closing quote"));
            };
            self.rest = rest;
            match byte {
                b'"' => break,
                b'\\' => {
                    let sign = self.escape()?;
                    bytes.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
                }
                0..0x20 => return Err(self.error("a control character inside a text")),
                _ => bytes.push(byte),
            }
        }
        String::from_utf8(bytes).map_err(|_| self.error("a text that is not UTF-8"))
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let Some((&byte, rest)) = self.rest.split_first() else {
            return Err(self.error("an escape at the end"));
        };
        self.rest = rest;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex()?;
                if (0xD800..0xDC00).contains(&high) {
                    if !self.word(b"\\u") {
                        return Err(self.error("half of a surrogate pair"));
                    }
                    let low = self.hex()?;
                    let joined = 0x1_0000 + ((high - 0xD800) << 10) + (low.wrapping_sub(0xDC00) & 0x3FF);
                    char::from_u32(joined).ok_or_else(|| self.error("no such character"))?
                } else {
                    char::from_u32(high).ok_or_else(|| self.error("no such character"))?
                }
            }
            _ => return Err(self.error("no such escape")),
        })
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let digits = self.rest.get(..4).and_then(|d| str::from_utf8(d).ok()).unwrap_or_default();
        let Ok(value) = u32::from_str_radix(digits, 16) else {
            return Err(self.error("four hex digits expected"));
        };
        self.rest = self.rest.get(4..).unwrap_or_default();
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_keeps_its_line() {
        let json = parse("{\n\"adrg\": {\n \"AB1\": [\"ppx\", \"AB1.p\"]}}").unwrap();
        let rule = json.get("adrg").unwrap().get("AB1").unwrap();
        assert_eq!(rule.line, 3);
        assert_eq!(rule.list().unwrap()[1].text(), Some("AB1.p"));
    }

    #[test]
    fn refusals_name_the_line() {
        let refused = |text: &str| {
            let error = parse(text).unwrap_err();
            format!("{}: {}", error.line, error.what)
        };
        assert_eq!(refused("{\"a\":1,\n\"a\":2}"), "2: key \"a\" stands twice");
        assert_eq!(refused("[1,\n1.5]"), "2: 1.5 is not a whole number");
        assert_eq!(refused("[1,\n07]"), "2: number 07 has a leading zero");
        assert_eq!(refused("[1"), "1: expected `,` or `]` in a list");
        assert_eq!(refused("\"ab"), "1: a text without its closing quote");
        assert_eq!(refused("[] x"), "1: text after the end of the document");
        assert_eq!(refused(&"[".repeat(100)), "1: nested deeper than 64");
    }

    #[test]
    fn escapes_are_read() {
        assert_eq!(parse(r#""霍\u4e71\n\ud83d\ude00""#).unwrap().text(), Some("霍乱\n😀"));
    }
}

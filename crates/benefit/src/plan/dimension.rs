//! What values may depend on: dimensions with their words, and where the facts come from.

use yibao_policy::Path;

use super::compiler::Compiler;

/// A fact that is not stated.
pub const MISSING: i64 = i64::MIN;

/// Facts of one bill by dimension: the number of a word, or a whole number.
pub type Facts = [i64];

/// Where a fact comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// Insurance: scheme, status, grade, benefit.
    Scheme,
    /// Status.
    Status,
    /// Contribution grade.
    Grade,
    /// `open`, `waiting`, `arrears`.
    Benefit,
    /// Sex.
    Sex,
    /// Kind of visit.
    Visit,
    /// `local`, `in_province`, `cross_province`.
    Place,
    /// `local`, `long_term`, `referral`, `emergency`, `unfiled`.
    Filing,
    /// `none`, `up`, `down`.
    Referral,
    /// `yes`, `no`.
    Emergency,
    /// Disease of the bill.
    Disease,
    /// Whether that disease is registered.
    Registered,
    /// Level of the institution.
    Level,
    /// Marks of the institution.
    Facility,
    /// Groups of assistance.
    Group,
    /// Whether the institution is the one chosen.
    Designated,
    /// Whether a family doctor there is signed.
    Signed,
    /// Age in years.
    Age,
    /// Days of the stay so far.
    Days,
    /// A counter.
    Counter(usize),
    /// `facts` of the bill.
    Bill(String),
    /// `facts` of the person.
    Person(String),
}

/// One dimension.
#[derive(Clone, Debug)]
pub struct Dim {
    /// Name.
    pub name: String,
    /// Where the fact comes from.
    pub source: Source,
    /// Its words; empty for a whole number.
    pub values: Vec<String>,
    /// The word where nothing is stated.
    pub otherwise: Option<i64>,
    /// The least whole number.
    pub least: i64,
}

impl Dim {
    /// Whether it is a whole number.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        self.values.is_empty()
    }

    /// The number of a word.
    #[must_use]
    pub fn word(&self, word: &str) -> Option<i64> {
        self.values.iter().position(|value| value == word).and_then(|at| i64::try_from(at).ok())
    }

    /// A fact as a person reads it.
    #[must_use]
    pub fn show(&self, fact: i64) -> String {
        if self.is_number() {
            return fact.to_string();
        }
        let word = usize::try_from(fact).ok().and_then(|at| self.values.get(at));
        word.cloned().unwrap_or_default()
    }
}

/// Built-in dimensions whose words the engine knows.
const FIXED: [(&str, Source, &[&str]); 11] = [
    ("place", Source::Place, &["local", "in_province", "cross_province"]),
    ("filing", Source::Filing, &["local", "long_term", "referral", "emergency", "unfiled"]),
    ("referral", Source::Referral, &["none", "up", "down"]),
    ("emergency", Source::Emergency, &["no", "yes"]),
    ("registered", Source::Registered, &["no", "yes"]),
    ("designated", Source::Designated, &["no", "yes"]),
    ("signed", Source::Signed, &["no", "yes"]),
    ("sex", Source::Sex, &["1", "2"]),
    ("benefit", Source::Benefit, &["open", "waiting", "arrears"]),
    ("age", Source::Age, &[]),
    ("days", Source::Days, &[]),
];

/// Built-in facts whose words the pack declares.
const DECLARED: [(&str, Source); 8] = [
    ("scheme", Source::Scheme),
    ("status", Source::Status),
    ("grade", Source::Grade),
    ("visit", Source::Visit),
    ("disease", Source::Disease),
    ("level", Source::Level),
    ("facility", Source::Facility),
    ("group", Source::Group),
];

/// All dimensions of a pack.
#[derive(Clone, Debug, Default)]
pub struct Dims(pub Vec<Dim>);

impl Dims {
    /// The place of a dimension.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|dim| dim.name == name)
    }

    /// Names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|dim| dim.name.as_str())
    }

    /// Reads the declarations; what is wrong is reported.
    pub(super) fn compile(compiler: &mut Compiler<'_>) -> Self {
        let mut dims: Vec<Dim> = FIXED
            .iter()
            .map(|(name, source, values)| Dim {
                name: (*name).to_owned(),
                source: source.clone(),
                values: values.iter().map(|&value| value.to_owned()).collect(),
                otherwise: None,
                least: 0,
            })
            .collect();
        for (at, name) in compiler.pack.counter.keys().enumerate() {
            let source = Source::Counter(at);
            dims.push(Dim { name: name.clone(), source, values: Vec::new(), otherwise: None, least: 1 });
        }
        let pack = compiler.pack;
        for (name, declared) in &pack.dimension {
            let path = Path::of("dimension").key(name);
            if dims.iter().any(|dim| dim.name == *name) {
                compiler.error(
                    &path,
                    format!("dimension \"{name}\" is known already"),
                    "built-in dimensions and counters are not declared; give this one another name",
                );
                continue;
            }
            let of = declared.of.as_deref().unwrap_or(name);
            let Some(source) = source_of(of) else {
                let known = DECLARED.iter().map(|(name, _)| *name).chain(FIXED.iter().map(|(name, ..)| *name));
                let hint = yibao_policy::suggest::hint(of, known);
                compiler.error(
                    &path,
                    format!("unknown fact \"{of}\""),
                    format!("{hint}; other facts are written of = \"bill.NAME\" or \"person.NAME\""),
                );
                continue;
            };
            let mut dim =
                Dim { name: name.clone(), source, values: declared.values.clone(), otherwise: None, least: 0 };
            if let Some(word) = &declared.otherwise {
                dim.otherwise = dim.word(word);
                if dim.otherwise.is_none() {
                    compiler.error(
                        &path.key("otherwise"),
                        format!("\"{word}\" is none of the words of \"{name}\""),
                        "list it under values",
                    );
                }
            }
            for (at, word) in declared.values.iter().enumerate() {
                if declared.values.iter().take(at).any(|earlier| earlier == word) {
                    compiler.error(
                        &path.key("values").at(at),
                        format!("\"{word}\" stands twice"),
                        "list every word once",
                    );
                }
            }
            dims.push(dim);
        }
        Self(dims)
    }
}

fn source_of(of: &str) -> Option<Source> {
    if let Some(name) = of.strip_prefix("bill.") {
        return Some(Source::Bill(name.to_owned()));
    }
    if let Some(name) = of.strip_prefix("person.") {
        return Some(Source::Person(name.to_owned()));
    }
    let declared = DECLARED.iter().map(|(name, source)| (*name, source));
    let fixed = FIXED.iter().map(|(name, source, _)| (*name, source));
    declared.chain(fixed).find(|(name, _)| *name == of).map(|(_, source)| source.clone())
}

//! A grouping scheme: opened from tables or from a precompiled file, asked for groups.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use crate::answer::{Answer, Status};
use crate::bytes::Writer;
use crate::case::{Case, CodeId, CodeKind, RawCase, Sex, TextId};
use crate::codec;
use crate::decide::{Decider, Decision, text_id};
use crate::engine::Engine;
use crate::error::{Place, SchemeError};
use crate::identity::{self, ContentHash};
use crate::labels::Labels;
use crate::model::{IcdTable, Model};
use crate::pairs::Pairs;
use crate::store::{self, Stored};
use crate::tables;
use crate::translation::{CodeMap, Translation};

/// A grouping scheme. Immutable; share it by reference between threads.
#[derive(Debug)]
pub struct Scheme {
    pub(crate) model: Model,
    pub(crate) engine: Engine,
    pub(crate) labels: Labels,
    hash: ContentHash,
    origin: Origin,
    names: OnceLock<CodeNames>,
    translation: OnceLock<Translation>,
}

/// Where names and translation maps come from.
#[derive(Debug)]
pub(crate) enum Origin {
    Tables(PathBuf),
    Stored(Box<Stored>),
}

/// Printed names of codes.
#[derive(Debug)]
pub struct CodeNames {
    dx: Pairs,
    proc: Pairs,
}

impl CodeNames {
    /// Name of a diagnosis.
    #[must_use]
    pub fn dx(&self, code: &str) -> Option<&str> {
        self.dx.get(code)
    }

    /// Name of a procedure.
    #[must_use]
    pub fn proc(&self, code: &str) -> Option<&str> {
        self.proc.get(code)
    }
}

/// One DRG of a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrgEntry<'a> {
    /// Index in [`Scheme::drg_codes`].
    pub index: u16,
    /// DRG.
    pub code: &'a str,
    /// Printed name.
    pub name: &'a str,
    /// ADRG.
    pub adrg: &'a str,
    /// MDC.
    pub mdc: &'a str,
}

/// Codes of a text case, interned.
pub(crate) struct Interned {
    pub dx: Vec<CodeId>,
    pub proc: Vec<CodeId>,
}

impl Scheme {
    /// Opens a folder of tables or a precompiled file.
    ///
    /// # Errors
    /// As [`Scheme::load_tables`] and [`Scheme::load`].
    pub fn open(path: &Path) -> Result<Self, SchemeError> {
        if path.is_dir() { Self::load_tables(path) } else { Self::load(path) }
    }

    /// Reads a folder of tables.
    ///
    /// # Errors
    /// A missing file; anything outside the closed grammar: an unknown column, kind, level,
    /// predicate, set or field; tables that contradict each other. With file and line.
    pub fn load_tables(dir: &Path) -> Result<Self, SchemeError> {
        let model = tables::read(dir)?;
        let hash = identity::content_hash(&model);
        Ok(Self::new(model, hash, Origin::Tables(dir.to_path_buf())))
    }

    /// Opens a precompiled file.
    ///
    /// # Errors
    /// Not such a file, of another format, cut or damaged.
    pub fn load(file: &Path) -> Result<Self, SchemeError> {
        Self::from_stored(Stored::open(file)?)
    }

    /// Opens a precompiled scheme held in memory.
    ///
    /// # Errors
    /// As [`Scheme::load`].
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self, SchemeError> {
        Self::from_stored(Stored::in_memory(bytes.into())?)
    }

    fn from_stored(stored: Stored) -> Result<Self, SchemeError> {
        let model = codec::read(&stored.section(0)?).map_err(|_| stored.impossible())?;
        let hash = stored.hash;
        Ok(Self::new(model, hash, Origin::Stored(Box::new(stored))))
    }

    fn new(model: Model, hash: ContentHash, origin: Origin) -> Self {
        let engine = Engine::new(&model);
        let labels = Labels::new(&model);
        let (names, translation) = (OnceLock::new(), OnceLock::new());
        Self { model, engine, labels, hash, origin, names, translation }
    }

    /// The precompiled file as bytes: names and translation maps included.
    ///
    /// # Errors
    /// A table of names or a map cannot be read.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SchemeError> {
        let mut model = Writer::default();
        codec::write(&self.model, &mut model);
        let mut sections = [model.bytes, Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for (section, table) in sections.iter_mut().skip(1).zip(IcdTable::ALL) {
            let mut out = Writer::default();
            self.pairs(table)?.unwrap_or_default().write(&mut out);
            *section = out.bytes;
        }
        Ok(store::assemble(self.hash, &sections))
    }

    /// Writes the precompiled file.
    ///
    /// # Errors
    /// As [`Scheme::to_bytes`]; the place cannot be written.
    pub fn save(&self, file: &Path) -> Result<(), SchemeError> {
        store::write(file, &self.to_bytes()?)
    }

    /// Name of the scheme.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.model.name
    }

    /// Which tables decide: equal for the tables and for the file precompiled from them.
    #[must_use]
    pub fn content_hash(&self) -> ContentHash {
        self.hash
    }

    /// The content hash computed anew from what was loaded: equal to
    /// [`Scheme::content_hash`] unless a precompiled file states a wrong one.
    #[must_use]
    pub fn computed_hash(&self) -> ContentHash {
        identity::content_hash(&self.model)
    }

    /// Version of the precompiled format that this program reads and writes.
    #[must_use]
    pub const fn format_version() -> u32 {
        store::FORMAT
    }

    /// The number of a diagnosis code, compared byte by byte. A code that no table knows gets
    /// a reserved number: it is in no set, which is not an error.
    #[must_use]
    pub fn dx_code(&self, code: &[u8]) -> CodeId {
        self.model.dx.number(code)
    }

    /// The number of a procedure code.
    #[must_use]
    pub fn proc_code(&self, code: &[u8]) -> CodeId {
        self.model.proc.number(code)
    }

    /// The number of a discharge status.
    #[must_use]
    pub fn discharge(&self, text: &[u8]) -> TextId {
        find_text(&self.model.discharges, text)
    }

    /// The number of a department.
    #[must_use]
    pub fn dept(&self, text: &[u8]) -> TextId {
        find_text(&self.model.depts, text)
    }

    /// Groups one case. Allocates nothing; the answer depends on the case alone.
    #[must_use]
    pub fn group(&self, case: &Case<'_>) -> Answer {
        self.decider().decide(case).answer
    }

    /// Groups one case given as texts.
    #[must_use]
    pub fn group_raw(&self, case: &RawCase<'_>) -> Answer {
        self.decide_raw(case, &self.intern(case)).answer
    }

    pub(crate) fn decider(&self) -> Decider<'_> {
        Decider { model: &self.model, engine: &self.engine, labels: &self.labels }
    }

    pub(crate) fn decide_raw(&self, case: &RawCase<'_>, codes: &Interned) -> Decision {
        self.decider().decide(&self.case(case, codes))
    }

    pub(crate) fn intern(&self, case: &RawCase<'_>) -> Interned {
        Interned {
            dx: case.dx.iter().map(|code| self.dx_code(code.as_bytes())).collect(),
            proc: case.proc.iter().map(|code| self.proc_code(code.as_bytes())).collect(),
        }
    }

    pub(crate) fn case<'a>(&self, case: &RawCase<'_>, codes: &'a Interned) -> Case<'a> {
        Case {
            sex: Sex::from_text(case.sex.as_bytes()),
            age: case.age,
            age_days: case.age_days,
            weight_g: case.weight_g,
            los_days: case.los_days,
            discharge: self.discharge(case.discharge.as_bytes()),
            dept: self.dept(case.dept.as_bytes()),
            icu_hours: case.icu_hours,
            dx: &codes.dx,
            proc: &codes.proc,
        }
    }

    /// The answer of a case whose codes of this kind could not be translated.
    #[must_use]
    pub fn not_mapped(&self, kind: CodeKind) -> Answer {
        self.labels.not_mapped(match kind {
            CodeKind::Diagnosis => Status::DxNotMapped,
            CodeKind::Procedure => Status::ProcNotMapped,
        })
    }

    /// MDC text of an answer.
    #[must_use]
    pub fn mdc(&self, answer: Answer) -> &str {
        self.labels.mdc.text(answer.mdc)
    }

    /// ADRG text of an answer.
    #[must_use]
    pub fn adrg(&self, answer: Answer) -> &str {
        self.labels.adrg.text(answer.adrg)
    }

    /// DRG text of an answer.
    #[must_use]
    pub fn drg(&self, answer: Answer) -> &str {
        self.labels.drg.text(answer.drg)
    }

    /// All MDC texts by index, those of ungrouped and rejected cases included.
    #[must_use]
    pub fn mdcs(&self) -> &[String] {
        &self.labels.mdc.texts
    }

    /// All ADRG texts by index.
    #[must_use]
    pub fn adrgs(&self) -> &[String] {
        &self.labels.adrg.texts
    }

    /// All DRG texts by index.
    #[must_use]
    pub fn drg_codes(&self) -> &[String] {
        &self.labels.drg.texts
    }

    /// Index of a DRG text.
    #[must_use]
    pub fn drg_index(&self, drg: &str) -> Option<u16> {
        self.labels.drg.find(drg)
    }

    /// Printed name of a DRG by index.
    #[must_use]
    pub fn drg_name(&self, drg: u16) -> Option<&str> {
        self.labels.names.get(usize::from(drg))?.as_deref()
    }

    /// The DRGs in the order of the scheme.
    pub fn drgs(&self) -> impl Iterator<Item = DrgEntry<'_>> {
        self.labels.groups.iter().map(|group| DrgEntry {
            index: group.answer.drg,
            code: self.drg(group.answer),
            name: self.drg_name(group.answer.drg).unwrap_or_default(),
            adrg: self.adrg(group.answer),
            mdc: self.mdc(group.answer),
        })
    }

    /// The MDCs in the order in which they are tried.
    pub fn mdc_order(&self) -> impl Iterator<Item = &str> {
        self.model.mdcs.iter().map(|mdc| mdc.code.as_str())
    }

    /// Body regions of multiple trauma: set and printed name.
    pub fn trauma_regions(&self) -> impl Iterator<Item = (&str, &str)> {
        let regions = self.model.regions.iter().flat_map(|group| &group.regions);
        regions.map(|(set, printed)| (self.model.set_name(*set), printed.as_str()))
    }

    /// Printed names of codes; read when first asked for. A scheme without them has none.
    ///
    /// # Errors
    /// The tables of names changed since the scheme was opened, or cannot be read.
    pub fn names(&self) -> Result<&CodeNames, SchemeError> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let dx = self.pairs(IcdTable::DxNames)?.unwrap_or_default();
        let proc = self.pairs(IcdTable::ProcNames)?.unwrap_or_default();
        Ok(self.names.get_or_init(|| CodeNames { dx, proc }))
    }

    /// Maps from clinical to payer codes; read when first asked for.
    ///
    /// # Errors
    /// The scheme has no maps; they changed since it was opened, or cannot be read.
    pub fn translation(&self) -> Result<&Translation, SchemeError> {
        if let Some(translation) = self.translation.get() {
            return Ok(translation);
        }
        let (dx, proc) = (self.pairs(IcdTable::DxMap)?, self.pairs(IcdTable::ProcMap)?);
        let (Some(dx), Some(proc)) = (dx, proc) else {
            return Err(SchemeError::Absent {
                scheme: self.name().to_owned(),
                part: "translation maps",
                hint: "group without translation, or name dx_map and proc_map in meta.json",
            });
        };
        Ok(self.translation.get_or_init(|| Translation {
            dx: CodeMap::new(CodeKind::Diagnosis, dx, &self.model.dx),
            proc: CodeMap::new(CodeKind::Procedure, proc, &self.model.proc),
        }))
    }

    /// A table of names or a map, `None` when the scheme has none.
    fn pairs(&self, table: IcdTable) -> Result<Option<Pairs>, SchemeError> {
        let Some(Some(file)) = self.model.icd.get(table as usize) else { return Ok(None) };
        match &self.origin {
            Origin::Stored(stored) => {
                let bytes = stored.section(table as usize + 1)?;
                Pairs::read(&bytes).map(Some).map_err(|_| stored.impossible())
            }
            Origin::Tables(dir) => {
                let path = tables::icd_path(dir, &file.name);
                let bytes = std::fs::read(&path).map_err(|e| SchemeError::unreadable(&path, e))?;
                if Sha256::digest(&bytes).as_slice() != file.digest {
                    return Err(SchemeError::refused(
                        "the table changed while the scheme was open",
                        Place::whole(&path),
                        "open the scheme again",
                    ));
                }
                Pairs::read_table(path, table).map(Some)
            }
        }
    }
}

fn find_text(list: &[String], text: &[u8]) -> TextId {
    let at = list.iter().position(|known| known.as_bytes() == text);
    at.and_then(|at| u16::try_from(at).ok()).map_or(TextId::OTHER, text_id)
}

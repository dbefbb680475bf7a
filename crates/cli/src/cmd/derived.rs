//! Folders made from settled folders: the same whole-or-nothing writing, a manifest that names what they were made from.

use std::path::Path;

use yibao_batch::settled::facts::SettledFolder;
use yibao_batch::settled::folder::{MANIFEST, NewFolder};
use yibao_batch::settled::manifest::{Counts, FileHash, Manifest};

use super::stored::PROGRAM;

/// Writes files and manifest into a new folder.
pub fn write(place: &Path, made: &str, from: &[&SettledFolder], files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    let folder = NewFolder::create(place)?;
    for (name, bytes) in files {
        folder.write(name, bytes)?;
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    manifest(made, from)?.write(&folder, &names)?;
    folder.commit()?;
    Ok(())
}

fn manifest(made: &str, from: &[&SettledFolder]) -> anyhow::Result<Manifest> {
    let first = from.first().map(|folder| folder.manifest.clone());
    let inputs = from.iter().map(|folder| FileHash::of(&folder.file(MANIFEST))).collect::<Result<_, _>>()?;
    let (pack, pack_sha256, period) = first.map(|one| (one.pack, one.pack_sha256, one.period)).unwrap_or_default();
    Ok(Manifest {
        format: 1,
        program: PROGRAM.to_owned(),
        made: made.to_owned(),
        pack,
        pack_sha256,
        scheme: None,
        scheme_sha256: None,
        period,
        methods: Vec::new(),
        known: None,
        inputs,
        counts: Counts::default(),
        feeds: Vec::new(),
        bills: Vec::new(),
        outputs: Vec::new(),
    })
}

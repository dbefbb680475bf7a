//! Every shipped pack: it compiles, and its own examples come out.

use std::path::{Path, PathBuf};

use yibao_benefit::{Engine, examples};
use yibao_kernel::Day;

pub fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut packs: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    packs.sort();
    packs
}

#[test]
fn shipped_packs_split_their_own_examples() {
    for path in shipped() {
        let engine = Engine::read(&path, Day::MAX).unwrap_or_else(|found| panic!("{found}"));
        let outcomes = examples::run(&engine);
        let national = !engine.pack.floor.is_empty();
        assert!(national || !outcomes.is_empty(), "{}: no example", path.display());
        for outcome in outcomes {
            assert!(outcome.differs.is_empty(), "{} {}: {:#?}", path.display(), outcome.id, outcome.differs);
            assert!(outcome.figures > 0);
        }
    }
}

/// One shipped pack.
pub fn shipped_pack(name: &str) -> Engine {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(name);
    Engine::read(&folder, Day::MAX).unwrap_or_else(|found| panic!("{found}"))
}

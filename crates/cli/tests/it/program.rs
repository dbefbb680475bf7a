//! Starting the program, and the folders it works on.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// How a run ended.
pub struct Run {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Run {
    fn of(output: &Output) -> Run {
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// Fails unless the exit code is this one.
    #[track_caller]
    pub fn ended(self, code: i32) -> Run {
        assert_eq!(self.code, code, "standard output:\n{}\nstandard error:\n{}", self.out, self.err);
        self
    }
}

/// A folder to work in. Paths given to the program are relative to it, so that messages do not depend on the machine.
pub struct Desk {
    folder: TempDir,
    data: Option<PathBuf>,
}

impl Desk {
    /// An empty folder; the program sees no reference data.
    pub fn empty() -> Desk {
        Desk { folder: TempDir::new().unwrap(), data: None }
    }

    /// A folder with the example region as `region`.
    pub fn with_region() -> Desk {
        let desk = Desk::empty();
        copy(&fixture("region"), &desk.path("region"));
        desk
    }

    /// A folder with an example pack of the repository as `pack`, and the reference data.
    pub fn with_example(name: &str, data: &Path) -> Desk {
        let desk = Desk { data: Some(data.to_owned()), ..Desk::empty() };
        copy(&repository().join("examples").join(name), &desk.path("pack"));
        desk
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Names in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        names(self.folder.path())
    }

    /// The text of a file.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes a file.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Replaces a text that stands exactly once in a file.
    #[track_caller]
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert_eq!(text.matches(from).count(), 1, "{name}: {from:?} stands exactly once");
        self.write(name, text.replacen(from, to, 1));
    }

    /// Adds lines to the end of a file.
    pub fn append(&self, name: &str, lines: &str) {
        let text = self.text(name) + lines;
        self.write(name, text);
    }

    /// A command of the program in this folder.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yibao"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("YIBAO_DATA").stdin(Stdio::null());
        if let Some(data) = &self.data {
            command.env("YIBAO_DATA", data);
        }
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&self.command(arguments).output().unwrap())
    }

    /// Settles the region into `out`.
    pub fn settle(&self, more: &[&str]) -> Run {
        self.run(&[&["settle", "region", "-o", "out"], more].concat())
    }

    /// Fails unless settling the region is refused as a whole with this message, and nothing is written.
    #[track_caller]
    pub fn refuses(&self, more: &[&str], message: &str) {
        let before = self.names();
        let run = self.settle(more);
        assert_eq!(run.err.trim_end(), message, "standard output:\n{}", run.out);
        assert_eq!(run.code, 2, "a pack or a file that cannot be used ends with 2");
        assert_eq!(run.out, "");
        assert_eq!(self.names(), before, "nothing is written");
    }
}

/// Names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in names(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A folder of `tests/fixtures/settle`.
pub fn fixture(name: &str) -> PathBuf {
    repository().join("tests/fixtures/settle").join(name)
}

/// A folder of `tests/fixtures`.
pub fn fixture_of(name: &str) -> PathBuf {
    repository().join("tests/fixtures").join(name)
}

/// A file of a folder of `tests/fixtures`.
#[track_caller]
pub fn expected_of(folder: &str, name: &str) -> String {
    fs::read_to_string(fixture_of(folder).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A file of `tests/fixtures/settle`.
#[track_caller]
pub fn expected(name: &str) -> String {
    fs::read_to_string(fixture("expected").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The reference-data folder; without one the test is skipped, but not on the build server.
pub fn reference_data() -> Option<PathBuf> {
    match std::env::var_os("YIBAO_DATA").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(PathBuf::from(folder)),
        None => {
            assert!(std::env::var_os("CI").is_none(), "YIBAO_DATA names the reference data on the build server");
            println!("skipped: no reference data");
            None
        }
    }
}

/// Numbers that look random and are the same on every run (a linear congruence with Knuth's constants).
pub struct Seeded(pub u64);

impl Seeded {
    /// A number below the limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

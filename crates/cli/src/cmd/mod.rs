//! One module per command.

pub mod against;
pub mod benefit;
pub mod budget;
pub mod catalogue;
pub mod credit;
mod derived;
pub mod difference;
pub mod dip;
pub mod explain;
pub mod group;
pub mod indicators;
pub mod negotiate;
mod persons;
pub mod policy;
pub mod prepare;
pub mod preview;
pub mod publish;
pub mod scheme;
pub mod settle;
pub mod settled;
mod shape;
pub mod split;
mod stored;
pub mod synth;
pub mod weigh;

/// An error as a person reads it: the message and its causes; a `hint:` line stands last where the error has one.
pub fn report(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for (depth, cause) in error.chain().enumerate() {
        let line = cause.to_string();
        if depth == 0 {
            if line.starts_with("error:") {
                text.push_str(&line);
            } else {
                text.push_str("error: ");
                text.push_str(&line);
            }
        } else if !text.contains(&line) {
            text.push_str("\n  caused by: ");
            text.push_str(&line);
        }
    }
    text
}

/// Prints a line of a result. What cannot be written is not wanted: the files stand, the exit code tells the rest.
pub fn say(words: std::fmt::Arguments<'_>) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout().lock(), "{words}");
}

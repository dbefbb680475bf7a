//! Names of sheets: what the format forbids is replaced, and no two are the same.

use std::collections::BTreeSet;

/// The most characters (UTF-16 units) of a sheet name.
const LENGTH_MOST: usize = 31;

/// Gives out sheet names, each only once.
#[derive(Default, Debug)]
pub struct SheetNames {
    taken: BTreeSet<String>,
}

impl SheetNames {
    /// A name like the wanted one that the format allows and nobody has.
    pub fn unique(&mut self, wanted: &str) -> String {
        let plain = allowed(wanted);
        let mut name = shortened(&plain, LENGTH_MOST);
        let mut number = 2;
        // The format compares names without regard to case.
        while !self.taken.insert(name.to_lowercase()) {
            let suffix = format!("~{number}");
            name = shortened(&plain, LENGTH_MOST - suffix.len()) + &suffix;
            number += 1;
        }
        name
    }
}

/// Without `[ ] : * ? / \`, control characters, and apostrophes at the ends.
fn allowed(wanted: &str) -> String {
    let replaced: String = wanted
        .chars()
        .map(|character| match character {
            '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '_',
            other if other.is_control() => '_',
            other => other,
        })
        .collect();
    let trimmed = replaced.trim().trim_matches('\'').trim();
    match trimmed {
        "" => "_".to_owned(),
        // A name the format keeps for itself.
        _ if trimmed.eq_ignore_ascii_case("history") => format!("{trimmed}_"),
        _ => trimmed.to_owned(),
    }
}

fn shortened(text: &str, most: usize) -> String {
    let mut length = 0;
    let kept: String = text
        .chars()
        .take_while(|character| {
            length += character.len_utf16();
            length <= most
        })
        .collect();
    kept.trim_end().trim_end_matches('\'').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_signs_are_replaced_and_length_is_kept() {
        let mut names = SheetNames::default();
        assert_eq!(names.unique("H[1]:*?/\\2"), "H_1______2");
        assert_eq!(names.unique("'quoted'"), "quoted");
        assert_eq!(names.unique(""), "_");
        assert_eq!(names.unique("History"), "History_");
        assert_eq!(names.unique(&"院".repeat(40)).chars().count(), 31);
        assert_eq!(names.unique(&"🏥".repeat(40)).encode_utf16().count(), 30);
    }

    #[test]
    fn the_same_name_is_given_once_whatever_its_case() {
        let mut names = SheetNames::default();
        assert_eq!(names.unique("H1 General"), "H1 General");
        assert_eq!(names.unique("h1 general"), "h1 general~2");
        assert_eq!(names.unique("H1 GENERAL"), "H1 GENERAL~3");
        let long = "x".repeat(31);
        assert_eq!(names.unique(&long), long);
        assert_eq!(names.unique(&long), format!("{}~2", "x".repeat(29)));
    }
}

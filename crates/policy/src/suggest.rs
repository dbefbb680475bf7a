//! "Did you mean": the known word nearest to an unknown one.

/// The candidate nearest to `word`, if it is near enough to be a slip.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match word.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        // Half a name is a slip too: `los` for `los_days`.
        let half = word.chars().count() >= 3 && (candidate.starts_with(word) || word.starts_with(candidate));
        let distance = if half { distance(word, candidate).min(1) } else { distance(word, candidate) };
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A hint for an unknown word: the nearest candidate, else all of them.
pub fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(candidate) = nearest(word, candidates.clone()) {
        return format!("did you mean \"{candidate}\"?");
    }
    let known: Vec<&str> = candidates.into_iter().collect();
    match known.len() {
        0 => "none is declared".to_owned(),
        1..=30 => format!("known: {}", known.join(", ")),
        more => format!("known: {} and {} more", known.get(..30).unwrap_or_default().join(", "), more - 30),
    }
}

/// Edits (insert, delete, replace, swap of neighbours) from one word to the other; words over 64 characters are far.
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    if from.len() > 64 || to.len() > 64 {
        return usize::MAX;
    }
    let mut above: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, left) in from.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, right) in to.iter().enumerate() {
            let cost = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let replace = cost(&row, j) + usize::from(left != right);
            let mut best = replace.min(cost(&row, j + 1) + 1).min(cost(&next, j) + 1);
            let swapped = i > 0 && j > 0 && from.get(i - 1) == Some(right) && to.get(j - 1) == Some(left);
            if swapped {
                best = best.min(cost(&above, j - 1) + 1);
            }
            next.push(best);
        }
        above = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised() {
        assert_eq!(nearest("stpe", ["step", "title", "price"]), Some("step"));
        assert_eq!(nearest("wieght", ["weight", "points"]), Some("weight"));
        assert_eq!(nearest("los", ["cost", "los_days"]), Some("los_days"));
        assert_eq!(nearest("zzz", ["step", "title"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn without_a_near_word_all_are_listed() {
        assert_eq!(hint("qqqqqq", ["a", "b"]), "known: a, b");
        assert_eq!(hint("x", []), "none is declared");
    }
}

use super::*;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A version of a deductible: effective from, until, known from.
fn version(id: &str, from: &str, until: Option<&str>, known: Option<&str>) -> Dated<u32> {
    Dated {
        id: id.to_owned(),
        value: 0,
        effective: Window::new(day(from), until.map(day)).unwrap(),
        known: known.map_or(Day::MIN, day),
        supersedes: None,
        exception_to: None,
    }
}

fn superseding(version: Dated<u32>, id: &str) -> Dated<u32> {
    Dated { supersedes: Some(id.to_owned()), ..version }
}

fn excepting(version: Dated<u32>, id: &str) -> Dated<u32> {
    Dated { exception_to: Some(id.to_owned()), ..version }
}

fn selected<'a>(rows: &'a [Dated<u32>], service: &str, known: &str) -> Option<&'a str> {
    select(rows, day(service), day(known)).unwrap().map(|row| row.id.as_str())
}

#[test]
fn a_correction_published_in_june_changes_march_only_from_june() {
    let rows = [
        version("2025", "2025-01-01", None, Some("2024-12-01")),
        superseding(version("2025-corrected", "2025-01-01", None, Some("2025-06-10")), "2025"),
    ];
    assert_eq!(selected(&rows, "2025-03-02", "2025-04-01"), Some("2025"));
    assert_eq!(selected(&rows, "2025-03-02", "2025-06-10"), Some("2025-corrected"));
    assert_eq!(selected(&rows, "2024-12-31", "2025-06-10"), None);
    assert_eq!(conflicts(&rows), []);
}

#[test]
fn a_successor_displaces_only_the_days_it_reaches() {
    let rows = [
        version("old", "2024-01-01", None, None),
        superseding(version("new", "2025-07-01", None, Some("2025-05-01")), "old"),
    ];
    assert_eq!(selected(&rows, "2025-06-30", "2026-01-01"), Some("old"));
    assert_eq!(selected(&rows, "2025-07-01", "2026-01-01"), Some("new"));
}

#[test]
fn an_exception_beats_its_base_and_two_exceptions_are_ambiguous() {
    let mut rows = vec![
        version("base", "2025-01-01", None, None),
        excepting(version("flood-relief", "2025-07-01", Some("2025-10-01"), None), "base"),
    ];
    assert_eq!(selected(&rows, "2025-08-01", "2025-08-01"), Some("flood-relief"));
    assert_eq!(selected(&rows, "2025-10-01", "2025-10-01"), Some("base"));
    rows.push(excepting(version("pilot", "2025-09-01", None, None), "base"));
    assert_eq!(conflicts(&rows), [(1, 2)]);
    let error = select(&rows, day("2025-09-15"), day("2025-12-31")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "both \"flood-relief\" and \"pilot\" apply on 2025-09-15\n  hint: end one before the other begins, or state `supersedes` or `exception_to`"
    );
}

#[test]
fn versions_that_replace_each_other_are_refused() {
    let rows = [
        superseding(version("a", "2025-01-01", None, None), "b"),
        superseding(version("b", "2025-01-01", None, None), "a"),
    ];
    let error = select(&rows, day("2025-03-01"), day("2025-03-01")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"a\" is replaced by a version that it replaces itself, on 2025-03-01\n  hint: remove one of the `supersedes` or `exception_to`"
    );
}

#[test]
fn a_replaced_version_conflicts_only_where_its_successor_does_not_reach() {
    let mut rows = vec![
        version("a", "2025-01-01", None, None),
        version("b", "2025-01-01", None, None),
        superseding(version("c", "2025-01-01", None, None), "a"),
    ];
    // c displaces a everywhere, but b and c stand beside each other.
    assert_eq!(conflicts(&rows), [(1, 2)]);
    rows[2] = superseding(version("c", "2025-07-01", None, None), "a");
    assert_eq!(conflicts(&rows), [(0, 1), (1, 2)]);
}

fn rows() -> impl Strategy<Value = Vec<Dated<u32>>> {
    let reference = || proptest::option::weighted(0.3, 0_usize..5);
    let row = (0_i32..8, proptest::option::of(1_i32..6), 0_i32..6, reference(), reference());
    proptest::collection::vec(row, 0..5).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .map(|(index, (from, length, known, supersedes, exception_to))| {
                let day = |days| Day::from_days(days).unwrap();
                Dated {
                    id: index.to_string(),
                    value: 0,
                    effective: Window::new(day(from), length.map(|length| day(from + length))).unwrap(),
                    known: day(known),
                    supersedes: supersedes.map(|id| id.to_string()),
                    exception_to: exception_to.map(|id| id.to_string()),
                }
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_check_finds_exactly_the_pairs_that_selection_meets(rows in rows()) {
        let mut met = std::collections::BTreeSet::new();
        for service in 0..16 {
            for known in 0..8 {
                let (service, known) = (Day::from_days(service).unwrap(), Day::from_days(known).unwrap());
                let standing: Vec<usize> = (0..rows.len())
                    .filter(|index| rows[*index].applies(service, known) && stands(&rows, &rows[*index], service, known))
                    .collect();
                match select(&rows, service, known) {
                    Ok(Some(row)) => prop_assert!(standing.len() == 1 && rows[standing[0]] == *row),
                    Ok(None) => prop_assert!(rows.iter().all(|row| !row.applies(service, known))),
                    Err(SelectionError::Ambiguous { .. }) => prop_assert!(standing.len() > 1),
                    Err(SelectionError::Circular { .. }) => prop_assert!(standing.is_empty()),
                }
                for (place, first) in standing.iter().enumerate() {
                    met.extend(standing[place + 1..].iter().map(|second| (*first, *second)));
                }
            }
        }
        prop_assert_eq!(conflicts(&rows), met.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn row_order_does_not_change_the_choice(rows in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())), service in 0..16, known in 0..8) {
        let (service, known) = (Day::from_days(service).unwrap(), Day::from_days(known).unwrap());
        match (select(&rows.0, service, known), select(&rows.1, service, known)) {
            (Ok(one), Ok(other)) => prop_assert_eq!(one, other),
            (one, other) => prop_assert!(one.is_err() && other.is_err()),
        }
    }
}

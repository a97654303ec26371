//! `docs/COMPARISON.md`: a row says `y` only with a test that is there; `docs/BEPS.md`: a row a standard.

use crate::rust_source::root;

#[test]
fn every_yes_names_a_test_that_is_there() {
    let table = std::fs::read_to_string(root().join("docs/COMPARISON.md")).unwrap();
    let mut rows = 0;
    for line in table.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [feature, answer, test] = cells[..] else { panic!("three cells: {line}") };
        if answer != "y" {
            assert_eq!((answer, test.trim_matches('|').trim()), ("–", ""), "{feature}");
            continue;
        }
        let (module, name) = test.trim_matches('`').split_once("::").unwrap_or_else(|| panic!("{line}"));
        let file = root().join("tests/it").join(format!("{module}.rs"));
        let source =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{feature}: {module}: {error}"));
        let lines: Vec<&str> = source.lines().map(str::trim).collect();
        let found = lines.iter().position(|line| *line == format!("fn {name}() {{"));
        // Between the two there may be one more attribute.
        let is_test = found.is_some_and(|at| lines[at.saturating_sub(2)..at].contains(&"#[test]"));
        assert!(is_test, "{feature}: there is no {test}");
        rows += 1;
    }
    assert!(rows > 40, "{rows} rows");
}

/// Two rows about one standard say two things of it.
#[test]
fn every_bep_has_one_row() {
    let table = std::fs::read_to_string(root().join("docs/BEPS.md")).unwrap();
    let number = |line: &str| line.strip_prefix("| ")?.split(' ').next()?.parse::<u32>().ok();
    let beps: Vec<u32> = table.lines().filter_map(number).collect();
    assert!(beps.len() > 10 && beps.is_sorted_by(|one, next| one < next), "{beps:?}");
}

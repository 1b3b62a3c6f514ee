//! Numbers and names in sentences.

/// `+9.5`, `-2.5`, `0.0`: a change, one decimal.
pub fn signed(value: f64) -> String {
    let tenth = (value * 10.0).round() / 10.0;
    if tenth == 0.0 { "0.0".to_owned() } else { format!("{tenth:+.1}") }
}

/// `A`, `A and B`, `A, B and C`.
pub fn list<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// `1 track`, `3 tracks`.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_read_well() {
        assert_eq!([signed(9.46), signed(-0.04), signed(-2.5)], ["+9.5", "0.0", "-2.5"]);
        assert_eq!(list(&["A", "B", "C"]), "A, B and C");
        assert_eq!((count(1, "track"), count(2, "track")), ("1 track".to_owned(), "2 tracks".to_owned()));
    }
}

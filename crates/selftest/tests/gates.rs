//! Every row reaches its gate.

use mixsmith_selftest::{Length, Outcome, machine, run};

/// Rows that do not reach their gates yet: number, a part of the title, and what is in the way. A row that has come to
/// reach its gate must be taken off.
const OPEN: &[(u32, &str, &str)] = &[];

fn why(outcome: &Outcome) -> Option<&'static str> {
    let row = &outcome.row;
    OPEN.iter().find(|open| open.0 == row.number && row.title.contains(open.1)).map(|open| open.2)
}

#[test]
fn every_row_reaches_its_gate() {
    println!("{}", machine());
    let outcomes = run(&[], Length::Quick, |outcome| {
        let row = &outcome.row;
        println!(
            "{:>2} {:6} {} (gate {}, best {}): {}; {}",
            row.number,
            outcome.verdict(),
            outcome.figure(),
            row.show(row.gate),
            row.show(row.best),
            row.title,
            outcome.note()
        );
    });
    let missed = outcomes.iter().filter(|outcome| !outcome.passes() && why(outcome).is_none());
    let missed: Vec<_> = missed.map(|outcome| outcome.row.title).collect();
    assert!(missed.is_empty(), "missed: {}", missed.join("; "));
    let done = outcomes.iter().filter(|outcome| outcome.passes() && why(outcome).is_some());
    let done: Vec<_> = done.map(|outcome| outcome.row.title).collect();
    assert!(done.is_empty(), "take these off the list of what is open: {}", done.join("; "));
    let there: Vec<u32> = outcomes.iter().map(|outcome| outcome.row.number).collect();
    assert!((1..=35).all(|number| there.contains(&number)), "{there:?}");
}

//! Time stamps of files that cannot be of this song.

/// Longest silence between one part of a song and the next, seconds. Whoever records more than that later records
/// something else, or has a clock that was never set.
const SILENCE: f64 = 600.0;

/// What is said of a file whose stamp is not believed.
pub(crate) const STRAY: &str = "its time stamp is more than 10 minutes away from all the others: it is taken to start \
    with the earliest of them. Move its clip in session.toml if it belongs elsewhere";

/// Which files do not stand near the others, by where they start and end in seconds (nothing without a stamp). Most of
/// the files are right; of two groups of one size, the earlier.
pub(crate) fn strays(spans: &[Option<(f64, f64)>]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..spans.len()).filter(|&i| spans[i].is_some()).collect();
    let start = |i: usize| spans[i].map_or(0.0, |(start, _)| start);
    order.sort_by(|&a, &b| start(a).total_cmp(&start(b)));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut end = f64::NEG_INFINITY;
    for i in order {
        let near = start(i) <= end + SILENCE;
        end = end.max(spans[i].map_or(end, |(_, end)| end));
        match groups.last_mut().filter(|_| near) {
            Some(group) => group.push(i),
            None => groups.push(vec![i]),
        }
    }
    let most = groups.iter().map(Vec::len).max().unwrap_or(0);
    let right = groups.iter().position(|group| group.len() == most);
    let mut strays = vec![false; spans.len()];
    for (_, group) in groups.iter().enumerate().filter(|(place, _)| Some(*place) != right) {
        group.iter().for_each(|&i| strays[i] = true);
    }
    strays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_few_that_stand_far_from_the_many_are_strays() {
        let hour = 3600.0;
        let at = |start: f64| Some((start, start + 200.0));
        assert_eq!(strays(&[at(0.0), at(90_000.0), None, at(5.0)]), [false, true, false, false]);
        // A file without a set clock among those that start at one o'clock.
        assert_eq!(strays(&[at(0.0), at(hour), at(hour + 700.0)]), [true, false, false]);
        assert_eq!(strays(&[at(hour), at(hour + 801.0)]), [false, true], "a pause of more than 10 minutes");
        assert_eq!(strays(&[None, None]), [false, false]);
        assert_eq!(strays(&[]), [false; 0]);
    }
}

//! From beats to seconds, where the tempo may move.

/// A tempo over the song: straight lines between points, as Live draws them.
#[derive(Clone, Debug)]
pub(super) struct Tempo {
    /// Beat, quarter notes a minute there, and seconds up to there.
    knots: Vec<(f64, f64, f64)>,
}

/// Slowest and fastest that Live goes, quarter notes a minute.
const RANGE: std::ops::RangeInclusive<f64> = 20.0..=999.0;

impl Tempo {
    /// A tempo that goes through points of beat and quarter notes a minute, in order of time.
    pub fn new(start: f64, points: &[(f64, f64)]) -> Self {
        let fits = |tempo: f64| if RANGE.contains(&tempo) { tempo } else { 120.0 };
        let mut knots: Vec<(f64, f64, f64)> = Vec::new();
        let first = points.iter().rev().find(|(beat, _)| *beat <= 0.0).map_or(start, |(_, tempo)| *tempo);
        knots.push((0.0, fits(first), 0.0));
        for &(beat, tempo) in points.iter().filter(|(beat, _)| *beat >= 0.0) {
            let (from, was, seconds) = knots[knots.len() - 1];
            let seconds = seconds + lasts(beat - from, was, fits(tempo));
            knots.push((beat, fits(tempo), seconds));
        }
        Tempo { knots }
    }

    /// Quarter notes a minute where the song starts.
    pub fn at_start(&self) -> f64 {
        self.knots.iter().take_while(|knot| knot.0 <= 0.0).last().map_or(120.0, |knot| knot.1)
    }

    /// Does it move?
    pub fn moves(&self) -> bool {
        self.knots.iter().any(|knot| (knot.1 - self.at_start()).abs() > 1e-6)
    }

    /// Seconds at a beat.
    pub fn seconds(&self, beat: f64) -> f64 {
        let next = self.knots.partition_point(|knot| knot.0 <= beat);
        let (from, tempo, seconds) = self.knots[next.saturating_sub(1)];
        match self.knots.get(next).filter(|_| next > 0) {
            Some(&(to, end, _)) => {
                let there = tempo + (end - tempo) * (beat - from) / (to - from);
                seconds + lasts(beat - from, tempo, there)
            }
            None => seconds + 60.0 * (beat - from) / tempo,
        }
    }
}

/// How long some beats last while the tempo goes from one to another in a line over them, s.
fn lasts(beats: f64, from: f64, to: f64) -> f64 {
    if (to - from).abs() < 1e-9 { 60.0 * beats / from } else { 60.0 * beats / (to - from) * (to / from).ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_jumps_take_their_time() {
        let still = Tempo::new(120.0, &[(-63_072_000.0, 90.0)]);
        assert!((still.seconds(3.0) - 2.0).abs() < 1e-12 && !still.moves());
        assert!((still.seconds(-3.0) + 2.0).abs() < 1e-12);
        // From 60 to 120 over eight beats: summed up in small steps.
        let ramp = Tempo::new(60.0, &[(-63_072_000.0, 60.0), (0.0, 60.0), (8.0, 120.0), (8.0, 240.0)]);
        let steps = 1_000_000;
        let step = 8.0 / f64::from(steps);
        let sum: f64 = (0..steps).map(|n| 60.0 * step / (60.0 + 7.5 * (f64::from(n) + 0.5) * step)).sum();
        assert!((ramp.seconds(8.0) - sum).abs() < 1e-6, "{} {sum}", ramp.seconds(8.0));
        assert!((ramp.seconds(12.0) - sum - 1.0).abs() < 1e-6 && ramp.moves());
    }
}

//! How near the faders of one mix are to those of another of the same tracks.

use mixsmith_assistant::mixmodel::lufs;

/// A track in two mixes.
#[derive(Clone, Debug)]
pub struct Twin {
    /// What it is called.
    pub name: String,
    /// Is it the lead voice?
    pub voice: bool,
    /// K-weighted energy every 100 ms in the mix that is judged.
    pub ours: Vec<f64>,
    /// The same in the mix that is taken as right.
    pub theirs: Vec<f64>,
}

/// How far the faders are off, dB.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    /// Root mean square over the tracks that play.
    pub rmse: f64,
    /// The same, each track weighed with its energy in the mix that is taken as right.
    pub weighted: f64,
    /// Of the lead voice alone, with its sign; the largest where it has several tracks.
    pub voice: Option<f64>,
    /// By track: how much louder than there, once the gain that all have in common is taken away.
    pub tracks: Vec<(String, f64)>,
}

/// A track plays where it is within this of the 95th percentile of its frames, dB.
const PLAYS: f64 = 20.0;
/// A track this far under all of them together while it plays is a tail or a ghost, and nobody's balance, dB.
const GHOST: f64 = 40.0;

/// Compares: `e = L' - L` of each track that plays, over the frames in which it plays in the mix that is taken as right, less
/// the mean of all `e`. None with fewer than two tracks.
pub fn recovery(twins: &[Twin]) -> Option<Recovery> {
    let frames = twins.iter().map(|twin| twin.theirs.len()).max()?;
    let all = |frame: usize| twins.iter().filter_map(|twin| twin.theirs.get(frame)).sum::<f64>();
    let all: Vec<f64> = (0..frames).map(all).collect();
    let loudest = all.iter().copied().fold(0.0, f64::max);
    let mut found: Vec<(&Twin, f64, f64)> = Vec::new();
    for twin in twins {
        let mut sorted: Vec<f64> = twin.theirs.iter().copied().filter(|e| *e > loudest * 1e-10).collect();
        sorted.sort_by(f64::total_cmp);
        let Some(&loud) = sorted.get((sorted.len() as f64 * 0.95) as usize) else { continue };
        let gate = loud * 10f64.powf(-PLAYS / 10.0);
        let (mut ours, mut theirs, mut count) = (0.0, 0.0, 0u32);
        for (frame, &energy) in twin.theirs.iter().enumerate().filter(|(_, energy)| **energy >= gate) {
            ours += twin.ours.get(frame).copied().unwrap_or(0.0);
            theirs += energy;
            count += 1;
        }
        let ghost = theirs / f64::from(count.max(1)) < loudest * 10f64.powf(-GHOST / 10.0);
        if theirs > 0.0 && !ghost {
            // A track that is not heard at all is as far off as one that is 60 dB too soft.
            found.push((twin, lufs(ours.max(theirs * 1e-6)) - lufs(theirs), theirs));
        }
    }
    if found.len() < 2 {
        return None;
    }
    let common = found.iter().map(|(_, e, _)| e).sum::<f64>() / found.len() as f64;
    let squares = |weight: &dyn Fn(f64) -> f64, common: f64| {
        let sum: f64 = found.iter().map(|(_, e, energy)| weight(*energy) * (e - common).powi(2)).sum();
        (sum / found.iter().map(|(_, _, energy)| weight(*energy)).sum::<f64>()).sqrt()
    };
    let weight: f64 = found.iter().map(|(_, _, energy)| energy).sum();
    let heard = found.iter().map(|(_, e, energy)| e * energy).sum::<f64>() / weight;
    let voices = found.iter().filter(|(twin, _, _)| twin.voice).map(|(_, e, _)| e - common);
    Some(Recovery {
        rmse: squares(&|_| 1.0, common),
        weighted: squares(&|energy| energy, heard),
        voice: voices.reduce(|a, b| if b.abs() > a.abs() { b } else { a }),
        tracks: found.iter().map(|(twin, e, _)| (twin.name.clone(), e - common)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twin(name: &str, db: f64, level: f64) -> Twin {
        let theirs = vec![10f64.powf(level / 10.0); 50];
        let ours = theirs.iter().map(|e| e * 10f64.powf(db / 10.0)).collect();
        Twin { name: name.to_owned(), voice: name == "voice", ours, theirs }
    }

    #[test]
    fn the_common_gain_does_not_count() {
        let found = recovery(&[twin("a", 5.0, -20.0), twin("b", 5.0, -30.0), twin("c", 5.0, -40.0)]).unwrap();
        assert!(found.rmse < 1e-9 && found.weighted < 1e-9 && found.voice.is_none());
        let found = recovery(&[twin("a", 7.0, -20.0), twin("voice", 1.0, -20.0)]).unwrap();
        assert!((found.rmse - 3.0).abs() < 1e-9 && (found.voice.unwrap() + 3.0).abs() < 1e-9);
    }

    #[test]
    fn loud_tracks_weigh_more_and_ghosts_nothing() {
        let tracks = [twin("loud", 0.0, -20.0), twin("soft", 6.0, -40.0), twin("ghost", 60.0, -70.0)];
        let found = recovery(&tracks).unwrap();
        assert_eq!(found.tracks.len(), 2);
        assert!((found.rmse - 3.0).abs() < 1e-9, "{}", found.rmse);
        assert!(found.weighted < 0.7, "{}", found.weighted);
        assert!(recovery(&tracks[..1]).is_none());
        // Left out altogether.
        let gone = Twin { ours: Vec::new(), ..twin("gone", 0.0, -20.0) };
        assert!((recovery(&[twin("a", 0.0, -20.0), gone]).unwrap().rmse - 30.0).abs() < 1e-6);
    }
}

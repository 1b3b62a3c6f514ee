//! How long deciding takes, and the whole road from a folder to master and report.

use mixsmith_demo::{Delivery, Fault, Form, Recipe};
use mixsmith_pipeline::{Options, Silent, mix};

use super::{Bar, Fallible, Wish, scene};
use crate::measure::{clock, own};
use crate::quality::deciding;

/// Four minutes of 24 tracks: everyone, a click and a rough mix, as real folders come.
fn recipe() -> Recipe {
    Recipe {
        delivery: Delivery::Messy,
        form: Form { intro: 8, verse: 16, chorus: 16, outro: 4 },
        rounds: 3,
        tempo: 108.0,
        faults: vec![Fault::ClickTrack, Fault::RoughMix],
        ..Recipe::clean()
    }
}

/// The bars of the times. A development build takes many times as long, so it does not measure the road.
pub fn bars(wish: &Wish) -> Fallible<Vec<Bar>> {
    let (seconds, of) = deciding()?;
    let solver = Bar {
        name: "Deciding, processor time".to_owned(),
        unit: " s",
        decimals: 2,
        must: 10.0,
        goal: 3.0,
        figure: Some(seconds),
        of,
        missed: Vec::new(),
    };
    let mut road = Bar {
        name: "Folder to master and report, time on the clock".to_owned(),
        unit: " s",
        decimals: 1,
        must: 45.0,
        goal: 20.0,
        figure: None,
        of: "a development build does not tell: give --release".to_owned(),
        missed: Vec::new(),
    };
    if !cfg!(debug_assertions) {
        let song = mixsmith_demo::song(&recipe());
        let (tracks, length) = (song.tracks.len(), song.truth.length as f64 / f64::from(song.truth.rate));
        let folder = scene::write(&wish.folder.join("road"), &song)?;
        drop(song);
        let mut mixed = Ok(());
        let mut wall = 0.0;
        let options = Options { threads: 2, ..Options::default() };
        let cpu = own(&mut || wall = clock(&mut || mixed = mix(&folder, &options, &Silent).map(drop)))?;
        mixed?;
        road.figure = Some(wall);
        road.of = format!(
            "{tracks} tracks of {length:.0} s on two threads, nothing measured before; {cpu:.1} s of processor time"
        );
    }
    Ok(vec![solver, road])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_song_is_as_long_as_is_said() {
        let recipe = recipe();
        let form = recipe.form;
        let bars = form.intro + recipe.rounds * (form.verse + form.chorus) + form.outro;
        let seconds = (bars * 4) as f64 * 60.0 / f64::from(recipe.tempo);
        assert!((235.0..250.0).contains(&seconds), "{seconds}");
    }
}

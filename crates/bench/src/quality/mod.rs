//! How near mixes are to those that people made of the same tracks: three simple ways, the whole road, and the person.
//!
//! Songs are folders of tracks that are not part of this program; what is known of each lies beside its tracks.

mod asked;
mod heard;
mod solver;
mod songs;
mod systems;
mod table;

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use mixsmith_pipeline::{Among, Folder, Portrait, Twin, among, portrait, recovery};

use heard::{Voice, features, plays, voice};
pub use solver::deciding;
use songs::{Condition, Song, renamed, scramble};
use systems::{Made, Mixes, human};

/// What is measured of one mix of one song.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Whose mix.
    pub system: &'static str,
    /// Which song.
    pub song: String,
    /// How its tracks were handed over.
    pub condition: Condition,
    /// Distance of the faders, dB; and the same with loud parts weighing more.
    pub faders: Option<(f64, f64)>,
    /// Size of the difference of the lead voice's level against the rest, dB.
    pub voice: Option<f64>,
    /// How much more its level differs from phrase to phrase, dB.
    pub steadiness: Option<f64>,
    /// Distance of the features of the mix.
    pub features: f64,
    /// Distance of the Bark spectra, mean square of natural logarithms.
    pub bark: f64,
    /// The same of mid and of side.
    pub bark_sides: [f64; 2],
    /// Distance of the spectra of the parts, mean, dB.
    pub spectra: Option<f64>,
    /// Distance of the places of the parts that came in stereo, mean, dB.
    pub places: Option<f64>,
    /// Of the mix alone.
    pub portrait: Portrait,
    /// Of its parts, and of those of the person's mix.
    pub among: [Among; 2],
    /// By part that plays: its name, by how much its fader is off, and the distance of its spectrum, dB.
    pub parts: Vec<(String, f64, f64)>,
    /// What was decided about the parts, in words.
    pub says: Vec<String>,
}

/// What the table is asked for.
#[derive(Clone, Debug, Args)]
pub struct Wish {
    /// Where the songs with a mix by a person are.
    #[arg(long, default_value = "../shared/songs")]
    pub songs: PathBuf,
    /// Where the mixes are kept between runs.
    #[arg(long, default_value = "target/quality")]
    pub folder: PathBuf,
    /// Words of the songs' names; all of them if none is named.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// How many times each song is scrambled.
    #[arg(long, default_value_t = 2)]
    pub seeds: u64,
    /// Only our mixes and the people's.
    #[arg(long, conflicts_with = "simple")]
    pub ours: bool,
    /// Only the simple ways to mix, which take little time.
    #[arg(long)]
    pub simple: bool,
    /// Tell every part of our mixes, and what was decided.
    #[arg(long)]
    pub parts: bool,
    /// Name of the file in benches/runs, after the day. A part of the table is printed alone.
    #[arg(long, default_value = "quality")]
    pub name: String,
}

/// Writes the table; a part of it is printed alone.
pub fn run(wish: &Wish) -> Result<(), Box<dyn Error>> {
    let whole = wish.only.is_empty() && !wish.simple && !wish.ours;
    crate::table::of_its_own("Quality", whole.then_some(&wish.name), || table(wish))
}

/// The tables.
fn table(wish: &Wish) -> Result<String, Box<dyn Error>> {
    let songs = songs::songs(&wish.songs)?;
    let asked =
        |song: &&Song| wish.only.is_empty() || wish.only.iter().any(|word| song.name.contains(word.as_str()));
    let mut all = Vec::new();
    for song in songs.iter().filter(asked) {
        let mut conditions: Vec<Condition> = Vec::new();
        if song.raw {
            conditions.push(Condition::Messy);
        } else {
            conditions.extend((1..=wish.seeds.max(1)).map(Condition::Scrambled));
            conditions.push(Condition::AsTheyAre);
        }
        let mut person = None;
        for condition in conditions {
            eprintln!("{}, {condition:?}", song.name);
            let found = measure(song, condition, wish, &mut person)?;
            if wish.parts {
                print!("{}", table::parts(&found));
            }
            all.extend(found);
        }
    }
    Ok(format!("{}\n{}", table::text(&all, wish.seeds.max(1)), solver::text()?))
}

/// By how much the lead voice's level differs more from phrase to phrase than in the person's mix, dB: by song, for the songs
/// with a voice and a mix by a person.
pub fn steadiness(wish: &Wish) -> Result<Vec<(String, f64)>, Box<dyn Error>> {
    let mut found = Vec::new();
    for song in songs::songs(&wish.songs)?.iter().filter(|song| song.parts.iter().any(|part| part.voice)) {
        let condition = if song.raw { Condition::Messy } else { Condition::Scrambled(1) };
        eprintln!("steadiness: {}, {}", song.name, condition.name());
        for figures in measure(song, condition, wish, &mut None)? {
            let over = figures.steadiness.filter(|_| figures.system == "Mixsmith");
            found.extend(over.map(|over| (format!("{}, {}", song.name, condition.name()), over)));
        }
    }
    Ok(found)
}

/// What a person made, with what its parts are among each other.
type Person = (Vec<Made>, Among);

/// Lets everybody mix one song, and measures. What the person made is looked at once.
fn measure(
    song: &Song,
    condition: Condition,
    wish: &Wish,
    person: &mut Option<Person>,
) -> Result<Vec<Figures>, Box<dyn Error>> {
    let Mixes { made, stereo } = match condition {
        Condition::Scrambled(seed) => {
            let place = systems::place(&wish.folder, &song.name, &format!("scrambled-{seed}"));
            scramble(song, seed, &place)?;
            systems::all(song, &Folder::open(&place, None)?, renamed, wish)?
        }
        Condition::Messy | Condition::AsTheyAre => {
            let place = systems::place(&wish.folder, &song.name, condition.name());
            systems::all(song, &Folder::open(&song.folder, Some(&place))?, str::to_owned, wish)?
        }
    };
    let rate = made.first().map_or(48_000, |made| made.mix.rate);
    if person.as_ref().is_none_or(|(people, _)| people.iter().any(|made| made.mix.rate != rate)) {
        let people = human(song, rate)?;
        let theirs = people.last().map(|human| among(&human.soundings)).unwrap_or_default();
        *person = Some((people, theirs));
    }
    let Some((people, theirs)) = person else { return Ok(Vec::new()) };
    let Some(human) = people.last() else { return Ok(Vec::new()) };
    let figures = |made| compare(song, condition, made, human, (&stereo, *theirs));
    Ok(made.iter().chain(people.iter()).map(figures).collect())
}

fn compare(
    song: &Song,
    condition: Condition,
    made: &Made,
    human: &Made,
    (stereo, among_theirs): (&[bool], Among),
) -> Figures {
    let twins: Vec<Twin> = song
        .parts
        .iter()
        .zip(made.parts.iter().zip(&human.parts))
        .map(|(part, (ours, theirs))| Twin {
            name: part.name.clone(),
            voice: part.voice,
            ours: ours.energy.clone(),
            theirs: theirs.energy.clone(),
        })
        .collect();
    let found = recovery(&twins);
    // Parts that play in the person's mix, as the distance of the faders has them.
    let active = |i: usize| {
        found.as_ref().is_some_and(|found| found.tracks.iter().any(|(name, _)| *name == song.parts[i].name))
    };
    let mean = |of: &dyn Fn(usize) -> Option<f64>| {
        let values: Vec<f64> = (0..song.parts.len()).filter(|&i| active(i)).filter_map(of).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let (ours, theirs) = (voice_of(song, made, human), voice_of(song, human, human));
    let loudness = |made: &Made| {
        let heard = heard::heard(&made.mix);
        let sum: f64 = heard.energy.iter().sum();
        sum.max(1e-12)
    };
    // All mixes as loud as the person's.
    let gain = (loudness(human) / loudness(made)).sqrt();
    let (mix, right) = (features(&made.mix, gain), features(&human.mix, 1.0));
    Figures {
        system: made.system,
        song: song.name.clone(),
        condition,
        faders: found.as_ref().map(|found| (found.rmse, found.weighted)),
        voice: ours.level.zip(theirs.level).map(|(a, b)| (a - b).abs()),
        steadiness: ours.steadiness.zip(theirs.steadiness).map(|(a, b)| a - b),
        features: mix.distance(&right),
        bark: mix.bark_square(&right),
        bark_sides: mix.bark_squares(&right),
        spectra: mean(&|i| made.parts[i].spectrum_from(&human.parts[i])),
        places: mean(&|i| stereo[i].then(|| made.parts[i].place_from(&human.parts[i])).flatten()),
        portrait: portrait(&made.mix),
        among: [among(&made.soundings), among_theirs],
        parts: found.as_ref().map_or_else(Vec::new, |found| {
            let place = |name: &str| song.parts.iter().position(|part| part.name == name);
            let spectrum = |i: usize| made.parts[i].spectrum_from(&human.parts[i]);
            let part = |(name, off): &(String, f64)| {
                (name.clone(), *off, place(name).and_then(spectrum).unwrap_or(0.0))
            };
            found.tracks.iter().map(part).collect()
        }),
        says: made.says.clone(),
    }
}

fn voice_of(song: &Song, made: &Made, human: &Made) -> Voice {
    let length = human.parts.iter().map(|part| part.energy.len()).max().unwrap_or(0);
    let mut sings = vec![false; length];
    for (_, theirs) in song.parts.iter().zip(&human.parts).filter(|(part, _)| part.voice) {
        sings.iter_mut().zip(plays(&theirs.energy)).for_each(|(sings, plays)| *sings |= plays);
    }
    let parts: Vec<(bool, &[f64])> =
        song.parts.iter().zip(&made.parts).map(|(part, heard)| (part.voice, &heard.energy[..])).collect();
    voice(&parts, &sings)
}

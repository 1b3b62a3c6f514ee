//! A song on disk, mixed, and its files read back.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mixsmith_audio::{Audio, Dither, Sample, WavWriter, hex, read};
use mixsmith_demo::{Form, Part, Recipe};
use mixsmith_pipeline::{Folder, Mixed, Options, PipelineError, Silent};
use mixsmith_session::{Session, Strip, StripKind};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A song's folder that goes away with the test. It is called `song` in each test, and so is the mix.
pub struct OnDisk {
    _dir: TempDir,
    /// The folder.
    pub root: PathBuf,
}

impl OnDisk {
    /// An empty folder.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("song");
        std::fs::create_dir(&root).unwrap();
        OnDisk { _dir: dir, root }
    }

    /// A folder with the tracks of a recipe.
    pub fn of(recipe: &Recipe) -> Self {
        let song = OnDisk::empty();
        mixsmith_demo::write(&mixsmith_demo::song(recipe), &song.root).unwrap();
        song
    }

    /// A copy of a real song's tracks, when it is there.
    pub fn of_real(name: &str) -> Option<Self> {
        let (root, song) = (real_song(name)?, OnDisk::empty());
        for entry in std::fs::read_dir(root).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, song.root.join(path.file_name().unwrap())).unwrap();
            }
        }
        Some(song)
    }

    pub fn folder(&self) -> Folder {
        Folder::open(&self.root, None).unwrap()
    }

    pub fn mix(&self, threads: usize) -> Mixed {
        self.try_mix(threads).unwrap()
    }

    pub fn try_mix(&self, threads: usize) -> Result<Mixed, PipelineError> {
        mixsmith_pipeline::mix(&self.folder(), &Options { threads, ..Options::default() }, &Silent)
    }

    /// Decides without printing.
    pub fn decide(&self) -> Mixed {
        mixsmith_pipeline::decide(&self.folder(), &Options { threads: 2, ..Options::default() }, &Silent)
            .unwrap()
    }

    pub fn render(&self) -> Mixed {
        mixsmith_pipeline::render_again(&self.folder(), &Options::default(), &Silent).unwrap()
    }

    /// What a printed file sounds like.
    pub fn sound(&self, file: &str) -> Audio {
        sound(&self.folder().out.join(file))
    }

    pub fn session_text(&self) -> String {
        std::fs::read_to_string(self.folder().session()).unwrap()
    }
}

/// Ten seconds with few players: enough for every step of the road.
pub fn few() -> Recipe {
    Recipe {
        form: Form { intro: 0, verse: 2, chorus: 1, outro: 0 },
        parts: vec![Part::Bass, Part::Keys, Part::AcousticGuitar, Part::LeadVoice],
        ..Recipe::short()
    }
}

/// The first stream of a file.
pub fn sound(path: &Path) -> Audio {
    read(path).unwrap().streams.remove(0).audio
}

/// Writes samples as they are.
pub fn write_wav(path: &Path, rate: u32, channels: &[&[f32]]) {
    let mut writer = WavWriter::create(path, rate, channels.len(), Sample::F32, Dither::None).unwrap();
    writer.write(channels).unwrap();
    writer.finish().unwrap();
}

/// Energy of the difference over that of the first, dB, as long as both last.
pub fn residual_db(ours: &Audio, theirs: &Audio) -> f64 {
    let (mut apart, mut all) = (0.0f64, 0.0f64);
    for (a, b) in ours.channels.iter().zip(&theirs.channels) {
        for (a, b) in a.iter().zip(b) {
            apart += f64::from(a - b).powi(2);
            all += f64::from(a * a);
        }
    }
    10.0 * (apart / all).log10()
}

/// SHA-256 of every file below a folder but those in `mix/cache` and `mix/backups`, by path.
pub fn hashes(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["mix/cache", "mix/backups"].contains(&name.as_str()) {
                folders.push(path);
            } else if path.is_file() {
                found.insert(name, hex(&Sha256::digest(std::fs::read(&path).unwrap())));
            }
        }
    }
    found
}

/// The largest sample of the sum of some sounds minus another, dBFS.
pub fn left_over(parts: &[Audio], whole: &Audio) -> f64 {
    let mut most = 0.0f64;
    for (channel, samples) in whole.channels.iter().enumerate() {
        for (n, &sample) in samples.iter().enumerate() {
            let sum: f64 = parts.iter().map(|part| f64::from(part.channels[channel][n])).sum();
            most = most.max((sum - f64::from(sample)).abs());
        }
    }
    20.0 * most.max(1e-12).log10()
}

/// Every track straight into the mix, nothing turned.
pub fn flat(mixed: &Session) -> Session {
    let mut session = Session { strips: Vec::new(), ..mixed.clone() };
    for track in mixed.tracks() {
        let mut strip = Strip::new(&track.id, &track.name, track.kind.clone());
        strip.to = Some("mix".to_owned());
        session.strips.push(Arc::new(strip));
    }
    let mut mix = Strip::new("mix", "Mix", StripKind::Bus);
    mix.to = Some("master".to_owned());
    session.strips.push(Arc::new(mix));
    session.strips.push(Arc::new(Strip::new("master", "Master", StripKind::Master)));
    session
}

/// The recorded files added up, each where its track plays it.
pub fn plain_sum(root: &Path, flat: &Session) -> [Vec<f32>; 2] {
    let mut sum = [vec![0.0f32; flat.song.frames as usize], vec![0.0f32; flat.song.frames as usize]];
    for clip in flat.tracks().flat_map(|track| track.clips()) {
        let audio = sound(&root.join(&flat.source(&clip.source).unwrap().file));
        for (side, sum) in sum.iter_mut().enumerate() {
            let samples = audio.channels.get(side).unwrap_or(&audio.channels[0]);
            let place = clip.at.max(0) as usize;
            let early = (place as i64 - clip.at) as usize;
            sum[place..].iter_mut().zip(&samples[early..]).for_each(|(sum, sample)| *sum += sample);
        }
    }
    sum
}

/// The printed file holds these two sides.
pub fn assert_prints(printed: &Audio, sum: &[Vec<f32>; 2]) {
    // 24 bits: half a step of rounding and a step of dither; held at full scale where the sum passes it.
    let step = 1.0 / f32::powi(2.0, 23);
    for (printed, sum) in printed.channels.iter().zip(sum) {
        assert_eq!(printed.len(), sum.len());
        let far = printed.iter().zip(sum).map(|(a, b)| (a - b.clamp(-1.0, 1.0 - step)).abs());
        let far = far.fold(0.0, f32::max);
        assert!(far <= 1.6 * step, "{} steps of 24 bits", far / step);
    }
}

/// Samples as the bits they are.
pub fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

/// Folder of a real song, when it is there. Says so when it is not.
pub fn real_song(name: &str) -> Option<PathBuf> {
    let given = std::env::var_os("MIXSMITH_SONGS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/songs");
    let folder = given.unwrap_or(beside).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there (set MIXSMITH_SONGS)", folder.display());
    None
}

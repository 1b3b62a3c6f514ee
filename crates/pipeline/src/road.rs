//! The road itself, stage by stage and whole.

use mixsmith_analysis::Facts;
use mixsmith_assistant::{Brief, Decision, Genre, Loudness, Phase, Status};
use mixsmith_audio::{Audio, hex};
use mixsmith_engine::{Rendered, Sources};
use mixsmith_session::Session;
use sha2::{Digest, Sha256};

use crate::listen::{Listened, listen_held};
use crate::lock::Lock;
use crate::manifest::{Input, Manifest};
use crate::print;
use crate::report::{self, Players};
use crate::start::{Settled, Start, hear, start};
use crate::{Folder, Journal, Note, PipelineError, Progress, impulses, like, sessions, wishes};

/// What the command line asks for beyond `song.toml`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Threads; all of the machine's when 0.
    pub threads: usize,
    /// How loud the master is.
    pub loudness: Option<Loudness>,
    /// Which column of the tables.
    pub genre: Option<Genre>,
    /// Decide only; write nothing but the cache of what was measured.
    pub dry_run: bool,
}

impl Options {
    /// How many threads to use.
    pub fn threads(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }
}

/// A mixed song.
#[derive(Debug)]
pub struct Mixed {
    /// What was heard of the tracks.
    pub listened: Listened,
    /// What the person wants.
    pub brief: Brief,
    /// The mix.
    pub session: Session,
    /// Why.
    pub journal: Journal,
    /// What was measured of the mix itself, under the name `mix`.
    pub heard: Facts,
    /// Gain reduction of every processor.
    pub rendered: Rendered,
    /// What was printed.
    pub manifest: Manifest,
    /// The sound that was printed from, impulse responses too; none where nothing was.
    pub(crate) sources: Sources,
    /// What the person should know.
    pub notes: Vec<Note>,
}

/// Prepares the song: names, groups, polarity, time, first levels, and the list of faults. Writes the session.
pub fn prepare(folder: &Folder, options: &Options, progress: &dyn Progress) -> Result<Mixed, PipelineError> {
    until(folder, options, progress, Phase::Buses)
}

/// Decides the mix without printing it. Writes session and decisions.
pub fn decide(folder: &Folder, options: &Options, progress: &dyn Progress) -> Result<Mixed, PipelineError> {
    until(folder, options, progress, Phase::MixBus)
}

fn until(
    folder: &Folder,
    options: &Options,
    progress: &dyn Progress,
    last: Phase,
) -> Result<Mixed, PipelineError> {
    let _lock = Lock::take(folder)?;
    let start = start(folder, options, progress)?;
    let (session, decisions) = if last == Phase::MixBus {
        start.decided(progress)
    } else {
        progress.stage("Decide", 0);
        start.decide(&start.listened.facts, last)
    };
    let journal = Journal::new(decisions, start.locks.hand.clone());
    if !options.dry_run {
        sessions::write(folder, &session, &journal)?;
    }
    let notes = start.notes(&session);
    let Start { listened, brief, .. } = start;
    Ok(Mixed {
        listened,
        brief,
        session,
        journal,
        heard: Facts::default(),
        rendered: Rendered::default(),
        manifest: Manifest::default(),
        sources: Sources::new(),
        notes,
    })
}

/// The whole road: listens, decides, listens to its own mix, masters, prints.
pub fn mix(folder: &Folder, options: &Options, progress: &dyn Progress) -> Result<Mixed, PipelineError> {
    let _lock = Lock::take(folder)?;
    let start = start(folder, options, progress)?;
    let (session, decisions) = start.whole(folder, options, progress)?;
    start.write(folder, &session, decisions.clone())?;
    let journal = Journal::new(decisions, start.locks.hand.clone());
    let (manifest, rendered, sources) = print_all(folder, &session, &start.listened, options, progress)?;
    let notes = start.notes(&session);
    let Start { listened, brief, .. } = start;
    let heard = Facts::default();
    let mixed = Mixed { listened, brief, session, journal, heard, rendered, manifest, sources, notes };
    report(folder, mixed, options, progress)
}

/// A mix in memory, and every track and return as it sounds in it.
#[derive(Debug)]
pub struct Rehearsed {
    /// The mix.
    pub session: Session,
    /// Why.
    pub decisions: Vec<Decision>,
    /// Sound of the mix bus.
    pub mix: Audio,
    /// Strips and their sound. They add up to the mix.
    pub stems: Vec<(String, Audio)>,
}

/// The whole road up to the master, in memory: nothing but the cache of what was measured is written.
pub fn rehearse(
    folder: &Folder,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Rehearsed, PipelineError> {
    let _lock = Lock::take(folder)?;
    let start = start(folder, options, progress)?;
    let threads = options.threads();
    let Settled { session, decisions, sources, audio: mix, .. } = start.settle(folder, threads, progress)?;
    progress.stage("Hear the tracks", session.song.frames);
    let stems = print::stems(&session, &sources, threads, progress)?;
    Ok(Rehearsed { session, decisions, mix, stems })
}

/// Prints the session on disk as it is, deciding nothing.
pub fn render_again(
    folder: &Folder,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Mixed, PipelineError> {
    let missing = || PipelineError::Missing { path: folder.session(), first: "mix" };
    if !folder.session().exists() {
        return Err(missing());
    }
    let _lock = Lock::take(folder)?;
    let opened = sessions::open(folder)?.ok_or_else(missing)?;
    let mut notes = opened.notes(&opened.session);
    let sessions::Opened { session, journal, .. } = opened;
    let mut brief = wishes::brief(folder)?;
    // The clips of the session count its frames, whatever rate most of the files may have by now.
    let (ids, rate) = (sessions::ids(&session), Some(session.song.rate));
    let mut listened = listen_held(folder, &ids, rate, options.threads(), progress)?;
    like::hear(folder, &mut brief, &mut listened)?;
    notes.extend(listened.notes.iter().cloned());
    let (manifest, rendered, sources) = print_all(folder, &session, &listened, options, progress)?;
    let heard = Facts::default();
    let mixed = Mixed { listened, brief, session, journal, heard, rendered, manifest, sources, notes };
    report(folder, mixed, options, progress)
}

/// Measures what was printed, and writes the report.
fn report(
    folder: &Folder,
    mut mixed: Mixed,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Mixed, PipelineError> {
    progress.stage("Report", 0);
    let players = hear_prints(folder, &mut mixed, options)?;
    pool(options)?.install(|| report::write(&mixed, folder, &players))?;
    Ok(mixed)
}

/// Listens to mix and master as they were printed, with the plain sum of the tracks beside them.
pub(crate) fn hear_prints(
    folder: &Folder,
    mixed: &mut Mixed,
    options: &Options,
) -> Result<Players, PipelineError> {
    let rate = mixed.session.song.rate;
    let printed = |file: &str| -> Result<Audio, PipelineError> {
        let path = folder.out.join(file);
        let read = mixsmith_audio::read(&path).map_err(|error| PipelineError::Io {
            path: path.clone(),
            source: std::io::Error::other(error.to_string()),
        })?;
        let first = read.streams.into_iter().next().map(|stream| stream.audio);
        Ok(first.unwrap_or_else(|| Audio::silence(rate, 2, 0)))
    };
    pool(options)?.install(|| {
        let (mix, master) = rayon::join(|| printed("mix.wav"), || printed("master.wav"));
        let (mix, master) = (mix?, master?);
        let mut heard = Facts::default();
        let before = rayon::join(
            || hear(&mut heard, &mix),
            || report::plain_sum(&mixed.listened.song, &mixed.session),
        )
        .1;
        mixed.heard = heard;
        Ok(Players::new(mixed, &before, &mix, &master))
    })
}

fn pool(options: &Options) -> Result<rayon::ThreadPool, PipelineError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads())
        .build()
        .map_err(|error| PipelineError::Threads(error.to_string()))
}

fn print_all(
    folder: &Folder,
    session: &Session,
    listened: &Listened,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Manifest, Rendered, Sources), PipelineError> {
    let sources = impulses::sources(folder, session, &listened.song)?;
    let reel = print::print(session, &sources, folder, options.threads(), progress)?;
    print::sweep(folder, &reel.outputs);
    let text = folder.text(&folder.session())?.unwrap_or_default();
    let mut inputs: Vec<Input> = listened
        .files
        .iter()
        .map(|file| Input { file: file.file.clone(), sha256: file.hash.clone() })
        .collect();
    inputs.dedup();
    inputs.extend(impulses::inputs(folder, session, &sources));
    let manifest = Manifest {
        format: 1,
        title: session.song.title.clone(),
        program: format!("mixsmith {}", env!("CARGO_PKG_VERSION")),
        rate: session.song.rate,
        frames: session.song.frames,
        session: hex(&Sha256::digest(text.as_bytes())),
        inputs,
        outputs: reel.outputs,
        stems_minus_mix: reel.stems_minus_mix,
        groups_minus_mix: reel.groups_minus_mix,
    };
    let path = folder.out.join("manifest.json");
    let text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    folder.write(&path, &text)?;
    Ok((manifest, reel.rendered, sources))
}

impl Mixed {
    /// Decisions that were taken and change something.
    pub fn taken(&self) -> impl Iterator<Item = &Decision> {
        self.journal.decisions.iter().filter(|d| d.status == Status::Taken && !d.edits.is_empty())
    }

    /// By how much the printed master is softer than asked for, LU, where it is worth a word.
    pub fn short_of_loudness(&self) -> Option<f64> {
        let master = self.manifest.outputs.iter().find(|output| output.kind == "master")?;
        let short = self.brief.lufs() - master.level.loudness;
        (short > 0.5 && self.is_mastered()).then_some(short)
    }

    /// Does anything stand in the master? Not after `prepare` and `decide`, which do not listen to the mix.
    pub fn is_mastered(&self) -> bool {
        self.session.master().is_some_and(|master| !master.inserts.is_empty())
    }
}

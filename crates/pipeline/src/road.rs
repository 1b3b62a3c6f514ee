//! The road itself, stage by stage and whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use mixsmith_analysis::{Facts, ears};
use mixsmith_assistant::decide::add;
use mixsmith_assistant::like::Trait;
use mixsmith_assistant::wish::{Known, read};
use mixsmith_assistant::{Assistant, Brief, Decision, Genre, Locks, Loudness, Phase, Status, decide as ask};
use mixsmith_audio::{Audio, hex};
use mixsmith_effects::KINDS;
use mixsmith_engine::{Rendered, Sources};
use mixsmith_session::{Session, Strip, StripKind};
use sha2::{Digest, Sha256};

use crate::listen::{Listened, listen_held};
use crate::lock::Lock;
use crate::manifest::{Input, Manifest};
use crate::print::{self, listen_to};
use crate::report::{self, Players};
use crate::{
    Folder, Journal, Note, PipelineError, Progress, brief, impulses, like, master, sessions, wishes,
};

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

/// What the decisions start from.
pub(crate) struct Start {
    pub listened: Listened,
    pub brief: Brief,
    pub locks: Locks,
    earlier: Option<sessions::Opened>,
    notes: Vec<Note>,
}

/// Reads the brief, the earlier session and the tracks.
fn start(folder: &Folder, options: &Options, progress: &dyn Progress) -> Result<Start, PipelineError> {
    start_with(folder, options, progress, wishes::brief(folder)?)
}

/// The same with a brief at hand.
pub(crate) fn start_with(
    folder: &Folder,
    options: &Options,
    progress: &dyn Progress,
    brief: Brief,
) -> Result<Start, PipelineError> {
    start_from(folder, folder, options, progress, brief)
}

/// The same with the cache of another folder.
pub(crate) fn start_from(
    folder: &Folder,
    cached: &Folder,
    options: &Options,
    progress: &dyn Progress,
    mut brief: Brief,
) -> Result<Start, PipelineError> {
    brief.loudness = options.loudness.unwrap_or(brief.loudness);
    brief.genre = options.genre.unwrap_or(brief.genre);
    brief.title.get_or_insert_with(|| folder.title());
    let earlier = sessions::open(folder)?;
    let ids = earlier.as_ref().map_or_else(BTreeMap::new, |earlier| sessions::ids(&earlier.session));
    let locks = earlier.as_ref().map_or_else(Locks::default, |earlier| earlier.locks.clone());
    let mut notes = Vec::new();
    let mut listened = listen_held(cached, &ids, None, options.threads(), progress)?;
    if options.loudness.is_some() {
        // What is asked for now stands over a reference.
        brief.reference_for = like::traits(&brief);
        brief.reference_for.retain(|part| ![Trait::Loudness, Trait::Dynamics].contains(part));
        if brief.reference_for.is_empty() {
            brief.reference.clear();
        }
    }
    like::hear(cached, &mut brief, &mut listened)?;
    notes.extend(listened.notes.iter().cloned());
    notes.extend(brief::strays(&brief, &listened.song));
    Ok(Start { listened, brief, locks, earlier, notes })
}

impl Start {
    fn assistant<'a>(&'a self, facts: &'a Facts) -> Assistant<'a> {
        Assistant { song: &self.listened.song, facts, brief: &self.brief, kinds: KINDS, locks: &self.locks }
    }

    /// Every decision up to and including a phase.
    fn decide(&self, facts: &Facts, last: Phase) -> (Session, Vec<Decision>) {
        ask(&self.assistant(facts), last)
    }

    /// Adds what an earlier run decided by hearing its mix: trim of the mix bus and master stay until the next mix is heard.
    fn as_it_was_heard(&self, session: Session, decisions: Vec<Decision>) -> (Session, Vec<Decision>) {
        let earlier = self.earlier.iter().flat_map(|earlier| &earlier.journal.decisions);
        let by_hearing = earlier.filter(|d| d.rule.starts_with("check.") || d.rule.starts_with("master."));
        by_hearing.fold((session, decisions), |(_, decisions), decision| {
            add(&self.assistant(&self.listened.facts), decisions, decision.clone())
        })
    }

    /// Every decision that can be made without hearing the mix, and those of an earlier run that heard it.
    pub fn decided(&self, progress: &dyn Progress) -> (Session, Vec<Decision>) {
        progress.stage("Decide", 0);
        let (session, decisions) = self.decide(&self.listened.facts, Phase::MixBus);
        self.as_it_was_heard(session, decisions)
    }

    /// Decides, hears the mix, and decides again.
    fn settle(
        &self,
        folder: &Folder,
        threads: usize,
        progress: &dyn Progress,
    ) -> Result<Settled, PipelineError> {
        progress.stage("Decide", 0);
        let (first, _) = self.decide(&self.listened.facts, Phase::MixBus);
        let mut sources = impulses::sources(folder, &first, &self.listened.song)?;
        progress.stage("Hear the mix", first.song.frames);
        let (audio, _) = listen_to(&first, &sources, "mix", threads, progress)?;
        // What is measured of the mix itself lets the checks and the master decide.
        let mut facts = self.listened.facts.clone();
        hear(&mut facts, &audio);
        let (session, decisions) = self.decide(&facts, Phase::Master);
        let more = impulses::gather(folder, &session, &sources)?;
        sources.extend(more);
        let audio = if same_but_for_the_mix_fader(&first, &session) {
            scaled(audio, fader(&session) - fader(&first))
        } else {
            progress.stage("Hear the mix", session.song.frames);
            listen_to(&session, &sources, "mix", threads, progress)?.0
        };
        Ok(Settled { facts, session, decisions, sources, audio })
    }

    /// Decides, listens to the mix that comes of it, decides again with what was heard, and finds the loudness of the master.
    pub fn whole(
        &self,
        folder: &Folder,
        options: &Options,
        progress: &dyn Progress,
    ) -> Result<(Session, Vec<Decision>), PipelineError> {
        let threads = options.threads();
        let Settled { facts, mut session, mut decisions, sources, audio } =
            self.settle(folder, threads, progress)?;
        if let Some((decision, _)) =
            master::settle(&session, &audio, &sources, self.brief.lufs(), threads, progress)?
        {
            (session, decisions) = add(&self.assistant(&facts), decisions, decision);
        }
        Ok((session, decisions))
    }

    /// Writes session and journal.
    pub fn write(
        &self,
        folder: &Folder,
        session: &Session,
        decisions: Vec<Decision>,
    ) -> Result<(), PipelineError> {
        sessions::write(folder, session, &Journal::new(decisions, self.locks.hand.clone()))
    }

    /// What the person should know, once it is decided.
    fn notes(&self, session: &Session) -> Vec<Note> {
        let odd = self.earlier.iter().flat_map(|earlier| earlier.notes(session));
        let known = Known::new(session, &self.listened.facts);
        let lost = self.brief.wishes.iter().filter_map(|text| Some((text, read(text, &known).err()?)));
        let lost = lost.map(|(text, why)| Note {
            about: format!("wish `{text}`"),
            says: format!("is not understood, so it does nothing: {why}"),
            warning: true,
        });
        odd.chain(self.notes.iter().cloned()).chain(lost).collect()
    }
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

/// A mix that was decided with its own sound in the ear, before the master's gain is found.
struct Settled {
    /// Facts of the tracks, and of the first render under the name `mix`.
    facts: Facts,
    session: Session,
    decisions: Vec<Decision>,
    sources: Sources,
    /// Sound of the mix bus.
    audio: Audio,
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

/// Adds what is measured of the mix, as if it were a stem called `mix`.
fn hear(facts: &mut Facts, audio: &Audio) {
    let (measured, sketch) = ears::measure_stem("mix", audio);
    facts.extend(measured);
    facts.push_sketch("mix", Arc::new(sketch));
}

/// Does nothing before the master differ but the fader of the mix bus?
fn same_but_for_the_mix_fader(a: &Session, b: &Session) -> bool {
    let rest = |session: &Session| -> Vec<Strip> {
        let strips = session.strips.iter().filter(|strip| strip.kind != StripKind::Master);
        let mut strips: Vec<Strip> = strips.map(|strip| Strip::clone(strip)).collect();
        for strip in strips.iter_mut().filter(|strip| strip.id == "mix") {
            strip.values.remove("fader");
        }
        strips
    };
    rest(a) == rest(b)
}

fn fader(session: &Session) -> f32 {
    session.strip("mix").and_then(|strip| strip.values.get("fader")).copied().unwrap_or(0.0)
}

fn scaled(mut audio: Audio, db: f32) -> Audio {
    if db != 0.0 {
        let gain = mixsmith_dsp::math::amplitude(db);
        audio.channels.iter_mut().flatten().for_each(|sample| *sample *= gain);
    }
    audio
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

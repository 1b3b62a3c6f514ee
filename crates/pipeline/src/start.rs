//! What the decisions start from, and how they are made with the ear on the mix.

use std::collections::BTreeMap;
use std::sync::Arc;

use mixsmith_analysis::{Facts, ears};
use mixsmith_assistant::decide::add;
use mixsmith_assistant::like::Trait;
use mixsmith_assistant::wish::{Known, read};
use mixsmith_assistant::{Assistant, Brief, Decision, Locks, Phase, decide as ask};
use mixsmith_audio::Audio;
use mixsmith_effects::KINDS;
use mixsmith_engine::Sources;
use mixsmith_session::{Session, Strip, StripKind};

use crate::listen::{Listened, listen_held};
use crate::print::listen_to;
use crate::{
    Folder, Journal, Note, Options, PipelineError, Progress, brief, impulses, like, master, sessions, wishes,
};

/// What the decisions start from.
pub(crate) struct Start {
    pub listened: Listened,
    pub brief: Brief,
    pub locks: Locks,
    pub earlier: Option<sessions::Opened>,
    pub notes: Vec<Note>,
}

/// Reads the brief, the earlier session and the tracks.
pub(crate) fn start(
    folder: &Folder,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Start, PipelineError> {
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
    pub fn decide(&self, facts: &Facts, last: Phase) -> (Session, Vec<Decision>) {
        ask(&self.assistant(facts), last)
    }

    /// Adds what an earlier run decided by hearing its mix: trim of the mix bus and master stay until the next mix is heard.
    pub fn as_it_was_heard(&self, session: Session, decisions: Vec<Decision>) -> (Session, Vec<Decision>) {
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
    pub fn settle(
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
    pub fn notes(&self, session: &Session) -> Vec<Note> {
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

/// A mix that was decided with its own sound in the ear, before the master's gain is found.
pub(crate) struct Settled {
    /// Facts of the tracks, and of the first render under the name `mix`.
    pub facts: Facts,
    pub session: Session,
    pub decisions: Vec<Decision>,
    pub sources: Sources,
    /// Sound of the mix bus.
    pub audio: Audio,
}

/// Adds what is measured of the mix, as if it were a stem called `mix`.
pub(crate) fn hear(facts: &mut Facts, audio: &Audio) {
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

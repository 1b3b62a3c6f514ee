//! From a session to files: mix, master, stems, groups, versions in one pass.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path};

use mixsmith_audio::{Audio, Dither, Sample, WavWriter, Written, content_hash, hex};
use mixsmith_effects::KINDS;
use mixsmith_engine::{Prints, Rendered, Sink, Sources, compile, render};
use mixsmith_session::{Session, StripKind};
use rayon::prelude::*;

use crate::add_up::{AddUp, Share};
use crate::manifest::{Manifest, Printed};
use crate::meter::Meter;
use crate::{Folder, PipelineError, Progress};

/// Renders one strip into memory.
pub(crate) fn listen_to(
    session: &Session,
    sources: &Sources,
    strip: &str,
    threads: usize,
    progress: &dyn Progress,
) -> Result<(Audio, Rendered), PipelineError> {
    let prints = Prints { strips: vec![strip.to_owned()], ..Prints::default() };
    let plan = compile(session, &KINDS, sources, &prints)?;
    let mut audio = Audio::silence(session.song.rate, 2, 0);
    let mut sinks: Vec<Box<dyn Sink + '_>> = vec![Box::new(Keep(&mut audio))];
    let mut watch = |frame: u64| {
        progress.step(frame, strip);
        !progress.stopped()
    };
    let rendered = render(&plan, session.song.frames, threads, &mut sinks, &mut watch)
        .map_err(|error| PipelineError::render(Path::new(strip), error))?;
    drop(sinks);
    intact(session, sources)?;
    Ok((audio, rendered))
}

/// Renders every track and return into memory, as it sounds in the mix.
pub(crate) fn stems(
    session: &Session,
    sources: &Sources,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Vec<(String, Audio)>, PipelineError> {
    let is_stem = |kind: &StripKind| matches!(kind, StripKind::Track { .. } | StripKind::Return);
    let stems: Vec<String> =
        session.strips.iter().filter(|strip| is_stem(&strip.kind)).map(|strip| strip.id.clone()).collect();
    let prints = Prints { stems: stems.clone(), through: "mix".to_owned(), ..Prints::default() };
    let plan = compile(session, &KINDS, sources, &prints)?;
    let mut sounds: Vec<Audio> = stems.iter().map(|_| Audio::silence(session.song.rate, 2, 0)).collect();
    let mut sinks: Vec<Box<dyn Sink + '_>> =
        sounds.iter_mut().map(|sound| Box::new(Keep(sound)) as Box<dyn Sink + '_>).collect();
    let mut watch = |frame: u64| {
        progress.step(frame, "tracks");
        !progress.stopped()
    };
    render(&plan, session.song.frames, threads, &mut sinks, &mut watch)
        .map_err(|error| PipelineError::render(Path::new("tracks"), error))?;
    drop(sinks);
    intact(session, sources)?;
    Ok(stems.into_iter().zip(sounds).collect())
}

struct Keep<'a>(&'a mut Audio);

impl Sink for Keep<'_> {
    fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        self.0.channels[0].extend_from_slice(left);
        self.0.channels[1].extend_from_slice(right);
        Ok(())
    }
}

/// A file that is being printed.
struct Tape {
    writer: WavWriter,
    meter: Meter,
    /// Sums that it takes part in.
    sums: Vec<Share>,
}

impl Sink for Tape {
    fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        self.writer.write(&[left, right])?;
        self.meter.add(left, right);
        self.sums.iter().for_each(|share| share.add(left, right));
        Ok(())
    }
}

/// What was printed.
#[derive(Debug)]
pub(crate) struct Reel {
    pub outputs: Vec<Printed>,
    pub stems_minus_mix: f64,
    pub groups_minus_mix: f64,
    pub rendered: Rendered,
}

/// What one output is.
struct Job {
    file: String,
    kind: &'static str,
    of: String,
    sources: Vec<String>,
    /// The file of the group that is this stem and nothing else.
    group: Option<String>,
}

/// Prints everything that comes out of a session into a folder.
pub(crate) fn print(
    session: &Session,
    sources: &Sources,
    folder: &Folder,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Reel, PipelineError> {
    let (prints, jobs) = jobs(session);
    let plan = compile(session, &KINDS, sources, &prints)?;
    let (out, disk) = (&folder.out, folder.disk());
    for inside in ["", "stems", "groups"] {
        folder.make(&out.join(inside))?;
    }
    let (stems, groups) = (AddUp::default(), AddUp::default());
    let mut tapes: Vec<Tape> = Vec::new();
    for job in &jobs {
        let path = out.join(&job.file);
        let writer = WavWriter::create_on(disk, &path, session.song.rate, 2, Sample::I24, Dither::Tpdf)
            .map_err(PipelineError::io(&path))?;
        let sums = match job.kind {
            "mix" => vec![stems.share(-1.0), groups.share(-1.0)],
            "stem" if job.group.is_some() => vec![stems.share(1.0), groups.share(1.0)],
            "stem" => vec![stems.share(1.0)],
            "group" => vec![groups.share(1.0)],
            _ => vec![],
        };
        tapes.push(Tape { writer, meter: Meter::new(session.song.rate), sums });
    }
    progress.stage("Print", session.song.frames);
    let mut sinks: Vec<Box<dyn Sink + '_>> =
        tapes.iter_mut().map(|tape| Box::new(Borrowed(tape)) as Box<dyn Sink + '_>).collect();
    let mut watch = |frame: u64| {
        progress.step(frame, "mix, master, stems");
        !progress.stopped()
    };
    let rendered = render(&plan, session.song.frames, threads, &mut sinks, &mut watch)
        .map_err(|error| PipelineError::render(out, error))?;
    drop(sinks);
    intact(session, sources)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build()
        .map_err(|error| PipelineError::Threads(error.to_string()))?;
    let outputs = pool.install(|| {
        let finished = tapes.into_par_iter().zip(jobs.into_par_iter()).with_max_len(1);
        finished.map(|(tape, job)| finish(tape, job, folder)).collect::<Result<Vec<_>, _>>()
    })?;
    let outputs = outputs.into_iter().flatten().collect();
    let (stems_minus_mix, groups_minus_mix) = (stems.worst_db(), groups.worst_db());
    Ok(Reel { outputs, stems_minus_mix, groups_minus_mix, rendered })
}

struct Borrowed<'a>(&'a mut Tape);

impl Sink for Borrowed<'_> {
    fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        self.0.write(left, right)
    }
}

/// Ends the road where a track was not what had been heard of it: reading gives silence then, or another take.
fn intact(session: &Session, sources: &Sources) -> Result<(), PipelineError> {
    let fault = sources.iter().find_map(|(id, clip)| clip.fault().map(|why| (id, why)));
    match fault {
        None => Ok(()),
        Some((id, why)) => {
            let file = session.source(id).map_or(id, |source| &source.file);
            Err(PipelineError::Track { file: file.clone(), why: why.to_owned() })
        }
    }
}

/// Closes a file, and copies it where a group is the same stem.
fn finish(tape: Tape, job: Job, folder: &Folder) -> Result<Vec<Printed>, PipelineError> {
    let path = folder.out.join(&job.file);
    let (level, envelope) = tape.meter.finish();
    let Written { clipped, .. } = tape.writer.finish().map_err(PipelineError::io(&path))?;
    let sha256 = hex(&content_hash(&path).map_err(PipelineError::io(&path))?);
    let Job { file, kind, of, sources, group } = job;
    let stem = Printed { file, kind: kind.to_owned(), of, sources, level, clipped, sha256, envelope };
    let Some(group) = group else { return Ok(vec![stem]) };
    let copy = folder.out.join(&group);
    mixsmith_audio::copy_atomic(folder.disk(), &path, &copy).map_err(PipelineError::io(&copy))?;
    let group = Printed { file: group, kind: "group".to_owned(), ..stem.clone() };
    Ok(vec![stem, group])
}

/// Every output of a session: what the engine prints, and the file of each print, in the same order.
fn jobs(session: &Session) -> (Prints, Vec<Job>) {
    let mut prints = Prints { through: "mix".to_owned(), ..Prints::default() };
    let mut jobs = Vec::new();
    let mut files = BTreeSet::new();
    let all: Vec<String> = session.sources.iter().map(|source| source.file.clone()).collect();
    let master = session.master().map_or("master", |strip| strip.id.as_str());
    for (strip, kind) in [("mix", "mix"), (master, "master")] {
        prints.strips.push(strip.to_owned());
        let (file, sources) = (format!("{kind}.wav"), all.clone());
        jobs.push(Job { file, kind, of: strip.to_owned(), sources, group: None });
    }
    let sources_of = |id: &str| -> Vec<String> {
        let strip = session.strip(id);
        let clips = strip.map_or(&[][..], |strip| strip.clips());
        clips
            .iter()
            .filter_map(|clip| session.source(&clip.source))
            .map(|source| source.file.clone())
            .collect()
    };
    let feeding = |id: &str| -> Vec<String> {
        session.strips.iter().filter(|s| s.to.as_deref() == Some(id)).map(|s| s.id.clone()).collect()
    };
    // Stems: tracks and returns. Groups: whatever feeds the mix.
    for strip in &session.strips {
        if matches!(strip.kind, StripKind::Track { .. } | StripKind::Return) {
            prints.stems.push(strip.id.clone());
            let file = file_name("stems", &strip.name, &mut files);
            let of = strip.id.clone();
            jobs.push(Job { file, kind: "stem", of, sources: sources_of(&strip.id), group: None });
        }
    }
    for id in feeding("mix") {
        let mut below = vec![id.clone()];
        let mut next = 0;
        while let Some(strip) = below.get(next).cloned() {
            below.extend(feeding(&strip));
            next += 1;
        }
        let below = below.iter().flat_map(|strip| sources_of(strip)).collect();
        let name = session.strip(&id).map_or(id.as_str(), |strip| strip.name.as_str());
        let file = file_name("groups", name, &mut files);
        // What a strip sends to a bus is in its stem, but in the group of that bus.
        let to_a_bus = |send: &mixsmith_session::Send| {
            session.strip(&send.to).is_some_and(|strip| strip.kind != StripKind::Return)
        };
        let alone = session.strip(&id).is_some_and(|strip| !strip.sends.iter().any(to_a_bus));
        let stem = jobs.iter_mut().find(|job| alone && job.kind == "stem" && job.of == id);
        if let Some(stem) = stem {
            stem.group = Some(file);
            continue;
        }
        prints.groups.push(id.clone());
        jobs.push(Job { file, kind: "group", of: id, sources: below, group: None });
    }
    let (voices, others): (Vec<String>, Vec<String>) = session
        .tracks()
        .map(|strip| (strip.id.clone(), is_voice(&strip.role)))
        .fold((Vec::new(), Vec::new()), |(mut voices, mut others), (id, voice)| {
            if voice {
                voices.push(id)
            } else {
                others.push(id)
            }
            (voices, others)
        });
    if !voices.is_empty() && !others.is_empty() {
        for (name, tracks) in [("instrumental", others), ("a cappella", voices)] {
            let sources = tracks.iter().flat_map(|track| sources_of(track)).collect();
            let (file, of) = (format!("{name}.wav"), name.to_owned());
            jobs.push(Job { file, kind: "version", of, sources, group: None });
            prints.versions.push((name.to_owned(), tracks));
        }
    }
    (prints, jobs)
}

/// Does a role sing words that an instrumental leaves out?
fn is_voice(role: &str) -> bool {
    let role = role.trim_end_matches('?');
    role.ends_with("vocal") || matches!(role, "vocal-double" | "choir")
}

/// Longest name of a track in a file name. Systems take 255 bytes, with `.wav.part` and a number.
const NAME_BYTES: usize = 200;

/// A file name that every system takes, unique without regard to case.
fn file_name(folder: &str, name: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = name
        .chars()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c })
        .scan(0, |bytes, c| {
            *bytes += c.len_utf8();
            (*bytes <= NAME_BYTES).then_some(c)
        })
        .collect();
    let clean = clean.trim().trim_end_matches('.');
    // Windows keeps these for devices, whatever their ending.
    let numbered = |device: &str| {
        clean.len() == 4 && clean.is_char_boundary(3) && clean[..3].eq_ignore_ascii_case(device)
    };
    let device = ["con", "prn", "aux", "nul"].iter().any(|device| clean.eq_ignore_ascii_case(device))
        || (numbered("com") || numbered("lpt")) && clean.ends_with(|c: char| c.is_ascii_digit());
    let clean = match clean {
        "" => "track".to_owned(),
        _ if device => format!("{clean} track"),
        _ => clean.to_owned(),
    };
    let mut file = format!("{folder}/{clean}.wav");
    let mut number = 2;
    while !taken.insert(file.to_lowercase()) {
        file = format!("{folder}/{clean} {number}.wav");
        number += 1;
    }
    file
}

/// The sound of every source of a song, for the engine.
pub(crate) fn sources(song: &mixsmith_analysis::Song) -> Sources {
    song.stems.iter().map(|stem| (stem.id.clone(), stem.clip.clone())).collect::<BTreeMap<_, _>>()
}

/// Removes prints that the manifest of an earlier run lists and this run does not make. Other files stay: the folder
/// may have been given with `--out`, and hold what a person has put there.
pub(crate) fn sweep(folder: &Folder, outputs: &[Printed]) {
    let Ok(text) = folder.disk().read(&folder.out.join("manifest.json")) else { return };
    let Ok(earlier) = serde_json::from_slice::<Manifest>(&text) else { return };
    for Printed { file, .. } in &earlier.outputs {
        let inside = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
        if inside && !outputs.iter().any(|printed| printed.file == *file) {
            // What cannot be removed stays; it is in no manifest.
            let _ = folder.disk().remove(&folder.out.join(file));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_suit_every_system() {
        let mut taken = BTreeSet::new();
        assert_eq!(file_name("stems", "Kick/In: \"1\"?", &mut taken), "stems/Kick-In- -1--.wav");
        assert_eq!(file_name("stems", "Gesang ü", &mut taken), "stems/Gesang ü.wav");
        assert_eq!(file_name("stems", "GESANG Ü", &mut taken), "stems/GESANG Ü 2.wav");
        assert_eq!(file_name("stems", " . ", &mut taken), "stems/track.wav");
        assert_eq!(file_name("stems", "Aux", &mut taken), "stems/Aux track.wav");
        assert_eq!(file_name("stems", "com1", &mut taken), "stems/com1 track.wav");
        assert_eq!(file_name("stems", "Comp", &mut taken), "stems/Comp.wav");
    }

    #[test]
    fn only_prints_of_an_earlier_run_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path(), Some(&dir.path().join("out"))).unwrap();
        let out = folder.out.clone();
        std::fs::create_dir_all(out.join("stems")).unwrap();
        for file in ["out/stems/Old.wav", "out/stems/Kept.wav", "out/stems/by hand.wav", "outside.wav"] {
            std::fs::write(dir.path().join(file), b"x").unwrap();
        }
        let printed = |file: &str| Printed {
            file: file.to_owned(),
            kind: "stem".to_owned(),
            of: String::new(),
            sources: Vec::new(),
            level: crate::meter::Level::default(),
            clipped: 0,
            sha256: String::new(),
            envelope: crate::Envelope::default(),
        };
        let outputs = ["stems/Old.wav", "stems/Kept.wav", "../outside.wav"].map(printed).to_vec();
        let manifest = Manifest { outputs, ..Manifest::default() };
        std::fs::write(out.join("manifest.json"), serde_json::to_vec(&manifest).unwrap()).unwrap();
        sweep(&folder, &[printed("stems/Kept.wav")]);
        assert!(!out.join("stems/Old.wav").exists());
        for file in ["out/stems/Kept.wav", "out/stems/by hand.wav", "outside.wav"] {
            assert!(dir.path().join(file).exists(), "{file}");
        }
    }
}

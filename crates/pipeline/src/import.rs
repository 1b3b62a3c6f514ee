//! A project of another program as a song to mix: a file a track, and the project's own mix as the session.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mixsmith_audio::{
    Audio, Clip, Dither, Sample, WavWriter, content_hash, copy_atomic, disk, hex, read, resample,
    write_atomic,
};
use mixsmith_effects::KINDS;
use mixsmith_engine::{Prints, Sink, Sources, compile, render};
use mixsmith_interchange::all::{ALL, of_file};
use mixsmith_interchange::{
    Desk, Loss, Place, Project, ReadSeek, SoundOf, beneath, copy_entry, file_stem, honesty,
    import as to_session,
};
use mixsmith_session::{Clip as Placed, Session, Source, Strip, StripKind, parse, print};

use crate::{Options, PipelineError, Progress};

/// Largest sound that is taken out of a project's archive, and the most of all together, bytes.
const MOST_SOUND: u64 = 4 << 30;
const MOST_SOUNDS: u64 = 32 << 30;
/// Longest project that is read, hours: a file is written as long as the song for every track.
const HOURS: u64 = 6;

/// A song made of a project.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Where the song is.
    pub song: PathBuf,
    /// The name of the project's format.
    pub format: &'static str,
    /// The mix that the project had.
    pub session: Session,
    /// What did not come with it.
    pub losses: Vec<Loss>,
}

/// Reads a project and writes a song's folder, which must be new or empty.
pub fn import(
    project: &Path,
    song: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Imported, PipelineError> {
    let refused = |why: String| PipelineError::NoProject { path: project.to_owned(), why };
    let name = project.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let format = of_file(&name).ok_or_else(|| {
        refused(format!("its ending says of no program that can be read ({})", can_be_read()))
    })?;
    if std::fs::read_dir(song).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(PipelineError::OverTracks { path: song.to_owned() });
    }
    progress.stage(&format!("Read {}", format.carries().name), 0);
    let mut file = plain_file(project).map_err(|error| refused(error.to_string()))?;
    let read = format.read(Project { name: &name, file: &mut file });
    let (desk, mut losses) = read.map_err(|error| refused(error.to_string()))?;
    let imported = to_session(&desk);
    losses.extend(imported.losses);
    // Going through text mends what no session can have.
    let mended = parse(&print(&imported.session, &KINDS), &KINDS);
    let (mut session, _) = mended.map_err(|error| refused(error.to_string()))?;

    let mix = song.join("mix");
    let (disk, cache) = (disk::real(), mix.join("cache").join("import"));
    disk.make_folder(&cache).map_err(PipelineError::io(&cache))?;
    let mut taking = Taking {
        project,
        desk: &desk,
        file: &mut file,
        cache: &cache,
        losses: &mut losses,
        room: MOST_SOUNDS,
    };
    let found = taking.all(&session, progress)?;
    let sources: Sources = found.iter().map(|(id, found)| (id.clone(), found.clip.clone())).collect();
    leave_out_missing(&mut session, &sources);
    let hours = session.song.frames / (3600 * u64::from(session.song.rate.max(1)));
    if hours >= HOURS {
        // What was taken so far goes again.
        let _ = std::fs::remove_dir_all(&mix);
        let _ = std::fs::remove_dir(song);
        return Err(refused(format!("it lasts {hours} hours, and no more than {HOURS} are read")));
    }
    tracks(song, &mut session, &sources, &found, options, progress)?;

    let text = print(&session, &KINDS);
    let write = |path: PathBuf, text: &str| {
        write_atomic(&disk, &path, text.as_bytes()).map_err(PipelineError::io(&path))
    };
    write(mix.join("session.toml"), &text)?;
    let title = toml::Value::String(session.song.title.clone());
    write(song.join("song.toml"), &format!("title = {title}\ntempo = {}\n", session.song.tempo))?;
    let said = honesty(format.carries().name, &session.song.title, &losses);
    write(mix.join("import.txt"), &said.text)?;
    write(mix.join("import.json"), &with_project(&said.json, &name, project)?)?;
    // The cache holds nothing that is needed again.
    let _ = std::fs::remove_dir_all(mix.join("cache"));
    Ok(Imported { song: song.to_owned(), format: format.carries().name, session, losses })
}

/// The endings of projects that can be read.
pub(crate) fn can_be_read() -> String {
    let endings: Vec<String> = ALL.iter().flat_map(|f| f.endings()).map(|e| format!(".{e}")).collect();
    endings.join(", ")
}

/// What is said of an import, with the project that it was made of.
fn with_project(json: &str, name: &str, project: &Path) -> Result<String, PipelineError> {
    let hash = content_hash(project).map_err(PipelineError::io(project))?;
    let mut said: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    said["project"] = name.into();
    said["hash"] = hex(&hash).into();
    Ok(format!("{said:#}\n"))
}

/// Opens a file that is a plain one: no pipe that never ends, no device.
fn plain_file(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
    }
    File::open(path)
}

/// A sound of the project.
struct Found {
    clip: Arc<Clip>,
    /// The file as it came, and whether its frames are those of the clip.
    file: PathBuf,
    as_it_is: bool,
}

/// Takes the sounds that a project names.
struct Taking<'a> {
    project: &'a Path,
    desk: &'a Desk,
    file: &'a mut dyn ReadSeek,
    cache: &'a Path,
    losses: &'a mut Vec<Loss>,
    /// Bytes that may still be taken out of the archive.
    room: u64,
}

impl Taking<'_> {
    fn all(
        &mut self,
        session: &Session,
        progress: &dyn Progress,
    ) -> Result<BTreeMap<String, Found>, PipelineError> {
        let mut all = BTreeMap::new();
        progress.stage("Take sounds", self.desk.sounds.len() as u64);
        for (n, (sound, source)) in self.desk.sounds.iter().zip(&session.sources).enumerate() {
            if progress.stopped() {
                return Err(PipelineError::Stopped);
            }
            progress.step(n as u64, &sound.name);
            let found = match &sound.of {
                SoundOf::Found(place) => self.one(n, place),
                SoundOf::Channels(channels) => self.channels(n, channels),
                SoundOf::Source(_) | SoundOf::Print(_) => continue,
            };
            match found {
                Ok(found) => {
                    all.insert(source.id.clone(), found);
                }
                Err(why) => self.losses.push(Loss::lost(&sound.name, why)),
            }
        }
        Ok(all)
    }

    fn one(&mut self, n: usize, place: &Place) -> Result<Found, String> {
        let file = self.file(n, place)?;
        let mut audio = whole_sound(&file)?;
        audio.channels.truncate(2);
        let same = audio.rate == self.desk.rate;
        let audio = if same { audio } else { resample(&audio, self.desk.rate) };
        Ok(Found { clip: Arc::new(Clip::in_memory(audio)), file, as_it_is: same })
    }

    /// Single channels of files, side by side.
    fn channels(&mut self, n: usize, channels: &[(Place, usize)]) -> Result<Found, String> {
        let mut all = Audio::default();
        let mut first = None;
        for (place, channel) in channels {
            let file = self.file(n, place)?;
            let mut audio = whole_sound(&file)?;
            if !all.channels.is_empty() && all.rate != audio.rate {
                return Err("its left and its right have different rates".to_owned());
            }
            if *channel >= audio.channels.len() {
                return Err(format!("{} has no channel {}", file.display(), channel + 1));
            }
            all.rate = audio.rate;
            all.channels.push(audio.channels.swap_remove(*channel));
            first.get_or_insert(file);
        }
        let frames = all.channels.iter().map(Vec::len).max().unwrap_or(0);
        all.channels.iter_mut().for_each(|channel| channel.resize(frames, 0.0));
        let file = first.ok_or("it has no sound")?;
        let all = if all.rate == self.desk.rate { all } else { resample(&all, self.desk.rate) };
        Ok(Found { clip: Arc::new(Clip::in_memory(all)), file, as_it_is: false })
    }

    /// The file at a place, out of the archive where it lies in there.
    fn file(&mut self, n: usize, place: &Place) -> Result<PathBuf, String> {
        Ok(match place {
            Place::Inside(name) => {
                let ending = name.rsplit_once('.').map_or("wav", |(_, ending)| ending);
                let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(5).collect();
                let to = self.cache.join(format!("{n}.{ending}"));
                let mut out = File::create(&to).map_err(|error| error.to_string())?;
                let most = MOST_SOUND.min(self.room);
                self.room -=
                    copy_entry(self.file, name, &mut out, most).map_err(|error| error.to_string())?;
                to
            }
            Place::Beside(path) => {
                let folder = self.project.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new("."));
                let below = beneath(path).ok_or("its path leads out of the project's folder")?;
                let real =
                    |path: &Path| std::fs::canonicalize(path).map_err(|error| format!("{path:?}: {error}"));
                let folder = real(folder)?;
                let found = real(&folder.join(&below)).or_else(|why| {
                    // A project that was moved names folders that are no more; its sounds came along.
                    let name = below.file_name().unwrap_or_default();
                    found_below(&folder, name, 0).ok_or(why)
                })?;
                // A link may lead out, too.
                if !found.starts_with(&folder) {
                    return Err("it lies outside of the project's folder".to_owned());
                }
                plain_file(&found).map_err(|error| error.to_string())?;
                found
            }
            Place::Elsewhere(path) => {
                return Err(format!("`{path}` is not read: copy it beside the project"));
            }
        })
    }
}

/// How deep below a project its sounds are looked for, and in how many files and folders of each folder.
const DEPTH: usize = 3;
const MOST_FILES: usize = 5000;

/// A file of this name below a folder: the first, in order of names, and the least deep.
fn found_below(folder: &Path, name: &OsStr, depth: usize) -> Option<PathBuf> {
    let found = folder.join(name);
    if plain_file(&found).is_ok() {
        return std::fs::canonicalize(found).ok();
    }
    if depth == DEPTH {
        return None;
    }
    let entries = std::fs::read_dir(folder).ok()?.take(MOST_FILES).flatten();
    // A link is no folder here, so nothing goes round in a circle.
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.path()).collect();
    folders.sort();
    folders.iter().find_map(|folder| found_below(folder, name, depth + 1))
}

/// The sound of a file.
fn whole_sound(file: &Path) -> Result<Audio, String> {
    let read = read(file).map_err(|error| error.to_string())?;
    Ok(read.streams.into_iter().next().ok_or("it has no sound")?.audio)
}

/// Clips without sound go, and the rest get the length and channels that their files really have; so does the song.
fn leave_out_missing(session: &mut Session, sources: &Sources) {
    session.sources.retain(|source| sources.contains_key(&source.id));
    for source in &mut session.sources {
        let clip = &sources[&source.id];
        (source.channels, source.frames) = (clip.channels as u32, clip.frames);
    }
    let mut end = 0;
    for strip in &mut session.strips {
        if let StripKind::Track { clips } = &mut Arc::make_mut(strip).kind {
            clips.retain(|clip| sources.contains_key(&clip.source));
            for clip in clips.iter_mut() {
                clip.frames = clip.frames.min(sources[&clip.source].frames.saturating_sub(clip.from));
            }
            clips.retain(|clip| clip.frames > 0);
            let ends = clips.iter().map(|clip| clip.at.max(0).unsigned_abs().saturating_add(clip.frames));
            end = ends.fold(end, u64::max);
        }
    }
    // A song that goes on for long after its last sound does so by mistake.
    session.song.frames =
        session.song.frames.min(end.saturating_add(30 * u64::from(session.song.rate))).max(end);
}

/// A track on its way to a file.
struct Tape {
    writer: WavWriter,
    mono: bool,
}

impl Sink for &mut Tape {
    fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        if self.mono { self.writer.write(&[left]) } else { self.writer.write(&[left, right]) }
    }
}

/// Writes a file a track, from the start of the song, and makes the session play those.
fn tracks(
    song: &Path,
    session: &mut Session,
    sources: &Sources,
    found: &BTreeMap<String, Found>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(), PipelineError> {
    let disk = disk::real();
    let (mut taken, mut made) = (Vec::new(), Vec::new());
    let mut dry =
        Session { song: session.song.clone(), sources: session.sources.clone(), strips: Vec::new() };
    let mut tapes: Vec<Tape> = Vec::new();
    let mut prints = Prints::default();
    for strip in session.strips.iter().filter(|strip| !strip.clips().is_empty()) {
        let clips = strip.clips();
        let name = file_stem(&strip.name, &mut taken);
        let mono = clips.iter().all(|clip| sources[&clip.source].channels == 1);
        let whole = |clip: &Placed| {
            let frames = sources[&clip.source].frames;
            let plain = clip.gain == 0.0 && clip.fade_in == 0 && clip.fade_out == 0;
            plain && clip.at == 0 && clip.from == 0 && clip.frames.abs_diff(frames) <= 1
        };
        if let [clip] = clips
            && whole(clip)
            && let Some(found) = found.get(&clip.source).filter(|found| found.as_it_is)
        {
            let ending =
                found.file.extension().map_or("wav".into(), |ending| ending.to_string_lossy().to_lowercase());
            let path = song.join(format!("{name}.{ending}"));
            copy_atomic(&disk, &found.file, &path).map_err(PipelineError::io(&path))?;
            made.push((
                strip.id.clone(),
                path,
                sources[&clip.source].channels as u32,
                sources[&clip.source].frames,
            ));
            continue;
        }
        let path = song.join(format!("{name}.wav"));
        let channels = if mono { 1 } else { 2 };
        let writer =
            WavWriter::create_on(&disk, &path, session.song.rate, channels, Sample::F32, Dither::None);
        tapes.push(Tape { writer: writer.map_err(PipelineError::io(&path))?, mono });
        prints.strips.push(strip.id.clone());
        let kind = StripKind::Track { clips: clips.to_vec() };
        let plain = Strip { to: Some("master".to_owned()), ..Strip::new(&strip.id, &strip.name, kind) };
        dry.strips.push(Arc::new(plain));
        made.push((strip.id.clone(), path, channels as u32, session.song.frames));
    }
    if !tapes.is_empty() {
        let mut end = "master".to_owned();
        while dry.strip(&end).is_some() {
            end.push('-');
        }
        dry.strips.iter_mut().for_each(|strip| Arc::make_mut(strip).to = Some(end.clone()));
        dry.strips.push(Arc::new(Strip::new(&end, "Master", StripKind::Master)));
        let plan = compile(&dry, &KINDS, sources, &prints)?;
        let mut sinks: Vec<Box<dyn Sink + '_>> =
            tapes.iter_mut().map(|tape| Box::new(tape) as Box<dyn Sink>).collect();
        progress.stage("Join clips", session.song.frames);
        let mut watch = |frame: u64| {
            progress.step(frame, "tracks");
            !progress.stopped()
        };
        render(&plan, session.song.frames, options.threads(), &mut sinks, &mut watch)
            .map_err(|error| PipelineError::render(song, error))?;
        drop(sinks);
        for tape in tapes {
            tape.writer.finish().map_err(PipelineError::io(song))?;
        }
    }
    session.sources.clear();
    for (id, path, channels, frames) in made {
        let hash = content_hash(&path).map(|hash| hex(&hash)).map_err(PipelineError::io(&path))?;
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        session.sources.push(Source { id: id.clone(), file, stream: 0, hash, channels, frames });
        let clip = Placed::whole(&id, frames);
        if let Some(strip) = session.strips.iter_mut().find(|strip| strip.id == id) {
            Arc::make_mut(strip).kind = StripKind::Track { clips: vec![clip] };
        }
    }
    Ok(())
}

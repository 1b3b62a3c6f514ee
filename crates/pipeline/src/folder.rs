//! Where the files of a song are.

use std::path::{Path, PathBuf};

use mixsmith_audio::SharedDisk;

use crate::PipelineError;

/// A song's folder. The person's tracks in it are only read; all that is written is below [`Folder::mix`].
#[derive(Clone, Debug)]
pub struct Folder {
    /// The folder that was given.
    pub root: PathBuf,
    /// Where session, decisions and cache are: `mix/`, or the parent of the place given with `--out`.
    pub mix: PathBuf,
    /// Where mix, master, stems and report go: `mix/out/`, or the place given with `--out`.
    pub out: PathBuf,
    /// Through which everything is written.
    disk: SharedDisk,
}

/// Folders that hold no tracks of the song.
const NOT_TRACKS: &[&str] = &["mix", "reference", "references", "ref", "impulses"];

/// Endings of files that are worth opening; anything else in a song's folder is left in peace.
const ENDINGS: &[&str] = &[
    "wav", "wave", "bwf", "rf64", "w64", "aif", "aiff", "aifc", "flac", "caf", "mp3", "ogg", "oga", "m4a",
    "mp4", "aac", "alac",
];

/// What a run writes straight into the folder of outputs.
const OURS: &[&str] = &[
    "mix.wav",
    "master.wav",
    "instrumental.wav",
    "a cappella.wav",
    "manifest.json",
    "report.html",
    "report.txt",
];

impl Folder {
    /// A song's folder. With `out`, everything is written there: outputs in it, session, decisions and cache in
    /// `out/session`.
    pub fn open(root: &Path, out: Option<&Path>) -> Result<Self, PipelineError> {
        let no_song = |why: String| PipelineError::NoSong { path: root.to_owned(), why };
        let found = std::fs::metadata(root).map_err(|error| no_song(error.to_string()))?;
        if !found.is_dir() {
            return Err(no_song("not a folder".to_owned()));
        }
        let real = |place: &Path| std::fs::canonicalize(place).ok();
        let (mix, out) = match out {
            Some(out) => {
                // Prints must never take the place of recordings: `--out project` on the song `project/stems`.
                let holds = |place: &Path| real(place).zip(real(root)).is_some_and(|(p, r)| r.starts_with(p));
                let ours = ["stems", "groups", "session"].map(|folder| out.join(folder));
                if real(out) == real(root) || ours.iter().any(|folder| holds(folder)) {
                    return Err(PipelineError::OverTracks { path: out.to_owned() });
                }
                (out.join("session"), out.to_owned())
            }
            None => (root.join("mix"), root.join("mix").join("out")),
        };
        Ok(Folder { root: root.to_owned(), mix, out, disk: mixsmith_audio::disk::real() })
    }

    /// The words that name this song after a command: the folder, and the place given with `--out`.
    pub fn words(&self) -> String {
        let (root, out) = (self.root.display(), self.out.display());
        if self.mix == self.root.join("mix") { root.to_string() } else { format!("{root} --out {out}") }
    }

    /// The same folder, written through another disk.
    pub fn on(self, disk: SharedDisk) -> Self {
        Folder { disk, ..self }
    }

    /// Through which everything is written.
    pub(crate) fn disk(&self) -> &SharedDisk {
        &self.disk
    }

    /// Makes a folder below [`Folder::mix`] or [`Folder::out`].
    pub(crate) fn make(&self, folder: &Path) -> Result<(), PipelineError> {
        self.disk.make_folder(folder).map_err(PipelineError::io(folder))
    }

    /// Writes a whole file, so that there is the old one or the new one and nothing else.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), PipelineError> {
        mixsmith_audio::write_atomic(&self.disk, path, bytes).map_err(PipelineError::io(path))
    }

    /// Reads a text that this program has written; nothing where there is none.
    pub(crate) fn text(&self, path: &Path) -> Result<Option<String>, PipelineError> {
        match mixsmith_audio::disk::read_text(&*self.disk, path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PipelineError::text(path)(error)),
        }
    }

    /// What the person wants.
    pub fn brief(&self) -> PathBuf {
        self.root.join("song.toml")
    }
    /// The mix.
    pub fn session(&self) -> PathBuf {
        self.mix.join("session.toml")
    }
    /// Why.
    pub fn decisions(&self) -> PathBuf {
        self.mix.join("decisions.toml")
    }
    /// The reasons of the session that is being written; see [`crate::sessions::write`].
    pub(crate) fn decisions_to_be(&self) -> PathBuf {
        self.mix.join("decisions.next.toml")
    }
    /// What the person has asked for in words.
    pub fn wishes(&self) -> PathBuf {
        self.mix.join("wishes.toml")
    }
    /// Earlier states of the mix.
    pub fn backups(&self) -> PathBuf {
        self.mix.join("backups")
    }
    /// What may be deleted at any time.
    pub fn cache(&self) -> PathBuf {
        self.mix.join("cache")
    }

    /// The same song with nothing in its cache, which is at another place below the cache.
    pub(crate) fn afresh(&self) -> Self {
        Folder { mix: self.cache().join("afresh"), ..self.clone() }
    }

    /// Says that a run is at work.
    pub(crate) fn lock(&self) -> PathBuf {
        self.mix.join("lock")
    }

    /// Removes what a run that holds the song leaves when it ends at once: half-written files and its lock.
    pub fn clear(&self) {
        if std::fs::read_to_string(self.lock()).is_ok_and(|held| held == std::process::id().to_string()) {
            self.clear_parts();
            let _ = std::fs::remove_file(self.lock());
        }
    }

    /// Removes what a run that was cut short has left half-written. Only for whoever holds the song.
    pub(crate) fn clear_parts(&self) {
        clear_parts(&self.mix, 0);
        // A folder given with `--out` may hold other people's files.
        for folder in ["stems", "groups"] {
            clear_parts(&self.out.join(folder), 3);
        }
        for entry in std::fs::read_dir(&self.out).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".part") && OURS.iter().any(|ours| name.starts_with(ours)) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Name of the song: that of its folder.
    pub fn title(&self) -> String {
        let full = std::fs::canonicalize(&self.root).unwrap_or_else(|_| self.root.clone());
        full.file_name().map_or_else(|| "song".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// The song's sound files in a stable order, as paths below the folder. Hidden files, our own outputs and
    /// folders of references are left out.
    pub fn tracks(&self) -> Result<Vec<PathBuf>, PipelineError> {
        let mut found = Vec::new();
        self.walk(&self.root, 0, &mut found)?;
        found.sort();
        Ok(found)
    }

    fn walk(&self, folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), PipelineError> {
        let entries = std::fs::read_dir(folder).map_err(PipelineError::io(folder))?;
        for entry in entries {
            let entry = entry.map_err(PipelineError::io(folder))?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().to_lowercase();
            if name.starts_with('.') {
                continue;
            }
            // A link to a folder may lead in a circle, so it is not followed; a link to a file is a file.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder {
                // The same folder can be named in many ways, as `song/out` and `./song/out`.
                let real = std::fs::canonicalize(&path).ok();
                let ours = |own: &PathBuf| real.is_some() && real == std::fs::canonicalize(own).ok();
                let ours = ours(&self.mix) || ours(&self.out);
                if depth < 3 && !ours && !NOT_TRACKS.contains(&name.as_str()) {
                    self.walk(&path, depth + 1, found)?;
                }
            } else if ENDINGS.iter().any(|ending| name.rsplit_once('.').is_some_and(|(_, e)| e == *ending))
                && let Ok(below) = path.strip_prefix(&self.root)
            {
                found.push(below.to_owned());
            }
        }
        Ok(())
    }
}

/// Removes `*.part` in a folder, and in the folders of it down to a depth of 3.
fn clear_parts(folder: &Path, depth: usize) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < 3 => clear_parts(&path, depth + 1),
            // What cannot be removed stays: it is in nobody's way.
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|ending| ending == "part") => {
                let _ = std::fs::remove_file(path);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_outputs_and_other_files_are_not_tracks() {
        let dir = tempfile::tempdir().unwrap();
        for file in [
            "b.wav",
            "A ü.FLAC",
            "notes.txt",
            "sub/c.aif",
            "reference/mix.flac",
            "impulses/a.wav",
            "mix/out/mix.wav",
            ".d.wav",
        ] {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        let folder = Folder::open(dir.path(), None).unwrap();
        let names: Vec<String> = folder.tracks().unwrap().iter().map(|p| p.display().to_string()).collect();
        assert_eq!(names, ["A ü.FLAC", "b.wav", "sub/c.aif"]);
        assert!(Folder::open(&dir.path().join("nowhere"), None).is_err());
    }

    #[test]
    fn outputs_never_go_among_the_tracks_and_are_none_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let song = dir.path().join("stems");
        std::fs::create_dir_all(song.join("prints/stems")).unwrap();
        std::fs::write(song.join("a.wav"), b"x").unwrap();
        std::fs::write(song.join("prints/stems/b.wav"), b"x").unwrap();
        for out in [dir.path(), &song, &song.join("."), &song.join("prints/..")] {
            let error = Folder::open(&song, Some(out)).unwrap_err();
            assert!(error.to_string().contains("recorded tracks"), "{error}");
        }
        let folder = Folder::open(&song, Some(&song.join("prints/../prints"))).unwrap();
        assert_eq!(folder.tracks().unwrap(), [PathBuf::from("a.wav")]);
        let new = dir.path().join("new");
        let folder = Folder::open(&song, Some(&new)).unwrap();
        assert_eq!(folder.words(), format!("{} --out {}", song.display(), new.display()));
        assert_eq!(Folder::open(&song, None).unwrap().words(), song.display().to_string());
    }
}

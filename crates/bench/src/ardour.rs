//! Songs as Ardour plays them: what is exported for it is bounced by Ardour without a screen and compared with our own
//! render, from the faders alone up to everything.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use mixsmith_audio::{Audio, disk, read, write_atomic};
use mixsmith_effects::KINDS;
use mixsmith_pipeline::{ExportWishes, Exported, Fate, Folder, Options, Silent, bounce, export, mix};
use mixsmith_session::{Edit, Insert, Session, parse, print};

use crate::table::{of_its_own, says};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// How long Ardour may take for a bounce, seconds.
const SECONDS: u32 = 300;

/// Ardour 7.3's headless export writes past its memory. Under the C library's allocator a third of its runs abort and
/// some give noise; this one leaves room behind what is allocated. Where it is not installed, nothing is changed.
const ALLOCATOR: &str = "libjemalloc.so.2";

/// Bounces of one session that are further apart than this say nothing about the session, dB.
const ALIKE: f64 = 1.0;

/// What the table is asked for.
#[derive(Clone, Debug, Args)]
pub struct Wish {
    /// Where songs are.
    #[arg(long, default_value = "../shared/songs")]
    songs: PathBuf,
    /// Words of their names; all of them if none is named.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// These songs and no others; mixed ones are taken as they are.
    #[arg(long)]
    song: Vec<PathBuf>,
    /// How often Ardour may bounce a session, of which the nearest counts: on a busy machine it does not bounce it alike each time.
    #[arg(long, default_value_t = 8)]
    tries: usize,
    /// Where everything is written.
    #[arg(long, default_value = "target/ardour")]
    folder: PathBuf,
    /// Name of the file in benches/runs, after the day; without one, some songs alone are only printed.
    #[arg(long)]
    name: Option<String>,
}

/// Writes the table, and fails where a residual is above what it must be.
pub fn run(wish: &Wish) -> Fallible<()> {
    let whole = wish.only.is_empty() && wish.song.is_empty();
    let mut above = 0;
    of_its_own("Songs in Ardour", wish.name.as_deref().or(whole.then_some("ardour")), || {
        table(wish, &mut above)
    })?;
    if above > 0 { Err(format!("{above} residuals are above what they must be").into()) } else { Ok(()) }
}

/// The songs that are asked for.
#[allow(clippy::disallowed_methods, reason = "looks for songs")]
fn songs(wish: &Wish) -> Fallible<Vec<PathBuf>> {
    if !wish.song.is_empty() {
        return Ok(wish.song.clone());
    }
    let entries = std::fs::read_dir(&wish.songs)?.collect::<Result<Vec<_>, _>>()?;
    let mut songs: Vec<PathBuf> =
        entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    songs.retain(|song| {
        let name = song.to_string_lossy();
        wish.only.is_empty() || wish.only.iter().any(|word| name.contains(word.as_str()))
    });
    songs.sort();
    Ok(songs)
}

/// How much of a session is given to Ardour. What comes printed in the sound of tracks stays on all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rung {
    Faders,
    Equalisers,
    Duckers,
    Compressors,
    Whole,
}

impl Rung {
    const ALL: [Rung; 5] = [Rung::Faders, Rung::Equalisers, Rung::Duckers, Rung::Compressors, Rung::Whole];

    fn keeps(self, insert: &Insert, fate: Option<&Fate>) -> bool {
        let equaliser = insert.kind == "tone.equaliser";
        let compressor = insert.kind == "dynamics.compressor";
        let carried = matches!(fate, Some(Fate::Exact | Fate::Near { .. }));
        match (self, fate) {
            (Rung::Whole, _) | (_, Some(Fate::Printed { .. })) => true,
            (Rung::Faders, _) => false,
            (Rung::Equalisers, _) => carried && equaliser,
            (Rung::Duckers, _) => carried && (equaliser || compressor && insert.key.is_some()),
            (Rung::Compressors, _) => carried && (equaliser || compressor),
        }
    }

    /// Below which residual there is no need to try again, dB; any will do where none is asked for.
    fn enough(self) -> f64 {
        match self {
            Rung::Faders => -60.0,
            Rung::Equalisers => -40.0,
            Rung::Duckers | Rung::Compressors | Rung::Whole => f64::INFINITY,
        }
    }
}

/// What Ardour made of one rung.
#[derive(Clone)]
struct Bounced {
    /// The nearest bounce and the furthest one, dB against our render.
    best: f64,
    worst: f64,
    tries: usize,
    /// What went wrong while it ran, in words.
    said: Vec<String>,
}

impl Bounced {
    /// Whether Ardour bounced the session alike each time it was asked. Without sound, nothing is known.
    fn alike(&self) -> bool {
        self.best.is_finite() && self.worst <= self.best + ALIKE
    }

    /// Whether the session is at fault: a judge that contradicts itself does not count.
    fn above(&self, rung: Rung) -> bool {
        self.alike() && self.best >= rung.enough()
    }
}

/// The table of all songs, and how many residuals are above what they must be.
fn table(wish: &Wish, above: &mut usize) -> Fallible<String> {
    let version = says("ardour7-export", &["--version"]);
    let mut text = format!(
        "{}\n\nResidual of Ardour's bounce against our own render of the same session, dB.\n\n| song | tracks | rate | \
         faders, pans, sends, buses, automation | and equalisers | and duckers on buses | and compressors | all of it | near | printed | lost |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
        if version.is_empty() { "ardour7-export is not installed" } else { &version }
    );
    let mut more = String::new();
    for song in &songs(wish)? {
        let name = song.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        eprintln!("{name}");
        *above += one(&name, song, wish, &mut text, &mut more)?;
    }
    Ok(format!("{text}\n{more}"))
}

#[allow(clippy::disallowed_methods, reason = "a folder for the session")]
fn one(name: &str, song: &Path, wish: &Wish, text: &mut String, more: &mut String) -> Fallible<usize> {
    let place = wish.folder.join(name);
    if place.exists() {
        std::fs::remove_dir_all(&place)?;
    }
    let (folder, options) = (Folder::open(song, Some(&place))?, Options::default());
    let mixed = Folder::open(song, None)?.session();
    let session = if mixed.is_file() {
        parse(&disk::read_text(&*disk::real(), &mixed)?, &KINDS)?.0
    } else {
        let session = mix(&folder, &options, &Silent)?.session;
        // What is taken out below, nobody has decided.
        std::fs::remove_file(folder.decisions())?;
        session
    };
    put(&folder, &session)?;
    let whole = to_ardour(&folder, &options)?;
    let count = |word: &str| whole.losses.iter().filter(|loss| loss.fate.word() == word).count();
    let tracks = session.strips.iter().filter(|strip| !strip.clips().is_empty()).count();
    let mut line = format!("| {name} | {tracks} | {} |", session.song.rate);
    let mut last: Option<(Session, Bounced)> = None;
    let mut above = 0;
    for rung in Rung::ALL {
        let part = only(&session, rung, &whole)?;
        if let Some((_, found)) = last.as_ref().filter(|(before, _)| *before == part) {
            above += usize::from(found.above(rung));
            write!(line, " {:.1} |", found.best)?;
            continue;
        }
        put(&folder, &part)?;
        let exported = to_ardour(&folder, &options)?;
        let ours = bounce(&folder, &options, &Silent)?;
        let found = judge(&exported, &ours, &place.join("bounce.wav"), rung, wish.tries)?;
        eprintln!("  {:.1} dB ({:.1} dB, {} tries) {:?}", found.best, found.worst, found.tries, found.said);
        write!(line, " {:.1} |", found.best)?;
        above += usize::from(found.above(rung));
        if !found.alike() {
            writeln!(
                more,
                "- {name}: {} bounces of one session were {:.1} to {:.1} dB away.",
                found.tries, found.best, found.worst
            )?;
        }
        for said in &found.said {
            writeln!(more, "- {name}: {said}.")?;
        }
        last = Some((part, found));
    }
    writeln!(text, "{line} {} | {} | {} |", count("near"), count("printed"), count("lost"))?;
    for loss in &whole.losses {
        if let Fate::Lost { says } | Fate::Near { says, .. } = &loss.fate {
            writeln!(more, "- {name}, {}, {}: {says}.", loss.at, loss.fate.word())?;
        }
    }
    Ok(above)
}

/// Puts a session where the next export finds it.
fn put(folder: &Folder, session: &Session) -> Fallible<()> {
    disk::real().make_folder(&folder.mix)?;
    write_atomic(&disk::real(), &folder.session(), print(session, &KINDS).as_bytes())?;
    Ok(())
}

/// The session without the processors that a rung leaves out.
fn only(session: &Session, rung: Rung, whole: &Exported) -> Fallible<Session> {
    let mut part = session.clone();
    for strip in &session.strips {
        for insert in &strip.inserts {
            let at = format!("{}/{}", strip.id, insert.id);
            let fate = whole.losses.iter().find(|loss| loss.at == at).map(|loss| &loss.fate);
            if !rung.keeps(insert, fate) {
                let edit = Edit::RemoveInsert { strip: strip.id.clone(), insert: insert.id.clone() };
                part.apply(&KINDS, &edit)?;
            }
        }
    }
    Ok(part)
}

fn to_ardour(folder: &Folder, options: &Options) -> Fallible<Exported> {
    let (mut done, _) = export(folder, &["ardour".to_owned()], &ExportWishes::default(), options, &Silent)?;
    done.pop().ok_or_else(|| "nothing was exported".into())
}

/// Lets Ardour bounce until it is near enough or has tried often enough.
#[allow(clippy::disallowed_methods, reason = "a file that Ardour writes")]
fn judge(exported: &Exported, ours: &Audio, to: &Path, rung: Rung, tries: usize) -> Fallible<Bounced> {
    let named = exported.files.iter().find_map(|file| file.strip_suffix(".ardour"));
    let mut found = Bounced { best: f64::INFINITY, worst: f64::NEG_INFINITY, tries: 0, said: Vec::new() };
    for tried in 1..=tries.max(1) {
        found.tries = tried;
        if to.exists() {
            std::fs::remove_file(to)?;
        }
        // Some of its runs never end.
        let mut command = Command::new("timeout");
        command.args(["-k", "5", &SECONDS.to_string(), "ardour7-export", "-b", "float", "-o"]);
        command.args([to, &exported.folder]).arg(named.unwrap_or_default());
        let ran = command.env("LD_PRELOAD", ALLOCATOR).stdin(Stdio::null()).output()?;
        if !ran.status.success() {
            found.said.push(format!("Ardour ended with {}", ran.status));
        }
        if !to.exists() {
            found.said.push(format!("no bounce: {}", String::from_utf8_lossy(&ran.stderr).trim()));
            continue;
        }
        let theirs = read(to)?.streams.pop().map(|stream| stream.audio).unwrap_or_default();
        let apart = residual(ours, &theirs);
        (found.best, found.worst) = (found.best.min(apart), found.worst.max(apart));
        if found.best < rung.enough() {
            break;
        }
    }
    Ok(found)
}

/// Power of what two sounds differ in, against the first one, dB.
fn residual(ours: &Audio, theirs: &Audio) -> f64 {
    let (mut apart, mut all) = (0.0f64, 0.0f64);
    for (n, ours) in ours.channels.iter().enumerate() {
        let theirs = theirs.channels.get(n).map_or(&[][..], Vec::as_slice);
        for (i, a) in ours.iter().enumerate() {
            let b = theirs.get(i).copied().unwrap_or(0.0);
            apart += f64::from(a - b).powi(2);
            all += f64::from(a * a);
        }
    }
    10.0 * (apart / all).log10()
}

//! What a person asks of a mix in words, kept with the song.

use std::path::PathBuf;

use mixsmith_assistant::like::Trait;
use mixsmith_assistant::says::list;
use mixsmith_assistant::wish::{Known, Wish, read};
use mixsmith_assistant::{Brief, Decision, Status};
use serde::{Deserialize, Serialize};

use crate::lock::Lock;
use crate::{Folder, Options, PipelineError, Progress, brief, like, start};

const HEAD: &str =
    "# What you asked for. `mixsmith wish SONG` lists it, `mixsmith wish SONG --forget` takes it back.\n";

/// What is kept of a song's wishes, in `mix/wishes.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Kept {
    /// In words, in the order in which they came.
    pub wishes: Vec<String>,
    /// Records that the mix is to be like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reference: Vec<String>,
    /// What it takes from them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reference_for: Vec<Trait>,
    /// A rough mix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rough: Option<String>,
}

impl Kept {
    /// Reads it; nothing is kept where there is no file.
    pub fn read(folder: &Folder) -> Result<Self, PipelineError> {
        let path = folder.wishes();
        let Some(text) = folder.text(&path)? else { return Ok(Kept::default()) };
        toml::from_str(&text).map_err(|error| PipelineError::Text {
            path,
            what: format!(
                "{error}\nMend the line or take it out; `mixsmith wish SONG --forget all` begins anew."
            ),
        })
    }

    /// Its records and its rough mix, in place of those of `song.toml`.
    fn likes(&self, brief: &mut Brief) {
        if !self.reference.is_empty() {
            brief.reference = self.reference.clone();
        }
        if !self.reference_for.is_empty() {
            brief.reference_for = self.reference_for.clone();
        }
        brief.rough = self.rough.clone().or(brief.rough.take());
    }

    /// Forgets the records or the rough mix, if that is what the word says; were there any?
    fn forget(&mut self, word: &str) -> bool {
        match word {
            "reference" => {
                self.reference_for.clear();
                !std::mem::take(&mut self.reference).is_empty()
            }
            "rough" => self.rough.take().is_some(),
            _ => false,
        }
    }

    /// Writes it.
    pub fn write(&self, folder: &Folder) -> Result<(), PipelineError> {
        let path = folder.wishes();
        let text = toml::to_string(self)
            .map_err(|error| PipelineError::Text { path: path.clone(), what: error.to_string() })?;
        folder.make(&folder.mix)?;
        folder.write(&path, format!("{HEAD}{text}").as_bytes())
    }
}

/// What the person wants: `song.toml`, and what was wished since.
pub(crate) fn brief(folder: &Folder) -> Result<Brief, PipelineError> {
    let mut brief = brief::read(&folder.brief())?;
    let kept = Kept::read(folder)?;
    brief.wishes.extend(kept.wishes.iter().cloned());
    kept.likes(&mut brief);
    Ok(brief)
}

/// What a mix is to be like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likes {
    /// Sound files of records.
    pub references: Vec<PathBuf>,
    /// What is taken from them; all of it when none is named.
    pub traits: Vec<Trait>,
    /// A rough mix of the song's tracks.
    pub rough: Option<PathBuf>,
}

/// Keeps with the song what its mix is to be like. What is not given stays as it was.
pub fn prefer(folder: &Folder, likes: &Likes) -> Result<(), PipelineError> {
    let _lock = Lock::take(folder)?;
    let mut kept = Kept::read(folder)?;
    let named = |path: &PathBuf| -> Result<String, PipelineError> {
        let no_sound = |why: String| PipelineError::NoSound { path: path.clone(), why };
        let full = std::fs::canonicalize(path).map_err(|error| no_sound(error.to_string()))?;
        let root = std::fs::canonicalize(&folder.root).map_err(PipelineError::io(&folder.root))?;
        // What lies in the song's folder goes with it.
        let below = full.strip_prefix(&root).unwrap_or(&full);
        below.to_str().map(str::to_owned).ok_or_else(|| no_sound("its name is no text".to_owned()))
    };
    if !likes.references.is_empty() {
        kept.reference = likes.references.iter().map(named).collect::<Result<_, _>>()?;
        kept.reference_for = likes.traits.clone();
    } else if !likes.traits.is_empty() {
        kept.reference_for = likes.traits.clone();
    }
    if let Some(rough) = &likes.rough {
        kept.rough = Some(named(rough)?);
    }
    kept.write(folder)
}

/// A wish and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wished {
    /// As it was written.
    pub wish: String,
    /// What was understood, in plain words with numbers; nothing where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<String>,
    /// Why it was not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
    /// Knobs that it moves.
    pub moves: usize,
    /// Where a hand or the sound stands in its way.
    pub stopped: Vec<String>,
}

/// All that is wished for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Wishlist {
    /// The wishes, in order.
    pub wishes: Vec<Wished>,
    /// Records that the mix is to be like, and what it takes from them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub like: Vec<String>,
    /// The rough mix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rough: Option<String>,
    /// Those that were forgotten.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forgotten: Vec<String>,
}

/// Adds wishes, forgets some (`all` forgets all), and decides the mix again; without either it lists what is wished for.
///
/// Each wish is taken whole or not at all. An error, and nothing changed, when none of those that were said was understood, or
/// one to be forgotten is not there.
pub fn wish(
    folder: &Folder,
    said: &[String],
    forget: &[String],
    options: &Options,
    progress: &dyn Progress,
) -> Result<Wishlist, PipelineError> {
    let _lock = Lock::take(folder)?;
    let listing = said.is_empty() && forget.is_empty();
    // What cannot be read can still be forgotten.
    let mut kept =
        if forget.iter().any(|text| text == "all") { Kept::default() } else { Kept::read(folder)? };
    let mut forgotten: Vec<String> = Vec::new();
    for word in forget {
        if kept.forget(word) {
            forgotten.push(word.clone());
        }
    }
    let mut brief = brief::read(&folder.brief())?;
    let own = brief.wishes.len();
    kept.likes(&mut brief);
    brief.wishes.extend(kept.wishes.iter().chain(said).cloned());
    let mut start = start::start_with(folder, options, progress, brief)?;
    let decided = start.decided(progress);
    let known = Known::new(&decided.0, &start.listened.facts);
    let understood = |text: &String| read(text, &known);
    let words: Vec<&String> =
        forget.iter().filter(|text| *text != "all" && !forgotten.contains(text)).collect();
    for text in words {
        let meant = understood(text).ok();
        let same = |kept: &String| {
            kept.trim().eq_ignore_ascii_case(text.trim())
                || meant.as_ref().zip(understood(kept).ok()).is_some_and(|(a, b)| a.same(&b))
        };
        let before = kept.wishes.len();
        forgotten.extend(kept.wishes.iter().filter(|kept| same(kept)).cloned());
        kept.wishes.retain(|kept| !same(kept));
        if kept.wishes.len() == before {
            return Err(PipelineError::Edit(not_wished(text, &kept.wishes, &start.brief.wishes[..own])));
        }
    }
    let fresh: Vec<String> = said.iter().filter(|text| understood(text).is_ok()).cloned().collect();
    if fresh.is_empty() && !said.is_empty() {
        let why = said.iter().map(|text| format!("`{text}`: {}", understood(text).err().unwrap_or_default()));
        return Err(PipelineError::Edit(format!(
            "nothing was understood.\n{}",
            why.collect::<Vec<_>>().join("\n")
        )));
    }
    let refused: Vec<Wished> =
        said.iter().filter_map(|text| Some(told(text, Err(understood(text).err()?), &[]))).collect();
    kept.wishes.extend(fresh);
    start.brief.wishes.truncate(own);
    start.brief.wishes.extend(kept.wishes.iter().cloned());
    let (session, decisions) = if forget.is_empty() { decided } else { start.decided(progress) };
    let known = Known::new(&session, &start.listened.facts);
    let mut wishes: Vec<Wished> =
        start.brief.wishes.iter().map(|text| told(text, read(text, &known), &decisions)).collect();
    wishes.extend(refused);
    if !listing && !options.dry_run {
        kept.write(folder)?;
        start.write(folder, &session, decisions)?;
    }
    let traits = list(&like::traits(&start.brief).iter().map(|part| part.name()).collect::<Vec<_>>());
    let like = start.brief.reference.iter().map(|file| format!("{file}: {traits}")).collect();
    Ok(Wishlist { wishes, like, rough: start.brief.rough, forgotten })
}

fn not_wished(text: &str, kept: &[String], own: &[String]) -> String {
    if own.iter().any(|wish| wish == text) {
        return format!("`{text}` stands in song.toml; take it out there");
    }
    match kept {
        [] => format!("`{text}` is not wished for; nothing is"),
        _ => format!("`{text}` is not wished for; there are: {}", kept.join(", ")),
    }
}

/// What became of a wish.
fn told(text: &str, read: Result<Wish, String>, decisions: &[Decision]) -> Wished {
    let mark = format!("(`{}`)", text.trim());
    let own = || decisions.iter().filter(|d| d.rule.starts_with("wish.") && d.says.contains(&mark));
    let stopped = own().filter_map(|decision| match &decision.status {
        Status::Taken => None,
        Status::Refused(why) | Status::Overruled(why) => Some(why.clone()),
    });
    Wished {
        wish: text.to_owned(),
        means: read.as_ref().ok().map(Wish::echo),
        why_not: read.err(),
        moves: own()
            .filter(|decision| decision.status == Status::Taken)
            .map(|decision| decision.edits.len())
            .sum(),
        stopped: stopped.collect(),
    }
}

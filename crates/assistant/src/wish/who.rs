//! Whom a wish is about: a family, a part, a track by its name, or all of the mix.

use mixsmith_analysis::role;
use mixsmith_analysis::roles::{ROLES, name};
use mixsmith_session::{Session, Strip, StripKind, nearest};

use crate::says::list;

/// Whom a wish is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// The whole mix.
    All,
    /// Some strips.
    Some {
        /// What they are called together: `drums`.
        name: String,
        /// Their ids.
        strips: Vec<String>,
        /// Their names.
        names: Vec<String>,
    },
}

/// Words for all of the mix.
const ALL: [&str; 7] = ["", "it", "mix", "song", "everything", "all", "whole mix"];

/// Words for families of roles.
const FAMILIES: [(&str, &str, &[&str]); 10] = [
    (
        "lead-vocals",
        "lead voice",
        &["voice", "vocal", "vocals", "vox", "lead voice", "lead vocal", "lead vocals", "singer", "lead"],
    ),
    (
        "backing-vocals",
        "backing vocals",
        &[
            "backing vocals",
            "backing vocal",
            "backings",
            "backing voices",
            "bvs",
            "bgvs",
            "choir",
            "harmonies",
        ],
    ),
    ("drums", "drums", &["drums", "kit", "drum kit"]),
    ("bass", "bass", &["bass"]),
    ("guitars", "guitars", &["guitars", "gtrs"]),
    ("keys", "keys", &["keys", "keyboards"]),
    ("synths", "synths", &["synths"]),
    ("strings", "strings", &["strings"]),
    ("brass", "brass", &["brass", "horns"]),
    ("fx", "effects", &["effects", "fx"]),
];

impl Who {
    /// In words: `lead voice (Vox, Double)`.
    pub fn words(&self) -> String {
        match self {
            Who::All => "the whole mix".to_owned(),
            Who::Some { name, names, .. } if names.len() == 1 && names[0].eq_ignore_ascii_case(name) => {
                names[0].clone()
            }
            Who::Some { name, names, .. } => format!("{name} ({})", list(names)),
        }
    }

    /// Whom the words name, or what there is.
    pub fn read(words: &str, session: &Session) -> Result<Who, String> {
        if ALL.contains(&words) {
            return Ok(Who::All);
        }
        let mut all: Vec<&Strip> = Vec::new();
        let mut called: Vec<String> = Vec::new();
        for one in
            words.split(',').flat_map(|part| part.split(" and ")).map(str::trim).filter(|w| !w.is_empty())
        {
            let (name, found) = group(one, session)?;
            called.push(name);
            for strip in found {
                if all.iter().all(|known| known.id != strip.id) {
                    all.push(strip);
                }
            }
        }
        Ok(Who::Some {
            name: list(&called),
            strips: all.iter().map(|strip| strip.id.clone()).collect(),
            names: all.iter().map(|strip| strip.name.clone()).collect(),
        })
    }
}

fn part(strip: &Strip) -> &str {
    strip.role.trim_end_matches('?')
}

/// The strips that one name means, and what they are called.
fn group<'a>(word: &str, session: &'a Session) -> Result<(String, Vec<&'a Strip>), String> {
    let all =
        || session.strips.iter().map(AsRef::as_ref).filter(|strip: &&Strip| strip.kind != StripKind::Master);
    let named = |strip: &&Strip| {
        strip.id != "mix" && (strip.id.eq_ignore_ascii_case(word) || strip.name.to_lowercase() == word)
    };
    let family = FAMILIES.iter().find(|(.., words)| words.contains(&word));
    let of_family: Vec<&Strip> = family.map_or_else(Vec::new, |(id, ..)| {
        session.tracks().filter(|strip| role(part(strip)).is_some_and(|role| role.family == *id)).collect()
    });
    if let (Some((_, name, _)), false) = (family, of_family.is_empty()) {
        return Ok(((*name).to_owned(), of_family));
    }
    if let Some(strip) = all().find(named) {
        return Ok((strip.name.clone(), vec![strip]));
    }
    // A part: `kick` is all its microphones, `guitar` and `guitars` all kinds of it.
    let single = |text: &str| text.strip_suffix('s').unwrap_or(text).to_owned();
    let plays = |strip: &&Strip| {
        let dashed = word.replace(' ', "-");
        part(strip) == dashed
            || single(part(strip)) == single(&dashed)
            || part(strip).split('-').any(|w| w == single(word))
    };
    let found: Vec<&Strip> = session.tracks().filter(plays).collect();
    if !found.is_empty() {
        return Ok((word.to_owned(), found));
    }
    // Words of a name.
    let has = |strip: &&Strip| {
        let words: Vec<String> = strip.name.to_lowercase().split_whitespace().map(str::to_owned).collect();
        word.split(' ').all(|word| words.iter().any(|own| single(own) == single(word)))
    };
    let found: Vec<&Strip> = session.tracks().filter(has).collect();
    if !found.is_empty() {
        return Ok((word.to_owned(), found));
    }
    // What a file of that name would be taken for: `hats`.
    let reading = name::read(word, &[]);
    let best = (0..ROLES.len()).max_by(|&a, &b| reading.odds.0[a].total_cmp(&reading.odds.0[b]));
    let heard = best.filter(|_| reading.speaks()).map(|best| ROLES[best].id);
    let found: Vec<&Strip> = session.tracks().filter(|strip| Some(part(strip)) == heard).collect();
    if !found.is_empty() {
        return Ok((word.to_owned(), found));
    }
    if let Some((_, name, _)) = family {
        return Err(format!("no track of this song is taken for {name}"));
    }
    let names: Vec<String> = session.tracks().map(|strip| strip.name.to_lowercase()).collect();
    let near =
        nearest(word, names.iter().map(String::as_str).chain(FAMILIES.iter().map(|(_, name, _)| *name)));
    Err(match near {
        Some(near) => format!("nothing here is called `{word}`; did you mean `{near}`?"),
        None if names.is_empty() => format!("nothing here is called `{word}`"),
        None => format!("nothing here is called `{word}`; the tracks are {}", list(&names)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let mut session = Session::default();
        for (id, name, role) in [
            ("vox", "Vox", "lead-vocal"),
            ("dbl", "Double", "vocal-double?"),
            ("kick-in", "Kick In", "kick-in"),
            ("kick-out", "Kick Out", "kick-out"),
            ("hh", "HH_421", "hihat"),
            ("eg", "EG clean", "electric-guitar"),
            ("ag", "Nylon", "acoustic-guitar"),
        ] {
            let mut strip = Strip::new(id, name, StripKind::Track { clips: Vec::new() });
            strip.role = role.to_owned();
            session.strips.push(strip.into());
        }
        session
    }

    #[test]
    fn people_call_tracks_by_family_part_and_name() {
        let session = session();
        let ids = |word: &str| match Who::read(word, &session) {
            Ok(Who::Some { strips, .. }) => strips.join(" "),
            Ok(Who::All) => "all".to_owned(),
            Err(why) => why,
        };
        assert_eq!(ids("voice"), "vox dbl");
        assert_eq!(ids("double"), "dbl");
        assert_eq!(ids("kick"), "kick-in kick-out");
        assert_eq!(ids("hats"), "hh");
        assert_eq!(ids("guitars"), "eg ag");
        assert_eq!(ids("acoustic guitar"), "ag");
        assert_eq!(ids("nylon and kick in"), "ag kick-in");
        assert_eq!(ids("mix"), "all");
        assert_eq!(ids("strings"), "no track of this song is taken for strings");
        assert!(ids("nilon").contains("did you mean `nylon`"));
        let who = Who::read("voice", &session).unwrap();
        assert_eq!(who.words(), "lead voice (Vox and Double)");
    }
}

//! Which strip a person means.

use mixsmith_analysis::roles::{ROLES, name};
use mixsmith_session::{Session, Strip, nearest};

use crate::PipelineError;

/// The strip that a word names: its id, its name, or what plays on it when only one strip plays that (`vox`, `kick`).
pub(crate) fn strip<'a>(session: &'a Session, word: &str) -> Result<&'a str, PipelineError> {
    let strips = || session.strips.iter().map(AsRef::as_ref);
    let called = |strip: &&Strip| {
        strip.id.eq_ignore_ascii_case(word) || strip.name.to_lowercase() == word.to_lowercase()
    };
    if let Some(found) = strips().find(called) {
        return Ok(&found.id);
    }
    let playing = |role: &str| -> Vec<&'a str> {
        strips()
            .filter(|strip| strip.role.trim_end_matches('?') == role)
            .map(|strip| strip.id.as_str())
            .collect()
    };
    // `vox/fader` speaks of a knob, although it reads like a voice.
    let hint = match role(word).filter(|_| !word.contains('/')).map(playing).as_deref() {
        Some([one]) => return Ok(one),
        Some(several @ [_, _, ..]) => format!("do you mean one of {}?", several.join(", ")),
        _ => {
            let names = strips().flat_map(|strip| [strip.id.as_str(), strip.name.as_str()]);
            let ids: Vec<&str> = strips().map(|strip| strip.id.as_str()).collect();
            nearest(word, names).map_or_else(
                || format!("there are {}", ids.join(", ")),
                |near| format!("did you mean `{near}`?"),
            )
        }
    };
    Err(PipelineError::Edit(format!("there is no track or bus `{word}`; {hint}")))
}

/// The role that a word names best, if it names one.
fn role(word: &str) -> Option<&'static str> {
    let reading = name::read(word, &[]);
    let best = (0..ROLES.len()).max_by(|&a, &b| reading.odds.0[a].total_cmp(&reading.odds.0[b]))?;
    reading.speaks().then_some(ROLES[best].id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_session::StripKind;

    #[test]
    fn a_strip_is_found_by_id_name_or_what_plays() {
        let mut session = Session::default();
        for (id, name, role) in [
            ("lead-vocal", "Lead Vocal", "lead-vocal"),
            ("gtr-1", "Guitar L", "electric-guitar"),
            ("gtr-2", "Guitar R", "electric-guitar?"),
            ("mix", "Mix", "mix"),
        ] {
            let mut strip = Strip::new(id, name, StripKind::Bus);
            strip.role = role.to_owned();
            session.strips.push(strip.into());
        }
        let find = |word: &str| strip(&session, word).map_err(|error| error.to_string());
        assert_eq!(find("LEAD-vocal"), Ok("lead-vocal"));
        assert_eq!(find("guitar r"), Ok("gtr-2"));
        assert_eq!(find("vox"), Ok("lead-vocal"));
        assert!(find("vox/fader").is_err());
        assert!(find("egtr").unwrap_err().contains("gtr-1, gtr-2"));
        assert!(find("gtr-3").unwrap_err().contains("did you mean `gtr-"));
        assert!(find("tuba").is_err());
    }
}

//! Ids made of names.

/// Endings of sound files, which say nothing about what is in them.
const SOUND: [&str; 12] =
    ["wav", "flac", "aif", "aiff", "aifc", "caf", "w64", "mp3", "ogg", "opus", "m4a", "mp4"];

/// A lower-case ASCII id made of any name, unlike those that are taken: `Lead Vöx (2).wav` gives `lead-vox-2`.
pub fn slug(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let stem = match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && SOUND.iter().any(|s| s.eq_ignore_ascii_case(end)) => stem,
        _ => name,
    };
    let mut id = String::new();
    for c in stem.chars() {
        let ascii = ascii(c);
        if ascii.is_empty() {
            if !id.is_empty() && !id.ends_with('-') && !is_mark(c) {
                id.push('-');
            }
        } else {
            id.push_str(&ascii);
        }
    }
    let id: String = id.trim_matches('-').chars().take(40).collect();
    let id = id.trim_end_matches('-');
    if id.is_empty() {
        return first_free("track", 1, taken);
    }
    // `send` is the word that addresses have for sends.
    if id != "send" && !taken(id) { id.to_owned() } else { first_free(id, 2, taken) }
}

fn first_free(stem: &str, from: u64, taken: impl Fn(&str) -> bool) -> String {
    let mut number = from;
    loop {
        let id = format!("{stem}-{number}");
        if !taken(&id) {
            return id;
        }
        number += 1;
    }
}

/// Accents that stand by themselves, as macOS writes them in file names.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c) || c == '\''
}

/// The lower-case ASCII letters that a character is written with, if any.
fn ascii(c: char) -> String {
    if c.is_ascii_alphanumeric() || c == '_' {
        return c.to_ascii_lowercase().to_string();
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    match lower {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' | 'ĝ' | 'ģ' => "g",
        'ì'..='ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ł' | 'ĺ' | 'ļ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_from_everywhere() {
        for (name, id) in [
            ("Lead Vox.wav", "lead-vox"),
            ("01_Kick (In).wav", "01_kick-in"),
            ("Bläser & Straße", "blaser-strasse"),
            ("Bla\u{308}ser", "blaser"),
            ("Gtr. L", "gtr-l"),
            ("ボーカル", "track-1"),
            ("", "track-1"),
            ("..", "track-1"),
            ("Send", "send-2"),
        ] {
            assert_eq!(slug(name, |_| false), id, "{name}");
        }
        assert_eq!(slug("Kick", |id| id == "kick" || id == "kick-2"), "kick-3");
    }

    proptest! {
        #[test]
        fn every_slug_is_an_id(name in any::<String>()) {
            let id = slug(&name, |_| false);
            prop_assert!(!id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b)));
            prop_assert_ne!(slug(&name, |other| other == id), id);
        }
    }
}

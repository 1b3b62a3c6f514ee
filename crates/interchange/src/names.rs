//! Names of files that every system takes.

/// Longest name in bytes; systems take 255 with an ending.
const BYTES: usize = 120;

/// A file name without ending, unlike those that are taken when case is left out of account.
pub fn file_stem(name: &str, taken: &mut Vec<String>) -> String {
    let mut clean = String::new();
    for c in name.chars() {
        let c = if c.is_control() || "/\\:*?\"<>|%#&".contains(c) { '-' } else { c };
        if clean.len() + c.len_utf8() > BYTES {
            break;
        }
        clean.push(c);
    }
    let clean = clean.trim().trim_matches('.').trim();
    let devices = ["con", "prn", "aux", "nul"];
    let numbered = |device: &str| {
        clean.len() == 4 && clean.is_char_boundary(3) && clean[..3].eq_ignore_ascii_case(device)
    };
    let stem = if clean.is_empty() {
        "track".to_owned()
    } else if devices.iter().any(|device| clean.eq_ignore_ascii_case(device))
        || numbered("com")
        || numbered("lpt")
    {
        format!("{clean} track")
    } else {
        clean.to_owned()
    };
    let mut found = stem.clone();
    let mut number = 2;
    while taken.contains(&found.to_lowercase()) {
        found = format!("{stem} {number}");
        number += 1;
    }
    taken.push(found.to_lowercase());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_suit_every_system_and_are_unlike() {
        let mut taken = Vec::new();
        assert_eq!(file_stem("Kick/In: \"1\"", &mut taken), "Kick-In- -1-");
        assert_eq!(file_stem("Vox", &mut taken), "Vox");
        assert_eq!(file_stem("VOX", &mut taken), "VOX 2");
        assert_eq!(file_stem(" .. ", &mut taken), "track");
        assert_eq!(file_stem("aux", &mut taken), "aux track");
        assert!(file_stem(&"ü".repeat(500), &mut taken).len() <= BYTES);
    }
}

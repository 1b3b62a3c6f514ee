//! Paths that a project names, which must not lead out of its folder.

use std::path::PathBuf;

/// Longest path that is looked at, bytes.
const LONGEST: usize = 1024;

/// A path below a folder, made of what a project says; nothing where it is absolute, climbs out, or names what is no
/// file on some system. Both kinds of slash part folders.
pub fn beneath(path: &str) -> Option<PathBuf> {
    if path.is_empty() || path.len() > LONGEST || path.contains(['\0', ':']) || path.starts_with(['/', '\\'])
    {
        return None;
    }
    let mut found = PathBuf::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => return None,
            _ if part.chars().any(char::is_control) => return None,
            _ => found.push(part),
        }
    }
    (!found.as_os_str().is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_below_is_found() {
        assert_eq!(beneath("audio/a b.wav"), Some(PathBuf::from("audio/a b.wav")));
        assert_eq!(beneath("./audio\\a.wav"), Some(PathBuf::from("audio/a.wav")));
        let long = "a/".repeat(5000);
        for bad in [
            "",
            ".",
            "/etc/passwd",
            "../a.wav",
            "a/../../b.wav",
            "a\\..\\..\\b",
            "C:\\a.wav",
            "c:a.wav",
            "\\\\?\\C:\\a",
            "\\\\server\\share\\a",
            "a\0.wav",
            "file:///etc/passwd",
            "a\n.wav",
            &long,
        ] {
            assert_eq!(beneath(bad), None, "{bad:?}");
        }
    }
}

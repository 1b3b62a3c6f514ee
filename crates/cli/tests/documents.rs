//! What the documents name is there: files, tests, keys; and their examples can be read.
#![allow(clippy::disallowed_methods, reason = "reads documents")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mixsmith_assistant::Brief;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap().replace("\r\n", "\n")
}

/// Files below a folder of the workspace with this ending, as paths with `/`.
fn below(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            found.extend(below(&name, ending));
        } else if name.ends_with(ending) {
            found.push(name);
        }
    }
    found.sort();
    found
}

/// The documents written by hand.
fn documents() -> Vec<String> {
    let top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned);
    top.into_iter().chain(below("docs/guide", ".md")).collect()
}

/// The code blocks of a kind.
fn blocks(text: &str, kind: &str) -> Vec<String> {
    let fence = format!("```{kind}\n");
    let inside = text.split(&fence).skip(1).filter_map(|rest| rest.split("```").next());
    inside.map(str::to_owned).collect()
}

/// What stands between single backticks, outside of code blocks.
fn words(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    prose.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn links_and_paths_lead_somewhere() {
    for document in documents() {
        let text = read(&document);
        let folder = root().join(Path::new(&document).parent().unwrap());
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        // Pictures are made from a run of the program.
        let links =
            links.filter(|link| !link.contains("://") && !link.starts_with('#') && !link.ends_with(".png"));
        for link in links {
            let file = link.split('#').next().unwrap_or(link);
            assert!(folder.join(file).exists(), "{document}: the link {link} leads nowhere");
        }
        for word in words(&text) {
            let path = ["crates/", "docs/", ".ci/"].iter().any(|start| word.starts_with(start));
            if path && !word.contains(['*', ' ', '…']) {
                assert!(root().join(&word).exists(), "{document}: there is no {word}");
            }
        }
    }
}

#[test]
fn tests_that_documents_name_exist() {
    let mut tests = BTreeSet::new();
    for file in below("crates", ".rs") {
        let text = read(&file);
        for part in text.split("#[test]").skip(1) {
            let name = part.split("fn ").nth(1).and_then(|rest| rest.split('(').next());
            tests.extend(name.map(|name| name.trim().to_owned()));
        }
    }
    let mut named = 0;
    for document in documents() {
        for word in words(&read(&document)) {
            // A test is written with its file: `crates/audio/tests/songs.rs`: `every_stem_is_read`.
            let like_a_test = word.matches('_').count() >= 2
                && word.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit());
            if like_a_test && word != "stems_minus_mix" {
                assert!(tests.contains(&word), "{document}: there is no test `{word}`");
                named += 1;
            }
        }
    }
    assert!(named > 20, "only {named} tests are named");
}

#[test]
fn the_architecture_is_short() {
    let lines = read("ARCHITECTURE.md").lines().count();
    assert!(lines <= 300, "ARCHITECTURE.md has {lines} lines; at most 300 are read by anybody");
}

#[test]
fn song_toml_is_described_key_by_key() {
    let page = read("docs/guide/song-toml.md");
    let brief = serde_json::to_value(Brief::default()).unwrap();
    let keys: BTreeSet<&str> = brief.as_object().unwrap().keys().map(String::as_str).collect();
    let headings = page.lines().filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'));
    assert_eq!(
        headings.collect::<BTreeSet<_>>(),
        keys,
        "the headings of docs/guide/song-toml.md against the keys"
    );
    let examples = blocks(&page, "toml");
    assert!(examples.len() > keys.len(), "every key has an example, and there is a whole one");
    for example in examples {
        if let Err(error) = toml::from_str::<Brief>(&example) {
            panic!("docs/guide/song-toml.md: {error}\n{example}");
        }
    }
}

#[test]
fn the_examples_of_session_toml_are_sessions() {
    let page = read("docs/guide/session-toml.md");
    let examples = blocks(&page, "toml");
    assert!(!examples.is_empty());
    for example in examples {
        let (session, problems) = mixsmith_session::parse(&example, &mixsmith_effects::KINDS).unwrap();
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "{}\n{example}", problems.join("\n"));
        assert!(session.master().is_some(), "{example}");
    }
}

#[test]
fn nothing_speaks_to_a_network() {
    for file in below("crates", ".rs").iter().filter(|file| file.contains("/src/")) {
        let text = read(file);
        for word in ["std::net", "TcpStream", "UdpSocket", "TcpListener"] {
            assert!(!text.contains(word), "{file} speaks to a network with {word}");
        }
    }
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    assert!(packages.len() > 50, "Cargo.lock lists {} packages", packages.len());
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let speaks = ["reqwest", "hyper", "ureq", "curl", "socket2", "mio", "tokio", "rustls", "openssl"];
        assert!(!speaks.contains(&name), "Cargo.lock has {name}, which speaks to a network");
    }
}

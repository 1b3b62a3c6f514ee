//! The arrows between crates are those that ARCHITECTURE.md lists, and they point down.
#![allow(clippy::disallowed_methods, reason = "reads manifests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Arrows = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The lines of the block marked `arrows`: a crate and those that it uses, in the order of the text.
fn listed() -> Vec<(String, BTreeSet<String>)> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let block = text.split("```arrows\n").nth(1).and_then(|rest| rest.split("```").next());
    let block = block.expect("ARCHITECTURE.md has no block that begins with ```arrows");
    let line = |line: &str| {
        let (from, to) = line.split_once("->").unwrap_or((line, ""));
        let to = to.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        (from.trim().to_owned(), to.collect())
    };
    block.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

/// The crates of the workspace that each crate names in a section of its manifest.
fn manifests(section: &str) -> Arrows {
    let mut arrows = Arrows::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(folder.join("Cargo.toml")) else { continue };
        let manifest: toml::Table = text.parse().unwrap();
        let section = manifest.get(section).and_then(toml::Value::as_table);
        let names = section.into_iter().flat_map(toml::Table::keys);
        let ours = names.filter_map(|name| name.strip_prefix("mixsmith-")).map(str::to_owned);
        arrows.insert(folder.file_name().unwrap().to_string_lossy().into_owned(), ours.collect());
    }
    arrows
}

#[test]
fn manifests_have_the_arrows_of_the_architecture_and_no_others() {
    let listed = Arrows::from_iter(listed());
    let found = manifests("dependencies");
    let mut wrong = Vec::new();
    for (name, uses) in &found {
        let Some(may) = listed.get(name) else {
            wrong.push(format!("crates/{name} is not in the list: add a line `{name} -> …`"));
            continue;
        };
        for new in uses.difference(may) {
            wrong.push(format!(
                "crates/{name}/Cargo.toml uses {new}, which is not listed: take it out of the manifest; or, when \
                 the design is to change, add it to the line and say why in the same file"
            ));
        }
        for gone in may.difference(uses) {
            wrong.push(format!("`{name} -> {gone}` is listed and not used: take it out of the line"));
        }
    }
    for name in listed.keys().filter(|name| !found.contains_key(*name)) {
        wrong.push(format!("`{name}` is listed and there is no crates/{name}: take the line out"));
    }
    assert!(wrong.is_empty(), "arrows in ARCHITECTURE.md:\n  {}", wrong.join("\n  "));
}

#[test]
fn arrows_point_down() {
    let listed = listed();
    for (place, (name, uses)) in listed.iter().enumerate() {
        let below: BTreeSet<&String> = listed[place + 1..].iter().map(|(name, _)| name).collect();
        for used in uses {
            assert!(
                below.contains(used),
                "`{name} -> {used}` points up: a crate uses only lines below its own"
            );
        }
    }
}

#[test]
fn tests_use_what_lies_below_and_the_demo_and_the_effects() {
    let listed = Arrows::from_iter(listed());
    for (name, uses) in manifests("dev-dependencies") {
        let mut below = BTreeSet::from(["demo", "effects"]);
        let mut next = vec![name.as_str()];
        while let Some(from) = next.pop() {
            let used = listed.get(from).into_iter().flatten().map(String::as_str);
            next.extend(used.clone());
            below.extend(used);
        }
        for used in uses {
            assert!(
                below.contains(used.as_str()),
                "crates/{name}/Cargo.toml tests with {used}, which does not lie below it: move the test to a crate \
                 that is above both"
            );
        }
    }
}

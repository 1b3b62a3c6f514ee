//! Names as people and computers give them: every output has a name of its own, and what is written stays readable.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use std::collections::BTreeSet;

use common::OnDisk;
use mixsmith_audio::{Audio, Dither, Sample, WavWriter};
use mixsmith_pipeline::Manifest;

/// A second of a tone of its own pitch.
fn write(song: &OnDisk, file: &str, hz: f32) {
    let path = song.root.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let tone: Vec<f32> = (0..48_000).map(|n| 0.2 * (n as f32 * hz * 0.000_130_9).sin()).collect();
    let audio = Audio::mono(48_000, tone);
    let mut writer = WavWriter::create(&path, 48_000, 1, Sample::I24, Dither::None).unwrap();
    writer.write(&audio.slices()).unwrap();
    writer.finish().unwrap();
}

#[test]
fn strange_names_get_through() {
    let song = OnDisk::empty();
    let long = "\u{1f3b8}".repeat(50);
    let mut files = vec![
        "\u{1f941} kick.wav".to_owned(),
        "100%s %d {} gain.wav".to_owned(),
        "it's \"quoted\" <b>&amp;.wav".to_owned(),
        "\u{202e}sdrawkcab \u{5e9}\u{5dc}\u{5d5}\u{5dd}.wav".to_owned(),
        format!("{long}.wav"),
        format!("{}.wav", "x".repeat(200)),
        "day one/take.wav".to_owned(),
        "day two/take.wav".to_owned(),
        "mix.wav".to_owned(),
        "master.wav".to_owned(),
    ];
    if cfg!(target_os = "linux") {
        files.push("new\nline.wav".to_owned());
        files.push("Twin.wav".to_owned());
        files.push("TWIN.wav".to_owned());
    }
    for (number, file) in files.iter().enumerate() {
        write(&song, file, 150.0 + 40.0 * number as f32);
    }
    let mixed = song.mix(2);
    let out = song.folder().out;

    let text = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    let manifest: Manifest = serde_json::from_str(&text).unwrap();
    let stems: Vec<_> = manifest.outputs.iter().filter(|printed| printed.kind == "stem").collect();
    let sources: BTreeSet<&String> = stems.iter().flat_map(|stem| &stem.sources).collect();
    println!("left out: {:?}", files.iter().filter(|file| !sources.contains(file)).collect::<Vec<_>>());
    assert!(sources.len() >= files.len() - 2, "{sources:?}");
    let names: BTreeSet<String> =
        manifest.outputs.iter().map(|printed| printed.file.to_lowercase()).collect();
    assert_eq!(names.len(), manifest.outputs.len(), "no two outputs share a name on any system");
    for printed in &manifest.outputs {
        assert!(out.join(&printed.file).is_file(), "{}", printed.file);
        assert!(
            !printed.file.chars().any(|c| c.is_control() || "\\:*?\"<>|".contains(c)),
            "{}",
            printed.file
        );
    }
    let ids: BTreeSet<&str> = mixed.session.strips.iter().map(|strip| strip.id.as_str()).collect();
    assert_eq!(ids.len(), mixed.session.strips.len());

    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") || page.starts_with("<!doctype html>"));
    assert!(!page.contains("\"quoted\" <b>"), "names are escaped");
    assert_eq!(page.matches("<script").count(), page.matches("</script>").count());
    assert_eq!(page.matches("<table").count(), page.matches("</table>").count());
    assert_eq!(page.matches("<section").count(), page.matches("</section>").count());

    // The names lead back to the same strips.
    let session = song.session_text();
    song.mix(1);
    assert_eq!(song.session_text(), session);
}

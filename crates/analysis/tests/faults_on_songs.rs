//! Real recordings with planted faults. Skipped where the songs are not at hand.

mod common;
use std::path::{Path, PathBuf};

use common::*;

/// The folder of songs: `MIXSMITH_SONGS`, or `../shared/songs` beside the workspace.
fn songs() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/songs");
    std::env::var_os("MIXSMITH_SONGS").map_or_else(beside, PathBuf::from)
}

/// File, and the faults in it. Hum under a bass that never rests ("BASSAMP_421.wav") is 15 to 40 dB below the notes on
/// its own frequency in every window, and is not found.
const FILES: [(&str, &[&str]); 14] = [
    ("potassium-messy/Minilogue XD stereo 32f.wav", &["fault.over"]),
    ("potassium-messy/fx print mcrcsm.flac", &["fault.dc", "fault.hum", "fault.hum_hz"]),
    ("potassium-messy/empty track.flac", &["fault.silent"]),
    ("potassium-messy/drm_outro (L+R).flac", &[]),
    ("potassium-messy/Audio 3-1.wav", &[]),
    ("potassium-messy/PAD+BASS bounce.flac", &[]),
    ("potassium-messy/Lead Vox_01 comp FINAL.wav", &[]),
    ("potassium-messy/marimba (old).flac", &[]),
    ("about-the-summer-raw/EG cln - verse.flac", &["fault.hum", "fault.hum_hz"]),
    ("about-the-summer-raw/gtr dist st.flac", &["fault.hum", "fault.hum_hz"]),
    ("about-the-summer-raw/bass DI.flac", &[]),
    ("about-the-summer-raw/06-OH.flac", &[]),
    ("about-the-summer-raw/01 KickIn.wav", &[]),
    ("mauiwowi/8_bassdrum_acoustic01.ogg.flac", &[]),
];

#[test]
fn planted_faults_are_found_and_no_others() {
    for (file, expected) in FILES {
        let Ok(read) = mixsmith_audio::read(&songs().join(file)) else {
            println!("skipped, not at hand: {file}");
            continue;
        };
        let (facts, _) = measured(&read.streams[0].audio);
        let found: Vec<&str> =
            facts.iter().map(|fact| fact.what.as_str()).filter(|what| what.starts_with("fault.")).collect();
        assert_eq!(found, expected, "{file}");
        near(&facts, "stereo.dual_mono", f64::from(u8::from(file.contains("(L+R)"))), 0.0);
    }
}

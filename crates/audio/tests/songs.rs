//! Real recordings, where the folder of songs is at hand (`MIXSMITH_SONGS`, else `../shared/songs`).

use std::path::{Path, PathBuf};

use mixsmith_audio::{Format, content_hash, read};

fn songs() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/songs");
    let folder = std::env::var_os("MIXSMITH_SONGS").map_or(beside, PathBuf::from);
    let there = folder.is_dir();
    if !there {
        println!("skipped: no folder of songs");
    }
    there.then_some(folder)
}

#[test]
fn vorbis_above_full_scale_is_not_clipped() {
    let Some(folder) = songs().map(|songs| songs.join("chaos-god")).filter(|folder| folder.is_dir()) else {
        return println!("skipped: no such song");
    };
    let stem = |name: &str| {
        let read = read(&folder.join(name)).unwrap();
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        let info = &read.streams[0].info;
        assert_eq!((info.format, info.lossy, info.float), (Format::Vorbis, true, true));
        read.streams[0].audio.clone()
    };
    let decibels = |x: f32| 20.0 * x.log10();
    let (mut song, guitar) = (stem("song.ogg"), stem("guitar.ogg"));
    // As ffmpeg decodes it.
    assert!((decibels(song.peak()) - 1.9557).abs() < 0.001, "{}", decibels(song.peak()));
    assert_eq!(song.frames(), 8_093_648);
    for (sum, x) in song.channels.iter_mut().flatten().zip(guitar.channels.iter().flatten()) {
        *sum += x;
    }
    // As the song's own notes say of the sum.
    assert!((decibels(song.peak()) - 3.2).abs() < 0.1, "{}", decibels(song.peak()));
}

#[test]
fn every_stem_is_read_and_none_is_touched() {
    let Some(songs) = songs() else { return };
    for song in ["potassium-messy", "about-the-summer-raw"] {
        let Ok(files) = std::fs::read_dir(songs.join(song)) else { continue };
        for path in files.map(|file| file.unwrap().path()) {
            let known = ["wav", "flac", "mp3", "aif", "aiff", "m4a"];
            let sound = path.extension().is_some_and(|e| known.iter().any(|x| e.eq_ignore_ascii_case(x)));
            if sound {
                let before = content_hash(&path).unwrap();
                let read = read(&path).unwrap();
                let info = &read.streams[0].info;
                println!("{}: {info:?} {:?}", path.display(), read.problems);
                assert!(info.frames > 0 && read.streams[0].audio.peak().is_finite());
                assert_eq!(content_hash(&path).unwrap(), before);
            }
        }
    }
}

//! Stems and scenes: the files beside the sound, read by hand.

mod common;

use common::{bytes, written};
use mixsmith_interchange::all::named;
use mixsmith_interchange::{Content, Print, SoundOf, Wishes, honesty};

#[test]
fn stems_come_dry_and_wet_with_their_sheets() {
    let stems = named("stems").unwrap();
    let print = |file: &str, kind: &str| Print { file: file.to_owned(), kind: kind.to_owned() };
    let prints =
        vec![print("stems/VOX.wav", "stem"), print("groups/Drums.wav", "group"), print("mix.wav", "mix")];
    let (desk, files, losses) = written(stems, &Wishes { prints, ..Wishes::default() });
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for path in ["dry/KICK.wav", "dry/VOX.wav", "dry/KEYS.wav", "wet/VOX.wav", "buses/Drums.wav", "mix.wav"] {
        assert!(paths.contains(&path), "{path} is not among {paths:?}");
    }
    assert!(desk.sounds.iter().all(|sound| matches!(sound.of, SoundOf::Print(_)) && sound.frames == 480_000));
    let text = |path: &str| {
        let file = files.iter().find(|file| file.path == path).unwrap();
        String::from_utf8(bytes(file)).unwrap()
    };
    assert_eq!(text("labels.txt"), "0.000000\t5.000000\tverse 1\n5.000000\t10.000000\tchorus \"1\"\n");
    let settings = text("settings.txt");
    for words in [
        "VOX (track)",
        "fader -3.0 dB, automated",
        "Compressor comp: ",
        "threshold -24 dB",
        "send to Plate -14.0 dB",
        "feeds Mix",
    ] {
        assert!(settings.contains(words), "{words} is not in\n{settings}");
    }
    assert!(losses.iter().all(|loss| loss.fate.word() != "lost"), "{losses:?}");
    let (_, _, losses) = written(stems, &Wishes::default());
    assert!(losses.iter().any(|loss| loss.at == "wet stems" && loss.fate.word() == "lost"));
}

#[test]
fn the_midi_file_says_when_sections_start() {
    let (_, files, _) = written(named("stems").unwrap(), &Wishes::default());
    let file = bytes(files.iter().find(|file| file.path.ends_with(".mid")).unwrap());
    assert_eq!(&file[..14], b"MThd\0\0\0\x06\0\0\0\x01\x03\xc0");
    assert_eq!(file.len(), 22 + u32::from_be_bytes(file[18..22].try_into().unwrap()) as usize);
    // 97.5 quarter notes a minute are 615385 microseconds each.
    let tempo = file.windows(3).position(|bytes| bytes == [0xff, 0x51, 0x03]).unwrap();
    assert_eq!(&file[tempo + 3..tempo + 6], &615_385u32.to_be_bytes()[1..]);
    // Five seconds are 8.125 quarter notes, 7800 ticks: 0xbc 0x78 in seven bits a byte.
    let marker = file.windows(2).rposition(|bytes| bytes == [0xff, 0x06]).unwrap();
    assert_eq!(&file[marker - 2..marker], [0xbc, 0x78]);
    assert!(file.ends_with(&[0xff, 0x2f, 0]));
}

#[test]
fn a_scene_has_a_line_for_each_thing() {
    let (_, files, losses) = written(named("x32").unwrap(), &Wishes::default());
    let Content::Bytes(text) = &files[0].content else { panic!() };
    let text = String::from_utf8(text.clone()).unwrap();
    for line in [
        "/ch/01/config \"KICK\" 1 RD",
        "/ch/01/gate ON GATE -30.0 12.0 0 60.0 120 0",
        "/ch/01/mix ON -7.2 OFF -30 OFF -oo",
        "/ch/02/eq/2 PEQ 320.0 -3.50 1.4",
        "/ch/02/dyn ON COMP PEAK LOG -24.0 4.0 1 3.00 12 10.0 150 POST 0 100 OFF",
        "/ch/03/mix OFF -9.0 OFF -50 OFF -oo",
        "/bus/01/config \"Drums\" 1 WH",
        "/main/st/mix ON +0.0 +0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(losses.iter().any(|loss| loss.at == "vox/automation" && loss.fate.word() == "lost"));
}

#[test]
fn the_list_of_differences_is_told_to_people_and_programs() {
    let (_, _, losses) = written(named("dawproject").unwrap(), &Wishes::default());
    let said = honesty("DAWproject", "Songs", &losses);
    for words in [
        "Printed: in the sound",
        "plate/verb",
        "Near: there",
        "without the knee of 6 dB (at most 0.56 dB)",
        "Exact",
    ] {
        assert!(said.text.contains(words), "{words} is not in\n{}", said.text);
    }
    let json: serde_json::Value = serde_json::from_str(&said.json).unwrap();
    assert_eq!(json["losses"].as_array().unwrap().len(), losses.len());
    assert!(
        json["losses"]
            .as_array()
            .unwrap()
            .iter()
            .all(|loss| loss["fate"].is_string() && loss["at"].is_string())
    );
}

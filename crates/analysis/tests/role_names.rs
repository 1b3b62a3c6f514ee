//! What the parser makes of the names that people give their files.

use mixsmith_analysis::roles::name::{Side, common_words, read, vocabulary};

/// `name = role`.
const NAMES: &str = include_str!("role_names.txt");

#[test]
fn every_name_in_the_table_is_read() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for line in NAMES.lines().filter(|line| !line.trim().is_empty()) {
        let (name, role) = line.split_once(" = ").expect("name = role");
        let reading = read(name.trim(), &[]);
        let found = if reading.speaks() { reading.odds.best().0.id } else { "nothing" };
        if found != role.trim() {
            wrong.push(format!("{name}: {found}, not {role}; {:?}", reading.words));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 150, "{count} names");
    assert!(vocabulary() >= 600, "{} words", vocabulary());
}

#[test]
fn the_songs_own_words_are_left_out() {
    let files = ["2.Lithium_Stem_KICK.flac", "2.Lithium_Stem_VOX LEAD.flac", "2.Lithium_Stem_SY BASS.flac"];
    let common = common_words(&files);
    assert!(common.contains(&"lithium".to_owned()));
    assert_eq!(read(files[0], &common).words.len(), 1);
    // An artist called after an instrument does not make everything brass.
    let files =
        ["Brass Hat - Kick.wav", "Brass Hat - Bass.wav", "Brass Hat - Vox.wav", "Brass Hat - Gtr.wav"];
    let common = common_words(&files);
    assert_eq!(read(files[1], &common).odds.best().0.id, "bass");
    assert_eq!(read(files[3], &common).odds.best().0.id, "guitar");
    // Three microphones of one drum keep their noun.
    let files = ["Kick In.wav", "Kick Out.wav", "Kick Sub.wav"];
    assert!(common_words(&files).is_empty());
}

#[test]
fn halves_of_pairs_are_told() {
    assert_eq!(read("Pno.L.flac", &[]).side, Some(Side::Left));
    assert_eq!(read("Pno.R.flac", &[]).side, Some(Side::Right));
    assert_eq!(read("OH_L.wav", &[]).side, Some(Side::Left));
    assert_eq!(read("gtr-right.wav", &[]).side, Some(Side::Right));
    assert_eq!(read("drm_outro (L+R).flac", &[]).side, None);
    assert_eq!(read("R&B vox.wav", &[]).side, None);
}

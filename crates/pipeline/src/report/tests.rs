//! The report of a small song: well-formed, escaped, complete, the same twice.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use mixsmith_audio::{Audio, Dither, Sample, WavWriter, read};

use super::{Players, html, plain_sum, scores, text, write};
use crate::{Folder, Mixed, Options, Silent, mix, why};

const RATE: u32 = 44_100;
const EVIL: &str = "<script>alert('x')</script> & \"co\"";

/// Eight seconds of a tone that comes and goes.
fn tone(folder: &Path, name: &str, hz: f32, every: f32) {
    let wave: Vec<f32> = (0..RATE * 8)
        .map(|i| {
            let t = i as f32 / RATE as f32;
            let decay = (-(t % every) * 6.0).exp();
            0.4 * decay * (t * hz * std::f32::consts::TAU).sin()
        })
        .collect();
    let mut writer = WavWriter::create(&folder.join(name), RATE, 1, Sample::I16, Dither::Tpdf).unwrap();
    writer.write(&[&wave]).unwrap();
    writer.finish().unwrap();
}

struct Made {
    _dir: tempfile::TempDir,
    folder: Folder,
    mixed: Mixed,
    players: Players,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    tone(dir.path(), "Kick.wav", 60.0, 0.5);
    tone(dir.path(), "bass DI.wav", 110.0, 0.25);
    tone(dir.path(), "Lead Vox_03.wav", 440.0, 2.0);
    std::fs::write(dir.path().join("song.toml"), "title = '''<script>alert(1)</script>'''\n").unwrap();
    let folder = Folder::open(dir.path(), None).unwrap();
    let mut mixed = mix(&folder, &Options { threads: 1, ..Options::default() }, &Silent).unwrap();
    // Names may be anything; the file system of the machine that tests may not.
    for (strip, name) in mixed.session.strips.iter_mut().zip([EVIL, "\u{1b}[31mred\u{7}"]) {
        Arc::make_mut(strip).name = name.to_owned();
    }
    mixed.listened.song.stems[0].file = format!("{EVIL}.wav");
    let sound = |name: &str| read(&folder.out.join(name)).unwrap().streams.remove(0).audio;
    let before = plain_sum(&mixed.listened.song, &mixed.session);
    let players = Players::new(&mixed, &before, &sound("mix.wav"), &sound("master.wav"));
    Made { _dir: dir, folder, mixed, players }
});

/// Checks that every element is closed in order and every attribute is quoted, and gives the names of the elements.
fn parse(html: &str) -> Vec<String> {
    let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a document type");
    let (mut open, mut seen) = (Vec::new(), Vec::new());
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "a bare > in {:?}", &rest[..start.min(80)]);
        let mut quoted = false;
        let end = rest[start..].find(|c: char| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let end = start + end.expect("an element ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(name),
                "before {:?}",
                rest.chars().take(60).collect::<String>()
            );
            continue;
        }
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        assert!(!name.is_empty(), "a bare < before {tag:?}");
        let quotes = tag.matches('"').count();
        assert!(quotes.is_multiple_of(2) && tag.matches("=\"").count() * 2 == quotes, "{tag:?}");
        seen.push(name.clone());
        if tag.ends_with('/') {
            continue;
        }
        if name == "script" || name == "style" {
            let close = format!("</{name}>");
            let end = rest.find(&close).expect("script and style end");
            rest = &rest[end + close.len()..];
            continue;
        }
        open.push(name);
    }
    assert!(open.is_empty(), "left open: {open:?}");
    seen
}

/// The page without the coded sound, whose padding looks like the beginning of an attribute.
fn without_sound(page: &str) -> String {
    let mut parts = page.split("base64,");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |out, part| out + &part[part.find('"').expect("the sound ends")..])
}

#[test]
fn the_page_is_well_formed_and_asks_for_nothing() {
    let page = without_sound(&html(&MADE.mixed, &MADE.players));
    let seen = parse(&page);
    let count = |name: &str| seen.iter().filter(|tag| *tag == name).count();
    assert_eq!((count("h1"), count("audio"), count("script"), count("style")), (1, 3, 1, 1));
    assert!(count("svg") >= 6 && count("table") >= 8 && count("h2") >= 12, "{seen:?}");
    // The name space of SVG is no address that is asked for.
    let asked = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!asked.contains("http:") && !asked.contains("https:"));
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn names_cannot_do_anything() {
    let page = html(&MADE.mixed, &MADE.players);
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;co&quot;"));
    assert!(page.contains("<title>&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains('\u{1b}'));
    let text = text(&MADE.mixed, &MADE.players);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
    assert!(text.contains(EVIL), "text has nothing to escape");
}

#[test]
fn both_forms_have_every_heading_and_every_decision() {
    let (page, text) = (html(&MADE.mixed, &MADE.players), text(&MADE.mixed, &MADE.players));
    for title in [
        "Listen",
        "What was done, and why",
        "Tracks",
        "Levels",
        "Tone",
        "Loudness over time",
        "Stereo and dynamics",
        "Scorecard",
        "On other systems",
        "What services do to the master",
        "What I could not fix",
        "How to change it",
    ] {
        assert!(page.contains(&format!(">{title}</h2>")), "{title}");
        assert!(text.contains(&format!("\n{title}\n{}\n", "-".repeat(title.len()))), "{title}");
    }
    for decision in &MADE.mixed.journal.decisions {
        assert!(page.contains(&format!("id=\"decision-{}\"", decision.id)), "{}", decision.id);
        assert!(text.contains(&format!("\n{}. ", decision.id)), "{}", decision.id);
    }
    let dull: Vec<&str> = text.lines().filter(|line| line.contains("NaN") || line.contains("inf ")).collect();
    assert!(dull.is_empty(), "{dull:?}");
}

#[test]
fn anchors_lead_somewhere() {
    let page = html(&MADE.mixed, &MADE.players);
    for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{link}\"")), "{link}");
    }
}

#[test]
fn the_report_is_the_same_twice_and_is_written_whole() {
    let Made { folder, mixed, players, .. } = &*MADE;
    write(mixed, folder, players).unwrap();
    let written = std::fs::read_to_string(folder.out.join("report.html")).unwrap();
    assert!(written == html(mixed, players), "two reports of one mix differ");
    assert_eq!(std::fs::read_to_string(folder.out.join("report.txt")).unwrap(), text(mixed, players));
}

#[test]
fn the_scorecard_judges_what_it_can() {
    let scores = scores(&MADE.mixed, &MADE.players);
    assert!(scores.len() >= 20, "{scores:#?}");
    let of = |measure: &str| scores.iter().find(|score| score.measure == measure);
    assert_eq!(of("Clipped samples").unwrap().value, "0 samples");
    assert!(of("Lost in mono").unwrap().value.ends_with("LU"));
    assert_eq!(of("Clicks at edits").unwrap().value, "0 clicks");
    // What the report prints is on the reference page, and in its order.
    let known: Vec<_> = crate::figures().iter().map(|figure| (figure.group, figure.name)).collect();
    let places: Vec<usize> = scores
        .iter()
        .map(|score| {
            known.iter().position(|known| *known == (score.group, score.measure)).expect(score.measure)
        })
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    // A song of voice, kick and bass has every figure but those of gates, pauses, phrases and other families.
    assert!(scores.len() + 9 >= known.len(), "{} of {}", scores.len(), known.len());
    let asked: std::collections::BTreeSet<usize> = crate::figures().iter().map(|figure| figure.row).collect();
    assert_eq!(asked, (2..=crate::QUESTIONS.len()).collect(), "every question but the first has a figure");
}

#[test]
fn the_plain_sum_adds_the_tracks_as_they_are() {
    let song = &MADE.mixed.listened.song;
    let sum = plain_sum(song, &MADE.mixed.session);
    let mut expected = vec![0f32; MADE.mixed.session.song.frames as usize];
    for stem in &song.stems {
        let mut wave = Audio::silence(song.rate, 1, expected.len());
        stem.clip.read(0, &mut [&mut wave.channels[0]]);
        expected.iter_mut().zip(&wave.channels[0]).for_each(|(sum, x)| *sum += x);
    }
    assert_eq!(sum.channels[0], expected);
    assert_eq!(sum.channels[1], expected, "mono stands in both sides");
}

#[test]
fn why_reads_what_the_mix_wrote() {
    let all = why(&MADE.folder, None).unwrap();
    assert_eq!(all.reasons.len(), MADE.mixed.journal.decisions.len());
    assert!(all.hand.is_empty(), "no hand has been here: {:?}", all.hand);
    let id = &MADE.mixed.session.tracks().next().unwrap().id;
    let one = why(&MADE.folder, Some(id)).unwrap();
    assert!(!one.reasons.is_empty() && one.reasons.len() < all.reasons.len());
    crate::set(&MADE.folder, &[format!("{id}/fader=-7.5")]).unwrap();
    let after = why(&MADE.folder, Some(&format!("{id}/fader"))).unwrap().text();
    assert!(after.contains("-7.5 dB"), "{after}");
}

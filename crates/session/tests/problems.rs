//! What a person gets wrong, and what the program says and does about it.

mod common;

use common::KINDS;
use mixsmith_session::{Address, Edit, FileError, Problem, Session, check, parse, print, update};

/// Frozen for ever: every later Mixsmith reads it.
const V1: &str = include_str!("fixtures/v1.toml");

fn read(text: &str) -> (Session, Vec<Problem>) {
    parse(text, &KINDS).unwrap()
}

/// The fixture with one thing changed, and the one problem that this makes.
fn slip(from: &str, to: &str) -> (String, Session, Problem) {
    let text = V1.replacen(from, to, 1);
    assert_ne!(text, V1, "`{from}` is in the fixture");
    let (session, problems) = read(&text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(check(&session, &KINDS), vec![]);
    assert_eq!(update(&text, &session, &KINDS), text);
    let problem = problems[0].clone();
    let line = text.lines().nth(problem.line - 1).unwrap();
    let first = to.lines().find(|line| !line.trim().is_empty()).unwrap();
    assert!(line.contains(first.trim()) || first.contains(line.trim()), "{problem}\npoints at: {line}");
    (text, session, problem)
}

#[test]
fn the_fixture_is_in_canonical_form() {
    let (session, problems) = read(V1);
    assert_eq!(problems, vec![]);
    assert_eq!(print(&session, &KINDS), V1);
    assert_eq!(session.song.markers[1].at, 600_001);
    assert_eq!(session.strip("vox").unwrap().clips()[0].at, -480);
}

#[test]
fn a_value_out_of_range_stands_at_its_default() {
    let (_, session, problem) = slip("fader = \"-3.2 dB\"", "fader = \"-320 dB\"");
    assert_eq!(session.value(&KINDS, &Address::strip("kick", "fader")), Ok(0.0));
    assert_eq!(problem.address, "kick/fader");
    assert_eq!(
        problem.to_string(),
        "line 35, column 1: kick/fader: -320 dB is out of range. It stands at 0 dB; Fader goes from -90 dB to 12 dB"
    );
}

#[test]
fn nothing_is_longer_than_a_day() {
    let (_, session, problem) = slip("length = \"190.500 s\"", "length = \"25:00:00\"");
    assert_eq!(problem.address, "song/length");
    let end = session.tracks().flat_map(|strip| strip.clips()).map(|clip| clip.at + clip.frames as i64).max();
    assert_eq!(Some(session.song.frames as i64), end);
    let seconds = session.song.frames as f64 / f64::from(session.song.rate);
    let help = format!("a song lasts 24 hours at most. It ends with its last clip, after {seconds:.3} s");
    assert!(problem.to_string().ends_with(&help), "{problem}");
    let (whole, _) = read(V1);
    for at in ["9223372036854775807 f", "-9223372036854775807 f", "-86401 s", "24:00:01"] {
        let (_, session, problem) = slip("at = \"-0.010 s\"", &format!("at = \"{at}\""));
        assert_eq!(
            session.strip("vox").map(|s| s.clips().len() + 1),
            whole.strip("vox").map(|s| s.clips().len())
        );
        assert!(problem.address.starts_with("vox/clips[0") && problem.says.contains("24 hours"), "{problem}");
    }
}

#[test]
fn text_that_is_no_value_is_left_out() {
    let (_, _, problem) = slip("ratio = \"4:1\"", "ratio = \"much\"");
    assert!(problem.says.contains("`much` is not a value such as 3:1"), "{problem}");
    let (_, _, problem) = slip("detector = \"rms\"", "detector = [1]");
    assert_eq!(problem.address, "vox/comp.detector");
    slip("on = false", "on = \"no\"");
    slip("tempo = 128.5", "tempo = \"fast\"");
    slip("tempo = 128.5", "tempo = 0.0");
    slip("channels = 1", "channels = 3");
    slip("length = \"188.000 s\"", "length = \"-188 s\"");
    slip("map = \"first\" },\n]", "map = \"frist\" },\n]");
    slip("tap = \"pre\"", "tap = \"before\"");
}

#[test]
fn a_wrong_name_is_guessed() {
    let (_, _, problem) = slip("threshold = \"-18.5 dB\"", "treshold = \"-18.5 dB\"");
    assert!(problem.help.contains("Did you mean `threshold`?"), "{problem}");
    let (_, session, problem) = slip("kind = \"eq.bell\"", "kind = \"eq.bel\"");
    assert!(problem.says.contains("did you mean `eq.bell`?"), "{problem}");
    assert_eq!(session.strip("vox").unwrap().inserts.len(), 1);
    let (_, session, problem) = slip("to = \"drums\"", "to = \"drms\"");
    assert!(problem.says.contains("did you mean `drums`?"), "{problem}");
    assert_eq!(session.strip("kick").unwrap().to.as_deref(), Some("master"));
    let (_, _, problem) = slip("key = \"kick\"", "key = \"kik\"");
    assert!(problem.says.contains("did you mean `kick`?"), "{problem}");
    slip("{ source = \"kick\"", "{ source = \"kik\"");
    slip("ride = [", "rde = [");
    slip("kind = \"return\"", "kind = \"retrun\"");
}

#[test]
fn a_loop_is_named_and_opened() {
    let (_, session, problem) = slip(
        "name = \"Drums\"\nkind = \"bus\"\nto = \"master\"",
        "to = \"drums\"\nname = \"Drums\"\nkind = \"bus\"",
    );
    assert!(problem.says.contains("drums > drums"), "{problem}");
    assert_eq!(session.strip("drums").unwrap().to.as_deref(), Some("master"));
    // A key makes sound wait as well: the kick's compressor may not listen to the bus that the kick feeds.
    let insert = "clips = [\n    { source = \"kick\", at = \"0.000 s\", length = \"190.000 s\" },\n]\n";
    let looped =
        format!("{insert}[strip.kick.inserts.duck]\nkind = \"dynamics.compressor\"\nkey = \"drums\"\n");
    let (session, problems) = read(&V1.replacen(insert, &looped, 1));
    assert_eq!(problems.len(), 1);
    // Both keys are sound by themselves; the one that closes the loop goes.
    assert_eq!(problems[0].address, "kick/duck.key");
    assert_eq!(session.strip("kick").unwrap().inserts[0].key, None);
}

#[test]
fn masters_are_counted() {
    let (_, session, _) = slip("kind = \"return\"", "kind = \"master\"");
    assert_eq!(session.master().unwrap().id, "master");
    let (session, problems) = read(&V1.replace("[strip.master]\nname = \"Master\"\nkind = \"master\"\n", ""));
    assert_eq!(session.master().unwrap().id, "master");
    assert!(problems.iter().any(|problem| problem.says == "there is no master"));
}

#[test]
fn bad_points_and_clips_leave_the_others() {
    let (_, session, problem) = slip("\"40.000 s  1 dB  hold\"", "\"40.000 s  100 dB  hold\"");
    assert_eq!(session.strip("vox").unwrap().lanes[0].points.len(), 1);
    assert_eq!(problem.address, "vox/ride[1]");
    slip("\"40.000 s  1 dB  hold\"", "\"later  1 dB  hold\"");
    slip("\"40.000 s  1 dB  hold\"", "40");
    let (_, session, _) = slip("at = \"-0.010 s\"", "at = \"soon\"");
    assert_eq!(session.strip("vox").unwrap().clips().len(), 1);
}

#[test]
fn what_cannot_be_automated_is_said() {
    let (_, _, problem) =
        slip("\"comp.threshold\" = [\n    \"0.000 s  -20 dB\"", "\"comp.lookahead\" = [\n    \"0 s  2 ms\"");
    assert!(problem.says.contains("Look-ahead cannot be automated"), "{problem}");
}

#[test]
fn names_are_words() {
    let text = V1.replace("[strip.drums", "[strip.\"The Drums\"");
    let (session, problems) = read(&text);
    assert!(problems.iter().any(|problem| problem.says.contains("no name for a strip")), "{problems:#?}");
    assert!(session.strip("The Drums").is_none());
    assert_eq!(check(&session, &KINDS), vec![]);
}

#[test]
fn what_is_no_toml_says_where() {
    let error = parse(&V1.replacen("\"-3.2 dB\"", "-3.2 dB", 1), &KINDS).unwrap_err();
    let FileError::Syntax { line, text, .. } = &error else { panic!("{error}") };
    assert_eq!((*line, text.as_str()), (35, "fader = -3.2 dB"));
    let error = parse(&V1.replace("[strip.plate]", "[strip.drums]"), &KINDS).unwrap_err();
    assert!(error.to_string().contains("twice"), "{error}");
    assert_eq!(parse("format = 2", &KINDS), Err(FileError::Newer(2)));
}

#[test]
fn nothing_that_a_person_wrote_is_lost() {
    let bad = V1.replacen("fader = \"-3.2 dB\"", "fader = \"loud\"  # as on the rough mix", 1).replacen(
        "\"40.000 s  1 dB  hold\"",
        "\"later  1 dB\",  # where?\n    \"40.000 s  1 dB  hold\"",
        1,
    );
    let (mut session, _) = read(&bad);
    let fader = Address::strip("kick", "fader");
    session.apply(&KINDS, &Edit::Set { at: fader, to: -2.0 }).unwrap();
    let lane = session.strip("vox").unwrap().lanes[0].clone();
    let mut lane = lane;
    lane.points[1].value = 2.0;
    session.apply(&KINDS, &Edit::Draw { strip: "vox".to_owned(), lane }).unwrap();
    let text = update(&bad, &session, &KINDS);
    assert_eq!(read(&text).0, session);
    assert!(text.contains("fader = \"-2 dB\"  # as on the rough mix"), "{text}");
    assert!(text.contains("    \"later  1 dB\",  # where?\n    \"40.000 s  2 dB  hold\","), "{text}");
    assert!(
        text.ends_with("\n# Kept from what is no more:\n# fader = \"loud\"  # as on the rough mix\n"),
        "{text}"
    );

    // A file that is no TOML any more is kept as comments.
    let broken = V1.replacen("\"-3.2 dB\"", "-3.2 dB", 1);
    let text = update(&broken, &session, &KINDS);
    assert_eq!(read(&text).0, session);
    assert!(text.contains("# fader = -3.2 dB\n"));
    assert_eq!(update(&text, &session, &KINDS), text);
}

#[test]
fn an_update_touches_one_line() {
    let windows = V1.replace('\n', "\r\n");
    for text in [V1, &windows] {
        let (mut session, _) = read(text);
        session.apply(&KINDS, &Edit::Set { at: Address::strip("vox", "pan"), to: 12.5 }).unwrap();
        let eq = Address::insert("vox", "eq", "freq");
        session.apply(&KINDS, &Edit::Set { at: eq, to: 800.0 }).unwrap();
        session.apply(&KINDS, &Edit::Set { at: Address::strip("vox", "width"), to: 80.0 }).unwrap();
        let updated = update(text, &session, &KINDS);
        let expected = text
            .replace(
                "pan = \"L35\"",
                &format!("pan = \"R12.5\"{}width = \"80%\"", if text == V1 { "\n" } else { "\r\n" }),
            )
            .replace("2500 Hz", "800 Hz");
        assert_eq!(updated, expected);
    }
}

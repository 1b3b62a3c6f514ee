//! Writes a set as Live 11.3 saves it.

use mixsmith_session::Tap;

use super::clips::{FOLDER, follow, grid};
use super::fold::fold;
use super::gzip;
use super::pen::Pen;
use crate::{Content, Desk, Kind, Loss, Written};

/// The Live that saves such sets; it and every later one opens them.
const VERSION: [(&str, &str); 5] = [
    ("MajorVersion", "5"),
    ("MinorVersion", "11.0_11300"),
    ("SchemaChangeCount", "3"),
    ("Creator", "Ableton Live 11.3.13"),
    ("Revision", "b376a4ffe2734bb43bb06f3a36871bb868ae2231"),
];

/// Stands for the number that is above all ids until they are all given out.
const UNKNOWN: &str = "above all";

/// Writes the files of a project.
pub(super) fn write(desk: &Desk) -> (Vec<Written>, Vec<Loss>) {
    let (folded, mut losses) = fold(desk);
    let name = crate::file_stem(&desk.title, &mut Vec::new());
    let folder = format!("{name} Project");
    let set = gzip::pack(&set(&folded));
    let mut files = vec![Written { path: format!("{folder}/{name}.als"), content: Content::Bytes(set) }];
    files.extend(desk.sounds.iter().enumerate().map(|(n, sound)| Written {
        path: format!("{folder}/{FOLDER}/{}.wav", sound.name),
        content: Content::Sound(n),
    }));
    losses.push(Loss::near(
        "song/set",
        None,
        "experimental: other readers of such sets read it, and no Live has opened one yet",
    ));
    losses.push(Loss::exact("song/tempo"));
    if !desk.markers.is_empty() {
        losses.push(Loss::exact("song/markers"));
    }
    (files, losses)
}

fn set(desk: &Desk) -> String {
    let returns: Vec<&str> =
        desk.channels.iter().filter(|c| c.kind == Kind::Return).map(|c| c.id.as_str()).collect();
    let mut pen = Pen::new(desk, returns);
    pen.to.open("Ableton", &VERSION.map(|(name, value)| (name, value.to_owned())));
    pen.open("LiveSet");
    pen.value("NextPointeeId", UNKNOWN);
    pen.values(&[("OverwriteProtectionNumber", "2819"), ("LomId", "0"), ("LomIdView", "0")]);
    pen.open("Tracks");
    desk.channels
        .iter()
        .filter(|channel| channel.kind != Kind::Master)
        .for_each(|channel| pen.track(channel));
    pen.close();
    desk.channels
        .iter()
        .filter(|channel| channel.kind == Kind::Master)
        .for_each(|channel| pen.track(channel));
    pen.headphones();
    rest(&mut pen);
    let next = pen.next_id().to_string();
    pen.to.finish().replacen(UNKNOWN, &next, 1)
}

fn rest(pen: &mut Pen<'_>) {
    let desk = pen.desk;
    if pen.returns.is_empty() {
        pen.nothing("SendsPre");
    } else {
        pen.open("SendsPre");
        for (n, to) in pen.returns.clone().into_iter().enumerate() {
            let mut sends = desk.channels.iter().flat_map(|channel| &channel.sends);
            let pre = sends.any(|send| send.to == to && send.tap == Tap::Pre);
            pen.to.empty("SendPreBool", &[("Id", n.to_string()), ("Value", pre.to_string())]);
        }
        pen.close();
    }
    pen.around("Scenes", |pen| {
        pen.open_id("Scene", 0);
        follow(pen);
        pen.values(&[("Name", ""), ("Annotation", ""), ("Color", "-1")]);
        pen.value("Tempo", desk.tempo);
        pen.values(&[
            ("IsTempoEnabled", "false"),
            ("TimeSignatureId", "201"),
            ("IsTimeSignatureEnabled", "false"),
            ("LomId", "0"),
        ]);
        pen.to.empty("ClipSlotsListWrapper", &[("LomId", "0".to_owned())]);
        pen.close();
    });
    pen.around("Transport", |pen| {
        pen.values(&[
            ("PhaseNudgeTempo", "10"),
            ("LoopOn", "false"),
            ("LoopStart", "0"),
            ("LoopLength", "16"),
            ("LoopIsSongStart", "false"),
            ("CurrentTime", "0"),
            ("PunchIn", "false"),
            ("PunchOut", "false"),
            ("MetronomeTickDuration", "0"),
            ("DrawMode", "false"),
        ]);
    });
    let corner = [("X", "0".to_owned()), ("Y", "0".to_owned())];
    pen.around("SongMasterValues", |pen| pen.to.empty("SessionScrollerPos", &corner));
    pen.nothing("SignalModulations");
    pen.values(&[("GlobalQuantisation", "4"), ("AutoQuantisation", "0")]);
    grid(pen);
    pen.around("ScaleInformation", |pen| pen.values(&[("RootNote", "0"), ("Name", "Major")]));
    pen.values(&[("InKey", "false"), ("SmpteFormat", "0")]);
    pen.around("TimeSelection", |pen| pen.values(&[("AnchorTime", "0"), ("OtherTime", "0")]));
    pen.around("SequencerNavigator", |pen| {
        pen.around("BeatTimeHelper", |pen| pen.value("CurrentZoom", 0.05));
        pen.to.empty("ScrollerPos", &corner);
        pen.to.empty("ClientSize", &[("X", "786".to_owned()), ("Y", "316".to_owned())]);
    });
    pen.values(&[("IsContentSplitterOpen", "true"), ("IsExpressionSplitterOpen", "true")]);
    for (name, types) in [("ExpressionLanes", [0, 1]), ("ContentLanes", [4, 5])] {
        pen.around(name, |pen| {
            for (id, kind) in types.into_iter().enumerate() {
                pen.open_id("ExpressionLane", id);
                pen.value("Type", kind);
                pen.values(&[("Size", "41"), ("IsMinimized", "false")]);
                pen.close();
            }
        });
    }
    pen.values(&[("ViewStateFxSlotCount", "4"), ("ViewStateSessionMixerHeight", "120")]);
    markers(pen);
    pen.nothing("DetailClipKeyMidis");
    for name in [
        "TracksListWrapper",
        "VisibleTracksListWrapper",
        "ReturnTracksListWrapper",
        "ScenesListWrapper",
        "CuePointsListWrapper",
    ] {
        pen.to.empty(name, &[("LomId", "0".to_owned())]);
    }
    pen.values(&[
        ("ChooserBar", "0"),
        ("Annotation", ""),
        ("SoloOrPflSavedValue", "true"),
        ("SoloInPlace", "true"),
        ("CrossfadeCurve", "2"),
        ("LatencyCompensation", "2"),
        ("HighlightedTrackIndex", "0"),
    ]);
    pen.around("GroovePool", |pen| {
        pen.value("LomId", 0);
        pen.nothing("Grooves");
    });
    pen.values(&[
        ("AutomationMode", "false"),
        ("SnapAutomationToGrid", "true"),
        ("ArrangementOverdub", "false"),
        ("ColorSequenceIndex", "0"),
    ]);
    for name in ["AutoColorPickerForPlayerAndGroupTracks", "AutoColorPickerForReturnAndMasterTracks"] {
        pen.around(name, |pen| pen.value("NextColorIndex", 0));
    }
    pen.values(&[
        ("ViewData", "{}"),
        ("ResetNonautomatedMidiControllersOnClipStarts", "true"),
        ("MidiFoldIn", "false"),
        ("MidiFoldMode", "0"),
        ("MultiClipFocusMode", "false"),
        ("MultiClipLoopBarHeight", "0"),
        ("MidiPrelisten", "false"),
    ]);
    pen.nothing("LinkedTrackGroups");
    pen.values(&[
        ("AccidentalSpellingPreference", "3"),
        ("PreferFlatRootNote", "false"),
        ("UseWarperLegacyHiQMode", "false"),
    ]);
    let nowhere = ["Top", "Left", "Bottom", "Right"].map(|side| (side, i32::MIN.to_string()));
    pen.to.empty("VideoWindowRect", &nowhere);
    pen.values(&[
        ("ShowVideoWindow", "true"),
        ("TrackHeaderWidth", "93"),
        ("ViewStateArrangerHasDetail", "true"),
        ("ViewStateSessionHasDetail", "true"),
        ("ViewStateDetailIsSample", "false"),
    ]);
    pen.around("ViewStates", |pen| {
        pen.values(&[
            ("SessionIO", "1"),
            ("SessionSends", "1"),
            ("SessionReturns", "1"),
            ("SessionMixer", "1"),
            ("SessionTrackDelay", "0"),
            ("SessionCrossFade", "0"),
            ("SessionShowOverView", "0"),
            ("ArrangerIO", "1"),
            ("ArrangerReturns", "1"),
            ("ArrangerMixer", "1"),
            ("ArrangerTrackDelay", "0"),
            ("ArrangerShowOverView", "1"),
        ]);
    });
}

fn markers(pen: &mut Pen<'_>) {
    let desk = pen.desk;
    pen.open("Locators");
    pen.open("Locators");
    for (n, marker) in desk.markers.iter().enumerate() {
        pen.open_id("Locator", n);
        pen.value("LomId", 0);
        pen.value("Time", desk.beats(marker.at as f64));
        pen.value("Name", &marker.name);
        pen.values(&[("Annotation", ""), ("IsSongStart", "false")]);
        pen.close();
    }
    pen.close();
    pen.close();
}

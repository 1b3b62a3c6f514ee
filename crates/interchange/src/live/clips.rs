//! Clips of the arrangement.

use super::pen::Pen;
use crate::course::amplitude;
use crate::{Channel, Region};

/// Where a project keeps sounds that came from outside, below its folder.
pub(super) const FOLDER: &str = "Samples/Imported";

/// Writes the clips of a track.
pub(super) fn write(pen: &mut Pen<'_>, channel: &Channel) {
    for (n, region) in channel.regions.iter().enumerate() {
        clip(pen, channel, region, n);
    }
}

fn clip(pen: &mut Pen<'_>, channel: &Channel, region: &Region, n: usize) {
    let Some(sound) = pen.desk.sounds.get(region.sound) else { return };
    let (seconds, beats) =
        (|frames: u64| pen.desk.seconds(frames as f64), |frames: f64| pen.desk.beats(frames));
    let (start, end) = (beats(region.at as f64), beats(region.at as f64 + region.frames as f64));
    let (from, to) = (seconds(region.from), seconds(region.from + region.frames));
    let (whole, whole_beats) = (seconds(sound.frames), beats(sound.frames as f64));
    let rate = pen.desk.rate;
    pen.to.open("AudioClip", &[("Id", n.to_string()), ("Time", start.to_string())]);
    pen.values(&[("LomId", "0"), ("LomIdView", "0")]);
    pen.value("CurrentStart", start);
    pen.value("CurrentEnd", end);
    // A clip that is not warped counts seconds of its sound.
    pen.around("Loop", |pen| {
        pen.value("LoopStart", from);
        pen.value("LoopEnd", to);
        pen.values(&[("StartRelative", "0"), ("LoopOn", "false")]);
        pen.value("OutMarker", to);
        pen.value("HiddenLoopStart", 0);
        pen.value("HiddenLoopEnd", whole);
    });
    pen.value("Name", &channel.name);
    pen.value("Annotation", "");
    pen.value("Color", super::colours::place(&channel.colour));
    pen.values(&[("LaunchMode", "0"), ("LaunchQuantisation", "0")]);
    pen.around("TimeSignature", |pen| {
        pen.around("TimeSignatures", |pen| {
            pen.open_id("RemoteableTimeSignature", 0);
            pen.values(&[("Numerator", "4"), ("Denominator", "4"), ("Time", "0")]);
            pen.close();
        });
    });
    pen.around("Envelopes", |pen| pen.nothing("Envelopes"));
    pen.around("ScrollerTimePreserver", |pen| {
        pen.value("LeftTime", 0);
        pen.value("RightTime", whole_beats);
    });
    pen.around("TimeSelection", |pen| pen.values(&[("AnchorTime", "0"), ("OtherTime", "0")]));
    pen.values(&[("Legato", "false"), ("Ram", "false")]);
    pen.around("GrooveSettings", |pen| pen.value("GrooveId", -1));
    pen.values(&[("Disabled", "false"), ("VelocityAmount", "0")]);
    follow(pen);
    grid(pen);
    pen.values(&[("FreezeStart", "0"), ("FreezeEnd", "0"), ("IsWarped", "false"), ("TakeId", "1")]);
    pen.around("SampleRef", |pen| {
        pen.around("FileRef", |pen| {
            // Below the folder that the set lies in.
            pen.value("RelativePathType", 1);
            pen.value("RelativePath", format!("{FOLDER}/{}.wav", sound.name));
            pen.values(&[("Path", ""), ("Type", "1"), ("LivePackName", ""), ("LivePackId", "")]);
            pen.values(&[("OriginalFileSize", "0"), ("OriginalCrc", "0")]);
        });
        pen.value("LastModDate", 0);
        pen.nothing("SourceContext");
        pen.value("SampleUsageHint", 0);
        pen.value("DefaultDuration", sound.frames);
        pen.value("DefaultSampleRate", rate);
    });
    pen.around("Onsets", |pen| {
        pen.nothing("UserOnsets");
        pen.value("HasUserOnsets", false);
    });
    pen.values(&[
        ("WarpMode", "0"),
        ("GranularityTones", "30"),
        ("GranularityTexture", "65"),
        ("FluctuationTexture", "25"),
        ("TransientResolution", "6"),
        ("TransientLoopMode", "2"),
        ("TransientEnvelope", "100"),
        ("ComplexProFormants", "100"),
        ("ComplexProEnvelope", "128"),
        ("Sync", "true"),
        ("HiQ", "true"),
        ("Fade", "false"),
    ]);
    pen.around("Fades", |pen| {
        pen.values(&[
            ("FadeInLength", "0"),
            ("FadeOutLength", "0"),
            ("ClipFadesAreInitialized", "true"),
            ("CrossfadeInState", "0"),
            ("FadeInCurveSkew", "0"),
            ("FadeInCurveSlope", "0"),
            ("FadeOutCurveSkew", "0"),
            ("FadeOutCurveSlope", "0"),
            ("IsDefaultFadeIn", "false"),
            ("IsDefaultFadeOut", "false"),
        ]);
    });
    pen.values(&[("PitchCoarse", "0"), ("PitchFine", "0")]);
    pen.value("SampleVolume", amplitude(region.gain));
    pen.values(&[("MarkerDensity", "2"), ("AutoWarpTolerance", "4")]);
    pen.around("WarpMarkers", |pen| {
        for (id, (second, beat)) in [(0.0, 0.0), (whole, whole_beats)].into_iter().enumerate() {
            let marker =
                [("Id", id.to_string()), ("SecTime", second.to_string()), ("BeatTime", beat.to_string())];
            pen.to.empty("WarpMarker", &marker);
        }
    });
    pen.nothing("SavedWarpMarkersForStretched");
    pen.values(&[("MarkersGenerated", "true"), ("IsSongTempoMaster", "false")]);
    pen.close();
}

/// What a clip or a scene does when it has been played; nothing.
pub(super) fn follow(pen: &mut Pen<'_>) {
    pen.around("FollowAction", |pen| {
        pen.values(&[
            ("FollowTime", "4"),
            ("IsLinked", "true"),
            ("LoopIterations", "1"),
            ("FollowActionA", "4"),
            ("FollowActionB", "0"),
            ("FollowChanceA", "100"),
            ("FollowChanceB", "0"),
            ("JumpIndexA", "0"),
            ("JumpIndexB", "0"),
            ("FollowActionEnabled", "false"),
        ]);
    });
}

/// The grid that is shown.
pub(super) fn grid(pen: &mut Pen<'_>) {
    pen.around("Grid", |pen| {
        pen.values(&[
            ("FixedNumerator", "1"),
            ("FixedDenominator", "16"),
            ("GridIntervalPixel", "20"),
            ("Ntoles", "2"),
            ("SnapToGrid", "true"),
            ("Fixed", "false"),
        ]);
    });
}

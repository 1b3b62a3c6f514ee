//! What meters read of one sound file.

mod picture;

use std::fmt::Write as _;
use std::path::Path;

use mixsmith_analysis::{Fact, Qty, ears};
use mixsmith_audio::{Audio, read};
use mixsmith_dsp::meter::{Ballistics, Correlation, Goniometer, LoudnessMeter, Needle, Octaves};
use serde::Serialize;

use crate::PipelineError;

/// A sound file on the meters. What a silent file has not is missing.
#[derive(Clone, Debug, Serialize)]
pub struct Readings {
    /// As it was named.
    pub file: String,
    /// Frames a second.
    pub rate: u32,
    /// Channels of the file; meters look at the first two.
    pub channels: usize,
    /// Length.
    pub seconds: f64,
    /// Loudness (ITU-R BS.1770-5, EBU Tech 3341 and 3342).
    pub loudness: LoudnessReadings,
    /// True peak, dBTP.
    pub true_peak: Option<f64>,
    /// Largest sample, dBFS.
    pub sample_peak: Option<f64>,
    /// Root mean square over the whole file, dBFS; a full-scale sine is -3.01.
    pub rms: Option<f64>,
    /// Largest sample over root mean square, dB.
    pub crest: Option<f64>,
    /// The K-system's average level against its three zeros.
    pub k: KReadings,
    /// The highest that needles stood, dB of a full-scale sine, the higher of both channels.
    pub needles: NeedleReadings,
    /// Left against right; missing for a mono file.
    pub stereo: Option<StereoReadings>,
    /// Levels by third octave from 20 Hz to 20 kHz, mean of both channels, dBFS; a full-scale sine is -3.01.
    pub third_octaves: Vec<Band>,
    #[serde(skip)]
    field: Goniometer,
}

/// Loudness, LUFS and LU.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LoudnessReadings {
    /// Of the whole programme, gated.
    pub integrated: Option<f64>,
    /// Loudness range, LU.
    pub range: Option<f64>,
    /// Loudest 400 ms.
    pub momentary_max: Option<f64>,
    /// Loudest 3 s.
    pub short_term_max: Option<f64>,
}

/// Mean power of both channels over 600 ms, as the K-system reads it: 0 is 12, 14 or 20 dB below a full-scale sine.
#[derive(Clone, Debug, Default, Serialize)]
pub struct KReadings {
    /// Over the whole file, against 20 dB below full scale.
    pub k20: Option<KReading>,
    /// Against 14 dB below full scale.
    pub k14: Option<KReading>,
    /// Against 12 dB below full scale.
    pub k12: Option<KReading>,
}

/// One of them, dB against its zero.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct KReading {
    /// Over the whole file.
    pub average: f64,
    /// The highest that the needle stood.
    pub most: f64,
}

/// Needles after IEC 60268, dB of a full-scale sine.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NeedleReadings {
    /// Peak programme meter, type I (IEC 60268-10).
    pub ppm_type_1: Option<f64>,
    /// Peak programme meter, type II (IEC 60268-10).
    pub ppm_type_2: Option<f64>,
    /// Volume indicator (IEC 60268-17).
    pub vu: Option<f64>,
}

/// Left against right.
#[derive(Clone, Debug, Serialize)]
pub struct StereoReadings {
    /// Correlation while the sound plays, -1 to 1.
    pub correlation: f64,
    /// The lowest that a needle of 300 ms stood.
    pub correlation_least: f64,
    /// Side over middle, dB.
    pub width: f64,
    /// Left over right, dB.
    pub balance: f64,
    /// How much softer it is in mono, LU.
    pub mono_loss: f64,
}

/// A band and its level.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Band {
    /// Centre.
    pub hz: f64,
    /// Level.
    pub db: f64,
}

/// Puts a sound file on the meters.
pub fn meter(path: &Path) -> Result<Readings, PipelineError> {
    let no_sound = |why: String| PipelineError::NoSound { path: path.to_owned(), why };
    let streams = read(path).map_err(|error| no_sound(error.to_string()))?.streams;
    let mut audio =
        streams.into_iter().next().ok_or_else(|| no_sound("there is no sound in it".to_owned()))?.audio;
    let channels = audio.channels.len();
    audio.channels.truncate(2);
    if audio.frames() == 0 {
        return Err(no_sound("there is no sound in it".to_owned()));
    }
    Ok(Readings { file: path.display().to_string(), channels, ..readings(&audio) })
}

fn readings(audio: &Audio) -> Readings {
    let facts = ears::measure_levels("", audio).0;
    let number = |what: &str| facts.iter().find(|fact| fact.what == what).and_then(as_number);
    let rate = f64::from(audio.rate);
    let left = &audio.channels[0];
    let right = audio.channels.get(1).unwrap_or(left);
    let heard = number("peak.sample");
    let shown = |value: f64| heard.map(|_| value);
    let most = |ballistics| {
        let sides = audio.channels.iter().map(|channel| {
            let mut needle = Needle::new(ballistics, rate);
            needle.run(channel);
            needle.most()
        });
        shown(sides.fold(f64::NEG_INFINITY, f64::max))
    };
    let mut loudness = LoudnessMeter::new(rate);
    loudness.run(left, right);
    let rms = number("level.rms");
    // Both channels as one: the needle of the mean power is read from a sound of that power.
    let mut average = Needle::new(Ballistics::Average, rate);
    let power: Vec<f32> = left.iter().zip(right).map(|(l, r)| (0.5 * (l * l + r * r)).sqrt()).collect();
    average.run(&power);
    let k = |zero: f64| {
        // A full-scale sine is 0 here, and -3.01 as a mean square.
        rms.map(|rms| KReading { average: rms + 3.0103 + zero, most: average.most() + zero })
    };
    let mut octaves = Octaves::new(3, rate);
    octaves.run(left, right);
    let mut field = Goniometer::new(61, heard.map_or(1.0, |peak| 10f64.powf(peak / 20.0)));
    field.run(left, right);
    let stereo = audio.channels.get(1).map(|_| {
        let mut needle = Correlation::new(300.0, rate);
        needle.run(left, right);
        StereoReadings {
            correlation: number("stereo.correlation").unwrap_or(1.0),
            correlation_least: needle.least(),
            width: number("stereo.width").unwrap_or(-100.0),
            balance: number("stereo.balance").unwrap_or(0.0),
            mono_loss: number("stereo.mono_loss").unwrap_or(0.0),
        }
    });
    Readings {
        file: String::new(),
        rate: audio.rate,
        channels: audio.channels.len(),
        seconds: audio.seconds(),
        loudness: LoudnessReadings {
            integrated: number("loudness.integrated"),
            range: number("loudness.range"),
            momentary_max: shown(loudness.momentary_most()),
            short_term_max: shown(loudness.short_term_most()),
        },
        true_peak: number("peak.true"),
        sample_peak: heard,
        rms,
        crest: heard.zip(rms).map(|(peak, rms)| peak - rms),
        k: KReadings { k20: k(20.0), k14: k(14.0), k12: k(12.0) },
        needles: NeedleReadings {
            ppm_type_1: most(Ballistics::PeakOne),
            ppm_type_2: most(Ballistics::PeakTwo),
            vu: most(Ballistics::Vu),
        },
        stereo,
        third_octaves: octaves.bands().into_iter().map(|(hz, db)| Band { hz, db }).collect(),
        field,
    }
}

fn as_number(fact: &Fact) -> Option<f64> {
    match fact.value {
        Qty::Number(number) => Some(number),
        _ => None,
    }
}

/// `63 Hz`, `1.25 kHz`: the name that a band goes by.
fn band_name(hz: f64) -> String {
    const NAMES: [f64; 10] = [1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0];
    let decade = 10f64.powf((hz * 1.06).log10().floor());
    let name = NAMES.into_iter().min_by(|a, b| (a * decade - hz).abs().total_cmp(&(b * decade - hz).abs()));
    let name = name.unwrap_or(1.0) * decade;
    if name >= 1000.0 {
        format!("{} kHz", (name / 10.0).round() / 100.0)
    } else {
        format!("{} Hz", (name * 10.0).round() / 10.0)
    }
}

impl Readings {
    /// A table for a person.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let value =
            |value: Option<f64>, unit: &str| value.map_or("silent".to_owned(), |v| format!("{v:.1} {unit}"));
        let mut line = |name: &str, says: &str| {
            let _ = writeln!(text, "{name:<22}{says}");
        };
        line(
            "file",
            &format!(
                "{}, {} Hz, {} channel{}, {:.1} s",
                self.file,
                self.rate,
                self.channels,
                if self.channels == 1 { "" } else { "s" },
                self.seconds
            ),
        );
        let loudness = &self.loudness;
        line("loudness", &format!("{} integrated", value(loudness.integrated, "LUFS")));
        line("loudness range", &value(loudness.range, "LU"));
        line("momentary, most", &value(loudness.momentary_max, "LUFS"));
        line("short-term, most", &value(loudness.short_term_max, "LUFS"));
        line("true peak", &value(self.true_peak, "dBTP"));
        line("sample peak", &value(self.sample_peak, "dBFS"));
        line("RMS", &value(self.rms, "dBFS"));
        line("crest", &value(self.crest, "dB"));
        for (name, reading) in [("K-20", self.k.k20), ("K-14", self.k.k14), ("K-12", self.k.k12)] {
            let says = reading.map_or("silent".to_owned(), |k| {
                format!("{:+.1} dB on average, {:+.1} dB at most", k.average, k.most)
            });
            line(name, &says);
        }
        line("PPM type I, most", &value(self.needles.ppm_type_1, "dBFS"));
        line("PPM type II, most", &value(self.needles.ppm_type_2, "dBFS"));
        line("VU, most", &value(self.needles.vu, "dBFS"));
        if let Some(stereo) = &self.stereo {
            line(
                "correlation",
                &format!("{:.2}, {:.2} at least", stereo.correlation, stereo.correlation_least),
            );
            line("width", &format!("{:.1} dB side over middle", stereo.width));
            line("balance", &format!("{:+.1} dB left over right", stereo.balance));
            line("mono loss", &format!("{:.1} LU", stereo.mono_loss));
        }
        for band in &self.third_octaves {
            let bar = "#".repeat(((band.db + 100.0).max(0.0) / 2.5) as usize);
            line(&band_name(band.hz), &format!("{:7.1} dBFS  {bar}", band.db));
        }
        text
    }

    /// A picture: where the sound stood between left and right, and its third octaves.
    pub fn svg(&self) -> String {
        picture::draw(&self.field, &self.third_octaves, &self.file)
    }

    /// Writes the picture.
    pub fn write_svg(&self, path: &Path) -> Result<(), PipelineError> {
        mixsmith_audio::write_atomic(&mixsmith_audio::disk::real(), path, self.svg().as_bytes())
            .map_err(PipelineError::io(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, size: f64, seconds: usize) -> Vec<f32> {
        let turn = std::f64::consts::TAU * hz / 48_000.0;
        (0..48_000 * seconds).map(|i| (size * (turn * i as f64).sin()) as f32).collect()
    }

    #[test]
    fn a_tone_reads_what_it_is_on_every_meter() {
        // -20 dBFS on both sides: 0 on K-20, -20 LUFS but for the weighting at 1 kHz.
        let sound = tone(997.0, 0.1, 20);
        let found = readings(&Audio::stereo(48_000, sound.clone(), sound));
        let near = |value: Option<f64>, wanted: f64, by: f64| {
            let value = value.expect("a reading");
            assert!((value - wanted).abs() < by, "{value} for {wanted}");
        };
        near(found.loudness.integrated, -20.0, 0.05);
        near(found.loudness.momentary_max, -20.0, 0.05);
        near(found.loudness.short_term_max, -20.0, 0.05);
        near(found.true_peak, -20.0, 0.05);
        near(found.rms, -23.01, 0.02);
        near(found.crest, 3.01, 0.02);
        for (k, zero) in [(found.k.k20, 20.0), (found.k.k14, 14.0), (found.k.k12, 12.0)] {
            near(k.map(|k| k.average), zero - 20.0, 0.02);
            near(k.map(|k| k.most), zero - 20.0, 0.05);
        }
        near(found.needles.ppm_type_1, -20.0, 0.15);
        near(found.needles.ppm_type_2, -20.0, 0.15);
        // A volume indicator goes a little beyond.
        near(found.needles.vu, -19.9, 0.1);
        let stereo = found.stereo.as_ref().expect("two channels");
        assert!(
            stereo.correlation > 0.999 && stereo.correlation_least > 0.999 && stereo.balance.abs() < 0.01
        );
        let band = found.third_octaves.iter().find(|band| band_name(band.hz) == "1 kHz").expect("a band");
        assert!((band.db + 23.0).abs() < 0.3, "{}", band.db);
        let text = found.text();
        assert!(
            text.contains("-20.0 LUFS integrated") && text.contains("K-20") && text.contains("1 kHz"),
            "{text}"
        );
    }

    #[test]
    fn bands_go_by_their_usual_names() {
        let sound = tone(100.0, 0.5, 2);
        let found = readings(&Audio::mono(48_000, sound));
        let names: Vec<String> = found.third_octaves.iter().map(|band| band_name(band.hz)).collect();
        assert_eq!(names[..5], ["20 Hz", "25 Hz", "31.5 Hz", "40 Hz", "50 Hz"]);
        assert_eq!(names[names.len() - 3..], ["12.5 kHz", "16 kHz", "20 kHz"]);
        assert_eq!(names.len(), 31);
        assert!(found.stereo.is_none());
    }

    #[test]
    fn silence_has_no_readings_and_a_picture_all_the_same() {
        let found = readings(&Audio::silence(48_000, 2, 48_000));
        assert!(found.loudness.integrated.is_none() && found.true_peak.is_none() && found.k.k20.is_none());
        assert!(found.text().contains("silent"));
        let svg = found.svg();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n") && !svg.contains("NaN"));
        let json = serde_json::to_value(&found).unwrap();
        assert!(json["loudness"]["integrated"].is_null() && json.get("field").is_none());
    }
}

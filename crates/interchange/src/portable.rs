//! Our processors as devices that other programs have too, and back.

use mixsmith_effects::KINDS;
use mixsmith_session::{Insert, Strip};

use crate::{Band, BandKind, Compressor, Delay, Device, Gate, Limiter, Processing, Reverb};

/// By how much mean power reads a sine below its peak, dB.
const MEAN: f32 = 3.0103;

/// A device with what of the insert it leaves out.
pub(crate) struct Portable {
    pub device: Device,
    /// What is not there, in words.
    pub without: Vec<String>,
}

/// A value of an insert, or its default.
fn value(insert: &Insert, param: &str) -> f32 {
    let default = || {
        let kind = KINDS.get(&insert.kind)?;
        kind.params.iter().find(|known| known.id == param).map(|known| known.default)
    };
    insert.values.get(param).copied().or_else(default).unwrap_or(0.0)
}

/// The device that an insert is in a song of a tempo, or why no other program has such a thing.
pub(crate) fn portable(strip: &Strip, insert: &Insert, tempo: f32) -> Result<Portable, String> {
    let name = KINDS.get(&insert.kind).map_or(insert.kind.as_str(), |kind| kind.name);
    if let Some(key) = &insert.key {
        return Err(format!("it listens to {key}"));
    }
    let prefix = format!("{}.", insert.id);
    if strip.lanes.iter().any(|lane| lane.target.starts_with(&prefix)) {
        return Err("it is automated".to_owned());
    }
    let get = |param: &str| value(insert, param);
    let mut without = Vec::new();
    let mut leave = |is: bool, what: &str| {
        if is {
            without.push(what.to_owned());
        }
    };
    let does = match insert.kind.as_str() {
        "tone.equaliser" => Processing::Equaliser(bands(insert)?),
        "dynamics.compressor" => {
            if get("mix") < 100.0 {
                return Err("it mixes dry and compressed sound".to_owned());
            }
            leave(get("character") != 0.0, "its character");
            let mean = get("detector") != 0.0;
            leave(mean, "the detector of mean power, so the threshold is 3 dB higher");
            leave(get("keylowcut") > 10.0 || get("keyhighcut") < 20_000.0, "the filter of its detector");
            leave(get("lookahead") > 0.0, "look-ahead");
            Processing::Compressor(Compressor {
                // Mean power reads a sine 3 dB below its peak, which is what other programs read.
                threshold: (get("threshold") + if mean { MEAN } else { 0.0 }).min(0.0),
                ratio: get("ratio"),
                knee: get("knee"),
                attack: get("attack"),
                release: get("release"),
                makeup: get("makeup"),
            })
        }
        "dynamics.gate" => {
            leave(get("hysteresis") > 0.0, "hysteresis");
            leave(get("keylowcut") > 10.0 || get("keyhighcut") < 20_000.0, "the filter of its detector");
            leave(get("lookahead") > 0.0, "look-ahead");
            Processing::Gate(Gate {
                threshold: get("threshold"),
                range: get("range"),
                ratio: get("ratio"),
                attack: get("attack"),
                hold: get("hold"),
                release: get("release"),
            })
        }
        "dynamics.limiter" => {
            leave(true, "true peak and look-ahead as ours");
            Processing::Limiter(Limiter {
                ceiling: get("ceiling"),
                gain: get("gain"),
                release: get("release"),
            })
        }
        "space.delay" => {
            leave(get("pingpong") != 0.0, "the way from side to side");
            leave(get("duck") > 0.0, "stepping back while the voice sounds");
            Processing::Delay(Delay {
                time: note_ms(get("note"), tempo).unwrap_or_else(|| get("time")),
                feedback: get("feedback"),
                low_cut: get("lowcut"),
                high_cut: get("highcut"),
                mix: get("mix"),
            })
        }
        "space.reverb" => Processing::Reverb(Reverb {
            decay: get("decay"),
            predelay: get("predelay"),
            low_cut: get("lowcut"),
            high_cut: get("highcut"),
            mix: get("mix"),
        }),
        _ => return Err(format!("no other program has this {}", name.to_lowercase())),
    };
    let device = Device { id: insert.id.clone(), name: name.to_owned(), on: insert.on, does };
    Ok(Portable { device, without })
}

/// Milliseconds of a note of the delay's list, by its word: `1/8d` is dotted, `1/8t` a triplet; none where it is free.
fn note_ms(note: f32, tempo: f32) -> Option<f32> {
    let word = mixsmith_effects::delay::NOTES.get(note as usize)?.strip_prefix("1/")?;
    let share = if word.ends_with('d') {
        1.5
    } else if word.ends_with('t') {
        2.0 / 3.0
    } else {
        1.0
    };
    let part: f32 = word.trim_end_matches(['d', 't']).parse().ok()?;
    Some(4.0 / part * share * 60_000.0 / tempo.clamp(20.0, 400.0))
}

fn bands(insert: &Insert) -> Result<Vec<Band>, String> {
    let mut bands = Vec::new();
    for n in 1..=mixsmith_effects::equaliser::BANDS {
        let get = |param: &str| value(insert, &format!("{param}{n}"));
        let kind = get("type") as usize;
        let Some(&kind) = kind.checked_sub(1).and_then(|place| BandKind::ALL.get(place)) else { continue };
        if get("place") != 0.0 {
            return Err("a band works on the middle or the sides alone".to_owned());
        }
        let order = [1, 2, 3, 4, 6, 8][(get("slope") as usize).min(5)];
        let order = if kind.is_pass() { order } else { 2 };
        bands.push(Band { kind, freq: get("freq"), gain: get("gain"), q: get("q"), order, on: true });
    }
    Ok(bands)
}

/// The insert that a device is, with values within the ranges of our processors, and what of it had to give way.
pub(crate) fn insert(device: &Device, id: &str) -> (Insert, Vec<String>) {
    let mut gave = Vec::new();
    let (kind, values): (&str, Vec<(String, f32)>) = match &device.does {
        Processing::Equaliser(bands) => {
            let most = mixsmith_effects::equaliser::BANDS;
            let live: Vec<&Band> = bands.iter().filter(|band| band.on).collect();
            if live.len() > most {
                gave.push(format!("{} bands more than {most}", live.len() - most));
            }
            let slope = |order: u32| [1, 2, 3, 4, 6, 8].iter().position(|&o| o >= order).unwrap_or(5) as f32;
            let values = live.iter().take(most).enumerate().flat_map(|(n, band)| {
                let named = |param: &str| format!("{param}{}", n + 1);
                let mut values = vec![
                    (named("type"), band.kind.place()),
                    (named("freq"), band.freq),
                    (named("q"), band.q),
                ];
                if band.kind.is_pass() {
                    values.push((named("slope"), slope(band.order)));
                } else if band.kind != BandKind::Notch {
                    values.push((named("gain"), band.gain));
                }
                values
            });
            ("tone.equaliser", values.collect())
        }
        Processing::Compressor(c) => {
            let values = [
                ("threshold", c.threshold),
                ("ratio", c.ratio),
                ("knee", c.knee),
                ("attack", c.attack),
                ("release", c.release),
                ("makeup", c.makeup),
            ];
            ("dynamics.compressor", values.map(|(id, value)| (id.to_owned(), value)).to_vec())
        }
        Processing::Gate(g) => {
            let values = [
                ("threshold", g.threshold),
                ("range", g.range),
                ("ratio", g.ratio),
                ("attack", g.attack),
                ("hold", g.hold),
                ("release", g.release),
            ];
            ("dynamics.gate", values.map(|(id, value)| (id.to_owned(), value)).to_vec())
        }
        Processing::Limiter(l) => {
            let values = [("ceiling", l.ceiling), ("gain", l.gain), ("release", l.release)];
            ("dynamics.limiter", values.map(|(id, value)| (id.to_owned(), value)).to_vec())
        }
        Processing::Delay(d) => {
            let values = [
                ("note", 0.0),
                ("time", d.time),
                ("feedback", d.feedback),
                ("lowcut", d.low_cut),
                ("highcut", d.high_cut),
                ("mix", d.mix),
            ];
            ("space.delay", values.map(|(id, value)| (id.to_owned(), value)).to_vec())
        }
        Processing::Reverb(r) => {
            let values = [
                ("decay", r.decay),
                ("predelay", r.predelay),
                ("lowcut", r.low_cut),
                ("highcut", r.high_cut),
                ("mix", r.mix),
            ];
            ("space.reverb", values.map(|(id, value)| (id.to_owned(), value)).to_vec())
        }
    };
    let mut insert = Insert::new(id, kind, &[]);
    insert.on = device.on;
    let table = KINDS.get(kind).map_or(&[][..], |kind| kind.params);
    for (id, value) in values {
        let Some(param) = table.iter().find(|param| param.id == id) else { continue };
        let fits = if value.is_finite() {
            value.clamp(*param.range.start(), *param.range.end())
        } else {
            param.default
        };
        if (fits - value).abs() > 1e-3 || !value.is_finite() {
            gave.push(format!("{} {} for {value}", param.name.to_lowercase(), param.unit.print(fits)));
        }
        insert.values.insert(id, fits);
    }
    (insert, gave)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_session::StripKind;

    #[test]
    fn notes_last_as_their_words_say() {
        for (word, ms) in
            [("1/4", 500.0), ("1/8d", 375.0), ("1/4t", 333.333), ("1/32", 62.5), ("1/1", 2000.0)]
        {
            let note = mixsmith_effects::delay::NOTES.iter().position(|known| *known == word).unwrap();
            assert!((note_ms(note as f32, 120.0).unwrap() - ms).abs() < 0.01, "{word}");
        }
        assert_eq!(note_ms(0.0, 120.0), None);
    }

    #[test]
    fn a_sine_is_turned_down_alike_whatever_the_detector_reads() {
        let strip = Strip::new("vox", "Vox", StripKind::Bus);
        let threshold = |detector: f32| {
            let values = [("threshold", -24.0), ("detector", detector)];
            let found = portable(&strip, &Insert::new("comp", "dynamics.compressor", &values), 120.0).ok()?;
            match found.device.does {
                Processing::Compressor(c) => Some((c.threshold, found.without.len())),
                _ => None,
            }
        };
        assert_eq!(threshold(0.0), Some((-24.0, 0)));
        assert_eq!(threshold(1.0), Some((-24.0 + MEAN, 1)));
    }
}

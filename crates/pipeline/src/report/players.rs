//! What the report plays: before, mix and master, over the same stretch and equally loud.

use mixsmith_analysis::{Facts, Song, Span, ears};
use mixsmith_assistant::mixmodel::{STEP, energy, lufs};
use mixsmith_audio::{Audio, Dither, flac_bytes};
use mixsmith_dsp::loudness::KWeighting;
use mixsmith_session::Session;

use crate::Mixed;
use crate::meter::{Level, Meter};
use crate::scorecard::{clicks, deep};

/// Songs up to this long are heard whole, seconds.
const WHOLE: f64 = 60.0;
/// Longer ones as much as this, seconds.
const EXCERPT: f64 = 45.0;
/// What all are matched to when their peaks allow it, LUFS.
const MATCH: f64 = -16.0;
/// No player passes this true peak, dBTP.
const CEILING: f64 = -1.0;

/// The three that are compared.
#[derive(Debug)]
pub struct Players {
    /// Where the excerpt starts in the song, seconds.
    pub start: f64,
    /// The plain sum of the tracks as recorded.
    pub before: Take,
    /// The mix.
    pub after: Take,
    /// The master.
    pub master: Take,
    /// How loud each of them is in its player, LUFS.
    pub loudness: f64,
    /// What was measured of the whole plain sum, under the name `before`.
    pub heard: Facts,
    /// Least of peak over short-term loudness in the master, dB (PSR).
    pub psr: Option<f64>,
    /// Share of the mix's energy that is held below 35 Hz.
    pub held: Option<f64>,
    /// Moments at which an edit clicks in the mix, seconds.
    pub clicks: Vec<f64>,
}

/// One of the three.
#[derive(Debug)]
pub struct Take {
    /// The excerpt with its gain.
    pub audio: Audio,
    /// Gain that makes it as loud as the others, dB.
    pub gain: f64,
}

impl Players {
    /// Cuts and matches. `before` is [`plain_sum`]; `mix` and `master` are whole, as printed. `mixed` tells where the
    /// song is loudest.
    pub fn new(mixed: &Mixed, before: &Audio, mix: &Audio, master: &Audio) -> Players {
        let (start, length) =
            stretch(mix.seconds(), &mixed.heard, mixed.listened.facts.spans("sections", ""));
        let measure = || {
            let (facts, _) = ears::measure_stem("before", before);
            facts
        };
        let edges = || (deep::held(mix), clicks::clicks(&mixed.session, before, mix));
        let (facts, (psr, (held, clicks))) = rayon::join(measure, || (least_psr(master), edges()));
        let mut heard = Facts::default();
        heard.extend(facts);
        let mut cuts = [before, mix, master].map(|audio| cut(audio, start, length));
        let gains = matched(cuts.each_ref().map(level));
        for (audio, gain) in cuts.iter_mut().zip(gains.1) {
            let gain = 10f32.powf(gain as f32 / 20.0);
            audio.channels.iter_mut().flatten().for_each(|sample| *sample *= gain);
        }
        let [before, after, master] = cuts;
        let take = |audio, gain| Take { audio, gain };
        Players {
            start,
            before: take(before, gains.1[0]),
            after: take(after, gains.1[1]),
            master: take(master, gains.1[2]),
            loudness: gains.0,
            heard,
            psr,
            held,
            clicks,
        }
    }

    /// The three with their names.
    pub fn takes(&self) -> [(&'static str, &Take); 3] {
        [("Before", &self.before), ("Mix", &self.after), ("Master", &self.master)]
    }

    /// Where the excerpt ends in the song, seconds.
    pub fn end(&self) -> f64 {
        self.start + self.after.audio.seconds()
    }
}

impl Take {
    /// As a FLAC file of 16 bits with triangular dither; none for what FLAC cannot hold.
    pub fn flac(&self) -> Option<Vec<u8>> {
        flac_bytes(&self.audio, 16, Dither::Tpdf).ok()
    }
}

/// Loudness at which three excerpts are heard, and the gain that brings each there: as loud as all of them can be
/// without passing -1 dBTP, at most -16 LUFS. Silence gets no gain.
pub fn matched(levels: [Level; 3]) -> (f64, [f64; 3]) {
    let heard = levels.iter().filter(|level| level.loudness > -70.0);
    let room = heard.map(|level| level.loudness - level.true_peak + CEILING);
    let target = room.fold(MATCH, f64::min);
    (target, levels.map(|level| if level.loudness > -70.0 { target - level.loudness } else { 0.0 }))
}

/// Every recorded track that the session plays, as delivered and added up, for the length of the mix: no gain, mono in
/// both sides.
pub fn plain_sum(song: &Song, session: &Session) -> Audio {
    let frames = session.song.frames as usize;
    let mut sum = Audio::silence(song.rate, 2, frames);
    let plays = |id: &str| session.tracks().any(|strip| strip.clips().iter().any(|clip| clip.source == id));
    for stem in song.stems.iter().filter(|stem| plays(&stem.id)) {
        let mut from = 0;
        let mut piece = vec![vec![0f32; PIECE]; stem.clip.channels.clamp(1, 2)];
        while from < frames {
            let many = PIECE.min(frames - from);
            let mut slices: Vec<&mut [f32]> = piece.iter_mut().map(|channel| &mut channel[..many]).collect();
            stem.clip.read(from as i64 - stem.start, &mut slices);
            for (side, out) in sum.channels.iter_mut().enumerate() {
                let heard = &piece[side.min(piece.len() - 1)][..many];
                out[from..from + many].iter_mut().zip(heard).for_each(|(sum, x)| *sum += x);
            }
            from += many;
        }
    }
    sum
}

/// Frames read at a time.
const PIECE: usize = 1 << 16;

fn level(audio: &Audio) -> Level {
    let mut meter = Meter::new(audio.rate);
    if let [left, right] = &audio.channels[..] {
        meter.add(left, right);
    }
    meter.level()
}

/// What is played: all of a short song, else the stretch around the loudest section.
fn stretch(seconds: f64, heard: &Facts, sections: &[Span]) -> (f64, f64) {
    if seconds <= WHOLE {
        return (0.0, seconds);
    }
    let levels = heard.series("loudness.momentary", "mix").map_or(&[][..], |(_, values)| values);
    let mean = |from: f64, to: f64| {
        let last = ((to / STEP) as usize).min(levels.len());
        let part = &levels[((from / STEP) as usize).min(last)..last];
        lufs(part.iter().map(|&l| energy(f64::from(l))).sum::<f64>() / part.len().max(1) as f64)
    };
    let long = sections.iter().filter(|section| section.end - section.start >= 5.0);
    let loudest = long.map(|section| (mean(section.start, section.end), section)).fold(
        None,
        |best, (level, section)| match best {
            Some((most, _)) if most >= level => best,
            _ => Some((level, section)),
        },
    );
    let start = match loudest {
        // A little of what comes before, so that the arrival is heard.
        Some((_, section)) if section.end - section.start >= EXCERPT - 5.0 => section.start - 5.0,
        Some((_, section)) => (section.start + section.end - EXCERPT) / 2.0,
        None => {
            let starts = (0..=(seconds - EXCERPT) as usize).map(|start| start as f64);
            let loud = starts.map(|start| (mean(start, start + EXCERPT), start));
            loud.fold((f64::MIN, 0.0), |best, next| if next.0 > best.0 { next } else { best }).1
        }
    };
    (start.clamp(0.0, seconds - EXCERPT), EXCERPT)
}

fn cut(audio: &Audio, start: f64, length: f64) -> Audio {
    let rate = f64::from(audio.rate);
    let from = ((start * rate) as usize).min(audio.frames());
    let to = (((start + length) * rate).round() as usize).min(audio.frames());
    let fade = ((0.01 * rate) as usize).min((to - from) / 2).max(1);
    let one = |channel: &Vec<f32>| {
        let mut part = channel[from..to].to_vec();
        let last = part.len();
        for i in 0..fade.min(last) {
            let gain = i as f32 / fade as f32;
            part[i] *= if start > 0.0 { gain } else { 1.0 };
            part[last - 1 - i] *= gain;
        }
        part
    };
    let mut channels: Vec<Vec<f32>> = audio.channels.iter().take(2).map(one).collect();
    if channels.len() == 1 {
        channels.push(channels[0].clone());
    }
    Audio { rate: audio.rate, channels }
}

/// The absolute gate of BS.1770-5, LUFS.
const SILENT: f64 = -70.0;

/// Least difference of sample peak and loudness over 3 s, every 100 ms, where the song is within 10 LU of its
/// loudest (peak to short-term loudness ratio; AES convention e-brief 373).
fn least_psr(audio: &Audio) -> Option<f64> {
    let [left, right] = &audio.channels[..] else { return None };
    let mut weighting = KWeighting::new(f64::from(audio.rate));
    let piece = (f64::from(audio.rate) * STEP) as usize;
    let (mut peaks, mut energies, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for (left, right) in left.chunks_exact(piece.max(1)).zip(right.chunks_exact(piece.max(1))) {
        let [l, r] = weighting.energy(left, right).squares;
        energies.push((l + r) / piece as f64);
        peaks.push(left.iter().chain(right).fold(0f32, |peak, x| peak.max(x.abs())));
        let window = &peaks[peaks.len().saturating_sub(30)..];
        let peak = 20.0 * f64::from(window.iter().fold(0f32, |a, &b| a.max(b))).log10();
        if window.len() == 30 {
            let short = ears::loudness::lufs(energies[energies.len() - 30..].iter().sum::<f64>() / 30.0);
            found.push((short, peak - short));
        }
    }
    let loudest = found.iter().map(|(short, _)| *short).filter(|&short| short > SILENT).reduce(f64::max)?;
    found.iter().filter(|(short, _)| *short > loudest - 10.0).map(|(_, psr)| *psr).reduce(f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(amplitude: f32, seconds: usize) -> Audio {
        let wave: Vec<f32> = (0..48_000 * seconds).map(|i| amplitude * (i as f32 * 0.13).sin()).collect();
        Audio::stereo(48_000, wave.clone(), wave)
    }

    #[test]
    fn all_three_come_out_equally_loud_and_none_clips() {
        let levels = [(-20.0, -1.0), (-18.0, -6.0), (-11.0, -1.0)];
        let levels = levels.map(|(loudness, true_peak)| Level { loudness, true_peak });
        let (target, gains) = matched(levels);
        assert_eq!(target, -20.0, "what has the highest peaks decides");
        assert_eq!(gains, [0.0, -2.0, -9.0]);
        for (level, gain) in levels.iter().zip(gains) {
            assert!(level.true_peak + gain <= CEILING);
        }
        let silence = Level { loudness: -120.0, true_peak: -120.0 };
        assert_eq!(matched([silence; 3]).1, [0.0; 3]);
    }

    #[test]
    fn short_songs_are_heard_whole_and_long_ones_where_they_are_loud() {
        assert_eq!(stretch(59.0, &Facts::default(), &[]), (0.0, 59.0));
        let mut heard = Facts::default();
        let values: Vec<f32> =
            (0..2000).map(|i| if (1200..1500).contains(&i) { -10.0 } else { -30.0 }).collect();
        let series = mixsmith_analysis::Qty::Series { step: 0.1, values };
        heard.push(mixsmith_analysis::Fact::new("loudness.momentary", &["mix"], series));
        let (start, length) = stretch(200.0, &heard, &[]);
        assert!(length == EXCERPT && (105.0..=120.0).contains(&start), "{start}");
        let section = |start, end| Span { start, end, label: String::new() };
        let (start, _) =
            stretch(200.0, &heard, &[section(0.0, 120.0), section(120.0, 150.0), section(150.0, 200.0)]);
        assert_eq!(start, 112.5);
    }

    #[test]
    fn a_steady_tone_has_the_psr_of_a_sine() {
        let psr = least_psr(&tone(0.5, 6)).unwrap();
        assert!((psr - 0.7).abs() < 1.5, "{psr}");
        assert!(least_psr(&tone(0.0, 6)).is_none());
    }

    #[test]
    fn a_cut_is_two_channels_of_the_right_length() {
        let audio = Audio::mono(1000, vec![1.0; 5000]);
        let part = cut(&audio, 1.0, 2.0);
        assert_eq!((part.channels.len(), part.frames()), (2, 2000));
        assert_eq!((part.channels[0][0], part.channels[0][1000]), (0.0, 1.0));
        assert_eq!(cut(&audio, 9.0, 2.0).frames(), 0);
    }
}

//! The table of the kernels: what single steps cost on stereo sound.

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use audioadapter_buffers::direct::InterleavedSlice;
use biquad::{Biquad, Coefficients, DirectForm2Transposed, ToHertz, Type};
use ebur128::{EbuR128, Mode};
use fft_convolver::{FFTConvolver, TwoStageFFTConvolver};
use mixsmith_audio::{Audio, Clip, resample};
use mixsmith_dsp::denormals;
use mixsmith_effects::all::KINDS;
use mixsmith_effects::convolution::LATENCIES;
use mixsmith_effects::equaliser::TYPES;
use mixsmith_pipeline::Meter;
use mixsmith_processor::{Impulse, Io, QUANTUM, Ramp, Setup};
use rubato::{Async, Fft, FixedAsync, FixedSync, Resampler, SincInterpolationParameters, WindowFunction};

use crate::contenders::{Contender, Work};
use crate::measure::median;
use crate::mixes::Wish;
use crate::workload::{self, RATE};

/// One step and those that can do it; the first is ours.
struct Kernel {
    name: &'static str,
    /// The least that is asked for: time of the best peer over ours.
    goal: f64,
    contenders: Vec<Contender>,
}

/// Two channels, shared by all.
type Sound = Rc<[Vec<f32>; 2]>;

/// Times every kernel.
pub fn table(wish: &Wish) -> Result<String, Box<dyn Error>> {
    let file = |rate: u32| wish.folder.join(format!("sum{rate}-{}.wav", wish.seconds));
    let (plain, other) = (file(RATE), file(44_100));
    #[allow(clippy::disallowed_methods, reason = "a folder for the sounds")]
    std::fs::create_dir_all(wish.folder)?;
    workload::write_sum(&plain, wish.seconds, RATE)?;
    workload::write_sum(&other, wish.seconds, 44_100)?;
    let sound: Sound = Rc::new(both(&plain)?.try_into().map_err(|_| "not stereo")?);
    let impulse: Sound =
        Rc::new(both(&workload::impulse(wish.folder)?)?.try_into().map_err(|_| "not stereo")?);
    let mut text = format!(
        "\n## Kernels, {} s of stereo at 48 kHz, medians of {} rounds\n\nOurs and the crates run in this program, \
         pedalboard in its own, ffmpeg as a tool whose run without the filter is subtracted. The ratio is the \
         contender's time over ours; the second table takes the best of those that do the same work. Where a tool's own time is below 0.01 s, its ratio means little.\n\n\
         | kernel | by | CPU s | ratio | note |\n|---|---|---|---|---|\n",
        wish.seconds, wish.rounds
    );
    let mut goals =
        String::from("\n| kernel | best peer of the same work | ratio | asked for |\n|---|---|---|---|\n");
    for mut kernel in [
        equaliser(&sound, &plain),
        compressor(&sound, &plain),
        limiter(&sound, &plain),
        loudness(&sound, &plain),
        resampling(&other)?,
        decoding(&plain),
        convolution("convolution, 3 s, in 512 frames", 1.5, "none", &sound, &impulse, at_once),
        convolution("convolution, 3 s, offline", 1.0, "8192 frames", &sound, &impulse, offline),
    ] {
        kernel.contenders.retain(Contender::found);
        let mut times = vec![Vec::new(); kernel.contenders.len()];
        for _ in 0..wish.rounds {
            for (contender, times) in kernel.contenders.iter_mut().zip(&mut times) {
                times.push(contender.time()?);
            }
        }
        let times: Vec<f64> = times.into_iter().map(median).collect();
        let ours = times.first().copied().unwrap_or(0.0);
        for (contender, time) in kernel.contenders.iter().zip(&times) {
            let (name, by, note) = (kernel.name, contender.name, contender.note);
            writeln!(text, "| {name} | {by} | {time:.4} | {:.2} | {note} |", time / ours)?;
        }
        let peers = kernel.contenders.iter().zip(&times).skip(1).filter(|(peer, _)| peer.same);
        if let Some((best, time)) = peers.min_by(|a, b| a.1.total_cmp(b.1)) {
            writeln!(goals, "| {} | {} | {:.2} | {} |", kernel.name, best.name, time / ours, kernel.goal)?;
        }
    }
    Ok(text + &goals)
}

fn both(file: &Path) -> Result<Vec<Vec<f32>>, Box<dyn Error>> {
    let stream = mixsmith_audio::read(file)?.streams.into_iter().next().ok_or("no sound")?;
    Ok(stream.audio.channels)
}

fn python(file: &Path, kernel: &'static str, note: &'static str) -> Contender {
    Contender { name: "pedalboard", note, same: true, work: Work::Python(file.to_owned(), kernel) }
}

fn ffmpeg(name: &'static str, file: &Path, filter: &'static str, note: &'static str) -> Contender {
    Contender { name, note, same: true, work: Work::Ffmpeg(file.to_owned(), filter) }
}

/// One of our effects, with these values, a quantum at a time as the engine runs it.
fn effect(id: &'static str, values: &[(String, f32)], sound: &Sound) -> Contender {
    answered(id, values, None, sound)
}

/// The same with an impulse response.
fn answered(
    id: &'static str,
    values: &[(String, f32)],
    impulse: Option<Arc<Impulse>>,
    sound: &Sound,
) -> Contender {
    let (sound, chosen) = (sound.clone(), values.to_vec());
    Contender::here("mixsmith", "", move || {
        let Some(kind) = KINDS.get(id) else { return };
        let mut values: Vec<f32> = kind.params.iter().map(|param| param.default).collect();
        for (id, value) in &chosen {
            if let Some((place, _)) = kind.param(id) {
                values[place] = *value;
            }
        }
        let setup = Setup { rate: RATE as f32, tempo: 120.0, channels: 2, impulse: impulse.clone() };
        let mut processor = (kind.build)(&setup, &values);
        let ramps: Vec<Ramp<f32>> = values.into_iter().map(Ramp::still).collect();
        processor.set(&ramps);
        let mut piece = [[0.0; QUANTUM]; 2];
        denormals::flushed(|| {
            for (left, right) in sound[0].chunks(QUANTUM).zip(sound[1].chunks(QUANTUM)) {
                let [one, other] = piece.each_mut().map(|channel| &mut channel[..left.len()]);
                one.copy_from_slice(left);
                other.copy_from_slice(right);
                processor.run(Io { left: one, right: Some(other), key: None });
                black_box(&piece);
            }
        });
    })
}

fn named(values: &[(&str, f32)]) -> Vec<(String, f32)> {
    values.iter().map(|&(name, value)| (name.to_owned(), value)).collect()
}

fn equaliser(sound: &Sound, file: &Path) -> Kernel {
    let bands = [
        ("high-pass", 80.0, 0.0, std::f32::consts::FRAC_1_SQRT_2),
        ("low-shelf", 120.0, 2.0, 0.7),
        ("bell", 400.0, -3.0, 1.0),
        ("bell", 3000.0, 2.0, 1.0),
        ("high-shelf", 10_000.0, 1.5, 0.7),
    ];
    let mut values = Vec::new();
    for (number, (kind, hz, gain, q)) in (1..).zip(bands) {
        let kind = TYPES.iter().position(|name| *name == kind).unwrap_or(0) as f32;
        values.extend(
            [("type", kind), ("freq", hz), ("gain", gain), ("q", q)]
                .map(|(knob, value)| (format!("{knob}{number}"), value)),
        );
    }
    let theirs = sound.clone();
    let with_biquad = move || {
        let kinds = [
            Type::HighPass,
            Type::LowShelf(2.0),
            Type::PeakingEQ(-3.0),
            Type::PeakingEQ(2.0),
            Type::HighShelf(1.5),
        ];
        for channel in theirs.iter() {
            let filters = kinds.iter().zip(bands).filter_map(|(&kind, (_, hz, _, q))| {
                let from = Coefficients::<f32>::from_params(kind, (RATE as f32).hz(), hz.hz(), q);
                from.ok().map(DirectForm2Transposed::<f32>::new)
            });
            let mut filters: Vec<_> = filters.collect();
            let Ok(filters) = <&mut [_; 5]>::try_from(&mut filters[..]) else { return };
            let mut piece = [0.0; QUANTUM];
            for sound in channel.chunks(QUANTUM) {
                for (out, &x) in piece.iter_mut().zip(sound) {
                    *out = filters.iter_mut().fold(x, |x, filter| filter.run(x));
                }
                black_box(&piece);
            }
        }
    };
    let graph = "highpass=f=80:a=tdii,bass=g=2:f=120:t=q:w=0.7:a=tdii,equalizer=f=400:t=q:w=1:g=-3:a=tdii,\
                 equalizer=f=3000:t=q:w=1:g=2:a=tdii,treble=g=1.5:f=10000:t=q:w=0.7:a=tdii";
    Kernel {
        name: "equaliser, 5 bands",
        goal: 2.5,
        contenders: vec![
            effect("tone.equaliser", &values, sound),
            Contender::here("crate biquad", "transposed direct form 2, f32", with_biquad),
            python(file, "equaliser", ""),
            ffmpeg("ffmpeg", file, graph, "transposed direct form 2, f32"),
        ],
    }
}

fn compressor(sound: &Sound, file: &Path) -> Kernel {
    let values =
        named(&[("threshold", -18.0), ("ratio", 3.0), ("knee", 0.0), ("attack", 10.0), ("release", 100.0)]);
    let filter = "acompressor=threshold=0.125:ratio=3:attack=10:release=100:knee=1";
    Kernel {
        name: "compressor",
        goal: 3.0,
        contenders: vec![
            effect("dynamics.compressor", &values, sound),
            python(file, "compressor", ""),
            ffmpeg("ffmpeg acompressor", file, filter, "works in f64"),
        ],
    }
}

fn limiter(sound: &Sound, file: &Path) -> Kernel {
    let values = named(&[("ceiling", -1.0), ("gain", 6.0), ("release", 100.0)]);
    let lsp = "volume=6dB,lv2=p=http\\\\://lsp-plug.in/plugins/lv2/limiter_stereo";
    let dpl = "volume=6dB,lv2=p=http\\\\://gareus.org/oss/lv2/dpl#stereo";
    let sample = "alimiter=level_in=2:limit=0.891:attack=5:release=100:level=0";
    Kernel {
        name: "true-peak limiter, 6 dB of drive",
        goal: 3.0,
        contenders: vec![
            effect("dynamics.limiter", &values, sound),
            ffmpeg("LSP limiter, in ffmpeg", file, lsp, "as it comes: not true-peak").less(),
            ffmpeg("x42 dpl, in ffmpeg", file, dpl, "true-peak"),
            ffmpeg("ffmpeg alimiter", file, sample, "samples only: less work").less(),
            python(file, "limiter", "samples only, no look-ahead, no drive: less work").less(),
        ],
    }
}

fn loudness(sound: &Sound, file: &Path) -> Kernel {
    let (ours, theirs) = (sound.clone(), sound.clone());
    let with_ours = move || {
        let mut meter = Meter::new(RATE);
        for (left, right) in ours[0].chunks(4096).zip(ours[1].chunks(4096)) {
            meter.add(left, right);
        }
        black_box((meter.level(), meter.range()));
    };
    let with_ebur128 = move || {
        let Ok(mut meter) = EbuR128::new(2, RATE, Mode::I | Mode::LRA | Mode::TRUE_PEAK) else { return };
        for (left, right) in theirs[0].chunks(4096).zip(theirs[1].chunks(4096)) {
            if meter.add_frames_planar_f32(&[left, right]).is_err() {
                return;
            }
        }
        let _ = black_box((meter.loudness_global(), meter.loudness_range(), meter.true_peak(0)));
    };
    Kernel {
        name: "R128: loudness, range, true peak",
        goal: 3.0,
        contenders: vec![
            Contender::here("mixsmith", "the meter of the prints, with their envelope", with_ours),
            Contender::here("crate ebur128", "", with_ebur128),
            ffmpeg("ffmpeg ebur128", file, "ebur128=peak=true:framelog=verbose", ""),
        ],
    }
}

fn resampling(file: &Path) -> Result<Kernel, Box<dyn Error>> {
    let channels = both(file)?;
    let frames = channels.first().map_or(0, Vec::len);
    let interleaved: Vec<f32> =
        (0..frames).flat_map(|i| channels.iter().map(move |channel| channel[i])).collect();
    let audio = Audio { rate: 44_100, channels };
    let interleaved = Rc::new(interleaved);
    let with = |make: fn() -> Option<Box<dyn Resampler<f32>>>| {
        let sound = interleaved.clone();
        move || {
            let Some(mut resampler) = make() else { return };
            let frames = sound.len() / 2;
            let room = resampler.process_all_needed_output_len(frames);
            let mut out = vec![0.0; room * 2];
            let Ok(from) = InterleavedSlice::new(&sound[..], 2, frames) else { return };
            let Ok(mut to) = InterleavedSlice::new_mut(&mut out, 2, room) else { return };
            let _ = black_box(resampler.process_all_into_buffer(&from, &mut to, frames, None));
        }
    };
    let fft = with(|| Some(Box::new(Fft::<f32>::new(44_100, 48_000, 1024, 2, FixedSync::Input).ok()?)));
    let sinc = with(|| {
        let how = SincInterpolationParameters::new(256, WindowFunction::BlackmanHarris2);
        Some(Box::new(
            Async::<f32>::new_sinc(48_000.0 / 44_100.0, 1.0, &how, 1024, 2, FixedAsync::Input).ok()?,
        ))
    });
    Ok(Kernel {
        name: "resample 44.1 to 48 kHz",
        goal: 1.0,
        contenders: vec![
            Contender::here("mixsmith", "f64, blocks of about 4096", move || {
                black_box(resample(&audio, RATE));
            }),
            Contender::here("crate rubato, Fft 1024", "f32, a shorter filter", fft).less(),
            Contender::here("crate rubato, sinc 256", "f32", sinc),
            ffmpeg("ffmpeg swr", file, "aresample=48000", "its default: a shorter filter").less(),
            python(file, "resample", "windowed sinc"),
        ],
    })
}

/// Frames that the engine asks for at a time.
const STRIDE: usize = 8192;

fn decoding(file: &Path) -> Kernel {
    let (whole, pieces): (PathBuf, PathBuf) = (file.to_owned(), file.to_owned());
    let with_pieces = move || {
        let Ok(Some(clip)) = Clip::open(&pieces) else { return };
        let (mut left, mut right) = (vec![0.0; STRIDE], vec![0.0; STRIDE]);
        for from in (0..clip.frames as i64).step_by(STRIDE) {
            clip.read(from, &mut [&mut left, &mut right]);
            black_box((&left, &right));
        }
    };
    Kernel {
        name: "decode WAV, 24 bits",
        goal: 2.0,
        contenders: vec![
            Contender::here("mixsmith", "as the engine reads it", with_pieces),
            Contender::here("mixsmith, whole file", "into memory, with a look for damage", move || {
                black_box(mixsmith_audio::read(&whole).is_ok());
            })
            .less(),
            python(file, "decode", ""),
        ],
    }
}

/// Ours has no latency in either place; the peer may have what the place allows.
fn convolution(
    name: &'static str,
    goal: f64,
    latency: &str,
    sound: &Sound,
    impulse: &Sound,
    peer: fn(&[f32], &mut [f32]) -> Option<()>,
) -> Kernel {
    let given = Arc::new(Impulse { channels: impulse.to_vec() });
    let (theirs, answer) = (sound.clone(), impulse.clone());
    let latency = LATENCIES.iter().position(|name| *name == latency).unwrap_or(0) as f32;
    let values = named(&[("predelay", 0.0), ("lowcut", 20.0), ("highcut", 20_000.0), ("latency", latency)]);
    Kernel {
        name,
        goal,
        contenders: vec![
            answered("space.convolution", &values, Some(given), sound),
            Contender::here("crate fft-convolver", "", move || {
                for (sound, answer) in theirs.iter().zip(answer.iter()) {
                    let mut out = sound.clone();
                    black_box(peer(answer, &mut out));
                }
            }),
        ],
    }
}

/// The peer with a head of 512 frames.
fn at_once(answer: &[f32], sound: &mut [f32]) -> Option<()> {
    let mut convolver = TwoStageFFTConvolver::<f32>::default();
    convolver.init_default(512, answer).ok()?;
    let mut out = vec![0.0; 512];
    for piece in sound.chunks_mut(512) {
        convolver.process(piece, &mut out[..piece.len()]).ok()?;
        piece.copy_from_slice(&out[..piece.len()]);
    }
    Some(())
}

/// The peer with the block that suits it best.
fn offline(answer: &[f32], sound: &mut [f32]) -> Option<()> {
    const BLOCK: usize = 65_536;
    let mut convolver = FFTConvolver::<f32>::default();
    convolver.init(BLOCK, answer).ok()?;
    let mut out = vec![0.0; BLOCK];
    for piece in sound.chunks_mut(BLOCK) {
        convolver.process(piece, &mut out[..piece.len()]).ok()?;
        piece.copy_from_slice(&out[..piece.len()]);
    }
    Some(())
}

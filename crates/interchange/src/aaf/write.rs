//! Writes a project as Pro Tools would.

use super::definitions::dictionary;
use super::id::{Auid, MobId};
use super::model::Model;
use super::object::{Object, Rational, Value};
use super::parts::{Part, lines, parts};
use super::store::store;
use super::terms::{ROOT, classes, defined, pids};
use crate::course::amplitude;
use crate::{Content, Desk, Loss, Region, Written};

/// Largest difference of straight lines of amplitude from a line in dB, between two points a decibel apart.
const STEP: f32 = 1.0;
/// Where the parts of an amplitude are counted: Pro Tools' own number. No amplitude of 4 or more fits.
const FINE: i32 = 1 << 29;
/// The same for larger ones.
const COARSE: i32 = 1 << 20;
/// The slot of a mob that has only one.
const ONLY: u32 = 1;

/// Writes the files of a project.
pub(super) fn write(desk: &Desk) -> (Vec<Written>, Vec<Loss>) {
    let mut losses = Vec::new();
    let parts = parts(desk, &mut losses);
    let file = |path: String, content| Written { path, content };
    let name = crate::file_stem(&desk.title, &mut Vec::new());
    let writing = Writing { desk, whole: format!("{:?}", Auid::of(&[&format!("{desk:?}")])) };
    let mut files = Vec::new();
    let Model { dictionary: model, names } = Model::new();
    match store(&writing.root(&parts, model), &names) {
        Ok(bytes) => files.push(file(format!("{name}.aaf"), Content::Bytes(bytes))),
        Err(error) => losses.push(Loss::lost("song", error.to_string())),
    }
    for (n, sound) in desk.sounds.iter().enumerate() {
        for side in 0..sound.channels.clamp(1, 2) as usize {
            files.push(file(path(desk, n, side), Content::Channel(n, side)));
        }
    }
    files.push(file("tempo and markers.mid".to_owned(), Content::Bytes(crate::stems::midi::write(desk))));
    let says = "AAF has no musical time: import the MIDI file beside it";
    losses.push(Loss::near("song/tempo", None, says));
    if !desk.markers.is_empty() {
        losses.push(Loss::exact("song/markers"));
    }
    if desk.channels.iter().any(|channel| !channel.colour.is_empty()) {
        losses.push(Loss::lost("song/colours", "AAF has no colours"));
    }
    (files, losses)
}

/// Where one side of a sound lies beside the project.
fn path(desk: &Desk, sound: usize, side: usize) -> String {
    let sound = &desk.sounds[sound];
    match (sound.channels, side) {
        (0 | 1, _) => format!("audio/{}.wav", sound.name),
        (_, 0) => format!("audio/{}.L.wav", sound.name),
        _ => format!("audio/{}.R.wav", sound.name),
    }
}

/// A path as a relative address (RFC 3986, 2.3 and 3.3).
fn url(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let code = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(code).collect()
}

struct Writing<'a> {
    desk: &'a Desk,
    /// What makes ids of this mix unlike those of any other.
    whole: String,
}

impl Writing<'_> {
    fn mob(&self, kind: &str, name: &str) -> MobId {
        MobId::of(&["mixsmith", kind, name, &self.whole])
    }

    fn rate(&self) -> Rational {
        Rational(i32::try_from(self.desk.rate).unwrap_or(i32::MAX), 1)
    }

    /// The length of every track: to the end of the song, or of the last region.
    fn frames(&self) -> u64 {
        let regions = self.desk.channels.iter().flat_map(|channel| &channel.regions);
        let ends = regions.map(|region| region.at.max(0).unsigned_abs().saturating_add(region.frames));
        ends.fold(self.desk.frames.max(1), u64::max)
    }

    fn root(&self, parts: &[Part], model: Object) -> Object {
        let mut mobs = Vec::new();
        for (n, sound) in self.desk.sounds.iter().enumerate() {
            for side in 0..sound.channels.clamp(1, 2) as usize {
                mobs.extend(self.media(n, side));
            }
        }
        mobs.push(self.composition(parts));
        let content = Object::new(classes::CONTENT_STORAGE).set(pids::MOBS, pids::MOB_ID, mobs);
        let header = Object::new(classes::HEADER)
            .u16(pids::BYTE_ORDER, 0x4949)
            .bytes(pids::HEADER_LAST_MODIFIED, WHEN)
            .bytes(pids::VERSION, [1, 1])
            .u32(pids::OBJECT_MODEL_VERSION, 1)
            .id(pids::OPERATIONAL_PATTERN, defined::EDIT_PROTOCOL)
            .one(pids::CONTENT, content)
            .one(pids::DICTIONARY, dictionary())
            .row(pids::IDENTIFICATION_LIST, vec![self.identification()]);
        Object::new(ROOT).one(pids::META_DICTIONARY, model).one(pids::HEADER, header)
    }

    fn identification(&self) -> Object {
        let version = env!("CARGO_PKG_VERSION");
        let mut numbers = version.split('.').map(|part| part.parse::<u16>().unwrap_or(0));
        let mut record: Vec<u8> = (0..4).flat_map(|_| numbers.next().unwrap_or(0).to_le_bytes()).collect();
        // A released version.
        record.push(1);
        Object::new(classes::IDENTIFICATION)
            .text(pids::COMPANY_NAME, "Mixsmith")
            .text(pids::PRODUCT_NAME, "Mixsmith")
            .bytes(pids::PRODUCT_VERSION, record)
            .text(pids::PRODUCT_VERSION_STRING, version)
            .id(pids::PRODUCT_ID, Auid::of(&["mixsmith"]))
            .bytes(pids::DATE, WHEN)
            .text(pids::PLATFORM, "any")
            .id(pids::GENERATION, Auid::of(&["mixsmith", "generation", &self.whole]))
    }

    /// The mob of a sound file and the one by which clips speak of it.
    fn media(&self, sound: usize, side: usize) -> [Object; 2] {
        let path = path(self.desk, sound, side);
        let name = path.trim_start_matches("audio/").trim_end_matches(".wav");
        let frames = length(self.desk.sounds[sound].frames);
        let locator = Object::new(classes::NETWORK_LOCATOR).text(pids::URL, &url(&path));
        let descriptor = Object::new(classes::WAVE_DESCRIPTOR)
            .row(pids::LOCATOR, vec![locator])
            .rational(pids::SAMPLE_RATE, self.rate())
            .i64(pids::FILE_LENGTH, frames)
            .weak(pids::CONTAINER_FORMAT, defined::CONTAINER)
            .bytes(pids::SUMMARY, summary(self.desk.rate, self.desk.sounds[sound].frames));
        let (file, master) = (self.mob("file", name), self.mob("master", name));
        let slot = |of: MobId, slot: u32| {
            let clip = clip(of, slot, 0, frames);
            self.slot(ONLY, name, clip).u32(pids::PHYSICAL_TRACK, 1)
        };
        [
            mob(classes::SOURCE_MOB, file, name, vec![slot(MobId::NONE, 0)])
                .one(pids::ESSENCE_DESCRIPTION, descriptor),
            mob(classes::MASTER_MOB, master, name, vec![slot(file, ONLY)]),
        ]
    }

    fn slot(&self, id: u32, name: &str, segment: Object) -> Object {
        Object::new(classes::TIMELINE_MOB_SLOT)
            .u32(pids::SLOT_ID, id)
            .text(pids::SLOT_NAME, name)
            .rational(pids::EDIT_RATE, self.rate())
            .i64(pids::ORIGIN, 0)
            .one(pids::SEGMENT, segment)
    }

    fn composition(&self, parts: &[Part]) -> Object {
        let mut slots = Vec::new();
        for (part, n) in parts.iter().zip(1..) {
            let segment = self.sequence(part);
            let segment = self.operation(defined::GAIN, defined::AMPLITUDE, self.volume(part), segment);
            let segment = self.operation(defined::PAN, defined::PLACE, self.place(part), segment);
            slots.push(self.slot(n, &part.name, segment).u32(pids::PHYSICAL_TRACK, n));
        }
        let mut id = parts.len() as u32;
        if !self.desk.markers.is_empty() {
            id += 1;
            slots.push(self.markers(id));
        }
        slots.push(self.timecode(id + 1));
        mob(classes::COMPOSITION_MOB, self.mob("song", ""), &self.desk.title, slots)
            .id(pids::USAGE_CODE, defined::TOP_LEVEL)
    }

    fn volume(&self, part: &Part) -> Object {
        self.parameter(defined::AMPLITUDE, &part.volume, STEP, &amplitude)
    }

    fn place(&self, part: &Part) -> Object {
        let place = |pan: f32| (f64::from(pan) + 100.0) / 200.0;
        self.parameter(defined::PLACE, &part.pan, f32::INFINITY, &place)
    }

    /// A knob with its automation over the whole song.
    fn parameter(&self, id: Auid, course: &crate::Course, step: f32, scale: &dyn Fn(f32) -> f64) -> Object {
        if !course.moves() {
            return constant(id, scale(course.value));
        }
        let frames = self.frames();
        let points = lines(course, frames, step, scale).into_iter().map(|(at, value)| {
            Object::new(classes::CONTROL_POINT)
                .any(pids::POINT_VALUE, fraction(value))
                .rational(pids::POINT_TIME, share(at, frames))
        });
        Object::new(classes::VARYING_VALUE)
            .id(pids::DEFINITION, id)
            .weak(pids::INTERPOLATION, defined::LINEAR)
            .row(pids::POINT_LIST, points.collect())
    }

    /// A processor around a segment.
    fn operation(&self, id: Auid, knob: Auid, parameter: Object, of: Object) -> Object {
        let length = of.read_i64(pids::LENGTH).unwrap_or_default();
        let keyed = vec![(knob.0.to_vec(), parameter)];
        component(classes::OPERATION_GROUP, length)
            .weak(pids::OPERATION, id)
            .row(pids::INPUT_SEGMENTS, vec![of])
            // The key is one of definitions, as the AAF SDK writes it.
            .with(pids::PARAMETERS, Value::Set(pids::IDENTIFICATION, keyed))
    }

    /// The regions of a track with silence between them.
    fn sequence(&self, part: &Part) -> Object {
        let (mut components, mut now) = (Vec::new(), 0i64);
        let end = length(self.frames());
        for region in &part.regions {
            let at = region.at.max(now);
            if at > now {
                components.push(component(classes::FILLER, at - now));
            }
            components.push(self.region(region, part.side));
            now = at.saturating_add_unsigned(region.frames);
        }
        if now < end {
            components.push(component(classes::FILLER, end - now));
        }
        component(classes::SEQUENCE, end).row(pids::COMPONENTS, components)
    }

    fn region(&self, region: &Region, side: usize) -> Object {
        let side = side.min(self.desk.sounds[region.sound].channels.saturating_sub(1) as usize);
        let path = path(self.desk, region.sound, side);
        let name = path.trim_start_matches("audio/").trim_end_matches(".wav");
        let clip = clip(self.mob("master", name), ONLY, length(region.from), length(region.frames));
        if region.gain == 0.0 {
            return clip;
        }
        let gain = constant(defined::AMPLITUDE, amplitude(region.gain));
        self.operation(defined::GAIN, defined::AMPLITUDE, gain, clip)
    }

    fn markers(&self, id: u32) -> Object {
        let events = self.desk.markers.iter().map(|marker| {
            Object::new(classes::DESCRIPTIVE_MARKER)
                .weak(pids::DATA_DEFINITION, defined::DESCRIPTIVE)
                .i64(pids::LENGTH, 1)
                .i64(pids::EVENT_POSITION, length(marker.at))
                .text(pids::EVENT_COMMENT, &marker.name)
                // Markers are about the whole song; some readers want to see a track all the same.
                .u32(pids::DESCRIBED_SLOTS, 1)
        });
        let sequence = Object::new(classes::SEQUENCE)
            .weak(pids::DATA_DEFINITION, defined::DESCRIPTIVE)
            .i64(pids::LENGTH, length(self.frames()))
            .row(pids::COMPONENTS, events.collect());
        Object::new(classes::EVENT_MOB_SLOT)
            .u32(pids::SLOT_ID, id)
            .text(pids::SLOT_NAME, "Markers")
            .u32(pids::PHYSICAL_TRACK, 1)
            .rational(pids::EVENT_EDIT_RATE, self.rate())
            .one(pids::SEGMENT, sequence)
    }

    /// Time of day from nothing, which some readers want to see.
    fn timecode(&self, id: u32) -> Object {
        let pictures = self.frames().saturating_mul(30).div_ceil(u64::from(self.desk.rate.max(1)));
        let timecode = Object::new(classes::TIMECODE)
            .weak(pids::DATA_DEFINITION, defined::TIMECODE)
            .i64(pids::LENGTH, length(pictures))
            .i64(pids::TIMECODE_START, 0)
            .u16(pids::TIMECODE_FPS, 30)
            .flag(pids::TIMECODE_DROP, false);
        Object::new(classes::TIMELINE_MOB_SLOT)
            .u32(pids::SLOT_ID, id)
            .text(pids::SLOT_NAME, "Timecode")
            .rational(pids::EDIT_RATE, Rational(30, 1))
            .i64(pids::ORIGIN, 0)
            .one(pids::SEGMENT, timecode)
    }
}

/// The time that stands wherever a file wants one, since no result depends on the clock: the start of the year 2000.
const WHEN: [u8; 8] = [0xd0, 0x07, 1, 1, 0, 0, 0, 0];

/// A length or place as it is stored.
fn length(frames: u64) -> i64 {
    i64::try_from(frames).unwrap_or(i64::MAX)
}

fn component(class: Auid, frames: i64) -> Object {
    Object::new(class).weak(pids::DATA_DEFINITION, defined::SOUND).i64(pids::LENGTH, frames)
}

fn clip(of: MobId, slot: u32, from: i64, frames: i64) -> Object {
    component(classes::SOURCE_CLIP, frames)
        .mob(pids::SOURCE_ID, of)
        .u32(pids::SOURCE_MOB_SLOT_ID, slot)
        .i64(pids::START_TIME, from)
}

fn mob(class: Auid, id: MobId, name: &str, slots: Vec<Object>) -> Object {
    Object::new(class)
        .mob(pids::MOB_ID, id)
        .text(pids::MOB_NAME, name)
        .row(pids::SLOTS, slots)
        .bytes(pids::MOB_LAST_MODIFIED, WHEN)
        .bytes(pids::CREATION_TIME, WHEN)
}

fn constant(id: Auid, value: f64) -> Object {
    Object::new(classes::CONSTANT_VALUE).id(pids::DEFINITION, id).any(pids::CONSTANT, fraction(value))
}

/// An amplitude or a place as a rational number.
fn fraction(value: f64) -> Rational {
    let whole = if value < 3.99 { FINE } else { COARSE };
    // The cast holds on to the largest number there is.
    Rational((value * f64::from(whole)).round() as i32, whole)
}

/// A time as a share of the whole.
fn share(at: u64, frames: u64) -> Rational {
    let spare = (u64::BITS - frames.leading_zeros()).saturating_sub(31);
    Rational((at >> spare) as i32, (frames >> spare) as i32)
}

/// What a WAV file of one channel begins with: 32 bits of floating point.
fn summary(rate: u32, frames: u64) -> Vec<u8> {
    let size = u32::try_from(frames.saturating_mul(4)).unwrap_or(u32::MAX);
    let mut head = b"RIFF".to_vec();
    head.extend(size.saturating_add(36).to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend(16u32.to_le_bytes());
    head.extend([3, 0, 1, 0]);
    head.extend(rate.to_le_bytes());
    head.extend(rate.saturating_mul(4).to_le_bytes());
    head.extend([4, 0, 32, 0]);
    head.extend(b"data");
    head.extend(size.to_le_bytes());
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_any_name() {
        assert_eq!(url("audio/Kick In.L.wav"), "audio/Kick%20In.L.wav");
        assert_eq!(url("audio/ü#.wav"), "audio/%C3%BC%23.wav");
    }

    #[test]
    fn numbers_fit_their_fractions() {
        for value in [0.0, 1e-4, 0.5, 1.0, 3.98, 4.5, 15.8] {
            let found = fraction(value).number().unwrap();
            assert!((found - value).abs() < 1e-6, "{value} {found}");
        }
        // Thirteen hours at 192 kHz are more frames than fit.
        let share = share(4_500_000_000, 9_000_000_000);
        assert!((share.number().unwrap() - 0.5).abs() < 1e-8, "{share:?}");
    }
}

"""Judges AAF with two readers that are not ours: pyaaf2 and the AAF adapter of OpenTimelineIO.

    python aaf.py MIXSMITH SONG

SONG is a mixed song, which is changed and exported; what stands in the AAF is compared with what stands in its
session.toml. Then a project that pyaaf2 writes is imported, and its session.toml is compared with what was written.
Needs Python 3.11, pyaaf2, opentimelineio and otio-aaf-adapter.
"""

import math
import re
import struct
import subprocess
import sys
import tomllib
import urllib.parse
from fractions import Fraction
from pathlib import Path

import aaf2
import opentimelineio

OFF = -90.0  # a fader that is shut, dB
HARD = -20 * math.log10(math.sqrt(2))  # a side that is panned hard beside mono tracks, dB
GAIN, PAN = "Mono Audio Gain", "Mono Audio Pan"

# What the song gets before it is exported, so that there is something to see of everything.
MORE = """
[strip.rhodes-ish.lanes]
fader = ["0.000 s  -20 dB", "10.000 s  -6 dB", "20.000 s  -12 dB  hold", "30.000 s  -3 dB"]
pan = ["0.000 s  L60", "40.000 s  R40"]

[strip.hi-hat.lanes]
pan = ["5.000 s  L100", "15.000 s  R100"]

[strip.drums.lanes]
fader = ["3.000 s  0 dB", "4.000 s  -5 dB"]

[strip.shkr-tambourine.lanes]
mute = ["0.000 s  off  hold", "12.000 s  on  hold", "14.000 s  off  hold"]
"""


def fail(what):
    sys.exit(f"aaf.py: {what}")


def near(found, wanted, within, what):
    if not abs(found - wanted) <= within:
        fail(f"{what}: {found}, not {wanted}")


# --- what the session says


def number(text):
    """A value as session.toml has it: decibels, seconds, a place from -100 to 100, or a switch."""
    text = str(text).strip()
    if text in ("on", "off"):
        return float(text == "on")
    if text in ("C", "-inf dB", "off dB"):
        return 0.0 if text == "C" else OFF
    side = re.fullmatch(r"([LR])([\d.]+)", text)
    if side:
        return float(side[2]) * (-1 if side[1] == "L" else 1)
    return float(text.split()[0])


class Knob:
    """A knob of a strip over time."""

    def __init__(self, strip, name, default=0.0):
        self.value = number(strip.get(name, default))
        self.points = []
        for line in strip.get("lanes", {}).get(name, []):
            at, value, *rest = re.split(r"  +", line)
            self.points.append((number(at), number(value), "hold" in rest))

    def at(self, time):
        before = [point for point in self.points if point[0] <= time]
        after = [point for point in self.points if point[0] > time]
        if not self.points:
            return self.value
        if not before:
            return after[0][1]
        (t0, v0, hold) = before[-1]
        if hold or not after:
            return v0
        (t1, v1, _) = after[0]
        return v0 + (v1 - v0) * (time - t0) / (t1 - t0)


class Strip:
    def __init__(self, table):
        self.name, self.kind, self.to = table["name"], table["kind"], table.get("to")
        self.fader, self.ride = Knob(table, "fader"), Knob(table, "ride")
        self.mute, self.pan = Knob(table, "mute", "off"), Knob(table, "pan", "C")
        self.trim = number(table.get("trim", 0))
        self.clips = table.get("clips", [])

    def level(self, strips, time):
        if self.mute.at(time) >= 0.5 or self.fader.at(time) <= OFF:
            return OFF
        over = strips[self.to].level(strips, time) if self.to else 0.0
        return OFF if over <= OFF else self.fader.at(time) + self.ride.at(time) + over


def wanted(strips, title, time):
    """Level and place that a track of the AAF must have; none where there is no such track."""
    for strip in strips.values():
        if strip.kind not in ("track", "return"):
            continue
        if title == strip.name:
            return strip.level(strips, time), strip.pan.at(time)
        for letter, place in (("L", -100.0), ("R", 100.0)):
            if title == f"{strip.name}.{letter}":
                pan, level = strip.pan.at(time), strip.level(strips, time) + HARD
                if (pan < 0) == (letter == "R") and pan != 0:
                    level += 20 * math.log10(max(math.cos(abs(pan) / 100 * math.pi / 2), 1e-9))
                return level, place
    return None


# --- what the AAF says


def value_at(parameter, share):
    """The value of a parameter at a share of its length."""
    if "PointList" not in parameter:
        return float(parameter["Value"].value)
    points = [(float(p["Time"].value), float(p["Value"].value)) for p in parameter["PointList"].value]
    for (t0, v0), (t1, v1) in zip(points, points[1:]):
        if t0 <= share <= t1 and t1 > t0:
            return v0 + (v1 - v0) * (share - t0) / (t1 - t0)
    return points[-1][1]


def decibels(amplitude):
    return OFF if amplitude <= 0 else max(OFF, 20 * math.log10(amplitude))


def group(segment, name):
    """What is inside of a processor, and the processor's knob."""
    if segment.operation.name != name:
        fail(f"{segment.operation.name} where {name} should be")
    (parameter,) = list(segment.parameters)
    (inside,) = list(segment.segments)
    return inside, parameter


def wav(path):
    """Channels, rate, bits, kind and frames of a WAV file."""
    data = path.read_bytes()
    at, found = 12, {}
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        found[name] = (at + 8, size)
        at += 8 + size + size % 2
    kind, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", data, found[b"fmt "][0])
    return channels, rate, bits, kind, found[b"data"][1] // frame


def clip_of(component):
    """The clip of a part of a track, and its gain in dB."""
    if isinstance(component, aaf2.components.OperationGroup):
        inside, knob = group(component, GAIN)
        return inside, decibels(value_at(knob, 0))
    return component, 0.0


def judge_export(mixsmith, song):
    session = song / "mix" / "session.toml"
    session.write_text(session.read_text() + MORE)
    subprocess.run([mixsmith, "export", song, "--to", "aaf", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    text = tomllib.loads(session.read_text())
    strips = {key: Strip(table) for key, table in text["strip"].items()}
    rate, length = text["song"]["rate"], number(text["song"]["length"])
    folder = song / "mix" / "out" / "daw" / "aaf"
    (path,) = folder.glob("*.aaf")
    seen = {}
    with aaf2.open(str(path), "r") as file:
        (top,) = list(file.content.toplevel())
        for slot in top.slots:
            if slot.media_kind != "Sound":
                continue
            name = slot.name
            near(float(slot.edit_rate), rate, 0, f"{name}: rate")
            inside, place = group(slot.segment, PAN)
            sequence, volume = group(inside, GAIN)
            near(sequence.length / rate, length, 1e-3, f"{name}: length")
            probes = [n * 0.25 for n in range(int(length * 4))]
            for time in probes:
                share = time * rate / sequence.length
                found = decibels(value_at(volume, share)), value_at(place, share) * 200 - 100
                level, pan = wanted(strips, name, time) or fail(f"nobody has a track {name}")
                if max(level, found[0]) > -80:
                    near(found[0], level, 0.1, f"{name} at {time} s: volume")
                near(found[1], pan, 0.01, f"{name} at {time} s: pan")
            clips, now = [], 0
            for component in sequence.components:
                clip, gain = clip_of(component)
                if isinstance(clip, aaf2.components.SourceClip):
                    master = clip.mob
                    (slot_of_file,) = list(master.slots)
                    source = slot_of_file.segment.mob
                    (locator,) = source.descriptor["Locator"].value
                    sound = folder / urllib.parse.unquote(locator["URLString"].value)
                    channels, own, bits, kind, frames = wav(sound)
                    if (channels, own, bits, kind) != (1, rate, 32, 3):
                        fail(f"{sound} is not what the AAF says")
                    near(source.descriptor["Length"].value, frames, 1, f"{sound}: length")
                    if clip.start + clip.length > frames:
                        fail(f"{name} plays more than there is of {sound}")
                    clips.append((now, clip.start, clip.length, gain))
                now += component.length
            near(now, sequence.length, 0, f"{name}: parts")
            seen[name] = (clips, keys(volume), keys(place))
            strip = next((s for s in strips.values() if s.name == name and s.kind == "track"), None)
            if strip and len(clips) == len(strip.clips) and clips[0][3] != 0:
                near(clips[0][3], strip.trim + number(strip.clips[0].get("gain", 0)), 1e-3, f"{name}: gain")
                near(max(number(strip.clips[0]["at"]), 0) * rate, clips[0][0], 1, f"{name}: start")
    for strip in strips.values():
        if strip.kind in ("track", "return") and strip.name not in seen and f"{strip.name}.R" not in seen:
            fail(f"{strip.name} is missing")
    if not any(gain for clips, *_ in seen.values() for *_, gain in clips):
        fail("no clip has a gain")
    if sum(len(points) > 2 for _, points, _ in seen.values()) < 3:
        fail("hardly any volume moves")
    judge_timeline(path, seen)
    print(f"aaf.py: {len(seen)} tracks are as the session has them")


def keys(parameter):
    """The points of a parameter, or its one value."""
    if "PointList" not in parameter:
        return [(0.0, float(parameter["Value"].value))]
    return [(float(p["Time"].value), float(p["Value"].value)) for p in parameter["PointList"].value]


def judge_timeline(path, seen):
    """The same clips, volumes and pans through OpenTimelineIO, which keeps the order of tracks, but not every name."""
    timeline = opentimelineio.adapters.read_from_file(str(path))
    tracks = list(timeline.tracks)
    near(len(tracks), len(seen), 0, "tracks that OpenTimelineIO sees")
    for track, (name, (clips, volume, place)) in zip(tracks, seen.items()):
        found = []
        for clip in track.find_clips():
            at = clip.trimmed_range_in_parent().start_time.to_frames()
            span = clip.trimmed_range()
            found.append((at, span.start_time.to_frames(), span.duration.to_frames()))
            if not clip.media_reference.target_url.endswith(".wav"):
                fail(f"OpenTimelineIO finds no sound for {name}")
        if found != [clip[:3] for clip in clips]:
            fail(f"OpenTimelineIO sees {found} on {name}, not {clips}")
        # It puts the processors of a track with a single clip and no silence on the clip.
        effects = list(track.effects) or list(track[0].effects)
        for effect, title, wanted in zip(effects[-2:], (GAIN, PAN), (volume, place), strict=True):
            if effect.name != title:
                fail(f"OpenTimelineIO sees {effect.name} on {name}, not {title}")
            (value,) = effect.metadata["AAF"]["Parameters"].values()
            points = [(0.0, value)] if isinstance(value, str) else value["keyframe_values"]
            points = [(float(time), float(Fraction(value))) for time, value in points]
            if len(points) != len(wanted):
                fail(f"OpenTimelineIO sees {len(points)} points of {title} on {name}, not {len(wanted)}")
            for (t0, v0), (t1, v1) in zip(points, wanted):
                near(t0, t1, 1e-9, f"OpenTimelineIO, {name}: time of {title}")
                near(v0, v1, 1e-9, f"OpenTimelineIO, {name}: {title}")


# --- a project that pyaaf2 writes


RATE = 44_100


def sample(n, channel=0):
    """What the sounds of the project are made of: the right is half as loud as the left."""
    return int(12_000 * math.sin(0.05 * n)) // (1 + channel)


def write_wav(path, channels, frames):
    samples = b"".join(
        struct.pack("<h", sample(n, channel)) for n in range(frames) for channel in range(channels)
    )
    head = struct.pack("<HHIIHH", 1, channels, RATE, RATE * 2 * channels, 2 * channels, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(samples)) + samples
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


class Maker:
    """Makes a project as the documentation of pyaaf2 does."""

    def __init__(self, file):
        self.file = file
        self.sound = file.dictionary.lookup_datadef("Sound")
        self.knobs, self.processors = {}, {}
        for name, knob, knob_id, id in (
            (GAIN, "Amplitude", "e4962321-2267-11d3-8a4c-0050040ef7d2", "9d2ea894-0968-11d3-8a38-0050040ef7d2"),
            (PAN, "Pan", "e4962322-2267-11d3-8a4c-0050040ef7d2", "9d2ea893-0968-11d3-8a38-0050040ef7d2"),
        ):
            rational = file.dictionary.lookup_typedef("Rational")
            parameter = file.create.ParameterDef(knob_id, knob, "", rational)
            file.dictionary.register_def(parameter)
            processor = file.create.OperationDef(id, name)
            processor.media_kind = "Sound"
            processor["NumberInputs"].value = 1
            processor.parameters.append(parameter)
            file.dictionary.register_def(processor)
            self.knobs[name], self.processors[name] = parameter, processor
        self.lines = file.create.InterpolationDef(
            "5b6c85a4-0ede-11d3-80a9-006008143e6f", "LinearInterp", "straight"
        )
        file.dictionary.register_def(self.lines)

    def media(self, name, url, channels, frames, slots=1):
        """A sound file; where there are several slots, each is one of its channels."""
        create = self.file.create
        source, master = create.SourceMob(name), create.MasterMob(name)
        descriptor = create.PCMDescriptor()
        for key, value in (("SampleRate", RATE), ("AudioSamplingRate", RATE), ("Channels", channels),
                           ("QuantizationBits", 16), ("BlockAlign", 2 * channels),
                           ("AverageBPS", RATE * 2 * channels), ("Length", frames)):
            descriptor[key].value = value
        locator = create.NetworkLocator()
        locator["URLString"].value = url
        descriptor["Locator"].append(locator)
        source.descriptor = descriptor
        slot = source.create_empty_sequence_slot(RATE, media_kind="sound")
        clip = create.SourceClip(media_kind="sound")
        clip.length = frames
        slot.segment.components.append(clip)
        self.file.content.mobs.extend([source, master])
        for n in range(slots):
            slot = master.create_timeline_slot(RATE)
            slot["PhysicalTrackNumber"].value = n + 1
            slot.segment = source.create_source_clip(source.slots[0].slot_id, media_kind="sound")
            slot.segment.length = frames
        return master

    def around(self, name, inside, points):
        """A processor around a segment; points are times from 0 to 1 with their values, or one value."""
        create = self.file.create
        if isinstance(points, list):
            knob = create.VaryingValue()
            knob.parameterdef = self.knobs[name]
            knob["Interpolation"].value = self.lines
            for time, value in points:
                point = create.ControlPoint()
                point["Time"].value = Fraction(time).limit_denominator(10_000)
                point["Value"].value = aaf2.rational.AAFRational(Fraction(value).limit_denominator(1 << 20))
                knob["PointList"].append(point)
        else:
            knob = create.ConstantValue()
            knob.parameterdef = self.knobs[name]
            knob["Value"].value = aaf2.rational.AAFRational(Fraction(points).limit_denominator(1 << 20))
        found = create.OperationGroup(self.processors[name], inside.length, media_kind="sound")
        found.segments.append(inside)
        found.parameters.append(knob)
        return found


def heard(path, length, *probes):
    """Has a file this length, and these samples in its channels?"""
    channels, rate, bits, kind, frames = wav(path)
    data = path.read_bytes()
    at = data.index(b"data") + 8
    unit, scale = ("f", 1) if kind == 3 else ("h", 32_768)
    if frames < length or rate != RATE:
        fail(f"{path.name} has {frames} frames at {rate} Hz")
    for n, wanted in probes:
        found = struct.unpack_from(f"<{channels}{unit}", data, at + n * channels * bits // 8)
        if len(wanted) != channels:
            fail(f"{path.name} has {channels} channels")
        for a, b in zip(found, wanted):
            near(a / scale, b / 32_768, 1e-4, f"{path.name}: frame {n}")


def judge_import(mixsmith, folder):
    (folder / "Audio Files").mkdir(parents=True)
    write_wav(folder / "Audio Files" / "bass line.wav", 1, 3 * RATE)
    write_wav(folder / "keys.wav", 2, 2 * RATE)
    path = folder / "other.aaf"
    with aaf2.open(str(path), "w") as file:
        maker, create = Maker(file), file.create
        # An absolute address of another machine, and a relative one.
        bass = maker.media("bass line", "file:///C%3a/Mix/Audio%20Files/bass%20line.wav", 1, 3 * RATE)
        keys = maker.media("keys", "keys.wav", 2, 2 * RATE)
        top = create.CompositionMob("Other song")
        top.usage = "Usage_TopLevel"
        file.content.mobs.append(top)

        def clip(master, start, length, slot=0):
            found = master.create_source_clip(master.slots[slot].slot_id, start, length, "sound")
            found.length = length
            return found

        sequence = create.Sequence(media_kind="sound")
        silence = create.Filler("sound", RATE)
        parts = [silence, clip(bass, 0, RATE), maker.around(GAIN, clip(bass, RATE, 2 * RATE), 0.5)]
        sequence.components.extend(parts)
        sequence.length = 4 * RATE
        segment = maker.around(GAIN, sequence, [(0, 1), (0.5, 0.25), (1, 0.25)])
        slot = top.create_timeline_slot(RATE)
        slot.name = "Bass"
        slot.segment = maker.around(PAN, segment, 0.25)
        slot = top.create_timeline_slot(RATE)
        slot.name = "Keys"
        slot.segment = maker.around(PAN, maker.around(GAIN, clip(keys, 0, 2 * RATE), 2), [(0, 0), (1, 1)])
        # The channels of one file: on two tracks of one name, joined on one track, and the right one alone.
        strings = maker.media("strings", "keys.wav", 2, 2 * RATE, slots=2)
        for name, channel in (("Strings", 0), ("Strings", 1), ("Right", 1)):
            slot = top.create_timeline_slot(RATE)
            slot.name = name
            slot.segment = clip(strings, 0, 2 * RATE, channel)
        # Known by its two inputs: the specification has no processor that joins channels.
        combiner = create.OperationDef("5d7c2f5e-3a5b-4f0e-9a37-2f64f1a3c001", "Audio Channel Combiner")
        combiner.media_kind = "Sound"
        combiner["NumberInputs"].value = 2
        file.dictionary.register_def(combiner)
        both = create.OperationGroup(combiner, 2 * RATE, media_kind="sound")
        both.segments.extend([clip(strings, 0, 2 * RATE, 0), clip(bass, 0, 2 * RATE)])
        slot = top.create_timeline_slot(RATE)
        slot.name = "Both"
        slot.segment = create.Sequence(media_kind="sound")
        slot.segment.components.append(both)
        slot.segment.length = 2 * RATE
    song = folder / "song"
    subprocess.run([mixsmith, "import", path, "--out", song, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    text = tomllib.loads((song / "mix" / "session.toml").read_text())
    if (text["song"]["title"], text["song"]["rate"]) != ("Other song", RATE):
        fail(f"the song is {text['song']}")
    bass, keys = Strip(text["strip"]["bass"]), Strip(text["strip"]["keys"])
    near(bass.fader.at(0), 0, 1e-3, "bass at the start")
    near(bass.fader.at(1), 20 * math.log10(0.625), 0.15, "bass on its way")
    near(bass.fader.at(3), 20 * math.log10(0.25), 1e-3, "bass at the end")
    near(bass.pan.at(0), -50, 1e-3, "bass: pan")
    near(keys.fader.at(0), 20 * math.log10(2), 1e-3, "keys")
    near(keys.pan.at(0.5), -50, 0.1, "keys: pan")
    # The clips are joined: silence, a whole one, and one at half its level.
    heard(song / "Bass.wav", 4 * RATE, (100, [0]), (RATE + 777, [sample(777)]),
          (3 * RATE + 5, [sample(2 * RATE + 5) / 2]))
    left, right = sample(777), sample(777, 1)
    heard(song / "Keys.wav", 2 * RATE, (777, [left, right]))
    heard(song / "Strings.wav", 2 * RATE, (777, [left, right]))
    heard(song / "Right.wav", 2 * RATE, (777, [right]))
    heard(song / "Both.wav", 2 * RATE, (777, [left, sample(777)]))
    print("aaf.py: a project of pyaaf2 is imported as it was written")


def main():
    mixsmith, song = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    judge_export(mixsmith, song)
    judge_import(mixsmith, song.parent / "aaf-of-others")


main()

"""What plays in a MIDI file: its notes by role, cut to a window, and rendered with a soundfont or a drum kit."""
import glob, os, re, struct, subprocess, tempfile

import mido, numpy as np, soundfile

RATE = 44100
# Role of each General-MIDI program; "" where our roles have no single word for it.
PROGRAMS = (["piano"] * 4 + ["keys"] * 4 + ["mallet"] * 7 + [""] + ["organ"] * 6 + ["", "organ"]
            + ["acoustic-guitar"] * 2 + ["electric-guitar"] * 5 + [""] + ["bass"] * 8
            + ["strings"] * 7 + ["percussion"] + ["strings"] * 4 + ["choir"] * 3 + [""] + ["brass"] * 24
            + ["synth-lead"] * 8 + ["pad"] * 8 + [""] * 8 + [""] * 4 + ["mallet"] + [""] * 3
            + ["", "percussion", "mallet", "percussion", "percussion", "toms", "", "fx"] + [""] * 8)
DRUMS = {"kick": [35, 36], "snare": [37, 38, 40], "clap": [39], "hihat": [42, 44, 46],
         "toms": [41, 43, 45, 47, 48, 50], "ride": [51, 53, 59], "crash": [49, 52, 55, 57]}
PIECES = {note: piece for piece, notes in DRUMS.items() for note in notes}
# Roles that music files rarely ask for, and the octave around which their instruments play.
RARE = {"acoustic-guitar": 55, "brass": 62, "choir": 62, "keys": 60, "mallet": 70, "organ": 60, "strings": 64,
        "piano": 60, "synth-lead": 68, "pad": 60}
FONTS = ["/usr/share/sounds/sf2/FluidR3_GM.sf2", "/usr/share/sounds/sf2/sf_GMbank.sf2",
         "/usr/share/sounds/sf2/TimGM6mb.sf2"]
# Soundfonts that hold one kit.
KITS = [None, "/usr/share/sounds/sf2/Black_Pearl_4_LV2.sf2", "/usr/share/sounds/sf2/Red_Zeppelin_4_LV2.sf2"]
HYDROGEN = "/usr/share/hydrogen/data/drumkits"


def size(n):
    """A length near to `n` and not below whose transform is quick."""
    return min(k << (max(0, int(np.ceil(np.log2(n / k))))) for k in (1, 3, 5))


def events(midi):
    """(seconds, message, role key) of a whole file; the key is (channel, program) or ("drum", piece)."""
    program, found, now = [0] * 16, [], 0.0
    for message in midi:
        now += message.time
        if message.type == "program_change":
            program[message.channel] = message.program
        if message.is_meta or message.type == "sysex":
            continue
        key = None
        if message.type in ("note_on", "note_off"):
            ch = message.channel
            key = ("drum", PIECES.get(message.note, "percussion")) if ch == 9 else (ch, program[ch])
        found.append((now, message, key))
    return found


def window(found, seconds):
    """Start of the stretch in which most parts play most notes."""
    notes = [(t, key) for t, m, key in found if m.type == "note_on" and m.velocity]
    if not notes:
        return 0.0
    best = (0.0, 0.0)
    for start in np.arange(0.0, max(notes[-1][0] - seconds, 0.0) + 1.0, seconds / 4):
        count = {}
        for t, key in notes:
            if start <= t < start + seconds:
                count[key] = count.get(key, 0) + 1
        worth = sum(min(n, 24) for n in count.values())
        best = max(best, (worth, -start))
    return -best[1]


def cut(found, key, start, seconds, program=None, shift=0):
    """The MIDI file of one part in a window: what was set before, then its notes; for another instrument if one is
    named."""
    out = mido.MidiFile(type=0, ticks_per_beat=480)
    track = mido.MidiTrack()
    out.tracks.append(track)
    channel = 9 if key[0] == "drum" else key[0]
    last, tick = 0.0, 960.0  # 120 to the minute: 960 ticks a second
    if program is not None:
        track.append(mido.Message("program_change", channel=channel, program=program))
    for t, message, of in found:
        if t >= start + seconds or message.channel != channel:
            continue
        if program is not None and message.type == "program_change":
            continue
        if of is not None and (of != key and not (key == ("drum", "drums") and of[0] == "drum") or t < start):
            continue
        if message.type == "control_change" and message.control in (7, 10, 91, 93):
            continue
        at = max(t - start, 0.0)
        message = message.copy(time=int(round((at - last) * tick)))
        track.append(message if of is None else message.copy(note=min(max(message.note + shift, 0), 127)))
        last = at
    # All sound off: a player that waits for held notes to end would wait for ever.
    track.append(mido.Message("control_change", channel=channel, control=120, value=0,
                              time=int(max(0.0, seconds - last) * tick)))
    track.append(mido.MetaMessage("end_of_track", time=0))
    return out


def render(midi, font, seconds):
    """The sound of a MIDI file, without reverb and chorus, two channels."""
    with tempfile.TemporaryDirectory() as place:
        score, sound = os.path.join(place, "a.mid"), os.path.join(place, "a.wav")
        midi.save(score)
        subprocess.run(["fluidsynth", "-q", "-ni", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(RATE), "-T", "wav",
                        "-O", "float", "-F", sound, font, score], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        x = soundfile.read(sound, always_2d=True)[0]
    n = int(seconds * RATE)
    return np.vstack([x[:n], np.zeros((max(0, n - len(x)), 2))])


# Words in the instrument names of drum kits, the first that fits.
WORDS = [("kick", r"kick|bass ?drum|^bd"), ("clap", r"clap|snaps"), ("snare", r"snare|stick|rim"),
         ("hihat", r"hat|hh"), ("toms", r"tom"), ("ride", r"ride|bell \(|paiste bell"), ("crash", r"crash|splash|china|cymbal"),
         ("percussion", r"conga|bongo|cow|agogo|clave|wood|maraca|tamb|djembe|cajon|head|bell")]


class Kit:
    """A drum kit of hydrogen: samples by piece."""

    def __init__(self, folder):
        text = open(os.path.join(folder, "drumkit.xml"), encoding="utf-8", errors="replace").read()
        self.name, self.samples, self.cache = os.path.basename(folder), {}, {}
        for block in re.findall(r"<instrument>(.*?)</instrument>", text, re.S):
            name = re.search(r"<name>([^<]*)", block)
            files = [os.path.join(folder, f) for f in re.findall(r"<filename>([^<]+)", block)]
            files = [f for f in files if os.path.exists(f)]
            piece = next((p for p, words in WORDS if re.search(words, name.group(1).lower())), None) if name else None
            if piece and files:
                self.samples.setdefault(piece, []).append(files)

    def hit(self, path):
        if path not in self.cache:
            x, rate = soundfile.read(path, always_2d=True)
            at = np.arange(0, min(len(x), 3 * rate), rate / RATE)
            x = np.stack([np.interp(at, np.arange(len(x)), c) for c in (x[:, 0], x[:, -1])], 1)
            self.cache[path] = x
        return self.cache[path]

    def play(self, found, piece, start, seconds, chance):
        """One piece of the kit as the notes ask for it."""
        out = np.zeros((int(seconds * RATE), 2))
        if piece not in self.samples:
            return out
        voices = self.samples[piece]
        of_note = {}
        for t, m, key in found:
            if key != ("drum", piece) or m.type != "note_on" or not m.velocity or not start <= t < start + seconds:
                continue
            files = of_note.setdefault(m.note, voices[int(chance.integers(len(voices)))])
            x = self.hit(files[min(int(m.velocity / 128 * len(files)), len(files) - 1)])
            at = int((t - start) * RATE)
            x = x[:len(out) - at] * (m.velocity / 127) ** 1.5
            out[at:at + len(x)] += x
        return out


def songs(cache):
    """Every MIDI file that can be had from Debian's packages, by name."""
    found = {}
    for path in sorted(glob.glob("/usr/share/games/openttd/baseset/openmsx/*.mid") + glob.glob("/usr/share/planetblupi/music/*.mid")):
        found[os.path.basename(path)[:-4]] = path
    os.makedirs(cache, exist_ok=True)
    for wad in glob.glob("/usr/share/games/doom/freedoom*.wad"):
        data = open(wad, "rb").read()
        count, where = struct.unpack("<ii", data[4:12])
        for i in range(count):
            at, size, name = struct.unpack("<ii8s", data[where + 16 * i:where + 16 * i + 16])
            name = name.rstrip(b"\0").decode("latin1").lower()
            if name.startswith("d_") and data[at:at + 4] == b"MThd":
                path = os.path.join(cache, f"freedoom-{name}.mid")
                open(path, "wb").write(data[at:at + size])
                found.setdefault(f"freedoom-{name}", path)
    chords = ["C / G/B /|Am / F /|C / Am /|F / G /", "Em / C /|G / D /|Em / C /|Am / B7 /", "Dm7 / G7 /|CM7 / A7 /|Dm7 / G7 /|CM7 / /", "A / D /|E / A /|F#m / D /|E / /"]
    for i, path in enumerate(sorted(glob.glob("/usr/share/mma/lib/stdlib/*.mma"))[::3]):
        groove = re.search(r"^\s*DefGroove\s+(\S+)", open(path, errors="replace").read(), re.M)
        name = "mma-" + os.path.basename(path)[:-4]
        out = os.path.join(cache, name + ".mid")
        if groove and not os.path.exists(out):
            source = os.path.join(cache, name + ".mma")
            bars = "\n".join(f"{n + 1} {bar}" for n, bar in enumerate(chords[i % 4].split("|") * 3))
            open(source, "w").write(f"RndSeed {i}\nTempo {84 + 53 * i % 70}\nGroove {groove.group(1)}\n{bars}\n")
            subprocess.run(["mma", source, "-f", out], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if os.path.exists(out):
            found[name] = out
    return found

"""What no soundfont has: electronic drums, plucks, arpeggios, pads, basses and effects of a plain synthesiser."""
import numpy as np

from parts import RATE, size as quick


def envelope(n, attack, decay, hold=0.0):
    """Rises in `attack` s, falls by 60 dB in `decay` s after `hold` s."""
    t = np.arange(n) / RATE
    return np.minimum(t / max(attack, 1e-4), 1.0) * np.exp(-6.9 * np.maximum(t - attack - hold, 0) / decay)


def wave(kind, hz, n, phase=0.0):
    """Band-limited enough: harmonics up to 14 kHz, at most 60."""
    t = np.arange(n) / RATE
    out = np.zeros(n)
    for k in range(1, min(int(14000 / hz), 60) + 1):
        if kind == "square" and k % 2 == 0:
            continue
        level = {"saw": 1 / k, "square": 1 / k, "triangle": (k % 2) / k ** 2, "sine": float(k == 1)}[kind]
        if level:
            out += level * np.sin(2 * np.pi * hz * k * t + phase * k)
    return out


def low_pass(x, hz, resonance=0.0):
    """A fixed filter of 12 dB an octave with a bump, by its magnitude."""
    n = quick(len(x))
    f = np.fft.rfftfreq(n, 1 / RATE) / hz
    gain = 1 / (1 + f ** 4) ** 0.5 * (1 + resonance * np.exp(-((np.log2(np.maximum(f, 1e-3))) * 3) ** 2))
    return np.fft.irfft(np.fft.rfft(x, n) * gain, n)[:len(x)]


def noise(chance, n, low, high):
    """Noise between two frequencies."""
    f = np.fft.rfftfreq(n, 1 / RATE)
    return np.fft.irfft(np.fft.rfft(chance.normal(size=n)) * ((f > low) & (f < high)), n)


def drum(piece, chance):
    """One hit of an electronic drum."""
    n = int(0.6 * RATE)
    t = np.arange(n) / RATE
    if piece == "kick":
        low, high, fall = chance.uniform(42, 60), chance.uniform(100, 400), chance.uniform(15, 60)
        sweep = np.cumsum(low + high * np.exp(-t * fall)) / RATE
        click = noise(chance, n, 800, 9000) * envelope(n, 0, 0.02) * chance.uniform(0, 0.4)
        return np.tanh(chance.uniform(1, 4) * np.sin(2 * np.pi * sweep) * envelope(n, 0.001, chance.uniform(0.15, 0.6))) + click
    if piece == "snare":
        body = np.sin(2 * np.pi * chance.uniform(160, 240) * t) * envelope(n, 0, 0.15) * chance.uniform(0.2, 1)
        return body + noise(chance, n, chance.uniform(300, 2000), 14000) * envelope(n, 0, chance.uniform(0.1, 0.4)) * 1.5
    if piece == "clap":
        out = np.zeros(n)
        for k in range(3):
            at = int(k * chance.uniform(0.008, 0.014) * RATE)
            out[at:] += noise(chance, n - at, 800, 8000) * envelope(n - at, 0, 0.02 if k < 2 else chance.uniform(0.1, 0.3))
        return out
    if piece == "hihat":
        return noise(chance, n, chance.uniform(4000, 8000), 17000) * envelope(n, 0, chance.choice([0.04, 0.08, 0.3]))
    if piece == "toms":
        hz = chance.uniform(80, 220)
        return np.sin(2 * np.pi * np.cumsum(hz * (1 + np.exp(-t * 20))) / RATE) * envelope(n, 0.001, chance.uniform(0.2, 0.5))
    if piece == "percussion":
        hz = chance.uniform(300, 2500)
        return (np.sin(2 * np.pi * hz * t) + np.sin(2 * np.pi * hz * 1.48 * t)) * envelope(n, 0, chance.uniform(0.03, 0.2))
    n = int(2 * RATE)
    return noise(chance, n, chance.uniform(2000, 5000), 16000) * envelope(n, 0, chance.uniform(0.8, 2))


def drums(pieces, chance, seconds, tempo):
    """A pattern of two bars, again and again: a channel for each piece."""
    step = 60 / tempo / 4
    parts = {}
    for piece in pieces:
        odds = {"kick": [.9, .05, .2, .1], "snare": [.05, .05, .05, .05], "clap": [.05, 0, .05, .05], "hihat": [.8, .3, .9, .3],
                "crash": [0.04, 0, 0, 0], "toms": [.1, .1, .2, .2]}.get(piece, [.3, .3, .3, .3])
        pattern = chance.random(32) < np.array(odds * 8)
        if piece in ("snare", "clap"):
            pattern[4::8] = True
        hits = [drum(piece, chance) for _ in range(int(chance.integers(1, 3)))]
        out = np.zeros(int(seconds * RATE))
        for k in range(int(seconds / step)):
            if pattern[k % 32]:
                at = int(k * step * RATE)
                x = hits[int(chance.integers(len(hits)))][:len(out) - at]
                out[at:at + len(x)] += x * chance.uniform(0.7, 1)
        parts[piece] = np.stack([out, out], 1)
    return parts


CHORDS = [[0, 4, 7], [9, 12, 16], [5, 9, 12], [7, 11, 14], [2, 5, 9], [4, 7, 11]]


def played(role, chance, seconds, tempo):
    """A part of bass, synth-lead, synth or pad."""
    n, beat = int(seconds * RATE), 60 / tempo
    out = np.zeros((n, 2))
    key, kind = int(chance.integers(12)), str(chance.choice(["saw", "saw", "square", "triangle"]))
    chords = [CHORDS[int(i)] for i in chance.integers(0, 6, 4)]
    cutoff, bump = chance.uniform(400, 6000), chance.uniform(0, 3)
    spread = chance.choice([0.0, 0.003, 0.008])
    line = chance.integers(0, 8, 16)
    if role == "bass":
        kind, cutoff = str(chance.choice(["saw", "square", "sine", "triangle"])), chance.uniform(120, 900)
    length = {"pad": 4.0, "bass": float(chance.choice([0.5, 0.5, 1, 2])), "synth-lead": float(chance.choice([0.5, 1, 1])),
              "synth": float(chance.choice([0.25, 0.25, 0.5, 1]))}[role]
    arp = chance.random() < 0.6
    decay = chance.uniform(0.15, 0.5) if role == "synth" else chance.uniform(0.5, 2)
    rests = chance.random(16) < {"pad": 0, "bass": 0.15, "synth-lead": 0.3, "synth": 0.25}[role]
    tones = {}
    for k in range(int(seconds / beat / length)):
        chord = chords[int(k * length / 4) % 4]
        if rests[k % 16]:
            continue
        if role == "pad":
            notes = [48 + key + c for c in chord] + ([60 + key + chord[1]] if arp else [])
        elif role == "bass":
            notes = [28 + (key + chord[0]) % 12 + (12 if line[k % 16] > 6 else 0)]
        elif role == "synth-lead":
            notes = [67 + key % 7 + [0, 2, 4, 7, 9, 12, 7, 4][line[k % 16]]]
        elif arp:
            notes = [60 + key + chord[line[k % 16] % 3] + 12 * (line[k % 16] > 4)]
        else:
            notes = [55 + key + c for c in chord]
        for note in notes:
            size = min(int((length * beat + (0.8 if role == "pad" else 0.1)) * RATE), n)
            if note not in tones:
                hz = 440 * 2 ** ((note - 69) / 12)
                two = [wave(kind, hz * (1 - spread), size), wave(kind, hz * (1 + spread), size, 1.0)]
                if role == "pad":
                    shape = np.minimum(np.arange(size) / RATE / 0.5, 1) * np.minimum((size - np.arange(size)) / RATE / 0.7, 1)
                elif role in ("bass", "synth-lead"):
                    shape = envelope(size, 0.005, decay, length * beat * 0.5) * np.minimum((size - np.arange(size)) / RATE / 0.05, 1)
                else:
                    shape = envelope(size, 0.003, decay)
                tones[note] = np.stack([low_pass(x * shape, max(cutoff, hz * 1.2), bump) for x in two], 1)
            at = int(k * length * beat * RATE)
            x = tones[note][:n - at]
            out[at:at + len(x)] += x
    return out


def effect(chance, seconds, tempo):
    """Sweeps, impacts, beeps and noises with long rests."""
    n = int(seconds * RATE)
    out, at = np.zeros((n, 2)), 0.0
    kind = str(chance.choice(["riser", "impact", "zap", "texture"]))
    while at < seconds:
        size = min(int(chance.uniform(1, 5) * RATE), n - int(at * RATE))
        t = np.arange(size) / RATE
        if kind == "riser":
            x = np.stack([noise(chance, size, 200, 12000) for _ in range(2)], 1) * (t / t[-1] if size > 1 else t)[:, None] ** 2
            x += np.sin(2 * np.pi * np.cumsum(200 + 1500 * t ** 2 / 4) / RATE)[:, None] * 0.3 * chance.random()
        elif kind == "impact":
            x = np.stack([low_pass(noise(chance, size, 20, 9000), 600) for _ in range(2)], 1) * envelope(size, 0.002, 3)[:, None]
        elif kind == "zap":
            hz = np.cumsum(chance.uniform(300, 4000) * np.exp(-t * chance.uniform(1, 12)) + 80) / RATE
            x = np.repeat((np.sin(2 * np.pi * hz) * envelope(size, 0.002, chance.uniform(0.2, 2)))[:, None], 2, 1)
        else:
            hz = chance.uniform(100, 1500, 6)
            x = np.stack([sum(np.sin(2 * np.pi * h * t + 3 * np.sin(2 * np.pi * h * chance.uniform(0.3, 3) * t)) for h in hz)
                          for _ in range(2)], 1) * np.hanning(size)[:, None]
        out[int(at * RATE):int(at * RATE) + size] += x[:size]
        at += size / RATE + chance.uniform(0.5, 6)
    return out

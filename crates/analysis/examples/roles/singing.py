"""Voices that sing: festival's diphone speakers on melodies of chance."""
import os, subprocess, tempfile

import numpy as np, soundfile

from parts import RATE, size as quick

# Speaker, lowest and highest note it sings (MIDI), by fold.
SINGERS = [[("kal_diphone", 45, 59), ("lp_diphone", 55, 71)], [("ked_diphone", 45, 60), ("lp_diphone", 57, 73)],
           [("pc_diphone", 45, 61), ("suo_fi_lj_diphone", 55, 72)]]
WORDS = ("morning over stay with me forever tonight the river runs away down low burning silver lights across my window never "
         "saw a shadow falling hold on to something true say your name again and again we could be heroes in summer rain "
         "she said it's only love so long goodbye little sister fire shining eyes every single time").split()
NAMES = "C C# D D# E F F# G G# A A# B".split()


def note(midi):
    return f"{NAMES[midi % 12]}{midi // 12 - 1}"


def melody(chance, low, high, seconds, tempo):
    """Phrases of words with notes of a scale, and rests."""
    scale = [n for n in range(low, high + 1) if (n - low) % 12 in (0, 2, 4, 5, 7, 9, 11)]
    at, place, lines = 0.0, len(scale) // 2, []
    beat = 60.0 / tempo
    while at < seconds:
        for _ in range(int(chance.integers(3, 9))):
            place = int(np.clip(place + chance.integers(-2, 3), 0, len(scale) - 1))
            beats = float(chance.choice([0.5, 0.5, 1.0, 1.0, 1.5, 2.0]))
            lines.append((str(chance.choice(WORDS)), scale[place], beats))
            at += beats * beat
        rest = float(chance.choice([0.5, 1.0, 2.0, 4.0]))
        lines.append(("", 0, rest))
        at += rest * beat
    return lines


def sing(speaker, lines, tempo, shift, seconds):
    """One channel of singing; `shift` semitones move the whole part for a harmony."""
    body = "".join(
        f'<REST BEATS="{beats}"></REST>' if not word else
        f'<PITCH NOTE="{note(pitch + shift)}"><DURATION BEATS="{beats}">{word}</DURATION></PITCH>'
        for word, pitch, beats in lines)
    head = ('<?xml version="1.0"?>\n<!DOCTYPE SINGING PUBLIC "-//SINGING//DTD SINGING mark up//EN" '
            '"Singing.v0_1.dtd" []>\n')
    with tempfile.TemporaryDirectory() as place:
        score, sound = os.path.join(place, "a.xml"), os.path.join(place, "a.wav")
        open(score, "w").write(f'{head}<SINGING BPM="{tempo}">{body}</SINGING>')
        subprocess.run(["text2wave", "-mode", "singing", "-eval", f"(voice_{speaker})", score, "-o", sound],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        x, rate = soundfile.read(sound)
    at = np.arange(0, len(x), rate / RATE)
    x = np.interp(at, np.arange(len(x)), x)[:int(seconds * RATE)]
    return np.pad(x, (0, int(seconds * RATE) - len(x)))


def air(x, chance):
    """What lies above the recordings' 8 kHz, made of what lies below it: else no voice would have any."""
    n = quick(len(x))
    hz = np.fft.rfftfreq(n, 1 / RATE)
    spectrum = np.fft.rfft(x, n)
    sharp = np.fft.irfft(spectrum * ((hz > 3500) & (hz < 7500)), n)[:len(x)]
    moved = 2 * sharp * np.cos(2 * np.pi * 4000 * np.arange(len(x)) / RATE)
    moved = np.fft.irfft(np.fft.rfft(moved, n) * ((hz > 7500) & (hz < 11500)), n)[:len(x)]
    low = np.fft.irfft(spectrum * (hz < 7500), n)[:len(x)]
    # Recorded close and brightened, as voices in songs are.
    bright = np.fft.irfft(np.fft.rfft(low + moved * 10 ** (chance.uniform(-6, 3) / 20), n)
                          * 10 ** (chance.uniform(0, 9) / 20 * np.clip(np.log2(np.maximum(hz, 1) / 1500), 0, 2) / 2)
                          * (hz > 80), n)
    return bright[:len(x)]

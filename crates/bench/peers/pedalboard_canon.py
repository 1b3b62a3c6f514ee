"""CANON-1 in pedalboard: FOLDER TRACKS OUT. Whole files in memory, as the library is used; one thread."""
import math
import sys

import numpy as np
from pedalboard import (Compressor, Delay, HighpassFilter, HighShelfFilter, Limiter, LowShelfFilter, PeakFilter,
                        Pedalboard, Reverb)
from pedalboard.io import AudioFile

folder, tracks, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
RATE = 48_000
mix = reverb = delay = None
for number in range(tracks):
    with AudioFile(f"{folder}/t{number:03d}.wav") as file:
        sound = file.read(file.frames)
    chain = Pedalboard([
        HighpassFilter(80), LowShelfFilter(120, 2, 0.7), PeakFilter(400, -3, 1), PeakFilter(3000, 2, 1),
        HighShelfFilter(10_000, 1.5, 0.7), Compressor(-18, 3, 10, 100),
    ])
    sound = chain(sound, RATE)[0] * np.float32(0.7 + 0.3 * math.cos(number))
    angle = (number % 17) / 16 * math.pi / 2
    panned = np.stack([sound * np.float32(math.cos(angle)), sound * np.float32(math.sin(angle))])
    if mix is None:
        mix, reverb, delay = (np.zeros_like(panned) for _ in range(3))
    mix += panned
    reverb += panned * np.float32(0.1 + 0.2 * (number % 5) / 4)
    delay += panned * np.float32(0.05 + 0.1 * (number % 3) / 2)
mix += Reverb(room_size=0.6, damping=0.4, wet_level=1, dry_level=0, width=1)(reverb, RATE)
mix += Delay(0.375, 0.35, 1.0)(delay, RATE)
master = Pedalboard([
    LowShelfFilter(100, 1, 0.7), PeakFilter(400, -1, 1), PeakFilter(3000, 1, 1), HighShelfFilter(10_000, 1, 0.7),
    Compressor(-12, 2, 20, 150), Limiter(-1, 100),
])
with AudioFile(out, "w", RATE, 2, bit_depth=24) as file:
    file.write(master(mix * np.float32(1 / math.sqrt(tracks)), RATE))

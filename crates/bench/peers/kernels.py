"""Times one kernel of pedalboard on a file: FILE KERNEL. Prints seconds of processor time."""
import sys
import time

from pedalboard import (Compressor, HighpassFilter, HighShelfFilter, Limiter, LowShelfFilter, PeakFilter,
                        Pedalboard)
from pedalboard.io import AudioFile, StreamResampler

path, kernel = sys.argv[1:3]
with AudioFile(path) as file:
    sound, rate = file.read(file.frames), file.samplerate


def decode():
    with AudioFile(path) as file:
        return file.read(file.frames)


work = {
    "equaliser": lambda: Pedalboard([
        HighpassFilter(80), LowShelfFilter(120, 2, 0.7), PeakFilter(400, -3, 1), PeakFilter(3000, 2, 1),
        HighShelfFilter(10_000, 1.5, 0.7),
    ])(sound, rate),
    "compressor": lambda: Compressor(-18, 3, 10, 100)(sound, rate),
    "limiter": lambda: Limiter(-1, 100)(sound, rate),
    "resample": lambda: StreamResampler(rate, 48_000, 2).process(sound),
    "decode": decode,
}[kernel]
start = time.process_time()
work()
print(time.process_time() - start)

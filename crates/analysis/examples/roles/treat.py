"""What happens to a sound between instrument and file: rooms, bleed, equalisers, amplifiers, compressors, codecs."""
import numpy as np

from parts import RATE, size


def spectrum(x, gain):
    """A filter given by its gain over frequency."""
    n = size(len(x) + RATE // 10)
    hz = np.fft.rfftfreq(n, 1 / RATE)
    return np.fft.irfft(np.fft.rfft(x, n, axis=0) * gain(np.maximum(hz, 1.0))[:, None], n, axis=0)[:len(x)]


def tilt(x, chance):
    """A slope around 1 kHz, and up to two bells."""
    slope = chance.normal() * 1.0
    bells = [(2 ** chance.uniform(6.5, 13), chance.uniform(-6, 6), chance.uniform(0.3, 1.2)) for _ in range(chance.integers(0, 3))]
    cut = 20.0 if chance.random() < 0.6 else chance.uniform(20, 70)

    def gain(hz):
        db = slope * np.clip(np.log2(hz / 1000), -4, 4)
        for centre, height, width in bells:
            db = db + height * np.exp(-(np.log2(hz / centre) / width) ** 2)
        return 10 ** (db / 20) / np.sqrt(1 + (cut / hz) ** 4)

    return spectrum(x, gain)


def room(x, chance, seconds=None, db=None):
    """Decaying noise on two sides, darker as it decays."""
    seconds = seconds or 10 ** chance.uniform(-0.7, 0.35)
    db = chance.uniform(-20, -7) if db is None else db
    n = int(seconds * RATE)
    t = np.arange(n) / RATE
    tail = chance.normal(size=(n, 2)) * np.exp(-6.9 * t / seconds)[:, None]
    tail[:int(chance.uniform(0.002, 0.03) * RATE)] = 0
    tail = spectrum(tail, lambda hz: 1 / np.sqrt(1 + (hz / 5000) ** 2) * (hz > 120))
    long = size(len(x) + n)
    wet = np.fft.irfft(np.fft.rfft(x, long, axis=0) * np.fft.rfft(tail, long, axis=0), long, axis=0)[:len(x)]
    scale = rms(x) / max(rms(wet), 1e-9)
    return x + wet * scale * 10 ** (db / 20)


def amplifier(x, chance, hard):
    """Bends, then a loudspeaker."""
    drive = 10 ** (chance.uniform(10, 36) / 20) if hard else 10 ** (chance.uniform(0, 12) / 20)
    peak = max(np.abs(x).max(), 1e-9)
    y = np.tanh(drive * x / peak + 0.1) - np.tanh(0.1)
    top = chance.uniform(3500, 6000)
    return spectrum(y, lambda hz: 1 / np.sqrt((1 + (hz / top) ** 8) * (1 + (70 / hz) ** 4)))


def compress(x, chance):
    """The level over 20 ms brought nearer to its mean."""
    step = RATE // 50
    level = np.sqrt(np.maximum(np.add.reduceat((x ** 2).mean(1), np.arange(0, len(x), step)) / step, 1e-10))
    over = np.maximum(20 * np.log10(level / level.max()) + chance.uniform(12, 25), 0)
    db = -over * (1 - 1 / chance.uniform(2, 6))
    return x * 10 ** (np.interp(np.arange(len(x)), np.arange(len(db)) * step + step / 2, db) / 20)[:, None]


def rms(x):
    """Root mean square of what is not silent."""
    power = (x ** 2).mean(1)
    power = power[power > 1e-10]
    return float(np.sqrt(power.mean())) if len(power) else 0.0

//! Samples of three bytes, as most recordings have them, least byte first.

use super::wide::{self, Kernel};

/// Turns one channel of interleaved samples of 24 bits into floating point, full scale being one: as many as there
/// are and fit. There must be such a channel.
pub fn unpack_24(bytes: &[u8], channels: usize, channel: usize, to: &mut [f32]) {
    let unpack = Unpack { bytes, block: 3 * channels.max(1), first: 3 * channel, to };
    if wide::available() { wide::run(unpack) } else { unpack.rest(0) }
}

struct Unpack<'a> {
    bytes: &'a [u8],
    /// Bytes a frame, and of it those before the channel.
    block: usize,
    first: usize,
    to: &'a mut [f32],
}

impl Unpack<'_> {
    #[inline(always)]
    fn rest(self, done: usize) {
        let frames = self.bytes.chunks_exact(self.block).skip(done);
        for (to, frame) in self.to[done..].iter_mut().zip(frames) {
            let [a, b, c] = [0, 1, 2].map(|k| frame[self.first + k]);
            // At the top of the word: 24 bits are exact.
            *to = i32::from_le_bytes([0, a, b, c]) as f32 / 2_147_483_648.0;
        }
    }
}

impl Kernel for Unpack<'_> {
    type Output = ();
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn run(self) {
        use super::avx2::{EIGHT_OF_MONO, EIGHT_OF_STEREO, mono_24, stereo_24};
        let mut done = 0;
        let (eights, _) = self.to.as_chunks_mut::<8>();
        match self.block {
            3 => {
                for to in eights {
                    let Some(bytes) = self.bytes.get(3 * done..) else { break };
                    let Some(bytes) = bytes.first_chunk::<EIGHT_OF_MONO>() else { break };
                    *to = mono_24(bytes);
                    done += 8;
                }
            }
            6 => {
                for to in eights {
                    let Some(bytes) = self.bytes.get(6 * done..) else { break };
                    let Some(bytes) = bytes.first_chunk::<EIGHT_OF_STEREO>() else { break };
                    *to = stereo_24(bytes, self.first != 0);
                    done += 8;
                }
            }
            _ => {}
        }
        self.rest(done);
    }
    #[cfg(not(target_arch = "x86_64"))]
    #[inline(always)]
    fn run(self) {
        self.rest(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_its_three_bytes() {
        let bytes: Vec<u8> = (0u32..1000).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for channels in 1..=3 {
            for channel in 0..channels {
                for length in (0..60).chain([200, 999]) {
                    let bytes = &bytes[..length];
                    let mut heard = [7.0; 350];
                    unpack_24(bytes, channels, channel, &mut heard);
                    let frames = length / (3 * channels);
                    for (i, &x) in heard.iter().enumerate() {
                        let wanted = if i < frames {
                            let at = 3 * (channels * i + channel);
                            let word = [0, bytes[at], bytes[at + 1], bytes[at + 2]];
                            f64::from(i32::from_le_bytes(word) >> 8) / 8_388_608.0
                        } else {
                            7.0
                        };
                        assert_eq!(f64::from(x), wanted, "{channels}, {channel}, {length}, {i}");
                    }
                }
            }
        }
        let mut short = [0.0; 5];
        unpack_24(&bytes, 1, 0, &mut short);
        assert!(short.iter().all(|&x| x != 0.0));
    }
}

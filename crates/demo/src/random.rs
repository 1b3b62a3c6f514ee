//! Seeded chance: the same numbers on every machine, and a stream of its own for every purpose, so that
//! leaving one instrument out does not change another.

/// The next of a stream of random numbers (SplitMix64: Steele, Lea and Flood 2014).
pub fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of random numbers.
pub(crate) struct Random(u64);

impl Random {
    /// The stream for one purpose in the song of this seed.
    pub fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a spreads the purpose over the state.
        let hash = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
        Random(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// 0 to 1.
    pub fn unit(&mut self) -> f32 {
        (split_mix(&mut self.0) >> 40) as f32 / 16_777_216.0
    }

    /// White noise, -1 to 1.
    pub fn noise(&mut self) -> f32 {
        2.0 * self.unit() - 1.0
    }

    /// Roughly Gaussian with deviation 1, never beyond 3.5: four uniform numbers.
    pub fn spread(&mut self) -> f32 {
        (self.noise() + self.noise() + self.noise() + self.noise()) * 0.866
    }
}

//! Noise for the tests.

/// Uniform noise from a fixed seed.
pub struct Noise(pub u64);

impl Noise {
    /// -1 to 1.
    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32 / 8_388_608.0) - 1.0
    }
}

//! Sound held in memory.

/// Planar sound held in memory. All channels have equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Audio {
    /// Frames per second.
    pub rate: u32,
    /// The samples of each channel; ±1.0 is full scale, and more is allowed.
    pub channels: Vec<Vec<f32>>,
}

impl Audio {
    /// One channel.
    pub fn mono(rate: u32, samples: Vec<f32>) -> Audio {
        Audio { rate, channels: vec![samples] }
    }

    /// Two channels of equal length.
    pub fn stereo(rate: u32, left: Vec<f32>, right: Vec<f32>) -> Audio {
        debug_assert_eq!(left.len(), right.len());
        Audio { rate, channels: vec![left, right] }
    }

    /// Silence.
    pub fn silence(rate: u32, channels: usize, frames: usize) -> Audio {
        Audio { rate, channels: vec![vec![0.0; frames]; channels] }
    }

    /// Length in frames.
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.rate.max(1))
    }

    /// The mean of all channels.
    pub fn mixdown(&self) -> Vec<f32> {
        let mut mix = vec![0.0f32; self.frames()];
        for channel in &self.channels {
            for (sum, x) in mix.iter_mut().zip(channel) {
                *sum += x;
            }
        }
        let share = 1.0 / self.channels.len().max(1) as f32;
        mix.iter_mut().for_each(|x| *x *= share);
        mix
    }

    /// The largest absolute sample.
    pub fn peak(&self) -> f32 {
        self.channels.iter().flatten().fold(0.0, |peak, x| peak.max(x.abs()))
    }

    /// All channels as slices, as the writers want them.
    pub fn slices(&self) -> Vec<&[f32]> {
        self.channels.iter().map(Vec::as_slice).collect()
    }
}

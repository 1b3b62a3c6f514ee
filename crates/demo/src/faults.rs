//! Faults planted on purpose.

use std::f32::consts::TAU;

use mixsmith_audio::{Audio, Sample, resample};

use crate::ensemble::Channel;
use crate::filter::Biquad;
use crate::play::Stage;
use crate::recipe::{Delivery, Fault, Recipe};
use crate::song::{Format, Track};
use crate::sound::{add, hit_level, peak, ratio, scale};
use crate::truth::{PlantedFault, TrackTruth};

/// A fault with its place in the recipe.
type Planted = (usize, PlantedFault);

fn names(channel: &Channel, track: &str) -> bool {
    channel.name == track || channel.role == track
}

/// Plants what belongs to the performance or the sound of a channel, and says into which.
pub(crate) fn spoil(stage: &Stage, channels: &mut [Channel], faults: &[Fault]) -> Vec<(usize, PlantedFault)> {
    let _ = (stage, channels, faults);
    Vec::new()
}

/// Plants what belongs to a file.
pub(crate) fn spoil_files(
    stage: &Stage,
    tracks: &mut Vec<Track>,
    channels: &[Channel],
    balance: &Audio,
    recipe: &Recipe,
) -> Vec<(usize, PlantedFault)> {
    let _ = (stage, tracks, channels, balance, recipe);
    Vec::new()
}

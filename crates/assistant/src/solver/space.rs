//! A shared space in a predicted mix: what comes back of what is sent to it.
//!
//! A reverb gives back about as much energy as goes in, as much to the side as to the middle, later, without what its cuts
//! take out, and less of the top, which decays sooner.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::sketch::{BANDS, STEP, centres};
use mixsmith_session::{Strip, StripKind};

use crate::Desk;
use crate::tone::level;

/// Where the decay of the top is told, and where that of the middle, Hz. Above, it goes on falling for a third of the way.
const DECAYS: (f64, f64) = (6000.0, 1000.0);

/// A return with a reverb.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    /// Id of the return.
    pub id: String,
    /// Level from its reverb to the mix, dB.
    pub level: f64,
    /// What its cuts leave of each band, as a factor of power.
    pub tone: [f64; BANDS],
    /// What is left of each band's energy after [`STEP`].
    pub keep: [f64; BANDS],
    /// Seconds before it answers.
    pub late: f64,
}

/// The spaces of a session.
pub fn spaces(desk: &Desk<'_>) -> Vec<Space> {
    let returns = desk.session.strips.iter().filter(|strip| strip.kind == StripKind::Return);
    returns.filter_map(|strip| space(desk, strip)).collect()
}

fn space(desk: &Desk<'_>, strip: &Strip) -> Option<Space> {
    let verb = strip.inserts.iter().find(|insert| insert.kind == "space.reverb" && insert.on)?;
    let value = |knob: &str| {
        let at = mixsmith_session::Address::insert(&strip.id, &verb.id, knob);
        f64::from(desk.value(&at))
    };
    let (low, high) = (value("lowcut"), value("highcut"));
    let cut = |hz: f64| {
        let pass = |x: f64| x.powi(4) / (1.0 + x.powi(4));
        pass(hz / low.max(1.0)) * pass(high.max(1.0) / hz)
    };
    let decay = |hz: f64| {
        let way = ((hz / DECAYS.1).ln() / (DECAYS.0 / DECAYS.1).ln()).clamp(0.0, 1.3);
        value("decay").max(0.05) * (0.01 * value("highdecay")).max(0.01).powf(way)
    };
    Some(Space {
        id: strip.id.clone(),
        level: level(desk, strip),
        // What decays sooner holds less.
        tone: std::array::from_fn(|band| {
            let hz = centres()[band];
            cut(hz) * decay(hz) / decay(DECAYS.1) * (0.01 * value("mix")).powi(2)
        }),
        keep: std::array::from_fn(|band| 10f64.powf(-6.0 * STEP / decay(centres()[band]))),
        late: 0.001 * value("predelay"),
    })
}

impl Space {
    /// Adds to a mix what comes back of the energies that were sent, by frame and band.
    pub fn answer(&self, sent: &[f32], mix: &mut Sketch) {
        let frames = mix.mid.iter_mut().zip(mix.side.iter_mut());
        for ((mid, side), back) in frames.zip(self.back(sent)) {
            *mid += 0.5 * back;
            *side += 0.5 * back;
        }
    }

    /// What comes back of the energies that were sent, by frame and band: half of it in the middle, half at the sides.
    pub fn back(&self, sent: &[f32]) -> Vec<f32> {
        let gain = 10f64.powf(self.level / 10.0);
        // What falls into the next frame because the space answers late.
        let over = (self.late / STEP).clamp(0.0, 1.0);
        let mut rings = [0.0f64; BANDS];
        let mut before = [0.0f64; BANDS];
        let mut back = Vec::with_capacity(sent.len());
        for sent in sent.chunks_exact(BANDS) {
            for band in 0..BANDS {
                let now = f64::from(sent[band]);
                let heard = (1.0 - over) * now + over * before[band];
                before[band] = now;
                rings[band] = self.keep[band] * rings[band] + (1.0 - self.keep[band]) * heard;
                back.push((gain * self.tone[band] * rings[band]) as f32);
            }
        }
        back
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_comes_back_later_and_no_more_of_it() {
        let space =
            Space { id: String::new(), level: 0.0, tone: [1.0; BANDS], keep: [0.8; BANDS], late: 0.05 };
        let mut sent = vec![0.0; 60 * BANDS];
        sent[..BANDS].fill(1.0);
        let mut mix = Sketch { mid: vec![0.0; sent.len()], side: vec![0.0; sent.len()] };
        space.answer(&sent, &mut mix);
        let sum: f32 = mix.mid.iter().zip(&mix.side).map(|(m, s)| m + s).sum::<f32>() / BANDS as f32;
        assert!((sum - 1.0).abs() < 1e-3, "{sum}");
        assert!(mix.mid[BANDS] > mix.mid[0] && mix.mid[10 * BANDS] < 0.2 * mix.mid[BANDS]);
    }
}

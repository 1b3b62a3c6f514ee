//! Rendering again after a change: what is as it was is not computed again.
//!
//! Every node of a plan has [marks](mark): hashes of all that its sound is made from, the marks of what it takes in among
//! them. A render that is given a store ([`Frozen`]) records what units and buses give and what strips give before their
//! faders; the next one plays what has the same mark. A unit whose strips are known up to their faders runs from there on:
//! the same additions in the same order as in a whole render, so to the same bits. Nothing is ever scaled or subtracted.

mod course;
mod frozen;
mod mark;
mod part;
mod sound;

pub(crate) use course::Course;
pub use frozen::Frozen;
pub(crate) use part::{Keep, Part};
pub(crate) use sound::Spare;

use crate::Plan;
use crate::node::Reduced;
use crate::render::{self, RenderError, Rendered, Sink, Worked};
use course::{Gift, gifts};
use sound::Sound;

/// Renders as [`render`](crate::render()) does, to the same bits, with what is still true in the store, and puts into the store
/// what helps the next render.
///
/// # Limits
/// A clip is known by its identity ([`mixsmith_audio::Clip::identity`]), so clips must be opened once and shared between
/// the renders. If one could not be read, nothing of the render is kept.
pub fn render_again(
    plan: &Plan,
    frames: u64,
    threads: usize,
    frozen: &mut Frozen,
    sinks: &mut [Box<dyn Sink + '_>],
    watch: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<Rendered, RenderError> {
    let strides = render::strides(plan, frames);
    let marks = mark::of(plan, strides);
    let course = Course::least(plan, &marks, frozen);
    let known = course.reduced.clone();
    let (gifts, wants) = gifts(plan, &course, &marks, strides);
    let mut kept =
        frozen.begin(&marks, wants.into_iter().chain(gifts.iter().map(|gift| gift.want)).collect());
    let keep = |first: usize, gift: &Gift| Keep {
        strip: gift.node - first,
        take: gift.take,
        mark: gift.want.mark,
        sound: Sound::new(gift.channels),
    };
    let keeps = |first: usize, strips: usize| {
        let of_unit = gifts.iter().filter(|gift| (first..first + strips).contains(&gift.node));
        of_unit.filter(|gift| kept.remove(&gift.want.mark)).map(|gift| keep(first, gift)).collect()
    };
    let mut parts = Part::all(plan, course, threads, keeps);
    render::run(plan, frames, threads, &mut parts, frozen.spare(), sinks, watch)?;
    let worked = worked(&parts);
    let ran: Vec<Option<Vec<Reduced>>> = parts.iter().flatten().flat_map(Part::reduced).collect();
    let mut clips = plan.nodes.iter().flat_map(|node| &node.clips);
    if clips.all(|placed| placed.clip.fault().is_none()) {
        let sounds = parts.into_iter().flatten().flat_map(Part::keeps);
        sounds.for_each(|Keep { mark, sound, .. }| frozen.keep(mark, sound));
        for (marks, ran) in marks.iter().zip(&ran) {
            if let Some(ran) = ran.as_ref().filter(|_| kept.remove(&marks.reduced)) {
                frozen.keep_reduced(marks.reduced, ran);
            }
        }
    }
    frozen.end(worked);
    let reduced =
        ran.iter().zip(&known).map(|(ran, known)| ran.as_deref().or(known.as_deref()).unwrap_or_default());
    Ok(Rendered::new(plan, reduced))
}

fn worked(parts: &[Vec<Part>]) -> Worked {
    let mut all = Worked::default();
    for part in parts.iter().flatten() {
        let Worked { run, mixed, played } = part.worked();
        all = Worked { run: all.run + run, mixed: all.mixed + mixed, played: all.played + played };
    }
    all
}

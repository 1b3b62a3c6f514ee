//! From a session to a plan: order, latencies, delays, curves.

use std::collections::BTreeMap;
use std::sync::Arc;

use mixsmith_audio::Clip;
use mixsmith_processor::{Impulse, Kind, Kinds, Param, Setup};
use mixsmith_session::{Insert, Map, SEND, STRIP, Session, Strip, StripKind, Values};

use crate::plan::{Edge, Gains, KeyEdge, Level, Node, PlacedClip, PlannedInsert, Take};
use crate::{Curve, Plan, Print, Prints, shadow, shape, sums};

/// Where the sound of a session's sources comes from, by source id.
pub type Sources = BTreeMap<String, Arc<Clip>>;

/// Why a session has no sound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The routes, sends and keys go in a circle.
    #[error("the routes go in a circle through {0}: send one of them somewhere else")]
    Circle(String),
    /// A strip, source or effect is named that is not there.
    #[error("strip `{strip}`: there is no {what}")]
    Missing {
        /// The strip that names it.
        strip: String,
        /// What is not there.
        what: String,
    },
}

/// Compiles a session and what should be printed of it. Pure.
pub fn compile(
    session: &Session,
    kinds: &Kinds,
    sources: &Sources,
    prints: &Prints,
) -> Result<Plan, CompileError> {
    let order = order(session)?;
    let place: BTreeMap<&str, usize> = order.iter().enumerate().map(|(i, s)| (s.id.as_str(), i)).collect();
    let mut nodes = Vec::with_capacity(order.len());
    for strip in &order {
        let node = node(session, strip, &place, &nodes, kinds, sources, &order)?;
        nodes.push(node);
    }
    for strip in &order {
        for send in strip.sends.iter().filter(|send| send.tap == mixsmith_session::Tap::Pre) {
            if place.contains_key(send.to.as_str()) {
                nodes[place[strip.id.as_str()]].pre_used = true;
            }
        }
    }
    let mut wanted = Vec::new();
    for id in &prints.strips {
        let node = *place.get(id.as_str()).ok_or_else(|| missing("print", &format!("strip `{id}`")))?;
        wanted.push(Print { name: id.clone(), node });
    }
    wanted.extend(shadow::stems(&mut nodes, &place, &order, prints)?);
    let (nodes, levels, wanted) = level(nodes, wanted);
    Ok(Plan {
        rate: session.song.rate,
        tempo: session.song.tempo,
        frames: session.song.frames,
        prints: wanted,
        nodes,
        levels,
    })
}

pub(crate) fn missing(strip: &str, what: &str) -> CompileError {
    CompileError::Missing { strip: strip.to_owned(), what: what.to_owned() }
}

/// Who must be ready before a strip: who feeds it, sends to it, or keys it.
fn needs<'a>(session: &'a Session, strip: &'a Strip) -> impl Iterator<Item = &'a str> {
    let feeding = session.strips.iter().filter(move |other| {
        other.to.as_deref() == Some(strip.id.as_str()) || other.sends.iter().any(|send| send.to == strip.id)
    });
    let keys = strip.inserts.iter().filter(|insert| insert.on).filter_map(|insert| insert.key.as_deref());
    feeding.map(|other| other.id.as_str()).chain(keys)
}

/// Strips so that each comes after all that it needs; among equals, the order of the console.
fn order(session: &Session) -> Result<Vec<&Strip>, CompileError> {
    let mut done: Vec<&Strip> = Vec::new();
    let mut waiting: Vec<&Strip> = session.strips.iter().map(Arc::as_ref).collect();
    for strip in &waiting {
        if let Some(to) = &strip.to
            && session.strip(to).is_none()
        {
            return Err(missing(&strip.id, &format!("strip `{to}` to feed")));
        }
        for name in
            strip.sends.iter().map(|send| &send.to).chain(strip.inserts.iter().filter_map(|i| i.key.as_ref()))
        {
            if session.strip(name).is_none() {
                return Err(missing(&strip.id, &format!("strip `{name}` to send to or listen to")));
            }
        }
    }
    while !waiting.is_empty() {
        let ready =
            waiting.iter().position(|strip| needs(session, strip).all(|id| done.iter().any(|d| d.id == id)));
        match ready {
            Some(i) => done.push(waiting.remove(i)),
            None => {
                let names: Vec<String> = waiting.iter().map(|strip| format!("`{}`", strip.id)).collect();
                return Err(CompileError::Circle(names.join(", ")));
            }
        }
    }
    Ok(done)
}

/// A knob's course: its lane, or else its value, or else its default.
fn curve(strip: &Strip, target: &str, values: &Values, param: &Param) -> Curve {
    match strip.lanes.iter().find(|lane| lane.target == target && !lane.points.is_empty()) {
        Some(lane) => Curve::through(&lane.points),
        None => Curve::still(values.get(param.id).copied().unwrap_or(param.default)),
    }
}

fn node(
    session: &Session,
    strip: &Strip,
    place: &BTreeMap<&str, usize>,
    nodes: &[Node],
    kinds: &Kinds,
    sources: &Sources,
    order: &[&Strip],
) -> Result<Node, CompileError> {
    let clips = clips(strip, sources)?;
    let live: Vec<_> = strip.inserts.iter().filter(|insert| insert.on).collect();
    let mut found = Vec::new();
    for insert in &live {
        let kind = kinds
            .get(&insert.kind)
            .ok_or_else(|| missing(&strip.id, &format!("effect `{}`", insert.kind)))?;
        found.push(kind);
    }
    let mono = matches!(strip.kind, StripKind::Track { .. })
        && clips
            .iter()
            .all(|c| c.clip.channels == 1 && c.map == Map::All || matches!(c.map, Map::First | Map::Second))
        && found.iter().all(|kind| kind.ports.mono);
    let channels = if mono { 1 } else { 2 };
    let setup = Setup { rate: session.song.rate as f32, tempo: session.song.tempo, channels, impulse: None };

    let mut inputs = Vec::new();
    for other in order {
        let Some(&from) = place.get(other.id.as_str()).filter(|&&from| from < nodes.len()) else { continue };
        if other.to.as_deref() == Some(strip.id.as_str()) {
            inputs.push(Edge { from, take: Take::Post, level: None, delay: 0 });
        }
        for send in other.sends.iter().filter(|send| send.to == strip.id) {
            let level = curve(other, &format!("send.{}.level", send.to), &send.values, &SEND[0]);
            inputs.push(Edge { from, take: send.tap.into(), level: Some(level), delay: 0 });
        }
    }
    // Latencies: the inserts' own, then what inputs and keys ask for at the input.
    let mut inserts: Vec<PlannedInsert> = Vec::new();
    let mut own = 0;
    let mut input_latency = inputs.iter().map(|edge| nodes[edge.from].latency).max().unwrap_or(0);
    for (insert, kind) in live.iter().zip(&found) {
        let curves: Vec<Curve> = kind
            .params
            .iter()
            .map(|param| curve(strip, &format!("{}.{}", insert.id, param.id), &insert.values, param))
            .collect();
        let start: Vec<f32> = curves.iter().map(|curve| curve.at(0)).collect();
        let key = insert.key.as_deref().filter(|_| kind.ports.key).map(|key| place[key]);
        if let Some(from) = key {
            input_latency = input_latency.max(nodes[from].latency.saturating_sub(own));
        }
        let key = key.map(|from| KeyEdge::Strip { from, delay: 0 });
        let impulse = impulse(strip, insert, kind, sources)?;
        let built = (kind.build)(&Setup { impulse: impulse.clone(), ..setup.clone() }, &start);
        let (late, gain) = (built.latency(), built.gains().is_some());
        inserts.push(PlannedInsert {
            id: insert.id.clone(),
            kind,
            wide: kinds.wide(kind.id),
            moving: (0..curves.len()).filter(|&param| curves[param].moves()).collect(),
            curves,
            key,
            impulse,
            latency: own,
            late,
            gain,
            tapped: false,
        });
        own += late;
    }
    for edge in &mut inputs {
        edge.delay = input_latency - nodes[edge.from].latency;
    }
    for insert in &mut inserts {
        insert.latency += input_latency;
        if let Some(KeyEdge::Strip { from, delay }) = &mut insert.key {
            *delay = insert.latency - nodes[*from].latency;
        }
    }
    let knob = |id: &str| {
        let param = STRIP.iter().find(|param| param.id == id).unwrap_or(&STRIP[0]);
        curve(strip, id, &strip.values, param)
    };
    let gains = Gains {
        trim: knob("trim"),
        polarity: knob("polarity"),
        fader: knob("fader"),
        ride: knob("ride"),
        pan: knob("pan"),
        width: knob("width"),
        mute: knob("mute"),
    };
    Ok(Node {
        strip: strip.id.clone(),
        shadow: false,
        channels,
        clips,
        inputs,
        input_latency,
        inserts,
        gains,
        latency: input_latency + own,
        pre_used: false,
        post_used: true,
        sums: Vec::new(),
    })
}

/// The impulse response that an insert names.
fn impulse(
    strip: &Strip,
    insert: &Insert,
    kind: &Kind<f32>,
    sources: &Sources,
) -> Result<Option<Arc<Impulse>>, CompileError> {
    let Some(named) = insert.impulse.as_ref().filter(|_| kind.ports.impulse) else { return Ok(None) };
    let clip = sources
        .get(named)
        .ok_or_else(|| missing(&strip.id, &format!("sound for impulse response `{named}`")))?;
    let frames = (clip.frames as f64).min(Impulse::LONGEST * f64::from(clip.rate)) as usize;
    let mut channels = vec![vec![0.0; frames]; clip.channels.clamp(1, 2)];
    let mut slices: Vec<&mut [f32]> = channels.iter_mut().map(Vec::as_mut_slice).collect();
    clip.read(0, &mut slices);
    Ok(Some(Arc::new(Impulse { channels })))
}

fn clips(strip: &Strip, sources: &Sources) -> Result<Vec<PlacedClip>, CompileError> {
    let mut placed = Vec::new();
    for clip in strip.clips() {
        let source = sources
            .get(&clip.source)
            .ok_or_else(|| missing(&strip.id, &format!("sound for source `{}`", clip.source)))?;
        placed.push(PlacedClip {
            clip: source.clone(),
            at: clip.at,
            from: clip.from,
            frames: clip.frames.min(source.frames.saturating_sub(clip.from)),
            gain: mixsmith_dsp::math::amplitude(clip.gain),
            fade_in: clip.fade_in,
            fade_out: clip.fade_out,
            map: clip.map,
        });
    }
    Ok(placed)
}

/// Sorts nodes into levels: all of a level may run side by side, and those of one shape stand together.
fn level(nodes: Vec<Node>, prints: Vec<Print>) -> (Vec<Node>, Vec<Level>, Vec<Print>) {
    let mut depth = vec![0usize; nodes.len()];
    for (i, node) in nodes.iter().enumerate() {
        let feeding = node.inputs.iter().map(|edge| edge.from);
        let keys = node.inserts.iter().filter_map(|insert| insert.key.as_ref()).map(KeyEdge::from);
        depth[i] = feeding.chain(keys).map(|from| depth[from] + 1).max().unwrap_or(0);
    }
    let mut by_depth: Vec<usize> = (0..nodes.len()).collect();
    let shape = shape::of(&nodes);
    by_depth.sort_by_key(|&i| (depth[i], shape[i]));
    let mut new_place = vec![0; nodes.len()];
    for (new, &old) in by_depth.iter().enumerate() {
        new_place[old] = new;
    }
    let mut slots: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    let mut sorted: Vec<Node> = by_depth.iter().filter_map(|&old| slots[old].take()).collect();
    for node in &mut sorted {
        for edge in &mut node.inputs {
            edge.from = new_place[edge.from];
        }
        for insert in &mut node.inserts {
            match &mut insert.key {
                Some(
                    KeyEdge::Strip { from, .. } | KeyEdge::Tap { from, .. } | KeyEdge::Gain { from, .. },
                ) => *from = new_place[*from],
                None => {}
            }
        }
    }
    let mut levels: Vec<Level> = Vec::new();
    let mut start = 0;
    for of_depth in by_depth.chunk_by(|&a, &b| depth[a] == depth[b]) {
        let alike = of_depth.chunk_by(|&a, &b| shape[a] == shape[b]);
        let units = alike.flat_map(|alike| shape::units(&sorted[new_place[alike[0]]], alike.len())).collect();
        levels.push(Level { start, units });
        start += of_depth.len();
    }
    let prints: Vec<Print> =
        prints.into_iter().map(|print| Print { node: new_place[print.node], ..print }).collect();
    sums::plan(&mut sorted, &levels);
    let mut used: Vec<usize> = prints.iter().map(|print| print.node).collect();
    for node in &sorted {
        used.extend(node.inputs.iter().filter(|edge| edge.take == Take::Post).map(|edge| edge.from));
        used.extend(node.inserts.iter().filter_map(|insert| insert.key.as_ref()).map(KeyEdge::from));
    }
    for (place, node) in sorted.iter_mut().enumerate() {
        node.post_used = used.contains(&place);
    }
    (sorted, levels, prints)
}

//! Automation of a set's tracks.

use mixsmith_session::{Curve, Point};

use super::pen::{Pen, Refs, SIGNATURE, TEMPO};
use super::tracks::{FOUR_QUARTERS, level, pan};
use crate::{Channel, Course, Kind};

/// Where automation begins: long before the song.
const BEFORE: &str = "-63072000";

impl Pen<'_> {
    /// What is seen of a lane that is being moved; nothing is.
    pub fn transform(&mut self) {
        self.around("AutomationTransformViewState", |pen| {
            pen.value("IsTransformPending", false);
            pen.nothing("TimeAndValueTransforms");
        });
    }

    /// The automation of a channel.
    pub fn envelopes(&mut self, channel: &Channel, refs: &Refs) {
        self.open("AutomationEnvelopes");
        self.open("Envelopes");
        let mut n = 0;
        if channel.kind == Kind::Master {
            self.envelope(&mut n, SIGNATURE, "EnumEvent", &[], FOUR_QUARTERS.to_string(), &|_| String::new());
            let tempo = self.desk.tempo.to_string();
            self.envelope(&mut n, TEMPO, "FloatEvent", &[], tempo, &|_| String::new());
        }
        let speaker = |value: f32| (value < 0.5).to_string();
        if channel.mute.moves() {
            let first = speaker(channel.mute.value);
            self.envelope(&mut n, refs.speaker, "BoolEvent", &channel.mute.points, first, &speaker);
        }
        let place = |value: f32| pan(value).to_string();
        if channel.pan.moves() {
            let points = channel.pan.dense(f32::INFINITY, true);
            self.envelope(&mut n, refs.pan, "FloatEvent", &points, place(channel.pan.value), &place);
        }
        let amount = |value: f32| level(value).to_string();
        let mut moving: Vec<(u32, &Course)> = vec![(refs.volume, &channel.volume)];
        for send in &channel.sends {
            let n = self.returns.iter().position(|id| *id == send.to);
            moving.extend(n.and_then(|n| refs.sends.get(n)).map(|id| (*id, &send.level)));
        }
        for (id, course) in moving.into_iter().filter(|(_, course)| course.moves()) {
            let points = course.dense(0.25, true);
            self.envelope(&mut n, id, "FloatEvent", &points, amount(course.value), &amount);
        }
        self.close();
        self.close();
    }

    /// A lane; where the value jumps, two events stand at one time.
    fn envelope(
        &mut self,
        n: &mut usize,
        id: u32,
        event: &'static str,
        points: &[Point],
        first: String,
        show: &dyn Fn(f32) -> String,
    ) {
        self.open_id("AutomationEnvelope", *n);
        *n += 1;
        self.around("EnvelopeTarget", |pen| pen.value("PointeeId", id));
        self.open("Automation");
        self.open("Events");
        let mut events = vec![(BEFORE.to_owned(), first)];
        let steps = event == "BoolEvent";
        for (place, point) in points.iter().enumerate() {
            let time = |at: u64| self.desk.beats(at as f64).to_string();
            events.push((time(point.at), show(point.value)));
            let next = points.get(place + 1).filter(|_| point.curve == Curve::Hold && !steps);
            events.extend(next.map(|next| (time(next.at), show(point.value))));
        }
        for (number, (time, value)) in events.into_iter().enumerate() {
            self.to.empty(event, &[("Id", number.to_string()), ("Time", time), ("Value", value)]);
        }
        self.close();
        self.transform();
        self.close();
        self.close();
    }
}

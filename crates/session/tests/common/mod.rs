//! A shelf of effects that exist on paper only, and songs thrown by dice.
#![allow(dead_code)]

use std::sync::Arc;

use mixsmith_processor::{Kind, Kinds, Param, ParamSet, Ports, Unit, params};
use mixsmith_session::{
    Clip, Curve, Edit, Insert, Lane, Map, Marker, Point, SEND, STRIP, Send, Session, Slot, Source, Strip,
    StripKind, Tap, Values,
};

params! {
    /// A compressor's knobs.
    pub struct CompParams {
        /// Level above which gain is reduced.
        threshold: "Threshold", Db, -60.0..=0.0, Lin, -18.0, Smooth(20.0);
        /// How much.
        ratio: "Ratio", Ratio, 1.0..=20.0, Log, 3.0, Smooth(20.0);
        /// How soon.
        attack: "Attack", Ms, 0.1..=200.0, Log, 10.0, Step;
        /// What it listens for.
        detector: "Detector", Choice(&["peak", "rms", "hold"]), 0.0..=2.0, Lin, 0.0, Step;
        /// Seen ahead.
        lookahead: "Look-ahead", Ms, 0.0..=20.0, Lin, 0.0, Rebuild;
    }
}

params! {
    /// An equaliser's knobs.
    pub struct EqParams {
        /// Where.
        freq: "Frequency", Hz, 20.0..=20000.0, Log, 1000.0, Smooth(20.0);
        /// How wide.
        q: "Q", Q, 0.1..=10.0, Log, 1.0, Smooth(20.0);
        /// How steep.
        slope: "Slope", DbPerOctave, 6.0..=48.0, Lin, 12.0, Rebuild;
        /// How long.
        time: "Time", S, 0.0..=10.0, Lin, 1.0, Smooth(20.0);
        /// In time.
        beat: "Beat", Beats, 0.0..=8.0, Lin, 1.0, Step;
    }
}

static ALL: [Kind<f32>; 2] = [
    Kind {
        id: "dynamics.compressor",
        name: "Compressor",
        doc: "Holds loud moments back.",
        ports: Ports::KEYED,
        params: <CompParams as ParamSet<f32>>::TABLE,
        build: |_, _| unreachable!("nothing is played here"),
        sixteen: None,
    },
    Kind {
        id: "eq.bell",
        name: "Bell",
        doc: "Lifts or lowers.",
        ports: Ports { impulse: true, ..Ports::ANY },
        params: <EqParams as ParamSet<f32>>::TABLE,
        build: |_, _| unreachable!("nothing is played here"),
        sixteen: None,
    },
];

pub const KINDS: Kinds = Kinds(&ALL, &[]);

/// Dice: bytes that a property test throws, and shrinks.
pub struct Dice<'a>(pub &'a [u8]);

impl Dice<'_> {
    pub fn below(&mut self, n: usize) -> usize {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(first) % n.max(1)
    }
    pub fn yes(&mut self) -> bool {
        self.below(3) == 1
    }
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
    fn frames(&mut self) -> u64 {
        let fine = self.below(256) * 7919 + self.below(256) * 104_729 + self.below(256);
        fine as u64
    }
    fn value(&mut self, param: &Param) -> f32 {
        if let Unit::Choice(names) = param.unit {
            return self.below(names.len()) as f32;
        }
        let position = (self.below(256) * 256 + self.below(256)) as f32 / 65_535.0;
        if self.yes() {
            param.default
        } else {
            param.value(position).clamp(*param.range.start(), *param.range.end())
        }
    }
    fn values(&mut self, table: &[Param]) -> Values {
        let mut values = Values::new();
        for param in table {
            if self.yes() {
                values.insert(param.id.to_owned(), self.value(param));
            }
        }
        values
    }
    fn words(&mut self) -> String {
        let all = [
            "",
            "chorus 2",
            "(x) hold",
            "Große \"Fuge\"",
            "歌",
            "a\nb",
            "c:\\d",
            " spaced ",
            "#1 = [x]",
            "\t\u{7f}\r",
        ];
        self.pick(&all).to_owned()
    }
    fn insert(&mut self, id: &str, keys: &[String]) -> Insert {
        let kind = &ALL[self.below(2)];
        let mut insert = Insert::new(id, kind.id, &[]);
        insert.on = !self.yes();
        insert.values = self.values(kind.params);
        if kind.ports.key && self.yes() && !keys.is_empty() {
            insert.key = Some(keys[self.below(keys.len())].clone());
        }
        if kind.ports.impulse && self.yes() {
            insert.impulse = Some("impulses/a church.wav".to_owned());
        }
        insert
    }
    fn lane(&mut self, target: String, param: &Param) -> Lane {
        let (mut at, mut points) = (0, Vec::new());
        for _ in 0..=self.below(4) {
            at += self.frames() + 1;
            let value = self.value(param);
            let curve = if self.yes() { Curve::Hold } else { Curve::Line };
            points.push(Point { at, value, curve, label: self.words() });
        }
        Lane { target, points }
    }
    fn lanes(&mut self, strip: &mut Strip) {
        let mut knobs: Vec<(String, &Param)> = STRIP.iter().map(|p| (p.id.to_owned(), p)).collect();
        for insert in &strip.inserts {
            let table = KINDS.get(&insert.kind).unwrap().params;
            let free = table.iter().filter(|p| p.change != mixsmith_processor::Change::Rebuild);
            knobs.extend(free.map(|p| (format!("{}.{}", insert.id, p.id), p)));
        }
        for send in &strip.sends {
            knobs.push((Slot::Send(send.to.clone(), "level".to_owned()).to_string(), &SEND[0]));
        }
        for _ in 0..self.below(4) {
            let (target, param) = knobs.remove(self.below(knobs.len()));
            let lane = self.lane(target, param);
            strip.lanes.push(lane);
        }
    }
    fn clip(&mut self, sources: &[Source]) -> Clip {
        Clip {
            source: sources[self.below(sources.len())].id.clone(),
            at: self.frames() as i64 - 1_000_000,
            from: if self.yes() { self.frames() } else { 0 },
            frames: self.frames(),
            gain: if self.yes() { -3.25 } else { 0.0 },
            fade_in: if self.yes() { self.frames() } else { 0 },
            fade_out: if self.yes() { self.frames() } else { 0 },
            map: self.pick(&[Map::All, Map::First, Map::Second, Map::ToLeft, Map::ToRight]),
        }
    }

    /// A sound session.
    pub fn session(&mut self) -> Session {
        let mut session = Session::default();
        let song = &mut session.song;
        song.title = self.words();
        song.rate = self.pick(&[48_000, 44_100, 96_000, 8000, 768_000, 47_999]);
        song.tempo = self.pick(&[120.0, 93.7, 174.0]);
        song.frames = self.frames();
        let mut at = 0;
        for _ in 0..self.below(4) {
            at += self.frames();
            song.markers.push(Marker { at, name: self.words() });
        }
        for i in 0..self.below(4) {
            let (file, hash) = (format!("Stem {}.wav", self.words()), format!("{:064x}", self.frames()));
            let (stream, channels) = (self.below(2) as u32, 1 + self.below(2) as u32);
            let frames = self.frames();
            session.sources.push(Source { id: format!("s{i}"), file, stream, hash, channels, frames });
        }
        let (tracks, buses, returns) = (self.below(4), self.below(3), self.below(3));
        let mut keys = Vec::new();
        for i in 0..tracks {
            let mut strip = self.strip(&format!("t{i}"), StripKind::Track { clips: Vec::new() }, &keys);
            keys.push(strip.id.clone());
            strip.to = Some(if buses > 0 && self.yes() {
                format!("b{}", self.below(buses))
            } else {
                "master".to_owned()
            });
            if !session.sources.is_empty() {
                let clips = (0..self.below(4)).map(|_| self.clip(&session.sources)).collect();
                strip.kind = StripKind::Track { clips };
            }
            self.finish(&mut session, strip, returns);
        }
        for i in 0..buses {
            let mut strip = self.strip(&format!("b{i}"), StripKind::Bus, &keys);
            strip.to =
                Some(if i > 0 && self.yes() { format!("b{}", self.below(i)) } else { "master".to_owned() });
            self.finish(&mut session, strip, returns);
        }
        for i in 0..returns {
            let mut strip = self.strip(&format!("r{i}"), StripKind::Return, &keys);
            strip.to = Some("master".to_owned());
            self.finish(&mut session, strip, 0);
        }
        let master = self.strip("master", StripKind::Master, &keys);
        self.finish(&mut session, master, 0);
        session
    }

    fn strip(&mut self, id: &str, kind: StripKind, keys: &[String]) -> Strip {
        let mut strip = Strip::new(id, &self.words(), kind);
        strip.role = self.pick(&["", "kick", "lead-vocal?"]).to_owned();
        strip.colour = self.pick(&["", "#a0b0c0"]).to_owned();
        strip.values = self.values(STRIP);
        for i in 0..self.below(4) {
            let insert = self.insert(&format!("i{i}"), keys);
            strip.inserts.push(insert);
        }
        strip
    }

    fn finish(&mut self, session: &mut Session, mut strip: Strip, returns: usize) {
        for i in 0..returns {
            if self.yes() {
                let tap = if self.yes() { Tap::Pre } else { Tap::Post };
                strip.sends.push(Send { to: format!("r{i}"), tap, values: self.values(SEND) });
            }
        }
        self.lanes(&mut strip);
        session.strips.push(Arc::new(strip));
    }

    /// A change that fits the session, if the dice find one.
    pub fn edit(&mut self, session: &Session) -> Option<Edit> {
        let strip = session.strips.get(self.below(session.strips.len()))?.clone();
        let id = strip.id.clone();
        let other = session.strips[self.below(session.strips.len())].id.clone();
        let insert =
            (!strip.inserts.is_empty()).then(|| strip.inserts[self.below(strip.inserts.len())].clone());
        Some(match self.below(16) {
            0 => {
                let param = &STRIP[self.below(STRIP.len())];
                Edit::Set { at: mixsmith_session::Address::strip(&id, param.id), to: self.value(param) }
            }
            1 => {
                let insert = insert?;
                let table = KINDS.get(&insert.kind)?.params;
                let param = &table[self.below(table.len())];
                let at = mixsmith_session::Address::insert(&id, &insert.id, param.id);
                Edit::Set { at, to: self.value(param) }
            }
            2 => {
                let name = format!("i{}", self.below(6));
                Edit::AddInsert { strip: id, place: Some(self.below(4)), insert: self.insert(&name, &[]) }
            }
            3 => Edit::RemoveInsert { strip: id, insert: insert?.id },
            4 => Edit::Switch { strip: id, insert: insert?.id, on: self.yes() },
            5 => Edit::Key { strip: id, insert: insert?.id, key: self.yes().then_some(other) },
            6 => Edit::Route { strip: id, to: other },
            7 => {
                let tap = if self.yes() { Tap::Pre } else { Tap::Post };
                Edit::AddSend { strip: id, send: Send { to: other, tap, values: self.values(SEND) } }
            }
            8 => Edit::RemoveSend { strip: id, to: strip.sends.first()?.to.clone() },
            9 => {
                let mut redrawn = Strip::clone(&strip);
                redrawn.lanes.clear();
                self.lanes(&mut redrawn);
                let mut lane = redrawn.lanes.pop().or_else(|| strip.lanes.first().cloned())?;
                if self.yes() {
                    lane.points.clear();
                }
                Edit::Draw { strip: id, lane }
            }
            10 => {
                let kind = if self.yes() { StripKind::Bus } else { StripKind::Return };
                let name = format!("n{}", self.below(4));
                let mut strip = self.strip(&name, kind, &[]);
                strip.to = Some("master".to_owned());
                Edit::AddStrip { strip }
            }
            11 => Edit::RemoveStrip { strip: id },
            12 => {
                let sources = &session.sources;
                let count = if sources.is_empty() { 0 } else { self.below(4) };
                Edit::Clips { strip: id, clips: (0..count).map(|_| self.clip(sources)).collect() }
            }
            13 => Edit::Label {
                strip: id,
                name: self.words(),
                role: String::new(),
                colour: "#000000".to_owned(),
            },
            14 => {
                let insert = insert.filter(|insert| insert.kind == "eq.bell")?;
                let impulse = self.yes().then(|| "impulses/b.wav".to_owned());
                Edit::Impulse { strip: id, insert: insert.id, impulse }
            }
            _ => {
                let song = &session.song;
                Edit::Song {
                    title: Some(self.words()),
                    rate: Some(song.rate),
                    tempo: None,
                    frames: Some(self.frames()),
                }
            }
        })
    }

    /// The session after some changes, still sound.
    pub fn changed(&mut self, session: &Session, most: usize) -> Session {
        let mut now = session.clone();
        for _ in 0..=self.below(most) {
            let Some(edit) = self.edit(&now) else { continue };
            let mut next = now.clone();
            if next.apply(&KINDS, &edit).is_ok() && mixsmith_session::check(&next, &KINDS).is_empty() {
                now = next;
            }
        }
        now
    }
}

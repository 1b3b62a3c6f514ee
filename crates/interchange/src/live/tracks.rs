//! Tracks of a set: audio tracks, groups, returns and the master.

use super::pen::{Pen, Refs, SIGNATURE, TEMPO};
use super::{clips, colours, devices};
use crate::course::amplitude;
use crate::{Channel, Kind};

/// Softest and loudest volume and send, as amplitude.
const SOFTEST: &str = "0.0003162277571";
const LOUDEST: &str = "1.99526238";
/// The number that stands for four quarters a bar.
pub(super) const FOUR_QUARTERS: u32 = 201;

/// A level as Live has it: no softer than -70 dB, which is silence.
pub(super) fn level(db: f32) -> f64 {
    amplitude(db).max(0.000_316_227_757_1)
}

/// A place between the loudspeakers, -1 to 1.
pub(super) fn pan(value: f32) -> f64 {
    f64::from(value) / 100.0
}

/// Where a route leads.
struct Way {
    name: &'static str,
    target: &'static str,
    upper: &'static str,
    lower: &'static str,
}

impl<'a> Pen<'a> {
    /// Writes the track of a channel.
    pub fn track(&mut self, channel: &'a Channel) {
        let Some(refs) = self.refs(channel) else { return };
        match channel.kind {
            Kind::Master => self.open("MasterTrack"),
            Kind::Track => self.open_id("AudioTrack", refs.track),
            Kind::Bus => self.open_id("GroupTrack", refs.track),
            Kind::Return => self.open_id("ReturnTrack", refs.track),
        }
        let shown = match self.returns.iter().position(|id| *id == channel.id) {
            // Live puts a letter before the names of returns.
            Some(n) => format!("{}-{}", char::from(b'A' + (n % 26) as u8), channel.name),
            None => channel.name.clone(),
        };
        self.name(&shown, &channel.name, &channel.sheet.join("; "), colours::place(&channel.colour));
        self.envelopes(channel, &refs);
        self.folding(channel);
        match channel.kind {
            Kind::Track => self.values(&[
                ("SavedPlayingSlot", "-1"),
                ("SavedPlayingOffset", "0"),
                ("Freeze", "false"),
                ("VelocityDetail", "0"),
                ("NeedArrangerRefreeze", "true"),
                ("PostProcessFreezeClips", "0"),
            ]),
            Kind::Bus => self.around("Slots", |pen| {
                pen.open_id("GroupTrackSlot", 0);
                pen.value("LomId", 0);
                pen.close();
            }),
            Kind::Return | Kind::Master => {}
        }
        self.open("DeviceChain");
        self.ways(channel);
        self.mixer(channel, &refs);
        match channel.kind {
            Kind::Track => {
                self.sequencer("MainSequencer", true, "2", |pen| clips::write(pen, channel));
                self.sequencer("FreezeSequencer", true, "1", |_| {});
                self.devices(channel);
            }
            Kind::Bus | Kind::Return => {
                self.devices(channel);
                self.sequencer("FreezeSequencer", false, "1", |_| {});
            }
            Kind::Master => {
                self.open("FreezeSequencer");
                self.to.open("AudioSequencer", &[("Id", "0".to_owned())]);
                self.sequenced(false, "1", |_| {});
                self.close();
                self.close();
                self.devices(channel);
            }
        }
        self.close();
        self.close();
    }

    /// The track of the headphones, which every set has.
    pub fn headphones(&mut self) {
        let channel = Channel::new("", "Master", Kind::Master);
        let id = |pen: &mut Self| pen.id();
        let refs = Refs { track: 0, volume: id(self), pan: id(self), speaker: id(self), sends: Vec::new() };
        self.open("PreHearTrack");
        self.name("Master", "", "", 0);
        self.around("AutomationEnvelopes", |pen| pen.nothing("Envelopes"));
        self.folding(&channel);
        self.open("DeviceChain");
        self.ways(&channel);
        self.open("Mixer");
        self.levels(&channel, &refs);
        self.close();
        self.devices(&channel);
        self.close();
        self.close();
    }

    fn name(&mut self, shown: &str, name: &str, note: &str, colour: usize) {
        self.values(&[
            ("LomId", "0"),
            ("LomIdView", "0"),
            ("IsContentSelectedInDocument", "false"),
            ("PreferredContentViewMode", "0"),
        ]);
        self.around("TrackDelay", |pen| pen.values(&[("Value", "0"), ("IsValueSampleBased", "false")]));
        self.around("Name", |pen| {
            pen.values(&[
                ("EffectiveName", shown),
                ("UserName", name),
                ("Annotation", note),
                ("MemorizedFirstClipName", ""),
            ]);
        });
        self.value("Color", colour);
    }

    /// In which group a track lies, and what is seen of it.
    fn folding(&mut self, channel: &Channel) {
        let group = self.group(channel).map_or("-1".to_owned(), |id| id.to_string());
        self.value("TrackGroupId", group);
        self.value("TrackUnfolded", true);
        for name in ["DevicesListWrapper", "ClipSlotsListWrapper"] {
            self.to.empty(name, &[("LomId", "0".to_owned())]);
        }
        self.value("ViewData", "{}");
        self.around("TakeLanes", |pen| {
            pen.nothing("TakeLanes");
            pen.value("AreTakeLanesFolded", true);
        });
        self.value("LinkedTrackGroupId", -1);
    }

    /// The id of the group that a channel lies in.
    fn group(&self, channel: &Channel) -> Option<u32> {
        let to = self.desk.channel(channel.to.as_deref()?)?;
        let inside = to.kind == Kind::Bus && channel.kind != Kind::Return;
        inside.then(|| self.refs(to)).flatten().map(|refs| refs.track)
    }

    /// What is seen of a track's automation, and its routes.
    fn ways(&mut self, channel: &Channel) {
        self.around("AutomationLanes", |pen| {
            pen.around("AutomationLanes", |pen| {
                pen.open_id("AutomationLane", 0);
                pen.values(&[
                    ("SelectedDevice", "0"),
                    ("SelectedEnvelope", "0"),
                    ("IsContentSelectedInDocument", "false"),
                    ("LaneHeight", "68"),
                ]);
                pen.close();
            });
            pen.value("AreAdditionalAutomationLanesFolded", false);
        });
        self.around("ClipEnvelopeChooserViewState", |pen| {
            pen.values(&[
                ("SelectedDevice", "0"),
                ("SelectedEnvelope", "0"),
                ("PreferModulationVisible", "false"),
            ]);
        });
        let (target, upper, lower) = match channel.kind {
            Kind::Master => ("AudioOut/External/S0", "Ext. Out", "1/2"),
            _ if self.group(channel).is_some() => ("AudioOut/GroupTrack", "Group", ""),
            _ => ("AudioOut/Master", "Master", ""),
        };
        let ways = [
            Way { name: "AudioInputRouting", target: "AudioIn/External/S0", upper: "Ext. In", lower: "1/2" },
            Way {
                name: "MidiInputRouting",
                target: "MidiIn/External.All/-1",
                upper: "Ext: All Ins",
                lower: "",
            },
            Way { name: "AudioOutputRouting", target, upper, lower },
            Way { name: "MidiOutputRouting", target: "MidiOut/None", upper: "None", lower: "" },
        ];
        for way in ways {
            self.around(way.name, |pen| {
                pen.values(&[
                    ("Target", way.target),
                    ("UpperDisplayString", way.upper),
                    ("LowerDisplayString", way.lower),
                ]);
                pen.mpe();
            });
        }
    }

    /// Which channels of notes a route has; of no use to sound, and there all the same.
    pub fn mpe(&mut self) {
        self.around("MpeSettings", |pen| {
            pen.values(&[("ZoneType", "0"), ("FirstNoteChannel", "1"), ("LastNoteChannel", "15")]);
        });
    }

    fn mixer(&mut self, channel: &Channel, refs: &Refs) {
        self.open("Mixer");
        self.levels(channel, refs);
        if channel.kind == Kind::Master {
            let tempo = f64::from(self.desk.tempo);
            self.knob("Tempo", tempo, ["60", "200"], Some(TEMPO));
            self.choice("TimeSignature", FOUR_QUARTERS, Some(SIGNATURE));
            self.knob("GlobalGrooveAmount", 100.0, ["0", "131.25"], None);
            self.knob("CrossFade", 0.0, ["-1", "1"], None);
            self.values(&[("TempoAutomationViewBottom", "60"), ("TempoAutomationViewTop", "200")]);
        }
        self.close();
    }

    fn levels(&mut self, channel: &Channel, refs: &Refs) {
        self.head(true, "", "");
        if refs.sends.is_empty() {
            self.nothing("Sends");
        } else {
            self.open("Sends");
            for (n, &id) in refs.sends.iter().enumerate() {
                let to = self.returns[n];
                let send = channel.sends.iter().find(|send| send.to == to);
                let db = send.map_or(mixsmith_session::FADER_OFF, |send| send.level.value);
                self.open_id("TrackSendHolder", n);
                self.knob("Send", level(db), [SOFTEST, "1"], Some(id));
                self.value("Active", true);
                self.close();
            }
            self.close();
        }
        self.switch("Speaker", channel.mute.value < 0.5, Some(refs.speaker));
        self.values(&[("SoloSink", "false"), ("PanMode", "0")]);
        self.knob("Pan", pan(channel.pan.value), ["-1", "1"], Some(refs.pan));
        self.knob("SplitStereoPanL", -1.0, ["-1", "1"], None);
        self.knob("SplitStereoPanR", 1.0, ["-1", "1"], None);
        self.knob("Volume", level(channel.volume.value), [SOFTEST, LOUDEST], Some(refs.volume));
        // Live 11 spells it so.
        self.value("ViewStateSesstionTrackWidth", 93);
        self.choice("CrossFadeState", 1, None);
        self.to.empty("SendsListWrapper", &[("LomId", "0".to_owned())]);
    }

    fn devices(&mut self, channel: &Channel) {
        self.open("DeviceChain");
        if channel.devices.is_empty() {
            self.nothing("Devices");
        } else {
            self.open("Devices");
            for (n, device) in channel.devices.iter().enumerate() {
                devices::write(self, n, device);
            }
            self.close();
        }
        self.nothing("SignalModulations");
        self.close();
    }

    /// A sequencer. Groups and returns have no slots for clips in theirs: Live calls the set corrupt if they do.
    fn sequencer(
        &mut self,
        name: &'static str,
        slots: bool,
        monitoring: &str,
        events: impl FnOnce(&mut Self),
    ) {
        self.open(name);
        self.sequenced(slots, monitoring, events);
        self.close();
    }

    fn sequenced(&mut self, slots: bool, monitoring: &str, events: impl FnOnce(&mut Self)) {
        self.head(true, "", "");
        if slots {
            self.open("ClipSlotList");
            self.open_id("ClipSlot", 0);
            self.value("LomId", 0);
            self.around("ClipSlot", |pen| pen.nothing("Value"));
            self.values(&[("HasStop", "true"), ("NeedRefreeze", "true")]);
            self.close();
            self.close();
        } else {
            self.nothing("ClipSlotList");
        }
        self.value("MonitoringEnum", monitoring);
        self.open("Sample");
        self.open("ArrangerAutomation");
        self.open("Events");
        events(self);
        self.close();
        self.transform();
        self.close();
        self.close();
        for name in [
            "VolumeModulationTarget",
            "TranspositionModulationTarget",
            "GrainSizeModulationTarget",
            "FluxModulationTarget",
            "SampleOffsetModulationTarget",
        ] {
            self.new_target(name);
        }
        self.value("PitchViewScrollPosition", -1_073_741_824);
        self.value("SampleOffsetModulationScrollPosition", -1_073_741_824);
        self.around("Recorder", |pen| pen.values(&[("IsArmed", "false"), ("TakeCounter", "1")]));
    }
}

//! The course of a song: what each group does in each section, for moves that make choruses arrive and keep the lead in its
//! place.

use crate::mixmodel::{energy, lufs};

/// A section of the song.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// What it is called: `chorus 2`.
    pub label: String,
    /// Mean energy of the lead while it is in the section.
    pub lead: f64,
    /// Mean energy of each group.
    pub groups: Vec<f64>,
}

/// What can be moved in a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// All together.
    Mix,
    /// The lead.
    Lead,
    /// A group, by its place.
    Group(usize),
}

/// The sections of a song, as the faders make them.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// In order.
    pub sections: Vec<Section>,
    /// How many groups there are beside the lead.
    pub groups: usize,
    /// Level of the lead against the rest in the song, dB.
    pub place: f64,
    /// Where every move rests, dB, by variable.
    pub home: Vec<f64>,
}

/// A section with its moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// Loudness of everything, LUFS; with the lead as it was, for it is ridden by phrase and does not make sections.
    pub loudness: f64,
    /// Energy of the lead, and of the groups together.
    pub lead: f64,
    /// Energies of the groups.
    pub groups: Vec<f64>,
}

impl Heard {
    /// Energy of all groups.
    pub fn rest(&self) -> f64 {
        self.groups.iter().sum()
    }
}

impl Course {
    /// Variables of a section.
    pub fn width(&self) -> usize {
        2 + self.groups
    }

    /// How many variables there are.
    pub fn variables(&self) -> usize {
        self.sections.len() * self.width()
    }

    /// Which variable moves whom in a section.
    pub fn variable(&self, section: usize, who: Who) -> usize {
        section * self.width()
            + match who {
                Who::Mix => 0,
                Who::Lead => 1,
                Who::Group(group) => 2 + group,
            }
    }

    /// A section as these moves make it.
    pub fn heard(&self, section: usize, moves: &[f64]) -> Heard {
        let by = |who| moves[self.variable(section, who)];
        let Section { lead, groups, .. } = &self.sections[section];
        let lead = lead * energy(by(Who::Lead));
        let groups: Vec<f64> =
            groups.iter().enumerate().map(|(group, e)| e * energy(by(Who::Group(group)))).collect();
        let loudness = lufs(self.sections[section].lead + groups.iter().sum::<f64>()) + by(Who::Mix);
        Heard { loudness, lead, groups }
    }

    /// Adds to a gradient what the loudness of a section adds: `by` for each dB of it.
    pub fn louder(&self, section: usize, heard: &Heard, by: f64, slope: &mut [f64]) {
        let sum = (self.sections[section].lead + heard.rest()).max(1e-12);
        slope[self.variable(section, Who::Mix)] += by;
        for (group, e) in heard.groups.iter().enumerate() {
            slope[self.variable(section, Who::Group(group))] += by * e / sum;
        }
    }

    /// Places of the sections whose label begins with a word.
    pub fn named(&self, word: &str) -> Vec<usize> {
        (0..self.sections.len()).filter(|&s| self.sections[s].label.starts_with(word)).collect()
    }
}

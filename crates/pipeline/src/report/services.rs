//! What each service does to the master.

use std::sync::LazyLock;

use mixsmith_assistant::Loudness;
use mixsmith_assistant::says::signed;
use serde::Deserialize;

use super::View;
use super::block::{Block, Section, Table};
use super::words::tenth;
use crate::meter::Level;
use crate::scorecard::printed;

/// Does a service turn up what is softer?
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Up {
    /// Never.
    No,
    /// Always.
    Yes,
    /// As far as the true peak stays under the ceiling.
    Headroom,
}

/// A row of the table.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Service {
    name: String,
    /// What it brings a song to, LUFS; none where it plays as it is.
    loudness: Option<f64>,
    up: Up,
    /// True peak that it asks for, dBTP.
    ceiling: f64,
    /// The same for a master louder than `loudness`.
    ceiling_loud: Option<f64>,
    note: String,
    source: String,
}

#[derive(Deserialize)]
struct Services {
    service: Vec<Service>,
}

static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
    // The file is part of the program: a test reads it.
    toml::from_str::<Services>(include_str!("../../tables/services.toml"))
        .expect("tables/services.toml")
        .service
});

impl Service {
    /// Gain that a song gets, dB.
    fn gain(&self, level: Level) -> f64 {
        let Some(target) = self.loudness else { return 0.0 };
        let gain = target - level.loudness;
        match self.up {
            _ if gain <= 0.0 => gain,
            Up::No => 0.0,
            Up::Yes => gain,
            Up::Headroom => gain.min((self.ceiling - level.true_peak).max(0.0)),
        }
    }

    /// True peak that it asks of this song, dBTP.
    fn asks(&self, level: Level) -> f64 {
        match (self.loudness, self.ceiling_loud) {
            // Half a unit is within what services measure differently.
            (Some(target), Some(ceiling)) if level.loudness > target + 0.5 => ceiling,
            _ => self.ceiling,
        }
    }
}

const CHOICES: [(Loudness, &str); 3] =
    [(Loudness::Dynamic, "dynamic"), (Loudness::Balanced, "balanced"), (Loudness::Loud, "loud")];

/// The section of the report.
pub(crate) fn section(view: &View<'_>) -> Section {
    let title = "What services do to the master".to_owned();
    let Some(master) = printed(view.mixed, "master").map(|print| print.level) else {
        return Section {
            id: "services",
            title,
            blocks: vec![Block::Para("There is no master yet.".to_owned())],
        };
    };
    let chosen = view.mixed.brief.loudness;
    let name = CHOICES.iter().find(|(choice, _)| *choice == chosen).map_or("", |(_, name)| name);
    let mut table = Table::new(
        format!("The master ({name}): {} LUFS, {} dBTP", tenth(master.loudness), tenth(master.true_peak)),
        &["Service", "It turns by, dB", "Then, LUFS", "Then, dBTP", "Peak asked for", "Note"],
    );
    for service in SERVICES.iter() {
        let gain = service.gain(master);
        let asks = service.asks(master);
        let fits = if master.true_peak <= asks + 0.05 { "kept" } else { "passed" };
        table.row(vec![
            service.name.clone().into(),
            signed(gain).into(),
            tenth(master.loudness + gain).into(),
            tenth(master.true_peak + gain).into(),
            format!("{} dBTP: {fits}", tenth(asks)).into(),
            format!("{} ({})", service.note, service.source).into(),
        ]);
    }
    let others: Vec<(f64, &str)> = CHOICES
        .iter()
        .filter(|(choice, _)| *choice != chosen)
        .map(|(choice, name)| (choice.lufs(), *name))
        .collect();
    let heads: Vec<String> = others
        .iter()
        .map(|(lufs, name)| format!("{name} ({} LUFS) would be turned by, dB", tenth(*lufs)))
        .collect();
    let mut columns = vec!["Service"];
    columns.extend(heads.iter().map(String::as_str));
    let mut choices = Table::new("The other two choices", &columns);
    for service in SERVICES.iter() {
        let mut row = vec![service.name.clone().into()];
        for (lufs, _) in &others {
            let gain = service.gain(Level { loudness: *lufs, ..master });
            row.push(format!("{}, to {} LUFS", signed(gain), tenth(lufs + gain)).into());
        }
        choices.row(row);
    }
    let blocks = vec![
        Block::Para(
            "A master that is louder than a service plays is turned down, and keeps only what its limiter took. Choose for \
             the song: dynamic keeps all punch, loud is for clubs and for sounding loud where nothing is turned down."
                .to_owned(),
        ),
        Block::Table(table),
        Block::Table(choices),
    ];
    Section { id: "services", title, blocks }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(loudness: f64, true_peak: f64) -> Level {
        Level { loudness, true_peak }
    }

    fn service(name: &str) -> &'static Service {
        SERVICES.iter().find(|service| service.name == name).unwrap()
    }

    #[test]
    fn every_row_has_a_source() {
        assert!(SERVICES.len() >= 6);
        assert!(SERVICES.iter().all(|service| !service.source.is_empty() && service.ceiling <= 0.0));
    }

    #[test]
    fn loud_is_turned_down_and_soft_only_as_far_as_peaks_allow() {
        assert_eq!(service("Spotify").gain(level(-9.0, -1.0)), -5.0);
        assert_eq!(service("Spotify").gain(level(-20.0, -5.0)), 4.0);
        assert_eq!(service("Spotify").gain(level(-20.0, -0.5)), 0.0);
        assert_eq!(service("YouTube").gain(level(-20.0, -5.0)), 0.0);
        assert_eq!(service("Radio and TV in Europe").gain(level(-25.0, -5.0)), 2.0);
        assert_eq!(service("CD, downloads, clubs").gain(level(-9.0, -1.0)), 0.0);
        assert_eq!(service("Spotify").asks(level(-9.0, -1.0)), -2.0);
        assert_eq!(service("Spotify").asks(level(-14.0, -1.0)), -1.0);
    }
}

//! The table of compressors by role.

use std::sync::LazyLock;

use serde::Deserialize;

/// How a role is compressed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Who.
    pub roles: Vec<String>,
    /// Does it hit, or hold?
    pub hits: bool,
    /// Unevenness that earns a compressor, dB.
    pub uneven: f64,
    /// Ratio.
    pub ratio: f64,
    /// Mean reduction while it plays, dB.
    pub reduction: f64,
    /// Attack, ms.
    pub attack: f64,
    /// Release, ms.
    pub release: f64,
    /// Where the numbers are from.
    pub source: String,
}

#[derive(Deserialize)]
struct Table {
    row: Vec<Row>,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    toml::from_str::<Table>(include_str!("../../tables/compression.toml"))
        .expect("tables/compression.toml")
        .row
});

/// The row of a role; none for roles that are not compressed.
pub fn row(role: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.roles.iter().any(|r| r == role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_analysis::ROLES;

    #[test]
    fn rows_are_sane_and_have_sources() {
        for row in ROWS.iter() {
            assert!(
                !row.source.is_empty() && row.ratio > 1.0 && row.reduction <= 6.0 && row.attack < row.release
            );
            assert!(
                row.roles.iter().all(|role| ROLES.iter().any(|known| known.id == role)),
                "{:?}",
                row.roles
            );
        }
    }
}

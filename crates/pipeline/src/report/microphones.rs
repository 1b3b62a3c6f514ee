//! What is in each microphone beside what it stands at.

use mixsmith_analysis::Qty;

use super::View;
use super::block::{Block, Table};

/// Softer bleed is not worth a line, dB.
const FAINT: f64 = -30.0;
/// Most sources that are named for a microphone.
const MOST: usize = 4;

/// A sentence and the table; nothing where nothing bleeds.
pub(crate) fn blocks(view: &View<'_>) -> Vec<Block> {
    let facts = &view.mixed.listened.facts;
    let mut table = Table::new(
        "What is in each microphone: bleed in dB against its own loud hits",
        &["Microphone", "Hears"],
    );
    for strip in view.mixed.session.tracks() {
        let stems: Vec<&str> = strip.clips().iter().map(|clip| clip.source.as_str()).collect();
        let mut heard: Vec<(f64, &str)> = facts
            .of("bleed.level")
            .filter_map(|fact| match (&fact.value, &fact.about[..]) {
                (Qty::Number(level), [source, microphone])
                    if *level >= FAINT && stems.contains(&microphone.as_str()) =>
                {
                    Some((*level, facts.text("role.name", source).unwrap_or(source)))
                }
                _ => None,
            })
            .collect();
        heard.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let names: Vec<String> =
            heard.iter().take(MOST).map(|(level, name)| format!("{name} {level:.0} dB")).collect();
        if !names.is_empty() {
            table.row(vec![strip.name.clone().into(), names.join(", ").into()]);
        }
    }
    if table.is_empty() {
        return Vec::new();
    }
    let says = "Microphones hear their neighbours. Of what each hears only that is counted which follows the neighbour's own \
                microphone; what turns up one turns up both.";
    vec![Block::Para(says.to_owned()), Block::Table(table)]
}

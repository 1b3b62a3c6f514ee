//! The report as plain text, for a terminal, a mail or a screen reader.

use super::View;
use super::block::wrap;
use super::summary::{figures, matching, subtitle, title};
use super::words::plain;

/// The whole report.
pub(crate) fn text(view: &View<'_>) -> String {
    let mut out = heading(&plain(&title(view)), '=');
    out += &wrap(&plain(&subtitle(view)), "");
    out += "\n";
    for figure in figures(view) {
        out += &wrap(&plain(&format!("{}: {}{}", figure.name, figure.value, said(&figure.more))), "- ");
    }
    out += &format!("\n{}", heading("Listen", '-'));
    for line in matching(view) {
        out += &wrap(&line, "- ");
    }
    for section in view.sections() {
        out += &format!("\n{}", heading(&section.title, '-'));
        for (number, block) in section.blocks.iter().enumerate() {
            if number > 0 {
                out += "\n";
            }
            out += &block.text();
        }
    }
    out
}

/// What follows a figure, with a comma where it does not go on in the same breath.
fn said(more: &str) -> String {
    if more.starts_with("figures") { format!(" {more}") } else { format!(", {more}") }
}

fn heading(text: &str, line: char) -> String {
    format!("{text}\n{}\n\n", line.to_string().repeat(text.chars().count()))
}

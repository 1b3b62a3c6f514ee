//! The report as one page that needs nothing else: no network, no other file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mixsmith_audio::Audio;

use super::summary::{figures, matching, subtitle, title};
use super::words::{esc, time};
use super::{View, decisions};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What the page may load: nothing but what is in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; media-src data:; img-src data:";

/// The whole page.
pub(crate) fn page(view: &View<'_>) -> String {
    let name = esc(&title(view));
    let sections = view.sections();
    let mut contents = String::from("<li><a href=\"#listen\">Listen</a></li>\n");
    let mut body = String::new();
    for section in &sections {
        let heading = esc(&section.title);
        contents += &format!("<li><a href=\"#{}\">{heading}</a></li>\n", section.id);
        let blocks: String = section.blocks.iter().map(super::block::Block::html).collect();
        body += &format!(
            "<section id=\"{0}\" aria-labelledby=\"h-{0}\">\n<h2 id=\"h-{0}\">{heading}</h2>\n{blocks}</section>\n",
            section.id
        );
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"/>\n\
         <title>{name} \u{b7} mix report</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#decisions\">Skip to the decisions</a>\n\
         <header>\n<p class=\"kicker\">Mix report</p>\n<h1>{name}</h1>\n<p class=\"subtitle\">{subtitle}</p>\n{figures}\
         </header>\n<main>\n{player}<section id=\"steps\" aria-labelledby=\"h-steps\">\n\
         <h2 id=\"h-steps\">Step by step</h2>\n{steps}</section>\n\
         <nav aria-label=\"Contents\">\n<ul>\n{contents}</ul>\n</nav>\n{body}</main>\n\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        subtitle = esc(&subtitle(view)),
        figures = cards(view),
        player = player(view),
        steps = decisions::steps(view),
    )
}

/// The first figures.
fn cards(view: &View<'_>) -> String {
    let one = |figure: super::summary::Figure| {
        format!(
            "<div><dt>{}</dt><dd><b>{}</b> <span>{}</span></dd></div>\n",
            figure.name,
            esc(&figure.value.replace('-', "\u{2212}")),
            esc(&figure.more.replace(" -", " \u{2212}"))
        )
    };
    let all: String = figures(view).into_iter().map(one).collect();
    format!("<dl class=\"figures\">\n{all}</dl>\n")
}

/// The players. Without a script they are three players of the browser, matched all the same.
fn player(view: &View<'_>) -> String {
    let players = view.players;
    let length = players.after.audio.seconds();
    let mut waves = String::new();
    let mut choices = String::new();
    let mut sounds = String::new();
    for (number, (name, take)) in players.takes().into_iter().enumerate() {
        let on = number == 1;
        waves +=
            &format!("<path class=\"wave{}\" d=\"{}\"/>", if on { " on" } else { "" }, wave(&take.audio));
        choices += &format!(
            "<button type=\"button\" class=\"take\" aria-pressed=\"{on}\">{name} <kbd>{}</kbd></button>\n",
            number + 1
        );
        sounds += &match take.flac() {
            Some(flac) => format!(
                "<div class=\"native\"><span>{name}</span> <audio controls=\"controls\" preload=\"none\" \
                 aria-label=\"{name}\" src=\"data:audio/flac;base64,{}\"></audio></div>\n",
                STANDARD.encode(flac)
            ),
            None => format!("<p>{name} could not be coded for this page; listen to the file itself.</p>\n"),
        };
    }
    let lines: String = matching(view).iter().map(|line| format!("<li>{}</li>\n", esc(line))).collect();
    format!(
        "<section id=\"listen\" aria-labelledby=\"h-listen\" data-start=\"{start:.2}\" data-length=\"{length:.3}\">\n\
         <h2 id=\"h-listen\">Listen</h2>\n<div class=\"deck\" hidden=\"hidden\">\n<div class=\"row\">\n\
         <button type=\"button\" class=\"play\" aria-label=\"Play\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" \
         xmlns=\"http://www.w3.org/2000/svg\"><path class=\"to-play\" d=\"M7 4.5v15l13-7.5z\"/><path class=\"to-pause\" \
         d=\"M6 5h4v14H6zM14 5h4v14h-4z\"/></svg></button>\n\
         <div class=\"takes\" role=\"group\" aria-label=\"What you hear\">\n{choices}</div>\n\
         <span class=\"clock\">{from}</span>\n</div>\n\
         <div class=\"line\" role=\"slider\" tabindex=\"0\" aria-label=\"Position\" aria-valuemin=\"0\" \
         aria-valuemax=\"{length:.1}\" aria-valuenow=\"0\" aria-valuetext=\"{from}\">\
         <svg viewBox=\"0 0 {COLUMNS} 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\" \
         xmlns=\"http://www.w3.org/2000/svg\">{waves}</svg><span class=\"head\"></span></div>\n\
         <p class=\"keys\"><kbd>Space</kbd> plays and stops, <kbd>\u{2190}</kbd> <kbd>\u{2192}</kbd> move, <kbd>1</kbd> \
         <kbd>2</kbd> <kbd>3</kbd> switch without losing the place.</p>\n\
         <p class=\"said\" role=\"status\"></p>\n</div>\n<div class=\"natives\">\n{sounds}</div>\n\
         <ul class=\"matching\">\n{lines}</ul>\n</section>\n",
        start = players.start,
        from = time(players.start),
    )
}

/// Columns of the picture of the waves.
const COLUMNS: usize = 600;

/// The outline of a sound.
fn wave(audio: &Audio) -> String {
    let mono = audio.mixdown();
    let (mut up, mut down) = (String::new(), String::new());
    for column in 0..COLUMNS {
        let cut = |i: usize| i * mono.len() / COLUMNS;
        let peak = mono[cut(column)..cut(column + 1)].iter().fold(0f32, |peak, x| peak.max(x.abs())).min(1.0);
        // A thin line where nothing sounds; a little of the decibel scale, so that soft parts can be seen.
        let high = (peak.powf(0.7) * 48.0).max(0.5);
        up += &format!("L{column} {:.1}", 50.0 - high);
        down.insert_str(0, &format!("L{column} {:.1}", 50.0 + high));
    }
    format!("M0 50{up}{down}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_is_drawn_for_any_length() {
        for frames in [0, 1, 10, 10_000] {
            let path = wave(&Audio::stereo(48_000, vec![0.5; frames], vec![0.5; frames]));
            assert!(path.starts_with("M0 50L0 ") && path.ends_with('Z'));
            assert!(!path.contains("NaN"));
        }
    }

    #[test]
    fn nothing_in_the_page_asks_the_network() {
        for text in [STYLE, SCRIPT] {
            assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("//cdn"));
            assert!(!text.contains("</"), "no end of an element may stand in style or script");
        }
    }
}

//! Every decision: what was done, why, and what became of it.

use mixsmith_assistant::{Decision, Phase, Status, all};

use super::View;
use super::block::{Block, Section, minus, wrap};
use super::words::{self, esc, fact, meaning, plain, quantity};
use crate::Mixed;

/// The steps as a person sees them. Buses are part of preparing.
pub(crate) const STEPS: [Phase; 10] = [
    Phase::Prepare,
    Phase::Balance,
    Phase::Tone,
    Phase::Dynamics,
    Phase::Space,
    Phase::Pan,
    Phase::Ride,
    Phase::MixBus,
    Phase::Check,
    Phase::Master,
];

/// What each step is for.
const ABOUT: [&str; 10] = [
    "names, order, faults, buses",
    "how loud each track is",
    "tone, and room for each other",
    "compressors, gates, de-essers",
    "reverbs and delays",
    "places from left to right",
    "levels that move with the song",
    "what all tracks share",
    "mono, headroom, other speakers",
    "tone and loudness of the whole",
];

/// The step of a decision: that of its rule, or, for what no rule on the shelf decided, of the same family.
pub(crate) fn step(decision: &Decision) -> Phase {
    let family = |code: &str| code.split('.').next().unwrap_or("").to_owned();
    let rules = || all::ALL.iter();
    let known = rules()
        .find(|rule| rule.code == decision.rule)
        .or_else(|| rules().find(|rule| family(rule.code) == family(&decision.rule)));
    match known.map_or(Phase::Prepare, |rule| rule.phase) {
        Phase::Buses => Phase::Prepare,
        phase => phase,
    }
}

/// The decisions of a step.
fn of(mixed: &Mixed, phase: Phase) -> Vec<&Decision> {
    mixed.journal.decisions.iter().filter(|decision| step(decision) == phase).collect()
}

/// The steps in a row, each with its number of decisions.
pub(crate) fn steps(view: &View<'_>) -> String {
    let one = |(number, (phase, about)): (usize, (&Phase, &str))| {
        let count = of(view.mixed, *phase).len();
        let inner = format!(
            "<span class=\"no\">{}</span><span class=\"step\">{}</span><span class=\"about\">{about}</span>\
             <span class=\"count\">{}</span>",
            number + 1,
            phase.name(),
            match count {
                0 => "nothing to do".to_owned(),
                count => mixsmith_assistant::says::count(count, "decision"),
            }
        );
        match count {
            0 => format!("<li class=\"none\"><div>{inner}</div></li>\n"),
            _ => format!("<li><a href=\"#step-{}\">{inner}</a></li>\n", number + 1),
        }
    };
    let items: String = STEPS.iter().zip(ABOUT).enumerate().map(one).collect();
    format!("<ol class=\"steps\">\n{items}</ol>\n")
}

/// The section of the report.
pub(crate) fn section(view: &View<'_>) -> Section {
    let mut blocks = vec![Block::Para(
        "In the order in which they were taken. Open the settings to see the exact knobs; every address can be typed after \
         mixsmith set."
            .to_owned(),
    )];
    for (number, phase) in STEPS.iter().enumerate() {
        let decisions = of(view.mixed, *phase);
        if decisions.is_empty() {
            continue;
        }
        let title = format!("{} {}", number + 1, phase.name());
        let items: String = runs(&decisions).into_iter().map(|run| list(view.mixed, run)).collect();
        let html = format!("<h3 id=\"step-{}\">{title}</h3>\n{items}", number + 1);
        let items: String = decisions.iter().map(|decision| text(view.mixed, decision)).collect();
        blocks.push(Block::Both { html, text: format!("{title}\n{}\n{items}", "~".repeat(title.len())) });
    }
    if blocks.len() == 1 {
        blocks = vec![Block::Para("Nothing was decided.".to_owned())];
    }
    Section { id: "decisions", title: "What was done, and why".to_owned(), blocks }
}

/// A run of at least this many decisions of one rule is folded up.
const MANY: usize = 6;

/// Cuts the list where a long run of one rule, all of it done, begins and ends.
fn runs<'a, 'b>(decisions: &'b [&'a Decision]) -> Vec<&'b [&'a Decision]> {
    let alike = |a: &&Decision, b: &&Decision| {
        a.rule == b.rule && a.status == Status::Taken && b.status == Status::Taken
    };
    let mut runs: Vec<&[&Decision]> = Vec::new();
    let mut from = 0;
    for run in decisions.chunk_by(alike) {
        let to = from + run.len();
        let start = match runs.last() {
            // Short runs stand together in one list.
            Some(last) if last.len() < MANY && run.len() < MANY => from - runs.pop().map_or(0, <[_]>::len),
            _ => from,
        };
        runs.push(&decisions[start..to]);
        from = to;
    }
    runs
}

/// A list of decisions, folded up when it is a long run of one rule.
fn list(mixed: &Mixed, run: &[&Decision]) -> String {
    let items: String = run.iter().map(|decision| html(mixed, decision)).collect();
    let list = format!("<ol class=\"decisions\">\n{items}</ol>\n");
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return String::new() };
    if run.len() < MANY || run.iter().any(|decision| decision.rule != first.rule) {
        return list;
    }
    // A decision about a track and its return is one thing: `Vox into Plate`.
    let who: Vec<String> = run.iter().map(|decision| names(mixed, decision).join(" into ")).collect();
    let who: Vec<String> = who.into_iter().filter(|who| !who.is_empty()).collect();
    format!(
        "<details class=\"run\"><summary><b>{} to {}</b> {} <span class=\"rule\">{}</span></summary>\n{list}</details>\n",
        first.id,
        last.id,
        esc(&who.join(", ")),
        esc(&first.rule)
    )
}

/// Names of the strips that a decision is about.
fn names(mixed: &Mixed, decision: &Decision) -> Vec<String> {
    let name = |id: &String| mixed.session.strip(id).map_or(id.clone(), |strip| strip.name.clone());
    decision.about.iter().map(name).collect()
}

/// What became of it: class, word, reason.
fn status(decision: &Decision) -> (&'static str, &'static str, &str) {
    match &decision.status {
        Status::Taken => ("taken", "done", ""),
        Status::Refused(why) => ("refused", "not done", why),
        Status::Overruled(why) => ("overruled", "left to your hand", why),
    }
}

fn html(mixed: &Mixed, decision: &Decision) -> String {
    let (class, word, why) = status(decision);
    let who = match names(mixed, decision) {
        names if names.is_empty() => String::new(),
        names => format!("<b>{}</b> ", esc(&names.join(", "))),
    };
    let chips: String = decision
        .because
        .iter()
        .map(|evidence| {
            let of = if evidence.of.len() == 1 && decision.about.len() != 1 {
                let name =
                    mixed.session.strip(&evidence.of[0]).map_or(evidence.of[0].as_str(), |strip| &strip.name);
                format!("{}: ", esc(name))
            } else {
                String::new()
            };
            let against: String = words::against(evidence)
                .iter()
                .map(|said| format!(" <span class=\"against\">{}</span>", minus(&esc(said))))
                .collect();
            format!(
                "<li title=\"{}\">{of}{} <b>{}</b>{against}</li>\n",
                esc(format!("{} {}", evidence.fact, meaning(&evidence.fact)).trim()),
                esc(&fact(&evidence.fact)),
                minus(&esc(&quantity(evidence.value, words::unit(evidence)))),
            )
        })
        .collect();
    let chips = if chips.is_empty() { chips } else { format!("<ul class=\"chips\">{chips}</ul>\n") };
    let edits: Vec<String> =
        decision.edits.iter().flat_map(|edit| words::edit(edit, &mixed.session)).collect();
    let edits = if edits.is_empty() {
        String::new()
    } else {
        let lines: String =
            edits.iter().map(|line| format!("<li><code>{}</code></li>\n", esc(line))).collect();
        let summary = mixsmith_assistant::says::count(edits.len(), "setting");
        format!("<details><summary>{summary}</summary><ul class=\"edits\">{lines}</ul></details>\n")
    };
    let outcome = match class {
        "taken" => String::new(),
        _ => format!("<p class=\"outcome\"><b>{word}:</b> {}</p>\n", esc(why)),
    };
    format!(
        "<li id=\"decision-{id}\" class=\"{class}\"><p class=\"head\"><span class=\"no\">{id}</span> {who}\
         <span class=\"rule\">{rule}</span></p>\n<p class=\"says\">{says}</p>\n{outcome}{chips}{edits}</li>\n",
        id = decision.id,
        rule = esc(&decision.rule),
        says = esc(&decision.says),
    )
}

fn text(mixed: &Mixed, decision: &Decision) -> String {
    let (class, word, why) = status(decision);
    let who = words::who(&names(mixed, decision), &decision.says);
    let mut out = wrap(&plain(&(who + &decision.says)), &format!("{}. ", decision.id));
    if class != "taken" {
        out += &wrap(&plain(&format!("{word}: {why}")), "   ");
    }
    if !decision.because.is_empty() {
        let because: Vec<String> = decision.because.iter().map(words::evidence).collect();
        out += &wrap(&plain(&format!("Because {}.", because.join("; "))), "   ");
    }
    for line in decision.edits.iter().flat_map(|edit| words::edit(edit, &mixed.session)) {
        out += &wrap(&plain(&line), "   ");
    }
    out
}

//! The shelf: every rule, in the order in which they are asked.

use crate::{Rule, balance, buses, check, dynamics, master, mixbus, prepare, space, tone};

/// Every rule.
pub static ALL: &[Rule] = &[
    prepare::leave_out::RULE,
    prepare::open::RULE,
    prepare::gain::RULE,
    buses::route::RULE,
    buses::mix::RULE,
    balance::levels::RULE,
    tone::hum::RULE,
    tone::high_pass::RULE,
    tone::resonance::RULE,
    tone::mud::RULE,
    tone::harsh::RULE,
    tone::character::RULE,
    tone::unmask::RULE,
    dynamics::gate::RULE,
    dynamics::compress::RULE,
    dynamics::deess::RULE,
    dynamics::duck::RULE,
    space::returns::RULE,
    space::sends::RULE,
    space::delay::RULE,
    space::throws::RULE,
    mixbus::glue::RULE,
    check::headroom::RULE,
    check::mono::RULE,
    master::tone::RULE,
    master::limit::RULE,
];

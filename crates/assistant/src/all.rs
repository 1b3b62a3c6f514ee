//! The shelf: every rule, in the order in which they are asked.

use crate::{Rule, balance, buses, check, master, mixbus, pan, prepare, ride};

/// Every rule.
pub static ALL: &[Rule] = &[
    prepare::leave_out::RULE,
    prepare::open::RULE,
    prepare::polarity::RULE,
    prepare::time::RULE,
    prepare::imbalance::RULE,
    prepare::faults::RULE,
    prepare::gain::RULE,
    buses::route::RULE,
    buses::mix::RULE,
    balance::levels::RULE,
    pan::place::RULE,
    pan::width::RULE,
    ride::sections::RULE,
    ride::lead::RULE,
    ride::voice::RULE,
    mixbus::glue::RULE,
    check::headroom::RULE,
    check::mono::RULE,
    master::tone::RULE,
    master::limit::RULE,
];

//! The shelf: every rule, in the order in which they are asked.

use crate::{Rule, balance, buses, check, master, mixbus, prepare};

/// Every rule.
pub static ALL: &[Rule] = &[
    prepare::leave_out::RULE,
    prepare::open::RULE,
    prepare::gain::RULE,
    buses::route::RULE,
    buses::mix::RULE,
    balance::levels::RULE,
    mixbus::glue::RULE,
    check::headroom::RULE,
    check::mono::RULE,
    master::tone::RULE,
    master::limit::RULE,
];

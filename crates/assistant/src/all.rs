//! The shelf: every rule, in the order in which they are asked.

use crate::Rule;

/// Every rule.
pub static ALL: &[Rule] = &[];

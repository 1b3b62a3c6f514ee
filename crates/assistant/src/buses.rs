//! Buses: what is mixed together, and the way to the master.

pub mod mix;
pub mod route;

use mixsmith_session::{Session, Strip, StripKind};

/// The bus with a role: a family (`drums`, `lead-vocals`) or `mix`.
pub fn bus<'a>(session: &'a Session, role: &str) -> Option<&'a Strip> {
    session.strips.iter().map(AsRef::as_ref).find(|s| s.kind == StripKind::Bus && s.role == role)
}

//! How the road tells where it is.

/// Hears of stages and steps. A caller shows them and may ask to stop.
pub trait Progress: Sync {
    /// A stage begins: its name and how many steps it has (0 when not known).
    fn stage(&self, name: &str, steps: u64);
    /// So many steps of the stage are done; what is being worked on.
    fn step(&self, done: u64, what: &str);
    /// Should the road stop here? Nothing half-written stays.
    fn stopped(&self) -> bool {
        false
    }
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str, _: u64) {}
    fn step(&self, _: u64, _: &str) {}
}

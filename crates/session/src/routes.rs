//! Which strip's sound reaches which, so that no sound ever waits for itself.

use std::collections::{BTreeMap, BTreeSet};

/// Routes laid one after another.
#[derive(Debug, Default)]
pub(crate) struct Routes(BTreeMap<String, BTreeSet<String>>);

impl Routes {
    /// Lays a route unless it closes a loop; then it says which: `a > b > a`.
    pub fn lay(&mut self, from: &str, to: &str) -> Option<String> {
        if self.0.get(from).is_some_and(|set| set.contains(to)) {
            return None;
        }
        if let Some(back) = self.path(to, from) {
            return Some(format!("it closes a loop: {from} > {}", back.join(" > ")));
        }
        self.0.entry(from.to_owned()).or_default().insert(to.to_owned());
        None
    }

    /// The strips that a sound passes on the way, both ends included.
    fn path(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut came: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            if at == to {
                let mut path = vec![at.to_owned()];
                let mut here = at;
                while here != from {
                    here = came.get(here)?;
                    path.insert(0, here.to_owned());
                }
                return Some(path);
            }
            for next in self.0.get(at).into_iter().flatten() {
                if next != from && !came.contains_key(next.as_str()) {
                    came.insert(next, at);
                    open.push(next);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_named() {
        let mut routes = Routes::default();
        assert_eq!(routes.lay("kick", "drums"), None);
        assert_eq!(routes.lay("drums", "master"), None);
        assert_eq!(routes.lay("snare", "drums"), None);
        assert!(routes.lay("master", "kick").unwrap().ends_with("master > kick > drums > master"));
        assert!(routes.lay("kick", "kick").unwrap().ends_with("kick > kick"));
        assert_eq!(routes.lay("kick", "master"), None);
    }
}

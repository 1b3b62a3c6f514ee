//! The mix bus: glue, and the room that mastering needs.

pub mod glue;

//! Space: delay lines and rooms.

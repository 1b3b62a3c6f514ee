//! The `bext` chunk of Broadcast WAV (EBU Tech 3285, version 1).

/// What a broadcast file says of its origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bext {
    /// Free text, 256 ASCII characters at most; the rest is cut.
    pub description: String,
    /// Who made it, 32 characters.
    pub originator: String,
    /// Day of making, `yyyy-mm-dd`, or empty.
    pub date: String,
    /// Time of making, `hh:mm:ss`, or empty.
    pub time: String,
    /// First frame on the session's clock, in frames since midnight.
    pub time_reference: u64,
}

/// Where the time reference lies inside the chunk.
pub(crate) const TIME_REFERENCE_AT: usize = 256 + 32 + 32 + 10 + 8;

impl Bext {
    /// The chunk's content, 602 bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(602);
        let mut text = |text: &str, width: usize| {
            let end = bytes.len() + width;
            bytes.extend(text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).take(width));
            bytes.resize(end, 0);
        };
        text(&self.description, 256);
        text(&self.originator, 32);
        text("", 32);
        text(&self.date, 10);
        text(&self.time, 8);
        bytes.extend(self.time_reference.to_le_bytes());
        bytes.extend(1u16.to_le_bytes());
        // The identifier (64) and what later versions use (190) stay nought.
        bytes.resize(602, 0);
        bytes
    }
}

//! SHELF 4: the formats of other programs. A folder a format, and one line in [`all`].
//!
//! A session is laid out as a [`Desk`], which has what mixers of other programs have; what they have not is printed or
//! said to be lost. Nothing here opens a file: projects come as readers and go as lists of what is to be written.

pub mod aaf;
pub mod all;
mod archive;
pub mod ardour;
mod beneath;
mod course;
pub mod curve;
pub mod dawproject;
mod desk;
mod device;
mod format;
mod honesty;
mod import;
mod layout;
pub mod live;
mod loss;
mod names;
mod portable;
pub mod reaper;
pub mod stems;
pub mod x32;
mod xml;

pub use archive::{Packer, copy_entry};
pub use beneath::beneath;
pub use course::Course;
pub use desk::{Channel, Desk, Kind, Place, Region, SendTo, Sound, SoundOf};
pub use device::{Band, BandKind, Compressor, Delay, Device, Gate, Limiter, Processing, Reverb};
pub use format::{Carries, Content, Format, Print, Project, ReadError, ReadSeek, Wishes, Written};
pub use honesty::{Honesty, honesty};
pub use import::{Import, import};
pub use layout::{GainRide, Layout, lay_out};
pub use loss::{Fate, Loss};
pub use names::file_stem;

//! From stored samples to floating point.

/// How one sample is stored, least significant byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    U8,
    I16,
    I24,
    I32,
    F32,
    F64,
    ALaw,
    MuLaw,
}

impl Coding {
    /// Bytes a sample.
    pub fn bytes(self) -> usize {
        match self {
            Coding::U8 | Coding::ALaw | Coding::MuLaw => 1,
            Coding::I16 => 2,
            Coding::I24 => 3,
            Coding::I32 | Coding::F32 => 4,
            Coding::F64 => 8,
        }
    }

    /// Are the samples floating point?
    pub fn float(self) -> bool {
        matches!(self, Coding::F32 | Coding::F64)
    }

    /// Appends interleaved frames to planar channels. A frame that is not whole is left out.
    pub fn append(self, bytes: &[u8], channels: &mut [Vec<f32>]) {
        match self {
            Coding::U8 => each(bytes, channels, |[a]: [u8; 1]| (f32::from(a) - 128.0) / 128.0),
            Coding::I16 => each(bytes, channels, |b| f32::from(i16::from_le_bytes(b)) / 32_768.0),
            Coding::I24 => each(bytes, channels, |[a, b, c]: [u8; 3]| {
                (i32::from_le_bytes([0, a, b, c]) >> 8) as f32 / 8_388_608.0
            }),
            Coding::I32 => each(bytes, channels, |b| i32::from_le_bytes(b) as f32 / 2_147_483_648.0),
            Coding::F32 => each(bytes, channels, f32::from_le_bytes),
            Coding::F64 => each(bytes, channels, |b| f64::from_le_bytes(b) as f32),
            Coding::ALaw => each(bytes, channels, |[a]: [u8; 1]| a_law(a)),
            Coding::MuLaw => each(bytes, channels, |[a]: [u8; 1]| mu_law(a)),
        }
    }
}

fn each<const W: usize>(bytes: &[u8], channels: &mut [Vec<f32>], sample: impl Fn([u8; W]) -> f32) {
    let block = W * channels.len();
    for (number, channel) in channels.iter_mut().enumerate() {
        channel.extend(bytes.chunks_exact(block).map(|frame| {
            let mut one = [0; W];
            one.copy_from_slice(&frame[number * W..(number + 1) * W]);
            sample(one)
        }));
    }
}

/// ITU-T G.711, A-law.
fn a_law(code: u8) -> f32 {
    let code = code ^ 0x55;
    let (segment, step) = (u32::from(code >> 4 & 7), i32::from(code & 15));
    let size = if segment == 0 { 16 * step + 8 } else { (16 * step + 264) << (segment - 1) };
    (if code & 0x80 != 0 { size } else { -size }) as f32 / 32_768.0
}

/// ITU-T G.711, mu-law.
fn mu_law(code: u8) -> f32 {
    let code = !code;
    let (segment, step) = (u32::from(code >> 4 & 7), i32::from(code & 15));
    let size = ((8 * step + 132) << segment) - 132;
    (if code & 0x80 != 0 { -size } else { size }) as f32 / 32_768.0
}

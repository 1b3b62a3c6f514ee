//! A small live room: a decaying diffuse tail from parallel combs and two all-passes (Schroeder 1962), each
//! comb losing its top as it goes round (Moorer 1979).

/// The room's answer to a track: the diffuse tail alone, falling by 60 dB in `seconds`.
pub(crate) fn tail(track: &[f32], rate: u32, seconds: f32) -> Vec<f32> {
    let mut sum = vec![0.0f32; track.len()];
    for ms in [29.7f32, 34.3, 37.1, 41.1, 43.7, 47.9] {
        let length = (ms * 0.001 * rate as f32) as usize;
        let gain = 10f32.powf(-3.0 * ms * 0.001 / seconds);
        let (mut line, mut at, mut low) = (vec![0.0f32; length], 0, 0.0f32);
        for (out, x) in sum.iter_mut().zip(track) {
            let y = line[at];
            *out += y;
            low += 0.55 * (y - low);
            line[at] = x + gain * low;
            at = (at + 1) % length;
        }
    }
    for ms in [5.0f32, 1.7] {
        let length = (ms * 0.001 * rate as f32) as usize;
        let (mut line, mut at) = (vec![0.0f32; length], 0);
        for x in &mut sum {
            let delayed = line[at];
            let into = *x + 0.7 * delayed;
            line[at] = into;
            at = (at + 1) % length;
            *x = delayed - 0.7 * into;
        }
    }
    sum
}

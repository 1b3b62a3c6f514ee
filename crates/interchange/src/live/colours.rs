//! The colours that Live has: 70, by their places in its chooser (14 a row), as they look on the screen.

const COLOURS: [u32; 70] = [
    0xff94a6, 0xffa428, 0xcd9827, 0xf6f57c, 0xbefa00, 0x21ff41, 0x25fea9, 0x5dffe9, 0x8ac5fe, 0x5480e4,
    0x93a6ff, 0xd86ce4, 0xe552a1, 0xfffefe, 0xfe3637, 0xf66d02, 0x99734a, 0xfef134, 0x87ff67, 0x3dc201,
    0x01beaf, 0x18e9fe, 0x10a4ee, 0x007dc0, 0x886ce4, 0xb776c6, 0xfe38d4, 0xd1d0d1, 0xe3665a, 0xfea274,
    0xd2ad70, 0xedffae, 0xd3e499, 0xbad175, 0x9ac58d, 0xd4fce0, 0xccf0f8, 0xb8c1e2, 0xcdbbe4, 0xaf98e4,
    0xe5dde0, 0xa9a8a8, 0xc6938a, 0xb68257, 0x98826a, 0xbebb69, 0xa6be00, 0x7cb04c, 0x89c3ba, 0x9bb3c4,
    0x84a5c3, 0x8392cd, 0xa494b5, 0xbf9fbe, 0xbd7096, 0x7b7a7a, 0xaf3232, 0xa95131, 0x734e41, 0xdac200,
    0x84971f, 0x529e31, 0x0a9c8e, 0x236285, 0x1a2f96, 0x2e52a3, 0x624bad, 0xa24aad, 0xcd2e6f, 0xfffefe,
];
/// Where nothing is said of a colour: grey.
const GREY: usize = 41;

/// The place of the nearest colour.
pub(super) fn place(colour: &str) -> usize {
    let Some(wanted) = colour.strip_prefix('#').and_then(|digits| u32::from_str_radix(digits, 16).ok())
    else {
        return GREY;
    };
    let part = |colour: u32, shift: u32| i64::from(colour >> shift & 0xff);
    let apart = |colour: u32| -> i64 {
        [16, 8, 0].into_iter().map(|shift| (part(colour, shift) - part(wanted, shift)).pow(2)).sum()
    };
    (0..COLOURS.len()).min_by_key(|&n| apart(COLOURS[n])).unwrap_or(GREY)
}

/// The colour at a place, as `#rrggbb`; nothing where there is none.
pub(super) fn at(place: f64) -> String {
    let known = (place >= 0.0).then(|| COLOURS.get(place as usize)).flatten();
    known.map_or_else(String::new, |colour| format!("#{colour:06x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_finds_its_place() {
        for (n, colour) in COLOURS.iter().enumerate().take(69) {
            assert_eq!(place(&format!("#{colour:06x}")), n);
            assert_eq!(at(n as f64), format!("#{colour:06x}"));
        }
        assert_eq!(
            (place(""), place("#c0392b"), at(70.0), at(-1.0)),
            (GREY, 56, String::new(), String::new())
        );
    }
}

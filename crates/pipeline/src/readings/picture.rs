//! The meters as a picture that stands alone.

use std::fmt::Write as _;

use mixsmith_dsp::meter::Goniometer;

use super::{Band, band_name};
use crate::report::words::esc;

/// Side of the goniometer, and where it begins.
const FIELD: (f64, f64, f64) = (30.0, 40.0, 360.0);
/// Left, top, width and height of the spectrum, and its levels in dB from bottom to top.
const SPECTRUM: (f64, f64, f64, f64) = (450.0, 40.0, 520.0, 360.0);
const LEVELS: (f64, f64) = (-90.0, 0.0);

/// Colours for a light page and for a dark one.
const STYLE: &str = "text{font:12px sans-serif;fill:#444}.sound{fill:#1f6feb}.edge{fill:none;stroke:#999}\
                     .back{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#bbb}.back{fill:#16181d}\
                     .sound{fill:#6cb0ff}.edge{stroke:#555}}";

pub(super) fn draw(field: &Goniometer, bands: &[Band], file: &str) -> String {
    let title = format!("Goniometer and spectrum of {}", esc(file));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 450\" role=\"img\" aria-label=\"{title}\">\
         <title>{title}</title><style>{STYLE}</style><rect class=\"back\" width=\"1000\" height=\"450\"/>\n"
    );
    goniometer(&mut svg, field);
    spectrum(&mut svg, bands);
    svg += "</svg>\n";
    svg
}

// Writing to a string cannot fail.
fn goniometer(svg: &mut String, field: &Goniometer) {
    let (left, top, side) = FIELD;
    let (middle, right, bottom) = (side / 2.0, left + side, top + side);
    let _ = writeln!(
        svg,
        "<path class=\"edge\" d=\"M{0} {top}L{right} {1}L{0} {bottom}L{left} {1}ZM{0} {top}V{bottom}M{left} {1}H{right}\"/>",
        left + middle,
        top + middle,
    );
    let quarter = side / 4.0;
    for (x, y, word) in [
        (left + middle, top - 6.0, "mono"),
        (left + quarter - 14.0, top + quarter - 6.0, "left"),
        (right - quarter + 14.0, top + quarter - 6.0, "right"),
        (right - 10.0, top + middle - 8.0, "side"),
    ] {
        let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{word}</text>");
    }
    let cells = field.cells();
    let all = || (0..cells).flat_map(|y| (0..cells).map(move |x| (x, y)));
    let most = all().map(|(x, y)| field.count(x, y)).max().unwrap_or(0);
    let size = side / cells as f64;
    for (x, y) in all() {
        let count = field.count(x, y);
        if count == 0 {
            continue;
        }
        // Equal ratios are equal steps, as on a screen that glows on.
        let glow = (1.0 + count as f64).ln() / (1.0 + most as f64).ln();
        let (across, down) = (left + x as f64 * size, bottom - (y + 1) as f64 * size);
        let _ = writeln!(
            svg,
            "<rect class=\"sound\" x=\"{across:.1}\" y=\"{down:.1}\" width=\"{size:.1}\" height=\"{size:.1}\" \
             opacity=\"{glow:.2}\"/>"
        );
    }
}

fn spectrum(svg: &mut String, bands: &[Band]) {
    let (left, top, wide, high) = SPECTRUM;
    let height = |db: f64| (db.clamp(LEVELS.0, LEVELS.1) - LEVELS.0) / (LEVELS.1 - LEVELS.0) * high;
    for db in [0.0, -20.0, -40.0, -60.0, -80.0] {
        let y = top + high - height(db);
        let _ = writeln!(
            svg,
            "<path class=\"edge\" d=\"M{left} {y:.1}H{}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{db:.0}</text>",
            left + wide,
            left - 6.0,
            y + 4.0
        );
    }
    let step = wide / bands.len().max(1) as f64;
    for (i, band) in bands.iter().enumerate() {
        let (x, tall) = (left + i as f64 * step, height(band.db));
        let name = band_name(band.hz);
        let _ = writeln!(
            svg,
            "<rect class=\"sound\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\"><title>{name}: {:.1} \
             dBFS</title></rect>",
            x + 1.0,
            top + high - tall,
            step - 2.0,
            band.db
        );
        if i % 5 == 2 {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{name}</text>",
                x + step / 2.0,
                top + high + 18.0
            );
        }
    }
}

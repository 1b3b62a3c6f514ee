//! Pictures: a field with two axes, drawn in the colours of the style sheet.

use super::words::esc;

/// A field with two axes. Places are given in the units of the axes.
pub(crate) struct Plot {
    size: (f64, f64),
    /// Left, top, right, bottom, in units of the picture.
    margin: (f64, f64, f64, f64),
    x: Axis,
    y: Axis,
    body: String,
}

/// From where to where, and whether equal steps are equal ratios.
#[derive(Clone, Copy)]
pub(crate) struct Axis {
    pub from: f64,
    pub to: f64,
    pub log: bool,
}

impl Axis {
    /// Equal steps.
    pub fn even(from: f64, to: f64) -> Axis {
        Axis { from, to: if to > from { to } else { from + 1.0 }, log: false }
    }

    /// Equal ratios.
    pub fn log(from: f64, to: f64) -> Axis {
        Axis { from, to, log: true }
    }

    fn share(self, value: f64) -> f64 {
        let share = if self.log {
            (value.max(1e-9) / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }
}

impl Plot {
    /// An empty field.
    pub fn new(size: (f64, f64), margin: (f64, f64, f64, f64), x: Axis, y: Axis) -> Plot {
        Plot { size, margin, x, y, body: String::new() }
    }

    /// Place of a value from left to right.
    pub fn at_x(&self, value: f64) -> f64 {
        self.margin.0 + self.x.share(value) * (self.size.0 - self.margin.0 - self.margin.2)
    }

    /// Place of a value from bottom to top.
    pub fn at_y(&self, value: f64) -> f64 {
        self.size.1 - self.margin.3 - self.y.share(value) * (self.size.1 - self.margin.1 - self.margin.3)
    }

    /// Lines across at values, each with its label at the left.
    pub fn grid_y(&mut self, values: &[(f64, String)]) {
        let (left, right) = (self.margin.0, self.size.0 - self.margin.2);
        for (value, label) in values {
            let y = self.at_y(*value);
            self.body += &format!("<path class=\"grid\" d=\"M{left:.1} {y:.1}H{right:.1}\"/>");
            self.text(left - 8.0, y + 4.0, "tick end", label);
        }
    }

    /// Lines upright at values, each with its label below.
    pub fn grid_x(&mut self, values: &[(f64, String)]) {
        let (top, bottom) = (self.margin.1, self.size.1 - self.margin.3);
        for (value, label) in values {
            let x = self.at_x(*value);
            self.body += &format!("<path class=\"grid\" d=\"M{x:.1} {top:.1}V{bottom:.1}\"/>");
            self.text(x, bottom + 18.0, "tick middle", label);
        }
    }

    /// A line through points.
    pub fn line(&mut self, class: &str, points: &[(f64, f64)]) {
        if !points.is_empty() {
            let d = self.path(points);
            self.body += &format!("<path class=\"{class}\" d=\"{d}\"/>");
        }
    }

    /// The area between two lines over the same places.
    pub fn area(&mut self, class: &str, low: &[(f64, f64)], high: &[(f64, f64)]) {
        let round: Vec<(f64, f64)> = low.iter().chain(high.iter().rev()).copied().collect();
        if !round.is_empty() {
            let d = self.path(&round);
            self.body += &format!("<path class=\"{class}\" d=\"{d}Z\"/>");
        }
    }

    fn path(&self, points: &[(f64, f64)]) -> String {
        let mut d = String::new();
        for (number, &(x, y)) in points.iter().enumerate() {
            let letter = if number == 0 { 'M' } else { 'L' };
            d += &format!("{letter}{:.1} {:.1}", self.at_x(x), self.at_y(y));
        }
        d
    }

    /// A box between two values from left to right, `high` units of the picture tall, centred on `middle`.
    pub fn band(&mut self, class: &str, from: f64, to: f64, middle: f64, high: f64) {
        let (left, right) = (self.at_x(from), self.at_x(to));
        let (wide, top) = ((right - left).max(1.0), middle - high / 2.0);
        self.body += &format!(
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\" rx=\"3\"/>"
        );
    }

    /// A box over the whole height between two values from left to right.
    pub fn column(&mut self, class: &str, from: f64, to: f64) {
        let (left, right) = (self.at_x(from), self.at_x(to));
        let (top, high) = (self.margin.1, self.size.1 - self.margin.1 - self.margin.3);
        self.body += &format!(
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{high:.1}\"/>",
            (right - left).max(0.0)
        );
    }

    /// A dot at a value from left to right and a height in units of the picture.
    pub fn dot(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        let x = self.at_x(x);
        self.body += &format!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>");
    }

    /// A line at one height in units of the picture.
    pub fn stretch(&mut self, class: &str, from: f64, to: f64, y: f64) {
        let (from, to) = (self.at_x(from), self.at_x(to));
        self.body += &format!("<path class=\"{class}\" d=\"M{from:.1} {y:.1}H{to:.1}\"/>");
    }

    /// Text at a place in units of the picture.
    pub fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        self.body += &format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", esc(text));
    }

    /// Signs and what they mean, from left to right along the top.
    pub fn legend(&mut self, entries: &[(&str, &str)]) {
        let mut x = self.margin.0;
        for (class, words) in entries {
            self.body += &match class.split(' ').next() {
                Some("line") => format!("<path class=\"{class}\" d=\"M{x:.1} 12H{:.1}\"/>", x + 22.0),
                Some("dot") => {
                    format!("<circle class=\"{class}\" cx=\"{:.1}\" cy=\"12\" r=\"5.5\"/>", x + 11.0)
                }
                _ => format!(
                    "<rect class=\"{class}\" x=\"{x:.1}\" y=\"6\" width=\"22\" height=\"12\" rx=\"3\"/>"
                ),
            };
            self.text(x + 30.0, 16.0, "tick", words);
            x += 30.0 + 7.0 * words.chars().count() as f64 + 24.0;
        }
    }

    /// The whole picture, with what a screen reader says of it.
    pub fn finish(self, title: &str) -> String {
        let (wide, high) = self.size;
        format!(
            "<svg viewBox=\"0 0 {wide:.0} {high:.0}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" aria-label=\"{0}\">\
             {1}</svg>",
            esc(title),
            self.body
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_inside_the_field() {
        let plot = Plot::new(
            (720.0, 300.0),
            (50.0, 20.0, 10.0, 30.0),
            Axis::log(20.0, 20_000.0),
            Axis::even(-10.0, 10.0),
        );
        assert_eq!([plot.at_x(20.0), plot.at_x(20_000.0)], [50.0, 710.0]);
        assert!((plot.at_x(632.4555) - 380.0).abs() < 1e-3);
        assert_eq!([plot.at_y(-99.0), plot.at_y(0.0), plot.at_y(10.0)], [270.0, 145.0, 20.0]);
        assert_eq!(plot.at_x(f64::NAN), 50.0);
    }
}

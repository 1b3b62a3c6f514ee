//! A break-point as a line: `12.500 s  -1.2 dB  hold  (chorus 2)`.

use mixsmith_processor::Unit;

use super::time;
use crate::{Curve, Marker, Point};

/// A break-point as text.
pub(crate) fn print(point: &Point, unit: Unit, rate: u32) -> String {
    let mut text = format!("{}  {}", time::print(point.at.into(), rate), unit.print(point.value));
    if point.curve == Curve::Hold {
        text.push_str("  hold");
    }
    if !point.label.is_empty() {
        text.push_str(&format!("  ({})", point.label));
    }
    text
}

/// Reads a break-point.
pub(crate) fn read(text: &str, unit: Unit, rate: u32) -> Result<Point, String> {
    let (at, rest) = moment(text, rate)?;
    let (rest, label) = match (rest.find('('), rest.strip_suffix(')')) {
        (Some(open), Some(body)) => (rest[..open].trim(), body.get(open + 1..).unwrap_or_default()),
        _ => (rest, ""),
    };
    let (value, curve) = match rest.strip_suffix("hold").map(str::trim_end) {
        Some(value) if !value.is_empty() => (value, Curve::Hold),
        _ => (rest, Curve::Line),
    };
    let value = unit.parse(value).map_err(|error| error.to_string())?;
    Ok(Point { at, value, curve, label: label.to_owned() })
}

/// A marker as text: `12.500 s  chorus 2`; `None` when its name would not come back.
pub(crate) fn print_marker(marker: &Marker, rate: u32) -> Option<String> {
    let plain = !marker.name.is_empty() && marker.name.trim() == marker.name;
    plain.then(|| format!("{}  {}", time::print(marker.at.into(), rate), marker.name))
}

/// Reads a marker.
pub(crate) fn read_marker(text: &str, rate: u32) -> Result<Marker, String> {
    let (at, name) = moment(text, rate)?;
    Ok(Marker { at, name: name.to_owned() })
}

/// Splits off the time that a line begins with.
fn moment(text: &str, rate: u32) -> Result<(u64, &str), String> {
    let text = text.trim();
    let digits =
        text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || ".:-".contains(c)).len();
    let gap = text[digits..].len() - text[digits..].trim_start().len();
    let mut letters = text[digits + gap..].chars();
    let unit = matches!(letters.next(), Some('s' | 'f')) && letters.next().is_none_or(char::is_whitespace);
    let end = digits + if unit { gap + 1 } else { 0 };
    let at = time::read(&text[..end], rate)?;
    let at = u64::try_from(at).map_err(|_| format!("`{}` is before the song", &text[..end]))?;
    Ok((at, text[end..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_curves_come_back() {
        let unit = Unit::Choice(&["free", "hold"]);
        for (value, curve, label) in [
            (1.0, Curve::Line, ""),
            (1.0, Curve::Hold, "a (b) hold"),
            (0.0, Curve::Hold, " ) ( "),
            (0.0, Curve::Line, "("),
        ] {
            let point = Point { at: 7, value, curve, label: label.to_owned() };
            assert_eq!(read(&print(&point, unit, 44_100), unit, 44_100), Ok(point));
        }
    }

    #[test]
    fn people_leave_things_out() {
        let point = read("1:02 -3", Unit::Db, 1000).unwrap();
        assert_eq!((point.at, point.value), (62_000, -3.0));
        assert_eq!(read_marker("2 s   surf guitar", 1000).unwrap().name, "surf guitar");
        assert_eq!(read_marker("2 surf guitar", 1000).unwrap().name, "surf guitar");
        assert!(read("-1 s 0 dB", Unit::Db, 1000).unwrap_err().contains("before the song"));
        assert!(read("soon 0 dB", Unit::Db, 1000).is_err());
    }
}

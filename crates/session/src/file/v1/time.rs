//! Times in seconds, exact to the frame.

/// Highest rate at which six decimals of a second tell frames apart.
pub(crate) const MAX_RATE: u32 = 768_000;

/// Frames as seconds: the fewest decimals (three at least) that [`read`] takes back to the same frame.
pub(crate) fn print(frames: i128, rate: u32) -> String {
    let (sign, size, rate) = (if frames < 0 { "-" } else { "" }, frames.unsigned_abs(), u128::from(rate));
    for digits in 3..=6u32 {
        let one = 10u128.pow(digits);
        if rate == 0 || rate > u128::from(MAX_RATE) {
            break;
        }
        let scaled = (size * one + rate / 2) / rate;
        if (scaled * rate + one / 2) / one == size {
            return format!("{sign}{}.{:0width$} s", scaled / one, scaled % one, width = digits as usize);
        }
    }
    format!("{frames} f")
}

/// Reads `12.5 s`, `1:02.5`, `-0.01 s` or `600000 f` (frames) to the nearest frame.
pub(crate) fn read(text: &str, rate: u32) -> Result<i128, String> {
    let wrong = || format!("`{}` is not a time such as `12.5 s` or `600000 f` (frames)", text.trim());
    let trimmed = text.trim();
    let (negative, body) = match trimmed.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, trimmed),
    };
    let size = if let Some(digits) = body.strip_suffix('f') {
        whole(digits.trim_end(), 19).ok_or_else(wrong)?
    } else {
        let body = body.strip_suffix('s').unwrap_or(body).trim_end();
        let (clock, seconds) = body.rsplit_once(':').map_or(("", body), |(clock, rest)| (clock, rest));
        let (units, decimals) = seconds.split_once('.').unwrap_or((seconds, ""));
        let mut total = whole(units, 19).ok_or_else(wrong)?;
        let mut weight = 60;
        for part in clock.rsplit(':').filter(|_| !clock.is_empty()).take(3) {
            total += whole(part, 9).ok_or_else(wrong)? * weight;
            weight *= 60;
        }
        if clock.matches(':').count() > 1 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let decimals = &decimals[..decimals.len().min(12)];
        let one = 10u128.pow(decimals.len() as u32);
        let scaled = total * one + whole(&format!("0{decimals}"), 13).ok_or_else(wrong)?;
        (scaled * u128::from(rate) + one / 2) / one
    };
    let size = i128::try_from(size).map_err(|_| wrong())?;
    Ok(if negative { -size } else { size })
}

fn whole(digits: &str, most: usize) -> Option<u128> {
    (!digits.is_empty() && digits.len() <= most && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn times_are_exact(frames in any::<i64>(), rate in 1..=MAX_RATE) {
            prop_assert_eq!(read(&print(i128::from(frames), rate), rate), Ok(i128::from(frames)));
        }
        #[test]
        fn times_near_zero_are_exact(frames in -5_000_000..5_000_000i128, rate in 8000..=MAX_RATE) {
            prop_assert_eq!(read(&print(frames, rate), rate), Ok(frames));
        }
        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}", digits in "[0-9.:sf -]{0,60}") {
            let _ = (read(&text, 48_000), read(&digits, 48_000));
        }
    }

    #[test]
    fn people_write_times_in_many_ways() {
        assert_eq!(print(600_000, 48_000), "12.500 s");
        for text in ["12.5 s", "12.5", "0:12.5", "12.500000000001 s", "600000 f", " 12.5s "] {
            assert_eq!(read(text, 48_000), Ok(600_000), "{text}");
        }
        assert_eq!(read("1:00:00", 48_000), Ok(3600 * 48_000));
        assert_eq!(read("-0.5 s", 48_000), Ok(-24_000));
        for text in ["", "s", "1.2.3 s", "1:2:3:4", "soon", "1e3", "99999999999999999999999 s"] {
            assert!(read(text, 48_000).is_err(), "{text}");
        }
    }
}

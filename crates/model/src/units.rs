//! Sizes in bytes and durations in seconds, as people write them.

/// Parses `20GiB`, `500 MB`, `1024`, `1.5GiB` into bytes. Decimal prefixes are powers of 1000, binary ones of 1024.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = (&text[..split], text[split..].trim());
    let factor: u64 = match unit {
        "" | "B" => 1,
        "k" | "kB" | "K" | "KB" => 1_000,
        "M" | "MB" => 1_000_000,
        "G" | "GB" => 1_000_000_000,
        "T" | "TB" => 1_000_000_000_000,
        "Ki" | "KiB" => 1 << 10,
        "Mi" | "MiB" => 1 << 20,
        "Gi" | "GiB" => 1 << 30,
        "Ti" | "TiB" => 1 << 40,
        _ => return Err(format!("{unit:?} is not a unit of size; use B, kB, MB, GB, TB, KiB, MiB, GiB or TiB")),
    };
    scaled(number, factor).ok_or_else(|| format!("{text:?} is not a size; write for example 20GiB"))
}

/// Parses `90`, `45s`, `30m`, `2h30m`, `1d` into seconds.
pub fn parse_duration(text: &str) -> Result<u64, String> {
    let bad = || format!("{text:?} is not a duration; write for example 2h30m or 45s");
    let compact: String = text.split_whitespace().collect();
    if !compact.is_empty() && compact.bytes().all(|b| b.is_ascii_digit()) {
        return compact.parse().map_err(|_| bad());
    }
    let mut total: u64 = 0;
    let mut rest = compact.as_str();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).ok_or_else(bad)?;
        let unit_end = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |i| digits + i);
        let factor = match &rest[digits..unit_end] {
            "s" | "sec" => 1,
            "m" | "min" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(bad()),
        };
        total = total.checked_add(scaled(&rest[..digits], factor).ok_or_else(bad)?).ok_or_else(bad)?;
        rest = &rest[unit_end..];
    }
    if compact.is_empty() { Err(bad()) } else { Ok(total) }
}

fn scaled(number: &str, factor: u64) -> Option<u64> {
    let decimal: rust_decimal::Decimal = number.parse().ok()?;
    let value = decimal.checked_mul(factor.into())?;
    if value.is_sign_negative() { None } else { u64::try_from(value.round()).ok() }
}

/// Bytes as people read them, in binary units: `16 GiB`.
pub fn format_size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut value = bytes as f64;
    while value >= 1024.0 && unit < UNITS.len() - 1 {
        value /= 1024.0;
        unit += 1;
    }
    if value.fract() < 0.05 { format!("{value:.0} {}", UNITS[unit]) } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// Seconds as people read them: `2 h 5 min`.
pub fn format_duration(seconds: u64) -> String {
    let (d, h, m, s) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let parts: Vec<String> = [(d, "d"), (h, "h"), (m, "min"), (s, "s")]
        .iter()
        .filter(|(n, _)| *n > 0)
        .take(2)
        .map(|(n, unit)| format!("{n} {unit}"))
        .collect();
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// CPU in thousandths of a core as people read it: `1.5 CPU`.
pub fn format_cpu(millis: u64) -> String {
    if millis.is_multiple_of(1000) { format!("{} CPU", millis / 1000) } else { format!("{:.1} CPU", millis as f64 / 1000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_exact() {
        assert_eq!(parse_size("20GiB"), Ok(20 << 30));
        assert_eq!(parse_size("1.5 GB"), Ok(1_500_000_000));
        assert_eq!(parse_size("1024"), Ok(1024));
        for bad in ["", "GiB", "-1GB", "1 parsec", "99999999999999TB"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_add_up() {
        assert_eq!(parse_duration("2h30m"), Ok(9_000));
        assert_eq!(parse_duration("1d"), Ok(86_400));
        assert_eq!(parse_duration("45"), Ok(45));
        for bad in ["", "h", "5 parsecs", "1h2"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn people_read_short_forms() {
        assert_eq!(format_size(16 << 30), "16 GiB");
        assert_eq!(format_duration(7_500), "2 h 5 min");
        assert_eq!(format_cpu(1_500), "1.5 CPU");
    }
}

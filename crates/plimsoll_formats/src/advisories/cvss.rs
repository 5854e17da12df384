//! The base score of a CVSS 3 vector, by the formula of the specification:
//! <https://www.first.org/cvss/v3.1/specification-document>, section 7.1.

use super::Level;

/// The base score of `CVSS:3.1/AV:N/AC:L/…`; `None` where a metric is missing or unknown.
pub(super) fn base_score(vector: &str) -> Option<f64> {
    let mut parts = vector.split('/');
    if !matches!(parts.next()?, "CVSS:3.0" | "CVSS:3.1") {
        return None;
    }
    let metrics: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once(':')).collect();
    let metric = |name: &str| metrics.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let changed = match metric("S")? {
        "C" => true,
        "U" => false,
        _ => return None,
    };
    let vector = match metric("AV")? {
        "N" => 0.85,
        "A" => 0.62,
        "L" => 0.55,
        "P" => 0.2,
        _ => return None,
    };
    let complexity = match metric("AC")? {
        "L" => 0.77,
        "H" => 0.44,
        _ => return None,
    };
    let privileges = match (metric("PR")?, changed) {
        ("N", _) => 0.85,
        ("L", false) => 0.62,
        ("L", true) => 0.68,
        ("H", false) => 0.27,
        ("H", true) => 0.5,
        _ => return None,
    };
    let interaction = match metric("UI")? {
        "N" => 0.85,
        "R" => 0.62,
        _ => return None,
    };
    let loss = |name: &str| match metric(name)? {
        "H" => Some(0.56),
        "L" => Some(0.22),
        "N" => Some(0.0),
        _ => None,
    };
    let kept: f64 = (1.0 - loss("C")?) * (1.0 - loss("I")?) * (1.0 - loss("A")?);
    let lost = 1.0 - kept;
    let impact =
        if changed { 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02).powi(15) } else { 6.42 * lost };
    if impact <= 0.0 {
        return Some(0.0);
    }
    let ease = 8.22 * vector * complexity * privileges * interaction;
    let sum = if changed { 1.08 * (impact + ease) } else { impact + ease };
    // Up to one decimal, without what binary fractions leave behind.
    Some(((sum.min(10.0) * 10.0 - 1e-7).ceil()) / 10.0)
}

/// The band of a score.
pub(super) fn level(score: f64) -> Level {
    match score {
        score if score >= 9.0 => Level::Critical,
        score if score >= 7.0 => Level::High,
        score if score >= 4.0 => Level::Medium,
        _ => Level::Low,
    }
}

#[cfg(test)]
mod tests {
    use super::base_score;

    #[test]
    fn scores_are_those_of_the_specification() {
        // Vectors and scores of published CVEs: CVE-2021-44228, CVE-2014-0160, CVE-2013-1937.
        for (vector, score) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some(10.0)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", Some(7.5)),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(6.1)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(9.8)),
            ("CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", Some(0.0)),
            ("CVSS:3.1/AV:N/AC:L", None),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", None),
        ] {
            assert_eq!(base_score(vector), score, "{vector}");
        }
    }
}

//! Which version of a program knows which option, from `data/server_options.txt`
//! (tools/server_options.py writes it).

use plimsoll_formats::requirements::Version;

static TABLE: &str = include_str!("../../data/server_options.txt");

/// What the table says of an option of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// The version has it.
    Yes,
    /// It came later: the oldest sampled version with it.
    Later(&'static str),
    /// It was taken away: the newest sampled version with it.
    Gone(&'static str),
    /// No sampled version has it.
    Never,
    /// The table can't tell: the version lies between two samples, or outside of them.
    Open,
}

/// Whether a version of a program knows an option, by its spelling (`--workers`). Without a
/// version only [`Known::Never`] and [`Known::Open`] are told apart.
pub(super) fn known(program: &str, option: &str, version: Option<&Version>) -> Known {
    let lines = || {
        TABLE
            .lines()
            .filter_map(|line| line.strip_prefix(program)?.strip_prefix(' '))
            .map(|rest| rest.split(' ').collect::<Vec<_>>())
    };
    let Some(words) = lines().find(|words| words.first() == Some(&option)) else {
        return Known::Never;
    };
    let Some(version) = version.map(Version::release) else { return Known::Open };
    let range = lines().find(|words| words.first() == Some(&"versions"));
    let range = range.and_then(|words| Some((*words.get(1)?, *words.get(2)?)));
    let Some((oldest, newest)) = range else { return Known::Open };
    if version < parts(oldest).as_slice() || version > parts(newest).as_slice() {
        return Known::Open;
    }
    let mut state = Known::Yes;
    let mut rest = words.get(1..).unwrap_or(&[]);
    if rest.first() == Some(&"since") {
        state = Known::Later(rest.get(2).copied().unwrap_or(""));
    }
    while let [kind, before, after, more @ ..] = rest {
        rest = more;
        if version <= parts(before).as_slice() {
            return state;
        }
        if version < parts(after).as_slice() {
            return Known::Open;
        }
        state = if *kind == "since" { Known::Yes } else { Known::Gone(before) };
    }
    state
}

/// Whether the table speaks of a version at all.
pub(super) fn covers(program: &str, version: &Version) -> bool {
    let mut lines = TABLE.lines().filter_map(|line| line.strip_prefix(program));
    let range = lines.find_map(|rest| rest.strip_prefix(" versions "));
    range.and_then(|range| range.split_once(' ')).is_some_and(|(oldest, newest)| {
        let release = version.release();
        release >= parts(oldest).as_slice() && release <= parts(newest).as_slice()
    })
}

/// The spellings of a program's options in any version.
pub(super) fn spellings(program: &str) -> impl Iterator<Item = &'static str> {
    let prefix = format!("{program} ");
    TABLE
        .lines()
        .filter_map(move |line| line.strip_prefix(prefix.as_str())?.split(' ').next())
        .filter(|word| word.starts_with('-'))
}

/// The day on which the table was made.
pub(super) fn date() -> &'static str {
    TABLE.lines().find_map(|line| line.strip_prefix("# date ")).unwrap_or("")
}

fn parts(version: &str) -> Vec<u64> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_formats::requirements::Version;

    use super::{Known, known};

    #[test]
    fn versions_know_their_options() {
        let of = |program, option, version: &str| {
            known(program, option, Version::parse(version).as_ref())
        };
        assert_eq!(of("gunicorn", "--workers", "23.0.0"), Known::Yes);
        assert_eq!(of("gunicorn", "--header-map", "21.2.0"), Known::Later("22.0.0"));
        assert_eq!(of("gunicorn", "--tolerate-dangerous-framing", "22.0.0"), Known::Yes);
        assert_eq!(of("gunicorn", "--tolerate-dangerous-framing", "23.0.0"), Known::Gone("22.0.0"));
        assert_eq!(of("gunicorn", "--wokers", "23.0.0"), Known::Never);
        assert_eq!(of("gunicorn", "--workers", "99.0"), Known::Open);
        assert_eq!(of("uvicorn", "--factory", "0.13.0"), Known::Open);
        assert_eq!(of("celery", "--pidfile", "5.5.3"), Known::Yes);
    }
}

//! How the health of the application is asked: by compose, by the image, by the platform.

use plimsoll_formats::compose;
use plimsoll_formats::dockerfile;
use plimsoll_formats::platform_yaml::HttpProbe;
use plimsoll_source::Span;

/// A health check that asks over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Where it is written.
    pub at: Span,
    /// What is asked for: `http://localhost:8000/health/`.
    pub url: String,
    /// Whether it follows redirects; `None` where that is not known.
    pub follows: Option<bool>,
    /// The headers that it sends, as far as they are written.
    pub headers: Vec<(String, String)>,
    /// Whether it may send headers that are not seen.
    pub is_open: bool,
    /// Whether it calls by the container's own address, whatever host the address names.
    pub calls_by_address: bool,
    /// Whether an answer with an error status fails it; `None` where that is not known.
    pub minds_status: Option<bool>,
}

impl HealthCheck {
    /// The probe of a Kubernetes container; `None` where a template fills it in. The kubelet calls
    /// the pod's address, sends it as the host, and follows redirects on it.
    pub(crate) fn of_probe(probe: &HttpProbe) -> Option<Self> {
        let path = probe.path.value.as_str();
        if path.contains("{{") || probe.scheme.contains("{{") {
            return None;
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        Some(Self {
            at: probe.path.span.clone(),
            url: format!("{}://pod.invalid{slash}{path}", probe.scheme.to_ascii_lowercase()),
            follows: Some(true),
            headers: probe.headers.clone(),
            is_open: false,
            calls_by_address: true,
            minds_status: Some(true),
        })
    }

    /// The scheme, host and path of the address; `None` where it is only a path or holds a variable
    /// in its host.
    pub fn parts(&self) -> Option<(&str, &str, &str)> {
        let (scheme, rest) = self.url.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = (rest.get(..end)?, rest.get(end..)?);
        let host = match authority.strip_prefix('[') {
            Some(six) => six.split_once(']')?.0,
            None => authority.split(':').next()?,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        let known = !host.is_empty() && host.chars().all(plain);
        known.then_some((scheme, host, if path.is_empty() { "/" } else { path }))
    }

    /// A header that it sends.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// The check of a compose service.
pub(crate) fn of_compose(check: &compose::Healthcheck) -> Option<HealthCheck> {
    let test = check.test.as_ref().filter(|_| !check.disabled)?;
    let words: Vec<&str> = test.texts().collect();
    of_words(&words, &test.span)
}

/// The check of an image.
pub(crate) fn of_image(command: &dockerfile::Command, at: &Span) -> Option<HealthCheck> {
    match command {
        dockerfile::Command::Exec(words) => {
            let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            of_words(&words, at)
        }
        dockerfile::Command::Shell(text) => of_words(&[text.text()], at),
    }
}

/// Reads a command that asks an address: curl, wget, httpie, or a line of Python.
fn of_words(words: &[&str], at: &Span) -> Option<HealthCheck> {
    let text = words.join(" ");
    let start = text.find("http://").or_else(|| text.find("https://"))?;
    let rest = text.get(start..)?;
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | '|' | ';' | '&' | ','))
        .unwrap_or(rest.len());
    let url = rest.get(..end)?.to_owned();
    // One word is a shell's line.
    let is_line = words.len() == 1 || words.first() == Some(&"CMD-SHELL");
    let split: Vec<String> = if is_line {
        words
            .iter()
            .flat_map(|line| plimsoll_formats::words::split(line))
            .map(|(word, _)| word)
            .collect()
    } else {
        words.iter().map(|word| (*word).to_owned()).collect()
    };
    let is = |name: &str| split.iter().any(|word| word.rsplit('/').next() == Some(name));
    let short = |letter: char| {
        split
            .iter()
            .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(letter))
    };
    let long = |name: &str| split.iter().any(|word| word == name);
    let (follows, is_open) = if is("curl") {
        (Some(short('L') || long("--location")), short('K') || long("--config"))
    } else if is("wget") {
        (Some(!long("--max-redirect=0")), false)
    } else if text.contains("urllib") || text.contains("requests.") || text.contains("httpx.") {
        // httpx alone does not follow by itself.
        let follows = !text.contains("httpx.") && !text.contains("allow_redirects=False");
        (Some(follows), text.contains("headers"))
    } else {
        (None, true)
    };
    Some(HealthCheck {
        at: at.clone(),
        url,
        follows,
        headers: headers(&split),
        is_open,
        calls_by_address: false,
        minds_status: minds_status(&text, &split),
    })
}

/// Whether a command that asks an address fails for an answer of 4xx or 5xx. curl does with
/// `--fail` alone; wget and urllib always do; requests and httpx only where the code looks.
fn minds_status(text: &str, words: &[String]) -> Option<bool> {
    let is = |name: &str| words.iter().any(|word| word.rsplit('/').next() == Some(name));
    if is("curl") {
        return curl_minds_status(words.iter().map(String::as_str));
    }
    if is("wget") || text.contains("urlopen") {
        return Some(true);
    }
    let library = text.contains("requests.get(") || text.contains("httpx.get(");
    let looks =
        ["raise_for_status", "status_code", ".ok", "is_success", ".text", ".json", "assert"];
    (library && !looks.iter().any(|word| text.contains(word))).then_some(false)
}

/// Whether a call of curl fails for an answer with an error status; `None` where something behind
/// it may look at what it prints.
pub fn curl_minds_status<'w>(words: impl Iterator<Item = &'w str>) -> Option<bool> {
    let mut prints_code = false;
    let mut takes_value = false;
    for word in words {
        if std::mem::take(&mut takes_value) {
            continue;
        }
        if let Some(long) = word.strip_prefix("--") {
            match long.split('=').next().unwrap_or(long) {
                "fail" | "fail-with-body" | "fail-early" => return Some(true),
                "write-out" | "config" => prints_code = true,
                _ => {}
            }
        } else if word.starts_with('-') {
            for letter in word.chars().skip(1) {
                match letter {
                    'f' => return Some(true),
                    'w' | 'K' => prints_code = true,
                    _ => {}
                }
                // The rest of the word, or the next word, is this option's value.
                if "AbcCdDeEFhHKmoPQrtTuUwxXyYz".contains(letter) {
                    takes_value = word.ends_with(letter);
                    break;
                }
            }
        } else if word.starts_with('|') && word != "||" || word.contains("$(") {
            prints_code = true;
        }
    }
    (!prints_code).then_some(false)
}

/// `-H 'Host: x'`, `-HHost:x`, `--header='Host: x'`.
fn headers(words: &[String]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut take = |text: &str| {
        if let Some((name, value)) = text.split_once(':') {
            found.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    };
    for (place, word) in words.iter().enumerate() {
        if matches!(word.as_str(), "-H" | "--header") {
            if let Some(next) = words.get(place + 1) {
                take(next);
            }
        } else if let Some(rest) = word.strip_prefix("--header=") {
            take(rest);
        } else if let Some(rest) = word.strip_prefix("-H") {
            take(rest);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, Span};

    use super::of_words;

    #[test]
    fn commands_tell_the_address_and_whether_they_follow() {
        let at = Span::of_file(RepoPath::new("x").unwrap());
        for (words, url, follows) in [
            (
                &["CMD", "curl", "-f", "http://localhost:8000/health/"][..],
                "http://localhost:8000/health/",
                Some(false),
            ),
            (&["curl -fsSL http://127.0.0.1/ || exit 1"][..], "http://127.0.0.1/", Some(true)),
            (&["CMD-SHELL", "wget -qO- http://web:8000/up"][..], "http://web:8000/up", Some(true)),
            (
                &["python -c 'import urllib.request as u; u.urlopen(\"http://localhost:8000/x\")'"]
                    [..],
                "http://localhost:8000/x",
                Some(true),
            ),
            (&["my-check http://localhost/x"][..], "http://localhost/x", None),
        ] {
            let check = of_words(words, &at).unwrap();
            assert_eq!((check.url.as_str(), check.follows), (url, follows), "{words:?}");
        }
        assert!(of_words(&["pg_isready"], &at).is_none());
    }

    #[test]
    fn a_status_that_fails_the_check_is_told_from_one_that_does_not() {
        let at = Span::of_file(RepoPath::new("x").unwrap());
        for (line, expected) in [
            ("curl http://localhost:8000/health/ || exit 1", Some(false)),
            ("curl -sS -o /dev/null http://localhost/ || exit 1", Some(false)),
            ("curl -fsS http://localhost/", Some(true)),
            ("curl -sSf http://localhost/", Some(true)),
            ("curl --fail http://localhost/", Some(true)),
            ("curl -s http://localhost/ | grep -q ok", None),
            ("curl -so /dev/null -w '%{http_code}' http://localhost/", None),
            ("curl -H 'Host: far.org' http://localhost/", Some(false)),
            ("wget -qO- http://localhost/ || exit 1", Some(true)),
            ("python -c 'import requests; requests.get(\"http://localhost/\")'", Some(false)),
            (
                "python -c 'import requests; requests.get(\"http://localhost/\").raise_for_status()'",
                None,
            ),
        ] {
            assert_eq!(of_words(&[line], &at).unwrap().minds_status, expected, "{line}");
        }
    }

    #[test]
    fn headers_and_parts_are_read() {
        let at = Span::of_file(RepoPath::new("x").unwrap());
        let words = [
            "CMD",
            "curl",
            "-H",
            "Host: shop.org",
            "--header=X-Forwarded-Proto: https",
            "http://[::1]:8000",
        ];
        let check = of_words(&words, &at).unwrap();
        assert_eq!(check.header("host"), Some("shop.org"));
        assert_eq!(check.header("x-forwarded-proto"), Some("https"));
        assert_eq!(check.parts(), Some(("http", "::1", "/")));
        let open = of_words(&["curl http://$HOSTNAME:8000/"], &at).unwrap();
        assert_eq!(open.parts(), None);
    }
}

//! `urllib.parse`: splitting, quoting and query strings (CPython 3.11).

use core::net::Ipv6Addr;

use super::Trouble;

/// What `urlsplit` or `urlparse` gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    pub(crate) scheme: String,
    pub(crate) netloc: String,
    pub(crate) path: String,
    /// Only `urlparse` splits it off.
    pub(crate) params: String,
    pub(crate) query: String,
    pub(crate) fragment: String,
}

/// Schemes whose last path segment may have parameters after `;`.
const USES_PARAMS: &[&str] = &[
    "", "ftp", "hdl", "prospero", "http", "https", "shttp", "rtsp", "rtsps", "rtspu", "sip",
    "sips", "mms", "sftp", "tel",
];

/// `urlparse(text)`.
///
/// # Errors
/// `ValueError` for brackets that are no IPv6 address.
pub(crate) fn parse(text: &str) -> Result<Url, Trouble> {
    let mut url = split(text)?;
    if USES_PARAMS.contains(&url.scheme.as_str()) {
        split_params(&mut url);
    }
    Ok(url)
}

/// Splits parameters off the last segment of the path.
fn split_params(url: &mut Url) {
    let segment = url.path.rfind('/').unwrap_or(0);
    let found = url.path.get(segment..).and_then(|last| last.find(';'));
    if let Some(at) = found {
        url.params = url.path.get(segment + at + 1..).unwrap_or_default().to_owned();
        url.path.truncate(segment + at);
    }
}

/// `urlsplit(text)`.
///
/// # Errors
/// `ValueError` for brackets that are no IPv6 address.
pub(crate) fn split(text: &str) -> Result<Url, Trouble> {
    let text: String = text
        .trim_start_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\r' | '\n'))
        .collect();
    let (scheme, rest) = scheme(&text);
    let (netloc, rest) = match rest.strip_prefix("//") {
        Some(after) => {
            let end = after.find(['/', '?', '#']).unwrap_or(after.len());
            after.split_at(end)
        }
        None => ("", rest),
    };
    check_netloc(netloc)?;
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Ok(Url {
        scheme,
        netloc: netloc.to_owned(),
        path: path.to_owned(),
        params: String::new(),
        query: query.to_owned(),
        fragment: fragment.to_owned(),
    })
}

fn scheme(text: &str) -> (String, &str) {
    let Some((scheme, rest)) = text.split_once(':') else { return (String::new(), text) };
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    if valid { (scheme.to_ascii_lowercase(), rest) } else { (String::new(), text) }
}

fn check_netloc(netloc: &str) -> Result<(), Trouble> {
    if !netloc.is_ascii() {
        return Err(Trouble::Unknown("a URL with characters beyond ASCII in its host part"));
    }
    match (netloc.contains('['), netloc.contains(']')) {
        (false, false) => Ok(()),
        (true, true) => {
            let host = netloc.rsplit('@').next().unwrap_or_default();
            let inner = host.strip_prefix('[').and_then(|host| host.split_once(']'));
            let (address, after) =
                inner.ok_or(Trouble::Unknown("a URL with brackets in an unusual place"))?;
            let plain = address.parse::<Ipv6Addr>().is_ok();
            if plain && (after.is_empty() || after.starts_with(':')) {
                Ok(())
            } else {
                Err(Trouble::Unknown("a URL with brackets around what is no plain IPv6 address"))
            }
        }
        _ => Err(Trouble::Raise("ValueError", "Invalid IPv6 URL")),
    }
}

impl Url {
    /// `path[1:]`.
    pub(crate) fn path_tail(&self) -> &str {
        let mut chars = self.path.chars();
        chars.next();
        chars.as_str()
    }

    /// User and password, each where given.
    pub(crate) fn user_info(&self) -> (Option<&str>, Option<&str>) {
        match self.netloc.rsplit_once('@') {
            Some((info, _)) => match info.split_once(':') {
                Some((user, password)) => (Some(user), Some(password)),
                None => (Some(info), None),
            },
            None => (None, None),
        }
    }

    /// Everything after the user and password.
    pub(crate) fn host_info(&self) -> &str {
        self.netloc.rsplit_once('@').map_or(&self.netloc, |(_, host)| host)
    }

    fn host_and_port(&self) -> (&str, &str) {
        let host = self.host_info();
        match host.split_once('[') {
            Some((_, bracketed)) => {
                let (host, after) = bracketed.split_once(']').unwrap_or((bracketed, ""));
                (host, after.split_once(':').map_or("", |(_, port)| port))
            }
            None => host.split_once(':').unwrap_or((host, "")),
        }
    }

    /// The host in lower case (but for a zone after `%`); `None` where there is none.
    pub(crate) fn hostname(&self) -> Option<String> {
        let (host, _) = self.host_and_port();
        if host.is_empty() {
            return None;
        }
        Some(match host.split_once('%') {
            Some((host, zone)) => format!("{}%{zone}", host.to_ascii_lowercase()),
            None => host.to_ascii_lowercase(),
        })
    }

    /// The port; `None` where there is none.
    ///
    /// # Errors
    /// `ValueError` where it is no number to 65,535.
    pub(crate) fn port(&self) -> Result<Option<u16>, Trouble> {
        let (_, port) = self.host_and_port();
        if port.is_empty() {
            return Ok(None);
        }
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        let wrong = if digits {
            Trouble::Raise("ValueError", "Port out of range 0-65535")
        } else {
            Trouble::Raise("ValueError", "Port could not be cast to integer value")
        };
        let significant = port.trim_start_matches('0');
        let number = if significant.is_empty() { Ok(0) } else { significant.parse() };
        match number {
            Ok(port) if digits => Ok(Some(port)),
            _ => Err(wrong),
        }
    }

    /// `urlunparse` of a URL whose scheme has a host part, or of one without a scheme.
    pub(crate) fn unparse(&self, has_netloc: bool) -> String {
        let mut path = self.path.clone();
        if !self.params.is_empty() {
            path = format!("{path};{}", self.params);
        }
        if !self.netloc.is_empty() || (has_netloc && !path.starts_with("//")) {
            let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
            path = format!("//{}{slash}{path}", self.netloc);
        }
        if !self.scheme.is_empty() {
            path = format!("{}:{path}", self.scheme);
        }
        if !self.query.is_empty() {
            path = format!("{path}?{}", self.query);
        }
        if !self.fragment.is_empty() {
            path = format!("{path}#{}", self.fragment);
        }
        path
    }
}

/// `unquote(text)`: percent-encoded UTF-8, broken sequences as U+FFFD.
pub(crate) fn unquote(text: &str) -> String {
    let mut out = String::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let code = rest
            .strip_prefix('%')
            .and_then(|after| after.get(..2))
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                if !bytes.is_empty() {
                    out.push_str(&String::from_utf8_lossy(&std::mem::take(&mut bytes)));
                }
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out.push_str(&String::from_utf8_lossy(&bytes));
    out
}

/// `unquote_plus(text)`.
pub(crate) fn unquote_plus(text: &str) -> String {
    unquote(&text.replace('+', " "))
}

/// `quote(text, safe)`.
pub(crate) fn quote(text: &str, safe: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "_.-~".contains(c) || (byte < 128 && safe.contains(c)) {
            out.push(c);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `parse_qs(query)`: keys in order of first mention, blank values dropped.
pub(crate) fn parse_qs(query: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for pair in query.split('&') {
        let Some((key, value)) = pair.split_once('=') else { continue };
        if value.is_empty() {
            continue;
        }
        let (key, value) = (unquote_plus(key), unquote_plus(value));
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value),
            None => found.push((key, vec![value])),
        }
    }
    found
}

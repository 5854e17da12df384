//! Passwords in addresses: `postgres://app:…@db.shop.de/shop`.

use super::LeakKind;
use super::made_up::is_guide_password;
use super::shapes::Found;

/// Most bytes between `://` and `@`.
const LONGEST: usize = 200;

/// Schemes of what is opened with a password.
const SCHEMES: [&str; 30] = [
    "postgres",
    "postgresql",
    "postgis",
    "psql",
    "pgsql",
    "mysql",
    "mysql2",
    "mariadb",
    "mssql",
    "oracle",
    "cockroachdb",
    "timescale",
    "redis",
    "rediss",
    "valkey",
    "amqp",
    "amqps",
    "pyamqp",
    "mongodb",
    "mongodb+srv",
    "smtp",
    "smtps",
    "smtp+tls",
    "smtp+ssl",
    "ftp",
    "ftps",
    "sftp",
    "http",
    "https",
    "cloudinary",
];

/// The password of the address whose `://` stands at `start..end` of a text.
pub(super) fn at(text: &str, start: usize, end: usize) -> Option<Found> {
    let before = text.get(..start)?;
    let length = before
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+'))
        .take(20)
        .count();
    let scheme = before.get(start - length..)?.to_ascii_lowercase();
    let rest = text.get(end..)?;
    let stops = |c: char| c.is_whitespace() || "/\"'`<>,;|\\".contains(c);
    let authority = rest.split(stops).next().filter(|part| part.len() <= LONGEST)?;
    let (credentials, host) = authority.rsplit_once('@')?;
    let (user, password) = credentials.split_once(':')?;
    let known = SCHEMES.contains(&scheme.as_str());
    (known && is_real_host(host, &scheme) && !is_guide_password(password, user)).then_some(Found {
        what: "a password in an address",
        kind: LeakKind::Password,
        length: authority.len(),
    })
}

/// Whether a host is a machine's, not an example's, a container's or this machine itself.
fn is_real_host(host: &str, scheme: &str) -> bool {
    const EXAMPLES: [&str; 12] = [
        "example",
        "localhost",
        "sentry",
        "your",
        "host",
        "domain",
        "server",
        "internal",
        "test",
        "invalid",
        "myapp",
        "placeholder",
    ];
    let host = host.split(['?', '#']).next().unwrap_or(host);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
    if scheme == "cloudinary" {
        return !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    }
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let labels: Vec<&str> = name.split('.').collect();
    let placeholder = labels.iter().any(|label| {
        EXAMPLES.iter().any(|word| label == word || label.starts_with(word) && label.len() < 12)
    });
    plain
        && labels.len() >= 2
        && !name.starts_with("127.")
        && !name.starts_with("0.")
        && !name.ends_with(".local")
        && !placeholder
}

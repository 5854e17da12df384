//! Which database servers Django supports, and until when they get fixes.
//!
//! Django: the notes of each release, and its pages on databases. PostgreSQL:
//! <https://www.postgresql.org/support/versioning/>. MySQL:
//! <https://www.mysql.com/support/>, end of extended support. MariaDB:
//! <https://mariadb.org/about/#maintenance-policy>. Read on the day of [`AS_OF`].

use plimsoll_facts::DatabaseKind;

/// The day the tables were read.
pub(super) const AS_OF: &str = "2026-11-20";

type Version = (u32, u32);

/// The lowest versions of PostgreSQL, MySQL and MariaDB that a series of Django supports.
const DJANGO: &[(Version, Version, Version, Version)] = &[
    ((2, 2), (9, 4), (5, 6), (10, 1)),
    ((3, 0), (9, 5), (5, 6), (10, 1)),
    ((3, 1), (9, 5), (5, 6), (10, 2)),
    ((3, 2), (9, 6), (5, 7), (10, 2)),
    ((4, 0), (10, 0), (5, 7), (10, 2)),
    ((4, 1), (11, 0), (5, 7), (10, 3)),
    ((4, 2), (12, 0), (8, 0), (10, 4)),
    ((5, 0), (12, 0), (8, 0), (10, 4)),
    ((5, 1), (13, 0), (8, 0), (10, 5)),
    ((5, 2), (14, 0), (8, 0), (10, 5)),
    ((6, 0), (14, 0), (8, 0), (10, 6)),
];

/// Versions whose fixes had ended when the tables were read, with the month of the end.
const POSTGRES: &[(u32, &str)] = &[
    (9, "November 2021"),
    (10, "November 2022"),
    (11, "November 2023"),
    (12, "November 2024"),
    (13, "November 2025"),
    (14, "November 2026"),
];
const MYSQL: &[(Version, &str)] = &[
    ((5, 5), "December 2018"),
    ((5, 6), "February 2021"),
    ((5, 7), "October 2023"),
    ((8, 0), "April 2026"),
];
const MARIADB: &[(Version, &str)] = &[
    ((10, 1), "October 2020"),
    ((10, 2), "May 2022"),
    ((10, 3), "May 2023"),
    ((10, 4), "June 2024"),
    ((10, 5), "June 2025"),
    ((10, 6), "July 2026"),
];

/// The lowest version that a series of Django supports; `None` for a series that is not in the
/// table.
pub(super) fn lowest(django: (u32, u32), kind: DatabaseKind) -> Option<Version> {
    let (_, postgres, mysql, mariadb) = DJANGO.iter().find(|(series, ..)| *series == django)?;
    Some(match kind {
        DatabaseKind::Postgres => *postgres,
        DatabaseKind::Mysql => *mysql,
        DatabaseKind::Mariadb => *mariadb,
    })
}

/// When the fixes of a version ended, where they had.
pub(super) fn ended(kind: DatabaseKind, version: &[u32]) -> Option<&'static str> {
    let major = *version.first()?;
    let pair = (major, version.get(1).copied());
    let table = match kind {
        DatabaseKind::Postgres => {
            return POSTGRES.iter().find(|(known, _)| *known == major).map(|(_, month)| *month);
        }
        DatabaseKind::Mysql => MYSQL,
        DatabaseKind::Mariadb => MARIADB,
    };
    let minor = pair.1?;
    table.iter().find(|(known, _)| *known == (major, minor)).map(|(_, month)| *month)
}

//! When series of Django and Python stop getting security fixes.
//!
//! Django: <https://www.djangoproject.com/download/#supported-versions>, end of extended support.
//! Python: <https://devguide.python.org/versions/>, end of life. Read on the day of [`AS_OF`].

/// The day the tables were read.
pub(super) const AS_OF: &str = "2026-11-20";

/// A month, as (year, month).
type Month = (u16, u8);

const DJANGO: &[((u32, u32), Month)] = &[
    ((1, 8), (2018, 4)),
    ((1, 9), (2017, 4)),
    ((1, 10), (2017, 12)),
    ((1, 11), (2020, 4)),
    ((2, 0), (2019, 4)),
    ((2, 1), (2019, 12)),
    ((2, 2), (2022, 4)),
    ((3, 0), (2021, 4)),
    ((3, 1), (2021, 12)),
    ((3, 2), (2024, 4)),
    ((4, 0), (2023, 4)),
    ((4, 1), (2023, 12)),
    ((4, 2), (2026, 4)),
    ((5, 0), (2025, 4)),
    ((5, 1), (2025, 12)),
    ((5, 2), (2028, 4)),
    ((6, 0), (2027, 4)),
    ((6, 1), (2027, 12)),
];

const PYTHON: &[((u8, u8), Month)] = &[
    ((2, 7), (2020, 1)),
    ((3, 5), (2020, 9)),
    ((3, 6), (2021, 12)),
    ((3, 7), (2023, 6)),
    ((3, 8), (2024, 10)),
    ((3, 9), (2025, 10)),
    ((3, 10), (2026, 10)),
    ((3, 11), (2027, 10)),
    ((3, 12), (2028, 10)),
    ((3, 13), (2029, 10)),
    ((3, 14), (2030, 10)),
];

/// The month in which a series of Django stops getting security fixes.
pub(super) fn django(series: (u32, u32)) -> Option<Month> {
    DJANGO.iter().find(|(known, _)| *known == series).map(|(_, month)| *month)
}

/// The series of Django that are in the table.
pub(super) fn django_series() -> impl Iterator<Item = (u32, u32)> {
    DJANGO.iter().map(|(series, _)| *series)
}

/// The same of Python.
pub(super) fn python(series: (u8, u8)) -> Option<Month> {
    PYTHON.iter().find(|(known, _)| *known == series).map(|(_, month)| *month)
}

/// Whether the month had passed when the tables were read.
pub(super) fn is_over(month: Month) -> bool {
    month < (2026, 11)
}

/// A month for people.
pub(super) fn month((year, month): Month) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = usize::from(month).checked_sub(1).and_then(|index| NAMES.get(index)).unwrap_or(&"");
    format!("{name} {year}")
}

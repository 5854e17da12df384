//! When a job runs.

/// A field of a schedule: the values it allows, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The values.
    pub values: Vec<u8>,
    /// Whether it begins with `*`.
    pub any: bool,
}

/// When a job runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// `@reboot`.
    Reboot,
    /// The five fields; `@daily` and its like are written out.
    Fields {
        /// 0 to 59.
        minute: Field,
        /// 0 to 23.
        hour: Field,
        /// 1 to 31.
        day: Field,
        /// 1 to 12.
        month: Field,
        /// 0 (Sunday) to 6.
        weekday: Field,
    },
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Schedule {
    /// Reads the five fields, or one name.
    ///
    /// # Errors
    /// What is wrong with them, for people.
    pub fn parse(fields: &[&str]) -> Result<Self, String> {
        let written: Vec<&str> = match fields {
            ["@reboot"] => return Ok(Self::Reboot),
            ["@yearly" | "@annually"] => vec!["0", "0", "1", "1", "*"],
            ["@monthly"] => vec!["0", "0", "1", "*", "*"],
            ["@weekly"] => vec!["0", "0", "*", "*", "0"],
            ["@daily" | "@midnight"] => vec!["0", "0", "*", "*", "*"],
            ["@hourly"] => vec!["0", "*", "*", "*", "*"],
            [name] => return Err(format!("cron knows no `{name}`")),
            fields => fields.to_vec(),
        };
        let [minute, hour, day, month, weekday] = written.as_slice() else {
            return Err("cron wants five fields and a command".to_owned());
        };
        let mut weekday = field(weekday, 0, 7, &DAYS, 0, "weekday")?;
        // 7 is Sunday too.
        if weekday.values.contains(&7) {
            weekday.values.retain(|day| *day != 7);
            if !weekday.values.contains(&0) {
                weekday.values.insert(0, 0);
            }
        }
        Ok(Self::Fields {
            minute: field(minute, 0, 59, &[], 0, "minute")?,
            hour: field(hour, 0, 23, &[], 0, "hour")?,
            day: field(day, 1, 31, &[], 0, "day")?,
            month: field(month, 1, 12, &MONTHS, 1, "month")?,
            weekday,
        })
    }

    /// How often it runs in a week without holidays at most: minutes times hours times days;
    /// `None` for `@reboot`, and days of the month count as if they fell into every week.
    pub fn runs_per_day(&self) -> Option<usize> {
        match self {
            Self::Reboot => None,
            Self::Fields { minute, hour, .. } => Some(minute.values.len() * hour.values.len()),
        }
    }

    /// Whether it runs on every day.
    pub fn is_daily(&self) -> bool {
        match self {
            Self::Reboot => false,
            Self::Fields { day, month, weekday, .. } => {
                let every_weekday = weekday.values.len() == 7;
                let every_day = day.values.len() == 31;
                // With both restricted either suffices; `*` in one leaves the other to decide.
                month.values.len() == 12
                    && (every_day && every_weekday
                        || (!day.any && !weekday.any && (every_day || every_weekday)))
            }
        }
    }
}

/// One field: `*`, `5`, `1-5`, `*/15`, `1-9/2`, names, and lists of these.
fn field(
    text: &str,
    least: u8,
    most: u8,
    names: &[&str],
    first_name: u8,
    what: &str,
) -> Result<Field, String> {
    let wrong = || format!("`{text}` is no {what}");
    let number = |part: &str| -> Result<u8, String> {
        let lower = part.to_ascii_lowercase();
        if let Some(at) = names.iter().position(|name| *name == lower) {
            return Ok(first_name + u8::try_from(at).unwrap_or(0));
        }
        let value: u8 = part.parse().map_err(|_| wrong())?;
        if (least..=most).contains(&value) { Ok(value) } else { Err(wrong()) }
    };
    let mut values = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u8>().map_err(|_| wrong())?),
            None => (part, 1),
        };
        if step == 0 {
            return Err(wrong());
        }
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (number(from)?, number(to)?),
            None if part.contains('/') => (number(range)?, most),
            None => (number(range)?, number(range)?),
        };
        if from > to {
            return Err(wrong());
        }
        values.extend((from..=to).step_by(usize::from(step)));
    }
    values.sort_unstable();
    values.dedup();
    Ok(Field { values, any: text.starts_with('*') })
}

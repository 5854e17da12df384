//! pytimeparse: `parse` of periods in whole numbers with units, `1h30m`, `2 days, 5 minutes`
//! (1.1.8 to 1.1.10).

use std::sync::OnceLock;

use num_bigint::BigInt;
use regex::Regex;

use super::prelude::*;

const DISTRIBUTION: Option<&str> = Some("pytimeparse");

pub(super) const MODELS: &[Model] = &[
    Model { name: "pytimeparse", distribution: DISTRIBUTION, build },
    Model { name: "pytimeparse.timeparse", distribution: DISTRIBUTION, build: build_timeparse },
];

static PARSE: Native = function("pytimeparse.parse", |interp, call| {
    let value = call.get(0, "sval").cloned().unwrap_or(Val::NONE);
    if call.positional.len() + call.named.len() != 1 {
        return Ok(Val::unknown("pytimeparse with options"));
    }
    let Some(text) = value.as_str() else { return Ok(interp.why_unknown(&value)) };
    Ok(match seconds(text) {
        Some(seconds) => Val::int(seconds).with_deps(&value.deps),
        None => Val::unknown("a period in a form that is not modelled"),
    })
});

fn build(module: &mut Builder<'_, '_>) {
    module.function("parse", &PARSE);
    module.unknown("this part of pytimeparse is not modelled");
}

fn build_timeparse(module: &mut Builder<'_, '_>) {
    module.function("timeparse", &PARSE);
    module.unknown("this part of pytimeparse is not modelled");
}

/// Seconds of each unit, in the order of the groups.
const UNITS: [u32; 5] = [604_800, 86_400, 3_600, 60, 1];

/// Seconds of weeks, days, hours, minutes and seconds in this order; `None` for other forms.
fn seconds(text: &str) -> Option<BigInt> {
    static FORM: OnceLock<Option<Regex>> = OnceLock::new();
    let form = FORM.get_or_init(|| {
        let unit = |names: &str| format!(r"(?:([0-9]{{1,12}})\s*(?:{names})\s*(?:[,/]\s*)?)?\s*");
        let parts = [
            unit("w|wks?|weeks?"),
            unit("d|dys?|days?"),
            unit("h|hrs?|hours?"),
            unit("m|mins?|minutes?"),
        ];
        let last = r"(?:([0-9]{1,12})\s*(?:s|secs?|seconds?))?\s*$";
        Regex::new(&format!(r"(?i)^\s*{}{last}", parts.concat())).ok()
    });
    let found = form.as_ref()?.captures(text).filter(|_| text.is_ascii())?;
    let mut total = None;
    for (at, unit) in UNITS.iter().enumerate() {
        if let Some(number) = found.get(at + 1) {
            let number: u64 = number.as_str().parse().ok()?;
            total = Some(total.unwrap_or_else(|| BigInt::from(0)) + BigInt::from(number) * unit);
        }
    }
    total
}

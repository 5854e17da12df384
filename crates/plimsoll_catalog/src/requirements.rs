//! The requirements of real deployment checklists that the controls answer.

use std::sync::OnceLock;

/// One line of a checklist and the control that answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its id: `R000-001`.
    pub id: String,
    /// The system whose checklist asks for it.
    pub system: String,
    /// The section of the checklist.
    pub section: String,
    /// What it asks.
    pub ask: String,
    /// The id of the control that answers it.
    pub control: String,
}

/// All requirements, in the order of their ids. Parsed on first use.
pub(crate) fn requirements() -> &'static [Requirement] {
    static REQUIREMENTS: OnceLock<Vec<Requirement>> = OnceLock::new();
    REQUIREMENTS.get_or_init(|| {
        include_str!("../requirements.csv").lines().skip(1).filter_map(requirement).collect()
    })
}

fn requirement(line: &str) -> Option<Requirement> {
    let mut fields = fields(line).into_iter();
    Some(Requirement {
        id: fields.next()?,
        system: fields.next()?,
        section: fields.next()?,
        ask: fields.next()?,
        control: fields.next()?,
    })
}

/// The fields of a CSV line: quoted ones may hold commas and doubled quotes.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                push(&mut fields, '"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => push(&mut fields, other),
        }
    }
    fields
}

fn push(fields: &mut [String], character: char) {
    if let Some(field) = fields.last_mut() {
        field.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_fields_keep_their_commas_and_quotes() {
        assert_eq!(fields(r#"a,"b, ""c""",,d"#), ["a", r#"b, "c""#, "", "d"]);
    }
}

//! Rules about input that becomes code.

mod input_executed;
mod mark_safe_on_data;
mod sql_built_from_strings;
mod sql_raw_used;
mod template_autoescape_off;
mod template_safe_filter;

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Escape, Facts};

use crate::{Fault, Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    template_safe_filter::RULE,
    template_autoescape_off::RULE,
    mark_safe_on_data::RULE,
    sql_built_from_strings::RULE,
    sql_raw_used::RULE,
    input_executed::RULE,
];

/// Reports the places where templates print without escaping in one way.
fn unescaped(look: &mut Look, how: Escape, message: &str) {
    let code = &look.facts.code;
    let places: Vec<_> = code.unescaped.iter().filter(|place| place.how == how).collect();
    let texts = text_fields(look.facts);
    let mut unseen = Vec::new();
    for place in &places {
        match how {
            Escape::AutoescapeOff => {}
            Escape::SafeFilter => match origin(&place.expression, &texts) {
                Origin::Stored => {}
                Origin::Code => continue,
                Origin::Unseen => {
                    unseen.push(place.at.clone());
                    continue;
                }
            },
        }
        let finding = look.finding(
            place.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: match how {
                    Escape::SafeFilter => format!("{} {message}", place.expression),
                    Escape::AutoescapeOff => format!("this block {message}"),
                },
                consequence: "what a user can put there runs as script for whoever opens the page".to_owned(),
                fix: "print it escaped; where HTML from users is wanted, clean it with an allow-list (nh3) when it is saved".to_owned(),
            },
        );
        // Whether users can write the value is not known here.
        finding.confidence = Confidence::Medium;
    }
    if let Some(at) = unseen.first() {
        look.undetermined(
            format!(
                "templates print {} values without escaping whose making was not followed",
                unseen.len()
            ),
            "follow each of them to the view that makes it, the first is here",
            Some(at.clone()),
        );
    } else if places.is_empty() && code.templates > 0 {
        look.evidence(format!("{} templates were read, and none does so", code.templates), None);
    }
}

/// Where a value that a template prints comes from, as far as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// A text that a model of the project keeps, or JSON and messages made of such.
    Stored,
    /// The code itself: labels and help texts of forms, attributes that widgets write.
    Code,
    /// Not told.
    Unseen,
}

/// The names of the fields in which models of the project keep text.
fn text_fields(facts: &Facts) -> BTreeSet<&str> {
    let classes = facts.code.classes();
    let models = classes.filter(|(_, class)| {
        class.bases.iter().any(|base| base.ends_with("Model") || base.ends_with("Page"))
    });
    let fields = models.flat_map(|(_, class)| &class.fields);
    fields
        .filter(|field| {
            let kind = field.kind.as_str();
            [
                "Text",
                "Char",
                "HTML",
                "Html",
                "Markdown",
                "CKEditor",
                "JSON",
                "Summernote",
                "Tinymce",
            ]
            .iter()
            .any(|part| kind.contains(part))
                || kind == "EncryptedTextField"
        })
        .map(|field| field.name.as_str())
        .collect()
}

fn origin(expression: &str, texts: &BTreeSet<&str>) -> Origin {
    // What passes text on as it is.
    const PLAIN: [&str; 16] = [
        "safe",
        "default",
        "default_if_none",
        "truncatechars",
        "truncatewords",
        "truncatechars_html",
        "truncatewords_html",
        "slice",
        "first",
        "last",
        "lower",
        "upper",
        "title",
        "capfirst",
        "wordwrap",
        "join",
    ];
    const OF_FORMS: [&str; 9] = [
        "help_text",
        "label",
        "label_tag",
        "flat_attrs",
        "attrs",
        "media",
        "as_p",
        "as_widget",
        "errors",
    ];
    let mut parts = expression.split('|').map(str::trim);
    let subject = parts.next().unwrap_or_default();
    let mut filters = parts.map(|filter| filter.split(':').next().unwrap_or(filter).trim());
    let end = subject.rsplit('.').next().unwrap_or(subject);
    if OF_FORMS.contains(&end) {
        Origin::Code
    } else if !filters.all(|filter| PLAIN.contains(&filter)) {
        // A filter of the project may clean what it gets.
        Origin::Unseen
    } else {
        let is_stored = if subject.contains('.') {
            texts.contains(end)
        } else {
            end == "message" || end.ends_with("_json") || end.ends_with("_jsonld")
        };
        if is_stored { Origin::Stored } else { Origin::Unseen }
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, origin};

    #[test]
    fn where_a_printed_value_comes_from() {
        let texts = ["text", "body"].into_iter().collect();
        for (expression, expected) in [
            ("note.text|safe", Origin::Stored),
            ("note.text | safe | truncatewords_html:10", Origin::Stored),
            ("page.note.body|default:''|safe", Origin::Stored),
            ("schema_json|safe", Origin::Stored),
            ("message|safe", Origin::Stored),
            ("field.help_text|safe", Origin::Code),
            ("form.name.label|safe", Origin::Code),
            ("div.flat_attrs|safe", Origin::Code),
            ("note.text|to_markdown|safe", Origin::Unseen),
            ("note.get_link|safe", Origin::Unseen),
            ("ticks|safe", Origin::Unseen),
            ("body.rendered|safe", Origin::Unseen),
        ] {
            assert_eq!(origin(expression, &texts), expected, "{expression}");
        }
    }
}

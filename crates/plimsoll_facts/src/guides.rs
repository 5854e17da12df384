//! Documents as far as rules ask: addresses in guides for users, and whom to call.

use plimsoll_source::{RepoPath, SourceText, Span, Tree};
use rayon::prelude::*;

use crate::inventory::{Inventory, Listed, Role};
use crate::routines::{document_standing, is_for_developing};
use crate::standing::words;

/// What the documents of a repository tell.
#[derive(Clone, Debug, Default)]
pub struct Guides {
    /// Guides for users.
    pub guides: Vec<Guide>,
    /// Sections that say whom to contact.
    pub contacts: Vec<Contact>,
}

/// A guide for users.
#[derive(Clone, Debug)]
pub struct Guide {
    /// The file.
    pub path: RepoPath,
    /// Addresses of a developer's machine or of examples.
    pub development: Vec<Span>,
    /// The hosts of its other addresses, in lower case.
    pub hosts: Vec<String>,
}

/// A section that says whom to contact.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Its heading.
    pub at: Span,
    /// Whether nothing stands in it.
    pub is_empty: bool,
    /// Numbers, addresses and names that were never filled in.
    pub placeholders: Vec<Span>,
}

/// Longer documents are books, or generated.
const LONGEST: usize = 300_000;

impl Guides {
    pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        let files: Vec<&Listed> = inventory
            .with(Role::Document)
            .filter(|file| document_standing(&file.path).is_main())
            .collect();
        let told: Vec<(Option<Guide>, Vec<Contact>)> = files
            .par_iter()
            .filter_map(|file| {
                let lower = file.path.as_str().to_lowercase();
                let name = file.path.file_name().to_lowercase();
                let operators = is_for_operators(&name);
                let speaks = is_guide(&lower) || operators;
                let source = tree.read(&file.path).ok().filter(|_| speaks)?;
                if source.text().len() > LONGEST {
                    return None;
                }
                let guide = is_guide(&lower).then(|| guide(&source));
                let contacts = if operators { contacts(&source) } else { Vec::new() };
                Some((guide, contacts))
            })
            .collect();
        let mut guides = Self::default();
        for (guide, contacts) in told {
            guides.guides.extend(guide);
            guides.contacts.extend(contacts);
        }
        guides
    }
}

/// Whether a path is that of a guide for the system's users.
fn is_guide(lower: &str) -> bool {
    let all: Vec<&str> = words(lower).collect();
    let has = |list: &[&str]| all.iter().any(|word| list.contains(word));
    let for_users =
        has(&["user", "users", "handbook", "training", "staff", "examiner", "examiners"])
            && has(&["guide", "guides", "manual", "handbook", "training", "help", "howto"]);
    for_users && !has(&["admin", "api", "install", "deploy", "deployment", "developer"])
}

/// Whether a name is that of a document for those who run the system.
fn is_for_operators(lower: &str) -> bool {
    const NAMES: [&str; 17] = [
        "runbook",
        "runbooks",
        "operations",
        "ops",
        "deploy",
        "deployment",
        "production",
        "incident",
        "incidents",
        "rollback",
        "support",
        "contacts",
        "contact",
        "launch",
        "checklist",
        "disaster",
        "recovery",
    ];
    words(lower).any(|word| NAMES.contains(&word))
}

fn guide(source: &SourceText) -> Guide {
    let mut guide =
        Guide { path: source.path().clone(), development: Vec::new(), hosts: Vec::new() };
    let text = source.text();
    for (at, _) in text.match_indices("http") {
        let rest = text.get(at..).unwrap_or("");
        let Some(after) = rest.strip_prefix("https://").or_else(|| rest.strip_prefix("http://"))
        else {
            continue;
        };
        let host: String = after
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'))
            .collect();
        let host = host.trim_end_matches(['.', ':', '-']).to_lowercase();
        let name = host.split(':').next().unwrap_or("");
        if name.is_empty() {
            continue;
        }
        let length = rest.len() - after.len() + host.len();
        let local = matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0")
            || name.ends_with(".local")
            || name.contains("yourdomain")
            || name.contains("your-domain")
            || matches!(name, "example.com" | "www.example.com");
        if local {
            guide.development.push(source.span(at..at + length));
        } else {
            guide.hosts.push(name.to_owned());
        }
    }
    guide
}

/// The sections whose heading speaks of contacts.
fn contacts(source: &SourceText) -> Vec<Contact> {
    let mut found: Vec<Contact> = Vec::new();
    let mut level = 0;
    let mut open = false;
    let mut in_code = false;
    for number in 1..=source.line_count() {
        let line = source.line(number).unwrap_or("");
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code {
            continue;
        }
        if let Some((depth, title)) = heading(source, number) {
            if open && depth <= level {
                open = false;
            }
            if speaks_of_contacts(&title) && !open && !is_for_developing(&title) {
                found.push(Contact {
                    at: source.line_span(number),
                    is_empty: true,
                    placeholders: Vec::new(),
                });
                (open, level) = (true, depth);
            }
            continue;
        }
        let Some(contact) = found.last_mut().filter(|_| open) else { continue };
        let rule = trimmed.chars().all(|c| "-=_*|: ".contains(c));
        if trimmed.is_empty() || rule {
            continue;
        }
        // A label without anything behind it fills nothing in.
        let filled =
            trimmed.rsplit(':').next().is_some_and(|rest| rest.chars().any(char::is_alphanumeric));
        contact.is_empty &= !filled || (trimmed.ends_with(':') && !trimmed.contains('@'));
        if is_placeholder(trimmed) {
            contact.placeholders.push(source.line_span(number));
        }
    }
    found
}

fn heading(source: &SourceText, number: u32) -> Option<(usize, String)> {
    let line = source.line(number)?.trim_end();
    if let Some(rest) = line.strip_prefix('#') {
        let depth = 1 + rest.chars().take_while(|c| *c == '#').count();
        let title = rest.trim_matches(['#', ' ']);
        return rest.trim_start_matches('#').starts_with(' ').then(|| (depth, title.to_owned()));
    }
    let next = source.line(number + 1)?.trim_end();
    let mark = next.chars().next().filter(|c| "=-~^\"".contains(*c))?;
    let underlined = next.len() >= 3
        && next.chars().all(|c| c == mark)
        && !line.trim().is_empty()
        && !line.contains('|');
    let depth = "=-~^\"".find(mark)? + 1;
    underlined.then(|| (depth, line.trim().to_owned()))
}

fn speaks_of_contacts(title: &str) -> bool {
    let lower = title.to_lowercase();
    let all: Vec<&str> = words(&lower).collect();
    all.iter().any(|word| matches!(*word, "contact" | "contacts" | "escalation" | "oncall"))
        || lower.contains("on-call")
        || lower.contains("on call")
        || lower.contains("emergency number")
}

/// Whether a line holds a number, address or name that was never filled in.
fn is_placeholder(line: &str) -> bool {
    let lower = line.to_lowercase();
    let marks = [
        "xxx-xxx",
        "xxxx",
        "[name]",
        "[phone]",
        "[email]",
        "[number]",
        "[your",
        "<name>",
        "<phone>",
        "<email>",
        "<number>",
        "<your",
        "your-email",
        "youremail",
        "your name",
        "@example.com",
        "@example.org",
        "@yourdomain",
        "@yourcompany",
        "@domain.com",
        "123-456-7890",
        "(555)",
        "555-01",
        "555-555",
        "+1234567890",
        "01234567890",
        "0123 456",
        "0123456789",
        "+1-555",
        "+44 1234",
        "john doe",
        "jane doe",
        "to be determined",
        "[insert",
        "____",
        "n/a yet",
        "placeholder",
    ];
    marks.iter().any(|mark| lower.contains(mark))
        || words(&lower).any(|word| matches!(word, "tbd" | "todo" | "fixme"))
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::Guides;
    use crate::inventory::Inventory;

    #[test]
    fn guides_and_contacts_are_read() {
        let tree = MemoryTree::new([
            (
                "docs/user-guide.md",
                "Go to http://localhost:8000/login or https://shop.example.net/.\n",
            ),
            (
                "docs/runbook.md",
                "# Runbook\n\n## Contacts\n\n- On call: +1-555-0100\n- Mail: ops@shop.example.net\n\n## Next\n\nTODO\n",
            ),
            (
                "docs/operations.rst",
                "Support contacts\n----------------\n\nName:\n\nNext\n----\n\ntext\n",
            ),
            ("CONTRIBUTING.md", "## Contact\n\nTBD\n"),
        ]);
        let guides = Guides::gather(&tree, &Inventory::of(&tree));
        assert_eq!(guides.guides.len(), 1);
        assert_eq!(guides.guides[0].development.len(), 1);
        assert_eq!(guides.guides[0].hosts, ["shop.example.net"]);
        let told: Vec<(u32, bool, usize)> = guides
            .contacts
            .iter()
            .map(|contact| (contact.at.start.line, contact.is_empty, contact.placeholders.len()))
            .collect();
        assert_eq!(told, [(1, true, 0), (3, false, 1)]);
    }
}

//! Handlers that catch every error and do nothing, in modules that protect data or money.

use plimsoll_source::{RepoPath, SourceText, Span};

use crate::standing::words;

/// The places of `except Exception:` with nothing but `pass` in it.
pub(crate) fn of_file(source: &SourceText) -> Vec<Span> {
    let mut found = Vec::new();
    if !source.text().contains("pass") {
        return found;
    }
    let protected = protects(source.path());
    if !protected && !RECORDS.iter().any(|word| source.text().contains(word)) {
        return found;
    }
    for number in 1..=source.line_count() {
        let line = source.line(number).unwrap_or("");
        let code = line.trim();
        let broad = code == "except:"
            || ["except Exception", "except BaseException"].iter().any(|start| {
                code.strip_prefix(start).is_some_and(|rest| rest == ":" || rest.starts_with(" as "))
            });
        if !broad {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let mut body = (number + 1..=source.line_count().min(number + 12))
            .filter_map(|number| source.line(number))
            .filter(|line| !line.trim().is_empty())
            .take_while(|line| line.len() - line.trim_start().len() > indent)
            .map(|line| line.split(" #").next().unwrap_or(line).trim())
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let silent = body.next() == Some("pass") && body.next().is_none();
        if silent && (protected || records(source, number, indent)) {
            found.push(source.line_span(number));
        }
    }
    found
}

/// Calls that write down who did what, wherever they stand.
const RECORDS: [&str; 10] = [
    "log_activity",
    "log_action",
    "log_audit",
    "log_event",
    "log_from_request",
    "audit_log",
    "AuditLog",
    "ActivityLog",
    "record_activity",
    "write_audit",
];

/// Whether the `try` above this handler writes down who did what.
fn records(source: &SourceText, handler: u32, indent: usize) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let above = (handler.saturating_sub(20).max(1)..handler).rev();
    above
        .filter_map(|number| source.line(number))
        .take_while(|line| line.trim().is_empty() || depth(line) > indent)
        .any(|line| RECORDS.iter().any(|word| line.contains(word)))
}

/// Whether a module protects data or money, by its path.
fn protects(path: &RepoPath) -> bool {
    let begins = [
        "backup", "payment", "billing", "invoice", "audit", "webhook", "deploy", "encrypt",
        "refund", "checkout", "payout", "ledger",
    ];
    let lower = path.as_str().to_ascii_lowercase();
    words(&lower).any(|word| begins.iter().any(|begin| word.starts_with(begin)))
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    use super::of_file;

    #[test]
    fn only_what_does_nothing_counts() {
        let text = "try:\n    a()\nexcept Exception as e:\n    # later\n    pass\n\ntry:\n    b()\nexcept Exception:\n    log(1)\n    pass\n\ntry:\n    c()\nexcept ValueError:\n    pass\n";
        let lines = |path: &str| {
            let source = SourceText::new(RepoPath::new(path).unwrap(), text);
            of_file(&source).iter().map(|at| at.start.line).collect::<Vec<_>>()
        };
        assert_eq!(lines("shop/payments/api.py"), [3]);
        assert!(lines("shop/views.py").is_empty());
    }

    #[test]
    fn an_audit_trail_is_told_by_its_call_too() {
        let lines = |call: &str| {
            let text = format!(
                "class Trail:\n    def __call__(self, request):\n        try:\n            {call}\n        except Exception:\n            pass\n        return 1\n\ndef log_action():\n    try:\n        other()\n    except Exception:\n        pass\n"
            );
            let source = SourceText::new(RepoPath::new("core/middleware.py").unwrap(), text);
            of_file(&source).iter().map(|at| at.start.line).collect::<Vec<_>>()
        };
        assert_eq!(lines("log_action(request)"), [5]);
        assert!(lines("count(request)").is_empty());
    }
}

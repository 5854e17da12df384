//! Words of a line, without markup, and what they say of the lines below.

/// The words without emphasis, code signs, links and leading signs.
pub(crate) fn clean(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '['
            && let Some((label, after)) = link(rest)
        {
            plain.push_str(&label.replace(['*', '`'], ""));
            rest = after;
            continue;
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
        let doubled = rest.starts_with(first);
        match first {
            '*' | '`' => {}
            '_' if doubled => rest = rest.get(1..).unwrap_or_default(),
            '\u{fe0f}' | '\u{200b}' => {}
            other => plain.push(other),
        }
    }
    let decoration = |meant: char| {
        !meant.is_alphanumeric()
            && !matches!(
                meant,
                '(' | '[' | '<' | '.' | '/' | '$' | '"' | '\'' | '-' | '{' | '>' | '≥' | '≤'
            )
    };
    let plain = plain.trim();
    let plain = match plain.chars().next() {
        Some(first) if !first.is_ascii() => plain.trim_start_matches(decoration),
        _ => plain,
    };
    plain.trim().to_owned()
}

/// The label of a link and what follows the link.
fn link(text: &str) -> Option<(&str, &str)> {
    let (label, after) = text.strip_prefix('[')?.split_once(']')?;
    let (_, after) = after.strip_prefix('(')?.split_once(')')?;
    Some((label, after))
}

/// Whether a line of prose announces what follows: `**Action items:**`, `Verify:`.
pub(crate) fn is_pseudo_heading(text: &str) -> bool {
    let bold = (text.starts_with("**") && text.trim_end_matches(':').ends_with("**"))
        || (text.starts_with("__") && text.ends_with("__"));
    let short = text.chars().count() <= 80;
    short && (bold || text.ends_with(':'))
}

/// Whether what stands below a heading is no list of things to do.
pub(crate) fn is_reference_section(title: &str) -> bool {
    const APART: &[&str] = &[
        "reference",
        "see also",
        "resources",
        "further reading",
        "links",
        "table of contents",
        "contents",
        "causes",
        "example",
        "note",
        "notes",
        "about",
        "background",
        "legend",
        "glossary",
        "tools",
        "participants",
    ];
    let title = title.to_lowercase();
    let words: Vec<&str> = title
        .split(|meant: char| !meant.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    APART.iter().any(|apart| {
        let apart: Vec<&str> = apart.split(' ').collect();
        words.windows(apart.len()).any(|window| {
            window
                .iter()
                .zip(&apart)
                .all(|(word, apart)| word.trim_end_matches('s') == apart.trim_end_matches('s'))
        })
    })
}

/// Whether a point asks for something: it starts with a verb of doing, or says must or never.
pub(crate) fn asks(text: &str) -> bool {
    const VERBS: &[&str] = &[
        "add",
        "adjust",
        "allow",
        "announce",
        "apply",
        "arrange",
        "ask",
        "archive",
        "assign",
        "audit",
        "backup",
        "be",
        "block",
        "cache",
        "change",
        "check",
        "clean",
        "compare",
        "close",
        "collect",
        "complete",
        "conduct",
        "configure",
        "confirm",
        "connect",
        "consider",
        "convert",
        "copy",
        "create",
        "decide",
        "define",
        "delete",
        "deploy",
        "disable",
        "document",
        "do",
        "don't",
        "drop",
        "enable",
        "encrypt",
        "enforce",
        "ensure",
        "establish",
        "expire",
        "export",
        "fix",
        "freeze",
        "gather",
        "generate",
        "give",
        "grant",
        "have",
        "implement",
        "import",
        "include",
        "inform",
        "install",
        "keep",
        "launch",
        "limit",
        "load",
        "lock",
        "look",
        "lower",
        "log",
        "make",
        "measure",
        "migrate",
        "minimize",
        "monitor",
        "move",
        "never",
        "notify",
        "obtain",
        "only",
        "open",
        "optimize",
        "optimise",
        "perform",
        "plan",
        "point",
        "prepare",
        "protect",
        "provide",
        "provision",
        "publish",
        "pull",
        "purge",
        "push",
        "put",
        "raise",
        "rebuild",
        "record",
        "redirect",
        "reduce",
        "rehearse",
        "register",
        "reload",
        "remove",
        "renew",
        "replace",
        "require",
        "reset",
        "restart",
        "restore",
        "restrict",
        "review",
        "revoke",
        "rotate",
        "run",
        "scan",
        "schedule",
        "secure",
        "send",
        "serve",
        "set",
        "setup",
        "sign",
        "start",
        "stop",
        "store",
        "subscribe",
        "switch",
        "tag",
        "take",
        "tell",
        "test",
        "track",
        "train",
        "transfer",
        "tune",
        "update",
        "upgrade",
        "upload",
        "use",
        "validate",
        "verify",
        "warn",
        "watch",
        "whitelist",
        "write",
    ];
    let lower = text.to_lowercase();
    let first = lower
        .split(|meant: char| !(meant.is_alphanumeric() || meant == '\''))
        .find(|word| !word.is_empty());
    let regular = ["daily", "weekly", "monthly", "quarterly", "yearly", "continuous", "regular"];
    if first.is_some_and(|first| regular.contains(&first)) {
        return true;
    }
    let modal = ["must ", "should ", "never ", " only "].iter().any(|word| lower.contains(word));
    modal || first.is_some_and(|first| VERBS.contains(&first))
}

/// Whether a heading carries a number or is a step: `3. Backups`, `Step 2: DNS`, `Phase 4`.
pub(crate) fn is_numbered(title: &str) -> bool {
    let lower = title.to_lowercase();
    let word =
        ["step ", "phase ", "part ", "task "].iter().find_map(|word| lower.strip_prefix(word));
    let rest = word.unwrap_or(&lower);
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let after = rest.chars().nth(digits);
    (1..=2).contains(&digits) && (word.is_some() || matches!(after, Some('.' | ')' | ':')))
}

/// Whether what a line announces is done then or there: `Before launch:`, `First week:`.
pub(crate) fn announces_tasks(title: &str) -> bool {
    const TIMES: &[&str] = &[
        "before",
        "after",
        "during",
        "launch",
        "first",
        "daily",
        "weekly",
        "monthly",
        "quarterly",
        "ongoing",
        "tasks",
        "steps",
        "action",
        "actions",
        "checklist",
        "must",
        "required",
        "todo",
    ];
    let lower = title.to_lowercase();
    lower.split(|meant: char| !meant.is_alphanumeric()).any(|word| TIMES.contains(&word))
}

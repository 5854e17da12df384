//! The examples in the rules' texts do what the texts say: the bad one trips the rule, the good
//! one, its nearest innocent twin, does not.

use crate::support::outcome;

/// The files of an example: fenced blocks whose info string ends with a path.
fn files(markdown: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in markdown.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                let path = info.split_whitespace().nth(1).expect("a block names its file");
                open = Some((path.to_owned(), String::new()));
            }
            (Some(_), Some(_)) => files.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => assert!(line.trim().is_empty(), "text outside of a block: {line}"),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    files
}

#[test]
fn bad_examples_trip_their_rule_and_good_ones_do_not() {
    let mut wrong = Vec::new();
    for rule in plimsoll_rules::all() {
        let bad = outcome(rule, &files(rule.bad));
        if bad.findings.is_empty() {
            wrong.push(format!("{}: the bad example does not trip it: {bad:#?}", rule.id));
        }
        let good = outcome(rule, &files(rule.good));
        if !good.findings.is_empty() {
            wrong.push(format!("{}: the good example trips it: {:#?}", rule.id, good.findings));
        }
        if good.evidence.is_empty() && good.undetermined.is_empty() {
            wrong
                .push(format!("{}: the good example gives neither evidence nor a reason", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

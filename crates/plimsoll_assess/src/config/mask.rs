//! The text of a configuration as it may be shown.

use plimsoll_source::SourceText;

/// The same text with the values of `[env]` and `[ledger]` masked, places unchanged. Works on files that are no
/// TOML: it is shown beside syntax errors.
pub fn without_values(source: &SourceText) -> SourceText {
    let mut in_env = false;
    let is_hidden = |name: &str| name.starts_with("env") || name.starts_with("ledger");
    let mut out = String::with_capacity(source.text().len());
    for line in source.text().split_inclusive('\n') {
        let trimmed = line.trim_start();
        if let Some(header) = trimmed.strip_prefix('[') {
            let name = header.trim_start_matches('[').split(']').next().unwrap_or_default();
            in_env = is_hidden(name.trim().trim_matches(['"', '\'']));
            out.push_str(line);
        } else if in_env || is_hidden(trimmed) && !trimmed.starts_with("env-files") {
            mask(&mut out, line, in_env);
        } else {
            out.push_str(line);
        }
    }
    SourceText::new(source.path().clone(), out)
}

/// Masks what follows the first `=`; a line of a table without one continues a value.
fn mask(out: &mut String, line: &str, in_table: bool) {
    let mut masking = in_table && !line.contains('=');
    for c in line.chars() {
        out.push(if masking && !c.is_whitespace() && c != '"' { '*' } else { c });
        masking |= c == '=';
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    use super::without_values;

    #[test]
    fn values_of_variables_are_masked_wherever_they_stand() {
        let text = "settings = \"a\"\nenv.A = \"x1\"\nledger = { place = \"pg\" }\n[env]\nKEY = \"s3\nmore\n[[waivers]]\nowner = \"o\"\n";
        let source = SourceText::new(RepoPath::new("plimsoll.toml").unwrap(), text);
        let shown = without_values(&source);
        assert_eq!(
            shown.text(),
            "settings = \"a\"\nenv.A = \"**\"\nledger = * ***** * \"**\" *\n[env]\nKEY = \"**\n****\n[[waivers]]\nowner = \"o\"\n"
        );
    }
}

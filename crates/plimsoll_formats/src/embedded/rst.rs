//! Code blocks of reStructuredText: `.. code-block:: x` and what follows `::`.

use plimsoll_source::SourceText;

use super::markdown::name_in;
use super::{Embedded, in_document};

pub(super) fn blocks(source: &SourceText) -> Vec<Embedded> {
    let mut found = Vec::new();
    let mut before: Vec<&str> = Vec::new();
    // The language and indentation of the paragraph that announces a block.
    let mut announced: Option<(Option<String>, usize)> = None;
    let mut body: Option<(usize, usize)> = None;
    let mut at = 0;
    for raw in source.text().split_inclusive('\n') {
        let (start, end) = (at, at + raw.len());
        at = end;
        let line = raw.trim_end();
        if line.is_empty() {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if let Some((language, outer)) = &announced {
            if indent > *outer {
                // Options of the directive (`:linenos:`) are not part of the block.
                if body.is_none() && line.trim_start().starts_with(':') && language.is_some() {
                    continue;
                }
                let begun = body.map_or(start, |(begun, _)| begun);
                body = Some((begun, end));
                continue;
            }
            if let Some((begun, reached)) = body.take() {
                let text = source.fragment(begun..reached, true);
                found.push(in_document(text, language.as_deref(), name_in(&before)));
                before.clear();
            }
            announced = None;
        }
        let content = line.trim_start();
        let directive = ["code-block::", "code::", "sourcecode::", "highlight::"]
            .iter()
            .find_map(|name| content.strip_prefix("..")?.trim_start().strip_prefix(name));
        if let Some(language) = directive {
            announced = Some((Some(language.trim().to_owned()), indent));
        } else if content.ends_with("::") && !content.starts_with("..") {
            announced = Some((None, indent));
        }
        if directive.is_none() {
            before.push(line);
            if before.len() > 3 {
                before.remove(0);
            }
        }
    }
    if let (Some((language, _)), Some((begun, reached))) = (announced, body) {
        let text = source.fragment(begun..reached, true);
        found.push(in_document(text, language.as_deref(), name_in(&before)));
    }
    found
}

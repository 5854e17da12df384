//! Which nginx the deployment runs, where an image names it.

use plimsoll_formats::requirements::Version;
use plimsoll_source::{SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};

/// The version in `FROM nginx:1.27-alpine` or `image: nginx:1.25`. `None` where no file names one,
/// or two name different ones.
pub(super) fn of_nginx(tree: &dyn Tree, inventory: &Inventory) -> Option<(Version, Span)> {
    let mut found: Option<(Version, Span)> = None;
    for role in [Role::Dockerfile, Role::Compose] {
        for file in inventory.main(role) {
            let Ok(source) = tree.read(&file.path) else { continue };
            for (version, at) in in_text(&source) {
                match &found {
                    Some((known, _)) if known.release() != version.release() => return None,
                    Some(_) => {}
                    None => found = Some((version, at)),
                }
            }
        }
    }
    found
}

fn in_text(source: &SourceText) -> Vec<(Version, Span)> {
    (1..=source.line_count())
        .filter_map(|number| {
            let line = source.line(number)?.trim();
            let image = line
                .strip_prefix("FROM ")
                .or_else(|| line.strip_prefix("image:"))?
                .trim()
                .trim_matches(['"', '\'']);
            let image = image.split_whitespace().next()?.trim_matches(['"', '\'']);
            let (name, tag) = image.rsplit_once(':')?;
            let name = name.rsplit('/').next()?;
            if !matches!(name, "nginx" | "nginx-unprivileged") {
                return None;
            }
            let digits = tag.split('-').next()?;
            let version = Version::parse(digits).filter(|version| version.release().len() >= 2)?;
            Some((version, source.line_span(number)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::of_nginx;
    use crate::inventory::Inventory;

    fn version(files: &[(&str, &str)]) -> Option<String> {
        let tree = MemoryTree::new(files.iter().copied());
        of_nginx(&tree, &Inventory::of(&tree)).map(|(version, _)| version.to_string())
    }

    #[test]
    fn images_name_the_version() {
        let compose = |image: &str| format!("services:\n  proxy:\n    image: {image}\n");
        for (image, expected) in [
            ("nginx:1.25.3-alpine", Some("1.25.3")),
            ("'nginx:1.22'", Some("1.22")),
            ("nginxinc/nginx-unprivileged:1.27", Some("1.27")),
            ("nginx:alpine", None),
            ("nginx:1", None),
            ("jwilder/nginx-proxy:1.5", None),
        ] {
            let found = version(&[("compose.yml", &compose(image))]);
            assert_eq!(found.as_deref(), expected, "{image}");
        }
        assert_eq!(
            version(&[
                ("compose.yml", &compose("nginx:1.22")),
                ("Dockerfile", "FROM nginx:1.25\n")
            ]),
            None
        );
    }
}

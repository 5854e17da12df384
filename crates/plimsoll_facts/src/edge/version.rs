//! Which nginx the deployment runs, where an image names it.

use plimsoll_formats::requirements::Version;
use plimsoll_source::{SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};

/// nginx's own image, as a file of the repository names it. Its configuration sets nothing at the
/// level of `http` but types, a log and `keepalive_timeout 65`, and includes `conf.d/*.conf`.
#[derive(Clone, Debug)]
pub struct NginxImage {
    /// The version in its tag; `None` where the tag names none, or two files name different ones.
    pub version: Option<Version>,
    /// Where.
    pub at: Span,
}

/// The image of `FROM nginx:1.27-alpine` or `image: nginx`.
pub(super) fn of_nginx(tree: &dyn Tree, inventory: &Inventory) -> Option<NginxImage> {
    let mut found: Option<NginxImage> = None;
    for role in [Role::Dockerfile, Role::Compose] {
        for file in inventory.main(role) {
            let Ok(source) = tree.read(&file.path) else { continue };
            for image in in_text(&source) {
                match &mut found {
                    Some(known) => {
                        let release = |image: &NginxImage| {
                            image.version.as_ref().map(|version| version.release().to_vec())
                        };
                        if release(known) != release(&image) {
                            known.version = None;
                        }
                    }
                    None => found = Some(image),
                }
            }
        }
    }
    found
}

fn in_text(source: &SourceText) -> Vec<NginxImage> {
    (1..=source.line_count())
        .filter_map(|number| {
            let line = source.line(number)?.trim();
            let image = line.strip_prefix("FROM ").or_else(|| line.strip_prefix("image:"))?.trim();
            let mut words = image.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
            let image = words.find(|word| !word.starts_with("--"))?;
            let (name, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
            let bare = name.strip_prefix("docker.io/").unwrap_or(name);
            if !matches!(bare, "nginx" | "library/nginx" | "nginxinc/nginx-unprivileged") {
                return None;
            }
            let digits = tag.split('-').next()?;
            let version = Version::parse(digits).filter(|version| version.release().len() >= 2);
            Some(NginxImage { version, at: source.line_span(number) })
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
        of_nginx(&tree, &Inventory::of(&tree))?.version.map(|version| version.to_string())
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

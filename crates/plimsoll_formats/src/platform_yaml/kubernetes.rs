//! Containers of Kubernetes manifests and their variables.

use indexmap::IndexMap;
use plimsoll_source::Spanned;

use super::{HttpProbe, PlatformValue, Process, elsewhere, empty, given, given_map, text};
use crate::yaml::Node;

/// The containers of every workload; `envFrom` and `configMapKeyRef` are looked up in the config
/// maps of the same file.
pub(super) fn processes(documents: &[Node]) -> Vec<Process> {
    let mut maps: IndexMap<String, IndexMap<String, Spanned<PlatformValue>>> = IndexMap::new();
    for document in documents.iter().filter(|d| kind(d) == Some("ConfigMap")) {
        if let Some(name) = document.at(&["metadata", "name"]).and_then(Node::text) {
            maps.insert(name.to_owned(), given_map(document.get("data")));
        }
    }
    let mut found = Vec::new();
    for document in documents {
        let paths: [&[&str]; 3] = [
            &["spec", "template", "spec"],
            &["spec", "jobTemplate", "spec", "template", "spec"],
            &["spec"],
        ];
        let pod = paths
            .iter()
            .find_map(|path| document.at(path).filter(|spec| spec.get("containers").is_some()));
        let containers = pod.and_then(|pod| pod.get("containers")).and_then(Node::as_list);
        for container in containers.unwrap_or(&[]) {
            found.extend(process(document, container, &maps));
        }
    }
    found
}

fn probe(get: &Node) -> Option<HttpProbe> {
    let headers = get.get("httpHeaders").and_then(Node::as_list).unwrap_or(&[]);
    let header = |node: &Node| {
        Some((node.get("name")?.text()?.to_owned(), node.get("value")?.text()?.to_owned()))
    };
    Some(HttpProbe {
        path: text(get, "path")?,
        scheme: get.get("scheme").and_then(Node::text).unwrap_or("HTTP").to_owned(),
        headers: headers.iter().filter_map(header).collect(),
    })
}

fn kind(document: &Node) -> Option<&str> {
    document.get("kind").and_then(Node::text)
}

fn process(
    document: &Node,
    container: &Node,
    maps: &IndexMap<String, IndexMap<String, Spanned<PlatformValue>>>,
) -> Option<Process> {
    let mut process = empty(text(container, "name")?);
    process.role = text(document, "kind");
    process.image = text(container, "image");
    process.replicas = document.at(&["spec", "replicas"]).and_then(Node::spanned_text);
    for key in ["command", "args"] {
        process.commands.extend(container.get(key).map(Node::texts).unwrap_or_default());
    }
    process.health_path =
        container.at(&["readinessProbe", "httpGet", "path"]).and_then(Node::spanned_text);
    for key in ["startupProbe", "readinessProbe", "livenessProbe"] {
        process.probes.extend(container.at(&[key, "httpGet"]).and_then(probe));
    }
    for source in container.get("envFrom").and_then(Node::as_list).unwrap_or(&[]) {
        let name = source.at(&["configMapRef", "name"]).and_then(Node::text);
        if let Some(map) = name.and_then(|name| maps.get(name)) {
            process.environment.extend(map.iter().map(|(k, v)| (k.clone(), v.clone())));
        }
    }
    for variable in container.get("env").and_then(Node::as_list).unwrap_or(&[]) {
        let Some(name) = variable.get("name").and_then(Node::spanned_text) else { continue };
        let reference = variable.at(&["valueFrom", "configMapKeyRef"]);
        let from_map = reference.and_then(|reference| {
            let map = maps.get(reference.get("name")?.text()?)?;
            map.get(reference.get("key")?.text()?).cloned()
        });
        let value = variable.get("value").and_then(given).or(from_map);
        process.environment.insert(name.value, value.unwrap_or_else(|| elsewhere(&name.span)));
    }
    Some(process)
}

//! The commands of pipelines, Makefiles and compose files.

use plimsoll_formats::shell::Options;
use plimsoll_formats::workflow::{self, Workflow};
use plimsoll_formats::yaml::{Node, Yaml};
use plimsoll_source::SourceText;

use super::{Routine, RoutinePlace, is_marked, routine};
use crate::standing::Standing;

/// The steps of a workflow of GitHub, the scripts of other services' pipelines.
pub(super) fn workflow(source: &SourceText, standing: Standing) -> Vec<Routine> {
    if !is_marked(source.text()) {
        return Vec::new();
    }
    // Names of workflows say `ci` and `test` of what also deploys.
    let standing = match standing {
        Standing::Test => Standing::Main,
        other => other,
    };
    if workflow::is_workflow(source.path()) {
        return of_github(source, standing);
    }
    let (scripts, _) = workflow::scripts(source);
    let options = Options { errexit: true, pipefail: true, ..Options::default() };
    let mut found: Vec<Routine> = Vec::new();
    for script in scripts {
        let job = script.path.split('.').next().unwrap_or("").to_owned();
        let mut one = routine(source, &script.text, RoutinePlace::Pipeline, standing, options);
        one.name.clone_from(&job);
        one.job = Some(job);
        found.push(one);
    }
    found
}

fn of_github(source: &SourceText, standing: Standing) -> Vec<Routine> {
    let file = Workflow::parse(source);
    // A later step may look at how an earlier one ended.
    let asks_later = [".outcome", ".conclusion"].iter().any(|word| source.text().contains(word));
    let mut found = Vec::new();
    for job in &file.jobs {
        let prepares = |uses: &str| {
            ["actions/checkout", "actions/setup-", "actions/cache"]
                .iter()
                .any(|action| uses.starts_with(action))
        };
        let acts = job.uses.is_some()
            || job.steps.iter().filter_map(|step| step.uses.as_ref()).any(|u| !prepares(&u.value));
        for step in &job.steps {
            let Some(run) = &step.run else { continue };
            let shell = run.shell.as_ref().map(|shell| shell.value.as_str());
            if !shell.is_none_or(|shell| shell.contains("sh") && !shell.contains("pwsh")) {
                continue;
            }
            let Some(text) = &run.text else { continue };
            // GitHub starts `bash -e`, and with `pipefail` where `shell: bash` is written.
            let options =
                Options { errexit: true, pipefail: shell == Some("bash"), ..Options::default() };
            let mut one = routine(source, text, RoutinePlace::Pipeline, standing, options);
            let step_name = step.name.as_ref().map_or("", |name| name.value.as_str());
            one.name = format!("{} / {step_name}", job.name.value);
            one.job = Some(job.name.value.clone());
            one.job_acts = acts;
            one.ignored = (step.continue_on_error || job.continue_on_error) && !asks_later;
            found.push(one);
        }
    }
    found
}

/// The recipes of a Makefile or justfile.
pub(super) fn recipes(source: &SourceText, standing: Standing) -> Vec<Routine> {
    if !is_marked(source.text()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut target = String::new();
    let mut lines: Vec<std::ops::Range<usize>> = Vec::new();
    let mut at = 0;
    let mut ignored = false;
    let options = Options { errexit: true, ..Options::default() };
    let mut finish = |target: &str, lines: &mut Vec<std::ops::Range<usize>>, ignored: bool| {
        if lines.is_empty() {
            return;
        }
        let text = source.fragment_of(std::mem::take(lines));
        let mut one = routine(source, &text, RoutinePlace::Recipe, standing, options);
        target.clone_into(&mut one.name);
        one.ignored = ignored;
        found.push(one);
    };
    for line in source.text().split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        if line.starts_with(['\t', ' ']) && !target.is_empty() {
            let content = line.trim_start().trim_start_matches(['@', '-', '+']);
            let marks = line.trim_start();
            let skipped = line.len() - content.len();
            ignored |=
                marks.split(|c: char| !"@-+".contains(c)).next().is_some_and(|m| m.contains('-'));
            lines.push(start + skipped..end);
            continue;
        }
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        finish(&target, &mut lines, ignored);
        ignored = false;
        target.clear();
        let head = line.split(':').next().unwrap_or("");
        let is_rule = line.contains(':') && !head.contains('=') && !line.contains(":=");
        if is_rule {
            head.split_whitespace().next().unwrap_or("").clone_into(&mut target);
        }
    }
    finish(&target, &mut lines, ignored);
    found
}

/// The commands of compose services, where a shell reads them.
pub(super) fn compose(source: &SourceText, standing: Standing) -> Vec<Routine> {
    let yaml = Yaml::parse(source);
    let services = yaml.root().and_then(|root| root.get("services")).and_then(Node::as_map);
    let mut found = Vec::new();
    for (name, entry) in services.into_iter().flat_map(|services| services.iter()) {
        for key in ["entrypoint", "command"] {
            let Some(node) = entry.value.get(key) else { continue };
            let Some(text) = shell_text(node, source) else { continue };
            let mut one =
                routine(source, &text, RoutinePlace::Container, standing, Options::default());
            name.clone_into(&mut one.name);
            found.push(one);
        }
    }
    found
}

/// A command as a text; of a list that starts a shell, the text that it is given.
fn shell_text(node: &Node, source: &SourceText) -> Option<SourceText> {
    let Some(items) = node.as_list() else { return node.fragment(source) };
    let shell = items.first()?.text()?.rsplit('/').next()?.to_owned();
    let flag = items.get(1)?.text()?;
    (matches!(shell.as_str(), "sh" | "bash" | "ash" | "dash") && flag.ends_with('c'))
        .then(|| items.get(2)?.fragment(source))?
}

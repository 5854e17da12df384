//! Workflows and platform files.

use plimsoll_formats::platform_yaml::{PlatformKind, PlatformValue, kind_of, read};
use plimsoll_formats::shell::Script;
use plimsoll_formats::workflow::{Workflow, is_workflow, scripts};
use plimsoll_source::{RepoPath, SourceText};

use crate::hostile;

fn source(name: &str, text: &str) -> SourceText {
    SourceText::new(RepoPath::new(name).unwrap(), text)
}

const WORKFLOW: &str = "name: CI\non:\n  push: {branches: [main]}\n  schedule:\n    - cron: '0 0 * * *'\nenv:\n  A: 1\ndefaults: {run: {shell: bash}}\njobs:\n  test:\n    runs-on: x\n    services:\n      db: {image: postgres:16}\n    env: {SECRET: \"${{ secrets.KEY }}\"}\n    steps:\n      - uses: actions/checkout@v4\n        with: {fetch-depth: 0}\n      - name: check\n        continue-on-error: yes\n        run: |\n          python manage.py check --deploy\n          echo done\n  deploy:\n    needs: test\n    environment: {name: production}\n    if: github.ref == 'x'\n    steps: [{run: make deploy}]\n";

#[test]
fn a_workflow() {
    let path = ".github/workflows/ci.yml";
    let file = source(path, WORKFLOW);
    assert!(is_workflow(file.path()));
    let workflow = Workflow::parse(&file);
    let events: Vec<_> = workflow.events.iter().map(|e| e.value.as_str()).collect();
    assert_eq!(events, ["push", "schedule"]);
    let test = &workflow.jobs[0];
    assert_eq!(test.services["db"].value, "postgres:16");
    assert_eq!(test.steps[0].uses.as_ref().unwrap().value, "actions/checkout@v4");
    let check = &test.steps[1];
    assert!(check.continue_on_error);
    let run = check.run.as_ref().unwrap();
    assert_eq!(run.shell.as_ref().unwrap().value, "bash");
    let script = Script::parse(run.text.as_ref().unwrap());
    let python = script.named("python").next().unwrap();
    assert!(python.has_argument("--deploy"));
    assert_eq!((python.span.start.line, python.span.start.column), (21, 11));
    let deploy = &workflow.jobs[1];
    assert_eq!(deploy.needs[0].value, "test");
    assert_eq!(deploy.deploys_to.as_ref().unwrap().value, "production");
    let secrets = Workflow::secrets(&file);
    assert_eq!((secrets[0].value.as_str(), secrets[0].span.start.line), ("KEY", 14));
}

#[test]
fn scripts_of_other_ci_files() {
    let text = "stages: [a]\ntest:\n  before_script: [pip install x]\n  script:\n    - pytest\n    - |\n      one\n      two\n  image: x\n";
    let (found, _) = scripts(&source(".gitlab-ci.yml", text));
    let texts: Vec<_> = found.iter().map(|s| (s.path.as_str(), s.text.text().trim_end())).collect();
    assert_eq!(
        texts,
        [
            ("test.before_script.0", "pip install x"),
            ("test.script.0", "pytest"),
            ("test.script.1", "one\ntwo")
        ]
    );
}

#[test]
fn platform_files() {
    let cases = [
        (
            "render.yaml",
            PlatformKind::Render,
            "services:\n- type: web\n  name: app\n  startCommand: gunicorn x\n  healthCheckPath: /h\n  envVars:\n  - {key: DEBUG, value: false}\n  - {key: SECRET_KEY, generateValue: true}\n  - {fromGroup: g}\nenvVarGroups:\n- name: g\n  envVars: [{key: G, value: 1}]\n",
            "app gunicorn x DEBUG=false SECRET_KEY G=1",
        ),
        (
            "heroku.yml",
            PlatformKind::Heroku,
            "setup: {config: {A: b}}\nrelease: {command: [migrate]}\nrun:\n  web: gunicorn x\n",
            "web gunicorn x A=b",
        ),
        (
            "app.yaml",
            PlatformKind::AppEngine,
            "runtime: python312\nentrypoint: gunicorn x\nenv_variables:\n  DEBUG: 'False'\n",
            "default gunicorn x DEBUG=False",
        ),
        (
            "config/deploy.yml",
            PlatformKind::Kamal,
            "service: app\nimage: me/app\nservers:\n  web: [1.2.3.4]\n  job: {hosts: [1.2.3.4], cmd: celery}\nenv:\n  clear: {A: 1}\n  secret: [SECRET_KEY]\n",
            "web  A=1 SECRET_KEY;job celery A=1 SECRET_KEY",
        ),
        (
            "k8s/web.yml",
            PlatformKind::Kubernetes,
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {A: x}\n---\napiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n      - name: web\n        image: i:1\n        args: [gunicorn, x]\n        envFrom: [{configMapRef: {name: c}}]\n        env:\n        - {name: B, value: \"1\"}\n        - {name: S, valueFrom: {secretKeyRef: {name: s, key: k}}}\n",
            "web gunicorn x A=x B=1 S",
        ),
    ];
    for (name, kind, text, expected) in cases {
        let file = source(name, text);
        assert_eq!(kind_of(&file), Some(kind), "{name}");
        let platform = read(&file, kind);
        assert_eq!(platform.problems, [], "{name}");
        let lines: Vec<String> = platform
            .processes
            .iter()
            .map(|process| {
                let commands: Vec<_> = process.commands.iter().map(|c| c.value.as_str()).collect();
                let mut parts = vec![process.name.value.clone(), commands.join(" ")];
                for (name, value) in &process.environment {
                    parts.push(match &value.value {
                        PlatformValue::Given(secret) => format!("{name}={}", secret.expose()),
                        PlatformValue::Elsewhere => name.clone(),
                    });
                }
                parts.join(" ")
            })
            .collect();
        assert_eq!(lines.join(";"), expected, "{name}");
    }
    assert_eq!(kind_of(&source("app.yaml", "a: 1\n")), None);
}

#[test]
fn nothing_upsets_it() {
    hostile::survive(WORKFLOW, |source| {
        let workflow = Workflow::parse(source);
        let mut spans = hostile::places(&workflow.problems);
        spans.extend(workflow.jobs.iter().flat_map(|j| &j.steps).map(|s| s.span.clone()));
        spans.extend(scripts(source).0.into_iter().map(|s| s.span));
        spans.extend(Workflow::secrets(source).into_iter().map(|s| s.span));
        for kind in [PlatformKind::Render, PlatformKind::Kamal, PlatformKind::Kubernetes] {
            spans.extend(read(source, kind).processes.into_iter().map(|p| p.name.span));
        }
        spans
    });
}

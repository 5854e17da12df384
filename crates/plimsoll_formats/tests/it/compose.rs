//! Compose projects.

use plimsoll_formats::compose::{
    CommandForm, ComposeProject, Condition, EnvValue, Inputs, MountKind, Variable, default_files,
    read,
};
use plimsoll_source::{MemoryTree, RepoPath, Secret, SourceText, Tree};

use crate::hostile;

fn project_of(files: &[(&str, &str)], asked: &[&str], set: &[(&str, &str)]) -> ComposeProject {
    let tree = MemoryTree::new(files.iter().copied());
    let texts: Vec<SourceText> =
        asked.iter().map(|path| tree.read(&RepoPath::new(path).unwrap()).unwrap()).collect();
    let variables = |name: &str| match set.iter().find(|(known, _)| *known == name) {
        Some((_, "<unset>")) => Variable::Unset,
        Some((_, value)) => Variable::Set(Secret::new(*value)),
        None => Variable::Unknown,
    };
    let load = |path: &RepoPath| tree.read(path).ok();
    read(&Inputs { files: &texts, variables: &variables, load: &load })
}

fn one(text: &str) -> ComposeProject {
    let project = project_of(&[("docker-compose.yml", text)], &["docker-compose.yml"], &[]);
    assert_eq!(project.problems, []);
    project
}

fn value(value: &EnvValue) -> String {
    match value {
        EnvValue::Given { value, unknown, .. } if unknown.is_empty() => value.expose().to_owned(),
        EnvValue::Given { unknown, .. } => format!("unknown {}", unknown.join(",")),
        EnvValue::PassedThrough => "passed".to_owned(),
    }
}

#[test]
fn the_common_file() {
    let project = one(r#"version: "3.8"
x-env: &env
  DEBUG: "0"
services:
  web:
    build: .
    image: registry.example.org:5000/app/web:1.2@sha256:abc
    command: gunicorn app.wsgi --bind "0.0.0.0:8000" --workers 3
    environment:
      <<: *env
      SECRET: 'a$$b'
      VERSION: 3.10
      MODE: 0777
      ON: yes
      FLAG: True
      HOST:
    env_file: [.env, {path: prod.env, required: false, format: raw}]
    ports:
      - "8000:8000"
      - 127.0.0.1:9000:9000/udp
      - "[::1]:53:53"
      - 3000
      - {target: 80, published: "8080", host_ip: 10.0.0.1}
    volumes:
      - .:/app
      - media:/app/media:ro
      - /data
      - {type: bind, source: ./x, target: /x, read_only: true}
    depends_on:
      db: {condition: service_healthy}
    restart: no
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost"]
      interval: 10s
    deploy: {replicas: 2, resources: {limits: {memory: 512M}}}
    logging: {driver: json-file, options: {max-size: 10m}}
  db:
    image: postgres
    environment:
      - POSTGRES_PASSWORD=p=1
      - PASSED
    healthcheck: {test: pg_isready -U x, disable: false}
    networks: {back: {aliases: [x]}}
    profiles: [dev]
volumes:
  media:
networks:
  back: {internal: true}
"#);
    let web = &project.services["web"];
    let env: Vec<_> = web.environment.iter().map(|(k, v)| (k.as_str(), value(&v.value))).collect();
    let expected = [
        ("SECRET", "a$b"),
        ("VERSION", "3.1"),
        ("MODE", "511"),
        ("ON", "yes"),
        ("FLAG", "true"),
        ("HOST", "passed"),
        ("DEBUG", "0"),
    ];
    assert_eq!(env, expected.map(|(k, v)| (k, v.to_owned())));
    assert_eq!(web.environment["SECRET"].span.to_string(), "docker-compose.yml:11:7");
    let image = &web.image.as_ref().unwrap().value;
    assert_eq!(
        (image.name.as_str(), image.tag.as_deref(), image.digest.as_deref()),
        ("registry.example.org:5000/app/web", Some("1.2"), Some("sha256:abc"))
    );
    let command = web.command.as_ref().unwrap();
    assert_eq!(command.form, CommandForm::Text);
    let bind = command.words.iter().find(|word| word.text == "0.0.0.0:8000").unwrap();
    assert_eq!((bind.span.start.line, bind.span.start.column), (8, 39));
    let ports: Vec<_> = web
        .ports
        .iter()
        .map(|p| {
            let p = &p.value;
            (p.host_ip.as_deref(), p.published.as_deref(), p.target.as_str(), p.protocol.as_str())
        })
        .collect();
    assert_eq!(
        ports,
        [
            (None, Some("8000"), "8000", "tcp"),
            (Some("127.0.0.1"), Some("9000"), "9000", "udp"),
            (Some("::1"), Some("53"), "53", "tcp"),
            (None, None, "3000", "tcp"),
            (Some("10.0.0.1"), Some("8080"), "80", "tcp"),
        ]
    );
    let mounts: Vec<_> = web
        .volumes
        .iter()
        .map(|m| (m.value.kind, m.value.target.as_str(), m.value.read_only))
        .collect();
    assert_eq!(
        mounts,
        [
            (MountKind::Bind, "/app", false),
            (MountKind::Volume, "/app/media", true),
            (MountKind::Anonymous, "/data", false),
            (MountKind::Bind, "/x", true),
        ]
    );
    assert!(web.volumes[0].value.source_path.as_ref().unwrap().is_root());
    assert_eq!(web.env_files.len(), 2);
    assert!(!web.env_files[1].value.required);
    assert_eq!(web.restart.as_ref().unwrap().value.text, "no");
    assert_eq!(web.depends_on[0].value.condition, Condition::Healthy);
    let check = &web.healthcheck.as_ref().unwrap().value;
    assert_eq!(check.test.as_ref().unwrap().texts().next(), Some("curl"));
    let build = &web.build.as_ref().unwrap().value;
    assert_eq!(build.dockerfile_path.as_ref().unwrap().as_str(), "Dockerfile");
    let db = &project.services["db"];
    assert_eq!(value(&db.environment["POSTGRES_PASSWORD"].value), "p=1");
    assert_eq!(value(&db.environment["PASSED"].value), "passed");
    assert_eq!(
        db.healthcheck.as_ref().unwrap().value.test.as_ref().unwrap().form,
        CommandForm::Shell
    );
    assert_eq!(project.active(&[]).count(), 1);
    assert!(project.networks["back"].internal);
    assert!(!format!("{project:?}").contains("a$b"));
}

#[test]
fn interpolation_knows_its_operators() {
    let set = [("SET", "s"), ("EMPTY", ""), ("GONE", "<unset>")];
    for (text, expected) in [
        ("$SET-x", "s-x"),
        ("${SET:-d}", "s"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${GONE-d}", "d"),
        ("${GONE:-a${SET}b}", "asb"),
        ("${SET:+alt}${GONE+alt}", "alt"),
        ("$$SET", "$SET"),
        ("${OTHER:-d}", "unknown OTHER"),
        ("x${OTHER}", "unknown OTHER"),
        ("${SET:-$OTHER}", "s"),
    ] {
        let file = format!("services:\n  a:\n    environment:\n      X: \"{text}\"\n");
        let project = project_of(&[("c.yml", &file)], &["c.yml"], &set);
        assert_eq!(value(&project.services["a"].environment["X"].value), expected, "{text}");
    }
    let file = "services: {a: {image: 'x:${TAG:?set it}', command: 'echo ${1} 5$'}}\n";
    let project = project_of(&[("c.yml", file)], &["c.yml"], &set);
    assert_eq!(project.required[0].value, "TAG");
    assert_eq!(project.problems.len(), 1);
}

#[test]
fn files_are_merged_in_order() {
    let base = "services:\n  web:\n    image: a\n    command: old\n    ports: ['80:80', '1:1']\n    volumes: ['.:/app', 'm:/m']\n    environment: [A=1, B=1]\n    build: {context: ., target: dev, args: {X: 1}}\n    depends_on: [db]\n";
    let over = "services:\n  web:\n    command: [new, arg]\n    ports: ['80:80', '2:2']\n    volumes: ['code:/app']\n    environment: {B: 2}\n    build: {target: prod, dockerfile: docker/D}\n    depends_on: {cache: {condition: service_started}}\n    image: !reset null\n  db: {image: pg}\n";
    let project = project_of(&[("d/a.yml", base), ("d/b.yml", over)], &["d/a.yml", "d/b.yml"], &[]);
    assert_eq!(project.problems, []);
    let web = &project.services["web"];
    assert_eq!(web.command.as_ref().unwrap().texts().collect::<Vec<_>>(), ["new", "arg"]);
    assert_eq!(web.ports.len(), 3);
    assert_eq!(web.volumes[0].value.source.as_deref(), Some("code"));
    assert_eq!(value(&web.environment["B"].value), "2");
    assert_eq!(web.environment["B"].span.file.as_str(), "d/b.yml");
    let build = &web.build.as_ref().unwrap().value;
    assert_eq!(build.target.as_ref().unwrap().value.text, "prod");
    assert_eq!(build.dockerfile_path.as_ref().unwrap().as_str(), "d/docker/D");
    assert_eq!(build.args.len(), 1);
    assert_eq!(web.depends_on.len(), 2);
    assert!(web.image.is_none());
    assert_eq!(project.services.keys().collect::<Vec<_>>(), ["web", "db"]);
}

#[test]
fn extends_and_include_are_followed() {
    let files = [
        (
            "a/c.yml",
            "include: [../shared/i.yml, gone.yml]\nservices:\n  base: {image: b, environment: {K: base, L: base}}\n  web:\n    extends: {service: common, file: ../shared/x.yml}\n    environment: {K: own}\n  job: {extends: base, command: run}\n  loop: {extends: loop}\n  lost: {extends: {service: nobody}}\n",
        ),
        (
            "shared/x.yml",
            "services:\n  common: {extends: {service: deeper}, volumes: ['./v:/v']}\n  deeper: {environment: {K: deep, D: deep}, depends_on: [db]}\n",
        ),
        ("shared/i.yml", "include: i.yml\nservices: {cache: {image: redis}}\n"),
    ];
    let project = project_of(&files, &["a/c.yml"], &[]);
    let web = &project.services["web"];
    assert_eq!(value(&web.environment["K"].value), "own");
    assert_eq!(value(&web.environment["D"].value), "deep");
    assert_eq!(web.volumes[0].value.source_path.as_ref().unwrap().as_str(), "shared/v");
    assert!(web.depends_on.is_empty());
    let job = &project.services["job"];
    assert_eq!(
        (job.name.value.as_str(), job.image.as_ref().unwrap().value.name.as_str()),
        ("job", "b")
    );
    assert!(project.services.contains_key("cache"));
    let messages: String = project.problems.iter().map(|p| p.message.as_str()).collect();
    for part in ["no such file", "extends itself", "`nobody`"] {
        assert!(messages.contains(part), "{messages}");
    }
}

#[test]
fn version_1_has_its_services_at_the_top() {
    let project = one(
        "web:\n  build: .\n  links: ['db:database']\n  net: host\n  log_driver: syslog\ndb:\n  image: postgres\nx-note: {image: no}\n",
    );
    assert_eq!(project.services.keys().collect::<Vec<_>>(), ["web", "db"]);
    let web = &project.services["web"];
    assert_eq!(web.links[0].value, "db");
    assert_eq!(web.network_mode.as_ref().unwrap().value.text, "host");
    assert!(web.logging.is_some());
    assert!(one("version: '3'\nvolumes: {a: {image: x}}\n").services.is_empty());
}

#[test]
fn the_default_files_of_a_folder() {
    let tree = MemoryTree::new([
        ("docker-compose.yml", ""),
        ("docker-compose.override.yml", ""),
        ("b/compose.yaml", ""),
        ("b/docker-compose.yml", ""),
    ]);
    let names = |folder: &str| {
        let folder = RepoPath::new(folder).unwrap();
        default_files(&tree, &folder).iter().map(|p| p.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["docker-compose.yml", "docker-compose.override.yml"]);
    assert_eq!(names("b"), ["b/compose.yaml"]);
}

#[test]
fn nothing_upsets_it() {
    let text = "services:\n  w:\n    build: {context: ., args: [A=1]}\n    command: >\n      a \"b\" ${X:-${Y}}\n    ports: ['1:2', {target: 3}]\n    extends: {service: w}\n    volumes: ['C:\\x:/y', a:b:c:d]\n    environment: {A: 1e400}\n";
    hostile::survive(text, |source| {
        let variables = |_: &str| Variable::Unknown;
        let files = [source.clone()];
        let load = |_: &RepoPath| Some(source.clone());
        let project = read(&Inputs { files: &files, variables: &variables, load: &load });
        let mut spans = hostile::places(&project.problems);
        for service in project.services.values() {
            spans.push(service.name.span.clone());
            spans.extend(service.ports.iter().map(|p| p.span.clone()));
            spans.extend(service.environment.values().map(|v| v.span.clone()));
            let words = service.command.iter().flat_map(|c| &c.words);
            spans.extend(words.map(|word| word.span.clone()));
        }
        spans
    });
}

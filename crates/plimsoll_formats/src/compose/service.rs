//! One service's mapping to its fields.

use plimsoll_source::{Span, Spanned};

use super::fields::Reader;
use super::{Build, Deploy, Healthcheck, Image, Logging, Resource, Service};
use crate::yaml::{Entry, Node};

impl Service {
    /// A service of which nothing is written yet.
    pub(super) fn empty(name: Spanned<String>) -> Self {
        Self {
            name,
            image: None,
            build: None,
            command: None,
            entrypoint: None,
            environment: Default::default(),
            env_files: Vec::new(),
            ports: Vec::new(),
            expose: Vec::new(),
            volumes: Vec::new(),
            depends_on: Vec::new(),
            healthcheck: None,
            restart: None,
            deploy: None,
            user: None,
            logging: None,
            networks: Vec::new(),
            network_mode: None,
            secrets: Vec::new(),
            configs: Vec::new(),
            profiles: Vec::new(),
            privileged: None,
            read_only: None,
            init: None,
            cap_add: Vec::new(),
            cap_drop: Vec::new(),
            security_opt: Vec::new(),
            tmpfs: Vec::new(),
            extra_hosts: Vec::new(),
            links: Vec::new(),
            working_dir: None,
            container_name: None,
            hostname: None,
            stop_grace_period: None,
            mem_limit: None,
            cpus: None,
            scale: None,
            labels: Default::default(),
            develop: None,
            nodes: Vec::new(),
        }
    }
}

impl Reader<'_> {
    pub(super) fn service(&mut self, name: &str, entry: &Entry) -> Service {
        let node = &entry.value;
        let mut service = Service::empty(Spanned::new(name.to_owned(), entry.key.span().clone()));
        service.nodes.push(node.clone());
        if node.as_map().is_none() {
            if !node.is_cut() && !node.is_null() {
                self.problem(node, "a service must be a mapping");
            }
            return service;
        }
        self.image_and_process(node, &mut service);
        self.wiring(node, &mut service);
        self.limits(node, &mut service);
        service
    }

    fn image_and_process(&mut self, node: &Node, service: &mut Service) {
        service.image = self.text_of(node, "image").map(|text| text.map(Image::parse));
        service.build = node.get("build").and_then(|build| self.build(build));
        service.command = node.get("command").and_then(|command| self.command(command));
        service.entrypoint = node.get("entrypoint").and_then(|command| self.command(command));
        if let Some(variables) = node.get("environment") {
            service.environment = self.variables(variables);
        }
        if let Some(files) = node.get("env_file") {
            service.env_files = self.env_files(files);
        }
        service.user = self.text_of(node, "user");
        service.working_dir = self.text_of(node, "working_dir");
        service.restart = self.restart(node);
        service.healthcheck = node.get("healthcheck").map(|check| self.healthcheck(check));
        service.init = self.bool_of(node, "init");
        service.stop_grace_period = self.text_of(node, "stop_grace_period");
        service.develop = node.get("develop").map(|develop| develop.span().clone());
        service.profiles = self.plain_texts_of(node, "profiles");
    }

    fn wiring(&mut self, node: &Node, service: &mut Service) {
        if let Some(ports) = node.get("ports") {
            service.ports = self.ports(ports);
        }
        service.expose = self.texts_of(node, "expose");
        if let Some(volumes) = node.get("volumes") {
            service.volumes = self.mounts(volumes);
        }
        if let Some(dependencies) = node.get("depends_on") {
            service.depends_on = self.dependencies(dependencies);
        }
        if let Some(networks) = node.get("networks") {
            service.networks = match networks.as_map() {
                Some(map) => map.iter().map(|(name, e)| at_key(name, e)).collect(),
                None => networks.texts(),
            };
        }
        service.network_mode =
            self.text_of(node, "network_mode").or_else(|| self.text_of(node, "net"));
        if let Some(secrets) = node.get("secrets") {
            service.secrets = self.references(secrets);
        }
        if let Some(configs) = node.get("configs") {
            service.configs = self.references(configs);
        }
        service.extra_hosts = match node.get("extra_hosts").map(|hosts| (hosts, hosts.as_map())) {
            Some((_, Some(map))) => map
                .iter()
                .filter_map(|(name, e)| {
                    let address = e.value.text()?;
                    Some(Spanned::new(format!("{name}:{address}"), e.key.span().clone()))
                })
                .collect(),
            Some((hosts, None)) => hosts.texts(),
            None => Vec::new(),
        };
        let links = self.plain_texts_of(node, "links").into_iter();
        service.links = links
            .map(|link| link.map(|text| text.split(':').next().unwrap_or("").to_owned()))
            .collect();
        service.container_name = self.text_of(node, "container_name");
        service.hostname = self.text_of(node, "hostname");
        service.logging = node.get("logging").map(|logging| self.logging(logging));
        if service.logging.is_none() {
            service.logging = self.old_logging(node);
        }
        if let Some(labels) = node.get("labels") {
            service.labels = self.pairs(labels);
        }
    }

    fn limits(&mut self, node: &Node, service: &mut Service) {
        service.deploy = node.get("deploy").map(|deploy| {
            let value = Deploy {
                replicas: self.text_of(deploy, "replicas"),
                memory_limit: self.text_at(deploy, &["resources", "limits", "memory"]),
                cpu_limit: self.text_at(deploy, &["resources", "limits", "cpus"]),
                memory_reservation: self.text_at(deploy, &["resources", "reservations", "memory"]),
                restart_condition: self.text_at(deploy, &["restart_policy", "condition"]),
                update_order: self.text_at(deploy, &["update_config", "order"]),
            };
            Spanned::new(value, deploy.span().clone())
        });
        service.mem_limit = self.text_of(node, "mem_limit");
        service.cpus = self.text_of(node, "cpus");
        service.scale = self.text_of(node, "scale");
        service.privileged = self.bool_of(node, "privileged");
        service.read_only = self.bool_of(node, "read_only");
        service.cap_add = self.plain_texts_of(node, "cap_add");
        service.cap_drop = self.plain_texts_of(node, "cap_drop");
        service.security_opt = self.plain_texts_of(node, "security_opt");
        service.tmpfs = self.plain_texts_of(node, "tmpfs");
    }

    fn text_at(&mut self, node: &Node, keys: &[&str]) -> Option<Spanned<super::Interpolated>> {
        let node = node.at(keys)?.clone();
        self.text(&node)
    }

    /// `restart: no` without quotes is a boolean to YAML 1.1 and the word to compose.
    fn restart(&mut self, node: &Node) -> Option<Spanned<super::Interpolated>> {
        let restart = self.text_of(node, "restart")?;
        Some(restart.map(|mut text| {
            if text.text == "false" {
                text.text = "no".to_owned();
            }
            text
        }))
    }

    fn build(&mut self, node: &Node) -> Option<Spanned<Build>> {
        let mut build = Build::default();
        if node.as_map().is_some() {
            build.context = self.text_of(node, "context");
            build.dockerfile = self.text_of(node, "dockerfile");
            build.dockerfile_inline =
                node.get("dockerfile_inline").map(|inline| inline.span().clone());
            build.target = self.text_of(node, "target");
            if let Some(args) = node.get("args") {
                build.args = self.variables(args);
            }
        } else {
            build.context = Some(self.text(node)?);
        }
        let context = match &build.context {
            None => Some(".".to_owned()),
            Some(text) => text.value.known().map(str::to_owned),
        };
        build.context_path = context
            .filter(|text| !text.contains("://") && !text.starts_with("git@"))
            .and_then(|text| self.base.join(&text));
        let dockerfile = match &build.dockerfile {
            None => Some("Dockerfile"),
            Some(text) => text.value.known(),
        };
        if build.dockerfile_inline.is_none() {
            build.dockerfile_path = build
                .context_path
                .as_ref()
                .zip(dockerfile)
                .and_then(|(context, dockerfile)| context.join(dockerfile));
        }
        Some(Spanned::new(build, node.span().clone()))
    }

    fn healthcheck(&mut self, node: &Node) -> Spanned<Healthcheck> {
        let (test, none) = node.get("test").map_or((None, false), |test| self.test(test));
        let check = Healthcheck {
            disabled: none || self.bool_of(node, "disable").is_some_and(|flag| flag.value),
            test,
            interval: self.text_of(node, "interval"),
            timeout: self.text_of(node, "timeout"),
            retries: self.text_of(node, "retries"),
            start_period: self.text_of(node, "start_period"),
        };
        Spanned::new(check, node.span().clone())
    }

    fn logging(&mut self, node: &Node) -> Spanned<Logging> {
        let options = node.get("options").map(|options| self.pairs(options)).unwrap_or_default();
        let logging = Logging { driver: self.text_of(node, "driver"), options };
        Spanned::new(logging, node.span().clone())
    }

    /// Version 1's `log_driver` and `log_opt`.
    fn old_logging(&mut self, node: &Node) -> Option<Spanned<Logging>> {
        let driver = self.text_of(node, "log_driver");
        let options = node.get("log_opt").map(|options| self.pairs(options));
        let span: Span = driver
            .as_ref()
            .map(|driver| driver.span.clone())
            .or_else(|| node.get("log_opt").map(|options| options.span().clone()))?;
        Some(Spanned::new(Logging { driver, options: options.unwrap_or_default() }, span))
    }

    pub(super) fn resource(&mut self, entry: &Entry) -> Resource {
        let node = entry.value.clone();
        let external = match node.get("external") {
            Some(external) if external.as_map().is_some() => true,
            Some(_) => self.bool_of(&node, "external").is_some_and(|flag| flag.value),
            None => false,
        };
        Resource {
            span: entry.key.span().clone(),
            external,
            internal: self.bool_of(&node, "internal").is_some_and(|flag| flag.value),
            file: self.text_of(&node, "file"),
            environment: node.get("environment").and_then(Node::spanned_text),
            node,
        }
    }
}

fn at_key(name: &str, entry: &Entry) -> Spanned<String> {
    Spanned::new(name.to_owned(), entry.key.span().clone())
}

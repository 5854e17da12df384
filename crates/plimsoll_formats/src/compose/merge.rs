//! Laying one file's service over another's, by compose's rules.

use plimsoll_source::Spanned;

use super::{Build, Deploy, Healthcheck, Logging, Service};

/// Lays `over` on `base`: single values and commands replace, mappings are merged key by key,
/// lists are joined, where ports are told apart by what they publish and mounts by their target.
/// `!reset` clears a field, `!override` takes the new value alone.
pub(super) fn merge(base: Service, over: Service) -> Service {
    let mut base = clear(base, &over);
    macro_rules! replace {
        ($($field:ident),*) => { $( if over.$field.is_some() { base.$field = over.$field; } )* };
    }
    macro_rules! join {
        ($($field:ident),*) => { $( join(&mut base.$field, over.$field, |a, b| a == b); )* };
    }
    replace!(
        image,
        command,
        entrypoint,
        restart,
        user,
        network_mode,
        privileged,
        read_only,
        init,
        working_dir,
        container_name,
        hostname,
        stop_grace_period,
        mem_limit,
        cpus,
        scale,
        develop
    );
    join!(
        env_files,
        expose,
        networks,
        profiles,
        cap_add,
        cap_drop,
        security_opt,
        tmpfs,
        extra_hosts,
        links
    );
    base.name.span = over.name.span;
    base.environment.extend(over.environment);
    base.labels.extend(over.labels);
    join(&mut base.ports, over.ports, |a, b| {
        (&a.host_ip, &a.published, &a.target, &a.protocol)
            == (&b.host_ip, &b.published, &b.target, &b.protocol)
    });
    join(&mut base.volumes, over.volumes, |a, b| a.target == b.target);
    join(&mut base.depends_on, over.depends_on, |a, b| a.service == b.service);
    join(&mut base.secrets, over.secrets, |a, b| a.source == b.source);
    join(&mut base.configs, over.configs, |a, b| a.source == b.source);
    base.build = merge_option(base.build, over.build, merge_build);
    base.healthcheck = merge_option(base.healthcheck, over.healthcheck, merge_healthcheck);
    base.deploy = merge_option(base.deploy, over.deploy, merge_deploy);
    base.logging = merge_option(base.logging, over.logging, merge_logging);
    base.nodes.extend(over.nodes);
    base
}

/// The base without what `over` resets or overrides.
fn clear(mut base: Service, over: &Service) -> Service {
    let blank = Service::empty(base.name.clone());
    let Some(map) = over.nodes.last().and_then(|node| node.as_map()) else { return base };
    macro_rules! clear {
        ($key:expr, $($name:literal => $field:ident),*) => {
            match $key { $( $name => base.$field = blank.$field.clone(), )* _ => {} }
        };
    }
    for (key, entry) in map.iter() {
        if !matches!(entry.value.tag(), Some("!reset" | "!override")) {
            continue;
        }
        clear!(key,
            "image" => image, "build" => build, "command" => command, "entrypoint" => entrypoint,
            "environment" => environment, "env_file" => env_files, "ports" => ports,
            "expose" => expose, "volumes" => volumes, "depends_on" => depends_on,
            "healthcheck" => healthcheck, "restart" => restart, "deploy" => deploy,
            "user" => user, "logging" => logging, "networks" => networks,
            "network_mode" => network_mode, "secrets" => secrets, "configs" => configs,
            "profiles" => profiles, "privileged" => privileged, "cap_add" => cap_add,
            "cap_drop" => cap_drop, "labels" => labels, "tmpfs" => tmpfs, "init" => init,
            "extra_hosts" => extra_hosts, "links" => links, "container_name" => container_name,
            "security_opt" => security_opt, "read_only" => read_only);
    }
    base
}

fn join<T>(base: &mut Vec<Spanned<T>>, over: Vec<Spanned<T>>, same: impl Fn(&T, &T) -> bool) {
    for item in over {
        match base.iter_mut().find(|known| same(&known.value, &item.value)) {
            Some(known) => *known = item,
            None => base.push(item),
        }
    }
}

fn merge_option<T>(
    base: Option<Spanned<T>>,
    over: Option<Spanned<T>>,
    merge: impl FnOnce(T, T) -> T,
) -> Option<Spanned<T>> {
    match (base, over) {
        (Some(base), Some(over)) => Some(Spanned::new(merge(base.value, over.value), over.span)),
        (base, over) => over.or(base),
    }
}

fn merge_build(mut base: Build, over: Build) -> Build {
    if over.context.is_some() {
        base.context = over.context.clone();
        base.context_path = over.context_path.clone();
    }
    if over.context.is_some() || over.dockerfile.is_some() {
        base.dockerfile_path = match (&over.dockerfile, &base.dockerfile, &base.context_path) {
            (Some(name), _, Some(context)) | (None, Some(name), Some(context)) => {
                name.value.known().and_then(|name| context.join(name))
            }
            (None, None, Some(context)) => context.join("Dockerfile"),
            (_, _, None) => None,
        };
    }
    base.dockerfile = over.dockerfile.or(base.dockerfile);
    base.dockerfile_inline = over.dockerfile_inline.or(base.dockerfile_inline);
    base.target = over.target.or(base.target);
    base.args.extend(over.args);
    base
}

fn merge_healthcheck(base: Healthcheck, over: Healthcheck) -> Healthcheck {
    Healthcheck {
        disabled: over.disabled || (base.disabled && over.test.is_none()),
        test: over.test.or(base.test),
        interval: over.interval.or(base.interval),
        timeout: over.timeout.or(base.timeout),
        retries: over.retries.or(base.retries),
        start_period: over.start_period.or(base.start_period),
    }
}

fn merge_deploy(base: Deploy, over: Deploy) -> Deploy {
    Deploy {
        replicas: over.replicas.or(base.replicas),
        memory_limit: over.memory_limit.or(base.memory_limit),
        cpu_limit: over.cpu_limit.or(base.cpu_limit),
        memory_reservation: over.memory_reservation.or(base.memory_reservation),
        restart_condition: over.restart_condition.or(base.restart_condition),
        update_order: over.update_order.or(base.update_order),
    }
}

/// Options of another driver do not carry over.
fn merge_logging(mut base: Logging, over: Logging) -> Logging {
    let same_driver = match (&base.driver, &over.driver) {
        (Some(base), Some(over)) => base.value == over.value,
        _ => true,
    };
    if !same_driver {
        return over;
    }
    base.options.extend(over.options);
    Logging { driver: over.driver.or(base.driver), options: base.options }
}

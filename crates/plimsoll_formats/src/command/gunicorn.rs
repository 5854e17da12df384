//! gunicorn's settings: names, kinds and defaults, for command lines and configuration files
//! alike. From gunicorn 27.0.

/// What a setting's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettingKind {
    /// A whole number, not negative; text that is one counts too.
    Integer,
    /// True or false; in text `true` and `false` in any case.
    Boolean,
    /// Text.
    Text,
    /// A list of texts; one text is a list of one.
    List,
    /// A dictionary.
    Mapping,
    /// A function of the configuration file.
    Hook,
}

/// One setting of gunicorn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GunicornSetting {
    /// Its name, as a configuration file assigns it.
    pub name: &'static str,
    /// What its value is.
    pub kind: SettingKind,
    /// Its default as text, where it has one that does not depend on the machine.
    pub default: Option<&'static str>,
}

const fn setting(
    name: &'static str,
    kind: SettingKind,
    default: Option<&'static str>,
) -> GunicornSetting {
    GunicornSetting { name, kind, default }
}

use SettingKind::{Boolean, Hook, Integer, List, Mapping, Text};

/// Every setting, sorted by name. `bind`'s default is `0.0.0.0:$PORT` where the environment has
/// `PORT`, `workers`' default `$WEB_CONCURRENCY`, `forwarded_allow_ips`' default
/// `$FORWARDED_ALLOW_IPS`, where these are set.
pub const GUNICORN_SETTINGS: &[GunicornSetting] = &[
    setting(
        "access_log_format",
        Text,
        Some("%(h)s %(l)s %(u)s %(t)s \"%(r)s\" %(s)s %(b)s \"%(f)s\" \"%(a)s\""),
    ),
    setting("accesslog", Text, None),
    setting("asgi_disconnect_grace_period", Integer, Some("3")),
    setting("asgi_lifespan", Text, Some("auto")),
    setting("asgi_loop", Text, Some("auto")),
    setting("backlog", Integer, Some("2048")),
    setting("bind", List, Some("127.0.0.1:8000")),
    setting("ca_certs", Text, None),
    setting("capture_output", Boolean, Some("false")),
    setting("casefold_http_method", Boolean, Some("false")),
    setting("cert_reqs", Integer, None),
    setting("certfile", Text, None),
    setting("chdir", Text, None),
    setting("check_config", Boolean, Some("false")),
    setting("child_exit", Hook, None),
    setting("ciphers", Text, None),
    setting("config", Text, Some("./gunicorn.conf.py")),
    setting("control_socket", Text, None),
    setting("control_socket_disable", Boolean, Some("false")),
    setting("control_socket_mode", Integer, Some("384")),
    setting("daemon", Boolean, Some("false")),
    setting("default_proc_name", Text, Some("gunicorn")),
    setting("dirty_apps", List, None),
    setting("dirty_graceful_timeout", Integer, Some("30")),
    setting("dirty_post_fork", Hook, None),
    setting("dirty_threads", Integer, Some("1")),
    setting("dirty_timeout", Integer, Some("300")),
    setting("dirty_worker_exit", Hook, None),
    setting("dirty_worker_init", Hook, None),
    setting("dirty_workers", Integer, Some("0")),
    setting("disable_redirect_access_to_syslog", Boolean, Some("false")),
    setting("do_handshake_on_connect", Boolean, Some("false")),
    setting("dogstatsd_tags", Text, Some("")),
    setting("enable_backlog_metric", Boolean, Some("false")),
    setting("enable_stdio_inheritance", Boolean, Some("false")),
    setting("errorlog", Text, Some("-")),
    setting("forwarded_allow_ips", Text, Some("127.0.0.1,::1")),
    setting("forwarder_headers", Text, Some("SCRIPT_NAME,PATH_INFO")),
    setting("graceful_timeout", Integer, Some("30")),
    setting("group", Text, None),
    setting("header_map", Text, Some("drop")),
    setting("http2_cleartext", Text, Some("off")),
    setting("http2_initial_window_size", Integer, Some("65535")),
    setting("http2_max_concurrent_streams", Integer, Some("100")),
    setting("http2_max_frame_size", Integer, Some("16384")),
    setting("http2_max_header_list_size", Integer, Some("65536")),
    setting("http_parser", Text, Some("auto")),
    setting("http_protocols", Text, Some("h1")),
    setting("initgroups", Boolean, Some("false")),
    setting("keepalive", Integer, Some("2")),
    setting("keyfile", Text, None),
    setting("limit_request_field_size", Integer, Some("8190")),
    setting("limit_request_fields", Integer, Some("100")),
    setting("limit_request_line", Integer, Some("4094")),
    setting("logconfig", Text, None),
    setting("logconfig_dict", Mapping, None),
    setting("logconfig_json", Text, None),
    setting("logger_class", Text, Some("gunicorn.glogging.Logger")),
    setting("loglevel", Text, Some("info")),
    setting("max_requests", Integer, Some("0")),
    setting("max_requests_jitter", Integer, Some("0")),
    setting("nworkers_changed", Hook, None),
    setting("on_dirty_starting", Hook, None),
    setting("on_exit", Hook, None),
    setting("on_reload", Hook, None),
    setting("on_starting", Hook, None),
    setting("paste", Text, None),
    setting("permit_obsolete_folding", Boolean, Some("false")),
    setting("permit_unconventional_http_method", Boolean, Some("false")),
    setting("permit_unconventional_http_version", Boolean, Some("false")),
    setting("pidfile", Text, None),
    setting("post_fork", Hook, None),
    setting("post_request", Hook, None),
    setting("post_worker_init", Hook, None),
    setting("pre_exec", Hook, None),
    setting("pre_fork", Hook, None),
    setting("pre_request", Hook, None),
    setting("preload_app", Boolean, Some("false")),
    setting("print_config", Boolean, Some("false")),
    setting("proc_name", Text, None),
    setting("protocol", Text, Some("http")),
    setting("proxy_allow_ips", Text, Some("127.0.0.1,::1")),
    setting("proxy_protocol", Text, Some("off")),
    setting("pythonpath", Text, None),
    setting("raw_env", List, None),
    setting("raw_paste_global_conf", List, None),
    setting("reload", Boolean, Some("false")),
    setting("reload_engine", Text, Some("auto")),
    setting("reload_extra_files", List, None),
    setting("reuse_port", Boolean, Some("false")),
    setting("root_path", Text, Some("")),
    setting("secure_scheme_headers", Mapping, None),
    setting("sendfile", Boolean, None),
    setting("spew", Boolean, Some("false")),
    setting("ssl_context", Hook, None),
    setting("ssl_version", Text, None),
    setting("statsd_host", Text, None),
    setting("statsd_prefix", Text, Some("")),
    setting("strip_header_spaces", Boolean, Some("false")),
    setting("suppress_ragged_eofs", Boolean, Some("true")),
    setting("syslog", Boolean, Some("false")),
    setting("syslog_addr", Text, Some("udp://localhost:514")),
    setting("syslog_facility", Text, Some("user")),
    setting("syslog_prefix", Text, None),
    setting("threads", Integer, Some("1")),
    setting("timeout", Integer, Some("30")),
    setting("tmp_upload_dir", Text, None),
    setting("umask", Integer, None),
    setting("user", Text, None),
    setting("uwsgi_allow_ips", Text, Some("127.0.0.1,::1")),
    setting("websocket_max_message_size", Integer, Some("16777216")),
    setting("when_ready", Hook, None),
    setting("worker_abort", Hook, None),
    setting("worker_class", Text, Some("sync")),
    setting("worker_connections", Integer, Some("1000")),
    setting("worker_exit", Hook, None),
    setting("worker_int", Hook, None),
    setting("worker_tmp_dir", Text, None),
    setting("workers", Integer, Some("1")),
    setting("wsgi_app", Text, None),
];

/// The setting of this name.
pub fn gunicorn_setting(name: &str) -> Option<&'static GunicornSetting> {
    GUNICORN_SETTINGS.iter().find(|setting| setting.name == name)
}

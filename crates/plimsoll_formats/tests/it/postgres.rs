//! PostgreSQL's files and SQL privileges.

use plimsoll_formats::postgres::{
    HbaAddress, PgHba, PostgresConf, RoleChange, SqlGrants, SqlStatement, bytes, milliseconds,
};

use crate::damage::{assert_inside, damaged, source};

#[test]
fn settings_are_read_as_the_server_reads_them() {
    let text = "# c\nlisten_addresses = '*' # all\nShared_Buffers 256MB\nport=5433\n\
        log_line_prefix = 'it''s \\'x\\' %m'\nssl = of\nport = 5432\nbad\n'x' = 1\na = 'open\nb = 1 2\n";
    let conf = PostgresConf::read(&source("postgresql.conf", text));
    assert_eq!(conf.get("listen_addresses").unwrap().value, "*");
    assert_eq!(conf.get("shared_buffers").unwrap().value, "256MB");
    assert_eq!(conf.get("port").unwrap().value, "5432");
    assert_eq!(conf.get("log_line_prefix").unwrap().value, "it's 'x' %m");
    assert_eq!(conf.switch("ssl"), Some(false));
    let lines: Vec<_> = conf.problems.iter().map(|p| p.at.start.line).collect();
    assert_eq!(lines, [8, 9, 10, 11]);
    let words = source("c", "-c max_connections=200 --log-statement=all -cfsync=off");
    let split = plimsoll_formats::command::split_command(&words, 0..words.text().len());
    let conf = PostgresConf::from_arguments(&split.commands[0]);
    let names: Vec<_> = conf.settings.iter().map(|s| s.name.value.as_str()).collect();
    assert_eq!(names, ["max_connections", "log_statement", "fsync"]);
}

#[test]
fn units_become_bytes_and_milliseconds() {
    let cases = [("128MB", Some(128 << 20)), ("16", Some(16 * 8192)), ("1.5GB", Some(3 << 29))];
    for (text, expected) in cases {
        assert_eq!(bytes(text, 8192), expected, "{text}");
    }
    assert_eq!(bytes("128mb", 1), None);
    let cases = [("30s", Some(30_000)), ("5min", Some(300_000)), ("-1", Some(-1)), ("7", Some(7))];
    for (text, expected) in cases {
        assert_eq!(milliseconds(text, 1), expected, "{text}");
    }
    assert_eq!(milliseconds("5 x", 1), None);
}

#[test]
fn host_rules_have_their_fields() {
    let text = "# TYPE DATABASE USER ADDRESS METHOD\nlocal all postgres peer\n\
        host all all 0.0.0.0/0 md5\nhostssl app,\"my db\" app 10.0.0.0 255.0.0.0 scram-sha-256 clientcert=verify-full # c\n\
        host all all localhost trust\nhost all\nfoo a b c d\nhost a, b all ::1/128 reject\n";
    let file = PgHba::read(&source("pg_hba.conf", text));
    assert_eq!(file.rules.len(), 5);
    assert_eq!(file.rules[0].address, HbaAddress::Local);
    assert!(file.rules[1].is_for_every_address() && !file.rules[0].is_for_every_address());
    assert_eq!(file.rules[2].address, HbaAddress::Network("10.0.0.0 255.0.0.0".to_owned()));
    assert_eq!(file.rules[2].databases, ["app", "my db"]);
    assert_eq!(file.rules[2].options, ["clientcert=verify-full"]);
    assert!(file.rules[3].is_local());
    assert_eq!(
        (file.rules[3].method.value.as_str(), file.rules[3].method.span.start.line),
        ("trust", 5)
    );
    assert_eq!(file.rules[4].databases, ["a", "b"]);
    assert_eq!(file.problems.len(), 2);
}

const SQL: &str = "-- roles; not a statement\n\\connect postgres
CREATE USER app WITH PASSWORD 'it''s; secret' NOSUPERUSER;
/* CREATE ROLE no SUPERUSER; /* nested */ */
CREATE ROLE \"Mixed Case\" SUPERUSER;
ALTER ROLE app SET client_encoding TO 'utf8';
DO $body$
BEGIN
  IF NOT EXISTS (SELECT 1) THEN
    CREATE ROLE inner_role NOLOGIN;
  END IF;
END $body$;
GRANT SELECT, INSERT (a, b) ON ALL TABLES IN SCHEMA public TO app, other WITH GRANT OPTION;
GRANT ALL PRIVILEGES ON DATABASE shop TO app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT admin TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE migrator IN SCHEMA public GRANT SELECT, UPDATE ON TABLES TO app;
GRANT ALL ON `shop`.* TO 'app'@'%' IDENTIFIED BY 'x';
GRANT ALL PRIVILEGES ON *.* TO root@localhost;
CREATE DATABASE shop OWNER app;
ALTER DATABASE shop OWNER TO migrator;
GRANT USAGE ON public.t TO ${DB_USER};
SELECT 'GRANT ALL ON x TO y';
";

#[test]
fn roles_are_made_and_changed() {
    let text = source("init.sql", SQL);
    let found = SqlGrants::read(&text);
    let roles: Vec<_> = found.roles().map(|(role, _)| role).collect();
    let names: Vec<_> = roles.iter().map(|role| role.role.as_str()).collect();
    assert_eq!(names, ["app", "Mixed Case", "app", "inner_role"]);
    assert!(roles[0].has("NOSUPERUSER") && roles[0].has("LOGIN"));
    assert_eq!(roles[0].password.as_ref().unwrap().expose(), "it's; secret");
    assert!(roles[1].has("SUPERUSER") && !roles[1].has("LOGIN"));
    assert_eq!(roles[2].change, RoleChange::Alter);
    assert_eq!(roles[2].settings, [("client_encoding".to_owned(), "utf8".to_owned())]);
    let inner = found.roles().nth(3).unwrap().1;
    assert_eq!((inner.start.line, inner.start.column), (10, 5));
}

#[test]
fn privileges_are_given_and_taken() {
    let found = SqlGrants::read(&source("init.sql", SQL));
    let all: Vec<_> = found
        .privileges()
        .map(|(p, _)| {
            let verb = if p.revoke { "-" } else { "+" };
            let kind = format!("{} {}", p.object_kind, p.objects.join(","));
            format!("{verb}{} on {kind} for {}", p.privileges.join(","), p.grantees.join(","))
        })
        .collect();
    let expected = [
        "+SELECT,INSERT on ALL TABLES IN SCHEMA public for app,other",
        "+ALL on DATABASE shop for app",
        "-CREATE on SCHEMA public for public",
        "+admin on   for app",
        "+SELECT,UPDATE on TABLES public for app",
        "+ALL on TABLE shop.* for app@%",
        "+ALL on TABLE *.* for root@localhost",
        "+USAGE on TABLE public.t for ${DB_USER}",
    ];
    assert_eq!(all.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let first = found.privileges().next().unwrap().0;
    assert!(first.grant_option && first.default_for.is_none());
    let default = found.privileges().nth(4).unwrap().0;
    assert_eq!(default.default_for, Some(vec!["migrator".to_owned()]));
    let databases: Vec<_> = found
        .statements
        .iter()
        .filter_map(|(statement, _)| match statement {
            SqlStatement::Database { name, owner } => Some((name.as_str(), owner.as_deref())),
            _ => None,
        })
        .collect();
    assert_eq!(databases, [("shop", Some("app")), ("shop", Some("migrator"))]);
}

#[test]
fn damaged_input_is_survived_and_places_stay_inside() {
    damaged(SQL, |text| {
        let text = source("x.sql", text);
        let found = SqlGrants::read(&text);
        found.statements.iter().for_each(|(_, span)| assert_inside(&text, span));
    });
    damaged("a = 'b''c' # d\nb 1\nhost all \"a b\", c 1.2.3.4 255.0.0.0 md5 x=1\n", |text| {
        let text = source("x.conf", text);
        let conf = PostgresConf::read(&text);
        conf.settings.iter().for_each(|s| assert_inside(&text, &s.value.span));
        let hba = PgHba::read(&text);
        hba.rules.iter().for_each(|rule| assert_inside(&text, &rule.method.span));
    });
}

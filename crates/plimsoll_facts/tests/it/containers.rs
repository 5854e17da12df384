//! The services, images, databases and caches of the stack.

use plimsoll_facts::{DatabaseKind, ImageUser};

use crate::support::facts;

const STACK: &str = "services:
  web:
    build: .
    command: gunicorn shop.wsgi
    ports: ['8000:8000']
  db:
    image: postgres:16-alpine
    command: -c max_connections=40
    environment:
      POSTGRES_DB: shop
      POSTGRES_USER: shopper
      POSTGRES_PASSWORD: ${DB_PASSWORD}
    ports: ['127.0.0.1:5432:5432']
  cache:
    image: redis:7
    command: redis-server --maxmemory 100mb --maxmemory-policy allkeys-lru
  queue:
    image: valkey/valkey:8
    command: sh -c 'valkey-server --requirepass $$REDIS_PASSWORD --appendonly yes'
    volumes: ['queue:/data']
  pool:
    image: edoburu/pgbouncer
    environment: {POOL_MODE: transaction}
volumes:
  queue:
";
const IMAGE: &str = "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN SECRET_KEY=x python manage.py collectstatic --noinput\nUSER app\nCMD [\"gunicorn\", \"shop.wsgi\"]\n";

#[test]
fn a_stack_tells_its_servers() {
    let facts = facts(&[("compose.yml", STACK), ("Dockerfile", IMAGE)]);
    let containers = &facts.containers;
    assert!(containers.production_stack().unwrap().answering("cache").is_some());
    let [db] = containers.databases.as_slice() else { panic!("{:?}", containers.databases) };
    assert_eq!(db.kind, DatabaseKind::Postgres);
    assert_eq!(db.version.as_ref().unwrap().value, [16]);
    assert_eq!(db.user.as_ref().unwrap().value, "shopper");
    assert_eq!(db.max_connections.as_ref().unwrap().value, 40);
    assert_eq!(db.published.first().unwrap().0.as_deref(), Some("127.0.0.1"));
    assert!(db.password.is_none());
    let [cache, queue] = containers.redis.as_slice() else { panic!("{:?}", containers.redis) };
    assert_eq!(cache.password, Some(false));
    assert_eq!(cache.max_memory.as_ref().unwrap().value, 100 << 20);
    assert_eq!(cache.evicts().unwrap().value, "allkeys-lru");
    assert!(!cache.has_volume);
    assert_eq!(queue.password, Some(true));
    assert!(queue.persists.as_ref().unwrap().value && queue.has_volume);
    let [pool] = containers.poolers.as_slice() else { panic!("{:?}", containers.poolers) };
    assert_eq!(pool.mode.as_ref().unwrap().value, "transaction");
}

#[test]
fn an_image_tells_its_user_and_what_it_takes_along() {
    let files = [
        ("compose.yml", STACK),
        ("Dockerfile", IMAGE),
        (".env", "SECRET_KEY=x\n"),
        (".dockerignore", ".git\n"),
    ];
    let facts = facts(&files);
    let [image] = facts.containers.images.as_slice() else { panic!() };
    assert!(matches!(&image.user, ImageUser::Named(user) if user.value == "app"));
    assert_eq!(image.services, ["web"]);
    assert!(image.collects.is_some() && image.copies_context.is_some());
    assert_eq!(image.taken_along, [".env"]);
}

#[test]
fn what_a_developer_runs_is_not_production() {
    for text in [
        "services:\n  web:\n    build: .\n    command: gunicorn --reload shop.wsgi\n",
        "services:\n  web:\n    build: .\n    command: gunicorn shop.wsgi\n    environment: [DEBUG=1]\n",
        "services:\n  db:\n    image: postgres\n",
    ] {
        let facts = facts(&[("docker-compose.yml", text)]);
        assert!(facts.containers.production_stack().is_none(), "{text}");
    }
}

#[test]
fn a_redis_conf_by_itself_is_a_server() {
    let facts = facts(&[(
        "deploy/redis.conf",
        "bind 0.0.0.0\nrequirepass x\nmaxmemory 512mb\nmaxmemory-policy allkeys-lru\nsave \"\"\n",
    )]);
    let [server] = facts.containers.redis.as_slice() else { panic!() };
    assert_eq!(server.password, Some(true));
    assert_eq!(server.binds.first().unwrap().value, "0.0.0.0");
    assert!(!server.persists.as_ref().unwrap().value);
}

#[test]
fn what_a_deployment_starts_is_productions() {
    let stack = "services:\n  web:\n    build: .\n    command: gunicorn shop.wsgi --reload\n";
    let workflow = |script: &str| {
        format!(
            "on: push\njobs:\n  go:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          script: |\n            {script}\n"
        )
    };
    for (script, expected) in [
        ("cd /srv/shop/docker && docker compose up -d", true),
        (
            "cd shop/docker\n            git pull\n            sudo docker compose up --build -d",
            true,
        ),
        ("docker compose -f docker/compose.yml up -d", true),
        ("docker compose -f docker/compose.yml build", false),
        ("cd /srv/other\n            docker compose up -d", false),
    ] {
        let files =
            [("docker/compose.yml", stack), (".github/workflows/deploy.yml", &workflow(script))];
        let facts = facts(&files);
        assert_eq!(facts.containers.production_stack().is_some(), expected, "{script}");
    }
    let include = "include:\n  - stack/web.yml\n";
    let web = "services:\n  web:\n    build: ../..\n    command: gunicorn shop.wsgi\n";
    let files = [("docker/compose.yml", include), ("docker/stack/web.yml", web)];
    assert!(facts(&files).containers.production_stack().is_some());
    let dev = "services:\n  web:\n    build: .\n    command: python manage.py runserver\n";
    let files =
        [("compose.yml", dev), ("deploy.sh", "#!/bin/sh\ngit pull\ndocker-compose up -d\n")];
    assert!(facts(&files).containers.production_stack().is_some());
    let files = [("compose.yml", dev), ("start.sh", "#!/bin/sh\ndocker-compose up -d\n")];
    assert!(facts(&files).containers.production_stack().is_none());
}

#!/usr/bin/env python3
"""Makes a Django repository of a given number of files, the same for the same number.

    make_repository.py FOLDER [FILES]

A monorepo as teams have them: applications with models, views, migrations, templates and static
files, a frontend, documents, deployment files, all committed to git.
"""
import random
import subprocess
import sys
from pathlib import Path

WORDS = "order invoice customer stock ledger claim ticket asset parcel audit survey member".split()

SETTINGS = '''"""Settings."""
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env(DEBUG=(bool, False))

SECRET_KEY = env("SECRET_KEY")
DEBUG = env("DEBUG")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["www.example.org"])
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
] + {apps!r}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DATABASES = {{"default": env.db("DATABASE_URL")}}
STATIC_ROOT = BASE_DIR / "static"
'''

PRODUCTION = '''"""Production."""
from .base import *  # noqa: F403

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31536000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
'''

SHARED = {
    "manage.py": '''#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
''',
    "config/__init__.py": "",
    "config/settings/__init__.py": "",
    "config/settings/production.py": PRODUCTION,
    "config/wsgi.py": '''import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()
''',
    "requirements.txt": "Django==5.2.8\ndjango-environ==0.12.0\ngunicorn==23.0.0\npsycopg==3.2.12\n",
    ".gitignore": ".env\n__pycache__/\n*.pyc\n/static/\n",
    ".env.example": "SECRET_KEY=\nDEBUG=False\nDATABASE_URL=postgres://u:p@db/x\n",
    "compose.yaml": '''services:
  web:
    build: .
    env_file: .env
    command: gunicorn config.wsgi --bind 0.0.0.0:8000
  db:
    image: postgres:17
''',
    "Dockerfile": 'FROM python:3.13-slim\nCOPY . /srv\nWORKDIR /srv\nCMD ["gunicorn", "config.wsgi"]\n',
    "deploy/nginx.conf": '''server {
    listen 443 ssl;
    server_name www.example.org;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
    }
}
''',
    "deploy/web.service": '''[Service]
User=web
EnvironmentFile=/srv/.env
ExecStart=/srv/venv/bin/gunicorn config.wsgi
''',
    ".github/workflows/ci.yml": "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n",
}


def model(rng, name):
    fields = "\n".join(
        f"    {rng.choice(WORDS)}_{i} = models.CharField(max_length={rng.randint(10, 200)})"
        for i in range(rng.randint(5, 25))
    )
    return f"from django.db import models\n\n\nclass {name.title()}(models.Model):\n{fields}\n"


def view(rng, name):
    views = "\n\n\n".join(
        f"def index_{i}(request, pk=None):\n"
        f"    queryset = {name.title()}.objects.filter(active=True)\n"
        f"    if request.method == 'POST':\n"
        f"        queryset.update(state={rng.randint(0, 9)})\n"
        f"    return render(request, '{name}/page_{i}.html', {{'items': queryset}})"
        for i in range(rng.randint(3, 15))
    )
    return (
        "from django.shortcuts import render\n\n"
        f"from .models import {name.title()}\n\n\n{views}\n"
    )


def urls(rng, name):
    lines = "\n".join(
        f"    path('{rng.choice(WORDS)}/{i}/', views.index_{i})," for i in range(rng.randint(3, 15))
    )
    return f"from django.urls import path\n\nfrom . import views\n\nurlpatterns = [\n{lines}\n]\n"


def migration(rng, number):
    before = f"    dependencies = [('x', '{number - 1:04}_auto')]\n" if number > 1 else ""
    return (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f"{before}    operations = [\n"
        f"        migrations.AddField('x', 'f{number}', models.IntegerField(default={rng.randint(0, 9)})),\n"
        "    ]\n"
    )


def page(rng):
    rows = "\n".join(
        f"  <p class='{rng.choice(WORDS)}'>{{{{ item.{rng.choice(WORDS)} }}}}</p>"
        for _ in range(rng.randint(5, 60))
    )
    return f"{{% extends 'base.html' %}}\n{{% block content %}}\n{rows}\n{{% endblock %}}\n"


def script(rng):
    return "\n".join(
        f"export function {rng.choice(WORDS)}{i}(x) {{ return x + {rng.randint(0, 99)}; }}"
        for i in range(rng.randint(5, 80))
    )


def application(rng, number):
    """The files of one application, about a hundred."""
    name = f"{rng.choice(WORDS)}{number}"
    files = {
        "__init__.py": "",
        "models.py": model(rng, name),
        "views.py": view(rng, name),
        "urls.py": urls(rng, name),
        "admin.py": "from django.contrib import admin\n",
        "apps.py": f"from django.apps import AppConfig\n\n\nclass C(AppConfig):\n    name = '{name}'\n",
        "tests/__init__.py": "",
        "migrations/__init__.py": "",
    }
    for i in range(rng.randint(5, 30)):
        files[f"migrations/{i + 1:04}_auto.py"] = migration(rng, i + 1)
    for i in range(rng.randint(5, 20)):
        files[f"templates/{name}/page_{i}.html"] = page(rng)
    for i in range(rng.randint(3, 15)):
        files[f"tests/test_{i}.py"] = view(rng, name)
    for i in range(rng.randint(3, 15)):
        files[f"services/{rng.choice(WORDS)}/module_{i}.py"] = view(rng, name)
    for i in range(rng.randint(2, 15)):
        files[f"static/{name}/js/{rng.choice(WORDS)}_{i}.js"] = script(rng)
    return name, {f"apps/{name}/{path}": text for path, text in files.items()}


def make(folder, count):
    rng = random.Random(20)
    files = dict(SHARED)
    apps = []
    while len(files) < count - 2:
        name, of_app = application(rng, len(apps))
        apps.append(f"apps.{name}")
        files.update(of_app)
        for i in range(rng.randint(5, 20)):
            files[f"frontend/src/{name}/{rng.choice(WORDS)}/component_{i}.ts"] = script(rng)
        files[f"docs/{name}.md"] = f"# {name}\n\n" + "Words about it.\n" * rng.randint(5, 50)
    files = dict(list(files.items())[: count - 2])
    files["config/settings/base.py"] = SETTINGS.format(apps=apps)
    routes = "".join(f"    path('{app}/', include('{app}.urls')),\n" for app in apps)
    files["config/urls.py"] = f"from django.urls import include, path\n\nurlpatterns = [\n{routes}]\n"
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "gc.auto=0",
         "-c", "maintenance.auto=false", "commit", "-q", "-m", "all"],
        ["gc", "-q"],
    ):
        subprocess.run(["git", "-C", str(folder), *command], check=True)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    make(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 10_000)

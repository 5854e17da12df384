"""Finds environments in which a settings module evaluates, from the variables that it reads.

`search` runs the module again and again: a variable whose absence stops it gets a plausible value, variables whose
values stop it are left out. What comes out is a set of named environments in which Python has a truth to compare with.
"""

import random

FOLDER = "{folder}"  # stands for a folder that is there, empty, and can be written to
PLAUSIBLE = [  # (part of the name, value): the first that fits
    ("DATABASE_URL", "postgres://app:pa%24s@db.internal:5432/app?sslmode=require"),
    ("DATABASE_REPLICA", "postgres://app:pa%24s@replica.internal:5432/app"),
    ("DB_URL", "postgres://app:secret@db.internal/app"),
    ("CACHE_URL", "rediscache://cache.internal:6379/1?client_class=django_redis.client.DefaultClient"),
    ("EMAIL_URL", "smtp+tls://mailer%40example.org:secret@mail.internal:587"),
    ("REDIS_URL", "redis://:secret@redis.internal:6379/0"),
    ("BROKER", "redis://redis.internal:6379/1"),
    ("RESULT_BACKEND", "redis://redis.internal:6379/2"),
    ("SENTRY_DSN", ""),
    ("DSN", "https://key@errors.example.org/1"),
    ("ALLOWED_HOSTS", "www.example.org,example.org"),
    ("TRUSTED_ORIGINS", "https://www.example.org,https://example.org"),
    ("ORIGINS", "https://www.example.org,https://app.example.org"),
    ("WHITELIST", "https://www.example.org"),
    ("SECRET_KEY", "production-key-0123456789abcdefghijklmnopqrstuvwxyz-ABC$%"),
    ("ENGINE", "django.db.backends.postgresql"),
    ("BACKEND", "django.core.mail.backends.smtp.EmailBackend"),
    ("LOG_LEVEL", "INFO"),
    ("LOGLEVEL", "WARNING"),
    ("PORT", "5432"),
    ("TIMEOUT", "30"),
    ("SECONDS", "3600"),
    ("MAX_AGE", "600"),
    ("EXPIR", "15"),
    ("LIFETIME", "60"),
    ("MINUTES", "15"),
    ("DAYS", "7"),
    ("HOURS", "2"),
    ("LIMIT", "100"),
    ("SIZE", "1048576"),
    ("COUNT", "3"),
    ("WORKERS", "4"),
    ("RATE", "0.25"),
    ("DEBUG", "False"),
    ("USE_", "True"),
    ("ENABLE", "true"),
    ("SECURE", "True"),
    ("_TLS", "True"),
    ("_SSL", "True"),
    ("VERIFY", "True"),
    ("ADMINS", "Ann Admin <ann@example.org>"),
    ("EMAIL", "mail@example.org"),
    ("HOST", "service.internal"),
    ("DOMAIN", "example.org"),
    ("TIME_ZONE", "Europe/Berlin"),
    ("TZ", "Europe/Berlin"),
    ("LANGUAGE", "en"),
    ("URL", "https://www.example.org/"),
    ("PATH", FOLDER),
    ("DIR", FOLDER),
    ("ROOT", FOLDER),
    ("ENVIRONMENT", "production"),
    ("DJANGO_ENV", "production"),
    ("ENV", "production"),
    ("PASS", "p@ss word#1"),
    ("USER", "app"),
    ("NAME", "app"),
]
ODD = ["True", "true", "TRUE", "1", "on", "yes", "y", "False", "false", "0", "no", "off", "", " true ", "2", "None", "t"]
FALLBACKS = ["1", "true", "a=1,b=2", "{}", "[]", FOLDER, "https://www.example.org/", "redis://redis.internal:6379/0"]
VERSION = 3  # raised when the search changes, so that kept truths are found anew
KEPT = {"DJANGO_SETTINGS_MODULE", "PYTHONPATH", "PATH", "HOME"}


def plausible(name):
    upper = name.upper()
    return next((value for part, value in PLAUSIBLE if part in upper), "value-of-" + name.lower())


def search(run, base, odd=4, seed=1):
    """Yields (title, environment, truth). `run(environment)` gives the answer of truth.py."""
    minimal, answer = settle(run, dict(base))
    yield ("empty" if minimal == dict(base) else "minimal"), minimal, answer
    if answer["settings"] is None:
        return
    names = [name for name in answer["variables"] if name not in KEPT]
    full = minimal
    for title in ("plausible", "plausible, second round"):
        wanted = {name: plausible(name) for name in names if name not in full}
        full, answer = grow(run, full, wanted)
        if answer is None:
            break
        yield title, full, answer
        more = [name for name in answer["variables"] if name not in KEPT and name not in names]
        names += more
        if not more:
            break
    choose = random.Random(seed)
    for number in range(odd if names else 0):
        wanted = {name: choose.choice(ODD) for name in names if choose.random() < 0.75}
        env, answer = grow(run, minimal, wanted)
        if answer is not None:
            yield f"odd {number + 1}", env, answer


def grow(run, env, wanted, budget=24):
    """An environment with as many of the wanted variables as the module evaluates with, and its truth."""
    found, open_chunks = None, [list(wanted.items())]
    while open_chunks and budget:
        chunk = open_chunks.pop()
        if not chunk:
            continue
        budget -= 1
        answer = run({**env, **dict(chunk)})
        if answer["settings"] is not None:
            env, found = {**env, **dict(chunk)}, answer
        elif len(chunk) > 1:
            middle = len(chunk) // 2
            open_chunks += [chunk[middle:], chunk[:middle]]
    return env, found


def settle(run, env, rounds=60):
    """Adds variables to an environment until the module evaluates in it, or gives up."""
    tried = {}
    for _ in range(rounds):
        answer = run(env)
        missing = answer["missing"]
        if answer["settings"] is not None or missing and not any(missing in value for value in env.values()):
            return env, answer
        culprit = blame(answer)
        if culprit is None:
            return env, answer
        choices = [plausible(culprit), *FALLBACKS]
        at = tried.get(culprit, 0)
        if at >= len(choices):
            return env, answer
        tried[culprit] = at + 1
        env = {**env, culprit: choices[at]}
    return env, answer


def blame(answer):
    """The variable that most likely stopped the module: one that the message names, else the last one read."""
    read = [name for name in answer["variables"] if name not in KEPT]
    message = answer["error"] or ""
    named = [name for name in read if name in message]
    if named:
        return max(named, key=len)
    return read[-1] if read else None

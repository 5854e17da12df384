#!/usr/bin/env python3
"""Asks the libraries what they make of each URL and text of url_cases.json, and writes the file anew.

    tools/library_cases/urls.py > /tmp/url_cases.json && mv /tmp/url_cases.json crates/plimsoll_python/tests/it/

A line of the file is one question: `fn` (see FUNCTIONS), `url` and the arguments, `versions` of the library, and what
came out, `expected`. A new question is a line without `expected`, with the versions to ask. Runs under this Python
(3.11) with the libraries from PyPI; what several versions answer alike stays one line.
"""

import json
import os
import pathlib
import subprocess
import sys

import run

FILE = pathlib.Path(__file__).resolve().parents[2] / "crates/plimsoll_python/tests/it/url_cases.json"
# Distribution and its newest version by function.
FUNCTIONS = {
    "dj": ("dj-database-url", "3.1.2"),
    "db": ("django-environ", "0.14.0"),
    "cache": ("django-environ", "0.14.0"),
    "email": ("django-environ", "0.14.0"),
    "search": ("django-environ", "0.14.0"),
    "channels": ("django-environ", "0.14.0"),
    "dj_email": ("dj-email-url", "1.0.6"),
    "csv": ("python-decouple", "3.8"),
    "literal": ("python-decouple", "3.8"),
    "int": ("python-decouple", "3.8"),
    "float": ("python-decouple", "3.8"),
}
SHARED = {"django": "5.2.19", "asgiref": "3.13.0", "sqlparse": "0.6.1", "typing_extensions": "4.15.0"}

# What runs with the library: questions from standard input, answers to standard output.
CHILD = r"""
import json, os, sys
sys.path[:0] = json.loads(os.environ["PATHS"])
import warnings
warnings.simplefilter("ignore")
import logging
logging.disable(logging.CRITICAL)
if os.environ["DJANGO"]:
    import django.conf
    django.conf.settings.configure()

def shown(x):
    if isinstance(x, float): return {"float": repr(x)}
    if isinstance(x, dict): return {"dict": [[shown(k), shown(v)] for k, v in x.items()]}
    if isinstance(x, list): return {"list": [shown(v) for v in x]}
    if x is None or isinstance(x, (bool, str)): return x
    if isinstance(x, int): return x if abs(x) < 2**63 else str(x)
    return {"other": repr(x)}

def literal(text):
    import ast
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text

def environ_url(kind):
    def ask(url, engine=None):
        import environ
        read = getattr(environ.Env, kind)
        return read(url, engine) if kind.startswith("search") else read(url, backend=engine)
    return ask

def dj(url, engine=None, age=0, ssl=False):
    import dj_database_url
    return dj_database_url.parse(url, engine=engine, conn_max_age=age, ssl_require=ssl)

def db(url, engine=None):
    import environ
    return environ.Env.db_url_config(url, engine=engine)

def dj_email(url):
    import dj_email_url
    return dj_email_url.parse(url)

def csv(text, delimiter=","):
    from decouple import Csv
    return Csv(delimiter=delimiter)(text)

FUNCTIONS = {
    "dj": dj, "db": db, "cache": environ_url("cache_url_config"), "email": environ_url("email_url_config"),
    "search": environ_url("search_url_config"), "channels": environ_url("channels_url_config"),
    "dj_email": dj_email, "csv": csv, "literal": literal, "int": int, "float": float,
}
answers = []
for question in json.load(sys.stdin):
    call = FUNCTIONS[question.pop("fn")]
    try:
        answers.append({"value": shown(call(question.pop("url"), **question))})
    except Exception as error:
        answers.append({"raise": type(error).__name__})
json.dump(answers, sys.stdout)
"""


def main():
    lines = json.loads(FILE.read_text(encoding="utf-8"))
    asked = [
        {key: value for key, value in line.items() if key not in ("expected", "versions")} for line in lines
    ]
    answers = {}
    for kind in dict.fromkeys(line["fn"] for line in lines):
        for version in dict.fromkeys(v for line in lines if line["fn"] == kind for v in line["versions"]):
            numbers = [n for n, line in enumerate(lines) if line["fn"] == kind and version in line["versions"]]
            for number, answer in zip(numbers, ask(kind, version, [asked[n] for n in numbers])):
                answers[number, version] = answer
    out, changed = [], 0
    for number, line in enumerate(lines):
        groups = {}
        for version in line["versions"]:
            groups.setdefault(json.dumps(answers[number, version]), []).append(version)
        for text, versions in groups.items():
            changed += json.loads(text) != line.get("expected")
            row = {**asked[number], "expected": json.loads(text), "versions": versions}
            out.append(json.dumps(row, sort_keys=True, separators=(",", ":")))
    print("[\n" + ",\n".join(out) + "\n]")
    print(len(out), "lines,", changed, "changed", file=sys.stderr)


def ask(kind, version, questions):
    """The answers of one version of a library."""
    name, newest = FUNCTIONS[kind]
    paths = [run.package(name, newest if version == "newest" else version)]
    needs_django = kind not in ("csv", "literal", "int", "float", "dj_email")
    if needs_django:
        paths += [run.package(*item) for item in SHARED.items()]
    done = subprocess.run(
        [sys.executable, "-S", "-c", CHILD], input=json.dumps(questions), text=True, capture_output=True, cwd="/",
        env={"PATHS": json.dumps(paths), "DJANGO": "1" if needs_django else "", "PATH": os.environ["PATH"]},
        check=False,
    )
    if done.returncode:
        sys.exit(f"{kind} {version}: {done.stderr[-500:]}")
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()

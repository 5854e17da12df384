#!/usr/bin/env python3
"""Asks the real libraries what settings modules evaluate to.

    tools/library_cases/run.py library > /tmp/new && mv /tmp/new crates/plimsoll_python/tests/it/library_cases.json
    tools/library_cases/run.py environs > crates/plimsoll_python/tests/it/environs_cases.json

Runs every settings module of `of_<topic>.py` beside this file under this Python with the libraries
from PyPI in the versions that the case names, and prints the cases with what came out, in the form
that crates/plimsoll_python/tests/it/libraries.rs reads. Needs pip and a network;
packages are kept in $PLIMSOLL_LIBRARY_CACHE (default: ~/.cache/plimsoll-library-cases).

A topic has `NEWEST` (distributions, each the version that a case without a version gets) and
`cases()`, which yields dicts: `name`, `files`, `env`, `installed`; it may have `PREPARE`, code to
run before the settings are imported, and `KEEP`, a pattern of the names to look at. Cases with the same name, files
and environment become one with `others`: what differs under other versions.
"""

import importlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = pathlib.Path("/tmp/plimsoll-cases/app")
CACHE = pathlib.Path(
    os.environ.get("PLIMSOLL_LIBRARY_CACHE", pathlib.Path.home() / ".cache/plimsoll-library-cases")
)

# What runs in the fresh interpreter: import `settings`, print its upper-case names.
CHILD = """
import sys, json, os
sys.path[:0] = [%(root)r] + json.loads(os.environ.pop("__PATHS"))
import importlib, warnings
warnings.simplefilter("ignore")
import logging
logging.disable(logging.CRITICAL)

def shown(x):
    import datetime, pathlib
    if x is None or isinstance(x, (bool, str)): return x
    if isinstance(x, int): return x if abs(x) < 2**60 else {"big": str(x)}
    if isinstance(x, float): return {"float": repr(x)}
    if isinstance(x, dict): return {"dict": [[shown(k), shown(v)] for k, v in x.items()]}
    if type(x) is list: return {"list": [shown(v) for v in x]}
    if type(x) is tuple: return {"tuple": [shown(v) for v in x]}
    if isinstance(x, bytes): return {"bytes": list(x)}
    if isinstance(x, pathlib.PurePath): return {"path": str(x)}
    if isinstance(x, datetime.timedelta): return {"microseconds": x // datetime.timedelta(microseconds=1)}
    return {"other": type(x).__name__}

try:
    exec(os.environ.pop("__PREPARE", ""))
    import re
    keep = re.compile(os.environ.pop("__KEEP", ""))
    module = importlib.import_module("settings")
    out = {k: shown(v) for k, v in vars(module).items() if k.isupper() and keep.match(k)}
except BaseException as error:
    out = {"raise": type(error).__name__, "text": str(error)[:300]}
sys.stdout.write("\\n@@" + json.dumps(out))
"""


def module(head, expressions):
    """A settings module: each expression is a setting `S000`, or the name of what it raises."""
    lines = [head]
    for number, expression in enumerate(expressions):
        lines.append(
            f"try:\n    S{number:03} = {expression}\n"
            f"except Exception as e:\n    S{number:03} = 'raised ' + type(e).__name__\n"
        )
    return "\n".join(lines)


def package(name, version):
    """The folder with a distribution, without what it depends on."""
    folder = CACHE / f"{name}-{version}"
    if not folder.exists():
        command = [sys.executable, "-m", "pip", "-q", "install", "--no-deps", "-t", folder]
        subprocess.run([*command, f"{name}=={version}"], check=True, stdout=sys.stderr)
    return str(folder)


def run(case, topic):
    """What the settings module of a case evaluates to."""
    shutil.rmtree(ROOT, ignore_errors=True)
    for name, text in case["files"].items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    versions = {**topic.NEWEST, **{k: v for k, v in case["installed"].items() if v}}
    paths = [package(*item) for item in versions.items()]
    environment = {**case["env"], "__PATHS": json.dumps(paths)}
    environment["__PREPARE"] = getattr(topic, "PREPARE", "")
    environment["__KEEP"] = getattr(topic, "KEEP", "")
    child = CHILD % {"root": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-S", "-c", child],
        env=environment, capture_output=True, text=True, cwd="/", check=False,
    )
    if "\n@@" not in done.stdout:
        return {"raise": "crash", "text": done.stderr[-300:]}
    return json.loads(done.stdout.split("\n@@")[1])


def grouped(cases):
    """One entry for each name, files and environment; other versions only where they differ."""
    groups = {}
    for case in cases:
        key = json.dumps([case["name"], case["files"], case["env"]], sort_keys=True)
        groups.setdefault(key, []).append(case)
    for first, *others in groups.values():
        entry = {key: first[key] for key in ("name", "files", "env", "installed", "expected")}
        entry["others"] = [
            {
                "installed": other["installed"],
                "expected": {
                    name: value
                    for name, value in other["expected"].items()
                    # As text: in Python 0 and False are equal.
                    if json.dumps(first["expected"].get(name, "\0")) != json.dumps(value)
                },
            }
            for other in others
        ]
        yield entry


def main():
    topics = sorted(path.stem.removeprefix("of_") for path in HERE.glob("of_*.py"))
    if len(sys.argv) != 2 or sys.argv[1] not in topics:
        sys.exit("usage: run.py " + "|".join(topics))
    topic = importlib.import_module("of_" + sys.argv[1])
    cases = list(topic.cases())
    for case in cases:
        case["expected"] = run(case, topic)
        if "raise" in case["expected"]:
            print(case["name"], case["installed"], case["expected"], file=sys.stderr)
    lines = [json.dumps(entry, separators=(",", ":")) for entry in grouped(cases)]
    print("[\n" + ",\n".join(lines) + "\n]")
    print(len(cases), "cases,", sum(len(c["expected"]) for c in cases), "values", file=sys.stderr)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes crates/plimsoll_rules/data/server_options.txt: options of the programs that serve and work, by version.

Downloads wheels from PyPI with pip, a sample of the releases of each program. Nothing is installed or run: options are
read from the syntax tree.

    python3 tools/server_options.py [--cache DIR]

Each line: program, option, then `since A B` where the newest sampled version without it is A and the oldest with it is
B, and `gone A B` where the newest sampled version with it is A and the oldest without it again is B. An option without
either is in all of them.
"""

import argparse
import ast
import datetime
import pathlib
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "crates/plimsoll_rules/data/server_options.txt"
# Program, its releases, and the modules that declare its options.
PROGRAMS = [
    (
        "gunicorn",
        "19.9.0 19.10.0 20.0.4 20.1.0 21.2.0 22.0.0 23.0.0 24.1.1 25.0.3 25.1.0 25.2.0 25.3.0 26.0.0 26.1.0 26.2.0 27.0.0",
        ["gunicorn/config.py"],
    ),
    (
        "uvicorn",
        "0.11.8 0.12.3 0.13.4 0.14.0 0.15.0 0.17.6 0.18.3 0.20.0 0.22.0 0.23.2 0.25.0 0.27.1 0.29.0 0.30.6 0.32.1 0.34.3"
        " 0.36.1 0.38.0 0.40.0 0.44.0 0.48.0 0.51.0 0.54.0",
        ["uvicorn/main.py"],
    ),
    (
        "celery",
        "5.0.5 5.1.2 5.2.7 5.3.6 5.4.0 5.5.3 5.6.3 5.7.0",
        ["celery/bin/base.py", "celery/bin/celery.py", "celery/bin/worker.py", "celery/bin/beat.py"],
    ),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=pathlib.Path, help="folder for the downloads")
    cache = parser.parse_args().cache or pathlib.Path(tempfile.mkdtemp())
    lines = [
        "# Written by tools/server_options.py; read it there.",
        f"# date {datetime.date.today().isoformat()}",
    ]
    for program, versions, modules in PROGRAMS:
        known = {version: options(wheel(program, version, cache), modules) for version in versions.split()}
        order = list(known)
        lines.append(f"{program} versions {order[0]} {order[-1]}")
        for option in sorted(set().union(*known.values())):
            lines.append(" ".join([program, option, *spans(option, order, known)]))
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def spans(option, order, known):
    """When an option came and went, by the sampled versions on both sides."""
    words = []
    for before, after in zip(order, order[1:]):
        if option not in known[before] and option in known[after]:
            words += ["since", before, after]
        if option in known[before] and option not in known[after]:
            words += ["gone", before, after]
    return words


def wheel(program, version, cache):
    """The wheel of one release, downloaded where the cache does not have it."""
    folder = cache / f"{program}-{version}"
    if not folder.is_dir():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += ["--python-version", "3.13", "--dest", str(folder), f"{program}=={version}"]
        subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def options(path, modules):
    """The spellings of every option that the modules declare."""
    found = set()
    with zipfile.ZipFile(path) as archive:
        for module in modules:
            if module in archive.namelist():
                found |= declared(ast.parse(archive.read(module)))
    return found


def declared(tree):
    """gunicorn's `cli = ["-b", "--bind"]`, and the calls of click that declare options."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "cli" for t in node.targets):
            found |= set(texts(getattr(node.value, "elts", [])))
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rsplit(".", 1)[-1]
            if name.lower().endswith("option"):
                arguments = list(node.args)
                for first in node.args:
                    arguments += getattr(first, "elts", [])
                found |= set(texts(arguments))
    # click writes a switch with its opposite as one text: `--reload/--no-reload`.
    parts = {part.strip() for text in found for part in text.split("/")}
    return {part for part in parts if part.startswith("-") and part not in {"-", "--"} and " " not in part}


def texts(nodes):
    """The plain texts among expressions."""
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


if __name__ == "__main__":
    main()

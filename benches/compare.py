#!/usr/bin/env python3
"""Measures `plimsoll check` against Django's own check and against git, in one run.

    compare.py [--cache FOLDER] [--runs N] [--only PART]... [--large NAME]

Parts: `fresh` (a new project of django-admin), `large` (a real project from PyPI), `status` (10,000
files against a warm `git status`), `linear` (1,000 to 20,000 files). Virtual environments and
repositories are kept in the cache folder between runs. Each figure is the median of the runs, after
one that is not counted. Ends with 1 if a goal is missed.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = ["fresh", "large", "status", "linear"]
DJANGO = "Django==5.2.8"
# Real projects: what to install, the folder of the project in site-packages, its settings
# module, how its management command is called, and the environment it wants.
LARGE = {
    "label-studio": {
        "packages": ["label-studio==1.21.0", "setuptools<81"],
        "folder": "label_studio",
        "settings": "core.settings.label_studio",
        "command": ["manage.py"],
        "env": {"DJANGO_DB": "sqlite"},
    },
    "pretix": {
        "packages": ["pretix"],
        "folder": "pretix",
        "settings": "pretix.settings",
        "command": ["-m", "pretix"],
        "env": {},
    },
}

# Texts of goals, and whether each was met.
GOALS = []


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cache", type=Path, default=Path("/var/tmp/plimsoll-bench"))
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--large", choices=LARGE, default="label-studio")
    parser.add_argument("--binary", type=Path, help="instead of building one")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    binary = arguments.binary or build()
    for part in arguments.only or PARTS:
        print(f"== {part}", flush=True)
        globals()[f"part_{part}"](arguments, binary)
    missed = [text for text, met in GOALS if not met]
    print("== goals")
    for text, met in GOALS:
        print(f"   {'met   ' if met else 'MISSED'} {text}")
    return 1 if missed else 0


def build():
    subprocess.run(
        ["cargo", "build", "--quiet", "--release", "--package", "plimsoll"],
        cwd=HERE.parent,
        check=True,
    )
    target = os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")
    return Path(target) / "release" / "plimsoll"


def part_fresh(arguments, binary):
    python = environment(arguments.cache / "venv-fresh", [DJANGO])
    folder = arguments.cache / "fresh"
    if not folder.exists():
        folder.mkdir()
        subprocess.run(
            [python.parent / "django-admin", "startproject", "mysite", str(folder)], check=True
        )
    django = measure([python, "manage.py", "check", "--deploy"], folder, arguments.runs)
    ours = measure([binary, "check", "--exit-zero"], folder, arguments.runs)
    compared("a fresh project", django, ours)


def part_large(arguments, binary):
    project = LARGE[arguments.large]
    home = arguments.cache / f"venv-{arguments.large}"
    python = environment(home, project["packages"])
    installed = next(home.glob(f"lib/python*/site-packages/{project['folder']}"))
    # A copy without the virtual environment around it.
    folder = arguments.cache / arguments.large / project["folder"]
    if not folder.exists():
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(installed, folder, ignore=ignore, symlinks=True)
    env = {**project["env"], "DJANGO_SETTINGS_MODULE": project["settings"]}
    command = [python, *project["command"], "check", "--deploy"]
    # Django's check takes seconds here: fewer runs.
    django = measure(command, installed, max(3, arguments.runs // 4), env)
    ours = measure([binary, "check", "--exit-zero"], folder, arguments.runs)
    count = sum(len(files) for _, _, files in os.walk(folder))
    compared(f"{arguments.large} ({count} files)", django, ours)


def part_status(arguments, binary):
    folder = repository(arguments.cache, 10_000)
    status = measure(["git", "status", "--porcelain"], folder, arguments.runs)
    ours = measure([binary, "check", "--exit-zero"], folder, arguments.runs)
    ratio = ours.seconds / status.seconds
    print(f"   git status {status}   plimsoll check {ours}   {ratio:.2f} times as long")
    GOALS.append((f"10,000 files: {ratio:.2f} x a warm git status (goal: 3)", ratio <= 3))
    mib = ours.peak_mb
    GOALS.append((f"10,000 files: {mib:.0f} MB at the peak (goal: below 100)", mib < 100))


def part_linear(arguments, binary):
    rates = []
    for count in (1_000, 2_000, 5_000, 10_000, 20_000):
        folder = repository(arguments.cache, count)
        ours = measure([binary, "check", "--exit-zero"], folder, arguments.runs)
        rates.append((count, ours.seconds))
        print(f"   {count:6} files {ours}   {ours.seconds / count * 1e6:.1f} us a file")
    # What a file costs, the start of the process taken out by differences.
    (few, fast), (middle, half), (many, slow) = rates[0], rates[3], rates[4]
    early = (half - fast) / (middle - few)
    late = (slow - half) / (many - middle)
    text = f"a file costs {early * 1e6:.1f} us up to {middle}, {late * 1e6:.1f} us above (goal: within 1.5 x)"
    GOALS.append((text, late <= 1.5 * early))


def compared(what, django, ours):
    ratio = django.seconds / ours.seconds
    print(f"   check --deploy {django}   plimsoll check {ours}   {ratio:.0f} times as fast")
    GOALS.append((f"{what}: {ratio:.0f} x as fast as check --deploy (goal: 20)", ratio >= 20))


class Measured:
    """Median of the wall times, and the highest peak of memory. The system counts what this script
    used up to the start of a process as that process's, so that no peak is below some 15 MB."""

    def __init__(self, seconds, peak_kb):
        self.seconds = statistics.median(seconds)
        self.peak_mb = max(peak_kb) * 1024 / 1e6

    def __str__(self):
        return f"{self.seconds * 1000:8.1f} ms {self.peak_mb:6.1f} MB"


def measure(command, folder, runs, env=None):
    seconds, peaks = [], []
    command = [str(part) for part in command]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **(env or {})}
    for run in range(runs + 1):
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{command} ended with {process.returncode}:\n{errors.decode()[-2000:]}")
        if run:
            seconds.append(took)
            peaks.append(usage.ru_maxrss)
    return Measured(seconds, peaks)


def environment(home, packages):
    """The Python of a virtual environment that holds these packages."""
    python = home / "bin" / "python"
    done = home / "installed.txt"
    if not done.exists() or done.read_text() != "\n".join(packages):
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        done.write_text("\n".join(packages))
    return python


def repository(cache, count):
    folder = cache / f"repository-{count}"
    done = folder / ".git" / "made"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        # In a process of its own: what this one has used counts as used by its children.
        subprocess.run([sys.executable, "-B", HERE / "make_repository.py", folder, str(count)], check=True)
        done.touch()
    return folder


if __name__ == "__main__":
    sys.exit(main())

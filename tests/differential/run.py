#!/usr/bin/env python3
"""Compares the settings evaluator with Python itself on real Django projects, setting by setting.

    python3 tests/differential/run.py             all projects of projects.toml; writes results.json and docs/evaluator.md
    python3 tests/differential/run.py --quick     the small ones only, no files written (CI)
    python3 tests/differential/run.py NAME...     some projects, no files written
    --specs FILE                                  further projects, in the form of projects.toml
    --verbose                                     every unknown with its reason

Each project is installed from PyPI into its own environment under --cache. Its files are the repository that the
evaluator reads; Python imports a second copy of them, once for each environment that environments.py finds. Exit
status 1 when any value is wrong. Needs Python 3.11, cargo, and PyPI for what is not in the cache.
"""

import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import platform
import shutil
import socket
import subprocess
import sys
import time
import tomllib

import compare
import environments
import evaluator
import report
import wire

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results.json"
SHOWN = 220
WORDS = (compare.EXACT, compare.UNKNOWN, compare.ONE_OF, compare.WRONG)
# What a user has to tell of production besides its variables, and the repository does not hold.
TOLD = ("working_folder", "installed", "entry_points", "host_name", "full_name")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--specs", type=pathlib.Path, action="append", default=[])
    parser.add_argument("--only-specs", action="store_true", help="leave the projects of projects.toml out")
    parser.add_argument("--odd", type=int, default=4, help="environments with odd values")
    parser.add_argument("--json", type=pathlib.Path, help="write the results here")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache/plimsoll-differential")
    options = parser.parse_args()
    options.cache = options.cache.resolve()
    options.cache.mkdir(parents=True, exist_ok=True)
    specs = [] if options.only_specs else load(HERE / "projects.toml")
    for path in options.specs:
        specs += load(path)
    if options.names:
        specs = [spec for spec in specs if any(name in spec["name"] for name in options.names)]
    if options.quick:
        specs = [spec for spec in specs if spec.get("quick")]
    ask = evaluator.built()
    results = []
    for spec in specs:
        try:
            results += project(spec, ask, options)
        except (subprocess.CalledProcessError, OSError) as problem:
            detail = (getattr(problem, "stderr", "") or str(problem))[-400:]
            print(f"{spec['name']}: could not be set up: {detail}", flush=True)
            results.append({"project": spec["name"], "failed": detail.strip().splitlines()[-1] if detail.strip() else "?"})
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if not (options.names or options.quick or options.specs):
        document = {"date": str(datetime.date.today()), "python": platform.python_version(), "results": results}
        RESULTS.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        report.write(document, ROOT / "docs/evaluator.md")
    return summary(results)


def load(path):
    with open(path, "rb") as stream:
        return tomllib.load(stream)["project"]


def summary(results):
    total = {word: sum(row.get(word, 0) for row in results) for word in WORDS}
    runs = [row for row in results if "environment" in row]
    count = sum(total.values())
    share = f"{100 * total['exact'] / count:.2f} % exact" if count else "nothing compared"
    print(f"\n{len({row['project'] for row in runs})} projects, {len(runs)} environments, {count} values: {share}, {total}")
    if not runs:
        print("no project could be evaluated by Python: nothing is shown by this run")
        return 1
    alone = {word: sum(row["alone"][word] for row in runs) for word in WORDS}
    print(f"with nothing told but the variables: {100 * alone['exact'] / (sum(alone.values()) or 1):.2f} % exact, {alone}")
    return 1 if total["wrong"] else 0


def project(spec, ask, options):
    """One row for each settings module and environment."""
    place = options.cache / spec["name"]
    venv = Venv(place / "venv" if "venv" not in spec else options.cache / "venvs" / spec["venv"], spec)
    venv.ready()
    pristine = repository(spec, place, venv)
    rows = []
    for module in spec["settings"]:
        rows += one_module(spec, module, pristine, place, venv, ask, options)
    return rows


def truths(spec, module, pristine, place, venv, options):
    """(title, environment, answer of truth.py) of each environment; kept in the cache, for they do not change."""
    kept = place / "truths" / f"{module}.json"
    key = json.dumps([spec, options.odd, venv.installed, environments.VERSION])
    if kept.exists():
        stored = json.loads(kept.read_text())
        if stored["key"] == key:
            return stored["truths"]
    scratch = place / "run" / "repository"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(pristine, scratch, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules"))
    paths = [str(scratch / path) for path in [spec.get("root", "."), *spec.get("search", [])]]
    own = set(below(scratch))
    home, data = place / "run" / "home", place / "run" / "data"

    def run(environment):
        # Each process finds the repository and its other folders as they are at first.
        for path in set(below(scratch)) - own:
            path.unlink(missing_ok=True)
        for folder in (home, data):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        environment = {name: value.replace(environments.FOLDER, str(data)) for name, value in environment.items()}
        return truth(venv, scratch, paths, module, environment)

    base = {"DJANGO_SETTINGS_MODULE": module, "HOME": str(home), **spec.get("env", {})}
    found = [
        (title, {name: value.replace(environments.FOLDER, str(data)) for name, value in environment.items()}, answer)
        for title, environment, answer in environments.search(run, base, options.odd)
    ]
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"key": key, "truths": found}))
    return found


def below(folder):
    """The files of a folder, without what Python compiles."""
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (pathlib.Path(path, name) for name in names)


def one_module(spec, module, pristine, place, venv, ask, options):
    scratch = place / "run" / "repository"
    rows = []
    for title, environment, answer in truths(spec, module, pristine, place, venv, options):
        if answer["settings"] is None:
            print(f"{spec['name']} {module}: Python could not import it: {answer['error'][:300]}", flush=True)
            if options.verbose:
                print(answer.get("trace", ""))
            rows.append({"project": spec["name"], "module": module, "failed": answer["error"][:200]})
            continue
        started = time.monotonic()
        request = {
            "folder": str(pristine), "module": module, "environment": environment, "absolute_root": str(scratch),
            "root": spec.get("root", "."), "search": spec.get("search", []), "argv": ["manage.py"],
            "working_folder": str(scratch / spec.get("root", ".")),
            "python": venv.python_version, "django": venv.django_version, "installed": venv.installed,
            "entry_points": venv.entry_points, "host_name": socket.gethostname(), "full_name": socket.getfqdn(),
        }
        said = told(ask, request, machine(place))
        alone = ask.ask({key: value for key, value in request.items() if key not in TOLD})
        row = {"project": spec["name"], "version": venv.version_of(spec), "module": module, "environment": title}
        folders = {str(scratch): "{repository}", str(place / "run/home"): "~", str(place / "run/data"): "{data}"}
        row.update(judge(said, answer["settings"], f"{spec['name']} {module} [{title}]", options.verbose, folders))
        row["seconds"] = round(time.monotonic() - started, 3)
        of_alone = judge(alone, answer["settings"], f"{spec['name']} {module} [{title}], nothing else told")
        row["alone"] = {word: of_alone[word] for word in WORDS}
        row["wrong"] += of_alone["wrong"]
        if row["wrong"] or options.verbose:
            print("    environment:", json.dumps(environment), flush=True)
        rows.append(row)
    return rows


def told(ask, request, look):
    """The answer, where every file of the machine that the evaluator asks for is told."""
    known = {}
    while True:
        said = ask.ask({**request, "machine": known})
        asked = [path for path in said.get("outside", []) if path not in known]
        if not asked or len(known) > 400:
            return said
        known.update((path, look(path)) for path in asked)


def machine(place):
    """What lies at a path of the machine before a process starts."""
    run = place / "run"
    fresh = [str(run / "home"), str(run / "data")]

    def look(path):
        if path in fresh:
            return {"is": "folder", "writable": True}
        if any(path.startswith(f"{folder}/") for folder in fresh):
            return {"is": "absent"}
        if os.path.isdir(path):
            return {"is": "folder", "writable": os.access(path, os.W_OK)}
        if not os.path.lexists(path):
            return {"is": "absent"}
        entry = {"is": "file", "writable": os.access(path, os.W_OK)}
        if os.path.isfile(path) and os.path.getsize(path) < 1 << 16:
            try:
                entry["text"] = pathlib.Path(path).read_text(encoding="utf-8")
            except (OSError, ValueError):
                pass
        return entry

    return look


def judge(said, settings, title, verbose=False, folders=()):
    """Counts of one environment; prints what is wrong."""
    count = dict.fromkeys(WORDS, 0)
    wrong, unknown = {}, {}
    if "crash" in said:
        wrong["(crash)"] = said["crash"]
        count[compare.WRONG] += 1
    for name, true in settings.items():
        entry = said["settings"].get(name)
        if entry is None:
            word, shown = missing(said, true)
        else:
            word, shown = compare.verdict(entry, true), entry
        count[word] += 1
        if word == compare.WRONG:
            wrong[name] = f"said {brief(shown)}\n        true {brief(true)}"
        elif word != compare.EXACT:
            reason = shown.get("reason") if isinstance(shown, dict) else str(shown)
            text = reason or brief(shown)
            for folder in folders:
                text = text.replace(folder, folders[folder])
            unknown[name] = f"{word}: {text}"
    for name, entry in said["settings"].items():
        if name not in settings and entry.get("origin") == "project" and entry.get("state") == "known":
            count[compare.WRONG] += 1
            wrong[name] = f"said {brief(entry)}\n        true: not set"
    print(f"{title}: " + ", ".join(f"{number} {word}" for word, number in count.items() if number), flush=True)
    for name, text in wrong.items():
        print(f"    WRONG {name}: {text}")
    if wrong or verbose and unknown:
        for text in (said["stops"] + said["problems"])[:12]:
            print(f"    note: {text[:300]}")
    if verbose:
        for name, text in unknown.items():
            print(f"    {name}: {text[:SHOWN]}")
    return {**count, "unknown_names": unknown and {name: text[:SHOWN] for name, text in unknown.items()}}


def missing(said, true):
    """A setting that the evaluator does not list: wrong, unless it says that names may be missing."""
    if said.get("names_may_be_missing") or said["stops"]:
        return compare.UNKNOWN, "not listed; the evaluation stopped: " + str(said["stops"][:1])[:150]
    return compare.WRONG, "not set"


def brief(value):
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= 700 else text[:700] + "…"


def truth(venv, scratch, paths, module, environment):
    """What Python gives, see truth.py."""
    request = {"paths": paths, "root": str(scratch), "module": module, "argv": ["manage.py"]}
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8", errors="surrogatepass") as stream:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            answer = pool.submit(stream.read)
            try:
                done = subprocess.run(
                    [str(venv.python), str(HERE / "truth.py"), str(writing)], env=environment, cwd=paths[0],
                    input=json.dumps(request).encode(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                    pass_fds=[writing], timeout=180, check=False,
                )
            finally:
                os.close(writing)
            text = answer.result()
    if not text:
        return {"settings": None, "error": done.stderr.decode(errors="replace")[-300:], "missing": None, "variables": []}
    return json.loads(text)


class Venv:
    """A project's Python."""

    def __init__(self, place, spec):
        self.place, self.spec = place, spec
        self.python = place / "bin/python"

    def ready(self):
        """Made and filled, once for a list of requirements."""
        wanted = json.dumps([self.spec.get(key) for key in ("python", "install", "without")])
        mark = self.place / "plimsoll-installed.json"
        if not (mark.exists() and (mark.read_text() == wanted or "venv" in self.spec)):
            shutil.rmtree(self.place, ignore_errors=True)
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self.install()
            mark.write_text(wanted)
        listing = (
            "import sys, json\n"
            "try: from importlib.metadata import distributions\n"
            "except ImportError: from importlib_metadata import distributions\n"
            "every = list(distributions())\n"
            "offered = [(d.metadata['Name'], e.group, e.name, e.value) for d in every for e in d.entry_points]\n"
            "print(json.dumps([sys.version_info[:2], {d.metadata['Name']: d.version for d in every}, offered]))"
        )
        out = subprocess.run([self.python, "-c", listing], check=True, capture_output=True, text=True).stdout
        self.python_version, found, offered = json.loads(out)
        words = ("distribution", "group", "name", "value")
        self.entry_points = [dict(zip(words, entry)) for entry in offered]
        self.installed = {name.lower().replace("_", "-").replace(".", "-"): version for name, version in found.items() if name}
        if "django" not in self.installed:
            raise OSError("Django is not among what is installed")
        self.django_version = [int(part) for part in self.installed["django"].split(".")[:2]]

    def install(self):
        version, wanted = self.spec.get("python", "3.11"), self.spec["install"]
        uv = shutil.which("uv")
        quiet = {"check": True, "capture_output": True, "text": True}
        if uv:
            subprocess.run([uv, "venv", "-q", "--python", interpreter(version), str(self.place)], **quiet)
            without = self.place / "without.txt"
            without.write_text("".join(f"{name}; sys_platform == 'never'\n" for name in self.spec.get("without", [])))
            command = [uv, "pip", "install", "-q", "--python", str(self.python), "--override", str(without)]
            subprocess.run(command + wanted, **quiet)
        else:
            subprocess.run([interpreter(version), "-m", "venv", str(self.place)], **quiet)
            subprocess.run([str(self.python), "-m", "pip", "install", "-q", *wanted], **quiet)

    def version_of(self, spec):
        package = (spec.get("package") or "django").lower()
        return f"{package} {self.installed.get(package, '?')}, Django {self.installed['django']}"


def interpreter(version):
    """A Python of that version: on PATH, or of pyenv; else its bare number, which uv may know."""
    found = shutil.which(f"python{version}")
    if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
        return found  # pyenv's stand-ins exist for versions that are not active
    known = sorted(pathlib.Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    return str(known[-1]) if known else version


def repository(spec, place, venv):
    """The project's files: those of an installed package, those that a command makes, or a folder."""
    if "folder" in spec:
        return pathlib.Path(spec["folder"])
    pristine = place / "repository"
    if pristine.exists():
        return pristine
    fresh = place / "repository.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    if "command" in spec:
        environment = {"PATH": f"{venv.place / 'bin'}:{os.environ.get('PATH', '')}", "HOME": str(place)}
        subprocess.run(spec["command"], cwd=fresh, env=environment, check=True, capture_output=True, text=True)
    else:
        copy_package(spec["package"], venv, fresh)
    fresh.rename(pristine)
    return pristine


def copy_package(package, venv, target):
    """The files that a distribution installed, without its metadata and scripts."""
    listing = (
        "import json, sys\nfrom importlib.metadata import distribution\n"
        "d = distribution(sys.argv[1])\n"
        "print(json.dumps([[str(f), str(d.locate_file(f))] for f in d.files]))"
    )
    command = [venv.python, "-c", listing, package]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for relative, path in json.loads(out):
        if relative.startswith("..") or ".dist-info/" in relative or "__pycache__" in relative:
            continue
        if pathlib.Path(path).is_file():
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / relative)


if __name__ == "__main__":
    sys.exit(main())

"""Writes docs/evaluator.md from results.json."""

import collections

GOAL = 98


def write(document, path):
    """The page, from the results of one full run."""
    runs = [row for row in document["results"] if "environment" in row]
    failed = [row for row in document["results"] if "failed" in row]
    words = ("exact", "one_of", "unknown", "wrong")
    total = {word: sum(row[word] for row in runs) for word in words}
    count = sum(total.values()) or 1
    lines = [
        "# The settings evaluator against Python",
        "",
        "Written by `tests/differential/run.py`; do not edit by hand.",
        "",
        "## How it is measured",
        "",
        "Each project below is installed from PyPI with its dependencies into an environment of its own. Python imports",
        "its settings module as Django does, in a process that has exactly the variables of one environment, and every",
        "upper-case name is written down. The evaluator reads the same files without running them, with the same",
        "variables and the list of installed packages. Then each setting is compared:",
        "",
        "- exact: the evaluator says known, and value, types and order are the same. An object that is no plain data",
        "  (a class, a function, a crontab) is the same when its type is.",
        "- one of: the evaluator gives several candidates, and the true value is among them.",
        "- unknown: the evaluator gives no value, and what it says of parts of it is right.",
        "- wrong: anything else, also a setting that it leaves out or makes up.",
        "",
        "The environments are found by trying (`environments.py`): *empty*, or *minimal* where the project demands",
        "variables; *plausible* gives every variable that the settings read a likely production value; *odd* gives",
        "random ones of the texts that people use for true and false, whether that makes sense or not. Each has `HOME`, an",
        "empty folder, and the process starts in the first folder of `sys.path`; the evaluator is told both. Files that a",
        "process writes are removed before the next.",
        "",
        "Repeat it with `python3 tests/differential/run.py` (Python 3.11, cargo and access to PyPI; `--quick` for the",
        "small projects only). Generated modules are compared in the same way by",
        "`python3 tests/differential/generate.py`, and a fixed batch of them in the tests of `plimsoll_python`.",
        "",
        f"## Results of {document['date']}",
        "",
        f"{len({row['project'] for row in runs})} projects, {len(runs)} environments, {count} values: "
        f"**{total['wrong']} wrong**, {100 * total['exact'] / count:.2f} % exact, {total['one_of']} one of several, "
        f"{total['unknown']} unknown.",
        "",
        "| Project | Settings module | Environments | Values | Exact | One of | Unknown | Wrong |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    grouped = collections.OrderedDict()
    for row in runs:
        grouped.setdefault((row["project"], row["version"], row["module"]), []).append(row)
    for (_, version, module), rows in grouped.items():
        sums = [sum(row[word] for row in rows) for word in words]
        cells = [version, f"`{module}`", len(rows), sum(sums), f"{100 * sums[0] / (sum(sums) or 1):.1f} %", *sums[1:]]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    lines += [
        "",
        goal(total, count, grouped, words),
        "What is left depends on what a repository does not hold: the machine's name, its folder for temporary files and",
        "whether a folder can be written to; random keys; the entry points of installed packages, which add plugins; files of",
        "the machine that a variable names (most of mayan-edms: its configuration file, and all that it may set); the order",
        "of files on a disk, and of texts in a set.",
        "",
        "A run of 2026-11-20 over 14 public repositories that are not on PyPI (projects made from cookiecutter-django,",
        "split settings, django-environ, python-dotenv and python-decouple; 97 environments, 5,062 values) had 0 wrong and",
        "99.3 % exact. Their code is not part of this repository, so it cannot be repeated from here; `--specs` takes a",
        "list of folders in the form of `projects.toml`.",
    ]
    if failed:
        lines += ["", "Not compared, because Python itself could not import them here:", ""]
        lines += [f"- {row['project']} {row.get('module', '')}: {row['failed'].splitlines()[-1][:120]}" for row in failed]
    lines += ["", "## What stays unknown", "", "| Reason | Settings (over all environments) |", "|---|---:|"]
    reasons = collections.Counter()
    for row in runs:
        for text in (row["unknown_names"] or {}).values():
            word, reason = text.split(": ", 1)
            reason = "one of several values" if word == "one_of" else reason
            reasons[reason.split("\n")[0][:110].replace("|", "\\|")] += 1
    lines += [f"| {reason} | {number} |" for reason, number in reasons.most_common(25)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def goal(total, count, grouped, words):
    """Whether the goal is reached, and by which projects it is not."""
    share = 100 * total["exact"] / count
    low = {}
    for (project, _, _), rows in grouped.items():
        part = [sum(row[word] for row in rows) for word in words]
        if 100 * part[0] / (sum(part) or 1) < GOAL:
            low.setdefault(project, part[0])
    reached = "is reached" if share >= GOAL and not total["wrong"] else "is missed"
    below = f" Below it by themselves: {', '.join(low)}." if low else ""
    return f"The goal, {GOAL} % exact over all projects and nothing wrong, {reached}.{below}"

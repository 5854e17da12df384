#!/usr/bin/env python3
"""Runs `plimsoll check` over public repositories and compares its findings with what people said of them.

    python3 tests/corpus/run.py [--from DIR] [--plimsoll BINARY] [--list]

`repositories.csv` names the repositories and the commits; nothing of theirs is kept here. Each is taken from
DIR/owner+name where that is given, else cloned from GitHub into the cache. `judgements.csv` holds, for each finding
that somebody read against the source, whether it is true: `true`, `false` or `unsure`, with a reason. A finding is
known by repository, rule, file and line.

Writes `findings.csv`, every finding of this run with its judgement, and `docs/corpus.md`, the counts by rule and by
repository. What a change of the program changed shows in the difference of the two. `--list` prints the findings that
nobody has judged, with their messages.
"""

import argparse
import collections
import csv
import datetime
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FIELDS = ["repository", "rule", "severity", "file", "line", "verdict"]
KEY = ["repository", "rule", "file", "line"]
VERDICTS = ("true", "false", "unsure")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="folder", type=pathlib.Path, help="checkouts, as owner+name")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("/var/tmp/plimsoll-corpus"), help="where repositories are cloned to")
    parser.add_argument("--plimsoll", type=pathlib.Path, help="the binary; built where it is not given")
    parser.add_argument("--list", action="store_true", help="print the findings that nobody has judged")
    options = parser.parse_args()
    binary = options.plimsoll or built()
    judged = read_judgements()
    found, totals, seen = [], [], set()
    for row in read(HERE / "repositories.csv"):
        place = checkout(row, options)
        if place is None:
            print(f"{row['repository']}: not to be had at {row['commit']}", file=sys.stderr)
            continue
        report = run(binary, place)
        for finding in report["findings"]:
            entry = {
                "repository": row["repository"], "rule": finding["rule"], "severity": finding["severity"],
                "file": finding["at"]["file"], "line": str(finding["at"]["line"]),
            }
            key = tuple(entry[name] for name in KEY)
            seen.add(key)
            entry["verdict"] = judged.get(key, "")
            found.append(entry)
            if options.list and not entry["verdict"]:
                print(f"{entry['repository']}  {entry['rule']}  {entry['severity']}  {entry['file']}:{entry['line']}\n    {finding['message']}")
        totals.append((row, report))
    found.sort(key=lambda entry: [entry[name] for name in KEY])
    with (HERE / "findings.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    ran = {row["repository"] for row, _ in totals}
    gone = collections.Counter(verdict for key, verdict in judged.items() if key[0] in ran and key not in seen)
    (ROOT / "docs/corpus.md").write_text(page(found, totals, gone))
    print(f"{len(totals)} repositories, {len(found)} findings, {sum(1 for entry in found if entry['verdict'])} of them judged")


def built():
    subprocess.run(["cargo", "build", "--quiet", "--release", "--package", "plimsoll"], cwd=ROOT, check=True)
    meta = subprocess.run(["cargo", "metadata", "--no-deps", "--format-version", "1"], cwd=ROOT, check=True, capture_output=True)
    return pathlib.Path(json.loads(meta.stdout)["target_directory"]) / "release/plimsoll"


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def read_judgements():
    judged = {}
    for row in read(HERE / "judgements.csv"):
        if row["verdict"] not in VERDICTS:
            sys.exit(f"judgements.csv: {row['repository']} {row['rule']} {row['file']}:{row['line']}: the verdict is one of {', '.join(VERDICTS)}")
        judged[tuple(row[name] for name in KEY)] = row["verdict"]
    return judged


def checkout(row, options):
    name = row["repository"].replace("/", "+")
    if options.folder:
        place = options.folder / name
        return place if place.is_dir() and head(place) == row["commit"] else None
    place = options.cache / name
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        if subprocess.run(["git", "clone", "--quiet", f"https://github.com/{row['repository']}", str(place)], check=False).returncode:
            return None
    if head(place) != row["commit"]:
        subprocess.run(["git", "-C", str(place), "checkout", "--quiet", row["commit"]], check=False)
    return place if head(place) == row["commit"] else None


def head(place):
    answer = subprocess.run(["git", "-C", str(place), "rev-parse", "HEAD"], check=False, capture_output=True, text=True)
    return answer.stdout.strip()


def run(binary, place):
    answer = subprocess.run([str(binary), "check", str(place), "--format", "json", "--exit-zero"], check=False, capture_output=True, text=True)
    if answer.returncode:
        sys.exit(f"{place}: exit code {answer.returncode}\n{answer.stderr}")
    return json.loads(answer.stdout)


def page(found, totals, gone):
    lines = [
        "# Findings on public repositories",
        "",
        "Written by `tests/corpus/run.py`; do not edit by hand.",
        "",
        "Each repository below is checked as it stands at one commit, without a configuration of its own. Findings are read",
        "against the source by somebody who did not build the rule: *true* where the repository has the defect and it would",
        "bite in production as the message says, *false* where it has not, *unsure* where the repository can't tell.",
        "`tests/corpus/judgements.csv` holds each judgement with its reason.",
        "",
        f"## Run of {datetime.date.today().isoformat()}",
        "",
    ]
    for title, severities in (("severity error", ("error",)), ("errors and warnings", ("error", "warning")), ("all severities", ("error", "warning", "note"))):
        lines.append(f"- {title}: {told([entry for entry in found if entry['severity'] in severities])}")
    if gone:
        lines.append(f"- judged earlier and no longer reported: {', '.join(f'{count} {verdict}' for verdict, count in sorted(gone.items()))}")
    lines += ["", "| Repository | Commit | Errors | Warnings | Notes | Proven | Failed | Unproven | Not applicable |", "|---|---|---:|---:|---:|---:|---:|---:|---:|"]
    for row, report in totals:
        severities = collections.Counter(finding["severity"] for finding in report["findings"])
        verdicts = collections.Counter(control["verdict"] for control in report["controls"])
        counts = [severities["error"], severities["warning"], severities["note"], verdicts["proven"], verdicts["failed"], verdicts["unproven"], verdicts["not_applicable"]]
        lines.append(f"| {row['repository']} | `{row['commit'][:10]}` | {' | '.join(str(count) for count in counts)} |")
    lines += ["", "## By rule", "", "| Rule | Findings | True | False | Unsure | Not judged |", "|---|---:|---:|---:|---:|---:|"]
    rules = collections.defaultdict(list)
    for entry in found:
        rules[entry["rule"]].append(entry["verdict"])
    for rule, verdicts in sorted(rules.items()):
        counts = collections.Counter(verdicts)
        lines.append(f"| `{rule}` | {len(verdicts)} | {counts['true']} | {counts['false']} | {counts['unsure']} | {counts['']} |")
    return "\n".join(lines) + "\n"


def told(entries):
    counts = collections.Counter(entry["verdict"] for entry in entries)
    judged = len(entries) - counts[""]
    if not judged:
        return f"{len(entries)} findings, none judged"
    share = 100 * counts["true"] / judged
    return f"{len(entries)} findings, {judged} judged: {counts['true']} true ({share:.1f} %), {counts['false']} false, {counts['unsure']} unsure"


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Runs generated settings modules through Python and through the evaluator, and compares them setting by setting.

    python3 tests/differential/generate.py --count 2000            a batch from seed 1
    python3 tests/differential/generate.py --seed 4711 --count 1   one case again, with its sources and differences

Prints each wrong value with the smallest module that still shows it. Exit status 1 when there is one. `--pipe` is for
the tests of plimsoll_python, which answer the questions themselves. Python 3.10 or newer.
"""

import argparse
import ast
import collections
import importlib
import json
import logging
import os
import pathlib
import shutil
import sys
import tempfile
import warnings

import compare
import evaluator
import grammar
import libraries
import wire

KEEP = dict(os.environ)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--pipe", action="store_true")
    parser.add_argument("--reasons", action="store_true", help="list why values are unknown")
    parser.add_argument("--most", type=int, default=12, help="stop after so many wrong cases")
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--libraries", action="store_true", help="modules that use the environment libraries, which this Python must have")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    ask = evaluator.Pipe() if options.pipe else evaluator.built()
    place = pathlib.Path(tempfile.mkdtemp(prefix="generated-")).resolve()
    count, reasons, wrong, ran = collections.Counter(), collections.Counter(), 0, 0
    try:
        for seed in range(options.seed, options.seed + options.count):
            case = grammar.make(seed, libraries if options.libraries else None, str(place))
            case["installed"] = installed() if options.libraries else {}
            truth = run(case, place)
            if truth is None:
                continue
            ran += 1
            found = differences(ask, case, truth, place, count, reasons)
            if options.count == 1:
                show(case, sys.stderr)
            if found:
                wrong += 1
                if not options.no_shrink:
                    case = shrink(case, ask, place)
                    truth = run(case, place)
                    found = differences(ask, case, truth, place) if truth is not None else found
                report(seed, case, found)
            if wrong >= options.most:
                break
    finally:
        shutil.rmtree(place, ignore_errors=True)
    total = sum(count.values())
    share = 100 * count[compare.EXACT] / total if total else 0
    print(f"seeds {options.seed} to {seed}: {ran} modules, {total} values, {share:.1f} % exact, {dict(count)}", file=sys.stderr)
    if options.reasons:
        for reason, number in reasons.most_common(40):
            print(f"{number:6} {reason}", file=sys.stderr)
    if not ran:
        print("no generated module could be run: nothing is shown", file=sys.stderr)
    return 1 if wrong or not ran else 0


def installed():
    from importlib.metadata import distributions

    found = {found.metadata["Name"]: found.version for found in distributions()}
    return {name.lower().replace("_", "-").replace(".", "-"): version for name, version in found.items() if name}


def run(case, place):
    """The settings that Python gives; None if it raises."""
    shutil.rmtree(place, ignore_errors=True)
    for path, text in case["files"].items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text, encoding="utf-8")
    argv, path, modules = sys.argv, list(sys.path), set(sys.modules)
    os.environ.clear()
    os.environ.update(case["environment"])
    sys.argv, sys.dont_write_bytecode = ["manage.py"], True
    sys.path.insert(0, str(place))
    importlib.invalidate_caches()
    if "decouple" in sys.modules:  # it keeps the first .env that it finds
        sys.modules["decouple"].config.config = None
    sys.path_importer_cache.clear()
    try:
        # What is left after something was taken away may loop for ever.
        with grammar.time_limit():
            module = importlib.import_module(case["module"])
            return {name: wire.encode(getattr(module, name)) for name in dir(module) if name.isupper()}
    except BaseException:
        return None
    finally:
        for name in set(sys.modules) - modules:
            if name.split(".")[0] == case["module"].split(".")[0]:
                del sys.modules[name]
        sys.argv, sys.path[:] = argv, path
        os.environ.clear()
        os.environ.update(KEEP)


def differences(ask, case, truth, place, count=None, reasons=None):
    """The settings that the evaluator has wrong: name to (said, true)."""
    said = ask.ask({**case, "absolute_root": str(place), "argv": ["manage.py"], "python": sys.version_info[:2]})
    count = collections.Counter() if count is None else count
    found = {}
    if "crash" in said:
        return {"(crash)": (said["crash"], None)}
    for name, true in truth.items():
        entry = said["settings"].get(name)
        if entry is None:
            word = compare.UNKNOWN if said["stops"] or said.get("names_may_be_missing") else compare.WRONG
        else:
            word = compare.verdict(entry, true)
        count[word] += 1
        if word == compare.WRONG:
            found[name] = (entry, true)
        elif word != compare.EXACT and reasons is not None:
            reasons[f"{word}: {(entry or {}).get('reason', said['stops'][:1])}"[:150]] += 1
    for name, entry in said["settings"].items():
        if name not in truth and entry["origin"] == "project" and entry["state"] == "known":
            found[name] = (entry, "not set")
            count[compare.WRONG] += 1
    return found


def report(seed, case, found):
    print(f"\nWRONG, seed {seed}, environment {json.dumps(case['environment'])}", file=sys.stderr)
    show(case, sys.stderr)
    for name, (said, true) in list(found.items())[:4]:
        print(f"  {name}: said {json.dumps(said, ensure_ascii=False)[:400]}", file=sys.stderr)
        print(f"  {' ' * len(name)}  true {json.dumps(true, ensure_ascii=False)[:400]}", file=sys.stderr)


def show(case, stream):
    for path, text in case["files"].items():
        if path.endswith(".py") and text.strip():
            print(f"--- {path}\n{text.rstrip()}", file=stream)


def shrink(case, ask, place):
    """A smaller case that still has a wrong value."""

    def fails(candidate):
        truth = run(candidate, place)
        return truth is not None and bool(differences(ask, candidate, truth, place))

    budget = 400
    again = True
    while again and budget > 0:
        again = False
        for path in [path for path, text in case["files"].items() if path.endswith(".py") and text.strip()]:
            for text in smaller(case["files"][path]):
                budget -= 1
                candidate = {**case, "files": {**case["files"], path: text}}
                if fails(candidate):
                    case, again = candidate, True
                    break
                if budget <= 0:
                    return case
            if again:
                break
    return case


def smaller(source):
    """Sources with something taken away, the largest cuts first."""
    tree = ast.parse(source)
    total = len(tree.body)
    step = total // 2
    while step >= 1:
        for start in range(0, total, step):
            kept = tree.body[:start] + tree.body[start + step :]
            yield unparse(ast.Module(kept, []))
        step //= 2
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if node is tree or not isinstance(block, list):
                continue
            for index in range(len(block)):
                rest = block[:index] + block[index + 1 :]
                setattr(node, field, rest or ([ast.Pass()] if field == "body" else []))
                yield unparse(tree)
                setattr(node, field, block)
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            values = value if isinstance(value, list) else [value]
            for index, child in enumerate(values):
                if not isinstance(child, ast.expr) or isinstance(getattr(child, "ctx", ast.Load()), (ast.Store, ast.Del)):
                    continue
                for part in [*ast.iter_child_nodes(child)]:
                    if isinstance(part, ast.expr):
                        yield from replaced(tree, node, field, value, index, part)


def replaced(tree, node, field, value, index, part):
    if isinstance(value, list):
        setattr(node, field, [*value[:index], part, *value[index + 1 :]])
    else:
        setattr(node, field, part)
    text = unparse(tree)
    setattr(node, field, value)
    yield text


def unparse(tree):
    try:
        return ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    except Exception:
        return "raise ValueError\n"


if __name__ == "__main__":
    sys.exit(main())

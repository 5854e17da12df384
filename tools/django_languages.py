#!/usr/bin/env python3
"""Writes crates/plimsoll_python/data/django_languages.json: the table LANG_INFO of django.conf.locale, by version.

Downloads Django from PyPI with pip, as django_defaults.py does; the table is read from the syntax tree.

    python3 tools/django_languages.py [--cache DIR]

The file holds, for each language in Django's own order, the spans of versions: [from, until (exclusive) or null, value].
"""

import argparse
import ast
import datetime
import json
import pathlib
import tempfile
import zipfile

import django_defaults as shared

TARGET = shared.ROOT / "crates/plimsoll_python/data/django_languages.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=pathlib.Path, help="keep the downloaded wheels here")
    cache = parser.parse_args().cache or pathlib.Path(tempfile.mkdtemp(prefix="django-wheels-"))
    cache.mkdir(parents=True, exist_ok=True)
    tables = {}
    versions = shared.releases()
    for minor in sorted({version[:2] for version in versions}):
        refine([version for version in versions if version[:2] == minor], cache, tables)
    known = sorted(tables)
    order = merged([list(tables[version]) for version in known])
    for version in known:
        assert [code for code in order if code in tables[version]] == list(tables[version]), f"the order of {version}"
    spans = shared.spans(known, tables)
    rows = [f"[{json.dumps(code)},{shared.compact(spans[code])}]" for code in order]
    text = f'{{\n"date": "{datetime.date.today()}",\n"languages": [\n' + ",\n".join(rows) + "\n]\n}\n"
    TARGET.write_text(text, encoding="utf-8")
    print(f"{len(order)} languages, {len(known)} releases read: {TARGET}")


def refine(releases, cache, tables):
    """Reads the first and last of a list of releases, and between them as long as they differ."""
    first, last = releases[0], releases[-1]
    for version in (first, last):
        if version not in tables:
            tables[version] = table(version, cache)
    if len(releases) > 2 and shared.compact(tables[first]) != shared.compact(tables[last]):
        middle = len(releases) // 2
        refine(releases[: middle + 1], cache, tables)
        refine(releases[middle:], cache, tables)


def table(version, cache):
    """LANG_INFO of one release."""
    with zipfile.ZipFile(shared.download(version, cache)) as archive:
        tree = ast.parse(archive.read("django/conf/locale/__init__.py").decode())
    found = [it.value for it in tree.body if isinstance(it, ast.Assign) and it.targets[0].id == "LANG_INFO"]
    (value,) = found
    return ast.literal_eval(value)


def merged(lists):
    """One order that all the lists agree with."""
    order = []
    for codes in lists:
        at = 0
        for code in codes:
            if code in order:
                at = order.index(code) + 1
            else:
                order.insert(at, code)
                at += 1
    return order


if __name__ == "__main__":
    main()

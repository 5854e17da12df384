"""Imports a settings module as Django would and writes every upper-case setting, in the JSON form of wire.py.

Runs in the project's own Python (3.6 or newer), in a subprocess with exactly the environment under test. Reads a
request from standard input: {"paths": [...], "root": "...", "module": "...", "argv": [...], "setup": bool}. Writes one
JSON object to the file descriptor given as the first argument:

    {"settings": {...} | null, "error": text | null, "missing": module | null, "variables": [names read, in order]}

A variable counts as read when a file of the project is among the innermost callers.
"""

import importlib
import json
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import wire  # noqa: E402

sys.path.pop(0)
NEAR = 12


def main():
    out = int(sys.argv[1])
    request = json.loads(sys.stdin.read())
    root = os.path.realpath(request["root"])
    variables = record_reads(root)
    sys.path[:0] = request["paths"]
    sys.argv[:] = request["argv"]
    answer = {"settings": None, "error": None, "missing": None, "variables": variables}
    try:
        module = importlib.import_module(request["module"])
        names = [name for name in dir(module) if name.isupper()]
        answer["settings"] = {name: wire.encode(getattr(module, name)) for name in names}
    except BaseException as problem:  # settings may call sys.exit
        answer["error"] = "%s: %s" % (type(problem).__name__, problem)
        answer["missing"] = getattr(problem, "name", None) if isinstance(problem, ImportError) else None
        answer["trace"] = traceback.format_exc()[-2000:]
    with os.fdopen(out, "w", encoding="utf-8", errors="surrogatepass") as stream:
        json.dump(answer, stream)
    sys.stdout.flush()
    os._exit(0)  # threads that the settings started must not keep the process


def record_reads(root):
    """Notes the name of every variable that the project's code looks up."""
    names = []
    kind = type(os.environ)
    getitem = kind.__getitem__
    inside = root + os.sep

    def note(key):
        if not isinstance(key, str) or key in names:
            return
        frame = sys._getframe(2)
        for _ in range(NEAR):
            if frame is None:
                return
            file = frame.f_code.co_filename
            if file.startswith(inside) and "site-packages" not in file:
                names.append(key)
                return
            frame = frame.f_back

    def recorded_getitem(self, key):
        note(key)
        return getitem(self, key)

    def recorded_contains(self, key):
        note(key)
        try:
            getitem(self, key)
        except KeyError:
            return False
        return True

    kind.__getitem__ = recorded_getitem
    kind.__contains__ = recorded_contains
    return names


if __name__ == "__main__":
    main()

"""Asks the evaluator: one process, a line of JSON for each question (crates/plimsoll_python/tests/it/batch.rs)."""

import json
import pathlib
import os
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Evaluator:
    """The example `evaluate` as a child process; `Pipe` where the parent is the evaluator."""

    def __init__(self, command):
        self.command = command
        self.process = None

    def ask(self, request):
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.process = None
            return {"crash": f"the evaluator ended with {code}", "settings": {}, "stops": [], "problems": []}
        return json.loads(line)


class Pipe:
    """The parent process answers: questions go to standard output, answers come from standard input."""

    def ask(self, request):
        sys.stdout.write(json.dumps(request) + "\n")
        sys.stdout.flush()
        return json.loads(sys.stdin.readline())


def built(release=False):
    """The evaluator, built if need be."""
    command = ["cargo", "build", "--quiet", "--package", "plimsoll_python", "--example", "evaluate"]
    subprocess.run(command + (["--release"] if release else []), cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return Evaluator([str(target / ("release" if release else "debug") / "examples/evaluate")])

"""Compares what the evaluator says of a setting with what Python gave."""

import json
import math

# What the evaluator writes for the root of the repository in paths and texts.
EXACT, UNKNOWN, ONE_OF, WRONG = "exact", "unknown", "one_of", "wrong"


def verdict(said, truth):
    """One of the four words above for one entry of `settings` in the evaluator's JSON."""
    state = said.get("state")
    if state == "known":
        return EXACT if same(said.get("value"), truth) else WRONG
    if state == "one_of":
        return ONE_OF if any(same(candidate, truth) for candidate in said.get("candidates", [])) else WRONG
    if "value" in said and said["value"] is not None and not compatible(said["value"], truth):
        return WRONG
    return UNKNOWN


def compatible(said, truth):
    """Whether a partly unknown value does not contradict the truth."""
    return same(said, truth, partial=True)


def same(said, truth, partial=False):
    """Equality of two values in JSON form, types included; objects are equal when their types may be the same."""
    kind = said.get("$type") if isinstance(said, dict) else None
    if kind == "unknown":
        return partial
    if kind == "one_of":
        return partial and any(same(item, truth, partial) for item in said.get("candidates", said.get("items", [])))
    if kind == "secret":
        return same(said["value"], truth) if "value" in said else isinstance(truth, str) and len(truth) == said["length"]
    truth_kind = truth.get("$type") if isinstance(truth, dict) else None
    if truth_kind == "object" and kind != "object":
        # A subclass of plain data (a lazy string, a list with behaviour, an enum's member).
        return "base" in truth and same(said, truth["base"], partial)
    if kind == "object":
        return truth_kind == "object" and same_object(said, truth)
    if kind != truth_kind:
        dicts = {None, "dict"}
        if not (kind in dicts and truth_kind in dicts and isinstance(said, dict) and isinstance(truth, dict)):
            return False
        return same_pairs(pairs(said), pairs(truth), partial)
    if kind is None:
        return same_plain(said, truth, partial)
    if kind == "dict":
        return same_pairs(pairs(said), pairs(truth), partial)
    if kind == "set":
        return same_set(said["items"], truth["items"], partial)
    if "items" in said:
        return same_plain(said["items"], truth["items"], partial)
    if kind == "timedelta":
        return math.isclose(said["seconds"], truth["seconds"], abs_tol=1e-6)
    return said.get("value") == truth.get("value")


def same_plain(said, truth, partial):
    if type(said) is not type(truth):
        return False
    if isinstance(said, list):
        if partial and any(is_further(item) for item in said):
            return same_around(said, truth)
        return len(said) == len(truth) and all(same(one, other, partial) for one, other in zip(said, truth))
    if isinstance(said, dict):
        return same_pairs(pairs(said), pairs(truth), partial)
    return said == truth


def is_further(item):
    """Whether it stands for any number of items."""
    return isinstance(item, dict) and item.get("$type") == "unknown" and item["reason"].startswith("further items: ")


def same_around(said, truth):
    """Whether the known items of a list are in another in their order, with others where items may be missing."""
    if not said:
        return not truth
    if is_further(said[0]):
        return any(same_around(said[1:], truth[at:]) for at in range(len(truth) + 1))
    return bool(truth) and same(said[0], truth[0], True) and same_around(said[1:], truth[1:])


def pairs(value):
    """A dict in either of its JSON forms as pairs."""
    if value.get("$type") == "dict":
        return [tuple(pair) for pair in value["items"]]
    return list(value.items())


def same_pairs(said, truth, partial):
    """Order is compared too: settings are iterated. A partly unknown dict with unknown keys may have others as well."""
    if partial and any(isinstance(key, dict) and key.get("$type") in ("unknown", "one_of") for key, _ in said):
        known = {json.dumps(key): value for key, value in truth}
        return all(json.dumps(key) not in known or same(value, known[json.dumps(key)], True) for key, value in said)
    if len(said) != len(truth):
        return False
    return all(
        same(key, other_key, partial) and same(value, other, partial)
        for (key, value), (other_key, other) in zip(said, truth)
    )


def same_set(said, truth, partial):
    left = list(truth)
    for item in said:
        match = next((other for other in left if same(item, other, partial)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def same_object(said, truth):
    """Loosely: the last part of the type's name, where the evaluator gives one."""
    name = said.get("type") or said.get("repr", "").split("(")[0]
    last = name.replace(">", "").replace("'", "").split(".")[-1].strip()
    real = truth.get("type", "").split(".")[-1]
    if not last or last == real or last in ("object", "Promise", "lazy", "function", "lambda", "<lambda"):
        return True
    return last in truth.get("repr", "") or real in said.get("repr", "")


def strip_root(value, roots, placeholder="{repository}"):
    """The value with each of the root folders replaced by a common word."""
    if isinstance(value, str):
        for root in roots:
            value = value.replace(root, placeholder)
        return value
    if isinstance(value, list):
        return [strip_root(item, roots, placeholder) for item in value]
    if isinstance(value, dict):
        return {
            strip_root(key, roots, placeholder): strip_root(item, roots, placeholder) for key, item in value.items()
        }
    return value

"""The JSON form of a Python value, as `plimsoll settings --format json` writes it.

None, booleans, integers, finite floats, strings, lists and dicts with string keys are JSON's own. The rest is
{"$type": ...}: tuple, set and frozenset with "items", bytes with "value" (Latin-1), timedelta with "seconds", path
with "value", dict (with keys that are not all strings) with "items" of pairs, float (inf, nan) and int (beyond 64 bits) with "value", object
with "type" and "repr".
"""

import datetime
import math
import pathlib

DEPTH = 40


def encode(value, depth=0):
    """The JSON form of any value; objects that are no plain data become {"$type": "object"}."""
    kind = type(value)
    if depth > DEPTH:
        return {"$type": "object", "type": "too deep", "repr": ""}
    if value is None or kind in (bool, str) or kind is int and abs(value) < 2**63:
        return value
    if kind is int:
        return {"$type": "int", "value": str(value)}
    if kind is float:
        return value if math.isfinite(value) else {"$type": "float", "value": repr(value)}
    if kind is bytes:
        return {"$type": "bytes", "value": value.decode("latin-1")}
    if kind is list:
        return [encode(item, depth + 1) for item in value]
    if kind is tuple:
        return {"$type": "tuple", "items": [encode(item, depth + 1) for item in value]}
    if kind in (set, frozenset):
        return {"$type": "set", "items": sorted((encode(item, depth + 1) for item in value), key=repr)}
    if kind is dict:
        if all(type(key) is str and key != "$type" for key in value):
            return {key: encode(item, depth + 1) for key, item in value.items()}
        pairs = [[encode(key, depth + 1), encode(item, depth + 1)] for key, item in value.items()]
        return {"$type": "dict", "items": pairs}
    if kind is datetime.timedelta:
        return {"$type": "timedelta", "seconds": seconds(value)}
    if isinstance(value, pathlib.PurePath):
        return {"$type": "path", "value": str(value)}
    return {"$type": "object", **describe(value)}


def seconds(value):
    """A timedelta's length, an integer where it is whole."""
    micros = (value.days * 86400 + value.seconds) * 10**6 + value.microseconds
    return micros // 10**6 if micros % 10**6 == 0 else micros / 10**6


def describe(value):
    """What an object that is no plain data is compared by."""
    kind = type(value)
    of_class = isinstance(value, type) or callable(value) and hasattr(value, "__qualname__")
    named = value if of_class else kind
    try:
        text = repr(value)
    except Exception as problem:  # a lazy object may need Django set up
        text = f"<{kind.__name__}: {type(problem).__name__}>"
    out = {"type": f"{getattr(named, '__module__', '')}.{getattr(named, '__qualname__', '')}", "repr": text[:300]}
    for base in (bool, int, str, float, list, tuple, dict, set):
        if isinstance(value, base):
            # A subclass of plain data: also what it holds.
            try:
                out["base"] = encode(str.__str__(value) if base is str else base(value), 1)
            except Exception:
                pass
            break
    return out

"""django-environ, python-decouple, python-dotenv, dj-database-url, dj-email-url, django-split-settings, and pieces of
Django: the settings modules stand in the data file itself, and the libraries are asked again what they give.
"""

import json
import pathlib

FILE = pathlib.Path(__file__).resolve().parents[2] / "crates/plimsoll_python/tests/it/library_cases.json"
NEWEST = {
    "django-environ": "0.14.0",
    "python-decouple": "3.8",
    "python-dotenv": "1.2.4",
    "dj-database-url": "3.1.2",
    "dj-email-url": "1.0.6",
    "django-split-settings": "1.3.2",
    "django": "5.2.19",
    "asgiref": "3.13.0",
    "sqlparse": "0.6.1",
    "typing_extensions": "4.15.0",
}
# find_dotenv takes a program without a file for an interactive one, and looks elsewhere.
PREPARE = "import __main__; __main__.__file__ = '/manage.py'"


def cases():
    """Each case of the file in each of its versions."""
    for case in json.loads(FILE.read_text(encoding="utf-8")):
        for row in [case, *case["others"]]:
            yield {**{key: case[key] for key in ("name", "files", "env")}, "installed": row["installed"]}

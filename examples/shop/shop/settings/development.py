"""Settings of a developer's machine."""
import os

os.environ.setdefault("SECRET_KEY", "only-for-development")
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1")
os.environ.setdefault("DATABASE_URL", "sqlite:///db.sqlite3")

from .base import *  # noqa: E402, F403

DEBUG = True

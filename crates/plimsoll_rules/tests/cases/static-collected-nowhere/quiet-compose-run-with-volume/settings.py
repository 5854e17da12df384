from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_ROOT = BASE_DIR / "staticfiles"

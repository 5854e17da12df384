#!/bin/sh
set -e
python manage.py migrate || true
exec "$@"

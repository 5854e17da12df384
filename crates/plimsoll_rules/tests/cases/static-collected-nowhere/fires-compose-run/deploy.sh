#!/bin/sh
set -e
docker compose run --rm web python manage.py collectstatic --noinput
docker compose up -d

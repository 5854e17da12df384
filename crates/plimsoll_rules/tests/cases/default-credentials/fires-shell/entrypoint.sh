#!/bin/sh
set -e
export DJANGO_SUPERUSER_PASSWORD=admin
python manage.py createsuperuser --noinput

#!/bin/sh
python manage.py migrate || exit 1
exec gunicorn shop.wsgi

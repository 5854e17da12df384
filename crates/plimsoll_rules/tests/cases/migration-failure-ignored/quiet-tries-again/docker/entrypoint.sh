#!/bin/sh
until python manage.py migrate; do sleep 2; done
exec gunicorn shop.wsgi

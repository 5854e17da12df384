#!/bin/sh
set -e
export DJANGO_SUPERUSER_PASSWORD="$ADMIN_PASSWORD"
python manage.py createsuperuser --noinput
echo "from django.contrib.auth import get_user_model as g; g().objects.create_user('x', password='$PW')" | python manage.py shell

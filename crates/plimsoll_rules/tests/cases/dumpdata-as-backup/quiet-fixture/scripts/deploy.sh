set -e
python manage.py dumpdata shop.Country --indent 2 > fixtures/countries.json

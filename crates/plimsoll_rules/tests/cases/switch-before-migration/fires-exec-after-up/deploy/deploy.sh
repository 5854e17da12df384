set -e
git pull
docker compose build
docker compose up -d
docker compose exec -T web python manage.py migrate

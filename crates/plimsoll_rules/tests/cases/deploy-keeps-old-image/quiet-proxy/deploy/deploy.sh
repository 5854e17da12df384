set -e
docker compose build
docker compose up -d
docker compose restart nginx

set -e
pg_dump -Fc "$POSTGRES_DB" > /backups/shop.dump

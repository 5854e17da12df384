#!/bin/sh
# Dumps the database into a file of the day and keeps two weeks.
set -eu
target=/srv/shop/var/backup
mkdir -p "$target"
pg_dump "$DATABASE_URL" | gzip > "$target/shop-$(date +%F).sql.gz"
find "$target" -name 'shop-*.sql.gz' -mtime +14 -delete

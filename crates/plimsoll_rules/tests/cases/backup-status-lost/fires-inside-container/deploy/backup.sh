#!/bin/bash
set -euo pipefail
docker compose exec -T db sh -c 'pg_dump shop | gzip' > /backups/shop.sql.gz

set -euo pipefail
pg_dump -Fc shop > /backups/shop.dump

set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop.dump
restic backup /srv/backups /srv/shop/media

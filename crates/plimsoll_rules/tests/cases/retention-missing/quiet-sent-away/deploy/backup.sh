set -euo pipefail
pg_dump -Fc shop > /backups/shop-$(date +%F).dump
aws s3 cp /backups/ s3://shop-backups/ --recursive

set -e
DB=shop_old
pg_dump -U shop -Fc "$DB" > /backups/shop.dump

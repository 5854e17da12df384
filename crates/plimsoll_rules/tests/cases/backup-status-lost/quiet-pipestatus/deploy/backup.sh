#!/bin/bash
pg_dump shop | gzip > /backups/shop.sql.gz
if [ "${PIPESTATUS[0]}" -ne 0 ]; then exit 1; fi
echo done

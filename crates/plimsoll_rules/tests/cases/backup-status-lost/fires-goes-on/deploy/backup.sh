#!/bin/bash
log() { echo "$*" >&2; }
name=shop_$(date +%F)
pg_dump -U shop shop --file "/backups/$name.sql"
log "backup completed"

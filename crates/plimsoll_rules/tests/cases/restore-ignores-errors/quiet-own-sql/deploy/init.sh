set -e
psql shop < sql/extensions.sql

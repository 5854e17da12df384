#!/bin/sh
if ! pg_dump -Fc shop > /backups/new.dump; then
  echo failed
  exit 1
fi
mv /backups/new.dump /backups/shop.dump

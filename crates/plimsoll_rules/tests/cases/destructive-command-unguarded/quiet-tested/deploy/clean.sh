#!/bin/bash
[ -n "$RELEASES" ] || exit 1
rm -rf "$RELEASES"/*

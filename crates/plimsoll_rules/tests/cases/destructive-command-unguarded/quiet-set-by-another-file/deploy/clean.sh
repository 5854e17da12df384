#!/bin/bash
. ./settings
rm -rf "$RELEASES"/*

#!/bin/bash
rm -rf "${RELEASES:?}"/*

#!/bin/bash
rm -rf /srv/shop/$RELEASE

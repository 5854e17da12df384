set -e
chmod -R u=rwX,g=rX,o= /srv/shop/media
chmod -R 755 /srv/shop/staticfiles

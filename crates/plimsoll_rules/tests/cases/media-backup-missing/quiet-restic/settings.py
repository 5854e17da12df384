MEDIA_ROOT = '/srv/shop/media'

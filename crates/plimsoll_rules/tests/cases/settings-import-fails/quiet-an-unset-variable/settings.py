import os
PORT = int(os.environ.get('SHOP_PORT'))

import os
A = os.environ.get('SHOP_A', '')

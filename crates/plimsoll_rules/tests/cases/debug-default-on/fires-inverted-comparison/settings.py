import os
DEBUG = os.getenv('DEBUG', 'False') == 'False'

import os
FDC_API_KEY = os.getenv('FDC_API_KEY', 'DEMO_KEY')

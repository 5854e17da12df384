import os
SECURE_CSP_REPORT_ONLY = {'default-src': ["'self'"]} if os.environ.get('TRY_CSP', '1') == '1' else {}

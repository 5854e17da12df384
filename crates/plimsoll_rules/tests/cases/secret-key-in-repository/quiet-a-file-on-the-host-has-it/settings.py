import json
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
try:
    with open(BASE_DIR / 'conf' / 'secrets.json') as handle:
        SECRETS = json.load(handle)
except OSError:
    SECRETS = {'secret_key': 'a'}
SECRET_KEY = SECRETS['secret_key']

import os
LLM_MAX_TOKENS = int(os.environ.get('LLM_MAX_TOKENS', '4096'))

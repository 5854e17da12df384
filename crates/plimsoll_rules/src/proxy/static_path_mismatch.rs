//! `static-path-mismatch`: the proxy serves static files from another folder than STATIC_ROOT.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "static-path-mismatch",
    control: "STO-03",
    title: "the proxy serves static files from another folder than STATIC_ROOT",
    what: "The folder of the proxy’s location for STATIC_URL against STATIC_ROOT, where both are absolute paths of the same machine. In containers the same volume may have two paths: then it is told only that they differ.",
    why: "collectstatic fills one folder and nginx serves another: an old copy of the style, or 404 for every file.",
    bad: "```python settings.py
STATIC_URL = '/static/'
STATIC_ROOT = '/srv/rota/staticfiles'
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /static/ { alias /srv/rota/static/; }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
STATIC_URL = '/static/'
STATIC_ROOT = '/srv/rota/static'
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /static/ { alias /srv/rota/static/; }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &["https://nginx.org/en/docs/http/ngx_http_core_module.html#alias"],
    check,
};

fn check(look: &mut Look) {
    super::served_folder(look, "STATIC_URL", "STATIC_ROOT", "static files");
}

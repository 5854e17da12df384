//! What must not count as a proof: tables of small repositories with what a rule makes of each.

use plimsoll_catalog::Outcome;

use crate::support::outcome;

/// What a rule makes of a repository.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Seen {
    /// It reports something.
    Fires,
    /// It neither reports nor proves: the control stays unproven.
    Open,
    /// It has evidence, and nothing stands against it.
    Proves,
}

fn seen(outcome: &Outcome) -> Seen {
    if outcome.findings.iter().any(|it| it.severity > plimsoll_catalog::Severity::Note) {
        Seen::Fires
    } else if outcome.undetermined.is_empty() && !outcome.evidence.is_empty() {
        Seen::Proves
    } else {
        Seen::Open
    }
}

/// Files in one text: lines `-- path` before each.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("-- "), files.last_mut()) {
            (Some(path), _) => files.push((path.to_owned(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    files
}

fn check(rule: &str, cases: &[(Seen, &str)]) {
    let rule = plimsoll_rules::by_id(rule).unwrap();
    for (expected, text) in cases {
        let outcome = outcome(rule, &files(text));
        assert_eq!(seen(&outcome), *expected, "{}:\n{text}\n{outcome:#?}", rule.id);
    }
}

#[test]
fn a_seed_that_makes_accounts_proves_nothing_of_passwords() {
    let text = "from django.contrib.auth.models import User\n\n\ndef run():\n    \
                User.objects.create_superuser('root', 'root@example.org', 'a-written-password')\n";
    let files = [("shop/management/commands/seed_demo.py".to_owned(), text.to_owned())];
    let seen = outcome(plimsoll_rules::by_id("default-credentials").unwrap(), &files);
    assert!(seen.evidence.is_empty(), "{seen:#?}");
    assert!(!seen.undetermined.is_empty() || !seen.findings.is_empty(), "{seen:#?}");
}

#[test]
fn passwords_that_a_command_falls_back_to() {
    const COMMAND: &str = "-- shop/management/commands/setup_shop.py
class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument('--password', DEFAULT)

    def handle(self, *args, **options):
        User.objects.create_superuser('admin', password=options['password'])
";
    let seed = "-- shop/management/commands/seed_demo.py
PASSWORD = 'Demo1234!'

class Command(BaseCommand):
    def handle(self, *args, **options):
        user.set_password(PASSWORD)
";
    check(
        "default-credentials",
        &[
            (Seen::Fires, &COMMAND.replace("DEFAULT", "default='admin123'")),
            (Seen::Proves, &COMMAND.replace("DEFAULT", "required=True")),
            (Seen::Open, seed),
            // What an entry point runs is no trial.
            (
                Seen::Fires,
                &format!(
                    "{seed}-- entrypoint.sh\nset -e\npython manage.py seed_demo\nexec gunicorn shop.wsgi\n"
                ),
            ),
        ],
    );
}

#[test]
fn hsts_needs_a_request_that_django_sees_as_secure() {
    const SETTINGS: &str = "-- settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
";
    let trusted =
        format!("{SETTINGS}SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')\n");
    let proxy = |listen: &str, header: &str| {
        format!(
            "-- deploy/nginx.conf\nserver {{\n    listen {listen};\n    server_name shop.org;\n    location / {{\n        proxy_pass http://127.0.0.1:8000;\n        {header}\n    }}\n}}\n"
        )
    };
    let scheme = "proxy_set_header X-Forwarded-Proto $scheme;";
    check(
        "hsts-missing",
        &[
            (Seen::Open, SETTINGS),
            (Seen::Proves, &trusted),
            (Seen::Proves, &format!("{trusted}{}", proxy("443 ssl", scheme))),
            // The proxy says nothing, or says http.
            (Seen::Open, &format!("{trusted}{}", proxy("443 ssl", ""))),
            (Seen::Open, &format!("{trusted}{}", proxy("80", scheme))),
            (
                Seen::Proves,
                &format!(
                    "{SETTINGS}{}",
                    proxy(
                        "443 ssl",
                        "add_header Strict-Transport-Security 'max-age=31536000' always;"
                    )
                ),
            ),
        ],
    );
}

#[test]
fn a_health_route_is_proven_by_what_it_asks_and_how_it_fails() {
    let view = |body: &str| {
        format!(
            "-- settings.py\nROOT_URLCONF = 'urls'\n-- urls.py\nfrom django.urls import path\nfrom views import health\nurlpatterns = [path('health/', health)]\n-- views.py\ndef health(request):\n{body}"
        )
    };
    check(
        "health-endpoint-shallow",
        &[
            (Seen::Fires, &view("    return JsonResponse({'status': 'ok'})\n")),
            (
                Seen::Proves,
                &view(
                    "    connection.ensure_connection()\n    return JsonResponse({'status': 'ok'})\n",
                ),
            ),
            (
                Seen::Proves,
                &view(
                    "    try:\n        connection.ensure_connection()\n    except Exception:\n        return HttpResponse(status=503)\n    return HttpResponse('ok')\n",
                ),
            ),
            // It never answers with an error, or looks at something else.
            (
                Seen::Open,
                &view(
                    "    try:\n        connection.ensure_connection()\n        ok = True\n    except Exception:\n        ok = False\n    return JsonResponse({'database': ok})\n",
                ),
            ),
            (Seen::Open, &view("    return JsonResponse({'disk': shutil.disk_usage('/').free})\n")),
        ],
    );
}

#[test]
fn a_role_is_a_privilege_where_one_of_them_is_the_administrator() {
    let project = |choices: &str, serializer: &str| {
        format!(
            "-- settings.py
ROOT_URLCONF = 'urls'
AUTH_USER_MODEL = 'accounts.User'
-- urls.py
from django.urls import path
from accounts.views import Me

urlpatterns = [path('me/', Me.as_view())]
-- accounts/models.py
class User(AbstractUser):
    ROLES = [{choices}]
    role = models.CharField(choices=ROLES, default='client')
-- accounts/views.py
from rest_framework import generics, permissions, serializers
from accounts.models import User

class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ['first_name', 'role']
{serializer}
class Me(generics.RetrieveUpdateAPIView):
    serializer_class = UserSerializer
    permission_classes = [permissions.IsAuthenticated]

    def get_object(self):
        return self.request.user
"
        )
    };
    let admin = "('admin', 'Admin'), ('client', 'Client')";
    let taking = |line: &str, guard: &str| {
        format!(
            "-- settings.py
ROOT_URLCONF = 'urls'
AUTH_USER_MODEL = 'accounts.User'
-- urls.py
from django.urls import path
from accounts import views

urlpatterns = [path('me/', views.me)]
-- accounts/models.py
class User(AbstractUser):
    role = models.CharField(choices=[{admin}])
-- accounts/views.py
from django.contrib.auth.decorators import login_required

@login_required
def me(request):
    user = request.user
{guard}    {line}
    user.save()
"
        )
    };
    check(
        "privilege-field-writable",
        &[
            (Seen::Fires, &project(admin, "")),
            (Seen::Proves, &project("('seller', 'Seller'), ('client', 'Client')", "")),
            (Seen::Proves, &project(admin, "        read_only_fields = ['role']\n")),
            (
                Seen::Proves,
                &project(admin, "\n    def validate_role(self, value):\n        return value\n"),
            ),
            (Seen::Fires, &taking("user.role = request.POST['role']", "")),
            (
                Seen::Fires,
                &taking("User.objects.filter(pk=user.pk).update(**request.POST.dict())", ""),
            ),
            (Seen::Proves, &taking("user.first_name = request.POST['first_name']", "")),
            (
                Seen::Proves,
                &taking(
                    "user.role = request.POST['role']",
                    "    if not user.is_staff:\n        raise PermissionDenied\n",
                ),
            ),
        ],
    );
}

#[test]
fn deletion_on_get_is_followed_into_services_and_not_into_forms() {
    let project = |view: &str, service: &str, django: &str| {
        format!(
            "-- requirements.txt\ndjango=={django}\n-- settings.py\nROOT_URLCONF = 'urls'\n-- urls.py\nfrom django.urls import path\nfrom notes import views\n\nurlpatterns = [path('<int:pk>/delete/', views.remove{})]\n-- notes/services.py\n{service}\n-- notes/views.py\n{view}",
            if view.contains("class remove") { ".as_view()" } else { "" }
        )
    };
    let by_function = "@login_required\ndef remove(request, pk):\n    services.delete_note(pk)\n    return redirect('/')\n";
    let by_class = "@login_required\ndef remove(request, pk):\n    NoteService.delete_note(pk)\n    return redirect('/')\n";
    let generic = "from django.views.generic import DeleteView\n\nclass remove(DeleteView):\n    model = Note\n\n    def get(self, request, *args, **kwargs):\n        return self.METHOD(request, *args, **kwargs)\n";
    let deletes = "def delete_note(pk):\n    Note.objects.filter(pk=pk).delete()\n";
    let of_class = "class NoteService:\n    @staticmethod\n    def delete_note(note):\n        note.delete()\n";
    check(
        "state-change-by-get",
        &[
            (Seen::Fires, &project(by_function, deletes, "5.2.8")),
            (Seen::Fires, &project(by_class, of_class, "5.2.8")),
            (
                Seen::Proves,
                &project(by_function, "def delete_note(pk):\n    queue.put(pk)\n", "5.2.8"),
            ),
            (
                Seen::Proves,
                &project(&by_function.replace("@login", "@require_POST\n@login"), deletes, "5.2.8"),
            ),
            // `post` of Django's DeleteView deletes since 4.0 only with a form that is valid.
            (Seen::Proves, &project(&generic.replace("METHOD", "post"), "", "5.2.8")),
            (Seen::Fires, &project(&generic.replace("METHOD", "post"), "", "3.2.25")),
            (Seen::Fires, &project(&generic.replace("METHOD", "delete"), "", "5.2.8")),
        ],
    );
}

#[test]
fn deployments_that_delete_data() {
    let project = |media: &str, script: &str| {
        format!(
            "-- settings.py\nfrom pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent\nMEDIA_ROOT = {media}\n-- deploy/deploy.sh\nset -euo pipefail\n{script}"
        )
    };
    let inside = "BASE_DIR / 'media'";
    let anew = "APP_DIR=\"/var/www/shop\"\nsudo rm -rf \"$APP_DIR\"\ngit clone https://git.example.org/shop.git \"$APP_DIR\"\n";
    check(
        "release-loses-data",
        &[
            (Seen::Fires, &project(inside, anew)),
            (Seen::Proves, &project("'/var/lib/shop/media'", anew)),
            (Seen::Proves, &project(inside, &anew.replace("\"$APP_DIR\"\ngit", "/tmp/build\ngit"))),
            (
                Seen::Fires,
                &project(inside, "docker compose down -v\ndocker compose up -d --build\n"),
            ),
            (Seen::Proves, &project(inside, "docker compose down\ndocker compose up -d --build\n")),
            (Seen::Fires, &project(inside, "git pull\npython manage.py flush --noinput\n")),
        ],
    );
}

#[test]
fn a_server_that_reloads_by_itself_switches_with_the_pull() {
    let project = |command: &str, script: &str| {
        format!(
            "-- settings.py\nDEBUG = False\n-- shop/wsgi.py\napplication = 1\n-- deploy/shop.service\n[Service]\nWorkingDirectory=/srv/shop\nExecStart=/srv/shop/venv/bin/gunicorn {command} shop.wsgi\n-- deploy/deploy.sh\nset -e\n{script}"
        )
    };
    let deploy = "git pull\npip install -r requirements.txt\npython manage.py migrate\nsudo systemctl restart shop\n";
    check(
        "switch-before-migration",
        &[
            (Seen::Fires, &project("--reload", deploy)),
            (Seen::Proves, &project("--workers 3", deploy)),
            (Seen::Proves, &project("--reload", &format!("sudo systemctl stop shop\n{deploy}"))),
        ],
    );
}

#[test]
fn what_is_only_named_or_only_near_proves_nothing() {
    check(
        "performance-agent-missing",
        &[
            (
                Seen::Open,
                "-- requirements.txt\ndjango==5.2.8\ndjango-prometheus==2.4.1\n-- settings.py\nDEBUG = False\n",
            ),
            (
                Seen::Proves,
                "-- requirements.txt\ndjango==5.2.8\ndjango-prometheus==2.4.1\n-- settings.py\nMIDDLEWARE = ['django_prometheus.middleware.PrometheusBeforeMiddleware']\n",
            ),
        ],
    );
    check(
        "database-tls-missing",
        &[(
            Seen::Open,
            "-- settings.py\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop', 'HOST': '127.0.0.1'}}\n",
        )],
    );
    check(
        "session-store-evictable",
        &[
            (
                Seen::Open,
                "-- settings.py\nSESSION_ENGINE = 'django.contrib.sessions.backends.db'\n",
            ),
            (
                Seen::Proves,
                "-- settings.py\nSESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'\n",
            ),
        ],
    );
    check(
        "xframe-options-not-deny",
        &[
            (Seen::Open, "-- settings.py\nX_FRAME_OPTIONS = 'SAMEORIGIN'\n"),
            (Seen::Proves, "-- settings.py\nX_FRAME_OPTIONS = 'DENY'\n"),
        ],
    );
    check(
        "redis-memory-unbounded",
        &[(
            Seen::Open,
            "-- settings.py\nCELERY_BROKER_URL = 'redis://redis:6379/0'\n-- docker-compose.yml\nservices:\n  web:\n    build: .\n    command: gunicorn shop.wsgi\n  redis:\n    image: redis:8\n-- shop/wsgi.py\napplication = 1\n",
        )],
    );
}

#[test]
fn files_that_the_proxy_serves_do_not_get_the_header_of_django() {
    let project = |header: &str| {
        format!(
            "-- settings.py\nDEBUG = False\n-- deploy/nginx.conf\nserver {{\n    listen 443 ssl;\n    {header}\n    location /media/ {{ alias /srv/media/; }}\n    location / {{ proxy_pass http://127.0.0.1:8000; }}\n}}\n"
        )
    };
    check(
        "header-dropped-by-location",
        &[
            (Seen::Open, &project("")),
            (Seen::Proves, &project("add_header X-Content-Type-Options nosniff always;")),
        ],
    );
}

#[test]
fn limits_compression_and_other_hosts() {
    let project = |size: &str, gzip: &str| {
        format!(
            "-- settings.py\nINSTALLED_APPS = ['shop']\n-- shop/models.py\nclass Photo(models.Model):\n    file = models.FileField()\n-- deploy/nginx.conf\nevents {{}}\nhttp {{\n    client_max_body_size {size};\n    gzip on;\n    {gzip}\n    server {{\n        listen 443 ssl;\n        location / {{ proxy_pass http://127.0.0.1:8000; }}\n    }}\n}}\n"
        )
    };
    let full = "gzip_types text/css application/javascript application/json; gzip_vary on;";
    check(
        "body-limit-unset",
        &[
            (Seen::Proves, &project("20m", full)),
            (Seen::Open, &project("512M", full)),
            (Seen::Fires, &project("0", full)),
        ],
    );
    check(
        "compression-types-missing",
        &[
            (Seen::Proves, &project("20m", full)),
            (
                Seen::Open,
                &project("20m", "gzip_types text/css application/javascript application/json;"),
            ),
            (
                Seen::Open,
                &project("20m", "gzip_types text/css application/javascript; gzip_vary on;"),
            ),
            (Seen::Fires, &project("20m", "gzip_types text/plain;")),
        ],
    );
    let media = "-- settings.py\nMEDIA_URL = 'https://media.shop.org/'\nSTATIC_URL = 'https://static.shop.org/'\nINSTALLED_APPS = ['django.contrib.staticfiles']\nMIDDLEWARE = []\n";
    check("media-served-public", &[(Seen::Open, media)]);
    check("static-unserved", &[(Seen::Open, media)]);
}

/// Which facts hold of a repository of these files.
fn holds(text: &str, fact: plimsoll_catalog::FactPredicate) -> Option<bool> {
    plimsoll_rules::holds(&crate::support::facts(&files(text)), fact)
}

#[test]
fn what_a_system_is_about_is_told_by_words_that_tell() {
    use plimsoll_catalog::FactPredicate as F;
    let models = |names: &str| {
        let classes: String = names
            .split(' ')
            .map(|name| format!("class {name}(models.Model):\n    pass\n"))
            .collect();
        format!("-- work/models.py\n{classes}")
    };
    for (names, fact, expected) in [
        ("Cart CartItem Product", F::HasShop, Some(true)),
        ("Task Project", F::HasShop, Some(false)),
        // A tour of a product, a sale at a till, goods in another language.
        ("ProductTour Task", F::HasShop, None),
        ("Pedido Cliente", F::HasShop, None),
        ("Exam ExamQuestion Student", F::HasExamMarking, Some(true)),
        ("Quiz Question", F::HasExamMarking, None),
        ("Quotation Book", F::HasContracts, None),
        ("Contract Client", F::HasContracts, Some(true)),
        ("Holiday Country", F::HasLeaveRequests, None),
        ("LeaveRequest Employee", F::HasLeaveRequests, Some(true)),
        ("Patient Visit", F::StoresCareData, Some(true)),
        ("IntakeForm Submission", F::StoresCareData, None),
    ] {
        assert_eq!(holds(&models(names), fact), expected, "{names}: {fact:?}");
    }
}

#[test]
fn what_a_system_does_not_use_is_said_only_where_nothing_speaks_for_it() {
    use plimsoll_catalog::FactPredicate as F;
    let requirements = "-- requirements.txt\ndjango==5.2.8\ncelery[redis]==5.5.0\n-- settings.py\nDEBUG = False\n-- shop/celery.py\nfrom celery import Celery\napp = Celery('shop')\n";
    let bare = "-- requirements.txt\ndjango==5.2.8\n-- settings.py\nDEBUG = False\n";
    let procfile = "-- Procfile\nweb: gunicorn shop.wsgi\n";
    let unit = "-- deploy/shop.service\n[Service]\nExecStart=/srv/venv/bin/gunicorn shop.wsgi\n";
    let fallback = "-- settings.py\nimport os\nDATABASES = {'default': {'ENGINE': os.environ.get('DB_ENGINE', 'django.db.backends.sqlite3'), 'NAME': 'db'}}\n";
    let fixed = "-- settings.py\nDATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db'}}\n";
    let caches =
        "-- settings.py\nfrom local_settings import CACHES_OF_HOST\nCACHES = CACHES_OF_HOST\n";
    for (text, fact, expected) in [
        (requirements.to_owned(), F::UsesRedis, None),
        (bare.to_owned(), F::UsesRedis, Some(false)),
        (format!("{bare}{procfile}"), F::PlatformAsAService, Some(true)),
        (format!("{bare}{unit}"), F::PlatformAsAService, Some(false)),
        (format!("{bare}{procfile}{unit}"), F::PlatformAsAService, None),
        (bare.to_owned(), F::PlatformAsAService, None),
        (fallback.to_owned(), F::DatabaseSqlite, None),
        (fixed.to_owned(), F::DatabaseSqlite, Some(true)),
        (caches.to_owned(), F::UsesCache, None),
        (bare.to_owned(), F::UsesCache, Some(false)),
        (
            "-- static/sw.js\nself.addEventListener('push', show)\n".to_owned(),
            F::HasOfflineClient,
            None,
        ),
        ("-- static/app.js\nlet a = 1\n".to_owned(), F::HasOfflineClient, Some(false)),
    ] {
        assert_eq!(holds(&text, fact), expected, "{fact:?}:\n{text}");
    }
}

#[test]
fn examples_prove_only_what_they_hold() {
    let project =
        |reads: &str, example: &str| format!("-- settings.py\nimport os\n{reads}\n{example}");
    let two = "A = os.environ['SHOP_A']\nB = os.environ.get('SHOP_B', 'x')";
    check(
        "env-example-incomplete",
        &[
            (Seen::Proves, &project(two, "-- .env.example\nSHOP_A=\nSHOP_B=\n")),
            // What has a fallback is read as well.
            (Seen::Open, &project(two, "-- .env.example\nSHOP_A=\n")),
            (Seen::Fires, &project(two, "-- .env.example\nSHOP_B=\n")),
        ],
    );
    check(
        "env-example-stale",
        &[
            (Seen::Proves, &project(two, "-- .env.example\nSHOP_A=\nSHOP_B=\n")),
            (Seen::Open, &project(two, "-- .env.example\nSHOP_A=\nSHOP_B=\nSHOP_GONE=\n")),
            (Seen::Open, &project(two, "")),
        ],
    );
    check("env-example-holds-secret", &[(Seen::Open, &project(two, ""))]);
}

#[test]
fn what_was_not_there_to_be_looked_at_proves_nothing() {
    check(
        "template-safe-filter",
        &[
            (Seen::Open, "-- settings.py\nDEBUG = False\n"),
            (
                Seen::Proves,
                "-- settings.py\nDEBUG = False\n-- shop/templates/a.html\n<p>{{ name }}</p>\n",
            ),
        ],
    );
    let stack = |web: &str| {
        format!(
            "-- settings.py\nDEBUG = False\n-- shop/asgi.py\napplication = 1\n-- docker-compose.yml\nservices:\n  web:\n    build: .\n    command: {web}\n  channels:\n    build: .\n    command: daphne -b 0.0.0.0 -p 8001 shop.asgi:application\n"
        )
    };
    check(
        "development-server-in-production",
        &[
            (Seen::Open, &stack("python manage.py runserver 0.0.0.0:8000")),
            (Seen::Proves, &stack("gunicorn shop.wsgi")),
        ],
    );
}

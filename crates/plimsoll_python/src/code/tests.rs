//! Modules in, facts out.

use plimsoll_source::{RepoPath, SourceText};

use super::{
    KeySource, ModuleFacts, PasswordFrom, PasswordSource, Reach, Text, is_worth_scanning, scan,
};

fn facts(text: &str) -> ModuleFacts {
    scan(&SourceText::new(RepoPath::new("app/views.py").unwrap(), text))
}

#[test]
fn how_sql_is_put_together() {
    let values = |part: &str, from_request, as_name| {
        Some(Text::With { part: part.to_owned(), from_request, as_name })
    };
    for (code, expected) in [
        ("cursor.execute('SELECT 1 WHERE a = %s', [a])", Some(Text::Fixed)),
        ("cursor.execute(f'SELECT 1 WHERE a = {name}')", values("name", false, false)),
        (
            "cursor.execute('SELECT a FROM b WHERE c = %s' % request.GET['c'])",
            values("request.GET['c']", true, false),
        ),
        ("cursor.execute('DELETE FROM {} WHERE x = 1'.format(name))", values("name", false, true)),
        ("cursor.execute('SELECT a WHERE b = ' + name)", values("name", false, false)),
        ("cursor.execute(f'DELETE FROM {Note._meta.db_table}')", Some(Text::Fixed)),
        (
            "marks = ', '.join(['%s'] * len(ids))\ncursor.execute(f'SELECT a WHERE b IN ({marks})', ids)",
            Some(Text::Fixed),
        ),
        ("for t in ['a', 'b']:\n    cursor.execute(f'ANALYZE {t}')", Some(Text::Fixed)),
        ("cursor.execute(QUERY)", Some(Text::Fixed)),
        ("def run(sql):\n    cursor.execute(sql)", Some(Text::Unseen("sql".to_owned()))),
        ("Note.objects.raw('SELECT * FROM n WHERE t = %s' % title)", values("title", false, false)),
        ("Note.objects.extra(where=[f\"a = '{title}'\"])", values("title", false, false)),
        ("cursor.execute(f'SELECT a WHERE {where}')", Some(Text::Unseen("where".to_owned()))),
        ("cursor.execute(f'SELECT {name}')  # nosec", None),
        ("sql = 'SELECT a'\nsql = sql + ' LIMIT 1'\ncursor.execute(sql)", Some(Text::Fixed)),
        ("search.execute()", None),
        ("task.execute(f'run {name}')", None),
        ("cursor.execute(sql.SQL('DROP ROLE {}').format(sql.Identifier(role)))", Some(Text::Fixed)),
    ] {
        let found = facts(code).sql;
        assert_eq!(found.first().map(|sql| sql.text.clone()), expected, "{code}");
    }
}

#[test]
fn how_safe_text_is_put_together() {
    for (code, fixed) in [
        ("mark_safe('<b>x</b>')", true),
        ("mark_safe(f'<b>{escape(name)}</b>')", true),
        ("mark_safe('<a href=\"%s\">x</a>' % reverse('a'))", true),
        ("mark_safe('<b>%s</b>' % obj.name)", false),
        (
            "kinds = {'a': 'red', 'b': 'blue'}\nmark_safe(f'<b class=\"{kinds.get(x, \"grey\")}\">')",
            true,
        ),
        ("kinds = {'a': 'red', 'b': 'blue'}\nmark_safe('<b>' + kinds[x])", true),
        ("kinds = {'a': obj.name}\nmark_safe('<b>' + kinds.get(x, ''))", false),
        ("kinds = {'a': 'red'}\nmark_safe('<b>' + kinds.get(x, obj.name))", false),
        ("mark_safe('<b>' + cache.get(x, ''))", false),
        ("mark_safe(obj.text)", false),
        ("format_html('<b>{}</b>', name)", true),
        ("format_html(f'<b>{name}</b>')", false),
        ("html = render(x)\nhtml = clean_html(html)\nmark_safe(html)", true),
        ("for name, kind in KINDS.items():\n    mark_safe(f'<b>{kind.label}</b>')", true),
        ("html = ''\nfor x in y:\n    html = html + f'<b>{x.name}</b>'\nmark_safe(html)", false),
        ("x = _('Hello <b>you</b>')\nmark_safe(x)", true),
    ] {
        let found = facts(code).safe;
        assert_eq!(found[0].text == Text::Fixed, fixed, "{code}: {found:?}");
    }
}

#[test]
fn what_is_logged() {
    for (code, expected) in [
        ("logger.info('login with %s', password)", Some("password")),
        ("logger.debug(f'token {user.access_token}')", Some("user.access_token")),
        ("print(request.POST)", Some("request.POST")),
        ("logging.info('body: ' + str(request.body))", Some("request.body")),
        ("logger.info('password changed for %s', user)", None),
        ("logger.info('length %d', len(password))", None),
        ("logger.info('%s', request.method)", None),
        ("messages.info(request, password)", None),
    ] {
        let found = facts(code).logged;
        assert_eq!(found.first().map(|logged| logged.value.as_str()), expected, "{code}");
    }
}

#[test]
fn where_passwords_come_from() {
    for (code, expected) in [
        ("user.set_password(request.POST['password'])", Some(PasswordSource::Request)),
        (
            "p = request.data.get('password')\nUser.objects.create_user(name, mail, p)",
            Some(PasswordSource::Request),
        ),
        ("user.set_password(get_random_string(12))", Some(PasswordSource::Generated)),
        (
            "class S(serializers.ModelSerializer):\n  def create(self, validated_data):\n    u.set_password(validated_data['password'])",
            Some(PasswordSource::Validated),
        ),
        (
            "class M(BaseUserManager):\n  def create_user(self, password):\n    user.set_password(password)",
            None,
        ),
        ("User.objects.create_user(username=name)", None),
    ] {
        let found = facts(code).passwords;
        assert_eq!(found.first().map(|password| password.source), expected, "{code}");
    }
    let accounts = facts("User.objects.create_superuser('admin', 'a@b.org', 'admin')").accounts;
    assert!(accounts[0].superuser);
}

#[test]
fn where_the_passwords_of_accounts_stand() {
    let command = |default: &str, password: &str| {
        format!(
            "class Command(BaseCommand):\n    def add_arguments(self, parser):\n        parser.add_argument('--admin-password', {default})\n\n    def handle(self, *args, **options):\n        password = {password}\n        User.objects.create_superuser(username='admin', password=password)\n"
        )
    };
    let given = |code: &str| facts(code).accounts.into_iter().next().map(|account| account.given);
    let fallback = |code: &str| match given(code) {
        Some(PasswordFrom::Fallback(at)) => Some(at.start.line),
        _ => None,
    };
    let by_default = command("default='admin123'", "options['admin_password']");
    assert_eq!(fallback(&by_default), Some(3));
    assert_eq!(fallback(&command("default='x1'", "options.get('admin_password')")), Some(3));
    let other = "options['admin_password'] or 'changeme'";
    assert_eq!(fallback(&command("help='the password'", other)), Some(6));
    let variable = "os.environ.get('ADMIN_PASSWORD', 'admin123')";
    assert_eq!(fallback(&command("help=''", variable)), Some(6));
    assert_eq!(
        fallback(
            "def make(password='admin123'):\n    User.objects.create_user('a', 'a@b.org', password)\n"
        ),
        Some(1)
    );
    assert_eq!(
        given(
            "PASSWORD = 'Demo1234!'\n\nclass Command(BaseCommand):\n    def handle(self, *args, **options):\n        user.set_password(PASSWORD)\n"
        ),
        Some(PasswordFrom::Written)
    );
    // Asked for, or without anything to fall back to.
    for safe in ["getpass.getpass()", "os.environ['ADMIN_PASSWORD']", "secrets.token_urlsafe(16)"] {
        assert_eq!(given(&command("help=''", safe)), None, "{safe}");
    }
    assert_eq!(given(&command("required=True", "options['admin_password']")), None);
    assert_eq!(given(&command("help=''", "row['password']")), Some(PasswordFrom::Elsewhere));
    assert_eq!(
        given("def view(request):\n    request.user.set_password(form.cleaned_data['new'])\n"),
        None
    );
}

#[test]
fn what_fields_take_from_the_request() {
    let view = |body: &str| {
        let code = format!("def view(request, pk):\n    user = request.user\n    {body}\n");
        let taken = facts(&code).functions.remove(0).takes;
        taken.into_iter().map(|taken| (taken.of, taken.field)).next()
    };
    let role = || Some("role".to_owned());
    for (body, expected) in [
        ("user.role = request.data['role']", Some(("user", role()))),
        ("data = request.data\n    user.role = data.get('role')", Some(("user", role()))),
        ("role = request.POST.get('role')\n    user.role = role", Some(("user", role()))),
        ("setattr(user, 'role', request.data['role'])", Some(("user", role()))),
        (
            "User.objects.create_user('a', role=request.data.get('role', 'x'))",
            Some(("User.objects.create_user", role())),
        ),
        (
            "User.objects.filter(pk=pk).update(**request.data)",
            Some(("User.objects.filter.update", None)),
        ),
        (
            "for key, value in request.data.items():\n        setattr(user, key, value)",
            Some(("user", None)),
        ),
        // Looked at, made by the form, or no privilege.
        (
            "for key, value in request.data.items():\n        if key in FIELDS:\n            setattr(user, key, value)",
            None,
        ),
        ("user.role = ROLES[request.data['role']]", None),
        ("user.role = serializer.validated_data['role']", None),
        ("user.name = request.data['name']", None),
        ("note.role = 'reader'", None),
    ] {
        let expected = expected.map(|(of, field)| (of.to_owned(), field));
        assert_eq!(view(body), expected, "{body}");
    }
}

#[test]
fn choices_are_followed_to_lists_and_classes() {
    let choices = |code: &str| {
        facts(code)
            .classes
            .into_iter()
            .find(|class| class.name == "User")
            .unwrap()
            .fields
            .remove(0)
            .choices
    };
    let list = "class User(models.Model):\n    ROLES = [('admin', 'Admin'), ('client', 'Client')]\n    role = models.CharField(choices=ROLES)\n";
    assert!(choices(list).contains(&"admin".to_owned()));
    let class = "class Role(models.TextChoices):\n    ADMIN = 'ADMIN', 'Boss'\n\nclass User(models.Model):\n    role = models.CharField(choices=Role.choices)\n";
    assert_eq!(choices(class), ["admin", "boss"]);
    let elsewhere =
        "class User(models.Model):\n    role = models.CharField(choices=Role.choices)\n";
    assert_eq!(choices(elsewhere), ["Role.choices"]);
}

#[test]
fn keys_and_addresses() {
    let key = facts(
        "import hashlib\ndigest = hashlib.sha256(settings.SECRET_KEY.encode()).digest()\nf = Fernet(base64.urlsafe_b64encode(digest))",
    );
    assert_eq!(key.keys[0].source, KeySource::SecretKey);
    assert_eq!(facts("Fernet(settings.FIELD_KEY)").keys[0].source, KeySource::Other);
    assert_eq!(facts("Fernet(b'abc')").keys[0].source, KeySource::Literal);
    let address = "def ip(request):\n    xff = request.META.get('HTTP_X_FORWARDED_FOR')\n    if xff:\n        return xff.split(',')[0]\n";
    assert_eq!(facts(address).forwarded_first.len(), 1);
    assert!(facts(&address.replace("[0]", "[-1]")).forwarded_first.is_empty());
    let reused = "def ip(request):\n    ip = request.META.get('HTTP_X_FORWARDED_FOR')\n    if ip:\n        ip = ip.split(',')[0]\n    else:\n        ip = request.META.get('REMOTE_ADDR')\n    return ip\n";
    assert_eq!(facts(reused).forwarded_first.len(), 1);
    assert!(
        facts(&reused.replace("HTTP_X_FORWARDED_FOR", "HTTP_ACCEPT")).forwarded_first.is_empty()
    );
    let listed = "def ip(request):\n    hops = request.headers.get('X-Forwarded-For', '').split(',')\n    return hops[0]\n";
    assert_eq!(facts(listed).forwarded_first.len(), 1);
}

#[test]
fn views_and_models() {
    let found = facts(
        "@csrf_exempt\ndef hook(request):\n    if request.method == 'POST':\n        Note.objects.create(owner=request.user)\n",
    );
    let function = &found.functions[0];
    assert_eq!(function.decorators, ["csrf_exempt"]);
    assert!(function.uses_session && function.writes && function.checks_method);
    let found = facts(
        "@method_decorator(csrf_exempt, name='dispatch')\nclass V(View):\n    permission_classes = [AllowAny]\n\nclass Person(models.Model):\n    mail = models.EmailField()\n    history = HistoricalRecords()\nauditlog.register(Person)\n",
    );
    assert_eq!(found.classes[0].decorators, ["csrf_exempt"]);
    assert_eq!(found.classes[0].permissions.as_ref().unwrap().0, ["AllowAny"]);
    assert_eq!(found.classes[1].fields[0].kind, "EmailField");
    assert_eq!(found.audited, ["Person", "Person"]);
}

#[test]
fn modules_without_a_word_are_not_parsed() {
    assert!(!is_worth_scanning("def add(a, b):\n    return a + b\n"));
    assert!(is_worth_scanning("logger.info(password)\n"));
    assert!(!is_worth_scanning("password = 1\n"));
}

#[test]
fn hostile_modules_end() {
    let nested = format!("{}x{}", "mark_safe(f'{".repeat(60), "}')".repeat(60));
    facts(&nested);
    facts(
        &"def f():\n"
            .lines()
            .map(|l| l.to_owned())
            .cycle()
            .take(50)
            .enumerate()
            .map(|(i, l)| format!("{}{l}\n", " ".repeat(i)))
            .collect::<String>(),
    );
}

#[test]
fn a_migration_tells_what_it_follows_and_does() {
    let text = "# Generated by Django 4.2.1 on 2023-05-03 10:11
from django.db import migrations, models
class Migration(migrations.Migration):
    atomic = False
    dependencies = [('shop', '0001_initial'), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AddField('Order', 'code', models.CharField(max_length=3, unique=True, default='')),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL('DROP TABLE x')],
            state_operations=[migrations.DeleteModel(name='X')],
        ),
        migrations.RunPython(forward, migrations.RunPython.noop),
        migrations.RunPython(forward),
        AddIndexConcurrently('order', models.Index(fields=['code'], name='i')),
    ]
";
    let migration = facts(text).migration.unwrap();
    assert_eq!(migration.generated.as_deref(), Some("2023-05-03"));
    assert!(migration.not_atomic && !migration.open && !migration.initial);
    let expected = vec![("shop".to_owned(), "0001_initial".to_owned())];
    assert_eq!(migration.dependencies, Some(expected));
    let told: Vec<_> = migration
        .operations
        .iter()
        .map(|o| (o.kind.as_str(), o.reach, o.model.as_deref(), o.reversible))
        .collect();
    assert_eq!(
        told,
        [
            ("AddField", Reach::Both, Some("order"), None),
            ("RunSQL", Reach::Database, None, Some(false)),
            ("DeleteModel", Reach::State, Some("x"), None),
            ("RunPython", Reach::Both, None, Some(true)),
            ("RunPython", Reach::Both, None, Some(false)),
            ("AddIndexConcurrently", Reach::Both, Some("order"), None),
        ]
    );
    let field = &migration.operations[0];
    assert_eq!(field.switched_on, ["unique"]);
    assert!(field.has_default);
    assert_eq!(migration.operations[1].sql.as_deref(), Some("DROP TABLE x"));
}

#[test]
fn dependencies_that_are_computed_are_not_known() {
    let text = "from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [(APP, '0001')]
    operations = make()
";
    let migration = facts(text).migration.unwrap();
    assert!(migration.dependencies.is_none() && migration.open);
}

#[test]
fn tasks_schedules_and_results() {
    let text = "from celery import Celery, shared_task
app = Celery('shop', broker='redis://queue')
app.conf.beat_schedule = {'a': {'task': 'shop.tasks.purge', 'schedule': 60}}
app.conf.update(result_backend='django-db')
@shared_task
def purge(): pass
@app.task(bind=True, name='send')
def send_mail(self): pass
@app.task(name=NAME)
def other(self): pass
def view(request):
    return send_mail.delay().get()
";
    let tasks = facts(text).tasks;
    let names: Vec<_> = tasks
        .tasks
        .iter()
        .map(|task| (task.function.as_str(), task.name.as_deref(), task.name_open))
        .collect();
    assert_eq!(
        names,
        [("purge", None, false), ("send_mail", Some("send"), false), ("other", None, true)]
    );
    assert_eq!(tasks.scheduled.first().unwrap().0, "shop.tasks.purge");
    assert!(tasks.apps[0].broker && !tasks.apps[0].backend);
    assert!(tasks.configures.iter().any(|(key, _)| key == "result_backend"));
    assert_eq!(tasks.awaits.len(), 1);
}

#[test]
fn what_a_function_changes_in_the_database() {
    use super::ChangeKind::{Create, Delete, Save, Update};
    for (body, expected) in [
        ("get_object_or_404(Note, pk=pk).delete()", vec![(Delete, Some("Note"), true)]),
        ("n = Note.objects.get(pk=pk)\n    n.delete()", vec![(Delete, Some("Note"), true)]),
        ("n = Note(text=x)\n    n.save()", vec![(Save, Some("Note"), false)]),
        ("Note.objects.filter(a=1).update(b=2)", vec![(Update, Some("Note"), true)]),
        ("models.Note.objects.create(a=1)", vec![(Create, Some("Note"), false)]),
        ("form.save()", vec![(Save, None, false)]),
        ("n = form.save(commit=False)\n    n.save()", vec![(Save, None, false)]),
        // Things that are saved, changed and deleted elsewhere.
        ("context.update(a=1)", vec![]),
        ("image.save(path)", vec![]),
        ("request.session.save()", vec![]),
        ("cache.delete(key)", vec![]),
        ("stripe.Customer.create(a=1)", vec![]),
    ] {
        let found = facts(&format!("def v(request, pk):\n    {body}\n"));
        let changes: Vec<_> = found.functions[0]
            .changes
            .iter()
            .map(|change| (change.kind, change.model.as_deref(), change.found))
            .collect();
        assert_eq!(changes, expected, "{body}");
    }
}

#[test]
fn which_rows_are_found_by_whom() {
    for (call, expected) in [
        ("get_object_or_404(Note, pk=pk)", Some((vec!["pk"], false, true))),
        (
            "get_object_or_404(Note, pk=pk, owner=request.user)",
            Some((vec!["pk", "owner"], true, true)),
        ),
        ("Note.objects.filter(owner=self.request.user)", Some((vec!["owner"], true, false))),
        ("Note.objects.get(**lookup)", Some((vec!["**"], false, true))),
        ("get_object_or_404(Note, Q(a=1), pk=pk)", Some((vec!["pk", "*"], false, true))),
        ("request.user.notes.get(pk=pk)", None),
        ("data.get('a')", None),
    ] {
        let found = facts(&format!("def v(request, pk):\n    x = {call}\n"));
        let lookup = found.functions[0].lookups.first().map(|lookup| {
            let by: Vec<&str> = lookup.by.iter().map(String::as_str).collect();
            (by, lookup.of_user, lookup.one)
        });
        assert_eq!(lookup, expected, "{call}");
    }
}

#[test]
fn redirects_to_what_the_request_names() {
    for (body, expected) in [
        ("return redirect(request.GET['next'])", Some(false)),
        ("url = request.GET.get('next', '/')\n    return HttpResponseRedirect(url)", Some(false)),
        ("return redirect(request.POST.get('next') or '/')", Some(false)),
        ("return redirect(f\"{request.GET['next']}?a=1\")", Some(false)),
        (
            "url = request.GET.get('next')\n    if allowed_here(url):\n        return redirect(url)",
            Some(true),
        ),
        (
            "url = request.GET.get('next')\n    if not is_safe_url(url): url = '/'\n    return redirect(url)",
            Some(true),
        ),
        ("return redirect('/search/?q=' + request.GET['q'])", None),
        ("return redirect(f\"/x/{request.GET['q']}\")", None),
        ("return redirect('notes', request.GET['q'])", None),
        ("return redirect(request.META['HTTP_REFERER'])", None),
    ] {
        let found = facts(&format!("def v(request):\n    {body}\n"));
        assert_eq!(found.redirects.first().map(|r| r.checked), expected, "{body}");
    }
}

#[test]
fn input_that_is_run_as_code() {
    for (body, expected) in [
        ("eval(request.GET['x'])", Some("eval")),
        ("pickle.loads(base64.b64decode(request.COOKIES['x']))", Some("pickle.loads")),
        ("x = request.body\n    yaml.load(x)", Some("yaml.load")),
        ("yaml.load(request.body, Loader=yaml.SafeLoader)", None),
        ("os.system(f'ping {request.POST[\"host\"]}')", Some("os.system")),
        ("os.system(f'ping {int(request.POST[\"host\"])}')", None),
        ("subprocess.run('ls ' + request.GET['d'], shell=True)", Some("subprocess.run")),
        ("subprocess.run(['ls', request.GET['d']])", None),
        ("pickle.loads(row.state)", None),
        ("frame.eval(request.GET['x'])", None),
    ] {
        let found = facts(&format!("def v(request):\n    {body}\n"));
        assert_eq!(found.executed.first().map(|e| e.call.as_str()), expected, "{body}");
    }
}

#[test]
fn handlers_that_lose_what_happened() {
    use super::SwallowedHow::{Silent, Untraced};
    for (handler, expected) in [
        ("except Exception:\n        pass", Some(Silent)),
        ("except:\n        ...", Some(Silent)),
        ("except Exception:\n        pass  # the row is optional", None),
        ("except ValueError:\n        pass", None),
        ("except Exception as e:\n        logger.error(str(e))", Some(Untraced)),
        ("except Exception as e:\n        logger.error(str(e), exc_info=True)", None),
        ("except Exception as e:\n        logger.exception('x')", None),
        ("except Exception as e:\n        logger.error(e)\n        raise", None),
        ("except Exception as e:\n        logger.warning(e)", None),
    ] {
        let found =
            facts(&format!("def v():\n    try:\n        Note.objects.create()\n    {handler}\n"));
        assert_eq!(found.swallowed.first().map(|s| s.how), expected, "{handler}");
        assert!(found.swallowed.iter().all(|s| s.changes.len() == 1), "{handler}");
    }
}

#[test]
fn what_limits_requests() {
    for (code, expected) in [
        (
            "class LoginView(View):\n    throttle_classes = [X]\n",
            &[("throttle_classes", "LoginView")][..],
        ),
        ("@ratelimit(key='ip')\ndef login(request):\n    pass\n", &[("ratelimit", "login")]),
        (
            "@method_decorator(ratelimit(key='ip'), name='post')\nclass LoginView(View):\n    pass\n",
            &[("ratelimit", "LoginView")],
        ),
        (
            "class V(ViewSet):\n    @action(detail=False, throttle_classes=[X])\n    def login(self, request):\n        pass\n",
            &[("throttle_classes", "V")],
        ),
        (
            "def login(request):\n    if TokenBucket.authorize_login(x):\n        pass\n",
            &[("TokenBucket.authorize_login", "login")],
        ),
        // Defining one limits nothing.
        ("class LoginThrottle(AnonRateThrottle):\n    rate = '5/min'\n", &[]),
        ("import ratelimit\n", &[]),
    ] {
        let found = facts(code).limits;
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|limit| (limit.name.as_str(), limit.around.as_deref().unwrap_or("")))
            .collect();
        assert_eq!(found, expected, "{code}");
        assert!(is_worth_scanning(code) || expected.is_empty(), "{code}");
    }
}

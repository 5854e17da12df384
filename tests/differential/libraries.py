"""Forms of the environment libraries for the generated modules: django-environ, python-decouple, dj-database-url,
python-dotenv. Used by `generate.py --libraries`, whose Python must have them installed.
"""

import grammar

URLS = [
    "postgres://u:p%40ss@h.example.org:5433/name", "postgresql://h/name", "mysql://u:p@h:3306/name?charset=utf8mb4&ssl_mode=x", "sqlite:///db.sqlite3", "sqlite:////abs/db.sqlite3",
    "sqlite://:memory:", "psql://u:p@h/n?sslmode=require&connect_timeout=5", "postgis://u:p@h/n", "mysql2://u@h/n", "oracle://u:p@h:1521/n", "postgres://%2Fvar%2Frun/name", "postgres://u:p@[::1]:5432/n",
    "postgres://u:a%23b%3Fc@h/n?conn_max_age=60", "sqlite://", "mssql://u:p@h/n?driver=x", "redshift://u:p@h/n", "cockroach://u@h:26257/n", "postgres://u:p@h1,h2/n", "pgsql://u:p@h:/n",
]
CACHES = [
    "redis://h:6379/1", "rediscache://:pw@h:6379/1?client_class=django_redis.client.DefaultClient&timeout=3", "rediss://u:p@h:6380/0", "locmemcache://", "locmemcache://name", "dbcache://table", "filecache:///var/tmp/cache",
    "memcache://h1:11211,h2:11211", "pymemcache://127.0.0.1:11211?timeout=5", "dummycache://", "redis://h1:6379,h2:6379/1", "redis:///var/run/redis.sock?db=2", "rediscache://h:6379/1?compressor=x&key_prefix=p&max_entries=10",
]
EMAILS = ["smtp://u%40d.org:pw@h:587", "smtp+tls://u:p@h:587", "smtps://u:p@h:465", "consolemail://", "filemail:///tmp/mail", "memorymail://", "dummymail://", "smtp+ssl://h:465?timeout=3", "smtp://h"]
BOOLEANS = ["True", "true", "TRUE", "1", "yes", "on", "y", "t", "ok", "False", "false", "0", "no", "off", "n", "f", "", " true", "2", "None", "enabled"]
VARIABLES = {
    "DEBUG": [*BOOLEANS, None], "HOSTS": ["a.org,b.org", "a.org, b.org,", "", " a ", "'a','b'", "[a,b]", None], "PORT": ["8000", "0", "", " 7 ", "1_000", None], "NAME": ["db", "", "$PORT", "${PORT}", "a\\nb", "x#y", " pad ", None],
    "LEVEL": ["info", "DEBUG", None], "RATIO": ["0.5", "2", "1,234.5", "1.234,5", None], "PAIRS": ["a=1,b=2", "a=1;b=2", "a=x=y", "", None], "JSON": ['{"a": [1, 2.5, null]}', "[]", None], "NUMBERS": ["1,2,3", "1, 2", "", None],
    "DATABASE_URL": [*URLS, "", None], "CACHE_URL": [*CACHES, None], "EMAIL_URL": [*EMAILS, None], "TUPLE": ["(a,b)", "a,b", None], "MULTI": ["a\\nb", "-----\\nx\\n-----", None],
}
DOTENV = [
    "# a comment", "", "NAME=value", "NAME='single $PORT'", 'NAME="double ${PORT}"', "export PORT=9000", "PORT = 81", "HOSTS=a.org,b.org # not a host", "DEBUG=on", "DEBUG=False", 'MULTI="a\\nb"', "LEVEL=", "LEVEL", 'NAME="it\'s"', "NAME=x#y",
    "NAME=x #y", "RATIO=0.25", "PAIRS=a=1,b=2", "DATABASE_URL=postgres://u:p@h/n", "NAME=${LEVEL:-info}", "NAME='x'", "  PORT=82", "NAME=\"a\\tb\"", "JSON={\"a\": 1}", "NAME=`x`", "NAME=ünï", "LEVEL=a=b", "'NAME'=q", "NAME==", "NAME=$PORT$$", "NUMBERS=1,2", 'HOSTS="a, b"',
]
PRELUDE = [
    "import environ", "import dj_database_url", "import dotenv", "from dotenv import load_dotenv", "from decouple import config, Csv",
    "env0 = environ.Env()", "env1 = environ.Env(DEBUG=(bool, False), PORT=(int, 8080), HOSTS=(list, ['x']), LEVEL=(str, 'warn'), NAME=str, NUMBERS=([int], []))",
]


class LibraryWriter(grammar.Writer):
    """Writes modules whose values come mostly from the environment."""

    def expr(self, wanted=None, depth=2):
        if wanted is None and self.chance(0.6):
            return self.library()
        return super().expr(wanted, depth)

    def default(self, *kinds):
        return self.pick("", f", default={super().expr(self.pick(*kinds), 1)}", f", {super().expr(self.pick(*kinds), 1)}")

    def name(self):
        return repr(self.rng.choice([*VARIABLES, "UNSET"]))

    def library(self):
        env = self.pick("env0", "env0", "env1")
        name = self.name()
        url = repr(self.rng.choice(URLS))
        extra = self.pick("", ", conn_max_age=600", ", ssl_require=True", ", conn_max_age=None, conn_health_checks=True", ", engine='x.y'")
        return self.rng.choice([
            lambda: f"{env}({name}{self.default('str', 'none', 'bool', 'int')})", lambda: f"{env}.str({name}{self.default('str', 'none')})", lambda: f"{env}.bool({name}{self.default('bool', 'none')})", lambda: f"{env}.bool('DEBUG', {self.pick('True', 'False')})",
            lambda: f"{env}.int({name}{self.default('int', 'none')})", lambda: f"{env}.int('PORT', {self.pick('1', 'None')})", lambda: f"{env}.float('RATIO'{self.default('float', 'int')})", lambda: f"{env}.list('HOSTS'{self.default('list')})", lambda: f"{env}.list({name}{self.default('list')})",
            lambda: f"{env}.list('NUMBERS', {self.pick('int', 'cast=int', 'str')}, default=[1])", lambda: f"{env}.tuple({self.pick(repr('TUPLE'), repr('HOSTS'))}, default=('x',))", lambda: f"{env}.dict('PAIRS'{self.default('dict')})", lambda: f"{env}.dict('PAIRS', {{'value': int}}, default={{}})" if self.chance(0.3) else f"{env}.dict('PAIRS', default={{}})",
            lambda: f"{env}.json('JSON', default={{}})", lambda: f"{env}.db({self.pick('', repr('DATABASE_URL'))}, default={url})".replace("(,", "("), lambda: f"{env}.db('DATABASE_URL')", lambda: f"{env}.db_url_config({url})", lambda: f"environ.Env.db_url_config({url})",
            lambda: f"{env}.cache('CACHE_URL', default='locmemcache://')", lambda: f"{env}.cache_url(default={self.rng.choice(CACHES)!r})", lambda: f"{env}.cache_url_config({self.rng.choice(CACHES)!r})", lambda: f"{env}.email_url('EMAIL_URL', default='consolemail://')", lambda: f"{env}.email_url_config({self.rng.choice(EMAILS)!r})",
            lambda: f"{env}('PORT', cast=int, default={self.pick('1', 'None', repr('5'))})", lambda: f"{env}('HOSTS', cast={self.pick('list', 'str', 'lambda v: v.upper()')}, default='d')", lambda: f"{env}.get_value('DEBUG', cast=bool, default={self.pick('True', 'False', repr('no'))})", lambda: f"{env}.bytes('NAME', default=b'x')", lambda: f"{env}.str('MULTI', multiline=True, default='')",
            lambda: f"{env}.path('NAME', default='x')", lambda: f"({name} in {env})", lambda: f"{env}.url('CACHE_URL', default='http://x').geturl()",
            lambda: f"config({name}{self.default('str', 'none', 'int', 'bool')})", lambda: f"config('DEBUG', default={self.pick('True', 'False', repr('off'), '0', repr(''))}, cast=bool)", lambda: f"config('PORT', default={self.pick('1', repr('25'))}, cast=int)", lambda: f"config('HOSTS', default={self.pick(repr(''), repr('a, b'), repr('localhost'))}, cast=Csv())",
            lambda: f"config('NUMBERS', default='1', cast=Csv({self.pick('int', 'cast=float', 'post_process=tuple', 'post_process=set', 'str.upper', repr('x') and 'delimiter=' + repr(';'), 'strip=' + repr('a '))}))", lambda: f"config('RATIO', default='1.5', cast=float)", lambda: f"config({name}, cast=lambda v: v.split('.') if v else [], default='')", lambda: f"config('JSON', default='[]', cast=json.loads)",
            lambda: f"dj_database_url.config(default={url}{extra})", lambda: f"dj_database_url.config({self.pick('', repr('OTHER_URL') + ', default=' + url)}{extra})".replace("(, ", "("), lambda: f"dj_database_url.parse({url}{extra})", lambda: f"dj_database_url.parse(os.environ.get('DATABASE_URL', {url}){extra})",
        ])()

    def statement(self, depth=2):
        if self.chance(0.06):
            name = self.fresh(False)
            return self.pick(
                ["load_dotenv(BASE_DIR / '.env')"], ["load_dotenv()"], ["load_dotenv(os.path.join(BASE_DIR, '.env'), override=True)"], ["environ.Env.read_env(BASE_DIR / '.env')"], ["env0.read_env(os.path.join(BASE_DIR, '.env'))"], ["environ.Env.read_env(str(BASE_DIR / '.env'), overwrite=True)"],
                [f"{self.fresh()} = dict(dotenv.dotenv_values(BASE_DIR / '.env'))"], [f"{name} = environ.Env()", f"{name}.prefix = 'X_'", f"{self.fresh()} = {name}('NAME', default='no')"], [f"env1.read_env(BASE_DIR / '.missing')"], [f"{self.fresh()} = environ.Path(__file__)('..')" if self.chance(0.3) else f"{self.fresh()} = str(environ.Path('/a/b') - 1)"],
            )
        return super().statement(depth)


def dotenv_text(rng):
    """An env file with the oddities of real ones."""
    return "\n".join(rng.choice(DOTENV) for _ in range(rng.randrange(1, 9))) + rng.choice(["\n", ""])

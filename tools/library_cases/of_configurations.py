"""django-configurations: `values`, and the class that DJANGO_CONFIGURATION names."""

NEWEST = {
    "django-configurations": "2.5.1",
    "django": "5.2.19",
    "asgiref": "3.13.0",
    "sqlparse": "0.6.1",
    "dj-database-url": "3.1.2",
    "dj-email-url": "1.0.6",
    "typing_extensions": "4.15.0",
}
PREPARE = "from configurations.importer import install; install()"
KEEP = "S_|EMAIL_(HOST|PORT|USE)"

SETTINGS = """import os
from configurations import Configuration, values

class Common(Configuration):
    S_PLAIN = 'common'
    S_OVER = 'common'
    S_STR = values.Value('d')
    S_STR_SET = values.Value('d')
    S_NONE = values.Value()
    S_BOOL = values.BooleanValue(False)
    S_BOOL_SET = values.BooleanValue(False)
    S_BOOL_NO = values.BooleanValue(True)
    S_INT = values.IntegerValue(5)
    S_INT_SET = values.IntegerValue(5)
    S_POSITIVE = values.PositiveIntegerValue(7)
    S_FLOAT_SET = values.FloatValue(1.5)
    S_LIST = values.ListValue(['a'])
    S_LIST_NONE = values.ListValue()
    S_LIST_SET = values.ListValue(['a'])
    S_LIST_INT = values.ListValue(separator=':', converter=int)
    S_TUPLE = values.TupleValue(['a', 'b'])
    S_TUPLE_SET = values.TupleValue()
    S_DICT = values.DictValue({'a': 1})
    S_DICT_NONE = values.DictValue()
    S_EMAIL = values.EmailValue('a@example.org')
    S_URL_SET = values.URLValue('http://example.org/')
    S_NAMED = values.Value('d', environ_name='OTHER')
    S_NO_PREFIX = values.Value('d', environ_prefix=None)
    S_PREFIX = values.Value('d', environ_prefix='MY_')
    S_NO_ENVIRON = values.Value('d', environ=False)
    S_NO_ENVIRON2 = values.BooleanValue(False, environ=False)
    S_LATE = values.Value('d', environ_name='OTHER', late_binding=True)
    S_TEXT = 'is %s' % S_NAMED
    S_BODY = 'yes' if S_BOOL_NO else 'no'
    S_SECRET = values.SecretValue()
    S_DATABASES = values.DatabaseURLValue('sqlite:///x.db')
    S_DATABASES2 = values.DatabaseURLValue(environ_name='SECOND_URL', alias='second')
    S_MAIL = values.EmailURLValue('console://')
    S_METHOD_BASE = ['a']

    @property
    def S_PROPERTY(self):
        return [self.S_STR_SET, self.S_BOOL_SET]

    def S_METHOD(self):
        return self.S_METHOD_BASE + ['m']

class Mixin:
    S_MIXED = 'mixin'

class Prod(Mixin, Common):
    S_OVER = 'prod'
    S_STR = values.Value('prod')
    S_METHOD_BASE = Common.S_METHOD_BASE + ['p']
    S_AGAIN = Common.S_PLAIN

S_MODULE = values.Value('m', environ_name='OTHER')
"""
GIVEN = {
    "DJANGO_SETTINGS_MODULE": "settings", "DJANGO_S_STR_SET": "x", "DJANGO_S_BOOL_SET": " Yes ",
    "DJANGO_S_BOOL_NO": "", "DJANGO_S_INT_SET": " 12", "DJANGO_S_FLOAT_SET": "2.5",
    "DJANGO_S_LIST_SET": "a, b ,,c", "DJANGO_S_LIST_INT": "1: 2", "DJANGO_S_TUPLE_SET": "x",
    "DJANGO_S_URL_SET": "https://example.com/", "DJANGO_OTHER": "other", "S_NO_PREFIX": "bare",
    "MY_S_PREFIX": "mine", "DJANGO_S_SECRET": "s3", "SECOND_URL": "postgres://u:p@h:5432/d",
    "DJANGO_S_NO_ENVIRON": "never", "EMAIL_URL": "smtp://u@h:26",
}
NEEDED = {"DJANGO_SETTINGS_MODULE": "settings", "DJANGO_S_SECRET": "s"}


def cases():
    for version in [None, "2.4.2", "2.3.2"]:
        for name in ["Prod", "Common"]:
            for environment in [GIVEN, NEEDED]:
                yield {
                    "name": "configurations",
                    "files": {"settings.py": SETTINGS},
                    "env": {**environment, "DJANGO_CONFIGURATION": name},
                    "installed": {
                        "django-configurations": version, "dj-database-url": None, "dj-email-url": None,
                    },
                }

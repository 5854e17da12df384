# What mezzanine.utils.conf.set_dynamic_settings of Mezzanine 6 does to the settings that it is given.
import os
import sys

LISTS = ["AUTHENTICATION_BACKENDS", "INSTALLED_APPS", "MIDDLEWARE", "STATICFILES_FINDERS", "LANGUAGES"]


def without(settings, app):
    if app in settings["INSTALLED_APPS"]:
        settings["INSTALLED_APPS"].remove(app)


def add(settings, name, item, first=False):
    if item not in settings[name]:
        settings[name].insert(0 if first else len(settings[name]), item)


def moved(settings, app, first=False):
    apps = settings["INSTALLED_APPS"]
    if app not in apps:
        return False
    apps.remove(app)
    if first:
        apps.insert(0, app)
    else:
        apps.append(app)
    return True


def importable(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def set_dynamic_settings(s):
    from django.conf import global_settings

    if not s.get("ALLOWED_HOSTS", []):
        s["ALLOWED_HOSTS"] = SitesAllowedHosts()
    if s.get("TIME_ZONE", None) is None:
        s["TIME_ZONE"] = LOCAL_TIME_ZONE
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    s["TESTING"] = command in ("test", "testserver")
    s["DEV_SERVER"] = command.startswith(("runserver", "harvest"))
    s.setdefault("AUTHENTICATION_BACKENDS", global_settings.AUTHENTICATION_BACKENDS)
    s.setdefault("STATICFILES_FINDERS", global_settings.STATICFILES_FINDERS)
    tuples = [name for name in LISTS if not isinstance(s.get(name, []), list)]
    for name in tuples:
        s[name] = list(s[name])
    s.setdefault("MESSAGE_STORAGE", "django.contrib.messages.storage.cookie.CookieStorage")
    if s.get("USE_MODELTRANSLATION", False) and not s["TESTING"] and importable("modeltranslation"):
        s["USE_I18N"] = True
        add(s, "INSTALLED_APPS", "modeltranslation")
    else:
        s["USE_MODELTRANSLATION"] = False
        without(s, "modeltranslation")
    for app in list(s.get("OPTIONAL_APPS", [])):
        if app not in s["INSTALLED_APPS"] and importable(app):
            s["INSTALLED_APPS"].append(app)
    if s["TESTING"]:
        without(s, "django_extensions")
    apps = s["INSTALLED_APPS"]
    if "debug_toolbar" in apps:
        s["DEBUG_TOOLBAR_PATCH_SETTINGS"] = False
        add(s, "MIDDLEWARE", "debug_toolbar.middleware.DebugToolbarMiddleware")
        s.setdefault("INTERNAL_IPS", ("127.0.0.1",))
    if "compressor" in apps:
        add(s, "STATICFILES_FINDERS", "compressor.finders.CompressorFinder")
        urls = {"MEDIA_URL": s.get("MEDIA_URL", ""), "STATIC_URL": s.get("STATIC_URL", "")}
        s.setdefault("COMPRESS_OFFLINE_CONTEXT", urls)
        s["COMPRESS_OFFLINE_CONTEXT"]["settings"] = lambda: None
    if "mezzanine.accounts" in apps:
        add(s, "AUTHENTICATION_BACKENDS", "mezzanine.core.auth_backends.MezzanineBackend", first=True)
    s["GRAPPELLI_INSTALLED"] = moved(s, s.get("PACKAGE_NAME_GRAPPELLI"))
    moved(s, "django.contrib.admin")
    moved(s, "django.contrib.staticfiles")
    if "mezzanine.blog" in apps:
        add(s, "INSTALLED_APPS", "mezzanine.generic")
    if "mezzanine.generic" in apps:
        s.setdefault("COMMENTS_APP", "mezzanine.generic")
        add(s, "INSTALLED_APPS", "django_comments")
    moved(s, "mezzanine.boot", first=True)
    if not (s.get("CACHE_BACKEND") or s.get("CACHES")):
        caching = ("UpdateCacheMiddleware", "FetchFromCacheMiddleware")
        s["MIDDLEWARE"] = [name for name in s["MIDDLEWARE"] if not name.endswith(caching)]
    code, languages = s.get("LANGUAGE_CODE"), s.get("LANGUAGES", [])
    if code and len(languages) == 1 and code != languages[0][0]:
        s["USE_I18N"] = True
        s["LANGUAGES"] = [(code, "")]
    if s["USE_I18N"] and not [name for name in s["MIDDLEWARE"] if name.endswith("LocaleMiddleware")]:
        after = s["MIDDLEWARE"].index("django.contrib.sessions.middleware.SessionMiddleware")
        s["MIDDLEWARE"].insert(after + 1, "django.middleware.locale.LocaleMiddleware")
    for name in tuples:
        s[name] = tuple(s[name])
    for database in s["DATABASES"].values():
        engine = database["ENGINE"].split(".")[-1]
        if engine == "sqlite3" and "NAME" in database and os.sep not in database["NAME"]:
            database["NAME"] = os.path.join(s.get("PROJECT_ROOT", ""), database["NAME"])
        elif engine == "mysql":
            database.setdefault("TEST", {}).setdefault("COLLATION", "utf8_general_ci")

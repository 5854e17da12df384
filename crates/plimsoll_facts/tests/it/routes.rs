//! Addresses, the views behind them, and what each asks of the caller.

use plimsoll_facts::{Access, Facts, Given, View, survey};
use plimsoll_source::MemoryTree;

const MANAGE: &str = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')";

fn facts(settings: &str, files: &[(&str, &str)]) -> Facts {
    let settings = format!("ROOT_URLCONF = 'shop.urls'\n{settings}");
    let mut all = vec![("manage.py", MANAGE), ("shop/settings.py", settings.as_str())];
    all.extend(files);
    survey(&MemoryTree::new(all), &Given::default()).unwrap()
}

/// Address and what is asked there, each as a word.
fn asked(facts: &Facts) -> Vec<(String, &'static str)> {
    let routes = facts.code.routes.views.iter();
    routes
        .map(|route| {
            let word = match &route.access {
                Access::Guarded(_) => "guarded",
                Access::WritesGuarded(_) => "writes guarded",
                Access::Asks(_) => "asks",
                Access::Open => "open",
                Access::Unknown(_) => "unknown",
            };
            (route.address.clone(), word)
        })
        .collect()
}

fn pairs(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    expected.iter().map(|(address, word)| ((*address).to_owned(), *word)).collect()
}

#[test]
fn lists_includes_conditions_and_aliases_are_followed() {
    let facts = facts(
        "DEBUG = False",
        &[
            (
                "shop/urls.py",
                "from django.conf import settings\nfrom django.conf.urls.i18n import i18n_patterns\nfrom django.contrib import admin\nfrom django.urls import include, path, re_path\nfrom shop import views\nfrom .views import later\n\nextra = [path('list/', views.index)]\nurlpatterns = i18n_patterns(\n    path('', views.index),\n    path('notes/', include(('notes.urls', 'notes'), namespace='n')),\n    path('in/', include([re_path(r'^(?P<pk>\\d+)/$', views.index)])),\n    path('ex/', include(extra)),\n) + [path('admin/', admin.site.urls), path('later/', later)]\nif settings.DEBUG:\n    urlpatterns += [path('debug/', views.index)]\nelse:\n    urlpatterns.append(path('live/', views.index))\n",
            ),
            (
                "shop/views.py",
                "from notes.views import Page\nlater = Page.as_view()\ndef index(request):\n    pass\n",
            ),
            (
                "notes/urls.py",
                "from . import views\nurlpatterns = [path('page/', views.Page.as_view())]\n",
            ),
            ("notes/views/__init__.py", "from .page import *\n"),
            (
                "notes/views/page.py",
                "from django.views.generic import TemplateView\nclass Page(TemplateView):\n    pass\n",
            ),
        ],
    );
    assert_eq!(
        asked(&facts),
        pairs(&[
            ("", "open"),
            ("notes/page/", "open"),
            ("in/(?P<pk>\\d+)/", "open"),
            ("ex/list/", "open"),
            ("admin/", "guarded"),
            ("later/", "open"),
            ("live/", "open"),
        ])
    );
    assert_eq!(facts.code.routes.gaps, []);
    let classes = facts.code.routes.views.iter().filter(|r| matches!(r.view, View::Class(..)));
    assert_eq!(classes.count(), 2);
}

/// What is asked at the only address, by the pattern's target and the module of views.
fn access(settings: &str, target: &str, views: &str) -> &'static str {
    let urls = format!(
        "from django.contrib.auth.decorators import login_required, user_passes_test\nfrom django.urls import path\nfrom shop import views\nfrom shop.views import *\nurlpatterns = [path('a/', {target})]\n"
    );
    let views = format!(
        "from django.contrib.auth.decorators import login_required\nfrom django.contrib.auth.mixins import LoginRequiredMixin\nfrom django.utils.decorators import method_decorator\nfrom django.views.generic import *\nfrom django.views import View\nfrom django.views.generic import ListView, DeleteView\nfrom rest_framework import viewsets, permissions\nfrom rest_framework.decorators import api_view, permission_classes\nfrom rest_framework.permissions import AllowAny, IsAuthenticated\nfrom other import Thing\n{views}"
    );
    let facts = facts(settings, &[("shop/urls.py", &urls), ("shop/views.py", &views)]);
    asked(&facts).first().map_or("none", |(_, word)| word)
}

#[test]
fn what_a_view_asks() {
    for (target, views, expected) in [
        ("views.v", "def v(request):\n    pass", "open"),
        ("login_required(views.v)", "def v(request):\n    pass", "guarded"),
        ("user_passes_test(f)(views.v)", "def v(request):\n    pass", "guarded"),
        ("views.v", "@login_required\ndef v(request):\n    pass", "guarded"),
        ("views.v", "def v(request):\n    if request.user.is_staff:\n        pass", "asks"),
        ("views.v", "def v(request, token):\n    pass", "asks"),
        (
            "views.v",
            "def v(request):\n    check(request)\ndef check(request):\n    raise PermissionDenied",
            "asks",
        ),
        ("views.v", "def v(request):\n    show(request)\ndef show(request):\n    pass", "open"),
        ("views.v", "from x import check\ndef v(request):\n    check(request)", "asks"),
        // A decorator of the project, by what the function within it does.
        (
            "views.v",
            "def own(f):\n    def w(request):\n        if not request.user.is_staff: raise PermissionDenied\n        return f(request)\n    return w\n@own\ndef v(request):\n    pass",
            "asks",
        ),
        (
            "views.v",
            "def own(f):\n    def w(request):\n        return f(request)\n    return w\n@own\ndef v(request):\n    pass",
            "open",
        ),
        ("views.v", "from x import own\n@own\ndef v(request):\n    pass", "unknown"),
        ("V.as_view()", "class V(DeleteView):\n    pass", "open"),
        ("V.as_view()", "class V(LoginRequiredMixin, DeleteView):\n    pass", "guarded"),
        // The guard stands behind the view and never runs.
        ("V.as_view()", "class V(DeleteView, LoginRequiredMixin):\n    pass", "open"),
        (
            "V.as_view()",
            "class B(LoginRequiredMixin, View):\n    pass\nclass V(ListView, B):\n    pass",
            "guarded",
        ),
        (
            "V.as_view()",
            "@method_decorator(login_required, name='dispatch')\nclass V(View):\n    pass",
            "guarded",
        ),
        (
            "V.as_view()",
            "class V(View):\n    @method_decorator([login_required])\n    def dispatch(self, *args):\n        pass",
            "guarded",
        ),
        (
            "V.as_view()",
            "class M:\n    def dispatch(self, request):\n        if not self.request.user.is_staff: raise PermissionDenied\nclass V(M, View):\n    pass",
            "asks",
        ),
        ("V.as_view()", "class V(Thing, View):\n    pass", "unknown"),
        (
            "V.as_view({'get': 'list'})",
            "class V(viewsets.ModelViewSet):\n    permission_classes = [IsAuthenticated]",
            "guarded",
        ),
        (
            "V.as_view({'post': 'create'})",
            "class V(viewsets.ModelViewSet):\n    permission_classes = [AllowAny]",
            "open",
        ),
        (
            "V.as_view({'post': 'create'})",
            "class V(viewsets.ModelViewSet):\n    permission_classes = [permissions.IsAuthenticatedOrReadOnly]",
            "writes guarded",
        ),
        (
            "V.as_view({'post': 'create'})",
            "class V(viewsets.ModelViewSet):\n    def get_permissions(self):\n        return []",
            "asks",
        ),
        ("views.v", "@api_view(['POST'])\ndef v(request):\n    pass", "open"),
        (
            "views.v",
            "@api_view(['POST'])\n@permission_classes([IsAuthenticated])\ndef v(request):\n    pass",
            "guarded",
        ),
    ] {
        assert_eq!(access("", target, views), expected, "{target}: {views}");
    }
}

#[test]
fn settings_ask_for_all_views() {
    let open = "def v(request):\n    pass";
    let login = "MIDDLEWARE = ['django.contrib.auth.middleware.LoginRequiredMiddleware']";
    assert_eq!(access(login, "views.v", open), "guarded");
    let free = "from django.contrib.auth.decorators import login_not_required\n@login_not_required\ndef v(request):\n    pass";
    assert_eq!(access(login, "views.v", free), "open");
    assert_eq!(access("MIDDLEWARE = ['x.RequireLoginMiddleware']", "views.v", open), "unknown");
    assert_eq!(access("MIDDLEWARE = ['x.TimingMiddleware']", "views.v", open), "open");
    let default = "REST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated']}";
    let api = "class V(viewsets.ModelViewSet):\n    pass";
    assert_eq!(access(default, "V.as_view({'get': 'list'})", api), "guarded");
    assert_eq!(access("", "V.as_view({'post': 'create'})", api), "open");
}

#[test]
fn routers_lead_to_their_views() {
    let facts = facts(
        "",
        &[
            (
                "shop/urls.py",
                "from django.urls import include, path\nfrom shop.api import router\nurlpatterns = [path('api/', include(router.urls))]\n",
            ),
            (
                "shop/api.py",
                "from rest_framework import routers, viewsets\nfrom shop import more\nclass Notes(viewsets.ModelViewSet):\n    pass\nrouter = routers.DefaultRouter()\nrouter.register('notes', Notes)\nrouter.registry.extend(more.router.registry)\n",
            ),
            (
                "shop/more.py",
                "from rest_framework import routers, viewsets\nclass Tags(viewsets.ModelViewSet):\n    pass\nrouter = routers.SimpleRouter()\nrouter.register(prefix='tags', viewset=Tags)\n",
            ),
        ],
    );
    assert_eq!(asked(&facts), pairs(&[("api/notes", "open"), ("api/tags", "open")]));
    assert!(facts.code.routes.views.iter().all(|route| route.is_api));
}

#[test]
fn what_is_not_followed_is_a_gap() {
    let facts = facts(
        "",
        &[(
            "shop/urls.py",
            "urlpatterns = [path('a/', include(make('x'))), path('b/', views.gone), path('c/', include('shop.urls'))]\n",
        )],
    );
    let reasons: Vec<&str> =
        facts.code.routes.gaps.iter().map(|(reason, _)| reason.as_str()).collect();
    assert_eq!(reasons, ["make('x') is not followed", "the view views.gone is not found"]);
}

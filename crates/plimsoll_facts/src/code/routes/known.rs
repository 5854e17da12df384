//! What is known of the decorators, mixins and views of Django, DRF and common libraries, by name.
//!
//! From the sources of Django 4.2 to 6.0, djangorestframework 3.16, django-braces 1.17,
//! django-guardian 3.0 and django-allauth 65.

/// What a decorator does with a caller that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapper {
    /// Sends it away.
    Guards,
    /// Lets it through.
    Passes,
    /// Is not known.
    Unknown,
}

const GUARDS: [&str; 27] = [
    "login_required",
    "permission_required",
    "user_passes_test",
    "staff_member_required",
    "superuser_required",
    "permission_required_or_403",
    "permission_required_or_404",
    "otp_required",
    "verified_email_required",
    "reauthentication_required",
    "secure_admin_login",
    "group_required",
    "staff_required",
    "admin_required",
    "has_role_decorator",
    "has_permission_decorator",
    "jwt_required",
    "login_required_ajax",
    "ajax_login_required",
    "admin_view",
    "sudo_required",
    "role_required",
    "roles_required",
    "token_required",
    "require_login",
    "require_auth",
    "login_required_json",
];

const PASSES: [&str; 51] = [
    "csrf_exempt",
    "csrf_protect",
    "requires_csrf_token",
    "ensure_csrf_cookie",
    "cache_page",
    "cache_control",
    "never_cache",
    "vary_on_headers",
    "vary_on_cookie",
    "gzip_page",
    "conditional_page",
    "condition",
    "etag",
    "last_modified",
    "require_POST",
    "require_GET",
    "require_safe",
    "require_http_methods",
    "xframe_options_exempt",
    "xframe_options_sameorigin",
    "xframe_options_deny",
    "sensitive_post_parameters",
    "sensitive_variables",
    "atomic",
    "non_atomic_requests",
    "api_view",
    "renderer_classes",
    "parser_classes",
    "throttle_classes",
    "schema",
    "extend_schema",
    "extend_schema_view",
    "swagger_auto_schema",
    "action",
    "ratelimit",
    "partial",
    "update_wrapper",
    "wraps",
    "method_decorator",
    "no_append_slash",
    "login_not_required",
    "async_to_sync",
    "sync_to_async",
    "permission_classes",
    "authentication_classes",
    "override",
    "lru_cache",
    "cache",
    "xml_http_requests_only",
    "csp_exempt",
    "csp_update",
];

/// What a decorator of a library does, by the last part of its name.
pub(super) fn wrapper(name: &str) -> Wrapper {
    let end = name.rsplit('.').next().unwrap_or(name);
    if GUARDS.contains(&end) {
        return Wrapper::Guards;
    }
    if PASSES.contains(&end) {
        return Wrapper::Passes;
    }
    Wrapper::Unknown
}

/// Mixins that ask before the view runs.
const GUARD_MIXINS: [&str; 25] = [
    "LoginRequiredMixin",
    "PermissionRequiredMixin",
    "UserPassesTestMixin",
    "StaffuserRequiredMixin",
    "SuperuserRequiredMixin",
    "GroupRequiredMixin",
    "MultiplePermissionsRequiredMixin",
    "RecentLoginRequiredMixin",
    "SSLRequiredMixin",
    "AnonymousRequiredMixin",
    "AutoPermissionRequiredMixin",
    "OTPRequiredMixin",
    "StaffRequiredMixin",
    "AdminRequiredMixin",
    "StaffMemberRequiredMixin",
    "AccessMixin",
    "LoginRequired",
    "ProtectedResourceView",
    "ReadWriteScopedResourceView",
    "ScopedProtectedResourceView",
    "PermissionListMixin",
    "ReauthenticationRequiredMixin",
    "HasRoleMixin",
    "HasPermissionsMixin",
    "RoleRequiredMixin",
];

/// Whether a mixin of a library asks before the view runs.
pub fn is_guard_mixin(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or(name);
    end != "AccessMixin" && GUARD_MIXINS.contains(&end)
}

/// Django's own views and mixins of views, which ask nothing.
const PLAIN: [&str; 51] = [
    "View",
    "TemplateView",
    "RedirectView",
    "ListView",
    "DetailView",
    "CreateView",
    "UpdateView",
    "DeleteView",
    "FormView",
    "BaseListView",
    "BaseDetailView",
    "BaseCreateView",
    "BaseUpdateView",
    "BaseDeleteView",
    "BaseFormView",
    "ProcessFormView",
    "ArchiveIndexView",
    "YearArchiveView",
    "MonthArchiveView",
    "WeekArchiveView",
    "DayArchiveView",
    "TodayArchiveView",
    "DateDetailView",
    "ContextMixin",
    "TemplateResponseMixin",
    "SingleObjectMixin",
    "SingleObjectTemplateResponseMixin",
    "MultipleObjectMixin",
    "MultipleObjectTemplateResponseMixin",
    "FormMixin",
    "ModelFormMixin",
    "DeletionMixin",
    "SuccessMessageMixin",
    "AccessMixin",
    "object",
    "Generic",
    "ABC",
    "JSONResponseMixin",
    "AjaxResponseMixin",
    "SetHeadlineMixin",
    "PrefetchRelatedMixin",
    "SelectRelatedMixin",
    "FormValidMessageMixin",
    "FormInvalidMessageMixin",
    "MessageMixin",
    "FormMessagesMixin",
    "FilterView",
    "SingleTableMixin",
    "SingleTableView",
    "ExportMixin",
    "Feed",
];

/// Whether a class of a library is a view or a part of one that asks nothing.
pub(super) fn is_plain(name: &str) -> bool {
    PLAIN.contains(&name.rsplit('.').next().unwrap_or(name))
}

/// Whether a class of a library ends in Django's `View`, whose `dispatch` calls nothing behind it.
pub fn is_view(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or(name);
    end == "View"
        || end.ends_with("View") && (name.starts_with("django.") || is_plain(name))
        || is_drf_view(name)
}

/// Whether a class is one of DRF's views.
pub(super) fn is_drf_view(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or(name);
    name.starts_with("rest_framework.") && (end.ends_with("View") || end.ends_with("ViewSet"))
}

/// Whether a class is a part of a view of DRF that asks nothing.
pub(super) fn is_drf_part(name: &str) -> bool {
    name.starts_with("rest_framework.")
        || name.starts_with("drf_spectacular.")
        || name.starts_with("django_filters.")
        || name.starts_with("rest_framework_nested.")
}

/// Whether a generic view edits rows: its kind.
pub(super) fn editing(name: &str) -> Option<&'static str> {
    let end = name.rsplit('.').next().unwrap_or(name);
    ["CreateView", "UpdateView", "DeleteView", "BaseCreateView", "BaseUpdateView", "BaseDeleteView"]
        .into_iter()
        .find(|known| *known == end)
        .or_else(|| {
            [
                "CreateAPIView",
                "UpdateAPIView",
                "DestroyAPIView",
                "ListCreateAPIView",
                "RetrieveUpdateAPIView",
                "RetrieveDestroyAPIView",
                "RetrieveUpdateDestroyAPIView",
                "ModelViewSet",
                "CreateModelMixin",
                "UpdateModelMixin",
                "DestroyModelMixin",
            ]
            .into_iter()
            .find(|known| *known == end && name.starts_with("rest_framework."))
        })
}

/// What a permission class of DRF lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// Everybody.
    Open,
    /// Everybody who only reads.
    ReadOpen,
    /// Whoever is logged in, or fewer.
    Guards,
    /// Is not known.
    Unknown,
}

/// What a permission class does, by the last part of its name.
pub(super) fn permission(name: &str) -> Permission {
    match name.rsplit('.').next().unwrap_or(name) {
        "AllowAny" => Permission::Open,
        "IsAuthenticatedOrReadOnly"
        | "DjangoModelPermissionsOrAnonReadOnly"
        | "TokenMatchesOASRequirements" => Permission::ReadOpen,
        "IsAuthenticated"
        | "IsAdminUser"
        | "DjangoModelPermissions"
        | "DjangoObjectPermissions"
        | "TokenHasScope"
        | "TokenHasReadWriteScope"
        | "HasAPIKey"
        | "IsSuperUser"
        | "IsStaff" => Permission::Guards,
        _ => Permission::Unknown,
    }
}

/// Libraries whose middleware lets everybody through who is not known, by their first words.
const PASSING: [&str; 44] = [
    "django_tenants.",
    "tenant_schemas.",
    "django.",
    "corsheaders.",
    "whitenoise.",
    "debug_toolbar.",
    "allauth.",
    "axes.",
    "simple_history.",
    "auditlog.",
    "csp.",
    "django_prometheus.",
    "waffle.",
    "reversion.",
    "django_htmx.",
    "hijack.",
    "silk.",
    "compression_middleware.",
    "easyaudit.",
    "impersonate.",
    "django_otp.",
    "django_structlog.",
    "log_request_id.",
    "maintenance_mode.",
    "htmlmin.",
    "crum.",
    "django_user_agents.",
    "user_agents.",
    "django_permissions_policy.",
    "django_referrer_policy.",
    "request_logging.",
    "elasticapm.",
    "opencensus.",
    "newrelic.",
    "rollbar.",
    "querycount.",
    "nplusone.",
    "social_django.",
    "mozilla_django_oidc.",
    "pghistory.",
    "sentry_sdk.",
    "oauth2_provider.",
    "django_feature_policy.",
    "wagtail.",
];

/// Whether a library's middleware is known to send nobody away for not being logged in.
pub(super) fn middleware_passes(name: &str) -> bool {
    PASSING.iter().any(|known| name.starts_with(known))
}

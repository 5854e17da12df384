//! What a view asks of the caller: by middleware, by what is wrapped around it, by its bases and
//! by what it does itself.

use plimsoll_python::code::Function;

use super::classes::{self, Base};
use super::known::{self, Permission, Wrapper};
use super::settings::Defaults;
use super::symbols::Symbol;
use super::walk::Walk;
use super::{Access, Gate, View};

/// Calls that take the request and look at nobody.
const HARMLESS: [&str; 30] = [
    "render",
    "render_to_string",
    "redirect",
    "RequestContext",
    "get_token",
    "get_current_site",
    "build_absolute_uri",
    "get_language_from_request",
    "success",
    "error",
    "warning",
    "info",
    "debug",
    "add_message",
    "get_messages",
    "get_template",
    "TemplateResponse",
    "get_client_ip",
    "paginate",
    "paginate_queryset",
    "get_paginated_response",
    "get_page",
    "reverse",
    "exception",
    "log",
    "get_host",
    "logout",
    "bad_request",
    "page_not_found",
    "server_error",
];

impl Walk<'_, '_> {
    /// The middleware that can send everybody away who is not logged in.
    pub(super) fn gate(&mut self) -> Option<Gate> {
        let listed = self.settings.get("MIDDLEWARE").and_then(|setting| setting.partial())?;
        let mut doubtful = None;
        for item in listed.items().unwrap_or_default() {
            let Some(name) = item.text() else {
                let name = "a middleware that is not known".to_owned();
                doubtful.get_or_insert(Gate { name, certain: false });
                continue;
            };
            if name == "django.contrib.auth.middleware.LoginRequiredMiddleware" {
                return Some(Gate { name: name.to_owned(), certain: true });
            }
            if known::middleware_passes(name) {
                continue;
            }
            let asks = match self.middleware_symbol(name) {
                Some(symbol) => self.is_gate(symbol),
                None => {
                    let name = name.to_ascii_lowercase().replace('_', "");
                    ["loginreq", "requirelogin", "authreq", "requireauth", "permission", "private"]
                        .iter()
                        .any(|word| name.contains(word))
                }
            };
            if asks {
                doubtful.get_or_insert(Gate { name: name.to_owned(), certain: false });
            }
        }
        doubtful
    }

    /// The class or function of a middleware of the system.
    fn middleware_symbol(&mut self, name: &str) -> Option<Symbol> {
        let (module, end) = name.rsplit_once('.')?;
        let module = self.symbols.module(module)?;
        Some(self.symbols.resolve(module, end))
    }

    /// Whether a middleware of the system asks who is logged in and can refuse.
    fn is_gate(&mut self, symbol: Symbol) -> bool {
        let parts: Vec<Function> = match symbol {
            Symbol::Function(module, function) => {
                let Some(found) = self.symbols.modules.get(module) else { return true };
                let Some(outer) = found.facts.functions.get(function) else { return true };
                let name = outer.name.as_str();
                let inner = |f: &&Function| f.outer.as_deref() == Some(name);
                let inner = found.facts.functions.iter().filter(inner);
                std::iter::once(outer).chain(inner).cloned().collect()
            }
            Symbol::Class(module, class) => {
                let order = classes::order(&mut self.symbols, module, class);
                let mut parts = Vec::new();
                for base in order {
                    if let Base::Own(module, class) = base
                        && let Some(found) = self.symbols.modules.get(module)
                        && let Some(class) = found.facts.classes.get(class)
                    {
                        parts.extend(found.methods(class).cloned());
                    }
                }
                parts
            }
            _ => return true,
        };
        parts.iter().any(|part| part.asks_login) && parts.iter().any(|part| part.refuses)
    }

    /// What a view asks of the caller.
    pub(super) fn access(
        &mut self,
        view: &View,
        around: &[(usize, String)],
        methods: Option<&[String]>,
    ) -> Access {
        let mut doubt = None;
        for (module, name) in around {
            match self.wrapper(*module, name) {
                Access::Open => {}
                Access::Unknown(reason) => doubt = doubt.or(Some(reason)),
                asks => return asks,
            }
        }
        let own = match view {
            View::Function(module, function) => self.function_access(*module, *function),
            View::Class(module, class, given) => self.class_access(*module, *class, given, methods),
            View::Library(name) => library_access(name),
        };
        let own = match (own, doubt) {
            (Access::Open, Some(reason)) => Access::Unknown(reason),
            (own, _) => own,
        };
        match (&self.routes.gate, &own) {
            (Some(gate), Access::Open | Access::WritesGuarded(_)) if gate.certain => {
                if self.says_not_required(view) { own } else { Access::Guarded(gate.name.clone()) }
            }
            (Some(gate), Access::Open) => {
                Access::Unknown(format!("{} may ask for a login", gate.name))
            }
            _ => own,
        }
    }

    /// The names of everything that asks, or may ask, something of the caller.
    pub(super) fn guards(
        &mut self,
        view: &View,
        around: &[(usize, String)],
        parts: &[(usize, usize)],
    ) -> Vec<String> {
        let mut names: Vec<(usize, String)> = around.to_vec();
        let mut asking = Vec::new();
        if let View::Function(module, function) = view
            && let Some(found) = self.function(*module, *function)
        {
            names.extend(found.decorators.iter().map(|name| (*module, name.clone())));
            asking.extend(found.permissions.clone().unwrap_or_default());
        }
        let mut permissions = None;
        for (module, class) in parts {
            let Some(found) = self.symbols.modules.get(*module) else { continue };
            let Some(class) = found.facts.classes.get(*class) else { continue };
            names.extend(class.decorators.iter().map(|name| (*module, name.clone())));
            for method in found.methods(class).filter(|method| method.outer.is_none()) {
                names.extend(method.decorators.iter().map(|name| (*module, name.clone())));
            }
            if permissions.is_none() {
                permissions = class.permissions.as_ref().map(|(names, _)| names.clone());
            }
            if class.methods.iter().any(|name| name == "get_permissions") {
                asking.push("get_permissions".to_owned());
            }
        }
        let default = match &self.defaults {
            Defaults::Known(names) => names.clone(),
            Defaults::Unknown => vec!["DEFAULT_PERMISSION_CLASSES".to_owned()],
        };
        if let View::Class(module, class, given) = view {
            let given = given.iter().find(|(name, _)| name == "permission_classes");
            let given = given.and_then(|(_, names)| names.clone());
            let mut is_drf = false;
            for base in classes::order(&mut self.symbols, *module, *class) {
                match base {
                    Base::Unknown(name) => asking.push(name),
                    Base::Library(name) => {
                        is_drf |= known::is_drf_view(&name);
                        let plain = known::is_plain(&name) || known::is_drf_part(&name);
                        if known::is_guard_mixin(&name) || !plain {
                            asking.push(name);
                        }
                    }
                    _ => {}
                }
            }
            if is_drf {
                let permissions = given.or(permissions).unwrap_or(default);
                asking.extend(permissions.into_iter().filter(|name| !name.ends_with("AllowAny")));
            }
        }
        for (module, name) in names {
            if self.wrapper(module, &name) != Access::Open
                && !name.ends_with("property")
                && !matches!(name.as_str(), "staticmethod" | "classmethod")
            {
                asking.push(name);
            }
        }
        asking
    }

    /// Whether a view is left out by `login_not_required`.
    fn says_not_required(&self, view: &View) -> bool {
        let decorators = match view {
            View::Function(module, function) => self
                .symbols
                .modules
                .get(*module)
                .and_then(|m| m.facts.functions.get(*function))
                .map(|function| &function.decorators),
            View::Class(module, class, _) => self
                .symbols
                .modules
                .get(*module)
                .and_then(|m| m.facts.classes.get(*class))
                .map(|class| &class.decorators),
            View::Library(_) => None,
        };
        decorators.is_some_and(|names| {
            names.iter().any(|name| name.rsplit('.').next() == Some("login_not_required"))
        })
    }

    /// What a decorator asks.
    fn wrapper(&mut self, module: usize, name: &str) -> Access {
        match self.symbols.resolve(module, name) {
            Symbol::Function(inner, function) => {
                let place = (inner, function);
                if self.looks_at_caller(place.0, place.1, 0) {
                    return Access::Asks(format!("the project's decorator {name}"));
                }
                let Some(found) = self.function(inner, function) else {
                    return Access::Unknown(format!("the decorator {name} is not followed"));
                };
                let guarded = found.decorators.iter();
                if guarded.map(|name| known::wrapper(name)).any(|kind| kind == Wrapper::Guards) {
                    return Access::Asks(name.to_owned());
                }
                // A decorator that only hands on to another one is not followed further.
                let outer = found.name.clone();
                let wraps = self.symbols.modules.get(inner).is_some_and(|module| {
                    let mut functions = module.facts.functions.iter();
                    functions.any(|f| f.outer.as_deref() == Some(outer.as_str()))
                });
                if wraps && known::wrapper(name) != Wrapper::Guards {
                    Access::Open
                } else {
                    Access::Asks(format!("the project's decorator {name}"))
                }
            }
            Symbol::Class(..) => Access::Unknown(format!("the decorator {name} is not followed")),
            // `staff_only = user_passes_test(…)`
            Symbol::Alias(..) => Access::Unknown(format!("the decorator {name} is not followed")),
            symbol => {
                let full = match &symbol {
                    Symbol::Outside(full) => full.as_str(),
                    _ => name,
                };
                match known::wrapper(full) {
                    Wrapper::Guards => Access::Guarded(name.to_owned()),
                    Wrapper::Passes => Access::Open,
                    Wrapper::Unknown => {
                        Access::Unknown(format!("the decorator {name} is not followed"))
                    }
                }
            }
        }
    }

    fn function(&self, module: usize, function: usize) -> Option<&Function> {
        self.symbols.modules.get(module)?.facts.functions.get(function)
    }

    /// Whether a function, those within it, or those that it hands the request to, look at who
    /// asks or can refuse.
    pub(super) fn looks_at_caller(&mut self, module: usize, function: usize, depth: usize) -> bool {
        let Some(found) = self.symbols.modules.get(module) else { return true };
        let Some(outer) = found.facts.functions.get(function) else { return true };
        let inner = found
            .facts
            .functions
            .iter()
            .filter(|f| f.outer.as_deref() == Some(&outer.name) && f.class == outer.class);
        let parts: Vec<&Function> = std::iter::once(outer).chain(inner).collect();
        if parts.iter().any(|f| f.uses_session || f.denies || f.verifies || f.sets_user) {
            return true;
        }
        let handed: Vec<String> =
            parts.iter().flat_map(|f| f.hands_request_to.iter().cloned()).collect();
        handed.iter().any(|name| self.callee_looks(module, (module, function), name, depth))
    }

    /// Whether something that is called with the request looks at who asks, or may.
    fn callee_looks(
        &mut self,
        module: usize,
        caller: (usize, usize),
        name: &str,
        depth: usize,
    ) -> bool {
        let end = name.rsplit('.').next().unwrap_or(name);
        if HARMLESS.contains(&end) || known::wrapper(name) == Wrapper::Passes {
            return false;
        }
        // `self.helper(request)` is looked at with the class.
        if name.starts_with("self.") || name.starts_with("super") {
            return false;
        }
        // The function that a decorator is given.
        if matches!(name, "view_func" | "func" | "function" | "fn" | "f" | "view" | "get_response")
        {
            return false;
        }
        match self.symbols.resolve(module, name) {
            Symbol::Function(inner, function) if (inner, function) == caller => false,
            Symbol::Function(inner, function) => {
                depth >= 4 || self.looks_at_caller(inner, function, depth + 1)
            }
            // Forms, serializers and filters that take the request.
            Symbol::Class(..) => true,
            Symbol::Outside(full) => known::wrapper(&full) != Wrapper::Passes,
            _ => true,
        }
    }

    fn function_access(&mut self, module: usize, function: usize) -> Access {
        let Some(found) = self.function(module, function) else {
            return Access::Unknown("the view is not found".to_owned());
        };
        let decorators = found.decorators.clone();
        let permissions = found.permissions.clone();
        let parameters = found.parameters.clone();
        let mut doubt = None;
        for name in &decorators {
            match self.wrapper(module, name) {
                Access::Open => {}
                Access::Unknown(reason) => doubt = doubt.or(Some(reason)),
                asks => return asks,
            }
        }
        let has = |end: &str| decorators.iter().any(|name| name.rsplit('.').next() == Some(end));
        if has("api_view") {
            let given = has("permission_classes").then_some(permissions);
            match self.permission_access(module, given) {
                Access::Open => {}
                access => return access,
            }
        }
        if self.looks_at_caller(module, function, 0) {
            return Access::Asks("what the view does itself".to_owned());
        }
        if let Some(name) = parameters.iter().find(|name| is_credential(name)) {
            return Access::Asks(format!("the {name} in its address"));
        }
        doubt.map_or(Access::Open, Access::Unknown)
    }

    /// What DRF's permissions ask: those of the view, else the defaults.
    fn permission_access(&mut self, module: usize, given: Option<Option<Vec<String>>>) -> Access {
        let names = match given {
            Some(Some(names)) => names,
            Some(None) => {
                return Access::Unknown("its permission classes are not written out".to_owned());
            }
            None => match &self.defaults {
                Defaults::Known(names) => names.clone(),
                Defaults::Unknown => {
                    return Access::Unknown("DEFAULT_PERMISSION_CLASSES is not known".to_owned());
                }
            },
        };
        let mut reads = None;
        let mut doubt = None;
        for name in &names {
            let own = matches!(self.symbols.resolve(module, name), Symbol::Class(..));
            match known::permission(name) {
                _ if own => doubt = Some(name.clone()),
                Permission::Guards => return Access::Guarded(name.clone()),
                Permission::ReadOpen => reads = Some(name.clone()),
                Permission::Unknown => doubt = Some(name.clone()),
                Permission::Open => {}
            }
        }
        match (doubt, reads) {
            (Some(name), _) => Access::Asks(format!("the permission {name}")),
            (None, Some(name)) => Access::WritesGuarded(name),
            (None, None) => Access::Open,
        }
    }

    fn class_access(
        &mut self,
        module: usize,
        class: usize,
        given: &[(String, Option<Vec<String>>)],
        methods: Option<&[String]>,
    ) -> Access {
        let order = classes::order(&mut self.symbols, module, class);
        let reads_only = methods.is_some_and(|methods| {
            methods.iter().all(|method| matches!(method.as_str(), "get" | "head" | "options"))
        });
        let mut is_drf = false;
        let mut doubt = None;
        let mut asks = None;
        let mut behind_view = false;
        for base in &order {
            match base {
                Base::View => behind_view = true,
                Base::Unknown(name) => {
                    doubt.get_or_insert_with(|| format!("the base {name} is not followed"));
                }
                Base::Library(name) => {
                    is_drf |= known::is_drf_view(name);
                    if known::is_guard_mixin(name) && !behind_view {
                        return Access::Guarded(name.clone());
                    }
                    let plain = known::is_guard_mixin(name)
                        || known::is_plain(name)
                        || known::is_drf_part(name);
                    if !plain {
                        doubt.get_or_insert_with(|| format!("the base {name} is a library's"));
                    }
                }
                Base::Own(module, class) => match self.own_class_access(*module, *class) {
                    Access::Open => {}
                    Access::Unknown(reason) => doubt = doubt.or(Some(reason)),
                    guarded @ Access::Guarded(_) => return guarded,
                    other => asks = asks.or(Some(other)),
                },
            }
        }
        if is_drf {
            match self.drf_access(&order, given) {
                Access::Open => {}
                guarded @ (Access::Guarded(_) | Access::WritesGuarded(_)) => return guarded,
                access => return asks.unwrap_or(access),
            }
        }
        if let Some(asks) = asks {
            return asks;
        }
        if let Some(reason) = doubt {
            return Access::Unknown(reason);
        }
        if reads_only { Access::WritesGuarded("it only reads".to_owned()) } else { Access::Open }
    }

    /// What one class of the system asks by its decorators and methods.
    fn own_class_access(&mut self, module: usize, class: usize) -> Access {
        let Some(found) = self.symbols.modules.get(module) else { return Access::Open };
        let Some(class) = found.facts.classes.get(class) else { return Access::Open };
        let name = class.name.clone();
        let mut decorators = class.decorators.clone();
        let mut methods = Vec::new();
        for (place, function) in found.facts.functions.iter().enumerate() {
            if function.class.as_deref() != Some(&name) {
                continue;
            }
            if function.outer.is_none() {
                decorators.extend(function.decorators.iter().cloned());
            }
            let handles = matches!(
                function.name.as_str(),
                "dispatch" | "get" | "post" | "put" | "patch" | "delete" | "get_object"
            );
            let parameters = if handles { function.parameters.clone() } else { Vec::new() };
            methods.push((place, parameters));
        }
        let mut doubt = None;
        for decorator in decorators {
            if matches!(
                decorator.as_str(),
                "property" | "cached_property" | "staticmethod" | "classmethod"
            ) || decorator.ends_with("cached_property")
                || decorator.ends_with(".setter")
            {
                continue;
            }
            match self.wrapper(module, &decorator) {
                Access::Open => {}
                Access::Unknown(reason) => doubt = doubt.or(Some(reason)),
                asks => return asks,
            }
        }
        for (place, parameters) in methods {
            if self.looks_at_caller(module, place, 0) {
                return Access::Asks(format!("what {name} does itself"));
            }
            if let Some(parameter) = parameters.iter().find(|name| is_credential(name)) {
                return Access::Asks(format!("the {parameter} in its address"));
            }
        }
        doubt.map_or(Access::Open, Access::Unknown)
    }

    /// What a view of DRF asks by its permission classes.
    fn drf_access(&mut self, order: &[Base], given: &[(String, Option<Vec<String>>)]) -> Access {
        if let Some((_, names)) = given.iter().find(|(name, _)| name == "permission_classes") {
            let module = order.first().map_or(0, |base| match base {
                Base::Own(module, _) => *module,
                _ => 0,
            });
            return self.permission_access(module, Some(names.clone()));
        }
        for base in order {
            let Base::Own(module, class) = base else { continue };
            let Some(found) = self.symbols.modules.get(*module) else { continue };
            let Some(class) = found.facts.classes.get(*class) else { continue };
            if class.methods.iter().any(|name| {
                matches!(name.as_str(), "get_permissions" | "check_permissions" | "initial")
            }) {
                return Access::Asks(format!("the permissions that {} works out", class.name));
            }
            let names = class.permissions.as_ref().map(|(names, _)| names.clone());
            if names.is_some() || class.attributes.iter().any(|name| name == "permission_classes") {
                return self.permission_access(*module, Some(names));
            }
        }
        let module = match order.first() {
            Some(Base::Own(module, _)) => *module,
            _ => 0,
        };
        self.permission_access(module, None)
    }
}

/// What a view of a library asks.
pub(super) fn library_access(name: &str) -> Access {
    let harmless = known::is_plain(name) && name.starts_with("django.views.")
        || [
            "django.contrib.sitemaps.",
            "django.contrib.syndication.",
            "django.contrib.flatpages.",
            "django.contrib.staticfiles.",
            "django.views.static.",
            "django.views.i18n.",
            "django.conf.urls.i18n",
            "django.views.defaults.",
            "drf_spectacular.views.",
            "django.contrib.auth.",
        ]
        .iter()
        .any(|known| name.starts_with(known));
    if harmless {
        Access::Open
    } else if name.starts_with("django.contrib.admin") {
        Access::Guarded("the admin's own login".to_owned())
    } else {
        Access::Unknown(format!("{name} is a library's"))
    }
}

/// Whether a part of an address is a key that only its owner knows.
fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "token",
        "secret",
        "signature",
        "signed",
        "hash",
        "api_key",
        "apikey",
        "uuid",
        "uid",
        "nonce",
        "otp",
        "hmac",
    ]
    .iter()
    .any(|word| name.contains(word))
        || matches!(name.as_str(), "key" | "code")
}

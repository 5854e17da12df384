//! django-configurations: settings are the attributes of the class that `DJANGO_CONFIGURATION`
//! names.

use super::Interp;
use super::environ::Lookup;
use super::heap::{Events, Key, Object};
use super::native::{Call, Outcome};
use super::value::{Id, Kind, Val};

/// What `dj_email_url` gives.
const EMAIL_SETTINGS: &[&str] = &[
    "EMAIL_BACKEND",
    "EMAIL_FILE_PATH",
    "EMAIL_HOST",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_HOST_USER",
    "EMAIL_PORT",
    "EMAIL_TIMEOUT",
    "EMAIL_USE_SSL",
    "EMAIL_USE_TLS",
];

impl Interp<'_> {
    /// Writes the attributes of the chosen configuration class into the module, as the library
    /// does when Django loads it.
    pub(crate) fn apply_configuration(&mut self, module: &Val) {
        let Some(namespace) = self.module_namespace(module) else { return };
        let chosen = match self.environment_get("DJANGO_CONFIGURATION") {
            Lookup::Set(chosen) => chosen.as_str().map(str::to_owned),
            Lookup::Unset => self.request.configuration.clone(),
            Lookup::Unknown(_) => None,
        };
        let class = chosen.and_then(|name| self.namespace_get(namespace, &name));
        let class = class.as_ref().and_then(Val::as_id).and_then(|id| match self.heap.object(id) {
            Some(Object::Class(it)) => Some((id, it.clone())),
            _ => None,
        });
        let Some((id, it)) = class else {
            self.leave_open(namespace);
            return;
        };
        let order = it.mro.clone();
        let class = Val::reference(id);
        let instance = self.new_instance(&class);
        if self.find_in_class(id, "DOTENV").is_some_and(|path| !path.is_none()) {
            self.environment_open("the env file that DOTENV of a configuration names", false);
        }
        self.run_hook(&class, "pre_setup");
        let mut names: Vec<(String, Events)> = Vec::new();
        for parent in order.iter().rev() {
            self.upper_names(*parent, &mut names);
        }
        self.set_up_values(&class, &mut names);
        let is_flat = order.iter().all(|id| self.configuration_bases(*id) < 2);
        for (name, events) in names {
            if let Some(event) = events.as_ref().and_then(|events| events.last().copied()) {
                self.here = event;
            }
            let value = match is_flat {
                true => self.configured(&instance, &name),
                // There each base brings all of Django's defaults with it.
                false => Ok(Val::unknown("a configuration with several configurations as bases")),
            };
            let value =
                self.survive(value).unwrap_or_else(|_| Val::unknown("it raises an exception"));
            let here = self.here;
            self.bind_in(namespace, &name, value, here);
            if let Some(dict) = self.dict_mut(namespace)
                && let Some(entry) = dict.entries.get_mut(&super::heap::StrKey(&name))
                && events.is_some()
            {
                entry.events = events;
            }
        }
    }

    /// Replaces the `values.*Value` attributes of a class by what they read. The parts of an
    /// `EmailURLValue` become settings too.
    fn set_up_values(&mut self, class: &Val, names: &mut Vec<(String, Events)>) {
        for (name, events) in names.clone() {
            let Some(attribute) = class.as_id().and_then(|id| self.find_in_class(id, &name)) else {
                continue;
            };
            let Some(Object::Instance { class: kind, .. }) = self.object(&attribute) else {
                continue;
            };
            let kind = *kind;
            if !self.extends(kind, "configurations.values", "Value") {
                continue;
            }
            if let Some(event) = events.as_ref().and_then(|events| events.last().copied()) {
                self.here = event;
            }
            let value = self.call_method(&attribute, "setup", vec![Val::str(&name)], self.here);
            let value =
                self.survive(value).unwrap_or_else(|_| Val::unknown("it raises an exception"));
            let mut parts = vec![(name, value.clone())];
            if self.extends(kind, "configurations.values", "EmailURLValue") {
                match self.dict_items(&value) {
                    Some(items) => parts.extend(
                        items
                            .into_iter()
                            .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value))),
                    ),
                    None => parts.extend(
                        EMAIL_SETTINGS.iter().map(|name| ((*name).to_owned(), value.clone())),
                    ),
                }
            }
            for (name, value) in parts {
                let _ = self.set_attribute(class, &name, value);
                if crate::evaluate::is_setting(&name)
                    && !names.iter().any(|(known, _)| *known == name)
                {
                    names.push((name, events.clone()));
                }
            }
        }
    }

    /// Without the class's name, a module of configurations says nothing of the settings.
    fn leave_open(&mut self, namespace: Id) {
        let Some(dict) = self.dict(namespace) else { return };
        let values: Vec<Val> = dict.entries.values().map(|entry| entry.value.clone()).collect();
        let is_configuration = |value: &Val| {
            let id = value.as_id();
            id.is_some_and(|id| self.extends(id, "configurations", "Configuration"))
        };
        // The library's own class, imported, is none of the project's.
        if values.iter().any(|value| {
            is_configuration(value)
                && !matches!(self.object(value), Some(Object::Class(it)) if &*it.module == "configurations")
        }) {
            let reason = "django-configurations takes the settings from the class that DJANGO_CONFIGURATION names, which is not known here";
            self.open_namespace(namespace, reason);
        }
    }

    /// How many bases of a class are configurations.
    fn configuration_bases(&self, class: Id) -> usize {
        let Some(Object::Class(it)) = self.heap.object(class) else { return 0 };
        let is_one = |id: Id| self.extends(id, "configurations", "Configuration");
        it.bases.iter().filter_map(Val::as_id).filter(|id| is_one(*id)).count()
    }

    /// A hook of the project's own.
    fn run_hook(&mut self, class: &Val, name: &str) {
        let hook = class.as_id().and_then(|id| self.find_in_class(id, name));
        if let Some(hook) = hook
            && let Ok(hook) = self.bind_to_class(&hook, class)
            && !matches!(hook.kind, Kind::Native(_))
        {
            let _ = self.call(&hook, Call::of(Vec::new(), self.here));
        }
    }

    /// The upper-case names of a class body, with where they were assigned.
    fn upper_names(&self, class: Id, names: &mut Vec<(String, Events)>) {
        let Some(Object::Class(it)) = self.heap.object(class) else { return };
        let Some(dict) = self.dict(it.namespace) else { return };
        for (key, entry) in &dict.entries {
            let Key::Str(name) = key else { continue };
            if !crate::evaluate::is_setting(name) {
                continue;
            }
            match names.iter_mut().find(|(known, _)| **known == **name) {
                Some((_, events)) => {
                    for event in entry.events.iter().flat_map(|events| events.iter()) {
                        super::heap::add_event(events, *event);
                    }
                }
                None => names.push((name.to_string(), entry.events.clone())),
            }
        }
    }

    /// The value of one attribute: methods are called, `values.*Value` objects read their variable.
    fn configured(&mut self, instance: &Val, name: &str) -> Outcome {
        let value = self.get_attribute(instance, name)?;
        match &value.kind {
            Kind::Bound(_) => self.call(&value, Call::of(Vec::new(), self.here)),
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::Function(_)) => self.call(&value, Call::of(Vec::new(), self.here)),
                Some(Object::Instance { class, .. }) => {
                    let class = *class;
                    let reads = self.extends(class, "configurations.values", "Value");
                    match self.find_in_class(class, "setup").filter(|_| reads) {
                        Some(setup) => {
                            let setup = self.bind_to(&setup, &value)?;
                            self.call(&setup, Call::of(vec![Val::str(name)], self.here))
                        }
                        None => Ok(value),
                    }
                }
                _ => Ok(value),
            },
            _ => Ok(value),
        }
    }
}

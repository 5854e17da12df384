//! Fills the modules and classes of library models.

use std::rc::Rc;

use super::Interp;
use super::heap::{Builtin, Object};
use super::native::{Binding, Call, Native, Outcome};
use super::value::{Id, Val};

/// A plain function of a model.
pub(crate) const fn function(
    name: &'static str,
    call: fn(&mut Interp<'_>, Call) -> Outcome,
) -> Native {
    Native { name, binding: Binding::Function, call }
}

/// A method: the instance comes first.
pub(crate) const fn method(
    name: &'static str,
    call: fn(&mut Interp<'_>, Call) -> Outcome,
) -> Native {
    Native { name, binding: Binding::Method, call }
}

/// A class method: the class comes first.
pub(crate) const fn class_method(
    name: &'static str,
    call: fn(&mut Interp<'_>, Call) -> Outcome,
) -> Native {
    Native { name, binding: Binding::Class, call }
}

/// A property: called with the instance when it is read.
pub(crate) const fn property(
    name: &'static str,
    call: fn(&mut Interp<'_>, Call) -> Outcome,
) -> Native {
    Native { name, binding: Binding::Property, call }
}

/// A module being filled.
pub(crate) struct Builder<'i, 't> {
    pub(crate) interp: &'i mut Interp<'t>,
    /// The module's dotted name.
    pub(crate) module: Rc<str>,
    pub(crate) namespace: Id,
}

impl<'t> Builder<'_, 't> {
    /// Any value.
    pub(crate) fn value(&mut self, name: &str, value: Val) {
        self.interp.namespace_set(self.namespace, name, value);
    }

    /// A string constant.
    pub(crate) fn str(&mut self, name: &str, text: &str) {
        self.value(name, Val::str(text));
    }

    /// A function.
    pub(crate) fn function(&mut self, name: &str, native: &'static Native) {
        self.value(name, Val::native(native));
    }

    /// A class; without bases it extends `object`.
    pub(crate) fn class(
        &mut self,
        name: &str,
        bases: &[Val],
        fill: impl FnOnce(&mut ClassBuilder<'_, 't>),
    ) -> Val {
        let module = self.module.clone();
        let class = self.interp.native_class(&module, name, bases, None);
        let namespace = class
            .as_id()
            .and_then(|id| match self.interp.heap.object(id) {
                Some(Object::Class(it)) => Some(it.namespace),
                _ => None,
            })
            .unwrap_or(self.namespace);
        fill(&mut ClassBuilder { interp: self.interp, namespace });
        self.value(name, class.clone());
        class
    }

    /// An exception class; `base` is a builtin's name or one defined in this module before.
    pub(crate) fn exception(&mut self, name: &str, base: &str) -> Val {
        let base = self
            .interp
            .namespace_get(self.namespace, base)
            .or_else(|| self.interp.exception_class(base).map(Val::reference))
            .unwrap_or_else(|| self.interp.class_of_builtin(Builtin::Exception));
        self.class(name, &[base], |_| {})
    }

    /// A class whose instances come out as an object of this type with its arguments.
    pub(crate) fn record(&mut self, name: &str, type_name: &str) -> Val {
        let (module, _) = type_name.rsplit_once('.').unwrap_or(("", type_name));
        let class = self.interp.native_class(module, name, &[], None);
        self.value(name, class.clone());
        if let Some(id) = class.as_id()
            && let Some(Object::Class(it)) = self.interp.heap.object(id)
        {
            let namespace = it.namespace;
            self.interp.namespace_set(namespace, "__record__", Val::str(type_name));
        }
        class
    }

    /// What Python code defines.
    pub(crate) fn python(&mut self, text: &'static str) {
        self.interp.run_model(text, self.namespace);
    }

    /// What a class of this module does not define is unknown, for this reason, instead of missing.
    pub(crate) fn leave_open(&mut self, class: &str, reason: &str) {
        let class = self.interp.namespace_get(self.namespace, class);
        let namespace = match class.as_ref().and_then(|class| self.interp.object(class)) {
            Some(Object::Class(it)) => Some(it.namespace),
            _ => None,
        };
        if let Some(dict) = namespace.and_then(|id| self.interp.dict_mut(id)) {
            dict.open = Some(Rc::from(reason));
        }
    }

    /// Names that are not defined here are unknown, for this reason, instead of missing.
    pub(crate) fn unknown(&mut self, reason: &str) {
        if let Some(dict) = self.interp.dict_mut(self.namespace) {
            dict.open = Some(Rc::from(reason));
        }
    }

    /// A name of another model's module.
    pub(crate) fn import(&mut self, module: &str, name: &str) -> Val {
        let found = self
            .interp
            .model_module(module)
            .and_then(|module| self.interp.module_namespace(&module))
            .and_then(|namespace| self.interp.namespace_get(namespace, name));
        found.unwrap_or_else(|| Val::unknown(format!("{module}.{name} is not modelled")))
    }
}

/// A class being filled.
pub(crate) struct ClassBuilder<'i, 't> {
    pub(crate) interp: &'i mut Interp<'t>,
    pub(crate) namespace: Id,
}

impl ClassBuilder<'_, '_> {
    /// A method, class method or property, as its [`Binding`] says.
    pub(crate) fn method(&mut self, name: &str, native: &'static Native) {
        self.interp.namespace_set(self.namespace, name, Val::native(native));
    }

    /// A class attribute.
    pub(crate) fn value(&mut self, name: &str, value: Val) {
        self.interp.namespace_set(self.namespace, name, value);
    }

    /// Attributes that are not defined here are unknown instead of missing.
    pub(crate) fn unknown(&mut self, reason: &str) {
        if let Some(dict) = self.interp.dict_mut(self.namespace) {
            dict.open = Some(Rc::from(reason));
        }
    }
}

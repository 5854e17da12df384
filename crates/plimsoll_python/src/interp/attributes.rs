//! Attributes.

use std::rc::Rc;

use super::heap::{Builtin, Class, Descriptor, Key, Object};
use super::native::{Binding, Call, Outcome};
use super::unmodelled_names;
use super::value::{Id, Kind, Val};
use super::{Flow, Interp};

impl Interp<'_> {
    /// `value.name`.
    pub(crate) fn get_attribute(&mut self, value: &Val, name: &str) -> Outcome {
        self.each(value, |interp, value| {
            let found = interp.attribute(value, name)?;
            Ok(found.with_deps(&value.deps))
        })
    }

    /// `value.name`, `None` where there is no such attribute.
    pub(crate) fn find_attribute(
        &mut self,
        value: &Val,
        name: &str,
    ) -> Result<Option<Val>, super::native::Raise> {
        match self.attribute(value, name) {
            Ok(value) => Ok(Some(value)),
            Err(raise) => {
                let class = self.raised_class(&raise).and_then(|class| self.class_name(class));
                if class.as_deref() == Some("AttributeError") { Ok(None) } else { Err(raise) }
            }
        }
    }

    /// As [`Self::find_attribute`], with whether there is none on some of the paths.
    pub(crate) fn try_attribute(
        &mut self,
        value: &Val,
        name: &str,
    ) -> Result<(Option<Val>, bool), super::native::Raise> {
        self.taking(|interp| interp.attribute_or_none(value, name))
    }

    fn attribute_or_none(
        &mut self,
        value: &Val,
        name: &str,
    ) -> Result<(Option<Val>, bool), super::native::Raise> {
        let from = self.pending.len();
        self.catching.push(super::Catches::Everything);
        let found = self.find_attribute(value, name);
        self.catching.pop();
        let missing = self.take_pending(from, |flow| matches!(flow, Flow::Raise(_)));
        Ok((found?, !missing.is_empty()))
    }

    fn attribute(&mut self, value: &Val, name: &str) -> Outcome {
        match &value.kind {
            Kind::Unknown(unknown) => {
                let reason = unknown.reason.clone();
                self.may_raise(&reason);
                Ok(value.clone().of_any_type())
            }
            Kind::Ref(id) => self.object_attribute(*id, value, name),
            Kind::Native(native) => match name {
                "__name__" | "__qualname__" => {
                    Ok(Val::str(native.name.rsplit('.').next().unwrap_or(native.name)))
                }
                _ => Ok(Val::unknown(format!("{}.{name} is not modelled", native.name))),
            },
            Kind::Bound(bound) => match name {
                "__self__" => Ok(bound.0.clone()),
                "__func__" => Ok(bound.1.clone()),
                _ => {
                    let function = bound.1.clone();
                    self.attribute(&function, name)
                }
            },
            _ => self.builtin_attribute(value, name),
        }
    }

    fn builtin_attribute(&mut self, value: &Val, name: &str) -> Outcome {
        if name == "__class__" {
            return Ok(self.class_of(value));
        }
        if let Some(found) = self.builtin_property(value, name)? {
            return Ok(found);
        }
        if super::methods::has_method(self.method_type(value), name) {
            return Ok(Val::new(Kind::Method(Rc::new((value.clone(), Rc::from(name))))));
        }
        if unmodelled_names::exists(self.method_type(value), name) {
            return Ok(Val::unknown(format!("the attribute {name} is not modelled")));
        }
        Err(self.no_attribute(value, name))
    }

    pub(crate) fn no_attribute(&mut self, value: &Val, name: &str) -> super::native::Raise {
        let type_name = self.type_name(value);
        self.raise("AttributeError", &format!("'{type_name}' object has no attribute '{name}'"))
    }

    fn object_attribute(&mut self, id: Id, value: &Val, name: &str) -> Outcome {
        match self.heap.object(id) {
            Some(Object::Module { name: module, namespace }) => {
                let (module, namespace) = (module.clone(), *namespace);
                self.module_attribute(&module, namespace, name)
            }
            Some(Object::Instance { .. }) => self.instance_attribute(id, value, name),
            Some(Object::Class(class)) => {
                let class = class.clone();
                self.class_attribute(id, &class, name)
            }
            Some(Object::Function(function)) => {
                let function = function.clone();
                if let Some(attributes) = function.attributes
                    && let Some(found) = self.namespace_get(attributes, name)
                {
                    return Ok(found);
                }
                match name {
                    "__name__" => Ok(Val::str(&*function.code.name)),
                    "__qualname__" => Ok(Val::str(&*function.qualname)),
                    "__doc__" | "__module__" | "__wrapped__" | "__defaults__" | "__code__"
                    | "__globals__" | "__annotations__" | "__dict__" | "cache_clear"
                    | "cache_info" => {
                        Ok(Val::unknown(format!("the attribute {name} of a function")))
                    }
                    _ if unmodelled_names::exists(Builtin::Function, name) => {
                        Ok(Val::unknown(format!("the attribute {name} of a function")))
                    }
                    _ => Err(self.raise(
                        "AttributeError",
                        &format!("'function' object has no attribute '{name}'"),
                    )),
                }
            }
            Some(Object::Super(class, this)) => {
                let (class, this) = (*class, this.clone());
                self.super_attribute(class, &this, name)
            }
            Some(Object::Descriptor(kind, function)) => {
                let (kind, function) = (*kind, function.clone());
                match name {
                    // Only reading is modelled: a setter leaves the getter as it is.
                    "setter" | "deleter" if kind == Descriptor::Property => {
                        Ok(Val::native(&super::builtins::KEEP_PROPERTY))
                            .map(|native| Val::new(Kind::Bound(Rc::new((value.clone(), native)))))
                    }
                    "fget" | "__func__" | "__wrapped__" => Ok(function),
                    _ => Ok(Val::unknown("an attribute of a descriptor")),
                }
            }
            Some(Object::Havoc(lost))
                if (lost.is_list() || lost.unordered.is_some() && name == "sort")
                    && !name.starts_with("__")
                    && super::methods::has_method(Builtin::List, name) =>
            {
                Ok(Val::new(Kind::Method(Rc::new((value.clone(), Rc::from(name))))))
            }
            Some(Object::Havoc(lost)) => {
                let reason = lost.to_string();
                // A method may change it.
                self.lose(value);
                Ok(Val::unknown(reason))
            }
            Some(_) => self.builtin_attribute(value, name),
            None => Ok(Val::unknown("an object that is not known on this path")),
        }
    }

    fn module_attribute(&mut self, module: &str, namespace: Id, name: &str) -> Outcome {
        if name == "__dict__" {
            return Ok(Val::reference(namespace));
        }
        let Some(dict) = self.dict(namespace) else {
            return Ok(Val::unknown(format!("the module {module} was changed in an unknown way")));
        };
        if let Some(value) = dict.get(name).cloned()
            && !matches!(value.kind, Kind::Unbound)
        {
            return self.bound_attribute(value, module, name);
        }
        if let Some(reason) = dict.open.clone() {
            if let Some(value) = crate::library::django::library_constant(self, module, name) {
                self.namespace_set(namespace, name, value.clone());
                return Ok(value);
            }
            return Ok(Val::unknown(format!("{module}.{name}: {reason}")));
        }
        if let Some(function) = dict.get("__getattr__").cloned() {
            return self.call(&function, Call::of(vec![Val::str(name)], self.here));
        }
        Err(self.raise("AttributeError", &format!("module '{module}' has no attribute '{name}'")))
    }

    fn bound_attribute(&mut self, value: Val, owner: &str, name: &str) -> Outcome {
        let Kind::OneOf(candidates) = &value.kind else { return Ok(value) };
        if !candidates.iter().any(|candidate| matches!(candidate.kind, Kind::Unbound)) {
            return Ok(value);
        }
        let raise = self.raise("AttributeError", &format!("'{owner}' has no attribute '{name}'"));
        if self.is_catchable(&raise) {
            let heap = self.heap.clone();
            self.wait(Flow::Raise(raise), heap);
        }
        let rest: Vec<Val> =
            candidates.iter().filter(|v| !matches!(v.kind, Kind::Unbound)).cloned().collect();
        Ok(super::value::one_of(rest).with_deps(&value.deps))
    }

    fn instance_attribute(&mut self, id: Id, value: &Val, name: &str) -> Outcome {
        let Some(Object::Instance { class, attributes, inner }) = self.heap.object(id) else {
            return Ok(Val::unknown("an object that is not known on this path"));
        };
        let (class, attributes, inner) = (*class, *attributes, inner.clone());
        match name {
            "__class__" => return Ok(Val::reference(class)),
            "__dict__" => return Ok(Val::reference(attributes)),
            _ => {}
        }
        let of_class = self.find_in_class(class, name);
        if let Some(found) = &of_class
            && self.is_property(found)
        {
            // A cached property or one assigned over: the instance's own value goes first.
            let is_cached =
                matches!(self.object(found), Some(Object::Descriptor(Descriptor::Cached, _)));
            if is_cached && let Some(own) = self.namespace_get(attributes, name) {
                return Ok(own);
            }
            let got = self.bind_to(found, value)?;
            if is_cached {
                self.namespace_set(attributes, name, got.clone());
            }
            return Ok(got);
        }
        if let Some(own) = self.namespace_get(attributes, name)
            && !matches!(own.kind, Kind::Unbound)
        {
            return self.bound_attribute(own, "instance", name);
        }
        if let Some(found) = of_class {
            if let Some(reason) = self.may_be_replaced(class, name, &found) {
                return Ok(reason);
            }
            return self.bind_to(&found, value);
        }
        let open = match self.dict(attributes) {
            Some(dict) => dict.open.clone(),
            None => Some(Rc::from("its attributes were changed in a way that is not known")),
        };
        if let Some(inner) = inner
            && let Some(found) = self.find_attribute(&inner, name)?
        {
            return Ok(found);
        }
        if let Some(function) = self.find_in_class(class, "__getattr__") {
            let function = self.bind_to(&function, value)?;
            return self.call(&function, Call::of(vec![Val::str(name)], self.here));
        }
        if let Some(reason) = open {
            return Ok(Val::unknown(reason.to_string()));
        }
        if self.is_open_class(class) {
            let class = self.class_name(class).unwrap_or_default();
            return Ok(Val::unknown(format!(
                "the attribute {name} of {class}, whose base is not known"
            )));
        }
        let base = self.classes.get(&Builtin::Exception).copied();
        let is_exception = base.and_then(|base| self.is_subclass(class, base)) == Some(true);
        if unmodelled_names::of_every_object(name)
            || matches!(name, "__module__" | "__weakref__" | "__dict__")
            // `name` of an ImportError, `errno` of an OSError, `filename` of others.
            || is_exception
        {
            return Ok(Val::unknown(format!("the attribute {name} of an object")));
        }
        let class = self.class_name(class).unwrap_or_default();
        Err(self.raise("AttributeError", &format!("'{class}' object has no attribute '{name}'")))
    }

    /// Plain data of a class body is not what is read from a class or an instance where a base or
    /// the metaclass is not known: a library may take such names as fields and fill them from
    /// elsewhere. Methods and classes stay what they are.
    fn may_be_replaced(&self, class: Id, name: &str, found: &Val) -> Option<Val> {
        let Some(Object::Class(it)) = self.heap.object(class) else { return None };
        let reason = it.open.as_ref()?;
        let is_code = match &found.kind {
            Kind::Native(_) | Kind::Bound(_) | Kind::Method(_) => true,
            Kind::Ref(id) => matches!(
                self.heap.object(*id),
                Some(Object::Function(_) | Object::Descriptor(..) | Object::Class(_))
            ),
            _ => false,
        };
        let is_dunder = name.starts_with("__");
        (!is_code && !is_dunder).then(|| {
            let class = self.class_name(class).unwrap_or_default();
            Val::unknown(format!(
                "the attribute {name} of {class}, whose base is not known: {reason}"
            ))
        })
    }

    /// The attribute of a value's class, not bound.
    pub(crate) fn class_attribute_of(&self, value: &Val, name: &str) -> Option<Val> {
        match self.object(value)? {
            Object::Instance { class, .. } => self.find_in_class(*class, name),
            _ => None,
        }
    }

    /// The first class in the resolution order that has the name in its own body.
    pub(crate) fn find_in_class(&self, class: Id, name: &str) -> Option<Val> {
        let Some(Object::Class(it)) = self.heap.object(class) else { return None };
        it.mro.iter().find_map(|id| self.own_attribute(*id, name))
    }

    pub(crate) fn own_attribute(&self, class: Id, name: &str) -> Option<Val> {
        match self.heap.object(class)? {
            Object::Class(it) => match self.dict(it.namespace) {
                Some(dict) => dict.get(name).cloned().filter(|v| !matches!(v.kind, Kind::Unbound)),
                None => Some(Val::unknown("the class was changed in a way that is not known")),
            },
            _ => None,
        }
    }

    fn is_property(&self, value: &Val) -> bool {
        match &value.kind {
            Kind::Native(native) => native.binding == Binding::Property,
            _ => matches!(
                self.object(value),
                Some(Object::Descriptor(Descriptor::Property | Descriptor::Cached, _))
            ),
        }
    }

    /// What reading a class attribute through an instance gives.
    pub(crate) fn bind_to(&mut self, attribute: &Val, this: &Val) -> Outcome {
        let bound = |function: &Val, this: &Val| {
            Val::new(Kind::Bound(Rc::new((this.clone(), function.clone()))))
        };
        match &attribute.kind {
            Kind::Native(native) => match native.binding {
                Binding::Function => Ok(attribute.clone()),
                Binding::Method => Ok(bound(attribute, this)),
                Binding::Class => Ok(bound(attribute, &self.class_of(this))),
                Binding::Property => {
                    let native = *native;
                    self.call_native(native, Call::of(vec![this.clone()], self.here))
                }
            },
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::Function(_)) => Ok(bound(attribute, this)),
                Some(Object::Descriptor(kind, function)) => {
                    let (kind, function) = (*kind, function.clone());
                    match kind {
                        Descriptor::Property | Descriptor::Cached => {
                            self.call(&function, Call::of(vec![this.clone()], self.here))
                        }
                        Descriptor::Static => Ok(function),
                        Descriptor::Class => Ok(bound(&function, &self.class_of(this))),
                    }
                }
                Some(Object::Instance { .. }) => {
                    // A descriptor of the project's own or of a model.
                    match self.class_attribute_of(attribute, "__get__") {
                        Some(getter) => {
                            let getter = self.bind_to(&getter, attribute)?;
                            let class = self.class_of(this);
                            self.call(&getter, Call::of(vec![this.clone(), class], self.here))
                        }
                        None => Ok(attribute.clone()),
                    }
                }
                _ => Ok(attribute.clone()),
            },
            _ => Ok(attribute.clone()),
        }
    }

    fn class_attribute(&mut self, id: Id, class: &Class, name: &str) -> Outcome {
        match name {
            "__name__" | "__qualname__" => return Ok(Val::str(&*class.name)),
            "__module__" => return Ok(Val::str(&*class.module)),
            "__dict__" => return Ok(Val::reference(class.namespace)),
            "__bases__" => return Ok(Val::tuple(class.bases.to_vec())),
            "__mro__" => {
                return Ok(Val::tuple(class.mro.iter().map(|id| Val::reference(*id)).collect()));
            }
            _ => {}
        }
        let this = Val::reference(id);
        if let Some(found) = self.find_in_class(id, name) {
            if let Some(reason) = self.may_be_replaced(id, name, &found) {
                return Ok(reason);
            }
            return self.bind_to_class(&found, &this);
        }
        let builtin = class.mro.iter().find_map(|id| match self.heap.object(*id) {
            Some(Object::Class(it)) => it.builtin.filter(|b| *b != Builtin::Object),
            _ => None,
        });
        if let Some(builtin) = builtin
            && super::methods::has_method(builtin, name)
        {
            return Ok(Val::new(Kind::Method(Rc::new((this, Rc::from(name))))));
        }
        if self.is_open_class(id) {
            return Ok(Val::unknown(format!(
                "the attribute {name} of {}, whose base is not known",
                class.name
            )));
        }
        if self.find_in_class(id, "__record__").is_some() {
            return Ok(Val::unknown(format!(
                "the attribute {name} of {} is not modelled",
                class.name
            )));
        }
        let of_builtin = builtin.is_some_and(|builtin| unmodelled_names::exists(builtin, name));
        if of_builtin || name == "__annotations__" || unmodelled_names::exists(Builtin::Type, name)
        {
            return Ok(Val::unknown(format!("the attribute {name} of a class")));
        }
        Err(self.raise(
            "AttributeError",
            &format!("type object '{}' has no attribute '{name}'", class.name),
        ))
    }

    /// What reading an attribute of a class gives.
    pub(crate) fn bind_to_class(&mut self, attribute: &Val, class: &Val) -> Outcome {
        let bound =
            |function: &Val| Val::new(Kind::Bound(Rc::new((class.clone(), function.clone()))));
        match &attribute.kind {
            Kind::Native(native) if native.binding == Binding::Class => Ok(bound(attribute)),
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::Descriptor(Descriptor::Class, function)) => Ok(bound(function)),
                Some(Object::Descriptor(Descriptor::Static, function)) => Ok(function.clone()),
                Some(Object::Instance { .. }) => {
                    match self.class_attribute_of(attribute, "__get__") {
                        Some(getter) => {
                            let getter = self.bind_to(&getter, attribute)?;
                            self.call(&getter, Call::of(vec![Val::NONE, class.clone()], self.here))
                        }
                        None => Ok(attribute.clone()),
                    }
                }
                _ => Ok(attribute.clone()),
            },
            _ => Ok(attribute.clone()),
        }
    }

    fn super_attribute(&mut self, class: Id, this: &Val, name: &str) -> Outcome {
        // `this` is an instance, or a class in a class method.
        let start = match self.object(this) {
            Some(Object::Class(_)) => this.as_id(),
            _ => self.class_of(this).as_id(),
        };
        let Some(Object::Class(it)) = start.and_then(|id| self.heap.object(id)) else {
            return Ok(Val::unknown("super() of an object that is not known"));
        };
        let mro = it.mro.clone();
        let open = it.open.clone();
        let after = mro.iter().skip_while(|id| **id != class).skip(1);
        let rest: Vec<Id> = after.copied().collect();
        for id in &rest {
            if let Some(found) = self.own_attribute(*id, name) {
                return match self.object(this) {
                    Some(Object::Class(_)) if name == "__new__" => Ok(found),
                    Some(Object::Class(_)) => self.bind_to_class(&found, this),
                    _ => self.bind_to(&found, this),
                };
            }
        }
        if open.is_some() || rest.iter().any(|id| self.is_open_class(*id)) {
            return Ok(Val::unknown(format!("super().{name} of a base that is not known")));
        }
        let inner = match self.object(this) {
            Some(Object::Instance { inner, .. }) => inner.clone(),
            _ => None,
        };
        if name == "__init__" {
            return Ok(match inner {
                Some(inner) => Val::new(Kind::Bound(Rc::new((
                    inner,
                    Val::native(&super::builtins::INNER_INIT),
                )))),
                None => Val::new(Kind::Bound(Rc::new((
                    this.clone(),
                    Val::native(&super::builtins::OBJECT_INIT),
                )))),
            });
        }
        if let Some(inner) = inner
            && let Some(found) = self.find_attribute(&inner, name)?
        {
            return Ok(found);
        }
        match name {
            "__init_subclass__" | "__setattr__" | "__set_name__" => {
                Ok(Val::native(&super::builtins::NOTHING))
            }
            _ => {
                Err(self
                    .raise("AttributeError", &format!("'super' object has no attribute '{name}'")))
            }
        }
    }

    /// `value.name = new`.
    pub(crate) fn set_attribute(&mut self, value: &Val, name: &str, new: Val) -> Outcome {
        let new = new.with_deps(&self.control);
        self.each(value, |interp, value| {
            let Some(id) = value.as_id() else {
                return if value.is_unknown() {
                    Ok(Val::NONE)
                } else {
                    Err(interp.no_attribute(value, name))
                };
            };
            let namespace = match interp.heap.object(id) {
                Some(Object::Instance { attributes, class, .. }) => {
                    let (attributes, class) = (*attributes, *class);
                    if let Some(found) = interp.find_in_class(class, name)
                        && let Some(Object::Descriptor(Descriptor::Property, _)) =
                            interp.object(&found)
                    {
                        // A setter is not modelled: the instance is not known from here on.
                        interp.havoc(value, "a property of it was set");
                        return Ok(Val::NONE);
                    }
                    if let Some(setter) = interp.find_in_class(class, "__setattr__") {
                        let setter = interp.bind_to(&setter, value)?;
                        return interp.call(
                            &setter,
                            Call::of(vec![Val::str(name), new.clone()], interp.here),
                        );
                    }
                    attributes
                }
                Some(Object::Class(class)) => class.namespace,
                Some(Object::Module { namespace, .. }) => *namespace,
                Some(Object::Function(function)) => match function.attributes {
                    Some(attributes) => attributes,
                    None => {
                        let attributes = interp.new_namespace();
                        if let Some(slot) = interp.heap.slot_mut(id)
                            && let Object::Function(function) = &mut slot.object
                        {
                            function.attributes = Some(attributes);
                        }
                        attributes
                    }
                },
                Some(Object::Havoc(_)) | None => return Ok(Val::NONE),
                Some(_) => return Err(interp.no_attribute(value, name)),
            };
            let here = interp.here;
            interp.bind_in(namespace, name, new.clone(), here);
            Ok(Val::NONE)
        })
    }

    /// `del value.name`.
    pub(crate) fn delete_attribute(&mut self, value: &Val, name: &str) -> Outcome {
        let namespace = match self.object(value) {
            Some(Object::Instance { attributes, .. }) => Some(*attributes),
            Some(Object::Class(class)) => Some(class.namespace),
            Some(Object::Module { namespace, .. }) => Some(*namespace),
            _ => None,
        };
        if let Some(dict) = namespace.and_then(|id| self.dict_mut(id))
            && dict.entries.shift_remove(&Key::Str(Rc::from(name))).is_none()
            && dict.open.is_none()
        {
            return Err(self.no_attribute(value, name));
        }
        Ok(Val::NONE)
    }

    /// A module's namespace.
    pub(crate) fn module_namespace(&self, module: &Val) -> Option<Id> {
        match self.object(module)? {
            Object::Module { namespace, .. } => Some(*namespace),
            _ => None,
        }
    }
}

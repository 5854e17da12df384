//! Classes: definition, resolution order, instances.

// tidy: long because making a class, its lookup order, its instances and their attributes lean on each other.

use std::rc::Rc;

use super::heap::{Builtin, Class, Object};
use super::iteration::may_be_unbound;
use super::native::{Call, Outcome, Raise};
use super::partial::Lost;
use super::value::{Id, Kind, Val};
use super::{Frame, FrameKind, Interp};
use crate::syntax::ast;

impl Interp<'_> {
    /// What `dir()` gives for a class of the project, or an instance of one, sorted; `None` where a
    /// base or a name is not known for certain.
    pub(crate) fn class_names(&self, value: &Val) -> Option<Vec<String>> {
        let (class, attributes) = match self.object(value)? {
            Object::Class(_) => (value.as_id()?, None),
            Object::Instance { class, attributes, .. } => (*class, Some(*attributes)),
            _ => return None,
        };
        let Some(Object::Class(it)) = self.heap.object(class) else { return None };
        if it.open.is_some() {
            return None;
        }
        let mut names: std::collections::BTreeSet<String> =
            OBJECT_NAMES.iter().map(|name| (*name).to_owned()).collect();
        let (major, minor) = self.request.installed.python.unwrap_or((3, 12));
        if (major, minor) >= (3, 11) {
            names.insert("__getstate__".to_owned());
        }
        if (major, minor) >= (3, 13) {
            names.extend(["__firstlineno__", "__static_attributes__"].map(str::to_owned));
        }
        let mut namespaces: Vec<Id> = attributes.into_iter().collect();
        for id in it.mro.iter() {
            let Some(Object::Class(parent)) = self.heap.object(*id) else { return None };
            match parent.builtin {
                Some(Builtin::Object) => {}
                Some(_) => return None,
                None => namespaces.push(parent.namespace),
            }
        }
        for id in namespaces {
            let dict = self.dict(id)?;
            if dict.open.is_some() || dict.entries.values().any(|it| may_be_unbound(&it.value)) {
                return None;
            }
            let own = dict.entries.values().filter_map(|entry| entry.key.as_str());
            names.extend(own.map(str::to_owned));
        }
        if names.contains("__record__") || names.contains("__message__") {
            return None; // a class of a model, which has others as well
        }
        names.retain(|name| !matches!(name.as_str(), "__name__" | "__qualname__"));
        Some(names.into_iter().collect())
    }

    /// A class of a model or of the language.
    pub(crate) fn native_class(
        &mut self,
        module: &str,
        name: &str,
        bases: &[Val],
        builtin: Option<Builtin>,
    ) -> Val {
        let namespace = self.new_namespace();
        let bases: Vec<Val> = if bases.is_empty() && builtin != Some(Builtin::Object) {
            self.classes.get(&Builtin::Object).map(|id| Val::reference(*id)).into_iter().collect()
        } else {
            bases.to_vec()
        };
        let id = self.alloc(Object::Havoc(Lost::of("a class in the making")));
        let (mro, open) = self.resolution_order(id, &bases);
        let class = Class {
            name: Rc::from(name),
            module: Rc::from(module),
            bases: Rc::from(bases),
            mro: Rc::from(mro),
            namespace,
            builtin,
            open,
        };
        if let Some(slot) = self.heap.slot_mut(id) {
            slot.object = Object::Class(class);
        }
        Val::reference(id)
    }

    /// The C3 linearization, with the reason where a base is not known.
    fn resolution_order(&self, id: Id, bases: &[Val]) -> (Vec<Id>, Option<Rc<str>>) {
        let mut open = None;
        let mut lists: Vec<Vec<Id>> = Vec::new();
        let mut direct = Vec::new();
        for base in bases {
            match self.object(base) {
                Some(Object::Class(parent)) => {
                    open = open.or_else(|| parent.open.clone());
                    lists.push(parent.mro.to_vec());
                    direct.extend(base.as_id());
                }
                _ => {
                    let reason = match &base.kind {
                        Kind::Unknown(unknown) => unknown.reason.clone(),
                        _ => "a base class is not known".to_owned(),
                    };
                    open = Some(Rc::from(reason));
                }
            }
        }
        lists.push(direct);
        let mut order = vec![id];
        loop {
            lists.retain(|list| !list.is_empty());
            let candidate = lists.iter().find_map(|list| {
                let head = list.first()?;
                let in_tail = lists.iter().any(|other| other.iter().skip(1).any(|id| id == head));
                (!in_tail).then_some(*head)
            });
            let Some(next) = candidate else { break };
            order.push(next);
            for list in &mut lists {
                if list.first() == Some(&next) {
                    list.remove(0);
                }
            }
        }
        if !lists.is_empty() {
            open = Some(Rc::from("the bases of a class have no consistent order"));
        }
        (order, open)
    }

    pub(crate) fn define_class(&mut self, it: &ast::StmtClassDef) -> Result<(), Raise> {
        let mut decorators = Vec::new();
        for decorator in &it.decorator_list {
            decorators.push(self.eval(&decorator.expression)?);
        }
        let mut bases = Vec::new();
        let mut metaclass = None;
        if let Some(arguments) = &it.arguments {
            for base in &arguments.args {
                bases.push(self.eval(base)?);
            }
            for keyword in &arguments.keywords {
                let value = self.eval(&keyword.value)?;
                if keyword.arg.as_ref().is_some_and(|name| name.as_str() == "metaclass") {
                    metaclass = Some(value);
                }
            }
        }
        // `class X(*bases)` and bases decided by a branch are not followed.
        let module = self.module_name();
        let class = self.native_class(&module, &it.name, &bases, None);
        let Some(id) = class.as_id() else { return Ok(()) };
        let Some(Object::Class(made)) = self.heap.object(id) else { return Ok(()) };
        let namespace = made.namespace;
        let qualname = self.qualified(&it.name);
        if let Some(outer) = self.frames.last() {
            let mut chain: Vec<Id> = Vec::new();
            if outer.kind == FrameKind::Function || outer.kind == FrameKind::Comprehension {
                chain.push(outer.scope);
            }
            chain.extend(outer.chain.iter().copied());
            let frame = Frame {
                scope: namespace,
                chain: Rc::from(chain),
                module: outer.module,
                file: outer.file,
                kind: FrameKind::Class,
                globals: Default::default(),
                nonlocals: Default::default(),
                locals: None,
                class: Some(id),
                this: None,
                yielded: None,
                deps: None,
                qualname: qualname.clone(),
            };
            self.frames.push(frame);
            let flow = self.block(&it.body);
            self.frames.pop();
            if let super::Flow::Raise(raise) = flow {
                return Err(raise);
            }
        }
        let known_metaclass = metaclass.as_ref().is_none_or(|value| {
            let name = value.as_id().and_then(|id| self.class_name(id));
            matches!(name.as_deref(), Some("ABCMeta" | "EnumMeta" | "type"))
        });
        if !known_metaclass
            && let Some(slot) = self.heap.slot_mut(id)
            && let Object::Class(made) = &mut slot.object
        {
            made.open = Some(Rc::from("a metaclass that is not modelled"));
        }
        self.finish_enum(id)?;
        self.finish_named_tuple(id);
        self.name_descriptors(id, namespace)?;
        let at = self.event(&it.name);
        self.here = at;
        let mut value = class;
        for decorator in decorators.into_iter().rev() {
            value = self.call(&decorator, Call::of(vec![value], at))?;
        }
        self.bind(&it.name, value, at);
        Ok(())
    }

    /// `__set_name__` of the descriptors in a class body, and `__init_subclass__` of its bases.
    fn name_descriptors(&mut self, class: Id, namespace: Id) -> Result<(), Raise> {
        let Some(dict) = self.dict(namespace) else { return Ok(()) };
        let entries: Vec<(Val, Val)> =
            dict.entries.values().map(|entry| (entry.key.clone(), entry.value.clone())).collect();
        for (name, value) in entries {
            if let Some(setter) = self.class_attribute_of(&value, "__set_name__") {
                let setter = self.bind_to(&setter, &value)?;
                self.call(&setter, Call::of(vec![Val::reference(class), name], self.here))?;
            }
        }
        let parents = match self.heap.object(class) {
            Some(Object::Class(it)) => it.mro.clone(),
            _ => return Ok(()),
        };
        let hook =
            parents.iter().skip(1).find_map(|id| self.own_attribute(*id, "__init_subclass__"));
        if let Some(hook) = hook {
            // A class method without its decorator.
            let hook = match self.object(&hook) {
                Some(Object::Descriptor(_, function)) => function.clone(),
                _ => hook,
            };
            self.call(&hook, Call::of(vec![Val::reference(class)], self.here))?;
        }
        Ok(())
    }

    fn module_name(&self) -> String {
        let Some(frame) = self.frames.last() else { return String::new() };
        match self.namespace_get(frame.module, "__name__") {
            Some(Val { kind: Kind::Str(name), .. }) => name.to_string(),
            _ => String::new(),
        }
    }

    /// Whether a class is, or extends, one of this dotted name.
    pub(crate) fn extends(&self, class: Id, module: &str, name: &str) -> bool {
        let Some(Object::Class(it)) = self.heap.object(class) else { return false };
        it.mro.iter().any(|id| match self.heap.object(*id) {
            Some(Object::Class(parent)) => &*parent.module == module && &*parent.name == name,
            _ => false,
        })
    }

    /// Turns the plain values of an enum's body into its members.
    fn finish_enum(&mut self, class: Id) -> Result<(), Raise> {
        if !self.extends(class, "enum", "Enum") {
            return Ok(());
        }
        let Some(Object::Class(it)) = self.heap.object(class) else { return Ok(()) };
        let namespace = it.namespace;
        let Some(dict) = self.dict(namespace) else { return Ok(()) };
        let entries: Vec<(String, Val)> = dict
            .entries
            .values()
            .filter_map(|entry| Some((entry.key.as_str()?.to_owned(), entry.value.clone())))
            .collect();
        let mixin = self.inner_builtin(class);
        let mut members = Vec::new();
        let mut last: i64 = 0;
        for (name, value) in entries {
            let is_dunder = name.starts_with('_');
            let is_descriptor = match &value.kind {
                Kind::Native(_) | Kind::Bound(_) | Kind::Method(_) => true,
                Kind::Ref(id) => matches!(
                    self.heap.object(*id),
                    Some(Object::Function(_) | Object::Descriptor(..) | Object::Class(_))
                ),
                _ => false,
            };
            if is_dunder || is_descriptor {
                continue;
            }
            let is_auto = self.class_of(&value).as_id().and_then(|id| self.class_name(id));
            let value = if is_auto.as_deref() == Some("auto") {
                last += 1;
                if mixin == Some(Builtin::Str) {
                    if self.extends(class, "enum", "StrEnum") {
                        Val::str(name.to_lowercase())
                    } else {
                        Val::str(last.to_string())
                    }
                } else {
                    Val::int(last)
                }
            } else {
                last = value.as_i64().unwrap_or(last);
                value
            };
            let attributes = self.new_namespace();
            let inner = mixin.map(|_| value.clone());
            let member = Val::reference(self.alloc(Object::Instance { class, attributes, inner }));
            self.namespace_set(attributes, "_name_", Val::str(&name));
            self.namespace_set(attributes, "_value_", value.clone());
            self.namespace_set(attributes, "name", Val::str(&name));
            self.namespace_set(attributes, "value", value.clone());
            if let Some(init) = self.find_in_class(class, "__init__")
                && matches!(self.object(&init), Some(Object::Function(_)))
            {
                let args = match &value.kind {
                    Kind::Tuple(items) => items.to_vec(),
                    _ => vec![value.clone()],
                };
                let init = self.bind_to(&init, &member)?;
                self.call(&init, Call::of(args, self.here))?;
            }
            self.namespace_set(namespace, &name, member.clone());
            members.push(member);
        }
        self.namespace_set(namespace, "__plimsoll_members__", Val::tuple(members));
        Ok(())
    }

    /// The members of an enum class in order.
    pub(crate) fn enum_members(&self, class: Id) -> Option<Vec<Val>> {
        match self.own_attribute(class, "__plimsoll_members__")?.kind {
            Kind::Tuple(items) => Some(items.to_vec()),
            _ => None,
        }
    }

    /// A `typing.NamedTuple` class: its annotated names are the fields.
    fn finish_named_tuple(&mut self, class: Id) {
        if !self.extends(class, "typing", "NamedTuple") {
            return;
        }
        if let Some(fields) = self.own_attribute(class, "__annotated__")
            && let Some(Object::Class(it)) = self.heap.object(class)
        {
            let namespace = it.namespace;
            self.namespace_set(namespace, "_fields", fields);
        }
    }

    /// The builtin class whose value instances of a class wrap: `dict` for `class A(dict)`.
    pub(crate) fn inner_builtin(&self, class: Id) -> Option<Builtin> {
        let Some(Object::Class(it)) = self.heap.object(class) else { return None };
        it.mro.iter().skip(1).find_map(|id| match self.heap.object(*id) {
            Some(Object::Class(parent)) => parent.builtin.filter(|builtin| {
                !matches!(builtin, Builtin::Object | Builtin::Exception | Builtin::Type)
            }),
            _ => None,
        })
    }

    /// An instance without running any initializer.
    pub(crate) fn new_instance(&mut self, class: &Val) -> Val {
        let Some(class) = class.as_id() else {
            return Val::unknown("an instance of an unknown class");
        };
        let attributes = self.new_namespace();
        Val::reference(self.alloc(Object::Instance { class, attributes, inner: None }))
    }

    /// Calls a class.
    pub(crate) fn instantiate(&mut self, id: Id, call: Call) -> Outcome {
        let Some(Object::Class(class)) = self.heap.object(id) else {
            return Ok(Val::unknown("an instance of an unknown class"));
        };
        let class = class.clone();
        if let Some(builtin) = class.builtin
            && builtin != Builtin::Exception
        {
            return self.construct(builtin, call);
        }
        if let Some(members) = self.enum_members(id) {
            return self.enum_member(&class, &members, &call);
        }
        if self.own_attribute(id, "_fields").is_some()
            || self.find_in_class(id, "_fields").is_some()
        {
            return self.named_tuple(id, call);
        }
        let new = self.find_in_class(id, "__new__");
        let instance = match new {
            Some(new) => {
                let mut call = call.clone();
                call.positional.insert(0, Val::reference(id));
                let made = self.call(&new, call)?;
                let is_own =
                    self.class_of(&made).as_id().and_then(|made| self.is_subclass(made, id));
                if is_own != Some(true) {
                    return Ok(made);
                }
                made
            }
            None => self.bare_instance(id, &call)?,
        };
        if class.mro.iter().any(|id| self.is_builtin(*id, Builtin::Exception))
            && let Some(Object::Instance { attributes, .. }) = self.object(&instance)
        {
            let attributes = *attributes;
            self.namespace_set(attributes, "args", Val::tuple(call.positional.clone()));
        }
        if let Some(fields) = self.find_in_class(id, "__plimsoll_fields__") {
            self.fill_dataclass(id, &instance, &fields, call)?;
            return Ok(instance);
        }
        match self.find_in_class(id, "__init__") {
            Some(init) => {
                let init = self.bind_to(&init, &instance)?;
                self.call(&init, call)?;
            }
            None if self.find_in_class(id, "__record__").is_some() => {
                self.record_arguments(&instance, &call);
            }
            None if self.is_open_class(id) => {
                for value in call.values() {
                    self.havoc(value, "it was given to a class whose base is not known");
                }
                self.may_raise("a class whose base is not known");
            }
            None => {}
        }
        Ok(instance)
    }

    pub(crate) fn is_builtin(&self, class: Id, builtin: Builtin) -> bool {
        matches!(self.heap.object(class), Some(Object::Class(it)) if it.builtin == Some(builtin))
    }

    /// An instance with the value it wraps.
    pub(crate) fn bare_instance(&mut self, class: Id, call: &Call) -> Outcome {
        let attributes = self.new_namespace();
        let own_init = self.find_in_class(class, "__init__").is_some();
        let inner = match self.inner_builtin(class) {
            None => None,
            Some(builtin @ (Builtin::Dict | Builtin::List | Builtin::Set)) => {
                let call = if own_init { Call::of(Vec::new(), call.at) } else { call.clone() };
                Some(self.construct(builtin, call)?)
            }
            Some(builtin) => Some(self.construct(builtin, call.clone())?),
        };
        Ok(Val::reference(self.alloc(Object::Instance { class, attributes, inner })))
    }

    /// Keeps the arguments of a class of which only those are known.
    fn record_arguments(&mut self, instance: &Val, call: &Call) {
        let Some(Object::Instance { attributes, .. }) = self.object(instance) else { return };
        let attributes = *attributes;
        let named: Vec<Val> = call
            .named
            .iter()
            .map(|(name, value)| Val::tuple(vec![Val::str(&**name), value.clone()]))
            .collect();
        self.namespace_set(attributes, "__args__", Val::tuple(call.positional.clone()));
        self.namespace_set(attributes, "__kwargs__", Val::tuple(named));
        if let Some(dict) = self.dict_mut(attributes) {
            dict.open = Some(Rc::from("an attribute of a library's object that is not modelled"));
        }
    }

    /// An argument that a class was made with of which only those are known.
    pub(crate) fn record_argument(&self, instance: &Val, name: &str, at: usize) -> Option<Val> {
        let Some(Object::Instance { attributes, .. }) = self.object(instance) else { return None };
        let attributes = *attributes;
        let items = |key: &str| match self.namespace_get(attributes, key)?.kind {
            Kind::Tuple(items) => Some(items),
            _ => None,
        };
        let named = items("__kwargs__")?.iter().find_map(|pair| match &pair.kind {
            Kind::Tuple(pair) if pair.first()?.as_str() == Some(name) => pair.get(1).cloned(),
            _ => None,
        });
        named.or_else(|| items("__args__")?.get(at).cloned())
    }

    fn enum_member(&mut self, class: &Class, members: &[Val], call: &Call) -> Outcome {
        let Some(wanted) = call.positional.first() else {
            return Err(self.raise("TypeError", "an enum needs a value"));
        };
        if wanted.is_unknown() || matches!(wanted.kind, Kind::OneOf(_)) {
            return Ok(self.why_unknown(wanted));
        }
        for member in members {
            if member.same(wanted) {
                return Ok(member.clone());
            }
            let value = self.get_attribute(member, "value")?;
            match self.equal(&value, wanted)? {
                Some(true) => return Ok(member.clone().with_deps(&wanted.deps)),
                Some(false) => {}
                None => return Ok(Val::unknown("which member of an enum is not known")),
            }
        }
        if let Some(missing) =
            members.first().and_then(|member| self.class_attribute_of(member, "_missing_"))
        {
            let owner = members.first().map(|member| self.class_of(member)).unwrap_or(Val::NONE);
            let missing = self.bind_to_class(&missing, &owner)?;
            let found = self.call(&missing, Call::of(vec![wanted.clone()], call.at))?;
            if !found.is_none() {
                return Ok(found);
            }
        }
        Err(self.raise("ValueError", &format!("not a valid {}", class.name)))
    }

    fn fill_dataclass(
        &mut self,
        class: Id,
        instance: &Val,
        fields: &Val,
        call: Call,
    ) -> Result<(), Raise> {
        let Kind::Tuple(fields) = &fields.kind else { return Ok(()) };
        let Some(Object::Instance { attributes, .. }) = self.object(instance) else {
            return Ok(());
        };
        let attributes = *attributes;
        let mut positional = call.positional.into_iter();
        let mut named = call.named;
        for field in fields.iter() {
            let Some(name) = field.as_str() else { continue };
            let by_name = named.iter().position(|(key, _)| &**key == name);
            let value = match (positional.next(), by_name) {
                (Some(value), _) => value,
                (None, Some(at)) => named.remove(at).1,
                (None, None) => match self.find_in_class(class, name) {
                    Some(default) => self.field_default(default)?,
                    None => {
                        let text = format!("missing 1 required positional argument: '{name}'");
                        return Err(self.raise("TypeError", &text));
                    }
                },
            };
            self.namespace_set(attributes, name, value);
        }
        if positional.next().is_some() || !named.is_empty() {
            return Err(self.raise("TypeError", "unexpected arguments for a dataclass"));
        }
        if let Some(after) = self.find_in_class(class, "__post_init__") {
            let after = self.bind_to(&after, instance)?;
            self.call(&after, Call::of(Vec::new(), self.here))?;
        }
        Ok(())
    }

    /// The default of a dataclass field: plain, or made by `field(default=…, default_factory=…)`.
    fn field_default(&mut self, default: Val) -> Outcome {
        let Some(Object::Instance { attributes, class, .. }) = self.object(&default) else {
            return Ok(default);
        };
        let (attributes, class) = (*attributes, *class);
        if self.class_name(class).as_deref() != Some("Field") {
            return Ok(default);
        }
        if let Some(factory) = self.namespace_get(attributes, "default_factory") {
            return self.call(&factory, Call::of(Vec::new(), self.here));
        }
        match self.namespace_get(attributes, "default") {
            Some(value) => Ok(value),
            None => Err(self.raise("TypeError", "missing 1 required positional argument")),
        }
    }

    fn named_tuple(&mut self, class: Id, call: Call) -> Outcome {
        let fields = self.find_in_class(class, "_fields");
        let Some(Val { kind: Kind::Tuple(fields), .. }) = fields else {
            return Ok(Val::unknown("a named tuple whose fields are not known"));
        };
        let attributes = self.new_namespace();
        let mut positional = call.positional.into_iter();
        let mut named = call.named;
        let mut items = Vec::with_capacity(fields.len());
        for field in fields.iter() {
            let Some(name) = field.as_str() else { continue };
            let by_name = named.iter().position(|(key, _)| &**key == name);
            let value = match (positional.next(), by_name) {
                (Some(value), _) => value,
                (None, Some(at)) => named.remove(at).1,
                (None, None) => {
                    let default = self
                        .find_in_class(class, "__plimsoll_defaults__")
                        .and_then(|defaults| defaults.as_id())
                        .and_then(|id| self.namespace_get(id, name))
                        .or_else(|| self.own_attribute(class, name));
                    match default {
                        Some(default) => default,
                        None => {
                            let text = format!("missing 1 required positional argument: '{name}'");
                            return Err(self.raise("TypeError", &text));
                        }
                    }
                }
            };
            self.namespace_set(attributes, name, value.clone());
            items.push(value);
        }
        if positional.next().is_some() || !named.is_empty() {
            return Err(self.raise("TypeError", "unexpected arguments for a named tuple"));
        }
        let inner = Some(Val::tuple(items));
        Ok(Val::reference(self.alloc(Object::Instance { class, attributes, inner })))
    }
}

/// The names that every plain class has, in each version of Python since 3.6.
const OBJECT_NAMES: &[&str] = &[
    "__class__",
    "__delattr__",
    "__dict__",
    "__dir__",
    "__doc__",
    "__eq__",
    "__format__",
    "__ge__",
    "__getattribute__",
    "__gt__",
    "__hash__",
    "__init__",
    "__init_subclass__",
    "__le__",
    "__lt__",
    "__module__",
    "__ne__",
    "__new__",
    "__reduce__",
    "__reduce_ex__",
    "__repr__",
    "__setattr__",
    "__sizeof__",
    "__str__",
    "__subclasshook__",
    "__weakref__",
];

//! Calls.

use std::rc::Rc;

use super::function::{Body, Function};
use super::heap::{Builtin, Dict, Event, Key, Object};
use super::native::{Binding, Call, Outcome, Raise};
use super::value::{Id, Kind, Val, join};
use super::{Flow, Frame, FrameKind, Interp};

impl Interp<'_> {
    /// Calls any value.
    pub(crate) fn call(&mut self, function: &Val, call: Call) -> Outcome {
        if !self.step() {
            return Ok(self.exhausted_value());
        }
        if self.depth >= self.request.limits.depth {
            self.exhaust("nested too deeply");
            return Ok(self.exhausted_value());
        }
        self.depth += 1;
        let outcome =
            self.each(function, |interp, function| interp.call_one(function, call.clone()));
        self.depth -= 1;
        outcome
    }

    pub(crate) fn exhausted_value(&self) -> Val {
        Val::unknown("the limit of the evaluation was reached before this")
    }

    fn call_one(&mut self, function: &Val, call: Call) -> Outcome {
        match &function.kind {
            Kind::Unknown(_) => self.unknown_call(function, call),
            Kind::Native(native) => {
                let native = *native;
                if native.binding == Binding::Property {
                    return Err(self.raise("TypeError", "'property' object is not callable"));
                }
                self.call_native(native, call)
            }
            Kind::Method(bound) => {
                let bound = bound.clone();
                self.call_builtin_method(&bound.0, &bound.1, call)
            }
            Kind::Bound(bound) => {
                let bound = bound.clone();
                let mut call = call;
                call.positional.insert(0, bound.0.clone());
                self.call_one(&bound.1, call)
            }
            Kind::Ref(id) => self.call_object(*id, function, call),
            _ => {
                let name = self.type_name(function);
                Err(self.raise("TypeError", &format!("'{name}' object is not callable")))
            }
        }
    }

    fn call_object(&mut self, id: Id, function: &Val, call: Call) -> Outcome {
        match self.heap.object(id) {
            Some(Object::Function(it)) => {
                let it = it.clone();
                self.call_function(&it, call)
            }
            Some(Object::Class(_)) => self.instantiate(id, call),
            Some(Object::Instance { .. }) => match self.class_attribute_of(function, "__call__") {
                Some(method) => {
                    let method = self.bind_to(&method, function)?;
                    self.call(&method, call)
                }
                None if self.is_open_instance(id) => self.unknown_call(function, call),
                None => Err(self.raise("TypeError", "object is not callable")),
            },
            Some(Object::Descriptor(_, inner)) => {
                let inner = inner.clone();
                self.call(&inner, call)
            }
            Some(Object::Havoc(reason)) => {
                let unknown = Val::unknown(reason.to_string());
                self.unknown_call(&unknown, call)
            }
            _ => {
                let name = self.type_name(function);
                Err(self.raise("TypeError", &format!("'{name}' object is not callable")))
            }
        }
    }

    /// A native function once for each combination of its arguments' alternatives.
    pub(crate) fn call_native(
        &mut self,
        native: &'static super::native::Native,
        call: Call,
    ) -> Outcome {
        let deps = call.deps();
        let values: Vec<Val> = call.values().cloned().collect();
        let names: Vec<Rc<str>> = call.named.iter().map(|(name, _)| name.clone()).collect();
        let count = call.positional.len();
        let at = call.at;
        let mut called = false;
        let result = self.each_of(&values, |interp, values| {
            called = true;
            let (positional, named) = values.split_at(count.min(values.len()));
            let call = Call {
                positional: positional.to_vec(),
                named: names.iter().cloned().zip(named.iter().cloned()).collect(),
                at,
            };
            (native.call)(interp, call)
        })?;
        if !called {
            self.native_effects(&Val::native(native));
        }
        // What is told of an argument that is a number says nothing of the result.
        let result =
            if values.iter().any(Val::is_unknown_number) { result.of_any_type() } else { result };
        Ok(result.with_deps(&deps))
    }

    /// Calls a method of a value by name.
    pub(crate) fn call_method(
        &mut self,
        value: &Val,
        name: &str,
        positional: Vec<Val>,
        at: Event,
    ) -> Outcome {
        let method = self.get_attribute(value, name)?;
        self.call(&method, Call::of(positional, at))
    }

    /// A call whose effect is not known: it may change all it is given, and raise.
    pub(crate) fn unknown_call(&mut self, function: &Val, call: Call) -> Outcome {
        let reason = match &function.kind {
            Kind::Unknown(unknown) => unknown.reason.clone(),
            _ => "the result of a call that is not modelled".to_owned(),
        };
        for value in call.values() {
            self.havoc(value, &format!("it was given to code that is not known ({reason})"));
            self.havoc_named_module(value, &reason);
        }
        if reason.contains("env") && (reason.contains("load") || reason.contains("read")) {
            self.environment_open(&reason, true);
        }
        self.may_raise(&reason);
        let value = match &function.kind {
            Kind::Unknown(_) => Val { deps: None, ..function.clone().of_any_type() },
            _ => Val::unknown(reason),
        };
        Ok(value.with_deps(&call.deps()).with_deps(&function.deps))
    }

    /// A call with further arguments that are not known: what the function does happens, what it
    /// gives is unknown.
    ///
    /// # Errors
    /// What a function of the project raises whatever it is given.
    pub(crate) fn call_with_unknown(
        &mut self,
        function: &Val,
        call: Call,
        unknown: &Val,
    ) -> Outcome {
        self.havoc(function, "it was called with arguments that are not known");
        self.native_effects(function);
        let (inner, this) = match &function.kind {
            Kind::Bound(bound) => (bound.1.clone(), Some(bound.0.clone())),
            _ => (function.clone(), None),
        };
        if let Some(Object::Function(it)) = self.object(&inner) {
            let it = it.clone();
            let call = Call::of(this.into_iter().collect(), call.at);
            self.enter_function(&it, call, Some(unknown))?;
        }
        let mut call = call;
        call.positional.push(unknown.clone());
        self.unknown_call(unknown, call)
    }

    /// What a function of a model may have done besides what it gives, where it could not be
    /// followed: names included from other files, variables set.
    fn native_effects(&mut self, function: &Val) {
        let native = match &function.kind {
            Kind::Native(native) => *native,
            Kind::Bound(bound) => match &bound.1.kind {
                Kind::Native(native) => *native,
                _ => return,
            },
            _ => return,
        };
        let reason = format!("{} was called with arguments that are not known", native.name);
        if native.name.starts_with("split_settings.")
            && let Some(module) = self.frames.last().map(|frame| frame.module)
        {
            self.open_namespace(module, &reason);
        }
        let sets = ["load_dotenv", "read_env", "set_key", "setdefault", "update", "pop", "putenv"];
        if sets.iter().any(|word| native.name.ends_with(word))
            && (native.name.contains("env") || native.name.contains("environ"))
        {
            self.environment_open(&reason, true);
        }
    }

    /// Calls a function of the project.
    pub(crate) fn call_function(&mut self, function: &Function, call: Call) -> Outcome {
        self.taking(|interp| interp.run_function(function, call))
    }

    fn run_function(&mut self, function: &Function, call: Call) -> Outcome {
        self.enter_function(function, call, None)
    }

    /// Calls a function of the project, with all further parameters unknown where that is given.
    fn enter_function(
        &mut self,
        function: &Function,
        call: Call,
        unknown: Option<&Val>,
    ) -> Outcome {
        if self.frames.len() >= self.request.limits.calls {
            self.exhaust("calls within calls too deep");
            return Ok(self.exhausted_value());
        }
        let code = function.code.clone();
        if code.is_async {
            return Ok(Val::unknown("the result of an asynchronous function"));
        }
        let this = call.positional.first().cloned();
        let at = call.at;
        let scope = self.new_namespace();
        match unknown {
            Some(unknown) => self.bind_to_unknown(function, call, scope, unknown),
            None => self.bind_arguments(function, call, scope)?,
        }
        let yielded = code.is_generator.then(|| self.alloc(Object::List(Vec::new())));
        let previous = (self.here, std::mem::take(&mut self.handling));
        self.frames.push(Frame {
            scope,
            chain: function.chain.clone(),
            module: function.module,
            file: code.file,
            kind: FrameKind::Function,
            globals: code.globals.clone(),
            nonlocals: code.nonlocals.clone(),
            locals: Some(code.clone()),
            class: function.class,
            this,
            yielded,
            deps: None,
            qualname: function.qualname.clone(),
        });
        let from = self.pending.len();
        let flow = match &code.body {
            Body::Block(body) => self.block(body),
            Body::Lambda(expression) => match self.eval(expression) {
                Ok(value) => Flow::Return(value),
                Err(raise) => Flow::Raise(raise),
            },
        };
        let frame = self.frames.pop();
        (self.here, self.handling) = previous;
        let mut result = self.collect_returns(from, flow, at)?;
        if let Some(list) = yielded {
            result = match self.heap.object(list) {
                Some(Object::List(items)) => {
                    let items = items.clone();
                    Val::reference(self.alloc(Object::Iterator(items, 0)))
                }
                _ => Val::unknown("a generator whose items depend on an undecided branch"),
            };
        }
        Ok(match frame {
            Some(frame) => result.with_deps(&frame.deps),
            None => result,
        })
    }

    /// Joins the paths that returned.
    fn collect_returns(&mut self, from: usize, flow: Flow, _at: Event) -> Outcome {
        let waiting = self.take_pending(from, |flow| matches!(flow, Flow::Return(_)));
        let mut result: Result<Val, Raise> = match flow {
            Flow::Return(value) => Ok(value),
            Flow::Raise(raise) => Err(raise),
            Flow::Normal | Flow::Break | Flow::Continue => Ok(Val::NONE),
        };
        for pending in waiting {
            let Flow::Return(value) = pending.flow else { continue };
            result = match result {
                Ok(before) => {
                    let heap = std::mem::take(&mut self.heap);
                    self.heap = self.join_heaps(&heap, &pending.heap);
                    Ok(join(&before, &value))
                }
                Err(raise) => {
                    let heap = std::mem::replace(&mut self.heap, pending.heap);
                    self.wait(Flow::Raise(raise), heap);
                    Ok(value)
                }
            };
        }
        result
    }

    /// Binds the first parameters to what is known, all others to a value that is not.
    fn bind_to_unknown(&mut self, function: &Function, call: Call, scope: Id, unknown: &Val) {
        let code = function.code.clone();
        let Some(parameters) = &code.parameters else { return };
        let mut bound = Dict { namespace: true, ..Dict::default() };
        let mut known = call.positional.into_iter();
        for parameter in parameters.posonlyargs.iter().chain(parameters.args.iter()) {
            let value = known.next().unwrap_or_else(|| unknown.clone());
            bound.set_str(parameter.parameter.name.as_str(), value);
        }
        for parameter in &parameters.kwonlyargs {
            bound.set_str(parameter.parameter.name.as_str(), unknown.clone());
        }
        for parameter in parameters.vararg.iter().chain(parameters.kwarg.iter()) {
            bound.set_str(parameter.name.as_str(), unknown.clone());
        }
        if let Some(dict) = self.dict_mut(scope) {
            *dict = bound;
        }
    }

    /// Binds the arguments of a call to a function's parameters.
    fn bind_arguments(&mut self, function: &Function, call: Call, scope: Id) -> Result<(), Raise> {
        let code = function.code.clone();
        let Some(parameters) = &code.parameters else {
            if call.positional.is_empty() && call.named.is_empty() {
                return Ok(());
            }
            return Err(
                self.raise("TypeError", &format!("{}() takes 0 positional arguments", code.name))
            );
        };
        let mut bound = Dict { namespace: true, ..Dict::default() };
        let mut positional = call.positional.into_iter();
        let mut named = call.named;
        let ordered: Vec<_> = parameters.posonlyargs.iter().chain(parameters.args.iter()).collect();
        let keyword_only = parameters.kwonlyargs.iter();
        for (at, parameter) in ordered.iter().enumerate() {
            let name = parameter.parameter.name.as_str();
            let by_name = named.iter().position(|(key, _)| &**key == name);
            let by_name = by_name.filter(|_| at >= parameters.posonlyargs.len());
            match (positional.next(), by_name) {
                (Some(value), None) => bound.set_str(name, value),
                (None, Some(place)) => bound.set_str(name, named.remove(place).1),
                (Some(_), Some(_)) => {
                    let text = format!("{}() got multiple values for argument '{name}'", code.name);
                    return Err(self.raise("TypeError", &text));
                }
                (None, None) => self.bind_default(function, &mut bound, name)?,
            }
        }
        let rest: Vec<Val> = positional.collect();
        match &parameters.vararg {
            Some(parameter) => bound.set_str(parameter.name.as_str(), Val::tuple(rest)),
            None if !rest.is_empty() => {
                let text = format!(
                    "{}() takes {} positional arguments but {} were given",
                    code.name,
                    ordered.len(),
                    ordered.len() + rest.len()
                );
                return Err(self.raise("TypeError", &text));
            }
            None => {}
        }
        for parameter in keyword_only {
            let name = parameter.parameter.name.as_str();
            match named.iter().position(|(key, _)| &**key == name) {
                Some(place) => bound.set_str(name, named.remove(place).1),
                None => self.bind_default(function, &mut bound, name)?,
            }
        }
        match &parameters.kwarg {
            Some(parameter) => {
                let mut dict = Dict::default();
                for (name, value) in named {
                    dict.set_str(&name, value);
                }
                let id = self.alloc(Object::Dict(dict));
                bound.set_str(parameter.name.as_str(), Val::reference(id));
            }
            None => {
                if let Some((name, _)) = named.first() {
                    let text =
                        format!("{}() got an unexpected keyword argument '{name}'", code.name);
                    return Err(self.raise("TypeError", &text));
                }
            }
        }
        if let Some(dict) = self.dict_mut(scope) {
            *dict = bound;
        }
        Ok(())
    }

    fn bind_default(
        &mut self,
        function: &Function,
        bound: &mut Dict,
        name: &str,
    ) -> Result<(), Raise> {
        match function.defaults.iter().find(|(key, _)| &**key == name) {
            Some((_, value)) => {
                bound.set_str(name, value.clone());
                Ok(())
            }
            None => {
                let text = format!(
                    "{}() missing 1 required positional argument: '{name}'",
                    function.code.name
                );
                Err(self.raise("TypeError", &text))
            }
        }
    }

    /// Whether an instance's class has bases that are not known.
    pub(crate) fn is_open_instance(&self, id: Id) -> bool {
        match self.heap.object(id) {
            Some(Object::Instance { class, .. }) => self.is_open_class(*class),
            _ => false,
        }
    }

    pub(crate) fn is_open_class(&self, class: Id) -> bool {
        match self.heap.object(class) {
            Some(Object::Class(it)) => {
                it.open.is_some()
                    || it.mro.iter().any(|id| match self.heap.object(*id) {
                        Some(Object::Class(parent)) => {
                            self.dict(parent.namespace).is_none_or(|dict| dict.open.is_some())
                        }
                        _ => true,
                    })
            }
            _ => true,
        }
    }

    /// The name of a value's type, `NoneType` for `None`.
    pub(crate) fn type_name(&self, value: &Val) -> String {
        let class = self.class_of(value);
        match class.as_id().and_then(|id| self.class_name(id)) {
            Some(name) => name,
            None => "object".to_owned(),
        }
    }

    /// The class of a value; unknown where the value is.
    pub(crate) fn class_of(&self, value: &Val) -> Val {
        let builtin = match &value.kind {
            Kind::None => Builtin::NoneType,
            Kind::Bool(_) => Builtin::Bool,
            Kind::Int(_) => Builtin::Int,
            Kind::Float(_) => Builtin::Float,
            Kind::Str(_) => Builtin::Str,
            Kind::Bytes(_) => Builtin::Bytes,
            Kind::Tuple(_) => Builtin::Tuple,
            Kind::Ellipsis => Builtin::Ellipsis,
            Kind::NotImplemented => Builtin::NotImplemented,
            Kind::Range(..) => Builtin::Range,
            Kind::Slice(_) => Builtin::Slice,
            Kind::Timedelta(_) => Builtin::Timedelta,
            Kind::Path(_) => Builtin::Path,
            Kind::Native(_) => Builtin::NativeFunction,
            Kind::Method(_) | Kind::Bound(_) => Builtin::Method,
            Kind::Unknown(_) | Kind::OneOf(_) | Kind::Unbound => return value.clone(),
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::List(_)) => Builtin::List,
                Some(Object::Dict(_)) => Builtin::Dict,
                Some(Object::Set { frozen: false, .. }) => Builtin::Set,
                Some(Object::Set { frozen: true, .. }) => Builtin::Frozenset,
                Some(Object::Instance { class, .. }) => return Val::reference(*class),
                Some(Object::Class(_)) => Builtin::Type,
                Some(Object::Function(_)) => Builtin::Function,
                Some(Object::Module { .. }) => Builtin::Module,
                Some(Object::Iterator(..)) => Builtin::Iterator,
                Some(Object::Super(..)) => Builtin::Super,
                Some(Object::Descriptor(super::heap::Descriptor::Static, _)) => {
                    Builtin::Staticmethod
                }
                Some(Object::Descriptor(super::heap::Descriptor::Class, _)) => Builtin::Classmethod,
                Some(Object::Descriptor(..)) => Builtin::Property,
                Some(Object::Havoc(lost)) if lost.is_list() => Builtin::List,
                Some(Object::Havoc(reason)) => return Val::unknown(reason.to_string()),
                Some(Object::Choice(_)) | None => {
                    return Val::unknown("its type depends on an undecided branch");
                }
            },
        };
        self.class_of_builtin(builtin)
    }

    /// The string key of a `**` argument or attribute name.
    pub(crate) fn string_keys(dict: &Dict) -> Option<Vec<(Rc<str>, Val)>> {
        let may_be_unbound = super::iteration::may_be_unbound;
        if dict.open.is_some()
            || dict.loose
            || dict.entries.values().any(|entry| may_be_unbound(&entry.value))
        {
            return None;
        }
        dict.entries
            .iter()
            .map(|(key, entry)| match key {
                Key::Str(name) => Some((name.clone(), entry.value.clone())),
                _ => None,
            })
            .collect()
    }
}

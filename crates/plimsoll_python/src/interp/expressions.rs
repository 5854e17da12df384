//! Expressions.

use std::rc::Rc;

use crate::syntax::Ranged;
use num_bigint::BigInt;

use super::function::{Body, Code, Function, Names};
use super::heap::{Dict, Object};
use super::iteration::may_be_unbound;
use super::native::{Call, Outcome};
use super::partial::Lost;
use super::value::{Kind, Val};
use super::{FrameKind, Interp};
use crate::syntax::ast::{self, Expr};

/// What a value is where it is there.
fn bound_part(value: &Val) -> Val {
    let Kind::OneOf(candidates) = &value.kind else { return value.clone() };
    let bound = candidates.iter().filter(|it| !matches!(it.kind, Kind::Unbound)).cloned();
    super::value::one_of(bound.collect()).with_deps(&value.deps)
}

impl Interp<'_> {
    /// The value of an expression. An exception that nothing catches is recorded as a stop and
    /// gives an unknown value.
    pub(crate) fn eval(&mut self, expression: &Expr) -> Outcome {
        if !self.step() {
            return Ok(self.exhausted_value());
        }
        if self.depth >= self.request.limits.depth {
            self.exhaust("nested too deeply");
            return Ok(self.exhausted_value());
        }
        self.depth += 1;
        let outcome = self.eval_inner(expression);
        self.depth -= 1;
        if outcome.is_err() { self.survive(outcome) } else { outcome }
    }

    fn eval_inner(&mut self, expression: &Expr) -> Outcome {
        match expression {
            Expr::StringLiteral(it) => Ok(Val::str(it.value.to_str())),
            Expr::BytesLiteral(it) => {
                let bytes: Vec<u8> = it.value.bytes().collect();
                Ok(Val::bytes(&bytes))
            }
            Expr::NumberLiteral(it) => Ok(number(&it.value)),
            Expr::BooleanLiteral(it) => Ok(Val::bool(it.value)),
            Expr::NoneLiteral(_) => Ok(Val::NONE),
            Expr::EllipsisLiteral(_) => Ok(Val::new(Kind::Ellipsis)),
            Expr::Name(it) => self.lookup(&it.id),
            Expr::FString(it) => self.f_string(it),
            Expr::List(it) => {
                let (parts, unknown) = self.elements(&it.elts)?;
                Ok(match unknown.map(|unknown| unknown.kind) {
                    None => self.new_list(parts.into_iter().flatten().collect()),
                    Some(Kind::Unknown(unknown)) => self.new_partial(parts, &unknown.reason),
                    Some(_) => Val::NONE,
                })
            }
            Expr::Tuple(it) => Ok(match self.elements(&it.elts)? {
                (parts, None) => Val::tuple(parts.into_iter().flatten().collect()),
                (_, Some(unknown)) => unknown,
            }),
            Expr::Set(it) => match self.elements(&it.elts)? {
                (parts, None) => self.make_set(parts.into_iter().flatten().collect(), false),
                (_, Some(unknown)) => Ok(unknown),
            },
            Expr::Dict(it) => self.dict_display(it),
            Expr::Attribute(it) => {
                let value = self.eval(&it.value)?;
                self.here = self.event(it);
                self.get_attribute(&value, &it.attr)
            }
            Expr::Subscript(it) => {
                let value = self.eval(&it.value)?;
                let index = self.eval(&it.slice)?;
                self.here = self.event(it);
                self.get_item(&value, &index)
            }
            Expr::Call(it) => self.call_expression(it),
            Expr::BinOp(it) => {
                let left = self.eval(&it.left)?;
                let right = self.eval(&it.right)?;
                self.binary(it.op, &left, &right)
            }
            Expr::UnaryOp(it) => {
                let operand = self.eval(&it.operand)?;
                self.unary(it.op, &operand)
            }
            Expr::BoolOp(it) => self.bool_op(it.op, &it.values),
            Expr::Compare(it) => self.comparison(it),
            Expr::If(it) => self.conditional(it),
            Expr::Named(it) => {
                let value = self.eval(&it.value)?;
                if let Expr::Name(name) = &*it.target {
                    let event = self.event(it);
                    self.bind_outer(&name.id, value.clone(), event);
                }
                Ok(value)
            }
            Expr::Lambda(it) => self.lambda(it),
            Expr::ListComp(it) => self.list_comprehension(&it.elt, &it.generators),
            Expr::SetComp(it) => self.set_comprehension(&it.elt, &it.generators),
            Expr::DictComp(it) => {
                self.dict_comprehension(it.key.as_deref(), &it.value, &it.generators)
            }
            Expr::Generator(it) => self.generator_expression(&it.elt, &it.generators),
            Expr::Slice(it) => {
                let mut part = |part: &Option<Box<Expr>>| match part {
                    Some(part) => self.eval(part),
                    None => Ok(Val::NONE),
                };
                let parts = [part(&it.lower)?, part(&it.upper)?, part(&it.step)?];
                Ok(Val::new(Kind::Slice(Rc::new(parts))))
            }
            Expr::Yield(it) => {
                let value = match &it.value {
                    Some(value) => self.eval(value)?,
                    None => Val::NONE,
                };
                self.yield_value(value);
                Ok(Val::unknown("what is sent to a generator"))
            }
            Expr::YieldFrom(it) => {
                let value = self.eval(&it.value)?;
                match self.iterate(&value)? {
                    Some(items) => items.into_iter().for_each(|item| self.yield_value(item)),
                    None => self.yield_unknown(),
                }
                Ok(Val::NONE)
            }
            Expr::Starred(it) => self.eval(&it.value),
            Expr::Await(it) => {
                self.eval(&it.value)?;
                Ok(Val::unknown("the result of an asynchronous call"))
            }
            Expr::TString(_) => Ok(Val::unknown("template strings are not modelled")),
            Expr::IpyEscapeCommand(_) => Ok(Val::unknown("a notebook command")),
        }
    }

    fn yield_value(&mut self, value: Val) {
        if let Some(list) = self.frames.last().and_then(|frame| frame.yielded)
            && let Some(slot) = self.heap.slot_mut(list)
            && let Object::List(items) = &mut slot.object
        {
            items.push(value);
        }
    }

    fn yield_unknown(&mut self) {
        if let Some(list) = self.frames.last().and_then(|frame| frame.yielded) {
            self.replace(list, Object::Havoc(Lost::of("it yields from what is not known")));
        }
    }

    /// The elements of a display, stars expanded; where a starred one is not known, `None` for its
    /// items, and why.
    fn elements(
        &mut self,
        elements: &[Expr],
    ) -> Result<(Vec<Option<Val>>, Option<Val>), super::native::Raise> {
        let mut items = Vec::with_capacity(elements.len());
        let mut unknown = None;
        for element in elements {
            if let Expr::Starred(starred) = element {
                let value = self.eval(&starred.value)?;
                match self.iterate(&value)? {
                    Some(values) => {
                        items.extend(values.into_iter().map(|v| Some(v.with_deps(&value.deps))));
                    }
                    None => {
                        unknown.get_or_insert_with(|| self.why_unknown(&value));
                        match self.partial(&value) {
                            Some(lost) => items.extend(lost.items.iter().cloned()),
                            None => items.push(None),
                        }
                    }
                }
            } else {
                items.push(Some(self.eval(element)?));
            }
        }
        Ok((items, unknown))
    }

    /// A value's own unknown, or a general one where it is one of several.
    pub(crate) fn why_unknown(&self, value: &Val) -> Val {
        let reason = match &value.kind {
            Kind::Unknown(_) => return value.clone().of_any_type(),
            Kind::OneOf(candidates) if candidates.iter().any(Val::is_unknown) => {
                let unknown = candidates.iter().find(|value| value.is_unknown());
                let unknown = unknown.cloned().unwrap_or(Val::NONE).of_any_type();
                return unknown.with_deps(&value.deps);
            }
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::Havoc(reason)) => reason.to_string(),
                Some(Object::Dict(Dict { open: Some(reason), .. })) => reason.to_string(),
                _ => "it depends on a branch that could not be decided".to_owned(),
            },
            _ => "it depends on a branch that could not be decided".to_owned(),
        };
        Val::unknown(reason).with_deps(&value.deps)
    }

    pub(crate) fn make_set(&mut self, items: Vec<Val>, frozen: bool) -> Outcome {
        if let Some(unknown) = items.iter().find(|item| self.key_of(item).is_none()) {
            let unknown = unknown.clone();
            if unknown.is_unknown() || matches!(unknown.kind, Kind::OneOf(_)) {
                return Ok(self.why_unknown(&unknown));
            }
            let name = self.type_name(&unknown);
            return Err(self.raise("TypeError", &format!("unhashable type: '{name}'")));
        }
        Ok(self.new_set(items, frozen).unwrap_or(Val::NONE))
    }

    fn dict_display(&mut self, display: &ast::ExprDict) -> Outcome {
        let mut dict = Dict::default();
        for item in &display.items {
            match &item.key {
                Some(key) => {
                    let key = self.eval(key)?;
                    let value = self.eval(&item.value)?;
                    match self.key_of(&key) {
                        Some(hash) => {
                            let event = self.event(item);
                            dict.set(hash, key, value, Some(event));
                        }
                        None => self.open_dict(&mut dict, &key)?,
                    }
                }
                None => {
                    let value = self.eval(&item.value)?;
                    self.merge_into(&mut dict, &value)?;
                }
            }
        }
        Ok(Val::reference(self.alloc(Object::Dict(dict))))
    }

    /// A key that is not known was set: any entry may be that one.
    pub(crate) fn open_dict(
        &mut self,
        dict: &mut Dict,
        key: &Val,
    ) -> Result<(), super::native::Raise> {
        if !key.is_unknown() && !matches!(key.kind, Kind::OneOf(_)) {
            let name = self.type_name(key);
            return Err(self.raise("TypeError", &format!("unhashable type: '{name}'")));
        }
        let unknown = self.why_unknown(key);
        let reason = match &unknown.kind {
            Kind::Unknown(unknown) => {
                format!("a key that is not known was set ({})", unknown.reason)
            }
            _ => "a key that is not known was set".to_owned(),
        };
        let is_namespace = dict.namespace;
        for (key, entry) in &mut dict.entries {
            // As for [`Self::open_namespace`]: a module's own names and its code stay.
            let is_private = matches!(key, super::heap::Key::Str(name) if name.starts_with("__"));
            if !is_namespace || !(is_private || self.is_code(&entry.value)) {
                entry.value = Val::unknown(reason.clone());
            }
        }
        dict.open.get_or_insert_with(|| Rc::from(reason));
        Ok(())
    }

    /// `{**value}` into a dict in the making.
    pub(crate) fn merge_into(
        &mut self,
        dict: &mut Dict,
        value: &Val,
    ) -> Result<(), super::native::Raise> {
        if let Some(other) = self.as_dict(value) {
            if let Some(reason) = &other.open {
                for entry in dict.entries.values_mut() {
                    entry.value = Val::unknown(reason.to_string());
                }
                dict.open.get_or_insert_with(|| reason.clone());
            }
            dict.loose |= other.loose && !dict.namespace;
            let here = dict.namespace.then_some(self.here);
            for (key, entry) in other.entries {
                let value = entry.value.with_deps(&value.deps);
                if matches!(value.kind, Kind::Unbound) {
                    continue;
                }
                let value = match dict.entries.get(&key) {
                    // Where it is not there, what was here stays.
                    Some(before) if may_be_unbound(&value) => {
                        super::value::join(&bound_part(&value), &before.value)
                    }
                    None if may_be_unbound(&value) && !dict.namespace => {
                        dict.loose = true;
                        value
                    }
                    _ => value,
                };
                dict.set(key, entry.key, value, here);
            }
            return Ok(());
        }
        if value.is_unknown() || matches!(value.kind, Kind::OneOf(_)) || value.as_id().is_some() {
            return self.open_dict(dict, &self.why_unknown(value));
        }
        let name = self.type_name(value);
        Err(self.raise("TypeError", &format!("'{name}' object is not a mapping")))
    }

    fn call_expression(&mut self, it: &ast::ExprCall) -> Outcome {
        if let Expr::Name(name) = &*it.func
            && it.arguments.args.is_empty()
            && name.id.as_str() == "super"
        {
            return Ok(self.make_super());
        }
        let function = self.eval(&it.func)?;
        let mut positional = Vec::with_capacity(it.arguments.args.len());
        let mut named: Vec<(Rc<str>, Val)> = Vec::new();
        let mut unknown: Option<Val> = None;
        for argument in &it.arguments.args {
            if let Expr::Starred(starred) = argument {
                let value = self.eval(&starred.value)?;
                match self.iterate(&value)? {
                    Some(items) => positional.extend(items),
                    None => unknown = Some(self.why_unknown(&value)),
                }
            } else {
                let found = self.any_of_environment(&function, argument)?;
                positional.push(match found {
                    Some(found) => found,
                    None => self.eval(argument)?,
                });
            }
        }
        for keyword in &it.arguments.keywords {
            let value = self.eval(&keyword.value)?;
            match &keyword.arg {
                Some(name) => named.push((Rc::from(name.as_str()), value)),
                None => match self.as_dict(&value).as_ref().and_then(Self::string_keys) {
                    Some(items) => named.extend(items),
                    None => unknown = Some(self.why_unknown(&value)),
                },
            }
        }
        let at = self.event(it);
        self.here = at;
        let call = Call { positional, named, at };
        let result = match unknown {
            Some(unknown) => self.call_with_unknown(&function, call, &unknown),
            None => self.call(&function, call),
        };
        self.here = at;
        result
    }

    fn make_super(&mut self) -> Val {
        let frame = self.frames.iter().rev().find(|frame| frame.kind == FrameKind::Function);
        match frame.and_then(|frame| Some((frame.class?, frame.this.clone()?))) {
            Some((class, this)) => Val::reference(self.alloc(Object::Super(class, this))),
            None => Val::unknown("super() outside of a method"),
        }
    }

    fn bool_op(&mut self, op: ast::BoolOp, values: &[Expr]) -> Outcome {
        let Some((first, rest)) = values.split_first() else { return Ok(Val::NONE) };
        let left = self.eval(first)?;
        if rest.is_empty() {
            return Ok(left);
        }
        self.each(&left, |interp, left| {
            let stop = |truth: bool| truth == matches!(op, ast::BoolOp::Or);
            match interp.truth(left)? {
                Some(truth) if stop(truth) => Ok(left.clone()),
                Some(_) => {
                    let value = interp.with_control(left, |interp| interp.bool_op(op, rest))?;
                    Ok(value.with_deps(&left.deps))
                }
                None => {
                    let left = left.clone();
                    let value = interp.fork(2, |interp, at| {
                        if at == 0 { Ok(left.clone()) } else { interp.bool_op(op, rest) }
                    })?;
                    Ok(value.with_deps(&left.deps))
                }
            }
        })
    }

    fn conditional(&mut self, it: &ast::ExprIf) -> Outcome {
        let test = self.eval(&it.test)?;
        self.each(&test, |interp, test| {
            let value = match interp.truth(test)? {
                Some(true) => interp.with_control(test, |interp| interp.eval(&it.body))?,
                Some(false) => interp.with_control(test, |interp| interp.eval(&it.orelse))?,
                None => interp.with_control(test, |interp| {
                    interp.fork(2, |interp, at| {
                        interp.eval(if at == 0 { &it.body } else { &it.orelse })
                    })
                })?,
            };
            Ok(value.with_deps(&test.deps))
        })
    }

    /// Runs code that a condition decided to run: what it binds depends on the condition's
    /// variables.
    pub(crate) fn with_control<T>(
        &mut self,
        condition: &Val,
        run: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if condition.deps.is_none() {
            return run(self);
        }
        let joined = super::value::union(&self.control, &condition.deps);
        let before = std::mem::replace(&mut self.control, joined);
        let result = run(self);
        self.control = before;
        result
    }

    fn lambda(&mut self, it: &ast::ExprLambda) -> Outcome {
        let parameters = it.parameters.as_deref().cloned();
        let mut names = Names::default();
        let defaults = self.defaults(parameters.as_ref())?;
        parameter_names(parameters.as_ref(), &mut names);
        let code = Code {
            name: Rc::from("<lambda>"),
            parameters,
            body: Body::Lambda((*it.body).clone()),
            locals: names.bound,
            globals: Default::default(),
            nonlocals: Default::default(),
            is_generator: false,
            is_async: false,
            file: self.frames.last().map_or(0, |frame| frame.file),
        };
        let qualname = self.qualified("<lambda>");
        Ok(self.make_function(code, qualname, defaults))
    }

    /// A function object closed over the current scopes.
    pub(crate) fn make_function(
        &mut self,
        code: Code,
        qualname: Rc<str>,
        defaults: Vec<(Rc<str>, Val)>,
    ) -> Val {
        let (module, chain, class) = match self.frames.last() {
            Some(frame) => {
                let mut chain: Vec<_> = Vec::new();
                if matches!(frame.kind, FrameKind::Function | FrameKind::Comprehension) {
                    chain.push(frame.scope);
                }
                chain.extend(frame.chain.iter().copied().filter(|id| *id != frame.module));
                (frame.module, chain, frame.class)
            }
            None => (self.builtins, Vec::new(), None),
        };
        let function = Function {
            code: Rc::new(code),
            qualname,
            module,
            chain: Rc::from(chain),
            defaults: Rc::from(defaults),
            class,
            attributes: None,
        };
        Val::reference(self.alloc(Object::Function(function)))
    }

    pub(crate) fn qualified(&self, name: &str) -> Rc<str> {
        match self.frames.last() {
            Some(frame) if !frame.qualname.is_empty() => match frame.kind {
                FrameKind::Function => Rc::from(format!("{}.<locals>.{name}", frame.qualname)),
                _ => Rc::from(format!("{}.{name}", frame.qualname)),
            },
            _ => Rc::from(name),
        }
    }

    /// The default values of parameters, evaluated where the function is defined.
    pub(crate) fn defaults(
        &mut self,
        parameters: Option<&ast::Parameters>,
    ) -> Result<Vec<(Rc<str>, Val)>, super::native::Raise> {
        let mut defaults = Vec::new();
        let Some(parameters) = parameters else { return Ok(defaults) };
        let all =
            parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        for parameter in all {
            if let Some(default) = &parameter.default {
                defaults.push((Rc::from(parameter.parameter.name.as_str()), self.eval(default)?));
            }
        }
        Ok(defaults)
    }

    /// The text of a range of the current file.
    pub(crate) fn source_of(&self, node: impl Ranged) -> Option<&str> {
        let file = self.frames.last()?.file;
        let range = node.range();
        self.files.get(file as usize)?.text().get(range.start().to_usize()..range.end().to_usize())
    }
}

/// Adds the names of parameters.
pub(crate) fn parameter_names(parameters: Option<&ast::Parameters>, names: &mut Names) {
    let Some(parameters) = parameters else { return };
    let all = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
    names.bound.extend(all.map(|parameter| Rc::from(parameter.parameter.name.as_str())));
    let stars = [&parameters.vararg, &parameters.kwarg];
    names
        .bound
        .extend(stars.into_iter().flatten().map(|parameter| Rc::from(parameter.name.as_str())));
}

fn number(number: &ast::Number) -> Val {
    match number {
        ast::Number::Int(int) => match int.as_u64() {
            Some(number) => Val::int(number),
            None => parse_big(&int.to_string())
                .map_or_else(|| Val::unknown("an integer that could not be read"), Val::int),
        },
        ast::Number::Float(number) => Val::float(*number),
        ast::Number::Complex { .. } => Val::unknown("complex numbers are not modelled"),
    }
}

/// An integer literal of the source: with underscores, of any base.
fn parse_big(text: &str) -> Option<BigInt> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (text.get(2..)?, 16),
        Some("0o") => (text.get(2..)?, 8),
        Some("0b") => (text.get(2..)?, 2),
        _ => (text.as_str(), 10),
    };
    if digits.len() > 5_000 {
        return None;
    }
    BigInt::parse_bytes(digits.as_bytes(), radix)
}

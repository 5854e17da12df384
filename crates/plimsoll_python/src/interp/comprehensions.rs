//! Comprehensions and generator expressions.

use std::rc::Rc;

use super::heap::{Dict, Object};
use super::iteration::may_be_unbound;
use super::native::{Outcome, Raise};
use super::value::{Kind, Val};
use super::{Flow, Frame, FrameKind, Interp};
use crate::syntax::ast::{Comprehension, Expr};

/// What a comprehension collects: items, or the reason why they are not known.
struct Collected<T> {
    items: Vec<T>,
    /// Items of which it is not known whether they are there.
    perhaps: Vec<T>,
    /// Whether the order of the items is not known.
    unordered: bool,
    unknown: Option<Val>,
}

impl<T> Collected<T> {
    fn new() -> Self {
        Self { items: Vec::new(), perhaps: Vec::new(), unordered: false, unknown: None }
    }
}

/// Variables that shells, images and service managers set.
const OF_MACHINES: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "PWD",
    "OLDPWD",
    "SHLVL",
    "TERM",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "HOSTNAME",
    "HOST",
    "MAIL",
    "TMPDIR",
    "EDITOR",
    "_",
    "DEBIAN_FRONTEND",
    "GPG_KEY",
    "PYTHON_VERSION",
    "PYTHONPATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHON_SHA256",
    "VIRTUAL_ENV",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "SYSTEMD_EXEC_PID",
    "NOTIFY_SOCKET",
    "LISTEN_FDS",
    "XDG_RUNTIME_DIR",
    "SSH_CONNECTION",
    "SSH_CLIENT",
    "SSL_CERT_FILE",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_PORT",
    "DYNO",
    "PORT",
    "DJANGO_SETTINGS_MODULE",
    "WEB_CONCURRENCY",
    "http_proxy",
    "no_proxy",
];

impl Interp<'_> {
    pub(crate) fn list_comprehension(
        &mut self,
        element: &Expr,
        generators: &[Comprehension],
    ) -> Outcome {
        let found = self.collect(generators, |interp| interp.eval(element))?;
        Ok(match found.unknown {
            Some(unknown) => unknown,
            None if found.unordered => self.new_unordered(found.items, found.perhaps, true),
            None => self.new_list(found.items),
        })
    }

    pub(crate) fn generator_expression(
        &mut self,
        element: &Expr,
        generators: &[Comprehension],
    ) -> Outcome {
        // The first iterable is evaluated outside of the comprehension's own scope.
        let Some(source) = generators.first().map(|first| self.eval(&first.iter)) else {
            return Ok(Val::unknown("a generator over nothing"));
        };
        let source = source?;
        let found = self.collect_from(generators, source.clone(), |interp| interp.eval(element))?;
        Ok(match found.unknown {
            Some(unknown) => unknown,
            None if found.unordered => self.new_unordered(found.items, found.perhaps, false),
            None => self.new_generator(found.items, Some(&source), element, generators),
        })
    }

    pub(crate) fn set_comprehension(
        &mut self,
        element: &Expr,
        generators: &[Comprehension],
    ) -> Outcome {
        let found = self.collect(generators, |interp| interp.eval(element))?;
        match found.unknown {
            Some(unknown) => Ok(unknown),
            None if !found.perhaps.is_empty() => Ok(Val::unknown(super::any_order::PERHAPS)),
            None => self.make_set(found.items, false),
        }
    }

    pub(crate) fn dict_comprehension(
        &mut self,
        key: Option<&Expr>,
        value: &Expr,
        generators: &[Comprehension],
    ) -> Outcome {
        let Some(key) = key else { return Ok(Val::unknown("an unpacking in a comprehension")) };
        let found = self.collect(generators, |interp| {
            let key = interp.eval(key)?;
            Ok((key, interp.eval(value)?))
        })?;
        if let Some(unknown) = found.unknown {
            return Ok(unknown);
        }
        if found.unordered && found.items.len() + found.perhaps.len() > 1 {
            return Ok(Val::unknown(super::any_order::DISK));
        }
        let mut dict = Dict::default();
        for (key, value) in found.items {
            match self.key_of(&key) {
                Some(hash) => dict.set(hash, key, value, None),
                None => self.open_dict(&mut dict, &key)?,
            }
        }
        Ok(Val::reference(self.alloc(Object::Dict(dict))))
    }

    /// The argument of `any(… for name in os.environ)`. A process has variables of its machine
    /// besides those that are known: they count as unset like any other, but only where the test
    /// is false for the names that machines use.
    pub(super) fn any_of_environment(
        &mut self,
        function: &Val,
        argument: &Expr,
    ) -> Result<Option<Val>, Raise> {
        let Expr::Generator(it) = argument else { return Ok(None) };
        let ([generator], Kind::Native(native)) = (&*it.generators, &function.kind) else {
            return Ok(None);
        };
        let Expr::Attribute(iterable) = &generator.iter else { return Ok(None) };
        if native.name != "any"
            || generator.is_async
            || !generator.ifs.is_empty()
            || iterable.attr.as_str() != "environ"
            || !matches!(&*iterable.value, Expr::Name(_))
        {
            return Ok(None);
        }
        let source = self.eval(&generator.iter)?;
        let class = self.class_of(&source).as_id();
        if !class.is_some_and(|class| self.extends(class, "plimsoll._environ", "_Environ")) {
            return Ok(None);
        }
        let Some(names) =
            self.dict(self.environ).filter(|dict| dict.open.is_none()).and_then(|dict| {
                let certain = dict.entries.values().all(|entry| !may_be_unbound(&entry.value));
                certain.then(|| {
                    dict.entries.values().map(|entry| entry.key.clone()).collect::<Vec<_>>()
                })
            })
        else {
            return Ok(None);
        };
        let known = self.new_list(names);
        let machine = self.new_list(OF_MACHINES.iter().map(Val::str).collect());
        let found = self.collect_from(&it.generators, known, |interp| interp.eval(&it.elt))?;
        let others = self.collect_from(&it.generators, machine, |interp| interp.eval(&it.elt))?;
        if let Some(unknown) = found.unknown {
            return Ok(Some(unknown));
        }
        let mut items = found.items;
        let mut are_false = others.unknown.is_none();
        for value in &others.items {
            are_false &= self.truth(value)? == Some(false);
        }
        if !are_false {
            items.push(Val::unknown("a process has further variables, which are not known here"));
        }
        Ok(Some(self.new_list(items)))
    }

    fn collect<T>(
        &mut self,
        generators: &[Comprehension],
        each: impl FnMut(&mut Self) -> Result<T, Raise>,
    ) -> Result<Collected<T>, Raise> {
        let Some((first, _)) = generators.split_first() else {
            return Ok(Collected::new());
        };
        // The first iterable is evaluated outside of the comprehension's own scope.
        let source = self.eval(&first.iter)?;
        self.collect_from(generators, source, each)
    }

    fn collect_from<T>(
        &mut self,
        generators: &[Comprehension],
        source: Val,
        mut each: impl FnMut(&mut Self) -> Result<T, Raise>,
    ) -> Result<Collected<T>, Raise> {
        let scope = self.new_namespace();
        let Some(outer) = self.frames.last() else {
            return Ok(Collected::new());
        };
        // The names of a class body are not seen from a comprehension in it.
        let mut chain = match outer.kind {
            FrameKind::Class => Vec::new(),
            _ => vec![outer.scope],
        };
        chain.extend(outer.chain.iter().copied());
        let frame = Frame {
            scope,
            chain: Rc::from(chain),
            kind: FrameKind::Comprehension,
            locals: None,
            ..outer.clone()
        };
        self.frames.push(frame);
        let mut collected = Collected::new();
        let result = self.generate(generators, Some(source), &mut collected, &mut each);
        self.frames.pop();
        result?;
        Ok(collected)
    }

    fn generate<T>(
        &mut self,
        generators: &[Comprehension],
        source: Option<Val>,
        collected: &mut Collected<T>,
        each: &mut dyn FnMut(&mut Self) -> Result<T, Raise>,
    ) -> Result<(), Raise> {
        let Some((generator, rest)) = generators.split_first() else {
            let item = each(self)?;
            collected.items.push(item);
            if collected.items.len() > self.request.limits.size {
                self.exhaust("a list is too long");
            }
            return Ok(());
        };
        let source = match source {
            Some(source) => source,
            None => self.eval(&generator.iter)?,
        };
        if self.is_listing(&source) && !generator.is_async {
            return self.generate_unordered(generators, &source, collected, each);
        }
        let items = if generator.is_async { None } else { self.iterate(&source)? };
        let Some(items) = items else {
            collected.unknown = Some(self.why_unknown(&source));
            return Ok(());
        };
        let taken = items.clone();
        for item in items {
            if !self.step() {
                collected.unknown = Some(self.exhausted_value());
                return Ok(());
            }
            let item = item.with_deps(&source.deps);
            match self.assign(&generator.target, item) {
                Ok(()) => {}
                Err(Flow::Raise(raise)) => return Err(raise),
                Err(_) => return Ok(()),
            }
            let mut keep = true;
            for condition in &generator.ifs {
                let value = self.eval(condition)?;
                match self.decided_truth(&value)? {
                    Some(true) => {}
                    Some(false) => {
                        keep = false;
                        break;
                    }
                    None => {
                        collected.unknown = Some(self.why_unknown(&value));
                        self.lose_items(&taken, "it may be among the items of another list");
                        return Ok(());
                    }
                }
            }
            if keep {
                self.generate(rest, None, collected, each)?;
            }
            if collected.unknown.is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The items of a source whose order is not known: what becomes of each must not depend on the
    /// others.
    fn generate_unordered<T>(
        &mut self,
        generators: &[Comprehension],
        source: &Val,
        collected: &mut Collected<T>,
        each: &mut dyn FnMut(&mut Self) -> Result<T, Raise>,
    ) -> Result<(), Raise> {
        let Some(found) = self.unordered(source) else { return Ok(()) };
        let before = self.heap.clone();
        let scope = self.frames.last().map(|frame| frame.scope);
        let items = Val::tuple(found.items).with_deps(&source.deps);
        self.generate(generators, Some(items), collected, each)?;
        let mut perhaps = Collected::new();
        let others = Val::tuple(found.perhaps).with_deps(&source.deps);
        self.generate(generators, Some(others), &mut perhaps, each)?;
        collected.unordered = true;
        collected.perhaps.extend(perhaps.items);
        collected.perhaps.extend(perhaps.perhaps);
        collected.unknown = collected.unknown.take().or(perhaps.unknown);
        let changed = self.changes(&before, &self.heap.clone());
        if changed.iter().any(|id| Some(*id) != scope) {
            collected.unknown.get_or_insert_with(|| Val::unknown(super::any_order::DISK));
        }
        Ok(())
    }
}

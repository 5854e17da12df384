//! `environ.Path`.

use std::rc::Rc;

use super::prelude::*;
use super::support;
use crate::interp::heap::Object;

const ROOT: &str = "__root__";

static INIT: Native = method("environ.Path", init);
static CALL: Native = method("environ.Path", call_path);
static PATH: Native = method("environ.Path.path", path);
static FILE: Native = method("environ.Path.file", file);
static ADD: Native = method("environ.Path.__add__", add);
static SUB: Native = method("environ.Path.__sub__", sub);
static INVERT: Native = method("environ.Path.__invert__", invert);
static EQ: Native = method("environ.Path.__eq__", eq);
static NE: Native = method("environ.Path.__ne__", ne);
static TEXT: Native = method("environ.Path.__str__", text);
static REPR: Native = method("environ.Path.__repr__", repr);
static GET_ITEM: Native = method("environ.Path.__getitem__", get_item);
static RFIND: Native = method("environ.Path.rfind", rfind);
static FIND: Native = method("environ.Path.find", find);
static ROOT_PROPERTY: Native = property("environ.Path.root", text);

pub(super) fn build(module: &mut Builder<'_, '_>) {
    module.class("Path", &[], |class| {
        for (name, native) in [
            ("__init__", &INIT),
            ("__call__", &CALL),
            ("path", &PATH),
            ("file", &FILE),
            ("__add__", &ADD),
            ("__sub__", &SUB),
            ("__invert__", &INVERT),
            ("__eq__", &EQ),
            ("__ne__", &NE),
            ("__str__", &TEXT),
            ("__fspath__", &TEXT),
            ("__repr__", &REPR),
            ("__getitem__", &GET_ITEM),
            ("rfind", &RFIND),
            ("find", &FIND),
            ("root", &ROOT_PROPERTY),
        ] {
            class.method(name, native);
        }
    });
}

/// `abspath(join(base, *paths))`; unknown where the base is relative.
fn absolute(interp: &mut Interp<'_>, base: &Val, call: &Call, from: usize) -> Outcome {
    let Some(mut path) = support::path_text(interp, base)?.map(|path| path.to_string()) else {
        return Ok(match base.is_unknown() {
            true => base.clone(),
            false => Val::unknown("an environ.Path from what is no path"),
        });
    };
    for part in call.positional.iter().skip(from) {
        match support::path_text(interp, part)? {
            Some(part) => path = support::join(&path, &part),
            None if part.is_unknown() => return Ok(part.clone()),
            None => return Ok(Val::unknown("an environ.Path from what is no path")),
        }
    }
    if call.keyword("required").is_some_and(|value| !matches!(value.kind, Kind::Bool(false))) {
        interp.may_raise("an environ.Path that has to exist");
    }
    let path = interp.in_working_folder(&path);
    Ok(if path.starts_with('/') {
        Val::str(support::normalize(&path))
    } else {
        Val::unknown("an environ.Path relative to the process's working folder")
    })
}

fn root_of(interp: &mut Interp<'_>, this: &Val) -> Outcome {
    interp.get_attribute(this, ROOT)
}

/// The text of an `environ.Path`, for what takes `os.PathLike` objects.
pub(super) fn root_text(interp: &Interp<'_>, value: &Val) -> Option<Rc<str>> {
    let Object::Instance { class, attributes, .. } = interp.object(value)? else { return None };
    if !interp.extends(*class, "environ.environ", "Path") {
        return None;
    }
    support::text_or_path(&interp.namespace_get(*attributes, ROOT)?)
}

fn this(call: &Call) -> Val {
    call.positional.first().cloned().unwrap_or(Val::NONE)
}

fn init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let mut start = call.get(1, "start").cloned().unwrap_or_else(|| Val::str(""));
    if let Some(flag) = call.keyword("is_file")
        && interp.truth(flag)? != Some(false)
    {
        let text = support::path_text(interp, &start)?;
        start = match text {
            Some(text) => Val::str(text.rsplit_once('/').map_or("", |(folder, _)| folder)),
            None => start,
        };
    }
    let root = absolute(interp, &start, &call, 2)?;
    interp.set_attribute(&this(&call), ROOT, root)?;
    Ok(Val::NONE)
}

fn call_path(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let root = root_of(interp, &this(&call))?;
    absolute(interp, &root, &call, 1)
}

/// A path of the same class.
fn made(interp: &mut Interp<'_>, this: &Val, root: Val) -> Outcome {
    let class = interp.class_of(this);
    let path = interp.new_instance(&class);
    interp.set_attribute(&path, ROOT, root)?;
    Ok(path)
}

fn path(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let root = call_path(interp, call.clone())?;
    made(interp, &this(&call), root)
}

fn file(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let one =
        Call { positional: call.positional.iter().take(2).cloned().collect(), ..call.clone() };
    let path = call_path(interp, Call { named: Vec::new(), ..one })?;
    let mut positional = vec![path];
    positional.extend(call.positional.into_iter().skip(2));
    let open = interp.namespace_get(interp.builtins, "open");
    match open {
        Some(open) => interp.call(&open, Call { positional, named: call.named, at: call.at }),
        None => Ok(Val::unknown("an open file")),
    }
}

fn add(interp: &mut Interp<'_>, call: Call) -> Outcome {
    path(interp, call)
}

fn sub(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = this(&call);
    let root = root_of(interp, &this)?;
    let other = call.positional.get(1).cloned().unwrap_or(Val::NONE);
    let Some(root) = root.as_str().map(str::to_owned) else { return Ok(root) };
    if let Some(levels) = other.as_i64() {
        let up = "../".repeat(usize::try_from(levels).unwrap_or(0).min(100));
        let path = support::normalize(&support::join(&root, &up));
        return made(interp, &this, Val::str(path));
    }
    match other.as_str() {
        Some(end) if root.ends_with(end) => {
            // `rstrip` takes characters, not the text itself.
            let path = root.trim_end_matches(|c| end.contains(c));
            made(interp, &this, Val::str(support::normalize(path)))
        }
        _ if other.is_unknown() => Ok(other),
        _ => Err(interp.raise("TypeError", "unsupported operand type(s) for -")),
    }
}

fn invert(interp: &mut Interp<'_>, mut call: Call) -> Outcome {
    call.positional.push(Val::str(".."));
    path(interp, call)
}

fn equals(interp: &mut Interp<'_>, call: &Call) -> Result<Option<bool>, Raise> {
    let root = root_of(interp, &this(call))?;
    let other = call.positional.get(1).cloned().unwrap_or(Val::NONE);
    let other = match interp.find_attribute(&other, ROOT) {
        Ok(Some(root)) => root,
        _ => other,
    };
    interp.equal(&root, &other)
}

fn eq(interp: &mut Interp<'_>, call: Call) -> Outcome {
    Ok(equals(interp, &call)?.map_or_else(|| Val::unknown("a path that is not known"), Val::bool))
}

fn ne(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let equal = equals(interp, &call)?;
    Ok(equal.map_or_else(|| Val::unknown("a path that is not known"), |equal| Val::bool(!equal)))
}

fn text(interp: &mut Interp<'_>, call: Call) -> Outcome {
    root_of(interp, &this(&call))
}

fn repr(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let root = root_of(interp, &this(&call))?;
    Ok(match root.as_str() {
        Some(text) => Val::str(format!("<Path:{text}>")),
        None => root,
    })
}

/// A method of `str` on the path's text.
fn through_text(interp: &mut Interp<'_>, call: Call, name: &str) -> Outcome {
    let root = root_of(interp, &this(&call))?;
    let method = interp.get_attribute(&root, name)?;
    let positional = call.positional.into_iter().skip(1).collect();
    interp.call(&method, Call { positional, named: call.named, at: call.at })
}

fn get_item(interp: &mut Interp<'_>, call: Call) -> Outcome {
    through_text(interp, call, "__getitem__")
}

fn rfind(interp: &mut Interp<'_>, call: Call) -> Outcome {
    through_text(interp, call, "rfind")
}

fn find(interp: &mut Interp<'_>, call: Call) -> Outcome {
    through_text(interp, call, "find")
}

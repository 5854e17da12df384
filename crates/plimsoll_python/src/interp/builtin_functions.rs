//! The functions of the module `builtins`.

use super::builder::function;
use super::heap::Object;
use super::native::{Call, Native, Outcome};
use super::numbers::float_to_int;
use super::value::{Id, Kind, Val};
use super::{FrameKind, Interp};

/// The functions of `builtins`, by their names there.
pub(super) static FUNCTIONS: &[Native] = &[
    function("len", |interp, call| one(interp, call, "len", |interp, value| interp.length(value))),
    function("repr", |interp, call| one(interp, call, "repr", |interp, value| interp.repr(value))),
    function("print", |_, _| Ok(Val::NONE)),
    function("abs", |interp, call| one(interp, call, "abs", absolute)),
    function("isinstance", is_instance),
    function("issubclass", is_subclass),
    function("hasattr", has_attribute),
    function("getattr", get_attribute),
    function("setattr", set_attribute),
    function("delattr", |interp, call| {
        let value = call.positional.first().cloned().unwrap_or(Val::NONE);
        match call.positional.get(1).and_then(Val::as_str).map(str::to_owned) {
            Some(name) => interp.delete_attribute(&value, &name),
            None => Ok(Val::NONE),
        }
    }),
    function("callable", |interp, call| one(interp, call, "callable", is_callable)),
    function("sorted", sorted),
    function("reversed", reversed),
    function("enumerate", enumerate),
    function("zip", zip),
    function("map", map),
    function("filter", filter),
    function("any", |interp, call| any_all(interp, call, true)),
    function("all", |interp, call| any_all(interp, call, false)),
    function("sum", sum),
    function("min", |interp, call| extreme(interp, call, std::cmp::Ordering::Less)),
    function("max", |interp, call| extreme(interp, call, std::cmp::Ordering::Greater)),
    function("round", round),
    function("divmod", |interp, call| {
        let (a, b) = (call.get(0, "a").cloned(), call.get(1, "b").cloned());
        let (a, b) = (a.unwrap_or(Val::NONE), b.unwrap_or(Val::NONE));
        let quotient = interp.binary(crate::syntax::ast::Operator::FloorDiv, &a, &b)?;
        let rest = interp.binary(crate::syntax::ast::Operator::Mod, &a, &b)?;
        Ok(Val::tuple(vec![quotient, rest]))
    }),
    function("pow", |interp, call| {
        if call.positional.len() != 2 {
            return Ok(Val::unknown("pow with a modulus is not modelled"));
        }
        let (a, b) = (call.get(0, "base").cloned(), call.get(1, "exp").cloned());
        interp.binary(
            crate::syntax::ast::Operator::Pow,
            &a.unwrap_or(Val::NONE),
            &b.unwrap_or(Val::NONE),
        )
    }),
    function("chr", |interp, call| {
        let code = call.get(0, "i").and_then(Val::as_i64).and_then(|code| u32::try_from(code).ok());
        match code.and_then(char::from_u32) {
            Some(c) => Ok(Val::str(c.to_string())),
            None => unknown_or(interp, &call, "ValueError", "chr() arg not in range"),
        }
    }),
    function("ord", |interp, call| {
        let mut chars = call.get(0, "c").and_then(Val::as_str).unwrap_or_default().chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(Val::int(c as u32)),
            _ => unknown_or(interp, &call, "TypeError", "ord() expected a character"),
        }
    }),
    function("hex", |interp, call| radix(interp, call, "#x")),
    function("oct", |interp, call| radix(interp, call, "#o")),
    function("bin", |interp, call| radix(interp, call, "#b")),
    function("format", |interp, call| {
        let value = call.get(0, "value").cloned().unwrap_or(Val::NONE);
        let spec = call.get(1, "format_spec").and_then(Val::as_str).unwrap_or_default().to_owned();
        interp.format_value(&value, &spec)
    }),
    function("iter", |interp, call| {
        let value = call.get(0, "object").cloned().unwrap_or(Val::NONE);
        if matches!(interp.object(&value), Some(Object::Iterator(..))) {
            return Ok(value);
        }
        as_iterator(interp, &value)
    }),
    function("next", |interp, call| {
        let iterator = call.get(0, "iterator").cloned().unwrap_or(Val::NONE);
        let fallback = call.get(1, "default").cloned();
        interp.next_item(&iterator, fallback)
    }),
    function("globals", |interp, _| {
        Ok(interp.frames.last().map_or(Val::NONE, |frame| Val::reference(frame.module)))
    }),
    function("locals", |interp, _| {
        let frame = interp.frames.iter().rev().find(|frame| frame.kind != FrameKind::Comprehension);
        Ok(frame.map_or(Val::NONE, |frame| Val::reference(frame.scope)))
    }),
    function("vars", |interp, call| match call.positional.first() {
        Some(value) => {
            let value = value.clone();
            interp.get_attribute(&value, "__dict__")
        }
        None => Ok(interp.frames.last().map_or(Val::NONE, |frame| Val::reference(frame.scope))),
    }),
    function("dir", dir),
    function("id", |_, _| Ok(Val::unknown("an object's address"))),
    function("hash", |_, _| Ok(Val::unknown("a hash differs from run to run"))),
    function("input", |_, _| Ok(Val::unknown("what a person types"))),
    function("open", crate::library::os::open),
    function("exec", exec),
    function("eval", |interp, call| {
        for value in call.values() {
            interp.havoc(value, "it was given to eval()");
        }
        Ok(Val::unknown("the result of eval() is not modelled"))
    }),
    function("compile", |_, call| {
        // `exec(compile(text, name, 'exec'))` runs the text.
        Ok(call.get(0, "source").cloned().unwrap_or(Val::NONE))
    }),
    function("__import__", |interp, call| {
        let at = call.at;
        match call.get(0, "name").and_then(Val::as_str).map(str::to_owned) {
            Some(name) => {
                interp.import(&name, at)?;
                let top = name.split('.').next().unwrap_or_default().to_owned();
                Ok(interp.namespace_get(interp.modules, &top).unwrap_or(Val::NONE))
            }
            None => Ok(Val::unknown("a module whose name is not known")),
        }
    }),
    function("exit", |interp, _| Err(interp.raise("SystemExit", ""))),
    function("quit", |interp, _| Err(interp.raise("SystemExit", ""))),
    function("breakpoint", |_, _| Ok(Val::NONE)),
    function("ascii", |_, _| Ok(Val::unknown("ascii() is not modelled"))),
];

fn one(
    interp: &mut Interp<'_>,
    call: Call,
    name: &str,
    run: fn(&mut Interp<'_>, &Val) -> Outcome,
) -> Outcome {
    let [value] = call.bind(interp, name, ["object"], 1)?;
    let value = value.unwrap_or(Val::NONE);
    run(interp, &value)
}

pub(super) fn unknown_or(interp: &mut Interp<'_>, call: &Call, class: &str, text: &str) -> Outcome {
    match call.unknown() {
        Some(unknown) => Ok(unknown.clone()),
        None => Err(interp.raise(class, text)),
    }
}

fn absolute(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    match &value.kind {
        Kind::Float(number) => Ok(Val::float(number.abs())),
        Kind::Timedelta(micros) => Ok(Val::new(Kind::Timedelta(micros.abs()))),
        Kind::Unknown(_) => Ok(value.clone()),
        _ => match value.as_int() {
            Some(number) => Ok(Val::int(num_bigint::BigInt::from(number.magnitude().clone()))),
            None => Err(interp.raise("TypeError", "bad operand type for abs()")),
        },
    }
}

fn radix(interp: &mut Interp<'_>, call: Call, spec: &str) -> Outcome {
    let value = call.get(0, "number").cloned().unwrap_or(Val::NONE);
    interp.format_value(&value, spec)
}

/// The classes of a second argument to `isinstance`: `None` where one is not known.
fn class_list(interp: &Interp<'_>, value: &Val) -> Option<Vec<Id>> {
    match &value.kind {
        Kind::Tuple(items) => {
            let lists: Option<Vec<Vec<Id>>> =
                items.iter().map(|item| class_list(interp, item)).collect();
            Some(lists?.into_iter().flatten().collect())
        }
        Kind::Ref(id) if matches!(interp.heap.object(*id), Some(Object::Class(_))) => {
            Some(vec![*id])
        }
        _ => None,
    }
}

fn is_instance(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let (value, classes) = (call.get(0, "object").cloned(), call.get(1, "class").cloned());
    let (value, classes) = (value.unwrap_or(Val::NONE), classes.unwrap_or(Val::NONE));
    if value.is_unknown() {
        return Ok(value);
    }
    let class = interp.class_of(&value);
    subclass_answer(interp, &class, &classes)
}

fn is_subclass(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let (class, classes) = (call.get(0, "cls").cloned(), call.get(1, "class").cloned());
    subclass_answer(interp, &class.unwrap_or(Val::NONE), &classes.unwrap_or(Val::NONE))
}

fn subclass_answer(interp: &mut Interp<'_>, class: &Val, classes: &Val) -> Outcome {
    let unknown = || Ok(Val::unknown("whether an object is of a class is not known"));
    let (Some(class), Some(parents)) = (class.as_id(), class_list(interp, classes)) else {
        return unknown();
    };
    let mut undecided = false;
    for parent in parents {
        match interp.is_subclass(class, parent) {
            Some(true) => return Ok(Val::bool(true)),
            Some(false) if is_abstract(interp, parent) => undecided = true,
            Some(false) => {}
            None => undecided = true,
        }
    }
    if undecided { unknown() } else { Ok(Val::bool(false)) }
}

/// Abstract base classes (`Mapping`, `Sequence`) count classes that do not extend them.
fn is_abstract(interp: &Interp<'_>, class: Id) -> bool {
    match interp.heap.object(class) {
        Some(Object::Class(it)) => {
            matches!(&*it.module, "collections.abc" | "typing" | "numbers" | "abc")
        }
        _ => true,
    }
}

fn has_attribute(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "object").cloned().unwrap_or(Val::NONE);
    let Some(name) = call.get(1, "name").and_then(Val::as_str).map(str::to_owned) else {
        return Ok(Val::unknown("an attribute whose name is not known"));
    };
    match interp.try_attribute(&value, &name)? {
        (Some(found), missing) if missing || found.is_unknown() => {
            Ok(Val::unknown(format!("whether there is an attribute {name}")))
        }
        (Some(_), _) => Ok(Val::bool(true)),
        (None, _) => Ok(Val::bool(false)),
    }
}

fn get_attribute(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "object").cloned().unwrap_or(Val::NONE);
    let Some(name) = call.get(1, "name").and_then(Val::as_str).map(str::to_owned) else {
        return Ok(Val::unknown("an attribute whose name is not known"));
    };
    match call.positional.get(2).cloned() {
        Some(fallback) => Ok(match interp.try_attribute(&value, &name)? {
            (Some(found), true) => crate::interp::value::join(&found, &fallback),
            (Some(found), false) => found,
            (None, _) => fallback,
        }),
        None => interp.get_attribute(&value, &name),
    }
}

fn set_attribute(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "object").cloned().unwrap_or(Val::NONE);
    let new = call.get(2, "value").cloned().unwrap_or(Val::NONE);
    match call.get(1, "name").and_then(Val::as_str).map(str::to_owned) {
        Some(name) => interp.set_attribute(&value, &name, new),
        None => {
            // Any attribute may have been set.
            match interp.object(&value) {
                Some(Object::Module { namespace, .. }) => {
                    let namespace = *namespace;
                    interp
                        .open_namespace(namespace, "an attribute whose name is not known was set");
                }
                _ => interp.havoc(&value, "an attribute whose name is not known was set"),
            }
            Ok(Val::NONE)
        }
    }
}

fn is_callable(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    Ok(match &value.kind {
        Kind::Unknown(_) if value.is_unknown_number() => Val::bool(false),
        Kind::Unknown(_) => value.clone(),
        Kind::Native(_) | Kind::Method(_) | Kind::Bound(_) => Val::bool(true),
        Kind::Ref(id) => match interp.heap.object(*id) {
            Some(Object::Function(_) | Object::Class(_)) => Val::bool(true),
            Some(Object::Instance { class, .. }) => {
                let class = *class;
                if interp.find_in_class(class, "__call__").is_some() {
                    Val::bool(true)
                } else if interp.is_open_class(class)
                    || interp.find_in_class(class, "__record__").is_some()
                {
                    Val::unknown("whether an object can be called")
                } else {
                    Val::bool(false)
                }
            }
            _ => Val::bool(false),
        },
        _ => Val::bool(false),
    })
}

/// An iterator over all that a value gives.
fn as_iterator(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    Ok(match interp.iterate(value)? {
        Some(items) => interp.new_iterator(items, std::slice::from_ref(value)),
        None => interp.why_unknown(value),
    })
}

fn sorted(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let source = call.get(0, "iterable").cloned().unwrap_or(Val::NONE);
    let unordered = interp.is_unordered(&source);
    let Some(items) = interp.iterate_any_order(&source)? else {
        return Ok(interp.why_unknown(&source));
    };
    let has_key = call.keyword("key").is_some_and(|key| !key.is_none());
    // With a key, equal items keep an order that is not known.
    if has_key && unordered && items.len() > 1 {
        return Ok(Val::unknown("a set sorted by a key"));
    }
    match interp.sorted(items, call.keyword("key").cloned(), call.keyword("reverse").cloned())? {
        Some(items) => Ok(interp.new_list(items)),
        None => Ok(Val::unknown("the order of values that are not known")),
    }
}

fn reversed(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let source = call.get(0, "sequence").cloned().unwrap_or(Val::NONE);
    match interp.iterate(&source)? {
        Some(mut items) => {
            items.reverse();
            Ok(interp.new_iterator(items, &[source]))
        }
        None => Ok(interp.why_unknown(&source)),
    }
}

fn enumerate(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let source = call.get(0, "iterable").cloned().unwrap_or(Val::NONE);
    let start = match call.get(1, "start") {
        Some(start) => match start.as_i64() {
            Some(start) => start,
            None => return Ok(Val::unknown("where the counting starts is not known")),
        },
        None => 0,
    };
    match interp.iterate(&source)? {
        Some(items) => {
            let pairs = (start..).zip(items).map(|(at, item)| Val::tuple(vec![Val::int(at), item]));
            let pairs = pairs.collect();
            Ok(interp.new_iterator(pairs, &[source]))
        }
        None => Ok(interp.why_unknown(&source)),
    }
}

fn zip(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let mut lists = Vec::new();
    for source in &call.positional {
        match interp.iterate(source)? {
            Some(items) => lists.push(items.into_iter()),
            None => return Ok(interp.why_unknown(source)),
        }
    }
    let mut rows = Vec::new();
    if !lists.is_empty() {
        loop {
            let row: Option<Vec<Val>> = lists.iter_mut().map(Iterator::next).collect();
            match row {
                Some(row) => rows.push(Val::tuple(row)),
                None => break,
            }
        }
    }
    Ok(interp.new_iterator(rows, &call.positional))
}

fn map(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let function = call.get(0, "func").cloned().unwrap_or(Val::NONE);
    let sources = call.positional.get(1..).unwrap_or_default();
    let mut lists = Vec::new();
    for source in sources {
        match interp.iterate(source)? {
            Some(items) => lists.push(items.into_iter()),
            None => return Ok(interp.why_unknown(source)),
        }
    }
    let mut results = Vec::new();
    while !lists.is_empty() {
        let row: Option<Vec<Val>> = lists.iter_mut().map(Iterator::next).collect();
        let Some(row) = row else { break };
        results.push(interp.call(&function, Call::of(row, call.at))?);
    }
    Ok(interp.new_iterator(results, sources))
}

fn filter(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let function = call.get(0, "function").cloned().unwrap_or(Val::NONE);
    let source = call.get(1, "iterable").cloned().unwrap_or(Val::NONE);
    let Some(items) = interp.iterate(&source)? else { return Ok(interp.why_unknown(&source)) };
    let mut kept = Vec::new();
    for item in items {
        let answer = if function.is_none() {
            item.clone()
        } else {
            interp.call(&function, Call::of(vec![item.clone()], call.at))?
        };
        match interp.decided_truth(&answer)? {
            Some(true) => kept.push(item),
            Some(false) => {}
            None => return Ok(interp.why_unknown(&answer)),
        }
    }
    Ok(interp.new_iterator(kept, &[source]))
}

fn any_all(interp: &mut Interp<'_>, call: Call, stop: bool) -> Outcome {
    let source = call.get(0, "iterable").cloned().unwrap_or(Val::NONE);
    let Some(items) = interp.iterate_any_order(&source)? else {
        return Ok(interp.why_unknown(&source));
    };
    let mut undecided = None;
    for item in items {
        match interp.decided_truth(&item)? {
            Some(truth) if truth == stop => return Ok(Val::bool(stop)),
            Some(_) => {}
            None => undecided = Some(interp.why_unknown(&item)),
        }
    }
    Ok(undecided.unwrap_or_else(|| Val::bool(!stop)))
}

fn sum(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let source = call.get(0, "iterable").cloned().unwrap_or(Val::NONE);
    let mut total = call.get(1, "start").cloned().unwrap_or_else(|| Val::int(0));
    let Some(items) = interp.iterate(&source)? else { return Ok(interp.why_unknown(&source)) };
    let floats = items.iter().filter(|item| matches!(item.kind, Kind::Float(_))).count();
    if floats > 1 {
        return Ok(Val::unknown("how a sum of floats is rounded depends on the Python version"));
    }
    for item in items {
        total = interp.binary(crate::syntax::ast::Operator::Add, &total, &item)?;
    }
    Ok(total)
}

fn extreme(interp: &mut Interp<'_>, call: Call, wanted: std::cmp::Ordering) -> Outcome {
    let items = match call.positional.as_slice() {
        [only] => {
            let only = only.clone();
            match interp.iterate_any_order(&only)? {
                Some(items) => items,
                None => return Ok(interp.why_unknown(&only)),
            }
        }
        several => several.to_vec(),
    };
    let key = call.keyword("key").cloned().filter(|key| !key.is_none());
    if key.is_some() && call.positional.len() == 1 && items.len() > 1 {
        let only = call.positional.first().cloned().unwrap_or(Val::NONE);
        if interp.is_unordered(&only) {
            return Ok(Val::unknown("the first of a set by a key"));
        }
    }
    let mut best: Option<(Val, Val)> = None;
    for item in items {
        let by = match &key {
            Some(key) => interp.call(key, Call::of(vec![item.clone()], call.at))?,
            None => item.clone(),
        };
        best = Some(match best {
            None => (by, item),
            Some((best_by, best_item)) => match interp.order(&by, &best_by)? {
                Some(Some(ordering)) if ordering == wanted => (by, item),
                Some(_) => (best_by, best_item),
                None => return Ok(interp.why_unknown(&by)),
            },
        });
    }
    match (best, call.keyword("default")) {
        (Some((_, item)), _) => Ok(item),
        (None, Some(value)) => Ok(value.clone()),
        (None, None) => Err(interp.raise("ValueError", "arg is an empty sequence")),
    }
}

fn round(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "number").cloned().unwrap_or(Val::NONE);
    match (&value.kind, call.get(1, "ndigits")) {
        (Kind::Int(_) | Kind::Bool(_), None) => Ok(value.as_int().map_or(Val::NONE, Val::int)),
        (Kind::Float(number), None) => {
            let rounded = number.round_ties_even();
            Ok(float_to_int(rounded)
                .map_or_else(|| Val::unknown("a float that is not finite"), Val::int))
        }
        (Kind::Float(number), Some(digits)) => match digits.as_i64() {
            // The decimal text rounded correctly, which is what Python does.
            Some(digits @ 0..=15) => {
                let text = format!("{number:.*}", usize::try_from(digits).unwrap_or(0));
                Ok(text.parse().map_or_else(|_| Val::unknown("a rounding"), Val::float))
            }
            _ => Ok(Val::unknown("a rounding that is not modelled")),
        },
        _ => unknown_or(interp, &call, "TypeError", "a number is required"),
    }
}

fn dir(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let namespace = match call.positional.first() {
        None => interp.frames.last().map(|frame| frame.scope),
        Some(value) => interp.module_namespace(value),
    };
    let Some(dict) = namespace.and_then(|id| interp.dict(id)) else {
        let names = call.positional.first().and_then(|value| interp.class_names(value));
        return Ok(match names {
            Some(names) => interp.new_list(names.into_iter().map(Val::str).collect()),
            None => Val::unknown("dir() of an object is not modelled"),
        });
    };
    if dict.open.is_some()
        || dict.entries.values().any(|entry| super::iteration::may_be_unbound(&entry.value))
    {
        return Ok(Val::unknown("which names a module has is not known"));
    }
    let mut names: Vec<String> =
        dict.entries.values().filter_map(|entry| entry.key.as_str().map(str::to_owned)).collect();
    for name in ["__cached__", "__loader__"] {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(interp.new_list(names.into_iter().map(Val::str).collect()))
}

/// `exec`: of a file of the repository that was read, in the current namespace.
fn exec(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let code = call.get(0, "source").cloned().unwrap_or(Val::NONE);
    let target = match call.get(1, "globals") {
        Some(value) if !value.is_none() => value.as_id(),
        _ => interp.frames.last().map(|frame| frame.scope),
    };
    let Some(target) = target else { return Ok(Val::NONE) };
    let text = match &code.kind {
        Kind::Str(text) => Some(text.to_string()),
        Kind::Bytes(bytes) => String::from_utf8(bytes.to_vec()).ok(),
        _ => None,
    };
    let Some(text) = text else {
        interp.open_namespace(target, "code that is not known was executed");
        interp.environment_open("code that is not known was executed", true);
        return Ok(Val::NONE);
    };
    if text.trim().is_empty() {
        return Ok(Val::NONE);
    }
    // Its places are those of the file it was read from, where that can be told.
    let file = interp.files_read.iter().rev().find_map(|path| {
        let source = interp.request.tree.read(path).ok()?;
        (source.text().replace("\r\n", "\n") == text).then_some(source)
    });
    let Some(source) = file else {
        interp.open_namespace(target, "code made at run time was executed");
        return Ok(Val::NONE);
    };
    match interp.execute(&source, target, "") {
        super::Flow::Raise(raise) => Err(raise),
        _ => Ok(Val::NONE),
    }
}

//! `enum`, `dataclasses`, `typing`, `types`, `abc`.

use crate::interp::heap::{Builtin, Object};
use crate::library::prelude::*;

use super::functions::SAME;

pub(in crate::library) const MODELS: &[Model] = &[
    Model { name: "enum", distribution: None, build: build_enum },
    Model { name: "dataclasses", distribution: None, build: build_dataclasses },
    Model { name: "typing", distribution: None, build: build_typing },
    Model { name: "typing_extensions", distribution: None, build: build_typing },
    Model { name: "types", distribution: None, build: build_types },
    Model { name: "abc", distribution: None, build: build_abc },
];

fn build_enum(module: &mut Builder<'_, '_>) {
    let (int, text) = (
        module.interp.class_of_builtin(Builtin::Int),
        module.interp.class_of_builtin(Builtin::Str),
    );
    let base = module.class("Enum", &[], |_| {});
    module.class("IntEnum", &[int, base.clone()], |_| {});
    module.class("StrEnum", &[text, base], |_| {});
    module.class("auto", &[], |_| {});
    module.function("unique", &SAME);
    module.unknown("this part of enum is not modelled");
}

fn build_dataclasses(module: &mut Builder<'_, '_>) {
    static DATACLASS: Native =
        function("dataclasses.dataclass", |interp, call| match call.positional.first() {
            Some(class) => {
                let class = class.clone();
                collect_fields(interp, &class);
                Ok(class)
            }
            None => Ok(Val::native(&WITH_OPTIONS)),
        });
    static WITH_OPTIONS: Native = function("dataclasses.dataclass", |interp, call| {
        let class = call.positional.first().cloned().unwrap_or(Val::NONE);
        collect_fields(interp, &class);
        Ok(class)
    });
    module.function("dataclass", &DATACLASS);
    static INIT: Native = method("dataclasses.field", |interp, call| {
        let this = call.positional.first().cloned().unwrap_or(Val::NONE);
        for (name, value) in &call.named {
            interp.set_attribute(&this, name, value.clone())?;
        }
        Ok(Val::NONE)
    });
    let class = module.class("Field", &[], |class| class.method("__init__", &INIT));
    module.value("field", class);
    static AS_DICT: Native = function("dataclasses.asdict", |interp, call| {
        let value = call.get(0, "obj").cloned().unwrap_or(Val::NONE);
        let Some(Object::Instance { class, .. }) = interp.object(&value) else {
            return Ok(interp.why_unknown(&value));
        };
        let class = *class;
        let Some(Val { kind: Kind::Tuple(fields), .. }) =
            interp.find_in_class(class, "__plimsoll_fields__")
        else {
            return Err(
                interp.raise("TypeError", "asdict() should be called on dataclass instances")
            );
        };
        let mut pairs = Vec::new();
        for field in fields.iter() {
            let Some(name) = field.as_str() else { continue };
            let item = interp.get_attribute(&value, name)?;
            if item.as_id().is_some() {
                // Containers and nested dataclasses are copied: not followed here.
                pairs
                    .push((field.clone(), Val::unknown("a container in asdict() is not modelled")));
            } else {
                pairs.push((field.clone(), item));
            }
        }
        Ok(interp.new_dict_of(pairs))
    });
    module.function("asdict", &AS_DICT);
    module.unknown("this part of dataclasses is not modelled");
}

/// Gathers the annotated names of a class and its bases, bases first.
fn collect_fields(interp: &mut Interp<'_>, class: &Val) {
    let Some(Object::Class(it)) = interp.object(class) else { return };
    let (mro, namespace) = (it.mro.clone(), it.namespace);
    let mut fields: Vec<Val> = Vec::new();
    for id in mro.iter().rev() {
        if let Some(Val { kind: Kind::Tuple(names), .. }) =
            interp.own_attribute(*id, "__annotated__")
        {
            for name in names.iter() {
                if !fields.iter().any(|known| known.same(name)) {
                    fields.push(name.clone());
                }
            }
        }
    }
    interp.namespace_set(namespace, "__plimsoll_fields__", Val::tuple(fields));
}

fn build_typing(module: &mut Builder<'_, '_>) {
    static CAST: Native =
        function("typing.cast", |_, call| Ok(call.get(1, "val").cloned().unwrap_or(Val::NONE)));
    module.function("cast", &CAST);
    module.value("TYPE_CHECKING", Val::bool(false));
    let dict = module.interp.class_of_builtin(Builtin::Dict);
    module.class("TypedDict", &[dict], |_| {});
    module.class("NamedTuple", &[], |_| {});
    for name in ["Generic", "Protocol"] {
        module.class(name, &[], |_| {});
    }
    for name in ["overload", "final", "override", "no_type_check", "runtime_checkable"] {
        module.function(name, &SAME);
    }
    module.unknown("a type for the checker only");
}

fn build_types(module: &mut Builder<'_, '_>) {
    static INIT: Native = method("types.SimpleNamespace.__init__", |interp, call| {
        let this = call.positional.first().cloned().unwrap_or(Val::NONE);
        for (name, value) in &call.named {
            interp.set_attribute(&this, name, value.clone())?;
        }
        Ok(Val::NONE)
    });
    module.class("SimpleNamespace", &[], |class| class.method("__init__", &INIT));
    for (name, builtin) in [
        ("FunctionType", Builtin::Function),
        ("ModuleType", Builtin::Module),
        ("MethodType", Builtin::Method),
        ("NoneType", Builtin::NoneType),
        ("GeneratorType", Builtin::Iterator),
    ] {
        let class = module.interp.class_of_builtin(builtin);
        module.value(name, class);
    }
    static PROXY: Native = function("types.MappingProxyType", |_, call| {
        Ok(call.positional.first().cloned().unwrap_or(Val::NONE))
    });
    module.function("MappingProxyType", &PROXY);
    module.unknown("this part of types is not modelled");
}

fn build_abc(module: &mut Builder<'_, '_>) {
    module.class("ABC", &[], |_| {});
    module.class("ABCMeta", &[], |_| {});
    module.function("abstractmethod", &SAME);
    module.unknown("this part of abc is not modelled");
}

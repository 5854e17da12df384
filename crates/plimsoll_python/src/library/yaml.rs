//! PyYAML: `yaml.safe_load` of known text (read from PyYAML 6.0.3; the loaders for plain data are
//! the same since 3.13).

use std::sync::OnceLock;

use plimsoll_formats::yaml::{Dialect, Map, Meaning, Node, Style, Value as Yaml, Yaml as Document};
use plimsoll_source::{RepoPath, SourceText};
use regex::Regex;

use super::prelude::*;
use crate::interp::heap::Object;

const DISTRIBUTION: Option<&str> = Some("pyyaml");

pub(super) const MODELS: &[Model] =
    &[Model { name: "yaml", distribution: DISTRIBUTION, build: build_yaml }];

static SAFE_LOAD: Native = function("yaml.safe_load", safe_load);
static LOAD: Native = function("yaml.load", load);

/// Loaders that make plain data only. The others make it too where no tag asks for more.
const LOADERS: &[&str] = &["SafeLoader", "CSafeLoader", "FullLoader", "CFullLoader", "BaseLoader"];

fn build_yaml(module: &mut Builder<'_, '_>) {
    module.exception("YAMLError", "Exception");
    module.function("safe_load", &SAFE_LOAD);
    module.function("load", &LOAD);
    for name in LOADERS {
        module.class(name, &[], |class| class.unknown("this part of PyYAML is not modelled"));
    }
    module.unknown("this part of PyYAML is not modelled");
}

fn load(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let loader = call.get(1, "Loader").and_then(Val::as_id).and_then(|id| interp.class_name(id));
    match loader.as_deref() {
        Some("SafeLoader" | "CSafeLoader" | "FullLoader" | "CFullLoader") => {
            let stream = call.get(0, "stream").cloned().unwrap_or(Val::NONE);
            read(interp, &stream, call)
        }
        _ => Ok(Val::unknown("yaml.load with a loader that is not modelled")),
    }
}

fn safe_load(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let stream = call.get(0, "stream").cloned().unwrap_or(Val::NONE);
    read(interp, &stream, call)
}

/// The document of a text or of an open file.
fn read(interp: &mut Interp<'_>, stream: &Val, call: Call) -> Outcome {
    let text = match &stream.kind {
        Kind::Ref(_) => interp.call_method(stream, "read", Vec::new(), call.at)?,
        _ => stream.clone(),
    };
    let known = match &text.kind {
        Kind::Str(text) => Some(text.to_string()),
        Kind::Bytes(bytes) => String::from_utf8(bytes.to_vec()).ok(),
        _ => None,
    };
    let Some(known) = known else {
        interp.may_raise("text that is not known may be no YAML");
        return Ok(interp.why_unknown(&text));
    };
    let document = Document::parse(&SourceText::new(RepoPath::root(), known));
    if !document.complete || !document.problems.is_empty() || document.documents.len() > 1 {
        interp.may_raise("the text may be no YAML");
        return Ok(Val::unknown("YAML that is not understood here"));
    }
    let value = document.root().map_or(Some(Val::NONE), |root| value_of(interp, root));
    match value {
        Some(value) => Ok(value.with_deps(&text.deps)),
        None => {
            interp.may_raise("YAML with a form that is not modelled");
            Ok(Val::unknown("YAML with a form that is not modelled"))
        }
    }
}

/// `None` where a form is not modelled: tags, dates, numbers beyond 64 bits, merged keys.
fn value_of(interp: &mut Interp<'_>, node: &Node) -> Option<Val> {
    if node.tag().is_some() || !interp.spend(1) {
        return None;
    }
    match node.value() {
        Yaml::Cut => None,
        Yaml::List(items) => {
            let items: Option<Vec<Val>> = items.iter().map(|item| value_of(interp, item)).collect();
            Some(interp.new_list(items?))
        }
        Yaml::Map(map) => dict_of(interp, map),
        Yaml::Scalar(scalar) => {
            let text = scalar.text();
            Some(match scalar.meaning(Dialect::PyYaml) {
                Meaning::Null => Val::NONE,
                Meaning::Bool(flag) => Val::bool(flag),
                Meaning::Int(number) => Val::int(number),
                Meaning::Float(number) => Val::float(number),
                // A number or a date by PyYAML's rules, of a kind that is not modelled.
                Meaning::Text if scalar.style() == Style::Plain && is_special(text) => {
                    return None;
                }
                Meaning::Text => Val::str(text),
            })
        }
    }
}

/// Whether PyYAML takes a plain text for anything but text (`yaml/resolver.py`).
fn is_special(text: &str) -> bool {
    static FORMS: OnceLock<Option<Regex>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        let forms = [
            r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?",
            r"\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?",
            r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*",
            r"[-+]?\.(?:inf|Inf|INF)",
            r"\.(?:nan|NaN|NAN)",
            r"[-+]?0b[01_]+",
            r"[-+]?0[0-7_]+",
            r"[-+]?(?:0|[1-9][0-9_]*)",
            r"[-+]?0x[0-9a-fA-F_]+",
            r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+",
            r"[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt \t].*)?",
            "<<|=",
        ];
        Regex::new(&format!("^(?:{})$", forms.join("|"))).ok()
    });
    forms.as_ref().is_none_or(|forms| forms.is_match(text))
}

fn dict_of(interp: &mut Interp<'_>, map: &Map) -> Option<Val> {
    let mut pairs = Vec::new();
    for entry in map.entries() {
        if entry.merged {
            return None;
        }
        let key = value_of(interp, &entry.key)?;
        if matches!(key.kind, Kind::Ref(_)) {
            return None;
        }
        pairs.push((key, value_of(interp, &entry.value)?));
    }
    let dict = interp.new_dict_of(pairs);
    matches!(interp.object(&dict), Some(Object::Dict(_))).then_some(dict)
}

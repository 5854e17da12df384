//! `packaging.version` (20.0 to 26.0): versions and their order (PEP 440).

use plimsoll_formats::requirements::Version;

use super::prelude::*;

const DISTRIBUTION: Option<&str> = Some("packaging");

pub(super) const MODELS: &[Model] = &[
    Model { name: "packaging", distribution: DISTRIBUTION, build: build_open },
    Model { name: "packaging.version", distribution: DISTRIBUTION, build },
];

/// The release of a version as a tuple; `InvalidVersion` for a text that is none.
static RELEASE: Native = function("packaging.version.Version", |interp, call| {
    let value = call.get(0, "version").cloned().unwrap_or(Val::NONE);
    let Some(text) = value.as_str() else {
        return match value.kind {
            Kind::Unknown(_) | Kind::OneOf(_) => Ok(interp.why_unknown(&value)),
            _ => Err(interp.raise("TypeError", "expected string or bytes-like object")),
        };
    };
    match Version::parse(text) {
        Some(version) => Ok(Val::tuple(version.release().iter().copied().map(Val::int).collect())
            .with_deps(&value.deps)),
        None => {
            Err(interp
                .raise("packaging.version.InvalidVersion", &format!("Invalid version: '{text}'")))
        }
    }
});

/// `-1`, `0` or `1`.
static ORDER: Native = function("packaging.version.Version", |interp, call| {
    let [left, right] = [0, 1].map(|at| call.get(at, "").cloned().unwrap_or(Val::NONE));
    let version = |value: &Val| Version::parse(value.as_str()?);
    Ok(match (version(&left), version(&right)) {
        (Some(a), Some(b)) => {
            Val::int(a.cmp(&b) as i64).with_deps(&left.deps).with_deps(&right.deps)
        }
        _ => interp.why_unknown(if left.as_str().is_some() { &right } else { &left }),
    })
});

/// A version's text: as it is written where that is its normal form.
static TEXT: Native = function("packaging.version.Version.__str__", |interp, call| {
    let value = call.get(0, "version").cloned().unwrap_or(Val::NONE);
    let is_normal = |text: &str| {
        text.split('.').all(|part| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && (part == "0" || !part.starts_with('0'))
        })
    };
    Ok(match value.as_str() {
        Some(text) if is_normal(text) => value,
        Some(_) => Val::unknown("a version with more than numbers as text"),
        None => interp.why_unknown(&value),
    })
});

const CLASSES: &str = r#"
class InvalidVersion(ValueError):
    pass
class Version:
    def __init__(self, version):
        self.release = _release(version)
        self._text = version
        self.major = self.release[0]
        self.minor = self.release[1] if len(self.release) > 1 else 0
        self.micro = self.release[2] if len(self.release) > 2 else 0
    def __str__(self):
        return _text(self._text)
    def __lt__(self, other):
        return _order(self._text, other._text) < 0 if isinstance(other, Version) else NotImplemented
    def __le__(self, other):
        return _order(self._text, other._text) <= 0 if isinstance(other, Version) else NotImplemented
    def __eq__(self, other):
        return _order(self._text, other._text) == 0 if isinstance(other, Version) else NotImplemented
    def __ne__(self, other):
        return _order(self._text, other._text) != 0 if isinstance(other, Version) else NotImplemented
    def __gt__(self, other):
        return _order(self._text, other._text) > 0 if isinstance(other, Version) else NotImplemented
    def __ge__(self, other):
        return _order(self._text, other._text) >= 0 if isinstance(other, Version) else NotImplemented
def parse(version):
    return Version(version)
"#;

/// What a version has besides.
const OTHERS: &[&str] = &[
    "epoch",
    "pre",
    "post",
    "dev",
    "local",
    "public",
    "base_version",
    "is_prerelease",
    "is_postrelease",
    "is_devrelease",
    "_key",
    "_version",
    "__hash__",
    "__repr__",
    "__replace__",
];

fn build_open(module: &mut Builder<'_, '_>) {
    module.unknown("this part of packaging is not modelled");
}

fn build(module: &mut Builder<'_, '_>) {
    for (name, native) in [("_release", &RELEASE), ("_order", &ORDER), ("_text", &TEXT)] {
        module.function(name, native);
    }
    module.python(CLASSES);
    let class = module.interp.namespace_get(module.namespace, "Version");
    if let Some(crate::interp::heap::Object::Class(it)) =
        class.as_ref().and_then(|class| module.interp.object(class))
    {
        let namespace = it.namespace;
        for name in OTHERS {
            let unknown = Val::unknown("this part of a version is not modelled");
            module.interp.namespace_set(namespace, name, unknown);
        }
    }
    build_open(module);
}

//! `hashlib`: the digests of the SHA-2 family (CPython 3.8 to 3.14). Others are unknown.

use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::prelude::*;

pub(super) const MODELS: &[Model] =
    &[Model { name: "hashlib", distribution: None, build: build_hashlib }];

static DIGEST: Native = function("hashlib.digest", |interp, call| digest(interp, &call, false));
static HEX: Native = function("hashlib.hexdigest", |interp, call| digest(interp, &call, true));
static CHECK: Native = function("hashlib.update", |interp, call| {
    let data = call.get(0, "data").cloned().unwrap_or(Val::NONE);
    match &data.kind {
        Kind::Bytes(_) => Ok(data),
        Kind::Str(_) => Err(interp.raise("TypeError", "Strings must be encoded before hashing")),
        _ => Ok(interp.why_unknown(&data)),
    }
});

const CLASSES: &str = r#"
class HASH:
    def __init__(self, name, data):
        self.name = name
        self._data = _check(data)
    def update(self, data):
        self._data = self._data + _check(data)
    def digest(self):
        return _digest(self.name, self._data)
    def hexdigest(self):
        return _hexdigest(self.name, self._data)
    def copy(self):
        return HASH(self.name, self._data)
def sha224(data=b'', *, usedforsecurity=True):
    return HASH('sha224', data)
def sha256(data=b'', *, usedforsecurity=True):
    return HASH('sha256', data)
def sha384(data=b'', *, usedforsecurity=True):
    return HASH('sha384', data)
def sha512(data=b'', *, usedforsecurity=True):
    return HASH('sha512', data)
"#;

fn build_hashlib(module: &mut Builder<'_, '_>) {
    for (name, native) in [("_digest", &DIGEST), ("_hexdigest", &HEX), ("_check", &CHECK)] {
        module.function(name, native);
    }
    module.python(CLASSES);
    module.leave_open("HASH", "this part of a digest is not modelled");
    module.unknown("of hashlib only the SHA-2 family is modelled");
}

fn digest(interp: &mut Interp<'_>, call: &Call, as_text: bool) -> Outcome {
    let name = call.get(0, "name").cloned().unwrap_or(Val::NONE);
    let data = call.get(1, "data").cloned().unwrap_or(Val::NONE);
    let (Some(name), Kind::Bytes(bytes)) = (name.as_str(), &data.kind) else {
        return Ok(interp.why_unknown(&data));
    };
    if !interp.spend(1 + bytes.len() as u64) {
        return Ok(Val::NONE);
    }
    let found: Vec<u8> = match name {
        "sha224" => Sha224::digest(bytes).to_vec(),
        "sha256" => Sha256::digest(bytes).to_vec(),
        "sha384" => Sha384::digest(bytes).to_vec(),
        "sha512" => Sha512::digest(bytes).to_vec(),
        _ => return Ok(Val::unknown("a digest that is not modelled")),
    };
    let value = match as_text {
        true => Val::str(found.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        false => Val::bytes(&found),
    };
    Ok(value.with_deps(&data.deps))
}

//! `[ledger]` and `[[signers]]`.

use plimsoll_source::{Secret, Span};
use toml::de::DeTable;

use super::table::{Field, Mistakes, Table, clean};
use super::{Placed, TrustedSigner};

/// `ed25519:` and 32 bytes as base64.
const KEY_PREFIX: &str = "ed25519:";
const KEY_LENGTH: usize = 44;

pub(super) fn read_ledger(table: &Table<'_, '_>, m: &mut Mistakes<'_>) -> Option<Placed<Secret>> {
    let field = table.field("ledger")?;
    let at = field.at(m);
    let entries = field.table(m)?;
    let ledger = Table::strict(entries, "[ledger]", &["place"], m);
    let place =
        ledger.required_text("place", "a file, or postgres://user@host/database", &at, m)?;
    Some(Placed { value: Secret::new(place.value), at: place.at })
}

pub(super) fn read_signers(table: &Table<'_, '_>, m: &mut Mistakes<'_>) -> Vec<TrustedSigner> {
    let Some(field) = table.field("signers") else { return Vec::new() };
    let Some(items) = field.value.get_ref().as_array() else {
        field.wrong_type("a list of tables: `[[signers]]`", m);
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|value| {
            let entries = (Field { key: "signers", value }).table(m)?;
            read_signer(entries, &m.line_span(value.span()), m)
        })
        .collect()
}

fn read_signer(entries: &DeTable<'_>, at: &Span, m: &mut Mistakes<'_>) -> Option<TrustedSigner> {
    let table = Table::strict(entries, "[[signers]]", &["name", "role", "key"], m);
    let name = table.required_text("name", "whose key it is", at, m);
    let role = table.text("role", m);
    let key = table.required_text("key", "the public key that `plimsoll key show` prints", at, m);
    let key = key.filter(|key| {
        let sound = key.value.strip_prefix(KEY_PREFIX).is_some_and(|text| {
            let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
            text.len() == KEY_LENGTH && text.chars().all(base64)
        });
        if !sound {
            let help = "write what `plimsoll key show` prints: ed25519: and 44 characters";
            let message = format!("the key of `{}` is no public key", name_of(name.as_ref()));
            m.push(key.at.clone(), message, Some(help.to_owned()));
        }
        sound
    });
    Some(TrustedSigner {
        name: name?.value,
        role: role.map(|role| role.value),
        key: key?.value,
        at: at.clone(),
    })
}

fn name_of(name: Option<&Placed<String>>) -> String {
    name.map_or_else(|| "?".to_owned(), |name| clean(&name.value))
}

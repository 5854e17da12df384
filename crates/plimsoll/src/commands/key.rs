//! `plimsoll key`

use getrandom::SysRng;
use plimsoll_ledger::{KeyFile, PrivateKey};

use crate::cli::{Key, KeyCommand, KeyExport, KeyFormat, KeyNew};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keyring::{self, Found};
use crate::output::Screen;

pub(crate) fn run(arguments: &Key, screen: &Screen) -> Result<Exit, Failure> {
    let text = match &arguments.command {
        KeyCommand::New(arguments) => new(arguments)?,
        KeyCommand::List => list(),
        KeyCommand::Show(choice) => shown(&keyring::choose(choice.key.as_deref())?),
        KeyCommand::Export(arguments) => export(arguments)?,
    };
    screen.deliver(&text, None, Exit::Fit)
}

fn new(arguments: &KeyNew) -> Result<String, Failure> {
    let name = arguments.name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Failure::usage("the name of a key must be one line of text"));
    }
    let path = match &arguments.output {
        Some(path) => path.clone(),
        None => keyring::path_for(name)?,
    };
    let wants = arguments.passphrase || arguments.passphrase_file.is_some();
    let passphrase = match wants {
        true => Some(keyring::new_passphrase(arguments.passphrase_file.as_deref())?),
        false => None,
    };
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Failure::not_assessed(format!("there is no randomness: {error}")))?;
    let key = PrivateKey::from_seed(&seed);
    let file = KeyFile::new(&key, name, &arguments.role, passphrase.as_ref(), &mut SysRng)
        .map_err(|error| Failure::not_assessed(format!("cannot make the key: {error}")))?;
    keyring::write(&path, &file)?;
    Ok(format!(
        "made a key for {name}: {}\n\nSo that others trust it, add to plimsoll.toml:\n\n{}",
        path.display(),
        signers(&file)
    ))
}

fn list() -> String {
    let keys = keyring::all();
    if keys.is_empty() {
        return "no keys; make one: plimsoll key new --name 'Your Name'\n".to_owned();
    }
    keys.iter().map(shown).collect::<Vec<_>>().join("\n")
}

fn shown(found: &Found) -> String {
    let file = &found.file;
    let mut text = format!("{}\n", if file.name.is_empty() { "(no name)" } else { &file.name });
    if !file.roles.is_empty() {
        text.push_str(&format!("  roles   {}\n", file.roles.join(", ")));
    }
    text.push_str(&format!("  public  {}\n", file.public));
    text.push_str(&format!("  file    {}\n", found.path.display()));
    let kept = if file.encrypted { "under a passphrase" } else { "without a passphrase" };
    text.push_str(&format!("  kept    {kept}\n"));
    text
}

fn export(arguments: &KeyExport) -> Result<String, Failure> {
    let file = keyring::choose(arguments.choice.key.as_deref())?.file;
    Ok(match arguments.format {
        KeyFormat::Signers => signers(&file),
        KeyFormat::Line => format!("{}\n", file.public),
        KeyFormat::Pem => file.public.pem(),
    })
}

/// The tables of plimsoll.toml that make others trust a key: one for each role.
fn signers(file: &KeyFile) -> String {
    let table = |role: Option<&String>| {
        let role = role.map(|role| format!("role = {}\n", quoted(role))).unwrap_or_default();
        format!("[[signers]]\nname = {}\n{role}key = \"{}\"\n", quoted(&file.name), file.public)
    };
    match file.roles.as_slice() {
        [] => table(None),
        roles => roles.iter().map(|role| table(Some(role))).collect::<Vec<_>>().join("\n"),
    }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

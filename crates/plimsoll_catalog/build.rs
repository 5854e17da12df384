//! Joins the catalog's data files into one text of JSON, which a program reads several times as
//! fast as TOML: each check of a small project waits for it.

use std::error::Error;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let all = json!({
        "controls": folder("controls")?,
        "checks": file(Path::new("checks.toml"))?,
        "profiles": folder("profiles")?,
    });
    let out = std::env::var_os("OUT_DIR").ok_or("cargo names no folder to write to")?;
    std::fs::write(PathBuf::from(out).join("catalog.json"), all.to_string())?;
    Ok(())
}

/// The TOML files of a folder, by name without extension.
fn folder(name: &str) -> Result<Value, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={name}");
    let mut found = Map::new();
    for entry in std::fs::read_dir(name)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let stem =
                path.file_stem().and_then(|stem| stem.to_str()).ok_or("a name is no text")?;
            found.insert(stem.to_owned(), file(&path)?);
        }
    }
    Ok(Value::Object(found))
}

fn file(path: &Path) -> Result<Value, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", path.display());
    let text = std::fs::read_to_string(path)?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

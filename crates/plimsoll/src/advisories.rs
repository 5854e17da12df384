//! `--advisories`: reads a database of vulnerabilities in the OSV schema from a file, a folder or
//! an archive.

use std::io::Read;
use std::path::{Path, PathBuf};

use plimsoll_formats::advisories::Advisories;
use rawzip::{CompressionMethod, RECOMMENDED_BUFFER_SIZE, ZipArchive};

use crate::failure::Failure;

/// All of osv.dev's records for PyPI in one file are far shorter.
const LONGEST_FILE: u64 = 1 << 30;

/// One record in an archive or a folder.
const LONGEST_RECORD: u64 = 1 << 26;

/// Files of a folder or an archive; osv.dev has some 20,000 records for PyPI, GitHub's database
/// some 300,000 files.
const MOST_FILES: usize = 2_000_000;

/// GitHub's database has its records six folders deep.
const DEEPEST: usize = 12;

const HELP: &str = "give a file or folder of OSV records, or all.zip from https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip";

/// Reads the advisories that concern wanted packages.
pub(crate) fn read(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Advisories, Failure> {
    let mut all = Advisories::default();
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if metadata.is_dir() {
        for file in json_files(path)? {
            take_file(&mut all, &file, LONGEST_RECORD, wanted)?;
        }
    } else if begins_as_zip(path)? {
        take_archive(&mut all, path, wanted)?;
    } else {
        take_file(&mut all, path, LONGEST_FILE, wanted)?;
    }
    if all.is_empty() {
        let message = format!("there is no advisory in {}", path.display());
        return Err(Failure::usage(message).help(HELP));
    }
    Ok(all)
}

fn take_file(
    all: &mut Advisories,
    file: &Path,
    longest: u64,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(|error| unreadable(file, &error))?;
    let read = opened.take(longest + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(file, &error))?;
    take_bytes(all, &bytes, longest, &file.display().to_string(), wanted)
}

fn take_bytes(
    all: &mut Advisories,
    bytes: &[u8],
    longest: u64,
    name: &str,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(), Failure> {
    let refused = |message: String| {
        Failure::usage(format!("cannot read the advisories of {name}: {message}")).help(HELP)
    };
    if bytes.len() as u64 > longest {
        return Err(refused("it is too long".to_owned()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| refused("it is no text".to_owned()))?;
    all.add(text, wanted).map_err(|error| refused(error.to_string()))
}

/// The JSON files below a folder, in order; links are not followed.
fn json_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut waiting = vec![(folder.to_path_buf(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let kind = entry.file_type().map_err(|error| unreadable(&entry.path(), &error))?;
            let path = entry.path();
            if kind.is_dir() && depth < DEEPEST {
                waiting.push((path, depth + 1));
            } else if kind.is_file()
                && path.extension().is_some_and(|e| e == "json" || e == "jsonl")
            {
                found.push(path);
            }
            if found.len() > MOST_FILES {
                let message = format!("{} holds too many files", folder.display());
                return Err(Failure::usage(message).help(HELP));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn begins_as_zip(path: &Path) -> Result<bool, Failure> {
    let mut head = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    file.take(2).read_to_end(&mut head).map_err(|error| unreadable(path, &error))?;
    Ok(head == b"PK")
}

/// Takes in the JSON files of an archive, one at a time.
fn take_archive(
    all: &mut Advisories,
    path: &Path,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(), Failure> {
    let broken = |what: &dyn std::fmt::Display| {
        Failure::usage(format!("cannot read the archive {}: {what}", path.display())).help(HELP)
    };
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer).map_err(|error| broken(&error))?;
    let mut entries = archive.entries(&mut buffer);
    let mut count = 0;
    while let Some(entry) = entries.next_entry().map_err(|error| broken(&error))? {
        count += 1;
        if count > MOST_FILES {
            return Err(broken(&"it holds too many files"));
        }
        let name = String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned();
        if !name.ends_with(".json") && !name.ends_with(".jsonl") {
            continue;
        }
        if entry.compressed_size_hint() > LONGEST_RECORD {
            return Err(broken(&format!("{name} is too long")));
        }
        let method = entry.compression_method();
        let found = archive.get_entry(entry.wayfinder()).map_err(|error| broken(&error))?;
        let mut packed = Vec::new();
        let read = found.reader().take(LONGEST_RECORD + 1).read_to_end(&mut packed);
        read.map_err(|error| broken(&error))?;
        let bytes = if method == CompressionMethod::STORE {
            packed
        } else if method == CompressionMethod::DEFLATE {
            let limit = usize::try_from(LONGEST_RECORD).unwrap_or(usize::MAX);
            miniz_oxide::inflate::decompress_to_vec_with_limit(&packed, limit)
                .map_err(|_| broken(&format!("{name} is damaged or too long")))?
        } else {
            return Err(broken(&format!("{name} is packed in a way that is not known here")));
        };
        let name = format!("{} in {}", name.escape_default(), path.display());
        take_bytes(all, &bytes, LONGEST_RECORD, &name, wanted)?;
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot read the advisories of {}: {error}", path.display())).help(HELP)
}

//! Keys and their files.

use std::convert::Infallible;

use plimsoll_ledger::{KeyError, KeyFile, PublicKey};
use plimsoll_source::Secret;

use crate::support::key;

/// A source of the same bytes always.
struct Fixed;

impl pkcs8::rand_core::TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(7)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(7)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(7);
        Ok(())
    }
}

impl pkcs8::rand_core::TryCryptoRng for Fixed {}

fn file(passphrase: Option<&Secret>) -> KeyFile {
    let roles = ["security".to_owned(), "product-owner".to_owned()];
    KeyFile::new(&key(3), "Ada\nLovelace", &roles, passphrase, &mut Fixed).unwrap()
}

#[test]
fn a_key_file_is_read_back() {
    let written = file(None);
    let text = written.secret_text();
    let read = KeyFile::parse(text.expose()).unwrap();
    assert_eq!((read.name.as_str(), read.roles.len(), read.encrypted), ("Ada Lovelace", 2, false));
    assert_eq!(read.public, key(3).public());
    let opened = read.open(None).unwrap();
    assert!(read.public.verifies(b"text", &opened.sign(b"text")));
    assert!(!read.public.verifies(b"other", &opened.sign(b"text")));
    assert!(!read.public.verifies(b"text", &key(4).sign(b"text")));
}

#[test]
fn a_passphrase_is_needed_and_must_fit() {
    let passphrase = Secret::new("correct horse battery");
    let text = file(Some(&passphrase)).secret_text();
    assert!(text.expose().contains("BEGIN ENCRYPTED PRIVATE KEY"));
    let read = KeyFile::parse(text.expose()).unwrap();
    assert_eq!(read.open(None).unwrap_err(), KeyError::WantsPassphrase);
    assert_eq!(read.open(Some(&Secret::new("wrong"))).unwrap_err(), KeyError::WrongPassphrase);
    assert_eq!(read.open(Some(&passphrase)).unwrap().public(), key(3).public());
}

#[test]
fn nothing_printed_holds_the_private_part() {
    let written = file(None);
    let pem = written.secret_text().expose().lines().nth(6).unwrap().to_owned();
    for shown in
        [format!("{written:?}"), format!("{:?}", key(3)), format!("{:?}", written.open(None))]
    {
        assert!(!shown.contains(&pem) && !shown.contains("030303"), "{shown}");
    }
}

#[test]
fn a_file_of_another_key_than_it_says_is_refused() {
    let text = file(None).secret_text();
    let swapped = text.expose().replace(&key(3).public().to_string(), &key(4).public().to_string());
    let read = KeyFile::parse(&swapped).unwrap();
    assert_eq!(read.open(None).unwrap_err(), KeyError::OtherKey);
    for text in
        ["", "name: Ada\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
    {
        assert!(KeyFile::parse(text).is_err(), "{text}");
    }
}

#[test]
fn public_keys_as_text() {
    let public = key(3).public();
    assert_eq!(public.to_string().parse(), Ok(public));
    assert!(public.pem().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    // The identity, with which anything would verify, and text that is no key.
    let weak = "ed25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for wrong in [weak, "", "ed25519:", "rsa:AAAA", &public.to_string()[8..]] {
        assert!(wrong.parse::<PublicKey>().is_err(), "{wrong}");
    }
}

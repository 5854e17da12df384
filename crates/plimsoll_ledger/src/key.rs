//! Keys: ed25519, kept in the standard forms (PKCS#8 for private keys) with a few lines before them
//! that say whose they are.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use pkcs8::der::pem::LineEnding;
use pkcs8::pkcs5::pbes2;
use pkcs8::rand_core::TryCryptoRng;
use pkcs8::{
    DecodePrivateKey, EncodePrivateKey, EncodePublicKey, PrivateKeyInfoRef, SecretDocument,
};
use plimsoll_source::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What goes before the base64 text of a public key.
const PREFIX: &str = "ed25519:";
const BEGIN_CLEAR: &str = "-----BEGIN PRIVATE KEY-----";
const BEGIN_ENCRYPTED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

/// What is wrong with a key. Never holds a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Text that is no public key.
    #[error("a public key is `ed25519:` and 44 characters of base64")]
    NoPublicKey,
    /// Text that is no private key.
    #[error("it holds no ed25519 private key in PKCS#8 form")]
    NoPrivateKey,
    /// The key wants its passphrase.
    #[error("the key is encrypted and its passphrase was not given")]
    WantsPassphrase,
    /// The passphrase does not fit.
    #[error("the passphrase does not fit")]
    WrongPassphrase,
    /// The key could not be written.
    #[error("the key could not be encoded")]
    Encoding,
    /// The lines before the key name another public key than it has.
    #[error("the key is not the one that the lines before it name")]
    OtherKey,
}

/// Who wrote a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Signer {
    /// The name that the key goes by.
    pub name: String,
    /// The public part of the key.
    pub key: PublicKey,
}

/// The public part of a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

/// 64 bytes that only the holder of a private key can make.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(ed25519_dalek::Signature);

/// A private key. Printing it in any way gives the public part only.
#[derive(Clone)]
pub struct PrivateKey(SigningKey);

/// The text of a key file.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// Whose it is.
    pub name: String,
    /// The roles of that person, as free text.
    pub roles: Vec<String>,
    /// The public part.
    pub public: PublicKey,
    /// Whether a passphrase is needed.
    pub encrypted: bool,
    pem: Secret,
}

impl PublicKey {
    /// Whether the signature is this key's, over these bytes. Malleable and weak forms are refused.
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        self.0.verify_strict(message, &signature.0).is_ok()
    }

    /// The first sixteen hexadecimal digits of its SHA-256 digest: short, for people.
    pub fn id(&self) -> String {
        crate::Digest::of(self.0.as_bytes()).hex().chars().take(16).collect()
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// In the form that other tools read: `-----BEGIN PUBLIC KEY-----`.
    pub fn pem(&self) -> String {
        self.0.to_public_key_pem(LineEnding::LF).unwrap_or_default()
    }
}

impl Signature {
    /// Reads base64.
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        ed25519_dalek::Signature::from_slice(&bytes).ok().map(Self)
    }

    /// As base64, 88 characters.
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0.to_bytes())
    }

    /// The 64 bytes.
    pub fn to_bytes(&self) -> [u8; 64] {
        self.0.to_bytes()
    }
}

impl PrivateKey {
    /// The key that grows from 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Its public part.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs these bytes.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message))
    }

    fn keypair(&self) -> ed25519_dalek::pkcs8::KeypairBytes {
        // Without the public part it is version 1 of the form, which every tool reads.
        ed25519_dalek::pkcs8::KeypairBytes { secret_key: self.0.to_bytes(), public_key: None }
    }
}

impl KeyFile {
    /// The file for a key, encrypted where a passphrase is given (scrypt and AES-256-CBC in PBES2,
    /// as OpenSSL reads it).
    ///
    /// # Errors
    /// Where the randomness fails.
    pub fn new(
        key: &PrivateKey,
        name: &str,
        roles: &[String],
        passphrase: Option<&Secret>,
        random: &mut impl TryCryptoRng,
    ) -> Result<Self, KeyError> {
        let der = key.keypair().to_pkcs8_der().map_err(|_| KeyError::Encoding)?;
        let pem = match passphrase {
            None => der.to_pem("PRIVATE KEY", LineEnding::LF),
            Some(passphrase) => {
                encrypt(&der, passphrase, random)?.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF)
            }
        };
        let pem = pem.map_err(|_| KeyError::Encoding)?;
        Ok(Self {
            name: one_line(name),
            roles: roles.iter().map(|role| one_line(role)).collect(),
            public: key.public(),
            encrypted: passphrase.is_some(),
            pem: Secret::new(pem.as_str()),
        })
    }

    /// The text of the file. It holds the private key: for a file that only its owner reads.
    pub fn secret_text(&self) -> Secret {
        let mut text = format!(
            "A signing key of Plimsoll. Whoever has this file can sign as {}.\nname: {}\n",
            self.name, self.name
        );
        for role in &self.roles {
            text.push_str(&format!("role: {role}\n"));
        }
        text.push_str(&format!("public: {}\n", self.public));
        text.push_str(self.pem.expose());
        Secret::new(text)
    }

    /// Reads the text of a file without opening the key.
    ///
    /// # Errors
    /// Where it holds no private key, or the public key before it can't be read.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let begin = text.find(BEGIN_CLEAR).or_else(|| text.find(BEGIN_ENCRYPTED));
        let (head, pem) =
            begin.and_then(|at| text.split_at_checked(at)).ok_or(KeyError::NoPrivateKey)?;
        let field = |name: &str| {
            let name = name.to_owned();
            head.lines()
                .filter_map(move |line| line.strip_prefix(&name).map(str::trim).map(str::to_owned))
        };
        let encrypted = pem.starts_with(BEGIN_ENCRYPTED);
        let stated = field("public: ").next().map(|text| text.parse::<PublicKey>()).transpose()?;
        let public = match stated {
            Some(public) => public,
            None if encrypted => return Err(KeyError::NoPublicKey),
            None => open(pem, None)?.public(),
        };
        Ok(Self {
            name: field("name: ").next().unwrap_or_default(),
            roles: field("role: ").collect(),
            public,
            encrypted,
            pem: Secret::new(pem),
        })
    }

    /// Opens the key.
    ///
    /// # Errors
    /// Where the passphrase is missing or wrong, or the key is not the one named before it.
    pub fn open(&self, passphrase: Option<&Secret>) -> Result<PrivateKey, KeyError> {
        let key = open(self.pem.expose(), passphrase)?;
        if key.public() == self.public { Ok(key) } else { Err(KeyError::OtherKey) }
    }
}

fn encrypt(
    der: &SecretDocument,
    passphrase: &Secret,
    random: &mut impl TryCryptoRng,
) -> Result<SecretDocument, KeyError> {
    let parameters = pbes2::Parameters::generate_scrypt(random).map_err(|_| KeyError::Encoding)?;
    let key = PrivateKeyInfoRef::try_from(der.as_bytes()).map_err(|_| KeyError::Encoding)?;
    key.encrypt_with_params(parameters, passphrase.expose()).map_err(|_| KeyError::Encoding)
}

fn open(pem: &str, passphrase: Option<&Secret>) -> Result<PrivateKey, KeyError> {
    let key = if pem.starts_with(BEGIN_ENCRYPTED) {
        let passphrase = passphrase.ok_or(KeyError::WantsPassphrase)?;
        SigningKey::from_pkcs8_encrypted_pem(pem, passphrase.expose())
            .map_err(|_| KeyError::WrongPassphrase)?
    } else {
        SigningKey::from_pkcs8_pem(pem).map_err(|_| KeyError::NoPrivateKey)?
    };
    Ok(PrivateKey(key))
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD.encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base64())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(the private key of {})", self.public())
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.as_bytes().cmp(other.0.as_bytes())
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim().strip_prefix(PREFIX).ok_or(KeyError::NoPublicKey)?;
        let bytes = STANDARD.decode(text).map_err(|_| KeyError::NoPublicKey)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| KeyError::NoPublicKey)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::NoPublicKey)?;
        // With such a key anything would verify.
        if key.is_weak() { Err(KeyError::NoPublicKey) } else { Ok(Self(key)) }
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

//! TLS to a PostgreSQL server: always with the server's certificate verified.
//!
//! libpq's `sslmode=require` encrypts without knowing to whom. Here TLS means a verified name and
//! chain, by the machine's certificates or by those of `sslrootcert`. It is used for every server
//! that is not on this machine, unless the address says `sslmode=disable`.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What the address says about TLS.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tls {
    /// `sslmode`.
    mode: Option<String>,
    /// `sslrootcert`: a file of certificates.
    roots: Option<String>,
}

/// Takes the parameters about TLS out of an address.
pub(crate) fn split(url: &str) -> (String, Tls) {
    let mut tls = Tls::default();
    let Some((place, query)) = url.split_once('?') else { return (url.to_owned(), tls) };
    let mut rest: Vec<&str> = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => tls.mode = Some(mode.to_owned()),
            Some(("sslrootcert", file)) => tls.roots = Some(unescape(file)),
            _ => rest.push(pair),
        }
    }
    let query = rest.join("&");
    let url = if query.is_empty() { place.to_owned() } else { format!("{place}?{query}") };
    (url, tls)
}

impl Tls {
    /// Whether TLS is to be used; `local` is a server on this machine.
    pub(crate) fn wanted(&self, local: bool) -> bool {
        match self.mode.as_deref() {
            Some("disable") => false,
            Some("require" | "verify-ca" | "verify-full") => true,
            _ => !local,
        }
    }

    /// What makes the connections.
    pub(crate) fn connector(&self) -> Result<MakeRustlsConnect, String> {
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(self.root_certificates()?)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }

    fn root_certificates(&self) -> Result<RootCertStore, String> {
        let mut roots = RootCertStore::empty();
        match &self.roots {
            Some(file) => {
                let read = CertificateDer::pem_file_iter(file)
                    .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                    .map_err(|error| format!("cannot read the certificates {file}: {error}"))?;
                for certificate in read {
                    roots.add(certificate).map_err(|error| format!("{file}: {error}"))?;
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        if roots.is_empty() {
            return Err("this machine has no certificates to verify the server's by; name a file \
                        with sslrootcert="
                .to_owned());
        }
        Ok(roots)
    }
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_mode_is_read_and_remote_servers_want_tls() {
        for (url, rest, local, remote) in [
            ("postgres://db/x", "postgres://db/x", false, true),
            ("postgres://db/x?sslmode=disable", "postgres://db/x", false, false),
            ("postgres://db/x?sslmode=prefer&a=b", "postgres://db/x?a=b", false, true),
            ("postgres://db/x?sslmode=verify-full", "postgres://db/x", true, true),
        ] {
            let (address, tls) = split(url);
            assert_eq!(
                (address.as_str(), tls.wanted(true), tls.wanted(false)),
                (rest, local, remote)
            );
        }
        let (_, tls) = split("postgres://db/x?sslrootcert=%2Fetc%2Fca.pem");
        assert_eq!(tls.roots.as_deref(), Some("/etc/ca.pem"));
    }
}

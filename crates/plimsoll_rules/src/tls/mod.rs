//! Rules about TLS: certificates, protocols, redirects, and what is loaded without it.

mod certificate_path_missing;
mod certificate_renewal_unscheduled;
mod https_redirect_missing;
mod https_redirect_to_any_host;
mod plain_http_url;
mod tls_cipher_weak;
mod tls_protocol_old;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    certificate_path_missing::RULE,
    tls_protocol_old::RULE,
    tls_cipher_weak::RULE,
    https_redirect_missing::RULE,
    https_redirect_to_any_host::RULE,
    certificate_renewal_unscheduled::RULE,
    plain_http_url::RULE,
];

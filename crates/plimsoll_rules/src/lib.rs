//! Static rules: facts to findings.

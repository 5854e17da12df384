//! Findings, observations, attestations and waivers to verdicts.

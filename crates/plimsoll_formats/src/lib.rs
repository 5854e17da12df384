//! Readers for configuration formats, text to trees with exact places.

//! Verdicts and findings as text, JSON, SARIF, JUnit, Markdown and HTML.

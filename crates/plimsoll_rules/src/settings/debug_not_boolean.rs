//! `debug-not-boolean`: DEBUG is a text or number in place of a boolean.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "debug-not-boolean",
    control: "SET-01",
    title: "DEBUG is a text or number in place of a boolean",
    what: r#"The type of DEBUG: `os.environ.get("DEBUG")` gives text, and every text but the empty one is true, `"False"` and `"0"` among them. The numbers 0 and 1 equal booleans and are left alone."#,
    why: r#"Somebody sets `DEBUG=False` in the environment, sees it there, and runs with DEBUG on: the text `"False"` is not empty. Nothing warns before the first error page."#,
    bad: "```python settings.py
import os
DEBUG = os.environ.get('DEBUG', 'False')
```",
    good: "```python settings.py
import os
DEBUG = os.environ.get('DEBUG', 'False') == 'True'
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#debug",
        "https://docs.python.org/3/library/stdtypes.html#truth-value-testing",
    ],
    check,
};

fn check(look: &mut Look) {
    look.judge("DEBUG", |value| match value {
        Value::Bool(_) => Judgement::Good("DEBUG is a boolean".to_owned()),
        Value::Unknown { .. } => Judgement::Neither,
        Value::Str(_) | Value::Secret(_) => Judgement::error(
            "DEBUG is a text, and every text but the empty one is true",
            "DEBUG stays on however the variable is set: \"False\" and \"0\" are true",
            "compare the text: os.environ.get(\"DEBUG\", \"\").lower() in (\"1\", \"true\", \"yes\"), or use a cast to bool of the configuration library",
        ),
        // 0 and 1 are what Python's own booleans are.
        Value::Int(number) if matches!(number.to_string().as_str(), "0" | "1") => {
            Judgement::Good("DEBUG is a number that equals a boolean".to_owned())
        }
        _ => Judgement::warning(
            "DEBUG is not a boolean",
            "Django and libraries compare it with True or False in some places and test its truth in others, so that parts of them take it for on and others for off",
            "make DEBUG a plain True or False",
        ),
    });
}

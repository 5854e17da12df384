//! Secrets do not leave the evaluator as plain text.

use crate::json::evaluated;

#[test]
fn secret_values_are_hidden_wherever_they_occur() {
    let text = "import os\n\
        SECRET_KEY = os.environ['SECRET_KEY']\n\
        DATABASES = {'default': {'PASSWORD': 'hunter2', 'NAME': 'db'}}\n\
        BROKER = 'amqp://user:hunter2@host//'\n\
        COPY = ['prefix-' + SECRET_KEY]\n\
        PASSWORD_HASHERS = ['django.contrib.auth.hashers.Argon2PasswordHasher']\n";
    let found = evaluated(text, &[("SECRET_KEY", "correct-horse-battery")]);
    let all = format!("{:?}", found.settings);
    assert!(!all.contains("correct-horse"));
    assert!(!all.contains("hunter2"));
    assert!(all.contains("Argon2PasswordHasher"));
    assert!(all.contains("\"db\""));
}

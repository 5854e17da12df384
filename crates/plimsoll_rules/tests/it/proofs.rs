//! What must not count as a proof.

use crate::support::outcome;

#[test]
fn a_seed_that_makes_accounts_proves_nothing_of_passwords() {
    let text = "from django.contrib.auth.models import User\n\n\ndef run():\n    \
                User.objects.create_superuser('root', 'root@example.org', 'a-written-password')\n";
    let files = [("shop/management/commands/seed_demo.py".to_owned(), text.to_owned())];
    let seen = outcome(plimsoll_rules::by_id("default-credentials").unwrap(), &files);
    assert!(seen.evidence.is_empty(), "{seen:#?}");
    assert!(!seen.undetermined.is_empty() || !seen.findings.is_empty(), "{seen:#?}");
}

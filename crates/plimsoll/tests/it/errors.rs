//! What is said when something is wrong: what, where, what to do.

use crate::harness::{SHOP, project, run, write};

fn error(arguments: &[&str], code: i32) -> String {
    let dir = project(&SHOP);
    let run = run(dir.path(), arguments);
    assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{}", run.stderr);
    run.stderr
}

#[test]
fn wrong_usage_says_what_to_do() {
    for (arguments, code, expected) in [
        (&["check", "nowhere"][..], 2, "error: there is no folder nowhere\n"),
        (&["check", "manage.py"], 2, "error: manage.py is not a folder\n"),
        (&["check", "--family", "STE"], 2, "did you mean `SET`?"),
        (&["check", "--settings", "shop.setings"], 2, "did you mean `shop.settings`?"),
        (&["check", "--env-file", "no.env"], 2, "cannot read the env file no.env"),
        (&["check", "--config", "no.toml"], 2, "cannot read the configuration no.toml"),
        (&["explain", "SET-O1"], 2, "did you mean `SET-01`?"),
        (&["chek"], 2, "similar subcommands exist: "),
    ] {
        let said = error(arguments, code);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn the_value_of_a_variable_is_never_said() {
    for argument in ["hunter2", "=hunter2", "A B=hunter2"] {
        let said = error(&["check", "--env", argument], 2);
        assert!(!said.contains("hunter2") && said.contains("the first --env"), "{said}");
    }
}

#[test]
fn a_folder_without_django_is_not_assessed() {
    let dir = project(&[("README.md", "nothing here")]);
    let run = run(dir.path(), &["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""));
    assert!(run.stderr.starts_with("error: no Django system found"), "{}", run.stderr);
}

#[test]
fn mistakes_in_the_configuration_show_their_place_and_no_values() {
    let dir = project(&SHOP);
    let text = "setings = \"shop.settings\"\n\n[env]\nTOKEN = 12345678\n\n[[waivers]]\ncontrol = \"SET-1\"\nreason = \"r\"\nowner = \"Ada\"\nexpires = 2027-01-01\n";
    write(dir.path(), "plimsoll.toml", text);
    let run = run(dir.path(), &["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(!run.stderr.contains("12345678"));
    insta::assert_snapshot!(run.stderr);
}

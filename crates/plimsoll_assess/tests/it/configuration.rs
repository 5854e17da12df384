//! Reading `plimsoll.toml`.

use plimsoll_assess::config::{Config, Names, parse};
use plimsoll_catalog::{Parameter, ParameterValue, Severity};
use plimsoll_source::{RepoPath, SourceText};

fn names() -> Names {
    let failures = Parameter {
        name: "failures".into(),
        value: ParameterValue::Integer(5),
        unit: "failures".into(),
        reason: "few enough".into(),
        attested: None,
    };
    Names {
        controls: [("SET-01".to_owned(), vec![]), ("AUTH-05".to_owned(), vec![failures])].into(),
        rules: vec!["debug-enabled".into()],
        profiles: vec!["base".into()],
    }
}

/// The configuration, or its mistakes as `line:column message [help]`.
fn read(text: &str) -> Result<Config, Vec<String>> {
    let source = SourceText::new(RepoPath::new("plimsoll.toml").unwrap(), text);
    parse(&source, &names()).map_err(|mistakes| {
        mistakes
            .into_iter()
            .map(|mistake| {
                let at = mistake.at.start;
                let help = mistake.help.map(|help| format!(" [{help}]")).unwrap_or_default();
                format!("{}:{} {}{help}", at.line, at.column, mistake.message)
            })
            .collect()
    })
}

#[test]
fn a_full_file_is_read() {
    let config = read(
        "settings = \"config.settings.production\"
env-files = [\"deploy/prod.env\"]
profile = \"base\"
exclude = [\"legacy/**\"]
fail-on = \"error\"
[env]
DEBUG = \"0\"
[parameters.\"AUTH-05\"]
failures = 1_0
[[waivers]]
control = \"SET-01\"
rule = \"debug-enabled\"
path = \"demo/*.py\"
reason = \"a demo\"
owner = \"Ada\"
expiry = 2027-01-31
[[waivers]]
rule = \"debug-enabled\"
reason = \"r\"
owner = \"o\"
expiry = \"2027-02-01\"
",
    )
    .unwrap();
    assert_eq!(config.settings.unwrap().value, "config.settings.production");
    assert_eq!(config.fail_on, Some(Severity::Error));
    let failures = &config.parameters["AUTH-05"]["failures"];
    assert_eq!(failures.value, ParameterValue::Integer(10));
    let [first, second] = &config.waivers[..] else { panic!("two waivers") };
    assert_eq!((first.expiry.to_string(), first.at.start.line), ("2027-01-31".into(), 10));
    assert!(first.path.as_ref().unwrap().matcher.is_match("demo/x.py"));
    assert!(!first.path.as_ref().unwrap().matcher.is_match("demo/a/x.py"));
    assert_eq!(second.expiry.to_string(), "2027-02-01");
    assert_eq!(format!("{:?}", config.env["DEBUG"].value), "(secret, 1 characters)");
}

#[test]
fn an_empty_file_is_fine() {
    assert!(read("# nothing\n").unwrap().waivers.is_empty());
}

#[test]
fn each_mistake_has_its_place_and_a_way_out() {
    let waiver = "[[waivers]]\ncontrol = \"SET-01\"\nreason = \"r\"\nowner = \"o\"\n";
    for (text, expected) in [
        ("setings = \"a\"", "1:1 unknown key `setings` [did you mean `settings`?]"),
        ("settings = 1", "1:12 `settings` must be a string, not an integer"),
        (
            "settings = \"config/settings.py\"",
            "1:12 `config/settings.py` is no dotted module name [write it as Python imports it, such as `config.settings.production`]",
        ),
        ("fail-on = \"bad\"", "1:11 `fail-on` must be \"error\", \"warning\" or \"note\""),
        ("profile = \"bse\"", "1:11 there is no profile `bse` [did you mean `base`?]"),
        ("exclude = [\"a[\"]", "1:12 `a[` is no valid glob: unclosed character class; missing ']'"),
        (
            "[env]\nDEBUG = true",
            "2:9 variable `DEBUG` is no string [the environment holds text only: put the value in quotes]",
        ),
        (
            "[parameters.\"AUTH-5\"]\nfailures = 1",
            "1:13 there is no control `AUTH-5` [did you mean `AUTH-05`?]",
        ),
        (
            "[parameters.\"AUTH-05\"]\nfailure = 1",
            "2:1 control `AUTH-05` has no parameter `failure` [did you mean `failures`?]",
        ),
        (
            "[parameters.\"AUTH-05\"]\nfailures = -1",
            "2:12 `failures` must be a whole number of failures from 0 [the default is 5: few enough]",
        ),
        (
            waiver,
            "1:1 `[[waivers]]` has no `expiry` [add `expiry = 2027-06-30`: the last day on which it holds]",
        ),
        (
            &format!("{waiver}expires = 2027-01-01\nexpiry = 2027-01-01"),
            "5:1 unknown key `expires` in `[[waivers]]` [did you mean `expiry`?]",
        ),
        (
            &format!("{waiver}expiry = 2027-01-01T00:00:00Z"),
            "5:10 `expiry` is no calendar date [write the last day on which it holds, such as `expiry = 2027-06-30`]",
        ),
        (
            &format!("{waiver}expiry = \"2027-02-30\""),
            "5:10 `expiry` is no calendar date [write the last day on which it holds, such as `expiry = 2027-06-30`]",
        ),
        (
            "[[waivers]]\nrule = \"debug-enable\"\nreason = \"r\"\nowner = \"o\"\nexpiry = 2027-01-01",
            "2:8 there is no rule `debug-enable` [did you mean `debug-enabled`?]",
        ),
        (
            "[[waivers]]\nreason = \"r\"\nowner = \"o\"\nexpiry = 2027-01-01",
            "1:1 waiver names no control and no rule [add `control = \"SET-01\"`, `rule = \"debug-enabled\"`, or both]",
        ),
        (
            "[[waivers]]\ncontrol = \"SET-01\"\nreason = \"  \"\nowner = \"o\"\nexpiry = 2027-01-01",
            "3:10 `reason` is empty [write why this is accepted]",
        ),
        ("waivers = 3", "1:11 `waivers` must be a list of tables: `[[waivers]]`, not an integer"),
    ] {
        assert_eq!(read(text).unwrap_err(), [expected], "{text}");
    }
}

#[test]
fn broken_toml_is_told_with_its_place_and_without_values() {
    let mistakes = read("[env]\nSECRET_KEY = \"hunter2\nDEBUG = \"1\"\n").unwrap_err();
    assert!(mistakes[0].starts_with("2:"), "{mistakes:?}");
    assert!(!mistakes.concat().contains("hunter2"));
}

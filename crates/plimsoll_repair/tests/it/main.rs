//! Changes in, texts out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use plimsoll_catalog::Change;
use plimsoll_repair::{Obstacle, apply};
use plimsoll_source::{Position, RepoPath, SourceText, Span};

fn source(text: &str) -> SourceText {
    SourceText::new(path(), text)
}

fn path() -> RepoPath {
    RepoPath::new("app/settings.py").unwrap()
}

fn line(line: u32) -> Span {
    let start = Position { line, column: 1 };
    Span { file: path(), start, end: start }
}

fn set(at: u32, name: &str, value: &str) -> Change {
    Change::Set { at: line(at), name: name.to_owned(), value: value.to_owned() }
}

fn remove(at: u32, name: &str) -> Change {
    Change::Remove { at: line(at), name: name.to_owned() }
}

fn assign(name: &str, value: &str) -> Change {
    Change::Assign { file: path(), name: name.to_owned(), value: value.to_owned() }
}

fn made(text: &str, changes: &[Change]) -> Result<String, Obstacle> {
    apply(&source(text), &changes.iter().collect::<Vec<_>>())
}

#[test]
fn a_value_is_set_and_everything_else_kept() {
    for (text, wanted) in [
        ("A = 1\nDEBUG   =  True  # why\r\nB = 2", "A = 1\nDEBUG   =  False  # why\r\nB = 2"),
        ("x = 1\nDEBUG: bool = True\n", "x = 1\nDEBUG: bool = False\n"),
        ("if x:\n    DEBUG = (True)\n", "if x:\n    DEBUG = (False)\n"),
        (
            "class Prod(Base):\n    DEBUG = True; A = 1\n",
            "class Prod(Base):\n    DEBUG = False; A = 1\n",
        ),
    ] {
        assert_eq!(made(text, &[set(2, "DEBUG", "False")]).as_deref(), Ok(wanted));
    }
}

#[test]
fn what_is_computed_is_not_overwritten() {
    for text in [
        "\nDEBUG = env.bool('DEBUG', True)\n",
        "\nDEBUG = not PRODUCTION\n",
        "\nDEBUG = A = True\n",
    ] {
        assert!(made(text, &[set(2, "DEBUG", "False")]).is_err(), "{text}");
    }
    assert_eq!(made("\nOTHER = True\n", &[set(2, "DEBUG", "False")]), Err(Obstacle::Elsewhere(2)));
}

#[test]
fn a_default_is_set_where_the_variable_is_read() {
    let change = |column| {
        let start = Position { line: 1, column };
        Change::SetDefault {
            at: Span { file: path(), start, end: start },
            value: "False".to_owned(),
        }
    };
    for (text, column, wanted) in [
        (
            "DEBUG = env.bool('DEBUG', default=True)  # x\n",
            9,
            "DEBUG = env.bool('DEBUG', default=False)  # x\n",
        ),
        (
            "DEBUG = config('DEBUG', True, cast=bool)\n",
            9,
            "DEBUG = config('DEBUG', False, cast=bool)\n",
        ),
        (
            "DEBUG = os.environ.get('DEBUG', 'True').lower() == 'true'\n",
            9,
            "DEBUG = os.environ.get('DEBUG', 'False').lower() == 'true'\n",
        ),
    ] {
        assert_eq!(made(text, &[change(column)]).as_deref(), Ok(wanted));
    }
    assert!(made("DEBUG = env.bool('DEBUG', default=X)\n", &[change(9)]).is_err());
    assert!(made("DEBUG = env.bool('DEBUG')\n", &[change(9)]).is_err());
}

#[test]
fn a_statement_is_taken_out_with_its_lines() {
    assert_eq!(
        made("A = 1\nB = [\n  1,\n]  # gone\n# kept\nC = 2\n", &[remove(2, "B")]).as_deref(),
        Ok("A = 1\n# kept\nC = 2\n")
    );
    for text in ["A = 1\nB = 2; C = 3\n", "if x:\n    B = 2\n"] {
        assert_eq!(made(text, &[remove(2, "B")]), Err(Obstacle::Entangled(2)), "{text}");
    }
}

#[test]
fn a_name_is_assigned_at_the_end_once() {
    let change = [assign("NEW", "True")];
    assert_eq!(made("A = 1", &change).as_deref(), Ok("A = 1\nNEW = True\n"));
    assert_eq!(made("A = 1\r\n", &change).as_deref(), Ok("A = 1\r\nNEW = True\r\n"));
    assert_eq!(made("", &change).as_deref(), Ok("NEW = True\n"));
    for text in ["NEW = False\n", "if x:\n    NEW = 1\n", "for NEW in y: pass\n"] {
        assert_eq!(made(text, &change), Err(Obstacle::AssignedAlready("NEW".to_owned())), "{text}");
    }
}

#[test]
fn lines_are_added_and_taken_out_once() {
    let add = Change::AddLine { file: path(), line: ".env".to_owned() };
    assert_eq!(made("*.pyc", std::slice::from_ref(&add)).as_deref(), Ok("*.pyc\n.env\n"));
    assert_eq!(made("*.pyc\n.env\n", &[add]).as_deref(), Ok("*.pyc\n.env\n"));
    let out = Change::RemoveLine { at: line(1), old: "version: '3'".to_owned() };
    assert_eq!(
        made("version: '3'\nservices: {}\n", std::slice::from_ref(&out)).as_deref(),
        Ok("services: {}\n")
    );
    assert_eq!(made("services: {}\n", &[out]), Err(Obstacle::Elsewhere(1)));
}

#[test]
fn several_changes_are_made_together_or_not_at_all() {
    let text = "A = 1\nB = 2\nC = 3\n";
    let changes = [set(3, "C", "4"), remove(2, "B"), set(1, "A", "0"), assign("D", "5")];
    assert_eq!(made(text, &changes).as_deref(), Ok("A = 0\nC = 4\nD = 5\n"));
    assert_eq!(made(text, &[set(2, "B", "4"), remove(2, "B")]), Err(Obstacle::Overlap));
    assert_eq!(made("A = (\n", &[set(1, "A", "0")]), Err(Obstacle::Unparsable));
}

fn span(from: (u32, u32), to: (u32, u32)) -> Span {
    let place = |(line, column)| Position { line, column };
    Span { file: path(), start: place(from), end: place(to) }
}

fn replace(at: Span, old: &str, new: &str, every: bool) -> Change {
    Change::Replace { at, old: old.to_owned(), new: new.to_owned(), every }
}

#[test]
fn words_are_replaced_where_they_stand_once() {
    let text = "é client_max_body_size: 5m; # client_max_body_size: 5m;\n";
    let colon = "client_max_body_size:";
    let bare = "client_max_body_size";
    let first = replace(span((1, 1), (1, 28)), colon, bare, false);
    let wanted = "é client_max_body_size 5m; # client_max_body_size: 5m;\n";
    assert_eq!(made(text, &[first]).as_deref(), Ok(wanted));
    let both = replace(span((1, 1), (1, u32::MAX)), colon, bare, false);
    assert_eq!(made(text, &[both]), Err(Obstacle::Elsewhere(1)));
    let gone = replace(span((9, 1), (9, 4)), colon, bare, false);
    assert_eq!(made(text, &[gone]), Err(Obstacle::Elsewhere(9)));
}

#[test]
fn every_one_is_replaced_once() {
    let line = "0 2 * * * dump > x-$(date +%Y%m).gz\n";
    let escape = |column| replace(span((1, column), (1, u32::MAX)), "%", "\\%", true);
    let wanted = "0 2 * * * dump > x-$(date +\\%Y\\%m).gz\n";
    assert_eq!(made(line, &[escape(27)]).as_deref(), Ok(wanted));
    assert!(made(wanted, &[escape(27)]).is_err());
}

#[test]
fn lines_are_added_beside_and_inside() {
    let insert = |at: Span, inside| Change::Insert {
        at,
        lines: vec!["restart: unless-stopped".to_owned()],
        inside,
    };
    let name = span((2, 3), (2, 6));
    for (text, wanted) in [
        (
            "services:\n  web: # the site\n\n    image: x\n",
            Ok("services:\n  web: # the site\n    restart: unless-stopped\n\n    image: x\n"),
        ),
        (
            "services:\r\n  web:\r\n      image: x\r\n",
            Ok("services:\r\n  web:\r\n      restart: unless-stopped\r\n      image: x\r\n"),
        ),
        ("services:\n  web: {image: x}\n  db:\n", Err(Obstacle::NoBlock(2))),
    ] {
        assert_eq!(made(text, &[insert(name.clone(), true)]).as_deref(), wanted.as_ref().copied());
    }
    let beside = insert(span((2, 1), (3, 4)), false);
    assert_eq!(
        made("[Service]\n  A=x \\\n y", &[beside]).as_deref(),
        Ok("[Service]\n  A=x \\\n y\n  restart: unless-stopped\n")
    );
}

#[test]
fn a_line_is_taken_out_by_its_beginning() {
    let change = Change::RemoveLineOf { at: line(1), start: "version:".to_owned() };
    assert_eq!(
        made("version: \"3\"  # old\nservices:\n", std::slice::from_ref(&change)).as_deref(),
        Ok("services:\n")
    );
    assert_eq!(made("services:\n", &[change]), Err(Obstacle::Elsewhere(1)));
}

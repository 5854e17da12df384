//! Crontabs.

use plimsoll_formats::crontab::{CrontabKind, Schedule, kind_of, looks_like, read};

use crate::damage::source;

#[test]
fn jobs_have_schedule_command_and_variables() {
    let text = "MAILTO=ops@x.org\nPATH = \"/usr/bin:/bin\"\n# comment\n\
        0 2 * * *  /srv/backup.sh >> /var/log/b.log 2>&1\n\
        PATH=/bin\n*/15 8-18 * * mon-fri cd /srv && python manage.py sync\n@reboot /x\n";
    let file = read(&source("crontab.txt", text), CrontabKind::User);
    assert!(file.problems.is_empty(), "{:?}", file.problems);
    assert_eq!(file.jobs.len(), 3);
    assert_eq!(file.jobs[0].command.value, "/srv/backup.sh >> /var/log/b.log 2>&1");
    assert_eq!(
        (file.jobs[0].command.span.start.line, file.jobs[0].command.span.start.column),
        (4, 12)
    );
    let words: Vec<_> = file.jobs[0].line.commands[0].iter().map(|w| w.value.as_str()).collect();
    assert_eq!(words, ["/srv/backup.sh"]);
    assert_eq!(file.jobs[1].line.commands.len(), 2);
    let path = |index: usize| file.variable(&file.jobs[index], "PATH").unwrap().expose();
    assert_eq!((path(0), path(1)), ("/usr/bin:/bin", "/bin"));
    assert!(file.jobs[0].schedule.is_daily());
    assert!(!file.jobs[1].schedule.is_daily());
    assert_eq!(file.jobs[1].schedule.runs_per_day(), Some(44));
    assert_eq!(file.jobs[2].schedule.value, Schedule::Reboot);
}

#[test]
fn a_percent_sign_ends_the_command_unless_escaped() {
    let cases = [
        ("0 1 * * * echo $(date +%Y)\n", "echo $(date +", true),
        ("0 1 * * * echo $(date +\\%Y)\n", "echo $(date +\\%Y)", false),
        ("0 1 * * * cat%in\n", "cat", true),
    ];
    for (text, command, cut) in cases {
        let file = read(&source("c", text), CrontabKind::User);
        assert_eq!(file.jobs[0].command.value, command, "{text}");
        assert_eq!(file.jobs[0].percent.is_some(), cut, "{text}");
    }
}

#[test]
fn system_crontabs_name_a_user() {
    let text = "17 *\t* * *\troot    cd / && run-parts /etc/cron.hourly\n";
    let file = read(&source("etc/cron.d/x", text), CrontabKind::System);
    assert_eq!(file.jobs[0].user.as_ref().unwrap().value, "root");
    assert_eq!(file.jobs[0].command.value, "cd / && run-parts /etc/cron.hourly");
    assert_eq!(kind_of(&source("deploy/cron.d/app", "0 1 * * * app x\n")), CrontabKind::System);
    assert_eq!(kind_of(&source("crontab", text)), CrontabKind::System);
    assert_eq!(kind_of(&source("crontab", "0 1 * * * python x.py\n")), CrontabKind::User);
    assert_eq!(kind_of(&source("crontab", "0 1 * * * root\n")), CrontabKind::User);
}

#[test]
fn fields_are_checked() {
    let good = [
        "* * * * *",
        "0,30 */2 1-15 1,6 0-6",
        "5/10 0 1 jan Sun",
        "0 0 * * 7",
        "@daily",
        "@weekly",
        "0-59/5 23 31 12 sun,mon",
    ];
    for text in good {
        let fields: Vec<_> = text.split(' ').collect();
        assert!(Schedule::parse(&fields).is_ok(), "{text}");
    }
    let bad = [
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
        "a * * * *",
        "@often",
        "* * * *",
        "1, * * * *",
        "-1 * * * *",
    ];
    for text in bad {
        let fields: Vec<_> = text.split(' ').collect();
        assert!(Schedule::parse(&fields).is_err(), "{text}");
    }
    let file = read(&source("c", "0 25 * * * x\n0 1 * * *\n0 1 * * * y"), CrontabKind::User);
    let lines: Vec<_> = file.problems.iter().map(|p| p.at.start.line).collect();
    assert_eq!(lines, [1, 2, 3]);
    assert_eq!(file.jobs.len(), 1);
}

#[test]
fn either_of_two_restricted_day_fields_suffices() {
    let daily =
        |text: &str| Schedule::parse(&text.split(' ').collect::<Vec<_>>()).unwrap().is_daily();
    assert!(daily("0 0 * * *"));
    assert!(daily("0 0 * * 0-6"));
    assert!(!daily("0 0 1 * *"));
    assert!(!daily("0 0 * * 1-5"));
    assert!(!daily("0 0 * 1 *"));
}

#[test]
fn other_files_are_no_crontabs() {
    assert!(looks_like(&source("x", "@daily /x\n")));
    for text in ["", "# only comments\n", "server { listen 80; }\n", "A=1\n", "hello there\n"] {
        assert!(!looks_like(&source("x", text)), "{text}");
    }
}

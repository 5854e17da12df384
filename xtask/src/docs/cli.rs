//! The page of the command line.

use std::fmt::Write as _;

use super::NOTE;

pub(super) fn page() -> String {
    let mut page = format!("{NOTE}\n# The command line\n");
    let mut command = plimsoll_cli::command().term_width(100);
    // Fills in what each command takes over from the one above it.
    command.build();
    write_command(&mut page, &mut command);
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        let _ = write!(page, "\n## plimsoll {}\n", sub.get_name());
        write_command(&mut page, sub);
    }
    page
}

fn write_command(page: &mut String, command: &mut clap::Command) {
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n```text\n{}\n```\n", lines.join("\n").trim_end());
}

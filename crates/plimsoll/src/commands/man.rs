//! `plimsoll man`

use clap_mangen::Man as Page;

use crate::cli::Man;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;

pub(crate) fn run(arguments: &Man, screen: &Screen) -> Result<Exit, Failure> {
    let mut command = crate::command();
    command.build();
    let Some(folder) = &arguments.output_dir else {
        return screen.deliver(&page(command)?, None, Exit::Fit);
    };
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::usage(format!("cannot make the folder {}: {error}", folder.display()))
    })?;
    let subcommands: Vec<clap::Command> =
        command.get_subcommands().filter(|c| c.get_name() != "help").cloned().collect();
    for subcommand in subcommands {
        let name = format!("plimsoll-{}", subcommand.get_name());
        let file = folder.join(format!("{name}.1"));
        screen.deliver(&page(subcommand)?, Some(&file), Exit::Fit)?;
    }
    screen.deliver(&page(command)?, Some(&folder.join("plimsoll.1")), Exit::Fit)
}

fn page(command: clap::Command) -> Result<String, Failure> {
    let mut text = Vec::new();
    Page::new(command)
        .render(&mut text)
        .map_err(|error| Failure::usage(format!("cannot write the man page: {error}")))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

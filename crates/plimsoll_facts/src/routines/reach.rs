//! The program that a command reaches in the end, behind what starts it elsewhere: another
//! container, user or host, a time limit, a lock.

use plimsoll_formats::shell::{Command, Word};

/// A program with its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Reached<'c> {
    /// Its file name; `manage.py` where Python or a tool of Python runs that.
    pub program: &'c str,
    /// Its arguments.
    pub arguments: &'c [Word],
}

impl Reached<'_> {
    /// Whether an argument is this text, or begins with it and `=`.
    pub fn has(&self, text: &str) -> bool {
        self.arguments.iter().any(|word| {
            word.text
                .strip_prefix(text)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
    }

    /// Whether an argument is one of these.
    pub fn has_any(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.has(text))
    }

    /// The first argument that is no option.
    pub fn operand(&self) -> Option<&str> {
        self.arguments.iter().map(|word| word.text.as_str()).find(|text| !text.starts_with('-'))
    }

    /// The value of an option: `--name value`, `--name=value`; of a short one `-nvalue` too.
    pub fn option(&self, names: &[&str]) -> Option<&Word> {
        let at = self.arguments.iter().position(|word| names.contains(&word.text.as_str()));
        at.and_then(|at| self.arguments.get(at + 1))
    }

    /// The value of an option as a text, however it is written.
    pub fn option_text(&self, names: &[&str]) -> Option<String> {
        if let Some(word) = self.option(names) {
            return Some(word.text.clone());
        }
        let mut joined = self.arguments.iter().flat_map(|word| {
            names.iter().filter_map(|name| {
                let rest = word.text.strip_prefix(name)?;
                if name.starts_with("--") {
                    rest.strip_prefix('=').map(str::to_owned)
                } else {
                    (!rest.is_empty() && name.len() == 2).then(|| rest.to_owned())
                }
            })
        });
        joined.next()
    }

    /// The management command, where this is `manage.py` or `django-admin`.
    pub fn managed(&self) -> Option<&str> {
        matches!(self.program, "manage.py" | "django-admin").then(|| self.operand()).flatten()
    }
}

/// Programs deeper than this are not looked for.
const DEEPEST: usize = 8;

/// The program that a command reaches; `None` where its name is not literal.
pub fn reach(command: &Command) -> Option<Reached<'_>> {
    let program = command.program()?;
    let mut reached = Reached { program, arguments: command.arguments() };
    for _ in 0..DEEPEST {
        let Some(next) = step(reached) else { break };
        reached = next;
    }
    Some(reached)
}

/// The word that a command hands to another shell as its script.
pub(super) fn handed_text(command: &Command) -> Option<&Word> {
    let reached = reach(command)?;
    let after = |flags: &[&str]| {
        let at = reached.arguments.iter().position(|word| flags.contains(&word.text.as_str()))?;
        reached.arguments.get(at + 1)
    };
    match reached.program {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "su" | "runuser" | "flock" => {
            after(&["-c", "-lc", "-ec", "-exc", "-euc", "-xc", "-ce", "-cx", "--command"])
        }
        "ssh" => {
            let rest = ssh_rest(reached.arguments);
            (rest.len() == 1).then(|| rest.first()).flatten()
        }
        "fly" | "flyctl" => after(&["-C", "--command"]),
        "eval" | "xvfb-run" => reached.arguments.first().filter(|word| word.quoted),
        _ => None,
    }
}

fn step(reached: Reached<'_>) -> Option<Reached<'_>> {
    let arguments = reached.arguments;
    let rest = match reached.program {
        "docker" | "podman" | "nerdctl" => match arguments.first()?.text.as_str() {
            "exec" => skip_options(arguments.get(1..)?, CONTAINER_VALUES).get(1..)?,
            "run" => skip_options(arguments.get(1..)?, CONTAINER_VALUES).get(1..)?,
            "container" => {
                let inner = arguments.get(1..)?;
                matches!(inner.first()?.text.as_str(), "exec" | "run")
                    .then(|| skip_options(inner.get(1..)?, CONTAINER_VALUES).get(1..))??
            }
            "compose" => compose_rest(arguments.get(1..)?)?,
            _ => return None,
        },
        "docker-compose" | "podman-compose" => compose_rest(arguments)?,
        "kubectl" | "oc" => {
            let at = arguments.iter().position(|word| word.text == "--")?;
            arguments.get(at + 1..)?
        }
        "heroku" | "dokku" | "flyctl" => {
            let at = arguments.iter().position(|word| word.text == "run")?;
            let from = if reached.program == "dokku" { at + 2 } else { at + 1 };
            skip_options(arguments.get(from..)?, &["-a", "--app", "-s", "--size"])
        }
        "poetry" | "pipenv" | "uv" | "pdm" | "hatch" | "rye" | "pixi" => {
            (arguments.first()?.text == "run").then_some(())?;
            let values = ["--with", "--extra", "--group", "--project", "--directory", "--python"];
            skip_options(arguments.get(1..)?, &values)
        }
        "dotenv" => {
            let at = arguments.iter().position(|word| word.text == "run" || word.text == "--")?;
            skip_options(arguments.get(at + 1..)?, &[])
        }
        "timeout" => skip_options(arguments, &["-s", "-k", "--signal", "--kill-after"]).get(1..)?,
        "gosu" | "su-exec" | "setuidgid" | "envdir" | "flock" => {
            skip_options(arguments, &["-w", "-E", "-u"]).get(1..)?
        }
        "xargs" => skip_options(arguments, &["-n", "-P", "-I", "-L", "-d", "-a"]),
        "chronic" | "setsid" | "stdbuf" | "unbuffer" | "builtin" | "cronic" | "systemd-run"
        | "systemd-cat" | "chpst" | "numactl" | "tsp" => {
            skip_options(arguments, &["-t", "-u", "-p"])
        }
        "python" | "python3" | "python2" | "py" => {
            let rest = skip_options(arguments, &["-W", "-X"]);
            if arguments.first()?.text == "-m" {
                arguments.get(1..)?
            } else {
                rest.first()?.text.ends_with("manage.py").then_some(rest)?
            }
        }
        "ssh" => {
            let rest = ssh_rest(arguments);
            (rest.len() > 1).then_some(rest)?
        }
        name if name.starts_with("python3.") => {
            arguments.first()?.text.ends_with("manage.py").then_some(arguments)?
        }
        _ => return None,
    };
    // Another `sudo` or `env` may stand behind.
    let rest = skip_prefixes(rest);
    let text = rest.first()?.text.as_str();
    if text.contains('$') && !text.ends_with("manage.py") {
        return None;
    }
    let program = text.rsplit('/').next().unwrap_or(text);
    Some(Reached { program, arguments: rest.get(1..)? })
}

/// Options of `docker exec` and `docker run` that take a value.
const CONTAINER_VALUES: &[&str] = &[
    "-u",
    "--user",
    "-e",
    "--env",
    "-w",
    "--workdir",
    "--env-file",
    "-v",
    "--volume",
    "--name",
    "--network",
    "-p",
    "--publish",
    "--mount",
    "--entrypoint",
    "--detach-keys",
    "--index",
    "-l",
    "--label",
    "-m",
    "--memory",
    "-h",
    "--hostname",
    "--link",
    "--platform",
    "--net",
];

fn compose_rest(arguments: &[Word]) -> Option<&[Word]> {
    let global =
        ["-f", "--file", "-p", "--project-name", "--env-file", "--profile", "--project-directory"];
    let rest = skip_options(arguments, &global);
    matches!(rest.first()?.text.as_str(), "exec" | "run").then_some(())?;
    skip_options(rest.get(1..)?, CONTAINER_VALUES).get(1..)
}

fn ssh_rest(arguments: &[Word]) -> &[Word] {
    let values = ["-i", "-p", "-o", "-l", "-F", "-J", "-L", "-R", "-D", "-c", "-m", "-b", "-E"];
    skip_options(arguments, &values).get(1..).unwrap_or(&[])
}

fn skip_prefixes(mut words: &[Word]) -> &[Word] {
    while let Some(first) = words.first() {
        let looked_through = matches!(
            first.text.rsplit('/').next().unwrap_or(""),
            "sudo" | "env" | "exec" | "time" | "nice" | "nohup" | "command" | "ionice" | "--"
        );
        let assigns = first.text.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        });
        if !looked_through && !assigns {
            break;
        }
        words = skip_options(words.get(1..).unwrap_or(&[]), &["-u", "-n", "-c", "-g"]);
    }
    words
}

/// The words behind the options at the beginning.
fn skip_options<'w>(words: &'w [Word], with_value: &[&str]) -> &'w [Word] {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = word.text.as_str();
        if text == "--" {
            at += 1;
            break;
        }
        if !text.starts_with('-') || text == "-" {
            break;
        }
        at += if with_value.contains(&text) { 2 } else { 1 };
    }
    words.get(at..).unwrap_or(&[])
}

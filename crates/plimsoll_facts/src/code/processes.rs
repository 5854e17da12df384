//! Whether more than one process of the system runs at a time, as far as start commands tell.

use plimsoll_source::{SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};

/// Places that start processes which share the settings.
#[derive(Clone, Debug, Default)]
pub struct Processes {
    /// Where an application server is told to run several workers.
    pub several_workers: Vec<Span>,
    /// Where a Celery worker or scheduler is started.
    pub celery: Vec<Span>,
    /// Where an application server is started.
    pub servers: Vec<Span>,
}

/// Longer files are no start commands.
const LONGEST: usize = 200_000;

impl Processes {
    /// Whether several processes log at the same time: the place that shows it.
    pub fn several(&self) -> Option<&Span> {
        self.several_workers
            .first()
            .or_else(|| if self.servers.is_empty() { None } else { self.celery.first() })
    }

    pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        let mut processes = Self::default();
        for file in inventory.iter().filter(|file| file.standing.is_main()) {
            let starts = matches!(
                file.role,
                Role::Unit
                    | Role::Procfile
                    | Role::Compose
                    | Role::Dockerfile
                    | Role::Shell
                    | Role::Supervisor
                    | Role::Platform
                    | Role::Uwsgi
            );
            let gunicorn = file.role == Role::Python && file.path.file_name().contains("gunicorn");
            if !starts && !gunicorn {
                continue;
            }
            let Ok(source) = tree.read(&file.path) else { continue };
            if source.text().len() <= LONGEST {
                processes.read(&source, gunicorn);
            }
        }
        processes
    }

    fn read(&mut self, source: &SourceText, gunicorn: bool) {
        for number in 1..=source.line_count() {
            let Some(line) = source.line(number) else { break };
            let line = line.trim();
            if line.starts_with(['#', ';']) || line.starts_with("//") {
                continue;
            }
            let at = || source.line_span(number);
            let serves = ["gunicorn ", "uwsgi", "uvicorn ", "granian", "daphne", "hypercorn"]
                .iter()
                .any(|server| line.contains(server));
            if serves {
                self.servers.push(at());
            }
            if line.contains("celery") && (line.contains(" worker") || line.contains(" beat")) {
                self.celery.push(at());
            }
            let words: Vec<&str> = line
                .split([' ', '=', '"', '\'', ',', '[', ']'])
                .filter(|word| !word.is_empty())
                .collect();
            let flagged = words.windows(2).any(|pair| {
                matches!(pair, ["--workers" | "-w" | "--processes" | "processes", count] if more_than_one(count))
            });
            let configured = gunicorn
                && line.starts_with("workers")
                && line.split_once('=').is_some_and(|(_, value)| {
                    value.contains("cpu_count") || more_than_one(value.trim())
                });
            if (flagged
                && (serves
                    || line.contains("workers")
                    || line.starts_with("processes")
                    || line.starts_with("-")))
                || configured
            {
                self.several_workers.push(at());
            }
        }
    }
}

fn more_than_one(text: &str) -> bool {
    text.parse::<u32>().is_ok_and(|count| count > 1)
}

//! From the arguments to the facts about one system.

use plimsoll_assess::config::Config;
use plimsoll_assess::suggest;
use plimsoll_checkout::{Checkout, OpenError, Options};
use plimsoll_facts::{Facts, SurveyError, survey};
use plimsoll_python::State;
use plimsoll_report::{
    AssumedEnvironment, EnvironmentSource, Redactor, secrets_of, speaks_of_secret,
};
use plimsoll_source::{Secret, SourceText, Tree};

use crate::cli::Subject;
use crate::exclude::Excluding;
use crate::failure::Failure;
use crate::{given, settings_file};

/// An opened repository.
pub(crate) struct Opened {
    pub(crate) checkout: Checkout,
    pub(crate) config: Config,
    /// The text of the configuration, for excerpts.
    pub(crate) config_text: Option<SourceText>,
}

/// What was found.
pub(crate) struct Surveyed {
    pub(crate) facts: Facts,
    /// The env files that the user gave, for excerpts.
    pub(crate) given_texts: Vec<SourceText>,
}

impl Opened {
    pub(crate) fn new(subject: &Subject) -> Result<Self, Failure> {
        let checkout = open(&subject.dir)?;
        let (config, config_text) =
            settings_file::read(subject.production.config.as_deref(), &checkout)?;
        Ok(Self { checkout, config, config_text })
    }

    /// The repository without what the configuration excludes.
    pub(crate) fn tree(&self) -> Excluding<'_> {
        Excluding::new(&self.checkout, &self.config.exclude)
    }

    /// Finds the system and gathers the facts; with `history`, those of every commit too.
    pub(crate) fn survey(
        &self,
        subject: &Subject,
        tree: &dyn Tree,
        history: bool,
    ) -> Result<Surveyed, Failure> {
        self.survey_with(subject, tree, |given| given.history = history)
    }

    /// The same for who wants to see values: files that the settings look for outside of the
    /// repository, and of which nothing is told, are taken to be absent.
    pub(crate) fn survey_for_values(
        &self,
        subject: &Subject,
        tree: &dyn Tree,
    ) -> Result<Surveyed, Failure> {
        self.survey_with(subject, tree, |given| given.machine.rest_is_absent = true)
    }

    fn survey_with(
        &self,
        subject: &Subject,
        tree: &dyn Tree,
        set: impl FnOnce(&mut plimsoll_facts::Given),
    ) -> Result<Surveyed, Failure> {
        let root = self.checkout.root_path();
        let mut given = given::given(subject, &self.config, &self.checkout, root)?;
        set(&mut given);
        let facts = survey(tree, &given).map_err(|error| no_survey(&error))?;
        Ok(Surveyed { facts, given_texts: given.env_files })
    }
}

pub(crate) fn open(dir: &std::path::Path) -> Result<Checkout, Failure> {
    Checkout::open(dir, Options::default()).map_err(|error| match error {
        OpenError::Empty(_) | OpenError::Io { .. } => Failure::not_assessed(error.to_string()),
        OpenError::NotFound(_) | OpenError::NotAFolder(_) | OpenError::Permission(_) => {
            Failure::usage(error.to_string()).help("name the folder of a Django repository")
        }
    })
}

pub(crate) fn no_survey(error: &SurveyError) -> Failure {
    match error {
        SurveyError::NoSystem => Failure::not_assessed(error.to_string())
            .help("run it in the folder of a Django project, or name one: plimsoll check DIR"),
        SurveyError::NoSettings { .. } => Failure::not_assessed(error.to_string())
            .help("name the module with --settings, as Python imports it"),
        SurveyError::NoSuchSettings { module, found } => {
            let help = match suggest(module, found.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name it as Python imports it, from the folder of manage.py".to_owned(),
            };
            Failure::usage(error.to_string()).help(help)
        }
    }
}

/// Where the environment came from, without values.
pub(crate) fn environment(facts: &Facts) -> AssumedEnvironment {
    let source = |source: &plimsoll_facts::Source| EnvironmentSource {
        text: source.text.clone(),
        at: source.at.clone(),
    };
    let environment = &facts.environment.environment;
    AssumedEnvironment {
        given: environment.given,
        sources: facts.environment.sources.iter().map(source).collect(),
        gaps: facts.environment.gaps.iter().map(source).collect(),
        left_out: facts.environment.left_out.iter().map(source).collect(),
        variables: environment
            .variables
            .iter()
            .map(|(name, variable)| (name.clone(), variable.at.clone()))
            .collect(),
    }
}

/// Masks every secret that the evaluation met and every variable with a telling name.
pub(crate) fn redactor(facts: &Facts) -> Redactor {
    let mut secrets: Vec<Secret> = Vec::new();
    for setting in facts.settings.settings.values() {
        match &setting.state {
            State::Known(value) | State::Unknown { partial: value, .. } => {
                secrets.extend(secrets_of(value));
            }
            State::OneOf(values) => secrets.extend(values.iter().flat_map(secrets_of)),
        }
    }
    for variable in &facts.settings.variables {
        secrets.extend(variable.fallback.iter().flat_map(secrets_of));
    }
    for (name, variable) in &facts.environment.environment.variables {
        if speaks_of_secret(name) {
            secrets.push(variable.value.clone());
        }
    }
    Redactor::new(secrets)
}

/// Django's version as the project declares it: `4.2`.
pub(crate) fn django(facts: &Facts) -> Option<String> {
    let version = facts.django.as_ref()?;
    let parts: Vec<String> = version.iter().map(ToString::to_string).collect();
    (!parts.is_empty()).then(|| parts.join("."))
}

/// Why the settings module is taken for production's: the weightiest reason.
pub(crate) fn settings_reason(facts: &Facts) -> Option<String> {
    let reason = facts.candidates.first()?.reasons.first()?;
    Some(match &reason.at {
        Some(at) => format!("{} ({}:{})", reason.text, at.file, at.start.line),
        None => reason.text.clone(),
    })
}

//! What a module of application code does, as far as rules ask.

use plimsoll_source::Span;

use super::{Migration, TaskFacts};

/// The facts of one module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModuleFacts {
    /// Functions and methods.
    pub functions: Vec<Function>,
    /// Classes.
    pub classes: Vec<Class>,
    /// SQL that is sent as text.
    pub sql: Vec<SqlUse>,
    /// Text that is declared safe HTML.
    pub safe: Vec<SafeUse>,
    /// Sensitive values that are logged or printed.
    pub logged: Vec<Logged>,
    /// Passwords that are set.
    pub passwords: Vec<Password>,
    /// Accounts that are made with a password written in the code.
    pub accounts: Vec<Account>,
    /// Keys of Fernet encryption.
    pub keys: Vec<KeyUse>,
    /// Writes that pass models by.
    pub bulk: Vec<BulkWrite>,
    /// Names of models that are registered with an audit trail.
    pub audited: Vec<String>,
    /// Places that take the first entry of X-Forwarded-For for the client's address.
    pub forwarded_first: Vec<Span>,
    /// Classes whose `as_view()` is handed to something that guards it: `login_required(X.as_view())`.
    pub guarded: Vec<String>,
    /// Calls of `sentry_sdk.init`.
    pub trackers: Vec<Tracker>,
    /// The migration that the module is.
    pub migration: Option<Migration>,
    /// Celery's applications, tasks and schedules.
    pub tasks: TaskFacts,
}

/// A function or method.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The class that it is a method of.
    pub class: Option<String>,
    /// Where its name stands.
    pub at: Span,
    /// The dotted names of its decorators, without arguments.
    pub decorators: Vec<String>,
    /// Its first parameters' names, `self` left out.
    pub parameters: Vec<String>,
    /// Whether it looks at who is logged in or at the session.
    pub uses_session: bool,
    /// Whether it writes to the database by `save`, `delete`, `create` or `update`.
    pub writes: bool,
    /// Whether it asks for the request's method.
    pub checks_method: bool,
    /// Where it ends the session: `logout(request)`.
    pub logs_out: Option<Span>,
    /// Whether it verifies a signature or a key of the caller.
    pub verifies: bool,
    /// Whether it says itself who the user is: `request.user = …`.
    pub sets_user: bool,
}

/// A class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub at: Span,
    /// The dotted names of its bases as written.
    pub bases: Vec<String>,
    /// The dotted names of its decorators; for `method_decorator(x, name=…)` the name of `x`.
    pub decorators: Vec<String>,
    /// Fields of a model or form: assignments of calls whose name ends in `Field` or is a relation.
    pub fields: Vec<Field>,
    /// The names of its methods.
    pub methods: Vec<String>,
    /// The names in `permission_classes`, where the class sets it to a list of names.
    pub permissions: Option<(Vec<String>, Span)>,
    /// The names in `authentication_classes`, where the class sets it to a list of names.
    pub authentication: Option<Vec<String>>,
    /// Where it sets `throttle_classes` or `throttle_scope`.
    pub throttle: Option<Span>,
    /// Whether it keeps a history: `history = HistoricalRecords()`.
    pub has_history: bool,
    /// Whether its `Meta` says that it is abstract.
    pub is_abstract: bool,
    /// Whether its `Meta` says that migrations leave its table alone: `managed = False`, a proxy.
    pub is_unmanaged: bool,
    /// The text names that `http_method_names` lists.
    pub http_methods: Option<Vec<String>>,
}

/// A field of a model or form.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The last part of its type's name: `EmailField`.
    pub kind: String,
    /// Where.
    pub at: Span,
}

/// How a text is put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// Of literals and of what the code itself decides.
    Fixed,
    /// With a value in it: the value's expression as written.
    With {
        /// The expression.
        part: String,
        /// Whether it is taken from the request.
        from_request: bool,
        /// Whether it stands where SQL takes a name of a table or column, which cannot be a parameter.
        as_name: bool,
    },
    /// It is a value of its own, whose making is not seen here: the expression as written.
    Unseen(String),
}

/// SQL that is sent as text.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlUse {
    /// Where.
    pub at: Span,
    /// The call: `execute`, `raw`, `extra`, `RawSQL`.
    pub call: &'static str,
    /// How the statement is put together.
    pub text: Text,
}

/// Text that is declared safe HTML.
#[derive(Clone, Debug, PartialEq)]
pub struct SafeUse {
    /// Where.
    pub at: Span,
    /// The call: `mark_safe`, `format_html`.
    pub call: String,
    /// How the text is put together.
    pub text: Text,
}

/// A sensitive value that is logged or printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// Where.
    pub at: Span,
    /// The expression as written.
    pub value: String,
    /// Whether it is printed and not logged.
    pub printed: bool,
    /// Whether it is a whole request: its body, form data or headers.
    pub whole_request: bool,
}

/// Where a password comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// Straight from the request.
    Request,
    /// From the data that a serializer or form of this module validated.
    Validated,
    /// Made at random, or none at all.
    Generated,
    /// Written in the code.
    Literal,
    /// From elsewhere.
    Other,
}

/// A password that is set.
#[derive(Clone, Debug, PartialEq)]
pub struct Password {
    /// Where.
    pub at: Span,
    /// The call: `set_password`, `create_user`.
    pub call: String,
    /// Where the password comes from.
    pub source: PasswordSource,
    /// The class around it.
    pub class: Option<String>,
    /// Whether the module runs the validators anywhere.
    pub validated: bool,
}

/// An account that is made with a password written in the code.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Where.
    pub at: Span,
    /// Whether it is a superuser.
    pub superuser: bool,
}

/// What an encryption key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// Written in the code.
    Literal,
    /// Derived from SECRET_KEY.
    SecretKey,
    /// From elsewhere.
    Other,
}

/// A key of Fernet encryption.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyUse {
    /// Where.
    pub at: Span,
    /// What it is made of.
    pub source: KeySource,
}

/// A write that passes a model's `save` and signals by.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkWrite {
    /// Where.
    pub at: Span,
    /// The model's name as written.
    pub model: String,
    /// The call: `update`, `bulk_create`, `bulk_update`.
    pub call: String,
}

/// A call of `sentry_sdk.init`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracker {
    /// Where.
    pub at: Span,
    /// `send_default_pii`: `None` where it is not given, the inner `None` where it is no literal.
    pub personal_data: Option<Option<bool>>,
    /// Where `send_default_pii` stands.
    pub personal_data_at: Option<Span>,
    /// Whether `environment` is given.
    pub has_environment: bool,
    /// Whether `before_send` or a scrubber is given.
    pub scrubs: bool,
    /// Whether a mapping is spread into the arguments, so that more may be given.
    pub open: bool,
}

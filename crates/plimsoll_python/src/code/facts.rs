//! What a module of application code does, as far as rules ask.

use plimsoll_source::Span;

use super::dealings::Dealings;
use super::routes::{Alias, Patterns, Registered};
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
    /// Accounts whose password is written in the code, or comes from where it was not followed in a
    /// command that somebody runs by hand.
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
    /// The names that it takes from other modules.
    pub imports: Vec<Import>,
    /// Its lists of URL patterns.
    pub patterns: Vec<Patterns>,
    /// Names that it gives to views: `index = IndexView.as_view()`.
    pub aliases: Vec<Alias>,
    /// Views that it registers with routers.
    pub registered: Vec<Registered>,
    /// Redirects to an address that the request names.
    pub redirects: Vec<Redirect>,
    /// Input of the request that is run as code or unpacked by something that runs code.
    pub executed: Vec<Executed>,
    /// Handlers of every exception that lose what happened.
    pub swallowed: Vec<Swallowed>,
    /// Loops over rows that ask the database in each turn.
    pub loops: Vec<QueryLoop>,
    /// How it deals with rows, other services, requests and errors.
    pub dealings: Dealings,
    /// What limits how often something may be asked or tried.
    pub limits: Vec<Limit>,
    /// Whether it runs the validators of passwords, or puts them into a field.
    pub validates_passwords: bool,
}

/// Something that limits how often a caller may ask or try, told by its name: a throttle of Django
/// REST framework, a decorator, a counter of the project's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Where.
    pub at: Span,
    /// What it is called: `ratelimit`, `throttle_classes`, `TokenBucket.authorize`.
    pub name: String,
    /// The class or function around it, or that it decorates.
    pub around: Option<String>,
}

/// A name that a module takes from another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name in this module; `*` where it takes all.
    pub name: String,
    /// How many dots stand before the module.
    pub level: u32,
    /// The module as written, without the dots.
    pub module: String,
    /// What is taken from it; `None` where it is the module itself.
    pub item: Option<String>,
}

/// How a function changes the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// A row is made.
    Create,
    /// A row is saved, new or changed.
    Save,
    /// Rows are changed by a query.
    Update,
    /// A row or query is deleted.
    Delete,
}

/// A change that a function makes to the database.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Where.
    pub at: Span,
    /// How.
    pub kind: ChangeKind,
    /// The model's name, where it is seen.
    pub model: Option<String>,
    /// Whether the row was found in the database, and not made by the function itself.
    pub found: bool,
    /// The branches that it stands in, the outermost first.
    pub branches: Vec<Branch>,
    /// Whether it stands in a block of a transaction.
    pub held: bool,
    /// Whether making it once more does no harm: `get_or_create`.
    pub again: bool,
}

/// A branch of a function: a clause of an `if`, the body or a handler of a `try`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The statement, by its place among those of the module.
    pub of: usize,
    /// Which of its branches.
    pub clause: usize,
    /// Whether what stands behind the statement is not reached from here: it returns or raises.
    pub ends: bool,
}

impl Change {
    /// Whether one call of the function can make this change and a later one.
    pub fn goes_with(&self, later: &Change) -> bool {
        self.branches.iter().all(|branch| {
            match later.branches.iter().find(|other| other.of == branch.of) {
                Some(other) => other.clause == branch.clause,
                None => !branch.ends,
            }
        })
    }
}

/// What a function hands from the request to a row's fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Where.
    pub at: Span,
    /// The row or model, as written: `user`, `User.objects`.
    pub of: String,
    /// The field that decides what an account may do; `None` where the request names the fields.
    pub field: Option<String>,
}

/// A row that a function finds by what the request names.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// Where.
    pub at: Span,
    /// The model's name.
    pub model: String,
    /// The names that it filters by.
    pub by: Vec<String>,
    /// Whether it filters by who asks, or begins at what belongs to who asks.
    pub of_user: bool,
    /// Whether it finds one row: `get`, `get_object_or_404`.
    pub one: bool,
}

/// A redirect to an address that the request names.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirect {
    /// Where.
    pub at: Span,
    /// The expression that takes it from the request.
    pub part: String,
    /// Whether the function looks at the address before.
    pub checked: bool,
}

/// Input of the request that is run as code.
#[derive(Clone, Debug, PartialEq)]
pub struct Executed {
    /// Where.
    pub at: Span,
    /// The call: `eval`, `pickle.loads`.
    pub call: String,
    /// The expression that takes it from the request.
    pub part: String,
}

/// How a handler of every exception loses what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwallowedHow {
    /// It does nothing.
    Silent,
    /// It logs an error without the traceback.
    Untraced,
}

/// A handler of every exception that loses what happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Swallowed {
    /// Where the handler stands.
    pub at: Span,
    /// How.
    pub how: SwallowedHow,
    /// What is changed in the database within the `try`.
    pub changes: Vec<ChangeKind>,
}

/// A loop over rows.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryLoop {
    /// Where the question stands, or the loop where only relations are followed.
    pub at: Span,
    /// The model whose rows it goes through, where that is seen.
    pub model: Option<String>,
    /// The query in the loop as written; `None` where only relations are followed.
    pub query: Option<String>,
    /// The attributes of the row that are followed further: `row.customer.name`.
    pub follows: Vec<String>,
    /// Whether the rows are fetched with their relations.
    pub joined: bool,
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
    /// The outermost function that it stands in.
    pub outer: Option<String>,
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
    /// Whether anything in it can refuse a caller: `PermissionDenied`, a status of 401 or 403, a
    /// header with a key.
    pub denies: bool,
    /// Whether it asks whether the caller is logged in.
    pub asks_login: bool,
    /// Whether it can send the caller away: by an exception, a status of 401 or 403, a redirect.
    pub refuses: bool,
    /// Whether it asks for the request's method, form or body.
    pub reads_form: bool,
    /// The dotted names of what is called with the request.
    pub hands_request_to: Vec<String>,
    /// The methods that its decorators let through.
    pub methods: Option<Vec<String>>,
    /// The names in its decorator `permission_classes`.
    pub permissions: Option<Vec<String>>,
    /// What it changes in the database.
    pub changes: Vec<Change>,
    /// The dotted names of what it calls to take something away: `notes.services.delete_note`.
    pub removes: Vec<String>,
    /// What it hands from the request to fields without looking at it.
    pub takes: Vec<Taken>,
    /// The rows that it finds.
    pub lookups: Vec<Lookup>,
    /// The methods of rows it found that it calls, with the model where it is seen.
    pub row_calls: Vec<(Option<String>, String)>,
    /// The last parts of the names of the classes that it makes objects of.
    pub makes: Vec<String>,
    /// The last parts of the names of the methods of its own class, and of `super()`, that it calls.
    pub own_calls: Vec<String>,
    /// The names of the keys and attributes that its code names: `is_active`, `user_can_authenticate`.
    pub mentions: Vec<&'static str>,
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
    /// What its `Meta` says of a model's fields.
    pub meta: Option<Meta>,
    /// Attributes that are a class by name or begin with one: `form_class = NoteForm`,
    /// `queryset = Note.objects.all()`; the attribute and the class's name.
    pub uses: Vec<(String, String)>,
    /// The names of its attributes.
    pub attributes: Vec<String>,
    /// The texts in what its `Meta` says of indexes and constraints.
    pub indexed: Vec<String>,
}

/// Which of a model's fields a form or serializer takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Meta {
    /// Where its fields are named, else where it stands.
    pub at: Span,
    /// The model's name.
    pub model: Option<String>,
    /// The names of `fields`: `__all__` alone for all; `None` where they are not written out.
    pub fields: Option<Vec<String>>,
    /// Whether it names `fields` at all.
    pub has_fields: bool,
    /// The names of `exclude`.
    pub exclude: Option<Vec<String>>,
    /// The names of `read_only_fields`; `None` where they are not written out.
    pub read_only: Option<Vec<String>>,
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
    /// The names of the arguments that are given: `unique`; `!unique` where it is `False`.
    pub given: Vec<String>,
    /// The model that a relation leads to, where it is named.
    pub to: Option<String>,
    /// The words of its `choices`, as far as they are written in the module; `Role.choices` for a
    /// class that is not.
    pub choices: Vec<String>,
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
    /// Something that others know of the person: the phone number, the user name.
    Known,
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
    /// The expression that it is taken from; empty for what is written in the code.
    pub part: String,
}

/// An account that is given a password otherwise than by the person that it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Where.
    pub at: Span,
    /// Whether it is a superuser.
    pub superuser: bool,
    /// Where the password stands.
    pub given: PasswordFrom,
}

/// Where the password of an account stands.
#[derive(Clone, Debug, PartialEq)]
pub enum PasswordFrom {
    /// In the call, or under a name that the call takes it from.
    Written,
    /// Here: the default of a command's argument or of a parameter, or what is taken where a
    /// variable is not set.
    Fallback(Span),
    /// Elsewhere; it was not followed.
    Elsewhere,
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

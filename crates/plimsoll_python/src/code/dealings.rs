//! How code deals with rows that others change at the same time, with other services, with what a
//! request holds and with errors: the words for it.

use plimsoll_source::Span;

/// How a module deals with rows, other services, requests and errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dealings {
    /// Numbers of rows that are read, counted up or down, and saved.
    pub steps: Vec<Step>,
    /// Rows that are found or made by what they hold.
    pub found_or_made: Vec<FoundOrMade>,
    /// Calls of other services that wait for as long as these take.
    pub waits: Vec<Wait>,
    /// Tasks that are sent off within a transaction.
    pub sent: Vec<Sent>,
    /// Values of the request that are turned into numbers and dates where nothing catches the error.
    pub turned: Vec<Turned>,
    /// Handlers of every exception that answer for what failed.
    pub answers: Vec<Answer>,
    /// Whether rows are locked anywhere: `select_for_update`.
    pub locks: bool,
}

/// A number of a row that is read, counted up or down, and saved, with no lock in the function.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where it is counted.
    pub at: Span,
    /// The row as written: `lot`, `self.cash_box`.
    pub row: String,
    /// The attribute.
    pub field: String,
    /// The row's model, where the function finds it itself.
    pub model: Option<String>,
    /// Whether the function finds the row itself, and was not handed it.
    pub found: bool,
    /// The class that the function is a method of.
    pub class: Option<String>,
}

/// A row that is found or made by what it holds: `get_or_create`, `update_or_create`.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundOrMade {
    /// Where.
    pub at: Span,
    /// The call.
    pub call: String,
    /// The model's name.
    pub model: String,
    /// The names that it is found by.
    pub by: Vec<String>,
}

/// A call of another service without a limit of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// Where.
    pub at: Span,
    /// The call: `requests.get`.
    pub call: String,
}

/// A task that is sent off after a change within the same transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// Where.
    pub at: Span,
    /// The task as written: `tasks.send_receipt`.
    pub task: String,
}

/// A value of the request that is turned into something that not every text is.
#[derive(Clone, Debug, PartialEq)]
pub struct Turned {
    /// Where.
    pub at: Span,
    /// What turns it: `int`.
    pub by: String,
    /// The expression that takes it from the request.
    pub part: String,
    /// The place of the function in the module's list.
    pub function: usize,
}

/// What a handler of every exception does with what it caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerHow {
    /// It puts the exception's text into the answer, and logs it as well.
    Shown,
    /// It puts the exception's text into the answer, and nothing keeps it.
    ShownOnly,
    /// It answers, and nothing keeps what happened.
    Lost,
    /// It prints the exception.
    Printed,
}

/// A handler of every exception that answers for what failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Where.
    pub at: Span,
    /// How.
    pub how: AnswerHow,
}

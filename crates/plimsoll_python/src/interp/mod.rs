//! The interpreter: a Python machine over values that may be unknown.
//!
//! Where a condition is not known, both paths run on their own copy of the heap and are joined
//! ([`paths`]). A path that leaves a block (return, break, exception) while another goes on waits
//! in [`Interp::pending`] until the construct that takes it: the call, the loop, the `try`.

pub(crate) mod any_order;
pub(crate) mod attributes;
pub(crate) mod builder;
pub(crate) mod builtin_functions;
pub(crate) mod builtins;
pub(crate) mod calls;
pub(crate) mod classes;
pub(crate) mod collections;
pub(crate) mod compare;
pub(crate) mod comprehensions;
pub(crate) mod configurations;
pub(crate) mod construct;
pub(crate) mod convert;
pub(crate) mod effects;
pub(crate) mod environ;
pub(crate) mod exceptions;
pub(crate) mod expressions;
pub(crate) mod files;
pub(crate) mod format;
pub(crate) mod function;
pub(crate) mod heap;
pub(crate) mod imports;
pub(crate) mod iteration;
pub(crate) mod lazy;
pub(crate) mod loops;
pub(crate) mod matching;
pub(crate) mod methods;
pub(crate) mod names;
pub(crate) mod native;
pub(crate) mod numbers;
pub(crate) mod operators;
pub(crate) mod partial;
pub(crate) mod paths;
pub(crate) mod process;
pub(crate) mod repr;
pub(crate) mod statements;
pub(crate) mod strings;
pub(crate) mod subscripts;
pub(crate) mod tries;
pub(crate) mod unmodelled_names;
pub(crate) mod untaken;
pub(crate) mod value;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::syntax::{Ranged, TextRange};
use indexmap::IndexMap;
use plimsoll_source::{Problem, ProblemKind, RepoPath, SourceText, Span};

use crate::request::Request;
use crate::settings::VariableUse;
use crate::syntax;
use heap::{Builtin, Dict, Event, Heap, Key, Object, Slot};
use native::{Native, Raise};
use value::{Deps, Id, Kind, Val, union};

/// The file of the frames of models that are written in Python.
pub(crate) const MODEL_FILE: u32 = u32::MAX;

/// How a statement ends.
#[derive(Clone, Debug)]
pub(crate) enum Flow {
    Normal,
    Return(Val),
    Break,
    Continue,
    Raise(Raise),
}

/// A path that left a block while another went on.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) flow: Flow,
    pub(crate) heap: Heap,
}

/// What a `try` in progress catches.
#[derive(Clone, Debug)]
pub(crate) enum Catches {
    Everything,
    Classes(Vec<Id>),
}

/// A scope being executed.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The namespace where names are bound.
    pub(crate) scope: Id,
    /// Where names are looked up after it: enclosing function scopes, innermost first.
    pub(crate) chain: Rc<[Id]>,
    /// The module's namespace.
    pub(crate) module: Id,
    pub(crate) file: u32,
    pub(crate) kind: FrameKind,
    pub(crate) globals: HashSet<Rc<str>>,
    pub(crate) nonlocals: HashSet<Rc<str>>,
    /// The names a function binds: nowhere else to be looked up.
    pub(crate) locals: Option<Rc<function::Code>>,
    /// The class whose body defined the running function, for `super()`.
    pub(crate) class: Option<Id>,
    /// Its first argument, for `super()`.
    pub(crate) this: Option<Val>,
    /// Values yielded so far.
    pub(crate) yielded: Option<Id>,
    /// Variables that decided which way the function took.
    pub(crate) deps: Deps,
    pub(crate) qualname: Rc<str>,
}

/// What kind of code a frame runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameKind {
    Module,
    Class,
    Function,
    Comprehension,
}

/// The machine.
pub(crate) struct Interp<'t> {
    pub(crate) request: &'t Request<'t>,
    pub(crate) heap: Heap,
    next_id: u32,
    next_event: u32,
    /// Classes of the language.
    pub(crate) classes: HashMap<Builtin, Id>,
    /// The namespace of the module `builtins`.
    pub(crate) builtins: Id,
    /// The dict behind `os.environ`.
    pub(crate) environ: Id,
    /// The dict behind `sys.modules`: name to module.
    pub(crate) modules: Id,
    /// The list behind `sys.path`.
    pub(crate) sys_path: Id,
    /// Whether the process may have changed its working folder.
    pub(crate) moved: bool,
    /// What the items of iterators come from.
    pub(crate) origins: HashMap<Id, Rc<lazy::Origins>>,
    /// Paths outside of the repository that something depends on and that the request does not tell of.
    pub(crate) asked: std::cell::RefCell<BTreeSet<String>>,
    /// Absolute paths at which the process may have written, and whether it did so at a path that
    /// is not known.
    pub(crate) written: BTreeSet<String>,
    pub(crate) written_anywhere: bool,
    pub(crate) files: Vec<SourceText>,
    file_index: HashMap<RepoPath, u32>,
    pub(crate) parsed: HashMap<RepoPath, Rc<syntax::Module>>,
    pub(crate) pending: Vec<Pending>,
    /// How many of them were waiting when the innermost construct began that takes some: later ones
    /// may be joined.
    pub(crate) floor: usize,
    pub(crate) catching: Vec<Catches>,
    /// How many undecided branches the current path is in.
    pub(crate) uncertain: u32,
    /// Variables that decided that the current path is taken.
    pub(crate) control: Deps,
    pub(crate) frames: Vec<Frame>,
    /// Exceptions being handled, for a bare `raise`.
    pub(crate) handling: Vec<Raise>,
    /// The place of the statement or call being executed.
    pub(crate) here: Event,
    pub(crate) depth: usize,
    pub(crate) steps: u64,
    pub(crate) exhausted: bool,
    pub(crate) uses: Vec<VariableUse>,
    pub(crate) stops: Vec<Problem>,
    pub(crate) absent_env_files: Vec<(String, Span)>,
    pub(crate) refusals: Vec<(Span, Vec<String>)>,
    /// The variables by which statements that were left out would have set a name.
    pub(crate) untaken: HashMap<Rc<str>, value::Deps>,
    /// The same for any name: a star import was left out.
    pub(crate) untaken_all: value::Deps,
    /// Files that were opened and are not in the repository, as dependences are named.
    pub(crate) absent_reads: Vec<Rc<str>>,
    pub(crate) calls: Vec<crate::settings::LibraryCall>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) files_read: Vec<RepoPath>,
    seen: BTreeSet<(ProblemKind, Span)>,
}

impl<'t> Interp<'t> {
    pub(crate) fn new(request: &'t Request<'t>) -> Self {
        let here = Event { order: 0, file: 0, start: 0, end: 0 };
        let mut interp = Self {
            request,
            heap: Heap::default(),
            next_id: 0,
            next_event: 0,
            classes: HashMap::new(),
            builtins: Id(0),
            environ: Id(0),
            modules: Id(0),
            sys_path: Id(0),
            files: Vec::new(),
            file_index: HashMap::new(),
            parsed: HashMap::new(),
            pending: Vec::new(),
            floor: 0,
            catching: Vec::new(),
            moved: false,
            origins: HashMap::new(),
            asked: Default::default(),
            written: BTreeSet::new(),
            written_anywhere: false,
            uncertain: 0,
            control: None,
            frames: Vec::new(),
            handling: Vec::new(),
            here,
            depth: 0,
            steps: 0,
            exhausted: false,
            uses: Vec::new(),
            stops: Vec::new(),
            absent_env_files: Vec::new(),
            refusals: Vec::new(),
            untaken: HashMap::new(),
            untaken_all: None,
            absent_reads: Vec::new(),
            calls: Vec::new(),
            problems: Vec::new(),
            files_read: Vec::new(),
            seen: BTreeSet::new(),
        };
        interp.builtins = interp.alloc(Object::Dict(Dict { namespace: true, ..Dict::default() }));
        // A variable that one path sets is one of two there; the others stay known.
        interp.environ = interp.alloc(Object::Dict(Dict { namespace: true, ..Dict::default() }));
        interp.modules = interp.alloc(Object::Dict(Dict { namespace: true, ..Dict::default() }));
        interp.sys_path = interp.alloc(Object::List(Vec::new()));
        builtins::install(&mut interp);
        interp.fill_environ();
        interp.fill_sys_path();
        interp
    }

    /// A new heap object.
    pub(crate) fn alloc(&mut self, object: Object) -> Id {
        let id = Id(self.next_id);
        self.next_id = self.next_id.saturating_add(1);
        if u64::from(self.next_id) > self.request.limits.objects {
            self.exhaust("too many objects");
        }
        self.heap.put(id, Rc::new(Slot { object, events: None, deps: None }));
        id
    }

    pub(crate) fn new_list(&mut self, items: Vec<Val>) -> Val {
        Val::reference(self.alloc(Object::List(items)))
    }

    /// A dict of string keys.
    pub(crate) fn new_dict<'a>(&mut self, items: impl IntoIterator<Item = (&'a str, Val)>) -> Val {
        let mut dict = Dict::default();
        for (key, value) in items {
            dict.set_str(key, value);
        }
        Val::reference(self.alloc(Object::Dict(dict)))
    }

    /// A dict of any hashable keys; a key that is not hashable is left out.
    pub(crate) fn new_dict_of(&mut self, items: Vec<(Val, Val)>) -> Val {
        let mut dict = Dict::default();
        for (key, value) in items {
            if let Some(hash) = self.key_of(&key) {
                dict.set(hash, key, value, None);
            }
        }
        Val::reference(self.alloc(Object::Dict(dict)))
    }

    pub(crate) fn new_set(&mut self, values: Vec<Val>, frozen: bool) -> Option<Val> {
        let mut items = IndexMap::new();
        for value in values {
            items.entry(self.key_of(&value)?).or_insert(value);
        }
        Some(Val::reference(self.alloc(Object::Set { items, frozen })))
    }

    pub(crate) fn new_namespace(&mut self) -> Id {
        self.alloc(Object::Dict(Dict { namespace: true, ..Dict::default() }))
    }

    pub(crate) fn object(&self, value: &Val) -> Option<&Object> {
        self.heap.object(value.as_id()?)
    }

    pub(crate) fn dict(&self, id: Id) -> Option<&Dict> {
        match self.heap.object(id)? {
            Object::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// A dict for changing; the change is noted as one of the current statement.
    pub(crate) fn dict_mut(&mut self, id: Id) -> Option<&mut Dict> {
        match &mut self.heap.slot_mut(id)?.object {
            Object::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// Notes that the current statement changes an object in place.
    pub(crate) fn touch(&mut self, id: Id) {
        let (here, control) = (self.here, self.control.clone());
        if let Some(slot) = self.heap.slot_mut(id) {
            heap::add_event(&mut slot.events, here);
            slot.deps = union(&slot.deps, &control);
        }
    }

    /// Replaces an object's content, as a change by the current statement.
    pub(crate) fn replace(&mut self, id: Id, object: Object) {
        self.touch(id);
        if let Some(slot) = self.heap.slot_mut(id) {
            slot.object = object;
        }
    }

    /// The string items of a namespace, in order.
    pub(crate) fn namespace_get(&self, id: Id, name: &str) -> Option<Val> {
        self.dict(id)?.get(name).cloned()
    }

    pub(crate) fn namespace_set(&mut self, id: Id, name: &str, value: Val) {
        if let Some(dict) = self.dict_mut(id) {
            dict.set_str(name, value);
        }
    }

    /// The class object of a builtin class.
    pub(crate) fn class_of_builtin(&self, builtin: Builtin) -> Val {
        self.classes.get(&builtin).map_or_else(
            || Val::unknown("a class of the language that is not modelled"),
            |id| Val::reference(*id),
        )
    }

    /// A value as a dict key; `None` where it is not hashable or not known.
    pub(crate) fn key_of(&self, value: &Val) -> Option<Key> {
        Some(match &value.kind {
            Kind::Str(text) => Key::Str(text.clone()),
            Kind::None => Key::None,
            Kind::Bool(flag) => Key::Int(Rc::new(i32::from(*flag).into())),
            Kind::Int(number) => Key::Int(number.clone()),
            Kind::Float(number) => match numbers::float_to_int(*number) {
                Some(integer) if number.fract() == 0.0 => Key::Int(Rc::new(integer)),
                _ => Key::Float(number.to_bits()),
            },
            Kind::Bytes(bytes) => Key::Bytes(bytes.clone()),
            Kind::Tuple(items) => {
                Key::Tuple(items.iter().map(|item| self.key_of(item)).collect::<Option<_>>()?)
            }
            Kind::Path(path) => Key::Path(path.clone()),
            Kind::Timedelta(micros) => Key::Timedelta(*micros),
            Kind::Ellipsis => Key::Ellipsis,
            Kind::Native(native) => Key::Native(std::ptr::from_ref::<Native>(native) as usize),
            Kind::Ref(id) => match self.heap.object(*id)? {
                Object::Set { items, frozen: true } => {
                    // Equal frozensets are one key whatever their order.
                    let mut keys: Vec<Key> = items.keys().cloned().collect();
                    keys.sort_by_key(|key| format!("{key:?}"));
                    Key::Tuple(vec![Key::Ellipsis, Key::Tuple(keys)])
                }
                Object::Instance { inner: Some(inner), .. } => self.key_of(&inner.clone())?,
                Object::Instance { .. }
                | Object::Class(_)
                | Object::Function(_)
                | Object::Module { .. }
                | Object::Descriptor(..) => Key::Id(*id),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// The event of a node in the current file.
    pub(crate) fn event(&mut self, node: impl Ranged) -> Event {
        self.event_at(node.range())
    }

    pub(crate) fn event_at(&mut self, range: TextRange) -> Event {
        self.next_event = self.next_event.saturating_add(1);
        if self.frames.last().is_some_and(|frame| frame.file == MODEL_FILE) {
            return Event { order: self.next_event, ..self.here };
        }
        Event {
            order: self.next_event,
            file: self.frames.last().map_or(0, |frame| frame.file),
            start: range.start().to_u32(),
            end: range.end().to_u32(),
        }
    }

    pub(crate) fn span(&self, event: Event) -> Span {
        match self.files.get(event.file as usize) {
            Some(source) => source.span(event.start as usize..event.end as usize),
            None => Span::of_file(RepoPath::root()),
        }
    }

    /// The index of a file whose code is executed.
    pub(crate) fn file_number(&mut self, source: &SourceText) -> u32 {
        if let Some(number) = self.file_index.get(source.path()) {
            return *number;
        }
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(source.clone());
        self.file_index.insert(source.path().clone(), number);
        number
    }

    /// Records a problem once for each place.
    pub(crate) fn problem(&mut self, kind: ProblemKind, at: Event, message: impl Into<String>) {
        let span = self.span(at);
        if self.seen.insert((kind, span.clone())) {
            self.problems.push(Problem::new(kind, span, message));
        }
    }

    /// Records that the process stops here, once for each place.
    pub(crate) fn stop(&mut self, at: Event, message: impl Into<String>) {
        // Past a limit code was left out, so what seems to be missing may be there.
        if self.exhausted {
            return;
        }
        let span = self.span(at);
        if !self.stops.iter().any(|stop| stop.at == span) {
            self.stops.push(Problem::new(ProblemKind::Missing, span, message));
        }
    }

    /// Ends the evaluation: all that follows is unknown.
    pub(crate) fn exhaust(&mut self, what: &str) {
        if !self.exhausted {
            self.exhausted = true;
            let message = format!("evaluation stopped: {what}; later values are unknown");
            self.problem(ProblemKind::Limit, self.here, message);
        }
    }

    /// Counts one step of work; `false` where the limit is reached.
    pub(crate) fn step(&mut self) -> bool {
        self.spend(1)
    }

    /// Counts work of a size; `false` where the limit is reached.
    pub(crate) fn spend(&mut self, steps: u64) -> bool {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.request.limits.steps {
            self.exhaust("too many steps");
        }
        !self.exhausted
    }
}

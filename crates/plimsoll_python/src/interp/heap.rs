//! The heap: mutable Python objects by identity, cheap to clone where paths part.

use std::rc::Rc;

use indexmap::{Equivalent, IndexMap};
use num_bigint::BigInt;
use std::hash::{Hash, Hasher};

use super::function::Function;
use super::partial::Lost;
use super::value::{Deps, Id, Kind, Val};

/// A place in the source and its order in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Event {
    /// Counts up over the whole evaluation.
    pub(crate) order: u32,
    /// Index into the evaluation's files.
    pub(crate) file: u32,
    /// Byte offsets.
    pub(crate) start: u32,
    /// One past the last byte.
    pub(crate) end: u32,
}

/// How many events of one place are kept; older ones are dropped.
const MAX_EVENTS: usize = 64;

/// Events in order.
pub(crate) type Events = Option<Rc<Vec<Event>>>;

/// Adds an event unless it is the last one already.
pub(crate) fn add_event(events: &mut Events, event: Event) {
    let list = Rc::make_mut(events.get_or_insert_with(Default::default));
    let repeats = list.last().is_some_and(|last| {
        (last.file, last.start, last.end) == (event.file, event.start, event.end)
    });
    if !repeats {
        if list.len() >= MAX_EVENTS {
            list.remove(0);
        }
        list.push(event);
    }
}

/// A hashable value as a dict sees it: `1`, `1.0` and `True` are one key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Str(Rc<str>),
    None,
    Int(Rc<BigInt>),
    /// The bits of a float that is no integer.
    Float(u64),
    Bytes(Rc<[u8]>),
    Tuple(Vec<Key>),
    Path(Rc<str>),
    Timedelta(i128),
    Ellipsis,
    /// An object that hashes by identity.
    Id(Id),
    Native(usize),
}

/// Looks up a string key without allocating.
pub(crate) struct StrKey<'a>(pub(crate) &'a str);

impl Hash for StrKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // As the derived implementation hashes `Key::Str`.
        std::mem::discriminant(&Key::Str(Rc::from(""))).hash(state);
        self.0.hash(state);
    }
}

impl Equivalent<Key> for StrKey<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        matches!(key, Key::Str(text) if **text == *self.0)
    }
}

/// An entry of a dict or namespace.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Val,
    pub(crate) value: Val,
    /// The assignments that led to the value, oldest first.
    pub(crate) events: Events,
}

/// A dict, or the namespace of a module, class, instance or function call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dict {
    pub(crate) entries: IndexMap<Key, Entry>,
    /// Set where there may be further keys than these, with the reason.
    pub(crate) open: Option<Rc<str>>,
    /// A namespace: a name bound on one path only is `OneOf` with `Unbound`, where a plain dict
    /// becomes a choice of two.
    pub(crate) namespace: bool,
    /// A plain dict of which neither the keys that are there (see [`Self::namespace`]) nor their
    /// order is certain.
    pub(crate) loose: bool,
    /// The factory of a `defaultdict`.
    pub(crate) factory: Option<Val>,
}

impl Dict {
    pub(crate) fn get(&self, name: &str) -> Option<&Val> {
        self.entries.get(&StrKey(name)).map(|entry| &entry.value)
    }

    /// Sets a key; a present one keeps its place and its key object.
    pub(crate) fn set(&mut self, key: Key, key_value: Val, value: Val, event: Option<Event>) {
        let entry = self.entries.entry(key).or_insert_with(|| Entry {
            key: key_value,
            value: Val::NONE,
            events: None,
        });
        entry.value = value;
        if let Some(event) = event {
            add_event(&mut entry.events, event);
        }
    }

    pub(crate) fn set_str(&mut self, name: &str, value: Val) {
        let text: Rc<str> = Rc::from(name);
        self.set(Key::Str(text.clone()), Val::new(Kind::Str(text)), value, None);
    }
}

/// A class.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    /// `Base`.
    pub(crate) name: Rc<str>,
    /// The dotted name of its module.
    pub(crate) module: Rc<str>,
    pub(crate) bases: Rc<[Val]>,
    /// Itself first; method resolution order.
    pub(crate) mro: Rc<[Id]>,
    /// Its namespace.
    pub(crate) namespace: Id,
    /// For a class of the language itself.
    pub(crate) builtin: Option<Builtin>,
    /// Set where a base is not known: attributes may come from there.
    pub(crate) open: Option<Rc<str>>,
}

/// Classes whose instances the interpreter itself represents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Builtin {
    Object,
    Type,
    NoneType,
    Bool,
    Int,
    Float,
    Complex,
    Str,
    Bytes,
    Bytearray,
    List,
    Tuple,
    Dict,
    Set,
    Frozenset,
    Range,
    Slice,
    Timedelta,
    Path,
    Function,
    NativeFunction,
    Method,
    Module,
    Property,
    Staticmethod,
    Classmethod,
    Super,
    Iterator,
    Ellipsis,
    NotImplemented,
    Exception,
}

/// A descriptor of a class body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Descriptor {
    Property,
    Static,
    Class,
    /// `functools.cached_property`, Django's too.
    Cached,
}

/// A mutable object.
#[derive(Clone, Debug)]
pub(crate) enum Object {
    List(Vec<Val>),
    Dict(Dict),
    /// Items in order of insertion.
    Set {
        items: IndexMap<Key, Val>,
        frozen: bool,
    },
    Instance {
        class: Id,
        /// Its namespace.
        attributes: Id,
        /// The value it wraps where its class extends `dict`, `list`, `str`…
        inner: Option<Val>,
    },
    Class(Class),
    Function(Function),
    Module {
        /// Dotted name.
        name: Rc<str>,
        namespace: Id,
    },
    /// Items still to come.
    Iterator(Vec<Val>, usize),
    /// `super()`: the class after which to look, and the instance or class.
    Super(Id, Val),
    /// `property`, `staticmethod`, `classmethod` around a function.
    Descriptor(Descriptor, Val),
    /// Content that cannot be determined, or not all of it.
    Havoc(Lost),
    /// Content that is one of these; at least two.
    Choice(Rc<[Rc<Object>]>),
}

/// An object with what happened to it.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) object: Object,
    /// Statements that changed it in place.
    pub(crate) events: Events,
    /// Variables that decided such a change.
    pub(crate) deps: Deps,
}

/// Objects of a chunk, and chunks of a block.
const CHUNK: usize = 32;

type Chunk = Vec<Option<Rc<Slot>>>;
type Block = Vec<Rc<Chunk>>;

/// An object that differs between two heaps: what it is here and there.
pub(crate) type Difference = (Id, Option<Rc<Slot>>, Option<Rc<Slot>>);

/// All mutable objects, as a tree that heaps share where they are the same. Cloning copies one
/// pointer for each 1024 objects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heap {
    blocks: Vec<Rc<Block>>,
}

/// The places of an object: of its block, of the chunk in it, in the chunk.
fn places(id: Id) -> (usize, usize, usize) {
    let number = id.0 as usize;
    (number / (CHUNK * CHUNK), number / CHUNK % CHUNK, number % CHUNK)
}

impl Heap {
    /// How much there is to copy.
    pub(crate) fn weight(&self) -> u64 {
        self.blocks.len() as u64
    }

    pub(crate) fn slot(&self, id: Id) -> Option<&Rc<Slot>> {
        let (block, chunk, place) = places(id);
        self.blocks.get(block)?.get(chunk)?.get(place)?.as_ref()
    }

    pub(crate) fn object(&self, id: Id) -> Option<&Object> {
        self.slot(id).map(|slot| &slot.object)
    }

    /// The slot for changing, copied first where another path shares it.
    pub(crate) fn slot_mut(&mut self, id: Id) -> Option<&mut Slot> {
        let (block, chunk, place) = places(id);
        // Nothing is copied for what is not there.
        self.slot(id)?;
        let block = Rc::make_mut(self.blocks.get_mut(block)?);
        let chunk = Rc::make_mut(block.get_mut(chunk)?);
        chunk.get_mut(place)?.as_mut().map(Rc::make_mut)
    }

    pub(crate) fn put(&mut self, id: Id, slot: Rc<Slot>) {
        let (block, chunk, place) = places(id);
        if self.blocks.len() <= block {
            self.blocks.resize_with(block + 1, Default::default);
        }
        let Some(block) = self.blocks.get_mut(block).map(Rc::make_mut) else { return };
        if block.len() <= chunk {
            block.resize_with(chunk + 1, Default::default);
        }
        let Some(chunk) = block.get_mut(chunk).map(Rc::make_mut) else { return };
        if chunk.len() <= place {
            chunk.resize(place + 1, None);
        }
        if let Some(entry) = chunk.get_mut(place) {
            *entry = Some(slot);
        }
    }

    /// Takes over what only the other heap has, where none of its neighbours is here.
    pub(crate) fn graft(&mut self, other: &Heap) {
        if self.blocks.len() < other.blocks.len() {
            self.blocks.resize_with(other.blocks.len(), Default::default);
        }
        for (block, theirs) in self.blocks.iter_mut().zip(&other.blocks) {
            if Rc::ptr_eq(block, theirs) || theirs.is_empty() {
                continue;
            }
            if block.is_empty() {
                *block = theirs.clone();
                continue;
            }
            let missing = |at: usize| block.get(at).is_none_or(|chunk| chunk.is_empty());
            let new: Vec<usize> = (0..theirs.len()).filter(|at| missing(*at)).collect();
            if new.is_empty() {
                continue;
            }
            let block = Rc::make_mut(block);
            block.resize_with(block.len().max(theirs.len()), Default::default);
            for at in new {
                if let (Some(chunk), Some(theirs)) = (block.get_mut(at), theirs.get(at)) {
                    *chunk = theirs.clone();
                }
            }
        }
    }

    /// The objects that differ between two heaps, where both have some of their neighbours:
    /// identity, here, there.
    pub(crate) fn differences(&self, other: &Heap) -> Vec<Difference> {
        let mut found = Vec::new();
        for (number, (left, right)) in self.blocks.iter().zip(&other.blocks).enumerate() {
            if Rc::ptr_eq(left, right) {
                continue;
            }
            for (at, (left, right)) in left.iter().zip(right.iter()).enumerate() {
                if Rc::ptr_eq(left, right) || left.is_empty() || right.is_empty() {
                    continue;
                }
                for place in 0..CHUNK {
                    let of = |chunk: &Rc<Chunk>| chunk.get(place).cloned().flatten();
                    let (a, b) = (of(left), of(right));
                    if !is_shared(a.as_ref(), b.as_ref()) {
                        let id = (number * CHUNK + at) * CHUNK + place;
                        found.push((Id(u32::try_from(id).unwrap_or(u32::MAX)), a, b));
                    }
                }
            }
        }
        found
    }
}

/// Whether two parts of heaps are one and the same.
fn is_shared<T>(left: Option<&Rc<T>>, right: Option<&Rc<T>>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => Rc::ptr_eq(left, right),
        (None, None) => true,
        _ => false,
    }
}

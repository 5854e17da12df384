//! Paths that part at an undecided condition, and how they join.

use std::rc::Rc;

use super::heap::{Dict, Entry, Heap, Key, Object, Slot};
use super::native::{Outcome, Raise};
use super::partial::merged;
use super::value::{Id, Kind, MAX_CANDIDATES, Val, join, union};
use super::{Flow, Interp, Pending};

/// How many alternatives of one object's content are kept.
const MAX_CHOICES: usize = MAX_CANDIDATES;
/// How many paths of one construct may wait at a time before those of a kind are joined.
const MAX_PENDING: usize = 4;
/// How many paths may wait at a time, of all constructs in progress.
const MAX_WAITING: usize = 400;

impl Interp<'_> {
    /// Runs `run` for each of `count` alternatives on its own copy of the heap and joins them.
    /// Alternatives that raise wait for the enclosing `try`, unless all do.
    pub(crate) fn fork(
        &mut self,
        count: usize,
        mut run: impl FnMut(&mut Self, usize) -> Outcome,
    ) -> Outcome {
        let base = self.heap.clone();
        let mut joined: Option<(Val, Heap)> = None;
        let mut raised: Vec<(Raise, Heap)> = Vec::new();
        for at in 0..count {
            self.spend(1 + base.weight() / 8);
            self.heap = base.clone();
            self.uncertain += 1;
            let outcome = run(self, at);
            self.uncertain -= 1;
            let heap = std::mem::take(&mut self.heap);
            match outcome {
                Ok(value) => {
                    joined = Some(match joined {
                        None => (value, heap),
                        Some((before, other)) => {
                            (join(&before, &value), self.join_heaps(&other, &heap))
                        }
                    });
                }
                Err(raise) => raised.push((raise, heap)),
            }
        }
        match joined {
            Some((value, heap)) => {
                for (raise, heap) in raised {
                    self.wait(Flow::Raise(raise), heap);
                }
                self.heap = heap;
                Ok(value)
            }
            None => {
                let last = raised.pop();
                for (raise, heap) in raised {
                    self.wait(Flow::Raise(raise), heap);
                }
                match last {
                    Some((raise, heap)) => {
                        self.heap = heap;
                        Err(raise)
                    }
                    None => {
                        self.heap = base;
                        Ok(Val::unknown("no value is possible here"))
                    }
                }
            }
        }
    }

    /// As [`Self::fork`] for statements.
    pub(crate) fn fork_flow(
        &mut self,
        count: usize,
        mut run: impl FnMut(&mut Self, usize) -> Flow,
    ) -> Flow {
        let base = self.heap.clone();
        let mut normal: Option<Heap> = None;
        let mut left: Vec<(Flow, Heap)> = Vec::new();
        for at in 0..count {
            self.spend(1 + base.weight() / 8);
            self.heap = base.clone();
            self.uncertain += 1;
            let flow = run(self, at);
            self.uncertain -= 1;
            let heap = std::mem::take(&mut self.heap);
            match flow {
                Flow::Normal => {
                    normal = Some(match normal {
                        None => heap,
                        Some(other) => self.join_heaps(&other, &heap),
                    });
                }
                other => left.push((other, heap)),
            }
        }
        if let Some(heap) = normal {
            for (flow, heap) in left {
                self.wait(flow, heap);
            }
            self.heap = heap;
            return Flow::Normal;
        }
        let Some((flow, heap)) = left.pop() else {
            self.heap = base;
            return Flow::Normal;
        };
        for (flow, heap) in left {
            self.wait(flow, heap);
        }
        self.heap = heap;
        flow
    }

    /// Puts a path aside until the construct that takes it. One that nothing will take ends the
    /// process: it is no concern of those that go on.
    pub(crate) fn wait(&mut self, flow: Flow, heap: Heap) {
        let mut heap = heap;
        if let Flow::Raise(raise) = &flow {
            // The exception lives on the path's own heap.
            std::mem::swap(&mut self.heap, &mut heap);
            let is_catchable = self.is_catchable(raise);
            std::mem::swap(&mut self.heap, &mut heap);
            if !is_catchable {
                return;
            }
        }
        if self.pending.len().saturating_sub(self.floor) >= MAX_PENDING
            && let Some(twin) = self.twin(&flow, &heap)
        {
            let other = self.pending.remove(twin);
            let joined = self.join_pending(other, Pending { flow, heap });
            self.pending.push(joined);
            return;
        }
        self.pending.push(Pending { flow, heap });
        if self.pending.len() > MAX_WAITING {
            self.exhaust("too many undecided paths");
        }
    }

    /// A waiting path that the same construct takes in the same way.
    fn twin(&self, flow: &Flow, heap: &Heap) -> Option<usize> {
        let same = |other: &Pending| match (&other.flow, flow) {
            (Flow::Return(_), Flow::Return(_))
            | (Flow::Break, Flow::Break)
            | (Flow::Continue, Flow::Continue) => true,
            (Flow::Raise(a), Flow::Raise(b)) => {
                if a.exception.is_unknown() || b.exception.is_unknown() {
                    return a.exception.is_unknown() && b.exception.is_unknown();
                }
                match (plain_exception(a, &other.heap), plain_exception(b, heap)) {
                    (Some(a), Some(b)) => a.class == b.class,
                    _ => false,
                }
            }
            _ => false,
        };
        (self.floor..self.pending.len()).rev().find(|at| self.pending.get(*at).is_some_and(same))
    }

    fn join_pending(&mut self, older: Pending, younger: Pending) -> Pending {
        let mut heap = self.join_heaps(&older.heap, &younger.heap);
        let flow = match (older.flow, younger.flow) {
            (Flow::Return(a), Flow::Return(b)) => Flow::Return(join(&a, &b)),
            (Flow::Raise(a), Flow::Raise(b)) => {
                let told = [(&a, &older.heap), (&b, &younger.heap)]
                    .map(|(raise, heap)| plain_exception(raise, heap));
                if let [Some(one), Some(other)] = told
                    && let Some(slot) = heap.slot_mut(one.attributes)
                    && let Object::Dict(attributes) = &mut slot.object
                {
                    attributes.entries.clear();
                    attributes.set_str("args", join(&one.args, &other.args));
                }
                let deps = union(&a.exception.deps, &b.exception.deps);
                let variable = a.variable.clone().filter(|_| a.variable == b.variable);
                Flow::Raise(Raise { exception: a.exception.with_deps(&deps), variable, at: a.at })
            }
            (flow, _) => flow,
        };
        Pending { flow, heap }
    }

    /// Runs a construct that takes some of the paths that come to wait in it.
    pub(crate) fn taking<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let floor = std::mem::replace(&mut self.floor, self.pending.len());
        let result = run(self);
        self.floor = floor;
        result
    }

    /// The waiting paths since `from` that `take` accepts.
    pub(crate) fn take_pending(
        &mut self,
        from: usize,
        take: impl Fn(&Flow) -> bool,
    ) -> Vec<Pending> {
        let mut taken = Vec::new();
        let tail = self.pending.split_off(from.min(self.pending.len()));
        for pending in tail {
            if take(&pending.flow) {
                taken.push(pending);
            } else {
                self.pending.push(pending);
            }
        }
        taken
    }

    /// The heap that stands for both.
    pub(crate) fn join_heaps(&mut self, left: &Heap, right: &Heap) -> Heap {
        // Both copying and comparing take time with the size of the heap: counted as work.
        self.spend(10 + left.weight() / 4);
        let mut joined = left.clone();
        joined.graft(right);
        let differences = joined.differences(right);
        self.spend(differences.len() as u64);
        for (id, a, b) in differences {
            let slot = match (a, b) {
                (Some(a), Some(b)) => Rc::new(self.join_slots(&a, &b)),
                (None, Some(only)) | (Some(only), None) => only,
                (None, None) => continue,
            };
            joined.put(id, slot);
        }
        joined
    }

    fn join_slots(&mut self, left: &Slot, right: &Slot) -> Slot {
        let mut events = left.events.clone();
        for event in right.events.iter().flat_map(|events| events.iter()) {
            if !events.as_ref().is_some_and(|known| known.contains(event)) {
                super::heap::add_event(&mut events, *event);
            }
        }
        Slot {
            object: join_objects(&left.object, &right.object),
            events,
            deps: union(&left.deps, &right.deps),
        }
    }

    /// Runs an operation on a value once for each of its alternatives: of the value itself, and
    /// of the content of the object it names.
    pub(crate) fn each(
        &mut self,
        value: &Val,
        mut run: impl FnMut(&mut Self, &Val) -> Outcome,
    ) -> Outcome {
        self.each_dyn(value, &mut run)
    }

    fn each_dyn(
        &mut self,
        value: &Val,
        run: &mut dyn FnMut(&mut Self, &Val) -> Outcome,
    ) -> Outcome {
        if let Kind::OneOf(candidates) = &value.kind {
            let candidates = candidates.clone();
            let deps = value.deps.clone();
            return self
                .fork(candidates.len(), |interp, at| match candidates.get(at) {
                    Some(candidate) => {
                        let candidate = candidate.clone();
                        interp.each_dyn(&candidate, run)
                    }
                    None => Ok(Val::NONE),
                })
                .map(|value| value.with_deps(&deps));
        }
        if let Some(id) = value.as_id()
            && let Some(Object::Choice(choices)) = self.heap.object(id)
        {
            let choices = choices.clone();
            return self.fork(choices.len(), |interp, at| {
                if let (Some(choice), Some(slot)) = (choices.get(at), interp.heap.slot_mut(id)) {
                    slot.object = (**choice).clone();
                }
                run(interp, value)
            });
        }
        run(self, value)
    }

    /// Runs an operation on several values, once for each combination of their alternatives;
    /// unknown where those are too many.
    pub(crate) fn each_of(
        &mut self,
        values: &[Val],
        mut run: impl FnMut(&mut Self, &[Val]) -> Outcome,
    ) -> Outcome {
        let mut combinations = 1usize;
        for value in values {
            if let Kind::OneOf(candidates) = &value.kind {
                combinations = combinations.saturating_mul(candidates.len());
            } else if let Some(Object::Choice(choices)) = self.object(value) {
                combinations = combinations.saturating_mul(choices.len());
            }
        }
        if combinations == 1 {
            return run(self, values);
        }
        if combinations > MAX_CANDIDATES * MAX_CANDIDATES {
            let reason = "branches that could not be decided leave too many values possible";
            values.iter().for_each(|value| self.havoc(value, reason));
            return Ok(Val::unknown(reason));
        }
        let mut chosen = Vec::with_capacity(values.len());
        self.combine(values, &mut chosen, &mut run)
    }

    fn combine(
        &mut self,
        values: &[Val],
        chosen: &mut Vec<Val>,
        run: &mut dyn FnMut(&mut Self, &[Val]) -> Outcome,
    ) -> Outcome {
        let Some(value) = values.get(chosen.len()).cloned() else {
            let all = chosen.clone();
            return run(self, &all);
        };
        let depth = chosen.len();
        self.each(&value, |interp, value| {
            chosen.truncate(depth);
            chosen.push(value.clone());
            interp.combine(values, chosen, run)
        })
    }
}

/// An exception that has no attributes of its own.
struct PlainException {
    class: Id,
    attributes: Id,
    args: Val,
}

fn plain_exception(raise: &Raise, heap: &Heap) -> Option<PlainException> {
    let Object::Instance { class, attributes, inner: None } =
        heap.object(raise.exception.as_id()?)?
    else {
        return None;
    };
    let Object::Dict(dict) = heap.object(*attributes)? else { return None };
    let is_plain =
        |key: &Key| matches!(key, Key::Str(name) if matches!(&**name, "args" | "__message__"));
    let args = dict.get("args")?.clone();
    (dict.open.is_none() && dict.entries.keys().all(is_plain)).then_some(PlainException {
        class: *class,
        attributes: *attributes,
        args,
    })
}

/// The content of an object that is `left` on one path and `right` on the other.
fn join_objects(left: &Object, right: &Object) -> Object {
    match (left, right) {
        (Object::Dict(a), Object::Dict(b)) if a.namespace && b.namespace => {
            Object::Dict(join_namespaces(a, b))
        }
        (Object::Dict(a), Object::Dict(b)) if same_keys(a, b) && !a.loose => {
            let mut joined = a.clone();
            for (key, entry) in &mut joined.entries {
                if let Some(other) = b.entries.get(key) {
                    *entry = join_entries(entry, other);
                }
            }
            Object::Dict(joined)
        }
        (Object::Dict(a), Object::Dict(b)) if (a.loose || b.loose) && can_be_loose(a, b) => {
            Object::Dict(join_loose(a, b))
        }
        (Object::Havoc(a), Object::Havoc(b)) if a.unordered.is_some() && a.same(b) => left.clone(),
        (Object::Havoc(lost), other) | (other, Object::Havoc(lost)) => {
            // What all of several lists have stays known.
            merged(&[&Object::Havoc(lost.clone()), other], &lost.reason)
        }
        (
            Object::Instance { class, attributes, inner },
            Object::Instance { class: class_b, attributes: attributes_b, inner: inner_b },
        ) if class == class_b && attributes == attributes_b => {
            let inner = match (inner, inner_b) {
                (Some(a), Some(b)) => Some(join(a, b)),
                (a, b) => a.clone().or_else(|| b.clone()),
            };
            Object::Instance { class: *class, attributes: *attributes, inner }
        }
        _ if same_object(left, right) => left.clone(),
        _ => choice(left, right),
    }
}

fn choice(left: &Object, right: &Object) -> Object {
    let mut choices: Vec<Rc<Object>> = Vec::new();
    for object in [left, right] {
        let parts: Vec<Rc<Object>> = match object {
            Object::Choice(parts) => parts.to_vec(),
            other => vec![Rc::new(other.clone())],
        };
        for part in parts {
            if !choices.iter().any(|known| same_object(known, &part)) {
                choices.push(part);
            }
        }
    }
    let is_loose = choices.iter().any(|it| matches!(&**it, Object::Dict(dict) if dict.loose));
    if (is_loose || choices.len() > MAX_CHOICES)
        && let Some(dict) = loosened(&choices)
    {
        return Object::Dict(dict);
    }
    match choices.len() {
        0 | 1 => left.clone(),
        2..=MAX_CHOICES => Object::Choice(Rc::from(choices)),
        _ => merged(
            &[left, right],
            &Rc::from("branches that could not be decided leave too many values possible"),
        ),
    }
}

/// One dict for several, where all are plain.
fn loosened(choices: &[Rc<Object>]) -> Option<Dict> {
    let mut dicts = choices.iter().map(|choice| match &**choice {
        Object::Dict(dict) => Some(dict),
        _ => None,
    });
    let mut joined = dicts.next()??.clone();
    for dict in dicts {
        let dict = dict?;
        if !can_be_loose(&joined, dict) {
            return None;
        }
        joined = join_loose(&joined, dict);
    }
    Some(joined)
}

fn can_be_loose(left: &Dict, right: &Dict) -> bool {
    [left, right].iter().all(|dict| !dict.namespace && dict.factory.is_none())
}

fn join_loose(left: &Dict, right: &Dict) -> Dict {
    Dict { loose: true, ..join_namespaces(left, right) }
}

fn same_keys(left: &Dict, right: &Dict) -> bool {
    left.open == right.open
        && left.loose == right.loose
        && left.entries.len() == right.entries.len()
        && left.entries.keys().eq(right.entries.keys())
}

fn join_entries(left: &Entry, right: &Entry) -> Entry {
    let mut events = left.events.clone();
    for event in right.events.iter().flat_map(|events| events.iter()) {
        if !events.as_ref().is_some_and(|known| known.contains(event)) {
            super::heap::add_event(&mut events, *event);
        }
    }
    Entry { key: left.key.clone(), value: join(&left.value, &right.value), events }
}

fn join_namespaces(left: &Dict, right: &Dict) -> Dict {
    let mut joined = left.clone();
    joined.open = left.open.clone().or_else(|| right.open.clone());
    let unbound = Val::new(Kind::Unbound);
    for (key, entry) in &mut joined.entries {
        match right.entries.get(key) {
            Some(other) => {
                if !entry.value.same(&other.value) || entry.value.is_unknown() {
                    *entry = join_entries(entry, other);
                } else {
                    entry.value.deps = union(&entry.value.deps, &other.value.deps);
                }
            }
            None => entry.value = join(&entry.value, &unbound),
        }
    }
    let only_right: Vec<(Key, Entry)> = right
        .entries
        .iter()
        .filter(|(key, _)| !left.entries.contains_key(*key))
        .map(|(key, entry)| (key.clone(), entry.clone()))
        .collect();
    for (key, mut entry) in only_right {
        entry.value = join(&entry.value, &unbound);
        joined.entries.insert(key, entry);
    }
    joined
}

/// Whether two contents are the same for certain.
fn same_object(left: &Object, right: &Object) -> bool {
    let all = |a: &[Val], b: &[Val]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b) && !a.is_unknown())
    };
    match (left, right) {
        (Object::List(a), Object::List(b)) => all(a, b),
        (Object::Iterator(a, i), Object::Iterator(b, j)) => i == j && all(a, b),
        (Object::Dict(a), Object::Dict(b)) => {
            same_keys(a, b)
                && a.entries
                    .values()
                    .zip(b.entries.values())
                    .all(|(a, b)| a.value.same(&b.value) && !a.value.is_unknown())
        }
        (Object::Set { items: a, frozen: x }, Object::Set { items: b, frozen: y }) => {
            x == y && a.len() == b.len() && a.keys().eq(b.keys())
        }
        (Object::Module { name: a, .. }, Object::Module { name: b, .. }) => a == b,
        (Object::Class(a), Object::Class(b)) => a.namespace == b.namespace,
        (Object::Function(a), Object::Function(b)) => Rc::ptr_eq(&a.code, &b.code),
        (Object::Super(a, x), Object::Super(b, y)) => a == b && x.same(y),
        (Object::Descriptor(a, x), Object::Descriptor(b, y)) => a == b && x.same(y),
        _ => false,
    }
}

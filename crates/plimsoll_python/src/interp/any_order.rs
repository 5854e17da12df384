//! Items whose order is not known: the files of a folder come in the order of the disk, the texts of
//! a set in another one in each process. What does not depend on the order is known all the same.

use std::rc::Rc;

use super::function::Names;
use super::heap::{Entry, Events, Heap, Key, Object};
use super::native::{Call, Outcome};
use super::partial::Lost;
use super::value::{Id, Kind, Val};
use super::{Flow, Interp};
use crate::syntax::ast::{self, Expr};

/// Why a value is not known that depends on the order.
pub(crate) const DISK: &str = "the files of a folder come in the order of the disk";
/// Why a value is not known that depends on a file which may be there.
pub(crate) const PERHAPS: &str = "a folder may hold what is not in the repository";

/// Items in an order that is not known.
#[derive(Clone, Debug)]
pub(crate) struct Unordered {
    pub(crate) items: Vec<Val>,
    /// Items that may be among them.
    pub(crate) perhaps: Vec<Val>,
    /// A list; else an iterator, which is used up by the first who asks.
    pub(crate) is_list: bool,
    /// The first of the items comes first for certain: `os.walk` begins with the folder itself.
    pub(crate) has_first: bool,
}

impl Interp<'_> {
    /// Files in the order of the disk: a list, or an iterator over them.
    pub(crate) fn in_disk_order(&mut self, items: Vec<Val>, is_list: bool) -> Val {
        self.new_unordered(items, Vec::new(), is_list)
    }

    /// A list or an iterator of items in an order that is not known.
    pub(crate) fn new_unordered(
        &mut self,
        items: Vec<Val>,
        perhaps: Vec<Val>,
        is_list: bool,
    ) -> Val {
        if perhaps.is_empty() && items.len() < 2 {
            return match is_list {
                true => self.new_list(items),
                false => Val::reference(self.alloc(Object::Iterator(items, 0))),
            };
        }
        let mut lost = Lost::of(DISK);
        lost.unordered = Some(Rc::new(Unordered { items, perhaps, is_list, has_first: false }));
        Val::reference(self.alloc(Object::Havoc(lost)))
    }

    /// A list whose order is not known is changed in a way that is not followed.
    pub(crate) fn lose_order(&mut self, id: Id) {
        if let Some(Object::Havoc(lost)) = self.heap.object(id)
            && lost.unordered.is_some()
        {
            let reason = lost.reason.clone();
            self.replace(id, Object::Havoc(Lost::of(reason)));
        }
    }

    /// Of an iterator whose order is not known: its first item comes first for certain.
    pub(crate) fn begin_with_first(&mut self, value: &Val) {
        if let Some(Object::Havoc(lost)) = self.object(value)
            && let (Some(all), Some(id)) = (&lost.unordered, value.as_id())
        {
            let all = Unordered { has_first: !all.items.is_empty(), ..(**all).clone() };
            let lost = Lost { unordered: Some(Rc::new(all)), ..lost.clone() };
            self.replace(id, Object::Havoc(lost));
        }
    }

    /// `next(iterator)` where it is known which item comes first.
    pub(crate) fn take_first(&mut self, value: &Val) -> Option<Val> {
        let Some(Object::Havoc(lost)) = self.object(value) else { return None };
        let all = lost.unordered.as_ref().filter(|all| all.has_first && !all.is_list)?;
        let (first, rest) = all.items.split_first()?;
        let (first, rest, perhaps) = (first.clone(), rest.to_vec(), all.perhaps.clone());
        let left = Unordered { items: rest, perhaps, is_list: false, has_first: false };
        let mut lost = Lost::of(DISK);
        lost.unordered = Some(Rc::new(left));
        let id = value.as_id()?;
        self.replace(id, Object::Havoc(lost));
        Some(first)
    }

    /// Whether the order of a value's items is not known.
    pub(crate) fn is_unordered(&self, value: &Val) -> bool {
        self.is_listing(value)
            || matches!(self.object(value), Some(Object::Set { items, .. }) if items.len() > 1)
    }

    /// Whether a value is a list or an iterator whose items are known, and their order is not.
    pub(crate) fn is_listing(&self, value: &Val) -> bool {
        matches!(self.object(value), Some(Object::Havoc(lost)) if lost.unordered.is_some())
    }

    /// The items of a set, a list or an iterator whose order is not known. An iterator is used up.
    pub(crate) fn unordered(&mut self, value: &Val) -> Option<Unordered> {
        let found = match self.object(value)? {
            Object::Havoc(lost) => (**lost.unordered.as_ref()?).clone(),
            Object::Set { items, .. } => Unordered {
                items: items.values().cloned().collect(),
                perhaps: Vec::new(),
                is_list: true,
                has_first: false,
            },
            _ => return None,
        };
        if !found.is_list
            && let Some(id) = value.as_id()
        {
            self.replace(id, Object::Iterator(Vec::new(), 0));
        }
        self.spend((found.items.len() + found.perhaps.len()) as u64).then_some(found)
    }

    /// `list.sort()` of a list whose order is not known.
    pub(crate) fn sort_unordered(&mut self, this: &Val, call: Call) -> Outcome {
        let has_key = call.keyword("key").is_some_and(|key| !key.is_none());
        let found = self.unordered(this).filter(|it| it.is_list && it.perhaps.is_empty());
        let sorted = match found {
            Some(found) if !has_key => {
                self.sorted(found.items, None, call.keyword("reverse").cloned())?
            }
            _ => None,
        };
        if let Some(id) = this.as_id() {
            let object = match sorted {
                Some(items) => Object::List(items),
                None => Object::Havoc(Lost::of("the order of values that are not known")),
            };
            self.replace(id, object);
        }
        Ok(Val::NONE)
    }

    /// A loop over items whose order is not known, where the order makes no difference: each round,
    /// run from the state before the loop, does nothing but bind names of its own and add to sets
    /// that no round reads; or one round alone leaves the loop, and the others do nothing.
    ///
    /// `None` where that is not so; nothing has happened then.
    pub(super) fn rounds_in_any_order(&mut self, it: &ast::StmtFor, source: &Val) -> Option<Flow> {
        let before_all = self.heap.clone();
        let found = self.unordered(source)?;
        let start = self.heap.clone();
        let kept = (self.pending.len(), self.stops.len(), self.uncertain);
        let flow = self.independent_rounds(it, source, &start, found);
        let same = kept == (self.pending.len(), self.stops.len(), self.uncertain);
        if flow.is_none() || !same {
            self.pending.truncate(kept.0);
            self.stops.truncate(kept.1);
            self.heap = before_all;
            return None;
        }
        flow
    }

    fn independent_rounds(
        &mut self,
        it: &ast::StmtFor,
        source: &Val,
        start: &Heap,
        found: Unordered,
    ) -> Option<Flow> {
        let scope = self.frames.last()?.scope;
        let mut names = Names::of(&it.body);
        if !names.globals.is_empty() || !names.nonlocals.is_empty() || names.yields {
            return None;
        }
        target_names(&it.target, &mut names.bound);
        let is_elsewhere = |name: &Rc<str>| {
            let frame = self.frames.last();
            frame.is_some_and(|it| it.globals.contains(name) || it.nonlocals.contains(name))
        };
        if names.bound.iter().any(is_elsewhere) {
            return None;
        }
        let mut sets = SetsWritten::default();
        for statement in &it.body {
            ast::visitor::Visitor::visit_stmt(&mut sets, statement);
        }
        let of = Loop { scope, names: &names.bound, sets: &sets };
        let certain = found.items.len();
        let deps = source.deps.clone();
        let items: Vec<Val> = found.items.iter().chain(&found.perhaps).cloned().collect();
        let mut total = Total::default();
        for (at, item) in items.iter().enumerate() {
            let (flow, round) = self.one_round(it, item.clone().with_deps(&deps), start, &of)?;
            let is_certain = at < certain;
            match flow {
                Flow::Normal | Flow::Continue if is_certain || round.additions.is_empty() => {
                    total.add(round, is_certain);
                }
                Flow::Return(_) | Flow::Break if is_certain && total.left.is_none() => {
                    if !round.additions.is_empty() {
                        return None;
                    }
                    total.left = Some((flow, self.heap.clone()));
                    if at == 0 && found.has_first {
                        break;
                    }
                }
                _ => return None,
            }
        }
        let flow = self.conclude(start, &of, total)?;
        if !matches!(flow, Flow::Normal) {
            return Some(flow);
        }
        // Once more from the state after all: each round must find nothing left to do.
        let after = self.heap.clone();
        for item in items {
            let (flow, round) = self.one_round(it, item.with_deps(&deps), &after, &of)?;
            if !matches!(flow, Flow::Normal | Flow::Continue) || !round.additions.is_empty() {
                return None;
            }
        }
        self.heap = after;
        Some(Flow::Normal)
    }

    /// Runs a round from a state in which the names that rounds bind are not known.
    fn one_round(
        &mut self,
        it: &ast::StmtFor,
        item: Val,
        start: &Heap,
        of: &Loop<'_>,
    ) -> Option<(Flow, Round)> {
        if !self.spend(1 + start.weight() / 8) {
            return None;
        }
        self.heap = start.clone();
        for name in of.names {
            self.namespace_set(of.scope, name, Val::unknown(OTHER_ROUND));
            // What binds it from here on is noted anew.
            if let Some(entry) = self.entry_mut(of.scope, name) {
                entry.events = None;
            }
        }
        let pending = self.pending.len();
        let flow = match self.assign(&it.target, item) {
            Ok(()) => self.block(&it.body),
            Err(flow) => flow,
        };
        if self.pending.len() != pending || self.exhausted {
            return None;
        }
        Some((flow, self.effects_of(start, of)?))
    }

    /// The state after all rounds.
    fn conclude(&mut self, start: &Heap, of: &Loop<'_>, total: Total) -> Option<Flow> {
        let flow = match total.left {
            Some(_) if !total.additions.is_empty() => return None,
            Some((flow, heap)) => {
                self.heap = heap;
                for name in of.names {
                    let is_bound = self.is_bound_in_round(of.scope, name) != Some(false);
                    if !is_bound && !total.names.contains_key(name) {
                        self.rebind(of.scope, name, start);
                    }
                }
                return Some(flow);
            }
            None => Flow::Normal,
        };
        self.heap = start.clone();
        for (name, (value, events)) in total.names {
            self.namespace_set(of.scope, &name, value);
            if let Some(entry) = self.entry_mut(of.scope, &name) {
                for event in events.iter().flat_map(|events| events.iter()) {
                    super::heap::add_event(&mut entry.events, *event);
                }
            }
        }
        for (id, key, value) in total.additions {
            self.touch(id);
            if let Some(slot) = self.heap.slot_mut(id)
                && let Object::Set { items, .. } = &mut slot.object
            {
                items.entry(key).or_insert(value);
            }
        }
        Some(flow)
    }

    fn entry_mut(&mut self, scope: Id, name: &str) -> Option<&mut Entry> {
        self.dict_mut(scope)?.entries.get_mut(&super::heap::StrKey(name))
    }

    /// Whether a round has bound a name; `None` where it is not there any more.
    fn is_bound_in_round(&self, scope: Id, name: &str) -> Option<bool> {
        let entry = self.dict(scope)?.entries.get(&super::heap::StrKey(name))?;
        Some(entry.events.is_some())
    }

    /// Binds a name as it is bound in another state.
    fn rebind(&mut self, scope: Id, name: &str, from: &Heap) {
        let value = match from.object(scope) {
            Some(Object::Dict(dict)) => dict.get(name).cloned(),
            _ => None,
        };
        match value {
            Some(value) => self.namespace_set(scope, name, value),
            None => {
                if let Some(dict) = self.dict_mut(scope) {
                    dict.entries.shift_remove(&super::heap::StrKey(name));
                }
            }
        }
    }

    /// What a round did, where that is no more than binding names and adding to sets.
    fn effects_of(&self, start: &Heap, of: &Loop<'_>) -> Option<Round> {
        let mut round = Round::default();
        for id in self.changes(start, &self.heap) {
            match (start.object(id)?, self.heap.object(id)?) {
                (Object::Dict(old), Object::Dict(new)) if id == of.scope => {
                    let is_own =
                        |key: &Key| matches!(key, Key::Str(name) if of.names.contains(name));
                    let changed = new.entries.iter().any(|(key, entry)| {
                        let same = old.entries.get(key).is_some_and(|e| e.value.same(&entry.value));
                        !same && !is_own(key)
                    });
                    let lost = old.entries.keys().any(|key| !new.entries.contains_key(key));
                    if changed || lost || new.open.is_some() != old.open.is_some() {
                        return None;
                    }
                }
                (Object::Set { items: old, .. }, Object::Set { items: new, .. }) => {
                    let is_known = self.is_only_added_to(start, id, of);
                    if !is_known || old.keys().any(|key| !new.contains_key(key)) {
                        return None;
                    }
                    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
                        if !is_plain(value) {
                            return None;
                        }
                        round.additions.push((id, key.clone(), value.clone()));
                    }
                }
                _ => return None,
            }
        }
        for name in of.names {
            if self.is_bound_in_round(of.scope, name)? {
                let entry = self.dict(of.scope)?.entries.get(&super::heap::StrKey(name))?;
                round.names.push((name.clone(), entry.value.clone(), entry.events.clone()));
            }
        }
        Some(round)
    }

    /// Whether a set is one that the loop's body adds to by its name, and does not read.
    fn is_only_added_to(&self, start: &Heap, id: Id, of: &Loop<'_>) -> bool {
        let Some(Object::Dict(namespace)) = start.object(of.scope) else { return false };
        let mut named =
            namespace.entries.iter().filter(|(_, entry)| entry.value.as_id() == Some(id));
        match (named.next(), named.next()) {
            (Some((Key::Str(name), _)), None) => {
                of.sets.added.contains(&**name) && !of.sets.read.contains(&**name)
            }
            _ => false,
        }
    }
}

/// Why a name is not known that another round may bind.
const OTHER_ROUND: &str = "another round of the loop may have set it, and their order is not known";

/// A loop whose rounds are compared.
struct Loop<'l> {
    scope: Id,
    /// The names that its rounds bind.
    names: &'l std::collections::HashSet<Rc<str>>,
    sets: &'l SetsWritten,
}

/// The names of a loop's target.
fn target_names(target: &Expr, names: &mut std::collections::HashSet<Rc<str>>) {
    match target {
        Expr::Name(name) => {
            names.insert(Rc::from(name.id.as_str()));
        }
        Expr::Tuple(it) => it.elts.iter().for_each(|target| target_names(target, names)),
        Expr::List(it) => it.elts.iter().for_each(|target| target_names(target, names)),
        Expr::Starred(it) => target_names(&it.value, names),
        _ => {}
    }
}

/// A text, number or path, or a tuple of such.
fn is_plain(value: &Val) -> bool {
    match &value.kind {
        Kind::Tuple(items) => items.iter().all(is_plain),
        Kind::Ref(_) | Kind::Unknown(_) | Kind::OneOf(_) => false,
        _ => true,
    }
}

/// What one round did.
#[derive(Default)]
struct Round {
    names: Vec<(Rc<str>, Val, Events)>,
    additions: Vec<(Id, Key, Val)>,
}

/// What all rounds did.
#[derive(Default)]
struct Total {
    names: std::collections::BTreeMap<Rc<str>, (Val, Events)>,
    additions: Vec<(Id, Key, Val)>,
    left: Option<(Flow, Heap)>,
}

impl Total {
    /// A name has the value that every round which binds it gives it.
    fn add(&mut self, round: Round, is_certain: bool) {
        for (name, value, events) in round.names {
            let known = self.names.get(&name);
            let agrees = known.map_or(is_certain, |(known, _)| known.same(&value));
            let value = if agrees && is_plain(&value) { value } else { Val::unknown(DISK) };
            self.names.insert(name, (value, events));
        }
        self.additions.extend(round.additions);
    }
}

/// The names that a loop's body adds to, `NAME.add(…)`, and those that it reads in other ways.
#[derive(Default)]
struct SetsWritten {
    added: std::collections::HashSet<String>,
    read: std::collections::HashSet<String>,
}

impl<'a> ast::visitor::Visitor<'a> for SetsWritten {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                if let Expr::Attribute(function) = &*call.func
                    && let Expr::Name(name) = &*function.value
                    && matches!(function.attr.as_str(), "add" | "update")
                {
                    self.added.insert(name.id.to_string());
                    ast::visitor::walk_arguments(self, &call.arguments);
                    return;
                }
                ast::visitor::walk_expr(self, expression);
            }
            Expr::Name(name) => {
                self.read.insert(name.id.to_string());
            }
            _ => ast::visitor::walk_expr(self, expression),
        }
    }
}

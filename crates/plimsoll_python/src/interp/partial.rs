//! Lists of which a part is known: what is certain to be in them, and where further items may be.

use std::fmt;
use std::rc::Rc;

use super::Interp;
use super::any_order::Unordered;
use super::heap::Object;
use super::native::{Call, Outcome, Raise};
use super::value::{Id, Kind, Val};

/// How many known items are kept.
const MAX_ITEMS: usize = 2_000;

/// Content that is not known, or not all of it.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    /// Why; for people.
    pub(crate) reason: Rc<str>,
    /// Of a list: its items in order, `None` for any number of items that are not known. Empty
    /// where nothing is known, not even that it is a list.
    pub(crate) items: Rc<[Option<Val>]>,
    /// Items that are all known, in an order that is not.
    pub(crate) unordered: Option<Rc<Unordered>>,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Lost {
    /// Nothing is known.
    pub(crate) fn of(reason: impl Into<Rc<str>>) -> Self {
        Self { reason: reason.into(), items: Rc::from([]), unordered: None }
    }

    /// A list with these items.
    fn list(reason: &Rc<str>, mut items: Vec<Option<Val>>) -> Self {
        items.dedup_by(|a, b| a.is_none() && b.is_none());
        if items.len() > MAX_ITEMS || items.iter().all(Option::is_none) {
            return Self::of(reason.clone());
        }
        Self { reason: reason.clone(), items: Rc::from(items), unordered: None }
    }

    /// Whether it is a list of which something is known.
    pub(crate) fn is_list(&self) -> bool {
        !self.items.is_empty()
    }

    /// The items that are certain to be in it.
    pub(crate) fn known(&self) -> impl Iterator<Item = &Val> {
        self.items.iter().flatten()
    }

    /// Whether two know the same.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let same_items = match (&self.unordered, &other.unordered) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        same_items
            && self.items.len() == other.items.len()
            && self.items.iter().zip(other.items.iter()).all(|pair| match pair {
                (Some(a), Some(b)) => a.same(b),
                (None, None) => true,
                _ => false,
            })
    }
}

/// The items of a list, all or partly known.
fn parts(object: &Object) -> Option<Vec<Option<Val>>> {
    match object {
        Object::List(items) => Some(items.iter().cloned().map(Some).collect()),
        Object::Havoc(lost) if lost.is_list() => Some(lost.items.to_vec()),
        _ => None,
    }
}

/// The content that is one of several: what all lists begin and end with stays known.
pub(crate) fn merged(objects: &[&Object], reason: &Rc<str>) -> Object {
    let mut common: Option<Vec<Option<Val>>> = None;
    let each = objects.iter().flat_map(|object| match object {
        Object::Choice(choices) => choices.iter().map(|choice| &**choice).collect(),
        object => vec![*object],
    });
    for object in each {
        let Some(items) = parts(object) else { return Object::Havoc(Lost::of(reason.clone())) };
        common = Some(match common {
            None => items,
            Some(before) => ends(&before, &items),
        });
    }
    Object::Havoc(Lost::list(reason, common.unwrap_or_default()))
}

/// The known items that both begin with, anything, and the known items that both end with.
fn ends(left: &[Option<Val>], right: &[Option<Val>]) -> Vec<Option<Val>> {
    let same = |pair: &(&Option<Val>, &Option<Val>)| match pair {
        (Some(a), Some(b)) => a.same(b) && !a.is_unknown(),
        _ => false,
    };
    let start = left.iter().zip(right).take_while(same).count();
    let most = left.len().min(right.len()) - start;
    let end = left.iter().rev().zip(right.iter().rev()).take_while(same).count().min(most);
    let mut items: Vec<Option<Val>> = left.iter().take(start).cloned().collect();
    items.push(None);
    items.extend(left.iter().skip(left.len() - end).cloned());
    items
}

impl Interp<'_> {
    /// What is known of a partly known list.
    pub(crate) fn partial(&self, value: &Val) -> Option<&Lost> {
        match self.object(value)? {
            Object::Havoc(lost) if lost.is_list() => Some(lost),
            _ => None,
        }
    }

    /// The items of a list or of what is added to one; anything may be in what is not known.
    fn parts_of(&self, value: &Val) -> Option<Vec<Option<Val>>> {
        match &value.kind {
            Kind::Unknown(_) => Some(vec![None]),
            Kind::Ref(id) => match self.heap.object(*id)? {
                Object::Havoc(lost) if !lost.is_list() => Some(vec![None]),
                object => parts(object),
            },
            _ => None,
        }
    }

    /// `left + right` where one is a list, known in part or whole, and the other not wholly known.
    pub(crate) fn partial_sum(&mut self, left: &Val, right: &Val) -> Option<Val> {
        let is_list = |value: &Val| self.object(value).and_then(parts).is_some();
        if !is_list(left) && !is_list(right) {
            return None;
        }
        let (mut items, more) = (self.parts_of(left)?, self.parts_of(right)?);
        items.extend(more);
        let unknown = [left, right].into_iter().find(|value| {
            value.is_unknown() || matches!(self.object(value), Some(Object::Havoc(_)))
        });
        let reason = self.reason_of(unknown?);
        Some(self.new_partial(items, &reason))
    }

    /// A new list of which a part is known.
    pub(crate) fn new_partial(&mut self, items: Vec<Option<Val>>, reason: &str) -> Val {
        let lost = Lost::list(&Rc::from(reason), items);
        Val::reference(self.alloc(Object::Havoc(lost)))
    }

    fn reason_of(&self, value: &Val) -> String {
        match self.why_unknown(value).kind {
            Kind::Unknown(unknown) => unknown.reason.clone(),
            _ => String::new(),
        }
    }

    /// Nothing is known any more of the content of an object of which some was.
    pub(crate) fn lose(&mut self, value: &Val) {
        let Some(Object::Havoc(lost)) = self.object(value) else { return };
        if (lost.is_list() || lost.unordered.is_some())
            && let Some(id) = value.as_id()
        {
            let reason = lost.reason.clone();
            self.replace(id, Object::Havoc(Lost::of(reason)));
        }
    }

    /// `list.extend` of a list by what is not known, or of a partly known list.
    pub(crate) fn extend_partly(&mut self, id: Id, source: &Val) {
        self.lose_order(id);
        let Some(mut items) = self.heap.object(id).and_then(parts) else { return };
        let reason = match self.heap.object(id) {
            Some(Object::Havoc(lost)) => lost.reason.clone(),
            _ => {
                let reason = self.reason_of(source);
                Rc::from(format!("it was extended by what is not known: {reason}"))
            }
        };
        items.extend(self.parts_of(source).unwrap_or_else(|| vec![None]));
        self.replace(id, Object::Havoc(Lost::list(&reason, items)));
    }

    /// A method of a partly known list.
    pub(crate) fn partial_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let (Some(id), Some(lost)) = (this.as_id(), self.partial(this).cloned()) else {
            return Ok(self.why_unknown(this));
        };
        let first = call.positional.first().cloned();
        let control = self.control.clone();
        let mut items = lost.items.to_vec();
        match (name, first) {
            ("append", Some(item)) => items.push(Some(item.with_deps(&control))),
            ("extend", Some(source)) => {
                match self.iterate(&source)? {
                    Some(more) => {
                        if !self.spend(more.len() as u64) {
                            return Ok(Val::NONE);
                        }
                        let deps = super::value::union(&source.deps, &control);
                        items.extend(more.into_iter().map(|item| Some(item.with_deps(&deps))));
                    }
                    None => {
                        self.extend_partly(id, &source);
                        return Ok(Val::NONE);
                    }
                };
            }
            ("insert", Some(at)) if call.positional.len() == 2 => {
                let before_unknown = items.iter().take_while(|item| item.is_some()).count();
                let at = at.as_i64().and_then(|at| usize::try_from(at).ok());
                match (at.filter(|at| *at <= before_unknown), call.positional.get(1)) {
                    (Some(at), Some(item)) => {
                        items.insert(at, Some(item.clone().with_deps(&control)));
                    }
                    _ => items.clear(),
                }
            }
            ("copy", None) => return Ok(self.new_partial(items, &lost.reason)),
            ("index" | "count", _) => {
                self.may_raise(&lost.reason);
                return Ok(self.why_unknown(this));
            }
            ("clear", None) => {
                self.replace(id, Object::List(Vec::new()));
                return Ok(Val::NONE);
            }
            ("remove", Some(item)) => match self.first_known(&items, &item)? {
                Some(at) => {
                    items.remove(at);
                }
                None => {
                    self.may_raise(&lost.reason);
                    items.clear();
                }
            },
            _ => {
                self.may_raise(&lost.reason);
                self.lose(this);
                return Ok(self.why_unknown(this));
            }
        }
        self.replace(id, Object::Havoc(Lost::list(&lost.reason, items)));
        Ok(Val::NONE)
    }

    /// The place of the first item that equals another, where nothing before it can.
    fn first_known(&mut self, items: &[Option<Val>], item: &Val) -> Result<Option<usize>, Raise> {
        for (at, known) in items.iter().enumerate() {
            let Some(known) = known else { return Ok(None) };
            match self.equal(known, item)? {
                Some(true) => return Ok(Some(at)),
                Some(false) => {}
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Whether an item is in a partly known list: that it is not is never known.
    pub(crate) fn partly_contains(
        &mut self,
        lost: &Lost,
        item: &Val,
    ) -> Result<Option<bool>, Raise> {
        let (known, others): (Vec<Val>, Option<Vec<Val>>) = match &lost.unordered {
            Some(all) => (all.items.clone(), Some(all.perhaps.clone())),
            None => (lost.known().cloned().collect(), None),
        };
        let mut is_certain = others.is_some();
        for known in &known {
            if !self.spend(1) {
                return Ok(None);
            }
            match self.equal(known, item)? {
                Some(true) => return Ok(Some(true)),
                Some(false) => {}
                None => is_certain = false,
            }
        }
        for other in others.iter().flatten() {
            is_certain &= self.equal(other, item)? == Some(false);
        }
        Ok(is_certain.then_some(false))
    }
}

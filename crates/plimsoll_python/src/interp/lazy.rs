//! Iterators that take their items only when asked: `enumerate(x)`, `zip(x, y)`, generator expressions.
//! Here the items are taken at once; where what they come from changes before they are asked for,
//! they are not known.

use std::collections::HashSet;
use std::rc::Rc;

use super::Interp;
use super::heap::{Object, Slot};
use super::loops::same_content;
use super::partial::Lost;
use super::value::{Id, Val};
use crate::syntax::ast::{self, Comprehension, Expr};

/// What the items of an iterator come from, as it was when they were taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    objects: Vec<(Id, Rc<Slot>)>,
    /// Names that the code reads which makes the items, with their namespaces.
    names: Vec<(Id, Rc<str>, Val)>,
}

impl Interp<'_> {
    /// An iterator over items that come from these objects.
    pub(crate) fn new_iterator(&mut self, items: Vec<Val>, sources: &[Val]) -> Val {
        let mut origins = Origins::default();
        for source in sources {
            self.add_origin(&mut origins, source);
        }
        self.iterator_from(items, origins)
    }

    /// An iterator over the items of a generator expression.
    pub(crate) fn new_generator(
        &mut self,
        items: Vec<Val>,
        source: Option<&Val>,
        element: &Expr,
        generators: &[Comprehension],
    ) -> Val {
        let mut origins = Origins::default();
        if let Some(source) = source {
            self.add_origin(&mut origins, source);
        }
        let mut names = NamesRead::default();
        ast::visitor::Visitor::visit_expr(&mut names, element);
        for (at, generator) in generators.iter().enumerate() {
            // The first iterable is evaluated at once.
            if at > 0 {
                ast::visitor::Visitor::visit_expr(&mut names, &generator.iter);
            }
            for condition in &generator.ifs {
                ast::visitor::Visitor::visit_expr(&mut names, condition);
            }
        }
        let scopes: Vec<Id> = match self.frames.last() {
            Some(it) => [it.scope].into_iter().chain(it.chain.iter().copied()).collect(),
            None => Vec::new(),
        };
        let module = self.frames.last().map(|frame| frame.module);
        for name in names.0 {
            let mut places = scopes.iter().copied().chain(module);
            let found = places.find_map(|id| Some((id, self.namespace_get(id, &name)?)));
            if let Some((id, value)) = found {
                self.add_origin(&mut origins, &value);
                origins.names.push((id, name, value));
            }
        }
        self.iterator_from(items, origins)
    }

    fn iterator_from(&mut self, items: Vec<Val>, origins: Origins) -> Val {
        let id = self.alloc(Object::Iterator(items, 0));
        if !origins.objects.is_empty() || !origins.names.is_empty() {
            self.origins.insert(id, Rc::new(origins));
        }
        Val::reference(id)
    }

    fn add_origin(&self, origins: &mut Origins, source: &Val) {
        let Some(id) = source.as_id() else { return };
        if let Some(inner) = self.origins.get(&id) {
            origins.objects.extend(inner.objects.iter().cloned());
            origins.names.extend(inner.names.iter().cloned());
        }
        let Some(slot) = self.heap.slot(id) else { return };
        if matches!(slot.object, Object::List(_) | Object::Dict(_) | Object::Set { .. }) {
            origins.objects.push((id, slot.clone()));
        }
    }

    /// Whether what an iterator's items come from has changed since they were taken.
    pub(crate) fn is_stale(&self, iterator: &Val) -> bool {
        let Some(origins) = iterator.as_id().and_then(|id| self.origins.get(&id)) else {
            return false;
        };
        let changed = |(id, before): &(Id, Rc<Slot>)| match self.heap.slot(*id) {
            Some(now) => !Rc::ptr_eq(now, before) && !same_content(&before.object, &now.object),
            None => true,
        };
        let rebound = |(scope, name, before): &(Id, Rc<str>, Val)| {
            self.namespace_get(*scope, name).is_none_or(|now| !now.same(before))
        };
        origins.objects.iter().any(changed) || origins.names.iter().any(rebound)
    }

    /// The items of an iterator are not known any more where it is stale; whether it is.
    pub(crate) fn refresh(&mut self, iterator: &Val) -> bool {
        let has_more = match self.object(iterator) {
            Some(Object::Iterator(items, at)) => *at < items.len(),
            _ => false,
        };
        let stale = self.is_stale(iterator);
        // One that has come to its end stays there.
        if stale
            && has_more
            && let Some(id) = iterator.as_id()
        {
            let reason = "what it goes through was changed before it was asked for its items";
            self.replace(id, Object::Havoc(Lost::of(reason)));
        }
        stale && has_more
    }
}

/// Names that an expression reads.
#[derive(Default)]
struct NamesRead(HashSet<Rc<str>>);

impl<'a> ast::visitor::Visitor<'a> for NamesRead {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.0.insert(Rc::from(name.id.as_str()));
        }
        ast::visitor::walk_expr(self, expression);
    }
}

//! Loops.

use std::rc::Rc;

use super::heap::{Heap, Object};
use super::native::Raise;
use super::partial::{Lost, merged};
use super::value::{Id, Val};
use super::{Flow, Interp, Pending};
use crate::syntax::ast::{self, Stmt};

/// How often the body of a loop over the unknown is run until what it changes settles.
const MAX_ROUNDS: usize = 6;

impl Interp<'_> {
    pub(crate) fn for_statement(&mut self, it: &ast::StmtFor) -> Result<Flow, Raise> {
        self.taking(|interp| interp.for_loop(it))
    }

    fn for_loop(&mut self, it: &ast::StmtFor) -> Result<Flow, Raise> {
        let source = self.eval(&it.iter)?;
        if !it.is_async
            && self.is_unordered(&source)
            && let Some(flow) = self.rounds_in_any_order(it, &source)
        {
            return Ok(self.finish_loop(flow, Vec::new(), &it.orelse));
        }
        let items = if it.is_async { None } else { self.iterate(&source)? };
        let from = self.pending.len();
        let mut broken: Vec<Pending> = Vec::new();
        let Some(items) = items else {
            let unknown = self.why_unknown(&source);
            let flow = self.loop_over_unknown(from, &mut broken, |interp| {
                match interp.assign(&it.target, unknown.clone()) {
                    Ok(()) => interp.block(&it.body),
                    Err(flow) => flow,
                }
            });
            return Ok(self.finish_loop(flow, broken, &it.orelse));
        };
        let mut flow = Flow::Normal;
        let mut at = 0;
        loop {
            // A list that changes while it is iterated gives what it holds by then.
            match self.live_items(&source, items.len()) {
                Live::Fixed => {}
                Live::List => {}
                Live::Unknown => {
                    let unknown = self.why_unknown(&source);
                    flow = self.loop_over_unknown(from, &mut broken, |interp| {
                        match interp.assign(&it.target, unknown.clone()) {
                            Ok(()) => interp.block(&it.body),
                            Err(flow) => flow,
                        }
                    });
                    break;
                }
                Live::Raised => {
                    return Err(
                        self.raise("RuntimeError", "dictionary changed size during iteration")
                    );
                }
            }
            let item = match self.object(&source) {
                Some(Object::List(now)) => now.get(at).cloned(),
                _ => items.get(at).cloned(),
            };
            let Some(item) = item else { break };
            at += 1;
            if !self.step() {
                break;
            }
            let item = item.with_deps(&source.deps);
            flow = match self.assign(&it.target, item) {
                Ok(()) => self.block(&it.body),
                Err(flow) => flow,
            };
            flow = self.end_of_round(from, flow, &mut broken);
            if !matches!(flow, Flow::Normal) {
                break;
            }
        }
        Ok(self.finish_loop(flow, broken, &it.orelse))
    }

    /// What an iterated object holds by now.
    fn live_items(&self, source: &Val, before: usize) -> Live {
        match self.object(source) {
            Some(Object::List(_)) => Live::List,
            Some(Object::Dict(dict)) if dict.entries.len() != before => Live::Raised,
            Some(Object::Havoc(_) | Object::Choice(_)) => Live::Unknown,
            Some(Object::Iterator(..)) if self.is_stale(source) => Live::Unknown,
            _ => Live::Fixed,
        }
    }

    pub(crate) fn while_statement(&mut self, it: &ast::StmtWhile) -> Result<Flow, Raise> {
        self.taking(|interp| interp.while_loop(it))
    }

    fn while_loop(&mut self, it: &ast::StmtWhile) -> Result<Flow, Raise> {
        let from = self.pending.len();
        let mut broken = Vec::new();
        let mut flow = Flow::Normal;
        loop {
            if !self.step() {
                self.spoil_block(&it.body);
                break;
            }
            let test = self.eval(&it.test)?;
            self.decide(&test);
            match self.decided_truth(&test)? {
                Some(false) => break,
                Some(true) => {
                    flow = self.block(&it.body);
                    flow = self.end_of_round(from, flow, &mut broken);
                    if !matches!(flow, Flow::Normal) {
                        break;
                    }
                }
                None => {
                    flow = self.loop_over_unknown(from, &mut broken, |interp| {
                        let _ = interp.eval(&it.test);
                        interp.block(&it.body)
                    });
                    break;
                }
            }
        }
        Ok(self.finish_loop(flow, broken, &it.orelse))
    }

    /// Takes what `continue` left into the end of the round, and puts aside what broke out.
    fn end_of_round(&mut self, from: usize, flow: Flow, broken: &mut Vec<Pending>) -> Flow {
        let waiting = self.take_pending(from, |flow| matches!(flow, Flow::Continue | Flow::Break));
        let mut flow = match flow {
            Flow::Continue => Flow::Normal,
            other => other,
        };
        for pending in waiting {
            if matches!(pending.flow, Flow::Break) {
                broken.push(pending);
                continue;
            }
            if matches!(flow, Flow::Normal) {
                let heap = std::mem::take(&mut self.heap);
                self.heap = self.join_heaps(&heap, &pending.heap);
            } else {
                let heap = std::mem::replace(&mut self.heap, pending.heap);
                match flow {
                    Flow::Break => broken.push(Pending { flow, heap }),
                    other => self.wait(other, heap),
                }
                flow = Flow::Normal;
            }
        }
        flow
    }

    fn finish_loop(&mut self, flow: Flow, broken: Vec<Pending>, orelse: &[Stmt]) -> Flow {
        let mut flow = match flow {
            Flow::Normal if !orelse.is_empty() => {
                if broken.is_empty() {
                    self.block(orelse)
                } else {
                    self.uncertain += 1;
                    let flow = self.block(orelse);
                    self.uncertain -= 1;
                    flow
                }
            }
            Flow::Break => Flow::Normal,
            other => other,
        };
        for pending in broken {
            if matches!(flow, Flow::Normal) {
                let heap = std::mem::take(&mut self.heap);
                self.heap = self.join_heaps(&heap, &pending.heap);
            } else {
                let heap = std::mem::replace(&mut self.heap, pending.heap);
                self.wait(flow, heap);
                flow = Flow::Normal;
            }
        }
        flow
    }

    /// A loop whose rounds cannot be counted: runs the body until what it changes is known to be
    /// unknown.
    fn loop_over_unknown(
        &mut self,
        from: usize,
        broken: &mut Vec<Pending>,
        mut body: impl FnMut(&mut Self) -> Flow,
    ) -> Flow {
        self.uncertain += 1;
        for round in 0..MAX_ROUNDS {
            let before = self.heap.clone();
            let flow = body(self);
            let flow = self.end_of_round(from, flow, broken);
            match flow {
                Flow::Normal => {}
                Flow::Break => {
                    let heap = std::mem::replace(&mut self.heap, before.clone());
                    broken.push(Pending { flow: Flow::Break, heap });
                }
                other => {
                    let heap = std::mem::replace(&mut self.heap, before.clone());
                    self.wait(other, heap);
                }
            }
            let after = self.heap.clone();
            let joined = self.join_heaps(&before, &after);
            let changed = self.changes(&before, &joined);
            self.heap = joined;
            if changed.is_empty() {
                break;
            }
            if round > 0 {
                self.widen(&before, &changed);
            }
        }
        self.uncertain -= 1;
        Flow::Normal
    }

    /// The objects of the first heap that are not the same in the second.
    pub(super) fn changes(&self, before: &Heap, after: &Heap) -> Vec<Id> {
        before
            .differences(after)
            .into_iter()
            .filter(|(_, old, new)| match (old, new) {
                (Some(old), Some(new)) => !same_content(&old.object, &new.object),
                _ => false,
            })
            .map(|(id, ..)| id)
            .collect()
    }

    /// Makes what changes from round to round unknown.
    fn widen(&mut self, before: &Heap, changed: &[Id]) {
        let reason: Rc<str> = Rc::from("it is changed in a loop whose rounds are not known");
        for id in changed {
            let old = before.object(*id).cloned();
            let Some(slot) = self.heap.slot_mut(*id) else { continue };
            match (&mut slot.object, old) {
                (Object::Dict(dict), Some(Object::Dict(old))) if dict.namespace => {
                    for (key, entry) in &mut dict.entries {
                        let same = old.entries.get(key).is_some_and(|e| e.value.same(&entry.value));
                        if !same {
                            entry.value = Val::unknown(&*reason);
                        }
                    }
                }
                (object, Some(old)) => {
                    let content = merged(&[&old, object], &reason);
                    *object = content;
                }
                (object, None) => *object = Object::Havoc(Lost::of(reason.clone())),
            }
        }
    }
}

/// The content of an object that is being iterated.
enum Live {
    /// It cannot change.
    Fixed,
    /// A list, read item by item.
    List,
    Unknown,
    /// A dict that changed its size.
    Raised,
}

/// Whether two contents are the same as far as a loop is concerned.
pub(super) fn same_content(left: &Object, right: &Object) -> bool {
    match (left, right) {
        (Object::Dict(a), Object::Dict(b)) => {
            a.entries.len() == b.entries.len()
                && a.open.is_some() == b.open.is_some()
                && a.entries
                    .iter()
                    .zip(&b.entries)
                    .all(|((k, x), (l, y))| k == l && x.value.same(&y.value))
        }
        (Object::List(a), Object::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
        }
        (Object::Set { items: a, .. }, Object::Set { items: b, .. }) => a.keys().eq(b.keys()),
        (Object::Iterator(_, a), Object::Iterator(_, b)) => a == b,
        (Object::Havoc(a), Object::Havoc(b)) => a.same(b),
        (Object::Choice(a), Object::Choice(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| Rc::ptr_eq(a, b))
        }
        (Object::Instance { class: a, .. }, Object::Instance { class: b, .. }) => a == b,
        (Object::Havoc(_) | Object::Choice(_), _) | (_, Object::Havoc(_) | Object::Choice(_)) => {
            false
        }
        (Object::Function(a), Object::Function(b)) => Rc::ptr_eq(&a.code, &b.code),
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

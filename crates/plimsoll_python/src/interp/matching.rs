//! `match`. Names are bound once a whole pattern matches, before its guard, as CPython does.

use super::heap::{Builtin, Dict, Object};
use super::native::{Call, Raise};
use super::value::{Kind, Val};
use super::{Flow, Interp};
use crate::syntax::ast::{self, MatchCase, Pattern};

/// Classes whose one positional pattern is matched against the value itself.
const PLAIN: &[Builtin] = &[
    Builtin::Bool,
    Builtin::Bytearray,
    Builtin::Bytes,
    Builtin::Dict,
    Builtin::Float,
    Builtin::Frozenset,
    Builtin::Int,
    Builtin::List,
    Builtin::Set,
    Builtin::Str,
    Builtin::Tuple,
];

/// The names that a pattern binds.
type Captures<'a> = Vec<(&'a ast::Identifier, Val)>;

/// Whether a pattern matches; `None` where it is not known.
type Matched = Result<Option<bool>, Raise>;

impl Interp<'_> {
    pub(crate) fn match_statement(&mut self, it: &ast::StmtMatch) -> Result<Flow, Raise> {
        let subject = self.eval(&it.subject)?;
        self.decide(&subject);
        Ok(self.with_control(&subject, |interp| interp.alternatives(&subject, &it.cases)))
    }

    /// The cases for each value that the subject may be.
    fn alternatives(&mut self, subject: &Val, cases: &[MatchCase]) -> Flow {
        if let Kind::OneOf(candidates) = &subject.kind {
            let candidates = candidates.clone();
            return self.fork_flow(candidates.len(), |interp, at| match candidates.get(at) {
                Some(candidate) => {
                    let candidate = candidate.clone().with_deps(&subject.deps);
                    interp.alternatives(&candidate, cases)
                }
                None => Flow::Normal,
            });
        }
        if let Some(id) = subject.as_id()
            && let Some(Object::Choice(choices)) = self.heap.object(id)
        {
            let choices = choices.clone();
            return self.fork_flow(choices.len(), |interp, at| {
                if let (Some(choice), Some(slot)) = (choices.get(at), interp.heap.slot_mut(id)) {
                    slot.object = (**choice).clone();
                }
                interp.cases(subject, cases)
            });
        }
        self.cases(subject, cases)
    }

    fn cases(&mut self, subject: &Val, cases: &[MatchCase]) -> Flow {
        let Some((case, rest)) = cases.split_first() else { return Flow::Normal };
        let mut captures = Vec::new();
        match self.pattern(&case.pattern, subject, &mut captures) {
            Err(raise) => Flow::Raise(raise),
            Ok(Some(false)) => self.cases(subject, rest),
            Ok(Some(true)) => self.guarded(subject, case, captures, rest),
            Ok(None) => self.fork_flow(2, |interp, at| {
                if at == 0 {
                    interp.guarded(subject, case, captures.clone(), rest)
                } else {
                    interp.cases(subject, rest)
                }
            }),
        }
    }

    /// A case whose pattern matches.
    fn guarded(
        &mut self,
        subject: &Val,
        case: &MatchCase,
        captures: Captures<'_>,
        rest: &[MatchCase],
    ) -> Flow {
        for (name, value) in captures {
            let event = self.event(name);
            self.bind(name, value, event);
        }
        let Some(guard) = &case.guard else { return self.block(&case.body) };
        match self.eval(guard).and_then(|guard| self.decided_truth(&guard)) {
            Ok(Some(true)) => self.block(&case.body),
            Ok(Some(false)) => self.cases(subject, rest),
            Ok(None) => self.fork_flow(2, |interp, at| {
                if at == 0 { interp.block(&case.body) } else { interp.cases(subject, rest) }
            }),
            Err(raise) => Flow::Raise(raise),
        }
    }

    fn pattern<'a>(
        &mut self,
        pattern: &'a Pattern,
        subject: &Val,
        captures: &mut Captures<'a>,
    ) -> Matched {
        match pattern {
            Pattern::MatchValue(it) => {
                let value = self.eval(&it.value)?;
                let answer = self.compare(ast::CmpOp::Eq, subject, &value)?;
                self.decided_truth(&answer)
            }
            Pattern::MatchSingleton(it) => {
                let value = match it.value {
                    ast::Singleton::None => Val::NONE,
                    ast::Singleton::True => Val::bool(true),
                    ast::Singleton::False => Val::bool(false),
                };
                let answer = self.compare(ast::CmpOp::Is, subject, &value)?;
                self.decided_truth(&answer)
            }
            Pattern::MatchAs(it) => {
                let matched = match &it.pattern {
                    Some(pattern) => self.pattern(pattern, subject, captures)?,
                    None => Some(true),
                };
                if let Some(name) = &it.name {
                    captures.push((name, subject.clone()));
                }
                Ok(matched)
            }
            Pattern::MatchOr(it) => self.any_pattern(&it.patterns, subject, captures),
            Pattern::MatchSequence(it) => self.sequence_pattern(&it.patterns, subject, captures),
            Pattern::MatchStar(_) => Ok(Some(true)),
            Pattern::MatchMapping(it) => self.mapping_pattern(it, subject, captures),
            Pattern::MatchClass(it) => self.class_pattern(it, subject, captures),
        }
    }

    fn any_pattern<'a>(
        &mut self,
        patterns: &'a [Pattern],
        subject: &Val,
        captures: &mut Captures<'a>,
    ) -> Matched {
        let mut undecided = false;
        for pattern in patterns {
            let mut own = Vec::new();
            match self.pattern(pattern, subject, &mut own)? {
                Some(false) => {}
                Some(true) if !undecided => {
                    captures.extend(own);
                    return Ok(Some(true));
                }
                Some(true) => {
                    self.lost_captures(pattern, subject, captures);
                    return Ok(Some(true));
                }
                None => undecided = true,
            }
        }
        if undecided {
            // Which of them matches, and so what the names are, is not known.
            if let Some(pattern) = patterns.first() {
                self.lost_captures(pattern, subject, captures);
            }
            return Ok(None);
        }
        Ok(Some(false))
    }

    fn sequence_pattern<'a>(
        &mut self,
        patterns: &'a [Pattern],
        subject: &Val,
        captures: &mut Captures<'a>,
    ) -> Matched {
        let subject = self.unwrapped(subject);
        let items = match (&subject.kind, self.object(&subject)) {
            (Kind::Tuple(_) | Kind::Range(..), _) | (_, Some(Object::List(_))) => {
                self.iterate(&subject)?
            }
            _ if self.is_no_container(&subject) => return Ok(Some(false)),
            _ => None,
        };
        let Some(items) = items else {
            patterns.iter().for_each(|pattern| self.lost_captures(pattern, &subject, captures));
            return Ok(None);
        };
        let star = patterns.iter().position(|pattern| matches!(pattern, Pattern::MatchStar(_)));
        let fits = match star {
            Some(_) => items.len() + 1 >= patterns.len(),
            None => items.len() == patterns.len(),
        };
        if !fits {
            return Ok(Some(false));
        }
        let extra = (items.len() + 1).saturating_sub(patterns.len());
        let mut rest = items.into_iter();
        let mut answer = Some(true);
        for pattern in patterns {
            if let Pattern::MatchStar(it) = pattern {
                let taken: Vec<Val> = rest.by_ref().take(extra).collect();
                if let Some(name) = &it.name {
                    let list = self.new_list(taken);
                    captures.push((name, list));
                }
                continue;
            }
            let Some(item) = rest.next() else { return Ok(Some(false)) };
            match self.pattern(pattern, &item, captures)? {
                Some(false) => return Ok(Some(false)),
                None => answer = None,
                Some(true) => {}
            }
        }
        Ok(answer)
    }

    /// `{"key": pattern, **rest}`.
    fn mapping_pattern<'a>(
        &mut self,
        it: &'a ast::PatternMatchMapping,
        subject: &Val,
        captures: &mut Captures<'a>,
    ) -> Matched {
        let lose = |interp: &mut Self, captures: &mut Captures<'a>| {
            it.patterns.iter().for_each(|part| interp.lost_captures(part, subject, captures));
            if let Some(name) = &it.rest {
                captures.push((name, Val::unknown(UNDECIDED)));
            }
        };
        let inner = self.unwrapped(subject);
        match self.object(&inner) {
            Some(Object::Dict(_)) => {}
            _ if self.is_no_container(&inner) => return Ok(Some(false)),
            _ => {
                lose(self, captures);
                return Ok(None);
            }
        }
        let Some(items) = self.dict_items(&inner) else {
            lose(self, captures);
            return Ok(None);
        };
        let mut answer = Some(true);
        let mut taken = Vec::new();
        for (key, pattern) in it.keys.iter().zip(&it.patterns) {
            let key = self.eval(key)?;
            let Some(hash) = self.key_of(&key) else {
                lose(self, captures);
                return Ok(None);
            };
            let found = items.iter().find(|(other, _)| self.key_of(other).as_ref() == Some(&hash));
            let Some((_, value)) = found else { return Ok(Some(false)) };
            match self.pattern(pattern, &value.clone(), captures)? {
                Some(false) => return Ok(Some(false)),
                None => answer = None,
                Some(true) => {}
            }
            taken.push(hash);
        }
        if let Some(name) = &it.rest {
            let mut rest = Dict::default();
            for (key, value) in items {
                if let Some(hash) = self.key_of(&key).filter(|hash| !taken.contains(hash)) {
                    rest.set(hash, key, value, None);
                }
            }
            let rest = Val::reference(self.alloc(Object::Dict(rest)));
            captures.push((name, rest));
        }
        Ok(answer)
    }

    /// `Class(pattern, name=pattern)`.
    fn class_pattern<'a>(
        &mut self,
        it: &'a ast::PatternMatchClass,
        subject: &Val,
        captures: &mut Captures<'a>,
    ) -> Matched {
        let class = self.eval(&it.cls)?;
        let is_instance = self.lookup_builtin("isinstance");
        let arguments = Call::of(vec![subject.clone(), class.clone()], self.here);
        let answer = self.call(&is_instance, arguments)?;
        let positional = it.arguments.patterns.as_slice();
        let keywords = it.arguments.keywords.as_slice();
        match self.decided_truth(&answer)? {
            Some(true) => {}
            Some(false) => return Ok(Some(false)),
            None => {
                let parts = positional.iter().chain(keywords.iter().map(|it| &it.pattern));
                parts.for_each(|part| self.lost_captures(part, subject, captures));
                return Ok(None);
            }
        }
        let mut parts: Vec<(Val, &'a Pattern)> = Vec::new();
        let is_plain = match self.object(&class) {
            Some(Object::Class(it)) => it.builtin.is_some_and(|it| PLAIN.contains(&it)),
            _ => false,
        };
        match positional {
            [] => {}
            [own] if is_plain => parts.push((subject.clone(), own)),
            _ => {
                let names = self.find_attribute(&class, "__match_args__")?;
                let names = match names.as_ref().map(|names| &names.kind) {
                    Some(Kind::Tuple(names)) if names.len() >= positional.len() => names.clone(),
                    _ => {
                        // Made by a decorator, or inherited from a class of the language.
                        let all = positional.iter().chain(keywords.iter().map(|it| &it.pattern));
                        all.for_each(|part| self.lost_captures(part, subject, captures));
                        self.may_raise(UNDECIDED);
                        return Ok(None);
                    }
                };
                for (name, pattern) in names.iter().zip(positional) {
                    let name = name.as_str().unwrap_or_default().to_owned();
                    let Some(value) = self.find_attribute(subject, &name)? else {
                        return Ok(Some(false));
                    };
                    parts.push((value, pattern));
                }
            }
        }
        for keyword in keywords {
            let Some(value) = self.find_attribute(subject, &keyword.attr)? else {
                return Ok(Some(false));
            };
            parts.push((value, &keyword.pattern));
        }
        let mut answer = Some(true);
        for (value, pattern) in parts {
            match self.pattern(pattern, &value, captures)? {
                Some(false) => return Ok(Some(false)),
                None => answer = None,
                Some(true) => {}
            }
        }
        Ok(answer)
    }

    /// Whether a value is certainly neither a sequence nor a mapping to a pattern, where it is none
    /// of the language's own that are.
    fn is_no_container(&self, value: &Val) -> bool {
        match (&value.kind, self.object(value)) {
            (Kind::Unknown(_) | Kind::OneOf(_), _) => false,
            (_, Some(Object::Havoc(_) | Object::Choice(_))) => false,
            (_, Some(Object::Instance { class, inner: None, .. })) => {
                let Some(Object::Class(it)) = self.heap.object(*class) else { return false };
                !self.is_open_class(*class)
                    && self.find_in_class(*class, "__record__").is_none()
                    && it.mro.iter().all(|id| {
                        let name = self.class_name(*id).unwrap_or_default();
                        !["Mapping", "Sequence", "User", "deque"].iter().any(|it| name.contains(it))
                    })
            }
            (_, Some(Object::Instance { .. })) => false,
            _ => true,
        }
    }

    fn lookup_builtin(&self, name: &str) -> Val {
        self.namespace_get(self.builtins, name).unwrap_or_else(|| Val::unknown(UNDECIDED))
    }

    /// The names of a pattern that may match in a way that is not known. They may be parts of the
    /// subject, so whatever is done to them may be done to it.
    fn lost_captures<'a>(
        &mut self,
        pattern: &'a Pattern,
        subject: &Val,
        captures: &mut Captures<'a>,
    ) {
        let mut names = Vec::new();
        names_of(pattern, &mut names);
        if names.is_empty() {
            return;
        }
        self.havoc(subject, UNDECIDED);
        let unknown = Val::unknown(UNDECIDED);
        captures.extend(names.into_iter().map(|name| (name, unknown.clone())));
    }
}

const UNDECIDED: &str = "a pattern of `match` that is not decided";

/// The names that a pattern binds.
fn names_of<'a>(pattern: &'a Pattern, names: &mut Vec<&'a ast::Identifier>) {
    match pattern {
        Pattern::MatchAs(it) => {
            names.extend(&it.name);
            if let Some(pattern) = &it.pattern {
                names_of(pattern, names);
            }
        }
        Pattern::MatchStar(it) => names.extend(&it.name),
        Pattern::MatchSequence(it) => it.patterns.iter().for_each(|it| names_of(it, names)),
        Pattern::MatchOr(it) => it.patterns.iter().for_each(|it| names_of(it, names)),
        Pattern::MatchMapping(it) => {
            it.patterns.iter().for_each(|it| names_of(it, names));
            names.extend(&it.rest);
        }
        Pattern::MatchClass(it) => {
            it.arguments.patterns.iter().for_each(|it| names_of(it, names));
            it.arguments.keywords.iter().for_each(|it| names_of(&it.pattern, names));
        }
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
    }
}

//! `match`.

use super::heap::Object;
use super::native::Raise;
use super::value::{Kind, Val};
use super::{Flow, Interp};
use crate::syntax::ast::{self, MatchCase, Pattern};

impl Interp<'_> {
    pub(crate) fn match_statement(&mut self, it: &ast::StmtMatch) -> Result<Flow, Raise> {
        let subject = self.eval(&it.subject)?;
        self.decide(&subject);
        Ok(self.with_control(&subject, |interp| interp.cases(&subject, &it.cases)))
    }

    fn cases(&mut self, subject: &Val, cases: &[MatchCase]) -> Flow {
        let Some((case, rest)) = cases.split_first() else { return Flow::Normal };
        let mut matched = match self.pattern(&case.pattern, subject) {
            Ok(matched) => matched,
            Err(raise) => return Flow::Raise(raise),
        };
        if matched != Some(false)
            && let Some(guard) = &case.guard
        {
            let guard = self.eval(guard).and_then(|guard| self.decided_truth(&guard));
            match guard {
                Ok(Some(true)) => {}
                Ok(Some(false)) => matched = Some(false),
                Ok(None) => matched = None,
                Err(raise) => return Flow::Raise(raise),
            }
        }
        match matched {
            Some(true) => self.block(&case.body),
            Some(false) => self.cases(subject, rest),
            None => self.fork_flow(2, |interp, at| {
                if at == 0 { interp.block(&case.body) } else { interp.cases(subject, rest) }
            }),
        }
    }

    /// Whether a pattern matches, binding its names; `None` where it is not known.
    fn pattern(&mut self, pattern: &Pattern, subject: &Val) -> Result<Option<bool>, Raise> {
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
                    Some(pattern) => self.pattern(pattern, subject)?,
                    None => Some(true),
                };
                if matched != Some(false)
                    && let Some(name) = &it.name
                {
                    let event = self.event(name);
                    self.bind(name, subject.clone(), event);
                }
                Ok(matched)
            }
            Pattern::MatchOr(it) => {
                let mut answer = Some(false);
                for pattern in &it.patterns {
                    match self.pattern(pattern, subject)? {
                        Some(true) => return Ok(Some(true)),
                        None => answer = None,
                        Some(false) => {}
                    }
                }
                Ok(answer)
            }
            Pattern::MatchSequence(it) => self.sequence_pattern(&it.patterns, subject),
            Pattern::MatchStar(_) => Ok(Some(true)),
            Pattern::MatchMapping(_) | Pattern::MatchClass(_) => {
                self.bind_unknown(pattern);
                Ok(None)
            }
        }
    }

    fn sequence_pattern(
        &mut self,
        patterns: &[Pattern],
        subject: &Val,
    ) -> Result<Option<bool>, Raise> {
        let is_sequence = matches!(subject.kind, Kind::Tuple(_) | Kind::Range(..))
            || matches!(self.object(subject), Some(Object::List(_)));
        if subject.is_unknown() || matches!(subject.kind, Kind::OneOf(_)) {
            patterns.iter().for_each(|pattern| self.bind_unknown(pattern));
            return Ok(None);
        }
        if !is_sequence {
            return Ok(Some(false));
        }
        let Some(items) = self.iterate(subject)? else { return Ok(None) };
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
                    let event = self.event(name);
                    self.bind(name, list, event);
                }
                continue;
            }
            let Some(item) = rest.next() else { return Ok(Some(false)) };
            match self.pattern(pattern, &item)? {
                Some(false) => return Ok(Some(false)),
                None => answer = None,
                Some(true) => {}
            }
        }
        Ok(answer)
    }

    /// Binds the names of a pattern that is not followed.
    fn bind_unknown(&mut self, pattern: &Pattern) {
        let unknown = || Val::unknown("a form of `match` pattern that is not modelled");
        match pattern {
            Pattern::MatchAs(it) => {
                if let Some(name) = &it.name {
                    let event = self.event(name);
                    self.bind(name, unknown(), event);
                }
                if let Some(pattern) = &it.pattern {
                    self.bind_unknown(pattern);
                }
            }
            Pattern::MatchStar(it) => {
                if let Some(name) = &it.name {
                    let event = self.event(name);
                    self.bind(name, unknown(), event);
                }
            }
            Pattern::MatchSequence(it) => it.patterns.iter().for_each(|p| self.bind_unknown(p)),
            Pattern::MatchOr(it) => it.patterns.iter().for_each(|p| self.bind_unknown(p)),
            Pattern::MatchMapping(it) => {
                it.patterns.iter().for_each(|p| self.bind_unknown(p));
                if let Some(name) = &it.rest {
                    let event = self.event(name);
                    self.bind(name, unknown(), event);
                }
            }
            Pattern::MatchClass(it) => {
                it.arguments.patterns.iter().for_each(|p| self.bind_unknown(p));
                it.arguments.keywords.iter().for_each(|k| self.bind_unknown(&k.pattern));
            }
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        }
    }
}

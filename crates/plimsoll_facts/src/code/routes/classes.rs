//! The order in which a class's bases are asked: Python's own, with the classes of libraries as
//! chains of known length.

use super::known;
use super::symbols::{Symbol, Symbols};

/// Bases behind bases that are followed, and how many there may be at all.
const MAX_DEPTH: usize = 16;
const MAX_BASES: usize = 200;

/// A class in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// A class of the system: its module and place.
    Own(usize, usize),
    /// A class of a library, by its dotted name.
    Library(String),
    /// Django's `View`, behind the views of libraries.
    View,
    /// A class that cannot be told, by its name as written.
    Unknown(String),
}

/// The classes that a class is made of, itself first, in the order in which Python asks them.
pub(super) fn order(symbols: &mut Symbols<'_>, module: usize, class: usize) -> Vec<Base> {
    linear(symbols, module, class, 0)
}

fn linear(symbols: &mut Symbols<'_>, module: usize, class: usize, depth: usize) -> Vec<Base> {
    let own = Base::Own(module, class);
    let Some(found) = symbols.modules.get(module).and_then(|m| m.facts.classes.get(class)) else {
        return vec![own];
    };
    let (names, name) = (found.bases.clone(), found.name.clone());
    let mut lists = Vec::new();
    let mut heads = Vec::new();
    for base in names {
        let list = if depth >= MAX_DEPTH {
            vec![Base::Unknown(base)]
        } else {
            match symbols.resolve(module, &base) {
                // A class that derives from one of its own name shadows it.
                Symbol::Class(m, c) if (m, c) != (module, class) => {
                    linear(symbols, m, c, depth + 1)
                }
                Symbol::Outside(name) => library(name),
                Symbol::Variable(_, name) if name == "object" => continue,
                _ if base == name => vec![Base::Unknown(base)],
                _ => vec![Base::Unknown(base)],
            }
        };
        heads.extend(list.first().cloned());
        lists.push(list);
    }
    lists.push(heads);
    let mut order = vec![own];
    order.extend(merge(lists));
    order
}

fn library(name: String) -> Vec<Base> {
    let ends_in_view = known::is_view(&name);
    let is_root = matches!(name.as_str(), "django.views.View" | "django.views.generic.View")
        || name == "django.views.generic.base.View";
    if is_root {
        return vec![Base::View];
    }
    let mut list = vec![Base::Library(name)];
    if ends_in_view {
        list.push(Base::View);
    }
    list
}

/// Python's merge of the bases' orders; where they contradict each other, what is left follows in
/// the order it was written.
fn merge(mut lists: Vec<Vec<Base>>) -> Vec<Base> {
    let mut merged: Vec<Base> = Vec::new();
    while merged.len() < MAX_BASES {
        lists.retain(|list| !list.is_empty());
        let good = lists
            .iter()
            .filter_map(|list| list.first())
            .find(|head| !lists.iter().any(|list| list.iter().skip(1).any(|other| other == *head)));
        let Some(next) = good.or_else(|| lists.first().and_then(|list| list.first())).cloned()
        else {
            break;
        };
        for list in &mut lists {
            list.retain(|base| *base != next);
        }
        merged.push(next);
    }
    merged
}

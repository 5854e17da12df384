//! `%(name)s` and `${section:name}` in values of `configparser`.

/// A part of a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    /// A name, in the same section or in the one named.
    Reference(Option<&'a str>, &'a str),
}

/// The kinds of interpolation that are modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    None,
    Basic,
    Extended,
}

impl Kind {
    pub(super) fn sign(self) -> Option<char> {
        match self {
            Self::None => None,
            Self::Basic => Some('%'),
            Self::Extended => Some('$'),
        }
    }
}

/// The parts of a value; `None` where it is malformed.
pub(super) fn parts(text: &str, kind: Kind) -> Option<Vec<Part<'_>>> {
    let Some(sign) = kind.sign() else { return Some(vec![Part::Text(text)]) };
    let (open, close) = if kind == Kind::Basic { ('(', ")s") } else { ('{', "}") };
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(sign) {
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        let after = from.get(1..)?;
        if let Some(next) = after.strip_prefix(sign) {
            parts.push(Part::Text(from.get(..1)?));
            rest = next;
            continue;
        }
        let inner = after.strip_prefix(open)?;
        // The name ends at the first bracket, which has to be the whole end.
        let end = inner.find(close.get(..1)?)?;
        let (name, ending) = inner.split_at(end);
        rest = ending.strip_prefix(close)?;
        if name.is_empty() {
            return None;
        }
        parts.push(match (kind, name.split_once(':')) {
            (Kind::Extended, Some((section, name))) if !name.contains(':') => {
                Part::Reference(Some(section), name)
            }
            (Kind::Extended, Some(_)) => return None,
            _ => Part::Reference(None, name),
        });
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_values() {
        use Part::{Reference, Text};
        let basic = |text| parts(text, Kind::Basic);
        assert_eq!(
            basic("a%%b%(c)s/d"),
            Some(vec![Text("a"), Text("%"), Text("b"), Reference(None, "c"), Text("/d")])
        );
        assert_eq!(basic("100%"), None);
        assert_eq!(basic("%(a)d"), None);
        assert_eq!(
            parts("${a}$$${b:c}", Kind::Extended),
            Some(vec![Reference(None, "a"), Text("$"), Reference(Some("b"), "c")])
        );
        assert_eq!(parts("${a:b:c}", Kind::Extended), None);
        assert_eq!(parts("50% $", Kind::None), Some(vec![Text("50% $")]));
    }
}

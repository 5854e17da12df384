//! Versions and specifiers of Python packages (PEP 440).

use std::cmp::Ordering;
use std::fmt;

/// A version: ordered as PEP 440 orders them, `1.0` and `1.0.0` are equal.
#[derive(Clone, Debug)]
pub struct Version {
    text: String,
    epoch: u64,
    release: Vec<u64>,
    /// 0 alpha, 1 beta, 2 candidate.
    pre: Option<(u8, u64)>,
    post: Option<u64>,
    dev: Option<u64>,
    local: Vec<LocalPart>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum LocalPart {
    Text(String),
    Number(u64),
}

impl Version {
    /// Reads a version in any spelling that PEP 440 accepts; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_ascii_lowercase();
        let rest = lower.strip_prefix('v').unwrap_or(&lower);
        let (public, local) = match rest.split_once('+') {
            Some((public, local)) => (public, local_parts(local)?),
            None => (rest, Vec::new()),
        };
        let (epoch, rest) = match public.split_once('!') {
            Some((epoch, rest)) => (epoch.parse().ok()?, rest),
            None => (0, public),
        };
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let numbers = rest.get(..end)?;
        let tail = rest.get(numbers.trim_end_matches('.').len()..)?;
        let release: Vec<u64> = numbers
            .trim_end_matches('.')
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        let mut version = Self {
            text: text.trim().to_owned(),
            epoch,
            release,
            pre: None,
            post: None,
            dev: None,
            local,
        };
        version.suffixes(tail)?;
        Some(version)
    }

    /// Reads `a1`, `.post2`, `-3`, `.dev4`, in this order.
    fn suffixes(&mut self, mut rest: &str) -> Option<()> {
        const PRE: [(&str, u8); 7] =
            [("alpha", 0), ("beta", 1), ("preview", 2), ("pre", 2), ("rc", 2), ("a", 0), ("b", 1)];
        let word = |rest: &str, name: &str| -> Option<(u64, usize)> {
            let start = rest.len() - rest.trim_start_matches(['.', '-', '_']).len();
            let after = rest.get(start.min(1)..)?.strip_prefix(name)?;
            let sign = usize::from(after.starts_with(['.', '-', '_']));
            let digits = after.get(sign..)?;
            let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            let (number, used) = if length == 0 {
                (0, 0)
            } else {
                (digits.get(..length)?.parse().ok()?, sign + length)
            };
            Some((number, start.min(1) + name.len() + used))
        };
        for (name, rank) in PRE.into_iter().chain([("c", 2)]) {
            if let Some((number, length)) = word(rest, name) {
                self.pre = Some((rank, number));
                rest = rest.get(length..)?;
                break;
            }
        }
        let implicit =
            rest.strip_prefix('-').filter(|r| r.starts_with(|c: char| c.is_ascii_digit()));
        if let Some(digits) = implicit {
            let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            self.post = Some(digits.get(..length)?.parse().ok()?);
            rest = digits.get(length..)?;
        } else if let Some((number, length)) =
            ["post", "rev", "r"].iter().find_map(|name| word(rest, name))
        {
            self.post = Some(number);
            rest = rest.get(length..)?;
        }
        if let Some((number, length)) = word(rest, "dev") {
            self.dev = Some(number);
            rest = rest.get(length..)?;
        }
        rest.is_empty().then_some(())
    }

    /// A part of the release, 0 where it is not written: `part(1)` of `4.2` is 2.
    pub fn part(&self, index: usize) -> u64 {
        self.release.get(index).copied().unwrap_or(0)
    }

    /// The parts of the release as written.
    pub fn release(&self) -> &[u64] {
        &self.release
    }

    /// Whether it is an alpha, beta, candidate or development release.
    pub fn is_prerelease(&self) -> bool {
        self.pre.is_some() || self.dev.is_some()
    }

    /// The order of the public part: what pip compares.
    fn compare(&self, other: &Self, with_local: bool) -> Ordering {
        let length = self.release.len().max(other.release.len());
        let releases = (0..length).map(|i| self.part(i)).cmp((0..length).map(|i| other.part(i)));
        let order = self
            .epoch
            .cmp(&other.epoch)
            .then(releases)
            .then_with(|| self.pre_key().cmp(&other.pre_key()))
            .then_with(|| self.post.map_or(-1, i128::from).cmp(&other.post.map_or(-1, i128::from)))
            .then_with(|| self.dev_key().cmp(&other.dev_key()));
        if with_local { order.then_with(|| self.local.cmp(&other.local)) } else { order }
    }

    /// `1.dev1` < `1a1` < `1rc1` < `1`.
    fn pre_key(&self) -> (i8, u64) {
        match (self.pre, self.post, self.dev) {
            (Some((rank, number)), _, _) => (i8::try_from(rank).unwrap_or(2), number),
            (None, None, Some(_)) => (-1, 0),
            _ => (3, 0),
        }
    }

    fn dev_key(&self) -> (u8, u64) {
        self.dev.map_or((1, 0), |number| (0, number))
    }
}

fn local_parts(text: &str) -> Option<Vec<LocalPart>> {
    text.split(['.', '-', '_'])
        .map(|part| {
            if part.is_empty() || !part.chars().all(|c| c.is_ascii_alphanumeric()) {
                None
            } else if part.bytes().all(|b| b.is_ascii_digit()) {
                part.parse().ok().map(LocalPart::Number)
            } else {
                Some(LocalPart::Text(part.to_owned()))
            }
        })
        .collect()
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other, true)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A comparison of a specifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `==1.*`
    EqualPrefix,
    /// `!=`
    NotEqual,
    /// `!=1.*`
    NotEqualPrefix,
    /// `~=`
    Compatible,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `===`: the text as it stands.
    Arbitrary,
}

/// One clause, `>=4.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// How the version compares.
    pub operator: Operator,
    /// What it is compared with.
    pub version: Version,
}

/// Clauses that all must hold; none accepts every version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Specifiers(pub Vec<Clause>);

impl Specifiers {
    /// Reads `>=4.2,<5`; `None` where a clause is not one of PEP 440.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('(').trim_end_matches(')');
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty() && *part != "*");
        parts.map(clause).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Reads Poetry's notation too: `^4.2`, `~4.2`, `4.2`, `4.*`, clauses apart by spaces or
    /// commas. `None` for alternatives (`||`) and what is neither.
    pub fn parse_poetry(text: &str) -> Option<Self> {
        let mut clauses = Vec::new();
        for part in text.split(',').flat_map(joined_clauses) {
            match poetry_clause(&part) {
                Some(found) => clauses.extend(found),
                None => clauses.extend(Self::parse(&part)?.0),
            }
        }
        Some(Self(clauses))
    }

    /// Whether a version satisfies every clause. Pre-releases are not treated apart.
    pub fn contains(&self, version: &Version) -> bool {
        self.0.iter().all(|clause| clause.accepts(version))
    }

    /// The one version that it accepts, where it pins one.
    pub fn pinned(&self) -> Option<&Version> {
        let exact =
            |clause: &&Clause| matches!(clause.operator, Operator::Equal | Operator::Arbitrary);
        self.0.iter().find(exact).map(|clause| &clause.version)
    }

    /// The highest version below which everything is excluded: of `>=`, `>`, `~=`, `==`.
    pub fn lower_bound(&self) -> Option<&Version> {
        use Operator::{Arbitrary, Compatible, Equal, EqualPrefix, Greater, GreaterEqual};
        let bounds = [Arbitrary, Compatible, Equal, EqualPrefix, Greater, GreaterEqual];
        let found = self.0.iter().filter(|clause| bounds.contains(&clause.operator));
        found.map(|clause| &clause.version).max()
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, end) = match self.operator {
            Operator::Equal => ("==", ""),
            Operator::EqualPrefix => ("==", ".*"),
            Operator::NotEqual => ("!=", ""),
            Operator::NotEqualPrefix => ("!=", ".*"),
            Operator::Compatible => ("~=", ""),
            Operator::Less => ("<", ""),
            Operator::LessEqual => ("<=", ""),
            Operator::Greater => (">", ""),
            Operator::GreaterEqual => (">=", ""),
            Operator::Arbitrary => ("===", ""),
        };
        write!(f, "{sign}{}{end}", self.version)
    }
}

impl Clause {
    fn accepts(&self, version: &Version) -> bool {
        let wanted = &self.version;
        let local = !wanted.local.is_empty();
        let order = version.compare(wanted, local);
        let prefix = |length: usize| {
            version.epoch == wanted.epoch && (0..length).all(|i| version.part(i) == wanted.part(i))
        };
        let same_release = prefix(version.release.len().max(wanted.release.len()));
        match self.operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::EqualPrefix => prefix(wanted.release.len()),
            Operator::NotEqualPrefix => !prefix(wanted.release.len()),
            Operator::Compatible => order.is_ge() && prefix(wanted.release.len().saturating_sub(1)),
            Operator::LessEqual => version.compare(wanted, false).is_le(),
            Operator::GreaterEqual => version.compare(wanted, false).is_ge(),
            // `<4.2` does not take `4.2rc1`, nor does `>4.2` take `4.2.post1` (PEP 440).
            Operator::Less => {
                version.compare(wanted, false).is_lt()
                    && !(same_release && version.is_prerelease() && !wanted.is_prerelease())
            }
            Operator::Greater => {
                version.compare(wanted, false).is_gt()
                    && !(same_release && version.post.is_some() && wanted.post.is_none())
            }
            Operator::Arbitrary => version.text.eq_ignore_ascii_case(&wanted.text),
        }
    }
}

fn clause(text: &str) -> Option<Clause> {
    use Operator::{
        Arbitrary, Compatible, Equal, EqualPrefix, Greater, GreaterEqual, Less, LessEqual,
        NotEqual, NotEqualPrefix,
    };
    const OPERATORS: [(&str, Operator); 8] = [
        ("===", Arbitrary),
        ("==", Equal),
        ("!=", NotEqual),
        ("~=", Compatible),
        ("<=", LessEqual),
        (">=", GreaterEqual),
        ("<", Less),
        (">", Greater),
    ];
    let found = OPERATORS.into_iter().find_map(|(sign, op)| Some((op, text.strip_prefix(sign)?)));
    let (operator, rest) = found?;
    let rest = rest.trim();
    let (operator, rest) = match (operator, rest.strip_suffix(".*")) {
        (Equal, Some(rest)) => (EqualPrefix, rest),
        (NotEqual, Some(rest)) => (NotEqualPrefix, rest),
        (operator, _) => (operator, rest),
    };
    let version = Version::parse(rest)?;
    (operator != Compatible || version.release.len() > 1).then_some(Clause { operator, version })
}

/// Poetry lets blanks part clauses: `>=3.8 <4`; a blank after an operator parts nothing.
fn joined_clauses(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match parts.last_mut() {
            Some(last) if last.ends_with(['<', '>', '=', '~', '^', '!']) => last.push_str(word),
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

fn poetry_clause(text: &str) -> Option<Vec<Clause>> {
    if text == "*" {
        return Some(Vec::new());
    }
    let between = |low: Version, high: Vec<String>| {
        let high = Version::parse(&high.join("."))?;
        let low = Clause { operator: Operator::GreaterEqual, version: low };
        Some(vec![low, Clause { operator: Operator::Less, version: high }])
    };
    // Raises the part at `index` by one and drops what follows.
    let raised = |version: &Version, index: usize| -> Vec<String> {
        let kept = (0..index).map(|i| version.part(i));
        kept.chain([version.part(index).saturating_add(1)]).map(|n| n.to_string()).collect()
    };
    if let Some(rest) = text.strip_prefix('^') {
        let version = Version::parse(rest)?;
        let written = version.release.len();
        let index =
            (0..written).find(|i| version.part(*i) > 0).unwrap_or(written.saturating_sub(1));
        return between(version.clone(), raised(&version, index));
    }
    if let Some(rest) = text.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
        let version = Version::parse(rest)?;
        let index = usize::from(version.release.len() > 1);
        return between(version.clone(), raised(&version, index));
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return clause(&format!("=={text}")).map(|clause| vec![clause]);
    }
    None
}

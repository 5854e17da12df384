//! Roles and privileges in SQL scripts, PostgreSQL's and MySQL's.

use std::ops::Range;

use plimsoll_source::{Secret, SourceText, Span};

use super::lexer::{Token, tokens};

/// Dollar-quoted bodies inside bodies are looked into this deep.
const MAX_DEPTH: usize = 3;

/// Whether a role is made or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoleChange {
    /// `CREATE ROLE`, `CREATE USER`, `CREATE GROUP`.
    Create,
    /// `ALTER ROLE`, `ALTER USER`.
    Alter,
}

/// `CREATE ROLE` or `ALTER ROLE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleStatement {
    /// Which of both.
    pub change: RoleChange,
    /// The role.
    pub role: String,
    /// Attributes in upper case: `SUPERUSER`, `NOLOGIN`, `CREATEDB`… `CREATE USER` adds `LOGIN`.
    pub attributes: Vec<String>,
    /// Its password, where one is written in plain or as a hash.
    pub password: Option<Secret>,
    /// `SET name = value`: name and value.
    pub settings: Vec<(String, String)>,
}

impl RoleStatement {
    /// Whether it has an attribute.
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|a| a == attribute)
    }
}

/// What a `GRANT` or `REVOKE` is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privileges {
    /// Whether they are taken away.
    pub revoke: bool,
    /// In upper case, `ALL` for `ALL PRIVILEGES`; for membership the roles, in lower case.
    pub privileges: Vec<String>,
    /// The kind of object in upper case: `TABLE`, `ALL TABLES IN SCHEMA`, `DATABASE`, `SCHEMA`,
    /// `SEQUENCE`…; empty for membership of roles.
    pub object_kind: String,
    /// The objects; MySQL's `*.*` and `db.*` as written.
    pub objects: Vec<String>,
    /// The roles that get or lose them, `public` for everybody; MySQL's `'a'@'%'` as `a@%`.
    pub grantees: Vec<String>,
    /// Whether they may be handed on (`WITH GRANT OPTION`, `WITH ADMIN OPTION`).
    pub grant_option: bool,
    /// For `ALTER DEFAULT PRIVILEGES`: whose future objects are meant; empty for those of the
    /// role that runs the statement. `None` for a plain `GRANT`.
    pub default_for: Option<Vec<String>>,
}

/// A statement about roles or privileges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlStatement {
    /// `CREATE ROLE`, `ALTER ROLE` and the like.
    Role(RoleStatement),
    /// `GRANT`, `REVOKE`, `ALTER DEFAULT PRIVILEGES`.
    Privileges(Privileges),
    /// `CREATE DATABASE`, or `ALTER DATABASE … OWNER TO`.
    Database {
        /// The database.
        name: String,
        /// Its owner, where one is named.
        owner: Option<String>,
    },
}

/// The statements about roles and privileges of a script, in order.
#[derive(Clone, Debug, Default)]
pub struct SqlGrants {
    /// The statements with their places.
    pub statements: Vec<(SqlStatement, Span)>,
}

impl SqlGrants {
    /// Reads a script. Statements in dollar-quoted bodies (`DO $$ … $$`) are found too.
    pub fn read(text: &SourceText) -> Self {
        let mut found = Self::default();
        found.read_range(text, 0..text.text().len(), 0);
        found
    }

    fn read_range(&mut self, text: &SourceText, range: Range<usize>, depth: usize) {
        let inside = text.text().get(range.clone()).unwrap_or("");
        let all = tokens(inside);
        for statement in all.split(|(token, _)| token.is_mark(';')) {
            for (token, at) in statement {
                let is_body = inside.get(at.clone()).is_some_and(|t| t.starts_with('$'));
                if let (Token::Text(body), true, true) = (token, is_body, depth < MAX_DEPTH) {
                    let tag = (at.len() - body.len()) / 2;
                    let start = range.start + at.start + tag;
                    self.read_range(text, start..start + body.len(), depth + 1);
                }
            }
            let Some(begin) = statement_start(statement) else { continue };
            let part = statement.get(begin..).unwrap_or(&[]);
            let words: Vec<Token> = part.iter().map(|(token, _)| token.clone()).collect();
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            if let Some(read) = read_statement(&words) {
                let span = text.span(range.start + first.1.start..range.start + last.1.end);
                self.statements.push((read, span));
            }
        }
    }

    /// The roles that are made or changed.
    pub fn roles(&self) -> impl Iterator<Item = (&RoleStatement, &Span)> {
        self.statements.iter().filter_map(|(statement, span)| match statement {
            SqlStatement::Role(role) => Some((role, span)),
            _ => None,
        })
    }

    /// The privileges that are given or taken.
    pub fn privileges(&self) -> impl Iterator<Item = (&Privileges, &Span)> {
        self.statements.iter().filter_map(|(statement, span)| match statement {
            SqlStatement::Privileges(privileges) => Some((privileges, span)),
            _ => None,
        })
    }
}

/// Where a modelled statement begins: at its verb, also behind `BEGIN`, `THEN` or a stray word.
fn statement_start(statement: &[(Token, Range<usize>)]) -> Option<usize> {
    let verb =
        |token: &Token| ["create", "alter", "grant", "revoke"].iter().any(|verb| token.is(verb));
    if statement.first().is_some_and(|(token, _)| verb(token)) {
        return Some(0);
    }
    let opens = |token: &Token| ["begin", "then", "else", "loop"].iter().any(|word| token.is(word));
    let pairs = statement.windows(2).enumerate();
    let mut starts = pairs.filter_map(|(at, pair)| match pair {
        [(before, _), (after, _)] if opens(before) && verb(after) => Some(at + 1),
        _ => None,
    });
    starts.next_back()
}

/// A reader over the tokens of one statement.
struct Cursor<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Cursor<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'t Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// Takes the keyword, where it is next.
    fn take(&mut self, keyword: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(keyword));
        self.at += usize::from(found);
        found
    }

    /// Takes these keywords, where all are next.
    fn take_all(&mut self, keywords: &[&str]) -> bool {
        let start = self.at;
        let found = keywords.iter().all(|keyword| self.take(keyword));
        if !found {
            self.at = start;
        }
        found
    }

    /// A name with its dots and MySQL's `@host`: `public.t`, `*.*`, `'a'@'%'`.
    fn name(&mut self) -> Option<String> {
        let mut name = match self.next()? {
            Token::Mark('*') => "*".to_owned(),
            token => token.name()?,
        };
        while let Some(Token::Mark(mark @ ('.' | '@'))) = self.peek() {
            self.at += 1;
            name.push(*mark);
            match self.next()? {
                Token::Mark(other) => name.push(*other),
                token => name.push_str(&token.name()?),
            }
        }
        Some(name)
    }

    fn names(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        while let Some(name) = self.name() {
            names.push(name);
            // A function's arguments.
            if self.peek().is_some_and(|token| token.is_mark('(')) {
                while self.next().is_some_and(|token| !token.is_mark(')')) {}
            }
            if !self.peek().is_some_and(|token| token.is_mark(',')) {
                break;
            }
            self.at += 1;
        }
        names
    }
}

fn read_statement(tokens: &[Token]) -> Option<SqlStatement> {
    let mut cursor = Cursor { tokens, at: 0 };
    if cursor.take("grant") {
        return privileges(&mut cursor, false, None).map(SqlStatement::Privileges);
    }
    if cursor.take("revoke") {
        return privileges(&mut cursor, true, None).map(SqlStatement::Privileges);
    }
    if cursor.take_all(&["alter", "default", "privileges"]) {
        return default_privileges(&mut cursor).map(SqlStatement::Privileges);
    }
    let change = if cursor.take("create") {
        RoleChange::Create
    } else if cursor.take("alter") {
        RoleChange::Alter
    } else {
        return None;
    };
    if cursor.take("database") {
        cursor.take_all(&["if", "not", "exists"]);
        let name = cursor.name()?;
        let mut owner = None;
        while let Some(token) = cursor.next() {
            if token.is("owner") {
                while cursor.take("to") || cursor.peek().is_some_and(|t| t.is_mark('=')) {
                    cursor.at += usize::from(cursor.peek().is_some_and(|t| t.is_mark('=')));
                }
                owner = cursor.name();
            }
        }
        return Some(SqlStatement::Database { name, owner });
    }
    let is_user = cursor.take("user");
    if !is_user && !cursor.take("role") && !cursor.take("group") {
        return None;
    }
    role(&mut cursor, change, is_user).map(SqlStatement::Role)
}

fn role(cursor: &mut Cursor<'_>, change: RoleChange, is_user: bool) -> Option<RoleStatement> {
    const ATTRIBUTES: [&str; 14] = [
        "SUPERUSER",
        "NOSUPERUSER",
        "CREATEDB",
        "NOCREATEDB",
        "CREATEROLE",
        "NOCREATEROLE",
        "INHERIT",
        "NOINHERIT",
        "LOGIN",
        "NOLOGIN",
        "REPLICATION",
        "NOREPLICATION",
        "BYPASSRLS",
        "NOBYPASSRLS",
    ];
    cursor.take_all(&["if", "not", "exists"]);
    cursor.take_all(&["if", "exists"]);
    let mut statement = RoleStatement {
        change,
        role: cursor.name()?,
        attributes: Vec::new(),
        password: None,
        settings: Vec::new(),
    };
    while let Some(token) = cursor.next() {
        let Token::Word(word) = token else { continue };
        let upper = word.to_ascii_uppercase();
        match upper.as_str() {
            "PASSWORD" | "BY" | "AS" => {
                if let Some(Token::Text(value)) = cursor.peek() {
                    statement.password = Some(Secret::new(value.clone()));
                    cursor.at += 1;
                }
            }
            "SET" => {
                let name = cursor.name().unwrap_or_default();
                cursor.at += usize::from(
                    cursor.peek().is_some_and(|token| token.is_mark('=') || token.is("to")),
                );
                let value: Vec<_> = std::iter::from_fn(|| cursor.next())
                    .map(|token| token.name().unwrap_or_else(|| ",".to_owned()))
                    .collect();
                statement.settings.push((name, value.join(" ")));
            }
            other if ATTRIBUTES.contains(&other) => statement.attributes.push(upper),
            _ => {}
        }
    }
    let says_login = statement.has("LOGIN") || statement.has("NOLOGIN");
    if change == RoleChange::Create && is_user && !says_login {
        statement.attributes.push("LOGIN".to_owned());
    }
    Some(statement)
}

fn default_privileges(cursor: &mut Cursor<'_>) -> Option<Privileges> {
    let mut owners = Vec::new();
    let mut schemas = Vec::new();
    loop {
        if cursor.take("for") {
            let _ = cursor.take("role") || cursor.take("user");
            owners = cursor.names();
        } else if cursor.take_all(&["in", "schema"]) {
            schemas = cursor.names();
        } else if cursor.take("grant") {
            return default_entry(privileges(cursor, false, Some(owners)), schemas);
        } else if cursor.take("revoke") {
            return default_entry(privileges(cursor, true, Some(owners)), schemas);
        } else {
            return None;
        }
    }
}

fn default_entry(privileges: Option<Privileges>, schemas: Vec<String>) -> Option<Privileges> {
    privileges.map(|privileges| Privileges { objects: schemas, ..privileges })
}

/// What follows `GRANT` or `REVOKE`.
fn privileges(
    cursor: &mut Cursor<'_>,
    revoke: bool,
    default_for: Option<Vec<String>>,
) -> Option<Privileges> {
    let mut grant_option = cursor.take_all(&["grant", "option", "for"]);
    let privileges = privilege_names(cursor);
    let mut object_kind = String::new();
    let mut objects = Vec::new();
    if cursor.take("on") {
        object_kind = kind_of_object(cursor);
        // Default privileges name a kind only: `ON TABLES TO`.
        if default_for.is_none() {
            objects = cursor.names();
        }
    }
    let is_membership = object_kind.is_empty();
    if !cursor.take("to") && !cursor.take("from") {
        return None;
    }
    cursor.take("group");
    let grantees = cursor.names();
    while let Some(token) = cursor.next() {
        grant_option |= token.is("option");
    }
    let privileges = if is_membership {
        privileges.into_iter().map(|name| name.to_lowercase()).collect()
    } else {
        privileges
    };
    Some(Privileges {
        revoke,
        privileges,
        object_kind,
        objects,
        grantees,
        grant_option,
        default_for,
    })
}

/// The privileges up to `ON`, `TO` or `FROM`: `SELECT, INSERT (a, b)`, `ALL PRIVILEGES`.
fn privilege_names(cursor: &mut Cursor<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    while let Some(token) = cursor.peek() {
        if ["on", "to", "from"].iter().any(|word| token.is(word)) {
            break;
        }
        cursor.at += 1;
        match token {
            Token::Mark(',') => names.push(std::mem::take(&mut name)),
            Token::Mark('(') => while cursor.next().is_some_and(|token| !token.is_mark(')')) {},
            Token::Word(word) if word.eq_ignore_ascii_case("privileges") => {}
            Token::Word(word) => {
                name.push_str(if name.is_empty() { "" } else { " " });
                name.push_str(&word.to_ascii_uppercase());
            }
            Token::Name(other) | Token::Text(other) => name.push_str(other),
            Token::Mark(_) => {}
        }
    }
    names.push(name);
    names.retain(|name| !name.is_empty());
    names
}

/// The kind of object after `ON`; a bare name is a table.
fn kind_of_object(cursor: &mut Cursor<'_>) -> String {
    const KINDS: [&[&str]; 20] = [
        &["all", "tables", "in", "schema"],
        &["all", "sequences", "in", "schema"],
        &["all", "functions", "in", "schema"],
        &["all", "procedures", "in", "schema"],
        &["all", "routines", "in", "schema"],
        &["foreign", "data", "wrapper"],
        &["foreign", "server"],
        &["large", "object"],
        &["tables"],
        &["sequences"],
        &["functions"],
        &["routines"],
        &["schemas"],
        &["types"],
        &["table"],
        &["sequence"],
        &["database"],
        &["schema"],
        &["function"],
        &["tablespace"],
    ];
    let found = KINDS.iter().find(|kind| cursor.take_all(kind));
    found.map_or_else(|| "TABLE".to_owned(), |kind| kind.join(" ").to_ascii_uppercase())
}

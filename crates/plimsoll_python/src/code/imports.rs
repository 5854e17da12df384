//! The names that a module takes from other modules.

use super::facts::Import;
use crate::syntax::ast::Stmt;

/// Statements within statements that are looked into.
const MAX_DEPTH: usize = 6;

/// The imports of a module's own statements, those under conditions and in `try` with them.
pub(crate) fn find(body: &[Stmt]) -> Vec<Import> {
    let mut found = Vec::new();
    gather(body, &mut found, 0);
    found
}

fn gather(body: &[Stmt], found: &mut Vec<Import>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    for stmt in body {
        match stmt {
            Stmt::Import(it) => {
                for alias in &it.names {
                    let module = alias.name.to_string();
                    let (name, module) = match &alias.asname {
                        Some(name) => (name.to_string(), module),
                        // `import a.b` binds `a`.
                        None => {
                            let top = module.split('.').next().unwrap_or("").to_owned();
                            (top.clone(), top)
                        }
                    };
                    found.push(Import { name, level: 0, module, item: None });
                }
            }
            Stmt::ImportFrom(it) => {
                let module = it.module.as_ref().map(ToString::to_string).unwrap_or_default();
                for alias in &it.names {
                    let item = alias.name.to_string();
                    let name =
                        alias.asname.as_ref().map_or_else(|| item.clone(), ToString::to_string);
                    let item = Some(item);
                    found.push(Import { name, level: it.level, module: module.clone(), item });
                }
            }
            Stmt::If(it) => {
                gather(&it.body, found, depth + 1);
                it.elif_else_clauses
                    .iter()
                    .for_each(|clause| gather(&clause.body, found, depth + 1));
            }
            Stmt::Try(it) => {
                gather(&it.body, found, depth + 1);
                gather(&it.orelse, found, depth + 1);
            }
            _ => {}
        }
    }
}

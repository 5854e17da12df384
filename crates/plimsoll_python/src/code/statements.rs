//! SQL that is sent as text.

use super::build::Use;
use super::facts::{SqlUse, Text};
use super::names::{dotted, is_connection};
use super::scan::Scan;
use crate::syntax::ast::{self, Expr};

impl<'a> Scan<'_, 'a> {
    pub(super) fn sql(
        &mut self,
        call: &'a ast::ExprCall,
        whole: &'a Expr,
        name: &str,
        receiver: Option<&'a Expr>,
    ) {
        let of = receiver.and_then(dotted).unwrap_or_default();
        let arguments = &call.arguments;
        let (call_name, statements): (&'static str, Vec<&'a Expr>) = match name {
            "execute" | "executemany" if is_connection(&of) => {
                ("execute", arguments.args.first().into_iter().collect())
            }
            "raw"
                if of.ends_with("objects")
                    || of.contains("objects.")
                    || of.contains("_manager") =>
            {
                ("raw", arguments.find_argument_value("raw_query", 0).into_iter().collect())
            }
            "extra" if of.contains("objects") || of.contains("queryset") || of.ends_with("qs") => {
                let parts = ["select", "where", "tables", "order_by"];
                (
                    "extra",
                    parts
                        .iter()
                        .filter_map(|part| Some(&arguments.find_keyword(part)?.value))
                        .collect(),
                )
            }
            "RawSQL" => ("RawSQL", arguments.args.first().into_iter().collect()),
            _ => return,
        };
        let mut worst = Text::Fixed;
        for statement in &statements {
            let text = match statement {
                // `extra(select={…})`
                Expr::Dict(dict) => dict
                    .items
                    .iter()
                    .map(|item| self.builder(Use::Sql).of(&item.value))
                    .find(|text| *text != Text::Fixed)
                    .unwrap_or(Text::Fixed),
                statement => self.builder(Use::Sql).of(statement),
            };
            if text != Text::Fixed {
                worst = text;
            }
        }
        if !statements.is_empty() && !self.is_marked(whole) {
            self.facts.sql.push(SqlUse { at: self.span(whole), call: call_name, text: worst });
        }
    }
}

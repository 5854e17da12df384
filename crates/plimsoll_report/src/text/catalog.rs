//! The table of controls.

use plimsoll_catalog::{Control, Criticality, Family};

use super::TextOptions;
use super::page::Page;
use super::style::{BOLD, DIM, ERROR, NAME, WARNING};

/// The table while it is being written.
pub(crate) struct CatalogPage(Page);

impl CatalogPage {
    pub(crate) fn new(options: TextOptions) -> Self {
        Self(Page::new(options.width))
    }

    pub(crate) fn family(&mut self, family: Family) {
        self.0.heading(family.title(), family.prefix());
    }

    pub(crate) fn control(&mut self, control: &Control, how: &str) {
        let (mark, style) = match control.criticality {
            Criticality::Critical => ("critical ", ERROR),
            Criticality::Important => ("important", WARNING),
            Criticality::Optional => ("optional ", DIM),
        };
        let page = &mut self.0;
        page.styled(NAME, &format!("{:<9}", control.id)).styled(style, mark).put("  ");
        page.put(&control.title).end();
        page.put(&" ".repeat(20)).styled(DIM, how).end();
    }

    pub(crate) fn finish(mut self, count: usize) -> String {
        self.0.end().styled(BOLD, &format!("{count} controls."));
        self.0.put(" `plimsoll explain SET-01` says what one is and what proves it.\n");
        self.0.finish()
    }
}

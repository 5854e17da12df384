//! `plimsoll catalog`

use plimsoll_report::{catalog_json, catalog_markdown, catalog_text};

use crate::cli::{Catalog, CatalogFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;

pub(crate) fn run(arguments: &Catalog, screen: &Screen) -> Result<Exit, Failure> {
    let catalog = plimsoll_catalog::catalog();
    let text = match arguments.format {
        CatalogFormat::Text => catalog_text(catalog, screen.layout(false)),
        CatalogFormat::Json => catalog_json(catalog),
        CatalogFormat::Markdown => catalog_markdown(catalog),
    };
    screen.deliver(&text, None, Exit::Fit)
}

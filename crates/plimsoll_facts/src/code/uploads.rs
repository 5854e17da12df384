//! The file fields of models, and which of them hold what is not for everybody.

use plimsoll_source::{SourceText, Span};

/// File fields of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileFields {
    /// The first one.
    pub(crate) first: Span,
    /// The first one that does not look like a picture for everybody: a plain file, or a picture of
    /// a document or proof by its names.
    pub(crate) private: Option<Span>,
}

/// The file fields of a text.
pub(crate) fn of_file(source: &SourceText) -> Option<FileFields> {
    let text = source.text();
    let mut places: Vec<(usize, bool)> = Vec::new();
    for (call, is_picture) in [("FileField(", false), ("ImageField(", true)] {
        places.extend(text.match_indices(call).map(|(at, _)| (at, is_picture)));
    }
    places.sort_unstable();
    let at = |place: usize| source.span(place..place + 1);
    let first = places.first()?.0;
    let private = places.iter().find(|(place, is_picture)| {
        let statement = statement(text, *place);
        has_word(&statement, &PRIVATE) || !is_picture && !has_word(&statement, &PICTURES)
    });
    Some(FileFields { first: at(first), private: private.map(|(place, _)| at(*place)) })
}

/// Words of names of what only some people may see.
const PRIVATE: [&str; 40] = [
    "passport",
    "identity",
    "id",
    "document",
    "documents",
    "docs",
    "scan",
    "scans",
    "contract",
    "contracts",
    "invoice",
    "invoices",
    "prescription",
    "prescriptions",
    "medical",
    "patient",
    "patients",
    "signature",
    "signatures",
    "proof",
    "proofs",
    "kyc",
    "selfie",
    "license",
    "licence",
    "certificate",
    "certificates",
    "resume",
    "cv",
    "payment",
    "payments",
    "bank",
    "private",
    "confidential",
    "evidence",
    "report",
    "reports",
    "attachment",
    "attachments",
    "exam",
];

/// Words of names of pictures and clips that a site shows to everybody.
const PICTURES: [&str; 32] = [
    "image",
    "images",
    "img",
    "photo",
    "photos",
    "picture",
    "pictures",
    "logo",
    "logos",
    "avatar",
    "avatars",
    "banner",
    "banners",
    "icon",
    "icons",
    "favicon",
    "cover",
    "covers",
    "thumbnail",
    "thumbnails",
    "thumb",
    "gallery",
    "galleries",
    "slide",
    "slides",
    "hero",
    "poster",
    "flag",
    "background",
    "video",
    "videos",
    "screenshot",
];

/// The names of a field: the line before the call, and the call's own line.
fn statement(text: &str, place: usize) -> String {
    let start = text.get(..place).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let rest = text.get(start..).unwrap_or("");
    let mut end = rest.len();
    // An argument list goes on over lines until its brackets close; four lines hold `upload_to`.
    for (count, (at, _)) in rest.match_indices('\n').enumerate() {
        let line = rest.get(..at).unwrap_or("");
        let open = line.matches('(').count() > line.matches(')').count();
        if !open || count == 3 {
            end = at;
            break;
        }
    }
    rest.get(..end).unwrap_or("").to_ascii_lowercase()
}

fn has_word(text: &str, words: &[&str]) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| words.contains(&part))
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    use super::of_file;

    #[test]
    fn pictures_for_everybody_are_told_from_documents() {
        for (line, private) in [
            ("avatar = models.ImageField(upload_to='avatars/')", false),
            ("image = models.ImageField(_('Image'), upload_to='tours/gallery/')", false),
            ("video = models.FileField(upload_to='clips/')", false),
            ("upload = models.FileField()", true),
            ("id_document = models.FileField(upload_to='docs/')", true),
            ("photo = models.ImageField(\n    upload_to='kyc/',\n)", true),
            ("receipt_logo = models.ImageField(upload_to='receipts/')", false),
        ] {
            let text =
                format!("class A(models.Model):\n    {line}\n    name = models.CharField()\n");
            let source = SourceText::new(RepoPath::new("a/models.py").unwrap(), text);
            let found = of_file(&source).unwrap();
            assert_eq!(found.private.is_some(), private, "{line}");
        }
    }
}

//! What a system is about, by the words of its apps' and models' names.

use plimsoll_facts::Facts;

/// What a project's apps and models are called where it is about something.
pub(crate) struct Subject {
    /// Words that tell by themselves.
    certain: &'static [&'static str],
    /// Pairs of words that tell together.
    together: &'static [(&'static str, &'static str)],
    /// Words that may mean it and may mean something else, in the languages that models are often
    /// named in: where one is there, nothing is said.
    perhaps: &'static [&'static str],
}

pub(crate) const SHIFTS: Subject = Subject {
    certain: &["rota", "roster", "rostering", "shiftassignment"],
    together: &[
        ("shift", "staff"),
        ("shift", "employee"),
        ("shift", "assignment"),
        ("shift", "schedule"),
        ("shift", "nurse"),
        ("shift", "volunteer"),
    ],
    perhaps: &["shift", "turno", "schicht", "dienst", "schedule", "duty", "horario", "plantao"],
};

pub(crate) const LEAVE: Subject = Subject {
    certain: &["leaverequest"],
    together: &[
        ("leave", "request"),
        ("leave", "balance"),
        ("leave", "employee"),
        ("absence", "request"),
        ("absence", "employee"),
        ("vacation", "request"),
        ("vacation", "employee"),
    ],
    perhaps: &[
        "leave",
        "absence",
        "vacation",
        "holiday",
        "timeoff",
        "urlaub",
        "conge",
        "ausencia",
        "ferias",
        "vacaciones",
        "attendance",
    ],
};

pub(crate) const EXAMS: Subject = Subject {
    certain: &["osce", "examiner"],
    together: &[
        ("exam", "mark"),
        ("exam", "score"),
        ("exam", "result"),
        ("exam", "question"),
        ("exam", "student"),
        ("exam", "candidate"),
        ("exam", "station"),
        ("examination", "student"),
    ],
    perhaps: &[
        "exam",
        "examination",
        "examen",
        "prova",
        "pruefung",
        "klausur",
        "quiz",
        "quizze",
        "assessment",
        "grading",
        "imtihon",
        "sinav",
        "azmoon",
    ],
};

pub(crate) const CONTRACTS: Subject = Subject {
    certain: &[],
    together: &[
        ("contract", "client"),
        ("contract", "estimate"),
        ("contract", "customer"),
        ("contrato", "cliente"),
        ("estimate", "client"),
        ("quotation", "client"),
        ("quotation", "customer"),
    ],
    perhaps: &[
        "contract",
        "contrato",
        "estimate",
        "quotation",
        "vertrag",
        "contrat",
        "devis",
        "angebot",
        "presupuesto",
        "orcamento",
        "quote",
    ],
};

pub(crate) const SHOP: Subject = Subject {
    certain: &["checkout"],
    together: &[
        ("cart", "item"),
        ("cart", "product"),
        ("basket", "product"),
        ("basket", "line"),
        ("order", "cart"),
        ("product", "order"),
        ("shop", "order"),
        ("store", "order"),
    ],
    perhaps: &[
        "product",
        "order",
        "cart",
        "basket",
        "shop",
        "store",
        "purchase",
        "sale",
        "payment",
        "invoice",
        "carrito",
        "producto",
        "pedido",
        "produto",
        "panier",
        "produit",
        "commande",
        "warenkorb",
        "produkt",
        "bestellung",
        "tovar",
        "zakaz",
        "savat",
        "urun",
        "siparis",
        "merchandise",
    ],
};

pub(crate) const CARE: Subject = Subject {
    certain: &["patient", "paciente", "patienten", "medication", "diagnosis", "carer"],
    together: &[("care", "resident"), ("care", "plan"), ("ward", "bed"), ("clinic", "appointment")],
    perhaps: &[
        "care",
        "ward",
        "resident",
        "clinic",
        "clinical",
        "health",
        "medical",
        "doctor",
        "treatment",
        "symptom",
        "prescription",
        "hospital",
        "nurse",
        "therapy",
        "intake",
    ],
};

/// Whether the project's apps or models are called after a subject; `None` where it has no models
/// that could tell, or where their words may mean it.
pub(crate) fn speaks_of(facts: &Facts, subject: &Subject) -> Option<bool> {
    let has = |word: &&str| facts.vocabulary.contains(*word);
    if subject.certain.iter().any(&has)
        || subject.together.iter().any(|(one, other)| has(one) && has(other))
    {
        return Some(true);
    }
    let perhaps = subject.perhaps.iter().any(has);
    (!facts.vocabulary.is_empty() && !perhaps).then_some(false)
}

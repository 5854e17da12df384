//! Drawings: the load line mark, the hull in its water, the bars of families.

use plimsoll_catalog::Verdict;

/// The mark on a ship's side: a circle with a line through it.
pub(super) fn mark() -> &'static str {
    "<svg viewBox=\"0 0 32 32\" aria-hidden=\"true\" focusable=\"false\">\
     <circle cx=\"16\" cy=\"16\" r=\"9\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\"/>\
     <path d=\"M2 16h28\" stroke=\"currentColor\" stroke-width=\"3\"/></svg>"
}

/// A hull with its load line: the more controls fail, the deeper it lies. Water above the line
/// means that at least one failed.
pub(super) fn hull(failed: usize, settled: usize) -> String {
    let mark = 74.0;
    // Half the settled controls failing puts the water to the deck.
    let share = if settled == 0 { 0.0 } else { failed as f64 / settled as f64 };
    let sea = if failed == 0 { mark + 14.0 } else { mark - 5.0 - 22.0 * (share * 2.0).min(1.0) };
    let label = match failed {
        0 => "Drawing: the water lies below the load line".to_owned(),
        _ => "Drawing: the water lies above the load line".to_owned(),
    };
    format!(
        "<svg class=\"hull\" viewBox=\"0 0 320 130\" role=\"img\" aria-label=\"{label}\">\
         <g fill=\"var(--upper)\"><path d=\"M196 40V18h52v22z\"/><path d=\"M206 18V4h12v14z\"/>\
         <path d=\"M60 40V27h20v13zM86 40V21h20v19zM112 40V27h20v13zM138 40V21h20v19z\" \
         opacity=\".55\"/></g>\
         <path d=\"M22 40H306L282 106Q279 114 268 114H58Q47 114 42 105Z\" fill=\"var(--hull)\"/>\
         <path d=\"M22 40H306L301 54H29Z\" fill=\"var(--upper)\"/>\
         <path d=\"M0 {sea:.1}q10-4 20 0t20 0 20 0 20 0 20 0 20 0 20 0 20 0 20 0 20 0 20 0 20 0 20 0 20 0 \
         20 0 20 0V130H0Z\" fill=\"var(--sea)\" opacity=\".62\"/>\
         <g stroke=\"#fff\" stroke-width=\"2.6\" fill=\"none\"><circle cx=\"166\" cy=\"{mark}\" r=\"9\"/>\
         <path d=\"M146 {mark}h40\"/></g></svg>"
    )
}

/// One family's verdicts as a bar; the numbers stand beside it, so it is hidden from readers.
pub(super) fn bar(counts: &[(Verdict, usize)]) -> String {
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    let mut out = String::from(
        "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" \
         focusable=\"false\">",
    );
    let mut x = 0.0;
    for (verdict, count) in counts {
        if *count == 0 || all == 0 {
            continue;
        }
        let width = *count as f64 * 100.0 / all as f64;
        let class = match verdict {
            Verdict::Proven | Verdict::Attested => "proven",
            Verdict::Failed => "failed",
            Verdict::Unproven => "unproven",
            Verdict::NotApplicable => "na",
            Verdict::Waived => "waived",
        };
        out.push_str(&format!(
            "<rect class=\"{class}\" x=\"{x:.2}\" width=\"{:.2}\" height=\"10\"/>",
            (width - 0.6).max(0.4)
        ));
        x += width;
    }
    out.push_str("</svg>");
    out
}

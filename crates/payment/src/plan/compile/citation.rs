//! Sources as the explanation cites them.

use yibao_kernel::explain::Citation;
use yibao_policy::source::SourceRef;

use crate::pack::Pack;

/// The citation of a source; `None` when its name is unknown.
pub(crate) fn citation(pack: &Pack, source: &SourceRef) -> Option<Citation> {
    let document = pack.document(source)?;
    let title = match (document.document, document.fictional) {
        (Some(title), _) => title,
        (None, true) => document.note.unwrap_or_else(|| "fictional 虚构".to_owned()),
        (None, false) => return None,
    };
    let trust = match (document.trust, document.fictional) {
        (Some(trust), _) => trust,
        (None, true) => yibao_policy::source::Trust::Fictional,
        (None, false) => pack.pack.trust,
    };
    Some(Citation {
        document: title,
        article: document.article,
        quote: document.quote,
        published: document.published,
        url: document.url,
        trust: trust.word().to_owned(),
    })
}

"""The source pane: a whole document as text, with the cited span highlighted."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from index.models import Document, Span
from pincite.ui.markup import attribute, file_name, joined, origin_markup, shown
from rag.models import Citation

_GAP = re.compile(r"\n[^\S\n]*\n\s*")

EMPTY_PANE = """
<div class="pane-empty">
  <p class="pane-empty-mark" aria-hidden="true">[1]</p>
  <h2>Sources open here</h2>
  <p>Press a number behind a statement, or a source card. The whole document opens at the
  sentence the statement rests on.</p>
</div>
"""


def render_source(
    document: Document,
    *,
    focus: Span | None = None,
    others: Sequence[Span] = (),
    opened: int = 0,
) -> str:
    """The document as markup, the cited span marked, the other cited spans marked lightly.

    `focus` and `others` are offsets into `document.text`; spans that do not lie inside it are not
    marked. `opened` differs every time, so that opening the same place again is noticed.
    """
    length = len(document.text)
    focus = focus if focus and 0 <= focus.start < focus.end <= length else None
    light = [span for span in others if 0 <= span.start < span.end <= length and span != focus]
    return joined(
        (
            f'<article class="source" data-opened="{opened}" '
            f'data-document="{attribute(document.id)}">',
            _head(document, focus),
            '<div class="source-text" dir="auto">',
            *_paragraphs(document, focus, light),
            "</div></article>",
        )
    )


def _head(document: Document, focus: Span | None) -> str:
    source = document.sources[0] if document.sources else ""
    page = document.page_at(focus.start) if focus else None
    facts = [
        f'<bdi class="file" title="{attribute(source)}">{shown(file_name(source))}</bdi>'
        if source
        else "",
        f"<bdi>by {shown(document.author)}</bdi>" if document.author else "",
        f"<span>page {page}</span>" if page else "",
    ]
    return (
        '<header class="source-head">'
        '<button class="pane-close quiet" type="button" data-close="source">'
        '<span aria-hidden="true">←</span> Back to the answer</button>'
        f'<p class="origin">{origin_markup(document.outlet, document.published_at)}</p>'
        f'<h2 dir="auto">{shown(document.title)}</h2>'
        f'<p class="facts">{joined(facts)}</p>'
        "</header>"
    )


def _paragraphs(document: Document, focus: Span | None, light: Sequence[Span]) -> Iterator[str]:
    """Each paragraph as markup, with a rule where a page begins."""
    pages = 0
    for number, span in enumerate(paragraphs(document.text)):
        page = document.page_at(span.start) or 0
        if page > pages and number:
            yield f'<p class="page-break"><span>page {page}</span></p>'
        pages = page
        heading = number == 0 and document.text[span.start : span.end].strip("# ") == document.title
        opening = ' class="opening"' if heading else ""
        pieces = joined(_pieces(document.text, span, focus, light))
        yield f'<p dir="auto"{opening}>{pieces}</p>'


def paragraphs(text: str) -> Iterator[Span]:
    r"""Where each stretch between blank lines stands; only white space lies outside of them.

    >>> list(paragraphs("One.\n\n Two,\nstill two.\n"))
    [Span(start=0, end=4), Span(start=7, end=23)]
    """
    start = 0
    for end, following in (
        *((gap.start(), gap.end()) for gap in _GAP.finditer(text)),
        (len(text), 0),
    ):
        if text[start:end].strip():
            yield Span(start, end)
        start = following


def _pieces(text: str, paragraph: Span, focus: Span | None, light: Sequence[Span]) -> Iterator[str]:
    """The paragraph cut at every border of a marked span."""
    marked = [*light, focus] if focus else list(light)
    inside = {
        border for span in marked for border in span if paragraph.start < border < paragraph.end
    }
    borders = sorted({paragraph.start, paragraph.end} | inside)
    for start, end in itertools.pairwise(borders):
        piece = shown(text[start:end])
        if focus and focus.start <= start and end <= focus.end:
            yield f'<mark class="cited" tabindex="-1">{piece}</mark>'
        elif any(span.start <= start and end <= span.end for span in light):
            yield f'<mark class="also">{piece}</mark>'
        else:
            yield piece


def render_removed(citation: Citation, *, opened: int = 0) -> str:
    """What is left to show of a document that is no longer in the library: the quote itself."""
    return (
        f'<article class="source removed" data-opened="{opened}">'
        '<header class="source-head">'
        '<button class="pane-close quiet" type="button" data-close="source">'
        '<span aria-hidden="true">←</span> Back to the answer</button>'
        f'<p class="origin">{origin_markup(citation.outlet, citation.published_at)}</p>'
        f'<h2 dir="auto">{shown(citation.title)}</h2></header>'
        '<div class="source-text"><p class="hint">This document was removed from the library. '
        "The quote as it stood:</p>"
        f'<p dir="auto"><mark class="cited" tabindex="-1">{shown(citation.quote)}</mark></p>'
        "</div></article>"
    )

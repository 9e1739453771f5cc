"""The source pane: a document as text or as its pages, with the cited span highlighted."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from index.models import Document, DocumentSummary, Passage
from index.page_drawing import PageImage
from index.web_address import is_address
from pincite.ui.cited_places import Walk
from pincite.ui.library import safe_name
from pincite.ui.markup import (
    attribute,
    date_words,
    file_name,
    joined,
    notice,
    origin_markup,
    shown,
)
from pincite.ui.source_text import Cut, render_part
from pincite.words import mark, plural, t, t_as
from pincite.words import number as written
from rag.models import CitationState
from rag.removed import LEFT_OUT

_KINDS = {
    "application/pdf": "PDF",
    "text/html": mark("web page"),
    "text/plain": mark("text"),
    "text/markdown": "Markdown",
    "text/x-rst": "reStructuredText",
    "text/csv": "CSV",
    "message/rfc822": mark("e-mail"),
    "application/json": "JSON",
    "application/rtf": "RTF",
    "application/epub+zip": "EPUB",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
}
_ENDINGS = {"application/pdf": ".pdf", "text/html": ".html", "text/plain": ".txt"}
_LOST = mark(
    "The cited words are not found in the text of this page, so nothing is marked on it. They "
    "stand in the text."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the pane shows: a document with what the library knows of it.

    `number` differs every time, so that opening the same place again is noticed.
    """

    document: Document
    cut: Cut
    summary: DocumentSummary | None = None
    passages: tuple[Passage, ...] = ()
    number: int = 0


def empty_pane() -> str:
    """What stands in the pane before anything is opened."""
    about = t(
        "Press a number behind a statement, or a source card. The whole document opens at the "
        "sentence the statement rests on."
    )
    return (
        '<div class="pane-empty"><p class="pane-empty-mark" aria-hidden="true">[1]</p>'
        f"<h2>{t('Sources open here')}</h2><p>{about}</p></div>"
    )


def _back() -> str:
    return (
        '<button class="pane-close quiet" type="button" data-close="source">'
        f'<span aria-hidden="true">←</span> {t("Back")}</button>'
    )


def render_source(opened: Opened, walk: Walk | None = None) -> str:
    """The document as markup: the citation of `walk` marked, its others there marked lightly.

    Of a long document only the part with the citation is there; the others are empty, and fetched
    when they are scrolled near. Spans that do not lie inside the text are not marked.
    """
    document, parted = opened.document, opened.cut
    focus = walk.citation if walk else None
    part = parted.part_at(focus.start) if focus else 0
    sections = joined(
        _section(opened, number, walk, drawn=abs(number - part) <= 1)
        for number in range(len(parted.firsts))
    )
    places = json.dumps([list(place) for place in walk.places]) if walk else "[]"
    page = document.page_at(focus.start) if focus else None
    return (
        f'<article class="source" data-opened="{opened.number}" data-part="{part}" '
        f'data-document="{attribute(document.id)}" data-places="{attribute(places)}" '
        f'data-page="{page or 1}">{_head(opened, walk)}'
        f'<div class="source-text" dir="auto">{sections}</div>'
        '<div class="source-pages" hidden></div></article>'
    )


def _section(opened: Opened, number: int, walk: Walk | None, *, drawn: bool) -> str:
    begin, end = opened.cut.span(number)
    markup = ""
    if drawn:
        markup = render_part(
            opened.document,
            opened.cut,
            number,
            places=walk.places if walk else (),
            shown_source=walk.shown if walk else None,
            passages=opened.passages,
        )
    return (
        f'<section class="part" data-number="{number}" data-size="{end - begin}">{markup}</section>'
    )


def _head(opened: Opened, walk: Walk | None) -> str:
    document = opened.document
    source = document.sources[0] if document.sources else ""
    page = document.page_at(walk.citation.start) if walk else None
    facts = [
        f'<bdi class="file" title="{attribute(source)}">{shown(file_name(source))}</bdi>'
        if source
        else "",
        f"<bdi>{t('by {author}', author=shown(document.author))}</bdi>" if document.author else "",
        f'<span class="cited-page">{t("page {page}", page=page)}</span>' if page else "",
    ]
    return (
        f'<header class="source-head">{_back()}'
        f'<p class="origin">{origin_markup(document.outlet, document.published_at)}</p>'
        f'<h2 dir="auto">{shown(document.title)}</h2>'
        f'<p class="facts">{joined(facts)}</p>'
        f'<div class="source-tools">{_steps(walk, document, opened.cut)}{_views(document)}'
        '<button class="quiet" type="button" data-show="passages" aria-pressed="false">'
        f'{t("Passages")}</button><button class="quiet" type="button" data-show="about" '
        f'aria-expanded="false" aria-controls="source-about">{t("About")}</button></div>'
        f'<div class="about" id="source-about" hidden>{_about(opened)}</div></header>'
    )


def _steps(walk: Walk | None, document: Document | None, parted: Cut | None) -> str:
    """Buttons to the citations before and after, through all documents of the exchange.

    Of the document that is shown, each stop says the part and the page that it is in, unless its
    words are lost; what a stop does not say, the server must draw.
    """
    if walk is None:
        return ""
    stops = []
    standing = {place.source: place.start for place in walk.places}
    for number in walk.order:
        stop: list[int | None] = [number]
        if document is not None and parted is not None and number in standing:
            start = standing[number]
            stop += [parted.part_at(start), document.page_at(start)]
        stops.append(stop)
    here, ids = walk.here, walk.documents
    place = ids.index(walk.citation.document_id) + 1
    counted = t("{place} of {count}", place=walk.at - here.start + 1, count=len(here))
    shown_place = f'<span class="at">{counted}</span>'
    told = t("Citation {place}", place=shown_place)
    if len(ids) > 1:
        told = t(
            "Citation {place}, document {document} of {documents}",
            place=shown_place,
            document=place,
            documents=len(ids),
        )
    first, last = walk.at == 0, walk.at == len(walk.order) - 1
    return (
        f'<div class="steps" role="group" aria-label="{t("Citations")}" '
        f'data-exchange="{walk.exchange}" '
        f'data-action="{attribute(walk.action)}" data-stops="{json.dumps(stops)}" '
        f'data-first="{here.start}" data-count="{len(here)}" data-at="{walk.at}">'
        f"{_step(-1, t('Previous citation'), 'p', '‹', disabled=first)}"
        f'<span role="status">{told}</span>'
        f"{_step(1, t('Next citation'), 'n', '›', disabled=last)}</div>"
    )


def _step(by: int, word: str, key: str, sign: str, *, disabled: bool) -> str:
    return (
        f'<button class="quiet" type="button" data-step="{by}" aria-label="{word}" '
        f'title="{word} ({key})" aria-keyshortcuts="{key}"'
        f'{" disabled" if disabled else ""}><span aria-hidden="true">{sign}</span></button>'
    )


def _views(document: Document) -> str:
    if not document.page_starts or document.media_type != "application/pdf":
        return ""
    return (
        f'<div class="views" role="group" aria-label="{t("Shown as")}">'
        f'<button class="quiet" type="button" data-view="text" aria-pressed="true">{t("Text")}'
        '</button><button class="quiet" type="button" data-view="pages" aria-pressed="false">'
        f"{t('Pages')}</button></div>"
    )


def _about(opened: Opened) -> str:
    """What is known of the document, and its original."""
    document, summary = opened.document, opened.summary
    unknown = t("unknown")
    kind = document.media_type
    if kind in _KINDS:
        kind = t(_KINDS[kind])
    rows = [
        (t("Outlet"), shown(document.outlet or unknown)),
        (t("Author"), shown(document.author or unknown)),
        (t("Published"), date_words(document.published_at) if document.published_at else unknown),
        (t("Language"), shown(document.language or unknown)),
        (t("Tags"), shown(", ".join(f"#{tag}" for tag in document.tags) or t("none"))),
        (t("Type"), shown(kind)),
        (t_as("document", "From"), joined(map(_place, document.sources)) or unknown),
    ]
    if document.page_starts:
        rows.append((t("Pages"), written(len(document.page_starts))))
    if summary is not None:
        day, time = date_words(summary.added_at.date()), f"{summary.added_at:%H:%M} UTC"
        rows.append((t("Added"), t("{day}, {time}", day=day, time=time)))
        rows.append((t("Length"), _length(summary)))
    told = joined(f"<dt>{name}</dt><dd><bdi>{value}</bdi></dd>" for name, value in rows)
    return (
        f"<dl>{told}</dl>"
        '<p class="original"><button class="quiet" type="button" data-original="'
        f'{attribute(saved_name(document))}">{t("Save the original")}</button> '
        '<span class="hint saved" role="status"></span></p>'
    )


def _length(summary: DocumentSummary) -> str:
    characters = plural("{count} character", "{count} characters", summary.characters)
    passages = plural("{count} passage", "{count} passages", summary.passages)
    return t("{characters}, {passages}", characters=characters, passages=passages)


def _place(source: str) -> str:
    """Where a document came from: a web address as a link, a file as its path."""
    if not source.startswith(("http://", "https://")):
        return f'<span class="place">{shown(source)}</span>'
    return (
        f'<span class="place"><a href="{attribute(source)}" target="_blank" '
        f'rel="noreferrer noopener nofollow">{shown(source)}</a> '
        f'<button class="link" type="button" data-copy-address="{attribute(source)}">'
        f"{t('Copy')}</button>"
        "</span>"
    )


def saved_name(document: Document) -> str:
    """What an original is called when it is saved: as its file, or as its title."""
    source = document.sources[0] if document.sources else ""
    if source and not is_address(source):
        return safe_name(source)
    return safe_name(document.title[:80]) + _ENDINGS.get(document.media_type, "")


def render_page(document: Document, image: PageImage, *, page: int, cited: int | None) -> str:
    """A page as a picture; of its boxes, the one with number `cited` is marked strongly."""
    data = base64.b64encode(image.png).decode()
    boxes = joined(
        f'<span class="page-mark {"cited" if number == cited else "also"}" style="left:{left:.3%};'
        f'top:{top:.3%};width:{width:.3%};height:{height:.3%}"></span>'
        for number, lines in enumerate(image.boxes)
        for left, top, width, height in lines
    )
    lost = cited is not None and not image.boxes[cited]
    called = t(
        "Page {page} of {pages} of {title}",
        page=page,
        pages=image.pages,
        title=attribute(document.title),
    )
    return (
        f"{_page_steps(page, image.pages)}"
        f"{notice(t(_LOST)) if lost else ''}"
        f'<figure class="page-image"><img src="data:image/png;base64,{data}" width="{image.width}" '
        f'height="{image.height}" alt="{called}">{boxes}</figure>'
    )


def _page_steps(page: int, pages: int) -> str:
    box = f'<input type="number" class="page-number" min="1" max="{pages}" value="{page}">'
    return (
        f'<div class="page-steps" role="group" aria-label="{t("Pages")}">'
        f'<button class="quiet" type="button" data-turn="{page - 1}" '
        f'aria-label="{t("Previous page")}"'
        f'{" disabled" if page <= 1 else ""}><span aria-hidden="true">‹</span></button>'
        f"<label>{t('Page {number}', number=box)}</label> "
        f"<span>{t('of {pages}', pages=written(pages))}</span>"
        f'<button class="quiet" type="button" data-turn="{page + 1}" aria-label="{t("Next page")}"'
        f'{" disabled" if page >= pages else ""}><span aria-hidden="true">›</span></button></div>'
    )


_GONE: Mapping[CitationState, str] = {
    "removed": mark("This document was removed from the library. The quote as it stood:"),
    "changed": mark(
        "The document has changed since, and these words do not stand there any more. The quote as "
        "it stood:"
    ),
}
_ERASED = mark("This quote was erased when its document was removed.")


def render_gone(walk: Walk, state: CitationState, *, opened: int = 0) -> str:
    """What is left to show where a citation's words no longer stand: the quote, if it was kept."""
    citation = walk.citation
    told = (
        f'<p class="hint">{t(_ERASED)}</p>'
        if citation.quote == LEFT_OUT
        else f'<p class="hint">{t(_GONE[state])}</p>'
        f'<p dir="auto"><mark class="cited" tabindex="-1">{shown(citation.quote)}</mark></p>'
    )
    return (
        f'<article class="source removed" data-opened="{opened}">'
        f'<header class="source-head">{_back()}'
        f'<p class="origin">{origin_markup(citation.outlet, citation.published_at)}</p>'
        f'<h2 dir="auto">{shown(citation.title)}</h2>'
        f'<div class="source-tools">{_steps(walk, None, None)}</div></header>'
        f'<div class="source-text">{told}</div></article>'
    )

"""The library column as markup: the table of documents, and what became of files added."""

from __future__ import annotations

from collections.abc import Sequence

from index.models import DocumentSummary, FileReport
from pincite.ui.library import Adding
from pincite.ui.markup import (
    attribute,
    capitalised,
    counted,
    file_name,
    joined,
    notice,
    outlet_words,
    short_date,
    shown,
)

ROWS_LIMIT = 400
_OUTCOMES = {
    "added": "added",
    "unchanged": "already here",
    "replaced": "replaced",
    "moved": "moved",
    "duplicate": "already here",
    "skipped": "skipped",
    "failed": "not added",
}
_COLUMNS = ("Select", "Title", "Outlet", "Date", "Passages")


def render_library(documents: Sequence[DocumentSummary], *, wanted: str = "") -> str:
    """The table of documents whose title, outlet or source contains `wanted`, newest first."""
    found = matching(documents, wanted)
    passages = sum(document.passages for document in documents)
    total = (
        f"{counted(len(documents), 'document')}, {counted(passages, 'passage')}"
        if documents
        else "No documents yet"
    )
    return joined(
        (
            f'<p class="library-total" role="status" data-documents="{len(documents)}">{total}</p>',
            _table(found[:ROWS_LIMIT]) if found else "",
            f'<p class="hint">Nothing here is called “{shown(wanted)}”.</p>'
            if documents and not found
            else "",
            f'<p class="hint">{ROWS_LIMIT} of {len(found):,} shown: type a title for others.</p>'
            if len(found) > ROWS_LIMIT
            else "",
            _removal() if found else "",
        )
    )


def matching(documents: Sequence[DocumentSummary], wanted: str) -> list[DocumentSummary]:
    """The documents that `wanted` is found in, ignoring case, the newest day first, then titles."""
    needle = wanted.strip().casefold()
    found = [
        document
        for document in documents
        if needle
        in "\n".join((document.title, document.outlet or "", *document.sources)).casefold()
    ]
    found.sort(key=lambda document: document.title.casefold())
    found.sort(
        key=lambda document: document.published_at.toordinal() if document.published_at else 0,
        reverse=True,
    )
    return found


def _table(documents: Sequence[DocumentSummary]) -> str:
    head = joined(
        f'<th role="columnheader" scope="col" class="{name.lower()}">{name}</th>'
        for name in _COLUMNS
    )
    rows = joined(_row(document) for document in documents)
    return (
        '<table class="documents" role="table" aria-label="Documents of the library">'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>'
    )


def _row(document: DocumentSummary) -> str:
    title = document.title or file_name(document.sources[0] if document.sources else document.id)
    places = "\n".join(document.sources)
    outlet = "" if document.outlet else " unknown"
    day = "" if document.published_at else " unknown"
    return (
        f'<tr role="row" data-row="{attribute(document.id)}">'
        '<td role="cell" class="pick"><input type="checkbox" class="pick-box" '
        f'data-pick="{attribute(document.id)}" aria-label="Select {attribute(title)}"></td>'
        '<td role="cell" class="title"><button class="open" type="button" data-action="open" '
        f'data-document="{attribute(document.id)}" dir="auto" '
        f'title="{attribute(places)}">{shown(title)}</button></td>'
        f'<td role="cell" class="outlet{outlet}">'
        f"<bdi>{shown(outlet_words(document.outlet))}</bdi></td>"
        f'<td role="cell" class="day{day}">{short_date(document.published_at)}</td>'
        f'<td role="cell" class="passages">{document.passages:,}</td></tr>'
    )


def _removal() -> str:
    """Two steps, both drawn at once; the browser shows the second after the first is pressed."""
    return (
        '<div class="removal" hidden>'
        '<button class="quiet" type="button" data-remove="ask">Remove selected</button>'
        '<span class="removal-sure" hidden><span class="removal-words">Remove for good?</span> '
        '<button class="quiet danger" type="button" data-remove="yes">Remove</button>'
        '<button class="quiet" type="button" data-remove="no">Keep</button></span></div>'
    )


def render_adding(adding: Adding) -> str:
    """Every file of an upload with what became of it, reasons of failures included."""
    rows = [_report(report) for report in adding.done]
    if adding.current is not None:
        passages = (
            f", {counted(adding.current_passages, 'passage')}" if adding.current_passages else ""
        )
        rows.append(
            f'<li class="file-row running"><span class="file"><bdi>{shown(adding.current)}</bdi>'
            f'</span><span class="outcome">reading{passages}</span></li>'
        )
    if adding.waiting > 0:
        rows.append(f'<li class="file-row waiting">{counted(adding.waiting, "more file")}</li>')
    trouble = notice(adding.trouble, kind="trouble") if adding.trouble else ""
    bar = _bar(adding) if adding.running else ""
    dismiss = (
        "" if adding.running else '<button type="button" data-dismiss="report">Dismiss</button>'
    )
    total = (
        f'<div class="adding-head"><p class="adding-total" role="status">{adding_words(adding)}</p>'
        f"{dismiss}</div>"
    )
    return f'<div class="adding">{total}{bar}{trouble}<ul>{joined(rows)}</ul></div>'


def _bar(adding: Adding) -> str:
    total = len(adding.done) + 1 + adding.waiting
    return f'<progress max="{total}" value="{len(adding.done)}" aria-label="Files read"></progress>'


def adding_words(adding: Adding) -> str:
    """The sum of an upload in a line."""
    if adding.running:
        total = len(adding.done) + 1 + adding.waiting
        return f"Adding file {len(adding.done) + 1} of {total}"
    counts = dict.fromkeys(_OUTCOMES.values(), 0)
    for report in adding.done:
        counts[_OUTCOMES[report.status]] += 1
    return capitalised(
        ", ".join(
            f"{counted(number, 'file')} {outcome}" if place == 0 else f"{number:,} {outcome}"
            for place, (outcome, number) in enumerate(
                (outcome, number) for outcome, number in counts.items() if number
            )
        )
    )


def _report(report: FileReport) -> str:
    reason = f'<span class="reason">{shown(report.reason)}</span>' if report.reason else ""
    outcome = _OUTCOMES[report.status]
    return (
        f'<li class="file-row {report.status}"><span class="file">'
        f'<bdi title="{attribute(report.path)}">{shown(file_name(report.path))}</bdi></span>'
        f'<span class="outcome">{outcome}</span>{reason}</li>'
    )

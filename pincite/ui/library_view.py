"""The library column as markup: the table of documents, and what became of files added."""

from __future__ import annotations

from collections.abc import Sequence

from index.models import DocumentSummary, FileReport
from index.pace import pace_in_words
from pincite.ui.adding import Adding, called
from pincite.ui.listing import Listing, SortKey
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
from pincite.ui.shelf_view import render_selection

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
_LEFT = "not read"
# Heads of columns and what they sort by.
_COLUMNS: tuple[tuple[str, SortKey], ...] = (
    ("Title", "title"),
    ("Outlet", "outlet"),
    ("Date", "date"),
    ("Added", "added"),
    ("Passages", "passages"),
)


def render_library(
    documents: Sequence[DocumentSummary], *, found: Sequence[DocumentSummary], listing: Listing
) -> str:
    """The table of the documents that are `found`, out of all `documents`."""
    passages = sum(document.passages for document in documents)
    if not documents:
        total = "No documents yet"
    elif len(found) < len(documents):
        total = f"{len(found):,} of {counted(len(documents), 'document')}"
    else:
        total = f"{counted(len(documents), 'document')}, {counted(passages, 'passage')}"
    called = f" is called “{shown(listing.wanted)}”" if listing.wanted.strip() else " passes"
    return joined(
        (
            f'<p class="library-total" role="status" data-documents="{len(documents)}">{total}</p>',
            _table(found[:ROWS_LIMIT], listing) if found else "",
            f'<p class="hint">Nothing here{called}.</p>' if documents and not found else "",
            f'<p class="hint">{ROWS_LIMIT} of {len(found):,} shown: type a title for others.</p>'
            if len(found) > ROWS_LIMIT
            else "",
            render_selection() if found else "",
        )
    )


def _table(documents: Sequence[DocumentSummary], listing: Listing) -> str:
    heads = joined(_column_head(name, key, listing) for name, key in _COLUMNS)
    rows = joined(_row(document) for document in documents)
    return (
        f'<table class="documents by-{listing.sort}" role="table" '
        'aria-label="Documents of the library"><thead role="rowgroup"><tr role="row">'
        '<th role="columnheader" scope="col" class="select">Select</th>'
        f'{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _column_head(name: str, key: SortKey, listing: Listing) -> str:
    order, sign = "none", ""
    if key == listing.sort:
        order = "descending" if listing.falling else "ascending"
        sign = f'<span aria-hidden="true"> {"↓" if listing.falling else "↑"}</span>'
    return (
        f'<th role="columnheader" scope="col" class="{key}" aria-sort="{order}">'
        f'<button class="sort" type="button" data-sort="{key}">{name}{sign}</button></th>'
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
        f'title="{attribute(places)}">{shown(title)}</button>{_marks(document)}</td>'
        f'<td role="cell" class="outlet{outlet}">'
        f"<bdi>{shown(outlet_words(document.outlet))}</bdi></td>"
        f'<td role="cell" class="day{day}">{short_date(document.published_at)}</td>'
        f'<td role="cell" class="added">{short_date(document.added_at.date())}</td>'
        f'<td role="cell" class="passages">{document.passages:,}</td></tr>'
    )


def _marks(document: DocumentSummary) -> str:
    """The document's tags, and that others tell its story in the same words."""
    marks = [f'<span class="tag"><bdi>#{shown(tag)}</bdi></span>' for tag in document.tags]
    if document.story is not None:
        marks.append('<span class="retold">told by others too</span>')
    return f'<span class="marks">{joined(marks)}</span>' if marks else ""


def render_removed_notice(removed: int, *, key: str | None, seconds: int, quotes: bool) -> str:
    """How many documents were removed, and for how long that can be undone.

    Without a `key` it cannot; with `quotes` their words were erased from conversations too.
    """
    said = f"{counted(removed, 'document')} removed."
    if quotes and key:
        said += " Their quotes are gone from stored conversations for good."
    return f"{notice(said, kind='done')}{render_undo(key, seconds=seconds)}"


def render_undo(key: str | None, *, seconds: int) -> str:
    """The button that puts back what is held under the key, if anything is."""
    if key is None:
        return ""
    return (
        f'<p class="undo" data-seconds="{seconds}"><button class="quiet" type="button" '
        f'data-undo="{attribute(key)}">Undo</button> <span class="hint">for {seconds} seconds; '
        "then nothing is left of it.</span></p>"
    )


def render_adding(adding: Adding, *, key: str = "") -> str:
    """Every file of an upload with what became of it, reasons of failures included.

    The latest come first, and at the end those that need a look. `key` is what its buttons send
    back: stop, continue, dismiss.
    """
    if adding.current is not None:
        rows = [_row_of(adding.current, "running", "reading"), *map(_report, adding.done[::-1])]
    else:
        rows = [_row_of(called(source), "left", _LEFT) for source in adding.left]
        rows.extend(_report(report) for report in sorted(adding.done, key=_needs_no_look))
    return (
        '<div class="adding"><div class="adding-head">'
        f'<p class="adding-total" role="status">{adding_words(adding)}</p>'
        f'<div class="adding-buttons">{_buttons(adding, attribute(key))}</div></div>'
        f"{_standing(adding)}{_ended_early(adding)}"
        # A long list scrolls, by the arrow keys too.
        f'<ul tabindex="0" aria-label="Files">{joined(rows)}</ul></div>'
    )


def _row_of(name: str, kind: str, outcome: str) -> str:
    return (
        f'<li class="file-row {kind}"><span class="file"><bdi>{shown(name)}</bdi></span>'
        f'<span class="outcome">{outcome}</span></li>'
    )


def _needs_no_look(report: FileReport) -> bool:
    return report.status not in {"failed", "skipped"}


def _buttons(adding: Adding, key: str) -> str:
    if adding.running:
        disabled = " disabled" if adding.stopping else ""
        word = "Stopping" if adding.stopping else "Stop"
        return f'<button type="button" data-stop="{key}"{disabled}>{word}</button>'
    resume = f'<button type="button" data-resume="{key}">Continue</button>' if adding.left else ""
    return f'{resume}<button type="button" data-dismiss="{key}">Dismiss</button>'


def _standing(adding: Adding) -> str:
    """How far all files together are, and how long they take."""
    if not adding.running or adding.progress is None:
        return ""
    progress = adding.progress
    words = pace_in_words(progress.passages_done, adding.pace)
    return (
        f'<progress max="{max(1, progress.bytes_total)}" value="{progress.bytes_done}" '
        f'aria-label="Bytes read"></progress><p class="hint pace">'
        f"{', '.join(f'<span>{word}</span>' for word in words)}</p>"
    )


def _ended_early(adding: Adding) -> str:
    if adding.trouble:
        return notice(adding.trouble, kind="trouble")
    if adding.left:
        return '<p class="hint">Stopped. What was added stays; <em>Continue</em> adds the rest.</p>'
    return ""


def adding_words(adding: Adding) -> str:
    """The sum of an upload in a line."""
    if adding.running:
        total = len(adding.done) + 1 + adding.waiting
        return f"Adding file {len(adding.done) + 1} of {total}"
    counts = dict.fromkeys(_OUTCOMES.values(), 0)
    for report in adding.done:
        counts[_OUTCOMES[report.status]] += 1
    counts[_LEFT] = len(adding.left)
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

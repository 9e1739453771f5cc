"""The library column as markup: the table of documents, and what became of files added."""

from __future__ import annotations

from collections.abc import Sequence

from index.models import DocumentSummary, FileReport
from pincite.ui.adding import Adding, called
from pincite.ui.listing import Listing, SortKey
from pincite.ui.markup import (
    attribute,
    file_name,
    joined,
    notice,
    outlet_words,
    short_date,
    shown,
)
from pincite.ui.outcome_words import LEFT, OUTCOMES, sum_words
from pincite.ui.pace_words import pace_words
from pincite.ui.shelf_view import holding, render_selection
from pincite.words import mark, number, plural, t

ROWS_LIMIT = 400
# Heads of columns and what they sort by.
_COLUMNS: tuple[tuple[str, SortKey], ...] = (
    (mark("Title"), "title"),
    (mark("Outlet"), "outlet"),
    (mark("Date"), "date"),
    (mark("Added"), "added"),
    (mark("Passages"), "passages"),
)


def render_library(
    documents: Sequence[DocumentSummary], *, found: Sequence[DocumentSummary], listing: Listing
) -> str:
    """The table of the documents that are `found`, out of all `documents`."""
    passages = sum(document.passages for document in documents)
    if not documents:
        total = t("No documents yet")
    elif len(found) < len(documents):
        total = plural(
            "{found} of {count} document",
            "{found} of {count} documents",
            len(documents),
            found=number(len(found)),
        )
    else:
        total = holding(len(documents), passages)
    none = t("Nothing here passes.")
    if listing.wanted.strip():
        none = t("Nothing here is called “{words}”.", words=shown(listing.wanted))
    more = t(
        "{limit} of {count} shown: type a title for others.",
        limit=ROWS_LIMIT,
        count=number(len(found)),
    )
    return joined(
        (
            f'<p class="library-total" role="status" data-documents="{len(documents)}">{total}</p>',
            _table(found[:ROWS_LIMIT], listing) if found else "",
            f'<p class="hint">{none}</p>' if documents and not found else "",
            f'<p class="hint">{more}</p>' if len(found) > ROWS_LIMIT else "",
            render_selection() if found else "",
        )
    )


def _table(documents: Sequence[DocumentSummary], listing: Listing) -> str:
    heads = joined(_column_head(name, key, listing) for name, key in _COLUMNS)
    rows = joined(_row(document) for document in documents)
    return (
        f'<table class="documents by-{listing.sort}" role="table" '
        f'aria-label="{t("Documents of the library")}"><thead role="rowgroup"><tr role="row">'
        f'<th role="columnheader" scope="col" class="select">{t("Select")}</th>'
        f'{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _column_head(name: str, key: SortKey, listing: Listing) -> str:
    order, sign = "none", ""
    if key == listing.sort:
        order = "descending" if listing.falling else "ascending"
        sign = f'<span aria-hidden="true"> {"↓" if listing.falling else "↑"}</span>'
    return (
        f'<th role="columnheader" scope="col" class="{key}" aria-sort="{order}">'
        f'<button class="sort" type="button" data-sort="{key}">{t(name)}{sign}</button></th>'
    )


def _row(document: DocumentSummary) -> str:
    title = document.title or file_name(document.sources[0] if document.sources else document.id)
    places = "\n".join(document.sources)
    outlet = "" if document.outlet else " unknown"
    day = "" if document.published_at else " unknown"
    return (
        f'<tr role="row" data-row="{attribute(document.id)}">'
        '<td role="cell" class="pick"><input type="checkbox" class="pick-box" '
        f'data-pick="{attribute(document.id)}" '
        f'aria-label="{t("Select {title}", title=attribute(title))}"></td>'
        '<td role="cell" class="title"><button class="open" type="button" data-action="open" '
        f'data-document="{attribute(document.id)}" dir="auto" '
        f'title="{attribute(places)}">{shown(title)}</button>{_marks(document)}</td>'
        f'<td role="cell" class="outlet{outlet}">'
        f"<bdi>{shown(outlet_words(document.outlet))}</bdi></td>"
        f'<td role="cell" class="day{day}">{short_date(document.published_at)}</td>'
        f'<td role="cell" class="added">{short_date(document.added_at.date())}</td>'
        f'<td role="cell" class="passages">{number(document.passages)}</td></tr>'
    )


def _marks(document: DocumentSummary) -> str:
    """The document's tags, and that others tell its story in the same words."""
    marks = [f'<span class="tag"><bdi>#{shown(tag)}</bdi></span>' for tag in document.tags]
    if document.story is not None:
        marks.append(f'<span class="retold">{t("told by others too")}</span>')
    return f'<span class="marks">{joined(marks)}</span>' if marks else ""


def render_removed_notice(removed: int, *, key: str | None, seconds: int, quotes: bool) -> str:
    """How many documents were removed, and for how long that can be undone.

    Without a `key` it cannot; with `quotes` their words were erased from conversations too.
    """
    said = plural("{count} document removed.", "{count} documents removed.", removed)
    if quotes and key:
        said += " " + t("Their quotes are gone from stored conversations for good.")
    return f"{notice(said, kind='done')}{render_undo(key, seconds=seconds)}"


def render_undo(key: str | None, *, seconds: int) -> str:
    """The button that puts back what is held under the key, if anything is."""
    if key is None:
        return ""
    hint = t("for {seconds} seconds; then nothing is left of it.", seconds=seconds)
    return (
        f'<p class="undo" data-seconds="{seconds}"><button class="quiet" type="button" '
        f'data-undo="{attribute(key)}">{t("Undo")}</button> <span class="hint">{hint}</span></p>'
    )


def render_adding(adding: Adding, *, key: str = "") -> str:
    """Every file of an upload with what became of it, reasons of failures included.

    The latest come first, and at the end those that need a look. `key` is what its buttons send
    back: stop, continue, dismiss.
    """
    if adding.current is not None:
        rows = [_row_of(adding.current, "running", t("reading")), *map(_report, adding.done[::-1])]
    else:
        rows = [_row_of(called(source), "left", t(LEFT)) for source in adding.left]
        rows.extend(_report(report) for report in sorted(adding.done, key=_needs_no_look))
    return (
        '<div class="adding"><div class="adding-head">'
        f'<p class="adding-total" role="status">{adding_words(adding)}</p>'
        f'<div class="adding-buttons">{_buttons(adding, attribute(key))}</div></div>'
        f"{_standing(adding)}{_ended_early(adding)}"
        # A long list scrolls, by the arrow keys too.
        f'<ul tabindex="0" aria-label="{t("Files")}">{joined(rows)}</ul></div>'
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
        word = t("Stopping") if adding.stopping else t("Stop")
        return f'<button type="button" data-stop="{key}"{disabled}>{word}</button>'
    resume = ""
    if adding.left:
        resume = f'<button type="button" data-resume="{key}">{t("Continue")}</button>'
    return f'{resume}<button type="button" data-dismiss="{key}">{t("Dismiss")}</button>'


def _standing(adding: Adding) -> str:
    """How far all files together are, and how long they take."""
    if not adding.running or adding.progress is None:
        return ""
    progress = adding.progress
    words = pace_words(progress.passages_done, adding.pace)
    return (
        f'<progress max="{max(1, progress.bytes_total)}" value="{progress.bytes_done}" '
        f'aria-label="{t("Bytes read")}"></progress><p class="hint pace">'
        f"{', '.join(f'<span>{word}</span>' for word in words)}</p>"
    )


def _ended_early(adding: Adding) -> str:
    if adding.trouble:
        return notice(adding.trouble, kind="trouble")
    if adding.left:
        said = t(
            "Stopped. What was added stays; {button} adds the rest.",
            button=f"<em>{t('Continue')}</em>",
        )
        return f'<p class="hint">{said}</p>'
    return ""


def adding_words(adding: Adding) -> str:
    """The sum of an upload in a line."""
    if adding.running:
        total = len(adding.done) + 1 + adding.waiting
        return t("Adding file {place} of {total}", place=len(adding.done) + 1, total=total)
    return sum_words([report.status for report in adding.done], left=len(adding.left))


def _report(report: FileReport) -> str:
    reason = f'<span class="reason">{shown(report.reason)}</span>' if report.reason else ""
    outcome = t(OUTCOMES[report.status])
    return (
        f'<li class="file-row {report.status}"><span class="file">'
        f'<bdi title="{attribute(report.path)}">{shown(file_name(report.path))}</bdi></span>'
        f'<span class="outcome">{outcome}</span>{reason}</li>'
    )

"""The panels around the table of documents: filters, collections, pasted text, health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from index.models import DocumentSummary, VerifyReport
from index.storage import Storage
from index.tags import LONGEST_TAG
from pincite.ui.listing import Listing, Scope
from pincite.ui.markup import attribute, counted, joined, notice, shown

_STATES = (
    ("", "Any"),
    ("undated", "Date unknown"),
    ("no outlet", "Outlet unknown"),
    ("retold", "Told by others too"),
    ("gone", "File no longer in its place"),
)
_NAMED = 20


def render_filters(documents: Sequence[DocumentSummary], listing: Listing) -> str:
    """A form that narrows what is listed; empty where there is nothing to choose from."""
    if not documents:
        return ""
    outlets = _names(document.outlet for document in documents)
    tags = _names(tag for document in documents for tag in document.tags)
    languages = _names(document.language for document in documents)
    since = listing.since.isoformat() if listing.since else ""
    until = listing.until.isoformat() if listing.until else ""
    return (
        '<details class="panel filters"><summary>Filter<span class="chosen"></span></summary>'
        '<div class="fields">'
        f"{_choice('outlet', 'Outlet', outlets, listing.outlet)}"
        f"{_choice('tag', 'Tag', tags, listing.tag)}"
        f"{_choice('language', 'Language', languages, listing.language)}"
        f"{_choice('state', 'State', _STATES, listing.state)}"
        f"{_day('since', 'From', since)}{_day('until', 'Until', until)}"
        '<button class="link" type="button" data-clear="filters">Clear all</button></div></details>'
    )


def _names(values: Iterable[str | None]) -> list[tuple[str, str]]:
    """Every name with how many documents have it, after one that allows all."""
    found = Counter(value for value in values if value)
    names = sorted(found, key=str.casefold)
    return [("", "Any"), *((name, f"{name} ({found[name]:,})") for name in names)]


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    if chosen and chosen not in {value for value, _ in options}:
        options = [*options, (chosen, f"{chosen} (0)")]
    drawn = joined(
        f'<option value="{attribute(value)}"{" selected" if value == chosen else ""}>'
        f"{shown(words)}</option>"
        for value, words in options
    )
    return f'<label>{label} <select data-filter="{name}">{drawn}</select></label>'


def _day(name: str, label: str, value: str) -> str:
    return (
        f'<label>{label} <input type="date" data-filter="{name}" value="{value}" '
        'min="1000-01-01" max="9999-12-31"></label>'
    )


def render_collections(documents: Sequence[DocumentSummary], scope: Scope) -> str:
    """What the conversation reads: all documents, or those of some collections."""
    if not documents:
        return ""
    found = Counter(tag for document in documents for tag in document.tags)
    for tag in scope.collections:
        found.setdefault(tag, 0)
    boxes = joined(
        f'<label><input type="checkbox" data-collection="{attribute(tag)}"'
        f"{' checked' if tag in scope.collections else ''}> <bdi>#{shown(tag)}</bdi> "
        f'<span class="hint">{found[tag]:,}</span></label>'
        for tag in sorted(found, key=str.casefold)
    )
    what = " or ".join(f"#{tag}" for tag in scope.collections) or "all documents"
    hint = (
        "A question is asked of the documents with one of the ticked tags, or of all documents if "
        "none is ticked."
        if found
        else "Tick documents in the list and give them a tag: each tag is a collection that a "
        "conversation can be kept to."
    )
    return (
        '<details class="panel collections"><summary>This conversation reads '
        f'<bdi class="reads">{shown(what)}</bdi></summary>'
        f'<div class="fields" role="group" aria-label="Collections">{boxes}'
        f'<p class="hint">{hint}</p></div></details>'
    )


def render_paste(after: str = "") -> str:
    """A folder, and a form for text; `after` differs, so that the form is drawn empty anew."""
    return (
        '<button class="link" type="button" data-choose="folder">Add a folder</button>'
        f'<details class="panel paste" data-after="{attribute(after)}">'
        '<summary>Paste text</summary><div class="fields">'
        '<label>Title <input type="text" class="paste-title" maxlength="80" '
        'placeholder="as its first line"></label>'
        '<label>Text <textarea class="paste-text" rows="6"></textarea></label>'
        '<button class="quiet" type="button" data-paste="add">Add this text</button>'
        "</div></details>"
    )


def render_health(storage: Storage | None = None, body: str = "", *, busy: bool = False) -> str:
    """What the library takes on its disk, and whether it is sound; measured when it is opened."""
    disabled = " disabled" if busy else ""
    told = f'<p class="hint" role="status">{_room(storage)}</p>' if storage else ""
    return (
        f'<details class="panel health"{" open" if storage else ""}><summary>Storage and health'
        f'</summary><div class="fields">{told}{body}'
        f'<button class="quiet" type="button" data-health="check"{disabled}>Check the library'
        "</button></div></details>"
    )


def _room(storage: Storage) -> str:
    parts = (
        (storage.originals, "originals"),
        (storage.catalog, "texts and words"),
        (storage.vectors, "vectors"),
        (storage.others, "else"),
    )
    told = ", ".join(f"{size_words(size)} {what}" for size, what in parts if size >= 1_000)
    return (
        f"The library takes {size_words(storage.total)}: {told}. {size_words(storage.free)} are "
        "free on its disk."
    )


def size_words(size: int) -> str:
    """Bytes in the unit that gives few digits.

    >>> size_words(0), size_words(1_530_000), size_words(48_000_000_000)
    ('0 kB', '1.5 MB', '48 GB')
    """
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:,.{0 if size >= 10 * factor else 1}f} {unit}"
    return f"{size / 1e3:,.0f} kB"


def render_verified(report: VerifyReport) -> str:
    """What a check found, with the way to mend it."""
    held = f"{counted(report.documents, 'document')}, {counted(report.passages, 'passage')}"
    if report.sound:
        return notice(f"All is well: {held}; everything that is kept twice agrees.", kind="done")
    items = joined(
        f"<li>{shown(_for_the_page(problem))}</li>" for problem in report.problems[:_NAMED]
    )
    more = len(report.problems) - _NAMED
    rest = f'<p class="hint">and {more:,} more</p>' if more > 0 else ""
    problems = counted(len(report.problems), "problem")
    return (
        f"{notice(f'{problems} found in {held}.', kind='trouble')}"
        f'<ul class="problems">{items}</ul>{rest}'
        '<button class="quiet" type="button" data-health="repair">Repair</button> '
    )


def _for_the_page(problem: str) -> str:
    """A problem's sentence, with the button in place of the command."""
    for verb, press in (("Run", "Press"), ("run", "press")):
        problem = problem.replace(f"{verb} `pincite rebuild`", f"{press} “Repair”")
    return problem


def render_selection() -> str:
    """What can be done with the ticked documents: tags, and removal in two steps.

    All is drawn at once; the browser shows the second step after the first is pressed.
    """
    return (
        '<div class="removal" hidden><p class="selected" role="status"></p>'
        '<div class="tagging"><input type="text" class="tag-name" aria-label="Tag" '
        f'placeholder="Tag" maxlength="{LONGEST_TAG}" list="tags-known">'
        '<button class="quiet" type="button" data-tag="add">Tag</button>'
        '<button class="quiet" type="button" data-tag="remove">Untag</button></div>'
        '<button class="quiet" type="button" data-remove="ask">Remove selected</button>'
        '<span class="removal-sure" hidden><span class="removal-words">Remove?</span> '
        '<button class="quiet danger" type="button" data-remove="yes">Remove</button>'
        '<button class="quiet" type="button" data-remove="no">Keep</button></span></div>'
    )

"""The panels around the table of documents: filters, collections, pasted text, health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from index.models import DocumentSummary, VerifyReport
from index.storage import Storage
from index.tags import LONGEST_TAG
from pincite.ui.listing import Listing, Scope, either
from pincite.ui.markup import attribute, joined, notice, shown
from pincite.words import mark, number, plural, t, t_as

_STATES = (
    ("", mark("Any")),
    ("undated", mark("Date unknown")),
    ("no outlet", mark("Outlet unknown")),
    ("retold", mark("Told by others too")),
    ("gone", mark("File no longer in its place")),
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
    states = [(state, t(words)) for state, words in _STATES]
    return (
        f'<details class="panel filters"><summary>{t("Filter")}<span class="chosen"></span>'
        '</summary><div class="fields">'
        f"{_choice('outlet', t('Outlet'), outlets, listing.outlet)}"
        f"{_choice('tag', t('Tag'), tags, listing.tag)}"
        f"{_choice('language', t('Language'), languages, listing.language)}"
        f"{_choice('state', t('State'), states, listing.state)}"
        f"{_day('since', t_as('days', 'From'), since)}{_day('until', t('Until'), until)}"
        f'<button class="link" type="button" data-clear="filters">{t("Clear all")}</button>'
        "</div></details>"
    )


def _names(values: Iterable[str | None]) -> list[tuple[str, str]]:
    """Every name with how many documents have it, after one that allows all."""
    found = Counter(value for value in values if value)
    names = sorted(found, key=str.casefold)
    return [("", t("Any")), *((name, f"{name} ({number(found[name])})") for name in names)]


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
        f'<span class="hint">{number(found[tag])}</span></label>'
        for tag in sorted(found, key=str.casefold)
    )
    what = either(scope.collections) if scope.collections else t("all documents")
    hint = (
        t(
            "A question is asked of the documents with one of the ticked tags, or of all documents "
            "if none is ticked."
        )
        if found
        else t(
            "Tick documents in the list and give them a tag: each tag is a collection that a "
            "conversation can be kept to."
        )
    )
    reads = t(
        "This conversation reads {documents}",
        documents=f'<bdi class="reads">{shown(what)}</bdi>',
    )
    return (
        f'<details class="panel collections"><summary>{reads}</summary>'
        f'<div class="fields" role="group" aria-label="{t("Collections")}">{boxes}'
        f'<p class="hint">{hint}</p></div></details>'
    )


def render_paste(after: str = "") -> str:
    """A folder, and a form for text; `after` differs, so that the form is drawn empty anew."""
    return (
        f'<button class="link" type="button" data-choose="folder">{t("Add a folder")}</button>'
        f'<details class="panel paste" data-after="{attribute(after)}">'
        f'<summary>{t("Paste text")}</summary><div class="fields">'
        f'<label>{t("Title")} <input type="text" class="paste-title" maxlength="80" '
        f'placeholder="{t("as its first line")}"></label>'
        f'<label>{t("Text")} <textarea class="paste-text" rows="6"></textarea></label>'
        f'<button class="quiet" type="button" data-paste="add">{t("Add this text")}</button>'
        "</div></details>"
    )


def render_health(storage: Storage | None = None, body: str = "", *, busy: bool = False) -> str:
    """What the library takes on its disk, and whether it is sound; measured when it is opened."""
    disabled = " disabled" if busy else ""
    told = f'<p class="hint" role="status">{_room(storage)}</p>' if storage else ""
    return (
        f'<details class="panel health"{" open" if storage else ""}><summary>'
        f'{t("Storage and health")}</summary><div class="fields">{told}{body}'
        f'<button class="quiet" type="button" data-health="check"{disabled}>'
        f"{t('Check the library')}</button></div></details>"
    )


def _room(storage: Storage) -> str:
    parts = (
        (storage.originals, mark("{size} originals")),
        (storage.catalog, mark("{size} texts and words")),
        (storage.vectors, mark("{size} vectors")),
        (storage.others, mark("{size} else")),
    )
    told = ", ".join(t(what, size=size_words(size)) for size, what in parts if size >= 1_000)
    return t(
        "The library takes {total}: {parts}. {free} are free on its disk.",
        total=size_words(storage.total),
        parts=told,
        free=size_words(storage.free),
    )


def size_words(size: int) -> str:
    """Bytes in the unit that gives few digits.

    >>> size_words(0), size_words(1_530_000), size_words(48_000_000_000)
    ('0 kB', '1.5 MB', '48 GB')
    """
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{number(size / factor, ',.0f' if size >= 10 * factor else ',.1f')} {unit}"
    return f"{number(size / 1e3, ',.0f')} kB"


def render_verified(report: VerifyReport) -> str:
    """What a check found, with the way to mend it."""
    held = holding(report.documents, report.passages)
    if report.sound:
        well = t("All is well: {held}; everything that is kept twice agrees.", held=held)
        return notice(well, kind="done")
    items = joined(
        f"<li>{shown(_for_the_page(problem))}</li>" for problem in report.problems[:_NAMED]
    )
    more = len(report.problems) - _NAMED
    rest = ""
    if more > 0:
        rest = f'<p class="hint">{t("and {count} more", count=number(more))}</p>'
    problems = plural(
        "{count} problem found in {held}.",
        "{count} problems found in {held}.",
        len(report.problems),
        held=held,
    )
    return (
        f"{notice(problems, kind='trouble')}"
        f'<ul class="problems">{items}</ul>{rest}'
        f'<button class="quiet" type="button" data-health="repair">{t("Repair")}</button> '
    )


def holding(documents: int, passages: int) -> str:
    """How much a library holds.

    >>> holding(1, 1200)
    '1 document, 1,200 passages'
    """
    return t(
        "{documents}, {passages}",
        documents=plural("{count} document", "{count} documents", documents),
        passages=plural("{count} passage", "{count} passages", passages),
    )


def _for_the_page(problem: str) -> str:
    """A problem's sentence, with the button in place of the command."""
    for verb, press in (("Run", "Press"), ("run", "press")):
        problem = problem.replace(f"{verb} `pincite rebuild`", f"{press} “{t('Repair')}”")
    return problem


def render_selection() -> str:
    """What can be done with the ticked documents: tags, and removal in two steps.

    All is drawn at once; the browser shows the second step after the first is pressed.
    """
    return (
        '<div class="removal" hidden><p class="selected" role="status"></p>'
        f'<div class="tagging"><input type="text" class="tag-name" aria-label="{t("Tag")}" '
        f'placeholder="{t("Tag")}" maxlength="{LONGEST_TAG}" list="tags-known">'
        f'<button class="quiet" type="button" data-tag="add">{t_as("verb", "Tag")}</button>'
        f'<button class="quiet" type="button" data-tag="remove">{t("Untag")}</button></div>'
        f'<button class="quiet" type="button" data-remove="ask">{t("Remove selected")}</button>'
        f'<span class="removal-sure" hidden><span class="removal-words">{t("Remove?")}</span> '
        f'<button class="quiet danger" type="button" data-remove="yes">{t("Remove")}</button>'
        f'<button class="quiet" type="button" data-remove="no">{t("Keep")}</button></span></div>'
    )

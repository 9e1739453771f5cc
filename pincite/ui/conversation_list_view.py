"""The list of stored conversations as markup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pincite.ui.markup import attribute, counted, joined, notice, short_date, shown
from rag.models import Conversation

# So many stand there at once; the others after a press, and no more than the limit on the page.
FIRST_SHOWN = 5
LISTED_LIMIT = 300


def render_conversations(found: Sequence[Conversation], *, current: str | None) -> str:
    """A row for each stored conversation, the latest first, or what will stand there."""
    if not found:
        return (
            '<section class="past" aria-label="Conversations">'
            '<div class="past-head"><h2>Conversations</h2></div>'
            '<p class="past-none">What you ask is kept here.</p></section>'
        )
    rows = joined(
        _row(entry, number, is_current=entry.id == current)
        for number, entry in enumerate(found[:LISTED_LIMIT])
    )
    return (
        '<section class="past" aria-label="Conversations">'
        '<div class="past-head"><h2>Conversations</h2>'
        '<button class="quiet" type="button" data-past="anew">New</button></div>'
        f'<ul class="past-list">{rows}</ul>{_more(len(found))}</section>'
    )


def render_unlisted(reason: str) -> str:
    """Why the stored conversations cannot be listed."""
    return f'<section class="past">{notice(reason, kind="trouble")}</section>'


def _row(entry: Conversation, number: int, *, is_current: bool) -> str:
    title = attribute(entry.title)
    current = ' aria-current="true"' if is_current else ""
    later = ' data-later=""' if number >= FIRST_SHOWN else ""
    return (
        f'<li class="past-row" data-conversation="{attribute(entry.id)}"{later}>'
        f'<button class="past-open" type="button" data-past="open"{current} dir="auto">'
        f"{shown(entry.title)}</button>"
        f'<p class="past-facts"><span>{_day(entry.changed_at)}</span>'
        f"<span>{counted(entry.count, 'question')}</span>"
        '<span class="past-tools">'
        f'<button type="button" data-past="rename" aria-label="Rename “{title}”">Rename</button>'
        f'<button type="button" data-past="delete" aria-label="Delete “{title}”">Delete</button>'
        "</span></p>"
        '<p class="past-naming" hidden>'
        f'<input type="text" aria-label="New title" maxlength="200" value="{title}" dir="auto">'
        '<button class="quiet" type="button" data-past="save">Save</button></p>'
        '<p class="past-sure" hidden><span>Delete it for good?</span>'
        '<button class="quiet danger" type="button" data-past="yes">Delete</button>'
        '<button class="quiet" type="button" data-past="no">Keep</button></p></li>'
    )


def _more(total: int) -> str:
    if total <= FIRST_SHOWN:
        return ""
    beyond = (
        f'<p class="hint" data-beyond="">The latest {LISTED_LIMIT} of {total:,}; '
        "<code>pincite conversations list</code> lists all.</p>"
        if total > LISTED_LIMIT
        else ""
    )
    return (
        '<button class="past-more" type="button" data-past="more" aria-expanded="false">'
        f"Show all {min(total, LISTED_LIMIT):,}</button>{beyond}"
    )


def _day(moment: datetime) -> str:
    """The day as the clock on the wall of this machine shows it; today, its time."""
    local = moment.astimezone()
    today = datetime.now(local.tzinfo).date()
    words = f"{local:%H:%M}" if local.date() == today else short_date(local.date())
    return f'<time datetime="{local.isoformat(timespec="seconds")}">{words}</time>'

"""The list of stored conversations as markup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pincite.ui.markup import attribute, joined, notice, short_date, shown
from pincite.words import number as written
from pincite.words import plural, t
from rag.models import Conversation

# So many stand there at once; the others after a press, and no more than the limit on the page.
FIRST_SHOWN = 5
LISTED_LIMIT = 300


def render_conversations(
    found: Sequence[Conversation], *, current: str | None, waiting: bool = False
) -> str:
    """A row for each stored conversation, the latest first, or what will stand there.

    `waiting` is true until it is known which there are.
    """
    head = f"<h2>{t('Conversations')}</h2>"
    if found:
        head += f'<button class="quiet" type="button" data-past="anew">{t("New")}</button>'
        rows = joined(
            _row(entry, number, is_current=entry.id == current)
            for number, entry in enumerate(found[:LISTED_LIMIT])
        )
        body = f'<ul class="past-list">{rows}</ul>{_more(len(found))}'
    else:
        body = f'<p class="past-none">{t("What you ask is kept here.")}</p>'
    return (
        f'<section class="past{" waiting" if waiting else ""}" aria-label="{t("Conversations")}">'
        f'<div class="past-head">{head}</div>{body}</section>'
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
        f"<span>{plural('{count} question', '{count} questions', entry.count)}</span>"
        '<span class="past-tools">'
        '<button type="button" data-past="rename" '
        f'aria-label="{t("Rename “{title}”", title=title)}">{t("Rename")}</button>'
        '<button type="button" data-past="delete" '
        f'aria-label="{t("Delete “{title}”", title=title)}">{t("Delete")}</button>'
        "</span></p>"
        '<p class="past-naming" hidden>'
        f'<input type="text" aria-label="{t("New title")}" maxlength="200" value="{title}" '
        'dir="auto">'
        f'<button class="quiet" type="button" data-past="save">{t("Save")}</button></p>'
        f'<p class="past-sure" hidden><span>{t("Delete it for good?")}</span>'
        f'<button class="quiet danger" type="button" data-past="yes">{t("Delete")}</button>'
        f'<button class="quiet" type="button" data-past="no">{t("Keep")}</button></p></li>'
    )


def _more(total: int) -> str:
    if total <= FIRST_SHOWN:
        return ""
    beyond = ""
    if total > LISTED_LIMIT:
        said = t(
            "The latest {limit} of {total}; {command} lists all.",
            limit=LISTED_LIMIT,
            total=written(total),
            command="<code>pincite conversations list</code>",
        )
        beyond = f'<p class="hint" data-beyond="">{said}</p>'
    return (
        '<button class="past-more" type="button" data-past="more" aria-expanded="false">'
        f"{t('Show all {count}', count=written(min(total, LISTED_LIMIT)))}</button>{beyond}"
    )


def _day(moment: datetime) -> str:
    """The day as the clock on the wall of this machine shows it; today, its time."""
    local = moment.astimezone()
    today = datetime.now(local.tzinfo).date()
    words = f"{local:%H:%M}" if local.date() == today else short_date(local.date())
    return f'<time datetime="{local.isoformat(timespec="seconds")}">{words}</time>'

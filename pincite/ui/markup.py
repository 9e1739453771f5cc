"""Untrusted text as markup: everything the page shows of documents and models goes through here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import date
from pathlib import PurePath

from index.web_address import is_address
from pincite.words import day_words, short_day, t

# Embeddings, overrides and isolates can turn the text around them; each is shut in by itself.
_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    """`text` as markup that shows exactly these characters and can do nothing else.

    Characters that reverse the direction of writing stay in place, so that copied text is exact,
    but are isolated: they reach no further than themselves.

    >>> shown("<b>5 > 4 & 'so'</b>")
    '&lt;b&gt;5 &gt; 4 &amp; &#x27;so&#x27;&lt;/b&gt;'
    """
    return _DIRECTION_CONTROLS.sub(_isolated, html.escape(text))


def _isolated(control: re.Match[str]) -> str:
    return f'<bdi class="control">{control.group()}</bdi>'


def attribute(text: str) -> str:
    """`text` as the value of an attribute in double quotes, without direction controls."""
    return html.escape(_DIRECTION_CONTROLS.sub("", text))


def outlet_words(outlet: str | None) -> str:
    """The outlet, or that it is not known."""
    return outlet or t("outlet unknown")


def date_words(published_at: date | None) -> str:
    """A day in words, or that it is not known.

    >>> date_words(date(2023, 9, 4)), date_words(None)
    ('4 September 2023', 'date unknown')
    """
    return t("date unknown") if published_at is None else day_words(published_at)


def short_date(published_at: date | None) -> str:
    """A day in few characters, for tables.

    >>> short_date(date(2023, 9, 4))
    '4 Sep 2023'
    """
    return t("date unknown") if published_at is None else short_day(published_at)


def origin(outlet: str | None, published_at: date | None) -> str:
    """Outlet and day as one line of plain text, unknowns named."""
    return t("{outlet}, {day}", outlet=outlet_words(outlet), day=date_words(published_at))


def origin_markup(outlet: str | None, published_at: date | None) -> str:
    """Outlet and day as markup; what is unknown is set apart."""
    unknown = "" if outlet else " unknown"
    undated = "" if published_at else " unknown"
    return (
        f'<bdi class="outlet{unknown}">{shown(outlet_words(outlet))}</bdi> '
        f'<span class="day{undated}">{date_words(published_at)}</span>'
    )


def file_name(source: str) -> str:
    """A source for people: a path's file name, or else the source itself, as of web addresses.

    >>> file_name("/home/ada/articles/harbour.txt"), file_name("https://news.example/harbour")
    ('harbour.txt', 'https://news.example/harbour')
    """
    return source if is_address(source) else PurePath(source).name or source


def capitalised(sentence: str) -> str:
    """The sentence with a capital first letter and all else as it was."""
    return sentence[:1].upper() + sentence[1:]


def notice(sentence: str, *, kind: str = "note", heading: str | None = None) -> str:
    """A calm box with one sentence; `kind` is note, trouble or done."""
    title = f"<strong>{shown(heading)}</strong> " if heading else ""
    return f'<div class="notice {kind}" role="status"><p>{title}{shown(sentence)}</p></div>'


def joined(parts: Iterable[str]) -> str:
    """Markup put together, empty parts left out."""
    return "".join(part for part in parts if part)

"""The words of the page in the language of its readers; the English sentence is the key.

A sentence is looked up when it is drawn, and its places are filled after that: what is put in is
not translated, and is escaped by whoever puts it in. Sentences hold no markup, so they can stand
between tags, in attributes and in scripts alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

FOLDER = Path(__file__).parent / "locale"
ENGLISH = "en"

# In which language whatever is being drawn now is drawn: set for each event of a page, so that two
# pages in one process do not mix.
_spoken: ContextVar[str] = ContextVar("pincite_language", default=ENGLISH)


def spoken() -> str:
    """The code of the language in which sentences are looked up now, such as `de`."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Have sentences looked up in a language within the block; threads begun there copy it."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def t(sentence: str, /, **places: object) -> str:
    """The sentence as the reader's language says it, its named places filled.

    >>> t("Page {page} of {title}", page=3, title="{page}")
    'Page 3 of {page}'
    """
    said = _catalogue(spoken()).gettext(sentence)
    return said.format(**places) if places else said


def t_as(context: str, sentence: str, /) -> str:
    """The same for words that mean two things in English; `context` tells translators which."""
    return _catalogue(spoken()).pgettext(context, sentence)


def plural(one: str, several: str, count: int, /, **places: object) -> str:
    """The form of a sentence that goes with a number, which fills the place `count`.

    >>> plural("{count} file", "{count} files", 1), plural("{count} file", "{count} files", 1200)
    ('1 file', '1,200 files')
    """
    return form_for(one, several, count).format(count=number(count), **places)


def form_for(one: str, several: str, count: int, /) -> str:
    """The same with its places open, for a script to fill."""
    return _catalogue(spoken()).ngettext(one, several, count)


def mark(sentence: str) -> str:
    """The English sentence as it is: it is looked up when it is drawn, by `t`.

    Whatever a sentence stands in, it is found for translators only as a literal in one of these
    functions (`scripts/words.py`).
    """
    return sentence


def mark_plural(one: str, several: str) -> tuple[str, str]:
    """The same for the forms of a sentence that `plural` is given later."""
    return one, several


def number(value: float, form: str = ",") -> str:
    """A number in Python's format `form`, with the signs that the reader's language uses.

    >>> number(1200), number(0.5, ".2f")
    ('1,200', '0.50')
    """
    return signs(format(value, form))


def signs(written: str) -> str:
    """A number that was written in the English way, with the reader's signs in it."""
    point, comma = _signs(spoken())
    return written.translate({ord("."): point, ord(","): comma})


def day_words(day: date) -> str:
    """A day in full.

    >>> day_words(date(2023, 9, 4))
    '4 September 2023'
    """
    return _day(day, t("d MMMM y"), spoken())  # a pattern of Unicode's locale data


def short_day(day: date) -> str:
    """A day in few characters, for tables.

    >>> short_day(date(2023, 9, 4))
    '4 Sep 2023'
    """
    return _day(day, t("d MMM y"), spoken())


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    """Read where it is first needed; nothing has to be compiled before."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (FOLDER / language / "LC_MESSAGES" / "pincite.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache
def _signs(language: str) -> tuple[str, str]:
    """The decimal point, and what stands between thousands."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_decimal_symbol(language), get_group_symbol(language)


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, language: str) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale=language)

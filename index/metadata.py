"""What a file states about itself, brought into the form documents have."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from index.dates import find_date
from index.decode import normal_form

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?=$|[-_])")
_LONGEST_NAME = 300

_NO_TITLE = re.compile(
    r"(?:untitled|title|(?:word |powerpoint )?(?:document|presentation)|slide"
    r"|adobe photoshop pdf)\W*\d*|\(.*\)|\W*"
    r"|.*\.(?:docx?|pdf|tex|dvi|indd|qxd|pages|rtf|txt|html?|pptx?|xlsx?|ps)",
    re.IGNORECASE,
)

# What programs write where a person wrote nothing.
_NOBODY = re.compile(
    r"(?:python-docx|python-pptx|openpyxl|xlsxwriter|anonymous|unknown|unspecified|admin(?:istrator)?|user|author|owner|none|null"
    r"|microsoft office user|staff)",
    re.IGNORECASE,
)


def plain_name(value: object) -> str | None:
    r"""A title, an outlet or a person as one line of text; `None` for anything else.

    >>> plain_name("  The Harbour\n Ledger ")
    'The Harbour Ledger'
    """
    if isinstance(value, Mapping):
        value = value.get("name")
    if not isinstance(value, str):
        return None
    # Pages escape twice, and put an address or a handle where a name belongs.
    name = " ".join(normal_form(html.unescape(value)).split())
    if not name or len(name) > _LONGEST_NAME or re.match(r"(?:https?:)?//|www\.|@", name):
        return None
    return name


def stated_title(value: object) -> str | None:
    """The title among a file's properties, unless it is a file name or a program's placeholder.

    >>> stated_title("Microsoft Word - ferry strike.doc") is None
    True
    """
    title = plain_name(value)
    if title is None:
        return None
    title = re.sub(r"^Microsoft (?:Word|PowerPoint|Excel) - ", "", title)
    return None if _NO_TITLE.fullmatch(title) else title


def people(value: object) -> str | None:
    """One or several persons as `A, B`; `None` when nobody is named.

    >>> people([{"name": "Ida Roe"}, "By Tom Ash"])
    'Ida Roe, Tom Ash'
    """
    values = value if isinstance(value, list | tuple) else [value]
    names = [plain_name(each) for each in values]
    stated = [re.sub(r"^by\s+", "", name, flags=re.IGNORECASE) for name in names if name]
    known = [name for name in dict.fromkeys(stated) if not _NOBODY.fullmatch(name.strip("() "))]
    return ", ".join(known) or None


def language_code(value: object) -> str | None:
    """The language of a tag such as `en-GB`, in lower case: `en`."""
    if not isinstance(value, str):
        return None
    matched = _LANGUAGE.match(value.strip())
    code = matched.group().lower() if matched else None
    return None if code in {"und", "zxx", "mul"} else code


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFacts:
    """What the fields above an article state; `None` where they are silent."""

    outlet: str | None
    author: str | None
    published_at: date | None
    language: str | None


def stated_facts(fields: Mapping[str, object]) -> StatedFacts:
    """The facts among named fields, whatever the case of their names, by the usual names."""
    facts = {str(key).lower(): value for key, value in fields.items()}
    return StatedFacts(
        outlet=_first(plain_name(facts.get(key)) for key in ("outlet", "publisher", "source")),
        author=_first(people(facts.get(key)) for key in ("author", "authors", "by")),
        published_at=_day(facts),
        language=_first(language_code(facts.get(key)) for key in ("language", "lang")),
    )


def _first(found: Iterable[str | None]) -> str | None:
    return next((each for each in found if each is not None), None)


def _day(facts: Mapping[str, object]) -> date | None:
    for key in ("published_at", "published", "date", "pubdate", "publishdate"):
        value = facts.get(key)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, str) and (found := find_date(value)):
            return found
    return None

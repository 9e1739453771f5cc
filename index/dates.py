"""Calendar days written in words or digits; what is ambiguous is no date."""

from __future__ import annotations

import re
from datetime import date

from index.models import Span

# In English, in the order of `date.weekday()`.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# The English names of the months as they are written, whole or cut short, and those of others.
_ENGLISH = {
    1: "January Jan",
    2: "February Feb",
    3: "March Mar",
    4: "April Apr",
    5: "May",
    6: "June Jun",
    7: "July Jul",
    8: "August Aug",
    9: "September Sept Sep",
    10: "October Oct",
    11: "November Nov",
    12: "December Dec",
}
_FOREIGN = {
    1: "januar janvier enero",
    2: "februar février fevrier febrero",
    3: "märz maerz mars marzo",
    4: "avril abril",
    5: "mai mayo",
    6: "juni juin junio",
    7: "juli juillet julio",
    8: "août aout agosto",
    9: "septembre septiembre setiembre",
    10: "oktober octobre octubre",
    11: "novembre noviembre",
    12: "dezember décembre decembre diciembre",
}
# The number of a month by its name in lower case.
ENGLISH_MONTHS = {
    name.lower(): number for number, names in _ENGLISH.items() for name in names.split()
}
MONTHS = ENGLISH_MONTHS | {
    name: number for number, names in _FOREIGN.items() for name in names.split()
}
# Patterns for English text as it is written: in lower case "may" is no month, "mars" no march.
WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})\b"
MONTH = rf"(?:{'|'.join(name for names in _ENGLISH.values() for name in names.split())})\b"
DAY_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
# A day of a month, without its year.
MONTH_DAY = rf"{MONTH}\.?\s+{DAY_NUMBER}|{DAY_NUMBER}\s+(?:of\s+)?{MONTH}"
# A number that may be a year: no sum of money, no share and no part of another number or word.
YEAR = r"(?<![\w.,$€£-])(?:1[89]|20)\d\d(?![\w%]|[.,]\d)"

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))

_DAY_FIRST = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s+(?:of\s+|de\s+)?(?P<month>{_MONTH})\.?,?"
_DAY_FIRST += r"\s+(?:de\s+|del\s+)?(?P<year>\d{4})"
_MONTH_FIRST = rf"(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
_ISO = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?![\d-])"
_CJK = r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"
_DIGITS = r"(?P<first>\d{1,2})(?P<mark>[./])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4})"

_FORMS = tuple(
    re.compile(rf"(?<![\w-]){form}(?!\d)", re.IGNORECASE)
    for form in (_ISO, _CJK, _DAY_FIRST, _MONTH_FIRST, _DIGITS)
)


def find_date(text: str) -> date | None:
    """The first calendar day that `text` names in full, or `None`.

    >>> find_date("Thursday, Sept. 14, 2023 at 5 p.m.")
    datetime.date(2023, 9, 14)
    >>> find_date("05/11/2024") is None  # 5 November or May 11
    True
    """
    return next((day for _, day in dated_places(text)), None)


def find_dates(text: str) -> tuple[date, ...]:
    """Every calendar day that `text` names in full, in order, each once.

    >>> [str(day) for day in find_dates("between October 4, 2023 and 2023-11-06")]
    ['2023-10-04', '2023-11-06']
    """
    return tuple(dict.fromkeys(day for _, day in dated_places(text) if day is not None))


def dated_places(text: str) -> list[tuple[Span, date | None]]:
    """Where a calendar day is written in full, in order, and which; `None` for an uncertain one.

    >>> dated_places("by 2024-02-30")
    [(Span(start=3, end=13), None)]
    """
    matches = [match for form in _FORMS for match in form.finditer(text)]
    matches.sort(key=lambda match: match.start())
    return [(Span(*match.span()), _to_date(match.groupdict())) for match in matches]


def without_dates(text: str) -> str:
    """`text` with every date that `find_date` would recognise taken out."""
    for form in _FORMS:
        text = form.sub("", text)
    return text


def _to_date(parts: dict[str, str]) -> date | None:
    year = int(parts["year"])
    # Templates left empty write the year 1 or 0.
    if not 1400 <= year <= 2200:
        return None
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["second"])
        # With dots the day comes first; with slashes only a number above 12 can tell.
        if parts["mark"] == "." or first > 12 or first == second:
            day, month = first, second
        elif second > 12:
            day, month = second, first
        else:
            return None
    else:
        day = int(parts["day"])
        named = parts["month"].lower()
        month = int(named) if named.isdigit() else MONTHS[named]
    try:
        return date(year, month, day)
    except ValueError:
        return None

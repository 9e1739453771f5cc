"""The time a question speaks of, and how near to it a document was published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from index.dates import MONTHS, WEEKDAYS, find_dates, without_dates

_WEEKDAY = "|".join(WEEKDAYS)
# Words that say when, seen from the day of the question: so many days before it, up to so many.
# They are wider than the calendar has them, as what was reported on is reported on for some days.
_RELATIVE = tuple(
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), timedelta(first), timedelta(last))
    for words, first, last in (
        (r"today|tonight|this (?:morning|afternoon|evening)", 1, 0),
        (r"yesterday|last night", 2, 0),
        (rf"(?:this|the past|on|last) (?:{_WEEKDAY})|(?:this|the past) week", 7, 0),
        (r"last week|the previous week", 14, 3),
        (r"this month|the past month", 31, 0),
        (r"last month|the previous month", 62, 14),
        (r"recent|recently|lately|latest|newest", 31, 0),
        (r"now|current|currently|at present|so far|upcoming|next (?:week|month|year)", 120, 0),
        (r"this (?:season|spring|summer|autumn|fall|winter)", 120, 0),
    )
)
_YEAR_FROM_NOW = re.compile(r"\b(?P<which>this|last|the past|the previous) year\b", re.IGNORECASE)
_MONTH_OF_YEAR = re.compile(
    rf"\b(?P<month>{'|'.join(MONTHS)})\.?\s+(?P<year>20\d\d|19\d\d)\b", re.I
)
_YEAR = re.compile(r"(?<![\w.,$€£-])(?:19|20)\d\d(?![\w%]|[.,]\d)")

LEAST_DAYS = 7  # a shorter period counts as so long
FRESH_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def named_period(question: str, *, seen_from: date) -> Period | None:
    """The time a question speaks of, the shortest one if it speaks of several; None if of none.

    >>> named_period("Who resigned this week?", seen_from=date(2025, 8, 8))
    Period(first=datetime.date(2025, 8, 1), last=datetime.date(2025, 8, 8))
    >>> named_period("Who resigned in March 2024?", seen_from=date(2025, 8, 8))
    Period(first=datetime.date(2024, 3, 1), last=datetime.date(2024, 3, 31))
    >>> named_period("Who resigned?", seen_from=date(2025, 8, 8)) is None
    True
    """
    found = [*_absolute(question), *_relative(question, seen_from)]
    return min(found, key=lambda period: period.days, default=None)


def _relative(question: str, seen_from: date) -> Iterator[Period]:
    for words, first, last in _RELATIVE:
        if words.search(question):
            yield Period(first=seen_from - first, last=seen_from - last)
    for match in _YEAR_FROM_NOW.finditer(question):
        if match["which"].lower() == "this":
            yield Period(first=date(seen_from.year, 1, 1), last=seen_from)
        else:
            yield _years(seen_from.year - 1, seen_from.year - 1)


def _absolute(question: str) -> Iterator[Period]:
    days = find_dates(question)
    if days:
        yield Period(first=min(days), last=max(days))
    rest = without_dates(question)
    for match in _MONTH_OF_YEAR.finditer(rest):
        first = date(int(match["year"]), MONTHS[match["month"].lower()], 1)
        after = (first + timedelta(31)).replace(day=1)
        yield Period(first=first, last=after - timedelta(1))
    years = [int(year) for year in _YEAR.findall(rest)]
    if years:
        yield _years(min(years), max(years))


def _years(first: int, last: int) -> Period:
    return Period(first=date(first, 1, 1), last=date(last, 12, 31))


def timeliness(published: date | None, *, period: Period | None, asked_on: date | None) -> float:
    """How well a day of publication fits a question, 0 to 1; 0 if nothing is known of either.

    Where the question speaks of a time: 1 inside it, 1/2 as far from it as it is long (a week at
    least). Elsewhere, if it is known when the question is asked: 1 on that day, 1/2 after
    `FRESH_DAYS`.
    """
    if published is None:
        return 0.0
    if period is not None:
        gap = max((period.first - published).days, (published - period.last).days, 0)
        length = max(LEAST_DAYS, period.days)
    elif asked_on is not None:
        gap, length = abs((asked_on - published).days), FRESH_DAYS
    else:
        return 0.0
    return length / (length + gap)

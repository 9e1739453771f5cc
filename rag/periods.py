"""The time a question speaks of, and how near to it a document was published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from index.dates import ENGLISH_MONTHS, MONTH, WEEKDAY, YEAR, dated_places
from index.models import Span

# Words that say when, seen from the day of the question: so many days before it, up to so many.
# They are wider than the calendar has them, as what was reported on is reported on for some days.
_CALENDAR = (
    (r"today|tonight|this (?:morning|afternoon|evening)", 1, 0),
    (r"yesterday|last night", 2, 0),
    (rf"(?:this|the past|on|last) {WEEKDAY}|(?:this|the past) week", 7, 0),
    (r"last week|the previous week", 14, 3),
    (r"this month|the past month", 31, 0),
    (r"last month|the previous month", 62, 14),
    (r"next (?:week|month|year)|this (?:season|spring|summer|autumn|fall|winter)", 120, 0),
)
# These have other meanings, and none at all in an archive: "the current of a river".
_FRESHNESS = (
    (r"recent|recently|lately|latest|newest", 31, 0),
    (r"now|current|currently|at present|so far|upcoming", 120, 0),
)
_PATTERNS = {
    words: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words, _, _ in (*_CALENDAR, *_FRESHNESS)
}
_YEAR_FROM_NOW = re.compile(r"\b(?P<which>this|last|the past|the previous) year\b", re.IGNORECASE)
# "March 2024", "January and March 2024", "in May of 2024".
_MONTHS_OF_YEAR = re.compile(
    rf"\b(?:(?P<from>{MONTH})\.?\s*(?:-|–|and|or|to|until|through)\s*)?"
    rf"(?P<to>{MONTH})\.?,?\s+(?:of\s+)?(?P<year>{YEAR})"
)
# "2019", "2019-2021", "2023/24".
_YEARS = re.compile(rf"(?P<from>{YEAR})(?:\s?[-–/]\s?(?P<to>\d\d(?:\d\d)?)\b)?(?![-–/]\d)")
# Before and after what is named nobody knows how long.
_OPEN = re.compile(
    r"\b(?:before|after|since|until|till|than|by|prior to)(?: the)?(?: early| late| end of)? $",
    re.I,
)
# A count, "the 2000 soldiers", or part of a name, "the Mars 2020 rover".
_COUNTED = re.compile(r"\s+(?!(?:is|was|has|does)\b)[a-z]+s\b")
_NAMED = re.compile(r"\w\W+[A-Z][\w’'-]* $")

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


def named_period(question: str, *, seen_from: date, fresh: bool) -> Period | None:
    """The time a question speaks of, the shortest one if it speaks of several; None if of none.

    `fresh` if "recent", "current" and the like are a time too, and not only words of the calendar.

    >>> named_period("Who resigned this week?", seen_from=date(2025, 8, 8), fresh=False)
    Period(first=datetime.date(2025, 8, 1), last=datetime.date(2025, 8, 8))
    >>> named_period("Who resigned in March 2024?", seen_from=date(2025, 8, 8), fresh=False)
    Period(first=datetime.date(2024, 3, 1), last=datetime.date(2024, 3, 31))
    >>> named_period("Who is the current mayor?", seen_from=date(2025, 8, 8), fresh=False) is None
    True
    """
    found = [*_absolute(question), *_relative(question, seen_from, fresh=fresh)]
    return min(found, key=lambda period: period.days, default=None)


def _relative(question: str, seen_from: date, *, fresh: bool) -> Iterator[Period]:
    for words, first, last in (*_CALENDAR, *(_FRESHNESS if fresh else ())):
        if _PATTERNS[words].search(question):
            yield Period(first=_back(seen_from, first), last=_back(seen_from, last))
    for match in _YEAR_FROM_NOW.finditer(question):
        if match["which"].lower() == "this":
            yield Period(first=seen_from.replace(month=1, day=1), last=seen_from)
        elif seen_from.year > date.min.year:
            yield _years(seen_from.year - 1, seen_from.year - 1)


def _back(day: date, days: int) -> date:
    """So many days before; the first of the calendar where there are no more."""
    return day - timedelta(days) if day.toordinal() > days else date.min


def _absolute(question: str) -> Iterator[Period]:
    """The days that are named, the months, and the years, each from the first to the last."""
    rest = question
    days, months, years = [], [], []
    for span, day in dated_places(question):
        rest = _without(rest, span)
        if day is not None and not _OPEN.search(question, 0, span.start):
            days.append(Period(first=day, last=day))
    for match in _MONTHS_OF_YEAR.finditer(rest):
        if not _OPEN.search(rest, 0, match.start()):
            months += _months(match)
        rest = _without(rest, Span(*match.span()))
    for match in _YEARS.finditer(rest):
        if not any(form.search(rest, 0, match.start()) for form in (_OPEN, _NAMED)) and not (
            _COUNTED.match(rest, match.end())
        ):
            years += _range(match)
    for found in filter(None, (days, months, years)):
        yield Period(
            first=min(period.first for period in found), last=max(period.last for period in found)
        )


def _without(text: str, span: Span) -> str:
    return text[: span.start] + "." * (span.end - span.start) + text[span.end :]


def _months(match: re.Match[str]) -> list[Period]:
    year, last = int(match["year"]), ENGLISH_MONTHS[match["to"].lower()]
    first = ENGLISH_MONTHS[match["from"].lower()] if match["from"] else last
    if first > last:
        return []
    after = (date(year, last, 1) + timedelta(31)).replace(day=1)
    return [Period(first=date(year, first, 1), last=after - timedelta(1))]


def _range(match: re.Match[str]) -> list[Period]:
    first = match["from"]
    last = first[: -len(match["to"])] + match["to"] if match["to"] else first
    return [_years(int(first), int(last))] if first <= last else []


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

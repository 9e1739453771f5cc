"""The one calendar day on which it happened, in the words of a quote; where in doubt, none.

News tells of the past and of what is to come in the same words ("the trial begins on Thursday"). A
day counts only where the words around it speak of the past, and never where it is the day on which
somebody said something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from index.dates import (
    ENGLISH_MONTHS,
    MONTH,
    MONTH_DAY,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
    dated_places,
)
from index.models import Span
from rag.attribution.happened import BEFORE_A_DAY, is_of_event, is_past
from rag.attribution.quotations import FILLER, blanked, unquoted

# A day that is told from the day of publication.
_RELATIVE = re.compile(
    rf"(?<![\w-])(?:(?:(?P<of_week>{WEEKDAY}),?\s+)?(?P<month_day>{MONTH_DAY})"
    rf"|(?P<weekday>{WEEKDAY})|(?P<near>[Tt]oday|[Yy]esterday))"
)
# "Thursdays", "Thursday’s vote", "Sept. 13-15", "Sept. 13 and 14", "Sunday Times".
_GOES_ON = re.compile(r"\w|\s*[’'/–—-]|[.,]\d|%|,?\s+(?:and|or|to|through)\s+\d|,?\s+\d")
_WEEKDAY_BEFORE = re.compile(rf"\b({WEEKDAY}),?\s+(?:the\s+)?$")

_NOT_ON_THAT_DAY = frozenset(
    """since until till before after by from through to between and or nor as ahead prior dated born
    published updated posted every each a an the of next following previous coming upcoming any most
    some that for than even about in at per with due effective starting beginning""".split()
)
_AHEAD = re.compile(
    r"\b(?:will|won[’']t|would|wouldn[’']t|shall|(?-i:may)|might|could|should|can|must|going\s+to|if|"
    r"next|upcoming|coming|tomorrow|soon|due|expect\w*|plan(?:s|ned|ning)?|intend\w*|schedul\w*|"
    r"slated|set\s+(?:to|for)|ahead\s+of|to\s+be|(?:is|are|was|were)\s+to|hop(?:es?|ed|ing)|"
    r"threaten\w*|promis\w*|offer\w*|propos\w*|vow\w*|pledg\w*|demand\w*|order\w*|invit\w*|"
    r"postpon\w*|delay\w*|cancel\w*|arrang\w*|urg\w*|call(?:s|ed|ing)?\s+for|ask\w*|request\w*|"
    r"(?:seek|sought)\w*\s+to|want\w*|fear\w*|warn\w*|predict\w*|forecast\w*|consider\w*)\b",
    re.IGNORECASE,
)
# Another time beside the day makes it uncertain which of them is meant.
_OTHER_TIME = re.compile(
    rf"{YEAR}|\b{MONTH}|\bago\b|\btonight\b|\bovernight\b|"
    r"\b(?:second|minute|hour|day|night|week|month|year|decade)s?\s+(?:later|earlier|before|after)\b|"
    r"\b(?:last|past|previous|next|following|same)\s+(?:\w+\s+)?(?:day|night|week|weekend|month|"
    r"quarter|year|decade|spring|summer|autumn|fall|winter|season)s?\b"
)
# What may stand behind a bare weekday; in "the first Thursday games" it is no day.
_AFTER_A_DAY = frozenset(
    """morning afternoon evening night in at near on by after before when while as with during amid
    over from for about regarding and but to that where""".split()
)
_SOON = 31  # a day so near ahead may be meant instead of last year's
# "Black Friday", "on a sunny Friday".
_NO_PLAIN_DAY = re.compile(r"\b(?:[A-Z][\w’'-]*|on\s+an?\s+[\w-]+)\s+$")


def event_date_of(quote: str, *, published_at: date | None) -> date | None:
    """The only day the quote tells of as the day it happened; a day of saying is none.

    A day without its year, a weekday, "today" and "yesterday" count back from `published_at`; no
    day lies behind it.

    >>> event_date_of("The ferry sank on Thursday.", published_at=date(2024, 5, 11))
    datetime.date(2024, 5, 9)
    >>> event_date_of("The trial begins on Thursday.", published_at=date(2024, 5, 11))
    >>> event_date_of("Ines Calder said on Thursday it sank.", published_at=date(2024, 5, 11))
    """
    days, rest = _told(quote, published_at)
    return next(iter(days)) if len(days) == 1 and not _OTHER_TIME.search(rest) else None


def days_told(quote: str, *, published_at: date | None) -> frozenset[date | None]:
    """Every day the quote speaks of; `None` among them for those that need not be the event's."""
    return _told(quote, published_at)[0]


def _told(quote: str, published_at: date | None) -> tuple[frozenset[date | None], str]:
    """`days_told`, and the quote with filler in their places."""
    open_text = unquoted(quote)
    if open_text is None:
        return frozenset(), quote
    ahead = _AHEAD.search(quote) is not None
    days: set[date | None] = set()
    rest = quote
    for span, day in _full_dates(quote):
        # A full date means the same whoever says it.
        seen = quote if open_text[span.start] == FILLER else open_text
        days.add(day if not ahead and _is_of_past_event(seen, span) else None)
        rest = blanked(rest, span)
    for match in _RELATIVE.finditer(rest):
        span = Span(*match.span())
        certain = not ahead and published_at is not None and _is_of_past_event(open_text, span)
        days.add(_resolved(match, open_text, published_at) if certain and published_at else None)
        rest = blanked(rest, span)
    return frozenset(
        None if day is None or (published_at and day > published_at) else day for day in days
    ), rest


def _is_of_past_event(open_text: str, day: Span) -> bool:
    """Whether something happened on the day, in the words around it; none in a quotation tell."""
    if not open_text[day.start].isalnum() or _GOES_ON.match(open_text, day.end):
        return False
    word, chain = _words_before(open_text, day.start)
    if word in _NOT_ON_THAT_DAY and not (word == "and" and "on" in chain):
        return False
    return is_past(open_text, day) and is_of_event(open_text, day)


def _full_dates(quote: str) -> Iterator[tuple[Span, date | None]]:
    """The full dates of the quote with their weekdays; no day where a weekday is another's."""
    for span, day in dated_places(quote):
        weekday = _WEEKDAY_BEFORE.search(quote, 0, span.start)
        if weekday is None:
            yield span, day
        else:
            agrees = day is not None and WEEKDAYS[day.weekday()] == weekday[1]
            yield Span(weekday.start(), span.end), day if agrees else None


def _resolved(match: re.Match[str], open_text: str, published_at: date) -> date | None:
    """The day that the words mean, if the words around them leave no doubt."""
    start, end = match.span()
    word, chain = _words_before(open_text, start)
    begins = word in {"", "."}
    if match["near"]:
        if chain or (match["near"][0].isupper() and not begins):  # "USA Today"
            return None
        return _back(published_at, int(match["near"].lower() == "yesterday"))
    if match["month_day"]:
        if "on" not in chain and not begins:
            return None
        day = _month_day(match["month_day"], published_at)
        named = match["of_week"]
        agrees = day is None or named is None or WEEKDAYS[day.weekday()] == named
        return day if agrees else None
    follows = re.match(r"\s+([\w’'-]+)", open_text[end:])
    if not chain and follows and follows[1] not in _AFTER_A_DAY:
        return None
    if not chain and _NO_PLAIN_DAY.search(open_text[:start]):
        return None
    return _weekday(match["weekday"], chain, published_at)


def _weekday(name: str, chain: frozenset[str], published_at: date) -> date | None:
    wanted, today = WEEKDAYS.index(name), published_at.weekday()
    back = (today - wanted) % 7
    if "last" in chain:
        # Last Tuesday, on a Thursday, is two days ago for some and nine for others.
        last_week = wanted > today and name != "Sunday"
        return _back(published_at, back or 7) if last_week or not back else None
    if "this" in chain and wanted > today:
        return None
    return _back(published_at, back)


def _back(day: date, days: int) -> date | None:
    """So many days before; none before the year 1."""
    return day - timedelta(days) if day.toordinal() > days else None


def _month_day(text: str, published_at: date) -> date | None:
    """The last such day up to publication, less than a year before; None if one follows soon."""
    month = re.search(MONTH, text)
    number = re.search(r"\d+", text)
    assert month is not None
    assert number is not None
    found = []
    for year in range(published_at.year - 1, published_at.year + 2):
        try:
            day = date(year, ENGLISH_MONTHS[month[0].lower()], int(number[0]))
        except ValueError:
            continue
        if -366 < (day - published_at).days <= _SOON:
            found.append(day)
    # In a year without 29 February the day of publication comes twice.
    found = [published_at] if published_at in found else found
    return found[0] if len(found) == 1 and found[0] <= published_at else None


def _words_before(text: str, end: int) -> tuple[str, frozenset[str]]:
    """The word before a day, in lower case, and those that belong to the day, such as "late on"."""
    found = re.findall(r"\w+|[^\w\s]", text[:end])
    chain = set()
    while found and found[-1].lower() in BEFORE_A_DAY:
        chain.add(found.pop().lower())
    return (found[-1].lower() if found else ""), frozenset(chain)

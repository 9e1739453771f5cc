"""The one calendar day on which it happened, in the words of a quote; where in doubt, none.

News tells of the past and of what is to come in the same words ("the trial begins on Thursday"). A
day without its year counts only where the words around it speak of the past, and never where it is
the day on which somebody said something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from index.dates import MONTH, MONTH_DAY, MONTHS, WEEKDAYS, dated_places
from index.models import Span
from rag.attribution.happened import BEFORE_A_DAY, WORD, is_of_event, is_past
from rag.attribution.quotations import blanked, unquoted

_WEEKDAY = "|".join(WEEKDAYS)
# A day that is told from the day of publication.
_RELATIVE = re.compile(
    rf"(?<![\w-])(?:(?:(?P<of_week>{_WEEKDAY}),?\s+)?(?P<month_day>{MONTH_DAY})"
    rf"|(?P<weekday>{_WEEKDAY})|(?P<near>[Tt]oday|[Yy]esterday))"
)
# "Thursdays", "Thursday’s vote", "Sept. 13-15", "Sept. 13 and 14", "Sunday Times".
_GOES_ON = re.compile(r"\w|\s*[’'/–—-]|[.,]\d|%|,?\s+(?:and|or|to|through)\s+\d|,?\s+\d")
_WEEKDAY_BEFORE = re.compile(rf"\b({_WEEKDAY}),?\s+(?:the\s+)?$")

_NOT_THAT_DAY = frozenset(
    """since until till before after by from through to between and or nor as ahead prior dated born
    published updated posted every each a an the of""".split()
)
_NOT_ON_THAT_DAY = _NOT_THAT_DAY | frozenset(
    """next following previous coming upcoming any most some that for than even about
    in at per with due effective starting beginning""".split()
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
    rf"(?<![\w.,$€£-])(?:1[89]|20)\d\d(?![\w%]|[.,]\d)|\b{MONTH}|\bago\b|\btonight\b|\bovernight\b|"
    r"\b(?:second|minute|hour|day|night|week|month|year|decade)s?\s+(?:later|earlier|before|after)\b|"
    r"\b(?:last|past|previous|next|following|same)\s+(?:\w+\s+)?(?:day|night|week|weekend|month|"
    r"quarter|year|decade|spring|summer|autumn|fall|winter|season)s?\b"
)
# What may stand behind a bare weekday; in "the first Thursday games" it is no day.
_AFTER_A_DAY = frozenset(
    """morning afternoon evening night in at near on by after before when while as with during amid
    over from for about regarding and but to that where""".split()
)
# "Black Friday", "on a sunny Friday".
_NO_PLAIN_DAY = re.compile(r"\b(?:[A-Z][\w’'-]*|on\s+an?\s+[\w-]+)\s+$")
# "VELMORA (June 21, 2022) — The harbour ..." is the day of writing.
_DATELINE = re.compile(r"[\s)]*[–—-]\s")


def event_date_of(quote: str, *, published_at: date | None) -> date | None:
    """The only day the quote tells of as the day it happened; a day of saying is none.

    A day without its year, a weekday, "today" and "yesterday" count back from `published_at`.

    >>> event_date_of("The ferry sank on Thursday.", published_at=date(2024, 5, 11))
    datetime.date(2024, 5, 9)
    >>> event_date_of("The trial begins on Thursday.", published_at=date(2024, 5, 11))
    >>> event_date_of("Ines Calder said on Thursday it sank.", published_at=date(2024, 5, 11))
    """
    open_text = unquoted(quote)
    if open_text is None:
        return None
    days: set[date | None] = set()
    rest = quote
    for span, day in _full_dates(quote):
        word, _ = _words_before(quote, span.start)
        written = _DATELINE.match(quote, span.end) and word in {"", "("}
        certain = word not in _NOT_THAT_DAY and not written and is_of_event(open_text, span)
        days.add(day if certain else None)
        rest = blanked(rest, span)
    for match in _RELATIVE.finditer(rest):
        span = Span(*match.span())
        certain = is_past(open_text, span) and is_of_event(open_text, span)
        if published_at is None or not certain or _AHEAD.search(quote):
            return None
        days.add(_resolved(match, open_text, published_at))
        rest = blanked(rest, span)
    # A date with hardly a word around it heads or closes a text.
    told = sum(len(word) > 2 for word in WORD.findall(rest)) > 1
    return days.pop() if len(days) == 1 and told and not _OTHER_TIME.search(rest) else None


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
    if not open_text[start].isalnum() or _GOES_ON.match(open_text, end):
        return None  # in a quotation it counts from the day of speaking, which is unknown
    word, chain = _words_before(open_text, start)
    if word in _NOT_ON_THAT_DAY and not (word == "and" and "on" in chain):
        return None
    begins = word in {"", "."}
    if match["near"]:
        if chain or (match["near"][0].isupper() and not begins):  # "USA Today"
            return None
        return published_at - timedelta(days=int(match["near"].lower() == "yesterday"))
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
    back = timedelta(days=(today - wanted) % 7)
    if "last" in chain:
        # Last Tuesday, on a Thursday, is two days ago for some and nine for others.
        last_week = wanted > today and name != "Sunday"
        return published_at - (back or timedelta(days=7)) if last_week or not back else None
    if "this" in chain and wanted > today:
        return None
    return published_at - back


def _month_day(text: str, published_at: date) -> date | None:
    """The day less than a year before publication and at most 31 days after; None if two are."""
    month = re.search(MONTH, text)
    number = re.search(r"\d+", text)
    assert month is not None
    assert number is not None
    found = []
    for year in range(published_at.year - 1, published_at.year + 2):
        try:
            day = date(year, MONTHS[month[0].lower()], int(number[0]))
        except ValueError:
            continue
        if -365 < (day - published_at).days <= 31:
            found.append(day)
    return found[0] if len(found) == 1 else None


def _words_before(text: str, end: int) -> tuple[str, frozenset[str]]:
    """The word before a day, in lower case, and those that belong to the day, such as "late on"."""
    found = re.findall(r"\w+|[^\w\s]", text[:end])
    chain = set()
    while found and found[-1].lower() in BEFORE_A_DAY:
        chain.add(found.pop().lower())
    return (found[-1].lower() if found else ""), frozenset(chain)

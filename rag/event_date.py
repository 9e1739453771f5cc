"""The one calendar day on which it happened, in the words of a quote; where in doubt, none.

News tells of the past and of what is to come in the same words ("the trial begins on Thursday"). A
day without its year counts only where the words around it speak of the past, and never where it is
the day on which somebody said something.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

from index.dates import find_dates, without_dates
from index.models import Span
from rag.speech import Speech, sentence_spans, speeches, unquoted

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAY = "|".join(_WEEKDAYS)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b"
)
_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
_MONTH_DAY = rf"{_MONTH}\.?\s+{_NUMBER}|{_NUMBER}\s+(?:of\s+)?{_MONTH}"
# A day that is told from the day of publication.
_RELATIVE = re.compile(
    rf"(?<![\w-])(?:(?:(?P<of_week>{_WEEKDAY}),?\s+)?(?P<month_day>{_MONTH_DAY})"
    rf"|(?P<weekday>{_WEEKDAY})|(?P<near>[Tt]oday|[Yy]esterday))"
)
# "Thursdays", "Thursday’s vote", "Sept. 13-15", "Sept. 13 and 14", "Sunday Times".
_GOES_ON = re.compile(r"\w|\s*[’'/–—-]|[.,]\d|%|,?\s+(?:and|or|to|through)\s+\d|,?\s+\d")
_WEEKDAY_BEFORE = re.compile(rf"\b({_WEEKDAY}),?\s+(?:the\s+)?$")

_BEFORE_A_DAY = frozenset("on late early earlier last this".split())
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
    rf"(?<![\w.,$€£-])(?:1[89]|20)\d\d(?![\w%]|[.,]\d)|\b{_MONTH}|\bago\b|\btonight\b|\bovernight\b|"
    r"\b(?:second|minute|hour|day|night|week|month|year|decade)s?\s+(?:later|earlier|before|after)\b|"
    r"\b(?:last|past|previous|next|following|same)\s+(?:\w+\s+)?(?:day|night|week|weekend|month|"
    r"quarter|year|decade|spring|summer|autumn|fall|winter|season)s?\b"
)
_CLAUSE_ENDS = re.compile(
    r"[,;:()—–“”\"¤]+|\b(?:and|but|while|when|where|who|which|that|as|because|although|though|after|"
    r"before|since|until|whether)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_PAST = frozenset(
    """was were did had met left won lost struck fell rose began held went came took made sank broke
    shot fought found gave got grew kept led paid ran sent sold spent stood stole swept taught threw
    built bought brought caught drew drove flew became blew felt heard hid knew laid rode saw shook
    slept sprang tore wore taken given shown done flown broken sunk torn stayed""".split()
)
_PRESENT = frozenset(
    """is are am has have do does isn’t aren’t begins begin starts start opens open meets meet faces
    face ends end goes go votes vote takes take returns return arrives arrive visits visit holds
    hold hosts host plays play travels travel comes come closes close expires expire resumes resume
    heads head leaves leave runs run falls fall appears appear kicks gets get sits sit marks mark
    remains remain employs decides decide launches launch stops stop""".split()
)
_NO_PAST = frozenset(
    "need indeed speed breed hundred united armed sacred naked feed seed weed red bed".split()
)
_DETERMINERS = frozenset("a an the its his her their our this that these those newly".split())
_SAYING_ALONE = frozenset("said says say".split())
# What may stand behind a bare weekday; in "the first Thursday games" it is no day.
_AFTER_A_DAY = frozenset(
    """morning afternoon evening night in at near on by after before when while as with during amid
    over from for about regarding and but to that where""".split()
)
# "Black Friday", "on a sunny Friday".
_NO_PLAIN_DAY = re.compile(r"\b(?:[A-Z][\w’'-]*|on\s+an?\s+[\w-]+)\s+$")
# Behind these the day is that of something else: "resigned after it sank on", "who died on".
_ASTRAY = re.compile(
    r"\b(?:after|before|since|until|following|as\s+of|who|whom|whose|which|where)\b[^,;:—–]*$", re.I
)
_DEFINING = re.compile(r"\bthat\b[^,;:—–]*$")
# "VELMORA (June 21, 2022) — The harbour ..." is the day of writing.
_DATELINE = re.compile(r"[\s)]*[–—-]\s")
# "said in a statement on Thursday", "told reporters on Thursday".
_ADJUNCT = re.compile(
    r"(?:in|at|on|to|during|via|from|after|following|as|by|through|when|with|late|early|also)\b|\W",
    re.IGNORECASE,
)
# "They met on Thursday, and both sides said": the day is not in what says who speaks.
_CLAUSE_JOINS = re.compile(r",\s+(?:and|but|while|though)\s")
_ASIDE_ENDS = re.compile(
    r"(?:\s+(?:reporters|in\s+a\s+statement|in\s+an\s+interview))?\s*(?:[.,;]|$)"
)


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
        certain = word not in _NOT_THAT_DAY and not written and _is_of_event(open_text, span)
        days.add(day if certain else None)
        rest = _blanked(rest, span)
    for match in _RELATIVE.finditer(rest):
        span = Span(*match.span())
        certain = _is_past(open_text, span) and _is_of_event(open_text, span)
        if published_at is None or not certain or _AHEAD.search(quote):
            return None
        days.add(_resolved(match, open_text, published_at))
        rest = _blanked(rest, span)
    # A date with hardly a word around it heads or closes a text.
    told = sum(len(word) > 2 for word in _WORD.findall(rest)) > 1
    return days.pop() if len(days) == 1 and told and not _OTHER_TIME.search(rest) else None


def _full_dates(quote: str) -> list[tuple[Span, date | None]]:
    """The full date of the quote with its place and weekday; no day if there are several."""
    found, rest = find_dates(quote), without_dates(quote)
    if rest == quote:
        return []
    same = (
        number for number, pair in enumerate(zip(quote, rest, strict=False)) if len({*pair}) > 1
    )
    start = next(same, len(rest))
    end = start + len(quote) - len(rest)
    if len(found) != 1 or find_dates(quote[start:end]) != found or without_dates(quote[start:end]):
        return [(Span(0, len(quote)), None)]
    weekday = _WEEKDAY_BEFORE.search(quote[:start])
    if weekday is None:
        return [(Span(start, end), found[0])]
    agrees = _WEEKDAYS.index(weekday[1]) == found[0].weekday()
    return [(Span(weekday.start(), end), found[0] if agrees else None)]


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
        agrees = day is None or named is None or _WEEKDAYS[day.weekday()] == named
        return day if agrees else None
    follows = re.match(r"\s+([\w’'-]+)", open_text[end:])
    if not chain and follows and follows[1] not in _AFTER_A_DAY:
        return None
    if not chain and _NO_PLAIN_DAY.search(open_text[:start]):
        return None
    return _weekday(match["weekday"], chain, published_at)


def _weekday(name: str, chain: frozenset[str], published_at: date) -> date | None:
    wanted, today = _WEEKDAYS.index(name), published_at.weekday()
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
    month = re.search(_MONTH, text)
    number = re.search(r"\d+", text)
    assert month is not None
    assert number is not None
    found = []
    for year in range(published_at.year - 1, published_at.year + 2):
        try:
            day = date(year, _MONTHS.index(month[0][:3]) + 1, int(number[0]))
        except ValueError:
            continue
        if -365 < (day - published_at).days <= 31:
            found.append(day)
    return found[0] if len(found) == 1 else None


def _words_before(text: str, end: int) -> tuple[str, frozenset[str]]:
    """The word before a day, in lower case, and those that belong to the day, such as "late on"."""
    found = re.findall(r"\w+|[^\w\s]", text[:end])
    chain = set()
    while found and found[-1].lower() in _BEFORE_A_DAY:
        chain.add(found.pop().lower())
    return (found[-1].lower() if found else ""), frozenset(chain)


def _sentence(open_text: str, place: int) -> Span:
    spans = sentence_spans(open_text)
    return next((span for span in spans if span.start <= place < span.end), Span(0, len(open_text)))


def _is_past(open_text: str, day: Span) -> bool:
    """Whether the clause in which the day stands speaks of what has happened."""
    sentence = _sentence(open_text, day.start)
    clauses = []
    start = sentence.start
    for end in _CLAUSE_ENDS.finditer(open_text, sentence.start, sentence.end):
        if not day.start <= end.start() < day.end:
            clauses.append(Span(start, end.start()))
            start = end.end()
    clauses.append(Span(start, sentence.end))
    rest = _blanked(open_text, day)
    for clause in clauses:
        words = [
            word
            for word in _WORD.findall(rest[clause.start : clause.end])
            if word.lower() not in _BEFORE_A_DAY
        ]
        # "On Thursday, the harbour closed": where the day stands alone, the next clause tells.
        if clause.end >= day.start and words:
            return _tells_past(words)
    return False


def _tells_past(words: list[str]) -> bool:
    infinitive = any(
        word == "to" and after.islower() and after not in _DETERMINERS
        for word, after in pairwise(words)
    )
    if infinitive or "for" in words or not _PRESENT.isdisjoint(words):
        return False
    return any(
        (word in _PAST or (word.endswith("ed") and word.islower() and word not in _NO_PAST))
        and before.lower() not in _DETERMINERS  # "the proposed talks"
        for before, word in pairwise(["", *words])
    )


def _is_of_event(open_text: str, day: Span) -> bool:
    """Whether it is not another day: that of something said beside, or that of saying it."""
    place = _sentence(open_text, day.start)
    sentence = open_text[place.start : place.end]
    first, last = day.start - place.start, day.end - place.start
    found = speeches(sentence)
    before = sentence[:first]
    said = any(speech.span.end <= first for speech in found)
    if _ASTRAY.search(before) or (_DEFINING.search(before) and not said):
        return False
    return not any(_is_of_saying(sentence, first, last, speech) for speech in found)


def _is_of_saying(sentence: str, first: int, last: int, speech: Speech) -> bool:
    """Whether the day, `sentence[first:last]`, may be that on which somebody said it."""
    if speech.span.end > first:
        between, rest = sentence[last : speech.span.start], sentence[speech.span.end :]
        return not (_CLAUSE_JOINS.search(between) or _is_aside(between, rest, speech.speaker))
    verb = sentence[speech.span.start : speech.span.end]
    between = sentence[speech.span.end : first].strip()
    words = [word for word in _WORD.findall(between) if word not in _BEFORE_A_DAY]
    if "that" in words or (verb.lower().startswith("according") and "," in between):
        return False
    return verb not in _SAYING_ALONE or len(words) < 2 or bool(_ADJUNCT.match(between))


def _is_aside(between: str, rest: str, speaker: str | None) -> bool:
    """Whether "…, Calder said." or "…, said Calder." comes behind what is said, at a comma."""
    if between.strip() == ",":
        return rest.lower().lstrip().startswith((speaker or "\0").lower())
    return "," in between and bool(_ASIDE_ENDS.match(rest))


def _blanked(text: str, span: Span) -> str:
    return text[: span.start] + "¤" * (span.end - span.start) + text[span.end :]

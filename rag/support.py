"""Does a sentence of a source carry a statement? By names, numbers, negation, hedges and words.

These rules see who does what to whom only in plain sentences ("Kim asked Putin" for "Putin asked
Kim"), and do not know which other words mean the same. `rag.judge` asks the evidence model too.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from index.dates import DAY_NUMBER, ENGLISH_MONTHS, MONTH, WEEKDAY, find_dates
from rag.attribution.speakers import other_speaker
from rag.roles import changed_places
from rag.words import (
    content_stems,
    is_hedged,
    is_negated,
    number_stems,
    numbers,
    opposite,
    written_names,
)

# Share of a statement's content words that its evidence must hold. A stricter share refuses more
# good paraphrases, a looser one lets more inventions through.
LEAST_COVERAGE = 0.7
NOT_SAID = "the sentence cited does not say this"
# An article of another language is written large where it begins a statement, and names nobody.
_FOREIGN_ARTICLE = re.compile(
    r"^(?:Der|Die|Das|Dem|Den|Des|Ein|Eine|Einem|Einen|Einer|Le|La|Les|Un|Une|El|Los|Las|Una)\s+"
)
_CALENDAR = re.compile(rf"{WEEKDAY}|{MONTH}")
_ENDS = r"(?![\w%]|[.,-]\d|-\w)"
_MORE = rf"(?:,?\s*(?:,|-|–|and|or|to)\s*{DAY_NUMBER})*"
# Days of a month, wherever they may be meant: "May 13", "13 May", "May 13, 14 and 15".
_MONTH_DAYS = re.compile(
    rf"\b(?:{MONTH}\.?\s+{DAY_NUMBER}{_MORE}|{DAY_NUMBER}{_MORE}\s+(?:of\s+)?{MONTH}){_ENDS}"
)
# Those that can be nothing else: "In May 13 people died" and "May 13 people" count the people.
_CERTAIN_DAY = re.compile(
    rf"\b(?:[Oo]n\s+{MONTH}\.?\s+{DAY_NUMBER}{_ENDS}|{MONTH}\.?\s+{DAY_NUMBER}{_ENDS}(?!\s+\w)"
    rf"|{DAY_NUMBER}\s+(?:of\s+)?{MONTH}{_ENDS})"
)
_FORMS = (_MONTH_DAYS, _CERTAIN_DAY)
# A small model tells what it was asked rather than what it read.
_ABOUT_QUESTION = re.compile(
    r"(?:the|this|your) question (?:asks|is asking|is about|concerns|refers to)\b", re.IGNORECASE
)
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")


def why_unsupported(statement: str, evidence: str, *, context: str = "") -> str | None:
    """The first reason why `evidence` does not carry `statement`; `None` if it does.

    `context` is text that may supply names and words but no figures: the document's title.

    >>> why_unsupported("Kim asked for 300 tanks.", "Kim asked for 200 tanks.")
    'the number 300 is not in the sentence cited'
    >>> why_unsupported("Kim asked for a loan in yen.", "Kim asked for tanks.")
    'the sentence cited does not say this'
    """
    found = objection(statement, evidence, context=context)
    if found is None and coverage(statement, evidence, context=context) < LEAST_COVERAGE:
        return NOT_SAID
    return found


def objection(statement: str, evidence: str, *, context: str = "") -> str | None:
    """What certainly speaks against the statement, whatever words are used; else `None`.

    >>> objection("Kim asked for tanks.", "Kim may have asked for tanks.")
    'the sentence cited speaks of a possibility, the statement of a fact'
    >>> objection("Kim asked for 13 tanks.", "On 13 October Kim asked for tanks.")
    'the number 13 is not in the sentence cited'
    """
    known = content_stems(evidence) | content_stems(context)
    nothing = _states_nothing(statement, known)
    if nothing is not None:
        return nothing
    day = _missing_day(statement, evidence)
    if day is not None:
        return f"the date “{day}” is not in the sentence cited"
    number = _missing_number(statement, evidence)
    if number is not None:
        return f"the number {number} is not in the sentence cited"
    # The first word is checked like a name: it is the subject more often than not.
    told = written_names(_FOREIGN_ARTICLE.sub("", _CERTAIN_DAY.sub(" ", statement)), leading=True)
    missing = next((written for stem, written in told.items() if stem not in known), None)
    if missing is not None:
        kind = "date" if _CALENDAR.fullmatch(missing) else "name"
        return f"the {kind} “{missing}” is not in the sentence cited"
    if is_negated(statement) != is_negated(evidence):
        return "one of statement and sentence cited denies what the other states"
    turned = opposite(statement, evidence)
    if turned is not None:
        return f"“{turned}” is the opposite of what the sentence cited says"
    if is_hedged(evidence) and not is_hedged(statement):
        return "the sentence cited speaks of a possibility, the statement of a fact"
    verb = changed_places(statement, evidence)
    if verb is not None:
        return f"around “{verb}” the names have changed places against the sentence cited"
    speaker = other_speaker(statement, evidence)
    if speaker is not None:
        return f"in the sentence cited it is not {speaker} who says this"
    return None


def _states_nothing(statement: str, known: Collection[str]) -> str | None:
    """Why what stands as a statement is none; `known` are the stems of evidence and context."""
    if statement.rstrip().endswith("?"):
        return "it asks and states nothing"
    if _ABOUT_QUESTION.match(statement) and "question" not in known:
        return "it speaks of the question, not of what the sentence cited says"
    return None


def _missing_number(statement: str, evidence: str) -> str | None:
    """A number of the statement that the evidence does not hold, or holds only as a date.

    "13 October" does not carry "13 containers". Where the statement's number is an ordinal, or may
    be a day, it need not be a count in the evidence either.
    """
    counted = _ORDINAL.sub(" ", _MONTH_DAYS.sub(" ", statement))
    missing = numbers(counted) - numbers(_CERTAIN_DAY.sub(" ", evidence))
    missing |= numbers(statement) - numbers(evidence)
    return min(missing, default=None)


def _missing_day(statement: str, evidence: str) -> str | None:
    """A day of a month, as the statement writes it, that the evidence does not name."""
    places = (found.group() for form in _FORMS for found in form.finditer(evidence))
    named = {day for place in places for day in _days(place)}
    named |= {(day.month, day.day) for day in find_dates(evidence)}
    ordinals = set(map(int, _ORDINAL.findall(evidence)))
    for found in _CERTAIN_DAY.finditer(statement):
        if any(day not in named and day[1] not in ordinals for day in _days(found.group())):
            return found.group().removeprefix("On ").removeprefix("on ")
    return None


def _days(text: str) -> list[tuple[int, int]]:
    """The month and the day of each day in what one of `_FORMS` found."""
    month = re.search(MONTH, text)
    assert month is not None
    number = ENGLISH_MONTHS[month.group().lower()]
    return [(number, int(day)) for day in re.findall(r"\d+", text)]


def coverage(statement: str, evidence: str, *, context: str = "") -> float:
    """The share of the statement's content words, numbers left out, in evidence or context.

    >>> coverage("Kim wants cheap oil.", "Moscow offered Kim oil.")
    0.5
    """
    stems = content_stems(statement)
    stems -= number_stems(stems)
    held = stems & (content_stems(evidence) | content_stems(context))
    return len(held) / len(stems) if stems else 1.0

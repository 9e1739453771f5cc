"""Whether a sentence tells that something happened on a day that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.models import Span
from rag.attribution.past import HELPERS, tells_past
from rag.attribution.quotations import sentence_spans
from rag.attribution.speech import Speech, speeches
from rag.words import is_negated

# Words that belong to a day: "late on Thursday", "Thursday night".
BEFORE_A_DAY = frozenset("on late early earlier last this".split())
_OF_A_DAY = BEFORE_A_DAY | frozenset("morning afternoon evening night".split())
_CLAUSE_ENDS = re.compile(
    r"[,;:()\[\]—–“”\"¤]+|\b(?:and|but|while|when|where|who|which|that|as|because|although|though|"
    r"after|before|since|until|whether|said|says|say)\b"
)
# What stands between two of these is an aside: the day in it is not that of the sentence.
_OPENS_ASIDE, _CLOSES_ASIDE = tuple(",([—–"), tuple(",)]—–")
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_TOKEN = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*[’']?")
_SAYING_ALONE = frozenset("said says say".split())
# Behind these the day is that of something else: "resigned after it sank on", "who died on".
_ASTRAY = re.compile(
    r"\b(?:after|before|since|until|following|as|when|while|because|although|though|who|whom|whose|"
    r"which|where)\b[^,;:—–]*$",
    re.IGNORECASE,
)
_DEFINING = re.compile(r"\bthat\b[^,;:—–]*$")
# "said in a statement on Thursday", "told reporters on Thursday".
_ADJUNCT = re.compile(
    r"(?:in|at|on|to|during|via|from|after|following|as|by|through|when|with|late|early|also)\b|\W",
    re.IGNORECASE,
)
# "They met on Thursday, and both sides said": the day is not in what says who speaks.
_CLAUSE_JOINS = re.compile(r",\s+(?:and|but|while|though)\s")
_GOES_ON = re.compile(r",\s+and\s")
_ASIDE_ENDS = re.compile(
    r"(?:\s+(?:reporters|in\s+a\s+statement|in\s+an\s+interview))?\s*(?:[.,;]|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    """A part of a sentence, and the mark or word on either side; none at the sentence's ends."""

    span: Span
    opened: str
    closed: str


def is_past(open_text: str, day: Span) -> bool:
    """Whether the clause in which the day stands tells, beyond doubt, of what has happened.

    A sentence that denies anything tells nothing, nor does an aside.
    """
    sentence = _sentence(open_text, day.start)
    # "They met on Thursday, and no deal was made" denies something else.
    other = _GOES_ON.search(open_text, day.end, sentence.end)
    if is_negated(open_text[sentence.start : other.start() if other else sentence.end]):
        return False
    clauses = _clauses(open_text, sentence, day)
    at = next(at for at, clause in enumerate(clauses) if clause.span.end >= day.start)
    clause = clauses[at]
    before = _words(open_text, Span(clause.span.start, day.start))
    behind = _words(open_text, Span(day.end, clause.span.end))
    if not before and not behind:
        # "On Thursday, the harbour closed": where the day stands alone, the next clause tells.
        if clause.opened or clause.closed != "," or at + 1 == len(clauses):
            return False
        behind = _words(open_text, clauses[at + 1].span)
        return tells_past((), behind, bare=True)
    beside = clause.opened.endswith(_OPENS_ASIDE)
    # "Calder, 45, was arrested on Thursday, police said" goes on behind an aside.
    if beside and clause.closed.startswith(_CLOSES_ASIDE) and HELPERS.isdisjoint(before[:1]):
        return False
    return tells_past(before, behind, bare=not beside)


def _clauses(text: str, sentence: Span, day: Span) -> list[_Clause]:
    found, start, opened = [], sentence.start, ""
    for end in _CLAUSE_ENDS.finditer(text, sentence.start, sentence.end):
        if not day.start <= end.start() < day.end:
            found.append(_Clause(span=Span(start, end.start()), opened=opened, closed=end.group()))
            start, opened = end.end(), end.group()
    return [*found, _Clause(span=Span(start, sentence.end), opened=opened, closed="")]


def _words(text: str, span: Span) -> tuple[str, ...]:
    found = _TOKEN.findall(text[span.start : span.end])
    return tuple(word for word in found if word.lower() not in _OF_A_DAY)


def is_of_event(open_text: str, day: Span) -> bool:
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
    words = [word for word in WORD.findall(between) if word not in BEFORE_A_DAY]
    if "that" in words or (verb.lower().startswith("according") and "," in between):
        return False
    return verb not in _SAYING_ALONE or len(words) < 2 or bool(_ADJUNCT.match(between))


def _is_aside(between: str, rest: str, speaker: str | None) -> bool:
    """Whether "…, Calder said." or "…, said Calder." comes behind what is said, at a comma."""
    if between.strip() == ",":
        return rest.lower().lstrip().startswith((speaker or "\0").lower())
    return "," in between and bool(_ASIDE_ENDS.match(rest))


def _sentence(open_text: str, place: int) -> Span:
    spans = sentence_spans(open_text)
    return next((span for span in spans if span.start <= place < span.end), Span(0, len(open_text)))

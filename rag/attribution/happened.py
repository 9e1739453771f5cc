"""Whether a sentence tells that something happened on a day that it names."""

from __future__ import annotations

import re
from itertools import pairwise

from index.models import Span
from rag.attribution.quotations import blanked, sentence_spans
from rag.attribution.speech import Speech, speeches

# Words that belong to a day: "late on Thursday".
BEFORE_A_DAY = frozenset("on late early earlier last this".split())
_CLAUSE_ENDS = re.compile(
    r"[,;:()—–“”\"¤]+|\b(?:and|but|while|when|where|who|which|that|as|because|although|though|after|"
    r"before|since|until|whether)\b"
)
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
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
# Behind these the day is that of something else: "resigned after it sank on", "who died on".
_ASTRAY = re.compile(
    r"\b(?:after|before|since|until|following|as\s+of|who|whom|whose|which|where)\b[^,;:—–]*$", re.I
)
_DEFINING = re.compile(r"\bthat\b[^,;:—–]*$")
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


def is_past(open_text: str, day: Span) -> bool:
    """Whether the clause in which the day stands speaks of what has happened."""
    sentence = _sentence(open_text, day.start)
    clauses = []
    start = sentence.start
    for end in _CLAUSE_ENDS.finditer(open_text, sentence.start, sentence.end):
        if not day.start <= end.start() < day.end:
            clauses.append(Span(start, end.start()))
            start = end.end()
    clauses.append(Span(start, sentence.end))
    rest = blanked(open_text, day)
    for clause in clauses:
        words = [
            word
            for word in WORD.findall(rest[clause.start : clause.end])
            if word.lower() not in BEFORE_A_DAY
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

"""The figures that what was read gives for what a question counts or measures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.cite import citation
from rag.evidence import ScoredHit
from rag.followup.clause import ASKING, AUXILIARIES, DETERMINERS, PREPOSITIONS
from rag.followup.mentions import is_plural
from rag.models import Citation, Question
from rag.quantities import Quantity, quantities
from rag.withdrawn import withdrawn
from rag.words import STOP_WORDS, content_stems, is_hedged, is_negated, names, stem

# The least share: a sentence less probable than this, relative to the best one, tells nothing.
LEAST_SHARE = 0.05
# A rounded number and another that differ by no more than this are the same number.
_SAME_NUMBER = 1.02
_ROUNDED = re.compile(
    r"^(?:about|around|some|roughly|nearly|almost|over|more than)\b", re.IGNORECASE
)
_AT_MOST = re.compile(
    r"^(?:up to|at most|(?:fewer|less) than|as (?:many|much) as)\b", re.IGNORECASE
)
_STEM = 5  # characters that tell a word
_HOW_MANY = re.compile(r"\bhow many\s+(of\s+)?((?:[\w’'-]+\s*){1,5})", re.IGNORECASE)
_BEFORE_NOUN = 3  # words among which the noun is that is counted
_ENDS_NOUN = AUXILIARIES | PREPOSITIONS | ASKING
# What is planned, a part, an increment or a rate is no total.
_NO_TOTAL = re.compile(
    r"""\b(?:will|won|would|shall|plan(?:s|ned|ning)?|expect(?:s|ed|ing)?|aim(?:s|ed|ing)?
        |intend(?:s|ed|ing)?|hope[sd]?|due\ to|about\ to
        |another|further|additional|extra|more(?!\ than)
        |of\ (?:those|them|these|whom|which)
        |(?:an?|per|each|every)\ (?:hour|day|night|week|month|quarter|year)
        |hourly|daily|nightly|weekly|monthly|quarterly|yearly|annual(?:ly)?)\b|[’']ll\b""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with the sentence that tells it, or that takes it back if `withdrawn`.

    `share` is the sentence's probability relative to the best one's. `total` tells that it gives no
    plan, part, increment, rate or upper bound; `plain` that it moreover states the number as a
    fact, in a passage that has all names of the question.
    """

    quantity: Quantity
    place: Citation
    share: float
    withdrawn: bool
    total: bool
    plain: bool

    def is_same(self, other: Figure) -> bool:
        """Whether both are the same number, or one of them is the other rounded."""
        one, another = self.quantity, other.quantity
        low, high = sorted((one.value, another.value))
        rounded = _is_rounded(one, another) or _is_rounded(another, one)
        return low == high or (rounded and high <= low * _SAME_NUMBER)


def _is_rounded(one: Quantity, other: Quantity) -> bool:
    """Whether a number may stand for another: it says so, or is in thousands and less precise."""
    digits, others = (len(f"{entry.value:.0f}".rstrip("0")) for entry in (one, other))
    return bool(_ROUNDED.match(one.text)) or (one.value % 1000 == 0 and digits < others)


def counted_noun(question: str) -> str:
    """What a question counts, in its own words; empty where it counts nothing.

    >>> counted_noun("How many artillery shells were sent?"), counted_noun("How long is the pier?")
    ('shells', '')
    """
    found = _HOW_MANY.search(question)
    following = found[2].split() if found else []
    if found and found[1] and following[0].lower() in DETERMINERS:
        following = following[1:]
    for word in following[:_BEFORE_NOUN]:
        if word.lower() in _ENDS_NOUN:
            break
        if word.lower() not in STOP_WORDS and is_plural(f"the {word}"):
            return word
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence that was read, its quantities that may answer, and those that it takes back."""

    place: Citation
    probability: float
    told: Sequence[Quantity]
    withdrawn: Sequence[Quantity]
    passage: str


def figures_told(question: Question, ranked: Sequence[ScoredHit], *, noun: str) -> list[Figure]:
    """Every number that may answer, the most probable sentence first."""
    read = sorted(_sentences(ranked), key=lambda one: -one.probability)
    unit = frozenset({stem(noun.lower())} if noun else ())
    correcting = {one.place.document_id for one in read if _of(unit, one.withdrawn)}
    asked = names(question.standalone)
    found: list[Figure] = []
    for one in read:
        share = one.probability / read[0].probability
        told = _of(unit, [entry for entry in one.told if entry not in one.withdrawn])[:1]
        quote, passage = one.place.quote, f"{one.place.title}. {one.passage}"
        # What is told instead of an earlier figure need not repeat what it is about.
        about = passage if one.place.document_id in correcting else quote
        if share < LEAST_SHARE or not _is_about(question.standalone, about, besides=unit):
            continue
        is_fact = not (is_hedged(quote) or is_negated(quote))
        for quantity in (*told, *_of(unit, one.withdrawn)):
            unit = unit or quantity.units
            total = not (_NO_TOTAL.search(quote) or _AT_MOST.match(quantity.text))
            found.append(
                Figure(
                    quantity=quantity,
                    place=one.place,
                    share=share,
                    withdrawn=quantity in one.withdrawn,
                    total=total,
                    plain=total and is_fact and asked <= names(passage, leading=True),
                )
            )
    return found


def _of(unit: frozenset[str], told: Sequence[Quantity]) -> list[Quantity]:
    return [one for one in told if not unit or one.units & unit]


def _sentences(ranked: Sequence[ScoredHit]) -> Iterator[_Sentence]:
    """Every sentence that was read.

    Where the model marks an answer in it, the quantities within the answer may answer.
    """
    for entry in ranked:
        shift, marked = entry.read.hit.passage.start, entry.read.reading.span
        texts = ["", *(sentence.text for sentence in entry.read.sentences), ""]
        for number, probability in zip(entry.numbers, entry.probabilities.tolist(), strict=True):
            start, end = entry.read.sentences[number].span
            before, text, after = texts[number : number + 3]
            told = quantities(text)
            if marked is not None and start <= marked.span.start < end:
                told = [
                    one
                    for one in told
                    if start + one.span.start < marked.span.end
                    and marked.span.start < start + one.span.end
                ]
            yield _Sentence(
                place=citation(entry.read.document, shift + start, shift + end),
                probability=probability,
                told=told,
                withdrawn=withdrawn(text, before=before, after=after),
                passage=entry.read.hit.passage.text,
            )


def _is_about(question: str, text: str, *, besides: frozenset[str]) -> bool:
    """Whether they share a word that carries meaning, or one's beginning ("Korea", "Korean")."""
    asked, told = content_stems(question) - besides, content_stems(text) - besides
    return any(
        first == second or (len(first) >= _STEM and second.startswith(first))
        for first in asked
        for second in told
    )

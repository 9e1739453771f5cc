"""The figures that what was read gives for what a question counts or measures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.cite import citation
from rag.evidence import ScoredHit
from rag.models import Citation, Question
from rag.quantities import Quantity, quantities
from rag.withdrawn import withdrawn
from rag.words import content_stems, is_hedged, is_negated, names, stem

# A sentence less probable than this, relative to the best one, tells nothing.
LEAST_SHARE = 0.05
# Numbers that differ by less are the same number, rounded.
_SAME_NUMBER = 1.02
_STEM = 5  # characters that tell a word
_COUNTED = re.compile(
    r"\bhow many\s+((?:[\w’'-]+\s+){0,2}?[\w’'-]*s|people|men|women|children)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with the sentence that tells it, or that takes it back if `withdrawn`.

    `share` is the sentence's probability relative to the best one's. `plain` tells that it states
    the number as a fact, in a passage that has all names of the question.
    """

    quantity: Quantity
    place: Citation
    share: float
    withdrawn: bool
    plain: bool

    def is_same(self, other: Figure) -> bool:
        """Whether both are the same number, or one of them is the other rounded."""
        low, high = sorted((self.quantity.value, other.quantity.value))
        return high <= low * _SAME_NUMBER


def counted_noun(question: str) -> str:
    """What a question counts, in its own words; empty where it counts nothing.

    >>> counted_noun("How many artillery shells were sent?"), counted_noun("How long is the pier?")
    ('shells', '')
    """
    found = _COUNTED.search(question)
    return found[1].split()[-1] if found else ""


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
        for quantity in (*told, *_of(unit, one.withdrawn)):
            unit = unit or quantity.units
            found.append(
                Figure(
                    quantity=quantity,
                    place=one.place,
                    share=share,
                    withdrawn=quantity in one.withdrawn,
                    plain=not (is_hedged(quote) or is_negated(quote))
                    and asked <= names(passage, leading=True),
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
        for number, probability in zip(entry.numbers, entry.probabilities.tolist(), strict=True):
            start, end = entry.read.sentences[number].span
            text = entry.read.sentences[number].text
            before = entry.read.sentences[number - 1].text if number else ""
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
                withdrawn=withdrawn(text, before=before),
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

"""Whether other documents say the same: answers found elsewhere that a sentence holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading import ReadHit
from rag.words import words

# Two other documents are as good as ten: copies of one report are many.
MOST = 2.0
_ARTICLES = frozenset({"a", "an", "the"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    document: str
    answer: str
    weight: float


def agreement(question: str, read: Sequence[ReadHit]) -> list[list[float]]:
    """For each sentence of each hit, how surely other documents give an answer that it holds.

    Each other document counts with the probability of its surest such answer, σ(margin of its
    span); their sum is cut at `MOST`. An answer that the question itself names counts for nothing.
    """
    asked = _plain(question)
    found = [
        entry for hit in read if (entry := _found(hit)) is not None and entry.answer not in asked
    ]
    return [
        [_support(hit.document.id, _plain(sentence.text), found) for sentence in hit.sentences]
        for hit in read
    ]


def _found(hit: ReadHit) -> _Found | None:
    span = hit.reading.span
    if span is None:
        return None
    answer = _plain(hit.hit.passage.text[span.span.start : span.span.end])
    if not answer.strip():
        return None
    weight = 1.0 / (1.0 + math.exp(-span.margin))
    return _Found(document=hit.document.id, answer=answer, weight=weight)


def _support(document: str, sentence: str, found: Sequence[_Found]) -> float:
    surest: dict[str, float] = {}
    for entry in found:
        if entry.document != document and entry.answer in sentence:
            surest[entry.document] = max(surest.get(entry.document, 0.0), entry.weight)
    return min(MOST, sum(surest.values()))


def _plain(text: str) -> str:
    """The words of a text between spaces, so that one text holds another on whole words."""
    kept = [word for word in words(text) if word not in _ARTICLES]
    return f" {' '.join(kept)} "

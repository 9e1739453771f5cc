"""The sentences of a passage, and what a question's words tell about them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from index.models import Span
from index.sentences import sentences
from rag.words import content_stems

# A word in every passage still counts this much, against 1 for a word in none.
LEAST_WEIGHT = 0.25
_INDIRECT = re.compile(r"\b(what|how|why|whether)\b[^:–—]*$", re.IGNORECASE)
# A clause like "what Pyongyang could get" is this question if it holds that share of its words.
_ECHO_COVERAGE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a passage; `span` is an offset into the passage."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as sentences are compared with it; `rarity` weighs its stems."""

    rarity: Mapping[str, float]
    stems: frozenset[str]


def split(text: str, *, language: str | None = None) -> list[Sentence]:
    """The sentences of a passage, in order."""
    return [
        Sentence(span=span, text=text[span.start : span.end]) for span in sentences(text, language)
    ]


def asks(text: str) -> bool:
    """Whether a sentence is a question.

    >>> asks("“What does Kim want?”"), asks("He asked what Kim wants.")
    (True, False)
    """
    return text.rstrip("”\"'’)» ").endswith(("?", "？", "؟"))


def poses(asked: Asked, text: str) -> bool:
    """Whether a sentence asks, or puts this question indirectly, instead of answering.

    "There are fears about what Pyongyang could get in return." poses the question what it wants in
    return; what answers is likely to follow.
    """
    if asks(text):
        return True
    clause = _INDIRECT.search(text)
    return clause is not None and _coverage(asked, clause.group()) >= _ECHO_COVERAGE


def rarities(counts: Mapping[str, int], *, passages: int) -> dict[str, float]:
    """The weight of each stem, `LEAST_WEIGHT` to 1, from the number of passages that hold it.

    idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5)) as in BM25, divided by its value for n = 0, so that
    small libraries and large ones weigh alike.

    >>> {stem: round(weight, 2) for stem, weight in rarities({"a": 9, "b": 0}, passages=9).items()}
    {'a': 0.26, 'b': 1.0}
    """
    most = math.log(1 + (passages + 0.5) / 0.5)
    return {
        name: LEAST_WEIGHT
        + (1 - LEAST_WEIGHT) * math.log(1 + (passages - count + 0.5) / (count + 0.5)) / most
        for name, count in counts.items()
    }


def asked_for(question: str, *, rarity: Mapping[str, float]) -> Asked:
    """The question ready for comparison; `rarity` as `rarities` gives it, 1 where it is silent."""
    return Asked(rarity=rarity, stems=content_stems(question))


def _coverage(asked: Asked, text: str) -> float:
    """The share of the question's stems, weighed by rarity, that the text holds; 0 to 1."""
    total = sum(asked.rarity.get(name, 1.0) for name in asked.stems)
    held = sum(asked.rarity.get(name, 1.0) for name in asked.stems & content_stems(text))
    return held / total if total else 0.0

"""What can be seen of a sentence without reading it: how well its words match the question."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.models import Span
from index.sentences import sentences
from rag.question import AnswerKind, answer_kind
from rag.words import content_stems, names, numbers, words

FEATURES = (
    "coverage",  # share of the question's words in the sentence
    "surroundings",  # the same with title and neighbouring sentences
    "fits",  # holds a number, date or name where one is asked for
    "fragment",  # too short for a statement: mostly headings and captions
)
FRAGMENT_WORDS = 6
# A word in every passage still counts this much, against 1 for a word in none.
LEAST_WEIGHT = 0.25
_DATE = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|"
    r"(1[5-9]|20)\d\d|week|month|year)s?\b",
    re.IGNORECASE,
)
_INDIRECT = re.compile(r"\b(what|how|why|whether)\b[^:–—]*$", re.IGNORECASE)
# A clause like "what Pyongyang could get" is this question if it holds that share of its words.
_ECHO_COVERAGE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a passage with its neighbours; `span` is an offset into the passage."""

    span: Span
    text: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as sentences are compared with it; `rarity` weighs its stems."""

    text: str
    rarity: Mapping[str, float]
    stems: frozenset[str]
    kind: AnswerKind


def split(text: str, *, language: str | None = None) -> list[Sentence]:
    """The sentences of a passage, in order."""
    spans = sentences(text, language)
    texts = ["", *(text[span.start : span.end] for span in spans), ""]
    return [
        Sentence(span=span, text=texts[at], before=texts[at - 1], after=texts[at + 1])
        for at, span in enumerate(spans, start=1)
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
    return Asked(
        text=question,
        rarity=rarity,
        stems=content_stems(question),
        kind=answer_kind(question),
    )


def features(asked: Asked, found: Sequence[Sentence], *, title: str) -> NDArray[np.float64]:
    """One row a sentence of a passage, shape (len(found), len(FEATURES))."""
    asked_names = names(asked.text)
    rows = []
    for number, entry in enumerate(found):
        # A reply is read together with the question before it.
        replies = number > 0 and poses(asked, entry.before)
        text = f"{entry.before} {entry.text}" if replies else entry.text
        rows.append(
            (
                _coverage(asked, text),
                _coverage(asked, f"{title} {entry.before} {entry.text} {entry.after}"),
                float(_fits(asked.kind, entry.text, asked_names=asked_names)),
                float(len(words(entry.text)) < FRAGMENT_WORDS),
            )
        )
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def _coverage(asked: Asked, text: str) -> float:
    """The share of the question's stems, weighed by rarity, that the text holds; 0 to 1."""
    total = sum(asked.rarity.get(name, 1.0) for name in asked.stems)
    held = sum(asked.rarity.get(name, 1.0) for name in asked.stems & content_stems(text))
    return held / total if total else 0.0


def _fits(kind: AnswerKind, text: str, *, asked_names: frozenset[str]) -> bool:
    """Whether the text holds something of the kind asked for, beyond what the question names."""
    if kind == "number":
        return bool(numbers(text))
    if kind == "date":
        return bool(_DATE.search(text))
    if kind in {"person", "place"}:
        return bool(names(text) - asked_names)
    return False

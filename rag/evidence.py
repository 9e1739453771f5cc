"""Hits become evidence: the sentences that may answer, each with its probability of doing so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from index.models import Span
from index.records import BETWEEN_CELLS
from rag.agreement import agreement
from rag.features import Sentence, asked_for, asks, poses
from rag.models import Evidence
from rag.reading import ReadHit
from rag.spans import FoundSpan
from rag.words import names, words

EVIDENCE_LIMIT = 12

# What the score of a sentence is made of.
COLUMNS = (
    "sentence",  # logit of the evidence model: this sentence answers
    "marked",  # 1 if the answer that the model marks in the passage begins in this sentence
    "agreement",  # other documents that give an answer this sentence holds
    "found",  # the score of its passage in the search
    "fragment",  # 1 if too short for a statement: mostly headings and captions
    "outdated",  # 1 if published more than a year before the time that is asked about
)
# Fitted by `python benchmarks/evidence.py --fit`; docs/evidence.md has the figures.
WEIGHTS = (0.230, 0.369, 1.818, 0.185, -1.993, -0.762)
BIAS = -4.698
FRAGMENT_WORDS = 6
OUTDATED = timedelta(days=365)
# A span is shown as the answer if its margin is at least this: exactly right in 7 of 10 such cases,
# and right in no word in 1 (`python benchmarks/reading.py`).
CERTAIN_SPAN = 4.0

_OPENING = r"^[“\"‘'(]*(?:(?:But|And|So|Yet|Then|Still|However|Instead|Also),?\s+)?"
# Who is meant stands before; what is meant may stand in the sentence itself.
_PERSON = re.compile(_OPENING + r"(?:he|she|they|his|her|their)\b", re.IGNORECASE)
_THING = re.compile(
    _OPENING + r"(?:it|its|this|that|these|those|both|such|the (?:former|latter))\b", re.IGNORECASE
)
# A sentence with the one before it is one quote up to this many words.
_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredHit:
    """A hit that was read: the numbers of those of its sentences that may be evidence, and the
    probability of each that it answers.
    """

    read: ReadHit
    numbers: tuple[int, ...]
    probabilities: NDArray[np.float64]

    @property
    def best(self) -> float:
        """The highest of the probabilities; 0 for a hit without such sentences."""
        return float(self.probabilities.max(initial=0.0))


def score(
    question: str,
    read: Sequence[ReadHit],
    *,
    rarity: Mapping[str, float],
    asks_from: date | None = None,
) -> list[ScoredHit]:
    """Every sentence of the hits scored, but for questions, which are no evidence.

    `rarity` weighs the question's stems (see `rag.features.rarities`). `asks_from` is the first
    day of the time asked about, if it was said: what is more than a year older is doubted.
    """
    found = evidence_rows(question, read, rarity=rarity, asks_from=asks_from)
    return [
        ScoredHit(read=entry, numbers=numbers, probabilities=probabilities(rows))
        for entry, (numbers, rows) in zip(read, found, strict=True)
    ]


def best_evidence(
    scored: Sequence[ScoredHit], *, limit: int | None = EVIDENCE_LIMIT
) -> tuple[Evidence, ...]:
    """The best `limit` sentences of all hits, or all of them, most probable first.

    A sentence that leans on the one before it ("He said ...") brings it along.
    """
    found = [
        (probability, entry.read, number)
        for entry in scored
        for number, probability in zip(entry.numbers, entry.probabilities.tolist(), strict=True)
    ]
    found.sort(key=lambda one: (-one[0], one[1].hit.rank, one[2]))
    kept: list[Evidence] = []
    for probability, read, number in found:
        if len(kept) == limit:
            break
        first = _first_needed(read, number)
        evidence = _evidence(read, first, number, probability)
        if any(_overlap(evidence, other) for other in kept):
            evidence = _evidence(read, number, number, probability)
        if not any(_overlap(evidence, other) for other in kept):
            kept.append(evidence)
    return tuple(kept)


def evidence_rows(
    question: str,
    read: Sequence[ReadHit],
    *,
    rarity: Mapping[str, float],
    asks_from: date | None = None,
) -> list[tuple[tuple[int, ...], NDArray[np.float64]]]:
    """For each hit the numbers of its sentences that are no questions, and a row for each.

    Rows have shape (len(numbers), len(COLUMNS)); the scores are computed from them.
    `asks_from` as for `score`.
    """
    asked = asked_for(question, rarity=rarity)
    found: list[tuple[tuple[int, ...], NDArray[np.float64]]] = []
    for entry, agreed in zip(read, agreement(question, read), strict=True):
        published = entry.document.published_at
        is_outdated = bool(asks_from and published and published < asks_from - OUTDATED)
        rows = [
            (
                logit,
                float(_marks(entry.reading.span, sentence)),
                support,
                entry.hit.score,
                float(_is_fragment(sentence.text)),
                float(is_outdated),
            )
            for logit, sentence, support in zip(
                entry.reading.sentences, entry.sentences, agreed, strict=True
            )
        ]
        numbers = tuple(
            number
            for number, sentence in enumerate(entry.sentences)
            if not poses(asked, sentence.text)
        )
        found.append((numbers, np.reshape(rows, (len(rows), len(COLUMNS)))[list(numbers)]))
    return found


def _is_fragment(text: str) -> bool:
    """Whether a text is too short to state anything; the row of a table is not."""
    return len(words(text)) < FRAGMENT_WORDS and BETWEEN_CELLS not in text


def _marks(found: FoundSpan | None, sentence: Sentence) -> bool:
    return found is not None and sentence.span.start <= found.span.start < sentence.span.end


def probabilities(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression: p = 1 / (1 + exp(-(bias + row · weights))), shape (len(rows),)."""
    return np.asarray(1.0 / (1.0 + np.exp(-logits(rows))), dtype=np.float64)


def logits(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bias + row · weights, shape (len(rows),)."""
    return np.asarray(rows @ np.asarray(WEIGHTS, dtype=np.float64) + BIAS, dtype=np.float64)


def leans(text: str) -> bool:
    """Whether a sentence cannot be understood without the one before it.

    >>> leans("He said Kim had agreed."), leans("But it was refused.")
    (True, True)
    >>> leans("Putin said the talks had failed."), leans("This week Kim met Putin.")
    (False, False)
    """
    return bool(_PERSON.match(text)) or (bool(_THING.match(text)) and not names(text))


def _first_needed(entry: ReadHit, number: int) -> int:
    """The number of the sentence that a quote of this one begins with."""
    if not number or not leans(entry.sentences[number].text):
        return number
    if asks(entry.sentences[number - 1].text):
        return number
    start, end = entry.sentences[number - 1].span.start, entry.sentences[number].span.end
    count = len(entry.hit.passage.text[start:end].split())
    return number - 1 if count <= _LONGEST_QUOTE else number


def _evidence(entry: ReadHit, first: int, last: int, score: float) -> Evidence:
    shift = entry.hit.passage.start
    start, end = entry.sentences[first].span.start, entry.sentences[last].span.end
    return Evidence(
        hit=entry.hit,
        start=shift + start,
        end=shift + end,
        text=entry.hit.passage.text[start:end],
        score=round(score, 6),
        answer=_certain_answer(entry, entry.sentences[last]),
    )


def _overlap(first: Evidence, second: Evidence) -> bool:
    same = first.hit.passage.document_id == second.hit.passage.document_id
    return same and first.start < second.end and second.start < first.end


def _certain_answer(entry: ReadHit, sentence: Sentence) -> Span | None:
    """Where the answer itself stands in the document, if the model is sure of it."""
    found = entry.reading.span
    if found is None or found.margin < CERTAIN_SPAN or not _marks(found, sentence):
        return None
    shift = entry.hit.passage.start
    return Span(shift + found.span.start, shift + min(found.span.end, sentence.span.end))

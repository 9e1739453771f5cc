"""Evidence becomes a draft. The quote writer needs no language model and never varies."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from index.models import Document
from rag.models import Draft, Evidence, Question, Statement
from rag.question import answer_kind
from rag.words import content_stems, is_hedged, is_negated, numbers

POINTS_LIMIT = 6
FACT_LIMIT = 3
# A further point of a list, or a further sentence for a fact, must be at least this probable
# relative to the best one. More sentences hold the answer more often and are read less gladly.
_POINT_SHARE = 0.1
_FACT_SHARE = 0.5
_SUBJECT_WEIGHT = 1.5
# Points a list may take from one document: views are asked of many.
_POINTS_A_DOCUMENT = 2
# Two sentences that share this much of their content words say the same thing (Jaccard index).
_SAME_POINT = 0.6


class Writer(Protocol):
    """Writes a draft from evidence.

    `write` yields pieces of text as they are written and then, last, exactly one `Draft`.
    Raises `ModelError` when a language model fails.
    """

    @property
    def name(self) -> str: ...

    def write(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        documents: Mapping[str, Document],
    ) -> Iterator[str | Draft]: ...


class QuoteWriter:
    """Answers in the words of the sources: the fewest sentences that answer, unedited.

    A question for one fact gets the best sentence, and up to two more where they are nearly as
    good and all stay within `answer_words`. A question with many answers gets up to `POINTS_LIMIT`
    distinct points, the same point of several sources merged, strongest first.
    """

    name = "quotes"

    def __init__(self, *, answer_words: int = 60) -> None:
        self._answer_words = answer_words

    def write(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        documents: Mapping[str, Document],
    ) -> Iterator[str | Draft]:
        """Yields the draft alone: there is nothing to wait for."""
        del documents
        if answer_kind(question.standalone) == "list":
            merged = merge_points(
                evidence, scores=_in_fitting_passages(evidence), floor=_POINT_SHARE
            )
            points = spread(merged, evidence)[:POINTS_LIMIT]
        else:
            scores = [entry.score for entry in evidence]
            merged = merge_points(evidence, scores=scores, floor=_FACT_SHARE)
            points = self._within_words(merged, evidence)
        statements = tuple(
            Statement(text=evidence[point[0]].text, markers=tuple(number + 1 for number in point))
            for point in points
        )
        text = "\n".join(
            one_line(entry.text) + "".join(f" [{marker}]" for marker in entry.markers)
            for entry in statements
        )
        yield Draft(text=text, evidence=tuple(evidence), statements=statements, writer=self.name)

    def _within_words(
        self, points: list[list[int]], evidence: Sequence[Evidence]
    ) -> list[list[int]]:
        kept: list[list[int]] = []
        used = 0
        for point in points:
            length = len(evidence[point[0]].text.split())
            if not kept or used + length <= self._answer_words:
                kept.append(point)
                used += length
        return kept[:FACT_LIMIT]


def merge_points(
    evidence: Sequence[Evidence], *, scores: Sequence[float], floor: float
) -> list[list[int]]:
    """Groups of indices into `evidence` that say the same; best group first, its best index first.

    Sentences with less than `floor` times the best score are left out.
    """
    points: list[list[int]] = []
    for number in sorted(range(len(evidence)), key=lambda index: -scores[index]):
        entry = evidence[number]
        if scores[number] < floor * max(scores):
            break
        for point in points:
            if same_point(evidence[point[0]].text, entry.text):
                if all(not _overlaps(evidence[other], entry) for other in point):
                    point.append(number)
                break
        else:
            points.append([number])
    return points


def _in_fitting_passages(evidence: Sequence[Evidence]) -> list[float]:
    """Scores that lift what stands in the passages found first.

    Where many sentences answer, those of a passage about the subject do, though few of them repeat
    the question's words. The odds of a sentence grow by exp(1.5 / rank of its passage).
    """
    odds = [
        math.exp(_SUBJECT_WEIGHT / entry.hit.rank) * entry.score / max(1e-9, 1 - entry.score)
        for entry in evidence
    ]
    return [value / (1 + value) for value in odds]


def same_point(first: str, second: str) -> bool:
    """Whether two sentences say the same: alike in their words, and in what words can turn round.

    >>> same_point("Moscow denied the deal on Monday.", "On Monday, Moscow denied the deal.")
    True
    >>> same_point("Moscow denied the deal on Monday.", "Moscow confirmed the deal on Monday.")
    False
    """
    return (
        jaccard(content_stems(first), content_stems(second)) >= _SAME_POINT
        and numbers(first) == numbers(second)
        and is_negated(first) == is_negated(second)
        and is_hedged(first) == is_hedged(second)
    )


def spread(points: Sequence[list[int]], evidence: Sequence[Evidence]) -> list[list[int]]:
    """The points in their order, without those a document has too many of already."""
    kept: list[list[int]] = []
    taken: Counter[str] = Counter()
    for point in points:
        document = evidence[point[0]].hit.passage.document_id
        taken[document] += 1
        if taken[document] <= _POINTS_A_DOCUMENT:
            kept.append(point)
    return kept


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """|A ∩ B| / |A ∪ B|, 0 to 1; 0 for two empty sets (Jaccard 1901).

    >>> jaccard(frozenset("ab"), frozenset("bc"))
    0.3333333333333333
    """
    union = first | second
    return len(first & second) / len(union) if union else 0.0


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return re.sub(r"\s+", " ", text).strip()


def _overlaps(first: Evidence, second: Evidence) -> bool:
    same = first.hit.passage.document_id == second.hit.passage.document_id
    return same and first.start < second.end and second.start < first.end

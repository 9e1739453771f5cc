"""Retrieved chunks against the exact characters that answer: recall, precision, overlap.

The measures of Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval" (Chroma, 2024),
in characters. Spans of several documents are compared as if the documents were laid end to end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from index.models import Span


class RangeScores(NamedTuple):
    """Recall, precision and intersection over union of one question, each between 0 and 1."""

    recall: float
    precision: float
    iou: float


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same characters as spans that neither touch nor overlap, in order.

    >>> merged([Span(4, 9), Span(0, 5), Span(12, 13)])
    [Span(start=0, end=9), Span(start=12, end=13)]
    """
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def characters(spans: Iterable[Span]) -> int:
    """The lengths of all spans; what two of them hold counts twice."""
    return sum(span.end - span.start for span in spans)


def shared(one: Iterable[Span], other: Iterable[Span]) -> int:
    """How many characters stand in both, each counted once.

    >>> shared([Span(0, 5), Span(2, 6)], [Span(4, 9)])
    2
    """
    ours, theirs = merged(one), merged(other)
    return sum(
        max(0, min(left.end, right.end) - max(left.start, right.start))
        for left in ours
        for right in theirs
    )


def range_scores(chunks: Sequence[Span], gold: Sequence[Span]) -> RangeScores:
    """How the retrieved chunks cover the characters wanted; repeated characters cost precision.

    recall = |gold ∩ chunks| / |gold|, precision = |gold ∩ chunks| / Σ|chunk|,
    IoU = |gold ∩ chunks| / (Σ|chunk| + |gold not in chunks|).

    >>> range_scores([Span(0, 10), Span(20, 30)], gold=[Span(5, 15)])
    RangeScores(recall=0.5, precision=0.25, iou=0.2)
    """
    wanted, read = characters(merged(gold)), characters(chunks)
    both = shared(chunks, gold)
    return RangeScores(
        recall=both / wanted if wanted else 1.0,
        precision=both / read if read else 0.0,
        iou=both / (read + wanted - both) if read + wanted else 1.0,
    )


def holding(chunks: Iterable[Span], gold: Sequence[Span]) -> list[Span]:
    """The chunks with at least one of the characters wanted."""
    return [chunk for chunk in chunks if any(_overlap(chunk, span) for span in gold)]


def perfect_precision(chunks: Iterable[Span], gold: Sequence[Span]) -> float:
    """Precision-omega: IoU if exactly the chunks that hold something wanted were retrieved.

    What a way of cutting could give at best, whatever finds its chunks; characters that several
    chunks share count once.

    >>> perfect_precision([Span(0, 10), Span(10, 20), Span(20, 30)], gold=[Span(5, 15)])
    0.5
    """
    needed = merged(holding(chunks, gold))
    return shared(needed, gold) / max(1, characters(merged([*needed, *gold])))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end

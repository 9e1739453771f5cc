"""What the assistant’s own probability is worth: does it sort answers, and does it keep its word?

Both are asked of answers that were given and can be judged. What a refused question would have
been answered is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from eval.metrics.statistics import figure
from eval.models import Figure

BINS = 10


class Judged(NamedTuple):
    """An answer's probability, from 0 to 1, and whether it was right."""

    probability: float
    right: bool


class RiskPoint(NamedTuple):
    """What a threshold at `probability` would do.

    `coverage` is the share of the questions that would be answered, `risk` the share of these
    answers that would be wrong; both lie between 0 and 1.
    """

    probability: float
    coverage: float
    risk: float


class Bin(NamedTuple):
    """Answers of like probability, `low` <= p < `high` (the last bin holds 1 too).

    `probability` is their mean, `right` the share of them that was right.
    """

    low: float
    high: float
    probability: float
    right: Figure


def risk_coverage(answers: Sequence[Judged], *, questions: int) -> tuple[RiskPoint, ...]:
    """The risk-coverage curve, the surest answers first (El-Yaniv and Wiener 2010).

    coverage(t) = |{p >= t}| / questions, risk(t) = wrong among {p >= t} / |{p >= t}|, a point for
    each probability t that occurs: no threshold tells equal ones apart. `questions` counts the
    refused ones too, so that the curve ends at the share that was answered.

    >>> points = risk_coverage([Judged(0.9, True), Judged(0.4, False)], questions=4)
    >>> [(point.coverage, point.risk) for point in points]
    [(0.25, 0.0), (0.5, 0.5)]
    """
    points: list[RiskPoint] = []
    given = wrong = 0
    falling = sorted(answers, key=lambda one: -one.probability)
    for probability, some in groupby(falling, key=lambda one: one.probability):
        verdicts = [one.right for one in some]
        given += len(verdicts)
        wrong += verdicts.count(False)
        points.append(RiskPoint(probability, given / questions, wrong / given))
    return tuple(points)


def risk_area(points: Sequence[RiskPoint]) -> float:
    """The area under a risk-coverage curve over the share answered, from 0 to 1; lower is better.

    Σ (coverage_i - coverage_(i-1)) · risk_i / coverage_last, which without ties is the mean risk
    over the answers, AURC (Geifman et al. 2019). A probability that says nothing gives about the
    last point's risk.

    >>> risk_area(risk_coverage([Judged(0.9, True), Judged(0.4, False)], questions=4))
    0.25
    """
    if not points:
        raise ValueError("a curve needs at least one answer")
    before = (0.0, *(point.coverage for point in points))
    steps = zip(before, points, strict=False)
    return sum((one.coverage - last) * one.risk for last, one in steps) / points[-1].coverage


def reliability(answers: Sequence[Judged], *, bins: int = BINS, seed: int = 0) -> tuple[Bin, ...]:
    """The answers in `bins` equally wide ranges of probability, those without an answer left out.

    >>> (only,) = reliability([Judged(0.25, True), Judged(0.27, False)])
    >>> only.low, only.high, only.probability, only.right.value, only.right.n
    (0.2, 0.3, 0.26, 0.5, 2)
    """
    parts: dict[int, list[Judged]] = {}
    for one in answers:
        parts.setdefault(min(int(one.probability * bins), bins - 1), []).append(one)
    return tuple(
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            probability=sum(one.probability for one in some) / len(some),
            right=figure([float(one.right) for one in some], seed=seed),
        )
        for number, some in sorted(parts.items())
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error, from 0 to 1; 0 is a probability that keeps its word.

    Σ n_bin / n · |share right - mean probability| (Naeini et al. 2015). With few answers a bin, it
    is above 0 by chance alone.

    >>> round(calibration_error(reliability([Judged(0.9, True), Judged(0.7, False)])), 3)
    0.4
    """
    n = sum(one.right.n for one in bins)
    if not n:
        raise ValueError("a calibration error needs at least one answer")
    return sum(one.right.n * abs((one.right.value or 0.0) - one.probability) for one in bins) / n

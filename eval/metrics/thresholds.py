"""Where to refuse: a threshold on probabilities, chosen on questions with and without an answer.

A question is refused where the probability that the evidence answers it lies below the threshold.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Labelled(NamedTuple):
    """The probability given to a question, between 0 and 1, and whether it has an answer."""

    probability: float
    answerable: bool


class Errors(NamedTuple):
    """A value a question, 1 for an error: answerable ones refused, unanswerable ones answered."""

    refused: list[float]
    answered: list[float]


Choice = Callable[[Sequence[Labelled]], float]


def errors(questions: Sequence[Labelled], threshold: float) -> Errors:
    """What refusing below the threshold does to each question.

    >>> some = [Labelled(0.9, True), Labelled(0.2, True), Labelled(0.3, False)]
    >>> errors(some, 0.25)
    Errors(refused=[0.0, 1.0], answered=[1.0])
    """
    return Errors(
        refused=[float(one.probability < threshold) for one in questions if one.answerable],
        answered=[float(one.probability >= threshold) for one in questions if not one.answerable],
    )


def least_errors(questions: Sequence[Labelled]) -> float:
    """The threshold with the least sum of both error rates, whatever the mix of questions.

    1 minus this sum is the index of Youden 1950. The lowest of several, which refuses less.

    >>> least_errors([Labelled(0.9, True), Labelled(0.5, True), Labelled(0.2, False)])
    0.3
    """
    return min(_candidates(questions), key=lambda threshold: sum(_rates(questions, threshold)))


def most_refused(questions: Sequence[Labelled], *, most: float) -> float:
    """The highest threshold that refuses at most the share `most` of the answerable questions.

    >>> some = [Labelled(0.9, True), Labelled(0.5, True), Labelled(0.2, False)]
    >>> most_refused(some, most=0.0), most_refused(some, most=0.5)
    (0.3, 0.7)
    """
    return max(
        threshold for threshold in _candidates(questions) if _rates(questions, threshold)[0] <= most
    )


def cross_fitted(questions: Sequence[Labelled], choose: Choice, *, seed: int = 0) -> Errors:
    """The errors of each half of the questions at the threshold chosen on the other half.

    Halves are drawn at random, with as many answerable questions in each. No question has a say in
    the threshold it is measured at, so that the errors are those to expect of new questions.
    """
    halves: tuple[list[Labelled], list[Labelled]] = ([], [])
    for answerable in (True, False):
        alike = [one for one in questions if one.answerable is answerable]
        random.Random(seed).shuffle(alike)  # noqa: S311  # no secret hangs on it
        for place, one in enumerate(alike):
            halves[place % 2].append(one)
    first, second = halves
    found = [errors(first, choose(second)), errors(second, choose(first))]
    return Errors(
        refused=[value for one in found for value in one.refused],
        answered=[value for one in found for value in one.answered],
    )


def _rates(questions: Sequence[Labelled], threshold: float) -> tuple[float, float]:
    refused, answered = errors(questions, threshold)
    return sum(refused) / len(refused), sum(answered) / len(answered)


def _candidates(questions: Sequence[Labelled]) -> list[float]:
    """Every threshold that treats the questions in another way, from refusing none on."""
    seen = sorted({0.0, 1.0, *(one.probability for one in questions)})
    return [0.0, *(_between(low, high) for low, high in pairwise(seen))]


def _between(low: float, high: float) -> float:
    """A number halfway between two, with no more digits than that takes; `high` if none is left.

    >>> _between(0.0, 5e-324)
    5e-324
    """
    middle = (low + high) / 2
    rounded = (round(middle, digits) for digits in range(1, 9))
    return next((one for one in rounded if low < one < high), middle if low < middle else high)

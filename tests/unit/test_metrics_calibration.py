"""Risk, coverage and reliability against hand arithmetic."""

from __future__ import annotations

import random

import pytest

from eval.metrics.calibration import (
    Judged,
    calibration_error,
    reliability,
    risk_area,
    risk_coverage,
)

FIVE = [
    Judged(0.9, right=True),
    Judged(0.8, right=False),
    Judged(0.6, right=True),
    Judged(0.6, right=False),
    Judged(0.1, right=False),
]


def test_the_curve_has_a_point_for_each_threshold() -> None:
    """Of ten questions, five answered: wrong are 0 of 1, 1 of 2, 2 of 4 (a tie of two), 3 of 5."""
    points = risk_coverage(FIVE, questions=10)
    assert [tuple(point) for point in points] == [
        (0.9, 0.1, 0.0),
        (0.8, 0.2, 0.5),
        (0.6, 0.4, 0.5),
        (0.1, 0.5, 0.6),
    ]


def test_the_area_is_the_mean_risk_over_the_answers() -> None:
    """(1 * 0 + 1 * .5 + 2 * .5 + 1 * .6) / 5 = 2.1 / 5, whatever else was refused."""
    for questions in (5, 10, 1_000):
        assert risk_area(risk_coverage(FIVE, questions=questions)) == pytest.approx(0.42)


def test_the_best_order_has_the_least_area_and_the_worst_the_most() -> None:
    def area(*verdicts: bool) -> float:
        falling = [Judged(1 - place / 10, right) for place, right in enumerate(verdicts)]
        return risk_area(risk_coverage(falling, questions=len(falling)))

    assert area(True, True, False) == pytest.approx(1 / 9)  # (0 + 0 + 1/3) / 3
    assert area(True, False, True) == pytest.approx(5 / 18)  # (0 + 1/2 + 1/3) / 3
    assert area(False, True, True) == pytest.approx(11 / 18)  # (1 + 1/2 + 1/3) / 3


def test_equal_probabilities_are_not_told_apart_by_their_order() -> None:
    tied = [Judged(0.5, right) for right in (True, False, False, True, False)]
    shuffled = random.Random(0).sample(tied, k=len(tied))
    assert risk_coverage(tied, questions=5) == risk_coverage(shuffled, questions=5)
    assert risk_area(risk_coverage(tied, questions=5)) == pytest.approx(0.6)


def test_bins_hold_their_lower_end_and_the_last_one_also_1() -> None:
    bins = reliability([Judged(number / 10, right=True) for number in range(11)])
    assert [(one.low, one.high, one.right.n) for one in bins] == [
        *((number / 10, (number + 1) / 10, 1) for number in range(9)),
        (0.9, 1.0, 2),
    ]
    assert bins[-1].probability == pytest.approx(0.95)


def test_the_error_weighs_each_bin_by_its_answers() -> None:
    """Bins .1 (0 right), .6 (1 of 2), .8 (0 right), .9 (1 right): (.1 + 2 * .1 + .8 + .1) / 5."""
    bins = reliability(FIVE)
    assert [(one.low, one.right.value, one.right.n) for one in bins] == [
        (0.1, 0.0, 1),
        (0.6, 0.5, 2),
        (0.8, 0.0, 1),
        (0.9, 1.0, 1),
    ]
    assert calibration_error(bins) == pytest.approx(1.2 / 5)


def test_a_probability_that_keeps_its_word_has_no_error() -> None:
    answers = [Judged(0.75, right) for right in (True, True, True, False)]
    assert calibration_error(reliability(answers)) == 0.0
    assert calibration_error(reliability([Judged(1.0, right=False)])) == 1.0


def test_nothing_has_no_area_and_no_error() -> None:
    assert risk_coverage([], questions=4) == ()
    assert reliability([]) == ()
    with pytest.raises(ValueError, match="at least one answer"):
        risk_area([])
    with pytest.raises(ValueError, match="at least one answer"):
        calibration_error([])

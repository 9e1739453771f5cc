"""Intervals: deterministic, as wide as they should be, and never NaN."""

from __future__ import annotations

import numpy as np
import pytest

from eval.metrics.statistics import bootstrap_interval, figure, percentile


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = list(np.random.default_rng(1).random(50))

    assert bootstrap_interval(values, seed=7) == bootstrap_interval(values, seed=7)
    assert bootstrap_interval(values, seed=7) != bootstrap_interval(values, seed=8)


def test_the_interval_of_a_mean_is_as_wide_as_the_normal_approximation() -> None:
    values = np.random.default_rng(3).normal(0.5, 0.1, size=400)
    standard_error = values.std() / np.sqrt(len(values))

    low, high = bootstrap_interval(list(values), resamples=10_000)

    assert low == pytest.approx(values.mean() - 1.96 * standard_error, abs=5e-4)
    assert high == pytest.approx(values.mean() + 1.96 * standard_error, abs=5e-4)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(11)
    covered = 0
    for number in range(200):
        sample = generator.random(80) < 0.7
        low, high = bootstrap_interval(list(sample.astype(float)), seed=number, resamples=500)
        covered += low <= 0.7 <= high
    assert 0.88 <= covered / 200 <= 0.99


def test_equal_values_leave_no_width_and_one_value_is_its_own_interval() -> None:
    assert bootstrap_interval([1.0, 1.0, 1.0]) == (1.0, 1.0)
    assert bootstrap_interval([0.25]) == (0.25, 0.25)


def test_no_value_is_no_figure_and_not_nan() -> None:
    nothing = figure([])
    assert (nothing.value, nothing.interval, nothing.n) == (None, None, 0)
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_interval([])
    with pytest.raises(ValueError, match="at least one"):
        percentile([], 0.5)


def test_a_figure_carries_its_mean_and_n() -> None:
    one = figure([0.0, 1.0, 1.0, 1.0])
    assert (one.value, one.n) == (0.75, 4)
    assert one.interval is not None
    assert one.interval.low <= 0.75 <= one.interval.high

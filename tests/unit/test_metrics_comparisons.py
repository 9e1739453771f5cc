"""Tests of a difference: against hand arithmetic, and how often they are wrong."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from eval.metrics.comparisons import holm, mcnemar, wilcoxon


def test_mcnemar_is_the_two_sided_sign_test_of_the_questions_that_differ() -> None:
    """9 gained and 2 lost: 2 * (C(11,0) + C(11,1) + C(11,2)) / 2**11 = 134 / 2048."""
    before = [0.0] * 9 + [1.0] * 2 + [1.0] * 30 + [0.0] * 5
    after = [1.0] * 9 + [0.0] * 2 + [1.0] * 30 + [0.0] * 5
    assert mcnemar(before, after) == pytest.approx(134 / 2048)
    assert mcnemar(after, before) == mcnemar(before, after)


def test_wilcoxon_is_the_share_of_signs_that_are_as_one_sided() -> None:
    """Of all 2**7 ways to give signs to the ranks, how many sums are as far from the middle."""
    differences = [0.1, -0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    ranks = np.arange(1, 8)
    observed = sum(rank for rank, value in zip(ranks, differences, strict=True) if value > 0)
    sums = [np.dot(ranks, signs) for signs in itertools.product((0, 1), repeat=7)]
    centre = ranks.sum() / 2
    extreme = sum(abs(one - centre) >= abs(observed - centre) for one in sums)
    p = wilcoxon([0.0] * 7 + [0.5], [*differences, 0.5])
    assert p == pytest.approx(extreme / len(sums))


def test_holm_never_falls_and_never_exceeds_one() -> None:
    assert holm([0.01, 0.02, 0.03, 0.04]) == [0.04, 0.06, 0.06, 0.06]
    assert holm([0.9, 0.001]) == [0.9, 0.002]
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_runs_that_are_alike_are_seldom_called_different() -> None:
    """Under no difference p is below .05 in at most one of twenty comparisons."""
    generator = np.random.default_rng(5)
    alarms = {"mcnemar": 0, "wilcoxon": 0}
    for _ in range(400):
        right = generator.random((2, 60)) < 0.6
        alarms["mcnemar"] += mcnemar(*right.astype(float).tolist()) < 0.05
        alarms["wilcoxon"] += wilcoxon(*generator.random((2, 60)).tolist()) < 0.05
    assert alarms["mcnemar"] <= 0.05 * 400
    assert 0.02 * 400 <= alarms["wilcoxon"] <= 0.08 * 400


def test_a_real_difference_is_seen() -> None:
    generator = np.random.default_rng(6)
    before = (generator.random(150) < 0.5).astype(float)
    after = np.maximum(before, generator.random(150) < 0.2)
    assert mcnemar(before.tolist(), after.tolist()) < 0.001
    assert wilcoxon(before.tolist(), (before * 0.9).tolist()) < 0.001

"""How far two judges agree: Cohen's kappa by hand, and an interval that means what it says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.agreement import agreement

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)


def pairs(both: int, one: int, other: int, neither: int) -> list[tuple[bool, bool]]:
    return (
        [(True, True)] * both
        + [(True, False)] * one
        + [(False, True)] * other
        + [(False, False)] * neither
    )


@pytest.mark.parametrize(
    ("table", "share", "kappa"),
    [
        # p_e = .5 * .6 + .5 * .4 = .5
        ((20, 5, 10, 15), 0.7, 0.4),
        # Two tables that share .6 and differ in kappa: p_e = .60 * .70 + .40 * .30, then
        # .60 * .30 + .40 * .70.
        ((45, 15, 25, 15), 0.6, (0.60 - 0.54) / 0.46),
        ((25, 35, 5, 35), 0.6, (0.60 - 0.46) / 0.54),
        ((6, 0, 0, 4), 1.0, 1.0),
        ((0, 5, 5, 0), 0.0, -1.0),
        ((0, 0, 7, 0), 0.0, 0.0),
    ],
)
def test_share_and_kappa_by_hand(table: tuple[int, ...], share: float, kappa: float) -> None:
    found = agreement(pairs(*table))
    assert found.share.value == pytest.approx(share)
    assert found.kappa == pytest.approx(kappa)
    assert found.share.n == sum(table)


@pytest.mark.parametrize("table", [(9, 0, 0, 0), (0, 0, 0, 9)])
def test_two_judges_that_always_say_the_same_tell_nothing(table: tuple[int, ...]) -> None:
    found = agreement(pairs(*table))
    assert (found.share.value, found.kappa, found.interval) == (1.0, None, None)


def test_without_answers_there_is_no_agreement() -> None:
    found = agreement([])
    assert (found.share.value, found.kappa, found.interval) == (None, None, None)


def test_the_interval_is_as_wide_as_the_large_sample_formula() -> None:
    """Fleiss, Cohen and Everitt 1969, with p the shares of the four kinds of pair."""
    table = np.array([[400, 100], [200, 300]])
    p = table / table.sum()
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    alike, chance = np.trace(p), float(rows @ columns)
    kappa = (alike - chance) / (1 - chance)
    diagonal = sum(p[k, k] * (1 - (rows[k] + columns[k]) * (1 - kappa)) ** 2 for k in range(2))
    beside = (1 - kappa) ** 2 * sum(
        p[k, j] * (columns[k] + rows[j]) ** 2 for k, j in ((0, 1), (1, 0))
    )
    variance = diagonal + beside - (kappa - chance * (1 - kappa)) ** 2
    error = math.sqrt(variance / table.sum()) / (1 - chance)

    found = agreement(pairs(*map(int, table.ravel())))

    assert found.kappa == pytest.approx(kappa)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(kappa - 1.96 * error, abs=0.008)
    assert found.interval.high == pytest.approx(kappa + 1.96 * error, abs=0.008)


@settings(deadline=None)
@given(PAIRS)
def test_the_order_of_judges_and_of_answers_does_not_matter(verdicts) -> None:
    found = agreement(verdicts, resamples=20)
    turned = agreement([(other, one) for one, other in reversed(verdicts)], resamples=20)
    assert found.share.value == turned.share.value
    assert (found.kappa is None) == (turned.kappa is None)
    assert found.kappa == pytest.approx(turned.kappa) if found.kappa is not None else True


@settings(deadline=None)
@given(PAIRS)
def test_kappa_stays_between_minus_one_and_one(verdicts) -> None:
    found = agreement(verdicts, resamples=20)
    if found.kappa is not None and found.interval is not None:
        assert -1.0 <= found.interval.low <= found.interval.high <= 1.0
        assert -1.0 - 1e-12 <= found.kappa <= 1.0 + 1e-12

"""How far two judges of the same answers agree, beside what chance alone would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.statistics import CONFIDENCE, RESAMPLES, figure
from eval.models import Figure, Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The share of answers that two judges judged alike, and Cohen's kappa.

    `kappa` is `None` where chance alone would agree on everything, as where both always say the
    same: nothing can be told then.
    """

    share: Figure
    kappa: float | None
    interval: Interval | None


def agreement(
    verdicts: Sequence[tuple[bool, bool]], *, seed: int = 0, resamples: int = RESAMPLES
) -> Agreement:
    """Share and kappa of pairs of verdicts, each with its percentile bootstrap interval.

    κ = (p_o - p_e) / (1 - p_e), with p_o the share judged alike and p_e what two judges would share
    who say yes as often as these, independently (Cohen 1960): 1 is full agreement, 0 that of
    chance. Drawing answers with replacement is drawing the counts of the four kinds of pair from
    their multinomial distribution. Draws that leave kappa undefined are left out.

    >>> found = agreement([(True, True), (False, False), (True, False), (False, False)])
    >>> found.share.value, found.kappa
    (0.75, 0.5)
    """
    share = figure([float(one == other) for one, other in verdicts], seed=seed, resamples=resamples)
    if not verdicts:
        return Agreement(share=share, kappa=None, interval=None)
    counted = Counter(verdicts)
    table = np.array([counted[one, other] for one in (True, False) for other in (True, False)])
    kappa = float(_kappas(table[np.newaxis])[0])
    if np.isnan(kappa):
        return Agreement(share=share, kappa=None, interval=None)
    n = len(verdicts)
    drawn = _kappas(np.random.default_rng(seed).multinomial(n, table / n, size=resamples))
    low, high = np.nanquantile(drawn, [(1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0])
    return Agreement(share=share, kappa=kappa, interval=Interval(float(low), float(high)))


def _kappas(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """Kappa of each row (both yes, only one, only the other, neither); NaN where undefined."""
    both, one, other, neither = tables.T / tables.sum(axis=1)
    alike = both + neither
    chance = (both + one) * (both + other) + (other + neither) * (one + neither)
    undefined = (both == 1.0) | (neither == 1.0)
    return np.where(undefined, np.nan, (alike - chance) / np.where(undefined, 1.0, 1.0 - chance))

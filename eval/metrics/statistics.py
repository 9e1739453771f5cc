"""Means with their uncertainty, and percentiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.models import Figure, Interval

RESAMPLES = 2_000
CONFIDENCE = 0.95


def figure(values: Sequence[float], *, seed: int = 0, resamples: int = RESAMPLES) -> Figure:
    """The mean of one value a question, with its bootstrap interval and n.

    >>> figure([])
    Figure(value=None, interval=None, n=0)
    >>> figure([1.0, 1.0])
    Figure(value=1.0, interval=Interval(low=1.0, high=1.0), n=2)
    """
    if not values:
        return Figure(value=None, interval=None, n=0)
    interval = bootstrap_interval(values, seed=seed, resamples=resamples)
    return Figure(value=float(np.mean(values)), interval=interval, n=len(values))


def bootstrap_interval(
    values: Sequence[float],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The percentile bootstrap interval of the mean (Efron 1979); questions are resampled.

    Draws n values with replacement `resamples` times and takes the (1 ± confidence) / 2 quantiles
    of the means. The same seed and values give the same interval. Where all values are equal the
    interval has no width, although the truth may lie beside it: read it together with n.

    >>> bootstrap_interval([0.0, 1.0, 1.0, 1.0], seed=0)
    Interval(low=0.25, high=1.0)
    """
    if not values:
        raise ValueError("an interval needs at least one value")
    sample = np.asarray(values, dtype=np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(sample), size=(resamples, len(sample)))
    means = sample[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0])
    return Interval(float(low), float(high))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the sorted values lie, interpolated linearly.

    >>> percentile([10.0, 20.0, 30.0], 0.5), percentile([10.0, 20.0], 0.95)
    (20.0, 19.5)
    """
    if not values:
        raise ValueError("a percentile needs at least one value")
    return float(np.quantile(np.asarray(values, dtype=np.float64), share))

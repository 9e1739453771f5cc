"""Whether two runs on the same questions differ by more than chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def mcnemar(before: Sequence[float], after: Sequence[float]) -> float:
    """The p value of McNemar's exact test, for values of 0 and 1; between 0 and 1.

    Only questions that one run has right and the other wrong count; if both runs are as good, each
    is as likely to be the better one: p is the binomial probability, two-sided, of a split as
    uneven or more so. McNemar 1947; exact as in Dietterich 1998, section 3.1.

    >>> mcnemar([0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1])
    0.0625
    >>> mcnemar([1, 0], [1, 0])
    1.0
    """
    from scipy.stats import binomtest

    won = sum(new > old for old, new in zip(before, after, strict=True))
    lost = sum(new < old for old, new in zip(before, after, strict=True))
    return float(binomtest(won, won + lost).pvalue) if won + lost else 1.0


def wilcoxon(before: Sequence[float], after: Sequence[float]) -> float:
    """The p value of Wilcoxon's signed-rank test, two-sided; between 0 and 1.

    For values between 0 and 1 such as nDCG: whether differences above and below zero are alike, by
    the sums of the ranks of their sizes. Questions without a difference are left out.
    Wilcoxon 1945; computed by scipy, exactly where there are few questions and no ties.

    >>> wilcoxon([0.1, 0.2, 0.3, 0.4, 0.5], [0.2, 0.4, 0.6, 0.8, 1.0])
    0.0625
    >>> wilcoxon([0.5, 0.5], [0.5, 0.5])
    1.0
    """
    from scipy.stats import wilcoxon as signed_rank

    # Differences that are equal on paper are to be ties in the computer too.
    differences = np.round(np.asarray(after) - np.asarray(before), 9)
    if not np.any(differences):
        return 1.0
    return float(signed_rank(differences[differences != 0]).pvalue)


def holm(values: Sequence[float]) -> list[float]:
    """Corrected p values of many tests: with them, one error in twenty is one over all tests.

    The smallest of m is multiplied by m, the next by m - 1 and so on, never below the one before
    and at most 1. Holm 1979, A simple sequentially rejective multiple test procedure.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    corrected = [1.0] * len(values)
    least = 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        least = max(least, min(1.0, (len(values) - rank) * values[place]))
        corrected[place] = least
    return corrected

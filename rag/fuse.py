"""Several rankings of the same things become one."""

from __future__ import annotations

from collections.abc import Sequence

RANK_CONSTANT = 60


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[str]],
    *,
    weights: Sequence[float] | None = None,
    constant: int = RANK_CONSTANT,
) -> list[tuple[str, float]]:
    """Identifiers with their fused scores, best first; ties go by identifier.

    score(d) = Σ weight / (constant + rank of d), over the rankings that hold d, rank from 1
    (Cormack, Clarke and Büttcher 2009, where every weight is 1, as it is without `weights`).
    The order of the rankings does not matter.

    >>> reciprocal_rank_fusion([["a", "b"], ["b"]], constant=1)
    [('b', 0.8333333333333333), ('a', 0.5)]
    >>> reciprocal_rank_fusion([["a"], ["b"]], weights=[1, 0.5], constant=1)
    [('a', 0.5), ('b', 0.25)]
    """
    scores: dict[str, list[float]] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, identifier in enumerate(ranking, start=1):
            scores.setdefault(identifier, []).append(weight / (constant + rank))
    # Sorted addends make the floating-point sum independent of the order of the rankings.
    totals = ((identifier, sum(sorted(parts))) for identifier, parts in scores.items())
    return sorted(totals, key=lambda pair: (-pair[1], pair[0]))

"""Several rankings of the same things become one."""

from __future__ import annotations

from collections.abc import Sequence

RANK_CONSTANT = 60


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[str]], *, constant: int = RANK_CONSTANT
) -> list[tuple[str, float]]:
    """Identifiers with their fused scores, best first; ties go by identifier.

    score(d) = Σ 1 / (constant + rank of d), over the rankings that hold d, rank from 1
    (Cormack, Clarke and Büttcher 2009). The order of the rankings does not matter.

    >>> reciprocal_rank_fusion([["a", "b"], ["b"]], constant=1)
    [('b', 0.8333333333333333), ('a', 0.5)]
    """
    scores: dict[str, list[float]] = {}
    for ranking in rankings:
        for rank, identifier in enumerate(ranking, start=1):
            scores.setdefault(identifier, []).append(1.0 / (constant + rank))
    # Sorted addends make the floating-point sum independent of the order of the rankings.
    totals = ((identifier, sum(sorted(parts))) for identifier, parts in scores.items())
    return sorted(totals, key=lambda pair: (-pair[1], pair[0]))

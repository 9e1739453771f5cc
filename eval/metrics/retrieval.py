"""How well a ranking of documents puts the relevant ones first.

Every function takes a ranking, best first, and the set of relevant documents, which must not be
empty. A document that a ranking holds several times counts at its first place only, so that a
ranking of passages can be given as the documents they come from. Gains are binary. All values
lie between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log2


def first_places(ranked: Sequence[str]) -> tuple[str, ...]:
    """The distinct documents in the order of their first places.

    >>> first_places(["b", "a", "b"])
    ('b', 'a')
    """
    return tuple(dict.fromkeys(ranked))


def hit(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """1 if any relevant document is among the first `k`, else 0 (success@k).

    >>> hit(["b", "a", "c"], {"a"}, k=1), hit(["b", "a", "c"], {"a"}, k=2)
    (0.0, 1.0)
    """
    return float(_found(ranked, relevant, k) > 0)


def recall(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """|relevant ∩ first k| / |relevant|.

    >>> recall(["b", "a", "c"], {"a", "z"}, k=2)
    0.5
    """
    return _found(ranked, relevant, k) / len(set(relevant))


def precision(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """|relevant ∩ first k| / k; places a short ranking leaves empty count as misses.

    >>> precision(["b", "a"], {"a"}, k=4)
    0.25
    """
    return _found(ranked, relevant, k) / k


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """1 / rank of the first relevant document, 0 if none is among the first `k`.

    Its mean over questions is the mean reciprocal rank, MRR@k (Voorhees 1999).

    >>> reciprocal_rank(["b", "b", "a", "c"], {"a", "c"}, k=10)
    0.5
    """
    wanted = _checked(relevant, k)
    for rank, document in enumerate(first_places(ranked)[:k], start=1):
        if document in wanted:
            return 1.0 / rank
    return 0.0


def average_precision(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """Σ precision at the rank of each relevant document among the first `k`, / |relevant|.

    Its mean over questions is the mean average precision, MAP@k (Buckley and Voorhees 2000).
    Below, documents at ranks 1 and 3 of three relevant ones: (1/1 + 2/3) / 3.

    >>> round(average_precision(["a", "b", "c"], {"a", "c", "z"}, k=3), 6)
    0.555556
    """
    wanted = _checked(relevant, k)
    places = enumerate(first_places(ranked)[:k], start=1)
    ranks = [rank for rank, document in places if document in wanted]
    return sum(found / rank for found, rank in enumerate(ranks, start=1)) / len(wanted)


def ndcg(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """Σ 1/log2(rank + 1) over relevant documents found, divided by the best sum possible.

    Normalised discounted cumulative gain with binary gains (Järvelin and Kekäläinen 2002).
    Below, documents at ranks 1 and 3 of two relevant ones: (1 + 1/2) / (1 + 1/log2 3).

    >>> round(ndcg(["a", "b", "c"], {"a", "c"}, k=3), 6)
    0.919721
    """
    wanted = _checked(relevant, k)
    places = enumerate(first_places(ranked)[:k], start=1)
    gained = sum(1.0 / log2(rank + 1) for rank, document in places if document in wanted)
    best = sum(1.0 / log2(rank + 1) for rank in range(1, min(len(wanted), k) + 1))
    return gained / best


def all_evidence(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """1 if every relevant document is among the first `k`, else 0.

    Questions with more than `k` relevant documents can only score 0.

    >>> all_evidence(["b", "a", "c"], {"a", "c"}, k=3), all_evidence(["b", "a"], {"a", "c"}, k=3)
    (1.0, 0.0)
    """
    return float(_found(ranked, relevant, k) == len(set(relevant)))


def _found(ranked: Sequence[str], relevant: Collection[str], k: int) -> int:
    return len(_checked(relevant, k).intersection(first_places(ranked)[:k]))


def _checked(relevant: Collection[str], k: int) -> set[str]:
    if not relevant:
        raise ValueError("a ranking cannot be scored without a relevant document")
    if k < 1:
        raise ValueError(f"k is {k}; it must be at least 1")
    return set(relevant)

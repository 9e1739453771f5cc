"""A question becomes hits: dense and word search over the library, fused."""

from __future__ import annotations

from collections.abc import Collection

from index.library import Library
from index.models import Filters, Passage, ScoredPassage
from rag.fuse import reciprocal_rank_fusion
from rag.models import Hit


def retrieve(
    library: Library,
    query: str,
    *,
    filters: Filters,
    candidates: int,
    limit: int,
    exclude: Collection[str] = (),
) -> tuple[Hit, ...]:
    """The best `limit` passages for a query, fused from `candidates` of each search.

    Passages whose id is in `exclude` are treated as if the library did not hold them.
    """
    wanted = max(candidates, limit) + len(exclude)
    dense = library.search_dense(query, limit=wanted, filters=filters)
    lexical = library.search_words(query, limit=wanted, filters=filters)
    passages: dict[str, Passage] = {}
    rankings = [
        _ranking(found, passages, exclude=exclude)[: max(candidates, limit)]
        for found in (dense, lexical)
    ]
    fused = reciprocal_rank_fusion(rankings)[:limit]
    return tuple(
        Hit(passage=passages[identifier], score=score, rank=rank, stage="fused")
        for rank, (identifier, score) in enumerate(fused, start=1)
    )


def _ranking(
    found: list[ScoredPassage], passages: dict[str, Passage], *, exclude: Collection[str]
) -> list[str]:
    kept = [entry.passage for entry in found if entry.passage.id not in exclude]
    passages.update((passage.id, passage) for passage in kept)
    return [passage.id for passage in kept]

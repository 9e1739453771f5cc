"""Search by meaning: passages whose vectors are nearest to the question's, by cosine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from index.catalog import Catalog
from index.embed import Matrix
from index.models import Filters, ScoredPassage
from index.vectors import VectorIndex

# Below this many passages, comparing with every one is faster than a filtered search in Chroma.
EXACT_BELOW = 2_000
# Chroma turns a filter's documents into variables of one SQL statement, which holds 32,766.
FILTER_LIMIT = 10_000


def search_dense(
    catalog: Catalog,
    vectors: VectorIndex,
    embed_query: Callable[[], Matrix],
    *,
    limit: int,
    filters: Filters,
    exact_below: int = EXACT_BELOW,
) -> list[ScoredPassage]:
    """At most `limit` passages nearest to the question's unit vector, best first, by cosine.

    `embed_query` is called only if there is anything to search.
    """
    candidates = catalog.count_passages(filters)
    if not candidates or limit < 1:
        return []
    vector = embed_query()
    allowed = None if filters.is_empty else catalog.document_ids(filters)
    if allowed is not None and (candidates < exact_below or len(allowed) > FILTER_LIMIT):
        found = _nearest_exactly(catalog, vector, limit=limit, filters=filters)
    else:
        found = vectors.nearest(vector, limit=limit, document_ids=allowed)
        # A graph of neighbours can lack the way to one of them, seen when nearly all are wanted.
        if len(found) < min(limit, candidates):
            found = _nearest_exactly(catalog, vector, limit=limit, filters=filters)
    passages = catalog.passages_by_id([passage_id for passage_id, _ in found])
    return [
        ScoredPassage(passage=passages[passage_id], score=score)
        for passage_id, score in found
        if passage_id in passages
    ]


def _nearest_exactly(
    catalog: Catalog, vector: Matrix, *, limit: int, filters: Filters
) -> list[tuple[str, float]]:
    rows = list(catalog.passage_vectors(filters=filters))
    if not rows:
        return []
    scores = np.stack([stored for _, _, stored in rows]) @ vector
    ranked = sorted(zip(scores.tolist(), rows, strict=True), key=lambda r: (-r[0], r[1][0]))
    return [(row[0], float(score)) for score, row in ranked[:limit]]

"""Hits that were read are ranked anew: those with the best evidence come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.evidence import ScoredHit


def rerank(scored: Sequence[ScoredHit]) -> list[ScoredHit]:
    """Best first, by the most probable sentence; equals stay as the search had them.

    The hits carry their new rank, and that probability as their score.
    """
    ordered = sorted(scored, key=lambda entry: (-entry.best, entry.read.hit.rank))
    return [
        replace(
            entry,
            read=replace(
                entry.read,
                hit=replace(
                    entry.read.hit, score=round(entry.best, 6), rank=rank, stage="reranked"
                ),
            ),
        )
        for rank, entry in enumerate(ordered, start=1)
    ]

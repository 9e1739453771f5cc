"""Hits become evidence: the sentences that may answer, each with its probability of doing so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder
from index.models import Document
from index.passages import embedding_texts
from rag.features import features, poses, read_question, split
from rag.models import Evidence, Hit

EVIDENCE_LIMIT = 12

# Fitted on the open training pairs by `python -m training.fit_sentence_scorer`, in the order of
# rag.features.FEATURES; docs/evidence.md has the figures.
WEIGHTS = (1.240, -0.247, 9.481, -2.504, -0.757, 1.034, 1.259, 0.506, 0.511)
BIAS = -7.384


def find_evidence(
    question: str,
    hits: Sequence[Hit],
    *,
    documents: Mapping[str, Document],
    embedder: Embedder,
    rarity: Mapping[str, float],
    limit: int = EVIDENCE_LIMIT,
) -> tuple[Evidence, ...]:
    """The best `limit` sentences of the hits, most probable first; questions are none.

    `documents` holds each hit's document by id; `rarity` weighs the question's stems (see
    `rag.features.rarities`).
    """
    if not hits:
        return ()
    asked = read_question(question, embedder=embedder, rarity=rarity)
    texts = [
        embedding_texts(documents[hit.passage.document_id], [hit.passage], embedder=embedder)[0]
        for hit in hits
    ]
    found: list[Evidence] = []
    for hit, text, tokens in zip(hits, texts, embedder.embed_tokens(texts), strict=True):
        document = documents[hit.passage.document_id]
        entries = split(hit.passage.text, language=document.language)
        rows = features(
            asked,
            entries,
            tokens,
            title=document.title,
            offset=len(text) - len(hit.passage.text),
        )
        found += [
            Evidence(
                hit=hit,
                start=hit.passage.start + entry.span.start,
                end=hit.passage.start + entry.span.end,
                text=entry.text,
                score=round(float(score), 6),
            )
            for entry, score in zip(entries, probabilities(rows), strict=True)
            if not poses(asked, entry.text)
        ]
    found.sort(key=lambda entry: (-entry.score, entry.hit.rank, entry.start))
    return tuple(found[:limit])


def probabilities(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression: p = 1 / (1 + exp(-(bias + row · weights))), shape (len(rows),)."""
    logits = rows @ np.asarray(WEIGHTS, dtype=np.float64) + BIAS
    return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float64)

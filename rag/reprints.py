"""Passages that say the same in the same words, such as an agency's report in two newspapers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.embed import Matrix
from rag.words import words

# Passages whose vectors differ more are not compared word by word.
LEAST_COSINE = 0.8
SHINGLE_WORDS = 4
# Copies are often cut elsewhere, so that neither passage holds all of the other.
LEAST_SHARE = 0.6


def wordings(texts: Sequence[str], documents: Sequence[str], vectors: Matrix) -> list[int]:
    """For each passage the place of the first one in the same words: its own, if it is that one.

    `documents` names each passage's document: a document does not reprint itself. `vectors` are
    unit rows, shape (len(texts), dimension).

    >>> rows = np.eye(3, dtype=np.float32)[[0, 0, 1]]
    >>> one = "The ferry crews of Saltmarsh went on strike on Monday morning"
    >>> wordings([one, f"{one}.", "Nothing else."], ["a", "b", "c"], rows)
    [0, 0, 2]
    """
    if not texts:
        return []
    near = vectors @ vectors.T >= LEAST_COSINE
    shingles: dict[int, frozenset[tuple[str, ...]]] = {}
    found: list[int] = []
    for place in range(len(texts)):
        own = next(
            (
                found[before]
                for before in np.flatnonzero(near[place, :place]).tolist()
                if documents[before] != documents[place]
                and _share(_kept(before, texts, shingles), _kept(place, texts, shingles))
                >= LEAST_SHARE
            ),
            place,
        )
        found.append(own)
    return found


def _kept(
    place: int, texts: Sequence[str], shingles: dict[int, frozenset[tuple[str, ...]]]
) -> frozenset[tuple[str, ...]]:
    if place not in shingles:
        found = words(texts[place])
        starts = range(max(1, len(found) - SHINGLE_WORDS + 1))
        shingles[place] = frozenset(tuple(found[at : at + SHINGLE_WORDS]) for at in starts)
    return shingles[place]


def _share(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """|one ∩ other| / the smaller of both: 1 where one passage holds the other."""
    return len(one & other) / min(len(one), len(other))

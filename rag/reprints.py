"""Passages that say the same in the same words, such as an agency's report in two newspapers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from index.embed import Matrix
from index.lexical import STOP_WORDS
from rag.words import words

# Passages whose vectors differ more are not compared word by word.
LEAST_COSINE = 0.8
SHINGLE_WORDS = 4
# Copies are often cut elsewhere, so that neither passage holds all of the other.
LEAST_SHARE = 0.6
# A stretch in which two texts differ is longer where one of them left something out.
EXCHANGED_WORDS = 8
_WORD = re.compile(r"\w+(?:[-.,]\w+)*")


def wordings(texts: Sequence[str], documents: Sequence[str], vectors: Matrix) -> list[int]:
    """For each passage the place of the first one in the same words: its own, if it is that one.

    `documents` names each passage's document: a document does not reprint itself. The same words
    around another name or number say something else, and are no copy. `vectors` are unit rows,
    shape (len(texts), dimension).

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
                and not exchanged(texts[before], texts[place])
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


def exchanged(one: str, other: str) -> bool:
    """Whether a name or number stands in one text where the other, around it the same, has another.

    >>> exchanged("The bridge cost 3 million in all.", "The bridge cost 8 million in all.")
    True
    >>> exchanged("It opened in Oct. and is free.", "It opened in October and is free.")
    False
    """
    left, right = _WORD.findall(one), _WORD.findall(other)
    same_case = [word.lower() for word in left], [word.lower() for word in right]
    aligned = SequenceMatcher(None, *same_case, autojunk=False).get_opcodes()
    # What differs at either end is where the texts were cut.
    return any(
        what == "replace"
        and max(end - start, other_end - other_start) <= EXCHANGED_WORDS
        and _name_others(left[start:end], right[other_start:other_end])
        for what, start, end, other_start, other_end in aligned[1:-1]
    )


def _name_others(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether both hold names or numbers, and none that could be written for one of the other."""
    left, right = _telling(one), _telling(other)
    return bool(left and right) and not any(
        first.startswith(second) or second.startswith(first) for first in left for second in right
    )


def _telling(found: Sequence[str]) -> set[str]:
    """The names and numbers among words, lower-case: what has a capital or a digit."""
    return {
        word.lower()
        for word in found
        if word[0].isdigit() or (word[0].isupper() and word.lower() not in STOP_WORDS)
    }

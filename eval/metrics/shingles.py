"""How much of one text another holds, in runs of four words: the measure of text extraction."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

LENGTH = 4

_WORD = re.compile(r"\w+")


class Overlap(NamedTuple):
    """Precision, recall and their harmonic mean, each between 0 and 1."""

    precision: float
    recall: float
    f1: float


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Every run of four words with its number; a shorter text is one run, a blank one none.

    >>> shingles("Be, or not to be")
    Counter({('Be', 'or', 'not', 'to'): 1, ('or', 'not', 'to', 'be'): 1})
    """
    words = _WORD.findall(text)
    starts = range(max(1, len(words) - LENGTH + 1)) if words else ()
    return Counter(tuple(words[start : start + LENGTH]) for start in starts)


def shingle_overlap(found: str, gold: str) -> Overlap:
    """Shared runs of four words as a share of those found, and of those wanted, repeats counted.

    The measure of scrapinghub's article-extraction-benchmark (2020) for one page. An empty text
    scores 0, unless both are empty.

    >>> shingle_overlap("Home a b c d e", gold="a b c d e f")
    Overlap(precision=0.6666666666666666, recall=0.6666666666666666, f1=0.6666666666666666)
    """
    have, want = shingles(found), shingles(gold)
    if not have and not want:
        return Overlap(1.0, 1.0, 1.0)
    shared = (have & want).total()
    if not shared:
        return Overlap(0.0, 0.0, 0.0)
    precision, recall = shared / have.total(), shared / want.total()
    return Overlap(precision, recall, 2 * precision * recall / (precision + recall))

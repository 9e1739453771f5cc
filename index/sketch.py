"""A sketch of a document's words, from which is seen how much two documents have in common."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Collection
from heapq import heappush, heapreplace, nsmallest

SHINGLE_WORDS = 5
# Estimates from so many hashes are off by 0.04 (standard error) where half is shared.
SKETCH_SIZE = 128
# Shorter texts, such as forms and captions, are alike without telling the same.
LEAST_SHINGLES = 25

# Chinese and Japanese put no spaces between words: each character counts as one.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def sketch(text: str) -> tuple[int, ...]:
    """The smallest `SKETCH_SIZE` hashes of the text's runs of five words, in order.

    Signed 64-bit numbers, the same on every machine; empty for a text of too few words. A bottom-k
    sketch: Broder, On the resemblance and containment of documents, 1997.

    >>> len(sketch("too short")), len(sketch(" ".join(map(str, range(1_000)))))
    (0, 128)
    """
    # The largest of the smallest so far comes first, negated: a text of any length takes no more.
    smallest: list[int] = []
    kept: set[int] = set()
    window: deque[str] = deque(maxlen=SHINGLE_WORDS)
    for match in _WORD.finditer(text.casefold()):
        window.append(match.group())
        if len(window) < SHINGLE_WORDS:
            continue
        value = _hash(" ".join(window))
        if value in kept or (len(smallest) == SKETCH_SIZE and value >= -smallest[0]):
            continue
        kept.add(value)
        if len(smallest) < SKETCH_SIZE:
            heappush(smallest, -value)
        else:
            kept.remove(-heapreplace(smallest, -value))
    return tuple(sorted(kept)) if len(kept) >= LEAST_SHINGLES else ()


def resemblance(one: Collection[int], other: Collection[int]) -> float:
    """The share of both documents' runs of words that both have (Jaccard index), estimated 0 to 1.

    >>> resemblance([1, 2, 3, 4], [1, 2, 3, 5])
    0.6
    """
    both = set(one) & set(other)
    smallest = nsmallest(SKETCH_SIZE, set(one) | set(other))
    return sum(number in both for number in smallest) / len(smallest) if smallest else 0.0


def _hash(shingle: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(shingle.encode(), digest_size=8).digest(), "big", signed=True
    )

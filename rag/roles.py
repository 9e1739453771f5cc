"""Who did it to whom: names that have changed places around the same word."""

from __future__ import annotations

from itertools import permutations

from rag.words import STOP_WORDS, names, stem, words

# Whoever stands first, these say the same; "by" turns a sentence round without changing it.
_MUTUAL = frozenset(
    map(
        stem,
        """met meet meeting talk talked spoke speak agree agreed marry married join joined discuss
        discussed fight fought differ differed""".split(),
    )
)
# Names this many words apart are hardly the two ends of one verb.
_FARTHEST = 8


def changed_places(statement: str, evidence: str) -> str | None:
    """The word around which two names stand the other way round than in the evidence.

    Both names must stand once in each text, near each other, with that word between them.

    >>> changed_places("Kim asked Putin for oil.", "Putin asked Kim for oil.")
    'asked'
    >>> changed_places("Kim was asked by Putin.", "Putin asked Kim for oil.")
    >>> changed_places("Kim met Putin.", "Putin met Kim.")
    """
    said, known = words(statement), words(evidence)
    stated, held = [stem(word) for word in said], [stem(word) for word in known]
    both = names(statement, leading=True) & names(evidence, leading=True)
    once = [name for name in both if stated.count(name) == held.count(name) == 1]
    for first, second in permutations(sorted(once), 2):
        ours = _between(stated, first, second)
        theirs = _between(held, second, first)
        if "by" in ours or "by" in theirs:
            continue
        for word in said:
            name = stem(word)
            if name in ours & theirs and name not in both | _MUTUAL and word not in STOP_WORDS:
                return word
    return None


def _between(found: list[str], first: str, second: str) -> frozenset[str]:
    """The stems from one name to another that follows near it; none if it does not."""
    start, end = found.index(first), found.index(second)
    return frozenset(found[start + 1 : end]) if start < end <= start + _FARTHEST else frozenset()

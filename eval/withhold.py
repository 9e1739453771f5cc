"""Which passages give an answer away, so that a question can be asked without them.

An answer is given away on whole words in their order, whatever their endings ("Russia's" gives away
"Russia", "vaquitas" the "vaquita"), and by its content words near each other in any order ("Texas
and Missouri" gives away "Missouri and Texas", "the Lions, with Detroit" the "Detroit Lions").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from eval.metrics.answers import normalise
from eval.models import Query
from index.models import Passage
from rag.words import STOP_WORDS, stem

APART = 12  # words from the first of an answer's words to the last, at most
_POSSESSIVE = re.compile(r"['’]s\b")
# An answer that half the library's passages hold by chance cannot be withheld.
_BINARY = frozenset({"", "yes", "no", "true", "false"})


class GoldIndex:
    """Finds the passages that give a gold answer away; reads every passage once.

    Only words of `queries`' gold answers are kept, so that each look-up touches few passages.
    """

    def __init__(self, passages: Iterable[Passage], queries: Sequence[Query]) -> None:
        self._wanted = {
            word for query in queries for answer in query.answers for word in _stems(answer)
        }
        # By word: the passages that hold it, and its places in each.
        self._places: dict[str, dict[str, list[int]]] = {word: {} for word in self._wanted}
        for passage in passages:
            for place, word in enumerate(_stems(passage.text)):
                if word in self._wanted:
                    self._places[word].setdefault(passage.id, []).append(place)

    def holding(self, answers: Iterable[str]) -> frozenset[str]:
        """The ids of the passages that hold any of these gold answers."""
        return frozenset().union(*(self._holding(_stems(answer)) for answer in answers))

    def _holding(self, words: list[str]) -> frozenset[str]:
        telling = [word for word in words if word not in STOP_WORDS] or words
        if not telling:
            return frozenset()
        together = set.intersection(*(set(self._places.get(word, ())) for word in telling))
        return frozenset(
            one for one in together if _near([self._places[word][one] for word in telling])
        )


def _stems(text: str) -> list[str]:
    return [stem(word) for word in normalise(_POSSESSIVE.sub("", text)).split()]


def _near(places: Sequence[Sequence[int]]) -> bool:
    """Whether one place of each word lies within `APART` words of all the others."""
    return any(
        all(any(first <= place <= first + APART for place in word) for word in places)
        for first in {place for word in places for place in word}
    )


def can_be_withheld(query: Query) -> bool:
    """Whether removing the passages that hold a gold answer makes the question unanswerable.

    >>> can_be_withheld(Query(id="1", question="Who?", answers=("Putin",)))
    True
    >>> can_be_withheld(Query(id="2", question="Did they agree?", answers=("Yes",)))
    False
    """
    gold = {normalise(answer) for answer in query.answers}
    return query.answerable is True and bool(gold) and gold.isdisjoint(_BINARY)

"""Which passages give an answer away, so that a question can be asked without them.

An answer is given away by its words in their order, whatever their endings ("Russia's" gives away
"Russia", "vaquitas" the "vaquita"), and by its content words near each other in any order ("Texas
and Missouri" gives away "Missouri and Texas", "the Lions, with Detroit" the "Detroit Lions"). One
without a content word ("The Who") is given away only as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from eval.metrics.answers import normalise, plain
from eval.models import Query
from index.models import Passage
from rag.words import STOP_WORDS, stem

APART = 12  # words from the first of an answer's words to the last, at most
_POSSESSIVE = re.compile(r"['’]s\b")
# An answer that half the library's passages hold by chance cannot be withheld.
_BINARY = frozenset({"", "yes", "no", "true", "false"})
_TOO_COMMON = _BINARY | STOP_WORDS


class GoldIndex:
    """Finds the passages that give a gold answer away; reads every passage once.

    Only words of `queries`' gold answers are kept, so that each look-up touches few passages.
    """

    def __init__(self, passages: Iterable[Passage], queries: Sequence[Query]) -> None:
        answers = {answer for query in queries for answer in query.answers}
        self._wanted = {word for answer in answers for word in _stems(answer)}
        # By word: the passages that hold it, and its places in each.
        self._places: dict[str, dict[str, set[int]]] = {word: {} for word in self._wanted}
        # The passages by the answers that have no content word.
        self._as_written: dict[str, set[str]] = {
            plain(answer): set() for answer in answers if not _telling(answer)
        }
        for passage in passages:
            for place, word in enumerate(_stems(passage.text)):
                if word in self._wanted:
                    self._places[word].setdefault(passage.id, set()).add(place)
            text = f" {plain(passage.text)} " if self._as_written else ""
            for written, holding in self._as_written.items():
                if written and f" {written} " in text:
                    holding.add(passage.id)

    def withheld(self, query: Query) -> frozenset[str]:
        """The passages without which the question has no answer; none where it keeps one."""
        return self.holding(query.answers) if can_be_withheld(query) else frozenset()

    def holding(self, answers: Iterable[str]) -> frozenset[str]:
        """The ids of the passages that give any of these gold answers away."""
        return frozenset().union(*map(self._holding, answers))

    def _holding(self, answer: str) -> frozenset[str]:
        telling = _telling(answer)
        if not telling:
            return frozenset(self._as_written.get(plain(answer), ()))
        words = _stems(answer)
        together = set.intersection(*(set(self._places.get(word, ())) for word in telling))
        return frozenset(
            one
            for one in together
            if _near([self._places[word][one] for word in telling])
            or _in_order([self._places.get(word, {}).get(one, set()) for word in words])
        )


def _telling(answer: str) -> list[str]:
    """The stems of the answer's content words."""
    words = normalise(_POSSESSIVE.sub("", answer)).split()
    return [stem(word) for word in words if word not in STOP_WORDS]


def _stems(text: str) -> list[str]:
    return [stem(word) for word in normalise(_POSSESSIVE.sub("", text)).split()]


def _near(places: Sequence[Iterable[int]]) -> bool:
    """Whether one place of each word lies within `APART` words of all the others."""
    return any(
        all(any(first <= place <= first + APART for place in word) for word in places)
        for first in {place for word in places for place in word}
    )


def _in_order(places: Sequence[set[int]]) -> bool:
    """Whether the words stand one behind the other, however many they are."""
    return any(
        all(first + ahead in word for ahead, word in enumerate(places)) for first in places[0]
    )


def can_be_withheld(query: Query) -> bool:
    """Whether removing the passages that hold a gold answer makes the question unanswerable.

    >>> can_be_withheld(Query(id="1", question="Who?", answers=("Putin",)))
    True
    >>> can_be_withheld(Query(id="2", question="Did they agree?", answers=("Yes",)))
    False
    >>> can_be_withheld(Query(id="3", question="Which novel?", answers=("It",)))
    False
    """
    gold = {plain(answer) for answer in query.answers}
    return query.answerable is True and bool(gold) and gold.isdisjoint(_TOO_COMMON)

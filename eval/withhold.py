"""Which passages give an answer away, so that a question can be asked without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.metrics.answers import normalise
from eval.models import Query
from index.models import Passage

# An answer that half the library's passages hold by chance cannot be withheld.
_BINARY = frozenset({"", "yes", "no", "true", "false"})


class GoldIndex:
    """Finds the passages that hold a gold answer on whole tokens; reads every passage once.

    Only words of `queries`' gold answers are kept, so that each look-up touches few passages.
    """

    def __init__(self, passages: Iterable[Passage], queries: Sequence[Query]) -> None:
        wanted = {answer for query in queries for answer in map(normalise, query.answers)}
        self._words = {word for answer in wanted for word in answer.split()}
        self._texts: dict[str, str] = {}
        self._holders: dict[str, set[str]] = {word: set() for word in self._words}
        for passage in passages:
            self._read(passage)

    def _read(self, passage: Passage) -> None:
        text = normalise(passage.text)
        found = self._words.intersection(text.split())
        if found:
            self._texts[passage.id] = f" {text} "
        for word in found:
            self._holders[word].add(passage.id)

    def holding(self, answers: Iterable[str]) -> frozenset[str]:
        """The ids of the passages that hold any of these gold answers."""
        return frozenset().union(*(self._holding(normalise(answer)) for answer in answers))

    def _holding(self, answer: str) -> frozenset[str]:
        words = answer.split()
        if not words:
            return frozenset()
        together = set.intersection(*(self._holders.get(word, set()) for word in words))
        return frozenset(one for one in together if f" {answer} " in self._texts[one])


def can_be_withheld(query: Query) -> bool:
    """Whether removing the passages that hold a gold answer makes the question unanswerable.

    >>> can_be_withheld(Query(id="1", question="Who?", answers=("Putin",)))
    True
    >>> can_be_withheld(Query(id="2", question="Did they agree?", answers=("Yes",)))
    False
    """
    gold = {normalise(answer) for answer in query.answers}
    return query.answerable is True and bool(gold) and gold.isdisjoint(_BINARY)

"""The cited places of an exchange, in the order in which a reader goes through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pincite.ui.source_text import Place
from rag import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The numbers of an exchange's citations, document by document, each from its beginning.

    `citations` are those that the numbers count, `at` is the place in `order` that is shown, and
    `action` says what was pressed: `source`, or `nearest` for what is near to an answer. Those
    numbered in `lost` are stops of the walk too, but their words stand no longer where they did.
    """

    exchange: int
    action: str
    citations: tuple[Citation, ...]
    order: tuple[int, ...]
    at: int
    lost: frozenset[int] = frozenset()

    @property
    def shown(self) -> int:
        """The number of the citation that is shown."""
        return self.order[self.at]

    @property
    def citation(self) -> Citation:
        return self.citations[self.shown]

    @property
    def here(self) -> range:
        """The places in `order` that lie in the document shown."""
        inside = [
            place
            for place, number in enumerate(self.order)
            if self.citations[number].document_id == self.citation.document_id
        ]
        return range(inside[0], inside[-1] + 1)

    @property
    def places(self) -> tuple[Place, ...]:
        """The cited spans of the document shown that hold the cited words."""
        cited = (
            (number, self.citations[number])
            for number in self.order[self._here]
            if number not in self.lost
        )
        return tuple(Place(each.start, each.end, number) for number, each in cited)

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents, in the order of the walk."""
        return tuple(dict.fromkeys(self.citations[number].document_id for number in self.order))

    @property
    def _here(self) -> slice:
        return slice(self.here.start, self.here.stop)


def walk(citations: Sequence[Citation], number: int, *, exchange: int, action: str) -> Walk:
    """The way through `citations`, at the one with this number; `IndexError` if there is none."""
    if not 0 <= number < len(citations):
        raise IndexError(number)
    documents = list(dict.fromkeys(citation.document_id for citation in citations))
    order = sorted(
        range(len(citations)),
        key=lambda each: (
            documents.index(citations[each].document_id),
            citations[each].start,
            citations[each].end,
        ),
    )
    return Walk(
        exchange=exchange,
        action=action,
        citations=tuple(citations),
        order=tuple(order),
        at=order.index(number),
    )

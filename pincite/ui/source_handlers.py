"""What opens in the source pane: one method for each event."""

from __future__ import annotations

import itertools

import gradio as gr

from index.errors import PinciteError, UnknownDocument
from index.models import Span
from pincite.ui.chat import Exchange, Visit
from pincite.ui.markup import notice
from pincite.ui.source_view import EMPTY_PANE, render_removed, render_source
from rag import Assistant, Citation


class SourceHandlers:
    """One method for each event; each only translates between components and the assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._openings = itertools.count(1)

    def cite(self, visit: Visit, event: gr.EventData) -> str:
        """Open the document of a citation at the cited span."""
        exchange, citation = _cited(visit, event)
        if exchange is None or citation is None:
            return EMPTY_PANE
        cited = (*exchange.sources, *(exchange.answer.nearest if exchange.answer else ()))
        others = [
            Span(other.start, other.end)
            for other in cited
            if other.document_id == citation.document_id
        ]
        try:
            document = self._assistant.document(citation.document_id)
        except UnknownDocument:
            return render_removed(citation, opened=next(self._openings))
        except PinciteError as error:
            return notice(str(error), kind="trouble")
        return render_source(
            document,
            focus=Span(citation.start, citation.end),
            others=others,
            opened=next(self._openings),
        )

    def open(self, event: gr.EventData) -> str:
        """Open a document of the library at its beginning."""
        try:
            document = self._assistant.document(str(getattr(event, "document", "")))
        except PinciteError as error:
            return notice(str(error), kind="trouble")
        return render_source(document, opened=next(self._openings))


def _cited(visit: Visit, event: gr.EventData) -> tuple[Exchange | None, Citation | None]:
    """What a pressed marker names; nothing if the browser sent anything else."""
    try:
        exchange = visit.exchanges[_index(event, "exchange")]
        if getattr(event, "action", "") == "nearest":
            nearest = exchange.answer.nearest if exchange.answer else ()
            return exchange, nearest[_index(event, "source")]
        return exchange, exchange.sources[_index(event, "source")]
    except (IndexError, ValueError):
        return None, None


def _index(event: gr.EventData, name: str) -> int:
    number = int(str(getattr(event, name, "")))
    if number < 0:
        raise ValueError(name)
    return number

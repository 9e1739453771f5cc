"""What happens in the conversation: one method for each event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from index.errors import PinciteError
from pincite.ui.answer_view import render_conversation
from pincite.ui.chat import Visit, converse
from pincite.ui.guard import place_of, visitor_of
from pincite.ui.listing import Scope
from pincite.ui.markup import notice
from pincite.ui.stored_visits import StoredVisits
from pincite.words import mark, t
from rag import Assistant
from rag.models import Rating

_NONE_LISTED = mark(
    "No document is left to ask: type or filter something else where documents are found, untick "
    "“Ask only these documents”, or choose other collections."
)


class ConversationHandlers:
    """One method for each event; each only translates between components and the assistant."""

    def __init__(self, assistant: Assistant, stored: StoredVisits) -> None:
        self._assistant = assistant
        self._stored = stored

    def answer(
        self,
        question: str,
        visit: Visit,
        scope: Scope,
        event: gr.EventData,
        request: gr.Request,
    ) -> Iterator[tuple[Any, Any, Any, str]]:
        """Ask, streaming the conversation, and store what was answered.

        A question refused stays in the box. An event that names an exchange and a question asks
        that one, in place of the exchange and those after it.

        It is asked of the documents of `scope`.
        """
        filters = scope.filters(self._assistant)
        if filters is not None and not filters.document_ids:
            yield gr.skip(), gr.skip(), gr.skip(), notice(t(_NONE_LISTED), kind="trouble")
            return
        named = event._data or {}  # noqa: SLF001  # whose attributes fail where there is none
        place = named.get("exchange")
        if place is not None:
            visit, question = visit.before(int(place)), str(named.get("question", ""))
        turns = converse(
            self._assistant,
            visit,
            question,
            filters=filters,
            among=scope.words,
            turn=place_of(request),
        )
        for step, turn in enumerate(turns):
            if turn.refused is not None:
                yield gr.skip(), gr.skip(), gr.skip(), notice(turn.refused, kind="trouble")
                return
            box = "" if step == 0 and place is None else gr.skip()
            visit = turn.visit
            yield render_conversation(visit), visit, box, ""
        # Only now: whoever stops an answer does not find it stored.
        visit = self._stored.kept(visit, visitor_of(request).owner)
        yield render_conversation(visit), visit, gr.skip(), ""

    def rate(self, visit: Visit, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Keep what the visitor thinks of an answer; none of the two ratings takes it back."""
        named = event._data or {}  # noqa: SLF001  # as above
        given = named.get("rating")
        rating: Rating | None = given if given in {"up", "down"} else None
        note = str(named.get("note", ""))
        try:
            place = int(named["exchange"])
            visit = self._stored.rated(visit, place, rating, note, visitor_of(request).owner)
        except PinciteError as error:
            return gr.skip(), gr.skip(), notice(str(error), kind="trouble")
        return render_conversation(visit), visit, ""

    def stop(self, visit: Visit) -> tuple[Any, Any]:
        """Leave the answer being made off; what was found so far stays, and is not stored."""
        if not visit.running:
            return gr.skip(), gr.skip()
        visit = visit.with_last(replace(visit.exchanges[-1], stopped=True))
        return render_conversation(visit), visit

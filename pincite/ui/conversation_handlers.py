"""What happens in the conversation: one method for each event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from pincite.ui.answer_view import render_conversation
from pincite.ui.chat import Visit, converse
from pincite.ui.listing import Scope
from pincite.ui.markup import notice
from rag import Assistant

_NONE_LISTED = (
    "No document is left to ask: type or filter something else where documents are found, untick "
    "“Ask only these documents”, or choose other collections."
)


class ConversationHandlers:
    """One method for each event; each only translates between components and the assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def answer(
        self,
        question: str,
        visit: Visit,
        scope: Scope,
    ) -> Iterator[tuple[Any, Visit, Any, str]]:
        """Ask, streaming the conversation; a question refused stays in the box.

        It is asked of the documents of `scope`.
        """
        filters = scope.filters(self._assistant)
        if filters is not None and not filters.document_ids:
            yield gr.skip(), visit, gr.skip(), notice(_NONE_LISTED, kind="trouble")
            return
        turns = converse(self._assistant, visit, question, filters=filters, among=scope.words)
        for step, turn in enumerate(turns):
            if turn.refused is not None:
                yield gr.skip(), visit, gr.skip(), notice(turn.refused, kind="trouble")
                return
            box = "" if step == 0 else gr.skip()
            yield render_conversation(turn.visit), turn.visit, box, ""

    def begin_anew(self) -> tuple[str, Visit, str]:
        """Forget the conversation; an answer still being made is left off."""
        return render_conversation(Visit()), Visit(), ""

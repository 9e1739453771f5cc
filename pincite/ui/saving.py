"""Answers and conversations handed to the browser as files."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import gradio as gr

from index.errors import PinciteError
from pincite.ui.chat import Visit
from pincite.ui.guard import visitor_of
from pincite.ui.markup import notice, shown
from pincite.ui.parts import QUIET, behaviour
from pincite.ui.stored_visits import StoredVisits
from rag.export import answer_to_page
from rag.render import to_json, to_markdown

if TYPE_CHECKING:
    from pincite.ui.conversation_column import ConversationColumn

_ENDINGS = {"markdown": "md", "html": "html", "json": "json"}
_TYPES = {"markdown": "text/markdown", "html": "text/html", "json": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A component that nobody sees: what is put into it, the browser saves."""

    text: gr.HTML

    @classmethod
    def draw(cls) -> Self:
        return cls(text=gr.HTML("", elem_id="parcel", **behaviour("parcel")))

    def wire(self, handlers: SavingHandlers, conversation: ConversationColumn) -> None:
        conversation.exchanges.save(
            handlers.save,
            [conversation.visit],
            [self.text, conversation.remark],
            queue=False,
            **QUIET,
        )


class SavingHandlers:
    """Writes what is to be saved, as it stands now."""

    def __init__(self, stored: StoredVisits) -> None:
        self._stored = stored
        self._parcels = itertools.count(1)

    def save(self, visit: Visit, event: gr.EventData, request: gr.Request) -> tuple[Any, str]:
        """One answer, or the whole stored conversation where no exchange is named."""
        form = str(getattr(event, "form", ""))
        if form not in _ENDINGS:
            return gr.skip(), ""
        place = getattr(event, "exchange", None)
        try:
            text = (
                self._stored.exported(visit, form, visitor_of(request).owner)
                if place is None
                else _exported(visit, int(place), form)
            )
        except PinciteError as error:
            return gr.skip(), notice(str(error), kind="trouble")
        name = f"{'conversation' if place is None else 'answer'}.{_ENDINGS[form]}"
        return (
            f'<pre hidden data-name="{name}" data-type="{_TYPES[form]}" '
            # A line break that stands first is dropped; and no two parcels are alike.
            f'data-parcel="{next(self._parcels)}">\n{shown(text)}</pre>'
        ), ""


def _exported(visit: Visit, place: int, form: str) -> str:
    exchange = visit.exchanges[place]
    assert exchange.answer is not None
    if form == "html":
        return answer_to_page(exchange.answer, states=exchange.states)
    if form == "json":
        return json.dumps(to_json(exchange.answer), ensure_ascii=False, indent=2)
    return to_markdown(exchange.answer, states=exchange.states)

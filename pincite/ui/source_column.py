"""The source column: the pane that a document opens in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import gradio as gr

from pincite.ui.parts import QUIET, answering
from pincite.ui.source_handlers import SourceHandlers
from pincite.ui.source_view import empty_pane

if TYPE_CHECKING:
    from pincite.ui.conversation_column import ConversationColumn
    from pincite.ui.library_column import LibraryColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """The components that events read and write, and what happens in them."""

    pane: gr.HTML
    handlers: SourceHandlers

    @classmethod
    def draw(cls, handlers: SourceHandlers) -> Self:
        pane = gr.HTML(
            empty_pane(),
            elem_id="source",
            js_on_load="window.pincite.source(element, trigger, watch, server, ['cite'])",
            # A script asks for what is not drawn at once, without the pane being drawn anew.
            server_functions=[
                answering(handlers.draw_part),
                answering(handlers.draw_page),
                answering(handlers.read_original),
            ],
            apply_default_css=False,
        )
        return cls(pane=pane, handlers=handlers)

    def wire(self, conversation: ConversationColumn, library: LibraryColumn) -> None:
        """Have citations and documents open here."""
        for place in (conversation.exchanges, self.pane):
            place.cite(self.handlers.cite, [conversation.visit], [self.pane], queue=False, **QUIET)
        library.table.open(self.handlers.open, None, [self.pane], queue=False, **QUIET)

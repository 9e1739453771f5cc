"""The source column: the pane that a document opens in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import gradio as gr

from pincite.ui.parts import QUIET, behaviour
from pincite.ui.source_handlers import SourceHandlers
from pincite.ui.source_view import EMPTY_PANE

if TYPE_CHECKING:
    from pincite.ui.conversation_column import ConversationColumn
    from pincite.ui.library_column import LibraryColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """The components that events read and write."""

    pane: gr.HTML

    @classmethod
    def draw(cls) -> Self:
        return cls(pane=gr.HTML(EMPTY_PANE, elem_id="source", **behaviour("source")))

    def wire(
        self, handlers: SourceHandlers, conversation: ConversationColumn, library: LibraryColumn
    ) -> None:
        """Have citations and documents open here."""
        conversation.exchanges.cite(
            handlers.cite, [conversation.visit], [self.pane], queue=False, **QUIET
        )
        library.table.open(handlers.open, None, [self.pane], queue=False, **QUIET)

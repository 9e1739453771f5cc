"""The list of stored conversations, above the library: its component and its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import gradio as gr

from pincite.ui.conversation_list_view import render_conversations
from pincite.ui.parts import QUIET, behaviour

if TYPE_CHECKING:
    from gradio.events import Dependency

    from pincite.ui.conversation_column import ConversationColumn
    from pincite.ui.conversation_list_handlers import ConversationListHandlers
    from pincite.ui.suggesting import SuggestionHandlers


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationList:
    """The component that events read and write."""

    table: gr.HTML

    @classmethod
    def draw(cls) -> Self:
        """Without rows until the page has loaded: only then is known whose to list."""
        rows = render_conversations((), current=None, waiting=True)
        return cls(
            table=gr.HTML(rows, elem_id="past", **behaviour("past", "open", "rename", "erase"))
        )

    def wire(
        self,
        page: gr.Blocks,
        handlers: ConversationListHandlers,
        conversation: ConversationColumn,
        asking: Dependency,
        suggesting: SuggestionHandlers,
    ) -> None:
        """Have conversations opened, renamed and deleted; what leaves one leaves `asking` off.

        Whatever changes the conversation has questions suggested that go with it.
        """
        visit = conversation.visit
        shown = [conversation.exchanges, visit, conversation.remark, self.table]
        leaving: dict[str, Any] = {"queue": False, "cancels": [asking], **QUIET}
        changes = [
            asking,
            self.table.open(handlers.open, None, shown, **leaving),
            conversation.exchanges.reopen(handlers.open, None, shown, **leaving),
            conversation.anew.click(handlers.begin_anew, None, shown, **leaving),
            self.table.erase(handlers.erase, [visit], shown, queue=False, **QUIET),
            page.load(handlers.restore, None, shown, queue=False, **QUIET),
        ]
        changed = [*(change.then for change in changes), conversation.welcome.change]
        conversation.suggested.follow(changed, suggesting, visit)
        asking.then(handlers.relist, [visit], [self.table], queue=False, **QUIET)
        self.table.rename(
            handlers.rename, [visit], [conversation.remark, self.table], queue=False, **QUIET
        )

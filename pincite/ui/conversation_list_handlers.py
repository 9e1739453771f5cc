"""What happens to stored conversations: one method for each event."""

from __future__ import annotations

from typing import Any

import gradio as gr

from index.errors import PinciteError
from pincite.ui.answer_view import render_conversation
from pincite.ui.chat import Visit
from pincite.ui.conversation_list_view import render_conversations, render_unlisted
from pincite.ui.guard import visitor_of
from pincite.ui.markup import notice
from pincite.ui.stored_visits import StoredVisits

# The conversation in the address of the page, by which it outlives a reload.
PARAMETER = "conversation"


class ConversationListHandlers:
    """One method for each event; each only translates between components and what is stored."""

    def __init__(self, stored: StoredVisits) -> None:
        self._stored = stored

    def restore(self, request: gr.Request) -> tuple[Any, ...]:
        """The page as it was left: the list, and the conversation that the address names."""
        return self._show(request.query_params.get(PARAMETER, ""), visitor_of(request).owner)

    def open(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Open a stored conversation, or begin anew where none is named."""
        return self._show(_text(event, "conversation"), visitor_of(request).owner)

    def begin_anew(self, request: gr.Request) -> tuple[Any, ...]:
        """Leave the conversation; an answer still being made is left off."""
        return self._show("", visitor_of(request).owner)

    def rename(self, visit: Visit, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """Give a conversation another title."""
        said = ""
        try:
            name = _text(event, "conversation")
            self._stored.rename(name, _text(event, "title"), visitor_of(request).owner)
        except PinciteError as error:
            said = notice(str(error), kind="trouble")
        return said, self.listed(visit, visitor_of(request).owner)

    def erase(self, visit: Visit, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Delete a conversation for good; the one on the page leaves it too."""
        name = _text(event, "conversation")
        try:
            self._stored.delete(name, visitor_of(request).owner)
        except PinciteError as error:
            said = notice(str(error), kind="trouble")
            return gr.skip(), visit, said, self.listed(visit, visitor_of(request).owner)
        if name == visit.conversation:
            return self._show("", visitor_of(request).owner)
        return gr.skip(), visit, "", self.listed(visit, visitor_of(request).owner)

    def relist(self, visit: Visit, request: gr.Request) -> str:
        """The list after an answer was stored."""
        return self.listed(visit, visitor_of(request).owner)

    def listed(self, visit: Visit, owner: str | None) -> str:
        """The list, the visit's conversation marked."""
        try:
            found = self._stored.listed(owner)
        except PinciteError as error:
            return render_unlisted(str(error))
        return render_conversations(found, current=visit.conversation)

    def _show(self, conversation: str, owner: str | None) -> tuple[Any, ...]:
        visit, said = Visit(), ""
        if conversation:
            try:
                visit = self._stored.opened(conversation, owner)
            except PinciteError as error:
                said = notice(str(error), kind="trouble")
        drawn = render_conversation(visit, missing=bool(said))
        return drawn, visit, said, self.listed(visit, owner)


def _text(event: gr.EventData, name: str) -> str:
    return str(getattr(event, name, "") or "")

"""The page: its columns, and what one of them does to another. Per visitor, only `gr.State`."""

from __future__ import annotations

import gradio as gr

from pincite.ui.conversation_column import ConversationColumn
from pincite.ui.conversation_handlers import ConversationHandlers
from pincite.ui.conversation_list import ConversationList
from pincite.ui.conversation_list_handlers import ConversationListHandlers
from pincite.ui.library_column import LibraryColumn
from pincite.ui.library_handlers import LibraryHandlers
from pincite.ui.parts import behaviour
from pincite.ui.saving import Parcel, SavingHandlers
from pincite.ui.source_column import SourceColumn
from pincite.ui.source_handlers import SourceHandlers
from pincite.ui.stored_visits import StoredVisits
from pincite.ui.suggesting import SuggestionHandlers
from pincite.ui.welcome import render_header
from rag import Assistant


def compose(assistant: Assistant, *, public_only: bool) -> gr.Blocks:
    """The whole page around one assistant, ready to be launched.

    With `public_only`, a visitor's web addresses may not lead into private networks.
    """
    page = gr.Blocks(
        title="Pincite", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
    )
    with page:
        gr.HTML(render_header(assistant), elem_id="masthead", **behaviour("masthead"))
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="library-column", scale=1, min_width=0):
                past = ConversationList.draw()
                library = LibraryColumn.draw(assistant)
            with gr.Column(elem_id="conversation-column", scale=2, min_width=0):
                conversation = ConversationColumn.draw(assistant)
            with gr.Column(elem_id="source-column", scale=2, min_width=0):
                source = SourceColumn.draw()
        parcel = Parcel.draw()
        stored = StoredVisits(assistant)
        asking = conversation.wire(ConversationHandlers(assistant, stored), library)
        past.wire(
            page,
            ConversationListHandlers(stored),
            conversation,
            asking,
            SuggestionHandlers(assistant),
        )
        parcel.wire(SavingHandlers(stored), conversation)
        library.wire(
            page, LibraryHandlers(assistant, public_only=public_only), conversation, source
        )
        source.wire(SourceHandlers(assistant), conversation, library)
    return page

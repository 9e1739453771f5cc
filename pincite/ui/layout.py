"""The page: its parts, and what a column does to another. Per visitor, only `gr.State`."""

from __future__ import annotations

import gradio as gr

from pincite.ui.conversation_column import ConversationColumn
from pincite.ui.conversation_handlers import ConversationHandlers
from pincite.ui.library_column import LibraryColumn
from pincite.ui.library_handlers import LibraryHandlers
from pincite.ui.parts import behaviour
from pincite.ui.source_column import SourceColumn
from pincite.ui.source_handlers import SourceHandlers
from pincite.ui.welcome import PARTS, render_header
from rag import Assistant


def compose(assistant: Assistant, *, public_only: bool) -> gr.Blocks:
    """The whole page around one assistant, ready to be launched.

    Each part has an address of its own, and a visitor's browser loads the components of that part
    only. With `public_only`, a visitor's web addresses may not lead into private networks.
    """
    page = gr.Blocks(
        title="Pincite", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
    )
    with page:
        _masthead(assistant, "Ask")
        _draw_columns(page, assistant, public_only=public_only)
    for name in ("Evaluation", "Settings"):
        with page.route(name, PARTS[name], show_in_navbar=False):
            _masthead(assistant, name)
    return page


def _masthead(assistant: Assistant, current: str) -> gr.HTML:
    return gr.HTML(
        render_header(assistant, current=current), elem_id="masthead", **behaviour("masthead")
    )


def _draw_columns(page: gr.Blocks, assistant: Assistant, *, public_only: bool) -> None:
    """Where questions are asked: library, conversation and source beside each other."""
    with gr.Row(elem_id="columns"):
        with gr.Column(elem_id="library-column", scale=1, min_width=0):
            library = LibraryColumn.draw(assistant)
        with gr.Column(elem_id="conversation-column", scale=2, min_width=0):
            conversation = ConversationColumn.draw(assistant)
        with gr.Column(elem_id="source-column", scale=2, min_width=0):
            source = SourceColumn.draw()
    conversation.wire(ConversationHandlers(assistant), library)
    library.wire(page, LibraryHandlers(assistant, public_only=public_only), conversation, source)
    source.wire(SourceHandlers(assistant), conversation, library)

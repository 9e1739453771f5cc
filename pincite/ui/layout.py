"""The page: its parts, and what a column does to another. Per visitor, only `gr.State`."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from pincite.ui.conversation_column import ConversationColumn
from pincite.ui.conversation_handlers import ConversationHandlers
from pincite.ui.conversation_list import ConversationList
from pincite.ui.conversation_list_handlers import ConversationListHandlers
from pincite.ui.evaluation_handlers import EvaluationHandlers
from pincite.ui.evaluation_page import EvaluationPage
from pincite.ui.evaluation_runs import Runs
from pincite.ui.library import example_articles
from pincite.ui.library_column import LibraryColumn
from pincite.ui.library_handlers import LibraryHandlers
from pincite.ui.parts import QUIET, behaviour
from pincite.ui.saving import Parcel, SavingHandlers
from pincite.ui.settings_handlers import SettingsHandlers
from pincite.ui.settings_page import draw_settings
from pincite.ui.source_column import SourceColumn
from pincite.ui.source_handlers import SourceHandlers
from pincite.ui.stored_visits import StoredVisits
from pincite.ui.suggesting import SuggestionHandlers
from pincite.ui.welcome import PARTS, render_header
from pincite.words import ENGLISH, speaking
from rag import Assistant
from rag.given_model import GivenModelSettings


class SpokenPage(gr.Blocks):
    """A page that answers every event in its own language, whatever thread that is done in."""

    language = ENGLISH

    async def process_api(self, *args: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401
        with speaking(self.language):
            return await super().process_api(*args, **options)


def compose(assistant: Assistant, *, public_only: bool) -> gr.Blocks:
    """The whole page around one assistant, ready to be launched, in the language of its setting.

    Each part has an address of its own, and a visitor's browser loads the components of that part
    only. With `public_only`, a visitor's web addresses may not lead into private networks.
    """
    page = SpokenPage(
        title="Pincite", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
    )
    page.language = assistant.settings.page_language
    with speaking(page.language):
        _draw(page, assistant, public_only=public_only)
    return page


def _draw(page: gr.Blocks, assistant: Assistant, *, public_only: bool) -> None:
    with page:
        _masthead(page, assistant, "Ask")
        _draw_columns(page, assistant, public_only=public_only)
    with page.route("Evaluation", PARTS["Evaluation"], show_in_navbar=False):
        _masthead(page, assistant, "Evaluation")
        _draw_evaluation(page, assistant, public_only=public_only)
    with page.route("Settings", PARTS["Settings"], show_in_navbar=False):
        masthead = _masthead(page, assistant, "Settings")
        draw_settings(page, masthead, SettingsHandlers(assistant, public_only=public_only))


def _masthead(page: gr.Blocks, assistant: Assistant, current: str) -> gr.HTML:
    """The head of one part, which says where questions go now."""
    drawn = partial(render_header, assistant, current=current)
    masthead = gr.HTML(drawn(), elem_id="masthead", **behaviour("masthead"))
    page.load(drawn, None, [masthead], queue=False, **QUIET)
    return masthead


def _draw_columns(page: gr.Blocks, assistant: Assistant, *, public_only: bool) -> None:
    """Where questions are asked: library, conversation and source beside each other."""
    with gr.Row(elem_id="columns"):
        with gr.Column(elem_id="library-column", scale=1, min_width=0):
            past = ConversationList.draw()
            library = LibraryColumn.draw(assistant)
        with gr.Column(elem_id="conversation-column", scale=2, min_width=0):
            conversation = ConversationColumn.draw(assistant)
        with gr.Column(elem_id="source-column", scale=2, min_width=0):
            source = SourceColumn.draw(SourceHandlers(assistant))
    parcel = Parcel.draw()
    stored = StoredVisits(assistant)
    asking = conversation.wire(ConversationHandlers(assistant, stored), library)
    suggestions = SuggestionHandlers(assistant)
    past.wire(page, ConversationListHandlers(stored), conversation, asking, suggestions)
    parcel.wire(SavingHandlers(stored), conversation)
    library.wire(page, LibraryHandlers(assistant, public_only=public_only), conversation, source)
    source.wire(conversation, library)


def _draw_evaluation(page: gr.Blocks, assistant: Assistant, *, public_only: bool) -> None:
    """Where the assistant is measured."""
    # A model that was handed in reaches no other library than this one.
    bundled = bool(example_articles()) and not isinstance(assistant.settings, GivenModelSettings)
    handlers = EvaluationHandlers(assistant, Runs(assistant), public_only=public_only)
    evaluation = EvaluationPage.draw(handlers, bundled=bundled, public_only=public_only)
    evaluation.wire(page, handlers)

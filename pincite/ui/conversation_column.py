"""The conversation column: what was asked and answered, and the box to ask in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import gradio as gr

from pincite.ui.answer_view import render_conversation
from pincite.ui.chat import Visit
from pincite.ui.conversation_handlers import ConversationHandlers
from pincite.ui.parts import ASKING_AT_ONCE, QUIET, behaviour
from pincite.ui.suggesting import Suggested
from pincite.ui.welcome import render_welcome
from pincite.words import t
from rag import Assistant

if TYPE_CHECKING:
    from gradio.events import Dependency

    from pincite.ui.library_column import LibraryColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationColumn:
    """The components that events read and write; `visit` is the visitor's own."""

    visit: gr.State
    welcome: gr.HTML
    exchanges: gr.HTML
    suggested: Suggested
    remark: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    anew: gr.Button

    @classmethod
    def draw(cls, assistant: Assistant) -> Self:
        with gr.Column(elem_id="scroller", min_width=0):
            welcome = gr.HTML(
                render_welcome(assistant),
                elem_id="welcome",
                **behaviour("conversation", "examples"),
            )
            exchanges = gr.HTML(
                render_conversation(Visit()),
                elem_id="conversation",
                **behaviour("conversation", "cite", "examples", "reopen", "rate", "save"),
            )
            suggested = Suggested.draw()
        with gr.Column(elem_id="composer", min_width=0):
            remark = gr.HTML("", elem_id="remark", apply_default_css=False)
            with gr.Row(elem_id="ask-row"):
                question = gr.Textbox(
                    show_label=False,
                    label=t("Your question"),
                    placeholder=t("Ask your documents"),
                    elem_id="question",
                    container=False,
                    lines=1,
                    max_lines=5,
                    autofocus=True,
                    scale=5,
                )
                ask = gr.Button(t("Ask"), variant="primary", elem_id="ask", scale=0, min_width=76)
                stop = gr.Button(t("Stop"), elem_id="stop", scale=0, min_width=76)
            anew = gr.Button(t("New conversation"), elem_id="anew", size="sm")
        return cls(
            visit=gr.State(Visit()),
            welcome=welcome,
            exchanges=exchanges,
            suggested=suggested,
            remark=remark,
            question=question,
            ask=ask,
            stop=stop,
            anew=anew,
        )

    def wire(self, handlers: ConversationHandlers, library: LibraryColumn) -> Dependency:
        """Have questions answered, of the documents that the library column keeps them to.

        Returns the event of asking, so that others may leave it off.
        """
        asking: Dependency = gr.on(
            [self.question.submit, self.ask.click, self.exchanges.retry],
            handlers.answer,
            [self.question, self.visit, library.scope],
            [self.exchanges, self.visit, self.question, self.remark],
            concurrency_limit=ASKING_AT_ONCE,
            **QUIET,
        )
        self.exchanges.rate(
            handlers.rate,
            [self.visit],
            [self.exchanges, self.visit, self.remark],
            queue=False,
            **QUIET,
        )
        self.stop.click(
            handlers.stop,
            [self.visit],
            [self.exchanges, self.visit],
            queue=False,
            cancels=[asking],
            **QUIET,
        )
        return asking

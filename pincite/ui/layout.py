"""The page: its columns, and which function answers which event. Per visitor, only `gr.State`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from pincite.ui.answer_view import render_conversation
from pincite.ui.chat import Visit
from pincite.ui.handlers import Handlers
from pincite.ui.library_view import render_library
from pincite.ui.source_view import EMPTY_PANE
from pincite.ui.welcome import render_header, render_welcome
from rag import Assistant

# Several visitors may ask at once; more than this wait for their turn.
AT_ONCE = 4
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The components that events read and write."""

    visit: gr.State
    library: gr.HTML
    find: gr.Textbox
    only: gr.Checkbox
    uploader: gr.UploadButton
    address: gr.Textbox
    report: gr.HTML
    welcome: gr.HTML
    conversation: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    anew: gr.Button
    remark: gr.HTML
    source: gr.HTML


def compose(assistant: Assistant, *, public_only: bool) -> gr.Blocks:
    """The whole page around one assistant, ready to be launched.

    With `public_only`, a visitor's web addresses may not lead into private networks.
    """
    page = gr.Blocks(
        title="Pincite", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
    )
    with page:
        gr.HTML(render_header(assistant), elem_id="masthead", **_behaviour("masthead"))
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="library-column", scale=1, min_width=0):
                library, find, only, uploader, address, report = _library_column(assistant)
            with gr.Column(elem_id="conversation-column", scale=2, min_width=0):
                welcome, conversation, question, ask, anew, remark = _conversation_column(assistant)
            with gr.Column(elem_id="source-column", scale=2, min_width=0):
                source = gr.HTML(EMPTY_PANE, elem_id="source", **_behaviour("source"))
        parts = Parts(
            visit=gr.State(Visit()),
            library=library,
            find=find,
            only=only,
            uploader=uploader,
            address=address,
            report=report,
            welcome=welcome,
            conversation=conversation,
            question=question,
            ask=ask,
            anew=anew,
            remark=remark,
            source=source,
        )
        _wire(page, parts, Handlers(assistant, public_only=public_only))
    return page


def _library_column(
    assistant: Assistant,
) -> tuple[gr.HTML, gr.Textbox, gr.Checkbox, gr.UploadButton, gr.Textbox, gr.HTML]:
    gr.HTML("<h2>Library</h2>", elem_id="library-heading", apply_default_css=False)
    uploader = gr.UploadButton(
        "Add documents", file_count="multiple", elem_id="uploader", size="sm"
    )
    address = gr.Textbox(
        show_label=False,
        label="Web address",
        placeholder="Paste a web address, press Enter",
        elem_id="address",
        container=False,
        max_lines=1,
    )
    report = gr.HTML("", elem_id="report", **_behaviour("report", "dismiss", "stop", "resume"))
    find = gr.Textbox(
        show_label=False,
        label="Find a document",
        placeholder="Find a document",
        elem_id="find",
        container=False,
        max_lines=1,
    )
    only = gr.Checkbox(
        value=False,
        label="Ask only these documents",
        elem_id="only",
        container=False,
        visible=False,
    )
    library = gr.HTML(
        render_library(assistant.documents()),
        elem_id="library",
        **_behaviour("library", "open", "remove"),
    )
    return library, find, only, uploader, address, report


def _conversation_column(
    assistant: Assistant,
) -> tuple[gr.HTML, gr.HTML, gr.Textbox, gr.Button, gr.Button, gr.HTML]:
    with gr.Column(elem_id="scroller", min_width=0):
        welcome = gr.HTML(
            render_welcome(assistant),
            elem_id="welcome",
            **_behaviour("conversation", "examples"),
        )
        conversation = gr.HTML(
            render_conversation(Visit()),
            elem_id="conversation",
            **_behaviour("conversation", "cite", "examples"),
        )
    with gr.Column(elem_id="composer", min_width=0):
        remark = gr.HTML("", elem_id="remark", apply_default_css=False)
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                show_label=False,
                label="Your question",
                placeholder="Ask your documents",
                elem_id="question",
                container=False,
                lines=1,
                max_lines=5,
                autofocus=True,
                scale=5,
            )
            ask = gr.Button("Ask", variant="primary", elem_id="ask", scale=0, min_width=76)
        anew = gr.Button("New conversation", elem_id="anew", size="sm")
    return welcome, conversation, question, ask, anew, remark


def _behaviour(name: str, *events: str) -> dict[str, Any]:
    """The options of a `gr.HTML` whose behaviour is `window.pincite[name]` in behaviour.js."""
    named = ", ".join(f"'{event}'" for event in events)
    return {
        "js_on_load": f"window.pincite.{name}(element, trigger, watch, [{named}])",
        "apply_default_css": False,
    }


def _wire(page: gr.Blocks, parts: Parts, handlers: Handlers) -> None:
    asking = gr.on(
        [parts.question.submit, parts.ask.click],
        handlers.answer,
        [parts.question, parts.visit, parts.find, parts.only],
        [parts.conversation, parts.visit, parts.question, parts.remark],
        concurrency_limit=AT_ONCE,
        **_QUIET,
    )
    parts.anew.click(
        handlers.begin_anew,
        None,
        [parts.conversation, parts.visit, parts.remark],
        queue=False,
        cancels=[asking],
        **_QUIET,
    )
    parts.conversation.cite(handlers.cite, [parts.visit], [parts.source], queue=False, **_QUIET)
    parts.library.open(handlers.open, None, [parts.source], queue=False, **_QUIET)
    parts.find.change(  # the input event is silent about pasting and clearing
        handlers.find,
        [parts.find],
        [parts.library, parts.only],
        queue=False,
        trigger_mode="always_last",
        **_QUIET,
    )
    shelf = [parts.report, parts.library, parts.welcome]
    parts.uploader.upload(
        handlers.upload,
        [parts.uploader, parts.find],
        [*shelf, parts.uploader],
        concurrency_limit=AT_ONCE,
        **_QUIET,
    )
    parts.address.submit(
        handlers.add_addresses,
        [parts.address, parts.find],
        [*shelf, parts.address],
        concurrency_limit=AT_ONCE,
        **_QUIET,
    )
    for place in (parts.welcome, parts.conversation):
        place.examples(handlers.add_examples, [parts.find], shelf, **_QUIET)
    parts.library.remove(handlers.remove, [parts.find], [*shelf, parts.source], **_QUIET)
    parts.report.dismiss(handlers.dismiss, None, [parts.report], queue=False, **_QUIET)
    parts.report.stop(handlers.stop, None, None, queue=False, **_QUIET)
    parts.report.resume(handlers.resume, [parts.find], shelf, concurrency_limit=AT_ONCE, **_QUIET)
    page.load(handlers.shelf, [parts.find], shelf[1:], **_QUIET)

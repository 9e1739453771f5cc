"""The page: its columns, and which function answers which event. Per visitor, only `gr.State`."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import PinciteError, UnknownDocument
from index.models import Span
from pincite.ui.adding import Addition, add, at_addresses
from pincite.ui.answer_view import render_conversation
from pincite.ui.chat import Exchange, Visit, converse
from pincite.ui.library import example_articles
from pincite.ui.library_view import render_adding, render_library
from pincite.ui.markup import counted, notice
from pincite.ui.source_view import EMPTY_PANE, render_removed, render_source
from pincite.ui.welcome import render_header, render_welcome
from rag import Assistant, Citation

# Several visitors may ask at once; more than this wait for their turn.
AT_ONCE = 4
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The components that events read and write."""

    visit: gr.State
    library: gr.HTML
    find: gr.Textbox
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
                library, find, uploader, address, report = _library_column(assistant)
            with gr.Column(elem_id="conversation-column", scale=2, min_width=0):
                welcome, conversation, question, ask, anew, remark = _conversation_column(assistant)
            with gr.Column(elem_id="source-column", scale=2, min_width=0):
                source = gr.HTML(EMPTY_PANE, elem_id="source", **_behaviour("source"))
        parts = Parts(
            visit=gr.State(Visit()),
            library=library,
            find=find,
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
) -> tuple[gr.HTML, gr.Textbox, gr.UploadButton, gr.Textbox, gr.HTML]:
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
    library = gr.HTML(
        render_library(assistant.documents()),
        elem_id="library",
        **_behaviour("library", "open", "remove"),
    )
    return library, find, uploader, address, report


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
        [parts.question, parts.visit],
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
        [parts.library],
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


class Handlers:
    """One method for each event; each only translates between components and the assistant."""

    def __init__(self, assistant: Assistant, *, public_only: bool) -> None:
        self._assistant = assistant
        self._public_only = public_only
        self._openings = itertools.count(1)
        # What is being added or was stopped, by a key that only the visitor's own page knows.
        self._additions: dict[str, Addition] = {}

    def answer(self, question: str, visit: Visit) -> Iterator[tuple[Any, Visit, Any, str]]:
        """Ask, streaming the conversation; a question refused stays in the box."""
        for step, turn in enumerate(converse(self._assistant, visit, question)):
            if turn.refused is not None:
                yield gr.skip(), visit, gr.skip(), notice(turn.refused, kind="trouble")
                return
            box = "" if step == 0 else gr.skip()
            yield render_conversation(turn.visit), turn.visit, box, ""

    def begin_anew(self) -> tuple[str, Visit, str]:
        """Forget the conversation; an answer still being made is left off."""
        return render_conversation(Visit()), Visit(), ""

    def cite(self, visit: Visit, event: gr.EventData) -> str:
        """Open the document of a citation at the cited span."""
        exchange, citation = _cited(visit, event)
        if exchange is None or citation is None:
            return EMPTY_PANE
        cited = (*exchange.sources, *(exchange.answer.nearest if exchange.answer else ()))
        others = [
            Span(other.start, other.end)
            for other in cited
            if other.document_id == citation.document_id
        ]
        try:
            document = self._assistant.document(citation.document_id)
        except UnknownDocument:
            return render_removed(citation, opened=next(self._openings))
        except PinciteError as error:
            return notice(str(error), kind="trouble")
        return render_source(
            document,
            focus=Span(citation.start, citation.end),
            others=others,
            opened=next(self._openings),
        )

    def open(self, event: gr.EventData) -> str:
        """Open a document of the library at its beginning."""
        try:
            document = self._assistant.document(str(getattr(event, "document", "")))
        except PinciteError as error:
            return notice(str(error), kind="trouble")
        return render_source(document, opened=next(self._openings))

    def find(self, wanted: str) -> str:
        return render_library(self._assistant.documents(), wanted=wanted)

    def shelf(self, wanted: str) -> tuple[str, str]:
        """The library as it is now, and the welcome that goes with it."""
        library = render_library(self._assistant.documents(), wanted=wanted)
        return library, render_welcome(self._assistant)

    def upload(self, files: list[str] | None, wanted: str) -> Iterator[tuple[Any, ...]]:
        """Add uploaded files, streaming what became of each."""
        uploads = [Path(file) for file in files or ()]
        if uploads:
            addition = Addition(sources=tuple(uploads), uploaded=True)
            for step in self._adding(addition, wanted):
                yield *step, None

    def add_addresses(self, typed: str, wanted: str) -> Iterator[tuple[Any, ...]]:
        """Add what is at web addresses, streaming what became of each."""
        if typed.strip():
            addition = at_addresses(typed, public_only=self._public_only)
            for number, step in enumerate(self._adding(addition, wanted)):
                yield *step, gr.skip() if number else ""

    def add_examples(self, wanted: str) -> Iterator[tuple[Any, ...]]:
        """Add the example articles, streaming what became of each."""
        yield from self._adding(Addition(sources=example_articles(), uploaded=False), wanted)

    def stop(self, event: gr.EventData) -> None:
        """Stop adding; what is in stays."""
        addition = self._additions.get(_key(event))
        if addition is not None:
            addition.stop.set()

    def resume(self, wanted: str, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Add what a stop left."""
        addition = self._additions.pop(_key(event), None)
        if addition is not None:
            yield from self._adding(addition, wanted)

    def dismiss(self, event: gr.EventData) -> str:
        """Forget a report, and with it what a stop left."""
        self._additions.pop(_key(event), None)
        return ""

    def remove(self, wanted: str, event: gr.EventData) -> tuple[Any, ...]:
        """Remove the selected documents; the source pane is emptied if it shows one of them."""
        chosen = [str(name) for name in getattr(event, "documents", ())]
        try:
            removed = self._assistant.remove(*chosen)
        except PinciteError as error:
            said, pane = notice(str(error), kind="trouble"), gr.skip()
        else:
            said = notice(f"{counted(len(removed), 'document')} removed.", kind="done")
            pane = EMPTY_PANE if getattr(event, "opened", None) in removed else gr.skip()
        return said, *self.shelf(wanted), pane

    def _adding(self, addition: Addition, wanted: str) -> Iterator[tuple[Any, ...]]:
        key = secrets.token_hex(8)
        self._additions[key] = addition
        for step in add(self._assistant, addition):
            if step.running:
                yield render_adding(step, key=key), gr.skip(), gr.skip()
                continue
            if step.left:
                self._additions[key] = addition.rest(step)
            else:
                self._additions.pop(key, None)
            yield render_adding(step, key=key), *self.shelf(wanted)


def _cited(visit: Visit, event: gr.EventData) -> tuple[Exchange | None, Citation | None]:
    """What a pressed marker names; nothing if the browser sent anything else."""
    try:
        exchange = visit.exchanges[_index(event, "exchange")]
        if getattr(event, "action", "") == "nearest":
            nearest = exchange.answer.nearest if exchange.answer else ()
            return exchange, nearest[_index(event, "source")]
        return exchange, exchange.sources[_index(event, "source")]
    except (IndexError, ValueError):
        return None, None


def _key(event: gr.EventData) -> str:
    return str(getattr(event, "key", ""))


def _index(event: gr.EventData, name: str) -> int:
    number = int(str(getattr(event, name, "")))
    if number < 0:
        raise ValueError(name)
    return number

"""What happens on the page: one method for each event, between components and the assistant."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import PinciteError, UnknownDocument
from index.models import Span
from pincite.ui.adding import Addition, add, at_addresses
from pincite.ui.answer_view import render_conversation
from pincite.ui.chat import Exchange, Visit, converse
from pincite.ui.library import example_articles
from pincite.ui.library_view import matching, render_adding, render_library
from pincite.ui.markup import counted, notice
from pincite.ui.source_view import EMPTY_PANE, render_removed, render_source
from pincite.ui.welcome import render_welcome
from rag import Assistant, Citation, Filters

_NONE_LISTED = (
    "No document is listed to ask: type something else where documents are found, or untick "
    "“Ask only these documents”."
)


class Handlers:
    """One method for each event; each only translates between components and the assistant."""

    def __init__(self, assistant: Assistant, *, public_only: bool) -> None:
        self._assistant = assistant
        self._public_only = public_only
        self._openings = itertools.count(1)
        # What is being added or was stopped, by a key that only the visitor's own page knows.
        self._additions: dict[str, Addition] = {}

    def answer(
        self,
        question: str,
        visit: Visit,
        wanted: str,
        only: bool,  # noqa: FBT001  # gradio passes values by position
    ) -> Iterator[tuple[Any, Visit, Any, str]]:
        """Ask, streaming the conversation; a question refused stays in the box.

        With `only`, it is asked of the documents that `wanted` is found in.
        """
        filters = None
        if only and wanted.strip():
            listed = matching(self._assistant.documents(), wanted)
            filters = Filters(document_ids=tuple(document.id for document in listed))
            if not listed:
                yield gr.skip(), visit, gr.skip(), notice(_NONE_LISTED, kind="trouble")
                return
        for step, turn in enumerate(converse(self._assistant, visit, question, filters=filters)):
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

    def find(self, wanted: str) -> tuple[str, Any]:
        """The documents found; only then can the conversation be kept to them."""
        library = render_library(self._assistant.documents(), wanted=wanted)
        if wanted.strip():
            return library, gr.Checkbox(visible=True)
        return library, gr.Checkbox(visible=False, value=False)

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

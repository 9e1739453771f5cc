"""What happens in the library column: one method for each event."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import PinciteError
from pincite.ui.adding import Addition, add, at_addresses
from pincite.ui.library import example_articles
from pincite.ui.library_view import render_adding, render_library
from pincite.ui.markup import counted, notice
from pincite.ui.source_view import EMPTY_PANE
from pincite.ui.welcome import render_welcome
from rag import Assistant


class LibraryHandlers:
    """One method for each event; each only translates between components and the assistant."""

    def __init__(self, assistant: Assistant, *, public_only: bool) -> None:
        self._assistant = assistant
        self._public_only = public_only
        # What is being added or was stopped, by a key that only the visitor's own page knows.
        self._additions: dict[str, Addition] = {}

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


def _key(event: gr.EventData) -> str:
    return str(getattr(event, "key", ""))

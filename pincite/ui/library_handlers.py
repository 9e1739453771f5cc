"""What happens in the library column: one method for each event."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import gradio as gr

from index.errors import PinciteError
from pincite.ui.adding import Addition, add, at_addresses, pasted
from pincite.ui.library import example_articles
from pincite.ui.library_view import (
    render_adding,
    render_library,
    render_removed_notice,
    render_undo,
)
from pincite.ui.listing import Scope, State, turned
from pincite.ui.markup import notice
from pincite.ui.shelf_view import (
    render_collections,
    render_filters,
    render_health,
    render_paste,
    render_verified,
)
from pincite.ui.source_view import empty_pane
from pincite.ui.undo import SECONDS, Undo
from pincite.ui.welcome import render_welcome
from pincite.words import mark, mark_plural, plural, t
from pincite.words import number as written
from rag import Assistant

_TOO_LATE = mark(
    "It is too late to undo that: what was removed was held for a short while only. Add the files "
    "again."
)


class LibraryHandlers:
    """One method for each event; each only translates between components and the assistant."""

    def __init__(self, assistant: Assistant, *, public_only: bool) -> None:
        self._assistant = assistant
        self._public_only = public_only
        # What is being added or was stopped, by a key that only the visitor's own page knows.
        self._additions: dict[str, Addition] = {}
        self._undo = Undo()

    # What is listed, and what a conversation reads.

    def find(self, wanted: str, scope: Scope) -> tuple[str, Any, Scope]:
        """The documents with these words; only then can the conversation be kept to them."""
        return self._listed(replace(scope, listing=replace(scope.listing, wanted=wanted)))

    def narrow(self, scope: Scope, event: gr.EventData) -> tuple[str, Any, Scope]:
        """The documents that pass the filters of the form."""
        state = str(getattr(event, "state", ""))
        listing = replace(
            scope.listing,
            outlet=str(getattr(event, "outlet", "")),
            tag=str(getattr(event, "tag", "")),
            language=str(getattr(event, "language", "")),
            state=state if state in get_args(State) else "",  # type: ignore[arg-type]
            since=_day(event, "since"),
            until=_day(event, "until"),
        )
        return self._listed(replace(scope, listing=listing))

    def sort(self, scope: Scope, event: gr.EventData) -> tuple[str, Scope]:
        """The same documents in another order."""
        listing = turned(scope.listing, str(getattr(event, "column", "")))
        scope = replace(scope, listing=listing)
        return self._table(scope), scope

    def keep_to_listed(self, only: bool, scope: Scope) -> Scope:  # noqa: FBT001  # by position
        """Keep the conversation to what is listed, or do so no more."""
        return replace(scope, only=only)

    def read(self, scope: Scope, event: gr.EventData) -> Scope:
        """Keep the conversation to collections."""
        return replace(scope, collections=_names(event, "collections"))

    def shelf(self, scope: Scope) -> tuple[str, str, str, str]:
        """The library as it is now, and the welcome that goes with it."""
        documents = self._assistant.documents()
        return (
            self._table(scope),
            render_filters(documents, scope.listing),
            render_collections(documents, scope),
            render_welcome(self._assistant),
        )

    def shelf_again(self, scope: Scope) -> tuple[Any, ...]:
        """The same for a visitor who has chosen something; nothing is drawn for others."""
        return (gr.skip(),) * 4 if scope == Scope() else self.shelf(scope)

    def _listed(self, scope: Scope) -> tuple[str, Any, Scope]:
        if scope.listing.is_narrowed:
            return self._table(scope), gr.Checkbox(visible=True), scope
        return (
            self._table(scope),
            gr.Checkbox(visible=False, value=False),
            replace(scope, only=False),
        )

    def _table(self, scope: Scope) -> str:
        return render_library(
            self._assistant.documents(),
            found=scope.listing.found(self._assistant),
            listing=scope.listing,
        )

    # Adding.

    def upload(self, files: list[str] | None, scope: Scope) -> Iterator[tuple[Any, ...]]:
        """Add uploaded files, streaming what became of each."""
        uploads = [Path(file) for file in files or ()]
        if uploads:
            addition = Addition(sources=tuple(uploads), uploaded=True)
            for step in self._adding(addition, scope):
                yield *step, None

    def add_addresses(self, typed: str, scope: Scope) -> Iterator[tuple[Any, ...]]:
        """Add what is at web addresses, streaming what became of each."""
        if typed.strip():
            addition = at_addresses(typed, public_only=self._public_only)
            for number, step in enumerate(self._adding(addition, scope)):
                yield *step, gr.skip() if number else ""

    def add_text(self, scope: Scope, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Add pasted text; the form is emptied once it is taken."""
        text = str(getattr(event, "text", ""))
        title = str(getattr(event, "title", ""))
        addition = pasted(self._assistant, title=title, text=text)
        for number, step in enumerate(self._adding(addition, scope)):
            yield *step, gr.skip() if number else render_paste(secrets.token_hex(8))

    def add_examples(self, scope: Scope) -> Iterator[tuple[Any, ...]]:
        """Add the example articles, streaming what became of each."""
        yield from self._adding(Addition(sources=example_articles(), uploaded=False), scope)

    def stop(self, event: gr.EventData) -> None:
        """Stop adding; what is in stays."""
        addition = self._additions.get(_key(event))
        if addition is not None:
            addition.stop.set()

    def resume(self, scope: Scope, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Add what a stop left."""
        addition = self._additions.pop(_key(event), None)
        if addition is not None:
            yield from self._adding(addition, scope)

    def dismiss(self, event: gr.EventData) -> str:
        """Forget a report, and with it what a stop left."""
        self._additions.pop(_key(event), None)
        return ""

    def _adding(self, addition: Addition, scope: Scope) -> Iterator[tuple[Any, ...]]:
        key = secrets.token_hex(8)
        self._additions[key] = addition
        for step in add(self._assistant, addition):
            if step.running:
                yield render_adding(step, key=key), *[gr.skip()] * 4
                continue
            if step.left:
                self._additions[key] = addition.rest(step)
            else:
                self._additions.pop(key, None)
            yield render_adding(step, key=key), *self.shelf(scope)

    # Tagging and removing.

    def tag(self, scope: Scope, event: gr.EventData) -> tuple[Any, ...]:
        """Give the selected documents a tag, or take it from them."""
        chosen, name = _names(event, "documents"), str(getattr(event, "tag", ""))
        taken = getattr(event, "step", "") == "remove"
        try:
            self._assistant.tag(*chosen, **{"remove" if taken else "add": [name]})
        except PinciteError as error:
            return notice(str(error), kind="trouble"), *[gr.skip()] * 4
        now = mark_plural(
            "{count} document now has the tag {tag}.", "{count} documents now have the tag {tag}."
        )
        if taken:
            now = mark_plural(
                "{count} document no longer has the tag {tag}.",
                "{count} documents no longer have the tag {tag}.",
            )
        said = plural(*now, len(chosen), tag=f"#{' '.join(name.split())}")
        return notice(said, kind="done"), *self.shelf(scope)

    def remove(self, scope: Scope, event: gr.EventData) -> tuple[Any, ...]:
        """Remove the selected documents; the source pane is emptied if it shows one of them."""
        try:
            removed, held = self._assistant.take_out(
                *_names(event, "documents"), hold_bytes=self._undo.room
            )
        except PinciteError as error:
            return notice(str(error), kind="trouble"), *self.shelf(scope), gr.skip()
        said = render_removed_notice(
            len(removed),
            key=self._undo.keep(held),
            seconds=SECONDS,
            quotes=self._assistant.settings.removed_quotes == "drop",
        )
        pane = empty_pane() if getattr(event, "opened", None) in removed else gr.skip()
        return said, *self.shelf(scope), pane

    def undo(self, scope: Scope, event: gr.EventData) -> tuple[Any, ...]:
        """Put back what was removed; what cannot be now is held on, to be tried again."""
        held = self._undo.take(_key(event))
        back: list[str] = []
        for place, each in enumerate(held):
            try:
                back += self._assistant.put_back(each)
            except PinciteError as error:
                again = render_undo(self._undo.keep(held[place:]), seconds=SECONDS)
                return notice(str(error), kind="trouble") + again, *self.shelf(scope)
        if not held:
            said = notice(t(_TOO_LATE), kind="trouble")
        elif len(back) < len(held):
            told = plural(
                "{back} put back, {count} document not: other documents have their places now.",
                "{back} put back, {count} documents not: other documents have their places now.",
                len(held) - len(back),
                back=written(len(back)),
            )
            said = notice(told, kind="trouble")
        else:
            told = plural("{count} document put back.", "{count} documents put back.", len(back))
            said = notice(told, kind="done")
        return said, *self.shelf(scope)

    # Storage and health.

    def measure(self) -> str:
        """The room that the library takes."""
        return render_health(self._assistant.storage())

    def check(self) -> Iterator[str]:
        """Compare everything that the library keeps twice; others may ask meanwhile."""
        storage = self._assistant.storage()
        checking = notice(t("Checking: every document is read and compared."))
        yield render_health(storage, checking, busy=True)
        yield render_health(storage, self._verified())

    def repair(self) -> Iterator[str]:
        """Make the indexes anew, and check again."""
        storage = self._assistant.storage()
        mending = notice(t("Repairing: the word and vector indexes are made anew from the texts."))
        yield render_health(storage, mending, busy=True)
        try:
            self._assistant.rebuild()
        except PinciteError as error:
            yield render_health(storage, notice(str(error), kind="trouble"))
            return
        yield render_health(self._assistant.storage(), self._verified())

    def _verified(self) -> str:
        try:
            return render_verified(self._assistant.verify())
        except PinciteError as error:
            return notice(str(error), kind="trouble")


def _key(event: gr.EventData) -> str:
    return str(getattr(event, "key", ""))


def _names(event: gr.EventData, field: str) -> tuple[str, ...]:
    return tuple(str(name) for name in getattr(event, field, ()))


def _day(event: gr.EventData, field: str) -> date | None:
    """A day as a date input sends it; none while it is empty or half typed."""
    try:
        return date.fromisoformat(str(getattr(event, field, "")))
    except ValueError:
        return None

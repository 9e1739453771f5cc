"""The library column: the documents, and ways to add, find, gather and remove some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import gradio as gr

from pincite.ui.library_handlers import LibraryHandlers
from pincite.ui.library_view import render_library
from pincite.ui.listing import Scope
from pincite.ui.parts import AT_ONCE, QUIET, behaviour
from pincite.ui.shelf_view import (
    render_collections,
    render_filters,
    render_health,
    render_paste,
)
from pincite.words import t
from rag import Assistant

if TYPE_CHECKING:
    from pincite.ui.conversation_column import ConversationColumn
    from pincite.ui.source_column import SourceColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryColumn:
    """The components that events read and write; `scope` is the visitor's own."""

    scope: gr.State
    uploader: gr.UploadButton
    address: gr.Textbox
    paste: gr.HTML
    report: gr.HTML
    collections: gr.HTML
    find: gr.Textbox
    filters: gr.HTML
    only: gr.Checkbox
    table: gr.HTML
    health: gr.HTML

    @classmethod
    def draw(cls, assistant: Assistant) -> Self:
        scope = Scope()
        documents = assistant.documents()
        gr.HTML(f"<h2>{t('Library')}</h2>", elem_id="library-heading", apply_default_css=False)
        uploader = gr.UploadButton(
            t("Add documents"), file_count="multiple", elem_id="uploader", size="sm"
        )
        address = _line("address", t("Web address"), t("Paste a web address, press Enter"))
        paste = gr.HTML(render_paste(), elem_id="paste", **behaviour("paste", "paste"))
        report = gr.HTML(
            "", elem_id="report", **behaviour("report", "dismiss", "stop", "resume", "undo")
        )
        collections = gr.HTML(
            render_collections(documents, scope),
            elem_id="collections",
            **behaviour("collections", "read"),
        )
        find = _line("find", t("Find a document"), t("Find a document"))
        filters = gr.HTML(
            render_filters(documents, scope.listing),
            elem_id="filters",
            **behaviour("filters", "filter"),
        )
        only = gr.Checkbox(
            value=False,
            label=t("Ask only these documents"),
            elem_id="only",
            container=False,
            visible=False,
        )
        table = gr.HTML(
            render_library(documents, found=scope.listing.found(assistant), listing=scope.listing),
            elem_id="library",
            **behaviour("library", "open", "remove", "sort", "tag"),
        )
        health = gr.HTML(
            render_health(), elem_id="health", **behaviour("health", "measure", "check", "repair")
        )
        return cls(
            scope=gr.State(scope),
            uploader=uploader,
            address=address,
            paste=paste,
            report=report,
            collections=collections,
            find=find,
            filters=filters,
            only=only,
            table=table,
            health=health,
        )

    def wire(
        self,
        page: gr.Blocks,
        handlers: LibraryHandlers,
        conversation: ConversationColumn,
        source: SourceColumn,
    ) -> None:
        """Have documents added, found, gathered and removed; the welcome says what to ask."""
        shelf = [self.table, self.filters, self.collections, conversation.welcome]
        self._wire_adding(handlers, conversation, shelf)
        self._wire_listing(handlers)
        table, report, scope = self.table, self.report, self.scope
        table.remove(handlers.remove, [scope], [report, *shelf, source.pane], **QUIET)
        report.undo(handlers.undo, [scope], [report, *shelf], **QUIET)
        table.tag(handlers.tag, [scope], [report, *shelf], **QUIET)
        health = self.health
        health.measure(handlers.measure, None, [health], queue=False, **QUIET)
        health.check(handlers.check, None, [health], **QUIET)
        health.repair(handlers.repair, None, [health], **QUIET)
        loaded = page.load(handlers.shelf, [scope], shelf, queue=False, **QUIET)
        # What a visitor chose before that had come is drawn again.
        loaded.then(handlers.shelf_again, [scope], shelf, queue=False, **QUIET)

    def _wire_adding(
        self, handlers: LibraryHandlers, conversation: ConversationColumn, shelf: list[gr.HTML]
    ) -> None:
        added = [self.report, *shelf]
        self.uploader.upload(
            handlers.upload,
            [self.uploader, self.scope],
            [*added, self.uploader],
            concurrency_limit=AT_ONCE,
            **QUIET,
        )
        self.address.submit(
            handlers.add_addresses,
            [self.address, self.scope],
            [*added, self.address],
            concurrency_limit=AT_ONCE,
            **QUIET,
        )
        self.paste.paste(
            handlers.add_text,
            [self.scope],
            [*added, self.paste],
            concurrency_limit=AT_ONCE,
            **QUIET,
        )
        for place in (conversation.welcome, conversation.exchanges):
            place.examples(handlers.add_examples, [self.scope], added, **QUIET)
        report = self.report
        report.dismiss(handlers.dismiss, None, [report], queue=False, **QUIET)
        report.stop(handlers.stop, None, None, queue=False, **QUIET)
        report.resume(handlers.resume, [self.scope], added, concurrency_limit=AT_ONCE, **QUIET)

    def _wire_listing(self, handlers: LibraryHandlers) -> None:
        listed = [self.table, self.only, self.scope]
        options = {"queue": False, **QUIET}
        self.find.change(  # the input event is silent about pasting and clearing
            handlers.find, [self.find, self.scope], listed, trigger_mode="always_last", **options
        )
        self.filters.filter(
            handlers.narrow, [self.scope], listed, trigger_mode="always_last", **options
        )
        self.table.sort(handlers.sort, [self.scope], [self.table, self.scope], **options)
        self.only.input(handlers.keep_to_listed, [self.only, self.scope], [self.scope], **options)
        self.collections.read(
            handlers.read, [self.scope], [self.scope], trigger_mode="always_last", **options
        )


def _line(name: str, label: str, placeholder: str) -> gr.Textbox:
    """A box of one line without a visible label."""
    return gr.Textbox(
        show_label=False,
        label=label,
        placeholder=placeholder,
        elem_id=name,
        container=False,
        max_lines=1,
    )

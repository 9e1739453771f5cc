"""The library column: the documents, and ways to add, find and remove some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import gradio as gr

from pincite.ui.library_handlers import LibraryHandlers
from pincite.ui.library_view import render_library
from pincite.ui.parts import AT_ONCE, QUIET, behaviour
from rag import Assistant

if TYPE_CHECKING:
    from pincite.ui.conversation_column import ConversationColumn
    from pincite.ui.source_column import SourceColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryColumn:
    """The components that events read and write."""

    uploader: gr.UploadButton
    address: gr.Textbox
    report: gr.HTML
    find: gr.Textbox
    only: gr.Checkbox
    table: gr.HTML

    @classmethod
    def draw(cls, assistant: Assistant) -> Self:
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
        report = gr.HTML("", elem_id="report", **behaviour("report", "dismiss", "stop", "resume"))
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
        table = gr.HTML(
            render_library(assistant.documents()),
            elem_id="library",
            **behaviour("library", "open", "remove"),
        )
        return cls(
            uploader=uploader, address=address, report=report, find=find, only=only, table=table
        )

    def wire(
        self,
        page: gr.Blocks,
        handlers: LibraryHandlers,
        conversation: ConversationColumn,
        source: SourceColumn,
    ) -> None:
        """Have documents added, found and removed; the welcome says what there is to ask."""
        self.find.change(  # the input event is silent about pasting and clearing
            handlers.find,
            [self.find],
            [self.table, self.only],
            queue=False,
            trigger_mode="always_last",
            **QUIET,
        )
        shelf = [self.report, self.table, conversation.welcome]
        self.uploader.upload(
            handlers.upload,
            [self.uploader, self.find],
            [*shelf, self.uploader],
            concurrency_limit=AT_ONCE,
            **QUIET,
        )
        self.address.submit(
            handlers.add_addresses,
            [self.address, self.find],
            [*shelf, self.address],
            concurrency_limit=AT_ONCE,
            **QUIET,
        )
        for place in (conversation.welcome, conversation.exchanges):
            place.examples(handlers.add_examples, [self.find], shelf, **QUIET)
        self.table.remove(handlers.remove, [self.find], [*shelf, source.pane], **QUIET)
        report = self.report
        report.dismiss(handlers.dismiss, None, [report], queue=False, **QUIET)
        report.stop(handlers.stop, None, None, queue=False, **QUIET)
        report.resume(handlers.resume, [self.find], shelf, concurrency_limit=AT_ONCE, **QUIET)
        page.load(handlers.shelf, [self.find], shelf[1:], **QUIET)

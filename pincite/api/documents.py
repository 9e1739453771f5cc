"""`/documents`: what the library holds, listed, shown and removed."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request

from index.errors import LibraryError
from index.filtering import why_nothing_passes
from pincite.api.models import (
    DocumentList,
    FilterModel,
    PassageList,
    Removed,
    Tagged,
    TagRequest,
    Verified,
    WholeDocument,
)
from pincite.api.service import require_local, service_of
from pincite.api.visitors import visitor_of
from rag import Assistant
from rag.conversations import Conversations

Strings = Annotated[list[str] | None, Query()]

router = APIRouter(tags=["documents"])


@router.get("/documents")
def list_documents(
    request: Request,
    *,
    source: Strings = None,
    outlet: Strings = None,
    author: Strings = None,
    language: Strings = None,
    tag: Strings = None,
    published_from: Annotated[date | None, Query(alias="from")] = None,
    published_until: Annotated[date | None, Query(alias="until")] = None,
    gone: Annotated[
        str | None,
        Query(description="A folder of the server; for commands of its own machine only."),
    ] = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> DocumentList:
    """The documents of the library, or those that pass the filters; each filter may be repeated."""
    assistant = service_of(request).assistant
    filters = FilterModel(
        sources=source or [],
        outlets=outlet or [],
        authors=author or [],
        languages=language or [],
        tags=tag or [],
        published_from=published_from,
        published_until=published_until,
    ).filters()
    everything = assistant.documents()
    found = everything if filters.is_empty else assistant.documents(filters)
    why = None if found else why_nothing_passes(filters, assistant.documents)
    if gone is not None:
        require_local(request, "gone names files of the server")
        left = {summary.id for summary in assistant.gone(gone)}
        found = tuple(summary for summary in found if summary.id in left)
    return DocumentList(
        documents=list(found[offset : offset + limit]),
        total=len(found),
        offset=offset,
        in_library=len(everything),
        nothing_passes=why,
    )


@router.get("/documents/{document_id}")
def show_document(request: Request, document_id: str) -> WholeDocument:
    """A document with its text, by its id or a unique beginning of it."""
    return WholeDocument(document=service_of(request).assistant.document(document_id))


@router.get("/documents/{document_id}/passages")
def list_passages(request: Request, document_id: str) -> PassageList:
    """The passages of a document: what is searched, with their places in its text."""
    passages = service_of(request).assistant.passages(document_id)
    return PassageList(passages=list(passages))


@router.patch("/documents/{document_id}")
def tag_document(request: Request, document_id: str, body: TagRequest) -> Tagged:
    """Give a document tags and take others from it; tags that differ in case only are one."""
    assistant = service_of(request).assistant
    found = assistant.document(document_id).id
    assistant.tag(found, add=body.add_tags, remove=body.remove_tags)
    return Tagged(id=found, tags=list(assistant.document(found).tags))


@router.delete("/documents/{document_id}")
def remove_document(request: Request, document_id: str) -> Removed:
    """Erase a document: text, words, vectors and the original."""
    assistant = service_of(request).assistant
    document = assistant.document(document_id)
    removed = assistant.remove(document.id)
    mine = assistant.conversations.of(visitor_of(request).owner)
    quoted = _still_quoted(assistant, mine, {document.id, *document.sources})
    return Removed(removed=list(removed), still_quoted_in=list(quoted))


@router.get("/verify")
def verify_library(request: Request) -> Verified:
    """Compare the catalog with the indexes made from it, and with the originals.

    It takes its time and names files: for commands of the server's own machine only.
    """
    require_local(request, "verify takes the server's time and names its files")
    report = service_of(request).assistant.verify()
    return Verified(
        sound=report.sound,
        documents=report.documents,
        passages=report.passages,
        problems=list(report.problems),
    )


def _still_quoted(assistant: Assistant, mine: Conversations, names: set[str]) -> tuple[str, ...]:
    """The ids of the visitor's conversations that keep quotes, as the settings wish."""
    if assistant.settings.removed_quotes == "drop":
        return ()
    try:
        return mine.naming(names)
    except LibraryError:  # the document is gone, which was asked for
        return ()

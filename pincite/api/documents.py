"""`/documents`: what the library holds, added to and removed from."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from threading import Event
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from index.errors import LibraryError, SourceNotFound, UsageError
from index.filtering import why_nothing_passes
from index.models import DocumentBytes, IngestProgress, IngestReport, WebAddress
from pincite.api.models import (
    AdditionReport,
    AddressesRequest,
    DocumentList,
    FilterModel,
    PassageList,
    Removed,
    WholeDocument,
)
from pincite.api.problems import Refused
from pincite.api.service import Service, service_of
from pincite.api.streams import event_stream, telling, wants_events
from pincite.api.visitors import visitor_of
from pincite.ui.library import safe_name, staged
from rag import Assistant
from rag.conversations import Conversations

FILES_LIMIT = 200
Source = Path | WebAddress | DocumentBytes
Strings = Annotated[list[str] | None, Query()]

router = APIRouter(tags=["documents"])
_ADDED: dict[str, Any] = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        },
                        "tag": {"type": "array", "items": {"type": "string"}},
                    },
                }
            },
            "application/json": {"schema": AddressesRequest.model_json_schema()},
        }
    }
}


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
        _require_local(request, "gone")
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


@router.delete("/documents/{document_id}")
def remove_document(request: Request, document_id: str) -> Removed:
    """Erase a document: text, words, vectors and the original."""
    assistant = service_of(request).assistant
    document = assistant.document(document_id)
    removed = assistant.remove(document.id)
    mine = assistant.conversations.of(visitor_of(request).owner)
    quoted = _still_quoted(assistant, mine, {document.id, *document.sources})
    return Removed(removed=list(removed), still_quoted_in=list(quoted))


@router.post("/documents", response_model=AdditionReport, openapi_extra=_ADDED)
async def add_documents(request: Request) -> Response | AdditionReport:
    """Add uploaded files (`multipart/form-data`), or what is at web addresses (JSON).

    A file that cannot be read is reported and stops no other. With `Accept: text/event-stream` the
    events are `progress` and `report`. A client that goes away stops after the file at hand.
    """
    service = service_of(request)
    holding = ExitStack()
    try:
        sources, tags = await _given(request, service, holding)
    except BaseException:
        holding.close()
        raise
    adding = _adding(request, service, sources, tags, holding)
    if wants_events(request):
        return event_stream(adding)
    report = AdditionReport(files=[], passages=0, seconds=0, left=0, stopped=False, failed=False,
                            documents=0)  # fmt: skip
    async with aclosing(adding) as events:
        async for name, data in events:
            if name == "report":
                report = AdditionReport.model_validate(data)
    return report


async def _adding(
    request: Request,
    service: Service,
    sources: Sequence[Source],
    tags: Sequence[str],
    holding: ExitStack,
) -> AsyncGenerator[tuple[str, object]]:
    """Progress and, at the end, the report; `holding` has what is to be put away afterwards."""

    def work(
        tell: Callable[[IngestProgress | AdditionReport], None], gone: Event
    ) -> IngestProgress | AdditionReport:
        with staying:
            report = service.assistant.add(
                *sources, tags=tags, on_progress=tell, should_stop=gone.is_set
            )
            return _reported(report, service.assistant)

    with holding:
        async with service.additions.turn_async(visitor_of(request).name):
            staying = holding.pop_all()  # until the thread is done, whoever listens
            async with aclosing(telling(request, work)) as told:
                async for event in told:
                    if isinstance(event, AdditionReport):
                        yield "report", event.model_dump(mode="json")
                    else:
                        yield "progress", asdict(event)


def _reported(report: IngestReport, assistant: Assistant) -> AdditionReport:
    return AdditionReport(
        files=list(report.files),
        passages=report.passages,
        seconds=report.seconds,
        left=report.left,
        stopped=report.stopped,
        failed=report.failed,
        documents=len(assistant.documents()),
    )


async def _given(
    request: Request, service: Service, holding: ExitStack
) -> tuple[list[Source], list[str]]:
    """What is to be added, and the tags; uploads are staged until `holding` is closed."""
    if "multipart/form-data" in request.headers.get("content-type", ""):
        async with request.form(max_files=FILES_LIMIT, max_fields=FILES_LIMIT) as form:
            return await run_in_threadpool(_uploaded, request, service, form, holding)
    try:
        body = AddressesRequest.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the request"
        raise Refused(422, f"{place}: {first['msg']}. See /api/v1/docs.") from error
    if body.paths:
        _require_local(request, "paths")
    if not body.urls and not body.paths:
        raise UsageError("Nothing is named to be added: give urls, or upload files.")
    public_only = service.public_only and not visitor_of(request).is_local
    addresses = [WebAddress(url=url, public_only=public_only) for url in body.urls]
    return [*map(Path, body.paths), *addresses], body.tags


def _uploaded(
    request: Request, service: Service, form: FormData, holding: ExitStack
) -> tuple[list[Source], list[str]]:
    uploads = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    tags = [value for value in form.getlist("tag") if isinstance(value, str)]
    if not uploads:
        raise SourceNotFound("No file was uploaded: send each in a part called file.")
    name = form.get("name")
    if isinstance(name, str):
        _require_local(request, "name")
        return [DocumentBytes(name=name, data=uploads[0].file.read())], tags
    return [holding.enter_context(_staged(service, upload)) for upload in uploads], tags


@contextmanager
def _staged(service: Service, upload: UploadFile) -> Iterator[Path]:
    """The upload as a file of the library's own folder, as one dropped on the page is."""
    with tempfile.TemporaryDirectory(prefix="pincite-") as folder:
        path = Path(folder) / safe_name(upload.filename or "document")
        with path.open("wb") as file:
            shutil.copyfileobj(upload.file, file)
        with staged(service.assistant, path) as place:
            yield place


def _require_local(request: Request, field: str) -> None:
    if not visitor_of(request).is_local:
        raise Refused(
            403, f"{field} names files of the server: only commands of its own machine may."
        )


def _still_quoted(assistant: Assistant, mine: Conversations, names: set[str]) -> tuple[str, ...]:
    """The ids of the visitor's conversations that keep quotes, as the settings wish."""
    if assistant.settings.removed_quotes == "drop":
        return ()
    try:
        return mine.naming(names)
    except LibraryError:  # the document is gone, which was asked for
        return ()

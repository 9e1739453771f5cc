"""`POST /documents`: uploads and web addresses into the library, with what became of each."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from index.errors import SourceNotFound, UsageError
from index.models import DocumentBytes, IngestProgress, IngestReport, WebAddress
from pincite.api.models import AdditionReport, AddressesRequest
from pincite.api.problems import Refused
from pincite.api.service import Service, require_local, service_of
from pincite.api.streams import event_stream, telling, wants_events
from pincite.api.visitors import visitor_of
from pincite.ui.library import safe_name, staged
from rag import Assistant

FILES_LIMIT = 200
Source = Path | WebAddress | DocumentBytes

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
        async with service.shares.additions.turn_async(visitor_of(request).name):
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
        require_local(request, "paths names files of the server")
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
        require_local(request, "name names files of the server")
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

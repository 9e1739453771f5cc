"""What travels between a command and the server that has its library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from index import errors
from index.errors import PinciteError, SourceNotFound
from index.models import DocumentSummary, FileReport, Filters, IngestReport
from index.walk import expanded, sources_meant

if TYPE_CHECKING:
    import httpx
    from pydantic import TypeAdapter


class Listed:
    """The documents that a server listed, as `resolve` asks for them."""

    def __init__(self, documents: Sequence[DocumentSummary]) -> None:
        self._documents = documents

    def ids_beginning_with(self, prefix: str) -> list[str]:
        return [one.id for one in self._documents if one.id.startswith(prefix)]

    def id_of_source(self, source: str) -> str | None:
        return next((one.id for one in self._documents if source in one.sources), None)


def absolute(text: str) -> str:
    """A path or pattern as it is meant here: the server may work in another folder."""
    if not text:
        raise SourceNotFound("A path is empty: name a file or a folder. Nothing was added.")
    return str(expanded(text).absolute())


def seen_from_here(filters: Filters) -> Filters:
    """The filters with the paths of their sources as they are meant in this folder."""
    return replace(filters, sources=tuple(sources_meant(one)[-1] for one in filters.sources))


def as_body(filters: Filters) -> dict[str, Any]:
    """Filters as the interface takes them in JSON."""
    from pydantic_core import to_jsonable_python

    data: dict[str, Any] = to_jsonable_python(asdict(filters))
    return data


def as_parameters(filters: Filters) -> dict[str, Any]:
    """Filters as the interface takes them in an address."""
    data = as_body(seen_from_here(filters))
    names = {"sources": "source", "outlets": "outlet", "authors": "author",
             "languages": "language", "tags": "tag", "published_from": "from",
             "published_until": "until"}  # fmt: skip
    return {names[name]: value for name, value in data.items() if value and name in names}


def joined(report: IngestReport, data: dict[str, Any]) -> IngestReport:
    """A report and the next one, as it was sent, in one."""
    return IngestReport(
        files=(*report.files, *(FileReport(**row) for row in data["files"])),
        passages=report.passages + data["passages"],
        seconds=report.seconds + data["seconds"],
        left=report.left + data["left"],
    )


def check(response: httpx.Response) -> None:
    """Raises the error that the server tells of, if it does."""
    if response.is_error:
        try:
            told = response.json()
        except ValueError:
            told = {}
        raise as_error(told)


def as_error(told: dict[str, Any]) -> PinciteError:
    """The error that a problem tells of, of its own class where that is one of ours."""
    kind = getattr(errors, str(told.get("error")), PinciteError)
    sentence = told.get("detail") or "The server answered in a way that this version does not know."
    if not (isinstance(kind, type) and issubclass(kind, PinciteError)):
        kind = PinciteError
    return kind(str(sentence))


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401  # whatever can be validated
    """Makes values of this type from JSON."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind)

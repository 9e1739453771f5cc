"""A library that a server on this machine has open: commands have the server do the work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Never, Unpack
from urllib.parse import quote

from index.errors import LibraryLocked, UsageError
from index.models import (
    Document,
    DocumentBytes,
    DocumentSummary,
    Filters,
    IngestProgress,
    IngestReport,
    ProgressListener,
    StopRequest,
)
from index.references import resolve
from index.web_address import is_address
from pincite.cli.console import print_notice
from pincite.cli.wire import (
    Listed,
    absolute,
    adapter,
    as_body,
    as_error,
    as_parameters,
    check,
    joined,
    seen_from_here,
)
from pincite.server_note import ServerNote, read_note
from rag.assistant import Assistant, library_path, open_assistant
from rag.models import Answer, Event
from rag.settings import SettingOptions

_PAGE = 10_000
_ROOT = "/api/v1"


@contextmanager
def opened(
    library: Path, *, create: bool = True, **settings: Unpack[SettingOptions]
) -> Iterator[Assistant | RemoteAssistant]:
    """The library opened here, or through the server that has it.

    Raises what `open_assistant` raises, and `UsageError` for settings: a server has its own.
    """
    try:
        assistant = open_assistant(library, create=create, **settings)
    except LibraryLocked:
        note = read_note(library_path(library))
        if note is None:
            raise
        if settings:
            raise UsageError(
                f"The library is served by process {note.pid}, which answers with its own "
                f"settings: leave {' and '.join(f'--{name}' for name in settings)} away, or close "
                "that one first."
            ) from None
        with closing(RemoteAssistant(note)) as remote:
            yield remote
    else:
        with assistant:
            yield assistant


class RemoteAssistant:
    """As much of `Assistant` as the commands `add`, `ask`, `list` and `remove` use.

    Raises the errors that the server tells of, and `LibraryLocked` when it cannot be reached.
    """

    def __init__(self, note: ServerNote) -> None:
        import httpx

        self._note = note
        self._http = httpx.Client(
            base_url=f"{note.address}{_ROOT}",
            headers={"authorization": f"Bearer {note.token}"},
            timeout=httpx.Timeout(30, read=None),
            trust_env=False,  # no proxy comes between two programs of one machine
        )
        # Stored conversations that may quote what was removed.
        self.still_quoted_in: tuple[str, ...] = ()

    def close(self) -> None:
        """Ends the connection; the server goes on."""
        self._http.close()

    @property
    def conversations(self) -> Never:
        """They stay with the server; raises `UsageError`."""
        raise UsageError(
            f"Answers cannot be stored from here while process {self._note.pid} serves the "
            f"library: leave --conversation away, or ask on the page at {self._note.address}."
        )

    def warm(self) -> None:
        """The server has its models."""

    def documents(self, filters: Filters | None = None) -> tuple[DocumentSummary, ...]:
        """As `Assistant.documents`."""
        return self._listed(as_parameters(filters or Filters()))

    def gone(self, folder: str | Path) -> tuple[DocumentSummary, ...]:
        """As `Assistant.gone`; the folder is seen from here."""
        return self._listed({"gone": str(Path(folder).absolute())})

    def document(self, reference: str) -> Document:
        """As `Assistant.document`; a path is seen from here."""
        identifier = resolve(Listed(self.documents()), reference)
        data = self._sent("GET", f"/documents/{quote(identifier, safe='')}")
        document: Document = adapter(Document).validate_python(data["document"])
        return document

    def remove(self, *documents: str) -> tuple[str, ...]:
        """As `Assistant.remove`; nothing is erased if one of them names nothing."""
        found = dict.fromkeys(self.document(one).id for one in documents)
        quoted: dict[str, None] = {}
        for identifier in found:
            data = self._sent("DELETE", f"/documents/{identifier}")
            quoted |= dict.fromkeys(data["still_quoted_in"])
        self.still_quoted_in = tuple(quoted)
        return tuple(found)

    def stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        asked_on: date | None = None,
        earlier: Sequence[Answer] = (),
    ) -> Iterator[Event]:
        """As `Assistant.stream`, without `earlier` answers."""
        from pincite.api.events import as_event

        assert not earlier, "only what is stored goes on, which is refused before"
        body = {
            "question": question,
            "filters": as_body(seen_from_here(filters or Filters())),
            "asked_on": asked_on.isoformat() if asked_on else None,
        }
        for name, data in self._events("/ask", json=body):
            event = as_event(name, data)
            if event is not None:
                yield event

    def add(
        self,
        *sources: str | DocumentBytes,
        tags: Sequence[str] = (),
        on_progress: ProgressListener | None = None,
        should_stop: StopRequest | None = None,
    ) -> IngestReport:
        """As `Assistant.add`, but stopping is the end: the server finishes the file at hand."""
        named = [source for source in sources if isinstance(source, str)]
        body = {
            "urls": [one for one in named if is_address(one)],
            "paths": [absolute(one) for one in named if not is_address(one)],
            "tags": list(tags),
        }
        requests: list[dict[str, Any]] = [{"json": body}] if named else []
        requests += [
            {"files": {"file": (one.name, one.data)}, "data": {"name": one.name, "tag": list(tags)}}
            for one in sources
            if isinstance(one, DocumentBytes)
        ]
        report = IngestReport()
        for request in requests:
            for name, data in self._events("/documents", **request):
                if name == "progress" and on_progress is not None:
                    on_progress(IngestProgress(**data))
                if name == "report":
                    report = joined(report, data)
                elif should_stop is not None and should_stop():
                    print_notice(
                        "Stopped: the server finishes the file at hand. Run the same command "
                        "again: what is in is not read again."
                    )
                    raise KeyboardInterrupt
        return report

    def _listed(self, parameters: dict[str, Any]) -> tuple[DocumentSummary, ...]:
        found: list[DocumentSummary] = []
        while True:
            page = {**parameters, "offset": len(found), "limit": _PAGE}
            data = self._sent("GET", "/documents", params=page)
            found += adapter(tuple[DocumentSummary, ...]).validate_python(data["documents"])
            if not data["documents"] or len(found) >= data["total"]:
                return tuple(found)

    def _sent(self, method: str, path: str, **content: Any) -> dict[str, Any]:  # noqa: ANN401
        with self._reaching():
            response = self._http.request(method, path, **content)
        check(response)
        data: dict[str, Any] = response.json()
        return data

    def _events(self, path: str, **content: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
        """The names and data of the events that a request is answered with."""
        import json

        headers = {"accept": "text/event-stream"}
        with (
            self._reaching(),
            self._http.stream("POST", path, headers=headers, **content) as response,
        ):
            if response.is_error:
                response.read()
            check(response)
            name = ""
            for line in response.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data" and name == "error":
                    raise as_error(json.loads(value))
                elif field == "data":
                    yield name, json.loads(value)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except httpx.TransportError as error:
            raise LibraryLocked(
                f"The library is served by process {self._note.pid}, which does not answer at "
                f"{self._note.address} ({error}): close it, or try again."
            ) from error

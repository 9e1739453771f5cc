"""A library that a server on this machine has open: commands have the server do the work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Unpack

from index.errors import LibraryLocked, SettingsError
from index.lock import is_locked
from index.models import (
    Document,
    DocumentBytes,
    DocumentSummary,
    Filters,
    IngestProgress,
    IngestReport,
    Passage,
    ProgressListener,
    StopRequest,
    VerifyReport,
)
from index.references import resolve
from index.web_address import is_address
from pincite.cli.connection import Connection
from pincite.cli.console import print_notice
from pincite.cli.remote_conversations import RemoteConversations
from pincite.cli.wire import (
    Listed,
    absolute,
    adapter,
    as_body,
    as_parameters,
    joined,
    seen_from_here,
)
from pincite.server_note import ServerNote, read_note
from rag.answer_json import to_json
from rag.assistant import Assistant
from rag.followup.rules import EARLIER_LIMIT
from rag.models import Answer, Citation, CitationState, Event
from rag.opening import library_path, open_assistant
from rag.removed import citations_of
from rag.settings import SettingOptions

_PAGE = 10_000


@contextmanager
def opened(
    library: Path, *, create: bool = True, **settings: Unpack[SettingOptions]
) -> Iterator[Assistant | RemoteAssistant]:
    """The library opened here, or through the server that has it.

    A server has its own settings, but for those of `settings` that are of one question, `writer`
    and `passages`. Raises what `open_assistant` raises.
    """
    try:
        assistant = open_assistant(library, create=create, **settings)
    except (LibraryLocked, SettingsError):  # of settings that are no business of a server's
        folder = library_path(library).absolute()
        note = read_note(folder) if is_locked(folder) else None
        if note is None:
            raise
        with closing(RemoteAssistant(note, folder, settings)) as remote:
            yield remote
    else:
        with assistant:
            yield assistant


@contextmanager
def alone(library: Path) -> Iterator[None]:
    """Around what needs the library for itself: `LibraryLocked` says what to do with a server."""
    try:
        yield
    except LibraryLocked as error:
        note = read_note(library_path(library))
        if note is None:
            raise
        raise LibraryLocked(
            f"Process {note.pid} serves the library at {note.address}, and this command needs it "
            f"for itself: end the server with Ctrl-C or `kill {note.pid}`, run the command, then "
            "start the server again."
        ) from error


class RemoteAssistant:
    """As much of `Assistant` as the commands use; `options` are settings of every question.

    Raises the errors that the server tells of, and `LibraryLocked` when it cannot be reached.
    """

    def __init__(self, note: ServerNote, library: Path, options: SettingOptions) -> None:
        self._connection = Connection(note)
        self._options = options
        self.library_path = library
        self.conversations = RemoteConversations(self._connection)
        # Stored conversations that may quote what was removed.
        self.still_quoted_in: tuple[str, ...] = ()

    def close(self) -> None:
        """Ends the connection; the server goes on."""
        self._connection.close()

    def citation_state(self, citation: Citation) -> CitationState:
        """As `Assistant.citation_state`, for the stored answers that were read last."""
        return self.conversations.state(citation)

    def citation_states(self, answer: Answer) -> dict[Citation, CitationState]:
        """As `Assistant.citation_states`, for a stored answer that was read last."""
        return {one: self.citation_state(one) for one in dict.fromkeys(citations_of(answer))}

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
        data = self._connection.sent("GET", f"/documents/{self._identifier(reference)}")
        document: Document = adapter(Document).validate_python(data["document"])
        return document

    def passages(self, reference: str) -> tuple[Passage, ...]:
        """As `Assistant.passages`; a path is seen from here."""
        path = f"/documents/{self._identifier(reference)}/passages"
        data = self._connection.sent("GET", path)
        passages: tuple[Passage, ...] = adapter(tuple[Passage, ...]).validate_python(
            data["passages"]
        )
        return passages

    def tag(self, *documents: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """As `Assistant.tag`; nothing is changed if one of them names nothing."""
        body = {"add_tags": list(add), "remove_tags": list(remove)}
        for identifier in dict.fromkeys(map(self._identifier, documents)):
            self._connection.sent("PATCH", f"/documents/{identifier}", json=body)

    def verify(self) -> VerifyReport:
        """As `Assistant.verify`."""
        data = self._connection.sent("GET", "/verify")
        del data["sound"]
        report: VerifyReport = adapter(VerifyReport).validate_python(data)
        return report

    def remove(self, *documents: str) -> tuple[str, ...]:
        """As `Assistant.remove`; nothing is erased if one of them names nothing."""
        found = dict.fromkeys(self.document(one).id for one in documents)
        quoted: dict[str, None] = {}
        for identifier in found:
            data = self._connection.sent("DELETE", f"/documents/{identifier}")
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
        """As `Assistant.stream`."""
        from pincite.api.events import as_event

        body = {
            "question": question,
            "filters": as_body(seen_from_here(filters or Filters())),
            "asked_on": asked_on.isoformat() if asked_on else None,
            # More are not looked at.
            "earlier": [to_json(answer) for answer in earlier[-EARLIER_LIMIT:]],
            **self._options,
        }
        for name, data in self._connection.events("/ask", json=body):
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
            for name, data in self._connection.events("/documents", **request):
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

    def _identifier(self, reference: str) -> str:
        return resolve(Listed(self.documents()), reference)

    def _listed(self, parameters: dict[str, Any]) -> tuple[DocumentSummary, ...]:
        found: list[DocumentSummary] = []
        while True:
            page = {**parameters, "offset": len(found), "limit": _PAGE}
            data = self._connection.sent("GET", "/documents", params=page)
            found += adapter(tuple[DocumentSummary, ...]).validate_python(data["documents"])
            if not data["documents"] or len(found) >= data["total"]:
                return tuple(found)

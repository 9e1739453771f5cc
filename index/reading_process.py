"""Documents are read in processes of their own: what a file does to its reader stays there."""

from __future__ import annotations

from datetime import date
from functools import partial

from index.children import Children, Failed, Reply
from index.errors import BrokenDocument, DocumentError, OversizedDocument
from index.models import RawDocument, StopRequest

# What one file may take to be read: 100 MB of plain text take 1.6 GB and half a minute.
SECONDS = 120.0
MEMORY_BYTES = 2_000_000_000

READER = "index.read:read_document"
_ANOTHER_COPY = "split it into smaller files, or save it in another format and add that copy."


class DocumentReading:
    """Reads files in child processes, as `Children` does.

    `reader` is the function that reads there, as `module:name`: `(bytes, name) -> RawDocument`.
    """

    def __init__(
        self, *, reader: str = READER, seconds: float = SECONDS, memory: int = MEMORY_BYTES
    ) -> None:
        self._children = Children(task=reader, seconds=seconds, memory=memory)
        self._seconds = seconds
        self._memory = memory

    def read(
        self, data: bytes, name: str, *, should_stop: StopRequest = lambda: False
    ) -> RawDocument:
        """The document in the file's bytes. Raises `DocumentError`, whatever they do to a reader.

        Raises `Stopped` soon after `should_stop` says so, which another thread asks meanwhile.
        """
        try:
            return self._children.ask(
                data, name, understood=partial(_document, name=name), should_stop=should_stop
            )
        except Failed as failure:
            raise self._explained(failure, name) from failure

    @property
    def process_id(self) -> int | None:
        """The process that waits for the next file; `None` while there is none."""
        return self._children.process_id

    def close(self) -> None:
        """Ends the process that waits, and every other after the file it reads."""
        self._children.close()

    def _explained(self, failure: Failed, name: str) -> DocumentError:
        if failure.overdue:
            return OversizedDocument(
                f"{name} was still being read after {self._seconds:,.0f} seconds, the limit for "
                f"one file: {_ANOTHER_COPY}"
            )
        if failure.memory:
            return OversizedDocument(
                f"{name} takes more than {self._memory / 1e6:,.0f} MB of memory to be read, the "
                f"limit for one file: {_ANOTHER_COPY}"
            )
        return BrokenDocument(
            f"{name} could not be read: the process that read it ended (status {failure.status}). "
            "Open it in its own program, save it again and add that copy; if the machine was short "
            "of memory, add it again."
        )


def _document(reply: Reply, name: str) -> RawDocument:
    """The document of a reply, every field of it looked at."""
    try:
        found = reply["made"]
        published_at = _text(found["published_at"])
        return RawDocument(
            media_type=_stated(found["media_type"]),
            text=_stated(found["text"]),
            title=_text(found["title"]),
            outlet=_text(found["outlet"]),
            author=_text(found["author"]),
            published_at=date.fromisoformat(published_at) if published_at else None,
            language=_text(found["language"]),
            page_starts=tuple(int(start) for start in found["page_starts"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenDocument(
            f"{name} could not be read: its reader answered with something that is no document. "
            "Save the file in another format and add that copy."
        ) from error


def _text(value: object) -> str | None:
    return None if value is None else _stated(value)


def _stated(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    value.encode()  # a lone surrogate could be neither embedded nor stored
    return value

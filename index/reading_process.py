"""Documents are read in processes of their own: what a file does to its reader stays there."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import weakref
from datetime import date
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from index.errors import BrokenDocument, DocumentError, OversizedDocument
from index.models import RawDocument, StopRequest
from index.processes import end_process

# What one file may take to be read: 100 MB of plain text take 1.6 GB and half a minute.
SECONDS = 120.0
MEMORY_BYTES = 2_000_000_000
START_SECONDS = 60.0
_LOOK_SECONDS = 0.1  # between two looks whether to stop
# More than the text of any file that is read; nothing makes the parent take in more.
REPLY_LIMIT = 1_000_000_000

READER = "index.read:read_document"
_CHILD = Path(__file__).with_name("reading_child.py")
_ERRORS = {kind.__name__: kind for kind in DocumentError.__subclasses__()}
_ANOTHER_COPY = "split it into smaller files, or save it in another format and add that copy."


class DocumentReading:
    """Reads files in child processes, which start on first use; usable from several threads.

    One process is kept for the next file; threads that read at once have one each. `reader` is the
    function that reads there, as `module:name`: `(bytes, name) -> RawDocument`.
    """

    def __init__(
        self, *, reader: str = READER, seconds: float = SECONDS, memory: int = MEMORY_BYTES
    ) -> None:
        self._order = {"reader": reader, "seconds": seconds, "memory": memory}
        self._seconds = seconds
        self._memory = memory
        self._lock = Lock()
        self._idle: _Child | None = None
        self._closed = False

    def read(
        self, data: bytes, name: str, *, should_stop: StopRequest = lambda: False
    ) -> RawDocument:
        """The document in the file's bytes. Raises `DocumentError`, whatever they do to a reader.

        Raises `Stopped` soon after `should_stop` says so, which another thread asks meanwhile.
        A process that fails after it has read other files may have been worn out by these, or
        ended by somebody: such a file gets a second try in a fresh one.
        """
        child = self._take()
        try:
            return self._read(child, data, name, should_stop)
        except _Failed as failure:
            if failure.overdue or child.files == 1:
                raise self._explained(failure, name) from failure
        child = self._start()
        try:
            return self._read(child, data, name, should_stop)
        except _Failed as failure:
            raise self._explained(failure, name) from failure

    @property
    def process_id(self) -> int | None:
        """The process that waits for the next file; `None` while there is none."""
        child = self._idle
        return child.process.pid if child is not None else None

    def close(self) -> None:
        """Ends the process that waits, and every other after the file it reads."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, None
        if idle is not None:
            idle.end()

    def _read(self, child: _Child, data: bytes, name: str, should_stop: StopRequest) -> RawDocument:
        try:
            reply = child.exchange(data, name, self._seconds, should_stop)
            if reply.get("error") == MemoryError.__name__:
                raise _Failed(memory=True)
            document = _document(reply, name)
        except DocumentError:
            self._give_back(child)
            raise
        except BaseException:  # it may be in the middle of a file still
            child.kill()
            raise
        self._give_back(child)
        return document

    def _take(self) -> _Child:
        with self._lock:
            child, self._idle = self._idle, None
        if child is None or child.process.poll() is not None:
            return self._start()
        return child

    def _start(self) -> _Child:
        return _Child({**self._order, "path": [str(place) for place in sys.path]})

    def _give_back(self, child: _Child) -> None:
        with self._lock:
            if self._idle is None and not self._closed:
                self._idle = child
                return
        child.end()

    def _explained(self, failure: _Failed, name: str) -> DocumentError:
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


class Stopped(Exception):
    """What was being done was stopped, as was asked. No error: never leaves the ingest."""


class _Failed(Exception):
    """The child did not read a file. Never leaves this module."""

    def __init__(
        self, *, overdue: bool = False, memory: bool = False, status: int | None = None
    ) -> None:
        super().__init__()
        self.overdue = overdue
        self.memory = memory
        self.status = status


class _Child:
    """One process; for one thread at a time. Raises `DocumentError` if it does not start.

    `files` counts what it was given to read.
    """

    def __init__(self, order: dict[str, object]) -> None:
        self.files = 0
        try:
            self.process = subprocess.Popen(  # noqa: S603  # our own interpreter and script
                # -P: a folder named like one of our libraries must not be imported instead.
                [sys.executable, "-P", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Ctrl-C in a terminal is for us; the child ends when its input does.
                start_new_session=True,
            )
        except OSError as error:
            raise _not_started(error.strerror or str(error)) from error
        self.end = weakref.finalize(self, end_process, self.process)
        try:
            self._within(START_SECONDS, json.dumps(order).encode() + b"\n", b"", lambda: False)
        except _Failed as failure:
            self.end()
            raise _not_started(f"status {failure.status}") from failure

    def exchange(
        self, data: bytes, name: str, seconds: float, should_stop: StopRequest
    ) -> dict[str, Any]:
        """What the child says of a file. Raises `_Failed` if it says nothing, or not in time."""
        self.files += 1
        header = json.dumps({"name": name, "size": len(data)}).encode() + b"\n"
        return self._within(seconds, header, data, should_stop)

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def _within(
        self, seconds: float, header: bytes, data: bytes, should_stop: StopRequest
    ) -> dict[str, Any]:
        overdue, stopped, answered = Event(), Event(), Event()

        def watch() -> None:
            deadline = time.monotonic() + seconds
            try:
                while not answered.wait(max(0.0, min(deadline - time.monotonic(), _LOOK_SECONDS))):
                    if should_stop():
                        stopped.set()
                        return
                    if time.monotonic() >= deadline:
                        overdue.set()
                        return
            finally:
                if not answered.is_set():
                    self.process.kill()

        # A pipe cannot be read with a time limit on every system; its other end can be closed.
        watcher = Thread(target=watch, name="pincite-watch", daemon=True)
        watcher.start()
        try:
            line = self._say(header, data)
        finally:
            answered.set()
            watcher.join()
        if stopped.is_set():
            raise Stopped
        if overdue.is_set() or not line.endswith(b"\n"):
            self.process.kill()
            raise _Failed(overdue=overdue.is_set(), status=self.process.wait())
        try:
            reply = json.loads(line)
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            raise _Failed
        return reply

    def _say(self, header: bytes, data: bytes) -> bytes:
        """One line back for what is said; none, or half of one, from a process that ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(header)
            self.process.stdin.write(data)
            self.process.stdin.flush()
            return self.process.stdout.readline(REPLY_LIMIT)
        except OSError:
            return b""


def _not_started(reason: str) -> DocumentError:
    return DocumentError(
        f"No document can be read, because the process that does so did not start ({reason}): see "
        f"that {sys.executable} runs and that memory is free, or install Pincite again."
    )


def _document(reply: dict[str, Any], name: str) -> RawDocument:
    """The document of a reply, every field of it looked at; raises the error that it tells of."""
    if "error" in reply:
        raise _ERRORS.get(str(reply["error"]), DocumentError)(str(reply.get("message")))
    try:
        found = reply["document"]
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

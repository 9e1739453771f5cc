"""Untrusted files are worked on in processes of their own: what a file does stays there."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from index.errors import DocumentError
from index.models import StopRequest
from index.processes import end_process

START_SECONDS = 60.0
_LOOK_SECONDS = 0.1  # between two looks whether to stop
# More than the text of any file that is read; nothing makes the parent take in more.
REPLY_LIMIT = 1_000_000_000

_CHILD = Path(__file__).with_name("reading_child.py")
_ERRORS = {kind.__name__: kind for kind in DocumentError.__subclasses__()}

Reply = dict[str, Any]
Made = TypeVar("Made")


class Children:
    """Child processes that do one task, started on first use; usable from several threads.

    One process is kept for the next file; threads that ask at once have one each. `task` is the
    function that works there, as `module:name`: it takes the bytes and a request that JSON can
    tell, and returns a dataclass. Each file may take `seconds` and `memory` bytes.
    """

    def __init__(self, *, task: str, seconds: float, memory: int) -> None:
        self._order = {"task": task, "seconds": seconds, "memory": memory}
        self._seconds = seconds
        self._lock = Lock()
        self._idle: _Child | None = None
        self._closed = False

    def ask(
        self,
        data: bytes,
        request: object,
        *,
        understood: Callable[[Reply], Made],
        should_stop: StopRequest = lambda: False,
    ) -> Made:
        """What the task makes of the bytes, as `understood` from the fields of its reply.

        Raises the `DocumentError` that the task raises, `Failed` if it says nothing, and `Stopped`
        soon after `should_stop` says so, which another thread asks meanwhile. A process that fails
        after other files may have been worn out by these, or ended by somebody: such a file gets a
        second try in a fresh one.
        """
        child = self._take()
        try:
            return self._made(child, data, request, understood, should_stop)
        except Failed as failure:
            if failure.overdue or child.files == 1:
                raise
        return self._made(self._start(), data, request, understood, should_stop)

    @property
    def process_id(self) -> int | None:
        """The process that waits for the next file; `None` while there is none."""
        child = self._idle
        return child.process.pid if child is not None else None

    def close(self) -> None:
        """Ends the process that waits, and every other after the file it is at."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, None
        if idle is not None:
            idle.end()

    def _made(
        self,
        child: _Child,
        data: bytes,
        request: object,
        understood: Callable[[Reply], Made],
        should_stop: StopRequest,
    ) -> Made:
        try:
            reply = child.exchange(data, request, self._seconds, should_stop)
            if reply.get("error") == MemoryError.__name__:
                raise Failed(memory=True)
            if "error" in reply:
                kind = _ERRORS.get(str(reply["error"]), DocumentError)
                raise kind(str(reply.get("message")))
            made = understood(reply)
        except DocumentError:
            self._give_back(child)
            raise
        except BaseException:  # it may be in the middle of a file still
            child.kill()
            raise
        self._give_back(child)
        return made

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


class Stopped(Exception):
    """What was being done was stopped, as was asked. No error: never leaves the ingest."""


class Failed(Exception):
    """The child made nothing of a file; whoever asked it says so in words."""

    def __init__(
        self, *, overdue: bool = False, memory: bool = False, status: int | None = None
    ) -> None:
        super().__init__()
        self.overdue = overdue
        self.memory = memory
        self.status = status


class _Child:
    """One process; for one thread at a time. Raises `DocumentError` if it does not start.

    `files` counts what it was given.
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
        except Failed as failure:
            self.end()
            raise _not_started(f"status {failure.status}") from failure

    def exchange(
        self, data: bytes, request: object, seconds: float, should_stop: StopRequest
    ) -> Reply:
        """What the child says of a file. Raises `Failed` if it says nothing, or not in time."""
        self.files += 1
        header = json.dumps({"request": request, "size": len(data)}).encode() + b"\n"
        return self._within(seconds, header, data, should_stop)

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def _within(
        self, seconds: float, header: bytes, data: bytes, should_stop: StopRequest
    ) -> Reply:
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
            raise Failed(overdue=overdue.is_set(), status=self.process.wait())
        try:
            reply = json.loads(line)
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            raise Failed
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

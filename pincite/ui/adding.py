"""Files are added from the page: one after the other, with progress, stopped and gone on with."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic

from index.errors import PinciteError
from index.models import DocumentBytes, FileReport, IngestProgress, IngestReport, WebAddress
from index.pace import Pace, pace_of
from pincite.ui.chat import INNER_FAULT
from pincite.ui.library import safe_name, staged, upload_path
from pincite.words import t
from rag import Assistant

log = logging.getLogger(__name__)

Source = Path | WebAddress | DocumentBytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """Where an upload stands: `done` rows are final, `current` is being read.

    `waiting` counts the files behind the current one, `progress` all of them. What was stopped, or
    ended early by `trouble`, has `left` files that were not added.
    """

    done: tuple[FileReport, ...] = ()
    current: str | None = None
    waiting: int = 0
    progress: IngestProgress | None = None
    pace: Pace = field(default_factory=Pace)
    stopping: bool = False
    left: tuple[Source, ...] = ()
    trouble: str | None = None

    @property
    def running(self) -> bool:
        return self.current is not None


Show = Callable[[Adding], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What is to be added: uploads, which are staged, files that stay, addresses, pasted text.

    `done` are the rows of those that were added before a stop; `stop` asks for the next one.
    """

    sources: tuple[Source, ...]
    uploaded: bool
    done: tuple[FileReport, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event)

    def rest(self, adding: Adding) -> Addition:
        """What a stop left, to go on with."""
        return Addition(sources=adding.left, uploaded=self.uploaded, done=adding.done)


def at_addresses(typed: str, *, public_only: bool) -> Addition:
    """What is at the web addresses, with white space between them.

    What was typed is an address or a mistake, and never a file of this machine.
    """
    words = dict.fromkeys(typed.split())
    named = tuple(WebAddress(url=word, public_only=public_only) for word in words)
    return Addition(sources=named, uploaded=False)


def pasted(assistant: Assistant, *, title: str, text: str) -> Addition:
    """A text that is in no file, under a title as a headline; another text is another document."""
    today = datetime.now().astimezone().date()
    headline = " ".join(title.split()) if text.strip() else ""
    called = safe_name(headline) if headline else t("Pasted on {day}", day=today.isoformat())
    name = f"{called}.txt"
    whole = f"{headline}\n\n{text}" if headline else text
    data = whole.encode(errors="replace")
    given = DocumentBytes(name=str(upload_path(assistant, name, data)), data=data)
    return Addition(sources=(given,), uploaded=False)


def add(assistant: Assistant, addition: Addition) -> Iterator[Adding]:
    """Add files one after the other, yielding progress; never raises.

    The staged copies of uploads are deleted again: the library keeps the originals itself, and
    removing a document there leaves nothing behind. Whoever stops looking does not stop the work.
    """
    # The browser's server keeps equal files as one: a drop may name one path twice.
    sources = tuple(dict.fromkeys(addition.sources))
    return _watched(_Work(assistant=assistant, addition=addition, sources=sources).run)


class _Stopped(Exception):
    """A file was not added, because a visitor stopped. Never leaves this module."""


@dataclass(slots=True, kw_only=True)
class _Work:
    """One run over `sources` in its own thread; passages and bytes are those of files done."""

    assistant: Assistant
    addition: Addition
    sources: tuple[Source, ...]
    passages: int = 0
    bytes_done: int = 0
    bytes_total: int = field(init=False)
    begun: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        self.bytes_total = sum(map(_size, self.sources))

    def run(self, show: Show) -> None:
        adding, left, trouble = Adding(done=self.addition.done), self.sources, None
        try:
            while left:
                if self._is_taken(left[0]):
                    adding = replace(adding, done=(*adding.done, _taken(left[0])))
                    left = left[1:]
                    continue
                size = _size(left[0])
                with self._opened(left[0]) as source:
                    adding = replace(adding, current=called(source), waiting=len(left) - 1)
                    report = self.assistant.add(
                        source,
                        on_progress=partial(self._tell, show, adding, size),
                        should_stop=self.addition.stop.is_set,
                    )
                    adding = replace(adding, done=(*adding.done, *report.files))
                    if report.stopped:
                        raise _Stopped
                self._count(report, size)
                left = left[1:]
        except _Stopped:
            log.debug("Stopped at %s", adding.current)
        except PinciteError as error:
            trouble = str(error)
        except Exception:  # the page is the last to see it: the visitor gets a sentence
            log.exception("Adding %s failed", adding.current)
            trouble = t(INNER_FAULT)
        show(replace(adding, current=None, waiting=0, left=left, trouble=trouble))

    def _opened(self, source: Source) -> AbstractContextManager[Source]:
        if self.addition.uploaded and isinstance(source, Path):
            return staged(self.assistant, source)
        return nullcontext(source)

    def _is_taken(self, source: Source) -> bool:
        """Whether an upload is there no more: the server keeps one copy of equal files."""
        return self.addition.uploaded and isinstance(source, Path) and not source.exists()

    def _count(self, report: IngestReport, size: int) -> None:
        self.passages += report.passages
        known = sum(report.count(status) for status in ("unchanged", "moved", "duplicate"))
        if known < len(report.files):
            self.bytes_done += size
        else:  # it took no time, and says nothing of the others
            self.bytes_total -= size

    def _tell(self, show: Show, adding: Adding, size: int, event: IngestProgress) -> None:
        """Shows how far all files are, when the current one is as far as `event` says."""
        share = event.bytes_done / event.bytes_total if event.bytes_total else 0.0
        progress = IngestProgress(
            files_done=len(self.sources) - adding.waiting - 1,
            files_total=len(self.sources),
            passages_done=self.passages + event.passages_done,
            bytes_done=self.bytes_done + int(share * size),
            bytes_total=self.bytes_total,
        )
        pace = pace_of(progress, seconds=monotonic() - self.begun)
        stopping = self.addition.stop.is_set()
        show(replace(adding, progress=progress, pace=pace, stopping=stopping))


def called(source: Source) -> str:
    """What a visitor knows a source by."""
    if isinstance(source, WebAddress):
        return source.url
    return Path(source.name).name


def _taken(source: Source) -> FileReport:
    reason = t(
        "Its upload is not there any more: another visitor was adding the same file, or it was too "
        "long ago. Add it again if the library does not have it."
    )
    return FileReport(path=called(source), status="failed", reason=reason)


def _size(source: Source) -> int:
    """Bytes; 0 where that is not known before."""
    if isinstance(source, DocumentBytes):
        return len(source.data)
    try:
        return 0 if isinstance(source, WebAddress) else source.stat().st_size
    except OSError:  # adding it says why
        return 0


def _watched(work: Callable[[Show], None]) -> Iterator[Adding]:
    """Start the work in a thread of its own at once, and yield what it shows.

    The thread speaks the language of the page.
    """
    shown: queue.SimpleQueue[Adding | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            work(shown.put)
        finally:
            shown.put(None)

    threading.Thread(
        target=copy_context().run, args=(run,), name="pincite-add", daemon=True
    ).start()
    return iter(shown.get, None)

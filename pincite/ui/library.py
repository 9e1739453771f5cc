"""The library on the page: uploads are staged, added with progress, and documents removed."""

from __future__ import annotations

import hashlib
import logging
import queue
import re
import shutil
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from index.errors import LibraryUnwritable, PinciteError
from index.models import FileReport, IngestProgress, WebAddress
from pincite.ui.chat import INNER_FAULT
from rag import Assistant

UPLOADS = "uploads"
NAME_LIMIT = 120
EXAMPLE_ARTICLES = Path(__file__).resolve().parents[2] / "examples" / "articles"

_UNSAFE = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f]+")

log = logging.getLogger(__name__)

# How many visitors are adding the file staged at a path; the last one deletes it.
_in_use: Counter[Path] = Counter()
_staging = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """Where an upload stands: `done` rows are final, `current` is being read.

    `waiting` counts the files behind the current one; `trouble` ended it early.
    """

    done: tuple[FileReport, ...] = ()
    current: str | None = None
    current_passages: int = 0
    waiting: int = 0
    trouble: str | None = None

    @property
    def running(self) -> bool:
        return self.current is not None


Show = Callable[[Adding], None]


def safe_name(name: str) -> str:
    """A file name that is one path component on every system and shows what it is.

    >>> safe_name("../../etc/passwd"), safe_name(" .bashrc "), safe_name("<b>.txt")
    ('passwd', 'bashrc', 'b.txt')
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(
        character for character in last if unicodedata.category(character) not in {"Cf", "Cs"}
    )
    tidy = " ".join(_UNSAFE.sub(" ", visible).split()).strip(". ")
    stem, dot, ending = tidy.rpartition(".")
    if len(tidy) > NAME_LIMIT:
        tidy = (stem or tidy)[: NAME_LIMIT - 12].rstrip(". ") + (dot + ending)[:12]
    return tidy.replace(" .", ".") or "document"


@contextmanager
def staged(assistant: Assistant, upload: Path) -> Iterator[Path]:
    """An uploaded file, moved to `<library>/uploads/<digest>/<name>` until it has been added.

    The digest is that of its content: uploads may share a name and still be two documents, and
    the same file again is the same source. Raises `LibraryUnwritable`.
    """
    name = safe_name(upload.name)
    folder = assistant.library_path.resolve() / UPLOADS
    try:
        with upload.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        path = folder / digest[:32] / name
        with _staging:
            _place(upload, path)
    except OSError as error:
        raise LibraryUnwritable(
            f"The upload {name} could not be stored in {folder} ({error.strerror}): "
            "check that the folder can be written and that the disk has room."
        ) from error
    try:
        yield path
    finally:
        with _staging:
            _release(path)


def _place(upload: Path, path: Path) -> None:
    if _in_use[path]:  # the same bytes, which somebody is reading just now
        upload.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(upload, path)
    _in_use[path] += 1


def _release(path: Path) -> None:
    _in_use[path] -= 1
    if _in_use[path]:
        return
    del _in_use[path]
    path.unlink(missing_ok=True)
    with suppress(OSError):  # another upload may be in there
        path.parent.rmdir()
        path.parent.parent.rmdir()


def add_uploads(assistant: Assistant, uploads: Sequence[Path]) -> Iterator[Adding]:
    """Stage and add uploaded files one after the other, yielding progress; never raises.

    The staged copies are deleted again: the library keeps the originals itself, and removing a
    document there leaves nothing behind. Whoever stops looking does not stop the work.
    """
    # The browser's server keeps equal files as one: a drop may name one path twice.
    opened = [staged(assistant, upload) for upload in dict.fromkeys(uploads)]
    return _watched(lambda show: _add(assistant, opened, show))


def add_files(assistant: Assistant, paths: Sequence[Path]) -> Iterator[Adding]:
    """Add files one after the other, yielding progress; never raises."""
    return _watched(lambda show: _add(assistant, [nullcontext(path) for path in paths], show))


def add_addresses(assistant: Assistant, typed: str, *, public_only: bool) -> Iterator[Adding]:
    """Add what is at the web addresses, with white space between them; yields as `add_files`.

    What was typed is an address or a mistake, and never a file of this machine.
    """
    words = dict.fromkeys(typed.split())
    named = [nullcontext(WebAddress(url=word, public_only=public_only)) for word in words]
    return _watched(lambda show: _add(assistant, named, show))


def _add(
    assistant: Assistant,
    opened: Sequence[AbstractContextManager[Path] | AbstractContextManager[WebAddress]],
    show: Show,
) -> None:
    adding = Adding()
    try:
        for number, one in enumerate(opened, 1):
            with one as source:
                called = source.url if isinstance(source, WebAddress) else source.name
                adding = replace(adding, current=called, waiting=len(opened) - number)
                show(adding)
                report = assistant.add(source, on_progress=partial(_show_passages, show, adding))
            adding = replace(adding, done=(*adding.done, *report.files))
        show(replace(adding, current=None))
    except PinciteError as error:
        show(replace(adding, current=None, waiting=0, trouble=str(error)))
    except Exception:  # the page is the last to see it: the visitor gets a sentence
        log.exception("Adding %s failed", adding.current)
        show(replace(adding, current=None, waiting=0, trouble=INNER_FAULT))


def _show_passages(show: Show, adding: Adding, progress: IngestProgress) -> None:
    show(replace(adding, current_passages=progress.passages_done))


def _watched(work: Callable[[Show], None]) -> Iterator[Adding]:
    """Start the work in a thread of its own at once, and yield what it shows."""
    shown: queue.SimpleQueue[Adding | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            work(shown.put)
        finally:
            shown.put(None)

    threading.Thread(target=run, name="pincite-add", daemon=True).start()
    return iter(shown.get, None)


def example_articles() -> tuple[Path, ...]:
    """The articles that come with a checkout of Pincite, sorted; none in an installed copy."""
    if not EXAMPLE_ARTICLES.is_dir():
        return ()
    return tuple(
        path
        for path in sorted(EXAMPLE_ARTICLES.iterdir())
        if path.is_file() and not path.name.startswith(".")
    )


def holds_examples(assistant: Assistant) -> bool:
    """Whether the example articles are in the library."""
    names = {path.name for path in example_articles()}
    return any(
        Path(source).parent.name == EXAMPLE_ARTICLES.name and Path(source).name in names
        for document in assistant.documents()
        for source in document.sources
    )

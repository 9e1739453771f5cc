"""Uploads are staged while they are added, and the example articles are found."""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import LibraryUnwritable
from pincite.words import t
from rag import Assistant

UPLOADS = "uploads"
NAME_LIMIT = 120
EXAMPLE_ARTICLES = Path(__file__).resolve().parents[2] / "examples" / "articles"

_UNSAFE = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f]+")

# How many visitors are adding the file staged at a path; the last one deletes it.
_in_use: Counter[Path] = Counter()
_staging = threading.Lock()


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


def upload_path(assistant: Assistant, name: str, data: bytes) -> Path:
    """Where an upload of these bytes would be staged, which is the source of its document."""
    digest = hashlib.sha256(data).hexdigest()[:32]
    return assistant.library_path.resolve() / UPLOADS / digest / name


@contextmanager
def staged(assistant: Assistant, upload: Path) -> Iterator[Path]:
    """An uploaded file, moved to `<library>/uploads/<digest>/<name>` until it has been added.

    The digest is that of its content: uploads may share a name and still be two documents, and
    the same file again is the same source. An upload that an error kept from being added is put
    back, for another try. Raises `LibraryUnwritable`.
    """
    name = safe_name(upload.name)
    folder = assistant.library_path.resolve() / UPLOADS
    try:
        with upload.open("rb") as file:
            path = folder / hashlib.file_digest(file, "sha256").hexdigest()[:32] / name
        with _staging:
            _place(upload, path)
    except OSError as error:
        raise LibraryUnwritable(
            t(
                "The upload {file} could not be stored in {folder} ({reason}): check that the "
                "folder can be written and that the disk has room.",
                file=name,
                folder=folder,
                reason=error.strerror,
            )
        ) from error
    try:
        yield path
    except BaseException:
        with suppress(OSError):
            shutil.copyfile(path, upload)
        raise
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

"""The files that a list of files, folders, archives and patterns stands for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.archive import members
from index.errors import DocumentError, FetchFailed, SourceNotFound
from index.load import SIZE_LIMIT
from index.models import WebAddress
from index.web_address import is_address, normal_address

_UNTOUCHED = "Nothing was added."
_CHECK = "check its permissions"
_PATTERN = re.compile(r"[*?[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file of the walk, its path absolute and free of links, or a member of such an archive.

    With a `problem` it is one that cannot be read, or a folder that cannot be listed. `data` are
    the bytes where they are known without reading anything, and `size` is how many are to be read;
    with an `address` they are on the web, and their size is unknown.
    """

    path: Path
    member: str | None = None
    problem: DocumentError | None = None
    data: bytes | None = field(default=None, repr=False)
    size: int = 0
    address: WebAddress | None = None

    @property
    def location(self) -> Path:
        """The path; of a member, as if its archive were a folder."""
        return self.path if self.member is None else self.path / self.member

    @property
    def source(self) -> str:
        """What the document is known by: its location, or its address."""
        return str(self.location) if self.address is None else self.address.url


def walk(paths: Iterable[Path], *, except_folder: Path) -> list[Found]:
    """Every regular file at or below `paths`, each once: names in order, folders as they come.

    A ZIP archive counts as a folder of its members. A path that does not exist is a pattern if it
    has `*`, `?` or `[`, with `**` for folders in folders, and stands for all that fits it.
    Hidden files and folders are passed over unless named themselves; so are the files in
    `except_folder`, and that folder even if named.
    Links are followed, round in circles never. Raises `SourceNotFound` for a path that does not
    exist or is neither a file nor a folder.
    """
    except_folder = except_folder.resolve()
    found: dict[Path, Found] = {}
    entered: set[Path] = {except_folder}
    for path in [each for given in paths for each in _meant(Path(given))]:
        for file in _below(path, entered):
            if path.is_file() or not file.path.is_relative_to(except_folder):
                found.setdefault(file.location, file)
    return list(found.values())


def expanded(path: str | Path) -> Path:
    """The path with a home folder for its `~`; as it stands if that is no person's home.

    So it is with the files that Office leaves beside open documents, such as `~$report.docx`.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def sources_meant(reference: str) -> list[str]:
    """The sources that a person may mean: the text itself, and the path it leads to from here.

    A web address stands for itself in its one form.
    """
    reference = readable(reference)
    try:
        if is_address(reference):
            return [normal_address(reference)]
        return [reference, readable(str(expanded(reference).resolve()))]
    # No address, no path, or one that leads round in a circle.
    except (FetchFailed, OSError, RuntimeError, ValueError):
        return [reference]


def is_gone(source: str) -> bool:
    """Whether a source is a file that is certainly not there any more.

    Not certain are an archive's member, since its archive is there; a name that is not stored
    whole; a folder that may not be read; and one that is empty, as where a disk is not mounted.
    """
    path = Path(source)
    if not path.is_absolute() or "\\x" in source:  # of such a name not all is kept: see `readable`
        return False
    try:
        nearest = next(place for place in (path, *path.parents) if _is_there(place))
        return nearest != path and nearest.is_dir() and any(os.scandir(nearest))
    except (OSError, ValueError, StopIteration):
        return False


def _is_there(path: Path) -> bool:
    """Raises `OSError` where that cannot be known; `Path.exists` may call it absent."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _meant(path: Path) -> list[Path]:
    """The path, or all that fits it if it is a pattern and no path."""
    if _PATTERN.search(str(path)) and not os.path.lexists(expanded(path)):
        return [_existing(each) for each in _fitting(path)]
    return [_existing(path)]


def _fitting(path: Path) -> list[Path]:
    parts = expanded(path).parts
    first = next(number for number, part in enumerate(parts) if _PATTERN.search(part))
    base, pattern = Path(*parts[:first]), parts[first:]
    wants_hidden = any(part.startswith(".") for part in pattern)
    try:
        found = [
            each
            for each in sorted(base.glob(str(Path(*pattern))))
            if wants_hidden or not _is_hidden(each.relative_to(base))
        ]
    except (OSError, RuntimeError, ValueError, NotImplementedError) as error:
        raise SourceNotFound(
            f"The pattern {str(path)!r} cannot be followed ({error}): check it. {_UNTOUCHED}"
        ) from error
    # A link that leads nowhere is passed over here as it is in a folder.
    existing = [each for each in found if each.is_file() or each.is_dir()]
    if not existing:
        raise SourceNotFound(
            f"Nothing fits the pattern {str(path)!r}: check it, or name a file or a folder. "
            f"{_UNTOUCHED}"
        )
    return existing


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _existing(path: Path) -> Path:
    try:
        resolved = expanded(path).resolve(strict=True)
        if resolved.is_file() or resolved.is_dir():
            return resolved
        raise SourceNotFound(
            f"{path} is neither a file nor a folder: name one of these. {_UNTOUCHED}"
        )
    except FileNotFoundError:
        raise SourceNotFound(f"{path} does not exist: check the path. {_UNTOUCHED}") from None
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceNotFound(
            f"{str(path)!r} cannot be read ({reason}): {_CHECK} and spelling. {_UNTOUCHED}"
        ) from error


def _below(path: Path, entered: set[Path]) -> Iterator[Found]:
    if path.is_file():
        yield from _in_file(path)
        return
    if not path.is_dir() or path in entered:
        return
    entered.add(path)
    try:
        names = sorted(entry.name for entry in os.scandir(path))
    except OSError as error:
        problem = f"The folder {path} cannot be listed ({error.strerror}): {_CHECK}."
        yield Found(path=path, problem=DocumentError(problem))
        return
    for name in names:
        if name.startswith("."):
            continue
        try:
            yield from _below((path / name).resolve(), entered)
        except (OSError, RuntimeError):  # a link that leads nowhere, or round in a circle
            continue


def _in_file(path: Path) -> Iterator[Found]:
    """The file, or the members of an archive."""
    size = 0
    try:
        inside = members(path)
        size = path.stat().st_size
    except DocumentError as problem:
        yield Found(path=path, problem=problem)
        return
    except OSError:  # whoever reads the file says why
        inside = None
    if inside is None:
        yield Found(path=path, size=size if size <= SIZE_LIMIT else 0)
        return
    for member, unpacked, refusal in inside:
        yield Found(path=path, member=member, problem=refusal, size=0 if refusal else unpacked)


def readable(name: str) -> str:
    r"""A path as text that can be stored: bytes that are not UTF-8 become `\xff` and the like.

    >>> readable("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

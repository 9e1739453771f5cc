"""The files that a list of files and folders stands for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import SourceNotFound

_UNTOUCHED = "Nothing was added."
_CHECK = "check its permissions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file of the walk, its path absolute and free of links; or a folder with a `problem`."""

    path: Path
    problem: str | None = None


def walk(paths: Iterable[Path], *, except_folder: Path) -> list[Found]:
    """Every regular file at or below `paths`, each once: names in order, folders as they come.

    Hidden files and folders are passed over unless named themselves; so are the files in
    `except_folder`, and that folder even if named.
    Links are followed, round in circles never. Raises `SourceNotFound` for a path that does not
    exist or is neither a file nor a folder.
    """
    except_folder = except_folder.resolve()
    found: dict[Path, Found] = {}
    entered: set[Path] = {except_folder}
    for path in [_existing(Path(path)) for path in paths]:
        for file in _below(path, entered):
            if path.is_file() or not file.path.is_relative_to(except_folder):
                found.setdefault(file.path, file)
    return list(found.values())


def expanded(path: str | Path) -> Path:
    """The path with a home folder for its `~`; as it stands if that is no person's home.

    So it is with the files that Office leaves beside open documents, such as `~$report.docx`.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


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
        yield Found(path=path)
        return
    if not path.is_dir() or path in entered:
        return
    entered.add(path)
    try:
        names = sorted(entry.name for entry in os.scandir(path))
    except OSError as error:
        yield Found(
            path=path, problem=f"The folder {path} cannot be listed ({error.strerror}): {_CHECK}."
        )
        return
    for name in names:
        if name.startswith("."):
            continue
        try:
            yield from _below((path / name).resolve(), entered)
        except (OSError, RuntimeError):  # a link that leads nowhere, or round in a circle
            continue


def readable(name: str) -> str:
    r"""A path as text that can be stored: bytes that are not UTF-8 become `\xff` and the like.

    >>> readable("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

"""The files that Chroma keeps of a vector index: whether they are as they were left, and compacted.

Chroma loads what it finds without looking: a damaged graph, and some damage of its database, ends
the whole process. So files are summed up, and none that differs from its sum is given to Chroma.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

DATABASE = "chroma.sqlite3"
_BLOCK = 1 << 20

Signature: TypeAlias = tuple[tuple[str, int, int], ...]  # name, bytes, time of the last change


def signature(folder: Path) -> Signature:
    """What tells, without reading them, that the graph's files have changed."""
    states = ((path, path.stat()) for path in _graph_files(folder))
    return tuple((path.name, state.st_size, state.st_mtime_ns) for path, state in states)


def graph_checksum(folder: Path) -> str:
    """Equal only if none of the graph's files is damaged, missing or another's."""
    return "\n".join(
        f"{path.relative_to(folder).as_posix()} {_checksum(path)}" for path in _graph_files(folder)
    )


def database_checksum(folder: Path) -> str:
    """Of the database while nothing has it open: opening it writes."""
    return _checksum(folder / DATABASE)


def database_is_whole(folder: Path) -> bool:
    """Whether SQLite finds the database in order; what was interrupted in it is undone."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def compact(folder: Path) -> None:
    """Writes the database anew, without a trace of what was deleted. Nothing may have it open."""
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as connection:
        connection.execute("VACUUM")


def _graph_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*") if path.is_file())


def _checksum(path: Path) -> str:
    value, size = 0, 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            value, size = zlib.crc32(block, value), size + len(block)
    return f"{size} {value:08x}"

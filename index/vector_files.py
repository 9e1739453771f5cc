"""The files that Chroma keeps of a vector index: whether they are as they were left, and compacted.

Chroma loads its graph without looking: a damaged one ends the whole process. So what was written is
summed up, and files that differ from their sum are never given to Chroma.
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


def checksum(folder: Path) -> str:
    """Of the graph's files; equal only if none of them is damaged, missing or another's.

    The database beside them is not part of it: opening it writes, and SQLite notices damage.
    """
    parts = []
    for path in _graph_files(folder):
        value = 0
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                value = zlib.crc32(block, value)
        parts.append(f"{path.relative_to(folder).as_posix()} {path.stat().st_size} {value:08x}")
    return "\n".join(parts)


def compact(folder: Path) -> None:
    """Writes the database anew, without a trace of what was deleted. Nothing may have it open."""
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as connection:
        connection.execute("VACUUM")


def _graph_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*") if path.is_file())

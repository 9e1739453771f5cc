"""How much room a library takes on its disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.originals import ORIGINALS_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Bytes on the disk: texts and words, vectors, originals, all else, and what is free."""

    catalog: int
    vectors: int
    originals: int
    others: int
    free: int

    @property
    def total(self) -> int:
        return self.catalog + self.vectors + self.originals + self.others


def sizes(folder: Path) -> Iterator[tuple[str, int]]:
    """The first name below the folder, and the size, of every file; one just gone is left out."""
    for path in folder.rglob("*"):
        with suppress(OSError):
            if path.is_file():
                yield path.relative_to(folder).parts[0], path.stat().st_size


def measure(folder: Path, *, free: int) -> Storage:
    """The room that the library in `folder` takes."""
    found = {"catalog": 0, "vectors": 0, "originals": 0, "others": 0}
    for name, size in sizes(folder):
        found[_kind(name)] += size
    return Storage(**found, free=free)


def _kind(name: str) -> str:
    if name.startswith("catalog."):
        return "catalog"
    return {"chroma": "vectors", ORIGINALS_FOLDER: "originals"}.get(name, "others")

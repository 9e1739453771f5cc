"""A library in one file: a ZIP of its databases, each as of one moment, and of the originals.

The vector index is not in it, because it is made again from the catalog without embedding anything.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.connections import Connections
from index.errors import LibraryNotFound, LibraryUnwritable, UsageError
from index.library import CATALOG_FILE
from index.models import BackupReport
from index.originals import ORIGINALS_FOLDER
from index.walk import expanded

MANIFEST = "backup.json"
FORMAT = "pincite.backup/1"
# Documents come and go meanwhile: then another snapshot, whose originals are all there.
_RETRIES = 4
RESERVE_BYTES = 32_000_000


def back_up(
    folder: Path, target: Path, *, databases: Sequence[str] = (), files: Mapping[str, bytes]
) -> BackupReport:
    """Writes the library in `folder` to the file `target`, whole or not at all.

    `databases` are further SQLite files of the library, if they exist, and `files` what else goes
    in. Needs no lock: the library may be open here or in another process, and in use. Raises
    `LibraryNotFound`, `LibraryDamaged`, `LibraryUnwritable`, or `UsageError` if `target` exists.
    """
    folder, target = expanded(folder).absolute(), expanded(target).absolute()
    if not (folder / CATALOG_FILE).is_file():
        raise LibraryNotFound(f"There is no library at {folder}: name another folder.")
    if target.exists():
        raise UsageError(f"{target} exists already: name another file, or delete that one first.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _require_space(folder, target.parent, [CATALOG_FILE, *databases])
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as name:
            unfinished = Path(name) / "backup"
            copies = _Copies(folder=folder, place=Path(name), databases=databases, files=files)
            earlier = report = copies.write(unfinished)
            for _ in range(_RETRIES):
                if not report.missing:
                    break
                report = copies.write(unfinished)
                if report.missing == earlier.missing:
                    break
                earlier = report
            # It holds what the library holds, which others may not be let into.
            unfinished.chmod(0o600)
            size = unfinished.stat().st_size
            unfinished.replace(target)
    except OSError as error:
        raise LibraryUnwritable(
            f"The backup {target} cannot be written ({error.strerror or error}): free some space "
            "on its disk, check the permissions of its folder and of the library, or name another."
        ) from error
    return BackupReport(
        path=str(target),
        documents=report.documents,
        passages=report.passages,
        bytes=size,
        missing=report.missing,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    documents: int
    passages: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copies:
    """What a backup is made of; snapshots of databases are taken in `place`."""

    folder: Path
    place: Path
    databases: Sequence[str]
    files: Mapping[str, bytes]

    def write(self, target: Path) -> _Written:
        with target.open("wb") as stream:
            # Of a file from before 1980 the time is not known to a ZIP, and is of no use here.
            with zipfile.ZipFile(
                stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False
            ) as archive:
                for name in (CATALOG_FILE, *self.databases):
                    if (self.folder / name).is_file():
                        archive.write(self._snapshot(name), name)
                ids, passages = _contents(self.place / CATALOG_FILE)
                missing = tuple(self._originals(archive, ids))
                manifest = {
                    "format": FORMAT,
                    "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "documents": len(ids),
                    "passages": passages,
                }
                for name, data in {**self.files, MANIFEST: json.dumps(manifest).encode()}.items():
                    archive.writestr(name, data)
            stream.flush()
            os.fsync(stream.fileno())
        return _Written(documents=len(ids), passages=passages, missing=missing)

    def _snapshot(self, name: str) -> Path:
        """A copy of a database as it is at one moment, whoever writes to it."""
        copy = self.place / name
        copy.unlink(missing_ok=True)
        with (
            closing(Connections(self.folder / name, holding="database")) as source,
            source.reading() as connection,
            closing(sqlite3.connect(copy)) as made,
        ):
            connection.backup(made)
        return copy

    def _originals(self, archive: zipfile.ZipFile, document_ids: Iterable[str]) -> Iterable[str]:
        """Copies the originals; yields the documents that have none, or none any more."""
        for document_id in document_ids:
            name = f"{ORIGINALS_FOLDER}/{document_id}"
            try:
                archive.write(self.folder / name, name)
            except FileNotFoundError:
                yield document_id


def _contents(catalog: Path) -> tuple[list[str], int]:
    with closing(sqlite3.connect(catalog)) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM documents ORDER BY id")]
        return ids, int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])


def _require_space(folder: Path, place: Path, databases: Iterable[str]) -> None:
    sizes = [path.stat().st_size for name in databases if (path := folder / name).is_file()]
    originals = folder / ORIGINALS_FOLDER
    kept = sum(map(_size, os.scandir(originals))) if originals.is_dir() else 0
    # Databases twice: as a snapshot, and in the file.
    needed = 2 * sum(sizes) + kept + RESERVE_BYTES
    free = shutil.disk_usage(place).free
    if free < needed:
        raise LibraryUnwritable(
            f"The disk of {place} has {free / 1e6:,.0f} MB left, and the backup needs up to "
            f"{needed / 1e6:,.0f} MB: free some space, or write it to another disk."
        )


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except FileNotFoundError:  # its document was removed meanwhile
        return 0

"""A backup becomes a library again, checked before it stands where a library is looked for."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from index.backup import FORMAT, MANIFEST, RESERVE_BYTES
from index.catalog import Catalog
from index.errors import LibraryDamaged, LibraryUnwritable, UsageError
from index.library import CATALOG_FILE
from index.lock import LOCK_FILE, OWNER_FILE, LibraryLock
from index.models import VerifyReport
from index.originals import ORIGINALS_FOLDER, Originals
from index.schema import SCHEMA_VERSION
from index.vectors import VectorIndex
from index.verify import problems
from index.walk import expanded
from index.zip_files import read_member

_ORIGINAL = re.compile(rf"{ORIGINALS_FOLDER}/[0-9a-f]{{32}}")
_UNTOUCHED = "Nothing was restored."
# What damage to a ZIP, to what it compresses and to what is written in it is noticed by.
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError),
    *(sqlite3.DatabaseError, KeyError, ValueError),
)


def restore(
    backup: Path, folder: Path, *, databases: Mapping[str, int], files: Collection[str]
) -> VerifyReport:
    """Makes the library that `backup` holds in `folder`, which must not exist or be empty.

    `databases` and `files` are what may be in it besides the catalog and the originals; of
    databases, the newest version that can be read. The vector index is made from the catalog. Until
    all that is done and compared, everything lies in a hidden folder beside, and goes if it fails.
    The report is what `verify` finds: an original that was lost before the backup is in it.

    Raises `UsageError` for paths that will not do, `LibraryDamaged` for a backup that is not whole,
    not ours or of a newer Pincite, `LibraryLocked` if it is being restored there already, and
    `LibraryUnwritable`.
    """
    folder = expanded(folder).resolve()
    _require_room_for(folder)
    versions = {CATALOG_FILE: SCHEMA_VERSION, **databases}
    with _opened(expanded(backup)) as archive, _unfinished(folder) as place:
        names = _checked_names(archive, {*versions, *files}, backup)
        _require_space(archive, place)
        for name in names:
            _extract(archive, name, place)
        (place / ORIGINALS_FOLDER).mkdir(exist_ok=True)
        for name, newest in versions.items():
            if (place / name).is_file():
                _check_database(place / name, newest, backup)
        report = _verified(place, backup)
        place.rename(folder)
    return report


@contextmanager
def _opened(backup: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever is wrong with it becomes a sentence."""
    if not backup.is_file():
        raise UsageError(f"There is no backup {backup}: name a file that `pincite backup` wrote.")
    try:
        with zipfile.ZipFile(backup) as archive:
            yield archive
    except _UNREADABLE as error:
        raise LibraryDamaged(
            f"The backup {backup} is cut off, damaged or none of Pincite's ({error}): take another "
            f"copy of it, or an earlier one. {_UNTOUCHED}"
        ) from error


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder beside the library's, on the same disk; gone afterwards, however this ends.

    What a killed restore has left there goes first.
    """
    place = folder.with_name(f".{folder.name}.restoring")
    if place.is_symlink() or (place.exists() and not _is_ours(place)):
        raise LibraryUnwritable(
            f"{place} is in the way and no unfinished restore of Pincite's: move or delete it. "
            f"{_UNTOUCHED}"
        )
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = LibraryLock(place)
        try:
            _empty(place)
            yield place
            (folder / OWNER_FILE).unlink(missing_ok=True)
        finally:
            shutil.rmtree(place, ignore_errors=True)
            lock.release()
    except OSError as error:
        raise LibraryUnwritable(
            f"The library {folder} cannot be written ({error.strerror or error}): free some space "
            f"on its disk, check its permissions, or choose another folder. {_UNTOUCHED}"
        ) from error


def _is_ours(place: Path) -> bool:
    """Whether the folder is empty, or has what marks a restore that was interrupted."""
    return place.is_dir() and (not any(os.scandir(place)) or (place / LOCK_FILE).is_file())


def _empty(place: Path) -> None:
    for entry in place.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name not in {LOCK_FILE, OWNER_FILE}:
            entry.unlink()


def _require_room_for(folder: Path) -> None:
    if folder.is_dir():
        if not any(os.scandir(folder)):
            return
        what = "holds files already"
    elif folder.exists():
        what = "is a file"
    else:
        return
    raise UsageError(
        f"{folder} {what}: restore into a folder that is empty or does not exist yet, such as "
        f"with --library {folder.name}-restored. {_UNTOUCHED}"
    )


def _checked_names(archive: zipfile.ZipFile, known: Collection[str], backup: Path) -> list[str]:
    """The members to take out: of a backup that holds what it should, and nothing else."""
    names = archive.namelist()
    strangers = [name for name in names if name not in known and not _ORIGINAL.fullmatch(name)]
    if strangers != [MANIFEST] or len(set(names)) < len(names) or CATALOG_FILE not in names:
        odd = next((name for name in strangers if name != MANIFEST), "no table of what it holds")
        raise LibraryDamaged(
            f"The backup {backup} has {odd!r}, unlike what `pincite backup` writes: it is no "
            f"backup, or was altered. {_UNTOUCHED}"
        )
    try:
        made = json.loads(read_member(archive, MANIFEST))["format"]
    except (ValueError, TypeError, KeyError):
        made = None
    if made != FORMAT:
        raise LibraryDamaged(
            f"The backup {backup} has the format {made!r}, and this Pincite reads {FORMAT}: update "
            f"Pincite. {_UNTOUCHED}"
        )
    return [name for name in names if name != MANIFEST]


def _require_space(archive: zipfile.ZipFile, place: Path) -> None:
    # The vector index takes no more than the catalog, which has the vectors too.
    needed = sum(info.file_size for info in archive.infolist()) + RESERVE_BYTES
    needed += archive.getinfo(CATALOG_FILE).file_size
    free = shutil.disk_usage(place).free
    if free < needed:
        raise LibraryUnwritable(
            f"The disk of {place.parent} has {free / 1e6:,.0f} MB left, and the library needs up "
            f"to {needed / 1e6:,.0f} MB: free some space. {_UNTOUCHED}"
        )


def _extract(archive: zipfile.ZipFile, name: str, place: Path) -> None:
    target = place / name
    target.parent.mkdir(exist_ok=True)
    # Never more bytes than the archive's table of contents says.
    with archive.open(name) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)


def _check_database(path: Path, newest: int, backup: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.DatabaseError:
        version, sound = 0, False
    if version > newest:
        raise LibraryDamaged(
            f"The backup {backup} was made by a newer Pincite ({path.name} has version {version}, "
            f"this one reads {newest}): update Pincite. {_UNTOUCHED}"
        )
    if not sound or version < 1:
        raise LibraryDamaged(
            f"The backup {backup} is damaged: its {path.name} is no database that can be read. "
            f"Take another copy of it, or an earlier one. {_UNTOUCHED}"
        )


def _catalog(place: Path, backup: Path) -> Catalog:
    try:
        return Catalog(place / CATALOG_FILE)
    except LibraryDamaged as error:
        raise LibraryDamaged(
            f"The backup {backup} is damaged: its catalog is not one that Pincite made. Take "
            f"another copy of it, or an earlier one. {_UNTOUCHED}"
        ) from error


def _verified(place: Path, backup: Path) -> VerifyReport:
    """Makes the vector index, and compares all that the library keeps twice."""
    with closing(_catalog(place, backup)) as catalog:
        if not catalog.meta():
            raise LibraryDamaged(
                f"The backup {backup} does not say which model its passages were embedded with: it "
                f"was altered. {_UNTOUCHED}"
            )
        with closing(VectorIndex(place / "chroma", catalog=catalog)) as vectors:
            originals = Originals(place / ORIGINALS_FOLDER, catalog=catalog)
            found = tuple(problems(catalog, vectors, originals))
        return VerifyReport(
            documents=len(catalog.document_ids()),
            passages=catalog.count_passages(),
            problems=found,
        )
